"""TilePainter: what tiles with pictures have in common: rounded pictures, rings around them, badges and buttons on them."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPixmap

from ...diffusion.run import Pixels
from ..theme import Theme
from .images import to_qimage

RADIUS = 4  # px
BUTTON = 20  # px


class TilePainter:
    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def rounded(self, pixels: Pixels, ratio: float) -> QPixmap:
        """`pixels` as a tile of a screen with `ratio` px of the device in each px."""
        rounded = QPixmap(pixels.width, pixels.height)
        rounded.fill(Qt.GlobalColor.transparent)
        painter = QPainter(rounded)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(to_qimage(pixels)))
        painter.drawRoundedRect(rounded.rect(), RADIUS * ratio, RADIUS * ratio)
        painter.end()
        rounded.setDevicePixelRatio(ratio)
        return rounded

    def blank(self, painter: QPainter, rect: QRect) -> None:
        """A tile without a picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.hover))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)

    def ring(self, painter: QPainter, rect: QRect, colour: str, width: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(-2.5, -2.5, 2.5, 2.5), 6, 6)

    def pill(self, painter: QPainter, rect: QRect, icon: str, text: str, is_live: bool = False) -> None:
        """A badge with icon and text at the lower left of the tile `rect`. `is_live`: with a dot in place of the icon."""
        tokens = self._theme.tokens
        font = QFont(painter.font())
        font.setPixelSize(11)
        font.setFeature(QFont.Tag("tnum"), 1)
        painter.setFont(font)
        width = 12 + (14 if icon or is_live else 0) + painter.fontMetrics().horizontalAdvance(text)
        pill = QRect(rect.left() + 6, rect.bottom() - 23, width, 18)
        self._scrim(painter, pill)
        if icon:
            self._theme.icon(icon, tokens.on_scrim, 11).paint(painter, QRect(pill.left() + 5, pill.top() + 3, 12, 12))
        if is_live:
            painter.setBrush(QColor(tokens.accent))
            painter.drawEllipse(QRect(pill.left() + 7, pill.top() + 6, 7, 7))
        painter.setPen(QColor(tokens.on_scrim))
        painter.drawText(pill.adjusted(20 if icon or is_live else 6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def button(self, painter: QPainter, rect: QRect, icon: str, colour: str = "") -> None:
        self._scrim(painter, rect)
        self._theme.icon(icon, colour or self._theme.tokens.on_scrim, 12).paint(painter, rect.adjusted(4, 4, -4, -4))

    def _scrim(self, painter: QPainter, rect: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.scrim))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
