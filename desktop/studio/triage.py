"""Triage: the first steps of many seeds, side by side, of which the chosen ones are finished."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Ending, Run

if TYPE_CHECKING:
    from .generation import Generation


class Triage(QObject):
    """Open until `finish` is called, once. Whoever shows it keeps it; its runs stay as long."""

    changed = Signal()  # a run has got further, or it was decided

    def __init__(self, generation: Generation, runs: list[Run], until: int) -> None:
        super().__init__()
        self.runs = runs
        self.until = until  # the step at which each waits to be chosen
        self.marked: set[Run] = set()  # what the user would choose so far
        self._generation = generation
        self._chosen: Collection[Run] | None = None
        generation.changed.connect(self.changed)

    @property
    def chosen(self) -> Collection[Run] | None:
        """The runs that are finished; None while that is open."""
        return self._chosen

    @property
    def arrived(self) -> list[Run]:
        """The runs of which nothing more is made unless they are chosen."""
        return [run for run in self.runs if self.has_arrived(run)]

    def has_arrived(self, run: Run) -> bool:
        """Whether `run` can be judged: nothing more is made of it unless it is chosen."""
        return len(run.steps) > self.until or run.ending not in (Ending.RUNNING, Ending.PAUSED)

    def finish(self, chosen: Collection[Run]) -> None:
        """Finish exactly these, going on after the steps they have; the others are given up."""
        if self._chosen is not None:
            return
        self._chosen = chosen
        for run in self.runs:
            if run not in chosen:
                self._generation.discard(run)
        for run in self.runs:
            if run in chosen and run.ending is not Ending.FINISHED:
                self._generation.complete(run)
        self._generation.changed.disconnect(self.changed)
        self.changed.emit()
