"""RunArchive: the runs on disk. Offers interrupted ones after a start, opens them with their branches, keeps them within a limit."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Ending, Run, roots_of
from ..errors import (
    QT_TRANSLATE_NOOP,
    ModelUnknown,
    RecordingDamaged,
    RecordingNewer,
    RecordingParentless,
    RecordingUnreadable,
    SafelightError,
    StepNotKept,
)
from .generation import Generation
from .held_runs import HeldRuns
from .notices import Action, Notice, NoticeKind, Notices, quoted
from .timeline import Timeline

if TYPE_CHECKING:
    from ..diffusion.recipe import ModelReference, Recipe
    from ..library.models import ModelLibrary
    from ..library.recording import Recording, RunSummary, Summary
    from ..library.recordings import Recordings

MOST_OFFERED = 3  # interrupted or paused runs that get a notice of their own
MOST_QUOTED = 60  # characters of a prompt
MEGABYTE = 2**20


class RunArchive(QObject):
    changed = Signal()  # `nbytes`

    def __init__(
        self, recordings: Recordings, models: ModelLibrary, generation: Generation, timeline: Timeline, held: HeldRuns, notices: Notices
    ) -> None:
        super().__init__()
        self._recordings = recordings
        self._models = models
        self._generation = generation
        self._timeline = timeline
        self._held = held
        self._notices = notices
        self._problems: dict[str, SafelightError] = {}  # of recordings whose runs are in memory, by the id of the run
        self._offers: dict[Notice, set[str]] = {}  # the ids of the runs that each notice offers
        self.nbytes = 0  # on disk, when last measured
        generation.changed.connect(lambda: self._withdraw(generation.run) if generation.running and generation.run else None)
        generation.ended.connect(self._ended)

    # -- after a start

    async def offer(self) -> None:
        """Read the runs that are queued, and offer to resume interrupted and paused runs, with one notice for each tree."""
        from ..library.recording import RunSummary

        await self.tidy()
        await self.name_models()
        summaries = await asyncio.to_thread(self._recordings.all)
        known = {each.id: each for each in summaries}
        for job in self._generation.up_next:
            if (
                (summary := known.get(job.run.id))
                and isinstance(summary, RunSummary)
                and (recording := await self._readable(summary.id, known))
            ):
                self._generation.recall(recording.run, _is_resumable(recording))
        interrupted = [each for each in summaries if isinstance(each, RunSummary) and each.is_interrupted]
        reopened = await self._reopen_choices(interrupted)
        interrupted = [each for each in interrupted if each.id not in reopened]
        roots = roots_of({each.id: each.parent for each in summaries})
        offers: dict[str, RunSummary] = {}  # by the root of the tree
        for each in interrupted:
            offers.setdefault(roots[each.id], each)
        harmed = [each for each in interrupted if each.problem or each.id in self._problems]
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
        self._report_unreadable([each for each in summaries if not isinstance(each, RunSummary)])

    async def show(self, id: str) -> None:
        """Show the steps of a recorded run."""
        self._timeline.show(await self.open(id))

    async def resume(self, id: str) -> None:
        """Resume a recorded run; if that is impossible, its steps are shown."""
        recording = await self._open(id)
        self._timeline.show(recording.run, follow=True)
        if _is_resumable(recording):
            self._generation.resume(recording.run)

    async def resume_all(self, ids: list[str]) -> None:
        """Resume several runs, one after the other."""
        recordings = await self._open_paused(ids)
        for recording in recordings[:1]:
            self._timeline.show(recording.run, follow=True)
        for recording in filter(_is_resumable, recordings):
            self._generation.complete(recording.run)

    async def choose(self, ids: list[str], until: int, others: Sequence[Run] = ()) -> None:
        """Let the user choose among recorded runs that are to wait at step `until`, and `others` that have not started."""
        from ..library.recording import read_step

        runs = [recording.run for recording in await self._open_paused(ids) if _is_resumable(recording)]
        for run in runs:
            if run.steps:  # its pictures are shown large, and all at once
                try:
                    run.record(await asyncio.to_thread(read_step, run.steps[-1]))
                except StepNotKept as problem:
                    self._notices.report(problem)
        self._generation.reopen(sorted([*runs, *others], key=lambda run: run.recipe.sampling.seed), until)

    async def discard(self, id: str) -> None:
        """Do not resume a recorded run, and do not offer it again. Its steps stay."""
        self._generation.discard(await self.open(id))

    async def discard_all(self, ids: list[str]) -> None:
        for recording in await self._open_paused(ids):
            self._generation.discard(recording.run)

    async def _reopen_choices(self, interrupted: Sequence[RunSummary]) -> set[str]:
        """Open the choices again that have seeds in the queue. Return the ids of their recorded runs."""
        queued: dict[tuple[Recipe, int], list[Run]] = {}
        for job in self._generation.up_next:
            if job.choice_at is not None:
                queued.setdefault((_but_seed(job.recipe), job.choice_at), []).append(job.run)
        reopened: set[str] = set()
        for (recipe, until), runs in queued.items():
            ids = {each.id for each in interrupted if each.parent is None and each.step <= until and _but_seed(each.recipe) == recipe}
            await self.choose(sorted(ids - {run.id for run in runs}), until, runs)
            reopened |= ids
        return reopened

    # -- opening

    async def open(self, id: str) -> Run:
        """A recorded run, held in memory with its whole tree. Reports what is missing or damaged in it."""
        return (await self._open(id)).run

    async def of(self, picture: Path) -> Run | None:
        """The recorded run that made the picture at that path. None if there is none that can be read."""
        return await self._found(lambda summary: summary.picture == picture)

    async def by_id(self, id: str) -> Run | None:
        """The recorded run with that id. None if there is none that can be read."""
        from ..library.journal import path_of

        if not await asyncio.to_thread(os.path.exists, path_of(self._recordings.folder, id)):
            return None  # without listing all
        return await self._found(lambda summary: summary.id == id)

    async def name_models(self) -> None:
        """Call the models of the runs in memory and in the queue by their names here. For when a model was opened."""
        for run in (*self._held, *(job.run for job in self._generation.up_next)):
            run.name_models(*await asyncio.to_thread(self._names_here, run.recipe))
        self._timeline.refresh()  # views show whether the run can branch

    def _names_here(self, recipe: Recipe) -> tuple[str, str]:
        """The names of the model and of the refiner in the library: their folders may have been renamed since. Reads small files."""
        return self._name_here(recipe.model), self._name_here(recipe.refiner)

    def _name_here(self, model: ModelReference) -> str:
        try:
            return self._models.of(model).name
        except ModelUnknown:
            return model.name

    async def _found(self, is_wanted: Callable[[Summary], bool]) -> Run | None:
        known = await self._known()
        id = next((each.id for each in known.values() if is_wanted(each)), None)
        try:
            return (await self._open(id, known)).run if id else None
        except SafelightError as problem:
            self._notices.report(problem)
            return None  # the picture can be shown without its steps

    async def _open_paused(self, ids: list[str]) -> list[Recording]:
        """Those that can be read and are still paused. Reports the others that cannot be read."""
        known = await self._known()
        recordings = []
        for id in ids:
            try:
                recordings.append(await self._open(id, known))
            except SafelightError as problem:
                self._notices.report(problem)
        return [recording for recording in recordings if recording.run.ending is Ending.PAUSED]

    async def _open(self, id: str, known: dict[str, Summary] | None = None) -> Recording:
        recording = await self._with_tree(id, known or await self._known())
        if recording.problem:
            self._notices.report(recording.problem)
        return recording

    async def _readable(self, id: str, known: dict[str, Summary]) -> Recording | None:
        """None if it can no longer be read."""
        try:
            return await self._with_tree(id, known)
        except SafelightError:
            return None

    async def _known(self) -> dict[str, Summary]:
        return {each.id: each for each in await asyncio.to_thread(self._recordings.all)}

    async def _with_tree(self, id: str, known: dict[str, Summary]) -> Recording:
        """The run, held in memory with the other runs of its tree. Raises as `Recordings.open` if it cannot be read itself."""
        from ..library.recording import RunSummary

        roots = roots_of({each.id: each.parent for each in known.values()})
        kin = {each.id for each in known.values() if isinstance(each, RunSummary) and roots[each.id] == roots.get(id)}
        tree: dict[str, Recording] = {}
        for each in sorted(kin | {id}):  # parents first, since ids sort by time: branches share their steps in memory
            try:
                tree[each] = await self._held_or_read(each, list(tree.values()))
            except SafelightError:
                if each == id:
                    raise
        return tree[id]

    async def _held_or_read(self, id: str, parents: list[Recording]) -> Recording:
        """As in memory, if it is held already. Raises as `Recordings.open`."""
        from ..library.recording import Recording

        if held := self._held.get(id):
            return Recording(held, self._problems.get(id))
        recording = await asyncio.to_thread(self._read, id, parents)
        if recording.problem:
            self._problems[id] = recording.problem
        else:
            self._problems.pop(id, None)
        self._held.hold(recording.run)
        return recording

    def _read(self, id: str, parents: list[Recording]) -> Recording:
        recording = self._recordings.open(id, parents)
        recording.run.name_models(*self._names_here(recording.run.recipe))
        return recording

    # -- keeping and deleting

    async def pin(self, run: Run, pinned: bool) -> None:
        """Pin the recording of `run`, so that it is not deleted to free disk space, or unpin it."""
        from ..library.journal import path_of

        is_recorded = await asyncio.to_thread(path_of(self._recordings.folder, run.id).exists)
        if not is_recorded and run.id not in self._generation.needed:
            self._notices.tell(NoticeKind.WARNING, QT_TRANSLATE_NOOP("Safelight", "There is no recording of this picture."))
            return
        if is_recorded and run.ending is not Ending.RUNNING:  # else its journal writes it when the run ends
            await asyncio.to_thread(self._recordings.describe, run.id, pinned)
        run.pin(pinned)
        self._notices.tell(
            NoticeKind.DONE,
            QT_TRANSLATE_NOOP("Safelight", "This recording is pinned: it is kept even when recordings reach their limit.")
            if pinned
            else QT_TRANSLATE_NOOP("Safelight", "This recording is no longer pinned: it is deleted when newer ones need the space."),
        )

    async def rename(self, run: Run, name: str) -> None:
        """Call `run` by `name` ("": by its changes) from now on, and write that in its recording, if there is one."""
        from ..library.journal import path_of

        run.rename(name)
        self._held.changed.emit()
        is_recorded = await asyncio.to_thread(path_of(self._recordings.folder, run.id).exists)
        if is_recorded and run.ending is not Ending.RUNNING:  # else its journal writes it when the run ends
            await asyncio.to_thread(self._recordings.describe, run.id, name=name)

    async def delete_unpinned(self) -> None:
        """Delete all recordings that are not pinned, shown, being made, queued or waiting for a choice."""
        await self.measure()
        before = self.nbytes
        await self.tidy(limit=0)
        if before > self.nbytes:
            self._notices.tell(
                NoticeKind.DONE,
                QT_TRANSLATE_NOOP("Safelight", "Deleted {size} MB of recordings."),
                size=max(1, round((before - self.nbytes) / MEGABYTE)),
            )
        else:
            self._notices.tell(
                NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "Nothing was deleted: every recording is pinned, shown or unfinished.")
            )

    async def limit(self, nbytes: int) -> None:
        """Recordings may take `nbytes` from now on."""
        self._recordings.limit = nbytes
        await self.tidy()

    async def tidy(self, limit: int | None = None) -> None:
        """Delete the oldest trees that are not needed now until the others take `limit` bytes, or those set."""
        needed = self._generation.needed | {lane.run.id for lane in self._timeline.lanes}
        await asyncio.to_thread(self._recordings.tidy, needed, limit)
        await self.measure()

    async def measure(self) -> None:
        """Find out how many bytes the recordings take."""
        self.nbytes = await asyncio.to_thread(lambda: self._recordings.nbytes)
        self.changed.emit()

    async def _delete_unreadable(self, ids: list[str]) -> None:
        """Delete those of the recordings that still cannot be read: a run made again meanwhile has a new file."""
        for summary in await asyncio.to_thread(self._recordings.all):
            if summary.id in ids and isinstance(summary.problem, RecordingUnreadable):
                await asyncio.to_thread(self._recordings.delete, summary.id)
        await self.measure()

    # -- notices

    def _ended(self, run: Run) -> None:
        self._withdraw(run)
        if isinstance(self._problems.get(run.id), RecordingDamaged):  # the damaged steps were made again
            del self._problems[run.id]
        self._notices.spawn(self.tidy())

    def _withdraw(self, run: Run) -> None:
        """`run` was resumed or discarded: do not offer it any longer."""
        for notice, ids in list(self._offers.items()):
            ids.discard(run.id)
            if not ids:
                del self._offers[notice]
                self._notices.withdraw(notice)

    async def _offer_each(self, summaries: list[RunSummary]) -> None:
        prompts = Counter(summary.recipe.final.prompt.text for summary in summaries)
        for summary in summaries:
            recording = await self._readable(summary.id, {summary.id: summary})
            if recording and recording.run.ending is Ending.PAUSED:  # it may have been resumed meanwhile
                self._offer(summary, recording, prompts[summary.recipe.final.prompt.text] > 1)

    def _offer(self, summary: RunSummary, recording: Recording, has_namesakes: bool) -> None:
        def action(label: str, act: Callable[[str], Coroutine[object, None, None]]) -> Action:
            return Action(label, lambda: self._notices.spawn(act(summary.id)))

        resume = action(QT_TRANSLATE_NOOP("Safelight", "Resume"), self.resume)
        show = action(QT_TRANSLATE_NOOP("Safelight", "Show"), self.show)
        discard = action(QT_TRANSLATE_NOOP("Safelight", "Discard"), self.discard)
        later = Action(QT_TRANSLATE_NOOP("Safelight", "Later"), lambda: None)
        step = summary.step
        actions: tuple[Action, ...] = resume, discard, later
        match recording.problem:
            case RecordingDamaged():
                step = max(0, len(recording.run.steps) - 1)
                sentence = QT_TRANSLATE_NOOP(
                    "Safelight", "The recording of “{prompt}” is damaged. It can be resumed from step {step} of {steps}."
                )
            case RecordingParentless():
                actions = show, discard, later
                sentence = QT_TRANSLATE_NOOP(
                    "Safelight",
                    "“{prompt}”, at step {step} of {steps}, can't be resumed: the run that it branches from is missing or damaged.",
                )
            case RecordingNewer():
                actions = show, later
                sentence = QT_TRANSLATE_NOOP(
                    "Safelight", "“{prompt}”, at step {step} of {steps}, can't be resumed: it was recorded by a newer Safelight."
                )
            case _ if has_namesakes:
                sentence = (
                    QT_TRANSLATE_NOOP("Safelight", "“{prompt}” with seed {seed} was paused at step {step} of {steps}.")
                    if summary.ending is Ending.PAUSED
                    else QT_TRANSLATE_NOOP("Safelight", "“{prompt}” with seed {seed} was interrupted at step {step} of {steps}.")
                )
            case _:
                sentence = (
                    QT_TRANSLATE_NOOP("Safelight", "“{prompt}” was paused at step {step} of {steps}.")
                    if summary.ending is Ending.PAUSED
                    else QT_TRANSLATE_NOOP("Safelight", "“{prompt}” was interrupted at step {step} of {steps}.")
                )
        notice = self._notices.tell(
            NoticeKind.WARNING,
            sentence,
            *actions,
            prompt=_title(summary.recipe.final.prompt.text),
            seed=summary.recipe.sampling.seed,
            step=step,
            steps=summary.calls or summary.recipe.sampling.steps,
        )
        self._offers[notice] = {summary.id}

    def _offer_choice(self, seeds: list[RunSummary]) -> None:
        ids, spawn, first = [summary.id for summary in seeds], self._notices.spawn, seeds[0]
        until = max(summary.step for summary in seeds)
        notice = self._notices.tell(
            NoticeKind.WARNING,
            QT_TRANSLATE_NOOP("Safelight", "{count} seeds of “{prompt}” wait at step {step} of {steps} for your choice."),
            Action(QT_TRANSLATE_NOOP("Safelight", "Choose"), lambda: spawn(self.choose(ids, until))),
            Action(QT_TRANSLATE_NOOP("Safelight", "Discard all"), lambda: spawn(self.discard_all(ids))),
            Action(QT_TRANSLATE_NOOP("Safelight", "Later"), lambda: None),
            count=len(seeds),
            prompt=_title(first.recipe.final.prompt.text),
            step=until,
            steps=first.calls,
        )
        self._offers[notice] = set(ids)

    def _offer_together(self, summaries: list[RunSummary]) -> None:
        ids = [summary.id for summary in summaries]
        spawn = self._notices.spawn
        notice = self._notices.tell(
            NoticeKind.WARNING,
            QT_TRANSLATE_NOOP("Safelight", "{count} runs were interrupted or paused."),
            Action(QT_TRANSLATE_NOOP("Safelight", "Resume all"), lambda: spawn(self.resume_all(ids))),
            Action(QT_TRANSLATE_NOOP("Safelight", "One by one"), lambda: spawn(self._offer_each(summaries))),
            Action(QT_TRANSLATE_NOOP("Safelight", "Discard all"), lambda: spawn(self.discard_all(ids))),
            count=len(summaries),
        )
        self._offers[notice] = set(ids)

    def _report_unreadable(self, summaries: list[Summary]) -> None:
        newer = [each for each in summaries if isinstance(each.problem, RecordingNewer)]
        damaged = [each.id for each in summaries if each not in newer]
        if newer:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP(
                    "Safelight", "Recordings of a newer Safelight: {count}. They are left unchanged; update Safelight to open them."
                ),
                count=len(newer),
            )
        if damaged:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP("Safelight", "Recordings that can't be read: {count}. Their pictures are not affected."),
                Action(QT_TRANSLATE_NOOP("Safelight", "Delete"), lambda: self._notices.spawn(self._delete_unreadable(damaged))),
                count=len(damaged),
            )


def _choices(summaries: list[RunSummary]) -> list[list[RunSummary]]:
    """Groups of runs that differ only in their seeds, if at least two wait at the same step; each group sorted by seed."""
    alike: dict[Recipe, list[RunSummary]] = {}
    for summary in summaries:
        if summary.parent is None and 0 < summary.step < summary.calls:
            alike.setdefault(_but_seed(summary.recipe), []).append(summary)
    newest = {recipe: max(summary.step for summary in seeds) for recipe, seeds in alike.items()}
    return [
        sorted(seeds, key=lambda summary: summary.recipe.sampling.seed)
        for recipe, seeds in alike.items()
        if sum(summary.step == newest[recipe] for summary in seeds) > 1
    ]


def _but_seed(recipe: Recipe) -> Recipe:
    """`recipe` as all seeds of a choice have it."""
    return recipe.with_seed(0)


def _is_resumable(recording: Recording) -> bool:
    return not isinstance(recording.problem, RecordingNewer | RecordingParentless)


def _title(prompt: str) -> str:
    """`prompt` as a notice quotes it."""
    return quoted(prompt, MOST_QUOTED) if prompt else QT_TRANSLATE_NOOP("Safelight", "no prompt")
