"""Generation: what is being made, what is paused and what comes next. One coroutine tells the whole story of a run."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal

from ..diffusion.recipe import Recipe
from ..diffusion.run import Ending, Event, LiveViews, Phase, Plan, Previews, Run, Step, WatchedViews
from ..errors import DiskFull, FolderUnwritable, MemoryTight, TurnForbidden
from .held_runs import HeldRuns
from .notices import Action, Notices
from .pace import Pace
from .timeline import Timeline
from .triage import Triage

if TYPE_CHECKING:
    from ..generate import Darkroom, Save


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One press on Generate, or what is left of it: `pictures` pictures with the seeds from `recipe.seed` on."""

    recipe: Recipe
    pictures: int = 1
    insist: bool = False  # although memory is tight
    run: Run | None = None  # the first of the pictures, which may have begun already; made where there is none
    until: int | None = None  # its step that is enough until somebody wants more
    twin: Run | None = None  # another run, than which it may be one step ahead
    once: bool = False  # it pauses after one step
    behind: tuple[Job, ...] = ()  # what is held with it, and goes on with it

    def __post_init__(self) -> None:
        if self.run is None:
            object.__setattr__(self, "run", Run(self.recipe))

    @property
    def after_first(self) -> Job | None:
        """What is left of it once its first picture is made."""
        return Job(self.recipe.with_seed(self.recipe.seed + 1), self.pictures - 1, self.insist) if self.pictures > 1 else None


class Generation(QObject):
    """Makes one picture after another, on one machine.

    What waits is due, or held until the user says so. What a person does with a run that has begun goes first: the run at work pauses
    at its next boundary and is next. A pause of the user holds the line too; going on sets it in motion again.
    """

    changed = Signal()  # running or not, pausing, phase, pace, breakpoints
    queue_changed = Signal()
    saved = Signal(object)  # Run, its picture safely on disk
    unsaved = Signal(object)  # Run, its picture only in memory
    ended = Signal(object)  # Run, whichever way, and it may be gone on with
    triage_opened = Signal(object)  # Triage, among whose runs the user is to choose
    place_wanted = Signal(object)  # Run, for whose picture the user wants to choose a place

    def __init__(self, darkroom: Darkroom, timeline: Timeline, held: HeldRuns, notices: Notices, save: Save, previews: Previews) -> None:
        super().__init__()
        self._darkroom = darkroom
        self._timeline = timeline
        self._held_runs = held
        self._notices = notices
        self._save = save
        self.previews = previews  # for the next run
        self._first: deque[Job] = deque()  # what the run at work makes way for
        self._due: deque[Job] = deque()
        self._held: deque[Job] = deque()
        self._job: Job | None = None  # the press at work, as its current picture began
        self._rest: Job | None = None  # what comes after that picture
        self._triages: list[Triage] = []  # of which nothing is chosen yet
        self._breakpoints: dict[str, set[int]] = {}  # by the id of a run
        self._serving: asyncio.Task[None] | None = None
        self._making: asyncio.Task[None] | None = None
        self._making_way = False  # the run at work is to pause, and to go on by itself
        self._failed = False  # the run at work has
        self._dropping = False  # nobody wants the run at work any more
        self._refreshing = False
        self._gaze = WatchedViews()  # at the run at work; swapped whole, since it is read on the worker
        timeline.gaze_changed.connect(self._mind_gaze)
        self.run: Run | None = None
        self.phase: Phase | None = None
        self.pace: Pace | None = None
        self.pausing = False  # the run at work pauses at its next boundary
        self.stopping = False

    @property
    def running(self) -> bool:
        return self._job is not None

    @property
    def up_next(self) -> list[Job]:
        return [*self._first, *([self._rest] if self._rest else []), *self._due, *self._held]

    @property
    def holding(self) -> bool:
        """Whether jobs wait for the user's word: after a pause, a stop or a failure, and when they come from an earlier session."""
        return bool(self._held)

    @property
    def is_behind(self) -> bool:
        """Whether the run at work waits for the disk that records it."""
        return self._darkroom.is_behind

    @property
    def triages(self) -> list[Triage]:
        """Those in which nothing is chosen yet, the newest last."""
        return [triage for triage in self._triages if triage.chosen is None]

    @property
    def unfinished(self) -> list[Job]:
        """Everything that must survive a close or a kill, the picture at work first, unless it is being stopped."""
        at_work = [self._job if self._rest else replace(self._job, pictures=1)] if self._job and not self.stopping else []
        waiting = [*at_work, *self._first, *self._due, *self._held]
        asked = [job for job in waiting if job.until is None]  # what is only to be looked at was not asked for yet
        return [each for job in asked for each in (job, *([Job(job.twin.recipe, run=job.twin)] if _has_company(job) else []))]

    @property
    def needed(self) -> set[str]:
        """The ids of the runs that are at work, in line, or waiting to be chosen."""
        jobs = [*([self._job] if self._job else []), *self.up_next]
        waiting = [run for triage in self.triages for run in triage.runs]
        return {run.id for run in (*waiting, *(run for job in jobs for run in (job.run, job.twin) if run))}

    # -- what waits

    def generate(self, recipe: Recipe, pictures: int = 1) -> None:
        """Make it as soon as what is due before it is made. When nothing is, its steps are what the user wants to see."""
        if not self.running:
            self._timeline.follow_next()
        self._due.append(Job(recipe, pictures))
        self._serve_soon()

    def hold(self, jobs: Iterable[Job]) -> None:
        """Put `jobs` in line without starting them."""
        self._held.extend(jobs)
        self.queue_changed.emit()

    def recall(self, run: Run, goes_on: bool = True) -> None:
        """`run` was read from its recording: it takes the place of the one with its id that waits, unless it is made already.

        Where it does not go on, what is left of its press waits alone.
        """
        for line in (self._first, self._due, self._held):
            for place, job in enumerate(line):
                if job.run.id == run.id and job.run is not run:
                    left = replace(job, recipe=run.recipe, run=run) if goes_on and run.ending is Ending.PAUSED else job.after_first
                    line.remove(job)
                    if left:
                        line.insert(place, left)
                    break
        self.queue_changed.emit()

    def resume(self) -> None:
        """Start what is held; its first run is what the user wants to see."""
        if self._held and not self.running:
            first = self._held[0]
            if first.run.plan is None:
                self._timeline.follow_next()
            elif first.twin is None or self._timeline.run not in (first.run, first.twin):
                self._timeline.show(first.run)
                self._timeline.compare_with(first.twin)
        self._due.extend(replace(job, once=False, behind=()) for job in self._held)
        self._held.clear()
        self._serve_soon()

    def remove(self, job: Job) -> None:
        """Make nothing of `job`; a run of it that has begun is not gone on with."""
        if job is self._rest:
            self._rest = None
        for line in (self._first, self._due, self._held):
            if job in line:
                line.remove(job)
                for run in filter(None, (job.run, job.twin)):
                    self._give_up(run)
        self.queue_changed.emit()

    # -- a run that has begun

    def pause(self) -> None:
        """Pause the run at work at its next boundary; until then `pausing` says so. What is up next waits as well."""
        if self._making is not None and not self.stopping:
            self.pausing = True
            self._held.extendleft(reversed(self._first))
            self._first.clear()
            self.changed.emit()
            self.queue_changed.emit()

    def go_on(self, run: Run | None = None) -> None:
        """Go on with `run`, or the one on screen: paused, stopped or failed, of this session or an earlier one."""
        run = run or self._timeline.run
        if run is None or run.ending is Ending.FINISHED:
            return
        is_at_work = self._job is not None and run in (self._job.run, self._job.twin)
        job = self._job if is_at_work else self._taken(run)
        released = [each for each in self._held if each in job.behind]
        for each in released:
            self._held.remove(each)
        self._due.extendleft(reversed(released))
        job = replace(job, once=False, behind=())
        if is_at_work:
            self._job, self.pausing = job, False
            self.changed.emit()
            self.queue_changed.emit()
        else:
            self._make_way_for(job)

    def step_once(self, run: Run | None = None) -> None:
        """One step on, and pause; the run at work pauses at its next boundary."""
        run = run or self._timeline.run
        if run is None or run.ending is Ending.FINISHED:
            return
        if self._job and run in (self._job.run, self._job.twin):
            self.pause()
        else:
            self._make_way_for(replace(self._taken(run), once=True))

    def breakpoints(self, run: Run) -> set[int]:
        """The steps after which `run` is to pause."""
        return self._breakpoints.get(run.id, set())

    def toggle_breakpoint(self, number: int, run: Run | None = None) -> None:
        """Pause `run`, or the one on screen, after step `number`; or no longer."""
        if run := run or self._timeline.run:
            self._breakpoints.setdefault(run.id, set()).symmetric_difference_update({number})
            self.changed.emit()

    def complete(self, run: Run) -> None:
        """Make `run`, which was to pause at some step, to its end; what is due goes first."""
        if self._job and run is self._job.run:
            self._job = replace(self._job, until=None)
        else:
            self._due.append(replace(self._taken(run), until=None))
            self._serve_soon()

    def stop(self) -> None:
        """Stop inside the current step, at once on the screen; what is due is held, not lost."""
        if self._making is not None and not self.stopping:
            self._hold_due()
            self._hold_rest()
            self._stop_making()

    def drop(self, run: Run) -> None:
        """Do not go on with `run`; its steps stay."""
        if self._job and run is self._job.run:
            self._dropping = True
            self._stop_making()
            return
        job = self._taken(run)
        if job.after_first:
            self._held.appendleft(job.after_first)
        self._give_up(run)
        self.queue_changed.emit()

    # -- runs made of runs

    def forbidden(self, run: Run, after: int, changes: dict[str, Any]) -> str | None:
        """Why `run` cannot branch so, to be translated; None where it can."""
        return self._darkroom.forbidden(run, after, changes)

    def branch(self, run: Run, after: int, changes: dict[str, Any]) -> Run:
        """A run that shares the steps of `run` up to `after` and goes on with `changes`; it is made at once, and shown.

        Raises `TurnForbidden`.
        """
        if reason := self.forbidden(run, after, changes):
            raise TurnForbidden(step=after, reason=reason)
        if "refine" not in changes:
            run = self._maker(run, after)
        branch = run.fork(after, run.recipe.turned(after, **changes))
        branch.end(Ending.PAUSED)  # until it is at work
        self._held_runs.hold(run)
        self._held_runs.hold(branch)
        self._timeline.show(branch)
        self._make_way_for(Job(branch.recipe, run=branch))
        return branch

    def _maker(self, run: Run, number: int) -> Run:
        """The run that made step `number` of `run`, as far as it is held: a branch shares the steps before it with its parent."""
        while run.branched_after is not None and number <= run.branched_after and (parent := self._held_runs.get(run.parent)):
            run = parent
        return run

    def refine(self, run: Run, after: int, seed: int) -> Run:
        """Give the finished latents of `run` the noise of step `after` again, drawn from `seed`, and develop them once more from there."""
        return self.branch(run, after, {"refine": seed})

    def triage(self, recipe: Recipe, seeds: Iterable[int], until: int) -> Triage:
        """Develop `recipe` with each of `seeds` to step `until`, so that the user can choose which to finish."""
        triage = self.choose_among([Run(recipe.with_seed(seed)) for seed in seeds], until)
        if not self.running:
            self._timeline.follow_next()
        self._due.extend(Job(run.recipe, run=run, until=until) for run in triage.runs)
        self._serve_soon()
        return triage

    def choose_among(self, runs: list[Run], until: int) -> Triage:
        """A choice among `runs`, which are to wait for it at step `until`."""
        triage = Triage(self, runs, until)
        self._triages = [*self.triages, triage]
        self.triage_opened.emit(triage)
        return triage

    def twins(self, recipe: Recipe, other: Recipe) -> tuple[Run, Run]:
        """Develop both in lock-step, under one playhead; where their models differ, one after the other."""
        one, two = Run(recipe), Run(other)
        self._timeline.show(one)
        self._timeline.compare_with(two)
        if recipe.model == other.model:
            self._due.append(Job(recipe, run=one, twin=two))
        else:
            self._due.extend([Job(recipe, run=one), Job(other, run=two)])
        self._serve_soon()
        return one, two

    # -- leaving

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

    # -- the line

    def _hold_due(self) -> None:
        self._held.extendleft([*reversed(self._due), *reversed(self._first)])
        self._due.clear()
        self._first.clear()

    def _hold_rest(self) -> None:
        if self._rest:
            self._held.appendleft(self._rest)
            self._rest = None

    def _taken(self, run: Run) -> Job:
        """The job that waits to go on with `run`, taken from its line; or a new one."""
        for line in (self._first, self._due, self._held):
            for job in line:
                if run in (job.run, job.twin):
                    line.remove(job)
                    return job
        return Job(run.recipe, run=run)

    def _make_way_for(self, job: Job) -> None:
        self._first.append(job)
        self._making_way = self._making is not None
        self._serve_soon()

    def _stop_making(self) -> None:
        if self._making is not None and not self.stopping:
            self.stopping = True
            self._making.cancel()
            self.changed.emit()
            self.queue_changed.emit()

    def _give_up(self, run: Run) -> None:
        if run.ending is Ending.PAUSED:
            run.end(Ending.STOPPED)
            self._notices.spawn(self._darkroom.note(run))
            self.ended.emit(run)

    def _serve_soon(self) -> None:
        if self._serving is None or self._serving.done():
            self._serving = self._notices.spawn(self._serve())
        self.queue_changed.emit()

    async def _serve(self) -> None:
        while self._first or self._due:
            self._job = job = (self._first or self._due).popleft()
            self._rest, self._failed = job.after_first, False
            self.changed.emit()
            self.queue_changed.emit()
            self._making = asyncio.ensure_future(self._make(job))
            await asyncio.wait([self._making])
            self._settle(self._job)
            self._making, self._making_way, self._job, self._rest, self.phase = None, False, None, None, None
            self.pausing = self.stopping = self._dropping = False
            self.ended.emit(job.run)
        self.changed.emit()
        self.queue_changed.emit()

    def _settle(self, job: Job) -> None:
        """Put what is left of `job`, whose run has ended or paused, into its line."""
        run, rest = job.run, self._rest
        if self.stopping and run.ending is Ending.RUNNING:  # before it had begun
            run.end(Ending.STOPPED)
        if self._dropping:  # it may have paused just before
            self._give_up(run)
        left = replace(job, pictures=1 + rest.pictures if rest else 1)
        if _has_company(job) and (run.ending is not Ending.PAUSED or len(job.twin.steps) < len(run.steps)):
            left = replace(left, recipe=job.twin.recipe, run=job.twin, twin=run)
        if run.ending is Ending.PAUSED:
            newest = len(run.steps) - 1
            at_breakpoint = newest in self.breakpoints(run)
            is_enough = job.until is not None and newest >= job.until
            if job.once and left.run is not run and not (self._failed or self.pausing or self.stopping):
                self._first.appendleft(left)  # the twin takes that one step too
            elif self._failed or (self.stopping and not is_enough) or (job.once and not self.pausing):
                self._held.appendleft(left)
            elif self.pausing or at_breakpoint:
                behind = tuple(self._due)
                self._due.clear()
                self._held.extendleft([*reversed(behind), *([] if is_enough else [replace(left, behind=(*job.behind, *behind))])])
            elif not is_enough:
                self._due.appendleft(left)
        else:
            rest = left if left.run is not run else rest
            if rest:
                is_asked = self._failed or self.stopping or job.once  # the user decides
                (self._held if is_asked else self._due).appendleft(rest)
            if self.pausing:
                self._held.extendleft(reversed(self._due))
                self._due.clear()

    async def _make(self, job: Job) -> None:
        self.run = run = job.run
        self.pace = None
        self._mind_gaze()
        timeline = self._timeline
        if run.plan is None and (timeline.run is None or timeline.following) and run not in (timeline.run, timeline.compare):
            timeline.show(run)
        try:
            await self._darkroom.generate(run, self.previews, self._save, self._observe, job.insist, self._pauses_after, lambda: self._gaze)
        except MemoryTight as tight:
            anyway = replace(job, insist=True)
            self._failed, self._rest = True, None  # what is left goes with the answer
            self._notices.report(tight, Action(QT_TRANSLATE_NOOP("Safelight", "Try anyway"), lambda: self._again(anyway)))
        except (DiskFull, FolderUnwritable) as problem:
            self._failed = True
            self._hold_due()  # every further picture would only fill the memory
            self.unsaved.emit(run)
            self._notices.report(problem, Action(QT_TRANSLATE_NOOP("Safelight", "Save as…"), lambda: self.place_wanted.emit(run)))
        except Exception as problem:
            self._failed = True
            self._notices.report(problem)
        finally:
            if run.path:
                self.saved.emit(run)
            if run.steps or run.picture:
                self._held_runs.hold(run)
            self._refresh()

    def _pauses_after(self, number: int) -> bool:
        """Whether the run at work is to pause after step `number`. Asked on the worker."""
        job = self._job
        if job is None or self.pausing or self._making_way or job.once or number in self.breakpoints(job.run):
            return True
        if _has_company(job) and number >= len(job.twin.steps):
            return True
        return job.until is not None and number >= job.until

    def _mind_gaze(self) -> None:
        self._gaze = self._timeline.gaze_at(self.run) if self.run else WatchedViews()

    def _again(self, job: Job) -> None:
        self._taken(job.run)
        self._due.appendleft(job)
        self._serve_soon()

    def _observe(self, event: Event) -> None:
        match event:
            case LiveViews():
                self._timeline.glimpse(self.run, event)
                return
            case Phase():
                self.phase = event
            case Plan():
                enough = event.calls if self._job is None or self._job.until is None else min(event.calls, self._job.until)
                self.pace = Pace(max(0, enough - max(0, len(self.run.steps) - 1)))
            case Step() if event.number > 0 and self.pace:
                self.pace.add(event.seconds + event.overhead_seconds)
        if not self._refreshing:  # once for a whole batch of events
            self._refreshing = True
            asyncio.get_running_loop().call_soon(self._refresh)

    def _refresh(self) -> None:
        self._refreshing = False
        if self.run is not None and self.run in (self._timeline.run, self._timeline.compare):
            self._timeline.refresh()
        self.changed.emit()


def _has_company(job: Job) -> bool:
    """Whether its twin is still to be made."""
    return job.twin is not None and job.twin.ending not in (Ending.FINISHED, Ending.FAILED)
