"""Pauses of the GUI thread at rest, while torch loads and while runs are made; and what painting their steps costs."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from desktop.app import Session
from desktop.diffusion.control import Control
from desktop.diffusion.run import Previews, Run

from .figures import Figure, median_difference, milliseconds, percentile, tell
from .real_app import Ticker, drive, generated, ready, recipe


def measure(quick: bool) -> Iterator[Figure]:
    loading, idle, generating = [], [], []
    shown, alone = [], []

    async def scenario(session: Session) -> None:
        with Ticker() as ticker:
            await ready(session)
        loading.extend(ticker.gaps)
        await generated(session, recipe(session))  # loads the model and makes the measurements that are made once
        for seed in range(2 if quick else 6):
            with Ticker() as ticker:
                await asyncio.sleep(2)
            idle.extend(ticker.gaps)
            with Ticker() as ticker:
                await generated(session, recipe(session, seed=seed))
            generating.extend(ticker.gaps)
        for seed in range(3 if quick else 9):
            runs = [_shown, _alone] if seed % 2 else [_alone, _shown]
            for way in runs:
                (shown if way is _shown else alone).append(await way(session, seed))

    with tempfile.TemporaryDirectory() as folder:
        drive(Path(folder), scenario)
    worst, rest = max(loading), percentile(idle, 99)
    yield Figure("Worst pause of the window while torch loads", "≤ 150 ms", milliseconds(loading), worst <= 0.15)
    yield Figure("Pauses at rest", "", milliseconds(idle))
    yield Figure(
        "Pauses while generating, p99",
        "≤ 16 ms beyond rest",
        f"{1000 * (percentile(generating, 99) - rest):+.1f} ms",
        percentile(generating, 99) - rest <= 0.016,
    )
    yield Figure("Worst pause while generating", "≤ 50 ms", milliseconds(generating), max(generating) <= 0.05)
    cost, unseen = median_difference(shown, alone), median(alone)
    yield Figure(
        "Painting in the window over the same run unseen",
        "≤ 8 %",
        f"{1000 * cost:+.2f} ms ({cost / unseen:+.1%}) of {1000 * unseen:.1f} ms a step",
        cost <= 0.08 * unseen,
    )


async def _shown(session: Session, seed: int) -> float:
    began = time.perf_counter()
    run = await generated(session, recipe(session, seed=100 + seed))
    return _per_step(run, began)


async def _alone(session: Session, seed: int) -> float:
    """The same work without the window: it receives no event."""
    run = Run(recipe(session, seed=200 + seed))
    began = time.perf_counter()
    await session._maker.generate(run, Control(), Previews.FAST, session._pictures.save, lambda event: None)
    return _per_step(run, began)


def _per_step(run: Run, began: float) -> float:
    assert len(run.steps) == 51
    return sum(step.seconds + step.overhead_seconds for step in run.steps) / 50


if __name__ == "__main__":
    tell(measure)
