"""RunArchive: what is on disk of runs: offered again after a crash, opened with a picture, kept within its limit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal

from ..diffusion.run import Ending, Run
from ..errors import RecordingDamaged, RecordingNewer, RecordingParentless, SafelightError
from .generation import Generation, Job
from .held_runs import HeldRuns
from .notices import Action, Notice, NoticeKind, Notices, quoted
from .timeline import Timeline

if TYPE_CHECKING:
    from ..diffusion.recipe import Recipe
    from ..library.recordings import Recording, Recordings, Summary

MOST_OFFERED = 3  # runs that were cut off or paused, each in a notice of its own
MOST_QUOTED = 60  # characters of a prompt
MEGABYTE = 2**20


class RunArchive(QObject):
    changed = Signal()  # `nbytes`
    triage_found = Signal(object)  # Triage, of an earlier session, in which the user wants to choose now

    def __init__(self, recordings: Recordings, generation: Generation, timeline: Timeline, held: HeldRuns, notices: Notices) -> None:
        super().__init__()
        self._recordings = recordings
        self._generation = generation
        self._timeline = timeline
        self._held = held
        self._notices = notices
        self._problems: dict[str, SafelightError] = {}  # of recordings that are held, by the id of the run
        self._offers: dict[Notice, set[str]] = {}  # the ids of the runs that each is about
        self.nbytes = 0  # on disk, as it was last looked at
        generation.changed.connect(lambda: self._withdraw(generation.run) if generation.running and generation.run else None)
        generation.ended.connect(self._ended)

    async def offer(self) -> None:
        """After the start: bring back what is in line, and offer, a notice for each tree, what was cut off or paused."""
        await self.tidy()
        summaries = await asyncio.to_thread(self._recordings.all)
        known = {each.id: each for each in summaries}
        for job in self._generation.up_next:
            if (summary := known.get(job.run.id)) and summary.problem is None and (recording := await self._opened(summary)):
                await self._open_kin(summary.id, known)
                self._generation.recall(recording.run, _goes_on(recording))
        offers: dict[str, Summary] = {}  # by the root of the tree
        for summary in summaries:
            if summary.is_interrupted:
                offers.setdefault(_root(summary, known), summary)
        harmed = [summary for summary in summaries if summary.id in self._problems and summary.is_interrupted]
        whole = [summary for summary in offers.values() if summary not in harmed]
        choices = _choices([summary for summary in whole if summary.id not in self._generation.needed])
        for seeds in choices:
            self._offer_choice(seeds)
        alone = [summary for summary in whole if not any(summary in seeds for seeds in choices)]
        if len(alone) > MOST_OFFERED:
            self._offer_together(alone)
            await self._offer_each(harmed)
        else:
            await self._offer_each([*harmed, *alone])
        self._tell_of_unreadable([each for each in summaries if each.problem])

    async def show(self, id: str) -> None:
        """Show the steps of a recorded run."""
        self._timeline.show(await self.open(id))

    async def go_on(self, id: str) -> None:
        """Go on with a recorded run; where that cannot be, its steps are shown."""
        recording = await self._open(id)
        self._timeline.show(recording.run, follow=True)
        if _goes_on(recording):
            self._generation.go_on(recording.run)

    async def go_on_with_all(self, ids: list[str]) -> None:
        """Go on with several, one after the other."""
        recordings = await self._open_all(ids)
        for recording in recordings[:1]:
            self._timeline.show(recording.run, follow=True)
        for recording in filter(_goes_on, recordings):
            self._generation.complete(recording.run)

    async def choose(self, ids: list[str], until: int) -> None:
        """Let the user choose among recorded runs, of which each is to wait at step `until`."""
        runs = [recording.run for recording in await self._open_all(ids) if _goes_on(recording)]
        triage = self._generation.choose_among(runs, until)
        self._generation.hold([Job(run, until=until) for run in runs if not triage.has_arrived(run)])
        self.triage_found.emit(triage)

    async def drop(self, id: str) -> None:
        """Do not go on with a recorded run, and offer it no more."""
        self._generation.drop(await self.open(id))

    async def drop_all(self, ids: list[str]) -> None:
        for recording in await self._open_all(ids):
            self._generation.drop(recording.run)

    async def open(self, id: str) -> Run:
        """A recorded run, held with its whole tree. Tells what cannot be seen or gone on with."""
        return (await self._open(id)).run

    async def _open_all(self, ids: list[str]) -> list[Recording]:
        """Those that can be read, and that nobody has decided on meanwhile; what cannot is told."""
        known = {each.id: each for each in await asyncio.to_thread(self._recordings.all)}
        recordings = []
        for id in ids:
            try:
                recordings.append(await self._open(id, known))
            except SafelightError as problem:
                self._notices.report(problem)
        return [recording for recording in recordings if recording.run.ending is Ending.PAUSED]

    async def _open(self, id: str, known: dict[str, Summary] | None = None) -> Recording:
        await self._open_kin(id, known or {each.id: each for each in await asyncio.to_thread(self._recordings.all)})
        recording = await self._held_or_read(id)
        if recording.problem:
            self._notices.report(recording.problem)
        return recording

    async def _open_kin(self, id: str, known: dict[str, Summary]) -> None:
        """Hold the other runs of its tree."""
        root = _root(known[id], known) if id in known else id
        for summary in known.values():
            if summary.id != id and summary.problem is None and _root(summary, known) == root:
                await self._opened(summary)

    async def of(self, picture: Path) -> Run | None:
        """The recorded run that made the picture at that path."""
        known = {each.id: each for each in await asyncio.to_thread(self._recordings.all)}
        return await self._known(next((each.id for each in known.values() if each.picture == picture), ""), known)

    async def by_id(self, id: str) -> Run | None:
        """The recorded run with that id."""
        return await self._known(id, {each.id: each for each in await asyncio.to_thread(self._recordings.all)})

    async def _known(self, id: str, known: dict[str, Summary]) -> Run | None:
        try:
            return (await self._open(id, known)).run if id in known else None
        except SafelightError as problem:
            self._notices.report(problem)
            return None  # the picture itself can be seen all the same

    async def pin(self, run: Run, pinned: bool) -> None:
        """Keep the recording of `run` whatever room it takes, or no longer."""
        from ..library.journal import path_of

        is_recorded = await asyncio.to_thread(path_of(self._recordings.folder, run.id).exists)
        if not is_recorded and run.id not in self._generation.needed:
            self._notices.tell(NoticeKind.WARNING, QT_TRANSLATE_NOOP("Safelight", "There is no recording of this picture."))
            return
        if is_recorded and run.ending is not Ending.RUNNING:  # else it is kept with the run, as it ends
            await asyncio.to_thread(self._recordings.pin, run.id, pinned)
        run.pin(pinned)
        self._notices.tell(
            NoticeKind.DONE,
            QT_TRANSLATE_NOOP("Safelight", "This recording is kept, whatever room it takes.")
            if pinned
            else QT_TRANSLATE_NOOP("Safelight", "This recording is let go when newer ones need the room."),
        )

    async def delete_unpinned(self) -> None:
        """Delete all recordings but those that are pinned, shown, being made, in line or waiting to be chosen."""
        from ..library.recordings import Recordings

        needed = self._needed
        await self.measure()
        before = self.nbytes
        await asyncio.to_thread(Recordings(self._recordings.folder, 0).tidy, needed)
        await self.measure()
        if before > self.nbytes:
            self._notices.tell(
                NoticeKind.DONE,
                QT_TRANSLATE_NOOP("Safelight", "Recordings of {size} MB are deleted."),
                size=max(1, round((before - self.nbytes) / MEGABYTE)),
            )
        else:
            self._notices.tell(
                NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "No recording could go: each is pinned, shown or unfinished.")
            )

    async def limit(self, nbytes: int) -> None:
        self._recordings.limit = nbytes
        await self.tidy()

    async def tidy(self) -> None:
        """Let the oldest trees go that nobody needs now, until the rest fits."""
        await asyncio.to_thread(self._recordings.tidy, self._needed)
        await self.measure()

    async def measure(self) -> None:
        """Look what the recordings take now."""
        self.nbytes = await asyncio.to_thread(lambda: self._recordings.nbytes)
        self.changed.emit()

    @property
    def _needed(self) -> set[str]:
        """The ids of what is being made, in line, waiting to be chosen or shown."""
        return self._generation.needed | {lane.run.id for lane in self._timeline.lanes}

    async def _opened(self, summary: Summary) -> Recording | None:
        """None where it cannot be read any more."""
        try:
            return await self._held_or_read(summary.id)
        except SafelightError:
            return None

    async def _held_or_read(self, id: str) -> Recording:
        """As in memory, where it is held already. Raises as `Recordings.open`."""
        from ..library.recordings import Recording

        if held := self._held.get(id):
            return Recording(held, self._problems.get(id))
        recording = await asyncio.to_thread(self._recordings.open, id)
        if recording.problem:
            self._problems[id] = recording.problem
        else:
            self._problems.pop(id, None)
        self._held.hold(recording.run)
        return recording

    def _ended(self, run: Run) -> None:
        self._withdraw(run)
        if isinstance(self._problems.get(run.id), RecordingDamaged):  # what was damaged is made anew
            del self._problems[run.id]
        self._notices.spawn(self.tidy())

    def _withdraw(self, run: Run) -> None:
        """What is gone on with, or dropped, is offered no longer."""
        for notice, ids in list(self._offers.items()):
            ids.discard(run.id)
            if not ids:
                del self._offers[notice]
                self._notices.withdraw(notice)

    async def _offer_each(self, summaries: list[Summary]) -> None:
        prompts = Counter(summary.recipe.final.prompt for summary in summaries)
        for summary in summaries:
            if (recording := await self._opened(summary)) and recording.run.ending is Ending.PAUSED:  # by now it may be made
                self._offer(summary, recording, prompts[summary.recipe.final.prompt] > 1)

    def _offer(self, summary: Summary, recording: Recording, has_namesakes: bool) -> None:
        def action(label: str, act: Callable[[str], Coroutine[Any, Any, None]]) -> Action:
            return Action(label, lambda: self._notices.spawn(act(summary.id)))

        go_on = action(QT_TRANSLATE_NOOP("Safelight", "Go on"), self.go_on)
        show = action(QT_TRANSLATE_NOOP("Safelight", "Show"), self.show)
        drop = action(QT_TRANSLATE_NOOP("Safelight", "Drop"), self.drop)
        later = Action(QT_TRANSLATE_NOOP("Safelight", "Later"), lambda: None)
        step, actions = summary.step, (go_on, drop, later)
        match recording.problem:
            case RecordingDamaged():
                step = max(0, len(recording.run.steps) - 1)
                sentence = QT_TRANSLATE_NOOP(
                    "Safelight", "The recording of “{prompt}” is damaged: of {steps} steps it can go on from step {step}."
                )
            case RecordingParentless():
                actions = show, drop, later
                sentence = QT_TRANSLATE_NOOP(
                    "Safelight", "“{prompt}”, at step {step} of {steps}, cannot go on: the run that it branched from is gone or damaged."
                )
            case RecordingNewer():
                actions = show, later
                sentence = QT_TRANSLATE_NOOP(
                    "Safelight", "“{prompt}”, at step {step} of {steps}, cannot go on: a newer Safelight has recorded it."
                )
            case _ if has_namesakes:
                sentence = (
                    QT_TRANSLATE_NOOP("Safelight", "“{prompt}” with seed {seed} was paused at step {step} of {steps}.")
                    if summary.ending is Ending.PAUSED
                    else QT_TRANSLATE_NOOP("Safelight", "“{prompt}” with seed {seed} was cut off at step {step} of {steps}.")
                )
            case _:
                sentence = (
                    QT_TRANSLATE_NOOP("Safelight", "“{prompt}” was paused at step {step} of {steps}.")
                    if summary.ending is Ending.PAUSED
                    else QT_TRANSLATE_NOOP("Safelight", "“{prompt}” was cut off at step {step} of {steps}.")
                )
        notice = self._notices.tell(
            NoticeKind.WARNING,
            sentence,
            *actions,
            prompt=_title(summary.recipe.final.prompt),
            seed=summary.recipe.seed,
            step=step,
            steps=summary.calls or summary.recipe.steps,
        )
        self._offers[notice] = {summary.id}

    def _offer_choice(self, seeds: list[Summary]) -> None:
        ids, spawn, first = [summary.id for summary in seeds], self._notices.spawn, seeds[0]
        until = max(summary.step for summary in seeds)
        notice = self._notices.tell(
            NoticeKind.WARNING,
            QT_TRANSLATE_NOOP("Safelight", "{count} seeds of “{prompt}” wait at step {step} of {steps} to be chosen."),
            Action(QT_TRANSLATE_NOOP("Safelight", "Choose"), lambda: spawn(self.choose(ids, until))),
            Action(QT_TRANSLATE_NOOP("Safelight", "Drop all"), lambda: spawn(self.drop_all(ids))),
            Action(QT_TRANSLATE_NOOP("Safelight", "Later"), lambda: None),
            count=len(seeds),
            prompt=_title(first.recipe.final.prompt),
            step=until,
            steps=first.calls,
        )
        self._offers[notice] = set(ids)

    def _offer_together(self, summaries: list[Summary]) -> None:
        ids = [summary.id for summary in summaries]
        spawn = self._notices.spawn
        notice = self._notices.tell(
            NoticeKind.WARNING,
            QT_TRANSLATE_NOOP("Safelight", "{count} runs were cut off or paused."),
            Action(QT_TRANSLATE_NOOP("Safelight", "Go on with all"), lambda: spawn(self.go_on_with_all(ids))),
            Action(QT_TRANSLATE_NOOP("Safelight", "One by one"), lambda: spawn(self._offer_each(summaries))),
            Action(QT_TRANSLATE_NOOP("Safelight", "Drop all"), lambda: spawn(self.drop_all(ids))),
            count=len(summaries),
        )
        self._offers[notice] = set(ids)

    def _tell_of_unreadable(self, summaries: list[Summary]) -> None:
        newer = [each for each in summaries if isinstance(each.problem, RecordingNewer)]
        damaged = [each.id for each in summaries if each not in newer]
        if newer:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP(
                    "Safelight", "Recordings that a newer Safelight has made: {count}. They stay as they are; update Safelight to see them."
                ),
                count=len(newer),
            )
        if damaged:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP("Safelight", "Recordings that cannot be read any more: {count}. Their pictures are not touched."),
                Action(QT_TRANSLATE_NOOP("Safelight", "Delete"), lambda: self._notices.spawn(self._delete(damaged))),
                count=len(damaged),
            )

    async def _delete(self, ids: list[str]) -> None:
        """Delete those of the recordings that still cannot be read: a run that was made anew meanwhile is in a new file."""
        for summary in await asyncio.to_thread(self._recordings.all):
            if summary.id in ids and summary.problem:
                await asyncio.to_thread(self._recordings.delete, summary.id)
        await self.measure()


def _choices(summaries: list[Summary]) -> list[list[Summary]]:
    """The runs that differ in their seeds alone and of which some wait at the same step, by their seeds."""
    alike: dict[Recipe, list[Summary]] = {}
    for summary in summaries:
        if summary.parent is None and 0 < summary.step < summary.calls:
            alike.setdefault(summary.recipe.with_seed(0), []).append(summary)
    newest = {recipe: max(summary.step for summary in seeds) for recipe, seeds in alike.items()}
    return [
        sorted(seeds, key=lambda summary: summary.recipe.seed)
        for recipe, seeds in alike.items()
        if sum(summary.step == newest[recipe] for summary in seeds) > 1
    ]


def _goes_on(recording: Recording) -> bool:
    return not isinstance(recording.problem, RecordingNewer | RecordingParentless)


def _title(prompt: str) -> str:
    """`prompt` as a notice quotes it."""
    return quoted(prompt, MOST_QUOTED) if prompt else QT_TRANSLATE_NOOP("Safelight", "no prompt")


def _root(summary: Summary, known: dict[str, Summary]) -> str:
    """The id of the run that its tree grew from."""
    seen = {summary.id}
    while summary.parent in known and summary.parent not in seen:
        summary = known[summary.parent]
        seen.add(summary.id)
    return summary.id
