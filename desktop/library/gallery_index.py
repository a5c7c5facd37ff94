"""The index of the gallery: what is known about every picture in its folders and every recorded run, in a SQLite file.

The files are the truth: the index can be deleted at any time and is built again. It may be used from one thread only.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import re
import sqlite3
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ..diffusion.recipe import Recipe
from ..diffusion.run import Ending, roots_of
from ..errors import PictureUnreadable, SafelightError
from . import artwork, safe_file
from .recording import RunSummary, Summary
from .recordings import Recordings
from .trash import RECORDING, Trashed

log = logging.getLogger(__name__)

VERSION = 3  # in the name of the file: an index of another version is left alone, and this one is built beside it
MOST_FILES = 200_000  # of all folders
MOST_DEPTH = 12  # folders inside each other

_TERM = re.compile(r'"([^"]+)"|(\S+)')  # of a search: words, and phrases in quotes


@dataclass(frozen=True, slots=True)
class File:
    """A picture file, not opened yet."""

    path: bytes  # `os.fsencode`: SQLite's texts cannot hold every path
    changed: int  # ns since 1970
    nbytes: int


class Item(NamedTuple):  # which is made ten times as fast as a frozen dataclass: a search may find all
    """A picture of the gallery, or a recorded run. The values of its recipe are those of its last step."""

    id: int  # in the index; 0: not in it yet
    file: bytes  # path of the picture or of the recording, `os.fsencode`
    changed: int  # ns since 1970
    nbytes: int
    made: float  # s since 1970: when the picture was saved or the run began
    width: int  # px
    height: int  # px
    key: str  # of its star, which follows the picture wherever its file is: FORMATS.md §10; "" if it cannot be read
    run: str = ""  # id of the run that made it; "" if unknown
    ending: str = ""  # `Ending` of a run; "" for a picture
    step: int = 0  # the last step of an unfinished run, or the step that the picture shows; 0: the finished picture
    calls: int = 0  # steps of the whole run, if `step` is not 0
    branches: int = 0  # how often the run branched
    has_recipe: bool = False
    prompt: str = ""
    negative: str = ""
    model: str = ""
    sampler: str = ""
    steps: int = 0
    guidance: float = 0.0
    seed: int = 0
    program: str = ""  # that wrote the recipe; "" for Safelight
    lost: str = ""  # what of the recipe could not be read, one value a line
    problem: str = ""  # why the file cannot be opened; fills `PictureUnreadable`
    tree: str = ""  # id of the run at the root of its tree, if its steps are on disk
    branched_after: int = -1  # the last step that its run shares with the parent, if its steps are on disk; -1 for a root

    @property
    def is_recorded(self) -> bool:
        """Whether its steps are on disk."""
        return bool(self.tree)

    @property
    def path(self) -> Path:
        return Path(os.fsdecode(self.file))

    @property
    def error(self) -> SafelightError | None:
        """What to tell about a file that cannot be opened; None if nothing is known to be wrong."""
        return PictureUnreadable(file=self.path.name, problem=self.problem) if self.problem else None

    def value(self, key: str) -> object:
        """The value of its recipe with this key of `fields.FIELDS`; None for one that the index does not hold."""
        return getattr(self, {"negative_prompt": "negative", "guidance_scale": "guidance"}.get(key, key), None)

    @property
    def is_run(self) -> bool:
        """Whether it stands for the recording of a run, not for a picture file."""
        return bool(self.ending)


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Empty values do not restrict anything."""

    text: str = ""  # words, each of which must occur in the prompt, model, sampler, seed or name of the file; phrases in quotes
    model: str = ""
    size: tuple[int, int] | None = None  # px
    sampler: str = ""
    starred: bool = False
    branched: bool = False
    recorded: bool = False  # its steps are on disk
    unfinished: bool = False  # paused, stopped or failed before there was a picture
    finished_runs: bool = False  # finished runs too, wherever their pictures are
    trashed: bool = False  # what was deleted, instead of what is there
    oldest_first: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return replace(self, oldest_first=False, finished_runs=False) != Query()


@dataclass(frozen=True, slots=True)
class Facets:
    """The values that occur among all items, the most frequent first, each with its number of items."""

    models: tuple[tuple[str, int], ...] = ()
    sizes: tuple[tuple[tuple[int, int], int], ...] = ()
    samplers: tuple[tuple[str, int], ...] = ()
    unfinished: int = 0
    total: int = 0


class IndexLost(Exception):
    """The index was damaged, or its disk failed. It is empty now and must be filled again."""


# -- the files, read on any thread


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder of the gallery holds, without opening a file."""

    files: tuple[File, ...]  # those of the newest folders first, which are sorted by name, and in each the newest first
    folders: tuple[str, ...]  # those that were read: itself and, if wanted, all inside
    others: tuple[str, ...]  # folders inside that were not to be read
    unread: tuple[tuple[str, str], ...]  # folders that cannot be read, and why
    is_cut: bool  # there are more than `MOST_FILES`


def list_folder(folder: Path, inside: bool = True) -> Listing:
    """The pictures in `folder` and, if `inside`, in all folders inside. Links to folders and hidden names are left out. Reads the disk."""
    files: list[File] = []
    folders: list[str] = []
    others: list[str] = []
    unread: list[tuple[str, str]] = []
    todo = [(str(folder), 0)]
    while todo and len(files) <= MOST_FILES:
        at, depth = todo.pop()
        try:
            entries = [entry for entry in os.scandir(at) if not entry.name.startswith(".")]
        except OSError as error:
            unread.append((at, safe_file.why(error)))
            continue
        folders.append(at)
        found: list[File] = []
        deeper: list[str] = []
        for entry in entries:
            with contextlib.suppress(OSError):  # deleted meanwhile
                if os.path.splitext(entry.name)[1].lower() in artwork.FORMATS:
                    if entry.is_file(follow_symlinks=False):
                        facts = entry.stat(follow_symlinks=False)
                        found.append(File(os.fsencode(entry.path), facts.st_mtime_ns, facts.st_size))
                elif entry.is_dir(follow_symlinks=False):
                    deeper.append(entry.path)
        files += sorted(found, key=lambda file: (file.changed, file.path), reverse=True)
        if inside and depth < MOST_DEPTH:
            todo += [(each, depth + 1) for each in sorted(deeper)]  # the last is read first
        else:
            others += deeper
    return Listing(tuple(files[:MOST_FILES]), tuple(folders), tuple(others), tuple(unread), len(files) > MOST_FILES)


def read_item(file: File) -> Item:
    """What the index keeps of a picture. Reads the file without decoding its pixels; raises nothing: see `Item.problem`."""
    path = Path(os.fsdecode(file.path))
    changed = file.changed / 1e9
    try:
        found = artwork.describe(path)
    except PictureUnreadable as error:
        return Item(0, file.path, file.changed, file.nbytes, changed, 0, 0, "", problem=str(error.values["problem"]))
    story = found.story
    item = Item(
        0,
        file.path,
        file.changed,
        file.nbytes,
        _seconds(story.created, changed),
        found.width,
        found.height,
        found.key,
        story.run,
        step=story.step[0] if story.step else 0,
        calls=story.step[1] if story.step else 0,
        program=story.program,
        lost="\n".join(story.lost),
    )
    return _with_recipe(item, story.recipe) if story.recipe else item


def read_trashed(trashed: Trashed) -> Item | None:
    """What the index keeps of a deletion: its picture, or its run. None if it cannot be read any more. Reads the file."""
    path = trashed.shown
    if path.suffix == RECORDING:
        summary = next(iter(Recordings(path.parent, 0).all()), None)
        return run_item(summary, path.parent) if isinstance(summary, RunSummary) else None
    try:
        facts = path.stat()
    except OSError:  # restored meanwhile
        return None
    return read_item(File(os.fsencode(path), facts.st_mtime_ns, facts.st_size))


def _with_recipe(item: Item, recipe: Recipe) -> Item:
    shown = recipe.at(item.step) if item.step else recipe.final
    return item._replace(
        branches=len(recipe.turns),
        has_recipe=True,
        prompt=shown.prompt.text,
        negative=shown.prompt.negative,
        model=shown.model.name,
        sampler=shown.sampling.sampler,
        steps=shown.sampling.steps,
        guidance=shown.sampling.guidance_scale,
        seed=shown.sampling.seed,
    )


def _seconds(moment: datetime | None, otherwise: float) -> float:
    try:
        return moment.timestamp() if moment else otherwise
    except (OverflowError, OSError, ValueError):  # a forged year
        return otherwise


# -- the index


COLUMNS = Item._fields[1:-2]  # without those that are made here
_SCHEMA = f"""
    CREATE TABLE item (id INTEGER PRIMARY KEY, {", ".join(COLUMNS)}, words TEXT NOT NULL, UNIQUE (file));
    CREATE INDEX by_time ON item (made);
    CREATE TABLE thumbnail (id INTEGER PRIMARY KEY, picture BLOB NOT NULL);
    CREATE TABLE recorded (run TEXT PRIMARY KEY, tree, branched_after) WITHOUT ROWID;
    CREATE TRIGGER forgotten AFTER DELETE ON item BEGIN DELETE FROM thumbnail WHERE id = old.id; END;
    CREATE TRIGGER altered AFTER UPDATE ON item WHEN old.changed != new.changed OR old.nbytes != new.nbytes
        BEGIN DELETE FROM thumbnail WHERE id = old.id; END;
    PRAGMA user_version = {VERSION};
"""
_PUT = f"""
    INSERT INTO item ({", ".join(COLUMNS)}, words) VALUES ({", ".join("?" * (len(COLUMNS) + 1))})
    ON CONFLICT (file) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS, "words"))}
"""
_SELECT = f"""
    SELECT id, {", ".join(f"item.{name}" for name in COLUMNS)}, coalesce(tree, ''), coalesce(branched_after, -1)
    FROM item LEFT JOIN recorded ON recorded.run = item.run
"""

_SHOWN = f"ending != '{Ending.FINISHED}'"  # a finished run is shown by its picture


class GalleryIndex:
    """Its methods block, and raise `IndexLost`. All of them must be called on the same thread."""

    def __init__(self, folder: Path) -> None:
        """In the cache folder `folder`. Nothing is read before the first call."""
        self._path = folder / f"gallery-{VERSION}.sqlite"
        self._db: sqlite3.Connection | None = None
        self._losses = 0
        self.problem = ""  # why the index is only in memory, as a clause; "" if it is on disk

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def known(self, folder: Path, inside: bool = True) -> dict[bytes, tuple[int, int]]:
        """The pictures in `folder` that the index knows, with time of change (ns) and size of their files."""
        start = _start(folder)
        with self._opened() as db:
            rows = db.execute(
                "SELECT file, changed, nbytes FROM item WHERE ending = '' AND substr(file, 1, ?) = ?", (len(start), start)
            ).fetchall()
        return {path: (changed, size) for path, changed, size in rows if inside or os.path.join(os.path.dirname(path), b"") == start}

    def put(self, items: Iterable[Item]) -> None:
        """Add items, or replace those of the same files."""
        with self._opened() as db:
            db.executemany(_PUT, [(*item[1:-2], _words(item)) for item in items])

    def remove(self, files: Iterable[bytes]) -> None:
        with self._opened() as db:
            db.executemany("DELETE FROM item WHERE file = ?", [(path,) for path in files])

    def rename(self, before: bytes, after: bytes) -> None:
        """A file has another path now, which is all that has changed."""
        with self._opened() as db:
            row = db.execute(f"{_SELECT} WHERE file = ?", (before,)).fetchone()
            if row:
                item = Item._make(row)._replace(file=after)
                db.execute("DELETE FROM item WHERE file = ?", (after,))
                db.execute("UPDATE item SET file = ?, words = ? WHERE id = ?", (after, _words(item), item.id))

    def put_runs(self, summaries: Sequence[Summary], folder: Path) -> None:
        """Replace all that is known about recordings, which lie in `folder`."""
        shown = {_file_of(each, folder): each for each in summaries if isinstance(each, RunSummary) and each.step and not each.is_running}
        claims, values = _within([folder])
        with self._opened() as db:
            rows = db.execute(f"SELECT file, nbytes, ending FROM item WHERE {claims[0]}", values)
            known = {path: (nbytes, ending) for path, nbytes, ending in rows}
            new = [each for path, each in shown.items() if known.pop(path, None) != (each.nbytes, _ending_of(each))]
            changed = [run_item(each, folder) for each in new]
            db.executemany("DELETE FROM item WHERE file = ?", [(path,) for path in known])
            db.executemany(_PUT, [(*item[1:-2], _words(item)) for item in changed])
            db.execute("DELETE FROM recorded")
            roots = roots_of({each.id: each.parent for each in summaries})
            kept = [
                (each.id, roots[each.id], -1 if each.branched_after is None else each.branched_after) for each in summaries if each.step
            ]
            db.executemany("INSERT INTO recorded VALUES (?, ?, ?)", kept)

    def put_trashed(self, trashed: Sequence[Trashed], folder: Path) -> None:
        """Replace all that is known about the trash in `folder`. Reads new files."""
        claims, values = _within([folder])
        with self._opened() as db:
            known = {path for (path,) in db.execute(f"SELECT file FROM item WHERE {claims[0]}", values)}
        new = [item for each in trashed if os.fsencode(each.shown) not in known and (item := read_trashed(each))]
        self.put(new)
        self.remove(known - {os.fsencode(each.shown) for each in trashed})

    def search(self, query: Query, folders: Sequence[Path], starred: Collection[str] = ()) -> list[Item]:
        """The items in `folders`, which may be that of the recordings, that `query` asks for. `starred`: the keys of starred items."""
        claims, values = _within(folders)
        if not (query.finished_runs or query.trashed):
            claims.append(_SHOWN)
        for term in _terms(query.text):
            claims.append("instr(words, ?)")
            values.append(term)
        if query.model:
            claims.append("model = ?")
            values.append(query.model)
        if query.size:
            claims.append("width = ? AND height = ?")
            values += query.size
        if query.sampler:
            claims.append("sampler = ?")
            values.append(query.sampler)
        if query.branched:
            claims.append("branches > 0")
        if query.recorded:
            claims.append("tree IS NOT NULL")
        if query.unfinished:
            claims.append(f"ending != '' AND {_SHOWN}")
        order = "ASC" if query.oldest_first else "DESC"
        with self._opened() as db:
            rows = db.execute(f"{_SELECT} WHERE {' AND '.join(claims)} ORDER BY made {order}, id {order}", values)
            items: list[Item] = list(map(tuple.__new__, itertools.repeat(Item), rows))  # `Item._make`, but all in C
        return [item for item in items if item.key in starred] if query.starred else items

    def facets(self, folders: Sequence[Path]) -> Facets:
        """Of all items in `folders`, without finished runs."""
        claims, values = _within(folders)
        where = f"{claims[0]} AND {_SHOWN}"

        def count(what: str, claim: str) -> list[tuple[object, ...]]:
            return db.execute(
                f"SELECT {what}, count(*) FROM item WHERE {where} AND {claim} GROUP BY {what} ORDER BY count(*) DESC, {what}", values
            ).fetchall()

        with self._opened() as db:
            models, samplers = count("model", "has_recipe"), count("sampler", "has_recipe")
            sizes = count("width, height", "width > 0")
            total, unfinished = db.execute(f"SELECT count(*), coalesce(sum(ending != ''), 0) FROM item WHERE {where}", values).fetchone()
        return Facets(
            tuple((str(name), int(str(number))) for name, number in models),
            tuple(((int(str(width)), int(str(height))), int(str(number))) for width, height, number in sizes),
            tuple((str(name), int(str(number))) for name, number in samplers),
            unfinished,
            total,
        )

    def thumbnails(self, ids: Sequence[int]) -> dict[int, bytes]:
        """Those that are stored, by the ids of their items."""
        with self._opened() as db:
            marks = ", ".join("?" * len(ids))
            return dict(db.execute(f"SELECT id, picture FROM thumbnail WHERE id IN ({marks})", list(ids)))

    def put_thumbnails(self, pictures: dict[int, bytes], problems: dict[int, str]) -> None:
        """Store thumbnails, and why others cannot be made."""
        with self._opened() as db:
            db.executemany("UPDATE item SET problem = ? WHERE id = ?", [(problem, id) for id, problem in problems.items()])
            known = "SELECT id FROM item WHERE id = ?1"  # it may have been removed meanwhile
            db.executemany(f"INSERT OR REPLACE INTO thumbnail SELECT id, ?2 FROM ({known})", list(pictures.items()))

    # -- the file

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The connection, in a transaction. If the file fails, a new index takes its place and `IndexLost` is raised."""
        try:
            if self._db is None:
                self._db = self._connected()
            with self._db:
                yield self._db
        except (sqlite3.Error, OSError) as error:
            log.warning("The index of the gallery is built again", exc_info=error)
            self._start_anew(error)
            raise IndexLost from error

    def _connected(self) -> sqlite3.Connection:
        safe_file.make_folder(self._path.parent)
        db = sqlite3.connect(self._path)
        try:
            db.execute("PRAGMA journal_mode = WAL")  # a kill leaves a whole file
            db.execute("PRAGMA synchronous = OFF")  # a power cut may damage it, which is found out
            if db.execute("PRAGMA user_version").fetchone() != (VERSION,):
                db.executescript(_SCHEMA)
        except BaseException:
            db.close()
            raise
        return db

    def _start_anew(self, error: Exception) -> None:
        """Delete the file and begin a new one; when that does not help, keep the index in memory."""
        with contextlib.suppress(sqlite3.Error):
            self.close()
        self._db = None
        self._losses += 1
        try:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            if self._losses > 1:  # such as a full disk
                raise error
            self._db = self._connected()
        except (sqlite3.Error, OSError) as problem:
            self.problem = safe_file.why(problem) if isinstance(problem, OSError) else str(problem)
            self._db = sqlite3.connect(":memory:")
            self._db.executescript(_SCHEMA)


def plain(text: str) -> str:
    """`text` as it is searched: in one case, with full-width and composed letters like their plain forms."""
    return unicodedata.normalize("NFKC", text).casefold()


def matches(text: str, recipe: Recipe) -> bool:
    """Whether a run with that recipe, which has no picture file, is what a search for `text` finds."""
    shown = recipe.final
    words = _joined(shown.prompt.text, shown.model.name, shown.sampling.sampler, str(shown.sampling.seed))
    return all(term in words for term in _terms(text))


def _terms(text: str) -> list[str]:
    """The words and phrases in quotes, each of which must occur in what a search for `text` finds."""
    return [found[1] or found[2] for found in _TERM.finditer(plain(text))]


def _words(item: Item) -> str:
    """All texts of `item` that a search looks at."""
    name = os.path.basename(os.fsdecode(item.file)).encode("utf-8", "replace").decode() if not item.is_run else ""
    return _joined(*((item.prompt, item.model, item.sampler, str(item.seed)) if item.has_recipe else ()), name)


def _joined(*texts: str) -> str:
    return plain("\n".join(texts))


def _start(folder: Path) -> bytes:
    """With which the paths of all files in `folder` begin."""
    return os.fsencode(os.path.join(folder, ""))


def _within(folders: Sequence[Path]) -> tuple[list[str], list[object]]:
    """The claim that an item is in one of `folders`, and its values."""
    starts = list(map(_start, folders))
    claims = ["substr(file, 1, ?) = ?" for _ in starts] or ["0"]
    return [f"({' OR '.join(claims)})"], [value for start in starts for value in (len(start), start)]


def run_item(summary: RunSummary, folder: Path) -> Item:
    """A run that stands for itself, not for its picture. Its recording is in `folder`."""
    ending = _ending_of(summary)
    item = Item(
        0,
        _file_of(summary, folder),
        0,
        summary.nbytes,
        begun(summary.id),
        summary.recipe.size.width,
        summary.recipe.size.height,
        summary.id,
        summary.id,
        ending=ending,
        step=0 if ending is Ending.FINISHED else summary.step,
        calls=0 if ending is Ending.FINISHED else summary.calls,
    )
    return _with_recipe(item, summary.recipe)


def _file_of(summary: Summary, folder: Path) -> bytes:
    from .journal import path_of

    return os.fsencode(path_of(folder, summary.id))


def _ending_of(summary: Summary) -> Ending:
    return Ending.PAUSED if summary.ending is Ending.RUNNING else summary.ending  # RUNNING: it was interrupted


def begun(id: str) -> float:
    """When the run with that id began, s since 1970: the first 48 bits of a UUIDv7 are milliseconds (RFC 9562 §5.7)."""
    return int(id.replace("-", "")[:12], 16) / 1000
