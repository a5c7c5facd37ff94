"""HeldRuns: the runs in memory, within one budget. The least recently shown tree is dropped first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Ending, Run, roots_of


class HeldRuns(QObject):
    changed = Signal()  # runs were added, dropped or renamed

    def __init__(self, budget: int) -> None:
        super().__init__()
        self.budget = budget  # bytes
        self._runs: OrderedDict[str, Run] = OrderedDict()  # by id, the least recently shown first

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(tuple(self._runs.values()))

    @property
    def nbytes(self) -> int:
        return sum(self._nbytes(run) for run in self._runs.values())

    def hold(self, run: Run) -> None:
        """Keep `run` as the most recently shown, and drop whole trees to stay within the budget; never a tree with a running run."""
        self._runs[run.id] = run
        for each in self.tree(run):
            self._runs.move_to_end(each.id)
        excess = self.nbytes - self.budget
        for old in list(self._runs.values()):
            if excess <= 0:
                break
            tree = self.tree(old)
            if old.id in self._runs and run not in tree and all(each.ending is not Ending.RUNNING for each in tree):
                excess -= sum(self._nbytes(each) for each in tree)
                for each in tree:
                    del self._runs[each.id]
        self.changed.emit()

    def drop(self, run: Run) -> None:
        """Keep `run` no longer; its branches stay."""
        if self._runs.pop(run.id, None):
            self.changed.emit()

    def get(self, id: str) -> Run | None:
        return self._runs.get(id)

    def of(self, path: Path) -> Run | None:
        """The held run that made the picture at `path`."""
        return next((run for run in self._runs.values() if run.path == path), None)

    def tree(self, run: Run) -> list[Run]:
        """The tree of `run` as far as it is in memory: each run before its branches, oldest first."""
        runs = {**self._runs, run.id: run}
        root = runs[roots_of({each.id: each.parent for each in runs.values()})[run.id]]
        branches: dict[str, list[Run]] = {}
        for each in sorted(runs.values(), key=lambda each: each.id):
            if each.parent is not None and each is not root:
                branches.setdefault(each.parent, []).append(each)
        tree, todo = [], [root]
        while todo:
            each = todo.pop()
            tree.append(each)
            todo += reversed(branches.get(each.id, []))
        return tree

    def _nbytes(self, run: Run) -> int:
        return run.own_nbytes if run.parent in self._runs else run.nbytes
