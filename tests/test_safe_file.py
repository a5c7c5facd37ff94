"""Atomic writes under failing and short system calls, kills, and full disks."""

import errno
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from desktop.library import safe_file
from tests.small_disks import printed_json

ROOT = Path(__file__).parent.parent
DATA = bytes(range(256)) * 800  # 200 KB
OLD = b"what was there before"
ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.ENFILE)


def strays(folder: Path) -> list[Path]:
    return list(folder.glob(f"{safe_file.ASIDE}*"))


@pytest.fixture(params=[True, False], ids=["nameless", "aside"])
def tmpfile(request):
    return request.param


def test_a_new_file_holds_every_byte(tmp_path, system, tmpfile):
    system(tmpfile=tmpfile)
    safe_file.create(tmp_path / "new", DATA)
    assert os.listdir(tmp_path) == ["new"]
    assert (tmp_path / "new").read_bytes() == DATA


def test_an_old_file_is_never_overwritten(tmp_path, system, tmpfile):
    system(tmpfile=tmpfile)
    (tmp_path / "old").write_bytes(OLD)
    with pytest.raises(FileExistsError):
        safe_file.create(tmp_path / "old", DATA)
    assert (tmp_path / "old").read_bytes() == OLD
    assert os.listdir(tmp_path) == ["old"]


def test_without_hard_links_the_file_is_renamed_where_nothing_is(tmp_path, system, monkeypatch):
    faulty = system(tmpfile=False)
    monkeypatch.setattr(faulty, "link", lambda *_, **__: (_ for _ in ()).throw(OSError(errno.EPERM, "as FAT answers")), raising=False)
    safe_file.create(tmp_path / "new", DATA)
    assert (tmp_path / "new").read_bytes() == DATA
    with pytest.raises(FileExistsError):
        safe_file.create(tmp_path / "new", b"other")
    assert (tmp_path / "new").read_bytes() == DATA
    assert os.listdir(tmp_path) == ["new"]


@pytest.mark.parametrize("write", [safe_file.create, safe_file.replace])
def test_short_writes_are_carried_on(tmp_path, system, tmpfile, write):
    faulty = system(tmpfile=tmpfile, most_written=4096)
    write(tmp_path / "new", DATA)
    assert [name for name, _ in faulty.calls].count("write") == 50
    assert (tmp_path / "new").read_bytes() == DATA


def test_a_length_that_is_not_ours_is_no_success(tmp_path, system, tmpfile, monkeypatch):
    faulty = system(tmpfile=tmpfile)
    monkeypatch.setattr(faulty, "write", lambda descriptor, data: os.write(descriptor, data[:-1]) + 1, raising=False)  # a lying disk
    with pytest.raises(OSError, match="Input/output"):
        safe_file.create(tmp_path / "new", DATA)
    assert os.listdir(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("persistent", [False, True], ids=["once", "persistent"])
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
def test_any_failing_call_leaves_the_whole_new_file_or_none(tmp_path, system, tmpfile, error, persistent):
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        faulty = system(fail_at=number, error=error, persistent=persistent, tmpfile=tmpfile)
        try:
            safe_file.create(folder / "new", DATA)
            assert (folder / "new").read_bytes() == DATA
        except OSError as problem:
            assert problem.errno == error  # noqa: PT017   it may succeed as well
            if "unlink" not in faulty.failed:
                assert os.listdir(folder) == []
            else:  # could not even be tidied up: whole all the same, or aside
                assert all(path.read_bytes() == DATA for path in folder.glob("new"))
        system()
        safe_file.sweep(folder)
        assert strays(folder) == []
        if not faulty.failed:
            break
    assert number > 8  # the loop ends with a clean run after all the calls there are


@pytest.mark.parametrize("persistent", [False, True], ids=["once", "persistent"])
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
def test_any_failing_call_leaves_the_old_content_or_the_new(tmp_path, system, error, persistent):
    for number in range(1, 100):
        (tmp_path / "settings").write_bytes(OLD)
        faulty = system(fail_at=number, error=error, persistent=persistent)
        try:
            safe_file.replace(tmp_path / "settings", DATA)
            assert (tmp_path / "settings").read_bytes() == DATA
        except OSError as problem:
            assert problem.errno == error  # noqa: PT017   it may succeed as well
            assert (tmp_path / "settings").read_bytes() in (OLD, DATA)
        system()
        safe_file.sweep(tmp_path)
        assert os.listdir(tmp_path) == ["settings"]
        if not faulty.failed:
            break
    assert number > 8


def test_the_folder_comes_last(tmp_path, system, tmpfile):
    faulty = system(tmpfile=tmpfile)
    safe_file.create(tmp_path / "new", DATA)
    steps = [name for name, _ in faulty.calls if name in ("write", "fsync", "link")]
    assert steps == ["write", "fsync", "link", "fsync"]
    folder = next(number for number, call in enumerate(faulty.calls) if call == ("open", tmp_path))
    assert folder == 0  # the last fsync is of the folder: the first descriptor that was opened
    synced = [descriptor for name, descriptor in faulty.calls if name == "fsync"]
    written = next(descriptor for name, descriptor in faulty.calls if name == "write")
    assert synced[0] == written
    assert synced[1] != written


def test_the_kernel_sees_the_same_order(tmp_path):
    """write → fsync → linkat → fsync of the folder, 20 times over; where strace may not look, `test_the_folder_comes_last` stands."""
    script = f"""
        from pathlib import Path
        from desktop.library import safe_file
        for number in range(20):
            safe_file.create(Path({str(tmp_path)!r}) / f"new-{{number}}", b"safelight" * 1000)
    """
    trace = tmp_path.with_suffix(".trace")
    command = [sys.executable, "-c", textwrap.dedent(script)]
    strace = ["strace", "-f", "-y", "-o", str(trace), "-e", "trace=write,fsync,fdatasync,linkat,link,rename"]
    traced = bool(shutil.which("strace")) and subprocess.run([*strace, "true"], capture_output=True).returncode == 0
    subprocess.run([*strace, *command] if traced else command, check=True, cwd=ROOT, capture_output=True)
    assert len(list(tmp_path.glob("new-*"))) == 20
    if traced:
        ours = [line for line in trace.read_text().splitlines() if str(tmp_path) in line]
        steps = []
        for line in ours:
            call, target = re.search(r"(\w+)\((?:\d+<([^>]*)>)?", line).groups()
            steps.append("sync folder" if call == "fsync" and target == str(tmp_path) else call)
        assert steps == ["write", "fsync", "linkat", "sync folder"] * 20


def test_missing_folders_are_made_and_flushed(tmp_path, system):
    faulty = system()
    safe_file.make_folder(tmp_path / "a" / "b")
    safe_file.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert [name for name, _ in faulty.calls] == ["mkdir", "open", "fsync", "close"] * 2


def test_a_file_in_the_way_of_a_folder_is_an_error(tmp_path):
    (tmp_path / "a").write_bytes(OLD)
    with pytest.raises(OSError, match="Not a directory"):
        safe_file.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a").read_bytes() == OLD


def test_sweeping_leaves_alone_what_is_being_written(tmp_path):
    (tmp_path / "picture.png").write_bytes(OLD)
    (tmp_path / f"{safe_file.ASIDE}stray").write_bytes(OLD)
    with open(tmp_path / f"{safe_file.ASIDE}busy", "wb") as busy:
        safe_file.lock(busy.fileno())
        safe_file.sweep(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {"picture.png", f"{safe_file.ASIDE}busy"}
    (tmp_path / "2026-11-22").mkdir()
    (tmp_path / "2026-11-22" / f"{safe_file.ASIDE}stray").write_bytes(OLD)
    safe_file.sweep(tmp_path)
    assert {path.name for path in tmp_path.rglob("*")} == {"picture.png", "2026-11-22"}
    safe_file.sweep(tmp_path / "not there")


def test_only_ordinary_files_of_a_sane_size_are_read(tmp_path):
    (tmp_path / "file").write_bytes(DATA)
    assert safe_file.read(tmp_path / "file", len(DATA)) == DATA
    with pytest.raises(OSError) as larger:
        safe_file.read(tmp_path / "file", len(DATA) - 1)
    assert larger.value.errno == errno.EFBIG
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "missing", Path("/dev/zero")):
        with pytest.raises(OSError):
            safe_file.read(path, 100)


@pytest.mark.slow
def test_killed_between_any_two_calls_the_file_is_whole_or_absent(tmp_path):
    """A child kills itself before its n-th system call, n = 1, 2, 3 … until it lives."""
    script = f"""
        import os, signal, sys
        from pathlib import Path
        from desktop.library import safe_file
        from tests.faulty_os import FaultyOs

        class Deadly(FaultyOs):
            def _call(self, name, arguments, named):
                if len(self.calls) + 1 == int(sys.argv[2]):
                    os.kill(os.getpid(), signal.SIGKILL)
                return super()._call(name, arguments, named)

        for number in range(1, 100):
            for tmpfile in (True, False):
                for write, name in ((safe_file.create, "new"), (safe_file.replace, "old")):
                    sys.argv[1:] = ["", str(number)]
                    child = os.fork()
                    if not child:
                        safe_file.os = Deadly(tmpfile=tmpfile)
                        write(Path({str(tmp_path)!r}) / f"{{number}}-{{tmpfile}}-{{name}}", b"new" * 100_000)
                        os._exit(0)
                    print(number, tmpfile, name, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            if number == 20:
                break
    """
    for number in range(1, 21):
        for tmpfile in (True, False):
            (tmp_path / f"{number}-{tmpfile}-old").write_bytes(OLD)
    output = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    killed = 0
    for line in output.splitlines():
        number, tmpfile, name, status = line.split()
        path = tmp_path / f"{number}-{tmpfile}-{name}"
        killed += status == "-9"
        if status == "0":
            assert path.read_bytes() == b"new" * 100_000
        elif name == "old":
            assert path.read_bytes() in (OLD, b"new" * 100_000)
        else:
            assert not path.exists() or path.read_bytes() == b"new" * 100_000
    assert killed >= 30
    safe_file.sweep(tmp_path)
    assert strays(tmp_path) == []


def test_a_really_full_disk_is_never_called_a_success(tmp_path):
    script = f"""
        import json, os
        from pathlib import Path
        from desktop.library import safe_file
        from tests.small_disks import SmallDisk
        folder = Path({str(tmp_path)!r})
        data, report = os.urandom(300_000), []
        for size in range(64, 64 + 20 * 40, 40):
            disk = folder / str(size)
            small = SmallDisk(disk, size)
            saved = []
            try:
                for number in range(5):
                    safe_file.create(disk / str(number), data)
                    saved.append(str(number))
                error = 0
            except OSError as problem:
                error = problem.errno
            report.append([size, error, saved == sorted(os.listdir(disk)), all((disk / name).read_bytes() == data for name in saved)])
        small.enlarge()
        print(json.dumps(report))
    """
    report = printed_json(script, tmp_path)
    assert len(report) == 20
    assert any(error in (errno.ENOSPC, errno.EFBIG) for _, error, _, _ in report)
    assert all(only_whole_ones and intact for _, _, only_whole_ones, intact in report)


@pytest.mark.parametrize("folder", ["file", "file/below"])
def test_a_folder_cannot_be_made_where_a_file_is(tmp_path: Path, folder: str):
    (tmp_path / "file").write_bytes(b"a file in the way")
    with pytest.raises(NotADirectoryError) as raised:
        safe_file.make_folder(tmp_path / folder)
    assert safe_file.why(raised.value) == "it is not a folder"
    assert (tmp_path / "file").read_bytes() == b"a file in the way"


def test_a_name_that_is_taken_is_called_that(tmp_path: Path):
    (tmp_path / "picture.png").touch()
    with pytest.raises(FileExistsError) as raised:
        safe_file.create(tmp_path / "picture.png", b"new")
    assert safe_file.why(raised.value) == "the name is already taken"
