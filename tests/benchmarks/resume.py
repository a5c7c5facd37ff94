"""What it costs to go on: after a pause, as a branch, and in a new process, beyond the step that is really made."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

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

LONGEST = 0.03  # s
STEPS = 50
CUTS = 1, 10, 20, 30, 40, 48
PROMPTED = "Branch with another prompt, less its text encoding"


def measure(quick: bool) -> Iterator[Figure]:
    gc.freeze()  # as the program does behind the imports: else a collection among all they made takes a third of a second
    with tempfile.TemporaryDirectory(prefix="safelight-") as folder:
        models = ModelLibrary(STARTER, (), Path(folder) / "fingerprints")
        starter, engine = models.starter, Engine()
        fitting = [each for each in samplers.SAMPLERS if samplers.unfit(each, starter.traits) is None]
        costs: dict[str, list[float]] = {}
        encodings: list[float] = []
        for sampler in fitting[:2] if quick else fitting[::2]:
            for what, cost in _going_on(engine, starter, sampler, encodings):
                costs.setdefault(what, []).append(cost)
        for what, seconds in costs.items():
            yield _judged(f"{what}, after {CUTS[0]} … {CUTS[-1]} of {STEPS} steps", seconds)
        yield Figure("One text encoding", "", milliseconds(encodings))
        worker = Worker()
        try:
            darkroom = Darkroom(worker, models, Path(folder) / "recordings")
            yield _judged(
                "Pausing and going on together, recorded on disk",
                asyncio.run(_pauses(darkroom, starter, fitting[:1] if quick else fitting[:2])),
            )
            paused = asyncio.run(_paused(darkroom, starter, fitting[0], CUTS[:1] if quick else CUTS[::2]))
        finally:
            worker.close()
        yield from _elsewhere(Path(folder), paused)


def _judged(name: str, seconds: Sequence[float]) -> Figure:
    """By the 95 %: one in twenty may meet another program, or a slow moment of the disk."""
    most = percentile(seconds, 95)
    return Figure(name, f"95 % ≤ {1000 * LONGEST:.0f} ms", f"95 % {1000 * most:.1f} ms, {milliseconds(seconds)}", most <= LONGEST)


def _recipe(starter: Model, sampler: samplers.Sampler) -> Recipe:
    return Recipe.of(prompt=PROMPT, sampler=sampler.name, steps=STEPS, width=starter.size, height=starter.size, seed=1)


def _going_on(engine: Engine, starter: Model, sampler: samplers.Sampler, encodings: list[float]) -> Iterator[tuple[str, float]]:
    """What one step takes with the way to it and the pause behind it, less the step itself, and less one text encoding where there is one.

    `encodings` takes up the seconds of those, each measured on a prompt as long beside the branch that it is taken from.
    """
    recipe = _recipe(starter, sampler)
    run = Run(recipe)
    _develop(engine, recipe, (), run.record)
    for after in CUTS:
        ways = {
            "Pause and go on": recipe,
            "Branch": recipe.turned(after, guidance_scale=7.5),
            PROMPTED: recipe.turned(after, prompt=f"{sampler.name} {after}"),
        }
        if sampler.restarts:
            ways["Refine"] = recipe.turned(after, refine=1)
        for what, way in ways.items():
            branch = run.fork(after, way)
            begun = time.perf_counter()
            _develop(engine, way, branch.history, branch.record, after + 1)
            [made] = branch.own_steps
            cost = _beyond(made, begun)
            if what is PROMPTED:
                encodings.append(_encoding(engine, f"{sampler.name} {after + STEPS}"))
                cost -= encodings[-1]
            yield what, cost


def _encoding(engine: Engine, prompt: str) -> float:
    assert engine._loaded
    begun = time.perf_counter()
    engine._loaded.encode(Recipe.of(prompt=prompt), Control())
    return time.perf_counter() - begun


def _develop(engine: Engine, recipe: Recipe, history: Sequence[Step], emit: Callable[[Event], None], until: int | None = None) -> None:
    engine.develop(recipe, STARTER, "starter", Previews.OFF, Control(), emit, history, until, threads=1)


async def _pauses(darkroom: Darkroom, starter: Model, chosen: Sequence[samplers.Sampler]) -> list[float]:
    """From the call that goes on to where the next pause has given the worker back, the journal closed, less the step made in it."""
    seconds = []
    for sampler in chosen:
        run = Run(_recipe(starter, sampler))
        await _run_to(darkroom, run, 1)
        for step in range(2, STEPS):
            begun = time.perf_counter()
            await _run_to(darkroom, run, step)
            seconds.append(_beyond(run.steps[-1], begun))
    return seconds


async def _paused(darkroom: Darkroom, starter: Model, sampler: samplers.Sampler, cuts: Sequence[int]) -> list[Run]:
    runs = [Run(_recipe(starter, sampler)) for _ in cuts]
    for run, cut in zip(runs, cuts, strict=True):
        await _run_to(darkroom, run, cut)
    return runs


def _elsewhere(folder: Path, paused: Sequence[Run]) -> Iterator[Figure]:
    """Each in a process of its own, to which nothing is known but the recording; too few of them for a 95 %."""
    told = [
        json.loads(
            subprocess.run([sys.executable, "-m", "tests.benchmarks.elsewhere", folder, run.id], check=True, stdout=subprocess.PIPE).stdout
        )
        for run in paused
    ]
    beyond, *known = ([each[what] for each in told] for what in ("beyond", "loading", "encoding", "step"))
    loading, encoding, step = map(median, known)
    yield Figure(
        "Go on in a new process, beyond loading, encoding and the step",
        f"median ≤ {1000 * LONGEST:.0f} ms",
        milliseconds(beyond),
        median(beyond) <= LONGEST,
    )
    yield Figure(
        "Loading there, encoding the prompts, and the first step",
        "",
        f"median {loading:.2f} s, {1000 * encoding:.0f} ms and {1000 * step:.0f} ms",
    )


async def _run_to(darkroom: Darkroom, run: Run, step: int) -> None:
    await darkroom.generate(
        run, Previews.FAST, lambda picture, announce: Path(), lambda event: None, pauses_after=lambda number: number >= step
    )
    assert run.steps[-1].number == step


def _beyond(made: Step, begun: float) -> float:
    return time.perf_counter() - begun - made.seconds - made.overhead_seconds


if __name__ == "__main__":
    tell(measure)
