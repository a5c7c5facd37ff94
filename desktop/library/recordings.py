"""The recordings on disk: read as runs again, listed, pinned, and kept to a size; whole trees of branches at a time."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import math
import struct
from collections.abc import Collection, Iterator
from dataclasses import MISSING, dataclass
from functools import lru_cache
from io import FileIO
from pathlib import Path
from uuid import UUID

from ..diffusion.recipe import Recipe
from ..diffusion.run import Ending, Pixels, Plan, Run, Step
from ..errors import (
    QT_TRANSLATE_NOOP,
    NotKept,
    RecordingBusy,
    RecordingDamaged,
    RecordingNewer,
    RecordingParentless,
    RecordingUndeletable,
    RecordingUnreadable,
    SafelightError,
    StepDamaged,
)
from . import packing, records, safe_file
from .artwork import is_picture_of
from .journal import NUMBERS, VERSION, Parted, RecordKind, parted, path_of, start_of, state, steps_among
from .packing import NotPacked
from .records import CONTENTS, Appender, DamagedRecord, NewerRecords, NotRecords, Record

log = logging.getLogger(__name__)

TO_BE_GONE_ON_WITH = (Ending.RUNNING, Ending.PAUSED)
_DAMAGED = QT_TRANSLATE_NOOP("Safelight", "it is damaged from its beginning")


@dataclass(frozen=True, slots=True)
class Recording:
    """A run from disk. What is not there any more, and why, says `problem`."""

    run: Run
    problem: SafelightError | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list of recordings shows."""

    id: str
    nbytes: int
    recipe: Recipe | None = None  # None where `problem` is that it cannot be read
    parent: str | None = None
    branched_after: int | None = None
    step: int = 0  # the last that is recorded
    calls: int = 0  # steps there are to be; 0 while that is not known
    ending: Ending = Ending.FAILED  # RUNNING: it was cut off, unless it `is_running`
    is_closed: bool = True  # what it holds is told at its end; else nobody came to that
    picture: Path | None = None
    pinned: bool = False
    is_running: bool = False  # somebody is writing it now
    problem: SafelightError | None = None

    @property
    def is_interrupted(self) -> bool:
        return self.ending in TO_BE_GONE_ON_WITH and not self.is_running


class StoredStep(Step):
    """A step on disk: its numbers are at hand; its pictures and its snapshot are read whenever they are asked for."""

    __slots__ = ("_parted", "_parts", "_path")

    def __init__(self, path: Path, parts: dict[int, Record], parted: Parted | None, number: int, timestep: float) -> None:
        numbers = parted.numbers if parted else {"number": number, "timestep": timestep, "approximate": True}
        for field in NUMBERS:
            unknown = math.nan if field.default is MISSING else field.default
            object.__setattr__(self, field.name, numbers.get(field.name, unknown))
        object.__setattr__(self, "_path", path)
        object.__setattr__(self, "_parts", parts)
        object.__setattr__(self, "_parted", parted)

    __eq__ = object.__eq__  # those of a dataclass would read everything
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<step {self.number} of {self._path.stem}>"

    @property
    def estimate(self) -> Pixels | None:
        return self._picture("estimate", RecordKind.ESTIMATE)

    @property
    def noisy(self) -> Pixels | None:
        return self._picture("noisy", RecordKind.NOISY)

    @property
    def thumbnail(self) -> Pixels | None:
        with contextlib.suppress(NotPacked):
            return packing.unpress(self._parted.thumbnail) if self._parted and self._parted.thumbnail else None
        return None

    @property
    def snapshot(self) -> bytes:
        """Raises `StepDamaged`, and `RecordingParentless` where it was the parent's."""
        if not self._parts:
            raise RecordingParentless
        try:
            return packing.unpack(_payload(self._path, self._parts[RecordKind.SNAPSHOT]))
        except (KeyError, OSError, DamagedRecord, NotPacked) as error:
            raise StepDamaged(step=self.number) from error

    @property
    def nbytes(self) -> int:
        """In memory."""
        return len(self._parted.thumbnail) if self._parted else 0

    def _picture(self, name: str, kind: RecordKind) -> Pixels | None:
        if self._parted and name in self._parted.small:
            return self.thumbnail
        if kind not in self._parts:
            return None
        try:
            return _picture(self._path, self._parts[kind])
        except (OSError, DamagedRecord, NotPacked):
            log.warning("The %s of step %d in %s cannot be read", name, self.number, self._path, exc_info=True)
            return None


def read(path: Path) -> Recording:
    """The run that was recorded at `path`, with the steps that it shares with its parents.

    What is to be gone on with is checked to the last byte, anything else when it is looked at. May be called while the run is being
    written. Raises `RecordingUnreadable` and `RecordingNewer`.
    """
    return _read(path, frozenset())


class Recordings:
    """The recordings in `folder`, which together are to take `limit` bytes at most."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit

    @property
    def nbytes(self) -> int:
        return sum(path.stat().st_size for path in self._paths())

    def all(self) -> list[Summary]:
        """The newest first."""
        return [summary for path in sorted(self._paths(), reverse=True) if (summary := _summary(path))]

    def open(self, id: str) -> Recording:
        """As `read`."""
        return read(path_of(self.folder, id))

    def pin(self, id: str, pinned: bool) -> None:
        """Keep the recording, and with it its tree, whatever room it takes. Raises `RecordingBusy` while the run is being made."""
        path = path_of(self.folder, id)
        try:
            told = _told(path)
            appender = Appender(path, start_of(id))
            try:
                appender.append([state(told.ending, told.picture_path, pinned)])
                appender.finish()
            finally:
                appender.close()
        except BlockingIOError as error:
            raise RecordingBusy from error
        except OSError as error:
            raise NotKept(problem=safe_file.why(error)) from error

    def delete(self, id: str) -> None:
        """Delete one recording; what its branches made themselves can still be seen. Raises `RecordingBusy`, `RecordingUndeletable`."""
        self._delete([each for each in self.all() if each.id == id])

    def tidy(self, keep: Collection[str] = ()) -> None:
        """Delete the oldest trees until the rest fits; never what is pinned, being made, of a later version, or has an id in `keep`."""
        safe_file.sweep(self.folder)
        trees = self._trees()
        for each in itertools.chain(*trees):
            if each.ending is Ending.FINISHED and not each.is_closed:  # cut off when all was done
                with contextlib.suppress(RecordingBusy, NotKept):
                    self.pin(each.id, each.pinned)
        excess = sum(each.nbytes for tree in trees for each in tree) - self.limit
        for tree in sorted(trees, key=lambda tree: max(each.id for each in tree)):
            if excess <= 0:
                return
            stays = any(each.pinned or each.is_running or each.id in keep or isinstance(each.problem, RecordingNewer) for each in tree)
            if not stays:
                with contextlib.suppress(RecordingBusy, RecordingUndeletable):
                    self._delete(tree)
                    excess -= sum(each.nbytes for each in tree)

    def _delete(self, summaries: list[Summary]) -> None:
        if any(each.is_running for each in summaries):
            raise RecordingBusy
        for each in reversed(summaries):  # branches first: what a kill leaves is a smaller tree
            path = path_of(self.folder, each.id)
            try:
                records.remove(path)
            except FileNotFoundError:
                continue
            except BlockingIOError as error:
                raise RecordingBusy from error
            except OSError as error:
                raise RecordingUndeletable(file=path, problem=safe_file.why(error)) from error

    def _trees(self) -> list[list[Summary]]:
        """All recordings, each tree from its root on."""
        summaries = {each.id: each for each in self.all()}
        trees: dict[str, list[tuple[int, Summary]]] = {}
        for each in summaries.values():
            root, depth = each, 0
            while root.parent in summaries and depth < len(summaries):
                root, depth = summaries[root.parent], depth + 1
            trees.setdefault(root.id, []).append((depth, each))
        return [[each for _, each in sorted(tree, key=lambda entry: (entry[0], entry[1].id))] for tree in trees.values()]

    def _paths(self) -> Iterator[Path]:
        for path in self.folder.glob("*.run"):
            with contextlib.suppress(ValueError):
                if str(UUID(path.stem)) == path.stem:  # else it is none of ours
                    yield path


# -- one file


@dataclass(frozen=True, slots=True)
class _Told:
    """What the records of a file say."""

    recipe: Recipe
    is_newer: bool  # the recipe says something that we do not know
    parent: str | None
    branched_after: int | None
    plan: Plan | None
    steps: list[dict[int, Record]]  # its own, by kind
    picture: Record | None
    ending: Ending
    picture_path: Path | None
    pinned: bool
    is_closed: bool
    damaged: bool  # it was closed with more records than can be read
    is_running: bool
    nbytes: int

    @property
    def step(self) -> int:
        return self.steps[-1][RecordKind.STEP].number if self.steps else self.branched_after or 0


def _told(path: Path, thorough: bool = False) -> _Told:
    """`thorough`: believe only what was looked at. Raises `RecordingUnreadable` and `RecordingNewer`."""
    try:
        with records.opened(path) as file:
            return _told_by(file, path.stem, thorough)
    except NewerRecords as error:
        raise RecordingNewer from error
    except OSError as error:
        raise RecordingUnreadable(file=path, problem=safe_file.why(error)) from error
    except (NotRecords, DamagedRecord, LookupError, TypeError, ValueError, struct.error) as error:
        raise RecordingUnreadable(file=path, problem=_DAMAGED) from error


def _told_by(file: FileIO, id: str, thorough: bool) -> _Told:
    is_running = records.is_held(file)  # asked first: what is not held now is not held while we read
    start = records.begins(file, VERSION)
    if start.name != start_of(id).name:
        raise NotRecords
    closed = records.contents(file, start)
    found = closed or records.whole(file, start)
    ending, picture, pinned = _state(file, found)
    if ending is Ending.RUNNING and not is_running and picture:  # it was cut off with its picture on the way to the disk
        ending, picture = (Ending.FINISHED, picture) if is_picture_of(picture, id) else (Ending.RUNNING, None)
    damaged = False
    if closed and thorough and ending in TO_BE_GONE_ON_WITH:
        found = records.whole(file, start)
        damaged = len(found) < len(closed)
    last = {record.kind: record for record in found}  # the last of each kind
    begin = json.loads(records.payload(file, found[0]))
    recipe, lost = Recipe.from_dict(begin["recipe"])
    plan = json.loads(records.payload(file, last[RecordKind.PLAN])) if RecordKind.PLAN in last else None
    is_made = RecordKind.PICTURE in last and (RecordKind.STEP not in last or last[RecordKind.STEP].offset < last[RecordKind.PICTURE].offset)
    return _Told(
        recipe,
        bool(lost),
        begin["parent"],
        begin["branched_after"],
        Plan(tuple(plan["timesteps"]), plan["environment"], plan["truncated"]) if plan else None,
        steps_among(found),
        last[RecordKind.PICTURE] if is_made else None,
        ending,
        picture,
        pinned,
        closed is not None,
        damaged,
        is_running,
        records.size(file),
    )


def _state(file: FileIO, found: list[Record]) -> tuple[Ending, Path | None, bool]:
    """How the run stands: its ending, its picture, and whether it is pinned."""
    states = [place for place, record in enumerate(found) if record.kind == RecordKind.STATE]
    try:
        facts = json.loads(records.payload(file, found[states[-1]]))
    except (IndexError, DamagedRecord):  # not said, or said illegibly: better offered once more than lost
        return Ending.RUNNING, None, False
    is_last = all(record.kind == CONTENTS for record in found[states[-1] + 1 :])  # else it went on
    return Ending(facts["ending"]) if is_last else Ending.RUNNING, Path(facts["picture"]) if facts["picture"] else None, facts["pinned"]


def _summary(path: Path) -> Summary | None:
    """None where the file went away."""
    try:
        nbytes = path.stat().st_size
    except OSError:
        return None
    try:
        told = _told(path)
    except (RecordingNewer, RecordingUnreadable) as problem:
        return Summary(path.stem, nbytes, problem=problem)
    return Summary(
        path.stem,
        nbytes,
        told.recipe,
        told.parent,
        told.branched_after,
        told.step,
        told.plan.calls if told.plan else 0,
        told.ending,
        told.is_closed,
        told.picture_path,
        told.pinned,
        told.is_running,
    )


def _read(path: Path, above: frozenset[str]) -> Recording:
    """`above`: ids of the branches for whose sake it is read."""
    told = _told(path, thorough=True)
    run, problem = _begun(path, told, above)
    for parts in told.steps if told.plan else ():
        step = _stored(path, parts, told.plan)
        if step.number > len(run.steps):
            problem = problem or RecordingDamaged(step=len(run.steps) - 1)
            break
        run.record(step)
    if told.picture:
        with contextlib.suppress(OSError, DamagedRecord, NotPacked):
            run.picture = packing.unpress(_payload(path, told.picture))
    run.plan, run.path, run.pinned = told.plan or run.plan, told.picture_path, told.pinned
    run.ending = Ending.PAUSED if told.ending is Ending.RUNNING and not told.is_running else told.ending
    if told.damaged:
        problem = problem or RecordingDamaged(step=told.step)
    if told.is_newer:
        problem = RecordingNewer()
    return Recording(run, problem)


def _begun(path: Path, told: _Told, above: frozenset[str]) -> tuple[Run, SafelightError | None]:
    """The run before its first own step."""
    if told.parent is None or told.branched_after is None:
        return Run(told.recipe, id=path.stem), None
    try:
        if told.parent in above:
            raise RecordingParentless  # its own ancestor: only in a file that somebody made up
        parent = _read(path_of(path.parent, told.parent), above | {path.stem})
    except (RecordingUnreadable, RecordingNewer, RecordingParentless):
        parent = Recording(Run(told.recipe, id=told.parent), None)
    run = parent.run.fork(told.branched_after, told.recipe)
    run.id = path.stem
    missing = range(len(run.steps), told.branched_after + 1)
    if told.plan:
        run.steps += [StoredStep(path, {}, None, number, told.plan.timesteps[max(number - 1, 0)]) for number in missing]
    return run, RecordingParentless() if missing else parent.problem


def _stored(path: Path, parts: dict[int, Record], plan: Plan) -> StoredStep:
    number = parts[RecordKind.STEP].number
    try:
        told = parted(_payload(path, parts[RecordKind.STEP]))
    except DamagedRecord:
        told = None  # its numbers are gone, the rest need not be
    return StoredStep(path, parts, told, number, plan.timesteps[max(number - 1, 0)])


def _payload(path: Path, record: Record) -> bytes:
    """Raises `OSError`, `DamagedRecord`."""
    with records.opened(path) as file:
        return records.payload(file, record)


@lru_cache(maxsize=8)  # what is looked at is looked at again, at once
def _picture(path: Path, record: Record) -> Pixels:
    return packing.unpress(_payload(path, record))
