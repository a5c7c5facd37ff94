"""The recipe of a training, and what is a function of (seed, step): learning rate, order of the pictures, noise. Torch-free.

Nothing depends on what happened before, so a training that was interrupted anywhere continues bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

TIMESTEPS = 1000
WARM_UP = 50  # steps in which the learning rate rises; the probe ends with them at the latest
LAST_RATE = 0.02  # share of the learning rate that is left at the end
PROBE = 3.0  # s
FEWEST_STEPS = 2 * WARM_UP
MOMENTS = 24  # at which samples are made, besides the first
MOST_ON_MOMENTS = 0.4  # share of the planned time
MOST_HELD = 256  # pictures kept back
SHARE_HELD = 10  # one picture of so many is kept back


class Predicts(StrEnum):
    """What the net is trained to answer; the values are diffusers' `prediction_type`."""

    PICTURE = "sample"  # x0, weighted by min(1 + SNR, 20)
    NOISE = "epsilon"  # ε, unweighted: the article's Algorithm 1


class Draw(IntEnum):
    """What is drawn; each has random numbers of its own."""

    ORDER = 0
    NOISE = 1
    EXAM = 2
    SAMPLE = 3


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that determines the weights, besides the pictures and the libraries."""

    side: int  # px
    widths: tuple[int, ...]  # channels of the net, from full resolution down
    is_folded: bool  # the first level only folds 2 × 2 pixels into channels
    kinds: int  # labels; 0: none
    batch: int
    seconds: float  # planned; decides the number of steps after a probe
    steps: int = 0  # 0: not known yet
    probed: int = WARM_UP  # steps in which the speed was measured
    rate: float = 2e-3  # the highest learning rate
    predicts: Predicts = Predicts.PICTURE
    dropped: float = 0.1  # share of the labels that the net is not told
    decay: float = 0.999  # of the average of the weights
    most_weight: float = 20.0
    clip: float = 1.0  # most length of the gradient
    seed: int = 0

    @classmethod
    def of(cls, side: int, kinds: int, predicts: Predicts = Predicts.PICTURE, seconds: float = 0, seed: int = 0) -> Course:
        """The recipe for pictures of `side` pixels: 8, 16, 32 or another multiple of 8. `seconds` 0: the usual time."""
        if side <= 8:
            course = cls(side, (32, 64), False, kinds, 32, 20)
        elif side <= 16:
            course = cls(side, (16, 64, 64), True, kinds, 16, 75)
        else:
            course = cls(side, (16, 32, 64, 64), True, kinds, 16, 300)
        return replace(course, predicts=predicts, seconds=seconds or course.seconds, seed=seed)

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Course:
        """Inverse of `to_dict`. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
        known = {field.name: values[field.name] for field in fields(cls)}
        widths = known["widths"]
        if not isinstance(widths, list | tuple):
            raise TypeError(widths)
        return cls(**{**known, "widths": tuple(map(int, widths)), "predicts": Predicts(str(known["predicts"]))})  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, object]:
        return asdict(self) | {"widths": list(self.widths), "predicts": self.predicts.value}

    def with_rate(self, rate: float) -> Course:
        return replace(self, rate=rate)

    def rate_at(self, step: int) -> float:
        """The learning rate of step `step`, from 0: up in `WARM_UP` steps, then straight down to a fiftieth."""
        risen = min(1.0, (step + 1) / WARM_UP)
        if step < WARM_UP or not self.steps:
            return self.rate * risen
        return self.rate * (1 - (1 - LAST_RATE) * min(1.0, (step - WARM_UP) / max(1, self.steps - WARM_UP)))

    def planned(self, probed: int, seconds_a_step: float, seconds_a_moment: float) -> Course:
        """With the number of steps that takes the planned time, as measured in the first `probed` steps."""
        left = self.seconds - min(MOMENTS * seconds_a_moment, MOST_ON_MOMENTS * self.seconds)
        return replace(self, steps=max(FEWEST_STEPS, round(left / seconds_a_step)), probed=probed)

    @property
    def moments(self) -> tuple[int, ...]:
        """After which steps samples are made, the first and the last included. Closer at the beginning, where most changes."""
        ways = (self.probed + round((self.steps - self.probed) * (number / MOMENTS) ** 1.5) for number in range(MOMENTS + 1))
        return (0, *dict.fromkeys(ways)) if self.steps else (0,)


def held_back(pictures: int) -> int:
    """How many of a set of `pictures` are kept back, to be asked about later: the last ones. 0 for a very small set."""
    return min(MOST_HELD, pictures // SHARE_HELD)


def chance(seed: int, step: int, draw: Draw) -> np.random.Generator:
    """Random numbers that are a function of (seed, step, draw).

    Philox is counter-based, its key has 128 bits. `torch.Generator.manual_seed` is no substitute: on the CPU it keeps 32 bits.
    """
    import numpy as np

    return np.random.Generator(np.random.Philox(key=[seed, step * len(Draw) + draw]))


def order(seed: int, step: int, pictures: int, batch: int) -> np.ndarray:
    """Which pictures step `step` sees: each once an epoch, in an order that is a function of (seed, epoch)."""
    import numpy as np

    at, missing = step * batch, batch
    found: list[np.ndarray] = []
    while missing > 0:
        epoch, place = divmod(at, pictures)
        part = chance(seed, epoch, Draw.ORDER).permutation(pictures)[place : place + missing]
        found.append(part)
        at, missing = at + len(part), missing - len(part)
    return np.concatenate(found)
