"""The recent pictures: found again, moved to the trash, restored."""

import threading
from datetime import datetime

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels, Run
from desktop.library.artwork import TEMPLATE, Artwork, save_in
from desktop.studio.notices import Notice, NoticeKind, Notices
from desktop.studio.picture_files import from_trash, to_trash
from desktop.studio.pictures import Pictures
from tests.awaited import until

PIXELS = Pixels(8, 8, bytes(range(192)))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "pictures"


@pytest.fixture
async def pictures(folder):
    notices = Notices()
    pictures = Pictures(notices, folder)
    pictures.told = []
    notices.listen(pictures.told.append)
    return pictures


def saved(folder, prompt):
    return save_in(Artwork(PIXELS, Recipe.of(prompt=prompt), {}, datetime.now().astimezone()), folder, TEMPLATE)


async def test_pictures_of_earlier_sessions_are_found_newest_first(pictures, folder):
    made = [saved(folder, prompt) for prompt in ("fox", "狐狸")]
    await pictures.load()
    assert {recent.path for recent in pictures.recent} == set(made)
    assert all(recent.thumbnail for recent in pictures.recent)


async def test_a_new_picture_comes_first_and_only_once(pictures, folder):
    old = saved(folder, "old")
    await pictures.load()
    run = Run(Recipe.of(prompt="new"), picture=PIXELS)
    pictures.add(run)  # not saved yet: in memory only
    assert pictures.recent[0].run is run
    run.path = saved(folder, "new")
    pictures.add(run)
    assert [recent.path for recent in pictures.recent] == [run.path, old]
    await pictures.load()
    assert len(pictures.recent) == 2


async def test_a_picture_is_saved_in_the_folder_and_under_the_name_that_are_set_now(pictures, folder, tmp_path):
    picture, announced = Artwork(PIXELS, Recipe.of(prompt="fox", seed=7), {}, datetime(2026, 1, 2, 3, 4, 5).astimezone()), []
    assert pictures.save(picture) == folder / "2026-01-02" / "030405-7-fox.png"
    pictures.folder, pictures.template = tmp_path / "elsewhere", "{seed}"
    path = pictures.save(picture, announced.append)
    assert path == tmp_path / "elsewhere" / "2026-01-02" / "7.png"
    assert path.exists()
    assert announced == [path]


async def deleted(pictures) -> Notice:
    """Delete the newest picture; return what the user is told."""
    pictures.delete(pictures.recent[0])
    await until(lambda: pictures.told)
    return pictures.told[-1]


async def test_deleting_moves_to_the_trash_and_undo_brings_back(pictures, folder, own_folders):
    path = saved(folder, "狐狸")
    content = path.read_bytes()
    await pictures.load()
    notice = await deleted(pictures)
    assert not path.exists()
    assert pictures.recent == []
    assert list((own_folders / "data" / "Trash" / "files").iterdir())
    assert notice.kind is NoticeKind.DONE
    notice.actions[0].run()
    await until(lambda: pictures.recent)
    assert path.read_bytes() == content
    assert [recent.path for recent in pictures.recent] == [path]
    assert not list((own_folders / "data" / "Trash" / "info").iterdir())


async def test_undo_never_overwrites_what_is_there_by_now(pictures, folder):
    path = saved(folder, "fox")
    await pictures.load()
    notice = await deleted(pictures)
    path.write_bytes(b"something else")
    notice.actions[0].run()
    await until(lambda: len(pictures.told) > 1)
    assert path.read_bytes() == b"something else"
    assert pictures.told[-1].kind is NoticeKind.ERROR


async def test_a_picture_that_cannot_be_deleted_comes_back(pictures, folder):
    saved(folder, "old")
    await pictures.load()
    pictures.add(Run(Recipe.of(prompt="new"), picture=PIXELS))
    [_, old] = pictures.recent
    old.path.unlink()
    pictures.delete(old)
    assert old not in pictures.recent
    await until(lambda: pictures.told)
    assert pictures.told[-1].kind is NoticeKind.ERROR
    assert pictures.recent[1] is old


async def test_the_gui_thread_moves_no_file(pictures, folder, monkeypatch):
    threads = []

    def watched(move):
        def moved(*paths):
            threads.append(threading.current_thread())
            return move(*paths)

        return moved

    path = saved(folder, "fox")
    await pictures.load()
    monkeypatch.setattr("desktop.studio.picture_files.to_trash", watched(to_trash))
    monkeypatch.setattr("desktop.studio.picture_files.from_trash", watched(from_trash))
    notice = await deleted(pictures)
    notice.actions[0].run()
    await until(lambda: pictures.recent)
    assert path.exists()
    assert len(threads) == 2
    assert threading.main_thread() not in threads
