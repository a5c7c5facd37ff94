"""PictureFiles: moves picture files to the trash, to another folder or to another name, off the GUI thread. All of it can be undone.

A file with the recipe of another program, beside the picture and with its name, goes with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QFile, QObject, QStandardPaths, Signal

from ..errors import QT_TRANSLATE_NOOP, FileExists, NotMoved, NotRenamed, SafelightError
from .notices import Action, NoticeKind, Notices


class Moved(NamedTuple):
    """A file that changed its place. `before` is None for one that is back from the trash, `after` for one that went there."""

    before: Path | None
    after: Path | None


@dataclass(frozen=True, slots=True, eq=False)
class _Done:
    """What was done to some files at once, and can be undone."""

    places: tuple[tuple[Path, Path], ...]  # of each file: where it was, and where it is now
    in_trash: bool


class PictureFiles(QObject):
    moved = Signal(object)  # list[Moved]

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices
        self._done: list[_Done] = []  # the newest last

    def trash(self, paths: Iterable[Path]) -> None:
        self._notices.spawn(self._trash(list(paths)))

    def rename(self, path: Path, stem: str) -> None:
        """Give a picture another name in its folder; it keeps its suffix."""
        self._notices.spawn(self._rename(path, stem))

    def move(self, paths: Iterable[Path], folder: Path) -> None:
        """Move pictures to `folder`, under other names if theirs are taken there."""
        self._notices.spawn(self._move(list(paths), folder))

    def undo(self) -> None:
        """Undo what was done last and is not undone yet."""
        if self._done:
            self._notices.spawn(self._undo(self._done[-1]))

    async def _trash(self, paths: list[Path]) -> None:
        places: list[tuple[Path, Path]] = []
        stay = []
        for path in paths:
            gone = await asyncio.to_thread(_to_trash_together, path)
            places += gone
            stay += [] if gone else [path]
        for path in stay:
            self._notices.tell(
                NoticeKind.ERROR,
                QT_TRANSLATE_NOOP("Safelight", "{file} could not be moved to the trash. Delete it in its folder."),
                file=path.name,
            )
        self.moved.emit([*(Moved(path, None) for path, _ in places), *(Moved(path, path) for path in stay)])
        self._keep(
            places,
            len(paths) - len(stay),
            in_trash=True,
            one=QT_TRANSLATE_NOOP("Safelight", "{file} was moved to the trash."),
            several=QT_TRANSLATE_NOOP("Safelight", "{count} pictures were moved to the trash."),
        )

    async def _rename(self, path: Path, stem: str) -> None:
        from ..library import safe_file
        from ..library.naming import safe_name

        target = path.with_name(safe_name(stem) + path.suffix)
        if target == path:
            return
        try:
            places = await asyncio.to_thread(_move_together, path, target)
        except FileExistsError as error:
            raise FileExists(file=target.name) from error
        except OSError as error:
            raise NotRenamed(file=path.name, problem=safe_file.why(error)) from error
        self.moved.emit([Moved(*place) for place in places])
        self._keep(places, 1, one=QT_TRANSLATE_NOOP("Safelight", "{file} is now called {name}."), name=target.name)

    async def _move(self, paths: list[Path], folder: Path) -> None:
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
        self._keep(
            places,
            count,
            one=QT_TRANSLATE_NOOP("Safelight", "{file} was moved to {folder}."),
            several=QT_TRANSLATE_NOOP("Safelight", "{count} pictures were moved to {folder}."),
            folder=folder.name,
        )

    def _keep(
        self, places: list[tuple[Path, Path]], count: int, one: str, several: str = "", in_trash: bool = False, **values: object
    ) -> None:
        """Tell what was done to `count` pictures, and offer to undo it."""
        if places:
            done = _Done(tuple(places), in_trash)
            self._done.append(done)
            undo = Action(QT_TRANSLATE_NOOP("Safelight", "Undo"), lambda: self._notices.spawn(self._undo(done)))
            self._notices.tell(NoticeKind.DONE, one if count == 1 else several, undo, file=places[0][0].name, count=count, **values)

    async def _undo(self, done: _Done) -> None:
        from ..library import safe_file

        if done not in self._done:
            return  # undone already
        self._done.remove(done)
        restore: Callable[[Path, Path], None] = from_trash if done.in_trash else _move_back
        moved = []
        for before, now in done.places:
            try:
                await asyncio.to_thread(restore, now, before)
                moved.append(Moved(None if done.in_trash else now, before))
            except OSError as error:
                values = {"file": before.name, "problem": error.strerror or str(error)}
                if done.in_trash:
                    sentence = QT_TRANSLATE_NOOP("Safelight", "{file} could not be restored: {problem}. It is still in the trash.")
                    self._notices.tell(NoticeKind.ERROR, sentence, **values)
                else:
                    problem: SafelightError = NotMoved(file=now.name, folder=before.parent, problem=safe_file.why(error))
                    self._notices.report(problem)
        self.moved.emit(moved)


def to_trash(path: Path) -> Path | None:
    """Move a file to the trash, which may copy it. Return its path there, or None if that failed."""
    try:  # Qt creates the trash folder, but not its parent
        Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)).mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    file = QFile(str(path))
    return Path(file.fileName()) if file.moveToTrash() else None  # now `fileName()` is the path in the trash


def from_trash(in_trash: Path, path: Path) -> None:
    """Undo `to_trash`. Raises OSError, also if there is a file at `path` by now."""
    _move_back(in_trash, path)
    with contextlib.suppress(OSError):
        (in_trash.parent.parent / "info" / f"{in_trash.name}.trashinfo").unlink()


def _move_back(now: Path, before: Path) -> None:
    from ..library import safe_file

    safe_file.make_folder(before.parent)
    safe_file.move(now, before)


def _to_trash_together(path: Path) -> list[tuple[Path, Path]]:
    """Move a picture to the trash, with its file beside it. Return where each was and is now; nothing if the picture stays."""
    from ..library import artwork

    beside = artwork.file_beside(path)
    in_trash = to_trash(path)
    if in_trash is None:
        return []
    beside_in_trash = to_trash(beside) if beside else None
    return [(path, in_trash), *([(beside, beside_in_trash)] if beside and beside_in_trash else [])]


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
