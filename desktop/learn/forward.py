"""Adding noise: in one jump and step by step, and what both leave behind. Torch-free.

Pictures are H×W×3, float32, −1…1, as diffusion models see them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .noise_schedule import NoiseSchedule

COPIES = 2000  # noised copies that are averaged


def to_model(pixels: np.ndarray) -> np.ndarray:
    """uint8 → float32, −1…1."""
    return pixels.astype(np.float32) / np.float32(127.5) - np.float32(1)


def to_pixels(picture: np.ndarray) -> np.ndarray:
    """float32 → uint8; what is outside of −1…1 is clipped, as a screen does."""
    return ((np.clip(picture, -1, 1) + np.float32(1)) * np.float32(127.5) + np.float32(0.5)).astype(np.uint8)


def noise_like(picture: np.ndarray, seed: int, step: int = 0) -> np.ndarray:
    """Standard normal noise of the shape of `picture`: a function of (seed, step) alone."""
    chance = np.random.Generator(np.random.Philox(key=[seed, step]))
    return chance.standard_normal(picture.shape, dtype=np.float32)


def noised(picture: np.ndarray, noise: np.ndarray, schedule: NoiseSchedule, timestep: int) -> np.ndarray:
    """x_t in one jump: √ᾱ·x0 + √(1−ᾱ)·ε. Ho et al. 2020, arXiv 2006.11239, equation 4."""
    return np.float32(schedule.signal(timestep)) * picture + np.float32(schedule.noise(timestep)) * noise


def chained(picture: np.ndarray, schedule: NoiseSchedule, timestep: int, seed: int) -> np.ndarray:
    """x_t step by step: x_t = √(1−β)·x_{t−1} + √β·ε, each with fresh noise. Equation 2 of the same paper."""
    here = picture.copy()
    for step in range(1, timestep + 1):
        beta, noise = schedule.beta(step), noise_like(picture, seed, step)
        here *= np.float32(math.sqrt(1 - beta))
        noise *= np.float32(math.sqrt(beta))
        here += noise
    return here


@dataclass(frozen=True, slots=True)
class Residual:
    """What is left of x_t without the picture, (x_t − √ᾱ·x0) / √(1−ᾱ), against the standard normal distribution."""

    mean: float
    spread: float  # standard deviation
    distance: float  # largest distance of the two distribution functions (Kolmogorov, Smirnov)
    by_chance: float  # below which that stays in 95 of 100 cases for noise that is truly normal
    correlation: float  # with the picture


def residual(noisy: np.ndarray, picture: np.ndarray, schedule: NoiseSchedule, timestep: int) -> Residual:
    """Test the noise in x_t; `timestep` is 1…T."""
    from scipy.special import ndtr  # scipy.stats takes a second to load

    left = ((noisy - np.float32(schedule.signal(timestep)) * picture) / np.float32(schedule.noise(timestep))).ravel()
    expected, ranks = ndtr(np.sort(left).astype(np.float64)), np.arange(left.size + 1) / left.size
    distance = float(max((expected - ranks[:-1]).max(), (ranks[1:] - expected).max()))
    return Residual(float(left.mean()), float(left.std()), distance, 1.36 / math.sqrt(left.size), likeness(left, picture))


def sum_of_copies(picture: np.ndarray, schedule: NoiseSchedule, timestep: int, copies: range, seed: int) -> np.ndarray:
    """The sum of noised copies of `picture`, each with noise of its own.

    The noise grows with the square root of their number, what is left of the picture with their number.
    """
    total = np.zeros_like(picture)
    for copy in copies:
        total += noised(picture, noise_like(picture, seed, copy), schedule, timestep)
    return total


def brought_back(total: np.ndarray) -> np.ndarray:
    """`total`, scaled so that its standard deviation is that of a picture with good contrast."""
    spread = float(total.std())
    return total * np.float32(0.5 / spread) if spread > 0 else total


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two pictures, −1…1; 0 if one of them is a single colour."""
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one.ravel().astype(np.float64), other.ravel().astype(np.float64))[0, 1])
