"""PointPlane: points of the plane over what a way shows beneath them, or small pictures. DrawingPlane: points to draw.

Points are written into the pixels of an image: a tenth of the time that a painter or a plot takes for 2,000 of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...learn.ways.points import EXTENT, Points
from ...learn.ways.underlay import Arrows, Heat, Mesh, Underlay
from ..theme import Theme
from ..widgets.controls import named

LEAST, MOST = 96, 560  # px
COLUMNS = 5  # of pictures
CROWD = 1000  # from this number on, points are smaller
FLIPPED = np.array([1, -1], np.float32)  # in pictures y grows downwards
NO_POINTS = np.empty((0, 2), np.float32)
STRONGEST = 0.5  # opacity of a heat map where it is 1
LONGEST = 0.12  # of an arrow, of half the plane
MOST_PARTS = 40  # points that one piece of a line is drawn with
SPACING = 0.07  # between two points of a drawing
CURSOR = 0.1  # how far an arrow key moves, in units of the plane


class PointPlane(QWidget):
    """True points in grey, samples in colour, and in another colour what a phase of a step works on."""

    def __init__(self, theme: Theme, name: str, least: int = LEAST) -> None:
        super().__init__()
        named(self, name)
        self._theme = theme
        self._true = self._samples = self._work = NO_POINTS
        self._underlay: Underlay | None = None
        self._pictures: np.ndarray | None = None
        self._ground: np.ndarray | None = None  # what is beneath the samples, side × side × 4, as QImage has it
        self.setMinimumSize(least, least)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        theme.changed.connect(self._repaint)

    def show_true(self, points: Points) -> None:
        self._true = points
        self._repaint()

    def show_samples(self, points: Points, work: Points = NO_POINTS) -> None:
        self._samples, self._work = points, work
        self.update()

    def show_underlay(self, underlay: Underlay | None) -> None:
        if underlay is not None or self._underlay is not None:
            self._underlay = underlay
            self._repaint()

    def show_pictures(self, pictures: np.ndarray | None) -> None:
        """N×side×side×3, uint8, in rows of `COLUMNS`, instead of points; None: points again."""
        self._pictures = pictures
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, 280)

    @property
    def frame(self) -> QRect:
        """The square that shows the plane."""
        side = min(self.width(), self.height(), MOST)
        return QRect((self.width() - side) // 2, 0, side, side)

    def place(self, spot: QPointF) -> tuple[float, float]:
        """The point of the plane at `spot`, px."""
        frame = self.frame
        return (((spot.x() - frame.left()) / frame.width() * 2 - 1) * EXTENT, (1 - (spot.y() - frame.top()) / frame.height() * 2) * EXTENT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        frame, tokens = self.frame, self._theme.tokens
        if self._pictures is not None:
            _paint_pictures(painter, frame, self._pictures)
        else:
            if self._ground is None:
                self._ground = self._paint_ground()
            pixels = self._ground.copy()
            scale = self.devicePixelRatio()
            put(pixels, self._samples, tokens.sand, (3 if len(self._samples) < CROWD else 2) * scale)
            put(pixels, self._work, tokens.steel, 3 * scale)
            painter.drawImage(frame, image_of(pixels))
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.drawRect(frame.adjusted(0, 0, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._repaint()

    def _repaint(self) -> None:
        self._ground = None
        self.update()

    def _paint_ground(self) -> np.ndarray:
        tokens, scale = self._theme.tokens, self.devicePixelRatio()
        side = max(1, round(self.frame.width() * scale))
        pixels = np.empty((side, side, 4), np.uint8)
        pixels[:] = pixel_of(tokens.stage)
        match self._underlay:
            case Heat(values):
                _heat(pixels, values, pixel_of(tokens.stage), pixel_of(tokens.steel))
            case Arrows() | Mesh() as lines:
                put(pixels, _along(lines, side), _mixed(tokens.stage, tokens.faint), scale)
                if isinstance(lines, Arrows):
                    put(pixels, lines.starts, _mixed(tokens.stage, tokens.faint), 3 * scale)
        put(pixels, self._true, tokens.faint, 2 * scale)
        return pixels


class DrawingPlane(PointPlane):
    """Points that the user draws: with the mouse, or with the arrow keys and Space."""

    drawn = Signal(list)  # of points (x, y)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name, 120)
        self._cursor: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMaximumHeight(180)
        self._path: list[tuple[float, float]] = []

    def show_path(self, path: Sequence[tuple[float, float]]) -> None:
        self._path = list(path)
        self._show_path()

    def sizeHint(self) -> QSize:
        return QSize(180, 180)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._cursor = None
            self._add(self.place(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._add(self.place(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._path:
            self.drawn.emit(list(self._path))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        x, y = self._cursor or (0.0, 0.0)
        if event.key() == Qt.Key.Key_Space:
            self._cursor = x, y
            self._add((x, y))
            self.drawn.emit(list(self._path))
        elif (way := ways.get(Qt.Key(event.key()))) is not None:
            self._cursor = tuple(min(EXTENT, max(-EXTENT, old + CURSOR * step)) for old, step in zip((x, y), way, strict=True))  # type: ignore[assignment]
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self._cursor is not None:
            frame, (x, y) = self.frame, self._cursor
            spot = QPointF(frame.left() + (x / EXTENT + 1) / 2 * frame.width(), frame.top() + (1 - y / EXTENT) / 2 * frame.height())
            painter = QPainter(self)
            painter.setPen(QPen(QColor(self._theme.tokens.accent), 1))
            for offset in (QPointF(6, 0), QPointF(0, 6)):
                painter.drawLine(QLineF(spot - offset, spot + offset))

    def _add(self, place: tuple[float, float]) -> None:
        """Add `place`, unless it is too close to the last point."""
        place = (min(EXTENT, max(-EXTENT, place[0])), min(EXTENT, max(-EXTENT, place[1])))
        if not self._path or np.hypot(place[0] - self._path[-1][0], place[1] - self._path[-1][1]) >= SPACING:
            self._path.append(place)
            self._show_path()

    def _show_path(self) -> None:
        self.show_samples(np.array(self._path, np.float32).reshape(-1, 2))


def image_of(pixels: np.ndarray) -> QImage:
    """side × side × 4 as `pixel_of` has it → an image that uses the same memory."""
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)


def pixel_of(colour: str) -> np.ndarray:
    """Four bytes in the order of `QImage.Format_RGB32`."""
    return np.array([QColor(colour).rgb()], np.uint32).view(np.uint8)


def put(pixels: np.ndarray, points: Points, colour: str, width: float) -> None:
    """Write `points` into `pixels` as dots of `width` px. Those outside or not finite are left out."""
    side, dot = len(pixels), max(1, round(width))
    before = dot // 2
    with np.errstate(invalid="ignore"):
        spots = (points * FLIPPED / EXTENT + 1) / 2 * side
        inside = ((spots >= before) & (spots < side - dot)).all(1)  # NaN is in no range
    across, downwards = spots[inside].astype(np.int32).T - before
    whole = pixels.view(np.uint32)[..., 0]
    ink = np.uint32(QColor(colour).rgb())
    for down in range(dot):
        for right in range(dot):
            if dot < 4 or not (down in (0, dot - 1) and right in (0, dot - 1)):  # without its corners
                whole[downwards + down, across + right] = ink


def _paint_pictures(painter: QPainter, frame: QRect, pictures: np.ndarray) -> None:
    side = frame.width() // COLUMNS
    for number, picture in enumerate(pictures[: COLUMNS * COLUMNS]):
        row, column = divmod(number, COLUMNS)
        height, width, _ = picture.shape
        image = QImage(np.ascontiguousarray(picture).data, width, height, 3 * width, QImage.Format.Format_RGB888)
        painter.drawImage(QRect(frame.left() + column * side, frame.top() + row * side, side - 2, side - 2), image)


def _heat(pixels: np.ndarray, values: np.ndarray, cold: np.ndarray, hot: np.ndarray) -> None:
    """Shade `pixels` by `values`, with straight lines between them."""
    side, count = len(pixels), len(values)
    places = np.clip((np.arange(side) + 0.5) / side * count - 0.5, 0, count - 1)
    weights = np.maximum(0, 1 - np.abs(places[:, None] - np.arange(count))).astype(np.float32)  # side × count
    levels = (weights @ np.clip(np.nan_to_num(values), 0, 1) @ weights.T * 255).astype(np.uint8)
    table = cold + (np.arange(256)[:, None] / 255 * STRONGEST * (hot.astype(float) - cold)).round()
    pixels.view(np.uint32)[..., 0] = table.astype(np.uint8).view(np.uint32)[:, 0][levels]


def _along(shown: Arrows | Mesh, side: int) -> Points:
    """Points that are close enough to each other to look like the lines, in a picture of `side` px."""
    if isinstance(shown, Mesh):
        starts, ways = shown.lines[:, :-1].reshape(-1, 2), np.diff(shown.lines, axis=1).reshape(-1, 2)
    else:
        starts, ways = shown.starts, shown.ends - shown.starts
        length = np.linalg.norm(ways, axis=1, keepdims=True)
        ways = ways * np.minimum(1, LONGEST * EXTENT / np.maximum(length, 1e-6))
    with np.errstate(invalid="ignore"):
        most = np.nan_to_num(np.abs(ways), posinf=0).max(initial=0) / EXTENT / 2 * side
    parts = np.linspace(0, 1, int(np.clip(most, 1, MOST_PARTS)) + 1, dtype=np.float32)
    return (starts[:, None] + parts[:, None] * ways[:, None]).reshape(-1, 2)


def _mixed(one: str, other: str) -> str:
    """The colour halfway between the two."""
    halves = [(QColor(one).rgb() >> shift & 255) + (QColor(other).rgb() >> shift & 255) for shift in (16, 8, 0)]
    return QColor(*(half // 2 for half in halves)).name()
