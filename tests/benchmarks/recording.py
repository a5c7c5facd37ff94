"""What the record of a step costs the worker: with the starter model, and at the size of Stable Diffusion 1.5's latents at 512²."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

import torch

from desktop.diffusion import samplers, schedulers
from desktop.diffusion.control import Control
from desktop.diffusion.denoise import Look, denoise
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Event, Previews, Step
from desktop.library.models import ModelLibrary
from desktop.resources import STARTER
from tests import stock, tiny

from .figures import Figure, tell
from .real_app import PROMPT

LEAST_SECONDS, SHARE = 0.0005, 0.01        # what it may cost: the greater of both
LARGE_STEPS = 12


def measure(quick: bool) -> Iterator[Figure]:
    torch.set_num_threads(1)
    engine, starter = Engine(), ModelLibrary(STARTER, (), STARTER / "fingerprints").starter
    for name in ("DDIM", "UniPC"):
        recipe, steps = Recipe(prompt=PROMPT, sampler=name, steps=50, width=starter.size, height=starter.size, seed=1), []

        def keep(event: Event, steps: list[Step] = steps) -> None:
            if isinstance(event, Step):
                steps.append(event)

        engine.develop(recipe, STARTER, "starter", Previews.OFF, Control(), keep, threads=1)
        yield _figure(f"Recording a step of the starter, {name}", steps)
    pipeline = tiny.pipeline()
    for network in (pipeline.unet, pipeline.text_encoder):
        network.to(torch.bfloat16)
    for sampler in samplers.SAMPLERS[:3] if quick else samplers.SAMPLERS:
        yield _figure(f"Recording a step of {sampler.name}, 4×64×64", _large(pipeline, sampler))


def _large(pipeline: object, sampler: samplers.Sampler) -> list[Step]:
    """Steps of a tiny denoiser with large latents."""
    steps: list[Step] = []
    pipeline.scheduler = schedulers.build(sampler, pipeline.scheduler.config)
    denoise(pipeline, stock.ARGUMENTS | {"num_inference_steps": LARGE_STEPS, "width": 512, "height": 512}, stock.SEED, Control(),
            lambda x0, x_t: Look(), lambda timesteps: None, steps.append)
    return steps


def _figure(what: str, steps: Sequence[Step]) -> Figure:
    costs, lengths = ([getattr(step, name) for step in steps[1:]] for name in ("overhead_seconds", "seconds"))
    cost, length, taken = median(costs), median(lengths), sum(len(step.snapshot) for step in steps)
    measured = f"{1000 * cost:.2f} of {1000 * length:.1f} ms; {taken / 1e6:.1f} MB for {len(steps) - 1} calls"
    return Figure(what, "≤ max(0.5 ms, 1 %)", measured, cost <= max(LEAST_SECONDS, SHARE * length))


if __name__ == "__main__":
    tell(measure)
