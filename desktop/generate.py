"""From a recipe to a run to a picture on disk: the one way, used by the window and by `--headless`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .diffusion.control import Control
from .diffusion.errors import StepNotKept
from .diffusion.run import Ending, Event, Phase, Pixels, Previews, Run

if TYPE_CHECKING:
    from .diffusion.engine import Engine
    from .library.artwork import Artwork
    from .library.models import ModelLibrary
    from .worker import Worker


class Darkroom:
    """What a person can ask of the machine, each as one coroutine. Cancelling one stops it inside a step."""

    def __init__(self, worker: Worker, models: ModelLibrary) -> None:
        self._worker = worker
        self._models = models
        self._engine: Engine | None = None       # made and used on the worker only

    @property
    def ready(self) -> bool:
        return self._engine is not None

    async def prepare(self) -> None:
        """Import the machine, which takes seconds, before somebody waits for it."""
        await self._worker.run(self._open)

    async def generate(self, run: Run, previews: Previews, save: Callable[[Artwork], Path],
                       observe: Callable[[Event], None], insist: bool = False) -> Path:
        """Develop `run.recipe`, recording every event in `run` before `observe` sees it, and save the picture.

        Raises a `SafelightError` that says what went wrong; the picture, once there is one, stays in `run`.
        `insist`: go on although memory is tight.
        """
        try:
            if not self.ready:
                observe(Phase.PREPARING)
            model = self._models.find(run.recipe.model)
            fingerprint = await asyncio.to_thread(self._models.verified, model)

            def develop(control: Control, emit: Callable[[Event], None]) -> None:
                self._open().develop(run.recipe, model.folder, fingerprint, previews, control, emit, insist=insist)

            async with aclosing(self._worker.stream(develop)) as events:
                async for event in events:
                    run.record(event)
                    observe(event)
            observe(Phase.SAVING)
            run.path = await _finish(asyncio.to_thread(save, artwork_of(run)))
        except asyncio.CancelledError:
            run.ending = Ending.FINISHED if run.path else Ending.STOPPED
            raise
        except BaseException:
            run.ending = Ending.FAILED
            raise
        run.ending = Ending.FINISHED
        return run.path

    async def decode(self, run: Run, number: int) -> Pixels:
        """Step `number` of `run` through the full decoder: the estimate, or for the last step the picture itself."""
        if not 0 <= number < len(run.steps):
            raise StepNotKept()
        if run.picture and run.plan and number == run.plan.calls:
            return run.picture
        model = self._models.find(run.recipe.model)
        fingerprint = await asyncio.to_thread(self._models.verified, model)

        def decode(control: Control, emit: Callable[[Any], None]) -> None:
            emit(self._open().decode(run.recipe, model.folder, fingerprint, run.steps[:number + 1], number, control))

        async with aclosing(self._worker.stream(decode)) as results:
            return await anext(results)

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
    return Artwork(pixels=pixels, recipe=run.recipe, environment={"run": run.id, **run.plan.environment},
                   created=datetime.now().astimezone(), step=of)


async def _finish(saving: Any) -> Path:
    """A picture that is made is saved, also when the stop comes while it is being written."""
    task = asyncio.ensure_future(saving)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
