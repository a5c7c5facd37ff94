"""How large recordings are. `python -m tests.sizes` prints a table: every sampler, 50 steps of SD 1.5 at 512², as a GPU and a CPU make it.

The numbers are random, through the real schedulers and the real snapshots; the previews are 512² of pure noise, the worst there is.
"""

from __future__ import annotations

import inspect
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import torch

from desktop.diffusion import schedulers
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Event, Picture, Pixels, Plan, Run, Step
from desktop.diffusion.samplers import Sampler
from desktop.diffusion.seam import Observation, Seam
from desktop.library.journal import Journal, path_of
from tests.offered import CLASSIC
from tests.tiny import PUBLISHED

SIDE = 512  # px
STEPS = 50


class Unet(torch.nn.Module):
    """Predicts noise, and nothing else; draws it where no run looks."""

    def __init__(self) -> None:
        super().__init__()
        self._generator = torch.Generator().manual_seed(1)

    def forward(self, latents: torch.Tensor) -> tuple[torch.Tensor]:
        return (torch.randn(latents.shape, generator=self._generator).to(latents.dtype),)


def noise(seed: int, side: int = SIDE) -> Pixels:
    return Pixels(side, side, random.Random(seed).randbytes(side * side * 3))


def observed(sampler: Sampler, dtype: torch.dtype, steps: int) -> tuple[tuple[float, ...], list[Observation]]:
    """The timesteps and every step of a run as the seam sees it."""
    generator, observations, plan = torch.Generator().manual_seed(0), [], []
    scheduler = schedulers.build(sampler, PUBLISHED)
    pipeline = SimpleNamespace(components={"scheduler": scheduler, "unet": Unet()})
    with Seam(pipeline, [generator], observations.append, plan.append):
        scheduler.set_timesteps(steps)
        latents = torch.randn(1, 4, SIDE // 8, SIDE // 8, generator=generator).to(dtype) * scheduler.init_noise_sigma
        drawn = {"generator": generator} if "generator" in inspect.signature(scheduler.step).parameters else {}
        for timestep in scheduler.timesteps:
            [prediction] = pipeline.components["unet"](scheduler.scale_model_input(latents, timestep))
            latents = scheduler.step(prediction, timestep, latents, **drawn).prev_sample
    return plan[0].timesteps, observations


def events(sampler: Sampler, dtype: torch.dtype, steps: int = STEPS) -> Iterator[Event]:
    timesteps, observations = observed(sampler, dtype, steps)
    estimate, noisy, thumbnail = noise(1), noise(2), noise(3, 128)
    yield Plan(timesteps, {"torch": torch.__version__})
    for each in observations:
        yield Step(
            each.number,
            each.timestep,
            each.level.sigma if each.level else None,
            0.5,
            0.1,
            0.01,
            estimate if each.number else None,
            noisy,
            thumbnail,
            False,
            each.snapshot,
        )
    yield Picture(noise(4))


def recorded_bytes(folder: Path, sampler: Sampler, dtype: torch.dtype, steps: int = STEPS) -> tuple[int, int]:
    """Bytes of the snapshots as they are, and of the recording with all that is in it."""
    run = Run(Recipe.of(prompt="a mouse is playing guitar", sampler=sampler.name, steps=steps, width=SIDE, height=SIDE))
    journal = Journal.begin(folder, run)
    for event in events(sampler, dtype, steps):
        run.record(event)
        journal.append(event)
    run.end(Ending.FINISHED)
    journal.close()
    assert journal.problem is None, journal.problem
    return sum(len(step.snapshot) for step in run.steps), path_of(folder, run.id).stat().st_size


def main() -> None:
    print(f"MB of a recording, {STEPS} steps at {SIDE}²     bf16: snapshots  recording   fp32: snapshots  recording")
    with tempfile.TemporaryDirectory() as folder:
        for sampler in CLASSIC:
            steps = min(STEPS, 8 if sampler.name == "LCM" else STEPS)
            sizes = [recorded_bytes(Path(folder), sampler, dtype, steps) for dtype in (torch.bfloat16, torch.float32)]
            (half, half_file), (full, full_file) = [(snapshots / 1e6, file / 1e6) for snapshots, file in sizes]
            print(f"{sampler.name:<16} {steps:3} steps {half:28.2f} {half_file:10.2f} {full:17.2f} {full_file:10.2f}", flush=True)


if __name__ == "__main__":
    main()
