"""Word maps on the starter: what they cost, that they change nothing, and whether they point at what the words name."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch

from ...diffusion.control import Control
from ...diffusion.engine import Engine
from ...diffusion.recipe import Recipe
from ...diffusion.request import Orders, Request
from ...diffusion.run import Event, LiveViews, Picture, Previews, WatchedViews, WordMaps
from ...resources import STARTER
from .. import words
from . import Row

STEPS = 25
PAIRS = (
    "rocket castle",
    "balloon house",
    "cat car",
    "bird boat",
    "star tree",
    "apple table",
    "fox drum",
    "moon tree",
    "bee flower",
    "ball dog",
)


def rows() -> Iterator[Row]:
    torch.set_num_threads(1)
    engine, prompt = Engine(), "a fox and a car in the snow, a mouse is playing guitar at night"
    _made(engine, prompt, True)  # loads the model, and measures its gates
    off: list[float] = []
    on: list[float] = []
    picture: list[bytes] = []
    maps: list[WordMaps] = []
    for _ in range(3):
        for watched, taken in ((False, off), (True, on)):
            since = time.process_time()
            drawn, maps = _made(engine, prompt, watched)
            taken.append(time.process_time() - since)
            picture.append(drawn)
    yield Row("G14: time that word maps add to a run, per cent of CPU", 100 * (min(on) / min(off) - 1), 3)
    yield Row(
        "G14: pictures that differ with word maps, of 3", float(sum(a != b for a, b in zip(picture[::2], picture[1::2], strict=True))), 0
    )
    yield Row("G14: word maps of a run of 50 steps, MB", 50 / STEPS * sum(len(each.levels) for each in maps) / 1e6, 0.5)
    right = 0
    for upper, lower in (pair.split() for pair in PAIRS):
        prompt = f"a {upper} above a {lower}"
        together = words.averaged(_made(engine, prompt, True)[1])
        heights = [float((each * np.arange(len(each))[:, None]).sum() / each.sum()) for each in together]
        spoken = prompt.split()
        right += heights[spoken.index(upper)] < heights[spoken.index(lower)]
    yield Row("G14: “a … above a …”: maps lie in this order, of 10", right, 8, is_least=True)


def _made(engine: Engine, prompt: str, watched: bool) -> tuple[bytes, list[WordMaps]]:
    events: list[Event] = []
    recipe = Recipe.of(prompt=prompt, steps=STEPS, seed=3)
    request = Request(recipe, previews=Previews.OFF, environment={"threads": 1})
    engine.generate(request, STARTER, "starter", Control(Orders(watched=WatchedViews(words=watched))), events.append)
    [pixels] = [event.pixels.data for event in events if isinstance(event, Picture)]
    return pixels, [event.words for event in events if isinstance(event, LiveViews) and event.words is not None]
