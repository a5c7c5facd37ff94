"""Pictures: saves pictures; knows the recent ones, newest first, and those that are not saved yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Run
from ..errors import PicturesFolderMissing
from .notices import Notices
from .picture_files import Moved, PictureFiles
from .undo import Undo

if TYPE_CHECKING:
    from ..library.artwork import Artwork

MOST = 60  # recent pictures


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """A recent picture; `path` is None while it could not be saved and is only in memory."""

    path: Path | None
    run: Run | None = None  # only while unsaved; `HeldRuns` limits the memory of saved ones


@dataclass(frozen=True, slots=True)
class SaveChoices:
    """How a picture is saved where the user says."""

    suffix: str = ".png"
    quality: int = 95  # 1…100, unless it is a PNG
    with_recipe: bool = True


class Pictures(QObject):
    save_choices_changed = Signal(object)  # SaveChoices

    def __init__(self, notices: Notices, undo: Undo, folder: Path, template: str = "", save_choices: SaveChoices = SaveChoices()) -> None:
        super().__init__()
        self.folder = folder  # for the next pictures
        self.template = template  # of their names, as in `library.naming`; "" for the default
        self.save_choices = save_choices  # the last ones of the user
        self.save_folder: Path | None = None  # that the user chose last
        self._recent: list[Recent] = []
        self._removed: dict[Path, tuple[int, Recent]] = {}  # deleted ones, with their places
        self.files = PictureFiles(notices, undo)
        self.files.moved.connect(self._follow)

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

    def remember(self, choices: SaveChoices, folder: Path) -> None:
        """Offer these choices and this folder when the next picture is saved."""
        self.save_folder = folder
        if choices != self.save_choices:
            self.save_choices = choices
            self.save_choices_changed.emit(choices)

    def make_folder(self) -> Path:
        """Create the folder for pictures unless it is there, and return it. Raises `PicturesFolderMissing`."""
        from ..library import safe_file

        try:
            safe_file.make_folder(self.folder)
        except OSError as error:
            raise PicturesFolderMissing(folder=self.folder, problem=safe_file.why(error)) from error
        return self.folder

    async def load(self) -> None:
        """Find the newest pictures of earlier sessions in the folder."""
        from ..library import gallery

        found = await asyncio.to_thread(gallery.recent, self.folder, MOST)
        known = {recent.path for recent in self._recent}
        self._recent += [Recent(path) for path in found if path not in known]

    def add(self, run: Run) -> None:
        """Put the picture of `run` first."""
        kept = [recent for recent in self._recent if recent.run is not run]
        recent = [Recent(run.path, None if run.path else run), *kept]
        self._recent = [*recent[:MOST], *(old for old in recent[MOST:] if old.run)]

    def add_step(self, path: Path) -> None:
        """Put the saved step of a run first."""
        self._recent = [Recent(path), *self._recent]

    def take_out(self, paths: Collection[Path]) -> None:
        """The pictures at `paths` are deleted."""
        for recent in [recent for recent in self._recent if recent.path in paths]:
            assert recent.path is not None
            self._removed[recent.path] = self._recent.index(recent), recent
            self._recent.remove(recent)

    def put_back(self, paths: Collection[Path]) -> None:
        """They are there again: at their places, if they were among the recent ones."""
        for path in [path for path in reversed(self._removed) if path in paths]:
            place, recent = self._removed.pop(path)
            self._recent.insert(min(place, len(self._recent)), recent)

    def beside(self, path: Path, gone: Collection[Path]) -> Recent | None:
        """The picture that takes the place of the one at `path` when those at `gone` are deleted."""
        places = [place for place, recent in enumerate(self._recent) if recent.path == path]
        if not places:
            return None
        others = [*self._recent[places[0] + 1 :], *reversed(self._recent[: places[0]])]
        return next((recent for recent in others if recent.path not in gone), None)

    def _follow(self, moved: list[Moved]) -> None:
        """Follow moved and renamed files."""
        for before, after in moved:
            for place, recent in enumerate(self._recent):
                if before is not None and recent.path == before:
                    self._recent[place] = replace(recent, path=after)
