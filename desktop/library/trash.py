"""The trash: pictures and recordings that were deleted, in a folder of their own until they are restored or deleted for good.

Everything here blocks on the disk: call it off the GUI thread.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..diffusion.run import is_uuid, uuid7
from . import safe_file

SCHEMA = 1
ENTRY = "entry.json"
RECORDING = ".run"  # the suffix of recordings
MOST_ENTRY = 1 << 20  # bytes of an entry's description
STAYS = 30 * 24 * 3600  # s
MOST = 2 << 30  # bytes of all entries after `tidy`


@dataclass(frozen=True, slots=True)
class Trashed:
    """Files that were deleted together: a picture, the file beside it, the recording of its run; or some of them."""

    id: str  # begins with the time of the deletion
    places: tuple[tuple[Path, Path], ...]  # of each file: where it was, and where it is now
    nbytes: int

    @property
    def deleted(self) -> float:
        """When, s since 1970."""
        return int(self.id.replace("-", "")[:12], 16) / 1000

    @property
    def shown(self) -> Path:
        """The file that stands for all: the picture, or the recording of a run without a picture."""
        return self.places[0][1]


class TrashFolder:
    """One folder inside for each deletion. A kill at any moment loses no file: each is still where it was, or already here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()

    def put(self, paths: Sequence[Path]) -> Trashed:
        """Move files here, the one that is to be shown first. Raises `OSError`; then all of them stay where they are."""
        with self._lock:
            id = uuid7()
            entry = self.folder / id
            described = {"schema": SCHEMA, "files": [{"name": path.name, "path": str(path)} for path in paths]}
            safe_file.make_folder(self.folder)
            with safe_file.new_folder(entry) as write:
                write(ENTRY, json.dumps(described).encode())
            places: list[tuple[Path, Path]] = []
            try:
                for path in paths:
                    safe_file.move(path, entry / path.name)
                    places.append((path, entry / path.name))
            except OSError:
                for before, now in places:
                    with contextlib.suppress(OSError):  # it then stays here, and can be restored
                        safe_file.move(now, before)
                _remove_empty(entry)
                raise
            return Trashed(id, tuple(places), _nbytes(places))

    def restore(self, trashed: Trashed) -> list[tuple[Path, Path]]:
        """Move the files back, under other names if theirs are taken. Return where each was here, and where it is now.

        If they were restored meanwhile and deleted again, those files. Raises `OSError`; then all of them are still here.
        """
        with self._lock:
            if not (self.folder / trashed.id).exists():
                origins = [before for before, _ in trashed.places]
                trashed = next((each for each in self._entries() if [before for before, _ in each.places] == origins), trashed)
            targets = _free_targets([before for before, _ in trashed.places])
            restored: list[tuple[Path, Path]] = []
            try:
                for (_, now), target in zip(trashed.places, targets, strict=True):
                    safe_file.make_folder(target.parent)
                    safe_file.move(now, target)
                    restored.append((now, target))
            except OSError:
                for now, target in restored:
                    with contextlib.suppress(OSError):
                        safe_file.move(target, now)
                raise
            _remove_empty(self.folder / trashed.id)
            return restored

    def delete(self, trashed: Trashed) -> None:
        """Delete the files for good. Raises `OSError`."""
        with self._lock:
            self._delete(trashed.id)

    def all(self) -> list[Trashed]:
        """What can be restored, the newest first."""
        return [each for each in self._entries() if each.places]

    def tidy(self, now: float | None = None) -> None:
        """Delete what has been here for 30 days, then the oldest until the others take 2 GB. `now`: s since 1970."""
        with self._lock, contextlib.suppress(OSError):
            safe_file.sweep(self.folder)
            oldest = (time.time() if now is None else now) - STAYS
            taken = 0
            for each in self._entries():
                taken += each.nbytes
                if not each.places or each.deleted < oldest or taken > MOST:
                    self._delete(each.id)

    def _delete(self, id: str) -> None:
        try:
            shutil.rmtree(self.folder / id)
        except FileNotFoundError:  # deleted already
            return

    def _entries(self) -> Iterator[Trashed]:
        """The newest first. Folders of others, and what a newer version wrote, are left out."""
        try:
            names = sorted(os.listdir(self.folder), reverse=True)
        except OSError:
            return
        for name in names:
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
                if is_uuid(name):
                    described = json.loads(safe_file.read(self.folder / name / ENTRY, MOST_ENTRY))
                    if described["schema"] == SCHEMA:
                        files = [(Path(file["path"]), self.folder / name / _plain(file["name"])) for file in described["files"]]
                        places = [(before, now) for before, now in files if now.is_file() and before.is_absolute()]
                        yield Trashed(name, tuple(places), _nbytes(places))


def _remove_empty(entry: Path) -> None:
    """Remove the folder of a deletion, unless files are left in it."""
    if set(os.listdir(entry)) <= {ENTRY}:
        shutil.rmtree(entry, ignore_errors=True)


def _plain(name: str) -> str:
    """`name`, which must be that of a file in a folder. Raises `ValueError`."""
    if not name or name != os.path.basename(name) or name in (ENTRY, "..", "."):
        raise ValueError(name)
    return name


def _nbytes(places: Sequence[tuple[Path, Path]]) -> int:
    return sum(now.stat().st_size for _, now in places)


def _free_targets(paths: Sequence[Path]) -> list[Path]:
    """`paths`, or all of them with -2, -3 … behind their names until none is taken. Recordings keep theirs, the id of a run."""
    attempt = 1
    while True:
        targets = [
            path if attempt == 1 or path.suffix == RECORDING else path.with_name(f"{path.stem}-{attempt}{path.suffix}") for path in paths
        ]
        if attempt > 1 and all(target.suffix == RECORDING for target in targets):
            return targets
        if not any(os.path.lexists(target) for target in targets if target.suffix != RECORDING):
            return targets
        attempt += 1
