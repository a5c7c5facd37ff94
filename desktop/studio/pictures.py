"""Pictures: saves pictures; lists the recent ones, newest first; deleting moves to the trash and can be undone."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFile, QObject, QStandardPaths, Signal

from ..diffusion.run import Pixels, Run
from ..errors import QT_TRANSLATE_NOOP
from .notices import Action, NoticeKind, Notices

if TYPE_CHECKING:
    from ..library.artwork import Artwork

MOST = 60  # pictures in the strip
THUMBNAIL = 128  # px


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """A picture in the strip; `path` is None while it could not be saved and is only in memory."""

    path: Path | None
    thumbnail: Pixels | None
    run: Run | None = None  # only while unsaved; `HeldRuns` limits the memory of saved ones


class Pictures(QObject):
    changed = Signal()

    def __init__(self, notices: Notices, folder: Path, template: str = "") -> None:
        super().__init__()
        self._notices = notices
        self.folder = folder  # for the next pictures
        self.template = template  # of their names, as in `library.naming`; "" for the default
        self._recent: list[Recent] = []

    @property
    def recent(self) -> list[Recent]:
        return self._recent

    @property
    def unsaved(self) -> list[Recent]:
        """Pictures that are only in memory."""
        return [recent for recent in self._recent if recent.run]

    def save(self, artwork: Artwork, announce: Callable[[Path], None] = lambda path: None) -> Path:
        """Save a picture in the folder and return its path. Writes the disk. Calls `announce` with the path just before.

        Raises `FolderUnwritable` and `DiskFull`.
        """
        from ..library.artwork import save_in
        from ..library.naming import TEMPLATE

        return save_in(artwork, self.folder, self.template or TEMPLATE, announce)

    async def load(self) -> None:
        """Find the newest pictures of earlier sessions in the folder."""
        from ..library import gallery

        folder = self.folder

        def look() -> list[Recent]:
            return [Recent(path, gallery.thumbnail(path, THUMBNAIL)) for path in gallery.recent(folder, MOST)]

        found = await asyncio.to_thread(look)
        known = {recent.path for recent in self._recent}
        self._recent += [recent for recent in found if recent.path not in known]
        self.changed.emit()

    def add(self, run: Run) -> None:
        """Put the picture of `run` first, with the thumbnail of its last step until the file has been read."""
        thumbnail = run.steps[-1].thumbnail if run.steps else None
        kept = [recent for recent in self._recent if recent.run is not run]
        recent = [Recent(run.path, thumbnail, None if run.path else run), *kept]
        self._recent = [*recent[:MOST], *(old for old in recent[MOST:] if old.run)]
        self.changed.emit()
        if run.path:
            self._notices.spawn(self._sharpen(run.path))

    async def _sharpen(self, path: Path) -> None:
        from ..library import gallery

        if thumbnail := await asyncio.to_thread(gallery.thumbnail, path, THUMBNAIL):
            self._recent = [Recent(path, thumbnail) if recent.path == path else recent for recent in self._recent]
            self.changed.emit()

    def delete(self, recent: Recent) -> None:
        """Take the picture out of the strip, then move its file to the trash, on a thread; the notice offers undo."""
        if recent.path is None or recent not in self._recent:
            return
        place = self._recent.index(recent)
        self._recent.remove(recent)
        self.changed.emit()
        self._notices.spawn(self._delete(recent, recent.path, place))

    async def _delete(self, recent: Recent, path: Path, place: int) -> None:
        in_trash = await asyncio.to_thread(_to_trash, path)
        if in_trash is None:
            self._insert(recent, place)
            self._notices.tell(
                NoticeKind.ERROR,
                QT_TRANSLATE_NOOP("Safelight", "{file} could not be moved to the trash. Delete it in its folder."),
                file=path.name,
            )
            return

        def bring_back() -> None:
            self._notices.spawn(self._bring_back(recent, path, place, in_trash))

        undo = Action(QT_TRANSLATE_NOOP("Safelight", "Undo"), bring_back)
        self._notices.tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "{file} was moved to the trash."), undo, file=path.name)

    async def _bring_back(self, recent: Recent, path: Path, place: int, in_trash: Path) -> None:
        try:
            await asyncio.to_thread(_from_trash, in_trash, path)
        except OSError as problem:
            self._notices.tell(
                NoticeKind.ERROR,
                QT_TRANSLATE_NOOP("Safelight", "{file} could not be restored: {problem}. It is still in the trash."),
                file=path.name,
                problem=problem.strerror or str(problem),
            )
        else:
            self._insert(recent, place)

    def _insert(self, recent: Recent, place: int) -> None:
        self._recent.insert(min(place, len(self._recent)), recent)
        self.changed.emit()


def _to_trash(path: Path) -> Path | None:
    """Move a file to the trash, which may copy it. Return its path there, or None if that failed."""
    try:  # Qt creates the trash folder, but not its parent
        Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)).mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    file = QFile(str(path))
    return Path(file.fileName()) if file.moveToTrash() else None  # now `fileName()` is the path in the trash


def _from_trash(in_trash: Path, path: Path) -> None:
    """Undo `_to_trash`. Raises OSError, also if there is a file at `path` by now."""
    if path.exists():
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.rename(in_trash, path)
    with contextlib.suppress(OSError):
        (in_trash.parent.parent / "info" / f"{in_trash.name}.trashinfo").unlink()
