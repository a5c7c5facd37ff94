"""ChannelsView: the channels of latents beside each other in false colours, to paint on with the mouse or by key."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme import Theme
from ..widgets.controls import named
from .pictures import image_of

GAP = 8  # px between two channels
LEAST, MOST = 56, 168  # px of a channel's side
KEYS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class ChannelsView(QWidget):
    """Places are in positions of the latents. By key: arrows move, Page Up and Page Down change the channel, Space paints."""

    chosen = Signal(int)  # channel
    begun = Signal(int, float, float)  # channel, row, column: the mouse is pressed there, or Space
    drawn = Signal(int, float, float)  # it is moved there while it is pressed
    ended = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        named(self, name)
        self._theme = theme
        self._values: np.ndarray | None = None  # C×h×w
        self._images: list[QImage] = []
        self._channel = 0
        self._place: tuple[int, int] | None = None  # row and column under the pointer, or reached by key
        self._drawing: int | None = None  # the channel that is painted on
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(4 * (LEAST + GAP), 2 * (LEAST + GAP))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def place(self) -> tuple[int, int] | None:
        """Row and column in question."""
        return self._place

    def show_latents(self, latents: np.ndarray, colours: np.ndarray, most: float) -> None:
        """C×h×w; `colours`: 256×3 uint8 for values from −`most` to `most`."""
        self._values = latents
        levels = np.clip((latents / (2 * most) + 0.5) * 255, 0, 255).astype(np.uint8)
        self._images = [image_of(colours[channel]) for channel in levels]
        self.update()

    def choose(self, channel: int) -> None:
        self._channel = channel
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 340)

    # -- geometry

    def _layout(self) -> tuple[int, float]:
        """Channels in a row, and px of a channel's side."""
        count = max(1, len(self._images))
        best = (1, 0.0)
        for across in range(1, count + 1):
            down = math.ceil(count / across)
            side = min((self.width() + GAP) / across - GAP, (self.height() + GAP) / down - GAP, MOST)
            if side > best[1]:
                best = (across, side)
        return best

    def _rect(self, channel: int) -> QRectF:
        across, side = self._layout()
        return QRectF(channel % across * (side + GAP), channel // across * (side + GAP), side, side)

    def _at(self, point: QPointF, channel: int | None = None) -> tuple[int, float, float] | None:
        """Channel, row and column at `point`; outside of `channel`, if one is given, the nearest place on it."""
        assert self._values is not None
        _, rows, columns = self._values.shape
        for each in range(len(self._images)) if channel is None else (channel,):
            rect = self._rect(each)
            if channel is not None or rect.contains(point):
                row = min(max((point.y() - rect.top()) / rect.height() * rows, 0), rows - 0.01)
                column = min(max((point.x() - rect.left()) / rect.width() * columns, 0), columns - 0.01)
                return each, row, column
        return None

    # -- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._values is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if at := self._at(event.position()):
            self._drawing = at[0]
            self._choose(at[0])
            self.begun.emit(*at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._values is None:
            return
        at = self._at(event.position(), self._drawing)
        self._place = (int(at[1]), int(at[2])) if at else None
        if at and self._drawing is not None:
            self.drawn.emit(*at)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drawing is not None:
            self._drawing = None
            self.ended.emit()

    def leaveEvent(self, event: QEvent) -> None:
        if self._drawing is None:
            self._place = None
            self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not event.modifiers():
            if event.key() in KEYS or event.key() in (Qt.Key.Key_Space, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                event.accept()  # the key is not for a command of the place
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._values is None:
            return
        _, rows, columns = self._values.shape
        row, column = self._place or (rows // 2, columns // 2)
        if event.key() in KEYS:
            down, right = KEYS[Qt.Key(event.key())]
            self._place = (row + down) % rows, (column + right) % columns
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._choose((self._channel + (1 if event.key() == Qt.Key.Key_PageDown else -1)) % len(self._images))
        elif event.key() == Qt.Key.Key_Space:
            self._place = row, column
            self.begun.emit(self._channel, row + 0.5, column + 0.5)
            self.ended.emit()
        else:
            super().keyPressEvent(event)
        self.update()

    def _choose(self, channel: int) -> None:
        if channel != self._channel:
            self._channel = channel
            self.chosen.emit(channel)
            self.update()

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        for channel, image in enumerate(self._images):
            rect = self._rect(channel)
            painter.drawImage(rect, image)
            badge = QRectF(rect.left() + 4, rect.top() + 4, 16 if channel < 9 else 22, 15)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.scrim))
            painter.drawRoundedRect(badge, 4, 4)
            painter.setPen(QColor(tokens.on_scrim))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(channel + 1))
            if channel == self._channel:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.text), 2))
                painter.drawRect(rect.adjusted(-1, -1, 1, 1).intersected(QRectF(self.rect())))
                self._paint_place(painter, rect, image)

    def _paint_place(self, painter: QPainter, rect: QRectF, image: QImage) -> None:
        if self._place is None:
            return
        row, column = self._place
        wide, high = rect.width() / image.width(), rect.height() / image.height()
        painter.setPen(QPen(QColor(self._theme.tokens.on_scrim), 1))
        painter.drawRect(QRectF(rect.left() + column * wide, rect.top() + row * high, wide, high))
