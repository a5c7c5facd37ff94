"""HeldRuns: the recordings that stay in memory to be scrubbed, within one budget; the tree least recently looked at goes first."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Ending, Run


class HeldRuns(QObject):
    changed = Signal()  # other runs are held

    def __init__(self, budget: int) -> None:
        super().__init__()
        self.budget = budget  # bytes
        self._runs: OrderedDict[str, Run] = OrderedDict()  # by id, least recently looked at first

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def nbytes(self) -> int:
        return sum(self._nbytes(run) for run in self._runs.values())

    def hold(self, run: Run) -> None:
        """Keep `run` as the one looked at last, and let whole trees go until the budget holds; never one with a run at work."""
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

    def get(self, id: str) -> Run | None:
        return self._runs.get(id)

    def of(self, path: Path) -> Run | None:
        """The held run that made the picture at `path`."""
        return next((run for run in self._runs.values() if run.path == path), None)

    def tree(self, run: Run) -> list[Run]:
        """`run` with its parents, branches and theirs, as far as they are held; each before its own branches, oldest first."""
        root, above = run, {run.id}
        while root.parent in self._runs and root.parent not in above:  # else it is its own ancestor, in files that somebody made up
            root = self._runs[root.parent]
            above.add(root.id)
        branches: dict[str, list[Run]] = {}
        for each in sorted({**self._runs, run.id: run}.values(), key=lambda each: each.id):
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
