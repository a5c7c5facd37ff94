"""Command: one thing that the user can do from a menu, from a button or by key; and the keys that a widget handles itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ..language import explain


class Command(QAction):
    """Works by key wherever in `owner`'s window the focus is, unless `setShortcutContext` says less."""

    CONTEXT = Qt.ShortcutContext.WindowShortcut

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
        self.icon_name = ""  # of the icon of its button, where that changes with what the command does; set it before `explain`
        self._keys = [QKeySequence(key) for key in keys]
        self.setShortcuts(self._keys)
        self.setShortcutContext(self.CONTEXT)
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


class LocalCommand(Command):
    """Works by key only while the focus is in `owner`."""

    CONTEXT = Qt.ShortcutContext.WidgetWithChildrenShortcut


class CommandButton(QPushButton):
    """Does what `command` does, and is named and explained like it. Subclasses say in `follow` what else it shows of the command."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command = command
        self.setObjectName(f"{command.objectName()}_button")
        self.clicked.connect(command.trigger)
        command.changed.connect(self.follow)

    def follow(self) -> None:
        """The command has changed."""
        explain(self, self.command.text(), self.command.toolTip())


def tool(name: str) -> QToolButton:
    """A small flat button with an icon, as panels have them at their edge."""
    button = QToolButton()
    button.setObjectName(name)
    button.setIconSize(QSize(16, 16))
    button.setFixedSize(28, 28)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def command_tool(command: Command) -> QToolButton:
    button = tool(f"{command.objectName()}_button")
    button.setDefaultAction(command)
    return button


class WidgetKeys(QObject):
    """Keys that `owner` handles itself while it has the focus, or what wheel and click do with a key: for the sheet of keys."""

    def __init__(self, owner: QWidget, name: str, keys: str) -> None:
        """Both are marked for translation."""
        super().__init__(owner)
        self.name = name
        self.keys = keys
