"""Inspector: the panel at the right, with a tab each for the recipe of the shown picture and for its step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from ..language import Retranslating, tr
from ..widgets.command import Command
from ..widgets.controls import named
from .recipe_tab import RecipeTab
from .step_tab import StepTab

WIDTH = 320  # px, the usual one
NARROWEST, WIDEST = 280, 400  # px


class Inspector(Retranslating, QFrame):
    """Each tab has a command, which `asked_for` answers by showing the panel."""

    asked_for = Signal()  # a tab is to be seen

    def __init__(self, recipe: RecipeTab, step: StepTab) -> None:
        super().__init__()
        self.recipe = recipe
        self.step = step
        self._tabs: tuple[RecipeTab | StepTab, ...] = (recipe, step)
        self.setObjectName("inspector")
        self.setProperty("panel", "true")
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self._bar = named(QTabBar(), "inspector_tabs")
        self._bar.setDrawBase(False)
        self._bar.setExpanding(False)
        self._bar.setUsesScrollButtons(False)
        self._bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pages = named(QStackedWidget(), "inspector_pages")
        for tab in self._tabs:
            self._bar.addTab("")
            self._pages.addWidget(tab)
        self._commands = [
            Command(self, f"show_{tab.objectName()}", partial(self.show_tab, tab), f"Alt+{number}")
            for number, tab in enumerate(self._tabs, 1)
        ]
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._bar)
        whole.addWidget(self._pages, 1)
        self._bar.currentChanged.connect(self._pages.setCurrentIndex)
        self.retranslate()

    @property
    def commands(self) -> Sequence[Command]:
        """What the panel offers by key and in the palette."""
        return (*self._commands, *self.recipe.commands)

    @property
    def body(self) -> QWidget:
        """What notices may cover: the shown tab without its foot."""
        return self._tabs[self._pages.currentIndex()].body

    def show_tab(self, tab: QWidget) -> None:
        """Show `tab`, and give it the keyboard."""
        self._bar.setCurrentIndex(self._pages.indexOf(tab))
        self.asked_for.emit()
        self._bar.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Inspector"))
        self._bar.setAccessibleName(tr("Safelight", "Inspector"))
        for number, (command, name, explanation) in enumerate(
            zip(
                self._commands,
                (tr("Safelight", "Recipe"), tr("Safelight", "Step")),
                (tr("Safelight", "Show how the picture was made."), tr("Safelight", "Show what happens in the step.")),
                strict=True,
            )
        ):
            self._bar.setTabText(number, name)
            command.explain(name, explanation)
            self._bar.setTabToolTip(number, command.toolTip())
