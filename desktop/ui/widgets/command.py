"""Command: one thing that the user can do from a menu, from a button or by key; and the keys that a widget handles itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


class Command(QAction):
    """Works by key wherever in `owner`'s window the focus is, unless `setShortcutContext` says less."""

    def __init__(
        self,
        owner: QWidget,
        name: str,
        do: Callable[[], object] | None = None,
        *keys: str | QKeySequence.StandardKey,
        checkable: bool = False,
    ) -> None:
        super().__init__(owner, checkable=checkable)
        self.setObjectName(name)
        self._keys = [QKeySequence(key) for key in keys]
        self.setShortcuts(self._keys)
        if do is not None:
            self.triggered.connect(lambda: do())
        owner.addAction(self)

    def explain(self, name: str, explanation: str) -> None:
        """Give it its name, and one sentence that is shown on hover with its key."""
        self.setText(name)
        self.setToolTip(f"{explanation} ({self.key})" if self.key else explanation)

    @property
    def key(self) -> str:
        """Its first key, as the user reads it; "" for none."""
        return self._keys[0].toString(QKeySequence.SequenceFormat.NativeText) if self._keys else ""

    @property
    def keys(self) -> str:
        """All its keys, as the user reads them; "" for none."""
        return ", ".join(dict.fromkeys(key.toString(QKeySequence.SequenceFormat.NativeText) for key in self._keys))

    def listen(self, listens: bool) -> None:
        """Whether it works by key now; it works in other ways all the time."""
        self.setShortcuts(self._keys if listens else [])


class WidgetKeys(QObject):
    """Keys that `owner` handles itself while it has the focus, or what wheel and click do with a key: for the sheet of keys."""

    def __init__(self, owner: QWidget, name: str, keys: str) -> None:
        """Both are marked for translation."""
        super().__init__(owner)
        self.name = name
        self.keys = keys
