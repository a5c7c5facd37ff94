"""Section: a part of the left panel under a head that folds it away; folded, the head says its value in one line."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ..language import Retranslating, explain, tooltip, tr
from ..theme import Theme
from .controls import Elided, label, named, set_role

EDGE = 16  # px, at the left and right of a section
CHEVRON = 14  # px


class Section(Retranslating, QWidget):
    """`small`: a fold within a section, without a line below it."""

    toggled = Signal(bool)  # it is open now

    def __init__(self, theme: Theme, name: str, body: QWidget, *, small: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._small = small
        self._title_words = self._value_words = ""
        self.setObjectName(f"{name}_section")
        self.body = body
        self.head = named(_Head(small), f"{name}_head")
        self._title = label("quiet" if small else "section", f"{name}_section_title")
        self._value = Elided("faint" if small else "quiet", f"{name}_value")  # in a fold nothing is set at first
        self._extras = QHBoxLayout()
        self._extras.setSpacing(4)
        self._chevron = _Chevron(theme)
        row = QHBoxLayout(self.head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._chevron, self._title) if small else (self._title,):
            row.addWidget(part)
        row.addWidget(self._value, 1)
        row.addLayout(self._extras)
        if not small:
            row.addWidget(self._chevron)
        for part in (self._title, self._value, self._chevron):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.head)
        whole.addWidget(body)
        if not small:
            self.setProperty("ground", "section")
            self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            whole.setContentsMargins(EDGE, 0, EDGE, 0)
        self.head.setChecked(True)
        self.head.toggled.connect(self._show_state)
        self.head.toggled.connect(self.toggled)
        self.retranslate()

    @property
    def is_open(self) -> bool:
        return self.head.isChecked()

    def set_open(self, is_open: bool) -> None:
        self.head.setChecked(is_open)

    def show_title(self, words: str) -> None:
        self._title_words = words
        self.retranslate()

    def show_value(self, words: str, *, is_faint: bool = False) -> None:
        """What the head says while the section is folded. `is_faint`: nothing is set."""
        self._value_words = words
        set_role(self._value, "faint" if is_faint else "value_line" if self._small else "quiet")
        self.retranslate()

    def add_to_head(self, part: QWidget) -> None:
        """Put `part` at the right of the head; it is there while the section is open."""
        self._extras.addWidget(part)
        part.setVisible(self.is_open)
        self.head.toggled.connect(part.setVisible)

    def _show_state(self) -> None:
        self.body.setVisible(self.is_open)
        self._chevron.show_open(self.is_open)
        self.retranslate()

    def retranslate(self) -> None:
        self._title.setText(self._title_words)
        self._value.show_text("" if self.is_open else self._value_words)
        name = self._title_words if self.is_open else f"{self._title_words}: {self._value_words}"
        explain(self.head, name, tr("Safelight", "Fold this section.") if self.is_open else tr("Safelight", "Open this section."))
        if not self.is_open and self._value_words:
            self.head.setToolTip(tooltip(self._value_words))


class _Head(QPushButton):
    """As wide as the section; its parts are in a layout."""

    def __init__(self, small: bool) -> None:
        super().__init__()
        self.setProperty("head", "true")
        self.setProperty("small", small)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


class _Chevron(QWidget):
    """Down for an open section, to the right for a folded one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_open = True
        self.setFixedSize(CHEVRON, CHEVRON)
        theme.changed.connect(self.update)

    def show_open(self, is_open: bool) -> None:
        self._is_open = is_open
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(CHEVRON, CHEVRON)

    def paintEvent(self, event: QPaintEvent) -> None:
        icon = self._theme.icon("chevron-down" if self._is_open else "chevron-right", self._theme.tokens.faint, CHEVRON)
        icon.paint(QPainter(self), self.rect())
