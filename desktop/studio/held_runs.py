"""HeldRuns: the recordings that stay in memory to be scrubbed, within one budget; the least recently looked at goes first."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from ..diffusion.run import Ending, Run


class HeldRuns:
    def __init__(self, budget: int) -> None:
        self.budget = budget           # bytes
        self._runs: OrderedDict[str, Run] = OrderedDict()      # by id, least recently looked at first

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def nbytes(self) -> int:
        return sum(run.nbytes for run in self._runs.values())

    def hold(self, run: Run) -> None:
        """Keep `run` as the one looked at last, and let others go until the budget holds. A running one is never let go."""
        self._runs[run.id] = run
        self._runs.move_to_end(run.id)
        excess = self.nbytes - self.budget
        for old in list(self._runs.values()):
            if excess <= 0:
                return
            if old is not run and old.ending is not Ending.RUNNING:
                excess -= old.nbytes
                del self._runs[old.id]

    def of(self, path: Path) -> Run | None:
        """The held run that made the picture at `path`."""
        return next((run for run in self._runs.values() if run.path == path), None)
