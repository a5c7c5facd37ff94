"""From a recipe to a run to a picture on disk: the one way, used by the window and by `--headless`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .diffusion.control import Control, Stop
from .diffusion.run import Ending, Event, LatentValues, Phase, Pixels, Plan, Previews, Run, Step, View, WatchedViews
from .errors import MachineChanged, ModelChanged, ModelGone, SafelightError, StepNotKept

if TYPE_CHECKING:
    from .diffusion.engine import Engine
    from .library.artwork import Artwork
    from .library.journal import Journal
    from .library.models import Model, ModelLibrary
    from .worker import Worker

T = TypeVar("T")

Save = Callable[["Artwork", Callable[[Path], None]], Path]
"""Saves a picture and tells where; just before it makes the file, it calls what it was given with that path."""


class Darkroom:
    """What a person can ask of the machine, each as one coroutine. Cancelling one stops it inside a step."""

    def __init__(
        self,
        worker: Worker,
        models: ModelLibrary,
        recordings: Path | None = None,
        warn: Callable[[SafelightError], None] = lambda problem: None,
    ) -> None:
        """`recordings`: the folder in which runs are recorded while they are made; None records none.

        `warn` hears what stops no run: that it cannot be recorded any more.
        """
        self._worker = worker
        self._models = models
        self._recordings = recordings
        self._warn = warn
        self._recorder: _Recorder | None = None  # of the run at work
        self._engine: Engine | None = None  # made and used on the worker only

    @property
    def ready(self) -> bool:
        return self._engine is not None

    @property
    def is_behind(self) -> bool:
        """Whether the run at work waits for the disk."""
        return self._recorder is not None and self._recorder.is_behind

    async def prepare(self) -> None:
        """Import the machine, which takes seconds, before somebody waits for it."""
        await self._worker.run(self._open)

    async def generate(
        self,
        run: Run,
        previews: Previews,
        save: Save,
        observe: Callable[[Event], None],
        insist: bool = False,
        pauses_after: Callable[[int], bool] = lambda number: False,
        watched: Callable[[], WatchedViews] = WatchedViews,
    ) -> Path | None:
        """Develop `run`, or go on with it, recording every event in it before `observe` sees it, and save the picture.

        `pauses_after` is asked on the worker after each step but the last; where it says so the run unwinds, to be gone on with,
        and there is no path. `watched` is asked there too, what somebody looks at: `observe` hears a `LiveViews` of that before each step.
        Raises a `SafelightError` that says what went wrong; the picture, once there is one, stays in `run`.
        `insist`: go on although memory is tight.
        """
        recorder = self._recorder = _Recorder(self._recordings, run, self._warn)
        try:
            with _ending(run):
                await recorder.begin()
                if run.picture is None:
                    await self._develop(run, previews, observe, insist, pauses_after, watched, recorder)
                if run.picture is not None:
                    observe(Phase.SAVING)
                    await _save(run, save, recorder.announce)
        finally:
            self._recorder = None
            await recorder.close()
        return run.path

    async def look(self, run: Run, number: int, view: View = View.ESTIMATE) -> Pixels:
        """Step `number` of `run` in a view, through the full decoder; the estimate of the last step is the picture itself."""
        if not 0 <= number < len(run.steps):
            raise StepNotKept()
        if run.picture and run.plan and number == run.plan.calls and view is View.ESTIMATE:
            return run.picture
        steps = run.steps[: number + 1]
        model, fingerprint = await self._model_of(run)

        def look(control: Control, emit: Callable[[Any], None]) -> None:
            emit(self._open().look(run.recipe, model.folder, fingerprint, steps, number, view, control))

        async with aclosing(self._worker.stream(look)) as results:
            return await anext(results)

    async def values(self, run: Run, number: int, x: float, y: float) -> LatentValues:
        """The latents of step `number` where the picture is at (x, y), both 0…1 from its upper left."""
        if not 0 <= number < len(run.steps):
            raise StepNotKept()
        steps = run.steps[: number + 1]
        return await self._worker.run(lambda: self._open().values(steps, number, x, y))

    def forbidden(self, run: Run, after: int, changes: Mapping[str, Any]) -> str | None:
        """Why `run` cannot go on otherwise after step `after`, to be translated; None where it can."""
        from .diffusion import branching

        if run.plan is None or after >= len(run.steps):
            return branching.NO_STEP_LEFT
        model = next((model for model in self._models.models if model.name == run.recipe.model.name and not model.problem), None)
        if model is None:
            return branching.NO_MODEL
        return branching.forbidden(
            run.recipe, run.plan, after, changes, model.scheduler_config, model.unet_config, is_finished=len(run.steps) > run.plan.calls
        )

    async def note(self, run: Run) -> None:
        """Keep how `run` stands, where it is recorded."""
        recorder = _Recorder(self._recordings, run, self._warn)
        try:
            await recorder.begin()
        finally:
            await recorder.close()

    async def free(self) -> None:
        """Let go of the model and its memory; the next run loads it again."""
        if self.ready:
            await self._worker.run(lambda: self._open().free())

    async def _model_of(self, run: Run) -> tuple[Model, str]:
        """The model of `run` and its fingerprint. Raises `ModelGone` and `ModelChanged` where it is not what the run began with."""
        try:
            model = self._models.find(run.recipe.model.name)
            fingerprint = await asyncio.to_thread(self._models.verified, model)
        except SafelightError as problem:
            if run.steps:
                raise ModelGone(model=run.recipe.model.name, step=len(run.steps) - 1) from problem
            raise
        if _began_in(run).get("model_fingerprint", fingerprint) != fingerprint:
            raise ModelChanged(model=model.name)
        return model, fingerprint

    async def _develop(
        self,
        run: Run,
        previews: Previews,
        observe: Callable[[Event], None],
        insist: bool,
        pauses_after: Callable[[int], bool],
        watched: Callable[[], WatchedViews],
        recorder: _Recorder,
    ) -> None:
        if not self.ready:
            observe(Phase.PREPARING)
        model, fingerprint = await self._model_of(run)
        history, environment = run.history, _began_in(run)
        calls = 0

        def develop(control: Control, emit: Callable[[Event], None]) -> None:
            def tell(event: Event) -> None:
                nonlocal calls
                emit(event)
                recorder.append(event, control)
                match event:
                    case Plan():
                        calls = event.calls
                    case Step() if event.number < calls and pauses_after(event.number):
                        raise Stop  # at a boundary, so nothing is lost

            engine = self._open()
            for name, here in (("device", engine.device.kind), ("dtype", str(engine.device.dtype).removeprefix("torch."))):
                if environment.get(name, here) != here:
                    raise MachineChanged(before=environment[name], now=here)
            engine.develop(
                run.recipe,
                model.folder,
                fingerprint,
                previews,
                control,
                tell,
                history,
                insist=insist,
                threads=environment.get("threads"),
                watched=watched,
            )

        async with aclosing(self._worker.stream(develop)) as events:
            async for event in events:
                run.record(event)
                observe(event)
                recorder.mind()

    def _open(self) -> Engine:
        if self._engine is None:
            from .diffusion.warmup import warm_up

            warm_up()
            from .diffusion.engine import Engine

            self._engine = Engine()
        return self._engine


def artwork_of(run: Run, step: int | None = None, pixels: Pixels | None = None) -> Artwork:
    """The picture of `run`, or `pixels` made from one of its steps, with all that is known about it."""
    from .library.artwork import Artwork

    pixels = pixels or run.picture
    assert pixels is not None
    assert run.plan is not None
    of = None if step is None or step == run.plan.calls else (step, run.plan.calls)
    return Artwork(
        pixels=pixels, recipe=run.recipe, environment={"run": run.id, **run.plan.environment}, created=datetime.now().astimezone(), step=of
    )


def _began_in(run: Run) -> dict[str, Any]:
    """The environment that a run which is gone on with was begun in."""
    return run.plan.environment if run.plan and run.steps else {}


@contextmanager
def _ending(run: Run) -> Iterator[None]:
    """Say how `run` ended. Where going on with it failed at once, it is as it was before."""
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


async def _save(run: Run, save: Save, announce: Callable[[Path], None]) -> None:
    """A picture that is made is saved, also when the stop comes while it is being written."""
    saving = asyncio.ensure_future(asyncio.to_thread(save, artwork_of(run), announce))
    try:
        run.saved_as(await asyncio.shield(saving))
    except asyncio.CancelledError:
        with suppress(asyncio.CancelledError):
            await _whole(saving)
        run.saved_as(saving.result())
        raise


class _Recorder:
    """The journal of a run, if it is to have one; its disk is waited for off the loop."""

    def __init__(self, folder: Path | None, run: Run, warn: Callable[[SafelightError], None]) -> None:
        self._folder, self._run, self._warn = folder, run, warn
        self._beginning: asyncio.Future[Journal] | None = None
        self._journal: Journal | None = None
        self._warned = False

    @property
    def is_behind(self) -> bool:
        return self._journal is not None and self._journal.is_behind

    async def begin(self) -> None:
        if self._folder is None:
            return
        from .library.journal import Journal

        self._beginning = asyncio.ensure_future(asyncio.to_thread(Journal.begin, self._folder, self._run))
        self._journal = await asyncio.shield(self._beginning)
        self.mind()

    def append(self, event: Event, control: Control) -> None:
        """Called on the worker."""
        if self._journal is not None:
            self._journal.append(event, control)

    def announce(self, picture: Path) -> None:
        """Called while the picture is being saved: a kill behind it does not make it be saved twice."""
        if self._journal is not None:
            self._journal.announce(picture)

    def mind(self) -> None:
        """Warn, once, when the run cannot be recorded any more."""
        if self._journal is not None and self._journal.problem and not self._warned:
            self._warned = True
            self._warn(self._journal.problem)

    async def close(self) -> None:
        """Keep how the run stands now."""
        if self._beginning is not None:
            await _whole(asyncio.ensure_future(self._close(self._beginning)))

    async def _close(self, beginning: asyncio.Future[Journal]) -> None:
        with suppress(Exception):  # `begin` has raised it
            self._journal = await beginning
        if self._journal is not None:
            await asyncio.to_thread(self._journal.close)
            self.mind()


async def _whole(doing: asyncio.Future[T]) -> T:
    """What `doing` results in, however often the waiting task is cancelled meanwhile."""
    cancelled = False
    while not doing.done():
        try:
            await asyncio.wait([doing])
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
    return doing.result()
