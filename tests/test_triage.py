"""Trying several seeds with a real machine: exactly the chosen runs are finished, and no step is computed twice."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Run, Step
from desktop.generate import RunMaker
from desktop.studio.run_archive import RunArchive
from desktop.ui.create.triage_grid import Tile, TriageGrid
from tests.awaited import until
from tests.recorded import interrupted
from tests.studio import Studio

SEEDS = [3, 4, 5, 6]
UNTIL = 2


class Counting(RunMaker):
    """Counts the steps that are really made, by seed and number."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.made: Counter[tuple[int, int]] = Counter()

    async def generate(self, run, control, previews, save, observe, *arguments):
        def count(event):
            if isinstance(event, Step):
                self.made[run.recipe.sampling.seed, event.number] += 1
            observe(event)

        return await super().generate(run, control, previews, save, count, *arguments)


@pytest.fixture
def studio(model, tmp_path):
    studio = Studio(model, tmp_path, Counting)
    yield studio
    studio.close()


def recipe(sampler: str = "Euler a") -> Recipe:
    return Recipe.of(prompt="a mouse", sampler=sampler, steps=5, width=64, height=64)


async def uninterrupted(studio: Studio, recipe: Recipe) -> Run:
    run = Run(recipe)
    await studio.generate(run)
    return run


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["DDIM", "Euler a", "DPM++ 2M", "Heun"])
async def test_the_chosen_runs_equal_uninterrupted_ones_and_no_step_is_computed_twice(studio, sampler):
    triage = studio.generation.triage(recipe(sampler), SEEDS, UNTIL)
    await studio.idle()
    assert triage.arrived == triage.runs
    assert studio.maker.made == {(seed, number): 1 for seed in SEEDS for number in range(UNTIL + 1)}

    chosen = [triage.runs[3], triage.runs[1]]
    triage.finish(chosen)
    await studio.idle()
    calls = triage.runs[1].plan.calls
    assert studio.maker.made == {(seed, number): 1 for seed in SEEDS for number in range(1 + (calls if seed in (4, 6) else UNTIL))}
    assert [run.ending for run in triage.runs] == [Ending.STOPPED, Ending.FINISHED, Ending.STOPPED, Ending.FINISHED]
    assert all(run.path.exists() for run in chosen)
    for run in chosen:
        whole = await uninterrupted(studio, run.recipe)
        assert run.picture == whole.picture
        assert [step.snapshot for step in run.steps] == [step.snapshot for step in whole.steps]


@pytest.mark.slow
async def test_what_is_clicked_in_the_grid_is_what_is_finished(studio, qtbot, theme):
    triage = studio.generation.triage(recipe(), SEEDS, UNTIL)
    grid = TriageGrid(triage, studio.timeline, theme)
    qtbot.addWidget(grid)
    grid.show()
    tiles = grid.findChildren(Tile)
    qtbot.mouseClick(tiles[2], Qt.MouseButton.LeftButton)
    await studio.idle()
    assert [tile.accessibleName() for tile in tiles] == [
        "Seed 3, step 2 of 2",
        "Seed 4, step 2 of 2",
        "Seed 5, step 2 of 2, selected",
        "Seed 6, step 2 of 2",
    ]
    qtbot.mouseClick(grid.findChild(QPushButton, "finish_chosen"), Qt.MouseButton.LeftButton)
    await studio.idle()
    assert [run.ending for run in triage.runs] == [Ending.STOPPED, Ending.STOPPED, Ending.FINISHED, Ending.STOPPED]
    assert (studio.timeline.run, studio.timeline.index) == (triage.runs[2], 5)
    assert set(studio.maker.made.values()) == {1}


@pytest.mark.slow
async def test_choosing_early_stops_the_other_runs_and_computes_no_step_twice(studio):
    triage = studio.generation.triage(recipe(), SEEDS, UNTIL)
    await until(lambda: len(triage.runs[1].steps) > 1)
    triage.finish([triage.runs[0], triage.runs[3]])
    await studio.idle()
    assert [run.ending for run in (triage.runs[0], triage.runs[3])] == [Ending.FINISHED, Ending.FINISHED]
    assert set(studio.maker.made.values()) == {1}
    assert {number for seed, number in studio.maker.made if seed == 5} == set()
    assert studio.generation.up_next == []


@pytest.mark.slow
async def test_a_discarded_run_is_not_offered_again(studio):
    triage = studio.generation.triage(recipe(), SEEDS, UNTIL)
    await studio.idle()
    recordings = studio.recordings
    assert len(interrupted(recordings)) == len(SEEDS)  # a kill loses none of them
    triage.finish([])
    await until(lambda: interrupted(recordings) == [])
    assert studio.generation.running is False


@pytest.mark.slow
async def test_after_a_restart_the_choice_is_made_as_if_there_had_been_none(studio, model, tmp_path):
    before = studio.generation.triage(recipe(), SEEDS, UNTIL)
    await studio.idle()
    again, found = Studio(model, tmp_path, Counting), []
    archive = RunArchive(again.recordings, again.models, again.generation, again.timeline, again.held, again.notices)
    again.generation.triage_opened.connect(found.append)
    await archive.offer()
    next(action for action in again.told.pop().actions if action.label == "Choose").run()
    await until(lambda: found)
    triage = found[0]
    assert [run.id for run in triage.runs] == [run.id for run in before.runs]
    assert triage.arrived == triage.runs
    triage.finish([triage.runs[2]])
    await again.idle()
    assert again.maker.made == {(SEEDS[2], number): 1 for number in range(UNTIL + 1, triage.runs[2].plan.calls + 1)}
    assert triage.runs[2].picture == (await uninterrupted(again, triage.runs[2].recipe)).picture
    again.close()


@pytest.mark.slow
async def test_after_a_restart_seeds_that_had_not_started_are_in_the_choice(studio, model, tmp_path):
    before = studio.generation.triage(recipe(), SEEDS, UNTIL)
    await until(lambda: len(before.runs[1].steps) > 1)
    studio.generation.pause()
    await studio.idle()
    assert [bool(run.steps) for run in before.runs] == [True, True, False, False]
    again = Studio(model, tmp_path, Counting)
    archive = RunArchive(again.recordings, again.models, again.generation, again.timeline, again.held, again.notices)
    again.generation.restore(studio.generation.drafts)
    await archive.offer()
    assert again.told == []
    [triage] = again.generation.triages
    assert [run.id for run in triage.runs] == [run.id for run in before.runs]
    assert [run.id for run in triage.arrived] == [run.id for run in before.arrived]
    again.generation.resume_queue()
    await again.idle()
    assert triage.arrived == triage.runs
    assert {run.ending for run in triage.runs} == {Ending.PAUSED}
    assert set(again.maker.made.values()) == {1}
    again.close()


@pytest.mark.slow
async def test_a_pause_in_the_midst_keeps_the_rest_for_later(studio):
    triage = studio.generation.triage(recipe(), SEEDS, UNTIL)
    await until(lambda: len(triage.runs[1].steps) > 0)
    studio.generation.pause()
    await studio.idle()
    assert len(triage.arrived) < len(SEEDS)
    studio.generation.resume_queue()
    await studio.idle()
    assert triage.arrived == triage.runs
    assert {number for _, number in studio.maker.made} == set(range(UNTIL + 1))
    assert set(studio.maker.made.values()) == {1}


async def test_what_is_decided_once_stays(studio):
    triage = studio.generation.triage(recipe(), SEEDS, UNTIL)
    assert triage.chosen is None
    triage.finish([])
    triage.finish(triage.runs)
    assert list(triage.chosen) == []
    await studio.idle()
    assert studio.maker.made == {}


@pytest.mark.slow
async def test_a_choice_is_undone_and_made_again(studio):
    triage = studio.generation.triage(recipe(), SEEDS, UNTIL)
    await studio.idle()
    triage.finish([triage.runs[0]])
    await studio.idle()
    assert studio.generation.triages == []
    studio.undo.undo()
    await studio.until(lambda: studio.generation.triages)
    [again] = studio.generation.triages
    assert again.arrived == again.runs == triage.runs
    assert [run.ending for run in again.runs] == [Ending.FINISHED, *[Ending.PAUSED] * 3]
    assert studio.generation.up_next == []
    studio.undo.redo()
    await studio.until(lambda: again.chosen is not None)
    assert [run.ending for run in again.runs] == [Ending.FINISHED, *[Ending.STOPPED] * 3]
    studio.undo.undo()
    await studio.until(lambda: studio.generation.triages)
    studio.generation.triages[0].finish(again.runs[:2])
    await studio.idle()
    assert [run.ending for run in again.runs] == [*[Ending.FINISHED] * 2, *[Ending.STOPPED] * 2]
