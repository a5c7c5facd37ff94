"""Small hand-made runs to record, without torch; all steps differ."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Event, Picture, Pixels, Plan, Run, Step
from desktop.library import journal, records
from desktop.library.journal import Journal, path_of, start_of, state
from desktop.library.recording import Summary, read_step
from desktop.library.recordings import Recordings

RECIPE = Recipe.of(prompt="a mouse 🎸 弹吉他", sampler="Euler a", steps=5, seed=42)
MOST_THUMBNAIL = 128  # px
ENVIRONMENT = {"torch": "2.13.0", "threads": 1, "model_fingerprint": "abc"}


def pixels(number: int, side: int = 8) -> Pixels:
    return Pixels(side, side, random.Random(number).randbytes(3) * side * side)


def step(number: int, calls: int = 5, side: int = 8, snapshot: int = 40, seed: int = 0) -> Step:
    """Up to 128 px its estimate is the thumbnail, as a linear map makes it; its noisy picture is not."""
    dice = random.Random(1000 * seed + number)
    estimate = pixels(1000 * seed + number, side) if number else None
    noisy = pixels(1000 * seed + 500 + number, side)
    return Step(
        number=number,
        timestep=999 - 999 / calls * max(number - 1, 0),
        sigma=float("inf") if number == 0 else dice.random(),
        alpha_cumprod=number / calls,
        seconds=dice.random(),
        overhead_seconds=dice.random() / 100,
        estimate=estimate,
        noisy=noisy,
        thumbnail=(estimate or noisy) if side <= MOST_THUMBNAIL else pixels(1000 * seed + number, MOST_THUMBNAIL),
        approximate=bool(number % 2),
        snapshot=dice.randbytes(snapshot),
        change=dice.random(),
        layout=dice.random(),
    )


def events(calls: int = 5, **how: int) -> Iterator[Event]:
    yield Plan(tuple(999 - 999 / calls * number for number in range(calls)), ENVIRONMENT, "the end")
    for number in range(calls + 1):
        yield step(number, calls, **how)
    yield Picture(pixels(99, how.get("side", 8)))


def record(
    folder: Path, run: Run | None = None, last: int | None = None, ending: Ending = Ending.FINISHED, calls: int = 5, **how: int
) -> Run:
    """Make what is missing of `run` up to step `last`, and journal it."""
    run = run or Run(RECIPE)
    journal = Journal.begin(folder, run)
    for event in events(calls, **how):
        if isinstance(event, Step) and event.number < len(run.steps):
            continue
        if last is not None and (isinstance(event, Picture) or (isinstance(event, Step) and event.number > last)):
            break
        run.record(event)
        journal.append(event)
    run.end(ending)
    if ending is Ending.FINISHED:
        run.path = folder.parent / "pictures" / f"{run.id}.png"
        journal.announce(run.path)
    journal.close()
    assert journal.problem is None, journal.problem
    return run


def interrupted(recordings: Recordings) -> list[Summary]:
    """Interrupted and paused runs, the newest first."""
    return [summary for summary in recordings.all() if summary.is_interrupted]


def torn(folder: Path, run: Run, size: int) -> Path:
    """The recording of `run` as after a crash: `size` bytes of it."""
    path = path_of(folder, run.id)
    path.write_bytes(path.read_bytes()[:size])
    return path


def copied(folder: Path, run: Run, picture: Path | None = None) -> Run:
    """The same recording once more, as another run's, with its own picture where one is given."""
    other = Run(run.recipe)
    with records.opened(path_of(folder, run.id)) as file:
        first, *rest = [
            (record.kind, record.number, records.payload(file, record))
            for record in records.whole(file, start_of(run.id))
            if record.kind != records.CONTENTS
        ]
    records.create(path_of(folder, other.id), start_of(other.id), first)
    appender = records.Appender(path_of(folder, other.id), start_of(other.id))
    appender.append(rest if picture is None else [*rest, state(Ending.FINISHED, picture, False, "")])
    appender.finish()
    appender.close()
    return other


def same(step: Step, other: Step) -> bool:
    """All but the previews, which are compressed with loss. Steps on disk are read."""
    numbers = all(getattr(step, field.name) == getattr(other, field.name) for field in journal.NUMBERS)
    return numbers and read_step(step).snapshot == read_step(other).snapshot


def all_same(steps: list[Step], others: list[Step]) -> bool:
    return len(steps) == len(others) and all(map(same, steps, others))
