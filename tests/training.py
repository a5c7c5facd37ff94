"""Short trainings of small nets for the tests, in this process or in children that are killed.

`python -m tests.training [30]` kills a training that often, at random moments; the bits at its end must be those of one without kills.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
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
from tests.forks import fork_for_each_line
from tests.kills import is_alive

ROOT = Path(__file__).parents[1]
EVERY = 4  # steps between two checkpoints


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
    small = Course(side, (8, 16, 16) if side > 8 else (16,), side > 8, 2, 4, 60.0, steps)
    return replace(small, **changes)


def shorten_looks() -> None:
    """Let moments cost a tenth, in a process of its own."""
    from desktop.learn.training import course, exam, session

    session.SAMPLES, session.SAMPLE_STEPS, exam.MOST, course.MOMENTS = 4, 3, 16, 4


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


def live(line: str) -> None:
    """Train in a folder, from where its checkpoint is, and write the digest at the end. `line`: the folder and the number of steps."""
    name, steps = line.split("\t")
    folder = Path(name)
    path = folder / "checkpoint.safetensors"
    start = Checkpoint.read(path) if path.exists() else None
    session = Session(start.kept.course if start else course(int(steps)), squares(), start)
    saved = session.trainer.step
    while not session.has_ended:
        session.slice(Control(), lambda event: None)
        if session.trainer.step >= saved + EVERY:
            safe_file.replace(path, session.checkpoint().packed())
            saved = session.trainer.step
    safe_file.replace(folder / "digest", digest(session).encode())


def kill_often(folder: Path, kills: int, steps: int, seed: int = 0) -> str:
    """Train in `folder` in children that are killed at random moments, `kills` times in all. The digest at the end."""
    dice, killed = random.Random(seed), 0
    command = [sys.executable, "-m", "tests.training", "--live"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdin is not None
        assert victim.stdout is not None
        while not (folder / "digest").exists():
            print(folder, steps, sep="\t", file=victim.stdin, flush=True)
            child = int(victim.stdout.readline())
            path, before = folder / "checkpoint.safetensors", _age(folder)
            while killed < kills and not (folder / "digest").exists() and _age(folder) == before:  # until it has saved, so that it gets on
                time.sleep(0.02)
            if killed < kills and path.exists():
                time.sleep(dice.uniform(0, 0.3))
                os.kill(child, signal.SIGKILL)
                killed += 1
            while not (folder / "digest").exists() and is_alive(child):
                time.sleep(0.02)
        victim.stdin.close()
    assert killed == kills, f"it ended after {killed} kills"
    return (folder / "digest").read_text()


def _age(folder: Path) -> int:
    path = folder / "checkpoint.safetensors"
    return path.stat().st_mtime_ns if path.exists() else 0


def undisturbed(recipe: Course) -> Session:
    session = Session(recipe, squares())
    finish(session)
    return session


def main(kills: int) -> None:
    steps = kills * EVERY * 2
    with tempfile.TemporaryDirectory(prefix="safelight-training-") as name:
        found = kill_often(Path(name), kills, steps)
    assert found == digest(undisturbed(course(steps))), "other bits"
    print(f"{kills} kills, {steps} steps: the same bits")


if __name__ == "__main__":
    torch.set_num_threads(1)
    shorten_looks()
    if sys.argv[1:] == ["--live"]:
        fork_for_each_line(live)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
