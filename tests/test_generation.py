"""The queue of pictures: order, stop, hold, restore. The machine is scripted; its events are real."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Previews, Run
from desktop.errors import DiskFull, MemoryTight, TurnForbidden
from desktop.generate import RunMaker
from desktop.library.journal import Journal
from desktop.studio.generation import Generation, Job
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notices
from desktop.studio.queue import Line, Queue
from desktop.studio.timeline import Timeline
from desktop.studio.undo import Undo
from tests import awaited
from tests.scripted_machine import PIXELS, ScriptedMachine


class Studio:
    def __init__(self) -> None:
        self.machine, self.notices, self.held = ScriptedMachine(), Notices(), HeldRuns(10**6)
        self.timeline = Timeline(self.held)
        self.told = []
        self.notices.listen(self.told.append)
        self.queue = Queue(self.notices)
        self.generation = Generation(
            RunMaker(self.machine), self.queue, self.timeline, self.held, self.notices, Undo(self.notices), save_nothing, Previews.FAST
        )

    async def idle(self) -> None:
        while self.generation.running or self.queue.line(Line.FIRST) or self.queue.line(Line.DUE):
            await asyncio.sleep(0.001)


def save_nothing(picture, announce) -> Path:
    return Path(f"{picture.recipe.prompt.text}-{picture.recipe.sampling.seed}.png")


@pytest.fixture
async def studio():
    return Studio()


async def test_pictures_are_made_one_after_another_in_the_order_of_the_presses(studio):
    studio.generation.generate(Recipe.of(prompt="a", seed=7), pictures=2)
    studio.generation.generate(Recipe.of(prompt="b", seed=1))
    assert studio.generation.running is False  # it begins with the next turn of the loop, nothing is lost
    await studio.idle()
    assert [(recipe.prompt.text, recipe.sampling.seed) for recipe in studio.machine.made] == [("a", 7), ("a", 8), ("b", 1)]
    assert studio.told == []


async def test_the_timeline_shows_the_run_and_follows_its_newest_step(studio):
    studio.generation.generate(Recipe.of(prompt="a"))
    await studio.idle()
    assert studio.timeline.run is studio.generation.run
    assert studio.timeline.index == 3
    assert studio.timeline.pixels is PIXELS


async def test_scrubbing_back_keeps_the_old_run_on_screen_when_the_next_begins(studio):
    studio.generation.generate(Recipe.of(prompt="a"), pictures=2)
    while len(studio.timeline.steps) < 3:
        await asyncio.sleep(0)
    first = studio.timeline.run
    studio.timeline.go_to(1)
    await studio.idle()
    assert studio.timeline.run is first
    assert studio.timeline.index == 1


async def test_stop_acts_at_once_and_holds_the_queue(studio):
    studio.machine.go.clear()
    studio.generation.generate(Recipe.of(prompt="a"), pictures=3)
    studio.generation.generate(Recipe.of(prompt="b"))
    await asyncio.sleep(0.01)
    studio.generation.stop()
    assert studio.generation.stopping  # on the screen now, whatever the worker still does
    await studio.idle()
    assert studio.generation.run.ending is Ending.STOPPED
    assert studio.generation.holding
    assert [(job.recipe.prompt.text, job.pictures) for job in studio.generation.up_next] == [("a", 2), ("b", 1)]
    studio.machine.go.set()
    await asyncio.sleep(0.01)
    assert studio.machine.made == []  # it waits for the user's word
    studio.generation.resume_queue()
    await studio.idle()
    assert [recipe.prompt.text for recipe in studio.machine.made] == ["a", "a", "b"]


async def test_jobs_of_an_earlier_session_wait_but_a_new_press_is_made_at_once(studio):
    studio.generation.hold([Job(Run(Recipe.of(prompt="old")), 2)])
    studio.generation.generate(Recipe.of(prompt="new"))
    await studio.idle()
    assert [recipe.prompt.text for recipe in studio.machine.made] == ["new"]
    assert [job.recipe.prompt.text for job in studio.generation.up_next] == ["old"]


async def test_queued_jobs_can_be_removed(studio):
    studio.machine.go.clear()
    for prompt in "abc":
        studio.generation.generate(Recipe.of(prompt=prompt))
    await asyncio.sleep(0.01)
    studio.generation.remove(studio.generation.up_next[0])
    studio.machine.go.set()
    await studio.idle()
    assert [recipe.prompt.text for recipe in studio.machine.made] == ["a", "c"]


async def test_the_other_pictures_of_a_job_are_queued_and_can_be_removed(studio):
    studio.machine.go.clear()
    studio.generation.generate(Recipe.of(prompt="a", seed=5), pictures=100)
    studio.generation.generate(Recipe.of(prompt="b"))
    await asyncio.sleep(0.01)
    assert [(job.recipe.sampling.seed, job.pictures) for job in studio.generation.up_next] == [(6, 99), (0, 1)]
    studio.generation.remove(studio.generation.up_next[0])
    assert [(job.recipe.prompt.text, job.pictures) for job in studio.generation.unfinished] == [("a", 1), ("b", 1)]
    studio.machine.go.set()
    await studio.idle()
    assert [recipe.prompt.text for recipe in studio.machine.made] == ["a", "b"]


async def test_the_active_picture_counts_as_unfinished_with_the_rest_of_its_queue_line(studio):
    studio.machine.go.clear()
    studio.generation.generate(Recipe.of(prompt="a", seed=5), pictures=3)
    studio.generation.generate(Recipe.of(prompt="b"))
    await asyncio.sleep(0.01)
    assert [(job.recipe.prompt.text, job.recipe.sampling.seed, job.pictures) for job in studio.generation.unfinished] == [
        ("a", 5, 3),
        ("b", 0, 1),
    ]
    studio.machine.go.set()
    await studio.idle()
    assert studio.generation.unfinished == []


async def test_an_error_is_reported_and_the_next_picture_is_generated(studio):
    studio.machine.fails = RuntimeError("broken")
    studio.generation.generate(Recipe.of(prompt="a"))
    studio.generation.generate(Recipe.of(prompt="b"))
    await studio.idle()
    assert [recipe.prompt.text for recipe in studio.machine.made] == ["b"]
    assert len(studio.told) == 1
    assert "RuntimeError: broken" in studio.told[0].details


async def test_tight_memory_asks_and_insisting_continues(studio):
    studio.machine.fails = MemoryTight(needed="8 GB", free="4 GB")
    studio.generation.generate(Recipe.of(prompt="a"))
    await studio.idle()
    assert studio.machine.made == []
    studio.told[0].actions[0].run()
    await studio.idle()
    assert [recipe.prompt.text for recipe in studio.machine.made] == ["a"]
    assert [request.insist for request in studio.machine.requests] == [False, True]


async def test_how_memory_is_saved_is_said_once_until_it_changes(studio):
    def said() -> list[str]:
        return [notice.template.format(**notice.values) for notice in studio.told]

    for environment in ({"offload": "none"}, {"offload": "model"}, {"offload": "model"}):
        studio.machine.environment = environment
        studio.generation.generate(Recipe.of(prompt="a"))
        await studio.idle()
    assert len(said()) == 1
    assert "only the part of the model that computes is on the graphics card" in said()[0]
    studio.machine.environment = {"offload": "tiled", "offload_changes": [{"after": 2, "was": "none"}]}
    studio.generation.generate(Recipe.of(prompt="a"))
    await studio.idle()
    assert said()[1].startswith("Memory ran out after step 2, and the run continues from there.")


async def test_try_anyway_generates_all_pictures_once(studio):
    studio.machine.fails = MemoryTight(needed="8 GB", free="4 GB")
    studio.generation.generate(Recipe.of(prompt="a"), pictures=3)
    await studio.idle()
    assert [len(studio.told), studio.machine.made, [job.pictures for job in studio.generation.up_next]] == [1, [], [3]]
    studio.told[0].actions[0].run()
    await studio.idle()
    assert [recipe.sampling.seed for recipe in studio.machine.made] == [0, 1, 2]
    studio.told[0].actions[0].run()
    await studio.idle()
    assert len(studio.machine.made) == 3


async def test_what_memory_is_too_tight_for_waits_in_the_queue_when_its_notice_is_closed(studio):
    studio.machine.fails = MemoryTight(needed="8 GB", free="4 GB")
    studio.generation.generate(Recipe.of(prompt="a"), pictures=3)
    await studio.idle()
    assert studio.generation.holding
    assert [(draft.recipe.sampling.seed, draft.pictures) for draft in studio.generation.drafts] == [(0, 3)]
    studio.generation.resume_queue()
    await studio.idle()
    assert [recipe.sampling.seed for recipe in studio.machine.made] == [0, 1, 2]


async def test_a_failure_is_reported_once_and_the_rest_of_the_job_is_held(studio):
    studio.machine.fails = RuntimeError("broken")
    studio.generation.generate(Recipe.of(prompt="a"), pictures=3)
    await studio.idle()
    assert len(studio.told) == 1
    assert studio.generation.holding
    assert [(job.recipe.sampling.seed, job.pictures) for job in studio.generation.up_next] == [(1, 2)]


async def test_a_full_disk_holds_what_is_next_and_offers_another_place(studio):
    wanted = []
    studio.generation.place_wanted.connect(wanted.append)
    studio.machine.fails = DiskFull(folder="/x")
    studio.generation.generate(Recipe.of(prompt="a"))
    studio.generation.generate(Recipe.of(prompt="b"))
    await studio.idle()
    assert [job.recipe.prompt.text for job in studio.generation.up_next] == ["b"]
    studio.told[0].actions[0].run()
    assert wanted == [studio.generation.run]


async def test_a_picture_that_could_not_be_saved_is_announced_as_such(studio):
    unsaved = []
    studio.generation.unsaved.connect(unsaved.append)
    studio.machine.fails = DiskFull(folder="/x")
    studio.generation.generate(Recipe.of(prompt="a"))
    await studio.idle()
    assert unsaved == [studio.generation.run]


async def test_finish_completes_the_current_picture_and_keeps_the_queue(studio):
    studio.machine.go.clear()
    studio.generation.generate(Recipe.of(prompt="a"), pictures=2)
    studio.generation.generate(Recipe.of(prompt="b"))
    await asyncio.sleep(0.01)
    studio.machine.go.set()
    await studio.generation.finish()
    assert [recipe.sampling.seed for recipe in studio.machine.made] == [0]
    assert [(job.recipe.prompt.text, job.recipe.sampling.seed, job.pictures) for job in studio.generation.unfinished] == [
        ("a", 1, 1),
        ("b", 0, 1),
    ]


async def test_held_runs_drop_the_least_recently_shown(studio):
    studio.held.budget = 500
    for prompt in "abc":
        studio.generation.generate(Recipe.of(prompt=prompt))
        await studio.idle()
    assert studio.held.of(Path("a-0.png")) is None
    assert studio.held.of(Path("c-0.png")) is studio.generation.run


@pytest.mark.slow
async def test_runs_that_claim_to_be_each_others_parents_are_one_tree(studio):
    one, other = Run(Recipe()), Run(Recipe())
    one.parent, one.branched_after, other.parent, other.branched_after = other.id, 1, one.id, 1
    studio.held.hold(one)
    studio.held.hold(other)
    assert {run.id for run in studio.held.tree(one)} == {one.id, other.id}
    studio.timeline.show(other)
    assert len(studio.timeline.lanes) == 2


# -- pausing, stepping, branching


async def begun(studio, steps: int = 1) -> Run:
    """The run at work, once it has made so many steps."""
    while studio.generation.run is None or len(studio.generation.run.steps) < steps:
        await asyncio.sleep(0)
    return studio.generation.run


async def test_a_pause_takes_effect_at_the_next_boundary_and_holds_the_queue_until_resumed(studio):
    studio.generation.generate(Recipe.of(prompt="a"), pictures=2)
    studio.generation.generate(Recipe.of(prompt="b"))
    run = await begun(studio, 2)
    studio.generation.pause()
    assert studio.generation.pausing
    await studio.idle()
    assert (run.ending, studio.generation.running) == (Ending.PAUSED, False)
    assert [(job.recipe.prompt.text, job.pictures) for job in studio.generation.up_next] == [("a", 2), ("b", 1)]
    studio.generation.resume(run)
    await studio.idle()
    assert [recipe.prompt.text for recipe in studio.machine.made] == ["a", "a", "b"]
    assert not studio.generation.holding
    assert [step.number for step in run.steps] == [0, 1, 2, 3]


async def test_one_step_and_to_a_breakpoint(studio):
    studio.generation.generate(Recipe.of(prompt="a"))
    [job] = studio.generation.up_next
    run = job.run
    studio.generation.toggle_breakpoint(0, run)
    await studio.idle()
    assert (len(run.steps), run.ending) == (1, Ending.PAUSED)
    studio.generation.step_once(run)
    await studio.idle()
    assert (len(run.steps), run.ending) == (2, Ending.PAUSED)
    studio.generation.toggle_breakpoint(0, run)
    studio.generation.toggle_breakpoint(2, run)
    assert studio.generation.breakpoints(run) == {2}
    studio.generation.resume(run)
    await studio.idle()
    assert (len(run.steps), run.ending) == (3, Ending.PAUSED)


async def test_a_branch_goes_first_and_its_parent_waits_at_its_boundary_and_is_next(studio):
    studio.generation.generate(Recipe.of(prompt="a"))
    parent = await begun(studio, 2)
    branch = studio.generation.branch(parent, 1, {"prompt": "other"})
    assert studio.timeline.run is branch
    assert [lane.run for lane in studio.timeline.lanes] == [parent, branch]
    await studio.idle()
    assert [recipe.final.prompt.text for recipe in studio.machine.made] == ["other", "a"]
    assert branch.steps[:2] == parent.steps[:2]
    assert [parent.ending, branch.ending] == [Ending.FINISHED, Ending.FINISHED]


async def test_a_branch_from_a_shared_step_leaves_the_run_that_made_it(studio):
    studio.generation.generate(Recipe.of(prompt="a"))
    await studio.idle()
    run = studio.generation.run
    branch = studio.generation.branch(run, 2, {"prompt": "b"})
    await studio.idle()
    shared, own = studio.generation.branch(branch, 1, {}), studio.generation.branch(branch, 2, {"prompt": "b"})
    await studio.idle()
    assert (shared.parent, shared.branched_after, shared.recipe) == (run.id, 1, run.recipe)
    assert (own.parent, own.branched_after, own.recipe) == (run.id, 2, branch.recipe)


async def test_a_pause_also_holds_the_job_that_the_run_paused_for(studio):
    studio.generation.generate(Recipe.of(prompt="a"))
    while len(studio.timeline.steps) < 2:
        await asyncio.sleep(0)
    run = studio.timeline.run
    branch = studio.generation.branch(run, 1, {"prompt": "b"})
    studio.generation.pause()
    await studio.idle()
    assert (run.ending, branch.ending) == (Ending.PAUSED, Ending.PAUSED)
    assert {job.run for job in studio.generation.up_next} == {run, branch}
    assert studio.generation.holding


async def test_what_cannot_branch_says_why(studio):
    studio.generation.generate(Recipe.of(prompt="a"))
    await studio.idle()
    studio.machine.traits = None  # the model is gone
    with pytest.raises(TurnForbidden):
        studio.generation.branch(studio.generation.run, 1, {"sampler": "LCM"})


async def test_a_choice_that_is_made_again_leaves_what_can_be_redone_after_it(studio):
    triage = studio.generation.triage(Recipe.of(prompt="a"), [1, 2], until=1)
    await studio.idle()
    triage.finish([triage.runs[0]])
    await studio.idle()
    job = Job(Run(Recipe.of(prompt="b")))
    studio.generation.hold([job])
    studio.generation.remove(job)
    undo = studio.generation._undo
    for act in (undo.undo, undo.undo, undo.redo, undo.redo):
        act()
        await awaited.settle()
    assert studio.generation.triages == []
    assert studio.generation.up_next == []
    assert undo.undone is None
    undo.undo()
    await awaited.settle()
    assert studio.generation.up_next == [job]


async def test_a_choice_is_open_again_with_all_seeds_that_were_stopped_for_it(studio):
    """Also the one that was at work, whether it has stopped by then or not."""
    for has_stopped in (True, False):
        studio.machine.go.clear()
        triage = studio.generation.triage(Recipe.of(prompt="a"), [1, 2, 3], until=2)
        await awaited.until(lambda: studio.generation.running)
        await awaited.settle()
        triage.finish([])
        if has_stopped:
            await studio.idle()
        studio.generation._undo.undo()
        await awaited.until(lambda: studio.generation.triages and not studio.generation.running)
        [again] = studio.generation.triages
        assert {job.run for job in studio.generation.up_next} == set(triage.runs)
        studio.machine.go.set()
        studio.generation.resume_queue()
        await studio.idle()
        assert [(run.ending, len(run.steps)) for run in again.runs] == [(Ending.PAUSED, 3)] * 3
        again.finish([])
        await studio.idle()


async def test_pauses_of_queued_pictures_and_of_the_run_at_work_survive_a_restart(studio):
    studio.machine.go.clear()
    studio.generation.generate(Recipe.of(prompt="a"), pictures=2, pauses_after=1)
    await awaited.until(lambda: studio.generation.run)
    studio.generation.toggle_breakpoint(2, studio.generation.run)
    drafts = studio.generation.drafts
    assert [(each.pauses_after, each.pauses) for each in drafts] == [(1, (1, 2))]
    studio.machine.go.set()
    await studio.idle()
    again = Studio()
    again.generation.restore(drafts)
    again.generation.recall(studio.generation.run)  # as its recording tells
    made = []
    for _ in range(4):
        again.generation.resume_queue()
        await again.idle()
        made.append((again.generation.run.recipe.sampling.seed, len(again.generation.run.steps) - 1))
    assert made == [(0, 2), (1, 1), (1, 3), (1, 3)]


async def test_a_queue_that_is_resumed_before_its_recordings_are_read_resumes_its_paused_run(studio):
    studio.generation.generate(Recipe.of(prompt="a"), pauses_after=1)
    await studio.idle()
    again = Studio()
    again.generation.restore(studio.generation.drafts, are_read=False)
    again.generation.resume_queue()
    await again.idle()
    assert again.generation.run is None
    assert again.generation.holding
    again.generation.recall(studio.generation.run)
    again.generation.all_read()
    await again.idle()
    assert again.generation.run is studio.generation.run
    assert again.generation.run.ending is Ending.FINISHED


async def test_a_triage_makes_first_steps_and_finishes_exactly_what_is_chosen(studio):
    triage = studio.generation.triage(Recipe.of(prompt="a"), [1, 2, 3], until=1)
    await studio.idle()
    assert [len(run.steps) for run in triage.runs] == [2, 2, 2]
    assert all(triage.has_arrived(run) for run in triage.runs)
    assert studio.generation.up_next == []
    triage.finish([triage.runs[1]])
    await studio.idle()
    assert [recipe.sampling.seed for recipe in studio.machine.made] == [2]
    assert [run.ending for run in triage.runs] == [Ending.STOPPED, Ending.FINISHED, Ending.STOPPED]
    assert [step.number for step in triage.runs[1].steps] == [0, 1, 2, 3]


async def test_a_choice_may_come_before_all_have_arrived(studio):
    studio.machine.go.clear()
    triage = studio.generation.triage(Recipe.of(prompt="a"), [1, 2, 3], until=1)
    await asyncio.sleep(0)
    triage.finish([triage.runs[0], triage.runs[2]])
    studio.machine.go.set()
    await studio.idle()
    assert [recipe.sampling.seed for recipe in studio.machine.made] == [1, 3]


async def test_twins_are_never_more_than_a_step_apart(studio):
    apart = []
    one, two = studio.generation.twins(Recipe.of(prompt="a"), Recipe.of(prompt="b"))
    studio.generation.changed.connect(lambda: apart.append(abs(len(one.steps) - len(two.steps))))
    await studio.idle()
    assert max(apart) == 1
    assert (studio.timeline.run, studio.timeline.compare) == (one, two)
    assert [one.ending, two.ending] == [Ending.FINISHED, Ending.FINISHED]


async def test_twins_pause_and_resume_together(studio):
    one, two = studio.generation.twins(Recipe.of(prompt="a"), Recipe.of(prompt="b"))
    await begun(studio, 2)
    studio.generation.pause()
    await studio.idle()
    assert not studio.generation.running
    assert len(studio.generation.up_next) == 1
    behind, ahead = sorted((len(one.steps), len(two.steps)))
    studio.generation.step_once(one)
    await studio.idle()
    assert len(one.steps) == len(two.steps) == (ahead if behind < ahead else ahead + 1)
    studio.timeline.show(None)
    studio.generation.resume_queue()
    assert {studio.timeline.run, studio.timeline.compare} == {one, two}
    await studio.idle()
    assert [one.ending, two.ending] == [Ending.FINISHED, Ending.FINISHED]


async def test_a_stop_while_a_paused_run_reaches_the_disk_is_not_lost(studio, tmp_path, monkeypatch):
    """Twins pause after each step, so that a stop often arrives then."""
    close, is_written = Journal.close, threading.Event()
    monkeypatch.setattr(Journal, "close", lambda journal: (is_written.wait(10), close(journal)))
    studio.generation._maker = RunMaker(studio.machine, tmp_path)
    one, two = studio.generation.twins(Recipe.of(prompt="a"), Recipe.of(prompt="b"))
    await begun(studio, 1)
    while one.ending is not Ending.PAUSED:
        await asyncio.sleep(0)
    studio.generation.stop()
    is_written.set()
    await studio.idle()
    assert studio.generation.holding
    assert (len(one.steps), len(two.steps)) == (1, 0)


async def test_twins_are_removed_together(studio):
    one, two = studio.generation.twins(Recipe.of(prompt="a"), Recipe.of(prompt="b"))
    await begun(studio, 2)
    studio.generation.pause()
    await studio.idle()
    assert [one.ending, two.ending] == [Ending.PAUSED, Ending.PAUSED]
    [job] = studio.generation.up_next
    studio.generation.remove(job)
    assert [one.ending, two.ending] == [Ending.STOPPED, Ending.STOPPED]


async def paused_and_removed(studio, pictures: int = 1) -> tuple[Run, Callable[[], None]]:
    """A run that was paused and whose job was removed, and the undo of its removal."""
    studio.generation.generate(Recipe.of(prompt="a"), pictures=pictures)
    run = await begun(studio, 2)
    studio.generation.pause()
    await studio.idle()
    studio.generation.remove(studio.generation.up_next[0])
    assert (run.ending, studio.generation.up_next) == (Ending.STOPPED, [])
    return run, studio.generation._undo.undo


async def test_undoing_the_removal_of_a_paused_run_puts_it_back(studio):
    run, undo = await paused_and_removed(studio, pictures=2)
    undo()
    await awaited.settle()
    assert run.ending is Ending.PAUSED
    assert [(job.run, job.pictures) for job in studio.generation.up_next] == [(run, 2)]
    studio.generation.resume_queue()
    await studio.idle()
    assert [recipe.sampling.seed for recipe in studio.machine.made] == [0, 1]


@pytest.mark.parametrize("moment", ["it waits", "it runs", "it is paused again", "it is finished"])
async def test_undoing_the_removal_of_a_run_that_was_resumed_puts_back_only_the_other_pictures(studio, moment):
    run, undo = await paused_and_removed(studio, pictures=2)
    studio.machine.go.clear()
    if moment == "it waits":
        studio.generation.generate(Recipe.of(prompt="b"))
        await asyncio.sleep(0.01)
    studio.generation.resume(run)
    await asyncio.sleep(0.01)
    if moment == "it is paused again":
        studio.generation.pause()
    if moment.endswith(("again", "finished")):
        studio.machine.go.set()
        await studio.idle()
    ending = run.ending
    undo()
    await awaited.settle()
    assert run.ending is ending
    studio.machine.go.set()
    await studio.idle()
    studio.generation.resume_queue()
    await studio.idle()
    assert sorted(recipe.sampling.seed for recipe in studio.machine.made if recipe.prompt.text == "a") == [0, 1]
    assert run.ending is Ending.FINISHED


async def test_a_discarded_run_is_not_resumed(studio):
    studio.generation.generate(Recipe.of(prompt="a"), pictures=2)
    run = await begun(studio, 2)
    studio.generation.pause()
    await studio.idle()
    studio.generation.discard(run)
    assert run.ending is Ending.STOPPED
    assert [(job.recipe.sampling.seed, job.pictures) for job in studio.generation.up_next] == [(1, 1)]


async def test_a_run_from_disk_takes_its_place_in_line(studio):
    waiting = Run(Recipe.of(prompt="a"), id="x")
    studio.generation.hold([Job(waiting, 3), Job(Run(Recipe.of(prompt="b")))])
    recorded = Run(Recipe.of(prompt="a"), id="x", ending=Ending.PAUSED)
    studio.generation.recall(recorded)
    assert studio.generation.up_next[0].run is recorded
    studio.generation.recall(Run(Recipe.of(prompt="a"), id="x", ending=Ending.FINISHED))
    assert [(job.recipe.prompt.text, job.recipe.sampling.seed, job.pictures) for job in studio.generation.up_next] == [
        ("a", 1, 2),
        ("b", 0, 1),
    ]


async def test_queued_jobs_are_moved_and_cleared_and_all_of_it_is_undone(studio):
    studio.machine.go.clear()
    studio.generation.generate(Recipe.of(prompt="a"), pictures=3)
    await asyncio.sleep(0.01)
    for prompt in "bc":
        studio.generation.generate(Recipe.of(prompt=prompt))
    states = [waiting(studio)]
    assert states == [["a×2", "b", "c"]]
    studio.generation.move(studio.generation.up_next[0], 2)
    states.append(waiting(studio))
    studio.generation.move(studio.generation.up_next[1], 0)
    states.append(waiting(studio))
    assert states[1:] == [["b", "c", "a×2"], ["c", "b", "a×2"]]
    studio.generation.clear()
    assert waiting(studio) == []
    for state in reversed(states):
        studio.generation._undo.undo()
        await awaited.settle()
        assert waiting(studio) == state
    for state in (states[1], states[2], []):
        studio.generation._undo.redo()
        await awaited.settle()
        assert waiting(studio) == state
    studio.generation._undo.undo()
    studio.machine.go.set()
    await awaited.settle()
    await studio.idle()
    assert [(recipe.prompt.text, recipe.sampling.seed) for recipe in studio.machine.made] == [
        ("a", 0), ("c", 0), ("b", 0), ("a", 1), ("a", 2),
    ]  # fmt: skip


def waiting(studio) -> list[str]:
    return [job.recipe.prompt.text + (f"×{job.pictures}" if job.pictures > 1 else "") for job in studio.generation.up_next]


async def test_undoing_a_move_of_what_was_made_meanwhile_changes_nothing(studio):
    studio.machine.go.clear()
    for prompt in "abc":
        studio.generation.generate(Recipe.of(prompt=prompt))
    await asyncio.sleep(0.01)
    studio.generation.move(studio.generation.up_next[1], 0)
    studio.machine.go.set()
    await studio.idle()
    studio.generation._undo.undo()
    await awaited.settle()
    assert waiting(studio) == []
    assert [recipe.prompt.text for recipe in studio.machine.made] == ["a", "c", "b"]
