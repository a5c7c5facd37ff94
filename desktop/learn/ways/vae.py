"""VAE: an encoder turns points into blurred numbers, a decoder turns numbers into points. Kingma and Welling 2014."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from .kl_weight import kl_weight
from .networks import perceptron
from .points import Points
from .underlay import Mesh
from .way import BATCH, PointWay, normals

WIDTH = 88
LINES, REACH = 17, 2.2  # of the grid in the latent space, in each direction; 97 % of N(0, 1) are within the reach


class Vae(PointWay):
    """The decoder's spread is learned. A step trains the encoder (phase 0) and the decoder (phase 1) with the same gradient.

    `beta` weighs the KL term: with 10 the numbers say nothing about the point any more (Higgins et al. 2017).
    """

    steps = 4500
    trained: Decoder

    def __init__(self, data: Points, seed: int, length: int = 0, beta: float = 1.0) -> None:
        self.beta = beta
        super().__init__(data, seed, length)

    def build(self) -> None:
        self.trained = Decoder()
        self._encoder = perceptron(2, WIDTH, WIDTH, WIDTH, 4)
        self._of_encoder = self.adam(self._encoder.parameters(), 2e-3)
        self._of_decoder = self.adam(self.trained.parameters(), 2e-3)
        self._backward: int | None = None  # the step whose gradient is there
        self._restored = self.data[:0]

    def phase(self, number: int, phase: int, rng: np.random.Generator) -> None:
        if phase == 0 or self._backward != number:
            self._differentiate(number, rng)
        (self._of_decoder if phase else self._of_encoder).step()
        if phase:
            self.work, self._backward = self._restored, None

    def draw(self, network: nn.Module, count: int, rng: np.random.Generator, strides: int) -> torch.Tensor:
        return network(normals(rng, count)) + self.trained.log_spread.exp() * normals(rng, count)

    @torch.no_grad()
    def underlay(self, side: int, moment: float = 0.5) -> Mesh:
        """Where the decoder takes the straight lines of the latent space."""
        along, across = torch.linspace(-REACH, REACH, 4 * side), torch.linspace(-REACH, REACH, LINES)
        rows = torch.stack([along.repeat(LINES), across.repeat_interleave(len(along))], 1)
        lines = self.network(torch.cat([rows, rows.flip(1)]))
        return Mesh(lines.reshape(2 * LINES, len(along), 2).numpy())

    def _differentiate(self, number: int, rng: np.random.Generator) -> None:
        points = self.batch(rng)
        mean, log_variance = self._encoder(points).chunk(2, 1)
        restored = self.trained(mean + normals(rng, BATCH) * (log_variance / 2).exp())
        log_spread = self.trained.log_spread
        fit = (0.5 * (points - restored).square() * (-2 * log_spread).exp() + log_spread).sum(1).mean()
        kl = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(1).mean()
        loss = fit + kl_weight(self.beta, number + 1) * kl
        self._of_encoder.zero_grad()
        self._of_decoder.zero_grad()
        loss.backward()
        self.losses = [kl.item(), fit.item()]
        self.work, self._restored, self._backward = mean.detach(), restored.detach(), number


class Decoder(nn.Module):
    """Two numbers → the middle of where the point is; one spread for all."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = perceptron(2, WIDTH, WIDTH, WIDTH, 2)
        self.log_spread = nn.Parameter(torch.tensor(math.log(0.3)))  # of each coordinate, standard deviation

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        return self.layers(numbers)
