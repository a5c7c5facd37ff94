"""Trainings: trains small models as work of the queue, keeps them on disk, and lets every run go first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from ..diffusion.control import Control
from ..diffusion.run import Pixels, uuid7
from ..errors import QT_TRANSLATE_NOOP, SafelightError, TooFewPictures, TrainingDiverged, TrainingUnsaved, TrainingUnwritable
from ..learn.training.checkpoint import Checkpoint, Kept, read_kept
from ..learn.training.course import MOMENTS, Course, held_back
from ..learn.training.events import Ended, Event, Glimpse, Lines, Moment, Planned, Saved
from ..learn.training.record import Beginning, packed_moment, read_moment
from ..library import safe_file
from ..library.artwork import free_path
from ..library.naming import safe_name
from ..library.trainings import CHECKPOINT, KEPT, MOMENT, PICTURES, TrainingFolders
from .notices import NoticeKind, Notices
from .politeness import Politeness
from .queue import Queue
from .undo import Change, Revert, Undo

T = TypeVar("T")

if TYPE_CHECKING:
    from ..learn.pictures import PictureSet
    from ..learn.training.session import Session
    from ..machine import Machine

REMEMBERED = 40  # steps that tell how fast it is; a few of them may include other work


class State(Enum):
    PAUSED = auto()
    WAITING = auto()  # for a run that goes first
    PREPARING = auto()
    RUNNING = auto()
    FINISHED = auto()
    FAILED = auto()


@dataclass(eq=False)
class Training:
    """One training, as far as it is known. Only `Trainings` changes it."""

    id: str
    beginning: Beginning
    course: Course
    step: int = 0
    state: State = State.PAUSED
    losses: list[float] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)  # in the order of their steps
    kept: tuple[int, ...] = ()  # steps, in order, whose checkpoints were kept besides the newest one
    glimpse: Glimpse | None = None  # of the newest step
    is_open: bool = False  # its pictures and moments are read
    lines: Lines | None = None
    by_chance: float = 0.0  # share of real pictures that the copy meter would call copies
    pace: float | None = None  # s a step
    pace_of_moments: float = 0.0  # s

    @property
    def learned(self) -> int:
        """The number of pictures that it learns from; the others are only in its exam."""
        return len(self.beginning.pictures) - held_back(len(self.beginning.pictures))

    @property
    def is_active(self) -> bool:
        return self.state in (State.WAITING, State.PREPARING, State.RUNNING)

    @property
    def is_finished(self) -> bool:
        return self.state is State.FINISHED

    @property
    def picture(self) -> Pixels | None:
        """The first sample of the newest moment; None if it is not read."""
        if not self.moments:
            return None
        from ..learn.pixels import pixels_of

        return pixels_of(self.moments[-1].samples[0])

    def branches_at(self, step: int | None) -> int:
        """After which step a branch begins that is wanted after `step` (None: the newest): the last one before it that was kept."""
        if step is None or step >= self.step:
            return self.step
        return max((kept for kept in self.kept if kept <= step), default=0)

    @property
    def seconds_left(self) -> float | None:
        """None until the probe has ended."""
        if self.pace is None or not self.course.steps:
            return None
        moments = sum(step > self.step for step in self.course.moments)
        return (self.course.steps - self.step) * self.pace + moments * self.pace_of_moments


@dataclass(frozen=True, slots=True)
class Work:
    """What stands in the queue for a training."""

    training: Training


class Trainings(QObject):
    """At most one training computes. It returns the machine at its next step as soon as a run waits, and continues afterwards."""

    listed = Signal()  # trainings were added, removed, or read
    changed = Signal(object)  # Training: its state, step or numbers
    moment_added = Signal(object)  # Training
    exported = Signal(object)  # Path: the folder of a pipeline

    def __init__(
        self, machine: Machine, queue: Queue, notices: Notices, undo: Undo, folders: TrainingFolders, politeness: Politeness
    ) -> None:
        super().__init__()
        self._machine = machine
        self._queue = queue
        self._notices = notices
        self._undo = undo
        self._folders = folders
        self._politeness = politeness
        self._trainings: list[Training] = []
        self._active: Training | None = None  # the one that computes or waits
        self._paused: Training | None = None  # the one that was paused last
        self._session: Session | None = None  # of `_active`, or of the one that was paused last
        self._owner: Training | None = None  # of `_session`
        self._is_computing = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._opening = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._writes: set[asyncio.Task[None]] = set()  # not on disk yet
        self._unsaved = False  # the newest checkpoint could not be written
        self._is_closing = False
        self._last_step = 0.0  # when it ended
        self._intervals: list[float] = []  # s, of the newest steps
        self.guidance = 1.0  # of the samples
        queue.register(Work, self._perform, yields=True)
        queue.changed.connect(self._continue)

    @property
    def all(self) -> tuple[Training, ...]:
        """Newest last."""
        return tuple(self._trainings)

    @property
    def active(self) -> Training | None:
        """The training that computes or waits for its turn."""
        return self._active

    @property
    def at_hand(self) -> Training | None:
        """The active training, or else the one that was paused last in this session, if it can be resumed."""
        paused = self._paused
        return self._active or (paused if paused is not None and paused.state is State.PAUSED and paused in self._trainings else None)

    async def load(self) -> None:
        """Read the list of the trainings of earlier sessions; their pictures and moments are read by `open`."""
        known = {training.id for training in self._trainings}
        found, problems = await asyncio.to_thread(self._read_all, known)
        for problem in problems:
            self._notices.report(problem)
        self._trainings = sorted([*found, *self._trainings], key=lambda training: training.id)
        self.listed.emit()

    async def open(self, training: Training) -> None:
        """Read the pictures and the moments of `training`, if that was not done yet."""
        async with self._opening:
            if training.is_open:
                return
            beginning, by_chance, moments, kept = await asyncio.to_thread(self._read_whole, training.id)
            training.beginning, training.by_chance, training.is_open = beginning, by_chance, True
            training.kept = tuple(sorted({*training.kept, *(step for step in kept if step <= training.step)}))
            training.moments = training.moments or [moment for moment in moments if moment.step <= training.step]
        self.moment_added.emit(training)

    # -- what the user does

    async def start(self, pictures: PictureSet, course: Course) -> Training:
        """Begin a training; one that is active is paused. Raises `TooFewPictures` or `TrainingUnwritable`."""
        if not len(pictures):
            raise TooFewPictures(folder=pictures.name)
        beginning = Beginning(course, pictures, _now())
        training = Training(uuid7(), beginning, course, is_open=True)
        await self._create(training, lambda: {PICTURES: beginning.packed()})
        self.resume(training)
        return training

    def resume(self, training: Training) -> None:
        """Continue `training`; another one that is active is paused."""
        if training is self._active or training.state in (State.FINISHED, State.FAILED):
            return
        if self._active is not None:
            self.pause()
        self._active = training
        self._show(training, State.WAITING)
        self._continue()

    def pause(self) -> None:
        """Pause the active training at its next step; it is saved."""
        training, self._active = self._active, None
        if training is not None:
            self._paused = training
            self._show(training, State.PAUSED)
            if training is self._owner and not self._is_computing:
                self._write(self._save_session())

    async def branch(self, training: Training, rate: float, at: int | None = None) -> Training:
        """A new training with another learning rate that continues from where `training` was at `branches_at(at)`. It starts at once.

        At the end of one that is finished it gets half as many steps again. Raises `TrainingUnwritable` or `TrainingDamaged`.
        """
        if training is self._active:
            self.pause()
        await self._idle.wait()
        await self.open(training)
        checkpoint = await self._checkpoint(training, training.branches_at(at))
        step, before = (checkpoint.kept.step, checkpoint.kept.course) if checkpoint else (0, training.course)
        steps = before.steps + before.steps // 2 if before.steps and step >= before.steps else before.steps
        course = replace(before, rate=rate, steps=steps)
        beginning = replace(training.beginning, course=course, created=_now(), parent=training.id, branched_at=step)
        moments = [moment for moment in training.moments if moment.step <= step]
        other = Training(uuid7(), beginning, course, step, losses=list(checkpoint.kept.losses) if checkpoint else [], moments=moments)
        other.kept = (step,) if step else ()
        other.is_open, other.by_chance, other.lines = True, training.by_chance, training.lines

        def files() -> dict[str, bytes]:
            content = {PICTURES: beginning.packed()}
            if checkpoint:
                start = replace(checkpoint, kept=replace(checkpoint.kept, course=course)).packed()
                content |= {CHECKPOINT: start, KEPT.format(step=step): start}
            return content | {MOMENT.format(step=moment.step): packed_moment(moment) for moment in moments}

        await self._create(other, files)
        self.resume(other)
        return other

    async def remove(self, training: Training) -> None:
        """Remove `training`; it can be undone."""
        if training is self._active:
            self.pause()
        await self._idle.wait()
        if await self._set_aside(training):
            self._undo.record(
                Change(
                    QT_TRANSLATE_NOOP("Safelight", "removing a training"),
                    QT_TRANSLATE_NOOP("Safelight", "The training was removed."),
                    self._putting_back(training),
                )
            )

    async def sample(self, training: Training, guidance: float) -> Moment | None:
        """The samples of the newest weights with `guidance`; None if nothing was learned yet."""
        if not training.step:
            return None
        session = await self._session_of(training)
        steps = session.samples(guidance)
        found: list[Moment] = []

        def look(control: Control, emit: Callable[[Moment], None]) -> None:
            from ..learn.training.session import SLICE

            until = time.perf_counter() + SLICE
            while time.perf_counter() < until:
                if (moment := next(steps, None)) is not None:
                    emit(moment)
                    return

        while not found:
            async for moment in self._machine.compute(look):
                found.append(moment)
        return found[0]

    async def export(self, training: Training, folder: Path, kind: int | None) -> Path:
        """Write `training` as a pipeline of diffusers in a new folder below `folder`. `kind`: the label that it draws; None: any.

        Raises `TrainingUnwritable` or `TrainingDamaged`.
        """
        session = await self._session_of(training)

        def work(control: Control, emit: Callable[[dict[str, bytes]], None]) -> None:
            from ..learn.training.export import exported

            emit(exported(session.trainer.steady(), session.course, kind))

        files = await self._computed(work)
        step = session.trainer.step
        words = [training.beginning.pictures.name, *([training.beginning.pictures.kinds[kind]] if kind is not None else []), str(step)]
        path = await asyncio.to_thread(_written, folder, safe_name("-".join(words)), files)
        self._notices.tell(
            NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The model was written to {folder} and is listed in Models."), folder=path
        )
        self.exported.emit(path)
        return path

    async def close(self) -> None:
        """Pause and save; nothing starts afterwards."""
        self._is_closing = True
        self.pause()
        await self._idle.wait()
        await self._flushed()

    def reopen(self) -> None:
        """The program is not closed after all."""
        self._is_closing = False

    # -- the queue

    def _continue(self) -> None:
        """Enter the queue if a training wants to compute and nothing else does."""
        if self._active is None or self._is_computing or self._is_closing or self._queue.is_serving:
            return
        if not any(isinstance(work, Work) for work in self._queue):
            self._queue.add(Work(self._active))

    async def _perform(self, work: Work) -> None:
        training = work.training
        if training is not self._active:
            return
        self._is_computing = True
        self._idle.clear()
        self._politeness.begin()
        try:
            await self._train(training)
            await self._save_session()
        except Exception as problem:
            self._notices.report(problem)
            self._show(training, State.FAILED if isinstance(problem, TrainingDiverged) else State.PAUSED)
            if self._active is training:
                self._active = None
            await self._give_up_session()
        finally:
            self._politeness.end()
            self._is_computing = False
            self._idle.set()
        if training is self._active:
            self._show(training, State.WAITING)

    async def _train(self, training: Training) -> None:
        self._show(training, State.PREPARING)
        session = await self._session_of(training)
        self._show(training, State.RUNNING)
        self._last_step, self._intervals = 0.0, []
        while training is self._active and not self._queue.is_serving and not session.has_ended:
            session.guidance = self.guidance
            async for event in self._machine.compute(session.slice):
                self._take(training, event)
        if session.has_ended:
            self._show(training, State.FINISHED)
            if self._active is training:
                self._active = None

    def _take(self, training: Training, event: Event) -> None:
        match event:
            case Glimpse():
                training.glimpse, training.step = event, event.step
                training.losses.append(event.loss)
                self._measure(training)
                self.changed.emit(training)
            case Planned():
                training.course = event.course
            case Lines():
                training.lines = event
                self.changed.emit(training)
            case Moment():
                training.moments = [*(moment for moment in training.moments if moment.step < event.step), event]
                if self._last_step:
                    training.pace_of_moments = time.monotonic() - self._last_step
                self._last_step = 0.0
                self._write(self._write_moment(training, event))
                self.moment_added.emit(training)
            case Saved():
                self._write((self._keep if event.stays else self._write_checkpoint)(training, event.checkpoint))
            case Ended():
                pass

    def _measure(self, training: Training) -> None:
        now = time.monotonic()
        if self._last_step:
            self._intervals = [*self._intervals[1 - REMEMBERED :], now - self._last_step]
            training.pace = median(self._intervals)
        self._last_step = now

    def _show(self, training: Training, state: State) -> None:
        if training.state is not state:
            training.state = state
            self.changed.emit(training)

    # -- sessions and files

    async def _computed(self, work: Callable[[Control, Callable[[T], None]], None]) -> T:
        """The one value that `work` emits on the machine."""
        [value] = [value async for value in self._machine.compute(work)]
        return value

    async def _session_of(self, training: Training) -> Session:
        """The session of `training`: the one at work, or one made from what is on disk. It is kept unless another training is active."""
        if self._session is not None and self._owner is training:
            return self._session
        await self.open(training)
        checkpoint = await self._saved_checkpoint(training)
        pictures = training.beginning.pictures
        course = checkpoint.kept.course if checkpoint else training.course
        done = [moment.step for moment in training.moments if checkpoint and moment.step <= checkpoint.kept.step]

        def make(control: Control, emit: Callable[[Session], None]) -> None:
            from ..learn.training.session import Session

            emit(Session(course, pictures, checkpoint, done))

        session = await self._computed(make)
        training.by_chance = session.by_chance
        if self._active in (None, training):
            self._session, self._owner = session, training
        return session

    async def _checkpoint(self, training: Training, step: int) -> Checkpoint | None:
        """The state of `training` after `step` steps, the newest one or one that was kept; None where there is none."""
        if step < training.step:
            await self._flushed()
            return await asyncio.to_thread(Checkpoint.read, self._folders.kept(training.id, step)) if step else None
        if self._session is not None and self._owner is training:
            return await self._computed(_taking(self._session))
        return await self._saved_checkpoint(training)

    async def _saved_checkpoint(self, training: Training) -> Checkpoint | None:
        """The newest checkpoint of `training` on disk; None before it was first saved."""
        await self._flushed()
        path = self._folders.checkpoint(training.id)
        return await asyncio.to_thread(Checkpoint.read, path) if path else None

    async def _save_session(self) -> None:
        """Take a checkpoint of the session; it is written while other work goes on."""
        if self._session is not None and self._owner is not None:
            checkpoint = await self._computed(_taking(self._session))
            self._write(self._write_checkpoint(self._owner, checkpoint))

    async def _give_up_session(self) -> None:
        """Save what the session has, whose work has failed; it is made again from the disk if it is wanted."""
        try:
            await self._save_session()
        except Exception as problem:
            self._notices.report(problem)
        self._session = self._owner = None

    async def _create(self, training: Training, files: Callable[[], dict[str, bytes]]) -> None:
        try:
            await asyncio.to_thread(lambda: self._folders.create(training.id, files()))
        except OSError as problem:
            raise TrainingUnwritable(folder=self._folders.folder, problem=safe_file.why(problem)) from problem
        self._trainings.append(training)
        self.listed.emit()

    def _write(self, writing: Coroutine[object, None, None]) -> None:
        task = self._notices.spawn(writing)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _flushed(self) -> None:
        """Wait until everything so far is on disk, or could not be written."""
        while self._writes:
            await asyncio.wait(self._writes)

    async def _write_checkpoint(self, training: Training, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint on disk. If that fails, the user is told once, and the training continues."""
        async with self._writing:
            try:
                await asyncio.to_thread(lambda: self._folders.save_checkpoint(training.id, checkpoint.packed()))
                self._unsaved = False
            except OSError as problem:
                self._tell_unsaved(training, problem)

    async def _keep(self, training: Training, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint of a moment, if the disk has room for it."""
        async with self._writing:
            try:
                step = checkpoint.kept.step
                if await asyncio.to_thread(lambda: self._folders.keep(training.id, step, checkpoint.packed())):
                    training.kept = tuple(sorted({*training.kept, step}))
                    self.changed.emit(training)
            except OSError as problem:
                self._tell_unsaved(training, problem)

    async def _write_moment(self, training: Training, moment: Moment) -> None:
        async with self._writing:
            try:
                await asyncio.to_thread(lambda: self._folders.save_moment(training.id, moment.step, packed_moment(moment)))
            except OSError as problem:
                self._tell_unsaved(training, problem)

    def _tell_unsaved(self, training: Training, problem: OSError) -> None:
        if not self._unsaved:
            path = self._folders.checkpoint(training.id)
            step = read_kept(path).step if path else 0
            self._notices.report(TrainingUnsaved(folder=self._folders.folder, problem=safe_file.why(problem), step=step))
        self._unsaved = True

    async def _set_aside(self, training: Training) -> bool:
        await self._flushed()
        try:
            await asyncio.to_thread(self._folders.remove, training.id)
        except OSError as problem:
            self._notices.report(TrainingUnwritable(folder=self._folders.folder, problem=safe_file.why(problem)))
            return False
        if training is self._owner:
            self._session = self._owner = None
        self._trainings.remove(training)
        self.listed.emit()
        return True

    def _putting_back(self, training: Training) -> Revert:
        async def put_back() -> Revert | None:
            await asyncio.to_thread(self._folders.put_back, training.id)
            self._trainings = sorted([*self._trainings, training], key=lambda each: each.id)
            self.listed.emit()

            async def remove_again() -> Revert | None:
                return self._putting_back(training) if await self._set_aside(training) else None

            return remove_again

        return put_back

    def _read_all(self, known: set[str]) -> tuple[list[Training], list[SafelightError]]:
        found: list[Training] = []
        problems: list[SafelightError] = []
        self._folders.sweep()
        for id in self._folders:
            if id in known:
                continue
            try:
                beginning = Beginning.read(self._folders.pictures(id), with_pictures=False)
                path = self._folders.checkpoint(id)
                kept = read_kept(path) if path else Kept(beginning.course, 0, 1, {}, ())
            except SafelightError as problem:
                problems.append(problem)
                continue
            is_finished = bool(kept.course.steps) and kept.step >= kept.course.steps
            state = State.FINISHED if is_finished else State.PAUSED
            found.append(Training(id, beginning, kept.course, kept.step, state, list(kept.losses)))
        return found, problems

    def _read_whole(self, id: str) -> tuple[Beginning, float, list[Moment], list[int]]:
        """What it began with, the share of its pictures that the copy meter would call copies, its moments, and what was kept."""
        from ..learn.copies import CopyMeter

        beginning = Beginning.read(self._folders.pictures(id))
        pixels = beginning.pictures.pixels
        moments = []
        for path in self._folders.moments(id)[: 2 * MOMENTS + 2]:
            try:
                moments.append(read_moment(path))
            except SafelightError:
                continue
        return beginning, CopyMeter(pixels).by_chance() if len(pixels) > 1 else 0.0, moments, self._folders.kept_steps(id)


def _now() -> str:
    return f"{datetime.now().astimezone():%Y-%m-%dT%H:%M:%S%z}"


def _taking(session: Session) -> Callable[[Control, Callable[[Checkpoint], None]], None]:
    return lambda control, emit: emit(session.checkpoint())


def _written(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    """The new folder, with a number behind its name if that is taken. Raises `TrainingUnwritable`."""
    try:
        safe_file.make_folder(folder)
        path = free_path(folder, name, "")
        with safe_file.new_folder(path) as put:
            for place, content in files.items():
                put(place, content)
        return path
    except OSError as problem:
        raise TrainingUnwritable(folder=folder, problem=safe_file.why(problem)) from problem
