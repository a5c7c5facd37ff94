"""What is on disk of runs comes back: offered after a crash, opened with its picture and its tree, kept within the limit."""

import asyncio
from pathlib import Path

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Previews, Run
from desktop.library.journal import Journal
from desktop.library.recordings import Recordings
from desktop.studio.generation import Generation, Job
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notices
from desktop.studio.recordings_keeper import RecordingsKeeper
from desktop.studio.timeline import Timeline
from tests.developed import developed


class Darkroom:
    is_behind = False

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, []

    async def generate(self, run, previews, save, observe, insist=False, pauses_after=None):
        self.made.append(run)
        run.ending, run.path = Ending.FINISHED, self.folder / f"{run.id}.png"
        record(self.folder, run)

    async def note(self, run):
        record(self.folder, run)


def record(folder: Path, run: Run) -> Run:
    journal = Journal.begin(folder, run)
    journal.close()
    assert journal.problem is None
    return run


class Studio:
    """A start of the program."""

    def __init__(self, folder: Path) -> None:
        self.recordings = Recordings(folder, 1 << 30)
        self.darkroom, self.notices, self.held = Darkroom(folder), Notices(), HeldRuns(1 << 30)
        self.timeline = Timeline(self.held)
        self.told = []
        self.notices.listen(self.told.append)
        self.generation = Generation(self.darkroom, self.timeline, self.held, self.notices, lambda artwork: folder, Previews.FAST)
        self.keeper = RecordingsKeeper(self.recordings, self.generation, self.timeline, self.held, self.notices)

    async def press(self, label: str) -> None:
        next(action for action in self.told[-1].actions if action.label == label).run()
        while self.notices._tasks:
            await asyncio.sleep(0.001)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "recordings"


@pytest.fixture
def paused(folder) -> Run:
    run = developed(6, done=3)
    run.ending = Ending.PAUSED
    return record(folder, run)


async def test_what_was_paused_is_offered_and_gone_on_with(folder, paused):
    studio = Studio(folder)
    await studio.keeper.offer()
    assert [(notice.values["step"], notice.values["steps"]) for notice in studio.told] == [(3, 6)]
    assert studio.keeper.nbytes > 0
    await studio.press("Go on")
    assert [run.id for run in studio.darkroom.made] == [paused.id]
    assert studio.timeline.run.id == paused.id


async def test_later_offers_it_again_and_drop_does_not(folder, paused):
    studio = Studio(folder)
    await studio.keeper.offer()
    await studio.press("Later")
    studio = Studio(folder)
    await studio.keeper.offer()
    await studio.press("Drop")
    studio = Studio(folder)
    await studio.keeper.offer()
    assert studio.told == []
    assert [summary.ending for summary in studio.recordings.all()] == [Ending.STOPPED]


async def test_a_tree_is_offered_once_and_comes_back_whole(folder, paused):
    branch = paused.fork(2, paused.recipe.turned(2, prompt="other"))
    branch.ending = Ending.PAUSED
    record(folder, branch)
    studio = Studio(folder)
    await studio.keeper.offer()
    assert len(studio.told) == 1
    await studio.press("Go on")
    assert [lane.run.id for lane in studio.timeline.lanes] == [paused.id, branch.id]


async def test_what_waits_in_line_goes_on_where_its_recording_ends(folder, paused):
    studio = Studio(folder)
    studio.generation.hold([Job(paused.recipe, 2, run=Run(paused.recipe, id=paused.id)), Job(Recipe(prompt="b"))])
    await studio.keeper.offer()
    assert [len(job.run.steps) for job in studio.generation.up_next] == [4, 0]
    await studio.press("Go on")
    assert [run.recipe.prompt for run in studio.darkroom.made] == [paused.recipe.prompt] * 2      # the press of it, once
    assert [job.recipe.prompt for job in studio.generation.up_next] == ["b"]


async def test_what_was_made_already_is_not_made_again(folder):
    run = developed(4)
    run.path = folder / "picture.png"
    record(folder, run)
    studio = Studio(folder)
    studio.generation.hold([Job(run.recipe, run=Run(run.recipe, id=run.id))])
    await studio.keeper.offer()
    assert studio.generation.up_next == []
    assert studio.told == []
    assert len((await studio.keeper.of(run.path)).steps) == 5


async def test_a_picture_without_a_recording(folder):
    assert await Studio(folder).keeper.of(folder / "other.png") is None


async def test_the_oldest_goes_where_the_limit_is_reached_but_not_what_waits(folder, paused):
    record(folder, developed(3))
    studio = Studio(folder)
    studio.generation.hold([Job(paused.recipe, run=paused)])
    await studio.keeper.limit(1)
    assert [summary.id for summary in studio.recordings.all()] == [paused.id]


async def test_pinned_recordings_stay_and_deleted_ones_go(folder):
    kept, gone = record(folder, developed(3)), record(folder, developed(3))
    studio = Studio(folder)
    await studio.keeper.pin(kept, True)
    await studio.keeper.limit(1)
    assert [summary.id for summary in studio.recordings.all()] == [kept.id]
    await studio.keeper.delete(kept)
    assert studio.recordings.all() == []
    assert gone.id
