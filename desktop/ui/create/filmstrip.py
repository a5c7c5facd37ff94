"""Filmstrip: one slice for each step. Hovering shows the whole thumbnail, dragging scrubs, Shift+click sets a breakpoint."""

from __future__ import annotations

from itertools import zip_longest

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSignalBlocker, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHoverEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QMenu, QSizePolicy, QSlider, QWidget

from ...diffusion.run import Ending, Pixels, Step
from ...studio.generation import Generation
from ...studio.timeline import Timeline
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.images import to_qimage

TOP = 4  # px, space for the frame of the playhead
HEIGHT = 56  # px, of a slice, the usual and smallest one
LABELS = 20  # px, space for the numbers below
RADIUS = 2  # px
NOTCH = 120  # eighths of a degree, one notch of a wheel
NUMBERED = 24  # px, slices of this width are all numbered
APART = 34  # px, distance of two numbers otherwise
MARK = 5  # px, half the width of a breakpoint's mark


class Filmstrip(Retranslating, QSlider):
    """A slider over the finished steps; after them it shows empty places for the remaining ones.

    Each slice is painted once into a pixmap, when its step arrives; scrubbing repaints two slices only.
    """

    branch_requested = Signal()  # at the step at the playhead
    save_step_requested = Signal()  # of the step at the playhead

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self._strip = QPixmap()
        self._strip_for: tuple[QSize, float, int] | None = None  # size, device pixel ratio and places of the pixmap
        self._painted: list[Step] = []  # the steps in the pixmap
        self._shown = 0  # the step that was framed last
        self._marked: frozenset[int] = frozenset()  # the breakpoints that are painted
        self._scrubbing = False  # between a press and its release
        self._turned = 0  # of the wheel, less than a notch
        self._lifted = Lifted(theme, self)
        self.setObjectName("filmstrip")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setPageStep(10)
        self.actionTriggered.connect(self._go)
        self.valueChanged.connect(self._go_to_value)
        timeline.run_changed.connect(self._start_again)
        timeline.step_added.connect(self._add_steps)
        timeline.current_changed.connect(self._move_playhead)
        generation.changed.connect(self._mark)
        theme.changed.connect(self._start_again)
        self._sync()
        self.retranslate()

    def retranslate(self) -> None:
        explain(
            self,
            tr("Safelight", "Timeline"),
            tr(
                "Safelight",
                "Every step of the run, from the starting noise to the picture. Click, drag or press ← and → to view "
                "a step, Shift+click to pause after it.",
            ),
        )
        self.setToolTip("")  # hovering shows the thumbnail
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, TOP + HEIGHT + LABELS)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, TOP + HEIGHT + LABELS)

    # -- geometry

    @property
    def _high(self) -> int:
        """The height of a slice in px."""
        return max(HEIGHT, self.height() - TOP - LABELS)

    @property
    def places(self) -> int:
        """The number of slices: all steps of the complete run and the starting noise."""
        run = self._timeline.run
        expected = 0 if run is None else self._timeline.calls or (run.recipe.sampling.steps if not run.picture else 0)
        return max(expected + 1 if expected else 0, len(self._timeline.steps))

    def _length(self) -> int:
        """The length of the strip in px: the whole width, unless slices would be wider than high."""
        return min(self.width(), (self._high + 2) * max(1, self.places))

    def slice_rect(self, number: int) -> QRect:
        """The rectangle of slice `number` in whole pixels, with a gap to the next one if there is space."""
        places, length = max(1, self.places), self._length()
        left, right = number * length // places, (number + 1) * length // places
        gap = 2 if length >= 8 * places else 1 if length >= 3 * places else 0
        return QRect(left, TOP, max(1, right - left - gap), self._high)

    def place_at(self, x: float) -> int:
        """The number of the slice at `x`, or the nearest one; its step may not be made yet."""
        places = max(1, self.places)
        return min(max(int(x * places // max(1, self._length())), 0), places - 1)

    def step_at(self, x: float) -> int:
        """The number of the finished step at `x`, or the nearest one."""
        return min(self.place_at(x), max(0, len(self._timeline.steps) - 1))

    def _frame_rect(self, number: int) -> QRect:
        """The slice with the frame of the playhead, which has a minimum width."""
        rect = self.slice_rect(number)
        spare = max(0, 8 - rect.width() + 1) // 2
        frame = rect.adjusted(-2 - spare, -2, 2 + spare, 2)
        frame.moveLeft(min(max(frame.left(), 0), self.width() - frame.width()))
        return frame

    # -- the timeline

    def _start_again(self) -> None:
        self._strip = QPixmap()
        self._mark()
        self._sync()
        self._lifted.hide()
        self.update()

    def _add_steps(self, newest: int) -> None:
        self._sync()
        if self._strip.isNull() or self._laid_out() != self._strip_for:
            self._strip = QPixmap()
            self.update()
            return
        painted, self._painted = self._painted, list(self._timeline.steps)
        painter = QPainter(self._strip)
        for number, (before, now) in enumerate(zip_longest(painted, self._painted)):
            if now is not before:  # refining goes back and makes steps again
                self._paint_slice(painter, number)
                self.update(self.slice_rect(number))
        painter.end()
        self.update(0, TOP + self._high + 2, self.width(), LABELS)  # the dot of the newest step

    def _move_playhead(self) -> None:
        self._sync()
        for number in (self._shown, self._timeline.index):
            self.update(self._frame_rect(number).adjusted(-1, -1, 1, 1))
        self._shown = self._timeline.index

    def _mark(self) -> None:
        run = self._timeline.run
        marked = frozenset(filter(self.can_pause_after, self._generation.breakpoints(run))) if run is not None else frozenset()
        if marked != self._marked:
            self._marked = marked
            self.update()

    def can_pause_after(self, number: int) -> bool:
        """Not after the last step, nor in a finished run."""
        run = self._timeline.run
        return run is not None and run.ending is not Ending.FINISHED and number < self.places - 1

    def _sync(self) -> None:
        """Copy range and value from the timeline, for keys and screen readers, without a signal back to it."""
        with QSignalBlocker(self):
            self.setRange(0, max(0, len(self._timeline.steps) - 1))
            self.setValue(self._timeline.index)

    def _go(self, action: int) -> None:
        if action == QAbstractSlider.SliderAction.SliderToMaximum.value:
            self._timeline.follow()
        else:
            self._timeline.go_to(self.sliderPosition())

    def _go_to_value(self, value: int) -> None:
        if value != self._timeline.index:  # set by a screen reader
            self._timeline.go_to(value)

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Qt would repaint the whole strip; signals of the timeline repaint what has changed."""

    # -- painting

    def _laid_out(self) -> tuple[QSize, float, int]:
        return self.size(), self.devicePixelRatioF(), self.places

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._strip.isNull() or self._laid_out() != self._strip_for:
            self._paint_strip()
        painter = QPainter(self)
        if not self.places:
            self._paint_hint(painter)
            return
        ratio, region = self.devicePixelRatioF(), event.rect().intersected(QRect(0, TOP, self.width(), self._high))
        painter.drawPixmap(
            QRectF(region),
            self._strip,
            QRectF(region.x() * ratio, (region.y() - TOP) * ratio, region.width() * ratio, region.height() * ratio),
        )
        if self._timeline.steps:
            self._paint_playhead(painter)
        self._paint_breakpoints(painter)
        if event.rect().bottom() > TOP + self._high + 3:
            self._paint_numbers(painter)

    def _paint_strip(self) -> None:
        """Paint all slices again."""
        self._strip_for = self._laid_out()
        ratio = self.devicePixelRatioF()
        self._strip = QPixmap(max(1, round(self.width() * ratio)), round(self._high * ratio))
        self._strip.setDevicePixelRatio(ratio)
        self._strip.fill(Qt.GlobalColor.transparent)
        self._painted = list(self._timeline.steps)
        painter = QPainter(self._strip)
        for number in range(self.places):
            self._paint_slice(painter, number)
        painter.end()

    def _paint_slice(self, painter: QPainter, number: int) -> None:
        slot = QRectF(self.slice_rect(number).translated(0, -TOP))
        step = self._timeline.steps[number] if number < len(self._timeline.steps) else None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if slot.width() >= 3 * RADIUS:
            outline = QPainterPath()
            outline.addRoundedRect(slot, RADIUS, RADIUS)
            painter.setClipPath(outline)
        if step and step.thumbnail:
            image = to_qimage(step.thumbnail)
            scaled = image.scaledToHeight(round(self._high * self.devicePixelRatioF()), Qt.TransformationMode.SmoothTransformation)
            width = min(scaled.width(), slot.width() * self.devicePixelRatioF())
            painter.drawImage(slot, scaled, QRectF((scaled.width() - width) / 2, 0, width, scaled.height()))
        else:  # not made yet, or made with previews off
            painter.fillRect(slot, QColor(self._theme.tokens.faint if step else self._theme.tokens.field))
        painter.setClipping(False)

    def _paint_playhead(self, painter: QPainter) -> None:
        frame = QRectF(self._frame_rect(self._timeline.index))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.tokens.text), 1))
            painter.drawRoundedRect(frame.adjusted(-0.5, -0.5, 0.5, 0.5), RADIUS + 2, RADIUS + 2)
        painter.setPen(QPen(QColor(self._theme.tokens.accent), 2))
        painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), RADIUS + 1, RADIUS + 1)

    def _paint_breakpoints(self, painter: QPainter) -> None:
        """Two triangles, above and below each slice after which the run pauses."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.tokens.panel), 1))
        painter.setBrush(QColor(self._theme.tokens.accent))
        for number in self._marked:
            middle = min(max(self._middle(number), MARK), self.width() - MARK)
            for edge, inwards in ((0.5, 1), (2 * TOP + self._high - 0.5, -1)):
                painter.drawPolygon(
                    QPolygonF(
                        [QPointF(middle - MARK, edge), QPointF(middle + MARK, edge), QPointF(middle, edge + inwards * (TOP + MARK - 1))]
                    )
                )

    def _paint_numbers(self, painter: QPainter) -> None:
        """The numbers of steps, and a dot below the newest one."""
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        below = TOP + self._high + 4
        newest = len(self._timeline.steps) - 1
        dot = self._middle(newest) if 0 <= newest < self.places - 1 or newest == 0 else None
        painter.setPen(QColor(self._theme.tokens.quiet))
        for number in self._numbers():
            middle = self._middle(number)
            if dot is None or abs(middle - dot) > 16:
                width = painter.fontMetrics().horizontalAdvance(str(number))
                left = min(max(middle - width / 2, 0), self.width() - width)
                painter.drawText(QRectF(left, below, width, LABELS - 4), Qt.AlignmentFlag.AlignCenter, str(number))
        if dot is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.tokens.accent))
            painter.drawEllipse(QRectF(dot - 3.5, below + 4, 7, 7))

    def _numbers(self) -> list[int]:
        """The steps that are numbered: round ones with space between them, and the last."""
        last, each = self.places - 1, self._length() / self.places
        every = 1 if each >= NUMBERED else next((some for some in (10, 20, 50, 100) if some * each >= APART), 200)
        room = APART / each if every > 1 else 1
        return [number for number in range(0, last, every) if last - number >= room] + [last]

    def _middle(self, number: int) -> float:
        rect = self.slice_rect(number)
        return rect.x() + rect.width() / 2

    def _paint_hint(self, painter: QPainter) -> None:
        run = self._timeline.run
        text = (
            tr("Safelight", "There is no recording of this picture's steps. Generate it again to see them.")
            if run
            else tr("Safelight", "The steps of the next run appear here.")
        )
        painter.setPen(QColor(self._theme.tokens.quiet))
        painter.drawText(QRect(0, TOP, self.width(), self._high), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    # -- pointer

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lifted.hide()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        position, place = event.position().toPoint(), self.place_at(event.position().x())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self.can_pause_after(place):
            self._generation.toggle_breakpoint(place, self._timeline.run)
        else:
            self._scrubbing = True
            self._timeline.go_to(self.step_at(position.x()))
        self._lift(position)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._scrubbing:
            self._timeline.go_to(self.step_at(event.position().x()))
            self._lift(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._scrubbing = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """For the step under the pointer; opened by key, for the step at the playhead."""
        run, by_mouse = self._timeline.run, event.reason() is QContextMenuEvent.Reason.Mouse
        number = self.place_at(event.pos().x()) if by_mouse else self._timeline.index
        if not self.places:
            return
        self._lifted.hide()
        menu = QMenu(self)
        menu.setObjectName("filmstrip_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pause = menu.addAction(tr("Safelight", "Pause after this step"), lambda: self._generation.toggle_breakpoint(number, run))
        pause.setCheckable(True)
        pause.setChecked(number in self._marked)
        pause.setEnabled(self.can_pause_after(number))
        branch = menu.addAction(tr("Safelight", "Branch from this step"), lambda: self._do_with(number, self.branch_requested))
        save = menu.addAction(tr("Safelight", "Save this step"), lambda: self._do_with(number, self.save_step_requested))
        for action in (branch, save):
            action.setEnabled(number < len(self._timeline.steps))
        menu.popup(event.globalPos() if by_mouse else self.mapToGlobal(self.slice_rect(number).center()))

    def _do_with(self, number: int, requested: SignalInstance) -> None:
        self._timeline.go_to(number)
        requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Down and right move forward."""
        turn = event.angleDelta()
        self._turned -= turn.x() + turn.y()
        notches = int(self._turned / NOTCH)
        if notches:
            self._turned -= notches * NOTCH
            self._timeline.go_by(notches)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHoverEvent):
            if event.type() is QEvent.Type.HoverLeave:
                self._lifted.hide()
            else:
                self._lift(event.position().toPoint())
        return super().event(event)

    def _lift(self, position: QPoint) -> None:
        number = self.place_at(position.x())
        rect = self.slice_rect(number)
        if not self.places or not self.rect().contains(position) or not rect.left() <= position.x() <= rect.right() + 2:
            self._lifted.hide()
            return
        thumbnail = self._timeline.steps[number].thumbnail if number < len(self._timeline.steps) else None
        self._lifted.show_place(self._caption(number), thumbnail, self.mapTo(self.window(), QPoint(round(self._middle(number)), 0)))

    def _caption(self, number: int) -> str:
        if number in self._marked:
            return tr("Safelight", "Step {number} · the run pauses here").format(number=number)
        if number >= len(self._timeline.steps) and self.can_pause_after(number):
            return tr("Safelight", "Step {number} · Shift+click to pause here").format(number=number)
        return tr("Safelight", "Step {number}").format(number=number) if number else tr("Safelight", "Noise")


class Lifted(QWidget):
    """The whole thumbnail of the step under the pointer, above the strip. It ignores the mouse."""

    SIDE = 144  # px, the longer side of the thumbnail
    CAPTION = 24  # px

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._caption = ""
        self._thumbnail: Pixels | None = None
        self.setObjectName("lifted_thumbnail")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_place(self, caption: str, thumbnail: Pixels | None, above: QPoint) -> None:
        """Show a step, or a place without a step, centred above the point `above` of the window."""
        self._caption, self._thumbnail = caption, thumbnail
        window = self.window()
        if self.parent() is not window:  # the strip is in its window by now
            self.setParent(window)
        size = self._picture_size()
        words = self.fontMetrics().horizontalAdvance(caption) + 20
        self.resize(max(size.width() + 8, words), (size.height() + 4 if thumbnail else 0) + self.CAPTION)
        left = min(max(above.x() - self.width() // 2, 4), window.width() - self.width() - 4)
        self.move(left, max(4, above.y() - self.height() - 4))
        self.show()
        self.raise_()
        self.update()

    def _picture_size(self) -> QSize:
        if self._thumbnail is None:
            return QSize()
        size = QSize(self._thumbnail.width, self._thumbnail.height)
        return size.scaled(self.SIDE, self.SIDE, Qt.AspectRatioMode.KeepAspectRatio)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self._thumbnail:
            size = self._picture_size()
            painter.drawImage(QRectF((self.width() - size.width()) / 2, 4, size.width(), size.height()), to_qimage(self._thumbnail))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRect(0, self.height() - self.CAPTION, self.width(), self.CAPTION), Qt.AlignmentFlag.AlignCenter, self._caption)
