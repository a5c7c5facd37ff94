"""What a training reports while it learns. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from .checkpoint import Checkpoint
    from .course import Course


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """One step of Algorithm 1, in numbers. Pictures are side×side×3, uint8; those of the first picture of the batch."""

    step: int  # from 1
    picture: int  # its number in the set
    timestep: int  # 0…999
    left: float  # ᾱ at that timestep
    loss: float  # of the whole batch
    rate: float  # learning rate
    length: float  # of the gradient, before it is clipped
    seconds: float  # that the step took
    clean: np.ndarray
    noisy: np.ndarray
    guess: np.ndarray  # x0 as the net sees it


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """The probe has ended: `course` has its number of steps now."""

    course: Course


@dataclass(frozen=True, slots=True)
class Marks:
    """The mean loss in the noise, and that of each band, from little noise to much."""

    mean: float
    bands: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """What the marks of an exam are compared with."""

    baseline: Marks  # of answering 0
    floor: Marks | None  # `Exam.floor` of all pictures; None where there are too many of them


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The samples of fixed seeds after `step` steps, and how good the net is then."""

    step: int
    guidance: float
    estimates: np.ndarray  # steps×N×side×side×3, uint8: x0 as it is seen at each denoising step
    noisy: np.ndarray  # the same shape: x_t after each step; the last are the samples
    labels: tuple[int, ...]  # of each sample; empty where the set has none
    seen: Marks  # of the exam on pictures it learns from
    unseen: Marks | None  # on pictures kept back; None where the set is too small
    nearest: tuple[tuple[int, int], ...]  # of each sample: the numbers of the two nearest training pictures; empty for fewer than two
    copied: tuple[bool, ...]  # of each sample: nearest at less than a third of the distance of the second

    @property
    def samples(self) -> np.ndarray:
        return self.noisy[-1]

    @property
    def copies(self) -> float:
        """Share of the samples."""
        return sum(self.copied) / max(1, len(self.copied))


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """A checkpoint, to be written to the disk. `stays`: beside the newest one, so that the training can be branched from there."""

    checkpoint: Checkpoint
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The planned number of steps is done."""


Event = Glimpse | Planned | Lines | Moment | Saved | Ended
