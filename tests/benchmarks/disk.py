"""Recordings on disk: what they cost the worker, how long reading a step takes, and how large they are."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import torch

from desktop.diffusion.run import Ending, Plan, Run, Step
from desktop.diffusion.samplers import sampler
from desktop.library.journal import Journal
from desktop.library.recording import read_step
from desktop.library.recordings import Recordings
from tests import recorded, sizes
from tests.offered import CLASSIC

from .figures import Figure, milliseconds, tell

PACE = 0.02  # s between steps: a fast GPU's
MOST = 8e6  # bytes of 50 steps with DDIM in bf16


def measure(quick: bool) -> Iterator[Figure]:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="safelight-") as folder:
        yield from _writing(Path(folder) / "writing", rounds=1 if quick else 5)
        yield _reading(Path(folder) / "reading")
        for each in CLASSIC[:1] if quick else CLASSIC:
            yield _size(Path(folder) / "sizes", each.name)


def _writing(folder: Path, rounds: int) -> Iterator[Figure]:
    handing, waiting, pausing = [], [], []
    [plan, *steps] = [event for event in sizes.events(sampler("DDIM"), torch.bfloat16) if isinstance(event, Plan | Step)]
    for _ in range(rounds):
        run = Run(recorded.RECIPE)
        journal = Journal.begin(folder, run)
        for event in (plan, *steps):
            time.sleep(PACE)
            run.record(event)
            begun = time.perf_counter()
            journal.append(event)
            handing.append(time.perf_counter() - begun)
            waiting.append(len(journal._waiting))
        run.end(Ending.PAUSED)
        begun = time.perf_counter()
        journal.close()
        Journal.begin(folder, run).close()
        pausing.append(time.perf_counter() - begun)
    yield Figure("Handing a step of 512² to the journal, one each 20 ms", "≤ 0.5 ms", milliseconds(handing), median(handing) <= 0.0005)
    yield Figure("Steps that wait for the disk meanwhile", "", f"at most {max(waiting)} of {len(steps)}")
    yield Figure("Pausing and resuming, the journal's part (off the worker)", "", milliseconds(pausing))


def _reading(folder: Path) -> Figure:
    run = Run(recorded.RECIPE)
    journal = Journal.begin(folder, run)
    for event in sizes.events(sampler("DDIM"), torch.float32):
        run.record(event)
        journal.append(event)
    run.end(Ending.FINISHED)
    journal.close()
    looking = []
    for step in Recordings(folder, 1 << 40).open(run.id).run.steps[1:]:
        begun = time.perf_counter()
        whole = read_step(step)
        assert None not in (whole.estimate, whole.noisy)
        looking.append(time.perf_counter() - begun)
    return Figure("A step of a run on disk: both pictures and the snapshot", "≤ 100 ms", milliseconds(looking), max(looking) <= 0.1)


def _size(folder: Path, name: str) -> Figure:
    """In bf16; `python -m tests.sizes` tells fp32 too."""
    steps = 8 if name == "LCM" else sizes.STEPS
    _, taken = sizes.recorded_bytes(folder, sampler(name), torch.bfloat16, steps)
    is_goal = name == "DDIM"
    return Figure(
        f"The recording of {steps} steps at 512² with {name}, bf16",
        "≤ 8 MB" if is_goal else "",
        f"{taken / 1e6:.1f} MB",
        taken <= MOST if is_goal else None,
    )


if __name__ == "__main__":
    tell(measure)
