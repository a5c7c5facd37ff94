"""AlgorithmView: the lines of Algorithm 1 with the numbers of the newest step; the line at work is lit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from ..theme import Theme
from ..widgets.controls import label, named


class AlgorithmView(QWidget):
    def __init__(self, theme: Theme, name: str, indents: Sequence[int]) -> None:
        """`indents`: of each line, 0 or 1."""
        super().__init__()
        named(self, name)
        self._theme = theme
        self._lit = -1
        self._lines = [label("", f"{name}_line_{place}") for place in range(len(indents))]
        self._numbers = [label("quiet", f"{name}_number_{place}") for place in range(len(indents))]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        for row, (line, number) in enumerate(zip(self._lines, self._numbers, strict=True)):
            line.setTextFormat(Qt.TextFormat.RichText)
            line.setContentsMargins(10 + 16 * indents[row], 2, 0, 2)
            number.setContentsMargins(0, 2, 10, 2)
            grid.addWidget(line, row, 0)
            grid.addWidget(number, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        theme.changed.connect(self.update)

    def show_line(self, place: int, html: str, number: str) -> None:
        self._lines[place].setText(html)
        self._numbers[place].setText(number)

    @property
    def lit(self) -> int:
        return self._lit

    def light(self, place: int) -> None:
        """Light line `place`; -1: none."""
        if place != self._lit:
            self._lit = place
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if 0 <= self._lit < len(self._lines):
            painter, tokens = QPainter(self), self._theme.tokens
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            row = self._lines[self._lit].geometry()
            rect = QRectF(0, row.top(), self.width(), row.height())
            painter.setBrush(QColor(tokens.select))
            painter.drawRoundedRect(rect, 4, 4)
            painter.setBrush(QColor(tokens.accent))
            painter.drawRect(QRectF(0, row.top() + 2, 3, row.height() - 4))
