"""Filmstrip: ruler, film and curve of the shown run. A click or a drag scrubs, hovering lifts the exact frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSignalBlocker, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QHoverEvent,
    QKeyEvent,
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

from ...diffusion.run import Ending, Step
from ...errors import QT_TRANSLATE_NOOP
from ...studio.generation import Generation
from ...studio.timeline import Timeline
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.command import WidgetKeys
from ..widgets.images import to_qimage
from .curve import paint_curve
from .film_grid import FilmGrid
from .lifted import Lifted

RULER = 22  # px, height of the numbers and ticks, with the line of what is kept below them
REACH = 5  # px, of the lens above and below the film
TOP = RULER + REACH  # px, the upper edge of the film
HEIGHT = 56  # px, the least height of the film
USUAL = 66  # px, its height where there is room
LOW = 47  # px, its height in a low window
CURVE = 30  # px, its height
APART = 9  # px, between film and curve
FEW = 12  # steps: the film of fewer takes the room of the curve
RADIUS = 3  # px, of a frame
NOTCH = 120  # eighths of a degree, one notch of a wheel
ZOOM_STEP = 1.4  # for each notch
PAN = 60  # px, for each notch
NUMBERS = 34  # px, least distance of two numbers on the ruler
TICKS = 4  # px, least distance of two ticks
TAG = QSize(30, 18)  # px, the number of the shown step on the ruler
MARK = QSize(18, 16)  # px, a pause on the ruler
SLIVER = 8  # px: what is left of a frame beside the lens is not drawn if it is narrower


class Filmstrip(Retranslating, QSlider):
    """A slider over the finished steps; after them it shows empty frames for the remaining ones.

    Its film shows whole frames: of every step where there is room, else of some, and the lens shows the frame of the playhead. Ruler,
    film and curve are painted once into a pixmap; scrubbing repaints the playhead only. Pauses are set by Shift+click and dragged.
    """

    branch_requested = Signal()  # at the step at the playhead
    save_step_requested = Signal()  # of the step at the playhead
    grid_changed = Signal()  # zoomed, scrolled or resized

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self._grid = FilmGrid(0, HEIGHT)
        self._is_roomy = False
        self._least = HEIGHT
        self._still = QPixmap()  # everything but the playhead and the pauses
        self._still_for: tuple[object, ...] = ()  # grid, size, device pixel ratio and ends of stages of the pixmap
        self._painted: list[Step] = []  # the steps in the pixmap
        self._decoded: frozenset[int] = frozenset()  # steps that are marked as decoded in full in the pixmap
        self._shown = 0  # the step at which the playhead was painted last
        self._marked: frozenset[int] = frozenset()  # the pauses that are painted
        self._moved: tuple[int, int] | None = None  # a pause that is dragged, and where it is now
        self._scrubbing = False  # between a press and its release
        self._turned = 0  # of the wheel, less than a notch
        self._lifted = Lifted(theme, self)
        self.setObjectName("filmstrip")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Zoom the timeline"), QT_TRANSLATE_NOOP("Safelight", "Alt+wheel, Ctrl+wheel, +, −"))
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Show the whole run in the timeline"), "0")
        WidgetKeys(
            self, QT_TRANSLATE_NOOP("Safelight", "Set or remove a pause in the timeline"), QT_TRANSLATE_NOOP("Safelight", "Shift+click")
        )
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
                "a step, Shift+click to pause after it; + and − zoom.",
            ),
        )
        self.setToolTip("")  # hovering shows the frame
        self.update()

    def be_roomy(self, is_roomy: bool) -> None:
        """Whether it always has room for the curve and a higher film; else only when the user makes it higher."""
        if is_roomy != self._is_roomy:
            self._is_roomy = is_roomy
            self.updateGeometry()

    def be_low(self, is_low: bool) -> None:
        """Whether the window is so low that the film is less high than usual."""
        least = LOW if is_low else HEIGHT
        if least != self._least:
            self._least = least
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(600, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(160, TOP + REACH + 1 + (USUAL + APART + CURVE if self._is_roomy else self._least))

    # -- geometry

    @property
    def places(self) -> int:
        """The number of slots: all steps of the complete run and the starting noise."""
        run = self._timeline.run
        expected = self._timeline.calls or (run.recipe.sampling.steps if run and not run.picture else 0)
        return max(expected + 1 if expected else 0, len(self._timeline.steps))

    @property
    def grid(self) -> FilmGrid:
        return self._grid

    @property
    def has_curve(self) -> bool:
        return self._grid.places > FEW and self.height() >= TOP + self._least + REACH + 1 + APART + CURVE

    def slot(self, number: int) -> QRect:
        """The slot of a step in the film, in whole pixels."""
        return self._grid.slot(number).translated(0, TOP).toAlignedRect()

    def place_at(self, x: float) -> int:
        """The number of the slot at `x`, or the nearest one; its step may not be made yet."""
        return self._grid.place_at(x)

    def step_at(self, x: float) -> int:
        """The number of the finished step at `x`, or the nearest one."""
        return min(self.place_at(x), max(0, len(self._timeline.steps) - 1))

    def can_pause_after(self, number: int) -> bool:
        """Not after the last step, nor in a finished run."""
        run = self._timeline.run
        return run is not None and run.ending is not Ending.FINISHED and number < self.places - 1

    def _lay_out(self) -> None:
        """Fit the grid to the run and the size; keep the zoom while the run has as many steps as before."""
        run, places = self._timeline.run, self.places
        high = max(self._least, self.height() - TOP - REACH - 1)
        if places > FEW and high >= self._least + APART + CURVE:
            high -= APART + CURVE
        aspect = run.recipe.size.width / run.recipe.size.height if run else 1.0
        grid = FilmGrid(self.width(), high, aspect, places)
        if places == self._grid.places:
            grid = grid.zoomed_to(self._grid.zoom, 0).scrolled_to(self._grid.offset)
        self._use(grid)

    def _use(self, grid: FilmGrid) -> None:
        if grid != self._grid:
            self._grid = grid
            self._still = QPixmap()
            self._lifted.hide()
            self.update()
            self.grid_changed.emit()

    def _lens(self, number: int) -> QRectF:
        """The exact frame of a step, with its border."""
        grid = self._grid
        high = grid.high + 2 * REACH
        lens = QRectF(0, TOP - REACH, high * grid.aspect, high)
        lens.moveLeft(self._within_film(grid.middle(number) - lens.width() / 2, lens.width()))
        return lens

    def _within_film(self, left: float, width: float) -> float:
        """Where something `width` px wide is to begin so that it does not project over an end of the film; the end may be scrolled away."""
        begin = -self._grid.offset
        return min(max(left, begin), begin + max(self.width(), self._grid.length) - width)

    def _playhead(self, number: int) -> QRect:
        """Everything that is painted of the playhead."""
        middle = self._grid.middle(number)
        tag = QRectF(middle - TAG.width() / 2 - 4, 0, TAG.width() + 8, self.height())
        return tag.united(self._lens(number)).toAlignedRect().adjusted(-2, 0, 2, 0)

    # -- zoom

    def zoom_to(self, zoom: float, x: float | None = None) -> None:
        """1 shows the whole run. What is at `x` stays in place, by default the playhead."""
        self._use(self._grid.zoomed_to(zoom, self._grid.middle(self._timeline.index) if x is None else x))
        if x is None:
            self._use(self._grid.showing(self._timeline.index))

    def zoom_in(self) -> None:
        self.zoom_to(self._grid.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom_to(self._grid.zoom / ZOOM_STEP)

    def show_whole_run(self) -> None:
        self.zoom_to(1)

    def show_every_step(self) -> None:
        """One frame a step."""
        self.zoom_to(self._grid.most_zoom)

    # -- the timeline

    def _start_again(self) -> None:
        self._lay_out()
        self._still = QPixmap()
        self._mark()
        self._sync()
        self._lifted.hide()
        self.update()

    def _add_steps(self, newest: int) -> None:
        self._sync()
        self._lay_out()
        if self._is_stale:
            self.update()
            return
        steps, painted = self._timeline.steps, self._painted
        changed = {number for number, step in enumerate(steps) if number >= len(painted) or painted[number] is not step}
        changed |= set(range(len(steps), len(painted)))  # refining goes back and makes steps again
        if not changed:
            return
        self._painted = list(steps)
        painter = QPainter(self._still)
        grid = self._grid
        for frame in grid.visible_frames():
            if grid.step_of(frame) in changed:
                self._paint_frame(painter, frame)
                self.update(grid.frame(frame).translated(0, TOP).toAlignedRect())
        self._paint_kept(painter)
        self._paint_curve(painter)
        painter.end()
        self.update(0, RULER - 3, self.width(), 4)
        if self.has_curve:
            self.update(self._curve_rect().toAlignedRect().adjusted(-1, -1, 1, 1))

    def _move_playhead(self) -> None:
        self._sync()
        if not self._scrubbing and self._grid.most_offset:
            self._use(self._grid.showing(self._timeline.index))
        decoded = self._timeline.decoded
        if not self._is_stale and decoded != self._decoded:
            painter = QPainter(self._still)
            self._paint_kept(painter)
            painter.end()
            self.update(0, RULER - 3, self.width(), 4)
        for number in (self._shown, self._timeline.index):
            self.update(self._playhead(number))
        self._shown = self._timeline.index

    def _mark(self) -> None:
        run = self._timeline.run
        marked = frozenset(filter(self.can_pause_after, self._generation.breakpoints(run))) if run is not None else frozenset()
        if marked != self._marked:
            self._marked = marked
            self.update()

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

    @property
    def _is_stale(self) -> bool:
        return self._still.isNull() or self._still_for != (self._grid, self.size(), self.devicePixelRatioF(), self._stage_ends)

    @property
    def _stage_ends(self) -> list[int]:
        """The last step of each stage of the run but the last."""
        run = self._timeline.run
        return run.plan.stage_ends[:-1] if run and run.plan else []

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_stale:
            self._paint_still()
        painter = QPainter(self)
        if not self.places:
            self._paint_hint(painter)
            return
        ratio, region = self.devicePixelRatioF(), QRectF(event.rect())
        painter.drawPixmap(
            region, self._still, QRectF(region.x() * ratio, region.y() * ratio, region.width() * ratio, region.height() * ratio)
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_pauses(painter)
        if self._timeline.steps:
            self._paint_playhead(painter)

    def _paint_still(self) -> None:
        """Paint ruler, film and curve again."""
        ratio = self.devicePixelRatioF()
        self._still_for = self._grid, self.size(), ratio, self._stage_ends
        self._still = QPixmap(max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
        self._still.setDevicePixelRatio(ratio)
        self._still.fill(Qt.GlobalColor.transparent)
        self._painted = list(self._timeline.steps)
        painter = QPainter(self._still)
        for frame in self._grid.visible_frames():
            self._paint_frame(painter, frame)
        self._paint_ruler(painter)
        self._paint_stages(painter)
        self._paint_kept(painter)
        self._paint_curve(painter)
        painter.end()

    def _paint_frame(self, painter: QPainter, frame: int) -> None:
        rect, number, tokens = self._grid.frame(frame).translated(0, TOP), self._grid.step_of(frame), self._theme.tokens
        step = self._timeline.steps[number] if number < len(self._timeline.steps) else None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(rect, RADIUS, RADIUS)
        if step and step.thumbnail:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipPath(outline)
            ratio = self.devicePixelRatioF()
            size = QSize(max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio)))
            image = to_qimage(step.thumbnail).scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
            painter.drawImage(rect, image)
            painter.setClipping(False)
        else:  # not made yet, or made with previews off
            painter.fillPath(outline, QColor(tokens.edge if step else tokens.window))
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawPath(outline)

    def _paint_ruler(self, painter: QPainter) -> None:
        """Numbers, and ticks between them."""
        grid, tokens, numbers, seen = self._grid, self._theme.tokens, self._numbers(), self._grid.visible_steps()
        painter.setFont(self._small_font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        metrics = painter.fontMetrics()
        every = self._every()
        fine = next((part for part in (1, 2, 5, 10, 20, 50) if every % part == 0 and part * grid.pitch >= TICKS), every)
        painter.setPen(QPen(QColor(tokens.edge), 1))
        for number in range(seen.start - seen.start % fine, seen.stop, fine):
            x = round(grid.middle(number))
            painter.drawLine(x, RULER - (8 if number in numbers else 6), x, RULER - 4)
        painter.setPen(QColor(tokens.quiet))
        for number in numbers:
            width = metrics.horizontalAdvance(str(number))
            left = grid.middle(number) - width / 2
            if not grid.most_offset:
                left = min(max(left, 0), self.width() - width)
            painter.drawText(QRectF(left, 0, width + 1, RULER - 8), Qt.AlignmentFlag.AlignCenter, str(number))

    def _paint_stages(self, painter: QPainter) -> None:
        """A line between two stages of the run; the captions name them."""
        for last in self._stage_ends:
            x = self._grid.slot(last).right() - 1
            painter.fillRect(QRectF(x - 1, RULER - 10, 2, TOP + self._grid.high - RULER + 10), QColor(self._theme.tokens.text))

    def _paint_kept(self, painter: QPainter) -> None:
        """The line of the steps that are kept; brighter for those that are decoded in full."""
        grid, tokens = self._grid, self._theme.tokens
        self._decoded = self._timeline.decoded
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        line = QRectF(0, RULER - 2, self.width(), 2)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(line, Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if self._painted:
            painter.fillRect(QRectF(line.x(), line.y(), grid.slot(len(self._painted) - 1).right(), line.height()), QColor(tokens.edge))
        for number in self._decoded:
            slot = grid.slot(number)
            painter.fillRect(QRectF(slot.x(), line.y(), max(2.0, slot.width()), line.height()), QColor(tokens.quiet))

    def _curve_rect(self) -> QRectF:
        top = TOP + self._grid.high + APART + 1
        return QRectF(0, top, self.width(), CURVE - 1)

    def _paint_curve(self, painter: QPainter) -> None:
        if self.has_curve:
            rect = self._curve_rect()
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(rect, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            paint_curve(painter, rect, self._grid, self._painted, self._theme.tokens)

    def _paint_playhead(self, painter: QPainter) -> None:
        """The lens with the exact frame, a line through everything, and a tag with the number."""
        tokens, grid, number = self._theme.tokens, self._grid, self._timeline.index
        lens, x = self._lens(number), grid.middle(number)
        self._clear_slivers(painter, lens)
        for width, colour in ((4, tokens.panel), (2, tokens.accent)):
            painter.fillRect(QRectF(x - width / 2, TAG.height() - 1, width, self.height() - TAG.height()), QColor(colour))
        self._paint_lens(painter, lens)
        tag = QRectF(QPointF(self._within_film(x - TAG.width() / 2, TAG.width()), 0), TAG.toSizeF())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent))
        painter.drawRoundedRect(tag, 4, 4)
        painter.drawPolygon(
            QPolygonF([QPointF(x - 4, tag.bottom() - 0.5), QPointF(x + 4, tag.bottom() - 0.5), QPointF(x, tag.bottom() + 4)])
        )
        font = self._small_font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.on_accent))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, str(number))

    def _paint_lens(self, painter: QPainter, lens: QRectF) -> None:
        tokens, step = self._theme.tokens, self._timeline.steps[self._timeline.index]
        painter.setPen(Qt.PenStyle.NoPen)
        around = tokens.text if self.hasFocus() else tokens.panel
        for inset, radius, colour in ((-2, 6, around), (0, 5, tokens.accent), (2, 4, tokens.panel)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(lens.adjusted(inset, inset, -inset, -inset), radius, radius)
        frame = lens.adjusted(3, 3, -3, -3)
        if step.thumbnail:
            painter.drawImage(frame, to_qimage(step.thumbnail))
        else:
            painter.fillRect(frame, QColor(tokens.edge))

    def _clear_slivers(self, painter: QPainter, lens: QRectF) -> None:
        """Take away the narrow rests of frames on both sides of the lens."""
        for frame in self._grid.frames_between(lens.left(), lens.right()):
            rect = self._grid.frame(frame).translated(0, TOP)
            for rest in (
                QRectF(rect.left(), rect.y(), lens.left() - rect.left(), rect.height()),
                QRectF(lens.right(), rect.y(), rect.right() - lens.right(), rect.height()),
            ):
                if rect.intersects(lens) and 0 < rest.width() < SLIVER:
                    painter.fillRect(rest.adjusted(-1, -1, 1, 1), QColor(self._theme.tokens.panel))

    def _paint_pauses(self, painter: QPainter) -> None:
        """A mark on the ruler and a dashed line for each step after which the run pauses."""
        tokens = self._theme.tokens
        moved = {self._moved[0]: self._moved[1]} if self._moved else {}
        for number in self._marked:
            x = self._grid.middle(moved.get(number, number))
            painter.setPen(QPen(QColor(tokens.text), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, MARK.height()), QPointF(x, TOP + self._grid.high))
            mark = self._mark_rect(moved.get(number, number))
            painter.setPen(QPen(QColor(tokens.faint), 1))
            painter.setBrush(QColor(tokens.field))
            painter.drawRoundedRect(mark.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            for side in (-3.5, 1.5):
                painter.fillRect(QRectF(mark.center().x() + side, mark.y() + 4.5, 2, 7), QColor(tokens.text))

    def _mark_rect(self, number: int) -> QRectF:
        return QRectF(QPointF(self._grid.middle(number) - MARK.width() / 2, 0), MARK.toSizeF())

    def _numbers(self) -> list[int]:
        """The steps that are numbered: round ones with space between them, and the last."""
        last, each, seen = self.places - 1, self._grid.pitch, self._grid.visible_steps()
        every = self._every()
        first = seen.start - seen.start % every
        numbers = [number for number in range(first, seen.stop, every) if (last - number) * each >= NUMBERS]
        return [*numbers, last] if last in seen else numbers

    def _every(self) -> int:
        """The distance of two numbers, in steps."""
        return next((some for some in (1, 2, 5, 10, 20, 50, 100, 200) if some * self._grid.pitch >= NUMBERS), 500)

    def _small_font(self) -> QFont:
        font = self.font()
        font.setPixelSize(11)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _paint_hint(self, painter: QPainter) -> None:
        run = self._timeline.run
        text = (
            tr("Safelight", "There is no recording of this picture's steps. Generate it again to see them.")
            if run
            else tr("Safelight", "The steps of the next run appear here.")
        )
        painter.setPen(QColor(self._theme.tokens.quiet))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    # -- keys and pointer

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_in()
            case Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_0:
                self.show_whole_run()
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        position, place = event.position(), self.place_at(event.position().x())
        held = next((number for number in self._marked if self._mark_rect(number).contains(position)), None)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self.can_pause_after(place):
            self._generation.toggle_breakpoint(place, self._timeline.run)
        elif held is not None:
            self._moved = held, held
        else:
            self._scrubbing = True
            self._timeline.go_to(self.step_at(position.x()))
        self._lift(position.toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._scrubbing:
            self._timeline.go_to(self.step_at(event.position().x()))
        elif self._moved and self.can_pause_after(place := self.place_at(event.position().x())):
            self._moved = self._moved[0], place
            self.update()
        self._lift(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._scrubbing = False
        if self._moved:
            (old, new), self._moved, run = self._moved, None, self._timeline.run
            if new != old:
                self._generation.toggle_breakpoint(old, run)
                if new not in self._marked:
                    self._generation.toggle_breakpoint(new, run)
            self.update()

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
        menu.popup(event.globalPos() if by_mouse else self.mapToGlobal(self.slot(number).center()))

    def _do_with(self, number: int, requested: SignalInstance) -> None:
        self._timeline.go_to(number)
        requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl or Alt it zooms; otherwise it scrolls a film that is zoomed, and moves the playhead on one that is not."""
        turn = event.angleDelta()
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            self.zoom_to(self._grid.zoom * ZOOM_STEP ** ((turn.x() + turn.y()) / NOTCH), event.position().x())  # Alt makes it sideways
        elif self._grid.most_offset:
            self._use(self._grid.scrolled_to(self._grid.offset - (turn.x() + turn.y()) / NOTCH * PAN))
        else:
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
        number, grid = self.place_at(position.x()), self._grid
        if not self.places or not self.rect().contains(position) or position.x() > grid.length - grid.offset:
            self._lifted.hide()
            return
        thumbnail = self._timeline.steps[number].thumbnail if number < len(self._timeline.steps) else None
        self._lifted.show_place(self._caption(number), thumbnail, self.mapTo(self.window(), QPoint(round(grid.middle(number)), 0)))

    def _caption(self, number: int) -> str:
        if number in self._marked:
            return tr("Safelight", "Step {number} · the run pauses here").format(number=number)
        if number >= len(self._timeline.steps) and self.can_pause_after(number):
            return tr("Safelight", "Step {number} · Shift+click to pause here").format(number=number)
        if number == 0:
            return tr("Safelight", "Noise")
        left = noise_left(self._timeline.steps[number]) if number < len(self._timeline.steps) else None
        if left is None:
            return tr("Safelight", "Step {number}").format(number=number)
        return tr("Safelight", "Step {number} · {share} % noise").format(number=number, share=left)


def noise_left(step: Step) -> int | None:
    """1 − ᾱ in percent; None if it is unknown."""
    return None if step.alpha_cumprod is None else round(100 * (1 - step.alpha_cumprod))
