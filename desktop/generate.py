"""From a request to a run to a saved picture; used by the window and by `--headless`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .diffusion.run import Ending, Event, LatentValues, Phase, Pixels, Previews, Run, Step, View
from .errors import SafelightError, StepNotKept
from .worker import settled

if TYPE_CHECKING:
    from .diffusion.control import Control
    from .library.artwork import Artwork
    from .library.journal import Journal
    from .machine import Machine

Save = Callable[["Artwork", Callable[[Path], None]], Path]
"""Saves a picture and returns its path. Calls its second argument with that path just before it creates the file."""


class RunMaker:
    """Operations on runs, each one coroutine on the machine. Cancelling it stops the work, even inside a step."""

    def __init__(
        self, machine: Machine, recordings: Path | None = None, warn: Callable[[SafelightError], None] = lambda problem: None
    ) -> None:
        """`recordings`: folder for the recordings of runs; None disables recording.

        `warn` receives problems that do not stop a run, such as a recording that can no longer be written.
        """
        self._machine = machine
        self._recordings = recordings
        self._warn = warn

    @property
    def is_ready(self) -> bool:
        return self._machine.is_ready

    async def generate(
        self, run: Run, control: Control, previews: Previews, save: Save, observe: Callable[[Event], None], insist: bool = False
    ) -> Path | None:
        """Start or resume `run` and save the picture. Every event is recorded before `observe` receives it.

        Return the path, or None if `control` paused the run. Raises a `SafelightError`; a picture that could not be saved stays in
        `run`. `insist`: continue although memory is tight.
        """
        from .diffusion.request import Request  # here, and below: the first paint need not wait for it

        recording = _RunRecording(self._recordings, run, self._warn)
        try:
            with _ending(run):
                await recording.begin()
                if run.picture is None:
                    request = Request(run.recipe, await _history(run), previews, insist, _environment(run))
                    async with aclosing(self._machine.generate(request, control)) as events:
                        async for event in events:
                            run.record(event)
                            recording.append(event, control)
                            observe(event)
                if run.picture is not None:
                    observe(Phase.SAVING)
                    await _save(run, save, recording.announce)
        finally:
            await recording.close()
        return run.path

    async def decode(self, run: Run, number: int, view: View = View.ESTIMATE) -> Pixels:
        """Step `number` of `run` in a view, decoded in full; for the estimate of the last step, the finished picture."""
        from .diffusion.request import Request

        if not 0 <= number < len(run.steps):
            raise StepNotKept()
        if run.picture and run.plan and run.plan.is_end(number) and view is View.ESTIMATE:
            return run.picture
        return await self._machine.decode(Request(run.recipe, await _history(run, number), environment=_environment(run)), number, view)

    async def values(self, run: Run, number: int, x: float, y: float) -> LatentValues:
        """The latents of step `number` at (x, y), both 0…1 from the upper left of the picture."""
        from .diffusion.request import Request

        if not 0 <= number < len(run.steps):
            raise StepNotKept()
        request = Request(run.recipe, await _history(run, number), environment=_environment(run))
        return await self._machine.values(request, number, x, y)

    def forbidden(self, run: Run, after: int, changes: Mapping[str, object]) -> str | None:
        """Why `run` cannot branch with `changes` after step `after` (untranslated text); None if it can."""
        from .diffusion import branching

        if run.plan is None or after >= len(run.steps):
            return branching.NO_STEP_LEFT
        traits = self._machine.traits_of(run.recipe.model.name)
        if traits is None:
            return branching.NO_MODEL
        calls, is_whole = run.plan.calls, run.plan.is_whole
        is_finished = is_whole and len(run.steps) > calls
        return branching.forbidden(run.recipe, calls if is_whole else calls + 1, after, changes, traits, is_finished, run.plan.enlarged_at)

    async def free(self) -> None:
        """Release the model and its memory; the next run loads it again."""
        await self._machine.free()

    async def record_ending(self, run: Run) -> None:
        """Write how `run` ended to its recording, if there is one."""
        recording = _RunRecording(self._recordings, run, self._warn)
        try:
            await recording.begin()
        finally:
            await recording.close()


def artwork_of(run: Run, step: int | None = None, pixels: Pixels | None = None) -> Artwork:
    """The picture of `run`, or `pixels` of one of its steps, with recipe and environment."""
    from .library.artwork import Artwork

    pixels = pixels or run.picture
    assert pixels is not None
    assert run.plan is not None
    of = None if step is None or run.plan.is_end(step) else (step, run.expected_steps)
    return Artwork(
        pixels=pixels, recipe=run.recipe, environment={"run": run.id, **run.plan.environment}, created=datetime.now().astimezone(), step=of
    )


@contextmanager
def _ending(run: Run) -> Iterator[None]:
    """Record in `run` how it ended. If resuming failed before a new step, restore its previous ending."""
    made, before = len(run.steps), run.ending
    run.begin()
    try:
        yield
    except asyncio.CancelledError:
        run.end(Ending.FINISHED if run.path else Ending.STOPPED)
        raise
    except BaseException:
        run.end(before if made and len(run.steps) == made else Ending.FAILED)
        raise
    run.end(Ending.FINISHED if run.picture else Ending.PAUSED)


def _environment(run: Run) -> Mapping[str, object]:
    """Environment recorded when the run started; empty for a new run."""
    return run.plan.environment if run.plan and run.steps else {}


async def _history(run: Run, number: int | None = None) -> tuple[Step, ...]:
    """The steps to resume `run` after, or those up to step `number`, with their snapshots; reads the disk on a thread."""
    steps = tuple(run.history if number is None else run.steps[: number + 1])
    if all(step.snapshot for step in steps):
        return steps
    from .library.recording import read_history

    return await asyncio.to_thread(read_history, steps)


async def _save(run: Run, save: Save, announce: Callable[[Path], None]) -> None:
    """Save the picture of `run`; a stop that arrives while writing takes effect afterwards."""
    saving = asyncio.ensure_future(asyncio.to_thread(save, artwork_of(run), announce))
    try:
        run.saved_as(await asyncio.shield(saving))
    except asyncio.CancelledError:
        with suppress(asyncio.CancelledError):
            await settled(saving)
        run.saved_as(saving.result())
        raise


class _RunRecording:
    """The journal of one run, if runs are recorded. Disk access is off the event loop."""

    def __init__(self, folder: Path | None, run: Run, warn: Callable[[SafelightError], None]) -> None:
        self._folder, self._run, self._warn = folder, run, warn
        self._beginning: asyncio.Future[Journal] | None = None
        self._journal: Journal | None = None
        self._has_warned = False

    async def begin(self) -> None:
        if self._folder is None:
            return
        from .library.journal import Journal

        self._beginning = asyncio.ensure_future(asyncio.to_thread(Journal.begin, self._folder, self._run))
        self._journal = await asyncio.shield(self._beginning)
        self._warn_once()

    def append(self, event: Event, control: Control) -> None:
        """Record `event`; `control` holds the run while too much data is unwritten."""
        if self._journal is not None:
            self._journal.append(event, control)
            self._warn_once()

    def announce(self, picture: Path) -> None:
        """Called on the saving thread just before the picture is created, so that it is not saved twice after a kill."""
        if self._journal is not None:
            self._journal.announce(picture)

    async def close(self) -> None:
        """Record the ending of the run and close the journal."""
        if self._beginning is not None:
            await settled(asyncio.ensure_future(self._close(self._beginning)))

    async def _close(self, beginning: asyncio.Future[Journal]) -> None:
        with suppress(Exception):  # `begin` has raised it
            self._journal = await beginning
        if self._journal is not None:
            await asyncio.to_thread(self._journal.close)
            self._warn_once()

    def _warn_once(self) -> None:
        """Warn once if the run can no longer be recorded."""
        if self._journal is not None and self._journal.problem and not self._has_warned:
            self._has_warned = True
            self._warn(self._journal.problem)
