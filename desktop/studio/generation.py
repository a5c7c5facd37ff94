"""Generation: generates runs on one machine and decides what happens when a run ends, pauses or fails."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.control import Control
from ..diffusion.recipe import Recipe
from ..diffusion.run import Ending, Event, LiveViews, Phase, Plan, Previews, Run, Step
from ..errors import QT_TRANSLATE_NOOP, DiskFull, FolderUnwritable, MemoryTight, TurnForbidden
from ..library.drafts import Waiting
from .held_runs import HeldRuns
from .notices import Action, NoticeKind, Notices, quoted
from .offload_words import saving
from .pace import Pace
from .queue import Line, Queue, Removal
from .timeline import Arrangement, Timeline
from .triage import Triage
from .undo import Change, Revert, Undo

if TYPE_CHECKING:
    from ..generate import RunMaker, Save

MOST_QUOTED = 40  # characters of a prompt in a notice


@dataclass(frozen=True, slots=True)
class Pause:
    """Where each run of a job pauses by itself."""

    step: int  # after it
    is_choice: bool = False  # the queue continues, and the user chooses among such runs which to finish; else the queue waits

    @classmethod
    def after(cls, step: int | None) -> Pause | None:
        return None if step is None else cls(step)


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One press of Generate, or the rest of it: `run`, then more pictures with the following seeds."""

    run: Run  # the first picture; it may have started already
    pictures: int = 1
    insist: bool = False  # continue although memory is tight
    pause: Pause | None = None
    twin: Run | None = None  # the other run of a comparison; `run` may be one step ahead of it
    once: bool = False  # pause after one step
    behind: tuple[Job, ...] = ()  # jobs that were held together with this one and resume with it

    @property
    def recipe(self) -> Recipe:
        return self.run.recipe

    @property
    def after_first(self) -> Job | None:
        """The rest of the job after its first picture; None if there is none."""
        if self.pictures == 1:
            return None
        return Job(Run(self.recipe.with_seed(self.recipe.sampling.seed + 1)), self.pictures - 1, self.insist, self.pause)

    @property
    def choice_at(self) -> int | None:
        """The step at which `run` waits for a choice among several; None if it does not."""
        return self.pause.step if self.pause and self.pause.is_choice else None

    @property
    def has_company(self) -> bool:
        """Whether its twin is not finished yet."""
        return self.twin is not None and self.twin.ending not in (Ending.FINISHED, Ending.FAILED)

    @property
    def runs(self) -> tuple[Run, ...]:
        """`run`, and its twin if it has one."""
        return (self.run, self.twin) if self.twin else (self.run,)

    def is_of(self, run: Run) -> bool:
        return run in self.runs


@dataclass(frozen=True, slots=True)
class Removed:
    """A job that was taken out of the queue, for `Generation.put_back`."""

    removal: Removal
    job: Job
    paused: tuple[Run, ...]  # of its runs, those that were paused; they are stopped now
    endings: tuple[tuple[Run, Ending], ...]  # of its runs, after it was taken out


class Generation(QObject):
    """Generates the runs of the queue, one picture after another.

    Resuming or branching a run has priority: the current run pauses at its next boundary and continues afterwards.
    A pause by the user also holds the queue; resuming releases it.
    """

    changed = Signal()  # running or not, pausing, phase, pace, breakpoints
    queue_changed = Signal()
    saved = Signal(object)  # Run, its picture is on disk
    unsaved = Signal(object)  # Run, its picture is only in memory
    ended = Signal(object)  # Run: finished, paused, stopped or failed; it may be resumed later
    triage_opened = Signal(object)  # Triage, whose runs the user chooses from
    place_wanted = Signal(object)  # Run, whose picture the user wants to save elsewhere

    def __init__(
        self,
        maker: RunMaker,
        queue: Queue,
        timeline: Timeline,
        held: HeldRuns,
        notices: Notices,
        undo: Undo,
        save: Save,
        previews: Previews,
    ) -> None:
        super().__init__()
        self._maker = maker
        self.queue = queue
        self._timeline = timeline
        self._held_runs = held
        self._notices = notices
        self._saving: tuple[str, dict[str, object]] | None = None  # what was said of the latest run
        self._undo = undo
        self._save = save
        self.previews = previews  # for the next run
        self._job: Job | None = None  # the current job
        self._rest: Job | None = None  # the rest of the current job, after its current picture
        self._triages: list[Triage] = []  # choices that are still open
        self._breakpoints: dict[str, set[int]] = {}  # by run id
        self._making: asyncio.Task[None] | None = None
        self._control: Control | None = None  # of the current run
        self._yielding = False  # the current run pauses for another one, then continues
        self._failed = False  # the current run failed
        self._is_tight = False  # there is too little memory for it, so its whole job is held
        self._discarding = False  # the current run is being discarded
        self._recording = asyncio.Lock()  # held while the ending of a run is written
        self._endings: set[asyncio.Task[None]] = set()  # endings that are not written yet
        self._refreshing = False
        self._reading = False  # the recordings of the jobs of an earlier session
        self._resumes_when_read = False  # the queue
        self.run: Run | None = None
        self.phase: Phase | None = None
        self.pace: Pace | None = None
        self.pausing = False  # the current run pauses at its next boundary
        self.stopping = False
        queue.register(Job, self._perform)
        queue.changed.connect(self.queue_changed)
        timeline.watched_changed.connect(self._give_orders)

    @property
    def running(self) -> bool:
        return self._job is not None

    @property
    def up_next(self) -> list[Job]:
        """The queue after the current picture, in order."""
        return [*self._queued(Line.FIRST), *([self._rest] if self._rest else []), *self._queued(Line.DUE, Line.HELD)]

    @property
    def holding(self) -> bool:
        """Whether jobs are held until the user resumes the queue."""
        return self.queue.is_holding

    @property
    def is_behind(self) -> bool:
        """Whether the current run waits for its recording to be written."""
        return self._control is not None and self._control.is_held

    @property
    def triages(self) -> list[Triage]:
        """The choices that are still open, newest last."""
        return [triage for triage in self._triages if triage.chosen is None]

    @property
    def unfinished(self) -> list[Job]:
        """Jobs to restore after a close or a kill; the current one first, unless it is being stopped."""
        at_work = [self._job if self._rest else replace(self._job, pictures=1)] if self._job and not self.stopping else []
        # Seeds that wait for a choice are restored from their recordings, except those that have none yet.
        asked = [job for job in (*at_work, *self._queued(*Line)) if job.choice_at is None or not job.run.steps]
        return [each for job in asked for each in (job, *([Job(job.twin)] if job.twin and job.has_company else []))]

    @property
    def needed(self) -> set[str]:
        """Ids of the runs that are running, queued, or part of an open choice."""
        waiting = [run for triage in self.triages for run in triage.runs]
        return {run.id for run in (*waiting, *(run for job in self._jobs for run in job.runs))}

    @property
    def _jobs(self) -> list[Job]:
        """The current job, then the queue."""
        return [*([self._job] if self._job else []), *self.up_next]

    def _queued(self, *lines: Line) -> list[Job]:
        """The jobs in `lines` of the queue, in order."""
        return [work for line in lines for work in self.queue.line(line) if isinstance(work, Job)]

    def _is_wanted(self, run: Run) -> bool:
        """Whether `run` is running or queued."""
        return any(job.is_of(run) for job in self._jobs)

    # -- the queue

    def generate(self, recipe: Recipe, pictures: int = 1, pauses_after: int | None = None) -> None:
        """Queue `pictures` pictures of `recipe`. If no run is active, the timeline shows the new run.

        `pauses_after`: the step after which each of them pauses.
        """
        if not self.running:
            self._timeline.follow_next()
        self.queue.add(Job(Run(recipe), pictures, pause=Pause.after(pauses_after)))

    def generate_each(self, recipes: Iterable[Recipe]) -> list[Run]:
        """Queue a picture of each of `recipes` and return their runs. If no run is active, the timeline shows the first."""
        if not self.running:
            self._timeline.follow_next()
        runs = [Run(recipe) for recipe in recipes]
        self.queue.add(*(Job(run) for run in runs))
        return runs

    def hold(self, jobs: Iterable[Job]) -> None:
        """Queue `jobs` without starting them."""
        self.queue.add(*jobs, line=Line.HELD)

    @property
    def drafts(self) -> tuple[Waiting, ...]:
        """What `restore` needs after a close or a kill."""
        return tuple(map(self._draft, self.unfinished))

    def _draft(self, job: Job) -> Waiting:
        step = job.pause.step if job.pause and not job.pause.is_choice else None
        return Waiting(job.recipe, job.pictures, job.run.id, step, tuple(sorted(self.breakpoints(job.run))), job.choice_at)

    def restore(self, drafts: Iterable[Waiting], are_read: bool = True) -> None:
        """Queue the jobs of an earlier session without starting them.

        If their recordings are read later (`are_read` is false), `resume_queue` waits for `all_read`: a run that was paused would
        otherwise start anew.
        """
        self._reading = not are_read
        jobs = []
        for each in drafts:
            run = Run(each.recipe, id=each.run) if each.run else Run(each.recipe)
            if each.pauses:
                self._breakpoints[run.id] = set(each.pauses)
            pause = Pause.after(each.pauses_after) if each.until is None else Pause(each.until, is_choice=True)
            jobs.append(Job(run, each.pictures, pause=pause))
        self.hold(jobs)

    def recall(self, run: Run, is_resumable: bool = True) -> None:
        """Replace the queued run that has the same id by `run`, which was read from its recording.

        If it is finished or cannot be resumed, only the rest of its job stays in the queue.
        """
        for job in self._queued(*Line):
            if job.run.id == run.id and job.run is not run:
                left = replace(job, run=run) if is_resumable and run.ending is Ending.PAUSED else job.after_first
                self.queue.replace(job, *([left] if left else []))
                return

    def all_read(self) -> None:
        """The recordings of the restored jobs are read: resume the queue if the user already asked for it."""
        self._reading = False
        if self._resumes_when_read:
            self._resumes_when_read = False
            self.resume_queue()

    def resume_queue(self) -> None:
        """Release the held jobs and show the first run, once the recordings of restored jobs are read."""
        if self._reading:
            self._resumes_when_read = True
            return
        held = self._queued(Line.HELD)
        if held and not self.running:
            first = held[0]
            if first.run.plan is None:
                self._timeline.follow_next()
            elif first.twin is None or self._timeline.run not in (first.run, first.twin):
                self._timeline.show(first.run)
                self._timeline.compare_with(first.twin)
        self.queue.release(lambda work: replace(work, once=False, behind=()) if isinstance(work, Job) else work)

    def remove(self, *jobs: Job) -> None:
        """Remove `jobs` from the queue; it can be undone. A run that has started is stopped; its steps are kept."""
        self._queue_rest()
        removed = self.take_out(jobs)
        if removed:
            one = QT_TRANSLATE_NOOP("Safelight", "removing “{prompt}” from the queue")
            told_one = QT_TRANSLATE_NOOP("Safelight", "“{prompt}” was removed from the queue.")
            several = QT_TRANSLATE_NOOP("Safelight", "clearing the queue")
            told_several = QT_TRANSLATE_NOOP("Safelight", "The queue was cleared.")
            is_one = len(removed) == 1
            self._undo.record(
                Change(one if is_one else several, told_one if is_one else told_several, self._putting_back(removed), _quoted(jobs[0]))
            )

    def clear(self) -> None:
        """Remove everything that waits; it can be undone."""
        self._queue_rest()
        self.remove(*self.up_next)

    def move(self, job: Job, place: int) -> None:
        """Let `job` come at `place` of `up_next`; it can be undone."""
        self._queue_rest()
        if self.up_next.index(job) != place and (removal := self.queue.move(job, place)):
            self._undo.record(
                Change(QT_TRANSLATE_NOOP("Safelight", "moving “{prompt}” in the queue"), "", self._moving_back(removal), _quoted(job))
            )

    def take_out(self, jobs: Iterable[Job]) -> list[Removed]:
        """Remove those of `jobs` that wait, and stop their runs. Return what `put_back` needs."""
        removed = []
        for job in jobs:
            if removal := self.queue.remove(job):
                paused = tuple(run for run in job.runs if run.ending is Ending.PAUSED)
                for run in paused:
                    self._give_up(run)
                removed.append(Removed(removal, job, paused, tuple((run, run.ending) for run in job.runs)))
        return removed

    async def endings_recorded(self) -> None:
        """Wait until the recordings tell how each run ended that was stopped while it waited."""
        while self._endings:
            await asyncio.wait(self._endings)

    def put_back(self, removed: Sequence[Removed]) -> list[Job]:
        """Undo `take_out`, as far as the runs were not resumed meanwhile. Return the jobs that wait again."""
        jobs = []
        for each in reversed(removed):  # each has its place among those that were removed after it
            is_whole = all(run.ending is ending and not self._is_wanted(run) for run, ending in each.endings)  # else one was resumed
            for run in each.paused if is_whole else ():
                run.end(Ending.PAUSED)
                self._record_ending(run)
            if left := each.job if is_whole else each.job.after_first:
                self.queue.put_back(replace(each.removal, work=left))
                jobs.append(left)
        return list(reversed(jobs))

    def _putting_back(self, removed: Sequence[Removed]) -> Revert:
        async def put_back() -> Revert | None:
            jobs = self.put_back(removed)
            return self._taking_out(jobs) if jobs else None

        return put_back

    def _taking_out(self, jobs: Sequence[Job]) -> Revert:
        async def take_out() -> Revert | None:
            removed = self.take_out(jobs)
            return self._putting_back(removed) if removed else None

        return take_out

    def _moving_back(self, before: Removal) -> Revert:
        async def move_back() -> Revert | None:
            now = self.queue.remove(before.work)
            if now is None:  # it was made meanwhile
                return None
            self.queue.put_back(before)
            return self._moving_back(now)

        return move_back

    def _queue_rest(self) -> None:
        """Let the rest of the current job wait as a job of its own."""
        if self._rest:
            rest, self._rest = self._rest, None
            self.queue.add(rest, front=True)

    # -- a run that has started

    def pause(self) -> None:
        """Pause the current run at its next boundary; `pausing` is True until then. Also holds the queue."""
        if self._making is not None and not self.stopping:
            self.pausing = True
            self._give_orders()
            self.changed.emit()
            self.queue.hold(Line.FIRST)

    def resume(self, run: Run | None = None) -> None:
        """Resume `run`, or the shown run, if it is paused, stopped or failed, also from an earlier session."""
        run = run or self._timeline.run
        if run is None or run.ending is Ending.FINISHED:
            return
        job = self._job if self._job and self._job.is_of(run) else None
        waiting = job or self._taken(run)
        released = [each for each in self.queue.line(Line.HELD) if each in waiting.behind]
        for each in released:
            self.queue.remove(each)
        self.queue.add(*released, front=True)
        waiting = replace(waiting, once=False, behind=())
        if job:
            self._job, self.pausing = waiting, False
            self._give_orders()
            self.changed.emit()
            self.queue_changed.emit()
        else:
            self._put_first(waiting)

    def step_once(self, run: Run | None = None) -> None:
        """Make one step and pause. If the run is active, pause it at its next boundary."""
        run = run or self._timeline.run
        if run is None or run.ending is Ending.FINISHED:
            return
        if self._job and self._job.is_of(run):
            self.pause()
        else:
            self._put_first(replace(self._taken(run), once=True))

    def breakpoints(self, run: Run) -> set[int]:
        """Steps after which `run` pauses."""
        return self._breakpoints.get(run.id, set())

    def toggle_breakpoint(self, number: int, run: Run | None = None) -> None:
        """Set or remove a pause of `run`, or of the shown run, after step `number`."""
        if run := run or self._timeline.run:
            self._breakpoints.setdefault(run.id, set()).symmetric_difference_update({number})
            self._give_orders()
            self.changed.emit()
            self.queue_changed.emit()  # pauses are kept with the job

    def complete(self, run: Run) -> None:
        """Resume `run`, which pauses at some step for a choice, to its end. It is queued behind the waiting jobs."""
        if self._job and run is self._job.run:
            self._job = replace(self._job, pause=None)
            self._give_orders()
        else:
            self.queue.add(replace(self._taken(run), pause=None))

    def stop(self) -> None:
        """Stop inside the current step; the queue is held."""
        if self._making is not None and not self.stopping:
            self.queue.hold_all()
            self._hold_rest()
            self._stop_making()

    def discard(self, run: Run) -> None:
        """Stop `run` for good; its steps are kept."""
        if self._job and run is self._job.run:
            self._discarding = True
            self._stop_making()
            return
        job = self._taken(run)
        if job.after_first:
            self.queue.add(job.after_first, line=Line.HELD, front=True)
        self._give_up(run)
        self.queue_changed.emit()

    # -- new runs from existing ones

    def forbidden(self, run: Run, after: int, changes: dict[str, object]) -> str | None:
        """Why `run` cannot branch with `changes` after step `after` (untranslated text); None if it can."""
        return self._maker.forbidden(run, after, changes)

    def branch(self, run: Run, after: int, changes: dict[str, object]) -> Run:
        """Return a run that shares the steps of `run` up to `after` and continues with `changes`; start and show it.

        Raises `TurnForbidden`.
        """
        if reason := self.forbidden(run, after, changes):
            raise TurnForbidden(step=after, reason=reason)
        if "refine" not in changes:
            run = self._maker_of(run, after)
        branch = run.fork(after, run.recipe.turned(after, **changes))
        branch.end(Ending.PAUSED)  # until it starts
        self._held_runs.hold(run)
        self._held_runs.hold(branch)
        self._timeline.show(branch)
        self._put_first(Job(branch))
        return branch

    def _maker_of(self, run: Run, number: int) -> Run:
        """The run that computed step `number` of `run`, if it is in memory: a branch shares earlier steps with its parent."""
        while (
            run.branched_after is not None and number <= run.branched_after and run.parent and (parent := self._held_runs.get(run.parent))
        ):
            run = parent
        return run

    def refine(self, run: Run, after: int, seed: int) -> Run:
        """Branch: add the noise of step `after`, drawn from `seed`, to the finished latents of `run` and denoise again from there."""
        return self.branch(run, after, {"refine": seed})

    def triage(self, recipe: Recipe, seeds: Iterable[int], until: int) -> Triage:
        """Generate `recipe` with each of `seeds` up to step `until`, then let the user choose which to finish."""
        triage = self.choose_among([Run(recipe.with_seed(seed)) for seed in seeds], until)
        if not self.running:
            self._timeline.follow_next()
        self.queue.add(*(Job(run, pause=Pause(until, is_choice=True)) for run in triage.runs))
        return triage

    def choose_among(self, runs: list[Run], until: int) -> Triage:
        """Open a choice among `runs`, which pause at step `until`."""
        triage = Triage(self, runs, until)
        self._triages = [*self.triages, triage]
        self.triage_opened.emit(triage)
        return triage

    def reopen(self, runs: list[Run], until: int) -> Triage:
        """Open a choice among `runs` again. Those that have not reached step `until` are queued without starting them."""
        while self.queue.take(lambda work: isinstance(work, Job) and work.run in runs):
            continue
        triage = self.choose_among(runs, until)
        at_work = self.run if self.running else None
        self.hold(Job(run, pause=Pause(until, is_choice=True)) for run in runs if not triage.has_arrived(run) and run is not at_work)
        return triage

    def record_choice(self, triage: Triage, chosen: Collection[Run]) -> None:
        """The user has chosen among the runs of `triage`. Undoing that lets the user choose again; what was made stays made."""
        self._undo.record(
            Change(
                QT_TRANSLATE_NOOP("Safelight", "choosing {count} of {all} seeds"),
                QT_TRANSLATE_NOOP("Safelight", "{count} of {all} seeds are finished; the others are discarded.")
                if chosen
                else QT_TRANSLATE_NOOP("Safelight", "All {all} seeds are discarded."),
                self._reopening(triage, chosen),
                {"count": len(chosen), "all": len(triage.runs)},
            )
        )

    def _reopening(self, triage: Triage, chosen: Collection[Run]) -> Revert:
        async def reopen() -> Revert:
            while self._discarding and self._making and self.run in triage.runs:
                await asyncio.wait([self._making])  # else it would end as discarded after the choice is open again
            for run in triage.runs:
                if run.ending is Ending.STOPPED:
                    run.end(Ending.PAUSED)
                    self._record_ending(run)
            again = self.reopen(triage.runs, triage.until)

            async def choose() -> Revert | None:
                return self._reopening(again, chosen) if again.choose(chosen) else None

            return choose

        return reopen

    def twins(self, recipe: Recipe, other: Recipe) -> tuple[Run, Run]:
        """Generate both recipes step by step together, under one playhead; one after the other if their models differ."""
        one, two = Run(recipe), Run(other)
        self._timeline.show(one)
        self._timeline.compare_with(two)
        self._timeline.arrange(Arrangement.BESIDE)
        if recipe.model == other.model:
            self.queue.add(Job(one, twin=two))
        else:
            self.queue.add(Job(one), Job(two))
        return one, two

    # -- closing

    async def finish(self) -> None:
        """Return once the current picture is done; the queue is held."""
        self.queue.hold_all()
        self._hold_rest()
        await self.queue.idle()

    async def stopped(self, patience: float) -> None:
        """Return once no work is running, or after `patience` seconds."""
        await self.queue.idle(patience)

    # -- one job

    async def _perform(self, job: Job) -> None:
        """Generate the first picture of `job` and put the rest of it into the queue."""
        self._job, self._rest, self._failed, self._is_tight = job, job.after_first, False, False
        if job.pause and not job.pause.is_choice and not job.run.steps:
            self._breakpoints.setdefault(job.run.id, set()).add(job.pause.step)
        self._control = Control()
        self._give_orders()
        self.changed.emit()
        self.queue_changed.emit()
        self._making = asyncio.ensure_future(self._make(job, self._control))
        await asyncio.wait([self._making])
        self._settle(self._job)
        self._making = self._job = self._rest = self.phase = self._control = None
        self._yielding = self.pausing = self.stopping = self._discarding = False
        self.ended.emit(job.run)
        upcoming = (*self.queue.line(Line.FIRST), *self.queue.line(Line.DUE))
        if not upcoming or not isinstance(upcoming[0], Job):  # otherwise the next job emits it at once
            self.changed.emit()

    async def _make(self, job: Job, control: Control) -> None:
        self.run = run = job.run
        self.pace = None
        timeline = self._timeline
        if run.plan is None and (timeline.run is None or timeline.following) and run not in (timeline.run, timeline.compare):
            timeline.show(run)
        try:
            async with self._recording:
                pass  # how it ended before is written
            await self._maker.generate(run, control, self.previews, self._save, self._observe, job.insist)
        except MemoryTight as tight:
            self._failed = self._is_tight = True
            self._notices.report(tight, Action(QT_TRANSLATE_NOOP("Safelight", "Try anyway"), lambda: self._insist(run)))
        except (DiskFull, FolderUnwritable) as problem:
            self._failed = True
            self.queue.hold_all()  # more unsaved pictures would fill the memory
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

    def _give_orders(self) -> None:
        """Update the orders of the current run: pauses, breakpoints and watched views."""
        from ..diffusion.request import Orders  # here: the first paint need not wait for it

        job = self._job
        if job is None or self._control is None:
            return
        limits = [*([job.choice_at] if job.choice_at is not None else []), *([len(job.twin.steps)] if job.twin and job.has_company else [])]
        self._control.orders = Orders(
            pause=self.pausing or self._yielding or job.once,
            breakpoints=frozenset(self.breakpoints(job.run)),
            pause_at=min(limits, default=None),
            watched=self._timeline.watched_of(job.run),
        )

    def _settle(self, job: Job) -> None:
        """Put the rest of `job`, whose run has ended or paused, into the queue."""
        run, rest, queue = job.run, self._rest, self.queue
        if self.stopping and run.ending is Ending.RUNNING:  # it had not started
            run.end(Ending.STOPPED)
        if self._discarding:  # it may already have paused
            self._give_up(run)
        left = replace(job, pictures=1 + rest.pictures if rest else 1)
        if self._is_tight and not self._discarding:
            queue.add(left, line=Line.HELD, front=True)
            return
        if job.twin and job.has_company and (run.ending is not Ending.PAUSED or len(job.twin.steps) < len(run.steps)):
            left = replace(left, run=job.twin, twin=run)
        if run.ending is Ending.PAUSED:
            newest = len(run.steps) - 1
            at_breakpoint = newest in self.breakpoints(run)
            is_enough = job.choice_at is not None and newest >= job.choice_at
            if job.once and left.run is not run and not (self._failed or self.pausing or self.stopping):
                queue.add(left, line=Line.FIRST, front=True)  # the twin makes that step too
            elif self._failed or (self.stopping and not is_enough) or (job.once and not self.pausing):
                queue.add(left, line=Line.HELD, front=True)
            elif self.pausing or at_breakpoint:
                behind = self._queued(Line.DUE)
                queue.hold(Line.DUE)
                if not is_enough:
                    queue.add(replace(left, behind=(*job.behind, *behind)), line=Line.HELD, front=True)
            elif not is_enough:
                queue.add(left, front=True)
        else:
            rest = left if left.run is not run else rest
            if rest:
                is_asked = self._failed or self.stopping or job.once  # the user decides
                queue.add(rest, line=Line.HELD if is_asked else Line.DUE, front=True)
            if self.pausing:
                queue.hold(Line.DUE)

    def _hold_rest(self) -> None:
        if self._rest:
            rest, self._rest = self._rest, None
            self.queue.add(rest, line=Line.HELD, front=True)

    def _taken(self, run: Run) -> Job:
        """Take the job of `run` out of the queue, or return a new one."""
        job = self.queue.take(lambda work: isinstance(work, Job) and work.is_of(run))
        return job if isinstance(job, Job) else Job(run)

    def _put_first(self, job: Job) -> None:
        """Run `job` next; the current run pauses for it and continues afterwards."""
        self._yielding = self._making is not None
        self._give_orders()
        self.queue.add(job, line=Line.FIRST)

    def _stop_making(self) -> None:
        if self._making is not None and not self.stopping:
            self.stopping = True
            self._making.cancel()
            self.changed.emit()
            self.queue_changed.emit()

    def _give_up(self, run: Run) -> None:
        if run.ending is Ending.PAUSED:
            run.end(Ending.STOPPED)
            self._record_ending(run)
            self.ended.emit(run)

    def _record_ending(self, run: Run) -> None:
        task = self._notices.spawn(self._write_ending(run))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def _write_ending(self, run: Run) -> None:
        async with self._recording:
            await self._maker.record_ending(run)

    def _insist(self, run: Run) -> None:
        """Generate the job of `run` although memory is tight."""
        if run.ending is not Ending.FINISHED and not (self._job and self._job.is_of(run)):
            self.queue.add(replace(self._taken(run), insist=True), front=True)

    def _observe(self, event: Event) -> None:
        run = self.run
        assert run is not None
        match event:
            case LiveViews():
                self._timeline.show_live(run, event)
                return
            case Phase():
                self.phase = event
            case Plan():
                enough = min(event.calls, self._job.choice_at or event.calls) if self._job else event.calls
                left = max(0, enough - max(0, len(run.steps) - 1))
                self.pace = Pace(left) if event.is_whole else None  # of a stage to come nothing is known
                self._tell_saving(event)
            case Step() if event.number > 0 and self.pace:
                self.pace.add(event.seconds + event.overhead_seconds)
        if not self._refreshing:  # once for a whole batch of events
            self._refreshing = True
            asyncio.get_running_loop().call_soon(self._refresh)

    def _tell_saving(self, plan: Plan) -> None:
        """Say how memory is saved, once until it is saved in another way."""
        before, self._saving = self._saving, saving(plan.environment)
        if self._saving and self._saving != before:
            template, values = self._saving
            self._notices.tell(NoticeKind.WARNING, template, **values)

    def _refresh(self) -> None:
        self._refreshing = False
        if self.run is not None and self.run in (self._timeline.run, self._timeline.compare):
            self._timeline.refresh()
        self.changed.emit()


def _quoted(job: Job) -> dict[str, object]:
    """How a sentence names `job`."""
    words = " ".join(job.recipe.final.prompt.text.split())
    return {"prompt": quoted(words, MOST_QUOTED) or QT_TRANSLATE_NOOP("Safelight", "no prompt")}
