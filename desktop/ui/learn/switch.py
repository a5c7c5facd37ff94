"""Switch: a caption and beside it values of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..language import explain_button
from ..widgets.controls import check_only, label, named, segment, segments


class Switch(QWidget):
    chosen = Signal(object)  # the user has chosen this value

    def __init__(self, name: str, values: Sequence[object], now: object, room: int = 104) -> None:
        """Button i is called `name`_i. `room`: px for the caption."""
        super().__init__()
        named(self, name)
        self._values = values
        self._caption = label("caption", f"{name}_caption")
        self._options = [segment(f"{name}_{place}") for place in range(len(values))]
        self._caption.setMinimumWidth(room)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._caption)
        row.addWidget(segments(self._options), 1)
        self._caption.setHidden(room == 0)
        for value, option in zip(values, self._options, strict=True):
            option.clicked.connect(partial(self.chosen.emit, value))
        self.choose(now)

    def choose(self, value: object) -> None:
        check_only(self._options, self._options[self._values.index(value)])

    def show_words(self, caption: str, words: Sequence[tuple[str, str]]) -> None:
        """The text and the explanation of each value."""
        self._caption.setText(caption)
        for option, (text, explanation) in zip(self._options, words, strict=True):
            explain_button(option, text, explanation)
            option.setAccessibleName(f"{caption}: {text}")
