"""The recordings on disk: listed, opened, pinned and deleted; a run and all its branches are deleted together.

Methods here block on the disk: call them off the GUI thread. They import what they need, as the first paint need not wait for it.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..diffusion.run import Ending, is_uuid
from ..errors import NotKept, RecordingBusy, RecordingNewer, RecordingUndeletable
from . import safe_file

if TYPE_CHECKING:
    from .recording import Recording, Summary

_Listed = tuple[tuple[int, int], "Summary"]  # the size and time of change (ns) that the file had, and its summary


class Recordings:
    """The recordings in `folder`, which together may take `limit` bytes."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit
        self._index: dict[Path, _Listed] = {}  # of files that do not change unless they are opened for writing

    @property
    def nbytes(self) -> int:
        total = 0
        for path in self._paths():
            with contextlib.suppress(FileNotFoundError):  # it may have been deleted since it was listed
                total += path.stat().st_size
        return total

    def all(self) -> list[Summary]:
        """The newest first. Only files that have changed since the last call are read."""
        listed = {path: each for path in sorted(self._paths(), reverse=True) if (each := self._listed(path))}
        self._index = {path: each for path, each in listed.items() if _is_settled(each[1])}
        return [summary for _, summary in listed.values()]

    def open(self, id: str, held: Collection[Recording] = ()) -> Recording:
        """As `recording.read`. A branch of a run among `held` shares the steps of that run in memory."""
        from .recording import read

        return read(self._path(id), {each.run.id: each for each in held})

    def describe(self, id: str, pinned: bool | None = None, name: str | None = None) -> None:
        """Pin the recording and its tree, so that they stay whatever disk space they take, or name the run. None leaves it as it is.

        Raises `RecordingBusy` while the run is being made, and `RecordingNewer`.
        """
        from .recording import describe

        describe(self._path(id), pinned, name)

    def delete(self, id: str) -> None:
        """Delete one recording; its branches keep the steps they made. Raises `RecordingBusy`, `RecordingUndeletable`."""
        self._delete([each for each in self.all() if each.id == id])

    def tidy(self, keep: Collection[str] = (), limit: int | None = None) -> None:
        """Delete the oldest trees until the others take `limit` bytes, or those of the folder.

        Trees with a pinned run, one being made, one of a later version or one whose id is in `keep` are kept.
        """
        safe_file.sweep(self.folder)
        trees = self._trees()
        for each in itertools.chain(*trees):
            if each.ending is Ending.FINISHED and not each.is_closed and not each.problem:  # killed after the picture was saved
                with contextlib.suppress(RecordingBusy, NotKept):
                    self.describe(each.id)
        excess = sum(each.nbytes for tree in trees for each in tree) - (self.limit if limit is None else limit)
        for tree in sorted(trees, key=lambda tree: max(each.id for each in tree)):
            if excess <= 0:
                return
            stays = any(each.pinned or each.is_running or each.id in keep or isinstance(each.problem, RecordingNewer) for each in tree)
            if not stays:
                with contextlib.suppress(RecordingBusy, RecordingUndeletable):
                    self._delete(tree)
                    excess -= sum(each.nbytes for each in tree)

    def _delete(self, summaries: list[Summary]) -> None:
        from .recording import delete

        if any(each.is_running for each in summaries):
            raise RecordingBusy
        for each in reversed(summaries):  # branches first: a kill in between leaves a smaller tree
            delete(self._path(each.id))

    def _trees(self) -> list[list[Summary]]:
        """All recordings, each tree from its root on."""
        summaries = {each.id: each for each in self.all()}
        trees: dict[str, list[tuple[int, Summary]]] = {}
        for each in summaries.values():
            root, depth = each, 0
            while root.parent in summaries and depth < len(summaries):
                root, depth = summaries[root.parent], depth + 1
            trees.setdefault(root.id, []).append((depth, each))
        return [[each for _, each in sorted(tree, key=lambda entry: (entry[0], entry[1].id))] for tree in trees.values()]

    def _path(self, id: str) -> Path:
        from .journal import path_of

        return path_of(self.folder, id)

    def _paths(self) -> Iterator[Path]:
        return (path for path in self.folder.glob("*.run") if is_uuid(path.stem))  # others are not ours

    def _listed(self, path: Path) -> _Listed | None:
        """From the index if the file has not changed. None if the file is gone."""
        from .recording import summarised

        try:
            now = path.stat()
        except OSError:
            return None
        state = now.st_size, now.st_mtime_ns
        known = self._index.get(path)
        return state, summarised(path, now.st_size, known[1] if known and known[0] == state else None)


def _is_settled(summary: Summary) -> bool:
    """Whether its file says the same until it is written again: an interrupted one depends on whether its picture was saved."""
    return summary.problem is None and summary.is_closed and not summary.is_running and summary.ending is not Ending.RUNNING
