"""RunHistory: every run of every session, the newest first, each tree together: from the gallery's index and from memory.

A finished run whose picture is in none of the gallery's folders is there by its recording.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Ending, Pixels, Run, roots_of
from ..library import thumbnails
from ..library.gallery_index import IndexLost, Item, Query, begun, matches
from .gallery import Gallery, RunPictures
from .generation import Generation
from .held_runs import HeldRuns
from .notices import Notices
from .tile_pictures import TilePictures
from .trash import Deleted


@dataclass(frozen=True, slots=True)
class Entry:
    """A run, or a step of it that was saved as a picture. `item` is None while the index does not know it."""

    key: str  # of its star, see `Item.key`; unlike others among all entries
    run: str  # id
    tree: str  # id of the run at the root of its tree, as far as it is known
    branched_after: int  # the last step that it shares with its parent; -1 for a root
    made: float  # s since 1970
    prompt: str
    item: Item | None
    held: Run | None  # the run in memory, if it knows more than `item`: it is being made, or its picture is not found yet
    file: Path | None = None  # its picture
    is_left: bool = False  # its picture is no longer where it was saved, its steps are left
    is_needed: bool = False  # a branch needs its steps

    @property
    def ending(self) -> Ending:
        if self.held is not None:
            return self.held.ending
        return Ending(self.item.ending) if self.item and self.item.ending else Ending.FINISHED

    @property
    def step(self) -> int:
        """The newest step of an unfinished run, or the step that was saved; 0: the finished picture."""
        if self.held is not None:
            return max(0, len(self.held.steps) - 1)
        return self.item.step if self.item else 0

    @property
    def calls(self) -> int:
        """How many steps the complete run has."""
        if self.held is not None:
            return self.held.expected_steps
        return self.item.calls if self.item else 0

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture file."""
        return self.file is not None

    @property
    def has_film(self) -> bool:
        """Whether there are steps to look at."""
        return bool(self.held.steps) if self.held is not None else self.item is not None and self.item.is_recorded

    @property
    def can_resume(self) -> bool:
        return self.ending in (Ending.PAUSED, Ending.STOPPED, Ending.FAILED)


class RunHistory(QObject):
    """Follows gallery, memory and trash while it is open. All work on the disk is done elsewhere."""

    found = Signal()  # `entries`

    def __init__(self, gallery: Gallery, held: HeldRuns, generation: Generation, notices: Notices) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.query = Query()
        self.stars = gallery.stars
        self.tile_pictures = TilePictures(gallery.squares, gallery.look, notices)
        self._gallery = gallery
        self._held = held
        self._generation = generation
        self._announced: Run | None = None  # the last run that was seen being made
        self._notices = notices
        self._search_wanted = self._is_open = False
        self._searching: asyncio.Task[None] | None = None
        gallery.found.connect(self._search)
        held.changed.connect(self._search)
        generation.changed.connect(self._follow)
        generation.ended.connect(lambda _: self._search())
        gallery.trash.leaving.connect(self._leave)
        for signal in (gallery.trash.stayed, gallery.trash.returned):
            signal.connect(lambda _: self._search())

    def open(self) -> None:
        """Show what the index knows; at first, let the gallery look for what has changed."""
        self._is_open = True
        if not self._gallery.is_open:
            self._gallery.open()
        self._search()

    def rest(self) -> None:
        """Follow nothing until it is opened again."""
        self._is_open = False

    def ask(self, query: Query) -> None:
        self.query = query
        self._search()

    async def film(self, entry: Entry, side: int) -> list[Pixels]:
        """The steps of `entry`, in order, as squares of `side` px. Empty if there are none that can be read."""
        if entry.held is not None:
            small = [step.thumbnail for step in entry.held.steps if step.thumbnail]
            return await asyncio.to_thread(thumbnails.squares, small, side)
        return await self._gallery.film(entry.item, side) if entry.item else []

    def _follow(self) -> None:
        """A run that is being made belongs to the history from its first step on."""
        run = self._generation.run if self._generation.running else None
        if run is not self._announced and (run is None or run.steps):
            self._announced = run
            self._search()

    def _search(self) -> None:
        """Search again, as soon as the search at work has ended."""
        self._search_wanted = True
        if self._is_open and self._gallery.is_open and (self._searching is None or self._searching.done()):
            self._searching = self._notices.spawn(self._search_on())

    async def _search_on(self) -> None:
        while self._search_wanted:
            self._search_wanted = False
            query, starred = self.query, self.stars.keys
            runs = list(self._held)
            if self._announced is not None and self._announced not in runs:
                runs.append(self._announced)
            try:
                items = await self._gallery.search(replace(query, finished_runs=True))
            except IndexLost:
                self._gallery.look()
                return
            held = [_held(run, query, starred) for run in runs]
            entries = await asyncio.to_thread(_arranged, items, held, self._gallery.run_pictures)
            if not self._search_wanted:  # else another one is asked for meanwhile
                self.entries = entries
                self.found.emit()

    def _leave(self, deleted: Deleted) -> None:
        """Take out what is deleted, before the files are moved."""
        self.entries = [
            entry for entry in self.entries if entry.run not in deleted.runs and not (entry.item and entry.item.path in deleted.pictures)
        ]
        self.found.emit()


@dataclass(frozen=True, slots=True)
class _Held:
    """What is known of a run in memory, taken on the thread of the window."""

    entry: Entry
    parent: str | None  # id
    fits: bool  # whether the search is for it


def _held(run: Run, query: Query, starred: frozenset[str]) -> _Held:
    after = -1 if run.branched_after is None else run.branched_after
    entry = Entry(run.id, run.id, run.id, after, begun(run.id), run.recipe.final.prompt.text, None, run)
    fits = (
        bool(run.steps)
        and (run.id in starred or not query.starred)
        and (run.ending is not Ending.FINISHED or not query.unfinished)
        and matches(query.text, run.recipe)
    )
    return _Held(entry, run.parent, fits)


def _arranged(items: Sequence[Item], held: Sequence[_Held], pictures: RunPictures) -> list[Entry]:
    """The entries of runs, the tree of the newest first, in each tree the root first and its branches as they were made.

    It looks at no run itself, since it may be called on any thread.
    """
    in_memory = {each.entry.run: each for each in held}
    parents = {each.entry.run: each.parent for each in held}
    roots = roots_of({each: None for each in parents.values() if each} | parents)  # a parent that is not in memory is a root
    finished = {item.run for item in items if item.run and not item.is_run and not item.step}
    entries = []
    known = set(finished)  # ids of runs
    for item in items:
        if not item.run or (item.is_run and item.run in finished):
            continue
        here = in_memory.get(item.run) if item.is_run else None
        known.add(item.run)
        tree = item.tree or roots.get(item.run, item.run)
        run = here.entry.held if here else None
        file = pictures.files.get(item.run) if item.is_run else item.path
        is_left = item.is_run and item.run in pictures.gone
        is_needed = item.run in pictures.branched
        entries.append(Entry(item.key, item.run, tree, item.branched_after, item.made, item.prompt, item, run, file, is_left, is_needed))
    for each in held:
        if each.fits and each.entry.run not in known:
            entries.append(replace(each.entry, tree=roots[each.entry.run]))
    newest: dict[str, float] = {}  # of each tree
    for entry in entries:
        newest[entry.tree] = max(newest.get(entry.tree, 0.0), entry.made)
    return sorted(entries, key=lambda entry: (-newest[entry.tree], entry.tree, entry.run != entry.tree, entry.made))
