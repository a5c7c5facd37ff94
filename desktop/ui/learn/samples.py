"""Samples: what was made, each with the two nearest pictures of the set below it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..language import tr
from ..theme import Theme
from ..widgets.controls import named
from .pictures import image_of

GAP = 8  # px between samples
NEAR = 2  # px between a sample and those below it
BADGE = 16  # px
COLUMNS = (16, 8, 4, 2)


class Samples(QWidget):
    """One is chosen, by mouse or arrow keys."""

    chosen_changed = Signal(int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        named(self, name)
        self._theme = theme
        self._samples: list[QImage] = []
        self._nearest: list[tuple[QImage, QImage]] = []
        self._are_copies: Sequence[bool] = ()
        self._chosen = 0
        self.setMinimumSize(240, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    @property
    def chosen(self) -> int:
        return self._chosen

    @property
    def are_judged(self) -> bool:
        """Whether it is shown which of them are copies."""
        return bool(self._are_copies)

    def show_samples(self, samples: np.ndarray) -> None:
        """`samples`: N×side×side×3, uint8."""
        self._samples = [image_of(pixels) for pixels in samples]
        self._chosen = min(self._chosen, max(0, len(self._samples) - 1))
        self.update()

    def show_nearest(self, nearest: Sequence[tuple[np.ndarray, np.ndarray]], are_copies: Sequence[bool]) -> None:
        """The nearest and the second nearest picture of each sample, and whether it is a copy; nothing shows none."""
        self._nearest = [(image_of(first), image_of(second)) for first, second in nearest]
        self._are_copies = are_copies
        self._describe()
        self.update()

    def choose(self, place: int) -> None:
        if place != self._chosen and 0 <= place < len(self._samples):
            self._chosen = place
            self._describe()
            self.update()
            self.chosen_changed.emit(place)

    def _describe(self) -> None:
        words = tr("Safelight", "Sample {place} of {count}").format(place=self._chosen + 1, count=len(self._samples))
        if self._chosen < len(self._are_copies):
            is_copy = tr("Safelight", "a copy") if self._are_copies[self._chosen] else tr("Safelight", "new")
            words += f", {is_copy}"
        self.setAccessibleName(words)

    # -- geometry

    def _grid(self) -> tuple[int, int]:
        """Columns, and the side of a sample in px: as large as there is room."""
        count = max(1, len(self._samples))

        def side(columns: int) -> int:
            rows = -(-count // columns)
            wide = (self.width() + GAP) // columns - GAP
            high = ((self.height() + GAP) // rows - GAP - NEAR) * 2 // 3
            return max(8, min(wide, high))

        columns = max(COLUMNS, key=side)
        return columns, side(columns)

    def _place(self, place: int) -> QRect:
        """The sample with its two nearest."""
        columns, side = self._grid()
        high = side + NEAR + side // 2
        wide = min(columns, max(1, len(self._samples))) * (side + GAP) - GAP
        left = (self.width() - wide) // 2
        return QRect(left + place % columns * (side + GAP), place // columns * (high + GAP), side, high)

    def sizeHint(self) -> QSize:
        return QSize(800, 300)

    # -- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be no higher than the samples need at this width, in two rows or more."""
        super().resizeEvent(event)
        columns = 8 if len(self._samples) > 8 or not self._samples else len(self._samples)
        rows = -(-max(1, len(self._samples) or 2 * columns) // columns)
        side = (self.width() + GAP) // columns - GAP
        self.setMaximumHeight(max(self.minimumHeight(), rows * (side + NEAR + side // 2 + GAP) - GAP))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        for place, sample in enumerate(self._samples):
            cell = self._place(place)
            side, half = cell.width(), (cell.width() - NEAR) // 2
            painter.drawImage(QRect(cell.topLeft(), QSize(side, side)), sample)
            for column in range(2):
                below = QRect(cell.left() + column * (side - half), cell.top() + side + NEAR, half, half)
                if place < len(self._nearest):
                    painter.drawImage(below, self._nearest[place][column])
                else:
                    painter.fillRect(below, QColor(tokens.window))
            if place < len(self._are_copies):
                self._paint_badge(painter, cell, "=" if self._are_copies[place] else "≠")
            if place == self._chosen and self.isEnabled():
                painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.text), 2))
                painter.drawRect(QRectF(cell.left() + 1, cell.top() + 1, side - 2, side - 2))

    def _paint_badge(self, painter: QPainter, cell: QRect, sign: str) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(13, 11, 10, 200))
        rect = QRectF(cell.left() + 3, cell.top() + 3, BADGE, BADGE)
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(QColor("#f0e9e4"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, sign)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = QPointF(event.position()).toPoint()
        for place in range(len(self._samples)):
            if self._place(place).contains(spot):
                self.choose(place)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns, _ = self._grid()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        if (by := steps.get(Qt.Key(event.key()))) is not None:
            self.choose(self._chosen + by)
        else:
            super().keyPressEvent(event)
