"""The reverse process on the starter: the steps of a walk against the formulas, and what fresh noise and few steps do."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
from PIL import Image

from ...diffusion.control import Control
from ...diffusion.device import best_device
from ...diffusion.loaded_model import LoadedModel
from ...diffusion.recipe import Recipe
from ...diffusion.run import Pixels
from ...diffusion.snapshot import read_snapshot
from ...diffusion.views import noise
from ...resources import RESOURCES, STARTER
from ..moments import Moment, Walk
from ..pixels import pixels_of
from ..reverse import first_difference, give, walk
from ..similarity import similarity
from . import Row

RECIPE = Recipe.of(prompt="a fox in the forest", steps=20, seed=11, guidance_scale=5.0)


def rows() -> Iterator[Row]:
    torch.set_num_threads(1)
    model = LoadedModel.open(STARTER, "", best_device(), Control())
    _walked(model, Walk(0.0))  # what is slow only once
    walks = {way: _walked(model, way) for way in (Walk(0.0), Walk(0.5), Walk(1.0), Walk(1.0, is_fresh=False))}
    for way, moments in list(walks.items())[:3]:
        yield Row(f"η = {way.eta:g}: largest distance of a step from keep·x0 + rest·ε + σ·z", _apart(moments), 1e-4)
        spread = [moment.spreads["z"] for moment in moments[1:-1]]
        yield Row(f"η = {way.eta:g}: largest distance of the spread of z from 1", max(abs(each - bool(way.eta)) for each in spread), 0.06)
    fresh, bare = walks[Walk(1.0)], walks[Walk(1.0, is_fresh=False)]
    yield Row("least spread of x without z, relative to that with z", min(_ratios(fresh, bare)), 0.5)
    steps = [[moment.step for moment in walks[way]] for way in (Walk(0.0), Walk(1.0))]
    yield Row("difference between the first predictions of DDIM and DDPM", first_difference(*steps), 0)
    picture = _fox()
    since = time.process_time()
    given = give(model, RECIPE.with_values(prompt=""), picture, RECIPE.sampling.seed, Control())
    yield Row("a picture is given to a run, s of CPU", time.process_time() - since, 1.0)
    yield Row("similarity of a picture with what the autoencoder keeps of it", similarity(picture, given.coded), 0.98, is_least=True)


def _walked(model: LoadedModel, way: Walk) -> list[Moment]:
    moments: list[Moment] = []
    walk(model, RECIPE, way, (), Control(), moments.append)
    return moments


def _apart(moments: list[Moment]) -> float:
    """z follows from the step itself where there is some, so its own distance is in the spread; without it the step is wholly known."""
    steps, worst = [moment.step for moment in moments], 0.0
    for moment in moments[1:]:
        record = read_snapshot(steps, moment.step.number)
        predicted = noise(record)
        assert predicted is not None
        assert record.x0 is not None
        rest = record.latents - moment.keep * record.x0 - moment.rest * predicted
        worst = max(worst, abs(float(rest.std()) - moment.sigma * moment.spreads["z"]))
    return worst


def _ratios(fresh: list[Moment], bare: list[Moment]) -> list[float]:
    return [other.spreads["x_next"] / one.spreads["x_next"] for one, other in zip(fresh, bare, strict=True)]


def _fox() -> Pixels:
    with Image.open(RESOURCES / "examples" / "fox-en.webp") as file:
        return pixels_of(np.asarray(file.convert("RGB").resize((256, 256))))
