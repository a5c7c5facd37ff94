"""What resuming costs: after a pause, as a branch, and in a new process, beyond the step that is made."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

from desktop.diffusion import samplers
from desktop.diffusion.control import Control, Stop
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Orders, Request
from desktop.diffusion.run import Event, Previews, Run, Step
from desktop.generate import RunMaker
from desktop.library.models import Model, ModelLibrary
from desktop.machine import LocalMachine
from desktop.resources import STARTER
from desktop.worker import Worker

from .figures import Figure, milliseconds, percentile, tell
from .real_app import PROMPT

LONGEST = 0.03  # s
STEPS = 50
CUTS = 1, 10, 20, 30, 40, 48
PROMPTED = "Branch with another prompt, less its text encoding"


def measure(quick: bool) -> Iterator[Figure]:
    gc.freeze()  # as the program does after its imports: a collection of all their objects takes a third of a second
    with tempfile.TemporaryDirectory(prefix="safelight-") as folder:
        models = ModelLibrary(STARTER, (), Path(folder) / "fingerprints")
        starter, engine = models.starter, Engine()
        fitting = [each for each in samplers.SAMPLERS if samplers.unfit(each, starter.traits) is None]
        costs: dict[str, list[float]] = {}
        encodings: list[float] = []
        for sampler in fitting[:2] if quick else fitting[::2]:
            for what, cost in _resuming(engine, starter, sampler, encodings):
                costs.setdefault(what, []).append(cost)
        for what, seconds in costs.items():
            yield _judged(f"{what}, after {CUTS[0]} … {CUTS[-1]} of {STEPS} steps", seconds)
        yield Figure("One text encoding", "", milliseconds(encodings))
        worker = Worker()
        try:
            maker = RunMaker(LocalMachine(worker, models), Path(folder) / "recordings")
            yield _judged(
                "Pausing and resuming together, recorded on disk",
                asyncio.run(_pauses(maker, starter, fitting[:1] if quick else fitting[:2])),
            )
            paused = asyncio.run(_paused(maker, starter, fitting[0], CUTS[:1] if quick else CUTS[::2]))
        finally:
            worker.close()
        yield from _elsewhere(Path(folder), paused)


def _judged(name: str, seconds: Sequence[float]) -> Figure:
    """By the 95th percentile: one in twenty may be delayed by another program or by the disk."""
    most = percentile(seconds, 95)
    return Figure(name, f"95 % ≤ {1000 * LONGEST:.0f} ms", f"95 % {1000 * most:.1f} ms, {milliseconds(seconds)}", most <= LONGEST)


def _recipe(starter: Model, sampler: samplers.Sampler) -> Recipe:
    return Recipe.of(prompt=PROMPT, sampler=sampler.name, steps=STEPS, width=starter.size, height=starter.size, seed=1)


def _resuming(engine: Engine, starter: Model, sampler: samplers.Sampler, encodings: list[float]) -> Iterator[tuple[str, float]]:
    """Seconds of resuming, making one step and pausing, less the step itself, and less one text encoding where there is one.

    `encodings` receives the seconds of those, each measured with a prompt of the same length right after the branch.
    """
    recipe = _recipe(starter, sampler)
    run = Run(recipe)
    _generate(engine, recipe, (), run.record)
    for after in CUTS:
        ways = {
            "Pause and resume": recipe,
            "Branch": recipe.turned(after, guidance_scale=7.5),
            PROMPTED: recipe.turned(after, prompt=f"{sampler.name} {after}"),
        }
        if sampler.restarts:
            ways["Refine"] = recipe.turned(after, refine=1)
        for what, way in ways.items():
            branch = run.fork(after, way)
            begun = time.perf_counter()
            _generate(engine, way, branch.history, branch.record, after + 1)
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


def _generate(engine: Engine, recipe: Recipe, history: Sequence[Step], emit: Callable[[Event], None], until: int | None = None) -> None:
    request = Request(recipe, tuple(history), Previews.OFF, environment={"threads": 1})
    with suppress(Stop):
        engine.generate(request, STARTER, "starter", Control(Orders(pause_at=until)), emit)


async def _pauses(maker: RunMaker, starter: Model, chosen: Sequence[samplers.Sampler]) -> list[float]:
    """Seconds from the call that resumes until the run is paused again and its journal closed, less the step made meanwhile."""
    seconds = []
    for sampler in chosen:
        run = Run(_recipe(starter, sampler))
        await _run_to(maker, run, 1)
        for step in range(2, STEPS):
            begun = time.perf_counter()
            await _run_to(maker, run, step)
            seconds.append(_beyond(run.steps[-1], begun))
    return seconds


async def _paused(maker: RunMaker, starter: Model, sampler: samplers.Sampler, cuts: Sequence[int]) -> list[Run]:
    runs = [Run(_recipe(starter, sampler)) for _ in cuts]
    for run, cut in zip(runs, cuts, strict=True):
        await _run_to(maker, run, cut)
    return runs


def _elsewhere(folder: Path, paused: Sequence[Run]) -> Iterator[Figure]:
    """Each in a process of its own, which knows only the recording; too few of them for a 95th percentile."""
    told = [
        json.loads(
            subprocess.run([sys.executable, "-m", "tests.benchmarks.elsewhere", folder, run.id], check=True, stdout=subprocess.PIPE).stdout
        )
        for run in paused
    ]
    beyond, *known = ([each[what] for each in told] for what in ("beyond", "loading", "encoding", "step"))
    loading, encoding, step = map(median, known)
    yield Figure(
        "Resume in a new process, beyond loading, encoding and the step",
        f"median ≤ {1000 * LONGEST:.0f} ms",
        milliseconds(beyond),
        median(beyond) <= LONGEST,
    )
    yield Figure(
        "Loading there, encoding the prompts, and the first step",
        "",
        f"median {loading:.2f} s, {1000 * encoding:.0f} ms and {1000 * step:.0f} ms",
    )


async def _run_to(maker: RunMaker, run: Run, step: int) -> None:
    control = Control(Orders(pause_at=step))
    await maker.generate(run, control, Previews.FAST, lambda picture, announce: Path(), lambda event: None)
    assert run.steps[-1].number == step


def _beyond(made: Step, begun: float) -> float:
    return time.perf_counter() - begun - made.seconds - made.overhead_seconds


if __name__ == "__main__":
    tell(measure)
