"""Switching between two models, a picture with each: what is left over in memory."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch

from desktop.diffusion.control import Control
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.resources import STARTER
from tests import tiny

from .figures import Figure, tell


def measure(quick: bool) -> Iterator[Figure]:
    switches = 20 if quick else 100
    engine = Engine()
    resident, tensors = [], []
    with tempfile.TemporaryDirectory() as folder:
        models = [(STARTER, 256), (tiny.save_folder_xl(Path(folder) / "xl"), 64)]
        for number in range(switches + 2):  # both were loaded once before the first is counted
            model, side = models[number % 2]
            recipe = Recipe.of(prompt=f"a cat {number}", sampler="Euler", steps=2, guidance_scale=4, width=side, height=side, seed=number)
            engine.generate(Request(recipe, insist=True), model, model.name, Control(), lambda event: None)
            if number % 2 == 0:
                gc.collect()
                resident.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
                tensors.append(sum(issubclass(type(each), torch.Tensor) for each in gc.get_objects()))
    first, last = resident[1], resident[-1]
    yield Figure(
        f"Memory after {switches} switches between two models",
        "≤ 1.1 × after the first",
        f"{last / first:.3f} ×: {first / 1e6:.0f} MB, then {last / 1e6:.0f}",
        last <= 1.1 * first,
    )
    yield Figure("Tensors left over", "none", f"{tensors[-1] - tensors[1]:+d} of {tensors[1]}", tensors[-1] <= tensors[1])


if __name__ == "__main__":
    tell(measure)
