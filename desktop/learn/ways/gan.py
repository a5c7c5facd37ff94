"""GAN: a generator makes points of noise, a discriminator tells them from true ones, and both learn. Goodfellow et al. 2014."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .networks import perceptron
from .points import Points
from .underlay import Heat
from .way import BATCH, PointWay, normals, plane

WIDTH = 88


class Gan(PointWay):
    """Non-saturating loss. A step trains the discriminator (phase 0), then the generator (phase 1).

    With Adam's usual momentum (β₁ = 0.9) the generator leaps from island to island; without (β₁ = 0) it finds all.
    `brake` adds R1: a penalty on the slope of the discriminator at true points (Mescheder et al. 2018).
    """

    steps = 2800

    def __init__(self, data: Points, seed: int, length: int = 0, momentum: bool = True, brake: bool = False) -> None:
        self.momentum = momentum
        self.average, self.falls = (0.0, False) if momentum else (0.99, True)
        self._brake = (3.0 if momentum else 0.3) if brake else 0.0
        super().__init__(data, seed, length or (2200 if brake else self.steps))

    def build(self) -> None:
        self.trained = perceptron(2, WIDTH, WIDTH, WIDTH, 2, activation=nn.ReLU)
        self._discriminator = perceptron(2, WIDTH, WIDTH, WIDTH, 1, activation=lambda: nn.LeakyReLU(0.2))
        rate, betas = (1e-3, (0.9, 0.999)) if self.momentum else (2e-3, (0.0, 0.9))
        self._of_generator = self.adam(self.trained.parameters(), rate, betas)
        self._of_discriminator = self.adam(self._discriminator.parameters(), rate, betas)

    def phase(self, number: int, phase: int, rng: np.random.Generator) -> None:
        self._generate(rng) if phase else self._discriminate(rng)

    def draw(self, network: nn.Module, count: int, rng: np.random.Generator, strides: int) -> torch.Tensor:
        return network(normals(rng, count))

    @torch.no_grad()
    def underlay(self, side: int, moment: float = 0.5) -> Heat:
        """How true the discriminator takes a point at each place to be."""
        return Heat(self._discriminator(plane(side)).sigmoid().reshape(side, side).numpy())

    def _discriminate(self, rng: np.random.Generator) -> None:
        true = self.batch(rng).requires_grad_(self._brake > 0)
        with torch.no_grad():
            made = self.trained(normals(rng, BATCH))
        of_true, of_made = self._discriminator(true), self._discriminator(made)
        loss = (F.softplus(-of_true) + F.softplus(of_made)).mean()
        self.losses[0] = loss.item()
        if self._brake:
            (slope,) = torch.autograd.grad(of_true.sum(), true, create_graph=True)
            loss = loss + self._brake / 2 * slope.square().sum(1).mean()
        self._of_discriminator.zero_grad()
        loss.backward()
        self._of_discriminator.step()
        self.work = made

    def _generate(self, rng: np.random.Generator) -> None:
        self._discriminator.requires_grad_(False)
        made = self.trained(normals(rng, BATCH))
        loss = F.softplus(-self._discriminator(made)).mean()
        self._of_generator.zero_grad()
        loss.backward()
        self._of_generator.step()
        self._discriminator.requires_grad_(True)
        self.losses[1] = loss.item()
        self.work = made.detach()
