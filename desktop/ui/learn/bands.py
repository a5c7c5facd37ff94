"""BandBars: the exam of a training in eight bands of t, each against that of the perfect denoiser."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ...learn.training.events import Marks
from ..theme import Theme
from ..widgets.controls import named

FOOT = 16  # px, for the numbers below


class BandBars(QWidget):
    """A bar up to 1, which is what answering 0 costs. The dot is the loss on pictures it learned from, the line the perfect denoiser's."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        named(self, name)
        self._theme = theme
        self._unseen: Marks | None = None
        self._seen: Marks | None = None
        self._floor: Marks | None = None
        self.setFixedHeight(120)
        theme.changed.connect(self.update)

    def show_marks(self, unseen: Marks | None, seen: Marks | None, floor: Marks | None) -> None:
        self._unseen, self._seen, self._floor = unseen, seen, floor
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        high, bars = self.height() - FOOT, 8
        pitch = self.width() / bars
        painter.setPen(QPen(QColor(tokens.line), 1))
        for level in (0.0, 0.5, 1.0):
            y = 1 + (high - 2) * (1 - level)
            painter.drawLine(QLineF(0, y, self.width(), y))
        main = self._unseen or self._seen
        for band in range(bars):
            left, wide = band * pitch + 4, pitch - 8
            if main is not None:
                tall = min(1.0, main.bands[band]) * (high - 2)
                painter.fillRect(QRectF(left, high - tall, wide, tall), QColor(tokens.sand))
            if self._seen is not None and self._unseen is not None:
                y = high - min(1.0, self._seen.bands[band]) * (high - 2)
                painter.setPen(QPen(QColor(tokens.text), 1))
                painter.setBrush(QColor(tokens.steel))
                painter.drawEllipse(QRectF(left + wide / 2 - 3, y - 3, 6, 6))
            if self._floor is not None:
                y = high - min(1.0, self._floor.bands[band]) * (high - 2)
                painter.setPen(QPen(QColor(tokens.sage), 2))
                painter.drawLine(QLineF(left - 3, y, left + wide + 3, y))
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(0, self.height() - 3, "0")
        most = "t = 1000"
        painter.drawText(self.width() - painter.fontMetrics().horizontalAdvance(most), self.height() - 3, most)
