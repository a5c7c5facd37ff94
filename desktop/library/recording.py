"""One recording on disk: read as a run again, summarised, pinned, named and deleted.

Functions here block on the disk: call them off the GUI thread. The values they return never read it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from io import FileIO
from pathlib import Path
from typing import Any

from ..diffusion.recipe import Recipe, is_newer
from ..diffusion.run import Ending, Pixels, Plan, Run, Stage, Step, View
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
from .journal import NUMBERS, UNKNOWN, VERSION, Parted, RecordKind, parted, path_of, start_of, state, steps_among
from .packing import NotPacked
from .records import CONTENTS, Appender, DamagedRecord, NewerRecords, NotRecords, Record

log = logging.getLogger(__name__)

RESUMABLE = (Ending.RUNNING, Ending.PAUSED)  # RUNNING on disk: the program was killed before the run ended
_DAMAGED = QT_TRANSLATE_NOOP("Safelight", "it is damaged from the start")


@dataclass(frozen=True, slots=True)
class Recording:
    """A run read from disk. `problem` says what is missing or damaged in it."""

    run: Run
    problem: SafelightError | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list of recordings shows of one: a `RunSummary` unless it cannot be read.

    `problem` says why not. A `RunSummary` has one too if a newer version recorded values that are unknown here.
    """

    id: str
    nbytes: int
    parent: str | None = None
    branched_after: int | None = None
    step: int = 0  # the last recorded one
    calls: int = 0  # steps of the complete run; 0 while unknown
    ending: Ending = Ending.FAILED  # RUNNING: the run was interrupted, unless it `is_running`
    is_closed: bool = True  # the file ends with its table of contents; False after a kill
    picture: Path | None = None
    pinned: bool = False
    is_running: bool = False  # a process is writing it now
    problem: SafelightError | None = None

    @property
    def is_interrupted(self) -> bool:
        return self.ending in RESUMABLE and not self.is_running


@dataclass(frozen=True, slots=True)
class RunSummary(Summary):
    """What a list of recordings shows of one that can be read."""

    recipe: Recipe = field(kw_only=True)


# -- the steps of a run on disk


@dataclass(frozen=True, slots=True)
class StepPictures:
    """The larger pictures of a step."""

    estimate: Pixels | None
    noisy: Pixels | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StoredStep(Step):
    """A step of a run on disk. Its numbers and its thumbnail are in memory; the functions below read the rest.

    `snapshot` is empty, and `estimate` and `noisy` are None unless they are the thumbnail. Compared by identity.
    """

    path: Path  # of the recording
    places: Mapping[int, Record]  # by `RecordKind`; empty if the step was the parent's and the parent is missing

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<step {self.number} of {self.path.stem}>"

    @property
    def has_more_pictures(self) -> bool:
        """Whether `read_pictures` finds pictures that are not in memory."""
        return RecordKind.ESTIMATE in self.places or RecordKind.NOISY in self.places


def read_picture(step: Step, view: View) -> Pixels | None:
    """`step` in one of the recorded views, read if it is on disk. None if there is none; if it cannot be read, this is logged."""
    kind = RecordKind.NOISY if view is View.NOISY else RecordKind.ESTIMATE
    in_memory = step.noisy if view is View.NOISY else step.estimate
    if in_memory or not isinstance(step, StoredStep) or kind not in step.places:
        return in_memory
    try:
        return packing.unpress(_read_payload(step.path, step.places[kind]))
    except (OSError, DamagedRecord, NotPacked):
        log.warning("A picture of step %d in %s cannot be read (%s)", step.number, step.path, kind.name, exc_info=True)
        return None


def read_pictures(step: Step) -> StepPictures:
    """The larger pictures of `step`, as `read_picture`."""
    return StepPictures(read_picture(step, View.ESTIMATE), read_picture(step, View.NOISY))


def read_step(step: Step) -> Step:
    """`step` with its pictures and its snapshot, read if they are on disk. Raises as `read_history`."""
    return _whole(step, read_pictures(step)) if isinstance(step, StoredStep) else step


def read_history(steps: Sequence[Step]) -> tuple[Step, ...]:
    """`steps` with their snapshots, read if they are on disk: what the machine resumes from. Pictures are not read.

    Raises `StepDamaged`, and `RecordingParentless` if a step was recorded by a parent that is missing.
    """
    return tuple(_whole(step, StepPictures(step.estimate, step.noisy)) if isinstance(step, StoredStep) else step for step in steps)


def _whole(step: StoredStep, pictures: StepPictures) -> Step:
    values = {field.name: getattr(step, field.name) for field in fields(Step)}
    return Step(**values | {"estimate": pictures.estimate, "noisy": pictures.noisy, "snapshot": _read_snapshot(step)})


def _read_snapshot(step: StoredStep) -> bytes:
    if not step.places:
        raise RecordingParentless
    try:
        return packing.unpack(_read_payload(step.path, step.places[RecordKind.SNAPSHOT]))
    except (KeyError, OSError, DamagedRecord, NotPacked) as error:
        raise StepDamaged(step=step.number) from error


def _read_payload(path: Path, record: Record) -> bytes:
    """Raises `OSError`, `DamagedRecord`."""
    with records.opened(path) as file:
        return records.payload(file, record)


def read_newest_picture(path: Path) -> Pixels | None:
    """The finished picture of the recording at `path`, else that of the last step that it holds itself, in its recorded size.

    None if there is none. Reads only this picture. Raises `RecordingUnreadable` and `RecordingNewer`.
    """
    with _opened(path) as file:
        recorded = _told(file, path.stem)
        if recorded.picture and (pixels := _unpressed(_payload(file, recorded.picture))):
            return pixels
        steps = recorded.steps
        if not steps:
            return None
        told, larger = _parted(file, steps[-1][RecordKind.STEP]), steps[-1]
        thumbnail = _unpressed(told.thumbnail) if told else None
        if RecordKind.ESTIMATE in larger and (pixels := _unpressed(_payload(file, larger[RecordKind.ESTIMATE]))):
            return pixels
        if told and "estimate" not in told.small and RecordKind.NOISY in larger:  # it has no estimate
            return _unpressed(_payload(file, larger[RecordKind.NOISY])) or thumbnail
    return thumbnail


def read_thumbnails(path: Path) -> list[Pixels]:
    """The thumbnails of the steps of the recording at `path`, in order; before them those shared with parents that can be read.

    Raises as `read_newest_picture`.
    """
    found: list[Pixels] = []
    last, seen = math.inf, {path.stem}  # the last step that is wanted; ids, against a forged file that is its own parent
    at = path
    while True:
        try:
            with _opened(at) as file:
                told = _told(file, at.stem)
                parts = [(part[RecordKind.STEP].number, _parted(file, part[RecordKind.STEP])) for part in told.steps]
        except SafelightError:
            if at == path:
                raise
            return found
        steps = [each for number, each in parts if each and number <= last]
        found = [pixels for each in steps if (pixels := _unpressed(each.thumbnail))] + found
        if told.parent is None or told.branched_after is None or told.parent in seen:
            return found
        last = min(last, told.branched_after)
        seen.add(told.parent)
        at = path_of(path.parent, told.parent)


# -- the whole recording


def read(path: Path, held: Mapping[str, Recording] | None = None) -> Recording:
    """The run recorded at `path`, with the steps that it shares with its parents: in memory with those `held`, by the id of the run.

    A run that can be resumed is checked to its last byte, any other when its parts are read. May be called while the run is being
    written. Raises `RecordingUnreadable` and `RecordingNewer`.
    """
    return _read(path, held or {}, frozenset())


def summarised(path: Path, nbytes: int, known: Summary | None = None) -> Summary:
    """What a list of recordings shows of the one at `path`, which takes `nbytes`; `known` if it is not being written now."""
    try:
        with _opened(path) as file:
            if known and not records.is_held(file):
                return known
            told = _told(file, path.stem)
    except (RecordingNewer, RecordingUnreadable) as problem:
        return Summary(path.stem, nbytes, problem=problem)
    if told.is_newer:
        return Summary(
            path.stem,
            nbytes,
            told.parent,
            told.branched_after,
            pinned=told.state.pinned,
            is_running=told.is_running,
            problem=RecordingNewer(),
        )
    return RunSummary(
        path.stem,
        nbytes,
        told.parent,
        told.branched_after,
        told.step,
        told.plan.calls if told.plan else 0,
        told.state.ending,
        told.is_closed,
        told.state.picture,
        told.state.pinned,
        told.is_running,
        RecordingNewer() if told.is_partial else None,
        recipe=told.recipe,
    )


def describe(path: Path, pinned: bool | None, name: str | None) -> None:
    """Pin the recording and its tree, or name its run. Raises as `Recordings.describe`."""
    try:
        with _opened(path) as file:
            told = _told(file, path.stem)
        if told.is_partial:
            raise RecordingNewer
        appender = Appender(path, start_of(path.stem))
        try:
            now = told.state
            told_name, told_pinned = now.name if name is None else name, now.pinned if pinned is None else pinned
            appender.append([state(now.ending, now.picture, told_pinned, told_name)])
            appender.finish()
        finally:
            appender.close()
    except BlockingIOError as error:
        raise RecordingBusy from error
    except OSError as error:
        raise NotKept(problem=safe_file.why(error)) from error


def delete(path: Path) -> None:
    """Delete one recording, if it is still there. Raises `RecordingBusy`, `RecordingUndeletable`."""
    try:
        records.remove(path)
    except FileNotFoundError:
        pass
    except BlockingIOError as error:
        raise RecordingBusy from error
    except OSError as error:
        raise RecordingUndeletable(file=path, problem=safe_file.why(error)) from error


# -- inside


@dataclass(frozen=True, slots=True)
class _State:
    """What the last state says."""

    ending: Ending = Ending.RUNNING
    picture: Path | None = None
    pinned: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """What the records of a file say."""

    recipe: Recipe
    is_newer: bool  # the recipe is of a newer schema, so nothing of it was read
    is_partial: bool  # some or all of the recipe could not be read
    parent: str | None
    branched_after: int | None
    plan: Plan | None
    steps: list[dict[int, Record]]  # its own, by kind
    picture: Record | None
    state: _State
    is_closed: bool
    damaged: bool  # it was closed with more records than can be read
    is_running: bool

    @property
    def step(self) -> int:
        return self.steps[-1][RecordKind.STEP].number if self.steps else self.branched_after or 0


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[FileIO]:
    """The recording at `path`; what is wrong with it is raised as `RecordingUnreadable` or `RecordingNewer`."""
    try:
        with records.opened(path) as file:
            yield file
    except NewerRecords as error:
        raise RecordingNewer from error
    except OSError as error:
        raise RecordingUnreadable(file=path, problem=safe_file.why(error)) from error
    except (NotRecords, DamagedRecord, LookupError, TypeError, ValueError, struct.error) as error:
        raise RecordingUnreadable(file=path, problem=_DAMAGED) from error


def _told(file: FileIO, id: str, thorough: bool = False) -> _Told:
    """`thorough`: read every payload of a run that can be resumed, and stop before the first damaged record."""
    is_running = records.is_held(file)  # asked first: what is not held now is not held while we read
    start = records.begins(file, VERSION)
    if start.name != start_of(id).name:
        raise NotRecords
    closed = records.contents(file, start)
    found = closed or records.whole(file, start)
    now = _state(file, found)
    if now.ending is Ending.RUNNING and not is_running and now.picture:  # killed while the picture was being saved
        from .artwork import is_picture_of  # here: the first paint need not wait for it

        now = replace(now, ending=Ending.FINISHED) if is_picture_of(now.picture, id) else replace(now, picture=None)
    damaged = False
    if closed and thorough and now.ending in RESUMABLE:
        found = records.whole(file, start)
        damaged = len(found) < len(closed)
    last = {record.kind: record for record in found}  # the last of each kind
    begin = json.loads(records.payload(file, found[0]))
    recipe, lost = Recipe.from_dict(begin["recipe"])
    plan = json.loads(records.payload(file, last[RecordKind.PLAN])) if RecordKind.PLAN in last else None
    is_made = RecordKind.PICTURE in last and (RecordKind.STEP not in last or last[RecordKind.STEP].offset < last[RecordKind.PICTURE].offset)
    return _Told(
        recipe,
        isinstance(begin["recipe"], dict) and is_newer(begin["recipe"]),
        bool(lost),
        begin["parent"],
        begin["branched_after"],
        _planned(plan) if plan else None,
        steps_among(found),
        last[RecordKind.PICTURE] if is_made else None,
        now,
        closed is not None,
        damaged,
        is_running,
    )


def _state(file: FileIO, found: list[Record]) -> _State:
    states = [place for place, record in enumerate(found) if record.kind == RecordKind.STATE]
    try:
        facts = json.loads(records.payload(file, found[states[-1]]))
    except (IndexError, DamagedRecord):  # missing or damaged: offering the run once too often loses nothing
        return _State()
    is_last = all(record.kind == CONTENTS for record in found[states[-1] + 1 :])  # else the run was resumed afterwards
    name = facts.get("name", "")
    return _State(
        Ending(facts["ending"]) if is_last else Ending.RUNNING,
        Path(facts["picture"]) if facts["picture"] else None,
        facts["pinned"],
        name if isinstance(name, str) else "",
    )


def _read(path: Path, held: Mapping[str, Recording], above: frozenset[str]) -> Recording:
    """`above`: ids of the branches for which it is read."""
    with _opened(path) as file:
        told = _told(file, path.stem, thorough=True)
        if told.is_newer:
            raise RecordingNewer
        own_steps = [(parts, _parted(file, parts[RecordKind.STEP])) for parts in told.steps] if told.plan else []
        picture = _payload(file, told.picture) if told.picture else None
    before, problem = _before_own_steps(path, told, held, above)
    run = replace(
        before,
        picture=_unpressed(picture),
        path=told.state.picture,
        ending=Ending.PAUSED if told.state.ending is Ending.RUNNING and not told.is_running else told.state.ending,
        pinned=told.state.pinned,
        name=told.state.name,
    )
    if told.plan:
        run.record(told.plan)
        for parts, facts in own_steps:
            step = _stored(path, parts, facts, told.plan, parts[RecordKind.STEP].number)
            if step.number > len(run.steps):
                problem = problem or RecordingDamaged(step=len(run.steps) - 1)
                break
            run.record(step)
    if told.damaged:
        problem = problem or RecordingDamaged(step=told.step)
    if told.is_partial:
        problem = RecordingNewer()
    return Recording(run, problem)


def _before_own_steps(path: Path, told: _Told, held: Mapping[str, Recording], above: frozenset[str]) -> tuple[Run, SafelightError | None]:
    """The run with the steps of its parents only."""
    if told.parent is None or told.branched_after is None:
        return Run(told.recipe, id=path.stem), None
    parent = held.get(told.parent)
    if parent is None or len(parent.run.steps) <= told.branched_after:
        try:
            if told.parent in above:
                raise RecordingParentless  # its own ancestor: only in a forged file
            parent = _read(path_of(path.parent, told.parent), held, above | {path.stem})
        except (RecordingUnreadable, RecordingNewer, RecordingParentless):
            parent = Recording(Run(told.recipe, id=told.parent), None)
    run = replace(parent.run.fork(told.branched_after, told.recipe), id=path.stem)
    missing = range(len(run.steps), told.branched_after + 1)
    if told.plan:
        for number in missing:
            run.record(_stored(path, {}, None, told.plan, number))
    return run, RecordingParentless() if missing else parent.problem


def _stored(path: Path, parts: Mapping[int, Record], told: Parted | None, plan: Plan, number: int) -> StoredStep:
    """`told`: None if it is damaged or missing; the pictures and the snapshot may still be readable."""
    timestep = plan.timesteps[max(number - 1, 0)] if number <= plan.calls else math.nan
    numbers = told.numbers if told else {"number": number, "timestep": timestep, "approximate": True}
    known: dict[str, Any] = {  # by name: fields of `StoredStep`
        each.name: numbers.get(each.name, _missing(each)) for each in NUMBERS
    }
    thumbnail, small = (_unpressed(told.thumbnail), told.small) if told else (None, ())
    return StoredStep(
        **known,
        estimate=thumbnail if "estimate" in small else None,
        noisy=thumbnail if "noisy" in small else None,
        thumbnail=thumbnail,
        snapshot=b"",
        path=path,
        places=parts,
    )


def _planned(plan: dict[str, object]) -> Plan:
    match plan:
        case {"timesteps": list(timesteps), "environment": dict(environment), "truncated": str(truncated)}:
            found = plan.get("stages", [])
            stages = tuple(Stage(str(stage["name"]), int(stage["calls"])) for stage in found) if isinstance(found, list) else ()
            return Plan(tuple(timesteps), environment, truncated, stages, bool(plan.get("is_whole", True)))
    raise TypeError


def _missing(field: Field[object]) -> object:
    """What stands for a number of a step that its record does not hold."""
    if field.default is not MISSING:
        return field.default
    return None if field.name in UNKNOWN else math.nan


def _parted(file: FileIO, record: Record) -> Parted | None:
    """None if it is damaged."""
    payload = _payload(file, record)
    return None if payload is None else parted(payload)


def _payload(file: FileIO, record: Record) -> bytes | None:
    """None if it is damaged."""
    try:
        return records.payload(file, record)
    except DamagedRecord:
        return None


def _unpressed(picture: bytes | None) -> Pixels | None:
    """None if there is none, or if it is damaged."""
    if not picture:
        return None
    try:
        return packing.unpress(picture)
    except NotPacked:
        return None
