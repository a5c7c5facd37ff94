"""What it costs to go on: after a pause, and as a branch, beyond the step that is really made."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from desktop.diffusion import samplers
from desktop.diffusion.control import Control
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Event, Previews, Run, Step
from desktop.generate import Darkroom
from desktop.library.models import Model, ModelLibrary
from desktop.resources import STARTER
from desktop.worker import Worker

from .figures import Figure, milliseconds, percentile, tell
from .real_app import PROMPT

LONGEST = 0.03         # s
STEPS = 50
CUTS = 1, 10, 20, 30, 40, 48


def measure(quick: bool) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="safelight-") as folder:
        models = ModelLibrary(STARTER, (), Path(folder) / "fingerprints")
        starter, engine = models.starter, Engine()
        fitting = [each for each in samplers.SAMPLERS if samplers.unfit(each, starter.scheduler_config, starter.unet_config) is None]
        fitting = fitting[:2] if quick else fitting
        costs: dict[str, list[float]] = {}
        for sampler in fitting:
            for what, cost in _going_on(engine, starter, sampler):
                costs.setdefault(what, []).append(cost)
        for what, seconds in costs.items():
            is_encoded = "prompt" in what
            yield Figure(f"{what}, after {CUTS[0]} … {CUTS[-1]} of {STEPS} steps", "≤ 30 ms" + is_encoded * " and one text encoding",
                         milliseconds(seconds), None if is_encoded else percentile(seconds, 95) <= LONGEST)
        worker = Worker()
        try:
            seconds = asyncio.run(_pauses(Darkroom(worker, models, Path(folder) / "recordings"), starter, fitting[::4]))
        finally:
            worker.close()
        yield Figure("Pausing and going on together, recorded on disk", "≤ 30 ms", milliseconds(seconds),
                     percentile(seconds, 50) <= LONGEST)


def _recipe(starter: Model, sampler: samplers.Sampler) -> Recipe:
    return Recipe(prompt=PROMPT, sampler=sampler.name, steps=STEPS, width=starter.size, height=starter.size, seed=1)


def _going_on(engine: Engine, starter: Model, sampler: samplers.Sampler) -> Iterator[tuple[str, float]]:
    """What one step takes with the way to it and the pause behind it, less the step itself."""
    recipe = _recipe(starter, sampler)
    run = Run(recipe)
    _develop(engine, recipe, (), run.record)
    for after in CUTS:
        ways = {"Pause and go on": recipe, "Branch": recipe.turned(after, guidance_scale=7.5),
                "Branch with another prompt": recipe.turned(after, prompt=f"{sampler.name} {after}")}
        if sampler.restarts:
            ways["Refine"] = recipe.turned(after, refine=1)
        for what, way in ways.items():
            branch = run.fork(after, way)
            begun = time.perf_counter()
            _develop(engine, way, branch.history, branch.record, after + 1)
            [made] = branch.own_steps
            yield what, _beyond(made, begun)


def _develop(engine: Engine, recipe: Recipe, history: Sequence[Step], emit: Callable[[Event], None], until: int | None = None) -> None:
    engine.develop(recipe, STARTER, "starter", Previews.OFF, Control(), emit, history, until, threads=1)


async def _pauses(darkroom: Darkroom, starter: Model, chosen: Sequence[samplers.Sampler]) -> list[float]:
    """From the call that goes on to where the next pause has given the worker back, the journal closed, less the step made in it."""
    seconds = []
    for sampler in chosen:
        run = Run(_recipe(starter, sampler))
        for cut in CUTS:
            await _run_to(darkroom, run, cut)
            begun = time.perf_counter()
            await _run_to(darkroom, run, cut + 1)
            seconds.append(_beyond(run.steps[-1], begun))
    return seconds


async def _run_to(darkroom: Darkroom, run: Run, step: int) -> None:
    await darkroom.generate(run, Previews.FAST, lambda picture, announce: Path(), lambda event: None,
                            pauses_after=lambda number: number >= step)
    assert run.steps[-1].number == step


def _beyond(made: Step, begun: float) -> float:
    return time.perf_counter() - begun - made.seconds - made.overhead_seconds


if __name__ == "__main__":
    tell(measure)
