"""Diffusion: learn to tell the noise in noised points, then take it away from pure noise in many small steps. Ho et al. 2020."""

from __future__ import annotations

import numpy as np
import torch
from diffusers import DDIMScheduler
from torch import nn
from torch.nn import functional as F

from .networks import Denoiser
from .underlay import Arrows
from .way import BATCH, PointWay, normals, plane

LEVELS = 1000
BOUND = 4.0  # of the estimated x0; at the highest level hardly anything of it is left, and the division would blow up any error


class Diffusion(PointWay):
    """Predicts ε; a step draws noise (phase 0), then takes a gradient step (phase 1)."""

    steps = 5000
    average = 0.995

    def build(self) -> None:
        self.trained = Denoiser()
        self._optimiser = self.adam(self.trained.parameters(), 2e-3)
        self._scheduler = self._make_scheduler()
        self._noised: tuple[torch.Tensor, torch.Tensor, torch.Tensor] | None = None  # x_t, time of 0…1, what is to be predicted

    def phase(self, number: int, phase: int, rng: np.random.Generator) -> None:
        if phase == 0 or self._noised is None:
            self._noised = self._noise(rng)
        if phase == 0:
            self.work = self._noised[0]
            return
        noisy, time, target = self._noised
        predicted = self.trained(noisy, time)
        loss = F.mse_loss(predicted, target)
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self.losses[1] = loss.item()
        self.work = self._cleaned(noisy, time, predicted.detach())

    def draw(self, network: nn.Module, count: int, rng: np.random.Generator, strides: int) -> torch.Tensor:
        scheduler = self._make_scheduler()
        scheduler.set_timesteps(strides)
        x = normals(rng, count)
        for t in scheduler.timesteps:
            predicted = network(x, torch.full((count,), (float(t) + 1) / LEVELS))
            x = scheduler.step(predicted, t, x, use_clipped_model_output=True).prev_sample
        return x

    @torch.no_grad()
    def underlay(self, side: int, moment: float = 0.5) -> Arrows:
        """Arrows from places to where the network thinks the point without noise is, at one level of noise."""
        places = plane(side)
        time = torch.full((len(places),), max(moment, 1 / LEVELS))
        return Arrows(places.numpy(), self._cleaned(places, time, self.network(places, time)).numpy())

    def _make_scheduler(self) -> DDIMScheduler:
        return DDIMScheduler(
            num_train_timesteps=LEVELS, beta_schedule="squaredcos_cap_v2", timestep_spacing="trailing", clip_sample_range=BOUND
        )

    def _noise(self, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        points, noise = self.batch(rng), normals(rng, BATCH)
        levels = torch.from_numpy(rng.integers(LEVELS, size=BATCH))
        return self._scheduler.add_noise(points, noise, levels), (levels + 1) / LEVELS, noise

    def _cleaned(self, noisy: torch.Tensor, time: torch.Tensor, predicted: torch.Tensor) -> torch.Tensor:
        left = self._scheduler.alphas_cumprod[(time * LEVELS).round().long() - 1, None]
        return ((noisy - (1 - left).sqrt() * predicted) / left.sqrt()).clamp(-BOUND, BOUND)
