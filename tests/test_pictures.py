"""The recent pictures: found again, taken out, put back."""

from datetime import datetime

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels, Run
from desktop.errors import PicturesFolderMissing
from desktop.library.artwork import TEMPLATE, Artwork, save_in
from desktop.studio.notices import Notices
from desktop.studio.pictures import Pictures
from desktop.studio.undo import Undo

PIXELS = Pixels(8, 8, bytes(range(192)))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "pictures"


@pytest.fixture
async def pictures(folder):
    notices = Notices()
    pictures = Pictures(notices, Undo(notices), folder)
    pictures.told = []
    notices.listen(pictures.told.append)
    return pictures


def saved(folder, prompt):
    return save_in(Artwork(PIXELS, Recipe.of(prompt=prompt), {}, datetime.now().astimezone()), folder, TEMPLATE)


async def test_pictures_of_earlier_sessions_are_found_newest_first(pictures, folder):
    made = [saved(folder, prompt) for prompt in ("fox", "狐狸")]
    await pictures.load()
    assert {recent.path for recent in pictures.recent} == set(made)


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


@pytest.mark.slow
async def test_deleted_pictures_leave_and_come_back_to_their_places(pictures, folder):
    paths = [saved(folder, prompt) for prompt in ("a", "b", "c", "d")]
    await pictures.load()
    before = list(pictures.recent)
    gone = {before[1].path, before[2].path}
    assert pictures.beside(before[1].path, gone) is before[3]
    assert pictures.beside(before[3].path, {before[3].path, *gone}) is before[0]
    assert pictures.beside(before[1].path, set(paths)) is None
    pictures.take_out(gone)
    assert pictures.recent == [before[0], before[3]]
    pictures.put_back(gone)
    assert pictures.recent == before


def test_a_folder_that_cannot_be_created_is_named(pictures, folder):
    assert pictures.make_folder() == folder
    assert folder.is_dir()
    (folder / "file").touch()
    pictures.folder = folder / "file" / "pictures"
    with pytest.raises(PicturesFolderMissing, match="cannot be created"):
        pictures.make_folder()
