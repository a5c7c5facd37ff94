"""Forecast: how long the queue will take, from how long the runs of this session took."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ..diffusion.recipe import Recipe
from ..diffusion.run import Run

if TYPE_CHECKING:
    from .generation import Generation, Job

ENOUGH = 3  # steps that tell how fast a stage of a run is

Kind: TypeAlias = tuple[str, str, str, int, int]  # model, refiner, sampler, width and height


class Forecast:
    """Unknown until a run with the same models has made a few steps of each stage. Other sizes are taken as proportional to their area."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._rates: dict[Kind, float] = {}  # s for each step of the recipe
        generation.ended.connect(self._learn)

    def seconds(self, job: Job) -> float | None:
        """How long `job` takes from where it is now; None while unknown."""
        rate = self._rate(job.recipe)
        if rate is None:
            return None
        steps = sum(_steps_left(run, job.choice_at) for run in job.runs) + (job.pictures - 1) * job.recipe.sampling.steps
        return rate * steps

    @property
    def left(self) -> float | None:
        """How long the run at work and all that waits take; None while unknown, or if there is nothing."""
        generation = self._generation
        jobs = [self.seconds(job) for job in generation.up_next]
        if generation.running and generation.run:
            self._learn(generation.run)
            now = generation.pace.left if generation.pace else None
            rate = self._rate(generation.run.recipe)
            jobs.append(rate * _steps_left(generation.run, None) if now is None and rate is not None else now)
        known = [seconds for seconds in jobs if seconds is not None]
        return sum(known) if jobs and len(known) == len(jobs) else None

    def _learn(self, run: Run) -> None:
        from statistics import median  # here: the first paint need not wait for it

        if run.plan is None or not run.plan.is_whole:
            return
        seconds, before = 0.0, 0
        for calls in [stage.calls for stage in run.plan.stages] or [run.plan.calls]:
            made = [step.seconds + step.overhead_seconds for step in run.own_steps if before < step.number <= before + calls]
            if len(made) < min(ENOUGH, calls) or not calls:
                return
            seconds += median(made[-ENOUGH * 4 :]) * calls
            before += calls
        recipe = run.recipe.final
        self._rates[_kind(recipe)] = seconds / recipe.sampling.steps

    def _rate(self, recipe: Recipe) -> float | None:
        """Seconds for each step of `recipe`, measured; else estimated from another size or sampler of its model. None if unknown."""
        kind = _kind(recipe.final)
        if kind in self._rates:
            return self._rates[kind]
        alike = [(known, rate) for known, rate in self._rates.items() if known[:2] == kind[:2]]
        if not alike:
            return None
        (*_, width, height), rate = alike[-1]
        return rate * (kind[3] * kind[4]) / (width * height)


def _kind(recipe: Recipe) -> Kind:
    return recipe.model.name, recipe.refiner.name, recipe.sampling.sampler, recipe.size.width, recipe.size.height


def _steps_left(run: Run, until: int | None) -> float:
    """In steps of the recipe, up to step `until` of the run."""
    if run.picture is not None:
        return 0
    calls = run.expected_steps
    left = max(0, min(calls, until if until is not None else calls) - max(0, len(run.steps) - 1))
    return left / calls * run.recipe.sampling.steps
