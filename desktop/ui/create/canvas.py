"""Canvas: one or two pictures of the run, fit or zoomed. The frame on the screen does not depend on the preview's resolution."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMarginsF, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QMenu, QToolTip, QWidget

from ...diffusion.run import Pixels
from ...errors import QT_TRANSLATE_NOOP
from ...studio.generation import Generation
from ...studio.probe import Probe
from ...studio.timeline import Arrangement, Shown, Timeline
from ..language import Retranslating, explain, tooltip, tr
from ..theme import Theme
from ..widgets.command import WidgetKeys
from ..widgets.scaled_picture import ScaledPicture
from .legend import Legend
from .loupe import Loupe
from .stage import MARGIN, Half, Stage
from .values_panel import ValuesPanel

RADIUS = 6  # px, corners of a picture that fits
ZOOM_STEP = 1.25  # one notch of the wheel, one press of + or −
SQUARES_FROM = 8.0  # zoom from which pixels are drawn as squares
FLICKER = 500  # ms per picture: one hertz, far below the rates that strain the eyes
KNOB = 13  # px, radius of the handle on the line between two pictures
LINE_STEP = 0.02  # share of the frame, per key press


class Canvas(Retranslating, QFrame):
    """Shows `timeline.shown`. Draws only the visible part, directly from the steps' pixels, so that scrubbing does not lag."""

    copy_requested = Signal()
    save_step_requested = Signal()
    save_as_requested = Signal()
    show_requested = Signal()
    values_toggled = Signal(bool)
    loupe_toggled = Signal(bool)
    pressed = Signal()  # with the mouse
    turned = Signal(int)  # which of two alternating pictures is seen now: 0 or 1
    zoom_changed = Signal()

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme, probe: Probe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self._probe = probe
        self._stage = Stage(timeline, self)
        self._legend = Legend(timeline, generation, self._stage, theme)
        self._seen = QSize()  # picture size to which the zoom belongs
        self._flicker = QTimer(self, interval=FLICKER)
        self._flicker.timeout.connect(self.take_turn)
        self._pressed: QPointF | None = None  # where a mouse button was pressed
        self._grabbed: QPointF | None = None  # position of the drag that moves the picture
        self._moves_line = False
        self._reached_by_key = False  # by Tab: then the focus frame is painted
        self._prints = ScaledPicture(), ScaledPicture()
        self._painted: list[QRectF] = []  # frames of the last painted pictures
        self._told: list[tuple[str, str, bool]] = []  # words of the legend as it was last painted
        self._marked: list[QRectF] = []  # last painted marks of the position whose values are shown
        self._has_pills = False
        self._panel = ValuesPanel(probe, theme, self, self._taken_at_the_top)
        self._loupe = Loupe(theme)
        self._lenses: list[QRectF] = []  # where the loupe was painted last
        self.setObjectName("canvas")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Zoom the picture"), QT_TRANSLATE_NOOP("Safelight", "wheel"))
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Move a zoomed picture"), QT_TRANSLATE_NOOP("Safelight", "Shift+arrows"))
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Move the line between two pictures"), "Alt+←, Alt+→")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Show the other one of two alternating pictures"), "Enter")
        WidgetKeys(
            self, QT_TRANSLATE_NOOP("Safelight", "Move the loupe and the values"), QT_TRANSLATE_NOOP("Safelight", "Alt+Shift+arrows")
        )
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 200)
        timeline.run_changed.connect(self._show_run)
        timeline.view_changed.connect(self._show_view)
        timeline.current_changed.connect(self._show_step)
        generation.changed.connect(self._show_phase)
        theme.changed.connect(self.update)
        probe.changed.connect(self._show_mark)
        self.retranslate()

    def retranslate(self) -> None:
        explain(
            self,
            tr("Safelight", "Picture"),
            tr(
                "Safelight",
                "The picture at the current step. The wheel, + and − zoom, 0 fits the picture, 1 shows every pixel, "
                "← and → change the step, V shows the values under the pointer, Z magnifies what is there, "
                "and Alt+Shift with the arrow keys moves both.",
            ),
        )
        self.setToolTip("")  # a tooltip would cover the picture
        self.setAccessibleDescription(self._description())
        self.update()

    # -- zoom

    @property
    def zoom(self) -> float:
        """Device pixels per picture pixel."""
        return self._stage.zoom

    @property
    def fits(self) -> bool:
        return self._stage.fits

    def fit(self) -> None:
        self._stage.fit()
        self._zoomed()

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom and keep the point of the picture at `at` (widget pixels; the centre if None) in place."""
        self._stage.zoom_to(zoom, at)
        self._zoomed()

    def zoom_in(self) -> None:
        self.zoom_to(self.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom_to(self.zoom / ZOOM_STEP)

    def _zoomed(self) -> None:
        self.unsetCursor() if self.fits else self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.zoom_changed.emit()
        self.update()

    @property
    def free(self) -> QMarginsF:
        """What is free around a picture that fits, in px."""
        return self._stage.room(QRectF(QPointF(), QSizeF(self.size()) * self.devicePixelRatioF()))

    def _taken_at_the_top(self) -> int | None:
        """By pills above the picture, in px; None if they are beside it."""
        above = int(self.free.top())
        return (above if above > MARGIN else None) if self._has_pills else 0

    def keep_free(self, *rooms: QMarginsF, is_bare: bool) -> None:
        """Leave one of `rooms` (px) around a picture that fits; `is_bare`: nothing is written below a single picture."""
        self._stage.rooms, self._stage.is_bare, self._has_pills = rooms, is_bare, True
        self._panel.keep_clear_of(None)
        self.zoom_changed.emit()
        self.update()

    def _pan(self, distance: QPointF) -> None:
        """Move the picture by `distance` in widget pixels."""
        if not self.fits:
            self._stage.pan(distance)
            self.update()

    # -- two pictures

    def take_turn(self) -> None:
        """Show the other one of two alternating pictures."""
        self._stage.second_turn = not self._stage.second_turn
        self.turned.emit(int(self._stage.second_turn))
        self._start_or_stop_flicker()
        self.update()

    def _start_or_stop_flicker(self) -> None:
        """Alternate the pictures while the canvas is visible, unless the user wants reduced motion."""
        if self._stage.arrangement is Arrangement.FLICKER and self.isVisible() and not self._theme.reduce_motion:
            self._flicker.start()
        else:
            self._flicker.stop()

    def _is_on_line(self, position: QPointF) -> bool:
        line = self._stage.line()
        return line is not None and (
            line.adjusted(-5, 0, 5, 0).contains(position) or (position - line.center()).manhattanLength() < 1.5 * KNOB
        )

    # -- the timeline

    def _show_run(self) -> None:
        if self._stage.picture_size != self._seen:
            self._seen = self._stage.picture_size
            self.fit()
        self._start_or_stop_flicker()
        self.update()

    def _show_view(self) -> None:
        self._stage.second_turn = False
        self.turned.emit(0)
        self._start_or_stop_flicker()
        self._stage.settle()
        self.setAccessibleDescription(self._description())
        self.zoom_changed.emit()
        self.update()

    def _show_step(self) -> None:
        self.setAccessibleDescription(self._description())
        if self._stage.picture_size != self._seen:  # known since the plan of the run is
            self._show_run()
        halves = self._stage.halves()
        if not halves or self._painted != [half.picture for half in halves if half.pixels] or len(self._painted) < len(halves):
            self.update()
            return
        says_the_same = self.fits and self._told == self._legend.words(halves)
        for half in halves:  # only what changes with the step
            frame, pane = half.frame.toAlignedRect().adjusted(-1, -1, 1, 1), half.pane.toAlignedRect()
            foot = self._foot(half)
            self.update(frame.intersected(pane))
            if not says_the_same:
                self.update(pane.x(), foot, pane.width(), pane.bottom() - foot + 1)
        for lens in self._lenses:
            self.update(_around(lens))

    def _foot(self, half: Half) -> int:
        """Where the text below the picture begins."""
        if not self.fits:
            return half.pane.toAlignedRect().bottom() - MARGIN
        if not self._stage.has_text_below and self._timeline.is_substitute(half.shown):
            return self._legend.foot(half).toAlignedRect().top()
        return half.frame.toAlignedRect().bottom() + 2  # below what is painted again with each step

    def _show_phase(self) -> None:
        shown = self._timeline.shown
        if any(self._timeline.pixels_of(each) is None or self._timeline.is_substitute(each) for each in shown):
            self._show_step()

    # -- the values at a place

    @property
    def values_shown(self) -> bool:
        return not self._panel.isHidden()

    def show_values(self, shown: bool) -> None:
        """Show the values under the pointer, or at the centre when the pointer is elsewhere."""
        if shown == self.values_shown:
            return
        self._panel.setVisible(shown)
        if not shown:
            self._probe.release()
        elif not (self.underMouse() and self._panel.read_at(QPointF(self.mapFromGlobal(self.cursor().pos())), self._stage.halves())):
            self._probe.point_at(0.5, 0.5)
        self.update()
        self.values_toggled.emit(shown)

    def _show_mark(self) -> None:
        marks = [mark for half in self._stage.halves() for mark in self._panel.marks(half)]
        for mark in (*self._marked, *marks):
            self.update(mark.adjusted(-3, -3, 3, 3).toAlignedRect())
        self._marked = marks

    # -- the loupe

    @property
    def loupe_shown(self) -> bool:
        return self._loupe.is_on

    def show_loupe(self, shown: bool) -> None:
        """Magnify what is under the pointer, or the centre when the pointer is elsewhere."""
        if shown == self.loupe_shown:
            return
        self._loupe.is_on = shown
        pointer = QPointF(self.mapFromGlobal(self.cursor().pos()))
        if not (shown and self.underMouse() and self._loupe.point_at(pointer, self._stage.halves())):
            self._loupe.centre()
        self._show_lenses()
        self.setAccessibleDescription(self._description())
        self.loupe_toggled.emit(shown)

    def _show_lenses(self) -> None:
        lenses = [lens for _, lens in self._loupe.lenses(self._stage.halves())]
        for lens in (*self._lenses, *lenses):
            self.update(_around(lens))
        self._lenses = lenses

    def _description(self) -> str:
        return "\n".join(filter(None, (self._legend.description(), self._loupe.description())))

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, halves = self._theme.tokens, self._stage.halves()
        painter = QPainter(self)
        solid = QRegion()
        for half in halves:
            if half.pixels:
                solid += half.picture.intersected(half.visible).adjusted(1, 1, -1, -1).toAlignedRect()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.stage))
        for rect in event.region().subtracted(solid):  # type: ignore[attr-defined]  # the stub leaves out __iter__
            painter.drawRect(rect)  # not fillRect: for it, PySide6 makes the 169 gradients of Qt first
        self._painted = [half.picture for half in halves if half.pixels]
        for half in halves:
            painter.save()
            painter.setClipRect(half.visible if half.pixels else half.column)
            if half.pixels:
                self._paint_picture(painter, half, half.pixels)
                self._paint_marks(painter, half)
            else:
                self._paint_caption(painter, half.column, half.frame, half.shown)
            painter.restore()
        if not halves:
            self._paint_caption(painter, QRectF(self.rect()), None, None)
        self._paint_border(painter, halves)
        if not self.fits or any(event.rect().bottom() > self._foot(half) for half in halves):
            self._told = self._legend.words(halves)
            self._legend.paint(painter, halves)
        self._lenses = self._loupe.paint(painter, halves, self._prints, self.zoom)
        if self._reached_by_key:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_picture(self, painter: QPainter, half: Half, pixels: Pixels) -> None:
        size = (half.picture.size() * self.devicePixelRatioF()).toSize() if self.fits or self.zoom < SQUARES_FROM else QSize()
        self._prints[half.place].paint(painter, pixels, half.picture, size)
        if self.fits:
            corners = QPainterPath()
            corners.addRect(half.picture.adjusted(-1, -1, 1, 1))
            corners.addRoundedRect(half.picture, RADIUS, RADIUS)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillPath(corners, QColor(self._theme.tokens.stage))

    def _paint_marks(self, painter: QPainter, half: Half) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for mark in self._panel.marks(half):
            for colour, width in ((self._theme.tokens.stage, 3), (self._theme.tokens.text, 1)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(mark)

    def _paint_caption(self, painter: QPainter, column: QRectF, frame: QRectF | None, shown: Shown | None) -> None:
        if frame is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            path = QPainterPath()
            path.addRoundedRect(frame, RADIUS, RADIUS)
            painter.fillPath(path, QColor(self._theme.tokens.panel))
        painter.setPen(QColor(self._theme.tokens.quiet))
        painter.drawText(
            column.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN),
            Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
            self._legend.caption(shown),
        )

    def _paint_border(self, painter: QPainter, halves: list[Half]) -> None:
        """Paint the line with its handle between two pictures in one frame, or a hairline between two full panes."""
        tokens = self._theme.tokens
        if line := self._stage.line():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            knob = line.center()
            for colour, width in ((tokens.stage, 4.0), (tokens.accent, 1.5)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawLine(line.topLeft(), line.bottomLeft())
            painter.setPen(QPen(QColor(tokens.accent), 1.5))
            painter.setBrush(QColor(tokens.panel))
            painter.drawEllipse(knob, KNOB, KNOB)
            for side in (-1, 1):
                painter.drawPolyline([knob + QPointF(side * 4, -4), knob + QPointF(side * 8, 0), knob + QPointF(side * 4, 4)])
        elif len(halves) > 1 and not self.fits:
            painter.fillRect(
                QRectF(
                    halves[1].pane.x() - 0.5,
                    halves[1].pane.y() - 0.5,
                    1 if halves[1].pane.x() else self.width(),
                    self.height() if halves[1].pane.x() else 1,
                ),
                QColor(tokens.line),
            )

    # -- keys and pointer

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start_or_stop_flicker()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._start_or_stop_flicker()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._stage.settle()
        self._panel.keep_clear_of(None)
        self.zoom_changed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._reached_by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._reached_by_key = False
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        timeline, modifiers = self._timeline, event.modifiers()
        shift, alt = bool(modifiers & Qt.KeyboardModifier.ShiftModifier), bool(modifiers & Qt.KeyboardModifier.AltModifier)
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if shift and alt and self.values_shown:
                self._panel.move_by(*_direction(event.key()).toTuple())
                if self.loupe_shown and self._probe.place:
                    self._loupe.go_to(*self._probe.place)
                    self._show_lenses()
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if shift and alt and self.loupe_shown:
                self._loupe.move_by(_direction(event.key()))
                self._show_lenses()
                self.setAccessibleDescription(self._description())
            case Qt.Key.Key_Left | Qt.Key.Key_Right if alt and self._stage.arrangement is Arrangement.DIVIDE:
                self._stage.move_line(LINE_STEP * _direction(event.key()).x())
                self.update()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._stage.arrangement is Arrangement.FLICKER:
                self.take_turn()
            case Qt.Key.Key_V if not modifiers:
                self.show_values(not self.values_shown)
            case Qt.Key.Key_Z if not modifiers:
                self.show_loupe(not self.loupe_shown)
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if shift and not self.fits:
                self._pan(QPointF(_direction(event.key()) * -48))
            case Qt.Key.Key_Left if not alt:
                timeline.go_by(-1)
            case Qt.Key.Key_Right if not alt:
                timeline.go_by(1)
            case Qt.Key.Key_Home:
                timeline.go_to(0)
            case Qt.Key.Key_End:
                timeline.follow()
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.angleDelta().isNull():
            self.zoom_to(self.zoom * ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_to(self.zoom * (1 + event.value()), event.position())
            return True
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tooltip(self._legend.at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()
        if event.button() is Qt.MouseButton.LeftButton and self._is_on_line(event.position()):
            self._moves_line = True
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and not self.fits:
            self._grabbed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self._moves_line:
            self._stage.put_line(position.x())
            self.update()
        elif self._grabbed is not None:
            self._pan(position - self._grabbed)
            self._grabbed = position
        elif self._is_on_line(position):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif self.cursor().shape() is Qt.CursorShape.SplitHCursor:
            self.unsetCursor() if self.fits else self.setCursor(Qt.CursorShape.OpenHandCursor)
        if self.values_shown:
            self._panel.read_at(position, self._stage.halves())
            self._panel.keep_clear_of(position.toPoint())
        if self.loupe_shown and self._loupe.point_at(position, self._stage.halves()):
            self._show_lenses()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        stayed = self._pressed is not None and (event.position() - self._pressed).manhattanLength() < QApplication.startDragDistance()
        self._grabbed, self._pressed, self._moves_line = None, None, False
        if stayed and self._stage.arrangement is Arrangement.FLICKER:
            self.take_turn()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._is_on_line(event.position()):
            self._stage.share(0.5)
            self.update()
        elif self.fits:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        run, timeline = self._timeline.run, self._timeline
        something = timeline.current is not None or bool(run and run.picture)
        menu = QMenu(self)
        menu.setObjectName("canvas_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, signal, possible in (
            (tr("Safelight", "Copy picture"), self.copy_requested, timeline.pixels is not None),
            (tr("Safelight", "Save this step"), self.save_step_requested, something),
            (tr("Safelight", "Save as…"), self.save_as_requested, something),
            (tr("Safelight", "Show in folder"), self.show_requested, bool(run and run.path)),
        ):
            menu.addAction(text, signal.emit).setEnabled(possible)
        menu.addSeparator()
        values = menu.addAction(tr("Safelight", "Values under the pointer"))
        values.setCheckable(True)
        values.setChecked(self.values_shown)
        values.triggered.connect(self.show_values)
        loupe = menu.addAction(tr("Safelight", "Loupe"))
        loupe.setCheckable(True)
        loupe.setChecked(self.loupe_shown)
        loupe.triggered.connect(self.show_loupe)
        menu.addAction(tr("Safelight", "Fit"), self.fit).setEnabled(not self.fits)
        menu.addAction(tr("Safelight", "100 %"), lambda: self.zoom_to(1.0))
        menu.popup(event.globalPos() if event.reason() is QContextMenuEvent.Reason.Mouse else self.mapToGlobal(self.rect().center()))


def _around(rect: QRectF) -> QRect:
    return rect.adjusted(-3, -3, 3, 3).toAlignedRect()


def _direction(key: int) -> QPoint:
    match key:
        case Qt.Key.Key_Left:
            return QPoint(-1, 0)
        case Qt.Key.Key_Right:
            return QPoint(1, 0)
        case Qt.Key.Key_Up:
            return QPoint(0, -1)
    return QPoint(0, 1)
