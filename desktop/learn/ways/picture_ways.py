"""The same ways on small pictures with labels: VAE and GAN with convolutions; diffusion is the training of the station before."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from ...errors import TrainingDiverged
from ..pictures import PictureSet
from ..training.course import Course
from ..training.trainer import Trainer, Wish, sample, to_pixels, to_tensor
from .picture_networks import NUMBERS, Maker, Reader
from .way import BOTH, SAMPLES, Way, draws, normals

BATCH = 32
BRAKED = 4  # R1 is counted in every fourth step, four times as strong


class PictureWay(Way):
    """A way that learns labelled pictures, in about a minute of one idle core."""

    average = 0.999
    trained: Maker
    network: Maker

    def __init__(self, pictures: PictureSet, seed: int) -> None:
        assert pictures.labels is not None
        self.kinds = len(pictures.kinds)
        self._pictures, self._labels = to_tensor(pictures.pixels), torch.from_numpy(pictures.labels)
        super().__init__(seed)

    def batch(self, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Pictures and their labels."""
        chosen = torch.from_numpy(rng.integers(len(self._pictures), size=BATCH))
        return self._pictures[chosen], self._labels[chosen]

    def made(self, network: Maker, numbers: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Pictures of −1…1, or a little beyond."""
        return network(numbers, labels)

    def samples(self, count: int, seed: int, strides: int) -> Iterator[np.ndarray]:
        """Yield samples, N×side×side×3, uint8: the kinds in turn, from the same noise for the same seed."""
        with torch.no_grad():
            yield to_pixels(self.made(self.network, normals(draws(seed, 0, SAMPLES), count, NUMBERS), torch.arange(count) % self.kinds))

    def fall(self, number: int) -> float:
        return 1 - 0.95 * min(1, number / self.length)


class PictureVae(PictureWay):
    """The decoder's spread is learned; phases as in `Vae`."""

    steps = 960

    def __init__(self, pictures: PictureSet, seed: int, beta: float = 1.0) -> None:
        self.beta = beta
        super().__init__(pictures, seed)

    def build(self) -> None:
        self.trained = Maker(self.kinds)
        self._encoder = Reader(self.kinds, 2 * NUMBERS)
        self._log_spread = nn.Parameter(torch.tensor(-2.0))
        self._of_encoder = self.adam(self._encoder.parameters(), 1e-3)
        self._of_decoder = self.adam([*self.trained.parameters(), self._log_spread], 1e-3)
        self._backward: int | None = None  # the step whose gradient is there

    def phase(self, number: int, phase: int, rng: np.random.Generator) -> None:
        if phase == 0 or self._backward != number:
            self._differentiate(number, rng)
        (self._of_decoder if phase else self._of_encoder).step()
        if phase:
            self._backward = None

    def _differentiate(self, number: int, rng: np.random.Generator) -> None:
        true, labels = self.batch(rng)
        mean, log_variance = self._encoder(true, labels).chunk(2, 1)
        restored = self.trained(mean + normals(rng, BATCH, NUMBERS) * (log_variance / 2).exp(), labels)
        fit = (0.5 * (true - restored).square() * (-2 * self._log_spread).exp() + self._log_spread).sum((1, 2, 3)).mean()
        kl = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(1).mean()
        self._of_encoder.zero_grad()
        self._of_decoder.zero_grad()
        (fit + self.beta * kl).backward()
        self.losses, self._backward = [kl.item(), fit.item()], number


class PictureGan(PictureWay):
    """Non-saturating loss; phases as in `Gan`. Adam's momentum is 0.5."""

    steps = 500

    def __init__(self, pictures: PictureSet, seed: int, brake: bool = False) -> None:
        self._brake = 1.0 if brake else 0.0
        super().__init__(pictures, seed)

    def build(self) -> None:
        self.trained = Maker(self.kinds)
        self._discriminator = Reader(self.kinds, 1)
        self._of_generator = self.adam(self.trained.parameters(), 5e-4, (0.5, 0.99))
        self._of_discriminator = self.adam(self._discriminator.parameters(), 5e-4, (0.5, 0.99))

    def made(self, network: Maker, numbers: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return network(numbers, labels).tanh()

    def phase(self, number: int, phase: int, rng: np.random.Generator) -> None:
        self._generate(rng) if phase else self._discriminate(number, rng)

    def _discriminate(self, number: int, rng: np.random.Generator) -> None:
        is_braked = self._brake > 0 and number % BRAKED == BRAKED - 1
        true, labels = self.batch(rng)
        true.requires_grad_(is_braked)
        with torch.no_grad():
            made = self.made(self.trained, normals(rng, BATCH, NUMBERS), labels)
        of_true, of_made = self._discriminator(true, labels), self._discriminator(made, labels)
        loss = (F.softplus(-of_true) + F.softplus(of_made)).mean()
        self.losses[0] = loss.item()
        if is_braked:
            (slope,) = torch.autograd.grad(of_true.sum(), true, create_graph=True)
            loss = loss + BRAKED * self._brake / 2 * slope.square().sum((1, 2, 3)).mean()
        self._of_discriminator.zero_grad()
        loss.backward()
        self._of_discriminator.step()

    def _generate(self, rng: np.random.Generator) -> None:
        _, labels = self.batch(rng)
        self._discriminator.requires_grad_(False)
        loss = F.softplus(-self._discriminator(self.made(self.trained, normals(rng, BATCH, NUMBERS), labels), labels)).mean()
        self._of_generator.zero_grad()
        loss.backward()
        self._of_generator.step()
        self._discriminator.requires_grad_(True)
        self.losses[1] = loss.item()


class PictureDiffusion:
    """The training of the station "Train a small model", in the hands of this one: x0 is predicted. Phase 0 does nothing by itself."""

    steps = 1200

    def __init__(self, pictures: PictureSet, seed: int) -> None:
        course = replace(Course.of(pictures.side, len(pictures.kinds), seed=seed), steps=self.steps)
        self._trainer = Trainer(course, pictures.pixels, pictures.labels)
        self.length = self.steps
        self.losses = [math.nan, math.nan]

    def step(self, number: int, phases: Sequence[int] = BOTH) -> None:
        """Step `number`. The loss is not finite if the weights would have become so; they stay as they were."""
        if 1 in phases:
            try:
                self.losses[1] = self._trainer.learn().loss
            except TrainingDiverged:
                self.losses[1] = math.nan

    def samples(self, count: int, seed: int, strides: int) -> Iterator[np.ndarray]:
        """Yield the pictures as they are after each denoising step; the last ones are the samples."""
        course = self._trainer.course
        wish = Wish(tuple(range(seed, seed + count)), tuple(number % course.kinds for number in range(count)), steps=strides)
        for _, pictures in sample(self._trainer.steady(), course, wish):
            yield pictures
