"""Examples: prompts that the model draws well, as buttons that wrap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QPushButton, QVBoxLayout, QWidget

from ..language import Retranslating, explain, spoken, tr
from ..widgets.controls import label, named

if TYPE_CHECKING:
    from ...library.vocabulary import Vocabulary

GAP = 6
OFFERED = 3  # of each language


def examples_of(vocabulary: Vocabulary) -> list[str]:
    """Prompts that the model draws well, in all its languages: the user's language first, the best prompt first."""
    languages = sorted(vocabulary.prompts, key=lambda language: language != spoken())
    return [prompt for language in languages for prompt in vocabulary.prompts[language][:OFFERED]]


class Examples(Retranslating, QWidget):
    """Visible while there are any. Emits the prompt that is clicked."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("examples")
        self._title = label("quiet", "examples_title")
        self._chips = named(QWidget(), "example_chips")
        self._row = Wrapping(self._chips)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 6)
        layout.setSpacing(6)
        layout.addWidget(self._title)
        layout.addWidget(self._chips)
        self.retranslate()
        self.hide()

    @property
    def chips(self) -> list[Chip]:
        return self._row.chips

    def show_prompts(self, prompts: Sequence[str]) -> None:
        if [chip.prompt for chip in self.chips] == [*prompts]:
            return
        for chip in self.chips:
            self._row.takeAt(0)
            chip.setParent(None)
            chip.deleteLater()
        for prompt in prompts:
            chip = Chip(prompt)
            chip.clicked.connect(lambda _, prompt=prompt: self.chosen.emit(prompt))
            self._row.addWidget(chip)
        self.retranslate()
        self.setVisible(bool(prompts))

    def retranslate(self) -> None:
        self._title.setText(tr("Safelight", "Examples"))
        for chip in self._chips.findChildren(Chip):
            explain(chip, chip.prompt, tr("Safelight", "Use this prompt: {prompt}").format(prompt=chip.prompt))


class Chip(QPushButton):
    """One prompt, elided if there is too little room."""

    def __init__(self, prompt: str) -> None:
        super().__init__()
        self.prompt = prompt
        self._whole: QSize | None = None  # size with the whole prompt
        self.setObjectName("example")
        self.setProperty("chip", "true")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def size_within(self, width: int) -> QSize:
        """Size within `width` px. Changes nothing, so that a layout may ask about several widths without a new layout pass."""
        if self._whole is None:
            self.ensurePolished()
            self.setText(self.prompt.replace("&", "&&"))
            self._whole = self.sizeHint()
        return QSize(min(self._whole.width(), width), self._whole.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        text = self.prompt.replace("&", "&&")
        if self._whole is not None and self._whole.width() > self.width():
            room = self.width() - (self._whole.width() - self.fontMetrics().horizontalAdvance(self.prompt))
            text = self.fontMetrics().elidedText(self.prompt, Qt.TextElideMode.ElideRight, room).replace("&", "&&")
        if text != self.text():
            self.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._whole = None
        super().changeEvent(event)


class Wrapping(QLayout):
    """Places chips from left to right, in as many rows as needed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    @property
    def chips(self) -> list[Chip]:
        return [chip for item in self._items if isinstance(chip := item.widget(), Chip)]

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), only_measure=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        return QSize(80, 0)

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._place(area, only_measure=False)

    def _place(self, area: QRect, only_measure: bool) -> int:
        x, y, row = area.x(), area.y(), 0
        for item in self._items:
            chip = item.widget()
            assert isinstance(chip, Chip)
            size = chip.size_within(area.width())
            if x > area.x() and x + size.width() > area.right() + 1:
                x, y, row = area.x(), y + row + GAP, 0
            if not only_measure:
                item.setGeometry(QRect(QPoint(x, y), size))
            x, row = x + size.width() + GAP, max(row, size.height())
        return y + row - area.y()
