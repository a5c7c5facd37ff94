"""PictureSource: which pictures a station of Learn works on: a bundled set, those of the gallery, or those of a folder."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ..errors import QT_TRANSLATE_NOOP, PictureFolderUnreadable
from ..library import safe_file
from ..library.picture_folder import FolderPictures, FolderReading, Stopped
from .notices import Words

if TYPE_CHECKING:
    from ..learn.pictures import PictureSet

LEAST = 2  # pictures: of one there is nothing to learn
SIDES = (8, 16, 32)  # px that pictures of folders can be reduced to
_INTERVAL = 100  # ms between two looks at the progress


class Origin(StrEnum):
    DIGITS = "digits"  # this and the next two: keys of bundled sets
    THINGS_16 = "things16"
    THINGS_32 = "things32"
    GALLERY = "gallery"
    FOLDER = "folder"

    @property
    def is_bundled(self) -> bool:
        return self not in (Origin.GALLERY, Origin.FOLDER)


class PictureSource(QObject):
    changed = Signal()  # there are other `pictures`
    progressed = Signal()  # how far the reading is, or that it ended

    def __init__(self, gallery: Path, most: int, origin: Origin = Origin.THINGS_32) -> None:
        """`gallery`: the folder that pictures are saved in. `most`: pictures."""
        super().__init__()
        self._gallery = gallery
        self._most = most
        self.origin = origin
        self.folder: Path | None = None  # of the user, the one chosen last
        self.side = SIDES[-1]  # px; those of bundled sets have their own
        self.pictures: PictureSet | None = None  # None until they are read for the first time
        self.whole = 0  # pictures of a bundled set, of which `pictures` are the first
        self.found: FolderPictures | None = None  # the folder that was read last, with what is said of its files
        self._used: FolderPictures | None = None  # those in `pictures`, if they are from a folder
        self.refused: Words | None = None  # why the folder that was chosen last is not used
        self.reading: FolderReading | None = None
        self._timer = QTimer(self, interval=_INTERVAL)
        self._timer.timeout.connect(self.progressed)

    async def open(self) -> None:
        """Read the pictures for the first time."""
        if self.pictures is None and self.reading is None:
            await self.choose(self.origin)

    async def choose(self, origin: Origin, folder: Path | None = None) -> None:
        """Use other pictures from now on. Raises `PictureFolderUnreadable`; then, or if there are too few, nothing changes."""
        self.stop()
        self.refused = None
        if origin.is_bundled:
            await self._take_bundled(origin)
            return
        folder = folder or (self._gallery if origin is Origin.GALLERY else self.folder)
        if folder is None:
            return
        reading = self.reading = FolderReading(folder, self._most, has_kinds=origin is Origin.FOLDER)
        self._timer.start()
        self.progressed.emit()
        try:
            found = await asyncio.to_thread(reading.read)
        except Stopped:
            return
        except OSError as error:
            raise PictureFolderUnreadable(folder=folder, problem=safe_file.why(error)) from error
        finally:
            reading.is_stopped = True  # also where this task is cancelled
            if self.reading is reading:
                self.reading = None
                self._timer.stop()
            self.progressed.emit()
        await self._take_found(found, origin, folder)

    async def resize(self, side: int) -> None:
        """Use the pictures of the gallery or the folder with a side of `side` px."""
        self.side = side
        if self._used is not None:
            await self._use(self._used)

    def stop(self) -> None:
        """Read no further; the pictures stay as they were."""
        if self.reading is not None:
            self.reading.is_stopped = True
            self.reading = None
            self._timer.stop()
            self.progressed.emit()

    def finish(self) -> None:
        """Read no further, and use what has been read."""
        if self.reading is not None:
            self.reading.is_enough = True

    async def _take_bundled(self, origin: Origin) -> None:
        from ..learn.pictures import read_bundled

        pictures = await asyncio.to_thread(read_bundled, str(origin))
        self.origin, self._used = origin, None
        self._show(pictures.first(self._most), len(pictures))

    async def _take_found(self, found: FolderPictures, origin: Origin, folder: Path) -> None:
        if len(found.files) < LEAST:
            self.refused = Words(
                QT_TRANSLATE_NOOP("Safelight", "{folder} has no picture that can be used. The pictures stay as they were.")
                if not found.files
                else QT_TRANSLATE_NOOP("Safelight", "{folder} has only one picture; two are needed. The pictures stay as they were."),
                {"folder": found.name},
            )
            self.found = found  # what was left out can be seen
            self.progressed.emit()
            return
        self.origin, self.found, self._used = origin, found, found
        if origin is Origin.FOLDER:
            self.folder = folder
        await self._use(found)

    async def _use(self, found: FolderPictures) -> None:
        side = self.side
        pictures = await asyncio.to_thread(lambda: _as_set(found).reduced(side))
        if found is self._used and side == self.side:  # nothing else was chosen meanwhile
            self._show(pictures, len(pictures))

    def _show(self, pictures: PictureSet, whole: int) -> None:
        self.pictures, self.whole = pictures, whole
        self.changed.emit()


def _as_set(found: FolderPictures) -> PictureSet:
    from ..learn.pictures import PictureSet

    return PictureSet(found.name, found.pixels, found.labels, found.kinds)
