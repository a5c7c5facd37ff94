"""From the worker's pixels to what Qt paints."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from ...diffusion.run import Pixels
from ..theme import Theme


def to_qimage(pixels: Pixels) -> QImage:
    """A QImage with its own copy of the data; it stays valid when `pixels` are deleted."""
    return QImage(pixels.data, pixels.width, pixels.height, 3 * pixels.width, QImage.Format.Format_RGB888).copy()


class Thumbnail(QWidget):
    """A picture whole, in a rounded square of `side` px."""

    def __init__(self, theme: Theme, name: str, side: int = 64) -> None:
        super().__init__()
        self._theme = theme
        self._pixels: Pixels | None = None
        self.setObjectName(name)
        self.setFixedSize(side, side)
        theme.changed.connect(self.update)

    def show_pixels(self, pixels: Pixels | None) -> None:
        if pixels is not self._pixels:
            self._pixels = pixels
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        size = self.size()
        if self._pixels:
            size = QSize(self._pixels.width, self._pixels.height).scaled(size, Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRect(0, 0, size.width(), size.height())
        rect.moveCenter(self.rect().center())
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(rect), 4, 4)
        painter.setClipPath(outline)
        if self._pixels:
            painter.drawImage(rect, to_qimage(self._pixels))
        else:
            painter.fillPath(outline, QColor(self._theme.tokens.field))
