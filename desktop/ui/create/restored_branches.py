"""RestoredBranches: the line in the prompt panel that names the branches of an opened picture, which Generate makes again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ...diffusion.recipe import Recipe, Turn
from ...studio.notices import quoted
from ..language import Retranslating, explain, spoken, tooltip, tr
from ..theme import Theme
from ..widgets.controls import IconButton, label
from ..widgets.turns import changes_of

if TYPE_CHECKING:
    from ...library.models import Model

MOST_QUOTED = 60  # characters of the changes of one branch
MOST_LISTED = 3  # branches; the tooltip lists all


class RestoredBranches(Retranslating, QWidget):
    """Keeps the turns of the restored recipe until they are removed. Visible while there are any."""

    edited = Signal()  # other turns

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("restored_branches")
        self._turns: tuple[Turn, ...] = ()
        self._problem: tuple[Turn, str] | None = None  # the turn that the current settings do not allow, and the reason
        self._words = label("quiet", "branches")
        self._words.setWordWrap(True)
        self._remove = IconButton(theme, "x", "remove_branches", 14)
        self._remove.clicked.connect(lambda: self.set_turns(()))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self._words, 1)
        line.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop)
        self.retranslate()
        self.hide()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All of them, possible or not."""
        return self._turns

    def set_turns(self, turns: tuple[Turn, ...]) -> None:
        if turns != self._turns:
            self._turns = turns
            self._problem = None
            self.retranslate()
            self.edited.emit()
        self.setVisible(bool(turns))

    def included_in(self, recipe: Recipe, model: Model | None, stages: int) -> Recipe:
        """`recipe` with the turns, or with none if these settings or `model` do not allow all of them.

        `stages`: how often its steps are made; the last time for an enlarged picture, if more than once.
        """
        return replace(recipe, turns=() if self._forbidden(recipe, model, stages) else self._turns)

    def check(self, recipe: Recipe, model: Model | None, stages: int) -> None:
        """Say whether the branches are possible with these settings."""
        problem = self._forbidden(recipe, model, stages)
        if problem != self._problem:
            self._problem = problem
            self.retranslate()

    def _forbidden(self, recipe: Recipe, model: Model | None, stages: int) -> tuple[Turn, str] | None:
        if model is None or not self._turns:
            return None
        from ...diffusion.branching import forbidden_turn  # here: the first paint need not wait for it

        return forbidden_turn(replace(recipe, turns=self._turns), model.traits, stages=stages)

    def retranslate(self) -> None:
        explain(self._remove, tr("Safelight", "Remove branches"), tr("Safelight", "Generate pictures without these branches."))
        if not self._turns:
            return
        branches = [_in_words(turn) for turn in self._turns]
        shown = [quoted(words, MOST_QUOTED) for words in branches[:MOST_LISTED]] + ["…"] * (len(branches) > MOST_LISTED)
        listed = ("；" if spoken() == "zh" else "; ").join(shown)
        if self._problem:
            turn, reason = self._problem
            words = tr(
                "Safelight", "The branch at step {step} is not possible with these settings, so no branch is included. {reason}"
            ).format(step=turn.after, reason=tr("Safelight", reason))
        elif len(branches) == 1:
            words = tr("Safelight", "Includes 1 branch: {branches}").format(branches=listed)
        else:
            words = tr("Safelight", "Includes {count} branches: {branches}").format(count=len(branches), branches=listed)
        self._words.setText(words)
        self._words.setToolTip(tooltip("\n".join(branches)))


def _in_words(turn: Turn) -> str:
    words = changes_of(turn)
    return words if turn.refines else tr("Safelight", "from step {number}, {changes}").format(number=turn.after, changes=words)
