"""Algorithm: the lines of an algorithm, the current one lit, each with its numbers of this moment."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ..widgets.controls import label, named


class Algorithm(QWidget):
    def __init__(self, name: str, lines: int, *buttons: QWidget) -> None:
        """`buttons`: beside its title."""
        super().__init__()
        named(self, name)
        self._rows = [_Line(f"{name}_line_{number}", number) for number in range(1, lines + 1)]
        self._title = label("section", f"{name}_title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch()
        for button in buttons:
            button.setProperty("compact", "true")
            head.addWidget(button)
        column.addLayout(head)
        column.addSpacing(4)
        for row in self._rows:
            column.addWidget(row)

    def show_title(self, words: str) -> None:
        self._title.setText(words)

    def show_line(self, number: int, html: str, numbers: str = "") -> None:
        """Line `number`, from 1: what it says, and its numbers now. Both are rich text."""
        self._rows[number - 1].show_words(html, numbers)

    def light(self, number: int) -> None:
        """Line `number` is being executed; 0 for none."""
        for place, row in enumerate(self._rows, 1):
            row.light(place == number)


class _Line(QFrame):
    def __init__(self, name: str, number: int) -> None:
        super().__init__()
        named(self, name)
        self.setProperty("line", "true")
        self._number, self._words, self._values = label("quiet"), label("code_line", f"{name}_words"), label("value_line", f"{name}_values")
        self._number.setText(str(number))
        self._number.setFixedWidth(14)
        for words in (self._words, self._values):
            words.setTextFormat(Qt.TextFormat.RichText)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(8)
        row.addWidget(self._number)
        row.addWidget(self._words)
        row.addStretch()
        row.addWidget(self._values)

    def show_words(self, html: str, numbers: str) -> None:
        self._words.setText(html)
        self._values.setText(numbers)
        plain = " ".join(QTextDocumentFragment.fromHtml(text).toPlainText() for text in (html, numbers))
        self.setAccessibleName(f"{self._number.text()}: {plain}")

    def light(self, is_lit: bool) -> None:
        if self.property("lit") != is_lit:
            self.setProperty("lit", is_lit)
            self.style().polish(self)
