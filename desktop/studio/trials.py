"""Trials: pictures that Learn makes beside the queue. They give way to the work of the queue at their next step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from ..diffusion.control import Control
from ..diffusion.recipe import Recipe
from ..diffusion.request import Orders, Request
from ..diffusion.run import Ending, Event, Pixels, Previews, Run, WatchedViews

if TYPE_CHECKING:
    from ..diffusion.loaded_model import LoadedModel
    from ..learn.moments import Given, Moment, Walk
    from ..machine import Machine
    from .queue import Queue


class Trials:
    """Cancelling the task that awaits a method stops the work, even inside a step."""

    def __init__(self, machine: Machine, queue: Queue) -> None:
        self._machine = machine
        self._queue = queue
        self._control: Control | None = None  # of the work that may give way
        queue.changed.connect(self._give_way)

    async def make(
        self, run: Run, observe: Callable[[Event], None] = lambda event: None, until: int | None = None, watched: WatchedViews | None = None
    ) -> None:
        """Start or resume `run`, to its picture or to step `until`. It is paused afterwards: it is not saved. Raises a `SafelightError`.

        `watched`: views that `observe` receives besides the recorded ones.
        """
        run.begin()
        try:
            while run.picture is None and not (until is not None and len(run.steps) > until):
                control = await self._turn(until, watched)
                environment = run.plan.environment if run.plan and run.steps else {}
                request = Request(run.recipe, tuple(run.history), Previews.FAST, environment=environment)
                async with aclosing(self._machine.generate(request, control)) as events:
                    async for event in events:
                        run.record(event)
                        observe(event)
        finally:
            self._control = None
            run.end(Ending.PAUSED)

    async def give(self, recipe: Recipe, picture: Pixels, seed: int) -> Given:
        """`picture` as a finished run of `recipe`: see `learn.reverse.give`. Raises a `SafelightError`."""
        await self._queue.idle()

        def work(model: LoadedModel, control: Control, emit: Callable[[Given], None]) -> None:
            from ..learn.reverse import give

            emit(give(model, recipe, picture, seed, control))

        async with aclosing(self._machine.compute_with(recipe, work)) as results:
            return await anext(results)

    async def walk(self, recipe: Recipe, way: Walk, observe: Callable[[Moment], None]) -> list[Moment]:
        """All steps of a walk; `observe` receives each when it is made. Raises a `SafelightError`."""
        moments: list[Moment] = []
        calls = recipe.sampling.steps
        try:
            while len(moments) <= calls:
                control, history = await self._turn(), tuple(moment.step for moment in moments)

                def work(model: LoadedModel, control: Control, emit: Callable[[Moment], None], history: tuple = history) -> None:
                    from ..learn.reverse import walk

                    walk(model, recipe, way, history, control, emit)

                async with aclosing(self._machine.compute_with(recipe, work, control)) as made:
                    async for moment in made:
                        moments.append(moment)
                        observe(moment)
                if not control.orders.pause:
                    break
        finally:
            self._control = None
        return moments

    async def noise_found(self, run: Run, given: Given, number: int) -> tuple[float, float]:
        """See `learn.reverse.noise_found`; step `number` of `run`, which began with `given`. Raises a `SafelightError`."""
        await self._queue.idle()
        made = tuple(run.steps)

        def work(model: LoadedModel, control: Control, emit: Callable[[tuple[float, float]], None]) -> None:
            from ..learn.reverse import noise_found

            emit(noise_found(model, given.steps, made, number, run.recipe.sampling.seed))

        async with aclosing(self._machine.compute_with(run.recipe, work)) as results:
            return await anext(results)

    async def first_difference(self, one: list[Moment], other: list[Moment]) -> float:
        """The largest difference between the first answers of the network in two walks."""

        def work(control: Control, emit: Callable[[float], None]) -> None:
            from ..learn.reverse import first_difference

            emit(first_difference(*([moment.step for moment in moments] for moments in (one, other))))

        async with aclosing(self._machine.compute(work)) as results:
            return await anext(results)

    async def _turn(self, until: int | None = None, watched: WatchedViews | None = None) -> Control:
        """Wait until the queue has nothing to do; return what pauses the work once it has."""
        await self._queue.idle()
        self._control = control = Control(Orders(pause_at=until, watched=watched or WatchedViews()))
        return control

    def _give_way(self) -> None:
        if self._control is not None and self._queue.is_serving:
            self._control.orders = replace(self._control.orders, pause=True)
