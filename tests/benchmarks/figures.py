"""A figure with its goal, and the arithmetic that all subjects share."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import linear_regression, median


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    goal: str
    measured: str
    met: bool | None = None  # None: only reported


def tell(measure: Callable[[bool], Iterator[Figure]]) -> None:
    """The main program of a subject: one line of JSON for each figure, as soon as it is known."""
    for figure in measure("--quick" in sys.argv):
        print(json.dumps(asdict(figure)), flush=True)


def table(figures: Iterable[Figure]) -> str:
    rows = [("figure", "goal", "measured", ""), *((figure.name, figure.goal, figure.measured, _verdict(figure)) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]]).rstrip() for row in rows]
    return "\n".join((lines[0], "─" * max(map(len, lines)), *lines[1:]))


def _verdict(figure: Figure) -> str:
    return "" if figure.met is None else "✓" if figure.met else "✗ misses"


def interleaved(rounds: int, *measures: Callable[[], float]) -> list[list[float]]:
    """What each of `measures` returned, round by round; every other round in the opposite order."""
    results: list[list[float]] = [[] for _ in measures]
    for number in range(rounds):
        turn = list(zip(measures, results, strict=True))
        for measure, result in turn if number % 2 == 0 else reversed(turn):
            result.append(measure())
    return results


def median_difference(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over the pairs: what both rounds of a pair suffer from goes away."""
    return median(one - other for one, other in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * percent / 100))]


def milliseconds(seconds: Sequence[float]) -> str:
    return f"worst {1000 * max(seconds):.1f} ms, p99 {1000 * percentile(seconds, 99):.1f}, median {1000 * median(seconds):.1f}"


def slope(values: Sequence[float]) -> tuple[float, float]:
    """Growth from one value to the next by least squares, and the upper end of its 95 % interval."""
    places = range(len(values))
    rise, start = linear_regression(places, values)
    residual = sum((value - start - rise * place) ** 2 for place, value in zip(places, values, strict=True))
    spread = sum((place - (len(values) - 1) / 2) ** 2 for place in places)
    return rise, rise + 1.97 * math.sqrt(residual / (len(values) - 2) / spread)
