"""The trash: what was deleted can be looked at, comes back whole, and no file is ever lost."""

import asyncio
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Run
from desktop.errors import RunToChoose
from desktop.generate import RunMaker
from desktop.library import trash as trash_folder
from desktop.library.artwork import Artwork, save_in
from desktop.library.journal import path_of
from desktop.library.models import ModelLibrary
from desktop.library.recordings import Recordings
from desktop.library.trash import STAYS, TrashFolder
from desktop.studio.desk import Desk
from desktop.studio.generation import Generation, Job
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import NoticeKind, Notices
from desktop.studio.pictures import Pictures
from desktop.studio.queue import Queue
from desktop.studio.run_archive import RunArchive
from desktop.studio.timeline import Timeline
from desktop.studio.trash import Trash
from desktop.studio.undo import Undo
from tests.awaited import until
from tests.developed import branched, developed
from tests.recorded import record

RECIPE = "a fox\nSteps: 20, Sampler: DDIM, CFG scale: 7, Seed: 1, Size: 64x64"


@pytest.fixture
def folder(tmp_path):
    return TrashFolder(tmp_path / "trash")


@pytest.fixture
def pair(tmp_path):
    """Two files that were deleted together."""
    paths = tmp_path / "pictures" / "a.png", tmp_path / "pictures" / "a.txt"
    paths[0].parent.mkdir()
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


def test_files_come_back_as_they_were(folder, pair):
    trashed = folder.put(pair)
    assert not any(path.exists() for path in pair)
    assert folder.all() == [trashed]
    assert trashed.nbytes == 10
    assert folder.restore(trashed) == [(now, before) for before, now in trashed.places]
    assert [path.read_bytes() for path in pair] == [b"a.png", b"a.txt"]
    assert list(folder.folder.iterdir()) == []


def test_files_come_back_together_under_another_name_if_theirs_is_taken(folder, pair):
    trashed = folder.put(pair)
    pair[1].write_bytes(b"another")
    assert [path.name for _, path in folder.restore(trashed)] == ["a-2.png", "a-2.txt"]
    assert pair[1].read_bytes() == b"another"


def test_if_one_file_cannot_be_moved_all_stay(folder, pair):
    with pytest.raises(FileNotFoundError):
        folder.put([*pair, pair[0].with_name("gone.run")])
    assert all(path.exists() for path in pair)
    assert folder.all() == []
    trashed = folder.put(pair)
    trashed.places[1][1].unlink()
    with pytest.raises(FileNotFoundError):
        folder.restore(trashed)
    assert not pair[0].exists()
    [left] = folder.all()
    assert [before for before, _ in left.places] == [pair[0]]


def test_what_a_kill_left_can_be_restored(folder, pair):
    trashed = folder.put(pair)
    trashed.places[1][1].rename(pair[1])  # killed before the second was moved
    [found] = folder.all()
    folder.restore(found)
    assert all(path.exists() for path in pair)


def test_the_rule_deletes_what_is_old_and_the_oldest_of_too_much(folder, pair, monkeypatch):
    first, second = (folder.put([path]) for path in pair)
    folder.tidy()
    assert folder.all() == [second, first]
    monkeypatch.setattr(trash_folder, "MOST", 5)
    folder.tidy()
    assert folder.all() == [second]
    folder.tidy(now=second.deleted + STAYS - 1)
    assert folder.all() == [second]
    folder.tidy(now=second.deleted + STAYS + 1)
    assert list(folder.folder.iterdir()) == []


@pytest.mark.parametrize("content", ["", "[]", '{"schema": 2, "files": []}', '{"schema": 1, "files": [{"name": "../b", "path": "/x"}]}'])
def test_what_others_put_into_the_folder_is_left_alone(folder, pair, content):
    trashed = folder.put(pair[:1])
    entry = trashed.shown.parent / "entry.json"
    entry.write_text(content)
    (folder.folder / "notes").mkdir()
    folder.tidy(now=trashed.deleted + 2 * STAYS)
    assert folder.all() == []
    assert trashed.shown.exists()


class Studio:
    """All that follows a deletion, without a machine."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.notices, self.told = folder, Notices(), []
        self.notices.listen(self.told.append)
        self.undo, self.held = Undo(self.notices), HeldRuns(1 << 30)
        self.timeline, self.recordings = Timeline(self.held), Recordings(folder / "recordings", 1 << 30)
        self.maker = RunMaker(None, self.recordings.folder)
        self.generation = Generation(self.maker, Queue(self.notices), self.timeline, self.held, self.notices, self.undo, None, None)
        self.pictures = Pictures(self.notices, self.undo, folder / "pictures")
        self.trash = Trash(TrashFolder(folder / "trash"), self.recordings, self.generation, self.held, self.notices, self.undo)
        models = ModelLibrary(folder / "starter", [], folder / "fingerprints.json")
        archive = RunArchive(self.recordings, models, self.generation, self.timeline, self.held, self.notices)
        self.desk = Desk(
            self.maker, self.timeline, self.generation, self.held, self.pictures, archive, self.trash, models, self.notices, lambda: None
        )

    def make(self, run: Run) -> Run:
        """Record `run`, and save its picture if it has one."""
        ending, picture = run.ending, run.picture
        record(self.recordings.folder, run, ending=ending, calls=4, last=None if picture else len(run.steps) - 1)
        run.end(ending)
        if picture:
            run.saved_as(save_in(Artwork(picture, run.recipe, {"run": run.id}, datetime.now().astimezone()), self.pictures.folder))
        self.held.hold(run)
        if run.path:
            self.pictures.add(run)
        return run

    async def rest(self) -> None:
        await until(lambda: not self.notices._tasks)

    def files(self) -> dict[str, bytes]:
        """Everything outside the trash."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for part in ("pictures", "recordings")
            for path in (self.folder / part).rglob("*.*")
            if path.is_file()
        }


@pytest.fixture
async def studio(qapp, tmp_path):
    studio = Studio(tmp_path)
    yield studio
    await studio.rest()


async def test_a_deleted_picture_leaves_the_canvas_with_its_recording_and_comes_back(studio):
    old, new = studio.make(developed(4)), studio.make(developed(4, recipe=Recipe.of(prompt="fox", steps=4)))
    await studio.rest()
    before = studio.files()
    studio.timeline.show(new)
    studio.timeline.go_to(2)
    studio.trash.delete_pictures([new.path])
    assert [recent.path for recent in studio.pictures.recent] == [old.path]
    await studio.rest()
    assert studio.timeline.run is old
    assert studio.told[-1].kind is NoticeKind.UNDO
    assert not path_of(studio.recordings.folder, new.id).exists()
    assert studio.held.get(new.id) is None
    studio.undo.undo()
    await studio.rest()
    assert (studio.timeline.run, studio.timeline.index) == (new, 2)
    assert studio.files() == before
    assert [recent.path for recent in studio.pictures.recent] == [new.path, old.path]
    assert studio.held.get(new.id) is new


async def test_the_last_picture_leaves_an_empty_canvas(studio):
    run = studio.make(developed(4))
    studio.timeline.show(run)
    studio.trash.delete_pictures([run.path])
    await studio.rest()
    assert studio.timeline.run is None


async def test_a_branch_keeps_the_steps_of_its_deleted_parent(studio):
    parent = studio.make(developed(4))
    branch = studio.make(branched(parent, 2, prompt="fox"))
    studio.timeline.show(parent)
    studio.trash.delete_pictures([parent.path])
    await studio.rest()
    assert not parent.path.exists()
    assert path_of(studio.recordings.folder, parent.id).exists()
    assert studio.timeline.run is branch
    studio.undo.undo()
    studio.trash.delete_pictures([parent.path, branch.path])
    await studio.rest()
    assert studio.files() == {}


async def test_a_run_goes_with_its_branches_its_pictures_and_its_place_in_the_queue(studio):
    parent, other = studio.make(developed(4)), studio.make(developed(4))
    middle = studio.make(branched(parent, 1, done=2, prompt="fox"))
    leaf = studio.make(branched(middle, 2, prompt="owl"))
    studio.generation.hold([Job(middle)])
    before = studio.files()
    studio.timeline.show(leaf)
    studio.timeline.compare_with(middle)
    studio.trash.delete_runs([middle])
    await studio.rest()
    assert studio.timeline.run is parent
    assert studio.timeline.compare is None
    assert [lane.run for lane in studio.timeline.lanes] == [parent]
    assert studio.generation.up_next == []
    assert set(studio.files()) < set(before)
    studio.undo.undo()
    await studio.rest()
    assert set(studio.files()) == set(before)
    assert [lane.run for lane in studio.timeline.lanes] == [parent, middle, leaf]
    assert [job.run for job in studio.generation.up_next] == [middle]
    assert middle.ending is Ending.PAUSED
    assert other.path.exists()


async def test_what_is_in_the_trash_is_restored_later_and_that_is_undone_too(studio):
    run = studio.make(developed(4))
    before = studio.files()
    studio.trash.delete_pictures([run.path])
    await studio.rest()
    studio.trash.restore(await studio.trash.all())
    await studio.rest()
    assert studio.files() == before
    studio.undo.undo()
    await studio.rest()
    assert studio.files() == {}
    [again] = await studio.trash.all()
    studio.trash.delete_for_good([again])
    await studio.rest()
    assert await studio.trash.all() == []
    studio.undo.undo()  # of the first deletion, which is gone for good
    await studio.rest()
    assert studio.told[-1].kind is NoticeKind.ERROR


async def test_a_picture_that_cannot_be_deleted_stays_among_the_recent_pictures(studio):
    run = studio.make(developed(4))
    await studio.rest()
    (studio.folder / "trash").write_bytes(b"no folder")
    studio.trash.delete_pictures([run.path])
    assert studio.pictures.recent == []
    await studio.rest()
    assert studio.told[-1].kind is NoticeKind.ERROR
    assert [recent.path for recent in studio.pictures.recent] == [run.path]
    assert run.path.exists()


async def test_a_run_that_cannot_be_deleted_stays_in_the_queue(studio):
    run = studio.make(developed(4, done=2))
    run.end(Ending.PAUSED)
    studio.generation.hold([Job(run)])
    await studio.rest()
    (studio.folder / "trash").write_bytes(b"no folder")
    studio.trash.delete_runs([run])
    await studio.rest()
    assert studio.told[-1].kind is NoticeKind.ERROR
    assert [job.run for job in studio.generation.up_next] == [run]
    assert run.ending is Ending.PAUSED
    assert studio.undo.last is None


async def test_a_deleted_run_is_called_as_the_user_called_it(studio):
    run = studio.make(developed(4, recipe=Recipe.of(prompt="fox", steps=4)))
    run.rename("The red one")
    studio.trash.delete_runs([run])
    await studio.rest()
    assert "The red one" in str(studio.told[-1].values)


async def test_a_branch_made_after_an_undo_goes_with_its_run_when_that_is_deleted_again(studio):
    parent = studio.make(developed(4))
    studio.trash.delete_pictures([parent.path])
    await studio.rest()
    studio.undo.undo()
    await studio.rest()
    branch = studio.make(branched(parent, 2, prompt="fox"))
    studio.undo.redo()  # the branch needs the steps
    await studio.rest()
    assert not parent.path.exists()
    assert path_of(studio.recordings.folder, parent.id).exists()
    studio.undo.undo()
    studio.trash.delete_runs([parent])
    await studio.rest()
    assert studio.files() == {}
    studio.undo.undo()
    await studio.rest()
    deeper = studio.make(branched(branch, 3, prompt="owl"))
    before = studio.files()
    studio.undo.redo()
    await studio.rest()
    assert studio.files() == {}
    studio.undo.undo()
    await studio.rest()
    assert studio.files() == before
    assert studio.held.get(deeper.id) is deeper


async def test_a_run_of_an_open_choice_is_not_deleted(studio):
    run = studio.make(developed(4, done=2))
    studio.generation.choose_among([run], until=2)
    studio.trash.delete_runs([run])
    await studio.rest()
    assert studio.told[-1].template == RunToChoose.template
    assert path_of(studio.recordings.folder, run.id).exists()


async def test_undoing_one_deletion_after_the_other_shows_each_picture_again(studio):
    runs = [studio.make(developed(4, recipe=Recipe.of(prompt=prompt, steps=4))) for prompt in ("fox", "owl", "boat")]
    await studio.rest()
    for run in runs:
        studio.timeline.show(run)
        studio.trash.delete_pictures([run.path])
        await studio.rest()
    for run in reversed(runs):
        studio.undo.undo()
        await studio.rest()
        assert studio.timeline.run is run


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(("delete", "undo", "redo", "restore")), st.integers(0, 3)), max_size=8))
def test_no_sequence_loses_a_file(actions):
    async def play() -> None:
        with tempfile.TemporaryDirectory() as name:
            studio = Studio(Path(name))
            folder = studio.pictures.folder
            folder.mkdir()
            paths = [folder / f"{number}.png" for number in range(4)]
            for path in paths:
                path.write_bytes(path.name.encode())
            for action, number in actions:
                present = sorted(folder.glob("*.png"))
                if action == "delete" and present:
                    studio.trash.delete_pictures([present[number % len(present)]])
                elif action == "restore" and (trashed := await studio.trash.all()):
                    studio.trash.restore([trashed[number % len(trashed)]])
                else:
                    (studio.undo.redo if action == "redo" else studio.undo.undo)()
                await studio.rest()
                contents = sorted(path.read_bytes() for path in studio.folder.rglob("*.png"))
                assert contents == sorted(path.name.encode() for path in paths)
            for _ in actions:
                studio.undo.undo()
                await studio.rest()
            assert sorted(path.name for path in folder.glob("*.png")) == [path.name for path in paths]
            assert not any(notice.kind is NoticeKind.ERROR for notice in studio.told)

    asyncio.run(play())


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.sampled_from(("delete", "picture", "clear", "branch", "undo", "redo", "redo")), st.integers(0, 4)), max_size=10)
)
def test_no_sequence_loses_a_run_or_its_place_in_the_queue(actions):
    async def play() -> None:
        with tempfile.TemporaryDirectory() as name:
            studio = Studio(Path(name))
            root = studio.make(developed(4))
            runs = [root, studio.make(branched(root, 2, prompt="fox")), studio.make(developed(4))]
            paused = [studio.make(branched(root, 1, done=2, prompt="owl")), studio.make(developed(4, done=2))]
            for run in paused:
                run.end(Ending.PAUSED)
            runs += paused
            studio.generation.hold([Job(paused[0]), Job(Run(Recipe.of(prompt="boat"))), Job(paused[1], pictures=3)])
            waiting = [job.run.id for job in studio.generation.up_next]
            await studio.rest()

            def recordings(folder: str) -> set[str]:
                return {path.stem for path in (studio.folder / folder).rglob("*.run")}

            for action, number in actions:
                run = runs[number % len(runs)]
                is_here = path_of(studio.recordings.folder, run.id).exists()
                if action == "delete" and is_here:
                    studio.trash.delete_runs([run])
                elif action == "picture" and run.path and run.path.exists():
                    studio.trash.delete_pictures([run.path])
                elif action == "clear":
                    studio.generation.clear()
                elif action == "branch" and is_here and len(run.steps) > 2:
                    runs.append(studio.make(branched(run, 2, prompt="cat")))
                else:
                    (studio.undo.redo if action == "redo" else studio.undo.undo)()
                await studio.rest()
                assert recordings("recordings") | recordings("trash") == {run.id for run in runs}
                assert recordings("recordings").isdisjoint(recordings("trash"))
                pictures = {path.name for part in ("pictures", "trash") for path in (studio.folder / part).rglob("*.png")}
                assert pictures == {run.path.name for run in runs if run.path}
            while studio.undo.last:
                studio.undo.undo()
                await studio.rest()
            assert recordings("trash") == set()
            assert [job.run.id for job in studio.generation.up_next] == waiting
            assert {run.ending for run in paused} == {Ending.PAUSED}
            assert {each.id for each in studio.held} == {run.id for run in runs}
            assert not any(notice.kind is NoticeKind.ERROR for notice in studio.told)

    asyncio.run(play())
