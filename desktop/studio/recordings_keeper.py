"""RecordingsKeeper: what is on disk of runs: offered again after a crash, opened with a picture, kept within its limit."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal

from ..diffusion.errors import SafelightError
from ..diffusion.run import Ending, Run
from .generation import Generation
from .held_runs import HeldRuns
from .notices import Action, Kind, Notices
from .timeline import Timeline

if TYPE_CHECKING:
    from ..library.recordings import Recording, Recordings, Summary


class RecordingsKeeper(QObject):
    changed = Signal()                 # `nbytes`

    def __init__(self, recordings: Recordings, generation: Generation, timeline: Timeline, held: HeldRuns, notices: Notices) -> None:
        super().__init__()
        self._recordings = recordings
        self._generation = generation
        self._timeline = timeline
        self._held = held
        self._notices = notices
        self.nbytes = 0                # on disk, as it was last looked at
        generation.ended.connect(lambda run: notices.spawn(self.tidy()))

    async def offer(self) -> None:
        """After the start: bring back what is in line, and offer, a notice for each tree, what was cut off or paused."""
        summaries = await asyncio.to_thread(self._recordings.all)
        known = {each.id: each for each in summaries}
        for job in self._generation.up_next:
            if (summary := known.get(job.run.id)) and summary.problem is None:
                self._generation.recall((await self._opened(summary)).run)
        offered: set[str] = set()
        for summary in summaries:
            tree = _root(summary, known)
            if summary.is_interrupted and tree not in offered:
                offered.add(tree)
                self._offer(summary)
        await self.tidy()

    async def go_on(self, id: str) -> None:
        """Go on with a recorded run; where that cannot be, its steps are shown."""
        run = await self.open(id)
        self._timeline.show(run, follow=True)
        self._generation.go_on(run)

    async def drop(self, id: str) -> None:
        """Do not go on with a recorded run, and offer it no more."""
        self._generation.drop(await self.open(id))

    async def open(self, id: str) -> Run:
        """A recorded run, held with its whole tree. Tells what cannot be seen or gone on with."""
        summaries = {each.id: each for each in await asyncio.to_thread(self._recordings.all)}
        root = _root(summaries[id], summaries) if id in summaries else id
        for summary in summaries.values():
            if summary.id != id and summary.problem is None and _root(summary, summaries) == root:
                await self._opened(summary)
        if held := self._held.get(id):
            return held
        recording = await asyncio.to_thread(self._recordings.open, id)
        if recording.problem:
            self._notices.report(recording.problem)
        self._held.hold(recording.run)
        return recording.run

    async def of(self, picture: Path) -> Run | None:
        """The recorded run that made the picture at that path."""
        summary = await asyncio.to_thread(self._recordings.of, picture)
        try:
            return await self.open(summary.id) if summary else None
        except SafelightError as problem:
            self._notices.report(problem)
            return None                    # the picture itself can be seen all the same

    async def pin(self, run: Run, pinned: bool) -> None:
        """Keep the recording of `run` whatever room it takes."""
        await asyncio.to_thread(self._recordings.pin, run.id, pinned)
        run.pinned = pinned

    async def delete(self, run: Run) -> None:
        """Delete the recording of `run` with its whole tree."""
        await asyncio.to_thread(self._recordings.delete, run.id)
        await self.tidy()

    async def limit(self, nbytes: int) -> None:
        self._recordings.limit = nbytes
        await self.tidy()

    async def tidy(self) -> None:
        """Let the oldest trees go that nobody needs now, until the rest fits."""
        needed = {job.run.id for job in self._generation.unfinished} | {lane.run.id for lane in self._timeline.lanes}

        def tidy() -> int:
            self._recordings.tidy(keep=needed)
            return self._recordings.nbytes

        self.nbytes = await asyncio.to_thread(tidy)
        self.changed.emit()

    async def _opened(self, summary: Summary) -> Recording:
        """As in memory, where it is held already."""
        from ..library.recordings import Recording
        if held := self._held.get(summary.id):
            return Recording(held, None)
        try:
            recording = await asyncio.to_thread(self._recordings.open, summary.id)
        except SafelightError:
            return Recording(Run(summary.recipe, id=summary.id), None)
        self._held.hold(recording.run)
        return recording

    def _offer(self, summary: Summary) -> None:
        sentence = (QT_TRANSLATE_NOOP("Safelight", "“{prompt}” was paused at step {step} of {steps}.") if summary.ending is Ending.PAUSED
                    else QT_TRANSLATE_NOOP("Safelight", "“{prompt}” was cut off at step {step} of {steps}."))
        spawn, id = self._notices.spawn, summary.id
        self._notices.tell(Kind.WARNING, sentence,
                           Action(QT_TRANSLATE_NOOP("Safelight", "Go on"), lambda: spawn(self.go_on(id))),
                           Action(QT_TRANSLATE_NOOP("Safelight", "Drop"), lambda: spawn(self.drop(id))),
                           Action(QT_TRANSLATE_NOOP("Safelight", "Later"), lambda: None),
                           prompt=summary.recipe.final.prompt, step=summary.step, steps=summary.calls or summary.recipe.steps)


def _root(summary: Summary, known: dict[str, Summary]) -> str:
    """The id of the run that its tree grew from."""
    seen = {summary.id}
    while summary.parent in known and summary.parent not in seen:
        summary = known[summary.parent]
        seen.add(summary.id)
    return summary.id
