"""Short trainings of small nets for the tests, in this process or in one that is killed.

`python -m tests.training FOLDER STEPS EVERY` trains in `FOLDER`, from where its checkpoint is, and prints the sha256 of the final weights.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from desktop.diffusion.control import Control
from desktop.learn.pictures import PictureSet
from desktop.learn.training.checkpoint import Checkpoint
from desktop.learn.training.course import Course
from desktop.learn.training.events import Event
from desktop.learn.training.session import Session
from desktop.library import safe_file


def squares(count: int = 40, side: int = 8) -> PictureSet:
    """Pictures of a bright or a dark square on a plain ground: two kinds."""
    chance = np.random.default_rng(0)
    pixels = np.empty((count, side, side, 3), np.uint8)
    pixels[:] = chance.integers(80, 170, (count, 1, 1, 3))
    for number in range(count):
        row, column = chance.integers(0, side // 2, 2)
        pixels[number, row : row + side // 2, column : column + side // 2] = 250 if number % 2 else 5
    return PictureSet("squares", pixels, np.arange(count) % 2, ("dark", "bright"))


def course(steps: int, side: int = 8, **changes: object) -> Course:
    """Of a net that takes a few milliseconds a step. `steps` 0: they are planned by the probe."""
    small = Course(side, (8, 16, 16) if side > 8 else (8, 16), side > 8, 2, 4, 60.0, steps)
    return replace(small, **changes)


def shorten_looks() -> None:
    """Let moments cost a tenth, in a process of its own."""
    from desktop.learn.training import exam, session

    session.SAMPLES, session.SAMPLE_STEPS, exam.MOST = 4, 3, 16


def finish(session: Session) -> list[Event]:
    events: list[Event] = []
    while not session.has_ended:
        session.slice(Control(), events.append)
    return events


def digest(session: Session) -> str:
    """Of the weights, their average and the state of the optimiser."""
    found = hashlib.sha256()
    for name, array in sorted(session.checkpoint().tensors.items()):
        found.update(name.encode() + array.tobytes())
    return found.hexdigest()


def main(folder: Path, steps: int, every: int) -> None:
    """Save a checkpoint every `every` steps, as the program does it."""
    torch.set_num_threads(1)
    shorten_looks()
    path = folder / "checkpoint.safetensors"
    start = Checkpoint.read(path) if path.exists() else None
    session = Session(start.kept.course if start else course(steps), squares(), start)
    print(session.trainer.step, flush=True)
    saved = session.trainer.step
    while not session.has_ended:
        session.slice(Control(), lambda event: None)
        if session.trainer.step >= saved + every:
            safe_file.replace(path, session.checkpoint().packed())
            saved = session.trainer.step
    print(digest(session), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
