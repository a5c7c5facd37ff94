"""Small controls that several views share: they look the same everywhere and never take the wheel from a scrolled panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QStandardItemModel, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QStyledItemDelegate,
    QToolButton,
    QWidget,
)

from ..language import tooltip
from ..theme import Theme


def label(role: str, name: str = "", buddy: QWidget | None = None) -> QLabel:
    """A plain-text label that looks like `role` in the style sheet; `buddy` is what it names."""
    made = QLabel()
    made.setObjectName(name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if buddy is not None:
        made.setBuddy(buddy)
    return made


def segment(name: str) -> QPushButton:
    """One of several buttons side by side, of which one is down."""
    button = QPushButton(objectName=name)
    button.setProperty("segment", "true")
    button.setCheckable(True)
    button.setAutoExclusive(True)
    return button


class IconButton(QToolButton):
    """A flat button with one icon, tinted anew when the theme changes. `explain` gives it its words."""

    def __init__(self, theme: Theme, icon: str, name: str, size: int = 18) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._size = size
        self.setObjectName(name)
        self.setIconSize(QSize(size, size))
        self.setFixedSize(size + 12, size + 12)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggled.connect(self._tint)
        theme.changed.connect(self._tint)
        self._tint()

    def show_icon(self, icon: str) -> None:
        if icon != self._icon:
            self._icon = icon
            self._tint()

    def _tint(self) -> None:
        tokens = self._theme.tokens
        self.setIcon(self._theme.icon(self._icon, tokens.accent if self.isChecked() else tokens.quiet, self._size))


class Form(QGridLayout):
    """Captions at the left, controls at the right, and words about them below."""

    def __init__(self, caption_width: int) -> None:
        super().__init__()
        self.setHorizontalSpacing(16)
        self.setVerticalSpacing(8)
        self.setColumnMinimumWidth(0, caption_width)
        self.setColumnStretch(1, 1)

    def add(self, control: QWidget, *below: QWidget) -> QLabel:
        """The caption, whose words are still to be set."""
        caption, row = label("body", f"{control.objectName()}_caption", control), self.rowCount()
        self.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(control, row, 1)
        for words in below:
            self.addWidget(words, self.rowCount(), 1)
        return caption


class Choice(QComboBox):
    """A combo box with our chevron; the wheel moves it only when it has the focus."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setItemDelegate(QStyledItemDelegate(self))  # the one that the style sheet reaches
        theme.changed.connect(self.update)

    def showPopup(self) -> None:
        self.view().setCurrentIndex(self.model().index(self.currentIndex(), 0))  # not what was looked at and left last time
        super().showPopup()

    def explain_entry(self, row: int, words: str, can_be_chosen: bool = True) -> None:
        """Say what entry `row` is, or why it cannot be chosen."""
        entries = self.model()
        assert isinstance(entries, QStandardItemModel)
        entry = entries.item(row)
        entry.setEnabled(can_be_chosen)
        entry.setToolTip(tooltip(words))
        entry.setAccessibleDescription(words)
        entry.setAccessibleText(entry.text() if can_be_chosen else f"{entry.text()}. {words}")

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.hasFocus() else event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = 16
        painter = QPainter(self)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        chevron = self._theme.icon("chevron-down", size=side)
        chevron.paint(painter, self.width() - side - 7, (self.height() - side) // 2, side, side, mode=mode)


class ValueChoice(Choice):
    """A choice between a few values, each shown in words."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, values: Sequence[object], now: object) -> None:
        super().__init__(theme, name)
        self._values: Sequence[object] = ()
        self.offer(values, now)
        self.activated.connect(lambda index: self.chosen.emit(self._values[index]))

    def offer(self, values: Sequence[object], now: object) -> None:
        """Choose between `values` from here on; their words are still to be shown."""
        if list(values) != list(self._values):
            self._values = values
            self.clear()
            self.addItems([""] * len(values))
        self.setCurrentIndex(values.index(now) if now in values else 0)

    def show_words(self, words: Sequence[str]) -> None:
        for index, text in enumerate(words):
            self.setItemText(index, text)


class Number(QSpinBox):
    """A whole number to type, or to move with ↑ and ↓."""

    def __init__(self, name: str, least: int, most: int) -> None:
        super().__init__()
        _dress(self, name)
        self.setRange(least, most)

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class Decimal(QDoubleSpinBox):
    """A number with one decimal; both point and comma are understood, whatever the language."""

    def __init__(self, name: str, least: float, most: float, step: float) -> None:
        super().__init__()
        _dress(self, name)
        self.setRange(least, most)
        self.setDecimals(1)
        self.setSingleStep(step)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return super().validate(self._own(text), position)

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(self._own(text))

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.hasFocus() else event.ignore()

    def _own(self, text: str) -> str:
        point = self.locale().decimalPoint()
        return text.replace(",", point).replace(".", point)


def _dress(spin: QAbstractSpinBox, name: str) -> None:
    spin.setObjectName(name)
    spin.lineEdit().setTextMargins(8, 0, 8, 0)  # the style sheet takes the buttons away, and with them its padding
    spin.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
    spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    spin.setMinimumWidth(56)
