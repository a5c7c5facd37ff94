"""The run archive: recordings are offered after a crash, opened with picture and tree, and kept within the limit."""

import errno
from pathlib import Path

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Previews, Run
from desktop.errors import RecordingNewer
from desktop.generate import RunMaker
from desktop.library import records
from desktop.library.journal import Journal, path_of, start_of
from desktop.library.journal import RecordKind as Recorded
from desktop.library.models import ModelLibrary
from desktop.library.recordings import Recordings
from desktop.library.records import Start
from desktop.studio.generation import Generation, Job, Pause
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import NoticeKind, Notices
from desktop.studio.queue import Queue
from desktop.studio.run_archive import RunArchive
from desktop.studio.timeline import Timeline
from desktop.studio.undo import Undo
from tests import awaited
from tests.developed import developed, step
from tests.scripted_machine import ScriptedMachine


def record(folder: Path, run: Run) -> Run:
    journal = Journal.begin(folder, run)
    journal.close()
    assert journal.problem is None
    return run


class Studio:
    """A start of the program."""

    def __init__(self, folder: Path) -> None:
        self.recordings = Recordings(folder, 1 << 30)
        self.machine, self.notices, self.held = ScriptedMachine(calls=None), Notices(), HeldRuns(1 << 30)
        self.timeline = Timeline(self.held)
        self.told = []
        self.notices.listen(self.told.append)
        self.generation = Generation(
            RunMaker(self.machine, folder),
            Queue(self.notices),
            self.timeline,
            self.held,
            self.notices,
            Undo(self.notices),
            self.save,
            Previews.FAST,
        )
        self.made: list[Run] = []
        self.generation.saved.connect(self.made.append)
        models = ModelLibrary(folder / "none", [], folder / "fingerprints.json")
        self.archive = RunArchive(self.recordings, models, self.generation, self.timeline, self.held, self.notices)

    def save(self, picture, announce) -> Path:
        path = self.recordings.folder / f"{picture.environment['run']}.png"
        announce(path)
        return path

    async def press(self, label: str) -> None:
        next(action for action in self.told[-1].actions if action.label == label).run()
        await self.idle()

    async def idle(self) -> None:
        """Wait until everything that was pressed is done."""
        await awaited.until(lambda: not self.notices._tasks)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "recordings"


@pytest.fixture
def paused(folder) -> Run:
    run = developed(6, done=3)
    run.end(Ending.PAUSED)
    return record(folder, run)


async def test_a_paused_run_is_offered_and_can_be_resumed(folder, paused):
    studio = Studio(folder)
    await studio.archive.offer()
    assert [(notice.values["step"], notice.values["steps"]) for notice in studio.told] == [(3, 6)]
    assert studio.archive.nbytes > 0
    await studio.press("Resume")
    assert [run.id for run in studio.made] == [paused.id]
    assert studio.timeline.run.id == paused.id


async def test_later_offers_it_again_and_drop_does_not(folder, paused):
    studio = Studio(folder)
    await studio.archive.offer()
    await studio.press("Later")
    studio = Studio(folder)
    await studio.archive.offer()
    await studio.press("Discard")
    studio = Studio(folder)
    await studio.archive.offer()
    assert studio.told == []
    assert [summary.ending for summary in studio.recordings.all()] == [Ending.STOPPED]


async def test_a_tree_is_offered_once_and_comes_back_whole(folder, paused):
    branch = paused.fork(2, paused.recipe.turned(2, prompt="other"))
    branch.end(Ending.PAUSED)
    record(folder, branch)
    studio = Studio(folder)
    await studio.archive.offer()
    assert len(studio.told) == 1
    await studio.press("Resume")
    assert [lane.run.id for lane in studio.timeline.lanes] == [paused.id, branch.id]


async def test_a_run_resumed_from_the_queue_loads_its_tree_and_is_not_offered(folder, paused):
    branch = paused.fork(2, paused.recipe.turned(2, prompt="other"))
    branch.end(Ending.PAUSED)
    record(folder, branch)
    studio = Studio(folder)
    past = []
    studio.notices.withdrawn.connect(past.append)
    studio.generation.hold([Job(Run(branch.recipe, id=branch.id))])
    await studio.archive.offer()
    assert past == []
    studio.generation.resume_queue()
    await studio.idle()
    assert [run.id for run in studio.made] == [branch.id]
    assert [lane.run.id for lane in studio.timeline.lanes] == [paused.id, branch.id]
    assert past == studio.told


async def test_a_queued_run_resumes_where_its_recording_ends(folder, paused):
    studio = Studio(folder)
    studio.generation.hold([Job(Run(paused.recipe, id=paused.id), 2), Job(Run(Recipe.of(prompt="b")))])
    await studio.archive.offer()
    assert [len(job.run.steps) for job in studio.generation.up_next] == [4, 0]
    await studio.press("Resume")
    assert [run.recipe.prompt.text for run in studio.made] == [paused.recipe.prompt.text] * 2  # the press of it, once
    assert [job.recipe.prompt.text for job in studio.generation.up_next] == ["b"]


async def test_what_was_made_already_is_not_made_again(folder):
    run = developed(4)
    run.path = folder / "picture.png"
    record(folder, run)
    studio = Studio(folder)
    studio.generation.hold([Job(Run(run.recipe, id=run.id))])
    await studio.archive.offer()
    assert studio.generation.up_next == []
    assert studio.told == []
    assert len((await studio.archive.of(run.path)).steps) == 5


async def test_a_picture_without_a_recording(folder):
    assert await Studio(folder).archive.of(folder / "other.png") is None


async def test_a_run_is_found_by_its_id_with_its_tree(folder, paused, branch):
    studio = Studio(folder)
    run = await studio.archive.by_id(branch.id)
    assert (run.id, len(run.steps)) == (branch.id, len(branch.steps))
    assert [each.id for each in studio.held.tree(run)] == [paused.id, branch.id]
    assert run.steps[1] is studio.held.get(paused.id).steps[1]  # in memory once
    assert await studio.archive.by_id(branch.id) is run


async def test_an_id_that_no_recording_has_finds_nothing(folder, paused):
    studio = Studio(folder)
    for id in ("../elsewhere", "", Run(Recipe()).id):
        assert await studio.archive.by_id(id) is None
    path_of(folder, paused.id).write_bytes(b"damaged")
    assert await studio.archive.by_id(paused.id) is None
    assert "cannot be read" in told(studio)[-1]


async def test_the_oldest_is_deleted_at_the_limit_but_not_a_waiting_one(folder, paused):
    record(folder, developed(3))
    studio = Studio(folder)
    studio.generation.hold([Job(paused)])
    await studio.archive.limit(1)
    assert [summary.id for summary in studio.recordings.all()] == [paused.id]


async def test_pinned_recordings_stay(folder):
    kept, gone = record(folder, developed(3)), record(folder, developed(3))
    studio = Studio(folder)
    await studio.archive.pin(kept, True)
    await studio.archive.pin(gone, True)
    await studio.archive.pin(gone, False)
    assert [notice.kind for notice in studio.told] == [NoticeKind.DONE] * 3
    await studio.archive.limit(1)
    assert [(summary.id, summary.pinned) for summary in studio.recordings.all()] == [(kept.id, True)]


async def test_a_name_is_kept_with_the_recording(folder):
    run, held = record(folder, developed(3)), []
    studio = Studio(folder)
    studio.held.changed.connect(lambda: held.append(run.name))
    await studio.archive.rename(run, "a strict fox")
    assert held == ["a strict fox"]
    await studio.archive.pin(run, True)
    read = studio.recordings.open(run.id).run
    assert (read.name, read.pinned) == ("a strict fox", True)
    await studio.archive.rename(run, "")
    assert studio.recordings.open(run.id).run.name == ""
    never = developed(3)
    await studio.archive.rename(never, "only in memory")
    assert never.name == "only in memory"


async def test_what_is_not_recorded_yet_is_pinned_with_its_run_and_what_never_was_cannot_be(folder):
    studio = Studio(folder)
    waiting, never = Run(Recipe()), developed(3)
    studio.generation.hold([Job(waiting)])
    await studio.archive.pin(waiting, True)
    await studio.archive.pin(never, True)
    assert (waiting.pinned, never.pinned) == (True, False)
    assert [notice.kind for notice in studio.told] == [NoticeKind.DONE, NoticeKind.WARNING]


async def test_all_that_is_neither_pinned_nor_shown_nor_unfinished_can_be_deleted_at_once(folder, paused):
    shown, pinned, _ = (record(folder, developed(3)) for _ in range(3))
    studio = Studio(folder)
    studio.generation.hold([Job(paused)])
    studio.timeline.show(shown)
    await studio.archive.pin(pinned, True)
    await studio.archive.delete_unpinned()
    assert {summary.id for summary in studio.recordings.all()} == {paused.id, shown.id, pinned.id}
    assert studio.archive.nbytes == studio.recordings.nbytes
    assert studio.told[-1].values == {"size": 1}
    await studio.archive.delete_unpinned()
    assert studio.told[-1].template.startswith("Nothing was deleted")


async def test_what_waits_to_be_chosen_stays_until_the_choice_is_made(folder):
    seeds = [developed(6, done=2) for _ in range(3)]
    for run in seeds:
        run.end(Ending.PAUSED)
        record(folder, run)
    studio = Studio(folder)
    triage = studio.generation.choose_among(seeds, 2)
    studio.generation.hold([Job(record(folder, developed(6, done=1)), pause=Pause(2, is_choice=True))])  # one that is not there yet
    await studio.archive.delete_unpinned()
    await studio.archive.limit(1)
    assert len(studio.recordings.all()) == 4
    triage.finish([])
    await studio.idle()
    await studio.archive.delete_unpinned()
    assert len(studio.recordings.all()) == 1


async def test_more_than_three_are_offered_together(folder):
    runs = [developed(6, done=number) for number in range(1, 6)]
    for run in runs:
        run.end(Ending.PAUSED)
        record(folder, run)
    studio = Studio(folder)
    await studio.archive.offer()
    assert [notice.values for notice in studio.told] == [{"count": 5}]
    await studio.press("One by one")
    assert sorted(notice.values["step"] for notice in studio.told[1:]) == [1, 2, 3, 4, 5]
    studio = Studio(folder)
    await studio.archive.offer()
    await studio.press("Resume all")
    assert {run.id for run in studio.made} == {run.id for run in runs}


async def test_several_runs_can_be_discarded_at_once_and_are_named_by_seed(folder):
    for number in range(4):
        run = developed(6, done=number + 1, recipe=Recipe.of(prompt="a mouse", seed=number))
        run.end(Ending.PAUSED)
        record(folder, run)
    studio = Studio(folder)
    await studio.archive.offer()
    await studio.press("One by one")
    assert told(studio)[-1] == "“a mouse” with seed 0 was paused at step 1 of 6."
    studio = Studio(folder)
    past = []
    studio.notices.withdrawn.connect(past.append)
    await studio.archive.offer()
    await studio.press("Discard all")
    assert past == studio.told
    assert {summary.ending for summary in studio.recordings.all()} == {Ending.STOPPED}


@pytest.fixture
def seeds(folder) -> list[Run]:
    """Four of eight seeds that were to wait at step 3, as a kill left them."""
    runs = [developed(6, done=done, recipe=Recipe.of(prompt="a mouse", seed=seed)) for seed, done in enumerate((3, 3, 3, 1))]
    for run in reversed(runs):
        run.end(Ending.PAUSED if len(run.steps) == 4 else Ending.RUNNING)
        record(folder, run)
    return runs


async def test_seeds_that_wait_to_be_chosen_come_back_as_a_choice(folder, seeds, paused):
    studio, found = Studio(folder), []
    studio.generation.triage_opened.connect(found.append)
    await studio.archive.offer()
    assert told(studio) == ["4 seeds of “a mouse” wait at step 3 of 6 for your choice.", "“a red apple” was paused at step 3 of 6."]
    studio.told.pop()
    await studio.press("Choose")
    [triage] = found
    assert all(run.steps[-1].estimate is not None for run in triage.runs)  # shown large, and read by now
    assert [run.id for run in triage.runs] == [run.id for run in seeds]
    assert [triage.has_arrived(run) for run in triage.runs] == [True, True, True, False]
    assert [(job.run, job.choice_at) for job in studio.generation.up_next] == [(triage.runs[3], 3)]  # gets there on the user's word
    await studio.archive.delete_unpinned()
    triage.finish(triage.runs[1:2])
    await studio.idle()
    assert [run.recipe.sampling.seed for run in studio.made] == [1]
    endings = {summary.id: summary.ending for summary in studio.recordings.all()}
    assert [endings[run.id] for run in seeds] == [Ending.STOPPED, Ending.FINISHED, Ending.STOPPED, Ending.STOPPED]
    assert studio.generation.up_next == []


async def test_seeds_that_wait_can_all_be_dropped(folder, seeds):
    studio = Studio(folder)
    await studio.archive.offer()
    await studio.press("Discard all")
    assert {summary.ending for summary in studio.recordings.all()} == {Ending.STOPPED}
    assert studio.made == []


async def test_queued_seeds_are_not_offered_as_a_choice(folder, seeds):
    studio = Studio(folder)
    studio.generation.hold([Job(Run(run.recipe, id=run.id)) for run in seeds])
    await studio.archive.offer()
    assert told(studio) == ["4 runs were interrupted or paused."]


async def test_a_long_prompt_is_shortened_and_an_empty_one_is_named(folder):
    for prompt in ("夜空" * 500, ""):
        run = developed(6, done=3, recipe=Recipe.of(prompt=prompt))
        run.end(Ending.PAUSED)
        record(folder, run)
    studio = Studio(folder)
    await studio.archive.offer()
    assert [notice.values["prompt"] for notice in studio.told] == ["no prompt", "夜空" * 30 + "…"]


async def test_what_was_written_before_the_disk_was_full_is_offered_when_the_picture_was_never_saved(folder, monkeypatch):
    run = developed(6)
    append = records.Appender.append

    def refuse(self, entries):
        if any(kind == Recorded.SNAPSHOT and number > 3 for kind, number, _ in entries):
            raise OSError(errno.ENOSPC, "full")
        append(self, entries)

    run.end(Ending.FAILED)
    with monkeypatch.context() as full:
        full.setattr(records.Appender, "append", refuse)
        journal = Journal.begin(folder, run)
        journal.close()
    assert journal.problem is not None
    studio = Studio(folder)
    await studio.archive.offer()
    assert told(studio) == ["“a red apple” was paused at step 3 of 6."]
    await studio.press("Resume")
    assert [made.id for made in studio.made] == [run.id]
    assert [len(request.history) for request in studio.machine.requests] == [4]


async def test_a_run_that_failed_without_a_picture_is_not_offered(folder):
    run = developed(6, done=3)
    run.end(Ending.FAILED)
    record(folder, run)
    studio = Studio(folder)
    await studio.archive.offer()
    assert studio.told == []


# -- recordings that are not as they were written


@pytest.fixture
def branch(folder, paused) -> Run:
    branch = paused.fork(2, paused.recipe.turned(2, prompt="other"))
    for number in (3, 4):
        branch.record(step(number, 6))
    branch.end(Ending.PAUSED)
    return record(folder, branch)


def told(studio: Studio) -> list[str]:
    return [notice.template.format(**notice.values) for notice in studio.told]


async def test_a_recording_of_a_newer_version_is_unchanged_and_reported(folder, paused):
    path = path_of(folder, paused.id)
    start = start_of(paused.id)
    newer = Start.of(start.version + 1, start.name).packed() + path.read_bytes()[len(start.packed()) :]
    path.write_bytes(newer)
    studio = Studio(folder)
    await studio.archive.offer()
    assert told(studio) == ["Recordings of a newer Safelight: 1. They are left unchanged; update Safelight to open them."]
    await studio.archive.delete_unpinned()
    assert path.read_bytes() == newer


@pytest.fixture
def newer(folder, monkeypatch) -> Run:
    """A paused run whose recipe is of a newer schema."""
    run = developed(6, done=3)
    run.end(Ending.PAUSED)
    with monkeypatch.context() as later:
        later.setattr(Recipe, "to_dict", lambda self: {"schema": 6, "scene": {"of": "a red apple"}})
        return record(folder, run)


async def test_a_recording_with_a_recipe_of_a_newer_schema_is_reported_unchanged_and_never_resumed(folder, newer):
    path = path_of(folder, newer.id)
    content = path.read_bytes()
    studio = Studio(folder)
    studio.generation.hold([Job(Run(newer.recipe, id=newer.id))])
    await studio.archive.offer()
    assert told(studio) == ["Recordings of a newer Safelight: 1. They are left unchanged; update Safelight to open them."]
    for act in (studio.archive.show, studio.archive.resume, studio.archive.discard):
        with pytest.raises(RecordingNewer):
            await act(newer.id)
    studio.generation.resume(newer)  # as the queue does, which knows only its id
    await studio.idle()
    assert studio.made == studio.machine.requests == []
    studio = Studio(folder)
    await studio.archive.delete_unpinned()
    await studio.archive.limit(1)
    assert path.read_bytes() == content


async def test_a_recipe_with_unknown_values_is_shown_and_never_resumed_or_deleted(folder, monkeypatch):
    to_dict = Recipe.to_dict
    run = developed(6, done=3)
    run.end(Ending.PAUSED)
    with monkeypatch.context() as later:
        later.setattr(Recipe, "to_dict", lambda self: {**to_dict(self), "style": {"of": "baroque"}})
        record(folder, run)
    content = path_of(folder, run.id).read_bytes()
    studio = Studio(folder)
    studio.generation.hold([Job(Run(run.recipe, id=run.id))])
    await studio.archive.offer()
    assert told(studio) == ["“a red apple”, at step 3 of 6, can't be resumed: it was recorded by a newer Safelight."]
    assert studio.generation.up_next == []
    await studio.archive.show(run.id)
    assert len(studio.timeline.steps) == 4
    studio.generation.resume()
    await studio.idle()
    assert studio.made == studio.machine.requests == []
    with pytest.raises(RecordingNewer):
        await studio.archive.pin(studio.timeline.run, True)
    studio = Studio(folder)
    await studio.archive.delete_unpinned()
    await studio.archive.limit(1)
    assert path_of(folder, run.id).read_bytes() == content


async def test_the_parent_of_a_newer_recording_is_kept(folder, paused, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(Recipe, "to_dict", lambda self: {"schema": 6})
        branch = paused.fork(2, paused.recipe.turned(2, prompt="other"))
        branch.record(step(3, 6))
        branch.end(Ending.PAUSED)
        record(folder, branch)
    studio = Studio(folder)
    await studio.archive.delete_unpinned()
    assert {path.stem for path in folder.glob("*.run")} == {paused.id, branch.id}


async def test_an_unreadable_recording_is_reported_and_can_be_deleted_without_its_branch(folder, paused, branch):
    path_of(folder, paused.id).write_bytes(b"\0" * 500)
    studio = Studio(folder)
    await studio.archive.offer()
    assert told(studio)[-1] == "Recordings that can't be read: 1. Their pictures are not affected."
    await studio.press("Delete")
    assert list(folder.glob("*.run")) == [path_of(folder, branch.id)]


async def test_a_recording_that_was_recreated_meanwhile_is_not_deleted_with_the_unreadable_ones(folder, paused):
    data = bytearray(path_of(folder, paused.id).read_bytes())
    data[120] ^= 1
    path_of(folder, paused.id).write_bytes(data)
    studio = Studio(folder)
    studio.generation.hold([Job(Run(paused.recipe, id=paused.id))])
    await studio.archive.offer()
    assert [notice.values for notice in studio.told] == [{"count": 1}]
    studio.generation.resume_queue()
    await awaited.until(lambda: studio.made and not studio.generation.running)
    await studio.press("Delete")
    [summary] = studio.recordings.all()
    assert (summary.id, summary.problem, summary.ending) == (paused.id, None, Ending.FINISHED)


@pytest.mark.slow
async def test_a_truncated_recording_is_offered_and_resumed_from_its_last_whole_step(folder, paused):
    path = path_of(folder, paused.id)
    whole = path.read_bytes()
    steps = set()
    for cut in range(0, len(whole), 97):
        path.write_bytes(whole[:cut])
        studio = Studio(folder)
        await studio.archive.offer()
        assert len(studio.told) == 1
        if "step" in studio.told[0].values:
            steps.add(studio.told[0].values["step"])
            run = await studio.archive.open(paused.id)
            assert len(run.steps) in (0, studio.told[0].values["step"] + 1)
    assert steps == {0, 1, 2, 3}


def flip_in_snapshot(folder: Path, run: Run, step: int) -> None:
    path = path_of(folder, run.id)
    with records.opened(path) as file:
        damaged = [record for record in records.whole(file, start_of(run.id)) if record.kind == Recorded.SNAPSHOT][step]
    data = bytearray(path.read_bytes())
    data[damaged.offset] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("in_line", [False, True])
async def test_flipped_bits_are_reported_and_the_intact_steps_can_be_resumed(folder, paused, in_line):
    flip_in_snapshot(folder, paused, 2)
    studio = Studio(folder)
    if in_line:  # as every run is that was paused when the program ended
        studio.generation.hold([Job(Run(paused.recipe, id=paused.id))])
    await studio.archive.offer()
    assert told(studio) == ["The recording of “a red apple” is damaged. It can be resumed from step 1 of 6."]
    assert [len(job.run.steps) for job in studio.generation.up_next] == [2] * in_line
    await studio.press("Resume")
    assert "damaged after step 1" in told(studio)[-1]
    [made] = studio.made
    assert [len(request.history) for request in studio.machine.requests] == [2]
    assert (await studio.archive.open(paused.id)) is made
    assert len(studio.told) == 2  # the recreated recording is intact


@pytest.mark.parametrize("in_line", [False, True])
async def test_a_branch_without_its_parent_is_shown_but_cannot_be_resumed(folder, paused, branch, in_line):
    path_of(folder, paused.id).unlink()
    studio = Studio(folder)
    if in_line:
        studio.generation.hold([Job(Run(branch.recipe, id=branch.id))])
    await studio.archive.offer()
    assert told(studio) == ["“other”, at step 4 of 6, can't be resumed: the run that it branches from is missing or damaged."]
    assert [action.label for action in studio.told[0].actions] == ["Show", "Discard", "Later"]
    assert studio.generation.up_next == []
    await studio.press("Show")
    await studio.archive.resume(branch.id)
    assert "can't be resumed" in told(studio)[-1]
    assert studio.made == []
    assert studio.timeline.run.id == branch.id
    assert len(studio.timeline.steps) == 5
    assert studio.timeline.current.thumbnail is not None
    await studio.archive.discard(branch.id)
    await studio.idle()
    assert not any(summary.is_interrupted for summary in studio.recordings.all())


async def test_a_damaged_recording_among_many_is_reported_separately(folder):
    runs = [developed(6, done=3) for _ in range(5)]
    for run in runs:
        run.end(Ending.PAUSED)
        record(folder, run)
    flip_in_snapshot(folder, runs[1], 3)
    studio = Studio(folder)
    studio.generation.hold([Job(Run(run.recipe, id=run.id)) for run in runs])
    await studio.archive.offer()
    assert [notice.values.get("count", notice.values.get("step")) for notice in studio.told] == [4, 2]
