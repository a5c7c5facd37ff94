"""Gallery: the pictures of all its folders and the unfinished runs, as far as the user asks for them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Pixels
from ..errors import GalleryFolderUnreadable, GalleryFull, GalleryNotKept, PictureUnreadable, SafelightError
from ..library import likeness, packing, recording, thumbnails
from ..library.gallery_index import MOST_FILES, Facets, File, GalleryIndex, IndexLost, Item, Listing, Query, list_folder, read_item
from ..library.likeness import Likeness
from ..library.recording import Summary
from ..library.recordings import Recordings
from ..library.safe_file import GONE
from ..library.trash import Trashed
from .folder_watch import FolderWatch
from .notices import Notices
from .picture_files import Moved, PictureFiles
from .stars import Stars
from .tile_pictures import Squares, TilePictures
from .trash import Trash

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 32  # files that are read before the index is told
RENEWS = 0.5  # s between two searches while files are read, at least
SHARE = 10  # of the time between two such searches, a search may take one part
SHOWN_FIRST = 0.5  # s for the first page of what the index knows, before the disk is looked at
RETURNS = 5.0  # s until folders that could not be read are tried again
MOST_TRIES = 3  # of a look, while the index is lost and built again


@dataclass(frozen=True, slots=True)
class Group:
    """Items under one heading: those of a day, or those that are alike."""

    heading: date | Likeness
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class FilesRead:
    """Of reading the files that the index does not know yet."""

    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class RunPictures:
    """Where the pictures of recorded runs are, also outside the folders of the gallery."""

    files: Mapping[str, Path] = field(default_factory=dict)  # by the ids of runs
    gone: frozenset[str] = frozenset()  # ids of runs whose pictures are no longer where they were saved
    branched: frozenset[str] = frozenset()  # ids of runs whose steps a branch needs


class Gallery(QObject):
    """Nothing is read before `open`. All work on the disk is done elsewhere: the index has a thread of its own."""

    found = Signal()  # `groups` and `query`
    facets_changed = Signal()
    progressed = Signal()
    problems_changed = Signal()

    def __init__(
        self,
        cache: Path,
        folders: Sequence[Path],
        recordings: Recordings,
        files: PictureFiles,
        trash: Trash,
        stars: Stars,
        notices: Notices,
    ) -> None:
        """`cache` is the folder of the index. `folders` as in `use_folders`."""
        super().__init__()
        self.files = files
        self.trash = trash
        self.stars = stars
        self.tile_pictures = TilePictures(self.squares, self.look, notices)
        self.query = Query()
        self.origin: Item | None = None  # whose likes are looked for, instead of `query`
        self.groups: list[Group] = []
        self.items: list[Item] = []  # all of `groups`, in order
        self.places: dict[int, int] = {}  # of `items`, by id
        self.facets = Facets()
        self.progress = FilesRead()
        self.problems: list[SafelightError] = []  # of whole folders, and of the index
        self.folders = list(folders)
        self._recordings = recordings
        self._notices = notices
        self._cache = cache
        self._index = GalleryIndex(cache)
        self._thread = ThreadPoolExecutor(1, "gallery")
        self._watch = FolderWatch()
        self._available: list[Path] = []  # those of `folders` that could be read last
        self.run_pictures = RunPictures()
        self._trashed: dict[Path, Trashed] = {}  # by the file that stands for it
        self._watched: dict[Path, tuple[str, ...]] = {}  # by available folder: itself and all inside
        self._is_open = False
        self._has_looked = False
        self._look_wanted: set[Path] | None = set()  # folders to look into at the next look; None: all
        self._looking: asyncio.Task[None] | None = None
        self._search_wanted = False
        self._searching: asyncio.Task[None] | None = None
        self._trying: asyncio.TimerHandle | None = None
        self._watch.changed.connect(lambda changed: self.look(map(Path, changed)))
        files.moved.connect(self._follow)
        trash.moved.connect(self._follow)
        trash.changed.connect(lambda: notices.spawn(self.look_at_trash()))
        stars.changed.connect(lambda: self._search() if self.query.starred else self.found.emit())

    @property
    def is_open(self) -> bool:
        return self._is_open

    def is_starred(self, item: Item) -> bool:
        return self.stars.has(item.key)

    # -- asking

    def open(self) -> None:
        """Show what the index knows, and look for what has changed."""
        if not self._is_open:
            self._is_open = True
            self._available, self._watched = list(self.folders), dict.fromkeys(self.folders, ())
            self._search()
        self.look()

    def ask(self, query: Query) -> None:
        self.query, self.origin = query, None
        self._search()

    def ask_alike(self, item: Item) -> None:
        """Show what is made like `item` instead of what `query` asks for."""
        self.origin = item
        self._search()

    def use_folders(self, folders: Sequence[Path]) -> None:
        """Show the pictures in these folders: where new ones are saved, then others."""
        if list(folders) != self.folders:
            self.folders = list(folders)
            self._available = [folder for folder in folders if folder in self._available]
            if self._is_open:
                self.look()

    def close(self) -> None:
        self._is_open = False
        if self._trying is not None:
            self._trying.cancel()
        self._watch.close()
        self._thread.submit(self._index.close)
        self._thread.shutdown(cancel_futures=True)

    def _search(self) -> None:
        """Search again, as soon as the search at work has ended."""
        self._search_wanted = True
        if self._is_open and (self._searching is None or self._searching.done()):
            self._searching = self._notices.spawn(self._search_on())

    async def _search_on(self) -> None:
        while self._search_wanted:
            self._search_wanted = False
            query, origin = self.query, self.origin
            try:
                among = await self.search(Query() if origin else query)
                if origin:
                    groups, items, places = await asyncio.to_thread(_arranged, _by_likeness, among, origin)
                else:
                    groups, items, places = await asyncio.to_thread(_arranged, _by_day, among)
            except IndexLost:
                self.look()
                continue
            if not self._search_wanted:  # else another one is asked for meanwhile
                self.groups, self.items, self.places = groups, items, places
                self.found.emit()

    async def search(self, query: Query) -> list[Item]:
        """What `query` asks for, as far as the index knows, in the order of time. Raises `IndexLost`."""
        folders = [self.trash.folder.folder] if query.trashed else [*self._within(), self._recordings.folder]
        return await self._ask(self._index.search, query, folders, self.stars.keys)

    # -- looking at the disk

    def look(self, folders: Iterable[Path] | None = None) -> None:
        """Find out what has changed in `folders`, which are inside the gallery's, or in all and among the recordings."""
        if self._look_wanted is None or folders is None:
            self._look_wanted = None
        else:
            self._look_wanted |= set(folders)
        if self._is_open and (self._looking is None or self._looking.done()):
            self._looking = self._notices.spawn(self._look_on())

    async def _look_on(self) -> None:
        tries = 0
        if not self._has_looked and self._searching is not None:
            self._has_looked = True
            await asyncio.wait([self._searching])
            await asyncio.sleep(SHOWN_FIRST if self.items else 0)
        while self._look_wanted is None or self._look_wanted:
            wanted, self._look_wanted = self._look_wanted, set()
            try:
                await (self._look_at_all() if wanted is None else self._look_into(wanted))
            except IndexLost:
                tries += 1
                if tries < MOST_TRIES:
                    self._look_wanted = None
            self.progress = FilesRead()
            self.progressed.emit()

    async def _look_at_all(self) -> None:
        listings = {folder: await asyncio.to_thread(list_folder, folder) for folder in self._within(self.folders)}
        self._watched = {folder: listing.folders for folder, listing in listings.items() if listing.folders}
        self._available = list(self._watched)
        self._watch.watch(path for paths in self._watched.values() for path in paths)
        self._report(listings)
        if self._unavailable:
            self._try_later()
        await self._look_at_runs()
        await self._look_at_trash()
        for folder in self._available:
            await self._take_over(listings[folder], folder, inside=True)

    def _try_later(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
        if self._is_open:
            self._trying = asyncio.get_running_loop().call_later(RETURNS, lambda: self._notices.spawn(self._try_again()))

    async def _try_again(self) -> None:
        """Look at all once a folder that could not be read can be read: one that is missing cannot be watched."""
        listings = [await asyncio.to_thread(list_folder, folder, False) for folder in self._unavailable]
        if any(listing.folders for listing in listings):
            self.look()
        elif listings:
            self._try_later()

    @property
    def _unavailable(self) -> list[Path]:
        """Those of `folders` that could not be read last."""
        return [folder for folder in self._within(self.folders) if folder not in self._available]

    async def _look_into(self, folders: set[Path]) -> None:
        """Look into single folders. If one is new, or gone, others must be watched: then all are looked at."""
        watched = {path for folder in self._available for path in self._watched[folder]}
        for folder in folders:
            listing = await asyncio.to_thread(list_folder, folder, False)
            if not watched.issuperset((str(folder), *listing.others)) or not listing.folders:
                self._look_wanted = None
                return
            await self._take_over(listing, folder, inside=False)

    async def look_at_runs(self) -> None:
        """Find out which runs are unfinished, and which pictures have recorded steps."""
        if self._is_open:
            try:
                await self._look_at_runs()
            except IndexLost:
                self.look()

    async def _look_at_runs(self) -> None:
        summaries = await asyncio.to_thread(self._recordings.all)
        self.run_pictures = await asyncio.to_thread(_run_pictures, summaries)
        await self._ask(self._index.put_runs, summaries, self._recordings.folder)
        await self._renew()

    async def look_at_trash(self) -> None:
        """Find out what is in the trash."""
        if self._is_open:
            try:
                await self._look_at_trash()
            except IndexLost:
                self.look()

    async def _look_at_trash(self) -> None:
        found = await self.trash.all()
        await self._ask(self._index.put_trashed, found, self.trash.folder.folder)
        if list(self._trashed.values()) != found:
            self._trashed = {each.shown: each for each in found}
            self.facets_changed.emit()
            self._search()

    def trashed(self, items: Iterable[Item] | None = None) -> list[Trashed]:
        """What of the trash these items stand for; without them, all."""
        if items is None:
            return list(self._trashed.values())
        return [self._trashed[item.path] for item in items if item.path in self._trashed]

    async def _take_over(self, listing: Listing, folder: Path, inside: bool) -> None:
        """Bring the index up to date with `listing`: read files that are new or have changed."""
        known = await self._ask(self._index.known, folder, inside)
        new = [file for file in listing.files if known.pop(file.path, None) != (file.changed, file.nbytes)]
        if known and not listing.is_cut:
            await self._ask(self._index.remove, list(known))
            self._search()
        loop = asyncio.get_running_loop()
        renewal = loop.time()  # when what was read meanwhile is shown
        for start in range(0, len(new), AT_ONCE):
            items = await asyncio.to_thread(_read_items, new[start : start + AT_ONCE])
            await self._ask(self._index.put, items)
            self.progress = FilesRead(start + len(items), len(new))
            self.progressed.emit()
            if loop.time() > renewal:
                began = loop.time()
                self._search()
                if self._searching is not None:
                    await asyncio.wait([self._searching])
                renewal = loop.time() + max(RENEWS, SHARE * (loop.time() - began))
        if new or known:
            await self._renew()

    async def _renew(self) -> None:
        """Count again, and search again."""
        facets = await self._ask(self._index.facets, [*self._within(), self._recordings.folder])
        if facets != self.facets:
            self.facets = facets
            self.facets_changed.emit()
        self._search()

    def _report(self, listings: Mapping[Path, Listing]) -> None:
        problems: list[SafelightError] = []
        for folder, listing in listings.items():
            for unread, problem in listing.unread:
                if folder != self.folders[0] or problem != GONE:  # the pictures folder is made with the first picture
                    problems.append(GalleryFolderUnreadable(folder=unread, problem=problem))
            problems += [GalleryFull(folder=folder, most=MOST_FILES)] if listing.is_cut else []
        if self._index.problem:
            problems.append(GalleryNotKept(folder=self._cache, problem=self._index.problem))
        self.problems = problems
        self.problems_changed.emit()

    def _within(self, folders: Sequence[Path] | None = None) -> list[Path]:
        """Those of `folders`, or of the available ones, that are not inside another one."""
        among = self._available if folders is None else folders
        return [each for each in dict.fromkeys(among) if not any(other != each and each.is_relative_to(other) for other in among)]

    def _follow(self, moved: list[Moved]) -> None:
        if self._is_open:
            self._notices.spawn(self._take_over_moves(moved))

    async def _take_over_moves(self, moved: list[Moved]) -> None:
        """Keep what is known about renamed files, then look where files were moved from and to."""
        with contextlib.suppress(IndexLost):  # then the look finds all
            for before, after in moved:
                if before is not None and after is not None:
                    await self._ask(self._index.rename, os.fsencode(before), os.fsencode(after))
        folders = {path.parent for each in moved for path in each if path is not None}
        runs = self.run_pictures
        if self._recordings.folder in folders or any(before in runs.files.values() or before is None for before, _ in moved):
            await self.look_at_runs()
        self.look(folders - {self._recordings.folder})
        self._search()

    # -- pictures

    async def squares(self, items: Sequence[Item], side: int) -> Squares:
        """Squares of `side` px of `items`. Raises `IndexLost`."""
        stored = await self._ask(self._index.thumbnails, [item.id for item in items])
        squares, new, problems = await asyncio.to_thread(_squares, items, stored, side)
        if new or problems:
            await self._ask(self._index.put_thumbnails, new, problems)
        return squares

    async def picture(self, item: Item) -> Pixels:
        """The whole picture of `item`, or of the last step of its run. Raises `PictureUnreadable`."""
        return await asyncio.to_thread(thumbnails.whole_picture, item)

    async def film(self, item: Item, side: int) -> list[Pixels]:
        """The recorded steps of `item`, in order, as squares of `side` px. Empty if there are none that can be read."""
        if not item.is_recorded:
            return []
        from ..library.journal import path_of

        try:
            return await asyncio.to_thread(_recorded_film, path_of(self._recordings.folder, item.run), side)
        except SafelightError:
            return []

    async def _ask(self, method: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Call a method of the index on its thread."""
        call = functools.partial(method, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


def _run_pictures(summaries: Sequence[Summary]) -> RunPictures:
    """Reads the disk."""
    saved = {each.id: each.picture for each in summaries if each.picture is not None}
    files = {id: picture for id, picture in saved.items() if picture.is_file()}
    return RunPictures(files, frozenset(saved.keys() - files.keys()), frozenset(each.parent for each in summaries if each.parent))


def _read_items(files: Sequence[File]) -> list[Item]:
    return list(map(read_item, files))


def _arranged(
    arrange: Callable[Concatenate[Sequence[Item], P], Iterable[Group]], items: Sequence[Item], *arguments: P.args, **named: P.kwargs
) -> tuple[list[Group], list[Item], dict[int, int]]:
    """The groups that `arrange` makes of `items`, the items in that order, and their places by id."""
    groups = list(arrange(items, *arguments, **named))
    ordered = [item for group in groups for item in group.items]
    return groups, ordered, {item.id: place for place, item in enumerate(ordered)}


def _by_day(items: Sequence[Item]) -> Iterator[Group]:
    """`items` are in the order of time."""
    first, last = math.inf, -math.inf  # of the day, s since 1970
    day = date.min
    of_day: list[Item] = []
    for item in items:
        if not first <= item.made < last:
            if of_day:
                yield Group(day, tuple(of_day))
            day, first, last = _day(item.made)
            of_day = []
        of_day.append(item)
    if of_day:
        yield Group(day, tuple(of_day))


def _day(moment: float) -> tuple[date, float, float]:
    """The day of a moment (s since 1970), and when it begins and ends."""
    try:
        day = datetime.fromtimestamp(moment).date()
        first, last = (datetime.combine(day + timedelta(days=days), time.min).timestamp() for days in (0, 1))
        return day, first, last
    except (OverflowError, OSError, ValueError):  # beyond what the system's calendar knows
        return date.min, moment, moment


def _by_likeness(items: Sequence[Item], origin: Item) -> Iterator[Group]:
    return (Group(kind, tuple(found)) for kind, found in likeness.alike(origin, items).items())


def _squares(items: Sequence[Item], stored: dict[int, bytes], side: int) -> tuple[Squares, dict[int, bytes], dict[int, str]]:
    """Squares of `items` for the tiles, new thumbnails to store, and why others cannot be made."""
    squares: Squares = {}
    new: dict[int, bytes] = {}
    problems: dict[int, str] = {}
    for item in items:
        try:
            pixels = _stored(stored.get(item.id))
            if pixels is None:
                pixels = thumbnails.whole_picture(item, thumbnails.SIDE)
                new[item.id] = packing.press(pixels)
            squares[item.id] = thumbnails.square(pixels, side)
        except PictureUnreadable as error:
            problems[item.id], squares[item.id] = str(error.values["problem"]), None
    return squares, new, problems


def _recorded_film(path: Path, side: int) -> list[Pixels]:
    return thumbnails.squares(recording.read_thumbnails(path), side)


def _stored(pressed: bytes | None) -> Pixels | None:
    try:
        return packing.unpress(pressed) if pressed else None
    except packing.NotPacked:
        return None
