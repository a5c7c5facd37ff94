"""Runs of an engine without a worker around it, as lists of the events it emits; and what to compare them with."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import DiffusionPipeline

from desktop.diffusion.control import Control, Stop
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.loader import weights_by_part
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Orders, Request
from desktop.diffusion.run import Event, Pixels, Previews, Step, WatchedViews
from desktop.diffusion.single_file import ModelFiles


@dataclass(frozen=True, slots=True)
class Accelerator(Device):
    """A stand-in for a GPU, which computes on the CPU: offloading moves weights from the CPU to the CPU."""

    free: int = 10**12

    @property
    def torch(self) -> torch.device:
        return torch.device("cpu")

    @property
    def total_memory(self) -> int:
        return 10**12

    @property
    def free_memory(self) -> int:
        return self.free


def events_of(
    engine: Engine,
    folder: Path,
    recipe: Recipe,
    previews: Previews = Previews.FAST,
    control: Control | None = None,
    history: Iterable[Step] = (),
    pause_at: int | None = None,
    threads: int | None = None,
    watched: WatchedViews | None = None,
    insist: bool = False,
) -> list[Event]:
    """Everything that a run emits until it ends, pauses or is stopped."""
    events: list[Event] = []
    orders = Orders(pause_at=pause_at, watched=watched or WatchedViews())
    request = Request(recipe, tuple(history), previews, insist, environment={"threads": threads} if threads else {})
    with suppress(Stop):
        engine.generate(request, folder, "fingerprint", control or Control(orders), events.append)
    return events


def stock_picture_of(pipeline: DiffusionPipeline, recipe: Recipe, **prompts: object) -> Pixels:
    """What the stock `pipeline` makes of `recipe`, which gives everything but the prompts."""
    [image] = pipeline(
        **prompts,
        num_inference_steps=recipe.sampling.steps,
        width=recipe.size.width,
        height=recipe.size.height,
        guidance_scale=recipe.sampling.guidance_scale,
        generator=torch.Generator().manual_seed(recipe.sampling.seed),
    ).images
    return Pixels(image.width, image.height, image.tobytes())


def weight_bytes(files: ModelFiles, dtype: torch.dtype) -> int:
    """Bytes of the model's weights in memory."""
    return sum(part.total for part in weights_by_part(files, dtype).values())
