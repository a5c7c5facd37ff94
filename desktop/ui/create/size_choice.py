"""SizeChoice: the sizes recommended for a model, or any other size that it allows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem

from ...diffusion.fields import LEAST_SIDE, MOST_SIDE
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import Choice, Index, named

if TYPE_CHECKING:
    from ...library.models import SizeOffer

_SIZE = re.compile(r"\s*(\d{1,5})\s*(?:[x×*,]|\s)\s*(\d{1,5})\s*", re.IGNORECASE)


class SizeChoice(Retranslating, Choice):
    """Always holds a size that the model allows. Another size becomes the nearest one, and `corrected` tells why."""

    edited = Signal()
    corrected = Signal(str)  # one sentence; empty when the typed size is allowed

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "size")
        self._multiple = 8
        self._most = MOST_SIDE
        self._size = (512, 512)
        self._problem = ""
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]  # the stub leaves out None, which removes the completer
        editor = self.lineEdit()
        assert editor is not None  # it is editable
        self._editor = named(editor, "size_text")
        self.setItemDelegate(_WithShape(self))
        self.view().setMinimumWidth(200)
        self.activated.connect(lambda index: self._take(self.itemText(index)))
        self._editor.editingFinished.connect(self._take_typed)
        self.retranslate()

    @property
    def size_chosen(self) -> tuple[int, int]:
        """Width and height in px, of typed text too that has not been committed."""
        self._take_typed()
        return self._size

    def set_sizes(self, sizes: Sequence[SizeOffer], multiple: int, most: int) -> None:
        """Offer `sizes`, the native one first. Both sides must be multiples of `multiple` px, at most `most` px."""
        self._multiple, self._most = multiple, most
        self.blockSignals(True)
        self.clear()
        for size in sizes:
            self.addItem(_text(size.width, size.height), size.shape)
        self.blockSignals(False)
        self._take(_text(*self._size))

    def set_size(self, width: int, height: int) -> None:
        self._take(_text(width, height))

    def retranslate(self) -> None:
        words = tr("Safelight", "Size"), tr("Safelight", "Width × height in pixels. Choose a size, or type one.")
        explain(self, *words)
        explain(self._editor, *words)

    def _take_typed(self) -> None:
        if self.currentText() != _text(*self._size):
            self._take(self.currentText())

    def _take(self, text: str) -> None:
        typed = _SIZE.fullmatch(text)
        size = (self._nearest(int(typed[1])), self._nearest(int(typed[2]))) if typed else self._size
        problem = ""
        if typed is None:
            problem = tr("Safelight", "Type a size such as 512 × 768.")
        elif size != (int(typed[1]), int(typed[2])):
            problem = tr(
                "Safelight", "Width and height must be multiples of {multiple} from {least} to {most}. The nearest size was selected."
            ).format(multiple=self._multiple, least=self._nearest(0), most=self._nearest(self._most))
        changed, self._size = size != self._size, size
        if self.currentText() != _text(*size):
            self.setEditText(_text(*size))
        index = self.findText(_text(*size))
        if self.currentIndex() != index:
            self.blockSignals(True)
            self.setCurrentIndex(index)
            self.setEditText(_text(*size))
            self.blockSignals(False)
        if problem or self._problem:
            self._problem = problem
            self.corrected.emit(problem)
        if changed:
            self.edited.emit()

    def _nearest(self, side: int) -> int:
        multiple = self._multiple
        nearest = (side + multiple // 2) // multiple * multiple
        return min(max(nearest, -(-LEAST_SIDE // multiple) * multiple), self._most // multiple * multiple)


class _WithShape(QStyledItemDelegate):
    """Adds the shape to each size in the open list."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if shape := index.data(Qt.ItemDataRole.UserRole):
            option.text = f"{option.text}   {tr('Safelight', shape)}"


def _text(width: int, height: int) -> str:
    return f"{width} × {height}"
