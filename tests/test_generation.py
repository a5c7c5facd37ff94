"""The line of pictures to make: order, stop, what is held, what survives. The machine is scripted; its events are real."""

import asyncio
from pathlib import Path

import pytest

from desktop.diffusion.errors import DiskFull, MemoryTight
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Phase, Picture, Pixels, Plan, Previews, Step
from desktop.studio.generation import Generation, Job
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notices
from desktop.studio.timeline import Timeline

PIXELS = Pixels(1, 1, b"abc")


def step(number: int) -> Step:
    return Step(number, 999.0 - number, 1.0, 0.5, 0.01, 0.0, PIXELS, PIXELS, PIXELS, False, b"x" * 100)


class Scripted:
    """A darkroom whose steps come when the test lets them."""

    def __init__(self) -> None:
        self.made: list[Recipe] = []
        self.go = asyncio.Event()
        self.go.set()
        self.fails: Exception | None = None
        self.insisted: list[bool] = []

    async def generate(self, run, previews, save, observe, insist=False, pauses_after=None):
        self.insisted.append(insist)
        if self.fails:
            run.ending = Ending.FAILED
            fails, self.fails = self.fails, None
            raise fails
        try:
            for event in (Phase.DENOISING, Plan((3.0, 2.0, 1.0), {}), *(step(n) for n in range(4)), Picture(PIXELS)):
                await self.go.wait()
                await asyncio.sleep(0)
                run.record(event)
                observe(event)
        except asyncio.CancelledError:
            run.ending = Ending.STOPPED
            raise
        self.made.append(run.recipe)
        run.path = Path(f"{run.recipe.prompt}-{run.recipe.seed}.png")
        run.ending = Ending.FINISHED
        return run.path


class Studio:
    def __init__(self) -> None:
        self.darkroom, self.timeline, self.notices, self.held = Scripted(), Timeline(), Notices(), HeldRuns(10**6)
        self.told = []
        self.notices.listen(self.told.append)
        self.generation = Generation(self.darkroom, self.timeline, self.held, self.notices, lambda artwork: Path(), Previews.FAST)

    async def idle(self) -> None:
        while self.generation.running or self.generation._due:
            await asyncio.sleep(0.001)


@pytest.fixture
async def studio():
    return Studio()


async def test_pictures_are_made_one_after_another_in_the_order_of_the_presses(studio):
    studio.generation.generate(Recipe(prompt="a", seed=7), pictures=2)
    studio.generation.generate(Recipe(prompt="b", seed=1))
    assert studio.generation.running is False            # it begins with the next turn of the loop, nothing is lost
    await studio.idle()
    assert [(recipe.prompt, recipe.seed) for recipe in studio.darkroom.made] == [("a", 7), ("a", 8), ("b", 1)]
    assert studio.told == []


async def test_the_timeline_shows_the_run_and_follows_its_newest_step(studio):
    studio.generation.generate(Recipe(prompt="a"))
    await studio.idle()
    assert studio.timeline.run is studio.generation.run
    assert studio.timeline.index == 3
    assert studio.timeline.pixels is PIXELS


async def test_scrubbing_back_keeps_the_old_run_on_screen_when_the_next_begins(studio):
    studio.generation.generate(Recipe(prompt="a"), pictures=2)
    while len(studio.timeline.steps) < 3:
        await asyncio.sleep(0)
    first = studio.timeline.run
    studio.timeline.go_to(1)
    await studio.idle()
    assert studio.timeline.run is first
    assert studio.timeline.index == 1


async def test_stop_takes_hold_at_once_and_holds_what_was_next(studio):
    studio.darkroom.go.clear()
    studio.generation.generate(Recipe(prompt="a"), pictures=3)
    studio.generation.generate(Recipe(prompt="b"))
    await asyncio.sleep(0.01)
    studio.generation.stop()
    assert studio.generation.stopping                    # on the screen now, whatever the worker still does
    await studio.idle()
    assert studio.generation.run.ending is Ending.STOPPED
    assert studio.generation.holding
    assert [(job.recipe.prompt, job.pictures) for job in studio.generation.up_next] == [("a", 2), ("b", 1)]
    studio.darkroom.go.set()
    await asyncio.sleep(0.01)
    assert studio.darkroom.made == []                    # it waits for the user's word
    studio.generation.resume()
    await studio.idle()
    assert [recipe.prompt for recipe in studio.darkroom.made] == ["a", "a", "b"]


async def test_jobs_of_an_earlier_session_wait_but_a_new_press_is_made_at_once(studio):
    studio.generation.hold([Job(Recipe(prompt="old"), 2)])
    studio.generation.generate(Recipe(prompt="new"))
    await studio.idle()
    assert [recipe.prompt for recipe in studio.darkroom.made] == ["new"]
    assert [job.recipe.prompt for job in studio.generation.up_next] == ["old"]


async def test_what_is_up_next_can_be_removed(studio):
    studio.darkroom.go.clear()
    for prompt in "abc":
        studio.generation.generate(Recipe(prompt=prompt))
    await asyncio.sleep(0.01)
    studio.generation.remove(studio.generation.up_next[0])
    studio.darkroom.go.set()
    await studio.idle()
    assert [recipe.prompt for recipe in studio.darkroom.made] == ["a", "c"]


async def test_the_further_pictures_of_a_press_are_up_next_and_can_be_removed(studio):
    studio.darkroom.go.clear()
    studio.generation.generate(Recipe(prompt="a", seed=5), pictures=100)
    studio.generation.generate(Recipe(prompt="b"))
    await asyncio.sleep(0.01)
    assert [(job.recipe.seed, job.pictures) for job in studio.generation.up_next] == [(6, 99), (0, 1)]
    studio.generation.remove(studio.generation.up_next[0])
    assert [(job.recipe.prompt, job.pictures) for job in studio.generation.unfinished] == [("a", 1), ("b", 1)]
    studio.darkroom.go.set()
    await studio.idle()
    assert [recipe.prompt for recipe in studio.darkroom.made] == ["a", "b"]


async def test_the_picture_at_work_counts_as_unfinished_with_what_is_left_of_its_press(studio):
    studio.darkroom.go.clear()
    studio.generation.generate(Recipe(prompt="a", seed=5), pictures=3)
    studio.generation.generate(Recipe(prompt="b"))
    await asyncio.sleep(0.01)
    assert [(job.recipe.prompt, job.recipe.seed, job.pictures) for job in studio.generation.unfinished] == [("a", 5, 3), ("b", 0, 1)]
    studio.darkroom.go.set()
    await studio.idle()
    assert studio.generation.unfinished == []


async def test_an_error_is_told_and_the_next_picture_is_made(studio):
    studio.darkroom.fails = RuntimeError("broken")
    studio.generation.generate(Recipe(prompt="a"))
    studio.generation.generate(Recipe(prompt="b"))
    await studio.idle()
    assert [recipe.prompt for recipe in studio.darkroom.made] == ["b"]
    assert len(studio.told) == 1
    assert "RuntimeError: broken" in studio.told[0].details


async def test_tight_memory_is_asked_about_and_insisting_goes_on(studio):
    studio.darkroom.fails = MemoryTight(needed="8 GB", free="4 GB")
    studio.generation.generate(Recipe(prompt="a"))
    await studio.idle()
    assert studio.darkroom.made == []
    studio.told[0].actions[0].run()
    await studio.idle()
    assert [recipe.prompt for recipe in studio.darkroom.made] == ["a"]
    assert studio.darkroom.insisted == [False, True]


async def test_insisting_makes_the_whole_press_once(studio):
    studio.darkroom.fails = MemoryTight(needed="8 GB", free="4 GB")
    studio.generation.generate(Recipe(prompt="a"), pictures=3)
    await studio.idle()
    assert [len(studio.told), studio.darkroom.made, studio.generation.up_next] == [1, [], []]
    studio.told[0].actions[0].run()
    await studio.idle()
    assert [recipe.seed for recipe in studio.darkroom.made] == [0, 1, 2]


async def test_what_fails_once_is_told_once_and_the_rest_of_the_press_waits(studio):
    studio.darkroom.fails = RuntimeError("broken")
    studio.generation.generate(Recipe(prompt="a"), pictures=3)
    await studio.idle()
    assert len(studio.told) == 1
    assert studio.generation.holding
    assert [(job.recipe.seed, job.pictures) for job in studio.generation.up_next] == [(1, 2)]


async def test_a_full_disk_holds_what_is_next_and_offers_another_place(studio):
    wanted = []
    studio.generation.place_wanted.connect(wanted.append)
    studio.darkroom.fails = DiskFull(folder="/x")
    studio.generation.generate(Recipe(prompt="a"))
    studio.generation.generate(Recipe(prompt="b"))
    await studio.idle()
    assert [job.recipe.prompt for job in studio.generation.up_next] == ["b"]
    studio.told[0].actions[0].run()
    assert wanted == [studio.generation.run]


async def test_a_picture_that_could_not_be_saved_is_announced_as_such(studio):
    unsaved = []
    studio.generation.unsaved.connect(unsaved.append)
    studio.darkroom.fails = DiskFull(folder="/x")
    studio.generation.generate(Recipe(prompt="a"))
    await studio.idle()
    assert unsaved == [studio.generation.run]


async def test_finish_ends_the_picture_at_work_and_keeps_what_is_up_next(studio):
    studio.darkroom.go.clear()
    studio.generation.generate(Recipe(prompt="a"), pictures=2)
    studio.generation.generate(Recipe(prompt="b"))
    await asyncio.sleep(0.01)
    studio.darkroom.go.set()
    await studio.generation.finish()
    assert [recipe.seed for recipe in studio.darkroom.made] == [0]
    assert [(job.recipe.prompt, job.recipe.seed, job.pictures) for job in studio.generation.unfinished] == [("a", 1, 1), ("b", 0, 1)]


async def test_held_runs_let_the_least_recently_looked_at_go(studio):
    studio.held.budget = 500
    for prompt in "abc":
        studio.generation.generate(Recipe(prompt=prompt))
        await studio.idle()
    assert studio.held.of(Path("a-0.png")) is None
    assert studio.held.of(Path("c-0.png")) is studio.generation.run
