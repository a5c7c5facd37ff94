"""Generation: what is being made and what comes next. One coroutine tells the whole story of a picture."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal

from ..diffusion.errors import DiskFull, FolderUnwritable, MemoryTight
from ..diffusion.recipe import Recipe
from ..diffusion.run import Ending, Event, Phase, Plan, Previews, Run, Step
from .held_runs import HeldRuns
from .notices import Action, Notices
from .pace import Pace
from .timeline import Timeline

if TYPE_CHECKING:
    from ..generate import Darkroom
    from ..library.artwork import Artwork


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One press on Generate: `pictures` pictures with the seeds from `recipe.seed` on."""

    recipe: Recipe
    pictures: int = 1
    insist: bool = False       # although memory is tight

    @property
    def after_first(self) -> Job | None:
        """What is left of it once its first picture is made."""
        return replace(self, recipe=self.recipe.with_seed(self.recipe.seed + 1), pictures=self.pictures - 1) if self.pictures > 1 else None


class Generation(QObject):
    """Makes one picture after another. What waits is either due, or held until the user starts it."""

    changed = Signal()                 # running or not, phase, pace
    queue_changed = Signal()
    saved = Signal(object)             # Run, its picture safely on disk
    unsaved = Signal(object)           # Run, its picture only in memory
    place_wanted = Signal(object)      # Run, for whose picture the user wants to choose a place

    def __init__(self, darkroom: Darkroom, timeline: Timeline, held: HeldRuns, notices: Notices,
                 save: Callable[[Artwork], Path], previews: Previews) -> None:
        super().__init__()
        self._darkroom = darkroom
        self._timeline = timeline
        self._held_runs = held
        self._notices = notices
        self._save = save
        self.previews = previews           # for the next run
        self._due: deque[Job] = deque()
        self._held: deque[Job] = deque()
        self._job: Job | None = None       # the press at work, as its current picture began
        self._rest: Job | None = None      # what comes after that picture
        self._serving: asyncio.Task[None] | None = None
        self._making: asyncio.Task[None] | None = None
        self._refreshing = False
        self.run: Run | None = None
        self.phase: Phase | None = None
        self.pace: Pace | None = None
        self.stopping = False

    @property
    def running(self) -> bool:
        return self._job is not None

    @property
    def up_next(self) -> list[Job]:
        return [*([self._rest] if self._rest else []), *self._due, *self._held]

    @property
    def holding(self) -> bool:
        """Whether jobs wait for the user's word: after a stop, after a failure, and when they come from an earlier session."""
        return bool(self._held)

    @property
    def unfinished(self) -> list[Job]:
        """Everything that must survive a close or a kill, the picture at work first."""
        at_work = [self._job if self._rest else replace(self._job, pictures=1)] if self._job else []
        return [*at_work, *self._due, *self._held]

    def generate(self, recipe: Recipe, pictures: int = 1) -> None:
        """Make it as soon as what is due before it is made. When nothing is, its steps are what the user wants to see."""
        if not self.running:
            self._timeline.follow_next()
        self._due.append(Job(recipe, pictures))
        self._serve_soon()

    def hold(self, jobs: list[Job]) -> None:
        """Put `jobs` in line without starting them."""
        self._held.extend(jobs)
        self.queue_changed.emit()

    def resume(self) -> None:
        """Start what is held."""
        self._due.extend(self._held)
        self._held.clear()
        self._serve_soon()

    def remove(self, job: Job) -> None:
        if job is self._rest:
            self._rest = None
        for line in (self._due, self._held):
            if job in line:
                line.remove(job)
        self.queue_changed.emit()

    def stop(self) -> None:
        """Stop inside the current step, at once on the screen; what is due is held, not lost."""
        if self._making is None or self.stopping:
            return
        self.stopping = True
        self._hold_due()
        self._hold_rest()
        self._making.cancel()
        self.changed.emit()
        self.queue_changed.emit()

    async def finish(self) -> None:
        """Return once the picture at work is done; what is up next stays in line."""
        self._hold_due()
        self._hold_rest()
        if self._serving is not None:
            await asyncio.wait([self._serving])

    async def stopped(self, patience: float) -> None:
        """Return once the worker has let go, or after `patience` seconds."""
        if self._serving is not None:
            await asyncio.wait([self._serving], timeout=patience)

    def _hold_due(self) -> None:
        self._held.extendleft(reversed(self._due))
        self._due.clear()

    def _hold_rest(self) -> None:
        if self._rest:
            self._held.appendleft(self._rest)
            self._rest = None

    def _serve_soon(self) -> None:
        if self._serving is None or self._serving.done():
            self._serving = self._notices.spawn(self._serve())
        self.queue_changed.emit()

    async def _serve(self) -> None:
        while self._due:
            self._job = self._due.popleft()
            while self._job:
                self._rest = self._job.after_first
                self.changed.emit()
                self.queue_changed.emit()
                self._making = asyncio.ensure_future(self._make(self._job))
                await asyncio.wait([self._making])
                if self.run and self.run.ending is Ending.FAILED:      # the same again would fail alike: the user decides
                    self._hold_rest()
                self._job, self._rest = self._rest, None
                self._making, self.stopping, self.phase = None, False, None
            self.changed.emit()
            self.queue_changed.emit()

    async def _make(self, job: Job) -> None:
        self.run = run = Run(job.recipe)
        self.pace = None
        if self._timeline.run is None or self._timeline.following:
            self._timeline.show(run)
        try:
            await self._darkroom.generate(run, self.previews, self._save, self._observe, job.insist)
        except MemoryTight as tight:
            anyway = replace(job, insist=True)
            self._rest = None                          # goes with the answer
            self._notices.report(tight, Action(QT_TRANSLATE_NOOP("Safelight", "Try anyway"), lambda: self._again(anyway)))
        except (DiskFull, FolderUnwritable) as problem:
            self._hold_due()                           # every further picture would only fill the memory
            self.unsaved.emit(run)
            self._notices.report(problem, Action(QT_TRANSLATE_NOOP("Safelight", "Save as…"), lambda: self.place_wanted.emit(run)))
        except Exception as problem:
            self._notices.report(problem)
        else:
            self.saved.emit(run)
        finally:
            if run.steps or run.picture:
                self._held_runs.hold(run)
            self._refresh()

    def _again(self, job: Job) -> None:
        self._due.appendleft(job)
        self._serve_soon()

    def _observe(self, event: Event) -> None:
        match event:
            case Phase():
                self.phase = event
            case Plan():
                self.pace = Pace(event.calls)
            case Step() if event.number > 0 and self.pace:
                self.pace.add(event.seconds + event.overhead_seconds)
        if not self._refreshing:       # once for a whole batch of events
            self._refreshing = True
            asyncio.get_running_loop().call_soon(self._refresh)

    def _refresh(self) -> None:
        self._refreshing = False
        if self._timeline.run is self.run:
            self._timeline.refresh()
        self.changed.emit()
