"""The gallery between the disk and the window: what it finds, follows and survives."""

import asyncio
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Pixels, Run
from desktop.library import gallery_index, thumbnails
from desktop.library.artwork import Artwork, save, save_in
from desktop.library.gallery_index import VERSION, Query
from desktop.library.likeness import Likeness
from desktop.library.recordings import Recordings
from desktop.library.trash import TrashFolder
from desktop.studio.gallery import Gallery
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notices
from desktop.studio.picture_files import PictureFiles
from desktop.studio.stars import Stars
from desktop.studio.trash import Trash
from desktop.studio.undo import Undo
from tests.awaited import until
from tests.developed import Work
from tests.recorded import record

PIXELS = Pixels(16, 8, bytes(16 * 8 * 3))
NOW = datetime.now().astimezone()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "pictures"


@pytest.fixture
async def gallery(qapp, tmp_path, folder):
    notices = Notices()
    undo, recordings = Undo(notices), Recordings(tmp_path / "recordings", 1 << 30)
    trash = Trash(TrashFolder(tmp_path / "trash"), recordings, Work(), HeldRuns(1 << 30), notices, undo)
    gallery = Gallery(tmp_path / "cache", [folder], recordings, PictureFiles(notices, undo), trash, Stars(), notices)
    gallery.undo = undo
    gallery.told = []
    notices.listen(gallery.told.append)
    yield gallery
    await rest(gallery)
    gallery.close()
    assert [notice for notice in gallery.told if notice.details] == []


async def rest(gallery: Gallery) -> None:
    """All that was started has come to its end."""
    await until(lambda: not gallery._notices._tasks)


async def opened(gallery: Gallery) -> Gallery:
    gallery.open()
    await rest(gallery)
    return gallery


def saved(folder: Path, days: int = 0, run: str = "", **values) -> Path:
    return save_in(Artwork(PIXELS, Recipe.of(**values), {"run": run} if run else {}, NOW - timedelta(days=days)), folder)


def prompts(gallery: Gallery) -> list[str]:
    return [item.prompt for item in gallery.items]


async def test_pictures_are_found_by_day_the_newest_first(gallery, folder):
    for days, prompt in ((2, "old"), (0, "new"), (1, "between")):
        saved(folder, days, prompt=prompt)
    await opened(gallery)
    assert prompts(gallery) == ["new", "between", "old"]
    assert [group.heading for group in gallery.groups] == [(NOW - timedelta(days=days)).date() for days in range(3)]
    assert gallery.facets.total == 3
    assert gallery.problems == []


async def test_without_a_picture_there_is_nothing_and_nothing_is_wrong(gallery):
    await opened(gallery)
    assert gallery.items == gallery.problems == []


async def test_the_last_of_several_questions_is_answered(gallery, folder):
    for prompt in ("a fox", "an owl", "夜空下的狐狸"):
        saved(folder, prompt=prompt)
    await opened(gallery)
    for text in ("o", "ow", "狐狸"):
        gallery.ask(Query(text=text))
    await rest(gallery)
    assert prompts(gallery) == ["夜空下的狐狸"]


async def test_a_new_picture_and_a_deleted_one_are_noticed_at_the_next_look(gallery, folder):
    first = saved(folder, prompt="first")
    await opened(gallery)
    saved(folder, prompt="second")
    saved(folder, days=3, prompt="in a new folder")
    first.unlink()
    gallery.look()
    await rest(gallery)
    assert prompts(gallery) == ["second", "in a new folder"]


async def test_single_folders_are_looked_into(gallery, folder):
    first = saved(folder, prompt="first")
    await opened(gallery)
    saved(folder, prompt="second")
    gallery.look([first.parent])
    await rest(gallery)
    assert sorted(prompts(gallery)) == ["first", "second"]
    saved(folder, days=1, prompt="in a new folder")
    gallery.look([folder])
    await rest(gallery)
    assert len(prompts(gallery)) == 3
    first.parent.rename(folder.parent / "away")
    gallery.look([first.parent])
    await rest(gallery)
    assert prompts(gallery) == ["in a new folder"]


async def test_what_is_trashed_disappears_and_comes_back(gallery, folder):
    path = saved(folder, prompt="fox")
    await opened(gallery)
    gallery.trash.delete_pictures([path])
    await rest(gallery)
    assert gallery.items == []
    gallery.undo.undo()
    await rest(gallery)
    assert prompts(gallery) == ["fox"]


async def test_a_star_follows_its_picture(gallery, folder):
    path = saved(folder, run="r1", prompt="fox")
    saved(folder, run="r2", prompt="owl")
    await opened(gallery)
    gallery.stars.set(["r1"], True)
    gallery.ask(Query(starred=True))
    await rest(gallery)
    assert prompts(gallery) == ["fox"]
    gallery.files.rename(path, "another name")
    await rest(gallery)
    assert [item.path.name for item in gallery.items] == ["another name.png"]
    gallery.stars.set(["r1"], False)
    await rest(gallery)
    assert gallery.items == []


async def test_other_folders_are_added_and_removed_and_overlapping_ones_counted_once(gallery, folder, tmp_path):
    saved(folder, prompt="ours")
    other = tmp_path / "other"
    other.mkdir()
    save(Artwork(PIXELS, Recipe.of(prompt="theirs"), {}, NOW), other / "a.png")
    await opened(gallery)
    gallery.use_folders([folder, other, tmp_path / "other" / "."])
    await rest(gallery)
    assert sorted(prompts(gallery)) == ["ours", "theirs"]
    gallery.use_folders([folder])
    await rest(gallery)
    assert prompts(gallery) == ["ours"]


async def test_a_folder_that_vanishes_is_named_and_its_pictures_are_there_when_it_is_back(gallery, folder, tmp_path, monkeypatch):
    saved(folder, prompt="ours")
    other = tmp_path / "stick"
    other.mkdir()
    save(Artwork(PIXELS, Recipe.of(prompt="theirs"), {}, NOW), other / "a.png")
    gallery.use_folders([folder, other])
    monkeypatch.setattr("desktop.studio.gallery.RETURNS", 0.01)
    await opened(gallery)
    assert len(gallery.items) == 2
    other.rename(tmp_path / "unplugged")
    gallery.look()
    await rest(gallery)
    assert prompts(gallery) == ["ours"]
    [problem] = gallery.problems
    assert str(other) in str(problem)
    (tmp_path / "unplugged").rename(other)  # nothing else tells that it is back
    await until(lambda: not gallery.problems)
    await rest(gallery)
    assert len(gallery.items) == 2


async def test_unfinished_runs_are_among_the_pictures(gallery, folder, tmp_path):
    saved(folder, days=1, prompt="fox")
    run = record(tmp_path / "recordings", Run(Recipe.of(prompt="owl")), last=3, ending=Ending.STOPPED)
    await opened(gallery)
    assert prompts(gallery) == ["owl", "fox"]
    [owl, _] = gallery.items
    assert owl.run == run.id
    assert (await gallery.picture(owl)).width == 8
    film = await gallery.film(owl, 20)
    assert [(frame.width, frame.height) for frame in film] == [(20, 20)] * 4
    gallery.trash.delete_pictures([owl.path])
    await rest(gallery)
    assert prompts(gallery) == ["fox"]
    gallery.undo.undo()
    await rest(gallery)
    assert prompts(gallery) == ["owl", "fox"]


async def test_likes_are_grouped_by_what_they_share(gallery, folder):
    saved(folder, prompt="a fox", seed=1)
    saved(folder, prompt="a fox", seed=2)
    saved(folder, prompt="an owl", seed=1)
    saved(folder, prompt="a castle", seed=5)
    await opened(gallery)
    [origin] = [item for item in gallery.items if item.prompt == "a fox" and item.seed == 1]
    gallery.ask_alike(origin)
    await rest(gallery)
    assert [group.heading for group in gallery.groups] == [Likeness.SAME, Likeness.PROMPT, Likeness.NOISE]
    gallery.ask(Query())
    await rest(gallery)
    assert len(gallery.items) == 4


async def test_thumbnails_are_made_once_and_cut_to_the_tiles(gallery, folder, monkeypatch):
    saved(folder, prompt="fox")
    (folder / "bad.png").write_bytes(b"no picture")
    await opened(gallery)
    made, read = {}, []
    gallery.tile_pictures.made.connect(made.update)
    whole = thumbnails.whole_picture
    monkeypatch.setattr(thumbnails, "whole_picture", lambda item, side=None: read.append(item) or whole(item, side))
    for side in (24, 40):
        gallery.tile_pictures.want(gallery.items, side)
        await rest(gallery)
        [good] = [pixels for pixels in made.values() if pixels]
        assert (good.width, good.height) == (side, side)
        assert list(made.values()).count(None) == 1
    assert len([item for item in read if not item.problem]) == 1


async def test_pixels_that_turn_out_to_be_damaged_are_said(gallery, folder):
    path = saved(folder, prompt="fox")
    data = bytearray(path.read_bytes())
    place = data.index(b"IDAT") + 8
    import zlib

    data[place] ^= 0xFF
    length = int.from_bytes(data[place - 12 : place - 8])
    data[place - 4 + length : place + length] = zlib.crc32(data[place - 8 : place - 4 + length]).to_bytes(4)
    path.write_bytes(data)
    await opened(gallery)
    [item] = gallery.items
    assert item.error is None
    gallery.tile_pictures.want(gallery.items, 24)
    await rest(gallery)
    gallery.ask(replace(gallery.query))
    await rest(gallery)
    assert gallery.items[0].error is not None


async def test_an_index_that_is_damaged_meanwhile_is_built_again(gallery, folder, tmp_path):
    saved(folder, prompt="fox")
    await opened(gallery)
    await gallery._ask(gallery._index.close)
    for leftover in (tmp_path / "cache").glob("*"):
        leftover.write_bytes(b"damaged")
    gallery.ask(Query(text="f"))
    await rest(gallery)
    assert prompts(gallery) == ["fox"]
    assert (tmp_path / "cache" / f"gallery-{VERSION}.sqlite").stat().st_size > 100


async def test_files_are_read_off_the_gui_thread_and_the_index_has_a_thread_of_its_own(gallery, folder, monkeypatch):
    saved(folder, prompt="fox")
    seen = {}

    def watched(owner, name):
        method = getattr(owner, name)

        def call(*arguments):
            seen.setdefault(name, set()).add(threading.current_thread().name)
            return method(*arguments)

        monkeypatch.setattr(owner, name, call)

    watched(gallery_index.artwork, "describe")
    for name in ("search", "put", "known", "facets", "thumbnails"):
        watched(gallery._index, name)
    await opened(gallery)
    gallery.tile_pictures.want(gallery.items, 20)
    await rest(gallery)
    main = threading.main_thread().name
    assert main not in seen.pop("describe")
    assert len(set.union(*seen.values())) == 1
    assert main not in set.union(*seen.values())


async def test_nothing_is_read_before_it_is_opened(gallery, folder, tmp_path):
    saved(folder, prompt="fox")
    gallery.look()
    gallery.ask(Query(text="fox"))
    await gallery.look_at_runs()
    await asyncio.sleep(0)
    assert not (tmp_path / "cache").exists()
