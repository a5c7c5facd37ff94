"""SizeChoice: the sizes recommended for a model, or any other size that it allows. Ratios: the recommended ones as shapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStyledItemDelegate, QWidget

from ...diffusion.fields import LEAST_SIDE, MOST_SIDE
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import Choice, Index, Option, check_only, named

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

    from ...library.models import SizeOffer

RATIO = 44  # px, height of a button
SHAPE, LONGEST = 15, 19  # px, of a side: of a square, at most

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
        self.setProperty("flat", "true")
        self._editor.setAlignment(Qt.AlignmentFlag.AlignRight)
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

    def swap(self) -> None:
        """Exchange width and height."""
        width, height = self.size_chosen
        self.set_size(height, width)

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


class Ratios(Retranslating, QWidget):
    """One button for each recommended size; the one of the current size is checked."""

    def __init__(self, theme: Theme, sizes: SizeChoice) -> None:
        super().__init__()
        self._theme = theme
        self._sizes = sizes
        self._offered: tuple[SizeOffer, ...] = ()
        self._options: list[_Ratio] = []
        self.setObjectName("ratios")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        sizes.edited.connect(self.follow)

    def offer(self, sizes: Sequence[SizeOffer]) -> None:
        if tuple(sizes) != self._offered:
            self._offered = tuple(sizes)
            for option in self._options:
                option.setParent(None)
                option.deleteLater()
            self._options = [_Ratio(self._theme, size) for size in sizes]
            for option in self._options:
                option.clicked.connect(lambda _, size=option.size_offer: self._sizes.set_size(size.width, size.height))
                self._row.addWidget(option, 1)
            self.retranslate()
        self.follow()

    def follow(self) -> None:
        """Check the ratio of the current size."""
        size = self._sizes.size_chosen
        check_only(self._options, next((each for each in self._options if (each.size_offer.width, each.size_offer.height) == size), None))

    def retranslate(self) -> None:
        for option in self._options:
            offer = option.size_offer
            explain(option, tr("Safelight", offer.shape), f"{tr('Safelight', offer.shape)}: {_text(offer.width, offer.height)}")


class _Ratio(Option):
    """A shape over its ratio."""

    def __init__(self, theme: Theme, offer: SizeOffer) -> None:
        super().__init__(f"ratio_{offer.ratio.replace(':', '_')}")
        self._theme = theme
        self.size_offer = offer
        self.setProperty("ratio", "true")
        font = self.font()
        font.setPixelSize(11)
        font.setFeature(QFont.Tag("tnum"), 1)
        self._font = font
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(36, RATIO)

    def minimumSizeHint(self) -> QSize:
        return QSize(28, RATIO)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens, is_on = self._theme.tokens, self.isChecked()
        wide, high = map(int, self.size_offer.ratio.split(":"))
        scale = SHAPE / (wide * high) ** 0.5  # all shapes have about the same area
        width, height = min(wide * scale, LONGEST), min(high * scale, LONGEST)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.text if is_on else tokens.faint), 1.5))
        painter.drawRoundedRect(QRectF((self.width() - width) / 2, 14 - height / 2, width, height), 2, 2)
        painter.setPen(QColor(tokens.text if is_on else tokens.quiet))
        painter.setFont(self._font)
        painter.drawText(
            self.rect().adjusted(0, 0, 0, -4), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, self.size_offer.ratio
        )


class _WithShape(QStyledItemDelegate):
    """Adds the shape to each size in the open list."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if shape := index.data(Qt.ItemDataRole.UserRole):
            option.text = f"{option.text}   {tr('Safelight', shape)}"


def _text(width: int, height: int) -> str:
    return f"{width} × {height}"
