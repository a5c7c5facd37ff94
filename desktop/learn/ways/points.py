"""Points in the plane: shapes to learn, points drawn by hand, and how well samples match them. Torch-free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

EXTENT = 2.5  # shapes and drawings are within −EXTENT … EXTENT
TRAINED = 1000  # points that a way learns from
ISLAND = 0.07  # standard deviation of an island
BRUSH = 0.05  # standard deviation of what is drawn by hand around the pointer's path
CELLS = 24  # parts that a shape without islands is divided into
SHARE = 0.2  # of its true share: what a part must hold to count as found
NEIGHBOURS = 5

Points = np.ndarray  # N×2, float32
Draw = Callable[[int, np.random.Generator], Points]  # the number of points, the source of randomness


def islands(count: int, rng: np.random.Generator) -> Points:
    """Eight small Gaussians on a circle."""
    return around(CENTRES[rng.integers(8, size=count)], ISLAND, rng)


def moons(count: int, rng: np.random.Generator) -> Points:
    turn = np.pi * rng.random(count)
    arc = np.stack([np.cos(turn), np.sin(turn)], 1)
    lower = rng.random(count) < 0.5
    return around((np.where(lower[:, None], [1, 0.5] - arc, arc) - [0.5, 0.25]) * [1.15, 2.0], 0.08, rng)


def spirals(count: int, rng: np.random.Generator) -> Points:
    turn = 3 * np.pi * np.sqrt(rng.random(count)) + 0.6
    radius = turn * np.where(rng.random(count) < 0.5, 1, -1) / 5.2
    return around(np.stack([np.cos(turn), np.sin(turn)], 1) * radius[:, None], 0.05, rng)


def checker(count: int, rng: np.random.Generator) -> Points:
    column, row = rng.integers(4, size=count), rng.integers(2, size=count)
    corners = np.stack([column, 2 * row + column % 2], 1)
    return ((corners + rng.random((count, 2)) - 2) * 0.85).astype(np.float32)


def ring(count: int, rng: np.random.Generator) -> Points:
    turn = 2 * np.pi * rng.random(count)
    return around(np.stack([np.cos(turn), np.sin(turn)], 1) * 1.4, 0.06, rng)


def pinwheel(count: int, rng: np.random.Generator) -> Points:
    along, across = rng.standard_normal((2, count))
    radius = 1 + 0.3 * along
    turn = 2 * np.pi * rng.integers(5, size=count) / 5 + 0.25 * np.exp(radius) + 0.1 * across / radius
    return (np.stack([np.cos(turn), np.sin(turn)], 1) * radius[:, None] * 1.35).astype(np.float32)


def heart(count: int, rng: np.random.Generator) -> Points:
    turn = 2 * np.pi * rng.random(count)
    height = 13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn) - np.cos(4 * turn) + 2
    return around(np.stack([16 * np.sin(turn) ** 3, height], 1) / 10, 0.05, rng)


def drawn(path: Points) -> Draw:
    """What the pointer drew: points near `path` (at least one), each of its places equally often."""
    places = np.asarray(path, np.float32)
    if not len(places):
        raise ValueError("nothing is drawn")
    return lambda count, rng: around(places[rng.integers(len(places), size=count)], BRUSH, rng)


def around(places: Points, spread: float, rng: np.random.Generator) -> Points:
    return (places + spread * rng.standard_normal(places.shape)).astype(np.float32)


_turns = 2 * np.pi * np.arange(8) / 8
CENTRES = 1.4 * np.stack([np.cos(_turns), np.sin(_turns)], 1)  # of the islands
SHAPES: dict[str, Draw] = {
    "islands": islands,
    "moons": moons,
    "spirals": spirals,
    "checker": checker,
    "ring": ring,
    "pinwheel": pinwheel,
    "heart": heart,
}


@dataclass(frozen=True)
class Score:
    """How well samples match a shape."""

    found: int  # parts that hold at least a fifth of their share
    parts: int
    good: float  # share of the samples that lie where true points lie
    coverage: float  # share of true points with a sample among their nearest neighbours; about 0.97 for true points


class Yardstick:
    """Measures samples of a shape against true points that no way has learnt from.

    Good is a sample within 3 standard deviations of an island, or no further from a shape than 99 of 100 true points are.
    Coverage: Naeem et al. 2020, "Reliable fidelity and diversity metrics for generative models", with 5 neighbours.
    """

    def __init__(self, draw: Draw) -> None:
        rng = np.random.default_rng(99)
        dense, self._held = draw(20_000, rng), draw(2_000, rng)
        if draw is islands:
            self._near, self._radius = cKDTree(CENTRES), 3 * ISLAND
            self._parts = self._near
        else:
            self._near = cKDTree(dense)
            self._radius = float(np.quantile(self._near.query(self._held)[0], 0.99)) + 0.02
            self._parts = cKDTree(_spread(dense, CELLS))
        self._shares = self._counts(self._held) / len(self._held)

    def __call__(self, samples: Points) -> Score:
        """The score of any number of samples; those that are not finite are bad."""
        finite = np.isfinite(samples).all(1)
        good = samples[finite]
        good = good[self._near.query(good)[0] <= self._radius]
        found = self._counts(good) >= SHARE * self._shares * len(samples)
        return Score(int(found.sum()), len(found), len(good) / len(samples), self._coverage(samples[finite]))

    def _counts(self, points: Points) -> np.ndarray:
        return np.bincount(self._parts.query(points)[1], minlength=self._parts.n)

    def _coverage(self, samples: Points) -> float:
        true = self._held[: len(samples)]
        if len(true) <= NEIGHBOURS:
            return 0.0
        reach = cKDTree(true).query(true, k=NEIGHBOURS + 1)[0][:, -1]
        return float((cKDTree(samples).query(true)[0] <= reach).mean())


def _spread(points: Points, count: int) -> Points:
    """`count` of the points, each as far as possible from the ones before it."""
    chosen, far = [points[0]], np.full(len(points), np.inf)
    for _ in range(count - 1):
        far = np.minimum(far, np.square(points - chosen[-1]).sum(1))
        chosen.append(points[far.argmax()])
    return np.array(chosen)
