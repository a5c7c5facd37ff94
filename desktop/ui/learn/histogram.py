"""Histogram: how often values occur, against the curve of the normal distribution."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ..theme import Theme
from ..widgets.controls import named


class Histogram(QWidget):
    """How often values occur, against the curve of the normal distribution."""

    RANGE = 3.0  # values −3…3
    BARS = 36

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        named(self, name)
        self._theme = theme
        self._heights = np.zeros(self.BARS)
        self.setFixedHeight(96)
        theme.changed.connect(self.update)

    def show_values(self, values: np.ndarray) -> None:
        counts, _ = np.histogram(values, self.BARS, (-self.RANGE, self.RANGE))
        self._heights = counts / max(1, len(values)) * self.BARS / (2 * self.RANGE)  # density
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most, wide, high = 0.6, self.width() / self.BARS, self.height() - 2
        for place, height in enumerate(self._heights):
            tall = min(1.0, height / most) * high
            painter.fillRect(QRectF(place * wide, high - tall, wide - 1, tall), QColor(tokens.faint))
        x = np.linspace(-self.RANGE, self.RANGE, 61)
        y = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
        points = [
            QPointF((at + self.RANGE) / (2 * self.RANGE) * self.width(), high - height / most * high)
            for at, height in zip(x.tolist(), y.tolist(), strict=True)
        ]
        painter.setPen(QPen(QColor(tokens.text), 1.5))
        painter.drawPolyline(QPolygonF(points))
