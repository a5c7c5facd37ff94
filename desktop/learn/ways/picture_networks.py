"""The networks of VAE and GAN for pictures of 16 px with labels: convolutions at 8 px and 4 px, about a million numbers each way."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

SIDE = 16  # px
NUMBERS = 16  # of noise, or of the latent space


class Maker(nn.Module):
    """Numbers and a label → a picture: 4×4, 8×8, then 2×2 px unfolded from channels.

    Norms are over the batch, so a batch of samples holds all kinds.
    """

    def __init__(self, kinds: int) -> None:
        super().__init__()
        self.kinds = kinds
        self.layers = nn.Sequential(
            nn.Linear(NUMBERS + kinds, 128 * 16),
            nn.Unflatten(1, (128, 4, 4)),
            nn.BatchNorm2d(128),
            nn.LeakyReLU(0.2),
            nn.Conv2d(128, 128, 3, padding=1),
            nn.BatchNorm2d(128),
            nn.LeakyReLU(0.2),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(128, 96, 3, padding=1),
            nn.BatchNorm2d(96),
            nn.LeakyReLU(0.2),
            nn.Conv2d(96, 96, 3, padding=1),
            nn.BatchNorm2d(96),
            nn.LeakyReLU(0.2),
            nn.Conv2d(96, 12, 3, padding=1),
            nn.PixelShuffle(2),
        )

    def forward(self, numbers: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return self.layers(torch.cat([numbers, F.one_hot(labels, self.kinds).float()], 1))


class Reader(nn.Module):
    """A picture and its label → `numbers`. It sees the label as a fourth channel, one learned map for each kind."""

    def __init__(self, kinds: int, numbers: int) -> None:
        super().__init__()
        self.maps = nn.Embedding(kinds, SIDE * SIDE)
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(16, 96, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(96, 96, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(96, 128, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(128, 128, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(128 * 16, numbers),
        )

    def forward(self, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return self.layers(torch.cat([pictures, self.maps(labels).view(-1, 1, SIDE, SIDE)], 1))
