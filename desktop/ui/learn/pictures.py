"""Pictures of a station: one with its caption, several in a row, and a film on the axis of t."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ..theme import Theme
from ..widgets.controls import label, named, reserve_two_lines


def image_of(pixels: np.ndarray) -> QImage:
    """H×W×3 uint8 → a QImage with its own copy of the data."""
    pixels = np.ascontiguousarray(pixels)
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class Picture(QWidget):
    """One picture, as large as there is room, square by square if it is small. Says in words what it shows."""

    def __init__(self, theme: Theme, name: str, least: int = 96, most: int = 512, smooth: bool = True) -> None:
        """`least`, `most`: px of its longer side. `smooth`: not with hard squares where it is enlarged."""
        super().__init__()
        named(self, name)
        self._theme = theme
        self._image: QImage | None = None
        self._most = most
        self._smooth = smooth
        self.alike: Sequence[Picture] = ()  # pictures beside it that are shown in the same size
        self.setMinimumSize(least, least)
        self.setMaximumHeight(most)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def limit(self, most: int) -> None:
        """Be at most so high and wide, in px."""
        if most != self._most:
            self._most = most
            self.setMaximumHeight(most)
            self.updateGeometry()

    def show_pixels(self, pixels: np.ndarray | None) -> None:
        """H×W×3, uint8; None: not made yet."""
        self._image = None if pixels is None else image_of(pixels)
        self.update()

    def describe(self, words: str) -> None:
        self.setAccessibleName(words)

    @property
    def image(self) -> QImage | None:
        return self._image

    @property
    def frame(self) -> QRect:
        """Where the picture is."""
        room = self.size()
        for other in self.alike:
            room = room.boundedTo(other.size())
        size = (self._image.size() if self._image else QSize(1, 1)).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRect(QPoint(), size)
        rect.moveCenter(self.rect().center())
        return rect

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(width, self._most)

    def sizeHint(self) -> QSize:
        return QSize(min(256, self._most), min(256, self._most))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.frame, QColor(self._theme.tokens.window))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth or self.frame.width() < self._image.width())
        painter.drawImage(self.frame, self._image)


class Sum(QWidget):
    """Pictures in a row with signs between them, each above its number and its caption: a + b = c."""

    def __init__(self, theme: Theme, name: str, signs: Sequence[str], most: int = 256) -> None:
        """`signs`: one fewer than pictures."""
        super().__init__()
        named(self, name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self.pictures = [Picture(theme, f"{name}_picture_{place}", 80, most) for place in range(len(signs) + 1)]
        self._signs: list[QLabel] = []
        for picture in self.pictures:
            picture.alike = self.pictures
        self._numbers = [label("number", f"{name}_number_{place}") for place in range(len(self.pictures))]
        self._captions = [label("quiet", f"{name}_caption_{place}") for place in range(len(self.pictures))]
        for place, (picture, number, caption) in enumerate(zip(self.pictures, self._numbers, self._captions, strict=True)):
            for words in (number, caption):
                words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            number.setTextFormat(Qt.TextFormat.RichText)
            caption.setTextFormat(Qt.TextFormat.RichText)
            caption.setWordWrap(True)
            column = 2 * place
            self._grid.addWidget(picture, 0, column)
            self._grid.addWidget(number, 1, column)
            self._grid.addWidget(caption, 2, column, Qt.AlignmentFlag.AlignTop)
            self._grid.setColumnStretch(column, 1)
            if place < len(signs):
                sign = label("sign")
                sign.setText(signs[place])
                self._signs.append(sign)
                self._grid.addWidget(sign, 0, column + 1, Qt.AlignmentFlag.AlignCenter)
        reserve_two_lines(self._captions[-1])
        self._grid.setRowStretch(0, 1)

    def show_last(self, is_shown: bool) -> None:
        """Show or hide the last picture with its sign and its words; the others take its room."""
        for part in (self.pictures[-1], self._numbers[-1], self._captions[-1], self._signs[-1]):
            part.setVisible(is_shown)
        self._grid.setColumnStretch(2 * len(self._signs), int(is_shown))

    def show_words(self, place: int, number: str, caption: str) -> None:
        """Both are rich text."""
        self._numbers[place].setText(number)
        self._captions[place].setText(caption)


def stacked(page: QWidget, *parts: QWidget) -> None:
    """Lay `parts` out in `page` below each other, as high as they need."""
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column.addWidget(part)
    column.addStretch()


FILM = 54  # px
RULER = 24  # px


class AxisFilm(QWidget):
    """Pictures along an axis 0…`most`, below a ruler, with a playhead that mouse and arrow keys move, and a dashed marker."""

    moved = Signal(int)

    def __init__(self, theme: Theme, name: str, frames: int = 13) -> None:
        super().__init__()
        named(self, name)
        self._theme = theme
        self._frames: list[QImage | None] = [None] * frames
        self._most, self._at, self._marker = 1000, 0, -1
        self._marker_words = ""
        self._ticks: tuple[int, ...] = ()
        self.setFixedHeight(RULER + FILM)
        self.setMinimumWidth(200)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    @property
    def places(self) -> list[int]:
        """The value of the axis in the middle of each frame."""
        count = len(self._frames)
        return [round((place + 0.5) * self._most / count) for place in range(count)]

    def set_axis(self, most: int) -> None:
        self._most = most
        self.update()

    def show_frame(self, place: int, pixels: np.ndarray | None) -> None:
        self._frames[place] = None if pixels is None else image_of(pixels)
        self.update()

    def go_to(self, value: int) -> None:
        self._at = value
        self.update()

    def mark(self, value: int, words: str) -> None:
        """A dashed line at `value` with `words`; a negative value hides it."""
        self._marker, self._marker_words = value, words
        self.update()

    def show_ticks(self, values: Sequence[int]) -> None:
        """Accented ticks at `values`, between ruler and pictures."""
        self._ticks = tuple(values)
        self.update()

    def _x(self, value: int) -> float:
        return value / max(1, self._most) * (self.width() - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(tokens.quiet))
        self._paint_ruler(painter)
        pitch = self.width() / len(self._frames)
        for place, image in enumerate(self._frames):
            rect = QRectF(place * pitch, RULER, pitch - 2, FILM)
            painter.fillRect(rect, QColor(tokens.window))
            if image is not None:
                cut = QSize(round(rect.width()), round(rect.height())).scaled(image.size(), Qt.AspectRatioMode.KeepAspectRatio)
                source = QRect(QPoint(), cut)
                source.moveCenter(image.rect().center())
                painter.drawImage(rect, image, QRectF(source))
        for value in self._ticks:
            painter.fillRect(QRectF(min(self._x(value), self.width() - 3), RULER - 5, 3, 4), QColor(tokens.accent))
        if self._marker >= 0:
            x = self._x(self._marker)
            painter.setPen(QPen(QColor(tokens.text), 1, Qt.PenStyle.DashLine))
            painter.drawLine(round(x), RULER - 4, round(x), self.height())
            self._paint_tag(painter, x, self._marker_words, tokens.select, tokens.text)
        x = self._x(self._at)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawLine(round(x), RULER - 4, round(x), self.height())
        self._paint_tag(painter, x, str(self._at), tokens.accent, tokens.on_accent)
        if self.hasFocus():
            painter.setPen(QColor(tokens.accent))
            painter.drawRect(self.rect().adjusted(0, RULER, -1, -1))

    def _paint_ruler(self, painter: QPainter) -> None:
        step = max(1, self._most // 10)
        for value in range(0, self._most + 1, step):
            x = self._x(value)
            words = str(value)
            wide = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(round(min(max(0, x - wide / 2), self.width() - wide)), 12, words)
            painter.drawLine(round(x), 17, round(x), 20)

    def _paint_tag(self, painter: QPainter, x: float, words: str, ground: str, ink: str) -> None:
        wide = painter.fontMetrics().horizontalAdvance(words) + 14
        rect = QRectF(min(max(0, x - wide / 2), self.width() - wide), 0, wide, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(QColor(ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)

    def _take(self, x: float) -> None:
        self.moved.emit(min(self._most, max(0, round(x / max(1, self.width() - 1) * self._most))))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._take(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._take(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        far = max(1, self._most // 10) if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else max(1, self._most // 100)
        match event.key():
            case Qt.Key.Key_Left:
                self.moved.emit(max(0, self._at - far))
            case Qt.Key.Key_Right:
                self.moved.emit(min(self._most, self._at + far))
            case Qt.Key.Key_Home:
                self.moved.emit(0)
            case Qt.Key.Key_End:
                self.moved.emit(self._most)
            case _:
                super().keyPressEvent(event)
