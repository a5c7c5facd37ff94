"""The small networks of the ways."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F


def perceptron(*sizes: int, activation: Callable[[], nn.Module] = nn.SiLU) -> nn.Sequential:
    layers = [layer for before, after in pairwise(sizes) for layer in (nn.Linear(before, after), activation())]
    return nn.Sequential(*layers[:-1])


class Waves(nn.Module):
    """Numbers, and sines and cosines of their projections. Of the numbers alone a small network learns sharp edges slowly."""

    def __init__(self, directions: torch.Tensor) -> None:
        super().__init__()
        self.directions: torch.Tensor
        self.register_buffer("directions", directions)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        angle = x @ self.directions
        return torch.cat([x, angle.sin(), angle.cos()], 1)


class Denoiser(nn.Module):
    """A point and a time of 0…1 → two numbers; a residual network that starts at zero. 32,906 parameters."""

    def __init__(self, width: int = 96, layers: int = 3) -> None:
        super().__init__()
        self.place, self.time = Waves(torch.randn(2, 16) * 1.5), Waves(torch.arange(1, 9)[None] * math.pi / 2)
        self.of_place, self.of_time = nn.Linear(34, width), nn.Linear(17, width, bias=False)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(layers))
        self.out = nn.Linear(width, 2)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        hidden = F.silu(self.of_place(self.place(x)) + self.of_time(self.time(time[:, None])))
        for layer in self.layers:
            hidden = hidden + F.silu(layer(hidden))
        return self.out(hidden)


class Couplings(nn.Module):
    """RealNVP: eight couplings, each of which scales and shifts one coordinate by what it reads of the other. Dinh et al. 2017.

    Forward makes points of noise; `to_noise` is its exact inverse and tells how much the plane is stretched there.
    """

    def __init__(self, couplings: int = 8, width: int = 96, waves: int = 6) -> None:
        super().__init__()
        directions = torch.arange(1.0, waves + 1)[None]
        self.couplings = nn.ModuleList()
        for _ in range(couplings):
            hidden, out = nn.Linear(1 + 2 * waves, width), nn.Linear(width, 2)
            nn.init.zeros_(out.weight)
            nn.init.zeros_(out.bias)
            self.couplings.append(nn.Sequential(Waves(directions), hidden, nn.SiLU(), out))

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        a, b = noise.chunk(2, 1)
        for coupling in reversed(self.couplings):
            scale, shift = coupling(b).chunk(2, 1)
            a, b = b, (a - shift) * (-2 * torch.tanh(scale / 2)).exp()
        return torch.cat([a, b], 1)

    def to_noise(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The noise, and the logarithm of the determinant of ∂noise/∂points."""
        a, b = points.chunk(2, 1)
        stretch = torch.zeros_like(a)
        for coupling in self.couplings:
            scale, shift = coupling(a).chunk(2, 1)
            scale = 2 * torch.tanh(scale / 2)
            a, b, stretch = b * scale.exp() + shift, a, stretch + scale
        return torch.cat([a, b], 1), stretch[:, 0]
