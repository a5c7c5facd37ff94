"""CompareBar: fixed above two pictures: how they are shown, and what each half shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget
from shiboken6 import isValid

from ...diffusion.run import Run, View
from ...studio.notices import Notices
from ...studio.pictures import Pictures, Recent
from ...studio.timeline import Arrangement, Timeline
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import IconButton, ValueChoice, named, reach_by_tab, segment
from ..widgets.images import to_qimage
from ..widgets.row import Row, group
from ..widgets.turns import short
from . import views
from .legend import half_name

HEIGHT = 44  # px
PILL = 34  # px, height of what is in it
WIDEST = 220  # px, of a picker
NARROWEST = 96  # px, of a picker
CHEVRON = 12  # px
INSET = 10  # px, beside the text of a picker
MOST_RECENT = 10  # pictures in a menu
THUMBNAIL = 32  # px, in a menu
ENTRY = 280  # px, for a name in a menu
MODES = (None, *Arrangement)


class CompareBar(Retranslating, QWidget):
    """Its controls never move; a picker is above each half."""

    picture_chosen = Signal(int, object)  # the half, 0 or 1; Recent
    file_requested = Signal(int)  # the half that is to show a picture file

    def __init__(self, timeline: Timeline, pictures: Pictures, theme: Theme, notices: Notices) -> None:
        super().__init__()
        self._timeline = timeline
        self.setObjectName("compare_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._segments = {mode: segment(f"compare_{'single' if mode is None else mode.name.lower()}") for mode in MODES}
        self._mode = ValueChoice(theme, "compare_mode", MODES, None)
        self._mode.setSizeAdjustPolicy(ValueChoice.SizeAdjustPolicy.AdjustToContents)
        self._pickers = [HalfPicker(place, timeline, pictures, theme, notices) for place in (0, 1)]
        self._lay_out()
        self._mode.chosen.connect(self.arrange)
        for mode, button in self._segments.items():
            button.clicked.connect(lambda _=False, mode=mode: self.arrange(mode))
        for picker in self._pickers:
            picker.picture_chosen.connect(self.picture_chosen)
            picker.file_requested.connect(self.file_requested)
        for signal in (timeline.run_changed, timeline.current_changed, timeline.view_changed, timeline.lanes_changed):
            signal.connect(self._show_state)
        self.retranslate()

    def arrange(self, mode: Arrangement | None) -> None:
        """Show two pictures in this way; None for one picture."""
        if mode is None:
            self._timeline.show_single()
        else:
            self._timeline.arrange(mode)
            self._timeline.show_double()
        self._show_state()

    def show_turn(self, place: int) -> None:
        """Which of two alternating pictures is seen: 0 or 1."""
        alternate = self._timeline.arrangement is Arrangement.FLICKER
        for each, picker in enumerate(self._pickers):
            picker.set_seen(not alternate or each == place)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Comparison"))
        for mode, button in self._segments.items():
            button.setText(arrangement_name(mode).replace("&", "&&"))
            explain(button, arrangement_name(mode), arrangement_meaning(mode))
        self._mode.show_words([arrangement_name(mode) for mode in MODES])
        explain(self._mode, tr("Safelight", "Comparison"), tr("Safelight", "How two pictures are shown."))
        self._show_state()

    def _show_state(self) -> None:
        timeline = self._timeline
        mode = timeline.arrangement if timeline.is_double else None
        self._segments[mode].setChecked(True)
        self._mode.offer(MODES, mode)
        for each in (*self._segments.values(), self._mode):
            each.setEnabled(is_comparable(timeline))
        for picker in self._pickers:
            picker.show_state()

    def _lay_out(self) -> None:
        segments = group(*self._segments.values())
        row = Row([[segments], [self._mode]])
        row.fill([segments, self._mode])
        one = QButtonGroup(self)
        for button in self._segments.values():
            button.setProperty("segment", "small")
            one.addButton(button)
        reach_by_tab(*self._segments.values(), self._mode, *self._pickers, owner=self)
        at_left, at_right = QHBoxLayout(), QHBoxLayout()
        for side, widget in ((at_left, self._pickers[0]), (at_right, self._pickers[1])):
            side.addWidget(widget)
        at_left.addStretch(0)
        at_right.insertStretch(0, 0)
        whole = QGridLayout(self)
        whole.setContentsMargins(12, 7, 12, 3)
        whole.setHorizontalSpacing(8)
        for column, side in ((0, at_left), (2, at_right)):
            whole.addLayout(side, 0, column)
            whole.setColumnStretch(column, 1)
            whole.setColumnMinimumWidth(column, NARROWEST)
        whole.addWidget(_pill(row), 0, 1)


class HalfPicker(Retranslating, QPushButton):
    """Says what one half shows, and offers other views, branches and pictures."""

    picture_chosen = Signal(int, object)  # the half; Recent
    file_requested = Signal(int)  # the half

    def __init__(self, place: int, timeline: Timeline, pictures: Pictures, theme: Theme, notices: Notices) -> None:
        """`place`: 0 for the first half, 1 for the second."""
        super().__init__()
        self._place = place
        self._timeline = timeline
        self._pictures = pictures
        self._notices = notices
        self._theme = theme
        self._words = ""
        self._is_seen = True
        self.setObjectName(f"half_{place + 1}")
        self.setProperty("picker", "true")
        self.setMaximumWidth(WIDEST)
        self.setMinimumWidth(NARROWEST)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        menu.aboutToHide.connect(self._leave)
        self.setMenu(menu)
        self.retranslate()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + CHEVRON + 3 * INSET + 2, PILL)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, PILL)

    def show_state(self) -> None:
        timeline = self._timeline
        self.setVisible(timeline.is_double)
        if timeline.is_double:
            self._name(" ".join(half_name(timeline, timeline.shown[self._place]).split()))

    def set_seen(self, is_seen: bool) -> None:
        """Whether its picture is seen, of two that alternate."""
        if is_seen != self._is_seen:
            self._is_seen = is_seen
            self.update()

    def retranslate(self) -> None:
        self._words = ""
        self.show_state()

    def _name(self, words: str) -> None:
        if words == self._words:
            return
        self._words = words
        what = tr("Safelight", "First picture: {what}") if self._place == 0 else tr("Safelight", "Second picture: {what}")
        explain(self, what.format(what=words), tr("Safelight", "Choose what this half shows: another view, branch or picture."))
        self.updateGeometry()
        self.update()

    # -- the menu

    def _fill(self) -> None:
        timeline, menu = self._timeline, self.menu()
        menu.clear()
        now = timeline.shown[self._place] if timeline.is_double else None
        if now is None or timeline.run is None:
            return
        if timeline.run.steps and (self._place == 1 or timeline.compare is None):  # the views of the shown run
            for view in View:
                if timeline.compare is None or view is not timeline.view:
                    self._add(views.name(view), partial(self._show_view, view), timeline.compare is None and view is now.view)
            menu.addSeparator()
        runs = self._runs()
        for run, words in runs.items():
            self._add(words, partial(timeline.put, run, self._place), timeline.compare is not None and run is now.run)
        menu.addSeparator()
        known = {run.path for run in runs}
        for recent in [recent for recent in self._pictures.recent if recent.path not in known][:MOST_RECENT]:
            action = self._add(_name_of(recent), partial(self.picture_chosen.emit, self._place, recent))
            if recent.path is not None:
                self._notices.spawn(self._show_thumbnail(action, recent.path))
        menu.addSeparator()
        self._add(tr("Safelight", "Another picture…"), partial(self.file_requested.emit, self._place))

    async def _show_thumbnail(self, action: QAction, path: Path) -> None:
        from ...library.gallery import thumbnail

        pixels = await asyncio.to_thread(thumbnail, path, round(THUMBNAIL * self.devicePixelRatioF()))
        if pixels is not None and isValid(action):
            action.setIcon(QIcon(QPixmap.fromImage(to_qimage(pixels))))

    def _runs(self) -> dict[Run, str]:
        """The runs of the tree, and those that are compared, each with what sets it apart."""
        timeline = self._timeline
        assert timeline.run is not None
        runs = {lane.run: short(lane.run) for lane in timeline.lanes}
        if timeline.compare is not None and timeline.compare not in runs:
            runs = {
                each: half_name(timeline, shown) for each, shown in zip((timeline.run, timeline.compare), timeline.shown, strict=True)
            } | {run: words for run, words in runs.items() if run is not timeline.run}
        elif len(runs) == 1 and timeline.compare is None:
            return {}  # the shown run alone is in the views
        return runs

    def _add(self, words: str, do: Callable[[], object], is_chosen: bool = False) -> QAction:
        shown = self.fontMetrics().elidedText(" ".join(words.split()), Qt.TextElideMode.ElideRight, ENTRY)
        action = self.menu().addAction(shown.replace("&", "&&"))
        action.triggered.connect(lambda: do())
        action.setCheckable(is_chosen)
        action.setChecked(is_chosen)
        return action

    def _show_view(self, view: View) -> None:
        timeline = self._timeline
        if self._place == 0:
            timeline.choose_view(view)
        elif view is timeline.view and timeline.second_view is not None:
            timeline.choose_view(timeline.second_view)  # swaps the two
        else:
            timeline.choose_second_view(view)

    def _leave(self) -> None:
        """Forget the hover: the pointer may have left while the menu was open."""
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, self.rect().contains(self.mapFromGlobal(self.cursor().pos())))
        self.update()

    # -- Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        chevron = self._theme.icon("chevron-down", size=CHEVRON)
        chevron.paint(painter, self.width() - CHEVRON - INSET, (self.height() - CHEVRON) // 2, CHEVRON, CHEVRON)
        room = self.rect().adjusted(INSET, 0, -CHEVRON - 2 * INSET, 0)
        painter.setPen(QColor(self._theme.tokens.text if self._is_seen else self._theme.tokens.faint))
        words = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


class CompareButton(Retranslating, IconButton):
    """In the top bar: pressed while two pictures are shown."""

    def __init__(self, timeline: Timeline, theme: Theme) -> None:
        super().__init__(theme, "square-split-horizontal", "compare_button")
        self._timeline = timeline
        self.setCheckable(True)
        for signal in (timeline.run_changed, timeline.current_changed, timeline.view_changed):
            signal.connect(self._show_state)
        self._show_state()
        self.retranslate()

    def retranslate(self) -> None:
        explain(
            self,
            tr("Safelight", "Compare"),
            tr("Safelight", "Compare the picture with another picture, branch or view, or show it alone again (\\)."),
        )

    def _show_state(self) -> None:
        self.setEnabled(is_comparable(self._timeline))
        self.setChecked(self._timeline.is_double)

    def nextCheckState(self) -> None:
        """Do nothing: it is checked while there are two pictures."""


def is_comparable(timeline: Timeline) -> bool:
    """Whether there is a picture to compare with another."""
    return timeline.run is not None and bool(timeline.run.steps or timeline.run.picture)


def arrangement_name(mode: Arrangement | None) -> str:
    match mode:
        case Arrangement.DIVIDE:
            return tr("Safelight", "Split")
        case Arrangement.BESIDE:
            return tr("Safelight", "Side")
        case Arrangement.FLICKER:
            return tr("Safelight", "Flip")
        case Arrangement.DIFFERENCE:
            return tr("Safelight", "Difference", "of two pictures")
    return tr("Safelight", "Single")


def arrangement_meaning(mode: Arrangement | None) -> str:
    match mode:
        case Arrangement.DIVIDE:
            return tr("Safelight", "Both pictures in one frame, with a line between them that you can drag.")
        case Arrangement.BESIDE:
            return tr("Safelight", "The pictures side by side, each in its own frame.")
        case Arrangement.FLICKER:
            return tr("Safelight", "Both pictures in one frame, alternating.")
        case Arrangement.DIFFERENCE:
            return tr("Safelight", "Where the two pictures differ: brighter means more.")
    return tr("Safelight", "One picture.")


def _pill(content: QWidget) -> QFrame:
    pill = named(QFrame(), "modes_pill")
    pill.setProperty("pill", "true")
    pill.setFixedHeight(PILL)
    row = QHBoxLayout(pill)
    row.setContentsMargins(2, 2, 2, 2)
    row.addWidget(content)
    return pill


def _name_of(recent: Recent) -> str:
    if recent.path is not None:
        return recent.path.stem
    return recent.run.recipe.prompt.text if recent.run else ""
