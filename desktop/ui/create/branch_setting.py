"""Setting: one thing that a branch may have otherwise than its run, and the button that takes the change back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from ..theme import Theme
from ..widgets.controls import IconButton

LINE = 20  # px, of a caption with a button


class Setting:
    """One thing that a branch may have otherwise than its run: what the run has, and what the control says."""

    def __init__(
        self, name: str, control: QWidget, value: Callable[[], Any], show: Callable[[Any], None], edited: SignalInstance, back: Back
    ) -> None:
        """`name` is the recipe's."""
        self.name, self.control, self.edited, self.back = name, control, edited, back
        self._value, self._show = value, show
        self.held = self._as_shown = value()  # a control may round what the run has
        back.clicked.connect(self.go_back)
        back.clicked.connect(control.setFocus)

    @property
    def changed(self) -> bool:
        return self._value() != self._as_shown

    @property
    def wanted(self) -> Any:
        return self._value() if self.changed else self.held

    def follow(self, held: Any) -> None:
        """The run has `held`; a change is kept."""
        if held != self.held:
            mine = self._value() if self.changed else None
            self.held = held
            self._show(held)
            self._as_shown = self._value()
            if mine is not None:
                self._show(mine)

    def go_back(self) -> None:
        """Show what the run has."""
        if self.changed:
            self._show(self.held)

    def mark(self) -> None:
        self.back.setVisible(self.changed)


class Back(IconButton):
    """Marks a setting that is changed, and takes the change back."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, "undo-2", name, 14)
        self.setProperty("small", "true")
        self.setFixedSize(LINE, LINE)
        self.hide()

    def _tint(self) -> None:
        self.setIcon(self._theme.icon(self._icon, self._theme.tokens.accent, self._size))
