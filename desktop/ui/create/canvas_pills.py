"""The pills that lie on the canvas: what reads it, which view of the step it shows, and its zoom."""

from __future__ import annotations

from PySide6.QtCore import QMarginsF, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QFrame, QPushButton, QWidget

from ...diffusion.run import View
from ...studio.timeline import Timeline
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import IconButton, ValueChoice, named, reach_by_tab, segment
from ..widgets.row import group
from . import views
from .canvas import Canvas
from .stage import MARGIN

TOP, SIDE = 7, 12  # px, from the edges of the canvas
NEAR = 6  # px, from all edges in a small place
PILL = 34  # px, height
COLUMN = 46  # px, width of the zoom pill in a small place
FIGURE = 52  # px, of the zoom
ABOVE = QMarginsF(MARGIN, TOP + PILL + 7, MARGIN, MARGIN)  # px around a picture below the pills
BELOW_IN_SMALL = QMarginsF(8, NEAR + PILL + 8, 8, MARGIN)
BETWEEN_IN_SMALL = QMarginsF(93, 8, 93, MARGIN)


class CanvasPills(Retranslating, QWidget):
    """Three pills on `canvas`, as wide as it is and not in its way: see `place`. The place adds `view_actions` to itself.

    In a small place the tools are left out, as they have keys and entries in the canvas's menu; the views are one choice, and the pills are
    beside the picture if it is larger so, the zoom as a column.
    """

    loupe_requested = Signal(bool)
    values_requested = Signal(bool)

    def __init__(self, canvas: Canvas, timeline: Timeline, theme: Theme) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._timeline = timeline
        self._is_small = False
        self._is_column = False  # the zoom
        self._state: tuple[bool, bool, View] | None = None
        self.setObjectName("canvas_pills")
        self.values = IconButton(theme, "crosshair", "values")
        self.loupe = IconButton(theme, "zoom-in", "loupe")
        for tool in (self.values, self.loupe):
            tool.setCheckable(True)
        self._segments = {view: segment(f"view_{view}") for view in View}
        self._view = ValueChoice(theme, "view", tuple(View), timeline.view)
        self._view.setProperty("compact", "true")
        self._view.setSizeAdjustPolicy(ValueChoice.SizeAdjustPolicy.AdjustToContents)
        self._out = IconButton(theme, "minus", "zoom_out")
        self._figure = named(QPushButton(), "zoom_figure")
        self._figure.setProperty("quiet", "true")
        self._in = IconButton(theme, "plus", "zoom_in")
        self._fit = IconButton(theme, "maximize", "zoom_fit")
        self._row = group(*self._segments.values())
        self._tools, self._views, self._zoom = _pill("tools"), _pill("views"), _pill("zoom")
        self.view_actions = [QAction(self) for _ in View]
        for pill, content in ((self._tools, (self.values, self.loupe)), (self._views, (self._row, self._view))):
            for each in content:
                _room_of(pill).addWidget(each)
        self._turn_zoom(False)  # before it is visible: what a layout takes later is visible only after the first paint
        for frame in (self._tools, self._views, self._zoom):
            frame.setParent(self)
            frame.setCursor(Qt.CursorShape.ArrowCursor)
        one = QButtonGroup(self)
        for button in self._segments.values():
            button.setProperty("segment", "small")
            one.addButton(button)
        zoom = self._out, self._figure, self._in, self._fit
        reach_by_tab(self.values, self.loupe, *self._segments.values(), self._view, *zoom, owner=self)
        self._connect()
        self.retranslate()
        self.make_room(False)

    def _connect(self) -> None:
        timeline, canvas = self._timeline, self._canvas
        self.values.clicked.connect(self.values_requested)
        self.loupe.clicked.connect(self.loupe_requested)
        for (view, button), action in zip(self._segments.items(), self.view_actions, strict=True):
            button.clicked.connect(lambda _=False, view=view: timeline.choose_view(view))
            action.setShortcut(QKeySequence(views.KEYS[view]))
            action.triggered.connect(lambda _=False, view=view: timeline.choose_view(view))
        self._view.chosen.connect(timeline.choose_view)
        self._out.clicked.connect(canvas.zoom_out)
        self._figure.clicked.connect(lambda: canvas.zoom_to(1.0))
        self._in.clicked.connect(canvas.zoom_in)
        self._fit.clicked.connect(canvas.fit)
        canvas.zoom_changed.connect(self._show_zoom)
        canvas.zoom_changed.connect(self.place)
        canvas.values_toggled.connect(self.values.setChecked)
        canvas.loupe_toggled.connect(self.loupe.setChecked)
        for changed in (timeline.run_changed, timeline.current_changed, timeline.view_changed):
            changed.connect(self._show_state)

    def retranslate(self) -> None:
        explain(
            self.values, tr("Safelight", "Values under the pointer"), tr("Safelight", "Show the latents' values under the pointer (V).")
        )
        explain(
            self.loupe,
            tr("Safelight", "Loupe"),
            tr("Safelight", "Magnify what is under the pointer, in both pictures if two are shown (Z)."),
        )
        for (view, button), action in zip(self._segments.items(), self.view_actions, strict=True):
            button.setText(views.name(view))
            action.setText(views.name(view))
            explain(button, views.name(view), f"{views.meaning(view)} ({views.KEYS[view]})")
        self._view.show_words([views.name(view) for view in View])
        explain(self._view, tr("Safelight", "View"), tr("Safelight", "Which view of the step is shown."))
        explain(self._out, tr("Safelight", "Zoom out"), tr("Safelight", "Make the picture smaller (−, or the wheel)."))
        explain(self._in, tr("Safelight", "Zoom in"), tr("Safelight", "Make the picture larger (+, or the wheel)."))
        explain(self._fit, tr("Safelight", "Fit"), tr("Safelight", "Show the whole picture as large as it fits (0)."))
        self._show_zoom()
        self._show_state()
        self.place()

    def make_room(self, is_small: bool) -> None:
        """Whether the place is small."""
        self._is_small = is_small
        self._tools.setVisible(not is_small)
        if is_small:
            self._canvas.keep_free(BETWEEN_IN_SMALL, BELOW_IN_SMALL, is_bare=True)
        else:
            self._canvas.keep_free(ABOVE, is_bare=False)
        self.place()

    def place(self) -> None:
        """Lie along the upper edge of the canvas; the views are one choice where they have no room beside each other."""
        if not self.isVisible():  # `showEvent` comes
            return
        is_column = self._is_small and self._canvas.free.top() < PILL
        if is_column is not self._is_column:
            self._is_column = is_column
            self._turn_zoom(is_column)
        width, near, top = self._canvas.width(), NEAR if self._is_small else SIDE, NEAR if self._is_small else TOP
        tools, zoom = (pill.sizeHint().width() for pill in (self._tools, self._zoom))
        beside = near if self._is_small else max(tools, zoom) + near + 8
        is_folded = self._is_small or self._row.sizeHint().width() + 6 > width - 2 * beside
        self._row.setVisible(not is_folded)
        self._view.setVisible(is_folded)
        self._row.updateGeometry()  # in another language its names are wider, which its pill would learn later
        for pill in (self._tools, self._views, self._zoom):
            _room_of(pill).activate()
            pill.resize(pill.sizeHint().width(), pill.sizeHint().height() if pill is self._zoom and is_column else PILL)
        self._tools.move(near, top)
        self._views.move(near if self._is_small else (width - self._views.width()) // 2, top)
        self._zoom.move(width - near - self._zoom.width(), top)
        self.setGeometry(0, 0, width, self._canvas.height())
        self.setMask(self.childrenRegion())  # the rest of the mouse is the canvas's

    def _turn_zoom(self, is_column: bool) -> None:
        room = _room_of(self._zoom)
        room.setDirection(QBoxLayout.Direction.TopToBottom if is_column else QBoxLayout.Direction.LeftToRight)
        for each in (self._in, self._figure, self._out, self._fit) if is_column else (self._out, self._figure, self._in, self._fit):
            room.addWidget(each, 0, Qt.AlignmentFlag.AlignHCenter)
        self._figure.setFixedWidth(COLUMN - 4 if is_column else FIGURE)

    def _show_state(self) -> None:
        timeline = self._timeline
        can_choose = timeline.run is not None and bool(timeline.run.steps)
        are_views = timeline.is_double and timeline.compare is None  # then the bar of the comparison has a choice of views for each half
        state = can_choose, are_views, timeline.view
        if state == self._state:  # after most steps
            return
        self._state = state
        for each in (*self._segments.values(), self._view):
            each.setEnabled(can_choose)
        if are_views is not self._views.isHidden():
            self._views.setVisible(not are_views)
            self.place()
        self._segments[timeline.view].setChecked(True)
        self._view.setCurrentIndex(list(View).index(timeline.view))

    def _show_zoom(self) -> None:
        figure = tr("Safelight", "{figure} %").format(figure=round(100 * self._canvas.zoom))
        if figure != self._figure.text():
            self._figure.setText(figure)
            explain(
                self._figure,
                tr("Safelight", "Zoom: {figure}").format(figure=figure),
                tr("Safelight", "Show every pixel of the picture as one pixel of the screen (1)."),
            )
        self._fit.setEnabled(not self._canvas.fits)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.place()


def _pill(name: str) -> QFrame:
    pill = named(QFrame(), f"{name}_pill")
    pill.setProperty("pill", "true")
    room = QBoxLayout(QBoxLayout.Direction.LeftToRight, pill)
    room.setContentsMargins(1, 1, 1, 1)
    room.setSpacing(2)
    return pill


def _room_of(pill: QFrame) -> QBoxLayout:
    room = pill.layout()
    assert isinstance(room, QBoxLayout)
    return room
