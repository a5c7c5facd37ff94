"""The journal of a run after every kind of ending, on slow, full or failing disks, and with other processes."""

import errno
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from desktop.diffusion.control import Control, Stop
from desktop.diffusion.run import Ending, Phase, Picture, Run, Step
from desktop.errors import NotResumable, RecordingBusy, RecordingNewer
from desktop.library import journal as journals
from desktop.library import records
from desktop.library.journal import Journal, path_of
from desktop.library.recording import read, read_step
from tests import recorded
from tests.recorded import all_same
from tests.small_disks import printed_json

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "recordings"


# -- there and back


def test_a_run_comes_back(folder):
    run = recorded.record(folder)
    back = read(path_of(folder, run.id))
    assert back.problem is None
    assert (back.run.id, back.run.recipe, back.run.plan, back.run.picture) == (run.id, run.recipe, run.plan, run.picture)
    assert (back.run.path, back.run.ending, back.run.pinned) == (run.path, Ending.FINISHED, False)
    assert all_same(back.run.steps, run.steps)
    assert [step.number for step in back.run.steps] == list(range(6))
    assert math.isinf(back.run.steps[0].sigma)
    for step, original in zip(back.run.steps, run.steps, strict=True):
        for name in journals.PICTURES:
            seen, made = getattr(read_step(step), name), getattr(original, name)
            assert (seen is None) == (made is None)
            if made:
                assert max(abs(one - other) for one, other in zip(seen.data, made.data, strict=True)) <= 4


def test_without_previews_there_are_none(folder):
    run = Run(recorded.RECIPE)
    journal = Journal.begin(folder, run)
    bare = Step(0, 999.0, math.inf, 0.0, 0.0, 0.0, None, None, None, True, b"all there is")
    for event in (next(recorded.events()), bare):
        run.record(event)
        journal.append(event)
    run.end(Ending.PAUSED)
    journal.close()
    [step] = map(read_step, read(path_of(folder, run.id)).run.steps)
    assert (step.estimate, step.noisy, step.thumbnail, step.snapshot) == (None, None, None, b"all there is")


@pytest.mark.parametrize("ending", [Ending.PAUSED, Ending.STOPPED, Ending.FAILED])
def test_a_run_that_was_ended_early_says_how(folder, ending):
    run = recorded.record(folder, last=3, ending=ending)
    back = read(path_of(folder, run.id))
    assert (back.run.ending, len(back.run.steps), back.run.picture, back.run.path) == (ending, 4, None, None)


def test_a_resumed_run_continues_in_its_file(folder):
    run = recorded.record(folder, last=1, ending=Ending.PAUSED)
    back = read(path_of(folder, run.id)).run
    back.end(Ending.RUNNING)
    recorded.record(folder, back, last=3, ending=Ending.PAUSED)
    third = read(path_of(folder, run.id)).run
    third.end(Ending.RUNNING)
    recorded.record(folder, third)
    finished = read(path_of(folder, run.id)).run
    assert all_same(finished.steps, [event for event in recorded.events() if isinstance(event, Step)])
    assert (finished.ending, finished.picture) == (Ending.FINISHED, recorded.pixels(99))
    assert os.listdir(folder) == [f"{run.id}.run"]


def test_where_the_run_went_back_what_was_behind_counts_no_more(folder):
    run = recorded.record(folder, last=4, ending=Ending.PAUSED)
    journal = Journal.begin(folder, run)
    for number in (2, 3):
        again = recorded.step(number, seed=1)
        run.record(again)
        journal.append(again)
    journal.close()
    assert all_same(read(path_of(folder, run.id)).run.steps, run.steps)
    assert [step.number for step in run.steps] == [0, 1, 2, 3]


def test_a_run_of_which_there_is_nothing_to_see_leaves_nothing(folder):
    for ending in (Ending.FAILED, Ending.STOPPED):
        run = Run(recorded.RECIPE)
        journal = Journal.begin(folder, run)
        journal.append(Phase.LOADING)
        run.end(ending)
        journal.close()
        assert os.listdir(folder) == []


def test_a_refinement_removes_the_finished_picture_from_the_journal(folder):
    run = recorded.record(folder)
    again = recorded.step(5, seed=1)
    journal = Journal.begin(folder, run)
    run.record(again)
    journal.append(again)
    run.picture, run.ending = None, Ending.PAUSED
    journal.close()
    assert read(path_of(folder, run.id)).run.picture is None


# -- in time


def test_what_is_made_can_be_read_while_more_is_made(folder):
    run = Run(recorded.RECIPE)
    journal = Journal.begin(folder, run)
    for event in recorded.events():
        run.record(event)
        journal.append(event)
        while len(read(path_of(folder, run.id)).run.steps) < len(run.steps):
            time.sleep(0.001)
        back = read(path_of(folder, run.id))
        assert (back.problem, back.run.ending) == (None, Ending.RUNNING)
        assert all_same(back.run.steps, run.steps)
    journal.close()


def test_nothing_waits_longer_than_half_a_second_for_the_disk(folder, monkeypatch):
    synced: list[float] = []
    sync = records.Appender.sync
    monkeypatch.setattr(records.Appender, "sync", lambda self: (sync(self), synced.append(time.monotonic())))
    journal = Journal.begin(folder, Run(recorded.RECIPE))
    begun = time.monotonic()
    for number in range(40):
        journal.append(recorded.step(number, calls=40))
        time.sleep(0.02)
    assert len(synced) <= (time.monotonic() - begun) / journals.SYNC_SECONDS  # not each one: a flush is dear
    while not synced or synced[-1] < begun + 0.8:  # also when nothing more comes
        time.sleep(0.01)
    journal.close()


def test_a_slow_disk_makes_the_run_wait_and_lets_it_be_stopped(folder, monkeypatch):
    writing, may_write = threading.Event(), threading.Event()
    append = records.Appender.append

    def slowly(self, entries):
        writing.set()
        may_write.wait(20)
        append(self, entries)

    run, control, waited = Run(recorded.RECIPE), Control(), []
    journal = Journal.begin(folder, run)
    monkeypatch.setattr(records.Appender, "append", slowly)
    monkeypatch.setattr(journals, "MOST_WAITING", 1300)
    [plan, *steps] = [event for event in recorded.events() if not isinstance(event, Picture)]
    for event in (plan, *steps[:4]):  # 232 bytes and 424 each: more than enough with the last
        run.record(event)
        journal.append(event)
    assert writing.wait(5)

    journal.append(steps[4], control)
    assert control.is_held

    def boundary():
        try:
            control.after_step(4, 5)
        except Stop:
            waited.append("stopped")

    waiting = threading.Thread(target=boundary)
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    control.stop()
    waiting.join(5)
    assert waited == ["stopped"]
    may_write.set()
    run.record(steps[4])
    run.end(Ending.PAUSED)
    journal.close()
    assert not control.is_held
    assert journal.problem is None
    assert all_same(read(path_of(folder, run.id)).run.steps, run.steps)


# -- where the disk refuses


@pytest.mark.slow
@pytest.mark.parametrize("persistent", [False, True], ids=["once", "persistent"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
def test_after_any_disk_error_the_run_continues_and_the_file_is_valid(folder, system, error, persistent):
    for number in range(1, 200):
        faulty = system(fail_at=number, error=error, persistent=persistent, most_written=2000)
        run = Run(recorded.RECIPE)
        journal = Journal.begin(folder, run)
        for event in recorded.events(calls=2):
            run.record(event)
            journal.append(event)
        journal.announce(folder / "picture.png")  # returns although the journal is closed
        run.end(Ending.FINISHED)
        journal.close()
        assert len(run.steps) == 3
        assert isinstance(journal.problem, NotResumable | None)
        assert bool(journal.problem) or not set(faulty.failed) - {"close"}
        system()
        path = path_of(folder, run.id)
        if path.exists():
            back = read(path)
            assert all_same(back.run.steps, run.steps[: len(back.run.steps)])
            if faulty.failed == ["write"]:
                assert len(back.run.steps) == 3  # there was room again in the end
                assert back.run.ending in (Ending.FINISHED, Ending.PAUSED)  # PAUSED: that was the write that failed
        if not faulty.failed:
            break
    assert number > 20


@pytest.mark.slow
def test_a_really_full_disk_costs_the_recording_and_no_more(tmp_path):
    script = f"""
        import json
        from pathlib import Path
        from desktop.diffusion.run import Ending, Run, Step
        from desktop.library.journal import Journal, path_of
        from desktop.library.recording import read, read_step
        from tests import recorded
        from tests.small_disks import SmallDisk
        folder = Path({str(tmp_path)!r})
        report = []
        for size in range(64, 64 + 10 * 24, 24):
            disk = folder / str(size)
            small = SmallDisk(disk, size)
            for freed in (False, True):
                run = Run(recorded.RECIPE)
                (disk / "ballast").write_bytes(b"x" * 16384)
                journal = Journal.begin(disk, run)
                told = set()
                for event in recorded.events(calls=30, snapshot=30_000):
                    run.record(event)
                    journal.append(event)
                    told.add(str(journal.problem))
                journal._thread.join(0.3)
                if freed:
                    (disk / "ballast").unlink()
                    small.enlarge()
                run.end(Ending.FINISHED)
                journal.close()
                back = read(path_of(disk, run.id)).run
                whole = all(read_step(step).snapshot == run.steps[step.number].snapshot for step in back.steps)
                report.append([freed, str(journal.problem), whole, len(back.steps), back.ending])
                path_of(disk, run.id).unlink()
        print(json.dumps(report))
    """
    report = printed_json(script, tmp_path)
    assert len(report) == 20
    for freed, problem, whole, steps, ending in report:
        assert "the disk is full" in problem
        assert whole
        if freed:
            assert (steps, ending) == (31, "finished")
        else:
            assert steps < 31


def test_an_unwritable_folder_is_reported_and_the_run_continues(tmp_path):
    (tmp_path / "recordings").write_bytes(b"a file in the way")
    run = Run(recorded.RECIPE)
    journal = Journal.begin(tmp_path / "recordings", run)
    assert "it is not a folder" in str(journal.problem)
    for event in recorded.events():
        journal.append(event)
    journal.close()
    assert (tmp_path / "recordings").read_bytes() == b"a file in the way"


def test_events_lost_on_a_full_disk_are_written_when_the_run_resumes(folder, system):
    faulty = system(fail_at=22, error=errno.ENOSPC, persistent=True, most_written=1500)
    run = Run(recorded.RECIPE)
    journal = Journal.begin(folder, run)
    for event in [event for event in recorded.events() if not isinstance(event, Picture)][:5]:
        run.record(event)
        journal.append(event)
    run.end(Ending.PAUSED)
    journal.close()
    assert faulty.failed
    system()
    assert len(read(path_of(folder, run.id)).run.steps) < len(run.steps)
    recorded.record(folder, run)
    assert all_same(read(path_of(folder, run.id)).run.steps, run.steps)


@pytest.mark.parametrize("size", [0, 10, 37, 60])
def test_a_file_damaged_at_its_start_is_created_again(folder, size):
    run = recorded.record(folder, last=2, ending=Ending.PAUSED)
    path = recorded.torn(folder, run, size)
    path.write_bytes(path.read_bytes() + b"\xff" * 500)
    recorded.record(folder, run)
    assert all_same(read(path).run.steps, run.steps)


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x10
    path.write_bytes(data)


def crash(folder: Path, run: Run, *events: Step | Picture) -> None:
    """Resume `run`, write `events`, and get killed once they are on disk."""
    journal = Journal.begin(folder, run)
    for event in events:
        run.record(event)
        journal.append(event)
    journal.announce(folder / "picture.png")
    data = path_of(folder, run.id).read_bytes()
    journal.close()
    path_of(folder, run.id).write_bytes(data)


def test_a_flipped_bit_in_the_first_record_recreates_a_closed_file(folder):
    run = recorded.record(folder, last=2, ending=Ending.PAUSED)
    flip(path_of(folder, run.id), 120)
    anew = Run(run.recipe, id=run.id, ending=Ending.RUNNING)
    [plan, *steps] = [event for event in recorded.events() if not isinstance(event, Picture)]
    anew.record(plan)
    crash(folder, anew, *steps[:2])
    assert all_same(read(path_of(folder, run.id)).run.steps, steps[:2])


def test_what_is_made_behind_a_damaged_step_outlives_a_kill(folder):
    run = recorded.record(folder, last=4, ending=Ending.PAUSED)
    with records.opened(path_of(folder, run.id)) as file:
        damaged = [record for record in records.whole(file, journals.start_of(run.id)) if record.kind == journals.RecordKind.SNAPSHOT][3]
    flip(path_of(folder, run.id), damaged.offset)
    back = read(path_of(folder, run.id)).run
    assert len(back.steps) == 3
    back.end(Ending.RUNNING)
    again = [recorded.step(3, seed=1), recorded.step(4, seed=1)]
    steps = run.steps[:3] + again
    crash(folder, back, *again)
    assert all_same(read(path_of(folder, run.id)).run.steps, steps)


def test_a_run_of_a_later_version_is_left_alone(folder, monkeypatch):
    monkeypatch.setattr(journals, "VERSION", 2)
    run = recorded.record(folder, last=2, ending=Ending.PAUSED)
    monkeypatch.undo()
    data = path_of(folder, run.id).read_bytes()
    with pytest.raises(RecordingNewer):
        Journal.begin(folder, run)
    assert path_of(folder, run.id).read_bytes() == data


# -- beside others


def test_two_processes_do_not_make_the_same_run(folder, monkeypatch):
    monkeypatch.setattr(records, "PATIENCE", 0.05)
    run = recorded.record(folder, last=2, ending=Ending.PAUSED)
    script = f"""
        import sys
        from pathlib import Path
        from desktop.library.journal import Journal, path_of
        from desktop.library.recording import read
        folder = Path({str(folder)!r})
        journal = Journal.begin(folder, read(path_of(folder, {run.id!r})).run)
        print("begun", flush=True)
        sys.stdin.readline()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"begun\n"
        with pytest.raises(RecordingBusy):
            Journal.begin(folder, run)
        assert read(path_of(folder, run.id)).run.ending is Ending.PAUSED
        other.send_signal(signal.SIGKILL)
        other.wait()
        recorded.record(folder, run)  # a dead one holds nothing
    assert read(path_of(folder, run.id)).run.ending is Ending.FINISHED


@pytest.mark.slow
def test_the_kernel_sees_write_flush_link_flush_of_the_folder_and_then_flushes_before_and_behind_the_contents(tmp_path):
    """Where strace may not look, `test_records.py` and `test_safe_file.py` stand."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    script = f"""
        from pathlib import Path
        from tests import recorded
        for number in range(5):
            recorded.record(Path({str(folder)!r}))
    """
    trace = tmp_path / "trace"
    command = [sys.executable, "-c", textwrap.dedent(script)]
    strace = ["strace", "-f", "-y", "-o", str(trace), "-e", "trace=write,fsync,fdatasync,linkat,link,rename,ftruncate"]
    traced = bool(shutil.which("strace")) and subprocess.run([*strace, "true"], capture_output=True).returncode == 0
    subprocess.run([*strace, *command] if traced else command, check=True, cwd=ROOT, capture_output=True)
    assert len(list(folder.glob("*.run"))) == 5
    if traced:
        steps = []
        for line in trace.read_text().splitlines():
            if str(folder) in line and (call := re.search(r"(\w+)\((?:\d+<([^>]*)>)?", line)):
                name, target = call.groups()
                steps.append("sync-folder" if name == "fsync" and target == str(folder) else name)
        created, step, announced = "write fsync linkat sync-folder ", "write (fsync )?", "write fsync "
        closed = "write fsync write fsync "
        one = f"{created}({step}){{8}}{announced}{closed}"  # plan, six steps, picture: a call each; where the picture is to be saved
        assert re.fullmatch(f"({one}){{5}}", " ".join([*steps, ""]))
