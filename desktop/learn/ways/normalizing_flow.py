"""Normalizing flow: a reversible warp of a round cloud into the points; it tells every point's exact probability. Dinh et al. 2017."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from .networks import Couplings
from .underlay import Heat
from .way import BATCH, PointWay, normals, plane

JITTER = 0.02  # added to the points, so that no density grows without bound
LARGEST_GRADIENT = 5.0


class NormalizingFlow(PointWay):
    """A step warps points back to noise (phase 0), then makes that noise more likely (phase 1)."""

    steps = 2200
    average = 0.995
    network: Couplings
    trained: Couplings

    def build(self) -> None:
        self.trained = Couplings()
        self._optimiser = self.adam(self.trained.parameters(), 2.5e-3)
        self._loss: torch.Tensor | None = None  # of points that were warped and not learned from yet

    def phase(self, number: int, phase: int, rng: np.random.Generator) -> None:
        if phase == 0 or self._loss is None:
            noise, stretch = self.trained.to_noise(self.batch(rng) + JITTER * normals(rng, BATCH))
            self._loss = -log_density(noise, stretch).mean()
            self.work = noise.detach()
        if phase == 0:
            return
        self._optimiser.zero_grad()
        self._loss.backward()
        nn.utils.clip_grad_norm_(self.trained.parameters(), LARGEST_GRADIENT)
        self._optimiser.step()
        self.losses[1], self._loss = self._loss.item(), None
        self.work = self.trained(self.work).detach()

    def draw(self, network: nn.Module, count: int, rng: np.random.Generator, strides: int) -> torch.Tensor:
        return network(normals(rng, count))

    @torch.no_grad()
    def density(self, points: torch.Tensor) -> torch.Tensor:
        """The exact probability density at each point."""
        return log_density(*self.network.to_noise(points)).exp()

    def underlay(self, side: int, moment: float = 0.5) -> Heat:
        """The density at each place; 1 stands for 1 and more."""
        return Heat(self.density(plane(side)).reshape(side, side).clamp(0, 1).sqrt().numpy())


def log_density(noise: torch.Tensor, stretch: torch.Tensor) -> torch.Tensor:
    """log p(point) = log N(noise; 0, 1) + log |det ∂noise/∂point|."""
    return stretch - 0.5 * noise.square().sum(1) - math.log(2 * math.pi)
