"""Noise schedules: how much of the picture and of the noise there is at each timestep. Torch-free; the same numbers as diffusers'."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

FLOAT = np.ndarray  # T values, float64, of timesteps 1…T


class Kind(StrEnum):
    LINEAR = "linear"
    SCALED_LINEAR = "scaled_linear"  # of Stable Diffusion: √β is linear
    COSINE = "cosine"
    ZERO_SNR = "zero_snr"  # scaled linear, moved so that nothing of the picture is left at T
    OWN = "own"  # through points that the reader drags


LINEAR = 1e-4, 0.02  # β at the first and last of 1,000 timesteps: Ho et al. 2020, arXiv 2006.11239
SCALED = 0.00085, 0.012  # as Stable Diffusion has it
MOST_BETA = 0.999
LEAST_BETA = 1e-6  # of the reader's own schedule: every timestep after 0 has some noise


@dataclass(frozen=True)
class NoiseSchedule:
    """β of every timestep; all else follows from it. `timestep` is 0…T: 0 is the picture itself."""

    betas: FLOAT

    @classmethod
    def of(cls, kind: Kind, timesteps: int = 1000, points: Sequence[tuple[float, float]] = ()) -> NoiseSchedule:
        """The schedule of `kind` with T = `timesteps`.

        Fewer than 1,000 timesteps get β that are larger in proportion: otherwise they would end before the picture is gone.
        `points`, for `Kind.OWN`: (share of the way, √ᾱ), both 0…1, from left to right.
        """
        scale = 1000 / timesteps
        match kind:
            case Kind.LINEAR:
                betas = np.linspace(LINEAR[0] * scale, LINEAR[1] * scale, timesteps)
            case Kind.SCALED_LINEAR | Kind.ZERO_SNR:
                betas = np.linspace(math.sqrt(SCALED[0] * scale), math.sqrt(SCALED[1] * scale), timesteps) ** 2
                if kind is Kind.ZERO_SNR:
                    return cls(_zero_snr(np.clip(betas, 0, MOST_BETA)))
            case Kind.COSINE:
                left = np.cos((np.arange(timesteps + 1) / timesteps + 0.008) / 1.008 * math.pi / 2) ** 2
                betas = 1 - left[1:] / left[:-1]
            case Kind.OWN:
                betas = _through(points, timesteps)
        return cls(np.clip(betas, 0, MOST_BETA))

    @property
    def timesteps(self) -> int:
        return len(self.betas)

    @cached_property
    def alphas_cumprod(self) -> FLOAT:
        """ᾱ of timesteps 0…T, T + 1 values: the share of the variance that is the picture's."""
        return np.concatenate([[1.0], np.cumprod(1 - self.betas)])

    def signal(self, timestep: int) -> float:
        """√ᾱ: the factor of the picture in x_t."""
        return math.sqrt(self.alphas_cumprod[timestep])

    def noise(self, timestep: int) -> float:
        """√(1 − ᾱ): the factor of the noise in x_t."""
        return math.sqrt(1 - self.alphas_cumprod[timestep])

    def beta(self, timestep: int) -> float:
        """The variance of the noise that this timestep adds; 0 at timestep 0."""
        return float(self.betas[timestep - 1]) if timestep else 0.0

    def snr(self, timestep: int) -> float:
        """ᾱ / (1 − ᾱ): power of the picture against power of the noise; ∞ at timestep 0."""
        left = float(self.alphas_cumprod[timestep])
        return left / (1 - left) if left < 1 else math.inf

    def half(self) -> int:
        """The first timestep at which no more than half of the variance is the picture's; T if there is none."""
        below = np.flatnonzero(self.alphas_cumprod <= 0.5)
        return int(below[0]) if len(below) else self.timesteps


def _zero_snr(betas: FLOAT) -> FLOAT:
    """√ᾱ, shifted and scaled so that its last value is 0 and its first stays: Lin et al. 2023, arXiv 2305.08891, algorithm 1."""
    root = np.sqrt(np.cumprod(1 - betas))
    root = (root - root[-1]) * root[0] / (root[0] - root[-1])
    left = root**2
    return 1 - np.concatenate([left[:1], left[1:] / left[:-1]])


def _through(points: Sequence[tuple[float, float]], timesteps: int) -> FLOAT:
    """β whose √ᾱ goes through `points`, linearly between them and always downwards, if only by `LEAST_BETA`."""
    along, heights = zip(*sorted(points), strict=True)
    root = np.interp(np.arange(1, timesteps + 1) / timesteps, [0, *along], [1, *heights])
    left = np.concatenate([[1.0], np.minimum.accumulate(np.clip(root, 1e-4, 1)) ** 2])
    return np.maximum(1 - left[1:] / left[:-1], LEAST_BETA)
