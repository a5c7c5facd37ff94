"""GenerateDock: the foot of the prompt panel with Generate, its menu, and one line about what it will make."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from ...studio.generation import Generation
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import Elided, label, named
from ..widgets.left_panel import KEYS

WIDTH = 40  # px, of the button for the menu
ICON = 16  # px


class GenerateDock(Retranslating, QWidget):
    """Its controls stay in place whatever they show. The owner adds entries to the menu with `offer`."""

    def __init__(self, generation: Generation, theme: Theme) -> None:
        super().__init__()
        self._generation = generation
        self._theme = theme
        self._problem = ""
        self._icons: dict[QAction, str] = {}
        self.setObjectName("generate_dock")
        self.setProperty("ground", "dock")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._cost = Elided("note", "generate_cost", side=Qt.AlignmentFlag.AlignLeft)
        self._when = label("note", "generate_when")
        self.button = named(QPushButton(), "generate")
        self.more = named(_MenuButton(), "more_ways")
        self.menu = QMenu(self.more)
        self.more.clicked.connect(self.open_menu)
        for button, side in ((self.button, "left"), (self.more, "right")):
            button.setProperty("primary", "true")
            button.setProperty("joined", side)
        self.more.setFixedWidth(WIDTH)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._cost, 1)
        line.addWidget(self._when)
        buttons = QHBoxLayout()
        buttons.setSpacing(1)
        buttons.addWidget(self.button, 1)
        buttons.addWidget(self.more)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 10, 16, 14)
        whole.setSpacing(9)
        whole.addLayout(line)
        whole.addLayout(buttons)
        generation.changed.connect(self.retranslate)
        theme.changed.connect(self._tint)
        self.retranslate()
        self._tint()

    def offer(self, name: str, icon: str, do: Callable[[], object], key: str = "") -> QAction:
        """Add an entry to the menu and return it; `key` belongs to a command of the place."""
        action = named(self.menu.addAction("", do), name)
        action.setProperty("key", QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText))
        self._icons[action] = icon
        self._tint()
        return action

    def word(self, action: QAction, words: str) -> None:
        """Call an entry of the menu `words`, and say its key."""
        action.setText("\t".join(filter(None, (words, action.property("key")))))

    def show_cost(self, words: str, problem: str = "") -> None:
        """Say what Generate will make, or why it can make nothing."""
        self._problem = problem
        self._cost.show_text(problem or words)
        self.button.setEnabled(not problem)
        self.retranslate()

    def open_menu(self) -> None:
        size = self.menu.sizeHint()
        corner = self.mapToGlobal(QPoint(self.width() - 16 - size.width(), self.button.y() - size.height() - 4))
        self.menu.popup(corner)

    def retranslate(self) -> None:
        running = self._generation.running
        words = tr("Safelight", "Add to queue") if running else tr("Safelight", "Generate")
        self.button.setText(f"{words}    {KEYS}")
        self._when.setText(tr("Safelight", "Starts after this run") if running and not self._problem else "")
        explanation = (
            tr("Safelight", "Generate this picture after those in the queue.")
            if running
            else tr("Safelight", "Generate the picture. You can watch every step.")
        )
        explain(self.button, words, self._problem or explanation)
        explain(
            self.more,
            tr("Safelight", "More ways to generate"),
            tr("Safelight", "Several seeds, two pictures to compare, a grid over two settings, or several prompts."),
        )

    def _tint(self) -> None:
        self.more.setIcon(self._theme.icon("chevron-up", self._theme.tokens.on_accent, ICON))
        for action, icon in self._icons.items():
            action.setIcon(self._theme.icon(icon, size=ICON))


class _MenuButton(QPushButton):
    """Opens a menu, also with the arrow keys."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.click()
        else:
            super().keyPressEvent(event)
