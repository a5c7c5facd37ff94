"""How a reconstruction is compared as one who knows the things would: by the features of a small classifier.

Stable Diffusion's autoencoder uses the features of a network trained on photographs (LPIPS, arXiv 1801.03924). None can be had
offline, so ours learns to name the things on our own renders. The judge of the evaluation is another network.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .checkpoint import Progress, warm_up
from .pixels import signed

WIDTHS = (24, 48, 96, 128)
BATCH = 32

Painted = Callable[[int], tuple[np.ndarray, np.ndarray]]  # how many → N×H×W×3 uint8 pictures, N numbers of their things


class Perception(nn.Module):
    """B×3×H×W pictures in −1…1 → features at full, half, quarter and an eighth of the size; and which thing it is."""

    def __init__(self, things: int) -> None:
        super().__init__()
        self.stages = nn.ModuleList()
        for before, after in itertools.pairwise((3, *WIDTHS)):
            self.stages.append(
                nn.Sequential(
                    nn.Conv2d(before, after, 3, padding=1),
                    nn.GroupNorm(8, after),
                    nn.ReLU(),
                    nn.Conv2d(after, after, 3, padding=1),
                    nn.GroupNorm(8, after),
                    nn.ReLU(),
                )
            )
        self.name = nn.Linear(WIDTHS[-1], things)

    def features(self, pictures: torch.Tensor) -> Iterator[torch.Tensor]:
        seen = F.avg_pool2d(pictures, 2)  # the colours at full size are compared already
        for stage in self.stages:
            seen = stage(seen)
            yield seen
            seen = F.max_pool2d(seen, 2)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        *_, last = self.features(pictures)
        return self.name(last.amax((2, 3)))

    def difference(self, made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """LPIPS without weights of its own: squared distance of the features, each position's scaled to length one."""
        pairs = zip(self.features(made), self.features(wanted), strict=True)
        return sum((F.normalize(one.float(), dim=1) - F.normalize(other.float(), dim=1)).square().sum(1).mean() for one, other in pairs)


def train(perception: Perception, painted: Painted, device: str = "cpu", batch: int = BATCH) -> Iterator[Progress]:
    """Goes on until nobody asks for more. The note of each progress is the share named rightly before learning from it."""
    perception.to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(perception.parameters(), lr=1e-3, weight_decay=1e-2, fused=True)
    began = time.monotonic()
    for iteration in itertools.count(1):
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * warm_up(iteration - 1, over=100, reference=1000)
        pictures, names = painted(batch)
        seen = signed(torch.from_numpy(pictures).to(device))
        with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
            said = perception(seen.contiguous(memory_format=torch.channels_last)).float()
        target = torch.from_numpy(names).to(device)
        loss = F.cross_entropy(said, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        right = (said.argmax(1) == target).float().mean()
        yield Progress(iteration * batch, time.monotonic() - began, loss.item(), f"{right:.0%} named")
