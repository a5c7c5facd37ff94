"""The perfect denoiser of a set of pictures: the best estimate of x0 that there is, computed without any training.

For a finite set the mean of all x0 that can lie under x_t is known in closed form: a mean of the pictures, weighted by how
likely each one, noised, becomes x_t. Karras et al. 2022, arXiv 2206.00364, appendix B.3. torch: runs on the worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from diffusers import EulerDiscreteScheduler

from .forward import noise_like, to_model, to_pixels

STEPS = 50
MOST = 2000  # pictures: more take longer than 2 s
HIGH, LOW = 80.0, 0.3  # σ between which the decision falls, whatever the pictures: there the steps are dense
_LAST = (0.1, 0.03, 0.01)  # σ of the last steps, for pictures that are nearly the same


def sigmas(steps: int = STEPS) -> np.ndarray:
    """σ before each step, and 0 at the end: even in log σ from `HIGH` to `LOW`, then quickly down."""
    return np.array([*np.geomspace(HIGH, LOW, steps - len(_LAST)), *_LAST, 0.0])


class PerfectDenoiser:
    """E[x0 | x_t] over N pictures, x_t = x0 + σ·ε, as two matrix products."""

    def __init__(self, pictures: np.ndarray) -> None:
        """`pictures`: N×side×side×3, uint8."""
        flat = torch.from_numpy(to_model(pictures)).flatten(1)
        self.mean = flat.mean(0)  # the mean picture; without it the products are small and lose little in float32
        self._pictures = flat.sub_(self.mean)
        self._half = self._pictures.square().sum(1).div_(2)

    def weights(self, noisy: torch.Tensor, sigma: float | torch.Tensor) -> torch.Tensor:
        """How likely each picture is the one below the noise: B×N, rows add up to 1. `noisy`: B×values; `sigma`: one for all, or B×1."""
        logits = ((noisy - self.mean) @ self._pictures.T - self._half) / sigma**2
        return logits.softmax(1)  # takes the largest off first: otherwise every exponential is 0 in so many dimensions

    def estimate(self, weights: torch.Tensor) -> torch.Tensor:
        """x̂0, B×values: the pictures, averaged with `weights`."""
        return weights @ self._pictures + self.mean


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """All samples after one step, and what the perfect denoiser thought of them before it."""

    step: int  # 1…n
    sigma: float  # the noise before the step
    noisy: np.ndarray  # B×side×side×3, uint8: x_t before the step, scaled to be seen
    estimate: np.ndarray  # B×side×side×3, uint8: x̂0
    effective: np.ndarray  # B: 1/Σw², how many pictures take part in the estimate
    heaviest: np.ndarray  # B, int64: the picture with the largest weight
    weight: np.ndarray  # B: that weight
    sample: np.ndarray  # B×side×side×3, float32: x after the step; after the last one the finished picture


class Walk:
    """From noise to pictures with the perfect denoiser and a scheduler of diffusers, a few steps at a time."""

    def __init__(self, pictures: np.ndarray, count: int, seed: int, steps: int = STEPS) -> None:
        """`pictures`: N×side×side×3, uint8; `count`: of samples."""
        self._shape = (count, *pictures.shape[1:])
        self._denoiser = PerfectDenoiser(pictures)
        self._scheduler = EulerDiscreteScheduler(prediction_type="sample")
        self._scheduler.set_timesteps(sigmas=list(sigmas(steps)))
        self._scheduler.set_begin_index(0)
        self._noisy = torch.from_numpy(noise_like(np.empty(self._shape), seed)).flatten(1) * HIGH + self._denoiser.mean
        self.step = 0

    @property
    def steps(self) -> int:
        return len(self._scheduler.timesteps)

    @property
    def mean(self) -> np.ndarray:
        """The mean of all pictures, side×side×3, uint8."""
        return to_pixels(self._denoiser.mean.numpy().reshape(self._shape[1:]))

    def go_on_for(self, seconds: float) -> list[Moment]:
        """Make steps until that time is over or the walk has ended; one at least."""
        until = perf_counter() + seconds
        moments = [self.go_on()]
        while self.step < self.steps and perf_counter() < until:
            moments.append(self.go_on())
        return moments

    def go_on(self) -> Moment:
        """Make the next step."""
        timestep, sigma = self._scheduler.timesteps[self.step], float(self._scheduler.sigmas[self.step])
        self._scheduler.scale_model_input(self._noisy, timestep)  # which it wants to be asked; the denoiser takes x_t as it is
        weights = self._denoiser.weights(self._noisy, sigma)
        estimate = self._denoiser.estimate(weights)
        before = self._noisy
        self._noisy = self._scheduler.step(estimate, timestep, before).prev_sample
        self.step += 1
        weight, heaviest = weights.max(1)
        return Moment(
            self.step,
            sigma,
            to_pixels(self._seen(before / (1 + sigma**2) ** 0.5)),
            to_pixels(self._seen(estimate)),
            weights.square().sum(1).reciprocal().numpy(),
            heaviest.numpy(),
            weight.numpy(),
            self._seen(self._noisy),
        )

    def _seen(self, values: torch.Tensor) -> np.ndarray:
        return values.numpy().reshape(self._shape)
