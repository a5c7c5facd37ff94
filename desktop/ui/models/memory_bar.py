"""How much of the machine's memory a model needs: a bar that ends at 125 % of it, with a tick at 100 %."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ..theme import Theme, ThemeTokens

BEYOND = 1.25  # of the machine, where the bar ends
HEIGHT = 10  # px, of the bar with parts


@dataclass(frozen=True, slots=True)
class Share:
    """One part of what is needed."""

    size: int  # bytes
    colour: str  # the name of a token


def paint_bar(painter: QPainter, rect: QRect, needed: int, total: int, tokens: ThemeTokens) -> None:
    """Beyond what the machine has, in the colour of danger."""
    tick = round(rect.width() / BEYOND)
    end = min(rect.width(), round(tick * needed / max(1, total)))
    painter.setPen(Qt.PenStyle.NoPen)
    groove = QRectF(rect.x(), rect.y() + 1, rect.width(), 3)
    for width, colour in ((groove.width(), tokens.edge), (min(end, tick), tokens.quiet)):
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(groove.x(), groove.y(), width, 3), 1.5, 1.5)
    if end > tick:
        painter.fillRect(QRectF(groove.x() + tick, groove.y(), end - tick, 3), QColor(tokens.danger))
    painter.fillRect(QRectF(groove.x() + tick, rect.y() - 2, 1.5, 9), QColor(tokens.text))


class MemoryBar(QWidget):
    """The parts beside each other."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shares: Sequence[Share] = ()
        self._total = 1
        self.setFixedHeight(HEIGHT)
        theme.changed.connect(self.update)

    def show_shares(self, shares: Sequence[Share], total: int) -> None:
        """`total`: bytes of the machine."""
        self._shares, self._total = shares, max(1, total)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.edge))
        painter.drawRoundedRect(self.rect(), 3, 3)
        needed = sum(share.size for share in self._shares)
        scale, x = self.width() / max(needed, self._total), 0.0
        for share in self._shares:
            width = share.size * scale
            painter.fillRect(QRectF(x, 0, max(1.0, width - 1), self.height()), QColor(getattr(tokens, share.colour)))
            x += width
