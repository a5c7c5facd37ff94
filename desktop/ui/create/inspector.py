"""Inspector: the panel at the right, with a tab each for the recipe of the shown picture, its step, and the history of all runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from ..language import Retranslating, tr
from ..widgets.command import Command
from ..widgets.controls import named
from .recipe_tab import RecipeTab

if TYPE_CHECKING:
    from .history_tab import HistoryTab
    from .step_tab import StepTab

STEP, HISTORY = 1, 2  # the tabs after that of the recipe
WIDTH = 320  # px, the usual one
NARROWEST, WIDEST = 280, 400  # px


class Inspector(Retranslating, QFrame):
    """Each tab has a command, which `asked_for` answers by showing the panel."""

    asked_for = Signal()  # a tab is to be seen

    def __init__(self, recipe: RecipeTab, make_step: Callable[[], StepTab], make_history: Callable[[], HistoryTab]) -> None:
        """`make_step` and `make_history` are called when their tab is first shown: the first paint need not wait for them."""
        super().__init__()
        self.recipe = recipe
        self._make_step, self._make_history = make_step, make_history
        self._step: StepTab | None = None
        self._history: HistoryTab | None = None
        self.setObjectName("inspector")
        self.setProperty("ground", "panel")
        self._bar = named(QTabBar(), "inspector_tabs")
        self._bar.setDrawBase(False)
        self._bar.setExpanding(False)
        self._bar.setUsesScrollButtons(False)
        self._bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pages = named(QStackedWidget(), "inspector_pages")
        self._pages.addWidget(recipe)
        self._commands = [
            Command(self, name, partial(self.show_tab, number), f"Alt+{number + 1}")
            for number, name in enumerate(("show_recipe_tab", "show_step_tab", "show_history_tab"))
        ]
        self._find = Command(self, "find_run", self._find_run, "Ctrl+F")
        for _ in self._commands:
            self._bar.addTab("")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._bar)
        whole.addWidget(self._pages, 1)
        self._bar.currentChanged.connect(self._turn_to)
        self.retranslate()

    @property
    def commands(self) -> Sequence[Command]:
        """What the panel offers by key and in the palette, besides what the history adds."""
        return (*self._commands, self._find, *self.recipe.commands)

    @property
    def step(self) -> StepTab:
        """The tab of the step, made when it is first asked for."""
        if self._step is None:
            self._step = self._make_step()
            self._pages.addWidget(self._step)
        return self._step

    @property
    def history(self) -> HistoryTab:
        """The tab with all runs, made when it is first asked for."""
        if self._history is None:
            self._history = self._make_history()
            self._pages.addWidget(self._history)
        return self._history

    @property
    def body(self) -> QWidget:
        """What notices may cover: the shown tab without its foot."""
        tab = self._bar.currentIndex()
        if tab == HISTORY:
            return self.history.tiles
        return self.step.body if tab == STEP else self.recipe.body

    def show_tab(self, tab: int) -> None:
        """Show a tab, and give it the keyboard."""
        self._bar.setCurrentIndex(tab)
        self.asked_for.emit()
        (self.history.tiles if tab == HISTORY else self._bar).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _turn_to(self, tab: int) -> None:
        if tab == HISTORY:
            self._pages.setCurrentWidget(self.history)
        else:
            self._pages.setCurrentWidget(self.step if tab == STEP else self.recipe)

    def _find_run(self) -> None:
        self.show_tab(HISTORY)
        self.history.start_search()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Inspector"))
        self._bar.setAccessibleName(tr("Safelight", "Inspector"))
        for number, (command, name, explanation) in enumerate(
            zip(
                self._commands,
                (tr("Safelight", "Recipe"), tr("Safelight", "Step"), tr("Safelight", "History")),
                (
                    tr("Safelight", "Show how the picture was made."),
                    tr("Safelight", "Show what happens in the step."),
                    tr("Safelight", "Show every run of every session."),
                ),
                strict=True,
            )
        ):
            self._bar.setTabText(number, name)
            command.explain(name, explanation)
            self._bar.setTabToolTip(number, command.toolTip())
        self._find.explain(tr("Safelight", "Search the history…"), tr("Safelight", "Find a run of any session by its words."))
