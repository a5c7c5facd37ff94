"""The journal of a run: writes each step to disk while the run is made, so that a kill or a power cut loses half a second at most.

A step is up to four records; it counts once the last of them is written. A branch writes its own steps only. A step number that occurs
again means that the run went back to that step: the later records written before no longer count.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import struct
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from enum import IntEnum
from pathlib import Path
from uuid import UUID
from zlib import crc32

from ..diffusion.control import Control
from ..diffusion.recipe import Recipe
from ..diffusion.run import Ending, Event, Picture, Plan, Run, Step
from ..errors import NotResumable, RecordingBusy, RecordingNewer, SafelightError, StepDamaged
from . import packing, records, safe_file
from .records import Appender, DamagedRecord, NewerRecords, NewRecord, NotRecords, Record, Start

log = logging.getLogger(__name__)

VERSION = 1
MOST_WAITING = 64 << 20  # bytes of events that are not written yet
SYNC_SECONDS = 0.5  # between two fsyncs: what a power cut may lose

PICTURES = ("estimate", "noisy", "thumbnail")  # fields of a Step
NUMBERS = tuple(field for field in fields(Step) if field.name not in (*PICTURES, "snapshot"))
UNKNOWN = ("sigma", "alpha_cumprod", "change", "layout", "guidance")  # of those, which may be unknown: NaN on disk, None in a step

_LENGTH = struct.Struct("<I")


class RecordKind(IntEnum):
    BEGIN = 1  # JSON: the recipe, the parent
    PLAN = 2  # JSON
    SNAPSHOT = 3  # packed, see `packing`
    ESTIMATE = 4  # compressed, as are all pictures
    NOISY = 5
    STEP = 6  # length of the JSON, JSON, the thumbnail
    PICTURE = 7
    STATE = 8  # JSON: ending, path of the picture, pinned, name


class Journal:
    """Writes one run on a thread of its own. If the disk fails, the run continues without a recording, and `problem` says so."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder, self._run = folder, run
        self.problem: SafelightError | None = None
        self._appender: Appender | None = None
        self._waiting: deque[Event | Path] = deque()
        self._bytes = 0  # of `_waiting`
        self._held: Control | None = None  # of the run, while it waits for the disk
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)

    @classmethod
    def begin(cls, folder: Path, run: Run) -> Journal:
        """Open the journal of a run that starts or is resumed, and write what the run holds and its file does not. Blocks for milliseconds.

        Raises `RecordingBusy` if the run is being written already, `RecordingNewer` if a newer version recorded it, and `StepDamaged` if
        its file has lost steps that are not in memory.
        """
        journal = cls(folder, run)
        try:
            journal._appender = _opened(folder, run)
            journal._catch_up(journal._appender)
        except OSError as error:
            journal._fail(error)
        except BaseException:
            journal._release()
            raise
        journal._thread.start()
        return journal

    def append(self, event: Event, control: Control | None = None) -> None:
        """Record a Plan, a Step or a Picture; never waits. `control` holds the run while too much is unwritten."""
        if not isinstance(event, Plan | Step | Picture):
            return
        with self._changed:
            if self.problem is not None:
                return
            self._waiting.append(event)
            self._bytes += _nbytes(event)
            if self._bytes > MOST_WAITING and control is not None:
                self._held = control
                control.hold()
            self._changed.notify_all()

    def announce(self, picture: Path) -> None:
        """Record that the picture is about to be saved there. Return once this and all before it is on disk, or writing has failed."""
        with self._changed:
            if self.problem is None:
                self._waiting.append(picture)
                self._changed.notify_all()
                self._changed.wait_for(lambda: not self._waiting)

    def close(self) -> None:
        """Write the state of the run, and return once everything is on disk."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        try:
            if self._appender is not None:
                self._finish(self._appender)
        except OSError as error:
            self._fail(error)
        finally:
            self._release()

    def _finish(self, appender: Appender) -> None:
        run = self._run
        if self.problem is not None:
            with contextlib.suppress(OSError):  # there may be disk space by now
                self._catch_up(appender)
        if run.ending in (Ending.STOPPED, Ending.FAILED) and not steps_among(appender.records):
            self._release()  # nothing to show and nothing to resume
            records.remove(path_of(self._folder, run.id))
            return
        is_unsaved = run.ending is Ending.FAILED and run.picture is not None and run.path is None
        ending = Ending.PAUSED if is_unsaved else run.ending  # so that the next start offers to save the picture
        appender.append([state(ending, run.path, run.pinned, run.name)])
        appender.finish()

    def _catch_up(self, appender: Appender) -> None:
        """Write what the run holds and its file does not. Raises `StepDamaged`."""
        own, known = self._run.own_steps, 0
        with contextlib.suppress(DamagedRecord):
            for parts, step in zip(steps_among(appender.records), own, strict=False):
                if parted(appender.payload(parts[RecordKind.STEP])).numbers != _numbers(step):
                    break
                known += 1
        written = {(record.kind, record.crc) for record in appender.records}
        picture = Picture(self._run.picture) if self._run.picture else None
        held: list[Event | None] = [self._run.plan, *own[known:], picture]
        for event in (each for each in held if each):
            entries = _entries(event)
            if isinstance(event, Step) or not {(kind, crc32(payload)) for kind, _, payload in entries} <= written:
                appender.append(entries)

    # -- on the journal's thread

    def _write(self) -> None:
        appender = self._appender
        if appender is None:  # the file could not be opened, as `problem` says
            return
        due: float | None = None  # time of the next fsync
        try:
            while (event := self._next(due)) is not None or not (self._closing or self.problem):
                if event is not None:
                    appender.append(self._entries(event))
                    due = due or time.monotonic() + SYNC_SECONDS
                if due and (isinstance(event, Path) or time.monotonic() >= due):
                    appender.sync()
                    due = None
                if event is not None:
                    self._written(event)
        except Exception as error:  # any error: otherwise `announce` and `append` would never return
            self._fail(error)

    def _entries(self, event: Event | Path) -> list[NewRecord]:
        return [state(Ending.RUNNING, event, self._run.pinned, self._run.name)] if isinstance(event, Path) else _entries(event)

    def _next(self, due: float | None) -> Event | Path | None:
        """The next event to write; None at `due`, and at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing or self.problem, max(due - time.monotonic(), 0) if due else None)
            return self._waiting[0] if self._waiting else None

    def _written(self, event: Event | Path) -> None:
        with self._changed:
            self._waiting.popleft()
            self._bytes -= _nbytes(event)
            if self._bytes <= MOST_WAITING // 2:
                self._release_run()
            self._changed.notify_all()

    def _fail(self, error: Exception) -> None:
        log.error("Run %s is no longer recorded", self._run.id, exc_info=error)
        problem = safe_file.why(error) if isinstance(error, OSError) else str(error)
        with self._changed:
            self.problem = self.problem or NotResumable(folder=self._folder, problem=problem)
            self._waiting.clear()
            self._bytes = 0
            self._release_run()
            self._changed.notify_all()

    def _release_run(self) -> None:
        if self._held is not None:
            self._held.release()
            self._held = None

    def _release(self) -> None:
        if self._appender is not None:
            self._appender.close()
            self._appender = None


# -- what the records mean


@dataclass(frozen=True, slots=True)
class Parted:
    """The content of the last record of a step."""

    numbers: dict[str, object]  # fields that are neither picture nor snapshot
    small: tuple[str, ...]  # names of the pictures that are identical with the thumbnail
    thumbnail: bytes  # compressed; empty if there is none


def path_of(folder: Path, id: str) -> Path:
    return folder / f"{id}.run"


def start_of(id: str) -> Start:
    return Start.of(VERSION, UUID(id).bytes)


def steps_among(records: Iterable[Record]) -> list[dict[int, Record]]:
    """The records of each step that counts, by kind."""
    steps: list[dict[int, Record]] = []
    parts: dict[int, Record] = {}
    for record in records:
        match record.kind:
            case RecordKind.SNAPSHOT:
                parts = {record.kind: record}
            case RecordKind.ESTIMATE | RecordKind.NOISY:
                parts[record.kind] = record
            case RecordKind.STEP:
                while steps and steps[-1][RecordKind.STEP].number >= record.number:
                    steps.pop()
                steps.append({**parts, record.kind: record})
                parts = {}
    return steps


def parted(step: bytes) -> Parted:
    [length] = _LENGTH.unpack_from(step)
    end = _LENGTH.size + length
    facts = json.loads(step[_LENGTH.size : end])
    return Parted(
        {name: None if name in UNKNOWN and value != value else value for name, value in facts["numbers"].items()},
        tuple(facts["small"]),
        step[end:],
    )


def state(ending: Ending, picture: Path | None, pinned: bool, name: str) -> NewRecord:
    named = {"name": name} if name else {}
    return RecordKind.STATE, 0, _json({"ending": ending, "picture": str(picture) if picture else None, "pinned": pinned, **named})


def _entries(event: Event) -> list[NewRecord]:
    match event:
        case Plan():
            return [(RecordKind.PLAN, 0, _json(asdict(event)))]
        case Picture():
            return [(RecordKind.PICTURE, 0, packing.press_exactly(event.pixels))]
        case Step():
            return _step_entries(event)
    return []


def _step_entries(step: Step) -> list[NewRecord]:
    """Raises `StepDamaged` if the snapshot is only on disk, in a file that has lost it."""
    if not step.snapshot:
        raise StepDamaged(step=step.number)
    thumbnail, small = step.thumbnail, []
    entries: list[NewRecord] = [(RecordKind.SNAPSHOT, step.number, packing.pack(step.snapshot))]
    for kind, name in ((RecordKind.ESTIMATE, "estimate"), (RecordKind.NOISY, "noisy")):
        pixels = getattr(step, name)
        if pixels is not None and pixels is thumbnail:
            small.append(name)
        elif pixels is not None:
            entries.append((kind, step.number, packing.press(pixels)))
    numbers = {name: math.nan if value is None else value for name, value in _numbers(step).items()}
    facts = _json({"numbers": numbers, "small": small})
    last = _LENGTH.pack(len(facts)) + facts + (packing.press(thumbnail) if thumbnail else b"")
    return [*entries, (RecordKind.STEP, step.number, last)]


def _numbers(step: Step) -> dict[str, object]:
    return {field.name: getattr(step, field.name) for field in NUMBERS}


def _json(document: dict[str, object]) -> bytes:
    return json.dumps(document).encode()


def _nbytes(event: Event | Path) -> int:
    match event:
        case Step():
            return event.nbytes
        case Picture():
            return len(event.pixels.data)
    return 0


def _opened(folder: Path, run: Run) -> Appender:
    """Open the file of `run` for writing at its end; create it if there is none."""
    safe_file.make_folder(folder)
    path, start = path_of(folder, run.id), start_of(run.id)
    begin = RecordKind.BEGIN, 0, _json({"recipe": run.recipe.to_dict(), "parent": run.parent, "branched_after": run.branched_after})
    is_new = not path.exists()
    if is_new:
        records.create(path, start, begin)
    try:
        try:
            appender = Appender(path, start)
        except NotRecords:  # nothing in it can be read: replace it
            records.remove(path)
            records.create(path, start, begin)
            appender = Appender(path, start)
    except BlockingIOError as error:
        raise RecordingBusy from error
    except NewerRecords as error:
        raise RecordingNewer from error
    try:
        if not is_new and _is_newer(appender):
            raise RecordingNewer
        if not _is_sound(appender, run):
            appender.check()
        if not appender.records:
            appender.append([begin])
    except BaseException:
        appender.close()
        raise
    return appender


def _is_newer(appender: Appender) -> bool:
    """Whether its recipe cannot be read completely: to resume it would make another picture."""
    try:
        _, lost = Recipe.from_dict(json.loads(appender.payload(appender.records[0]))["recipe"])
    except (LookupError, TypeError, ValueError, DamagedRecord):
        return False
    return bool(lost)


def _is_sound(appender: Appender, run: Run) -> bool:
    """Whether the first record can be read and, if the run is being resumed, the file lists no more steps than could be read."""
    try:
        appender.payload(appender.records[0])
    except (IndexError, DamagedRecord):
        return False
    return run.ending is not Ending.RUNNING or len(steps_among(appender.records)) <= len(run.own_steps)
