"""What watching costs: preview, record and gates, over the same stock pipeline left alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import torch

from desktop.diffusion import samplers, schedulers
from desktop.diffusion.control import Control
from desktop.diffusion.denoise import Stretch, denoise
from desktop.diffusion.device import best_device, fitting_threads
from desktop.diffusion.loaded_model import LoadedModel
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Previews
from desktop.resources import STARTER
from tests.watched import Watched

from .figures import Figure, interleaved, median_difference, tell
from .models import sd15_size
from .real_app import PROMPT


def measure(quick: bool) -> Iterator[Figure]:
    starter = LoadedModel.open(STARTER, "", best_device(), Control())
    side = starter.pipeline.unet.config.sample_size * starter.pipeline.vae_scale_factor
    for sampler in ("DDIM", "DPM++ 2M", "UniPC"):
        yield _cost(
            f"Starter, {side}², 50 steps",
            starter,
            Recipe.of(prompt=PROMPT, sampler=sampler, steps=50, width=side, height=side, seed=1),
            rounds=3 if quick else 21,
        )
    with tempfile.TemporaryDirectory() as folder:
        large = LoadedModel.open(sd15_size(Path(folder)), "", best_device(), Control())
        yield _cost(
            "SD-1.5 size, 256², 4 steps",
            large,
            Recipe.of(prompt=PROMPT, sampler="DDIM", steps=4, width=256, height=256, seed=1),
            rounds=2 if quick else 5,
        )


def _cost(what: str, model: LoadedModel, recipe: Recipe, rounds: int) -> Figure:
    """Milliseconds a step: the median over pairs of runs that follow each other, one of them watched."""
    torch.set_num_threads(fitting_threads(model.work(recipe)))
    arguments = model.prepare(recipe, *model.encode(recipe, Control()))
    looks: list[bool] = []

    def stock() -> None:
        generator = torch.Generator("cpu").manual_seed(recipe.sampling.seed)
        model.pipeline(**arguments, generator=generator, output_type="latent", return_dict=False)

    def watched() -> None:
        run = Watched(model.pipeline, renderer=model.previewer.renderer(Previews.FAST))
        denoise(model.pipeline, Stretch(arguments, recipe.sampling.seed), Control(), run)
        looks.append(run.steps[-1].approximate)

    def timed(run: Callable[[], None]) -> complex:
        model.pipeline.scheduler = schedulers.build(samplers.sampler(recipe.sampling.sampler), model.scheduler_config)
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        return complex(time.perf_counter() - wall, time.process_time() - cpu) * 1000 / recipe.sampling.steps

    for warm_up in (stock, watched):
        timed(warm_up)
    bare, ours = interleaved(rounds, lambda: timed(stock), lambda: timed(watched))
    walls, cpus = ([[part(each) for each in runs] for runs in (bare, ours)] for part in (lambda each: each.real, lambda each: each.imag))
    cost, alone, cpu_cost = median_difference(walls[1], walls[0]), median(walls[0]), median_difference(cpus[1], cpus[0])
    preview = "linear preview" if looks[-1] else "preview decoder"
    return Figure(
        f"{what}, {recipe.sampling.sampler}: watching ({preview})",
        "≤ max(3 %, 2 ms) a step",
        f"{cost:+.2f} ms ({cost / alone:+.1%}) of {alone:.1f} ms; CPU {cpu_cost:+.2f} ms ({cpu_cost / median(cpus[0]):+.1%})",
        cost <= max(0.03 * alone, 2),
    )


if __name__ == "__main__":
    tell(measure)
