"""Loupe: magnifies one place of the pictures on the canvas; of two, the same place of both."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ..language import tr
from ..theme import Theme
from ..widgets.scaled_picture import ScaledPicture
from .stage import Half

TIMES = 2.5  # how much larger than on the canvas, at least
LEAST = 3.0  # device pixels per picture pixel
SIDE = 184  # px of a lens, or half of the picture if that is smaller
SMALLEST = 96  # px of a lens
RADIUS = 2  # px, its corners
GAP = 4  # px between two lenses in one frame
SQUARES_FROM = 16.0  # device pixels per picture pixel, from which pixels are squares
STEP = 0.02  # of the picture, per key press


class Loupe:
    """Draws one lens in each frame; two side by side, centred on the magnified place, in a frame that a line divides."""

    def __init__(self, theme: Theme) -> None:
        self.is_on = False
        self._theme = theme
        self._place = QPointF(0.5, 0.5)  # 0…1 of the picture, from its upper left

    def centre(self) -> None:
        self._place = QPointF(0.5, 0.5)

    def go_to(self, x: float, y: float) -> None:
        self._place = QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))

    def move_by(self, direction: QPoint) -> None:
        self.go_to(self._place.x() + STEP * direction.x(), self._place.y() + STEP * direction.y())

    def point_at(self, position: QPointF, halves: list[Half]) -> bool:
        """Magnify what is at `position` on the canvas; False if there is no picture."""
        half = next((half for half in halves if half.pixels and half.visible.intersected(half.picture).contains(position)), None)
        if half is None:
            return False
        self.go_to((position.x() - half.picture.x()) / half.picture.width(), (position.y() - half.picture.y()) / half.picture.height())
        return True

    def description(self) -> str:
        """For screen readers; "" while it is off."""
        if not self.is_on:
            return ""
        words = tr("Safelight", "The loupe is at {x} % from the left and {y} % from the top.")
        return words.format(x=round(100 * self._place.x()), y=round(100 * self._place.y()))

    def lenses(self, halves: list[Half]) -> list[tuple[Half, QRectF]]:
        """The pictures that are magnified, each with its lens, which stays in the pane."""
        shown = [half for half in halves if half.pixels] if self.is_on else []
        lenses = []
        for half in shown:
            in_frame = [each for each in shown if each.pane == half.pane]
            side = round(min(SIDE, max(SMALLEST, min(half.frame.width(), half.frame.height()) / 2)))
            room = QSizeF(side * len(in_frame) + GAP * (len(in_frame) - 1), side)
            whole = QRectF(self._at(half) - QPointF(room.width(), room.height()) / 2, room)
            whole.moveLeft(max(min(whole.x(), half.pane.right() - room.width()), half.pane.x()))
            whole.moveTop(max(min(whole.y(), half.pane.bottom() - room.height()), half.pane.y()))
            lens = QRectF(round(whole.x()) + in_frame.index(half) * (side + GAP), round(whole.y()), side, side)
            lenses.append((half, lens))
        return lenses

    def paint(self, painter: QPainter, halves: list[Half], prints: Sequence[ScaledPicture], zoom: float) -> list[QRectF]:
        """Paint the lenses, and return where they are. `prints`: of each half; `zoom`: device pixels of the canvas per picture pixel."""
        lenses = self.lenses(halves)
        for half, lens in lenses:
            self._paint_lens(painter, half, lens, prints[half.place], zoom)
        return [lens for _, lens in lenses]

    def _paint_lens(self, painter: QPainter, half: Half, lens: QRectF, scaled: ScaledPicture, zoom: float) -> None:
        assert half.pixels is not None
        magnified = max(zoom * TIMES, LEAST)
        size = half.picture.size() * (magnified / zoom)
        picture = QRectF(lens.center() - QPointF(self._place.x() * size.width(), self._place.y() * size.height()), size)
        painter.save()
        painter.setClipRect(lens)
        painter.fillRect(lens, QColor(self._theme.tokens.stage))
        smooth = (size * painter.device().devicePixelRatio()).toSize() if magnified < SQUARES_FROM else QSize()
        scaled.paint(painter, half.pixels, picture, smooth)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self._theme.tokens.stage, 4), (self._theme.tokens.text, 1.5)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRoundedRect(lens, RADIUS, RADIUS)
        painter.restore()

    def _at(self, half: Half) -> QPointF:
        """The place in the picture of `half`."""
        picture = half.picture
        return QPointF(picture.x() + self._place.x() * picture.width(), picture.y() + self._place.y() * picture.height())
