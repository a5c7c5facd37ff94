"""The desk: memory that is given back, and pictures that are looked at with their steps."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Signal

from desktop.generate import artwork_of
from desktop.library.artwork import save
from desktop.library.journal import Journal
from desktop.library.recordings import Recordings
from desktop.studio.desk import Desk
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notices
from desktop.studio.pictures import Pictures, Recent
from desktop.studio.recordings_keeper import RecordingsKeeper
from desktop.studio.timeline import Timeline
from tests.developed import Work, branched, developed

STARTER = SimpleNamespace(name="starter", scheduler_config={}, unet_config={})


class Line(Work):
    """A generation with nothing in line."""

    ended = Signal(object)
    up_next = unfinished = ()


class Darkroom:
    freed = 0

    async def free(self) -> None:
        self.freed += 1


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
    keeper = RecordingsKeeper(Recordings(tmp_path / "recordings", 1 << 30), work, timeline, held, notices)
    desk = Desk(Darkroom(), timeline, work, held, Pictures(notices), keeper, SimpleNamespace(models=[STARTER]), notices, None)
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
    assert told == ["This recording is kept, whatever room it takes."]
