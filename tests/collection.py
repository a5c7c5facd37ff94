"""Pictures and recordings in folders of their own with everything that lists, opens and deletes them, without a machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from desktop.library.models import ModelLibrary
from desktop.library.recordings import Recordings
from desktop.library.trash import TrashFolder
from desktop.studio.desk import Desk
from desktop.studio.gallery import Gallery
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notice, Notices
from desktop.studio.pictures import Pictures
from desktop.studio.run_archive import RunArchive
from desktop.studio.stars import Stars
from desktop.studio.timeline import Timeline
from desktop.studio.trash import Trash
from desktop.studio.undo import Undo
from tests import awaited
from tests.developed import Work


class Collection:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[Notice] = []
        self.notices = Notices()
        self.notices.listen(self.told.append)
        self.recordings = Recordings(folder / "recordings", 1 << 30)
        self.held = HeldRuns(1 << 30)
        self.timeline = Timeline(self.held)
        models = ModelLibrary(folder / "starter", [], folder / "fingerprints.json")
        self.undo = Undo(self.notices)
        self.work = Work()
        pictures = Pictures(self.notices, self.undo, folder / "pictures")
        self.trash = Trash(TrashFolder(folder / "trash"), self.recordings, self.work, self.held, self.notices, self.undo)
        self.archive = RunArchive(self.recordings, models, self.work, self.timeline, self.held, self.notices)
        self.desk = Desk(None, self.timeline, self.work, self.held, pictures, self.archive, self.trash, models, self.notices, lambda: None)
        self.stars = Stars()
        self.gallery = Gallery(folder / "cache", [pictures.folder], self.recordings, pictures.files, self.trash, self.stars, self.notices)


class Noticing(Protocol):
    notices: Notices


def settle(loop: asyncio.AbstractEventLoop, studio: Noticing, act: Callable[[], object] = lambda: None) -> None:
    """`rest` with the notices of a studio."""
    rest(loop, studio.notices, act)


def rest(loop: asyncio.AbstractEventLoop, notices: Notices, act: Callable[[], object] = lambda: None) -> None:
    """Do something, and let everything that it started come to its end, thumbnails too. All in one go, as the loop of the window runs."""

    async def all_tasks() -> None:
        act()
        for _ in range(3):
            await asyncio.sleep(0.003)
            await awaited.until(lambda: not notices._tasks)

    loop.run_until_complete(all_tasks())
