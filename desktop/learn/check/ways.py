"""Four ways side by side: how well each learns eight islands, over five seeds, and what a step and a frame cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import torch

from ..ways.diffusion import Diffusion
from ..ways.flow_matching import FlowMatching
from ..ways.gan import Gan
from ..ways.normalizing_flow import NormalizingFlow
from ..ways.points import TRAINED, Points, Score, Yardstick, islands
from ..ways.side_by_side import ON_PAUSE
from ..ways.vae import Vae
from ..ways.way import PointWay
from . import Row

SEEDS = range(5)
RECIPES: dict[str, Callable[[Points, int], PointWay]] = {
    "diffusion": Diffusion,
    "flow matching": FlowMatching,
    "GAN, momentum": Gan,
    "GAN, momentum, R1": lambda data, seed: Gan(data, seed, brake=True),
    "GAN, no momentum": lambda data, seed: Gan(data, seed, momentum=False),
    "GAN, no momentum, R1": lambda data, seed: Gan(data, seed, momentum=False, brake=True),
    "VAE, β = 1": Vae,
    "VAE, β = 10": lambda data, seed: Vae(data, seed, beta=10.0),
    "RealNVP": NormalizingFlow,
}


def rows() -> Iterator[Row]:
    torch.set_num_threads(1)
    yardstick = Yardstick(islands)
    for name, make in RECIPES.items():
        scores, taken = [], []
        for seed in SEEDS:
            since = time.process_time()
            way = make(islands(TRAINED, np.random.default_rng(seed)), seed)
            for number in range(way.length):
                way.step(number)
            taken.append(time.process_time() - since)
            scores.append(yardstick(way.sample(ON_PAUSE, seed).points))
        yield from _judged(name, scores)
        yield Row(f"G4: {name}: s of CPU for the whole training, median of 5", float(np.median(taken)), 10)
        yield Row(f"G4: {name}: ms of CPU for 500 points in 20 strides", _drawing(way), 33)


def _judged(name: str, scores: list[Score]) -> Iterator[Row]:
    table = " ".join(f"{score.found}/{100 * score.good:.0f}" for score in scores)
    fewest, most = min(score.found for score in scores), max(score.found for score in scores)
    worst, best = min(score.good for score in scores), max(score.good for score in scores)
    what = f"G4: {name} ({table})"
    match name:
        case "diffusion" | "flow matching" | "GAN, no momentum" | "GAN, no momentum, R1" | "RealNVP":
            yield Row(f"{what}: islands", fewest, 8, is_least=True)
            yield Row(f"{what}: good", worst, 0.75 if name == "RealNVP" else 0.9, is_least=True)
        case "GAN, momentum" | "GAN, momentum, R1":
            few = 6 if "R1" in name else 5
            yield Row(f"{what}: seeds with at most {few} islands", sum(score.found <= few for score in scores), 3, is_least=True)
        case "VAE, β = 1":
            yield Row(f"{what}: islands", fewest, 8, is_least=True)
            yield Row(f"{what}: good, the rest is between them", best, 0.85)
        case "VAE, β = 10":
            yield Row(f"{what}: islands", most, 1)


def _drawing(way: PointWay) -> float:
    since = time.process_time()
    for seed in range(5):
        way.sample(500, seed, strides=20)
    return 1000 * (time.process_time() - since) / 5
