"""The recent pictures: found again, moved to the trash, restored."""

from datetime import datetime

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels, Run
from desktop.library.artwork import TEMPLATE, Artwork, save_in
from desktop.studio.notices import NoticeKind, Notices
from desktop.studio.pictures import Pictures

PIXELS = Pixels(8, 8, bytes(range(192)))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "pictures"


@pytest.fixture
async def pictures():
    notices = Notices()
    pictures = Pictures(notices)
    pictures.told = []
    notices.listen(pictures.told.append)
    return pictures


def saved(folder, prompt):
    return save_in(Artwork(PIXELS, Recipe.of(prompt=prompt), {}, datetime.now().astimezone()), folder, TEMPLATE)


async def test_pictures_of_earlier_sessions_are_found_newest_first(pictures, folder):
    made = [saved(folder, prompt) for prompt in ("fox", "狐狸")]
    await pictures.load(folder)
    assert {recent.path for recent in pictures.recent} == set(made)
    assert all(recent.thumbnail for recent in pictures.recent)


async def test_a_new_picture_comes_first_and_only_once(pictures, folder):
    old = saved(folder, "old")
    await pictures.load(folder)
    run = Run(Recipe.of(prompt="new"), picture=PIXELS)
    pictures.add(run)  # not saved yet: in memory only
    assert pictures.recent[0].run is run
    run.path = saved(folder, "new")
    pictures.add(run)
    assert [recent.path for recent in pictures.recent] == [run.path, old]
    await pictures.load(folder)
    assert len(pictures.recent) == 2


async def test_deleting_moves_to_the_trash_and_undo_brings_back(pictures, folder, own_folders):
    path = saved(folder, "狐狸")
    content = path.read_bytes()
    await pictures.load(folder)
    pictures.delete(pictures.recent[0])
    assert not path.exists()
    assert pictures.recent == []
    assert list((own_folders / "data" / "Trash" / "files").iterdir())
    notice = pictures.told[-1]
    assert notice.kind is NoticeKind.DONE
    notice.actions[0].run()
    assert path.read_bytes() == content
    assert [recent.path for recent in pictures.recent] == [path]
    assert not list((own_folders / "data" / "Trash" / "info").iterdir())


async def test_undo_never_overwrites_what_is_there_by_now(pictures, folder):
    path = saved(folder, "fox")
    await pictures.load(folder)
    pictures.delete(pictures.recent[0])
    path.write_bytes(b"something else")
    pictures.told[-1].actions[0].run()
    assert path.read_bytes() == b"something else"
    assert pictures.told[-1].kind is NoticeKind.ERROR
