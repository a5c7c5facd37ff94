"""Grids: pictures over two settings. When all are made, a labelled contact sheet of them is saved beside them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ..diffusion.recipe import Recipe
from ..diffusion.run import Pixels, Run
from ..errors import QT_TRANSLATE_NOOP, FileExists
from .generation import Generation
from .notices import Action, NoticeKind, Notices

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

    grid: Grid
    pictures: tuple[tuple[Pixels | None, ...], ...]  # by row; None for those that were not made


@dataclass(frozen=True, slots=True)
class _Open:
    """A grid whose pictures are being made."""

    grid: Grid
    runs: tuple[tuple[str, ...], ...]  # ids, by row
    paths: dict[str, Path] = field(default_factory=dict)  # of the saved pictures, by the id of their run


class Grids(QObject):
    """Knows the grids that are being made. One that is not finished when the program closes has no contact sheet."""

    saved = Signal(Path)  # a contact sheet
    folder_wanted = Signal(Path)  # show this file among its neighbours

    def __init__(self, generation: Generation, notices: Notices, draw: Callable[[Sheet], Pixels]) -> None:
        """`draw` is called on a pool thread."""
        super().__init__()
        self._generation = generation
        self._notices = notices
        self._draw = draw
        self._open: list[_Open] = []
        generation.saved.connect(self._keep)
        generation.ended.connect(self._look)
        generation.queue_changed.connect(self._look)

    def make(self, grid: Grid) -> None:
        """Queue the pictures of `grid`, row by row."""
        runs = iter(self._generation.generate_each([recipe for row in grid.recipes for recipe in row]))
        self._open.append(_Open(grid, tuple(tuple(run.id for run in itertools.islice(runs, len(row))) for row in grid.recipes)))

    def _keep(self, run: Run) -> None:
        for each in self._open:
            if run.path and any(run.id in row for row in each.runs):
                each.paths[run.id] = run.path

    def _look(self) -> None:
        """Save the contact sheets of grids of which nothing is running or queued any more."""
        needed = self._generation.needed
        for each in [each for each in self._open if not needed & {run for row in each.runs for run in row}]:
            self._open.remove(each)
            if each.paths:
                self._notices.spawn(self._save(each))

    async def _save(self, made: _Open) -> None:
        path = await asyncio.to_thread(self._write, made)
        show = Action(QT_TRANSLATE_NOOP("Safelight", "Show in folder"), lambda: self.folder_wanted.emit(path))
        self._notices.tell(
            NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The contact sheet of the grid was saved as {file}."), show, file=path.name
        )
        self.saved.emit(path)

    def _write(self, made: _Open) -> Path:
        """Read the pictures, draw and save the sheet beside the last of them. Raises `FolderUnwritable` and `DiskFull`."""
        from ..library import artwork, gallery
        from ..library.naming import first_words, safe_name

        side = int((MOST_SHEET_PIXELS / sum(map(len, made.runs))) ** 0.5)
        pictures = tuple(tuple(gallery.thumbnail(made.paths[run], side) if run in made.paths else None for run in row) for row in made.runs)
        sheet = artwork.Artwork(self._draw(Sheet(made.grid, pictures)), None, {}, datetime.now().astimezone())
        folder = list(made.paths.values())[-1].parent
        stem = safe_name(f"{sheet.created:%H%M%S}-grid-{first_words(made.grid.title)}")
        while True:
            try:
                return artwork.save(sheet, artwork.free_path(folder, stem, ".png"))
            except FileExists:  # another process took this name
                continue
