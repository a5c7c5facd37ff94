"""The recordings on disk: reading and resuming after damage, listing, pinning and deleting."""

import os
import random
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from desktop.diffusion import samplers
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Plan, Run, Step, is_uuid, uuid7
from desktop.errors import RecordingBusy, RecordingDamaged, RecordingNewer, RecordingParentless, RecordingUnreadable, StepDamaged
from desktop.library import artwork, records, safe_file
from desktop.library import journal as journals
from desktop.library.artwork import Artwork
from desktop.library.journal import RecordKind, path_of, start_of
from desktop.library.recording import read, read_history, read_newest_picture, read_pictures, read_step
from desktop.library.recordings import Recordings
from tests import recorded, sizes
from tests.recorded import all_same, interrupted, same

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "recordings"


def crash(folder: Path, run: Run) -> Path:
    """The recording of `run` as a kill would have left it: its end, and how it stood, are not there."""
    path = path_of(folder, run.id)
    last = places(path, RecordKind.STATE)[-1]
    return recorded.torn(folder, run, last.offset - 16)


def places(path: Path, kind: RecordKind) -> list[records.Record]:
    with records.opened(path) as file:
        return [record for record in records.whole(file, start_of(path.stem)) if record.kind == kind]


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x10
    path.write_bytes(data)


def branch(folder: Path, parent: Run, after: int, **changes) -> Run:
    return parent.fork(after, parent.recipe.turned(after, **changes))


# -- cut off while the picture was saved


@pytest.fixture
def almost(folder) -> Run:
    """A run that was killed before it could tell that its picture is saved."""
    run = recorded.record(folder)
    crash(folder, run)
    return run


def saved(run: Run, **other: Any) -> None:
    safe_file.make_folder(run.path.parent)
    facts = {"pixels": run.picture, "recipe": run.recipe, "environment": {"run": run.id}, "created": datetime.now().astimezone()}
    artwork.save(Artwork(**facts | other), run.path)


def test_a_picture_that_got_its_name_before_the_kill_finishes_its_run(folder, almost):
    saved(almost)
    store = Recordings(folder, 1 << 30)
    assert interrupted(store) == []
    assert [summary.id for summary in store.all() if summary.picture == almost.path] == [almost.id]
    store.tidy()  # closes the file
    [summary] = store.all()
    assert (summary.ending, summary.picture, summary.is_closed) == (Ending.FINISHED, almost.path, True)
    almost.path.unlink()
    assert store.open(almost.id).run.path == almost.path  # as of any other run: moved, or in the trash


@pytest.mark.parametrize(
    "other",
    [{"environment": {"run": "another"}}, {"step": (3, 5)}, {"recipe": None}, None],
    ids=["another run's", "a step", "no run's", "nothing"],
)
def test_what_else_lies_where_the_picture_was_to_be_does_not(folder, almost, other):
    if other:
        saved(almost, **other)
    [summary] = interrupted(Recordings(folder, 1 << 30))
    assert (summary.ending, summary.picture) == (Ending.RUNNING, None)
    back = read(path_of(folder, almost.id)).run
    assert (back.ending, back.path, back.picture) == (Ending.PAUSED, None, almost.picture)


# -- damage


@pytest.mark.slow
@pytest.mark.parametrize("ending", [Ending.FINISHED, Ending.PAUSED])
def test_cut_at_any_byte_the_steps_before_the_cut_are_there(folder, ending):
    run = recorded.record(folder, calls=3, ending=ending, last=None if ending is Ending.FINISHED else 2)
    data, path, known = path_of(folder, run.id).read_bytes(), path_of(folder, run.id), 0
    counts = {record.end: record.number + 1 for record in places(path, RecordKind.STEP)}
    begin = places(path, RecordKind.BEGIN)[0].end
    for size in (*random.Random(5).sample(range(len(data)), 400), *counts, *(size - 1 for size in counts)):
        path.write_bytes(data[:size])
        try:
            back = read(path).run
        except RecordingUnreadable as problem:
            assert size < begin
            assert "damaged" in str(problem)  # noqa: PT017
            continue
        assert all_same(back.steps, run.steps[: len(back.steps)])
        assert len(back.steps) == max((count for end, count in counts.items() if end <= size), default=0)
        assert back.ending in (Ending.PAUSED, ending)
        known = max(known, len(back.steps))
    assert known == len(run.steps)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [Ending.FINISHED, Ending.PAUSED, Ending.RUNNING])
def test_with_a_bit_flipped_anywhere_nothing_wrong_is_shown_and_all_before_it_is_there(folder, ending):
    run = recorded.record(folder, calls=3, ending=ending, last=None if ending is Ending.FINISHED else 2)
    path = crash(folder, run) if ending is Ending.RUNNING else path_of(folder, run.id)
    data, dice = path.read_bytes(), random.Random(6)
    untouched = [read_step(step) for step in read(path).run.steps]
    steps = places(path, RecordKind.STEP)
    for place in dice.sample(range(len(data)), 300):
        path.write_bytes(data)
        flip(path, place)
        try:
            back = read(path)
        except (RecordingUnreadable, RecordingNewer):
            assert place < steps[0].offset
            continue
        before = sum(record.end <= place for record in steps)
        assert len(back.run.steps) >= before
        assert back.run.recipe == run.recipe
        for step, shown in zip(back.run.steps, untouched, strict=False):
            seen = read_pictures(step)
            for picture, expected in ((seen.estimate, shown.estimate), (seen.noisy, shown.noisy), (step.thumbnail, shown.thumbnail)):
                assert picture in (expected, None)
            try:
                assert read_step(step).snapshot == shown.snapshot
            except StepDamaged as problem:
                assert ending is Ending.FINISHED
                assert f"Step {step.number}" in str(problem)  # noqa: PT017
        if ending is Ending.PAUSED and len(back.run.steps) < len(run.steps):
            assert isinstance(back.problem, RecordingDamaged)
            assert f"step {max(len(back.run.steps) - 1, 0)}" in str(back.problem)


def test_of_a_damaged_step_the_rest_is_shown(folder):
    run = recorded.record(folder)
    path = path_of(folder, run.id)
    snapshot = places(path, RecordKind.SNAPSHOT)[3]
    flip(path, places(path, RecordKind.NOISY)[1].offset + 5)  # step 2; that of step 0 is its thumbnail
    flip(path, snapshot.offset + 5)
    back = read(path)
    assert back.problem is None
    assert read_step(back.run.steps[2]).noisy is None
    assert read_step(back.run.steps[2]).snapshot == run.steps[2].snapshot
    assert read_pictures(back.run.steps[3]).noisy is not None
    with pytest.raises(StepDamaged):
        read_history(back.run.steps)
    assert same(back.run.steps[4], run.steps[4])


def test_a_file_that_ends_in_zeros_loses_only_them(folder):
    run = recorded.record(folder, last=4, ending=Ending.PAUSED)
    path = crash(folder, run)
    data = path.read_bytes()
    for kept, zeros in ((len(data), 9000), (places(path, RecordKind.STEP)[2].end, 4096)):
        path.write_bytes(data[:kept] + bytes(zeros))
        back = read(path).run
        assert all_same(back.steps, run.steps[: len(back.steps)])
        assert len(back.steps) == (5 if kept == len(data) else 3)
    back.end(Ending.RUNNING)
    recorded.record(folder, back)
    assert len(read(path).run.steps) == 6


def test_a_step_that_was_written_out_of_order_before_the_power_went_does_not_count(folder):
    run = recorded.record(folder, last=4, ending=Ending.PAUSED)
    path = crash(folder, run)
    lost = places(path, RecordKind.SNAPSHOT)[3]
    data = bytearray(path.read_bytes())
    data[lost.offset : lost.end] = bytes(lost.length)  # this page was still in memory, the ones behind it were not
    path.write_bytes(data)
    assert all_same(read(path).run.steps, run.steps[:3])


def test_a_recording_of_a_newer_version_is_reported_and_left_unchanged(folder, monkeypatch):
    monkeypatch.setattr(journals, "VERSION", 2)
    run = recorded.record(folder)
    monkeypatch.undo()
    with pytest.raises(RecordingNewer, match="newer Safelight"):
        read(path_of(folder, run.id))
    recordings = Recordings(folder, limit=0)
    [summary] = recordings.all()
    assert isinstance(summary.problem, RecordingNewer)
    recordings.tidy()
    assert recordings.nbytes > 0


def test_a_recording_that_is_deleted_while_all_are_measured_counts_nothing(folder, monkeypatch):
    kept, deleted = recorded.record(folder), recorded.record(folder)
    recordings = Recordings(folder, limit=0)
    listed = list(recordings._paths())
    recordings.delete(deleted.id)
    monkeypatch.setattr(recordings, "_paths", lambda: iter(listed))
    assert recordings.nbytes == path_of(folder, kept.id).stat().st_size


def test_a_recipe_with_unknown_values_is_shown_but_cannot_be_resumed(folder, monkeypatch):
    to_dict = Recipe.to_dict
    monkeypatch.setattr(Recipe, "to_dict", lambda self: {**to_dict(self), "style": "baroque"})
    run = recorded.record(folder, last=3, ending=Ending.PAUSED)
    back = read(path_of(folder, run.id))
    assert isinstance(back.problem, RecordingNewer)
    assert len(back.run.steps) == 4


@pytest.mark.parametrize("content", [b"", b"not a recording at all" * 99, bytes(5000)])
def test_a_file_that_is_not_a_recording_is_reported_as_unreadable(folder, content):
    folder.mkdir()
    path = path_of(folder, Run(recorded.RECIPE).id)
    path.write_bytes(content)
    with pytest.raises(RecordingUnreadable):
        read(path)
    recordings = Recordings(folder, limit=0)
    [summary] = recordings.all()
    assert isinstance(summary.problem, RecordingUnreadable)
    assert interrupted(recordings) == []
    recordings.limit = -1
    recordings.tidy()
    assert recordings.all() == []


@pytest.mark.slow
def test_a_file_under_the_name_of_another_run_is_refused(folder):
    run = recorded.record(folder)
    other = path_of(folder, Run(recorded.RECIPE).id)
    path_of(folder, run.id).rename(other)
    with pytest.raises(RecordingUnreadable):
        read(other)


def test_a_recording_that_vanishes_while_it_is_shown_costs_its_pictures(folder):
    run = recorded.record(folder)
    back = read(path_of(folder, run.id)).run
    path_of(folder, run.id).unlink()
    assert back.steps[3].thumbnail is not None
    assert read_pictures(back.steps[3]).noisy is None
    with pytest.raises(StepDamaged):
        read_step(back.steps[3])
    with pytest.raises(RecordingUnreadable, match="it does not exist"):
        read(path_of(folder, run.id))


# -- branches


def test_a_branch_reads_the_steps_of_its_parents(folder):
    parent = recorded.record(folder)
    child = recorded.record(folder, branch(folder, parent, 3, prompt="a cat"), seed=1)
    grandchild = recorded.record(folder, branch(folder, child, 4, guidance_scale=9.0), seed=2, last=4, ending=Ending.PAUSED)
    grandchild = recorded.record(folder, grandchild, seed=2)
    for run in (parent, child, grandchild):
        back = read(path_of(folder, run.id))
        assert back.problem is None
        assert all_same(back.run.steps, run.steps)
        assert (back.run.recipe, back.run.plan, back.run.picture) == (run.recipe, run.plan, run.picture)
        assert (back.run.parent, back.run.branched_after) == (run.parent, run.branched_after)
    sizes = [path_of(folder, run.id).stat().st_size for run in (parent, child, grandchild)]
    assert sizes[0] > sizes[1] > sizes[2]  # own steps only


def test_a_branch_that_refines_begins_with_the_finished_steps_until_it_has_its_own(folder):
    parent = recorded.record(folder)
    child = parent.fork(3, parent.recipe.turned(3, refine=7))
    assert len(child.history) == 6
    recorded.record(folder, child, last=3, ending=Ending.PAUSED)
    back = read(path_of(folder, child.id)).run
    assert all_same(back.history, parent.steps)
    back.end(Ending.RUNNING)
    recorded.record(folder, back, seed=1, last=4, ending=Ending.PAUSED)
    again = read(path_of(folder, child.id)).run
    assert all_same(again.history, [*parent.steps[:4], recorded.step(4, seed=1)])


@pytest.mark.parametrize("harm", ["gone", "cut", "unreadable", "newer"])
def test_without_its_parent_a_branch_shows_what_it_made_itself(folder, harm, monkeypatch):
    parent = recorded.record(folder)
    child = recorded.record(folder, branch(folder, parent, 3, prompt="a cat"), seed=1)
    path = path_of(folder, parent.id)
    match harm:
        case "gone":
            path.unlink()
        case "cut":
            recorded.torn(folder, parent, places(path, RecordKind.STEP)[1].end)
        case "unreadable":
            path.write_bytes(b"damaged")
        case "newer":
            path.unlink()
            monkeypatch.setattr(journals, "VERSION", 9)
            parent.steps.clear()
            recorded.record(folder, parent)
            monkeypatch.undo()
    back = read(path_of(folder, child.id))
    assert isinstance(back.problem, RecordingParentless)
    assert [step.number for step in back.run.steps] == list(range(6))
    assert all_same(back.run.steps[4:], recorded_steps(4, 6, seed=1))
    assert back.run.picture == child.picture
    assert read_pictures(back.run.steps[2]).estimate is back.run.steps[2].thumbnail is None
    with pytest.raises(RecordingParentless):
        read_history(back.run.steps)


def recorded_steps(begin: int, end: int, seed: int) -> list[Step]:
    return [recorded.step(number, seed=seed) for number in range(begin, end)]


def test_a_run_that_claims_to_be_its_own_ancestor_is_no_endless_story(folder):
    ids = uuid7(), uuid7()
    for id, parent in (ids, reversed(ids)):
        steps = recorded_steps(0, 2, seed=0)
        recorded.record(folder, Run(recorded.RECIPE, id, recorded_plan(), steps, parent=parent, branched_after=1))
    one = path_of(folder, ids[0])
    assert isinstance(read(one).problem, RecordingParentless)
    assert len(Recordings(folder, 0).all()) == 2
    Recordings(folder, 0).tidy()
    assert os.listdir(folder) == []


def test_ids_made_within_one_millisecond_are_in_their_order(monkeypatch):
    moments = iter(range(10**18, 10**18 + 10_000, 1000))  # ns
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    ids = [uuid7() for _ in range(10)]
    assert ids == sorted(ids)
    assert all(map(is_uuid, ids))


def recorded_plan() -> Plan:
    return next(recorded.events())


# -- the list


def test_the_list_contains_what_its_lines_show(folder):
    first = recorded.record(folder)
    paused = recorded.record(folder, last=2, ending=Ending.PAUSED)
    cut = recorded.record(folder, last=3)
    crash(folder, cut)
    child = recorded.record(folder, branch(folder, first, 2, prompt="a cat"))
    child_of_nothing = recorded.record(folder, branch(folder, first, 2, prompt="a dog"), last=2, ending=Ending.PAUSED)
    recordings = Recordings(folder, limit=1 << 30)
    listed = {summary.id: summary for summary in recordings.all()}
    assert [summary.id for summary in recordings.all()] == sorted(listed, reverse=True)
    lines = [listed[run.id] for run in (first, paused, cut, child, child_of_nothing)]
    assert [(line.step, line.calls, line.ending) for line in lines] == [
        (5, 5, Ending.FINISHED),
        (2, 5, Ending.PAUSED),
        (3, 5, Ending.RUNNING),
        (5, 5, Ending.FINISHED),
        (2, 5, Ending.PAUSED),
    ]
    assert [summary.id for summary in interrupted(recordings)] == [child_of_nothing.id, cut.id, paused.id]
    assert (listed[child.id].parent, listed[child.id].branched_after, listed[child.id].recipe) == (first.id, 2, child.recipe)
    assert [summary.id for summary in listed.values() if summary.picture == first.path] == [first.id]
    assert recordings.nbytes == sum(summary.nbytes for summary in listed.values())
    assert all(summary.problem is None for summary in listed.values())
    assert recordings.open(cut.id).run.ending is Ending.PAUSED
    assert Recordings(folder / "not there", 0).all() == []


def test_listing_again_reads_only_the_files_that_have_changed(folder, monkeypatch):
    runs = [recorded.record(folder) for _ in range(5)]
    recordings, read_again = Recordings(folder, limit=1 << 30), []
    begins = records.begins
    monkeypatch.setattr(records, "begins", lambda file, version: (read_again.append(file.name), begins(file, version))[1])
    first = recordings.all()
    assert len(read_again) == 5
    assert recordings.all() == first
    assert len(read_again) == 5
    recordings.describe(runs[1].id, pinned=True)
    read_again.clear()
    assert [summary.id for summary in recordings.all() if summary.pinned] == [runs[1].id]
    assert len(read_again) == 1
    recordings.delete(runs[2].id)
    assert ids(recordings) == {run.id for run in runs} - {runs[2].id}
    journal = journals.Journal.begin(folder, runs[3])  # has not changed the file yet
    assert [summary.id for summary in recordings.all() if summary.is_running] == [runs[3].id]
    journal.close()
    assert not any(summary.is_running for summary in recordings.all())


def test_a_branch_of_a_run_in_memory_shares_its_steps(folder):
    parent = recorded.record(folder)
    child = recorded.record(folder, branch(folder, parent, 3, prompt="a cat"), seed=1)
    recordings = Recordings(folder, limit=1 << 30)
    held = recordings.open(parent.id)
    back = recordings.open(child.id, [held]).run
    assert all(step is shared for step, shared in zip(back.steps[:4], held.run.steps, strict=False))
    assert all_same(back.steps, child.steps)


@pytest.mark.slow
def test_what_is_being_made_elsewhere_is_neither_interrupted_nor_deleted(folder, monkeypatch):
    monkeypatch.setattr(records, "PATIENCE", 0.05)
    recorded.record(folder)
    script = f"""
        import sys
        from pathlib import Path
        from desktop.diffusion.run import Run
        from desktop.library.journal import Journal
        from tests import recorded
        run = Run(recorded.RECIPE)
        journal = Journal.begin(Path({str(folder)!r}), run)
        print(run.id, flush=True)
        sys.stdin.readline()
    """
    recordings = Recordings(folder, limit=0)
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        id = other.stdout.readline().strip()
        assert [summary.is_running for summary in recordings.all()] == [True, False]
        assert interrupted(recordings) == []
        with pytest.raises(RecordingBusy):
            recordings.delete(id)
        with pytest.raises(RecordingBusy):
            recordings.describe(id, pinned=True)
        recordings.tidy()
        assert [summary.id for summary in recordings.all()] == [id]
        other.kill()
    assert [summary.id for summary in interrupted(recordings)] == [id]
    recordings.tidy()
    assert recordings.all() == []


def test_the_oldest_trees_go_first_whole_and_pinned_ones_never(folder):
    old, pinned, middle = (recorded.record(folder) for _ in range(3))
    child = recorded.record(folder, branch(folder, pinned, 2, prompt="a cat"))
    young_child_of_old = recorded.record(folder, branch(folder, old, 2, prompt="a dog"))
    recordings = Recordings(folder, limit=1 << 30)
    recordings.describe(child.id, pinned=True)
    recordings.tidy()
    assert len(recordings.all()) == 5
    recordings.limit = recordings.nbytes - 1
    recordings.tidy()
    assert ids(recordings) == {old.id, pinned.id, child.id, young_child_of_old.id}  # `old` was resumed last
    recordings.limit = 0
    recordings.tidy(keep={old.id})
    assert len(ids(recordings)) == 4
    recordings.tidy()
    assert ids(recordings) == {pinned.id, child.id}
    recordings.describe(child.id, pinned=False)
    assert all_same(read(path_of(folder, child.id)).run.steps, child.steps)  # pinning changed nothing else
    assert read(path_of(folder, child.id)).run.path == child.path
    recordings.tidy()
    assert middle.id not in ids(recordings)
    assert os.listdir(folder) == []


def ids(recordings: Recordings) -> set[str]:
    return {summary.id for summary in recordings.all()}


def test_deleting_removes_one_recording_only(folder):
    root, other = recorded.record(folder), recorded.record(folder)
    child = recorded.record(folder, branch(folder, root, 2, prompt="a cat"))
    (folder / "notes.run").write_bytes(b"not ours")
    recordings = Recordings(folder, limit=0)
    recordings.delete(root.id)
    assert ids(recordings) == {child.id, other.id}
    assert isinstance(recordings.open(child.id).problem, RecordingParentless)
    recordings.delete(root.id)  # gone already
    recordings.tidy()
    assert os.listdir(folder) == ["notes.run"]


def test_a_pinned_run_stays_pinned_when_it_resumes(folder):
    run = recorded.record(folder, last=2, ending=Ending.PAUSED)
    crash(folder, run)
    Recordings(folder, 0).describe(run.id, pinned=True)
    [summary] = interrupted(Recordings(folder, 0))
    assert (summary.pinned, summary.ending) == (True, Ending.RUNNING)
    back = read(path_of(folder, run.id)).run
    assert back.pinned
    back.end(Ending.RUNNING)
    recorded.record(folder, back)
    assert read(path_of(folder, run.id)).run.pinned


# -- how much is read


@pytest.fixture
def read_bytes(monkeypatch) -> list[int]:
    """The length of everything that was read from recordings."""
    lengths, read_part = [], records._read

    def counted(file: Any, offset: int, length: int) -> bytes:
        data = read_part(file, offset, length)
        lengths.append(len(data))
        return data

    monkeypatch.setattr(records, "_read", counted)
    return lengths


def test_of_many_recordings_a_little_is_read_for_a_list_and_nothing_again(folder, read_bytes):
    run = recorded.record(folder, calls=50, side=64, snapshot=4000)
    for _ in range(9):
        recorded.copied(folder, run)
    recordings, nbytes = Recordings(folder, limit=1 << 30), path_of(folder, run.id).stat().st_size
    read_bytes.clear()
    assert len(recordings.all()) == 10
    assert sum(read_bytes) < 10 * nbytes / 50
    read_bytes.clear()
    assert len(recordings.all()) == 10
    assert read_bytes == []
    back = recordings.open(run.id).run
    assert len(back.steps) == 51
    assert all(step.thumbnail for step in back.steps)
    assert sum(read_bytes) < nbytes / 4


@pytest.mark.slow
def test_fifty_steps_of_a_real_size_take_eight_megabytes_at_most(folder):
    snapshots, recording = sizes.recorded_bytes(folder, samplers.sampler("DDIM"), torch.bfloat16)
    assert 4e6 < snapshots < recording <= 8e6


def test_of_a_large_file_only_the_step_that_is_wanted_is_read(folder, read_bytes):
    run = recorded.record(folder, calls=20, side=512, snapshot=400_000)
    read_bytes.clear()
    back = read(path_of(folder, run.id)).run
    assert back.ending is Ending.FINISHED
    assert sum(read_bytes) < path_of(folder, run.id).stat().st_size / 100
    for number in (1, 10, 20):
        assert back.steps[number].noisy is None
        read_bytes.clear()
        step = read_step(back.steps[number])
        assert step.noisy.width == 512
        assert len(step.snapshot) == 400_000
        assert sum(read_bytes) < 1.1 * 400_000  # the pictures, of one colour each, are packed
    assert back.nbytes < 2 << 20  # the thumbnails and the picture; the other pictures and the snapshots are not in memory


def test_a_step_of_a_later_version_that_knows_more_is_read(folder, monkeypatch):
    run = recorded.record(folder)
    monkeypatch.setattr(journals, "NUMBERS", journals.NUMBERS[:4])  # written by one that knew less
    old = recorded.record(folder)
    monkeypatch.undo()
    assert all_same(read(path_of(folder, run.id)).run.steps, run.steps)
    assert read(path_of(folder, old.id)).run.steps[2].change == 0.0
    assert replace(run.steps[2], change=0.0).sigma == read(path_of(folder, old.id)).run.steps[2].sigma


@pytest.mark.parametrize("side", [8, 256])  # px; small estimates are stored as the thumbnail only
def test_the_newest_picture_of_a_run_is_its_estimate_however_it_is_stored(folder, side):
    run = recorded.record(folder, last=3, ending=Ending.STOPPED, side=side)
    newest = read_newest_picture(path_of(folder, run.id))
    assert (newest.width, newest.height) == (side, side)
    assert all(abs(ours - theirs) < 12 for ours, theirs in zip(newest.data[:3], run.steps[-1].estimate.data[:3], strict=True))
    only_noise = recorded.record(folder, last=0, ending=Ending.STOPPED, side=side)
    assert read_newest_picture(path_of(folder, only_noise.id)).width == side
