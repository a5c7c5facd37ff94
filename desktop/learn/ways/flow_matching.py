"""Flow matching: learn the straight way from noise to points, then follow it. Lipman et al. 2023; Liu et al. 2023."""

from __future__ import annotations

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from torch import nn

from .diffusion import LEVELS, Diffusion
from .way import BATCH, normals


class FlowMatching(Diffusion):
    """As `Diffusion`, but x_t = (1 − t)·x + t·ε, and the network predicts the velocity ε − x."""

    def draw(self, network: nn.Module, count: int, rng: np.random.Generator, strides: int) -> torch.Tensor:
        scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=LEVELS)
        scheduler.set_timesteps(sigmas=np.linspace(1, 1 / strides, strides))
        x = normals(rng, count)
        for t in scheduler.timesteps:
            x = scheduler.step(network(x, torch.full((count,), float(t) / LEVELS)), t, x).prev_sample
        return x

    def _noise(self, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        points, noise = self.batch(rng), normals(rng, BATCH)
        time = torch.from_numpy(rng.random(BATCH, dtype=np.float32))
        return torch.lerp(points, noise, time[:, None]), time, noise - points

    def _cleaned(self, noisy: torch.Tensor, time: torch.Tensor, predicted: torch.Tensor) -> torch.Tensor:
        return noisy - time[:, None] * predicted
