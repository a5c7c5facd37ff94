"""What the record of a step costs the worker: with the starter model, and at the size of Stable Diffusion 1.5's latents at 512².

The measurements of a step that the captions show are counted separately.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import torch

from desktop.diffusion import denoise as denoising
from desktop.diffusion import samplers, schedulers
from desktop.diffusion.control import Control
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import Event, Previews, Step
from desktop.library.models import ModelLibrary
from desktop.resources import STARTER
from tests import tiny
from tests.offered import CLASSIC
from tests.watched import Watched

from .figures import Figure, tell
from .real_app import PROMPT

LEAST_SECONDS, SHARE = 0.0005, 0.01  # what it may cost: the greater of both
MOST_TO_MEASURE = 0.0002
LARGE_STEPS = 12


def measure(quick: bool) -> Iterator[Figure]:
    torch.set_num_threads(1)
    measures = _clocked()
    engine, starter = Engine(), ModelLibrary(STARTER, (), STARTER / "fingerprints").starter
    for name in ("DDIM", "UniPC"):
        recipe, steps = Recipe.of(prompt=PROMPT, sampler=name, steps=50, width=starter.size, height=starter.size, seed=1), []

        def keep(event: Event, steps: list[Step] = steps) -> None:
            if isinstance(event, Step):
                steps.append(event)

        request = Request(recipe, previews=Previews.OFF, environment={"threads": 1})
        engine.generate(request, STARTER, "starter", Control(), keep)
        yield from _figures(f"a step of the starter, {name}", steps, measures)
    pipeline = tiny.pipeline()
    for network in (pipeline.unet, pipeline.text_encoder):
        network.to(torch.bfloat16)
    for sampler in CLASSIC[:3] if quick else CLASSIC:
        yield from _figures(f"a step of {sampler.name}, 4×64×64", _large(pipeline, sampler), measures)


def _large(pipeline: object, sampler: samplers.Sampler) -> list[Step]:
    """Steps of a tiny denoiser with large latents."""
    pipeline.scheduler = schedulers.build(sampler, pipeline.scheduler.config)
    return Watched(pipeline).go(num_inference_steps=LARGE_STEPS, width=512, height=512).steps


def _clocked() -> list[float]:
    """A list that receives the seconds of the measurements of each step from now on."""
    seconds, measured = [], denoising.measured

    def timed(*tensors: Any) -> tuple[float, float, float]:
        begun = time.perf_counter()
        result = measured(*tensors)
        seconds.append(time.perf_counter() - begun)
        return result

    denoising.measured = timed
    return seconds


def _figures(what: str, steps: Sequence[Step], measures: list[float]) -> Iterator[Figure]:
    measuring = measures[-len(steps) + 1 :]
    costs = [step.overhead_seconds - seconds for step, seconds in zip(steps[1:], measuring, strict=True)]
    cost, length, taken = median(costs), median(step.seconds for step in steps[1:]), sum(len(step.snapshot) for step in steps)
    yield Figure(
        f"Recording {what}",
        "≤ max(0.5 ms, 1 %)",
        f"{1000 * cost:.2f} of {1000 * length:.1f} ms; {taken / 1e6:.1f} MB for {len(steps) - 1} calls",
        cost <= max(LEAST_SECONDS, SHARE * length),
    )
    if "starter" in what:
        yield Figure(f"Measuring {what}", "≤ 0.2 ms", f"{1000 * median(measuring):.2f} ms", median(measuring) <= MOST_TO_MEASURE)


if __name__ == "__main__":
    tell(measure)
