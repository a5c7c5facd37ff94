"""Several ways that learn the same points or pictures with the same time: each gets the turns that it is behind.

Torch-free until it computes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from ..pictures import PictureSet, read_bundled
from .picture_score import PictureScore, PictureYardstick
from .points import SHAPES, TRAINED, Draw, Points, Score, Yardstick, drawn
from .underlay import Underlay

if TYPE_CHECKING:
    from .way import PointWay

Key = Literal["gan", "vae", "diffusion", "flow_matching", "normalizing_flow"]
BOTH = (0, 1)  # the phases of a step
ON_PAUSE = 2000  # samples
PART = 400  # samples that are made in one piece of work
MESH, ARROWS, HEAT = 16, 17, 48  # resolutions of the underlays
PICTURES = "things16"  # the shape that is no shape: pictures, a bundled set


@dataclass(frozen=True, slots=True)
class Setup:
    """What is learned, and how."""

    shape: str = "islands"  # of `SHAPES`, or `PICTURES`; anything else is what was drawn
    drawn: tuple[tuple[float, float], ...] = ()
    seed: int = 0
    ways: tuple[Key, ...] = ("gan", "vae", "diffusion", "normalizing_flow")
    momentum: bool = True  # of the GAN: Adam's β₁ is 0.9, else 0
    brake: bool = False  # of the GAN: R1
    beta: float = 1.0  # of the VAE: weight of the KL term

    @property
    def has_pictures(self) -> bool:
        return self.shape == PICTURES

    @property
    def active(self) -> tuple[Key, ...]:
        """The ways that learn; a flow of pictures would be another order of size."""
        return self.ways[:3] if self.has_pictures else self.ways

    @property
    def draw(self) -> Draw:
        """Of points."""
        return SHAPES.get(self.shape) or drawn(np.array(self.drawn, np.float32).reshape(-1, 2))

    @property
    def outline(self) -> object:
        """Equal for equal shapes."""
        return self.shape if self.shape in SHAPES or self.has_pictures else self.drawn

    def options(self, key: Key) -> Mapping[str, float]:
        match key:
            case "gan":
                return {"brake": self.brake} if self.has_pictures else {"momentum": self.momentum, "brake": self.brake}
            case "vae":
                return {"beta": self.beta}
        return {}

    def begins_anew(self, key: Key, before: Setup | None) -> bool:
        """Whether what `key` has learned with `before` is of no use any more; None: it has learned nothing."""
        return before is None or (before.outline, before.seed) != (self.outline, self.seed) or before.options(key) != self.options(key)


@dataclass(frozen=True, slots=True)
class Look:
    """What is wanted of a way."""

    count: int = 500
    strides: int = 20
    parts: Sequence[int] = (0,)  # several make more samples than one piece of work can
    underlay: bool = False
    moment: float = 0.5  # of the denoising field: 0 without noise … 1 for noise alone
    score: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One way, as it is now."""

    key: Key
    steps: int  # done
    length: int  # of the whole training
    seconds: float  # spent on training
    points: Points  # samples
    calls: int  # of the network for each sample
    score: Score | None
    losses: tuple[float, float]  # of each phase; NaN where it has none
    underlay: Underlay | None
    work: Points  # what the latest phase had before it
    is_broken: bool  # its numbers are no longer finite, and it has stopped


@dataclass(frozen=True, slots=True, eq=False)
class PictureFrame:
    """One way of making pictures, as it is now."""

    key: Key
    steps: int
    length: int
    seconds: float
    pictures: np.ndarray  # N×side×side×3, uint8, the kinds in turn
    calls: int
    score: PictureScore | None
    losses: tuple[float, float]
    is_broken: bool


class Learner(Protocol):
    length: int
    losses: list[float]

    def step(self, number: int, phases: Sequence[int] = BOTH) -> None: ...


class PictureMaker(Learner, Protocol):
    def samples(self, count: int, seed: int, strides: int) -> Iterator[np.ndarray]: ...


class SideBySide:
    """Made anywhere; all methods are called on one thread, the one for torch."""

    def __init__(self) -> None:
        self._made: Setup | None = None
        self._points: dict[Key, PointWay] = {}
        self._pictures: dict[Key, PictureMaker] = {}
        self._steps: dict[Key, int] = {}
        self._seconds: dict[Key, float] = {}
        self._broken: set[Key] = set()
        self._yardstick: Yardstick | None = None
        self._picture_yardstick: PictureYardstick | None = None
        self.real: PictureSet | None = None  # the pictures that are learned
        self._half = 0  # the next phase of slow motion

    def set_up(self, setup: Setup) -> None:
        """Learn as `setup` says from now on. A way that is not touched by the change keeps what it has learned."""
        if setup == self._made:
            return
        before, self._made = self._made, setup
        kept = {key for key in self._ways if not setup.begins_anew(key, before)}
        if setup.has_pictures:
            self._points = {}
            self._set_up_pictures(setup, kept)
        else:
            self._pictures = {}
            draw = setup.draw
            if before is None or before.outline != setup.outline:
                self._yardstick = Yardstick(draw)
            data = draw(TRAINED, np.random.default_rng(setup.seed))
            self._points = {key: self._points[key] if key in kept else _of_points(key, data, setup) for key in setup.active}
        for key in setup.active:
            if key not in kept:
                self._steps[key], self._seconds[key] = 0, 0.0
                self._broken.discard(key)
        self._half = 0

    def _set_up_pictures(self, setup: Setup, kept: set[Key]) -> None:
        if len(kept) < len(setup.active):
            self.real = real = read_bundled(PICTURES)
            assert real.labels is not None
            self._picture_yardstick = PictureYardstick(real.pixels, real.labels)
            self._pictures = {key: self._pictures[key] if key in kept else _of_pictures(key, real, setup) for key in setup.active}

    @property
    def _ways(self) -> Mapping[Key, Learner]:
        return self._pictures or self._points

    def turn(self, seconds: float, phases: Sequence[int] = BOTH) -> None:
        """Train for about `seconds`: always the way that has had the least time and is not at the end of its training."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end and (open_ways := [key for key in self._ways if not self.is_done(key)]):
            self._train(min(open_ways, key=self._seconds.__getitem__), phases)

    def step(self, phases: Sequence[int] = BOTH) -> None:
        """One step of each way, also beyond the end of its training."""
        for key in self._ways:
            self._train(key, phases)

    def half_step(self) -> int:
        """The next phase of each way; return which one it was."""
        phase, self._half = self._half, 1 - self._half
        for key in self._ways:
            self._train(key, (phase,), counts=phase == 1)
        return phase

    def is_done(self, key: Key) -> bool:
        return key in self._broken or self._steps[key] >= self._ways[key].length

    @property
    def all_done(self) -> bool:
        return all(self.is_done(key) for key in self._ways)

    def frame(self, key: Key, look: Look) -> Frame:
        """How `key` is now."""
        assert self._made is not None
        assert self._yardstick is not None
        way = self._points[key]
        samples = [way.sample(look.count, self._made.seed, part, look.strides) for part in look.parts]
        points = np.concatenate([sample.points for sample in samples])
        return Frame(
            key,
            self._steps[key],
            way.length,
            self._seconds[key],
            points,
            samples[0].calls,
            self._yardstick(points) if look.score else None,
            (way.losses[0], way.losses[1]),
            self.underlay(key, look.moment) if look.underlay else None,
            way.work.numpy(),
            key in self._broken,
        )

    def underlay(self, key: Key, moment: float) -> Underlay | None:
        """What `key` knows of the plane; of the denoising field at one amount of noise."""
        return self._points[key].underlay(_RESOLUTIONS[key], moment) if key in self._points else None

    def picture_frames(self, key: Key, count: int, strides: int) -> Iterator[PictureFrame]:
        """How `key` is now, after each stride of its samples; the last one has a score."""
        assert self._made is not None
        assert self._picture_yardstick is not None
        assert self.real is not None
        kinds = np.arange(count) % len(self.real.kinds)
        way = self._pictures[key]
        calls = strides if key == "diffusion" else 1
        for number, pictures in enumerate(way.samples(count, self._made.seed, strides), 1):
            score = self._picture_yardstick(pictures, kinds) if number == calls else None
            losses = way.losses[0], way.losses[1]
            yield PictureFrame(key, self._steps[key], way.length, self._seconds[key], pictures, calls, score, losses, key in self._broken)

    def score(self, points: Points) -> Score:
        assert self._yardstick is not None
        return self._yardstick(points)

    def _train(self, key: Key, phases: Sequence[int], counts: bool = True) -> None:
        if key in self._broken:
            return
        way, start = self._ways[key], time.perf_counter()
        before = tuple(way.losses)
        way.step(self._steps[key], phases)
        self._seconds[key] += time.perf_counter() - start
        self._steps[key] += counts
        if any(not math.isfinite(way.losses[phase]) and (phase == 1 or math.isfinite(before[phase])) for phase in phases):
            self._broken.add(key)


_RESOLUTIONS: Mapping[Key, int] = {"gan": HEAT, "vae": MESH, "diffusion": ARROWS, "flow_matching": ARROWS, "normalizing_flow": HEAT}


def _of_points(key: Key, data: Points, setup: Setup) -> PointWay:
    from .diffusion import Diffusion
    from .flow_matching import FlowMatching
    from .gan import Gan
    from .normalizing_flow import NormalizingFlow
    from .vae import Vae

    match key:
        case "gan":
            return Gan(data, setup.seed, momentum=setup.momentum, brake=setup.brake)
        case "vae":
            return Vae(data, setup.seed, beta=setup.beta)
        case "diffusion":
            return Diffusion(data, setup.seed)
        case "flow_matching":
            return FlowMatching(data, setup.seed)
        case "normalizing_flow":
            return NormalizingFlow(data, setup.seed)


def _of_pictures(key: Key, pictures: PictureSet, setup: Setup) -> PictureMaker:
    from .picture_ways import PictureDiffusion, PictureGan, PictureVae

    match key:
        case "gan":
            return PictureGan(pictures, setup.seed, brake=setup.brake)
        case "vae":
            return PictureVae(pictures, setup.seed, beta=setup.beta)
        case _:
            return PictureDiffusion(pictures, setup.seed)
