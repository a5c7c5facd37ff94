"""Picture files are renamed and moved, and all of it can be undone."""

import errno
import os

import pytest

from desktop.library import safe_file
from desktop.studio.notices import NoticeKind, Notices
from desktop.studio.picture_files import Moved, PictureFiles
from desktop.studio.undo import Undo
from tests.awaited import until


@pytest.fixture
async def files(tmp_path):
    notices = Notices()
    undo = Undo(notices)
    files = PictureFiles(notices, undo)
    files.changes = undo
    files.told, files.seen = [], []
    notices.listen(files.told.append)
    files.moved.connect(files.seen.extend)
    return files


@pytest.fixture
def pair(tmp_path):
    """Two files that stand for pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(name.encode())
    return folder / "a.png", folder / "b.png"


async def told(files, count: int = 1):
    await until(lambda: len(files.told) >= count)
    return files.told[-1]


async def test_a_picture_is_renamed_and_keeps_its_suffix(files, pair):
    files.rename(pair[0], "  ")  # no name: nothing happens
    files.rename(pair[0], "红苹果: the best/1")
    await told(files)
    target = pair[0].with_name("红苹果 the best 1.png")
    assert target.read_bytes() == b"a.png"
    assert files.seen == [Moved(pair[0], target)]
    files.seen.clear()
    files.changes.undo()
    await until(lambda: files.seen)
    assert pair[0].exists()
    assert not target.exists()


async def test_no_file_is_overwritten_by_renaming(files, pair):
    files.rename(pair[0], "b")
    notice = await told(files)
    assert notice.kind is NoticeKind.ERROR
    assert "already exists" in notice.template
    assert [path.read_bytes() for path in pair] == [b"a.png", b"b.png"]


async def test_files_are_moved_under_free_names_and_back(files, pair, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"another")
    files.move(pair, folder)
    await told(files)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a.png": b"another", "a-2.png": b"a.png", "b.png": b"b.png"}
    assert files.seen == [Moved(pair[0], folder / "a-2.png"), Moved(pair[1], folder / "b.png")]
    files.seen.clear()
    files.changes.undo()
    await until(lambda: files.seen)
    assert all(path.exists() for path in pair)
    assert [path.name for path in folder.iterdir()] == ["a.png"]


async def test_a_file_that_cannot_be_moved_stays_and_is_named(files, pair, tmp_path):
    pair[0].unlink()
    files.move(pair, tmp_path)
    notice = await told(files, 2)
    assert [each.kind for each in files.told] == [NoticeKind.ERROR, NoticeKind.UNDO]
    assert files.told[0].values["file"] == "a.png"
    assert notice.values["count"] == 1
    assert (tmp_path / "b.png").exists()


async def test_a_file_goes_to_another_disk_with_its_date(files, pair, tmp_path, monkeypatch):
    os.utime(pair[0], ns=(5 * 10**9, 7 * 10**9))

    def refuse(*_, **__):
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(safe_file, "_name_if_free", refuse)
    files.move([pair[0]], tmp_path)
    await told(files)
    assert not pair[0].exists()
    assert (tmp_path / "a.png").read_bytes() == b"a.png"
    assert (tmp_path / "a.png").stat().st_mtime_ns == 7 * 10**9


async def test_a_file_with_the_recipe_goes_with_its_picture_and_comes_back(files, pair, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    recipe = "a fox\nSteps: 20, Sampler: DDIM, CFG scale: 7, Seed: 1, Size: 64x64"
    beside = pair[0].with_suffix(".txt")
    beside.write_text(recipe)
    pair[1].with_suffix(".txt").write_text("words for training")
    (folder / "a.png").write_bytes(b"another")
    files.move(pair, folder)
    notice = await told(files)
    assert notice.values["count"] == 2
    assert (folder / "a-2.txt").read_text() == recipe
    assert not (folder / "b.txt").exists()
    files.seen.clear()
    files.changes.undo()
    await until(lambda: files.seen)
    files.rename(pair[0], "fox")
    await told(files, 3)
    assert pair[0].with_name("fox.txt").read_text() == recipe
