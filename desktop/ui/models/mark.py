"""A mark of 4 × 4 coloured squares for each model, made from its weights, so that no model needs a sample picture."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from ..theme import Theme, ThemeTokens

SQUARES = 4  # of a side
RADIUS = 6  # px


def paint_mark(painter: QPainter, rect: QRect, mark: str, tokens: ThemeTokens) -> None:
    """`mark`: any text that stands for the weights."""
    strong = [QColor(colour) for colour in (tokens.sand, tokens.steel, tokens.sage, tokens.quiet)]
    colours = [*strong, *(colour.darker(150) for colour in strong), QColor(tokens.edge), QColor(tokens.edge), QColor(tokens.select)]
    digest, side = hashlib.sha256(mark.encode()).digest(), rect.width() / SQUARES
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(rect), RADIUS, RADIUS)
    painter.setClipPath(path)
    for number in range(SQUARES**2):
        x, y = number % SQUARES, number // SQUARES
        square = QRectF(rect.x() + x * side, rect.y() + y * side, side + 0.3, side + 0.3)
        painter.fillRect(square, colours[digest[number] % len(colours)])
    painter.restore()


class Mark(QWidget):
    def __init__(self, theme: Theme, side: int) -> None:
        super().__init__()
        self._theme = theme
        self._mark = ""
        self.setFixedSize(QSize(side, side))
        theme.changed.connect(self.update)

    def show_mark(self, mark: str) -> None:
        self._mark = mark
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_mark(QPainter(self), self.rect(), self._mark, self._theme.tokens)
