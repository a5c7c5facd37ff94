"""The exam: the loss on the same pictures, timesteps and noise every time, in eight bands of t.

The usual loss jumps with the timesteps that each step happens to draw; this one moves only with the weights.
Losses are in the noise, whatever the net predicts: 1 is what answering 0 costs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from diffusers import UNet2DModel

from ..perfect import PerfectDenoiser
from ..pictures import PictureSet
from .course import TIMESTEPS, Course, Draw, chance
from .events import Marks
from .trainer import scheduler, split, to_tensor

BANDS = 8
MOST = 128  # pictures in an exam
SLICE = 16  # pictures asked at once


def band_timesteps(pictures: int) -> np.ndarray:
    """The timestep of each picture of an exam: the middles of the bands in turn."""
    return np.arange(pictures) % BANDS * (TIMESTEPS // BANDS) + TIMESTEPS // BANDS // 2


class Exam:
    """Fixed questions about `pixels`, at most `MOST` of them; fewer pictures are asked about several times."""

    def __init__(self, course: Course, pixels: np.ndarray, labels: np.ndarray | None) -> None:
        asked = np.arange(MOST) % len(pixels)
        self.course = course
        self.x0 = to_tensor(pixels[asked])
        self.timesteps = torch.from_numpy(band_timesteps(MOST))
        noise = chance(course.seed, 0, Draw.EXAM).standard_normal(self.x0.shape, dtype=np.float32)
        self.noise = torch.from_numpy(noise)
        self.left = scheduler(course).alphas_cumprod[self.timesteps][:, None, None, None]
        self.noisy = self.left.sqrt() * self.x0 + (1 - self.left).sqrt() * self.noise
        self.labels = torch.from_numpy(labels[asked].astype(np.int64)) if labels is not None and course.kinds else None

    @torch.no_grad()
    def taken(self, net: UNet2DModel) -> Iterator[Marks | None]:
        """Yield None for each slice of the questions, then the marks."""
        losses = []
        for first in range(0, MOST, SLICE):
            part = slice(first, first + SLICE)
            said = net(self.noisy[part], self.timesteps[part], None if self.labels is None else self.labels[part]).sample
            guess = split(self.course, self.noisy[part], said, self.left[part])[1]
            losses.append((guess - self.noise[part]).square().mean((1, 2, 3)))
            yield None
        yield self.marks(torch.cat(losses))

    @property
    def baseline(self) -> Marks:
        """What answering 0 costs."""
        return self.marks(self.noise.square().mean((1, 2, 3)))

    def floor(self, pictures: PictureSet) -> Marks:
        """What the perfect denoiser of all `pictures` costs, those of the exam too; it is told the labels if the net is.

        On average no net can be below it. One that knows only the learned pictures would be no floor: it takes each new picture for
        one of those, and a net that generalises is far below it.
        """
        noisy, noise = (each.permute(0, 2, 3, 1).flatten(1) for each in (self.noisy, self.noise))
        left = self.left.flatten(1)
        seen, sigma = noisy / left.sqrt(), ((1 - left) / left).sqrt()
        asked, known = (torch.zeros(MOST), np.zeros(len(pictures))) if self.labels is None else (self.labels, pictures.labels)
        x0 = torch.empty_like(seen)
        for label in asked.unique().tolist():
            alike, denoiser = asked == label, PerfectDenoiser(pictures.pixels[known == label])
            x0[alike] = denoiser.estimate(denoiser.weights(seen[alike], sigma[alike]))
        return self.marks(((seen - x0) / sigma - noise).square().mean(1))

    def marks(self, losses: torch.Tensor) -> Marks:
        return Marks(float(losses.mean()), tuple(float(losses[band::BANDS].mean()) for band in range(BANDS)))
