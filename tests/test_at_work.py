"""What is being made and how far it is. The machine is scripted; its events are real."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Previews
from desktop.generate import RunMaker
from desktop.studio import at_work
from desktop.studio.at_work import AtWork, QueueState
from desktop.studio.generation import Generation
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notices
from desktop.studio.queue import Queue
from desktop.studio.timeline import Timeline
from desktop.studio.undo import Undo
from tests import awaited
from tests.scripted_machine import ScriptedMachine


class Studio:
    def __init__(self) -> None:
        self.permits = asyncio.Semaphore(0)
        self.machine, notices, held = ScriptedMachine(permits=self.permits), Notices(), HeldRuns(10**6)
        notices.listen(lambda notice: None)
        save = lambda picture, announce: Path(f"{picture.recipe.sampling.seed}.png")  # noqa: E731
        self.generation = Generation(
            RunMaker(self.machine), Queue(notices), Timeline(held), held, notices, Undo(notices), save, Previews.FAST
        )
        self.at_work = AtWork(self.generation)
        self.done = []
        self.at_work.done.connect(self.done.append)

    def let(self, steps: int) -> None:
        for _ in range(steps):
            self.permits.release()

    async def until(self, state: QueueState | None, step: int | None = None) -> None:
        def is_there() -> bool:
            QCoreApplication.processEvents()  # its timers
            return self.at_work.state is state and step in (None, self.at_work.step)

        await awaited.until(is_there, 5)


@pytest.fixture
async def studio(qapp, monkeypatch):
    monkeypatch.setattr(at_work, "LINGERS", 300)  # ms
    return Studio()


async def test_a_run_is_followed_from_its_start_to_a_few_seconds_after_its_end(studio):
    assert (studio.at_work.state, studio.at_work.run, studio.at_work.share) == (None, None, 0.0)
    studio.generation.generate(Recipe.of(prompt="a", steps=3))
    studio.let(2)
    await studio.until(QueueState.RUNNING, step=1)
    assert studio.at_work.run is studio.generation.run
    assert studio.at_work.steps == 3
    assert studio.at_work.share == pytest.approx(1 / 3)
    studio.let(3)
    await studio.until(QueueState.FINISHED)
    assert studio.at_work.run.ending is Ending.FINISHED
    assert studio.done == [studio.at_work.run]
    await studio.until(None)


async def test_only_the_last_picture_of_a_queue_is_done(studio):
    studio.generation.generate(Recipe.of(prompt="a", steps=3, seed=7), 3)
    studio.let(100)
    await studio.until(QueueState.FINISHED)
    assert [run.recipe.sampling.seed for run in studio.done] == [9]


async def test_a_paused_run_is_resumed_and_a_waiting_queue_is_started(studio):
    for prompt in "ab":
        studio.generation.generate(Recipe.of(prompt=prompt, steps=3))
    studio.let(2)
    await studio.until(QueueState.RUNNING, step=1)
    first = studio.at_work.run
    studio.at_work.pause_or_resume()
    assert studio.generation.pausing
    studio.at_work.pause_or_resume()
    assert not studio.generation.pausing
    studio.at_work.pause_or_resume()
    studio.let(1)
    await studio.until(QueueState.PAUSED)
    assert (studio.at_work.run, studio.done) == (first, [])
    studio.generation.remove(studio.generation.up_next[0])
    assert studio.at_work.state is QueueState.WAITING
    studio.let(100)
    studio.at_work.pause_or_resume()
    await studio.until(QueueState.FINISHED)


async def test_a_run_that_fails_is_done_and_not_shown(studio):
    studio.machine.fails = RuntimeError("no")
    studio.generation.generate(Recipe.of(prompt="a"))
    await awaited.until(lambda: studio.done, 5)
    assert studio.done[0].ending is Ending.FAILED
    assert studio.at_work.state is None
