"""The desk: memory that is given back, and pictures that are looked at with their steps."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Signal

from desktop.diffusion.families.description import Traits
from desktop.diffusion.run import Ending, Pixels, Run
from desktop.generate import artwork_of
from desktop.library.artwork import save
from desktop.library.journal import Journal
from desktop.library.recordings import Recordings
from desktop.studio.desk import Desk
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notices
from desktop.studio.pictures import Pictures, Recent
from desktop.studio.run_archive import RunArchive
from desktop.studio.timeline import Timeline
from tests.developed import Work, branched, developed

STARTER = SimpleNamespace(name="starter", traits=Traits())


class Line(Work):
    """A generation with nothing in line."""

    ended = Signal(object)
    up_next = needed = ()


class Darkroom:
    freed = 0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def free(self) -> None:
        self.freed += 1

    async def look(self, run: Run, number: int) -> Pixels:
        return run.picture

    async def note(self, run: Run) -> None:
        Journal.begin(self._folder, run).close()


@pytest.fixture
def work(qapp):
    return Line()


@pytest.fixture
def told():
    return []


@pytest.fixture
def desk(tmp_path, work, told):
    notices, held = Notices(), HeldRuns(1 << 30)
    notices.listen(lambda notice: told.append(notice.template.format(**notice.values)))
    timeline = Timeline(held)
    keeper = RunArchive(Recordings(tmp_path / "recordings", 1 << 30), work, timeline, held, notices)
    models = SimpleNamespace(models=[STARTER], by_name={STARTER.name: STARTER}.get)
    desk = Desk(Darkroom(tmp_path / "recordings"), timeline, work, held, Pictures(notices), keeper, models, notices, None)
    desk.timeline = timeline
    return desk


async def test_the_memory_of_the_model_is_given_back_and_that_is_said(desk, work, told):
    await desk.free_memory()
    assert told == ["The memory of the model is free; the next picture loads it again."]
    told.clear()
    work.running = True
    await desk.free_memory()
    assert told[0] == "The memory is free as soon as the run at work ends or pauses."
    assert len(told) == 2


async def test_a_picture_that_had_no_place_is_found_with_its_steps_once_it_has_one(desk, tmp_path, told):
    run = developed(4)
    run.ending = Ending.FAILED  # the disk was full
    desk.timeline.show(run)
    await desk.save_step(run, 4, tmp_path / "a.png")
    assert told == ["Saved as a.png."]
    assert (run.path, run.ending) == (tmp_path / "a.png", Ending.FINISHED)
    [summary] = Recordings(tmp_path / "recordings", 0).all()
    assert (summary.id, summary.ending) == (run.id, Ending.FINISHED)


async def test_of_a_branch_it_is_said_that_only_its_beginning_is_restored(desk, tmp_path, told):
    run = branched(developed(4), 2, prompt="a pear")
    restored = []
    desk.recipe_opened.connect(restored.append)
    await desk.take_recipe(save(artwork_of(run), tmp_path / "a.png"))
    assert [recipe.prompt for recipe in restored] == ["a red apple"]
    assert told == ["The recipe of a.png is restored, except for: turns: 2."]


async def test_a_recent_picture_comes_with_the_steps_that_were_recorded(desk, tmp_path, told):
    run = developed(4)
    run.path = tmp_path / "a.png"
    Journal.begin(tmp_path / "recordings", run).close()
    await desk.look_at(Recent(run.path, None))
    assert len(desk.timeline.steps) == 5
    assert desk.timeline.run.id == run.id
    await desk.recordings.pin(desk.timeline.run, True)
    assert told == ["This recording is pinned: it is kept even when recordings reach their limit."]
