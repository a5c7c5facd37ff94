"""200 runs of a tiny model in a row in the real window, with little memory for held runs: what is left over at the end."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch
from PySide6.QtCore import QObject

from desktop.app import Session
from desktop.diffusion.run import Pixels, Run, Step
from tests import tiny

from .figures import Figure, slope, tell
from .real_app import drive, generated, ready, recipe

SETTLED = 50  # runs until caches, the list of recent pictures and the budget for held runs are full
STEPS = 10


def measure(quick: bool) -> Iterator[Figure]:
    runs = 90 if quick else 200
    resident: list[float] = []
    counts: list[Counter[str]] = []

    async def scenario(session: Session) -> None:
        await ready(session)
        await session._open_model(model)
        session._held.budget = 2**20  # less than the settings allow: some five of these runs
        for seed in range(runs):
            await generated(session, recipe(session, steps=STEPS, seed=seed))
            resident.append(_resident())
            if seed + 1 in (SETTLED + 20, runs):  # by then the list of recent pictures is full
                gc.collect()
                counts.append(_left(session))

    with tempfile.TemporaryDirectory() as folder:
        model = tiny.save_folder(Path(folder) / "tiny")
        drive(Path(folder) / "data", scenario)
    rise, bound = slope(resident[SETTLED:])
    yield Figure(
        f"Memory, {runs} runs of {STEPS} steps in a row",
        "≤ 50 KB a run (95 %)",
        f"{rise:+.0f} KB, bound {bound:+.0f}; {resident[SETTLED] / 1024:.0f} MB after {SETTLED}, {resident[-1] / 1024:.0f} last",
        bound <= 50,
    )
    before, after = counts
    more = {kind: after[kind] - before[kind] for kind in sorted(before | after) if after[kind] != before[kind]}
    kinds = ", ".join(f"{after[kind]} {kind}" for kind in ("QObjects", "Runs", "Steps", "tensors", "threads", "handles"))
    yield Figure("Objects, threads and handles left over", "none", f"{more or 'none'}; {kinds}", not any(n > 0 for n in more.values()))


def _resident() -> float:
    """KB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


def _left(session: Session) -> Counter[str]:
    count: Counter[str] = Counter(threads=threading.active_count(), handles=len(os.listdir("/proc/self/fd")))
    count["QObjects"] = len(session.window.findChildren(QObject)) + len(session._application.findChildren(QObject))
    for each in gc.get_objects():
        for kind, name in KINDS.items():
            if isinstance(each, kind):
                count[name] += 1
    return count


KINDS = {Run: "Runs", Step: "Steps", Pixels: "Pixels", torch.Tensor: "tensors", QObject: "Python QObjects"}


if __name__ == "__main__":
    tell(measure)
