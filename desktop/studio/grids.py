"""Grids: pictures over two settings. When all are made, a labelled contact sheet of them is saved beside them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.recipe import Recipe
from ..diffusion.run import Pixels, Run
from ..errors import QT_TRANSLATE_NOOP, FileExists, SafelightError
from ..library.drafts import UnfinishedGrid
from .generation import Generation
from .notices import Action, NoticeKind, Notices
from .picture_files import Moved

if TYPE_CHECKING:
    from ..library.recordings import Recordings

MOST_SHEET_PIXELS = 32_000_000  # of all pictures of a contact sheet


@dataclass(frozen=True, slots=True)
class Grid:
    """Recipes in rows and columns, with a label for each row and column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    recipes: tuple[tuple[Recipe, ...], ...]  # by row


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn on a contact sheet."""

    title: str
    columns: tuple[str, ...]  # labels
    rows: tuple[str, ...]  # labels
    pictures: tuple[tuple[Pixels | None, ...], ...]  # by row; None for those that were not made or cannot be read


class Grids(QObject):
    """Knows the grids that were begun. One whose pictures are queued again, by an undo or by resuming one, gets another sheet."""

    saved = Signal(Path)  # a contact sheet
    folder_wanted = Signal(Path)  # show this file among its neighbours
    changed = Signal()  # `unfinished`

    def __init__(self, generation: Generation, recordings: Recordings, notices: Notices, draw: Callable[[Sheet], Pixels]) -> None:
        """`draw` is called on a pool thread."""
        super().__init__()
        self._generation = generation
        self._recordings = recordings
        self._notices = notices
        self._draw = draw
        self._grids: dict[frozenset[str], UnfinishedGrid] = {}  # by the ids of their runs
        self._unfinished: set[frozenset[str]] = set()  # those whose sheet is not saved
        self._saving: set[frozenset[str]] = set()
        generation.saved.connect(self._keep)
        generation.ended.connect(self.look)
        generation.queue_changed.connect(self.look)

    @property
    def unfinished(self) -> tuple[UnfinishedGrid, ...]:
        """Those whose contact sheet is not saved, for `restore` after a close or a kill."""
        return tuple(grid for runs, grid in self._grids.items() if runs in self._unfinished)

    def make(self, grid: Grid) -> None:
        """Queue the pictures of `grid`, row by row."""
        runs = iter(self._generation.generate_each([recipe for row in grid.recipes for recipe in row]))
        ids = tuple(tuple(run.id for run in itertools.islice(runs, len(row))) for row in grid.recipes)
        self.restore([UnfinishedGrid(grid.title, grid.columns, grid.rows, ids)])

    def restore(self, grids: Iterable[UnfinishedGrid]) -> None:
        """Make the contact sheets of these grids, whose runs are queued, at the next `look` when none of their runs is any more."""
        for grid in grids:
            runs = frozenset(run for row in grid.runs for run in row)
            self._grids[runs] = grid
            self._unfinished.add(runs)
        self.changed.emit()

    def look(self) -> None:
        """Save the contact sheets of grids of which nothing is running or queued any more."""
        needed = self._generation.needed
        self._unfinished |= {runs for runs in self._grids if not needed.isdisjoint(runs)}
        for runs in [runs for runs in self._unfinished - self._saving if needed.isdisjoint(runs)]:
            self._saving.add(runs)
            self._notices.spawn(self._save(runs))

    def follow(self, moved: Sequence[Moved]) -> None:
        """Picture files have other names now."""
        targets = {before: after for before, after in moved if before and after}
        for runs, grid in self._grids.items():
            self._grids[runs] = replace(grid, pictures={run: targets.get(path, path) for run, path in grid.pictures.items()})

    def _keep(self, run: Run) -> None:
        for runs, grid in self._grids.items():
            if run.path and run.id in runs:
                self._grids[runs] = replace(grid, pictures={**grid.pictures, run.id: run.path})
                self.changed.emit()

    async def _save(self, runs: frozenset[str]) -> None:
        try:
            path = await asyncio.to_thread(self._write, self._grids[runs])
        except SafelightError as problem:
            again = Action(QT_TRANSLATE_NOOP("Safelight", "Try again"), lambda: self._try_again(runs))
            self._notices.report(problem, again)
            return
        finally:
            self._saving.discard(runs)
            self._unfinished.discard(runs)
            self.changed.emit()
        if path is None:
            return
        show = Action(QT_TRANSLATE_NOOP("Safelight", "Show in folder"), lambda: self.folder_wanted.emit(path))
        self._notices.tell(
            NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The contact sheet of the grid was saved as {file}."), show, file=path.name
        )
        self.saved.emit(path)

    def _try_again(self, runs: frozenset[str]) -> None:
        self._unfinished.add(runs)
        self.look()

    # -- on a pool thread

    def _write(self, grid: UnfinishedGrid) -> Path | None:
        """Read the pictures, draw and save the sheet beside the last of them. None if there is no picture.

        Raises `FolderUnwritable` and `DiskFull`.
        """
        from ..library import artwork, gallery
        from ..library.naming import first_words, safe_name

        paths = self._pictures_of(grid)
        side = int((MOST_SHEET_PIXELS / sum(map(len, grid.runs))) ** 0.5)
        pictures = tuple(tuple(gallery.thumbnail(paths[run], side) if run in paths else None for run in row) for row in grid.runs)
        there = [paths[run] for row, cells in zip(grid.runs, pictures, strict=True) for run, made in zip(row, cells, strict=True) if made]
        if not there:
            return None
        sheet = artwork.Artwork(self._draw(Sheet(grid.title, grid.columns, grid.rows, pictures)), None, {}, datetime.now().astimezone())
        stem = safe_name(f"{sheet.created:%H%M%S}-grid-{first_words(grid.title)}")
        while True:
            try:
                return artwork.save(sheet, artwork.free_path(there[-1].parent, stem, ".png"))
            except FileExists:  # another process took this name
                continue

    def _pictures_of(self, grid: UnfinishedGrid) -> Mapping[str, Path]:
        """Those that are known, and those that only the recordings tell: saved elsewhere, or just before the program was killed."""
        runs = {run for row in grid.runs for run in row} - grid.pictures.keys()
        told = {each.id: each.picture for each in self._recordings.all() if each.picture and each.id in runs} if runs else {}
        return told | grid.pictures
