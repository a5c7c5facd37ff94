"""How long a run will take, from the steps of earlier ones."""

from __future__ import annotations

from dataclasses import replace

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Run, Stage
from desktop.studio.forecast import Forecast
from desktop.studio.generation import Job
from tests.developed import Work, developed, step

RECIPE = Recipe.of(steps=5, width=64, height=64, refiner="finer")


def test_each_stage_has_a_pace_of_its_own(qtbot):
    work = Work()
    forecast = Forecast(work)
    run = developed(10, done=5, recipe=RECIPE, seconds=0.1, overhead=0)
    run.plan = replace(run.plan, stages=(Stage("base", 5),), is_whole=False)
    work.ended.emit(run)
    assert forecast.seconds(Job(Run(RECIPE))) is None  # the second stage is not known yet
    run.plan = replace(run.plan, stages=(Stage("base", 5), Stage("super_res", 5)), is_whole=True)
    for number in range(6, 11):
        run.record(step(number, 10, seconds=2, overhead=0))
    work.ended.emit(run)
    assert forecast.seconds(Job(Run(RECIPE))) == 5 * 0.1 + 5 * 2
    assert forecast.seconds(Job(Run(RECIPE.with_values(refiner="")))) is None
