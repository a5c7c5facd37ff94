"""What all ways have in common: two phases a step, draws by (seed, step), an average of the weights, a falling learning rate."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from .points import EXTENT, Points
from .underlay import Underlay

BATCH = 256
BOTH = (0, 1)
SAMPLES = 2  # the stream of draws for samples; 0 and 1 are those of the phases


@dataclass(frozen=True)
class Sample:
    points: Points
    calls: int  # of the network, for each point


class Way(ABC):
    """One way to learn a distribution. The weights after n steps depend on the data, the seed and the phases of each step alone.

    A step has two phases.
    """

    steps: ClassVar[int]  # of the recipe
    trained: nn.Module  # what samples
    average: float = 0.0  # decay of the average of the weights; 0 samples with the weights as they are

    def __init__(self, seed: int, length: int = 0) -> None:
        self.seed = seed
        self.length = length or self.steps
        self.losses = [math.nan, math.nan]  # of each phase, where it has one
        self._rates: list[tuple[torch.optim.Optimizer, float]] = []
        with torch.random.fork_rng(devices=[]):  # modules are initialised from torch's global generator
            torch.manual_seed(seed)
            self.build()
        self._mean: AveragedModel | None = AveragedModel(self.trained, multi_avg_fn=self._blend) if self.average else None

    @abstractmethod
    def build(self) -> None:
        """Make the networks and their optimisers."""

    @abstractmethod
    def phase(self, number: int, phase: int, rng: np.random.Generator) -> None:
        """One phase of step `number`. Phase 1 changes the network that samples."""

    @abstractmethod
    def fall(self, number: int) -> float:
        """The share of the learning rate that is left at step `number`."""

    def step(self, number: int, phases: Sequence[int] = BOTH) -> None:
        """Step `number`, from 0; both phases, or one of them."""
        for phase in phases:
            for optimiser, rate in self._rates:
                optimiser.param_groups[0]["lr"] = rate * self.fall(number)
            self.phase(number, phase, draws(self.seed, number, phase))
        if self._mean is not None and 1 in phases:
            self._mean.update_parameters(self.trained)

    @property
    def network(self) -> nn.Module:
        """What samples: the average of the weights if this way keeps one."""
        return self.trained if self._mean is None else self._mean.module

    def adam(self, parameters: Iterable[nn.Parameter], rate: float, betas: tuple[float, float] = (0.9, 0.999)) -> torch.optim.Optimizer:
        optimiser = torch.optim.Adam(parameters, rate, betas, fused=True)
        self._rates.append((optimiser, rate))
        return optimiser

    def _blend(self, means: Sequence[torch.Tensor], now: Sequence[torch.Tensor], count: torch.Tensor | int) -> None:
        """The average is short at first: after n steps it reaches back over about n/9 of them."""
        decay = min(self.average, (1 + int(count)) / (10 + int(count)))
        torch._foreach_lerp_(list(means), list(now), 1 - decay)


class PointWay(Way):
    """A way that learns points in the plane, with about 33,000 numbers in each network and 7 seconds of one idle core.

    `work` is what the latest phase had before it, as points of the plane, for slow motion.
    """

    falls: bool = True  # whether the learning rate falls to a twentieth

    def __init__(self, data: Points, seed: int, length: int = 0) -> None:
        self.data = torch.from_numpy(np.ascontiguousarray(data, np.float32))
        self.work = self.data[:0]
        super().__init__(seed, length)

    @abstractmethod
    def draw(self, network: nn.Module, count: int, rng: np.random.Generator, strides: int) -> torch.Tensor:
        """Points from noise; `strides`: steps of the ways that take several."""

    def underlay(self, side: int, moment: float = 0.5) -> Underlay | None:
        """What can be shown beneath the points; `side` is its resolution, `moment` is 0 without noise … 1 for noise alone."""
        return None

    @torch.no_grad()
    def sample(self, count: int, seed: int, part: int = 0, strides: int = 50) -> Sample:
        """Samples from the same noise for the same seed and part, so that points move steadily while the network learns."""
        network = self.network
        calls = 0

        def called(*_: object) -> None:
            nonlocal calls
            calls += 1

        handle = network.register_forward_hook(called)
        try:
            points = self.draw(network, count, draws(seed, part, SAMPLES), strides).numpy()
        finally:
            handle.remove()
        return Sample(points, calls)

    def batch(self, rng: np.random.Generator) -> torch.Tensor:
        return self.data[torch.from_numpy(rng.integers(len(self.data), size=BATCH))]

    def fall(self, number: int) -> float:
        return 0.05 + 0.475 * (1 + math.cos(math.pi * min(1, number / self.length))) if self.falls else 1.0


def draws(seed: int, step: int, stream: int = 0) -> np.random.Generator:
    """Random numbers that depend on the seed, the step and the stream alone."""
    return np.random.Generator(np.random.Philox(key=[seed, step], counter=[0, 0, 0, stream]))


def normals(rng: np.random.Generator, count: int, numbers: int = 2) -> torch.Tensor:
    return torch.from_numpy(rng.standard_normal((count, numbers), dtype=np.float32))


def plane(side: int) -> torch.Tensor:
    """The centres of side × side squares of the plane, row by row from the top."""
    middle = (torch.arange(side) + 0.5) / side * 2 * EXTENT - EXTENT
    return torch.stack([middle.repeat(side), -middle.repeat_interleave(side)], 1)
