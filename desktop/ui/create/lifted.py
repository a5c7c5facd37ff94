"""Lifted: the frame of a step above the film, under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ...diffusion.run import Pixels
from ..theme import Theme
from ..widgets.images import to_qimage


class Lifted(QWidget):
    """The whole frame of the step under the pointer, above the strip. It ignores the mouse."""

    SIDE = 152  # px, the longer side of the thumbnail
    CAPTION = 24  # px

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._caption = ""
        self._thumbnail: Pixels | None = None
        self.setObjectName("lifted_thumbnail")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_place(self, caption: str, thumbnail: Pixels | None, above: QPoint) -> None:
        """Show a step, or a place without a step, centred above the point `above` of the window."""
        self._caption, self._thumbnail = caption, thumbnail
        window = self.window()
        if self.parent() is not window:  # the strip is in its window by now
            self.setParent(window)
        size = self._picture_size()
        words = self.fontMetrics().horizontalAdvance(caption) + 20
        self.resize(max(size.width() + 8, words), (size.height() + 4 if thumbnail else 0) + self.CAPTION)
        left = min(max(above.x() - self.width() // 2, 4), window.width() - self.width() - 4)
        self.move(left, max(4, above.y() - self.height() - 4))
        self.show()
        self.raise_()
        self.update()

    def _picture_size(self) -> QSize:
        if self._thumbnail is None:
            return QSize()
        size = QSize(self._thumbnail.width, self._thumbnail.height)
        return size.scaled(self.SIDE, self.SIDE, Qt.AspectRatioMode.KeepAspectRatio)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self._thumbnail:
            size = self._picture_size()
            painter.drawImage(QRectF((self.width() - size.width()) / 2, 4, size.width(), size.height()), to_qimage(self._thumbnail))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRect(0, self.height() - self.CAPTION, self.width(), self.CAPTION), Qt.AlignmentFlag.AlignCenter, self._caption)
