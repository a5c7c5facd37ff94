"""Canvas: the picture as it develops, or two of them. Fit or zoomed, in the same frame on the screen whatever the preview's resolution."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
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

from ..diffusion.run import Ending, Phase, Pixels, Run, View
from ..diffusion.tiles import Tiles
from ..studio.generation import Generation
from ..studio.probe import Probe
from ..studio.timeline import Arrangement, Shown, Timeline
from . import turns, views
from .language import Retranslating, explain, tooltip, tr
from .print import Print
from .theme import Theme
from .values_panel import ValuesPanel

MARGIN = 24                    # px of stage around a picture that fits
RADIUS = 6                     # px, corners of a picture that fits
LEAST, MOST = 0.05, 64.0       # zoom: device pixels a picture pixel
ZOOM_STEP = 1.25               # one notch of the wheel, one press of + or −
SQUARES_FROM = 8.0             # zoom from which single pixels are shown as squares
FLICKER = 500                  # ms for which each of two pictures is seen: one hertz, far below what is a strain
KNOB = 13                      # px, radius of the handle on the line between two pictures
LINE_STEP = 0.02               # of the frame: one press of a key on that line
LEAST_MARK = 7.0               # px, of the square around the place whose values are read


@dataclass(frozen=True, slots=True)
class Half:
    """One of two pictures, or the only one, and where it is; in widget pixels."""

    place: int                     # 0, or 1 for the one that stands beside
    shown: Shown
    pixels: Pixels | None
    pane: QRectF                   # the part of the canvas it is in
    column: QRectF                 # what of the pane its words may take
    frame: QRectF                  # where the run's picture lies, if it fits or not
    picture: QRectF                # where the pixels lie: the frame, or as much of it as another shape fills
    visible: QRectF                # what of the frame is to be seen


class Canvas(Retranslating, QFrame):
    """Shows `timeline.shown`; draws only what is visible, straight from the steps' pixels, so that every step comes at once."""

    copy_requested = Signal()
    save_step_requested = Signal()
    save_as_requested = Signal()
    show_requested = Signal()
    zoom_changed = Signal()
    values_toggled = Signal(bool)

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme, probe: Probe | None = None,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self._probe = probe
        self._zoom: float | None = None                # None: fit
        self._centre = QPointF()                       # of the view, in picture pixels; only while zoomed
        self._seen = QSize()                           # the size that the zoom belongs to
        self._divide = 0.5                             # where the line between two pictures is, 0…1 of what is visible
        self._flicker = QTimer(self, interval=FLICKER)
        self._flicker.timeout.connect(self._take_turns)
        self._second_turn = False                      # the second picture is seen
        self._pressed: QPointF | None = None           # where a button went down
        self._grabbed: QPointF | None = None           # where a drag of the picture is
        self._moves_line = False
        self._reached_by_key = False                   # then the focus is shown
        self._prints = Print(), Print()
        self._painted: list[QRectF] = []               # where pictures were when they were painted last
        self._marked: list[QRectF] = []                # where the values are from, as far as it was painted
        self._panel = ValuesPanel(probe, theme, self) if probe else None
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 200)
        timeline.run_changed.connect(self._show_run)
        timeline.view_changed.connect(self._show_view)
        timeline.current_changed.connect(self._show_step)
        generation.changed.connect(self._show_phase)
        theme.changed.connect(self.update)
        if probe:
            probe.changed.connect(self._show_mark)
        self.retranslate()

    def retranslate(self) -> None:
        explain(self, tr("Safelight", "Picture"),
                tr("Safelight", "The picture at the step you look at. Wheel or + and − zoom, 0 fits it, 1 shows it pixel by pixel, ← and → "
                                "change the step."))
        self.setToolTip("")                            # it would cover the picture
        self._describe()
        self.update()

    # -- zoom

    @property
    def zoom(self) -> float:
        """Device pixels a picture pixel: 1 shows the picture pixel by pixel."""
        return self._zoom if self._zoom is not None else self._fitting(self._panes()[0])

    @property
    def fits(self) -> bool:
        return self._zoom is None

    def fit(self) -> None:
        self._zoom = None
        self._zoomed()

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that the point of the picture at `at` (widget pixels; the middle without it) stays where it is."""
        from_middle = QPointF()
        if at is not None:
            place = at * self.devicePixelRatioF()
            from_middle = place - next((pane for pane in self._panes() if pane.contains(place)), self._panes()[0]).center()
        point = self._view_centre() + from_middle / self.zoom
        self._zoom = min(max(zoom, LEAST), MOST)
        self._look_at(point - from_middle / self._zoom)
        self._zoomed()

    def zoom_in(self) -> None:
        self.zoom_to(self.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom_to(self.zoom / ZOOM_STEP)

    def _zoomed(self) -> None:
        self.unsetCursor() if self.fits else self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.update()
        self.zoom_changed.emit()

    def _look_at(self, centre: QPointF) -> None:
        """Move the view, but never off the picture; what is smaller than the view stays in its middle."""
        picture, view = self._picture_size(), self._panes()[0].size() / self.zoom

        def within(value: float, length: float, seen: float) -> float:
            return length / 2 if seen >= length else min(max(value, seen / 2), length - seen / 2)

        self._centre = QPointF(within(centre.x(), picture.width(), view.width()), within(centre.y(), picture.height(), view.height()))

    def _pan(self, distance: QPointF) -> None:
        """Move the picture by `distance` in widget pixels."""
        if not self.fits:
            self._look_at(self._centre - distance * self.devicePixelRatioF() / self.zoom)
            self.update()

    # -- two pictures

    @property
    def _arrangement(self) -> Arrangement | None:
        """None for a picture alone."""
        return self._timeline.arrangement if len(self._timeline.shown) > 1 else None

    def move_line(self, distance: float) -> None:
        """Move the line between two pictures, by a share of what is visible of them."""
        self._put_line(self._divide + distance)

    def take_turn(self) -> None:
        """Show the other one of two pictures that take turns."""
        self._second_turn = not self._second_turn
        self._mind_flicker()
        self._describe()
        self.update()

    def _put_line(self, divide: float) -> None:
        self._divide = min(max(divide, 0.0), 1.0)
        self.update()

    def _mind_flicker(self) -> None:
        """Take turns while somebody sees it, unless motion is not wanted."""
        if self._arrangement is Arrangement.FLICKER and self.isVisible() and not self._theme.reduce_motion:
            self._flicker.start()
        else:
            self._flicker.stop()

    def _take_turns(self) -> None:
        self._second_turn = not self._second_turn
        self._mind_flicker()
        self.update()

    def _line(self) -> QRectF | None:
        """The line between two pictures, in widget pixels and without breadth."""
        if self._arrangement is not Arrangement.DIVIDE:
            return None
        visible, ratio = self._visible(self._panes()[0]), self.devicePixelRatioF()
        x = round((visible.left() + self._divide * visible.width()) * ratio) / ratio
        return QRectF(x, visible.top(), 0, visible.height())

    def _is_on_line(self, position: QPointF) -> bool:
        line = self._line()
        return line is not None and (line.adjusted(-5, 0, 5, 0).contains(position)
                                     or (position - line.center()).manhattanLength() < 1.5 * KNOB)

    # -- geometry, in device pixels

    def _panes(self) -> list[QRectF]:
        """One part of the canvas, or two of one size, side by side or on top of each other, as the pictures get larger."""
        size = QSizeF(self.size()) * self.devicePixelRatioF()
        if self._arrangement is not Arrangement.BESIDE:
            return [QRectF(QPointF(), size)]
        across, down = QSizeF(size.width() // 2, size.height()), QSizeF(size.width(), size.height() // 2)
        if self._fitting(QRectF(QPointF(), across)) >= self._fitting(QRectF(QPointF(), down)):
            return [QRectF(QPointF(), across), QRectF(QPointF(across.width(), 0), across)]
        return [QRectF(QPointF(), down), QRectF(QPointF(0, down.height()), down)]

    def _fitting(self, pane: QRectF) -> float:
        """The zoom at which the picture fits into `pane`."""
        picture, room = self._picture_size(), pane.size() - QSizeF(MARGIN, MARGIN) * 2 * self.devicePixelRatioF()
        return max(LEAST, min(room.width() / picture.width(), room.height() / picture.height()))

    def _picture_size(self) -> QSize:
        return _size_of(self._timeline.run) if self._timeline.run else QSize(512, 512)

    def _view_centre(self) -> QPointF:
        picture = self._picture_size()
        return QPointF(picture.width() / 2, picture.height() / 2) if self.fits else self._centre

    def _frame(self, pane: QRectF) -> QRect:
        """Where the whole picture lies, on whole device pixels."""
        picture, zoom, centre = self._picture_size(), self.zoom, self._view_centre()
        return QRect(round(pane.center().x() - centre.x() * zoom), round(pane.center().y() - centre.y() * zoom),
                     max(1, round(picture.width() * zoom)), max(1, round(picture.height() * zoom)))

    # -- geometry, in widget pixels

    def _visible(self, pane: QRectF) -> QRectF:
        """What can be seen of the frame in `pane` (device pixels)."""
        return self._here(QRectF(self._frame(pane)).intersected(pane))

    def _here(self, rect: QRectF) -> QRectF:
        """`rect`, which is in device pixels, in widget pixels."""
        ratio = self.devicePixelRatioF()
        return QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)

    def _halves(self) -> list[Half]:
        """What is on the canvas now."""
        panes, line = self._panes(), self._line()
        shown = list(enumerate(self._timeline.shown))
        if self._arrangement is Arrangement.FLICKER:
            shown = [shown[self._second_turn]]
        halves = []
        for place, each in shown:
            pane = panes[place % len(panes)]
            column, frame, visible = self._here(pane), self._here(QRectF(self._frame(pane))), self._visible(pane)
            if line and place == 0:
                column.setRight(column.center().x())
                visible.setRight(line.x())
            elif line:
                column.setLeft(column.center().x())
                visible.setLeft(line.x())
            halves.append(Half(place, each, self._timeline.pixels_of(each), self._here(pane), column, frame,
                               self._filled(each, frame), visible))
        return halves

    def _filled(self, shown: Shown, frame: QRectF) -> QRectF:
        """What a picture of another shape than the frame's fills of it."""
        size = _size_of(shown.run)
        if self._shows_channels(shown) and (pixels := self._timeline.pixels_of(shown)):
            size = QSize(pixels.width, pixels.height)
        scale = min(frame.width() / size.width(), frame.height() / size.height())
        filled = QRectF(QPointF(), QSizeF(size) * scale)
        filled.moveCenter(frame.center())
        return filled if max(abs(filled.width() - frame.width()), abs(filled.height() - frame.height())) > 1 else frame

    def _shows_channels(self, shown: Shown) -> bool:
        return shown.view is View.LATENTS and not self._timeline.is_stand_in(shown)

    # -- the timeline

    def _show_run(self) -> None:
        if self._picture_size() != self._seen:
            self._seen = self._picture_size()
            self.fit()
        self.update()

    def _show_view(self) -> None:
        self._second_turn = False
        self._mind_flicker()
        if not self.fits:
            self._look_at(self._centre)
        self._describe()
        self.update()

    def _show_step(self) -> None:
        self._describe()
        halves = self._halves()
        if len(halves) == 1 and halves[0].pixels and self._painted == [halves[0].picture]:      # only what changes with the step
            frame = halves[0].frame.toAlignedRect().adjusted(-1, -1, 1, 1)
            foot = min(frame.bottom(), self.height() - MARGIN) if self.fits else self.height() - MARGIN
            self.update(frame)
            self.update(0, foot, self.width(), self.height() - foot)
        else:
            self.update()

    def _show_phase(self) -> None:
        shown = self._timeline.shown
        if any(self._timeline.pixels_of(each) is None or self._timeline.is_stand_in(each) for each in shown):
            self._show_step()

    def _describe(self) -> None:
        """What is seen, in words."""
        timeline, shown = self._timeline, self._timeline.shown
        if timeline.run is None or timeline.pixels is None:
            self.setAccessibleDescription(self._caption(shown[0] if shown else None))
            return
        if not timeline.steps:
            said = [tr("Safelight", "The finished picture of: {prompt}").format(prompt=timeline.run.recipe.prompt)]
        else:
            seen = (tr("Safelight", "Step {number} of {calls}, approximate preview, of: {prompt}") if timeline.approximate
                    else tr("Safelight", "Step {number} of {calls}, of: {prompt}"))
            said = [seen.format(number=timeline.index, calls=timeline.calls, prompt=timeline.run.recipe.prompt), self._sentence(shown[0])]
        match self._arrangement:
            case Arrangement.DIVIDE:
                said.append(tr("Safelight", "Beside it: {what}. Alt+← and Alt+→ move the line between them.").format(
                    what=self._label(shown[1])))
            case Arrangement.BESIDE:
                said.append(tr("Safelight", "Beside it: {what}.").format(what=self._label(shown[1])))
            case Arrangement.FLICKER:
                said.append(tr("Safelight", "By turns with: {what}. Enter shows the other one.").format(what=self._label(shown[1])))
        self.setAccessibleDescription("\n".join(said))

    def _caption(self, shown: Shown | None) -> str:
        """What stands where the picture is not yet."""
        if shown is None:
            return tr("Safelight", "Describe a picture and press Generate: here you watch it develop, step by step.")
        if shown.step is not None:
            if self._timeline.has_failed(shown):
                return tr("Safelight", "This view of the step cannot be made.")
            if self._generation.running:
                return tr("Safelight", "Previews are off. The picture appears at the end.")
            return tr("Safelight", "Being worked out…")
        live = shown.run is self._generation.run
        match shown.run.ending:
            case Ending.RUNNING if live and self._generation.stopping:
                return tr("Safelight", "Stopping…")
            case Ending.RUNNING if live and self._generation.phase is Phase.LOADING:
                return tr("Safelight", "Loading the model…")
            case Ending.RUNNING if live and self._generation.phase is Phase.ENCODING:
                return tr("Safelight", "Reading the prompt…")
            case Ending.RUNNING if live or not self._generation.running:
                return tr("Safelight", "Getting ready…")
            case Ending.RUNNING:
                return tr("Safelight", "Waits for its turn.")
            case Ending.PAUSED:
                return tr("Safelight", "Paused before the first step.")
            case Ending.STOPPED:
                return tr("Safelight", "Stopped before the first step.")
            case _:
                return tr("Safelight", "This run ended before its first step.")

    def _sentence(self, shown: Shown) -> str:
        """What the picture is, below it."""
        if shown.is_picture:
            return tr("Safelight", "The finished picture")
        if not self._timeline.is_stand_in(shown):
            is_plain = shown.is_noise and shown.view is not View.LATENTS
            return _name(shown) if is_plain else f"{_name(shown)} · {views.meaning(shown.view)}"
        if self._timeline.has_failed(shown):
            said = (tr("Safelight", "{view} · cannot be made of this step: the noise stands in") if shown.is_noise
                    else tr("Safelight", "{view} · cannot be made of this step: the estimate stands in"))
        elif self._generation.running:
            said = (tr("Safelight", "{view} · shown when the machine is free: the noise stands in") if shown.is_noise
                    else tr("Safelight", "{view} · shown when the machine is free: the estimate stands in"))
        else:
            said = tr("Safelight", "{view} · being worked out…")
        return said.format(view=_name(shown))

    def _label(self, shown: Shown) -> str:
        """What one of two pictures is, above it: its view, or what was changed, and its step where the run is shorter."""
        if self._timeline.compare is None:
            return _name(shown)
        first, second = self._timeline.run, self._timeline.compare
        other = first if shown.run is second else second
        label = turns.changed(shown.run)
        if first.branched_after is None and second.branched_after is None:
            label = turns.differing(shown.run.recipe, other.recipe) or label
        if shown.step and shown.step.number != self._timeline.index:
            label = tr("Safelight", "step {number} · {what}").format(number=shown.step.number, what=label)
        return label

    # -- the values at a place

    @property
    def values_shown(self) -> bool:
        return self._panel is not None and not self._panel.isHidden()

    def show_values(self, shown: bool) -> None:
        """Show the numbers behind the place that the pointer is at; without one, behind the middle."""
        if self._panel is None or shown == self.values_shown:
            return
        self._panel.setVisible(shown)
        if not shown:
            self._probe.let_go()
        elif not (self.underMouse() and self._read_at(QPointF(self.mapFromGlobal(self.cursor().pos())))):
            self._probe.look_at(0.5, 0.5)
        self.update()
        self.values_toggled.emit(shown)

    def _read_at(self, position: QPointF) -> bool:
        """Read the values at `position`; False where there is no picture."""
        for half in self._halves():
            if half.pixels and half.visible.contains(position) and half.picture.contains(position):
                x = (position.x() - half.picture.x()) / half.picture.width()
                y = (position.y() - half.picture.y()) / half.picture.height()
                channel = None
                if self._shows_channels(half.shown):
                    found = tiles.at(x * tiles.size[0], y * tiles.size[1]) if (tiles := self._tiles(half)) else (None, 0.5, 0.5)
                    if found is None:
                        return False
                    channel, x, y = found
                self._panel.point_at(channel)
                self._probe.look_at(x, y, beside=half.place == 1)
                return True
        return False

    def _move_place(self, direction: QPoint) -> None:
        """Read the next position of the latents."""
        if values := self._probe.values:
            column = min(max(values.column + direction.x(), 0), values.columns - 1)
            row = min(max(values.row + direction.y(), 0), values.rows - 1)
            self._probe.look_at((column + 0.5) / values.columns, (row + 0.5) / values.rows)

    def _tiles(self, half: Half) -> Tiles | None:
        """How the channels lie in the picture, once anything about them is known."""
        values = self._probe.values
        tiles = Tiles(len(values.channels[View.NOISY]), values.columns, values.rows) if values else None
        return tiles if tiles and half.pixels and tiles.size == (half.pixels.width, half.pixels.height) else None

    def _marks(self, half: Half) -> list[QRectF]:
        """Squares around the position whose values are shown, one in every channel that is seen."""
        values = self._probe.values if self.values_shown else None
        if values is None or half.pixels is None:
            return []
        tiles = self._tiles(half) if self._shows_channels(half.shown) else None
        if tiles is None and self._shows_channels(half.shown):
            return []
        scale = half.picture.width() / (tiles.size[0] if tiles else values.columns)
        side = scale * (tiles.square if tiles else 1)
        high = side if tiles else half.picture.height() / values.rows
        marks = []
        for x, y in [tiles.corner(channel) for channel in range(tiles.count)] if tiles else [(0, 0)]:
            mark = QRectF(half.picture.x() + x * scale + values.column * side, half.picture.y() + y * scale + values.row * high, side, high)
            grown = max(0.0, LEAST_MARK - side) / 2
            marks.append(mark.adjusted(-grown, -grown, grown, grown))
        return marks

    def _show_mark(self) -> None:
        marks = [mark for half in self._halves() for mark in self._marks(half)]
        for mark in (*self._marked, *marks):
            self.update(mark.adjusted(-3, -3, 3, 3).toAlignedRect())
        self._marked = marks

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, halves = self._theme.tokens, self._halves()
        painter = QPainter(self)
        solid = QRegion()
        for half in halves:
            if half.pixels:
                solid += half.picture.intersected(half.visible).adjusted(1, 1, -1, -1).toAlignedRect()
        for rect in event.region().subtracted(solid):
            painter.fillRect(rect, QColor(tokens.stage))
        self._painted = [half.picture for half in halves if half.pixels]
        for half in halves:
            painter.save()
            painter.setClipRect(half.visible if half.pixels else half.column)
            if half.pixels:
                self._paint_picture(painter, half)
                self._paint_marks(painter, half)
            else:
                self._paint_caption(painter, half.column, half.frame, half.shown)
            painter.restore()
        if not halves:
            self._paint_caption(painter, QRectF(self.rect()), None, None)
        self._paint_border(painter, halves)
        self._paint_words(painter, halves)
        if self._reached_by_key:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_picture(self, painter: QPainter, half: Half) -> None:
        size = (half.picture.size() * self.devicePixelRatioF()).toSize() if self.fits or self.zoom < SQUARES_FROM else QSize()
        self._prints[half.place].paint(painter, half.pixels, half.picture, size)
        if self.fits:
            corners = QPainterPath()
            corners.addRect(half.picture.adjusted(-1, -1, 1, 1))
            corners.addRoundedRect(half.picture, RADIUS, RADIUS)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillPath(corners, QColor(self._theme.tokens.stage))

    def _paint_marks(self, painter: QPainter, half: Half) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for mark in self._marks(half):
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
        painter.drawText(column.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN),
                         Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._caption(shown))

    def _paint_border(self, painter: QPainter, halves: list[Half]) -> None:
        """What lies between two pictures: the line with its handle, or a hairline between two panes that are full."""
        tokens = self._theme.tokens
        if line := self._line():
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
            painter.fillRect(QRectF(halves[1].pane.x() - 0.5, halves[1].pane.y() - 0.5,
                                    1 if halves[1].pane.x() else self.width(), self.height() if halves[1].pane.x() else 1),
                             QColor(tokens.line))

    def _paint_words(self, painter: QPainter, halves: list[Half]) -> None:
        """Above two pictures what they are, below each picture what that means, with the note and the zoom in the corners."""
        painter.setFont(self._font())
        for half in halves:
            if self._arrangement:
                self._paint_line(painter, self._head(half), self._heading(half), Qt.AlignmentFlag.AlignCenter, self._theme.tokens.text)
            if half.pixels:
                foot, sentence = self._foot(half), self._sentence_below(half)
                colour = self._theme.tokens.text if self._timeline.is_stand_in(half.shown) else self._theme.tokens.quiet
                self._paint_line(painter, foot, sentence, Qt.AlignmentFlag.AlignCenter, colour)
                for text, side in ((self._note(half), Qt.AlignmentFlag.AlignLeft), (self._zoom_figure(half), Qt.AlignmentFlag.AlignRight)):
                    corner = QRectF(half.pane.x(), half.pane.bottom() - MARGIN, half.pane.width(), MARGIN)
                    self._paint_line(painter, corner, text, side, self._theme.tokens.quiet)

    def _paint_line(self, painter: QPainter, rect: QRectF, text: str, side: Qt.AlignmentFlag, colour: str) -> None:
        """`text` in `rect`, wrapped where that helps, and cut where it does not."""
        if not text:
            return
        room = rect.adjusted(8, 0, -8, 0)
        if rect.height() <= MARGIN:
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        flags = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignHCenter if side is Qt.AlignmentFlag.AlignCenter else side)
        if not self.fits:
            needed = painter.boundingRect(room, flags | Qt.TextFlag.TextWordWrap, text).adjusted(-8, 0, 8, 0)
            painter.fillRect(QRectF(needed.x(), rect.y(), needed.width(), rect.height()).toAlignedRect(), QColor(self._theme.tokens.stage))
        painter.setPen(QColor(colour))
        painter.drawText(room, flags | Qt.TextFlag.TextWordWrap, text)

    def _heading(self, half: Half) -> str:
        label = self._label(half.shown)
        if self._arrangement is Arrangement.FLICKER and self._theme.reduce_motion:
            return tr("Safelight", "{what} (a click or Enter shows the other one)").format(what=label)
        return label

    def _note(self, half: Half) -> str:
        """One note for two pictures in one pane."""
        in_pane = [half.shown]
        if self._arrangement is Arrangement.DIVIDE:
            in_pane = self._timeline.shown if half.place == 0 else []
        return tr("Safelight", "approximate preview") if any(map(self._timeline.is_approximate, in_pane)) else ""

    def _zoom_figure(self, half: Half) -> str:
        is_last = half.place == 1 or self._arrangement in (None, Arrangement.FLICKER)
        return f"{100 * self.zoom:.0f} %" if is_last and not self.fits else ""

    def _head(self, half: Half) -> QRectF:
        top = half.frame.y() - MARGIN if self.fits else half.pane.y()
        return QRectF(half.column.x(), top, half.column.width(), MARGIN)

    def _sentence_below(self, half: Half) -> str:
        """One sentence for two pictures in one frame, where it is the same."""
        return "" if half.place == 1 and self._is_shared(half) else self._sentence(half.shown)

    def _is_shared(self, half: Half) -> bool:
        sentences = {self._sentence(shown) for shown in self._timeline.shown}
        return self._arrangement is Arrangement.DIVIDE and len(sentences) == 1

    def _foot(self, half: Half) -> QRectF:
        """Where the sentence below a picture goes: one line between note and zoom figure, or more of them where there is room."""
        metrics, text = QFontMetricsF(self._font()), self._sentence(half.shown)
        top = half.frame.bottom() if self.fits else half.pane.bottom() - MARGIN
        column = half.pane if self._is_shared(half) else half.column
        line = QRectF(column.x(), top, column.width(), MARGIN)
        left, right = (metrics.horizontalAdvance(corner) + 16 if corner else 0 for corner in (self._note(half), self._zoom_figure(half)))
        room = half.pane.bottom() - top - (MARGIN if left or right else 0)         # above the corners
        if room >= MARGIN:
            wrapped = metrics.boundingRect(line.adjusted(8, 0, -8, 0), Qt.TextFlag.TextWordWrap, text).height() + 8
            line.setHeight(wrapped if MARGIN < wrapped <= room else MARGIN)
            return line
        if metrics.horizontalAdvance(text) + 16 <= line.width() - 2 * max(left, right):
            left = right = max(left, right)                                         # in the middle
        return line.adjusted(left, 0, -right, 0)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(12)
        return font

    # -- keys and pointer

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._mind_flicker()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._mind_flicker()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self.fits:
            self._look_at(self._centre)
        if self._panel:
            self._panel.keep_clear_of(None)

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
                self._move_place(_direction(event.key()))
            case Qt.Key.Key_Left | Qt.Key.Key_Right if alt and self._arrangement is Arrangement.DIVIDE:
                self.move_line(LINE_STEP * _direction(event.key()).x())
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._arrangement is Arrangement.FLICKER:
                self.take_turn()
            case Qt.Key.Key_V if not modifiers:
                self.show_values(not self.values_shown)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_in()
            case Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.zoom_to(1.0)
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if shift and not self.fits:
                self._pan(_direction(event.key()) * -48)
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
            QToolTip.showText(event.globalPos(), tooltip(self._words_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def _words_at(self, position: QPointF) -> str:
        """The whole of what stands above or below a picture, which may have been cut."""
        for half in self._halves():
            if self._arrangement and self._head(half).contains(position):
                return self._heading(half)
            if half.pixels and self._foot(half).contains(position):
                return self._sentence(half.shown)
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
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
            visible = self._visible(self._panes()[0])
            self._put_line((position.x() - visible.left()) / max(1.0, visible.width()))
        elif self._grabbed is not None:
            self._pan(position - self._grabbed)
            self._grabbed = position
        elif self._is_on_line(position):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif self.cursor().shape() is Qt.CursorShape.SplitHCursor:
            self.unsetCursor() if self.fits else self.setCursor(Qt.CursorShape.OpenHandCursor)
        if self.values_shown:
            self._read_at(position)
            self._panel.keep_clear_of(position.toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        stayed = self._pressed is not None and (event.position() - self._pressed).manhattanLength() < QApplication.startDragDistance()
        self._grabbed, self._pressed, self._moves_line = None, None, False
        if stayed and self._arrangement is Arrangement.FLICKER:
            self.take_turn()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._is_on_line(event.position()):
            self._put_line(0.5)
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
                (tr("Safelight", "Show in folder"), self.show_requested, bool(run and run.path))):
            menu.addAction(text, signal.emit).setEnabled(possible)
        menu.addSeparator()
        if self._panel:
            values = menu.addAction(tr("Safelight", "Values under the pointer"), self.show_values)
            values.setCheckable(True)
            values.setChecked(self.values_shown)
        menu.addAction(tr("Safelight", "Fit"), self.fit).setEnabled(not self.fits)
        menu.addAction(tr("Safelight", "100 %"), lambda: self.zoom_to(1.0))
        menu.popup(event.globalPos() if event.reason() is QContextMenuEvent.Reason.Mouse else self.mapToGlobal(self.rect().center()))


def _direction(key: Qt.Key) -> QPoint:
    match key:
        case Qt.Key.Key_Left:
            return QPoint(-1, 0)
        case Qt.Key.Key_Right:
            return QPoint(1, 0)
        case Qt.Key.Key_Up:
            return QPoint(0, -1)
    return QPoint(0, 1)


def _name(shown: Shown) -> str:
    return tr("Safelight", "Noise") if shown.is_noise and shown.view is not View.LATENTS else views.name(shown.view)


def _size_of(run: Run) -> QSize:
    return QSize(run.picture.width, run.picture.height) if run.picture else QSize(run.recipe.width, run.recipe.height)
