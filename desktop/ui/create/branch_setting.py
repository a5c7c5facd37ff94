"""Setting: one field that a branch may change, and the button that undoes the change."""

from __future__ import annotations

from ..theme import Theme
from ..widgets.controls import IconButton
from ..widgets.field_control import FieldControl

LINE = 20  # px, of a caption with a button


class Setting:
    """One field that a branch may change: the value of the run, and that of the control."""

    def __init__(self, control: FieldControl, back: Back) -> None:
        self.field, self.widget, self.control, self.edited, self.back = control.field, control.widget, control.control, control.edited, back
        self._value, self._show = control.value, control.show
        self.held = self._as_shown = control.value()  # a control may round the value of the run
        back.clicked.connect(self.go_back)
        back.clicked.connect(self.control.setFocus)

    @property
    def key(self) -> str:
        return self.field.key

    @property
    def changed(self) -> bool:
        return self._value() != self._as_shown

    @property
    def wanted(self) -> object:
        return self._value() if self.changed else self.held

    def follow(self, held: object) -> None:
        """Take `held` as the value of the run; keep a change."""
        if held != self.held:
            mine = self._value() if self.changed else None
            self.held = held
            self._show(held)
            self._as_shown = self._value()
            if mine is not None:
                self._show(mine)

    def go_back(self) -> None:
        """Show the value of the run."""
        if self.changed:
            self._show(self.held)

    def mark(self) -> None:
        self.back.setVisible(self.changed)


class Back(IconButton):
    """Marks a changed setting, and undoes the change."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, "undo-2", name, 14)
        self.setProperty("small", "true")
        self.setFixedSize(LINE, LINE)
        self.hide()

    def _tint(self) -> None:
        self.setIcon(self._theme.icon(self._icon, self._theme.tokens.accent, self._size))
