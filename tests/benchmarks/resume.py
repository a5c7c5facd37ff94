"""What it costs to go on: after a pause, and as a branch, beyond the step that is really made."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from desktop.diffusion import samplers
from desktop.diffusion.control import Control
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Event, Previews, Run, Step
from desktop.library.models import ModelLibrary
from desktop.resources import STARTER

from .figures import Figure, milliseconds, tell
from .real_app import PROMPT

LONGEST = 0.03         # s


def measure(quick: bool) -> Iterator[Figure]:
    engine, starter = Engine(), ModelLibrary(STARTER, (), STARTER / "fingerprints").starter
    fitting = [each for each in samplers.SAMPLERS if samplers.unfit(each, starter.scheduler_config, starter.unet_config) is None]
    cuts = (25, 48) if quick else (1, 10, 20, 30, 40, 48) * 5
    costs: dict[str, list[float]] = {"Pause and go on": [], "Branch": [], "Refine": [], "Branch with another prompt": []}
    for sampler in fitting[:2] if quick else fitting:
        recipe = Recipe(prompt=PROMPT, sampler=sampler.name, steps=50, width=starter.size, height=starter.size, seed=1)
        run = Run(recipe)
        _develop(engine, recipe, (), run.record)
        for number, after in enumerate(cuts):
            ways = {"Pause and go on": recipe, "Branch": recipe.turned(after, guidance_scale=7.5),
                    "Branch with another prompt": recipe.turned(after, prompt=f"{sampler.name} {number}")}
            if sampler.restarts:
                ways["Refine"] = recipe.turned(after, refine=1)
            for what, way in ways.items():
                costs[what].append(_beyond(engine, run.fork(after, way), after + 1))
    for what, seconds in costs.items():
        is_encoded = "prompt" in what
        yield Figure(f"{what}, after {cuts[0]} … {cuts[-1]} of 50 steps", "≤ 30 ms" + is_encoded * " and one text encoding",
                     milliseconds(seconds), None if is_encoded else max(seconds) <= LONGEST)


def _beyond(engine: Engine, run: Run, until: int) -> float:
    """Seconds that one step takes with the way to it and the pause behind it, less the step itself."""
    begun = time.perf_counter()
    _develop(engine, run.recipe, run.history, run.record, until)
    whole = time.perf_counter() - begun
    [made] = run.own_steps
    return whole - made.seconds - made.overhead_seconds


def _develop(engine: Engine, recipe: Recipe, history: Sequence[Step], emit: Callable[[Event], None], until: int | None = None) -> None:
    engine.develop(recipe, STARTER, "starter", Previews.OFF, Control(), emit, history, until, threads=1)


if __name__ == "__main__":
    tell(measure)
