"""Triage: the first steps of several seeds, side by side; the user chooses which to finish."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Ending, Run

if TYPE_CHECKING:
    from .generation import Generation


class Triage(QObject):
    """Open until `finish` is called, once. Its runs stay in memory as long as it is referenced."""

    changed = Signal()  # a run has a new step, or the choice was made

    def __init__(self, generation: Generation, runs: list[Run], until: int) -> None:
        super().__init__()
        self.runs = runs
        self.until = until  # the step at which each run pauses
        self.marked: set[Run] = set()  # selected so far
        self._generation = generation
        self._chosen: Collection[Run] | None = None
        generation.changed.connect(self.changed)

    @property
    def chosen(self) -> Collection[Run] | None:
        """The chosen runs; None before the choice."""
        return self._chosen

    @property
    def arrived(self) -> list[Run]:
        """The runs that have reached step `until` or ended."""
        return [run for run in self.runs if self.has_arrived(run)]

    def has_arrived(self, run: Run) -> bool:
        """Whether `run` has reached step `until` or ended, so that it can be judged."""
        return len(run.steps) > self.until or run.ending not in (Ending.RUNNING, Ending.PAUSED)

    def finish(self, chosen: Collection[Run]) -> None:
        """Resume exactly these runs and discard the others; it can be undone."""
        if self.choose(chosen):
            self._generation.record_choice(self, chosen)

    def choose(self, chosen: Collection[Run]) -> bool:
        """As `finish`, but for who undoes it himself. Return False if the choice was made already."""
        if self._chosen is not None:
            return False
        self._chosen = chosen
        for run in self.runs:
            if run not in chosen:
                self._generation.discard(run)
        for run in self.runs:
            if run in chosen and run.ending is not Ending.FINISHED:
                self._generation.complete(run)
        self._generation.changed.disconnect(self.changed)
        self.changed.emit()
        return True
