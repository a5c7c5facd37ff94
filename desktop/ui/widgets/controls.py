"""Small controls that several views share. They take the mouse wheel only with focus, so that panels scroll."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QStandardItemModel, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QStyledItemDelegate,
    QToolButton,
    QWidget,
)

from ..language import tooltip
from ..theme import Theme

Index = QModelIndex | QPersistentModelIndex  # what Qt hands to the methods of models and delegates
Named = TypeVar("Named", bound=QObject)
BESIDE_TEXT = 52  # px of a choice: its padding and its chevron
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def named(made: Named, name: str) -> Named:
    """Return `made` with this object name. The stubs of PySide6 know `objectName` as a keyword of QObject only."""
    made.setObjectName(name)
    return made


def label(role: str, name: str = "", buddy: QWidget | None = None) -> QLabel:
    """A plain-text label with the look of `role` in the style sheet; it names `buddy`."""
    made = named(QLabel(), name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if buddy is not None:
        made.setBuddy(buddy)
    return made


def set_role(shown: QLabel, role: str) -> None:
    """Give `shown` the look of another role."""
    if shown.property("role") != role:
        shown.setProperty("role", role)
        if shown.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):  # else it gets its look when it is first shown
            shown.style().polish(shown)


def reserve_two_lines(shown: QLabel) -> None:
    """Keep `shown` at least two lines high with its text at the top, so that what is below it does not move."""
    shown.setAlignment(Qt.AlignmentFlag.AlignTop)
    shown.ensurePolished()  # sets the font
    shown.setMinimumHeight(2 * shown.fontMetrics().lineSpacing())


class Elided(QLabel):
    """One line that ends in an ellipsis where there is too little room; its tooltip has it whole."""

    def __init__(
        self,
        role: str,
        name: str,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignRight,
    ) -> None:
        super().__init__()
        self._whole = ""
        self._mode = mode
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        self._whole = " ".join(text.split())
        self.setAccessibleName(self._whole)
        self.setToolTip(tooltip(self._whole))
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, self._mode, self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()


class ScrollArea(QScrollArea):
    """Scrolls `content`, which is as wide as it, up and down."""

    def __init__(self, name: str, content: QWidget) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)


class Option(QPushButton):
    """One of several buttons beside each other, of which at most one is checked. The arrow keys choose among them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and event.key() in _ARROWS:
            event.accept()  # the key is not for a command of the place
            return True
        return super().event(event)


def check_only(options: Sequence[Option], chosen: Option | None) -> None:
    """Check `chosen` and no other of `options`; with None, none is checked."""
    for option in options:
        option.setAutoExclusive(False)
        option.setChecked(option is chosen)
    for option in options:
        option.setAutoExclusive(True)


def segment(name: str) -> Option:
    """One button of a row in which exactly one is checked."""
    button = Option(name)
    button.setProperty("segment", "true")
    return button


def segments(options: Sequence[Option]) -> QWidget:
    """A row of options of which one is chosen."""
    groove = QWidget()
    groove.setProperty("ground", "segments")
    groove.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    groove.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    row = QHBoxLayout(groove)
    row.setContentsMargins(2, 2, 2, 2)
    row.setSpacing(0)
    for option in options:
        row.addWidget(option, 1)
    return groove


class Slider(QSlider):
    """A horizontal slider. The wheel moves it only with focus."""

    def __init__(self, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName(name)
        self.setProperty("field", "true")
        self.setFixedHeight(20)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # by key, the number beside it does the same

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class IconButton(QToolButton):
    """A flat button with one icon, tinted by the theme. Name and tooltip come from `explain`."""

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
        self.setIcon(self._theme.icon(self._icon, tokens.text if self.isChecked() else tokens.quiet, self._size))


class ButtonKeys(QObject):
    """Leaves Space to the buttons that it filters, and the arrows to those in a group, where a place has shortcuts on these keys."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and not event.modifiers():
            in_group = isinstance(watched, QAbstractButton) and watched.group() is not None
            if event.key() == Qt.Key.Key_Space or (in_group and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)):
                event.accept()
                return True
        return False


def reach_by_tab(*controls: QWidget, owner: QObject) -> None:
    """Let only Tab focus `controls`: after a click, Space and the arrows still reach the transport."""
    keys = ButtonKeys(owner)
    for control in controls:
        control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if isinstance(control, QAbstractButton):
            control.installEventFilter(keys)


class Form(QGridLayout):
    """Captions on the left, controls on the right, explanations below them."""

    def __init__(self, caption_width: int) -> None:
        super().__init__()
        self.setHorizontalSpacing(16)
        self.setVerticalSpacing(8)
        self.setColumnMinimumWidth(0, caption_width)
        self.setColumnStretch(1, 1)

    def add(self, control: QWidget, *below: QWidget) -> QLabel:
        """Add a row; return its caption, whose text is not set yet."""
        caption, row = label("body", f"{control.objectName()}_caption", control), self.rowCount()
        self.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(control, row, 1)
        for words in below:
            self.addWidget(words, self.rowCount(), 1)
        return caption


class Choice(QComboBox):
    """A combo box with our chevron."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setItemDelegate(QStyledItemDelegate(self))  # the delegate that obeys the style sheet
        theme.changed.connect(self.update)

    def showPopup(self) -> None:
        self.view().setCurrentIndex(self.model().index(self.currentIndex(), 0))  # else the entry that was last hovered is current
        super().showPopup()

    def explain_entry(self, row: int, words: str, can_be_chosen: bool = True) -> None:
        """Explain entry `row`, or why it cannot be chosen."""
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
        if self.property("flat"):
            return
        side = 16
        painter = QPainter(self)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        chevron = self._theme.icon("chevron-down", size=side)
        chevron.paint(painter, self.width() - side - 7, (self.height() - side) // 2, side, side, mode=mode)


class ValueChoice(Choice):
    """A choice between a few values, each with its text."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, values: Sequence[object], now: object) -> None:
        super().__init__(theme, name)
        self._values: Sequence[object] = ()
        self.offer(values, now)
        self.activated.connect(lambda index: self.chosen.emit(self._values[index]))

    def offer(self, values: Sequence[object], now: object) -> None:
        """Offer `values`; their texts are set with `show_words`."""
        if list(values) != list(self._values):
            self._values = values
            self.clear()
            self.addItems([""] * len(values))
        self.setCurrentIndex(values.index(now) if now in values else 0)

    def show_words(self, words: Sequence[str]) -> None:
        for index, text in enumerate(words):
            self.setItemText(index, text)

    def fix_width(self, texts: Sequence[str]) -> None:
        """Have room for each of `texts`, and keep this width whatever is chosen, so that nothing moves."""
        self.setFixedWidth(max(map(self.fontMetrics().horizontalAdvance, texts)) + BESIDE_TEXT)


class SearchField(QLineEdit):
    """Esc clears it; ↓ and Enter leave it for what was found."""

    left = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setMaxLength(200)
        self._glass = self.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        theme.changed.connect(self._tint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _tint(self) -> None:
        self._glass.setIcon(self._theme.icon("search"))


class Number(QSpinBox):
    """A whole number, typed or changed with ↑ and ↓."""

    def __init__(self, name: str, least: int, most: int) -> None:
        super().__init__()
        _set_up_spin_box(self, name)
        self.setRange(least, most)

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class Decimal(QDoubleSpinBox):
    """A number with one decimal, or `decimals`; accepts point and comma in every language."""

    def __init__(self, name: str, least: float, most: float, step: float, decimals: int = 1) -> None:
        super().__init__()
        _set_up_spin_box(self, name)
        self.setRange(least, most)
        self.setDecimals(decimals)
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


def _set_up_spin_box(spin: QAbstractSpinBox, name: str) -> None:
    spin.setObjectName(name)
    spin.lineEdit().setTextMargins(8, 0, 8, 0)  # the style sheet removes the buttons, and with them the padding
    spin.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
    spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    spin.setMinimumWidth(56)
