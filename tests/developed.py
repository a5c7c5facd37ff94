"""Runs as the worker would record them, made without a worker; every step has its own colour."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Signal

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Phase, Pixels, Plan, Previews, Run, Step
from desktop.studio.pace import Pace

SIDE = 32  # px of a preview


def plain(colour: tuple[int, int, int], side: int = SIDE) -> Pixels:
    return Pixels(side, side, bytes(colour) * side * side)


def estimate_colour(number: int) -> tuple[int, int, int]:
    return (40 + number % 200, 120, 20)


def step(
    number: int, calls: int, *, approximate: bool = False, previews: bool = True, seconds: float = 0.08, overhead: float = 0.002
) -> Step:
    alpha = math.sin(number / calls * math.pi / 2) ** 2
    noisy = plain((20, 20, 40 + number % 200)) if previews else None
    estimate = plain(estimate_colour(number)) if previews and number else None
    return Step(
        number=number,
        timestep=999.0 * (1 - max(0, number - 1) / calls),
        sigma=math.sqrt((1 - alpha) / alpha) if alpha else math.inf,
        alpha_cumprod=alpha,
        seconds=seconds,
        overhead_seconds=overhead,
        estimate=estimate,
        noisy=noisy,
        thumbnail=estimate or noisy,
        approximate=approximate,
        snapshot=b"x",
    )


def developed(calls: int = 10, done: int | None = None, recipe: Recipe | None = None, **how: bool | float) -> Run:
    """A run of `calls` steps, `done` of them made; finished, with its picture, when that is all."""
    run = Run(recipe or Recipe.of(prompt="a red apple", steps=calls, width=64, height=64, seed=781204113))
    run.record(Plan(tuple(999.0 * (1 - k / calls) for k in range(calls)), {}))
    for number in range((calls if done is None else done) + 1):
        run.record(step(number, calls, **how))
    if done is None:
        run.picture, run.ending = plain((250, 0, 0), 64), Ending.FINISHED
    return run


def branched(run: Run, after: int, done: int | None = None, **changes: object) -> Run:
    """A branch of `run` with steps up to `done`, paused there; finished when that is all."""
    assert run.plan is not None
    branch = run.fork(after, run.recipe.turned(after, **changes))
    for number in range(after + 1, (run.plan.calls if done is None else done) + 1):
        branch.record(step(number, run.plan.calls))
    branch.end(Ending.PAUSED)
    if done is None:
        branch.picture, branch.ending = plain((0, 0, 250), 64), Ending.FINISHED
    return branch


def grow(run: Run, **how: bool | float) -> None:
    """One step more arrives."""
    assert run.plan is not None
    run.record(step(len(run.steps), run.plan.calls, **how))


class Work(QObject):
    """What views see of a generation, moved by hand."""

    changed = Signal()
    ended = Signal(object)  # Run
    up_next: tuple[Run, ...] = ()
    needed: frozenset[str] = frozenset()
    triages: tuple[()] = ()

    def __init__(self, run: Run | None = None, phase: Phase | None = Phase.DENOISING) -> None:
        super().__init__()
        self.run, self.phase = run, phase if run else None
        self.running, self.stopping, self.stopped, self.pausing = run is not None, False, 0, False
        self.pace: Pace | None = None
        self.previews, self.is_behind = Previews.FAST, False
        self.resumed: list[Run | None] = []
        self._breakpoints: dict[str, set[int]] = {}

    def pause(self) -> None:
        self.pausing = True
        self.changed.emit()

    def resume(self, run: Run | None = None) -> None:
        self.resumed.append(run)
        self.pausing, self.running = False, True
        self.changed.emit()

    def step_once(self) -> None:
        self.resume()
        self.pause()

    def breakpoints(self, run: Run) -> set[int]:
        return self._breakpoints.get(run.id, set())

    def toggle_breakpoint(self, number: int, run: Run) -> None:
        self._breakpoints.setdefault(run.id, set()).symmetric_difference_update({number})
        self.changed.emit()

    def take_out(self, jobs) -> list:
        return []

    async def endings_recorded(self) -> None:
        pass

    def put_back(self, removed) -> list:
        return []

    def stop(self) -> None:
        self.stopped += 1
        self.stopping = True
        self.changed.emit()
