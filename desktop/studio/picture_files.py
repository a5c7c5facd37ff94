"""PictureFiles: moves picture files to another folder or to another name, off the GUI thread. All of it can be undone.

A file with the recipe of another program, beside the picture and with its name, goes with it.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from ..errors import QT_TRANSLATE_NOOP, FileExists, NotMoved, NotRenamed
from .notices import Notices
from .undo import Change, Revert, Undo


class Moved(NamedTuple):
    """A file that changed its place. `before` is None for one that is back from the trash, `after` for one that went there."""

    before: Path | None
    after: Path | None


class PictureFiles(QObject):
    moved = Signal(object)  # list[Moved]

    def __init__(self, notices: Notices, undo: Undo) -> None:
        super().__init__()
        self._notices = notices
        self._undo = undo

    def rename(self, path: Path, stem: str) -> None:
        """Give a picture another name in its folder; it keeps its suffix, and its name if `stem` is blank."""
        if stem.strip():
            self._undo.perform(self._rename(path, stem))

    def move(self, paths: Iterable[Path], folder: Path) -> None:
        """Move pictures to `folder`, under other names if theirs are taken there."""
        self._undo.perform(self._move(list(paths), folder))

    async def _rename(self, path: Path, stem: str) -> Change | None:
        from ..library import safe_file
        from ..library.naming import safe_name

        target = path.with_name(safe_name(stem) + path.suffix)
        if target == path:
            return None
        try:
            places = await asyncio.to_thread(_move_together, path, target)
        except FileExistsError as error:
            raise FileExists(file=target.name) from error
        except OSError as error:
            raise NotRenamed(file=path.name, problem=safe_file.why(error)) from error
        self.moved.emit([Moved(*place) for place in places])
        return Change(
            QT_TRANSLATE_NOOP("Safelight", "renaming {file}"),
            QT_TRANSLATE_NOOP("Safelight", "{file} is now called {name}."),
            self._moving_back(places),
            {"file": path.name, "name": target.name},
        )

    async def _move(self, paths: list[Path], folder: Path) -> Change | None:
        from ..library import safe_file

        places: list[tuple[Path, Path]] = []
        count = 0
        for path in paths:
            if path.parent == folder:
                continue
            try:
                places += await asyncio.to_thread(_move_into, folder, path)
                count += 1
            except OSError as error:
                self._notices.report(NotMoved(file=path.name, folder=folder, problem=safe_file.why(error)))
        self.moved.emit([Moved(*place) for place in places])
        if not places:
            return None
        return Change(
            QT_TRANSLATE_NOOP("Safelight", "moving {file}") if count == 1 else QT_TRANSLATE_NOOP("Safelight", "moving {count} pictures"),
            QT_TRANSLATE_NOOP("Safelight", "{file} was moved to {folder}.")
            if count == 1
            else QT_TRANSLATE_NOOP("Safelight", "{count} pictures were moved to {folder}."),
            self._moving_back(places),
            {"file": places[0][0].name, "count": count, "folder": folder.name},
        )

    def _moving_back(self, places: Sequence[tuple[Path, Path]]) -> Revert:
        """`places`: of each file, where it was, and where it is now."""

        async def move_back() -> Revert | None:
            from ..library import safe_file

            back: list[tuple[Path, Path]] = []
            for before, now in reversed(places):
                try:
                    await asyncio.to_thread(_move_back, now, before)
                    back.append((now, before))
                except OSError as error:
                    self._notices.report(NotMoved(file=now.name, folder=before.parent, problem=safe_file.why(error)))
            self.moved.emit([Moved(*place) for place in reversed(back)])
            return self._moving_back(back) if back else None

        return move_back


def _move_back(now: Path, before: Path) -> None:
    from ..library import safe_file

    safe_file.make_folder(before.parent)
    safe_file.move(now, before)


def _move_together(path: Path, target: Path) -> list[tuple[Path, Path]]:
    """Move a picture to `target`, with its file beside it. Return where each was and is now. Raises OSError; the picture then stays."""
    from ..library import artwork, safe_file

    beside = artwork.file_beside(path)
    beside_target = target.with_name(target.stem + beside.name[len(path.stem) :]) if beside else None
    if beside_target and os.path.lexists(beside_target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(beside_target))
    safe_file.move(path, target)
    if beside is None or beside_target is None:
        return [(path, target)]
    safe_file.move(beside, beside_target)
    return [(path, target), (beside, beside_target)]


def _move_into(folder: Path, path: Path) -> list[tuple[Path, Path]]:
    """As `_move_together`, to `folder`, under an unused name."""
    target, attempt = folder / path.name, 1
    while True:
        try:
            return _move_together(path, target)
        except FileExistsError:
            attempt += 1
            target = folder / f"{path.stem}-{attempt}{path.suffix}"
