"""The index of the gallery: what it keeps of pictures and runs, how it is searched, and what it survives."""

import errno
import os
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Pixels, Run
from desktop.library.artwork import Artwork, save
from desktop.library.gallery_index import VERSION, Facets, GalleryIndex, IndexLost, Query, list_folder, read_item
from desktop.library.journal import path_of
from desktop.library.recordings import Recordings
from desktop.library.trash import TrashFolder
from tests.png_kit import chunk, itxt, png
from tests.recorded import record

PIXELS = Pixels(16, 8, bytes(16 * 8 * 3))
NOON = datetime(2026, 11, 28, 12).astimezone()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


@pytest.fixture
def index(tmp_path):
    index = GalleryIndex(tmp_path / "cache")
    yield index
    index.close()


def saved(folder: Path, name: str, hours: float = 0, run: str = "", step: tuple[int, int] | None = None, **values) -> Path:
    environment = {"run": run} if run else {}
    return save(Artwork(PIXELS, Recipe.of(**values), environment, NOON + timedelta(hours=hours), step), folder / name)


def filled(index: GalleryIndex, folder: Path) -> GalleryIndex:
    index.put(map(read_item, list_folder(folder).files))
    return index


def names(index: GalleryIndex, folder: Path, **query) -> list[str]:
    return [item.path.name for item in index.search(Query(**query), [folder])]


def test_what_a_picture_tells_is_kept(folder, index):
    path = saved(
        folder, "fox.png", prompt="a fox", negative_prompt="blur", seed=7, sampler="Euler a", steps=31, guidance_scale=4.5, run="r1"
    )
    [item] = filled(index, folder).search(Query(), [folder])
    assert item.path == path
    assert (item.prompt, item.negative, item.seed, item.sampler, item.steps, item.guidance) == ("a fox", "blur", 7, "Euler a", 31, 4.5)
    assert (item.model, item.width, item.height, item.run, item.key, item.branches) == ("starter", 16, 8, "r1", "r1", 0)
    assert item.made == NOON.timestamp()
    assert item.has_recipe
    assert not item.is_run
    assert item.error is None


def test_a_branch_is_described_by_its_last_settings_and_a_saved_step_by_those_of_the_step(folder, index):
    recipe = Recipe.of(prompt="a mouse").turned(14, prompt="a mouse at night")
    save(Artwork(PIXELS, recipe, {"run": "r"}, NOON), folder / "whole.png")
    save(Artwork(PIXELS, recipe, {"run": "r"}, NOON, (9, 50)), folder / "step.png")
    items = {item.path.name: item for item in filled(index, folder).search(Query(), [folder])}
    assert (items["whole.png"].prompt, items["whole.png"].branches, items["whole.png"].step) == ("a mouse at night", 1, 0)
    assert (items["step.png"].prompt, items["step.png"].step, items["step.png"].calls) == ("a mouse", 9, 50)
    assert items["whole.png"].key != items["step.png"].key


def test_a_search_finds_words_of_both_languages_wherever_they_stand(folder, index):
    saved(folder, "1.png", 1, prompt="A Fox in the snow, café", seed=781204113)
    saved(folder, "2.png", 2, prompt="夜空下的狐狸")
    saved(folder, "3.png", 3, prompt="foxes and a red snowman", model="dreams")
    filled(index, folder)
    for text, found in (
        ("fox", ["3.png", "1.png"]),
        ("FOX snow", ["3.png", "1.png"]),
        ('"the snow"', ["1.png"]),
        ("狐", ["2.png"]),
        ("狐狸", ["2.png"]),
        ("Cafe\u0301", ["1.png"]),
        ("ｆｏｘ", ["3.png", "1.png"]),  # full-width, as Chinese keyboards type it
        ("781204113", ["1.png"]),
        ("dreams", ["3.png"]),
        ("2.png", ["2.png"]),
        ("%", []),
        ("fox 狐", []),
        ("", ["3.png", "2.png", "1.png"]),
    ):
        assert names(index, folder, text=text) == found, text


def test_filters_restrict_and_combine(folder, index):
    saved(folder, "1.png", 1, prompt="fox", sampler="DDIM", run="r1")
    saved(folder, "2.png", 2, prompt="fox", sampler="Euler a", model="dreams", run="r2")
    wide = Artwork(Pixels(4, 2, bytes(24)), Recipe.of(prompt="owl").turned(3, prompt="an owl at night"), {"run": "r3"}, NOON)
    save(wide, folder / "3.png")
    filled(index, folder)
    assert names(index, folder, sampler="Euler a") == ["2.png"]
    assert names(index, folder, model="dreams", text="fox") == ["2.png"]
    assert names(index, folder, size=(4, 2)) == ["3.png"]
    assert names(index, folder, branched=True) == ["3.png"]
    assert names(index, folder, text="fox", oldest_first=True) == ["1.png", "2.png"]
    assert [item.path.name for item in index.search(Query(starred=True), [folder], {"r1"})] == ["1.png"]
    assert names(index, folder, unfinished=True) == names(index, folder, recorded=True) == []
    facets = index.facets([folder])
    assert facets.models == (("starter", 2), ("dreams", 1))
    assert facets.sizes == (((16, 8), 2), ((4, 2), 1))
    assert facets.total == 3


def test_only_pictures_in_the_given_folders_are_found(folder, index, tmp_path):
    other = tmp_path / "pictures-2"  # begins with the name of the first
    other.mkdir()
    saved(folder, "a.png")
    saved(other, "b.png")
    filled(filled(index, folder), other)
    assert names(index, folder) == ["a.png"]
    assert names(index, other) == ["b.png"]
    assert index.search(Query(), []) == []
    assert index.facets([]) == Facets()


def test_a_changed_file_is_replaced_and_a_removed_one_forgotten(folder, index):
    path = saved(folder, "a.png", prompt="fox")
    saved(folder, "b.png", 1)
    [before, _] = filled(index, folder).search(Query(oldest_first=True), [folder])
    index.put_thumbnails({before.id: b"picture"}, {})
    assert index.thumbnails([before.id]) == {before.id: b"picture"}
    path.unlink()
    saved(folder, "a.png", prompt="owl")
    [after, _] = filled(index, folder).search(Query(oldest_first=True), [folder])
    assert (after.id, after.prompt) == (before.id, "owl")
    assert index.thumbnails([after.id]) == {}
    assert index.known(folder)[os.fsencode(path)] == (path.stat().st_mtime_ns, path.stat().st_size)
    index.remove([os.fsencode(path)])
    assert names(index, folder) == ["b.png"]


def test_a_renamed_file_keeps_what_is_known_about_it(folder, index):
    path = saved(folder, "a.png", prompt="fox")
    [before] = filled(index, folder).search(Query(), [folder])
    index.put_thumbnails({before.id: b"picture"}, {})
    target = path.rename(folder / "best.png")
    index.rename(os.fsencode(path), os.fsencode(target))
    [after] = index.search(Query(text="best fox"), [folder])
    assert (after.id, after.path) == (before.id, target)
    assert index.thumbnails([after.id]) == {after.id: b"picture"}


def test_known_files_of_one_folder_can_be_asked_for_without_those_inside(folder, index):
    (folder / "day").mkdir()
    outer, inner = saved(folder, "a.png"), saved(folder / "day", "b.png")
    filled(index, folder)
    assert set(index.known(folder)) == {os.fsencode(outer), os.fsencode(inner)}
    assert set(index.known(folder, inside=False)) == {os.fsencode(outer)}


def test_newest_days_are_listed_first_and_neither_links_nor_hidden_files_count(folder):
    for day in ("2026-11-01", "2026-11-03", "2026-11-02"):
        (folder / day).mkdir()
        (folder / day / "a.PNG").touch()
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "b.png").touch()
    (folder / ".c.png").touch()
    (folder / "notes.txt").touch()
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "link.png").symlink_to(folder / "2026-11-01" / "a.PNG")
    listing = list_folder(folder)
    assert [os.fsdecode(file.path).split(os.sep)[-2] for file in listing.files] == ["2026-11-03", "2026-11-02", "2026-11-01"]
    assert len(listing.folders) == 4
    assert listing.unread == ()
    assert len(list_folder(folder, inside=False).others) == 3


def test_an_unreadable_folder_does_not_hide_the_others(folder, monkeypatch):
    (folder / "locked").mkdir()
    saved(folder, "a.png")
    scandir = os.scandir

    def refusing(path):
        if os.path.basename(path) == "locked":
            raise PermissionError(errno.EACCES, "denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)  # root could read it all the same
    listing = list_folder(folder)
    assert len(listing.files) == 1
    assert [Path(path).name for path, _ in listing.unread] == ["locked"]


def test_a_missing_folder_is_named(tmp_path):
    listing = list_folder(tmp_path / "gone")
    assert listing.files == listing.folders == ()
    assert listing.unread == ((str(tmp_path / "gone"), "it does not exist"),)


HOSTILE = {
    "empty.png": b"",
    "no picture.png": b"hello",
    "bomb.png": png(width=60_000, height=60_000, pixels=b"x"),
    "cut.png": png()[:40],
    "many chunks.png": png(*[chunk(b"zzzz")] * 2000),
    "lying.jpg": b"\xff\xd8\xff\xe0" + bytes(100),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_has_a_problem_and_nothing_else(folder, index, name):
    (folder / name).write_bytes(HOSTILE[name])
    saved(folder, "good.png", prompt="fox")
    filled(index, folder)
    items = {item.path.name: item for item in index.search(Query(), [folder])}
    assert items["good.png"].prompt == "fox"
    assert items[name].error is not None
    assert name in str(items[name].error)


def test_a_giant_text_is_not_read_but_the_picture_is_kept(folder, index):
    (folder / "giant.png").write_bytes(png(itxt("parameters", b"a" * (2 << 20)), itxt("safelight", b"{", packed=False)))
    [item] = filled(index, folder).search(Query(), [folder])
    assert item.error is None
    assert (item.width, item.has_recipe) == (2, False)
    assert item.lost


def test_a_forged_date_and_an_undecodable_name_are_harmless(folder, index):
    path = folder / os.fsdecode(b"\xff\xfe.png")
    path.write_bytes(
        png(itxt("safelight", b'{"recipe": {"prompt": {"text": "\\ud800 fox"}, "schema": 3}, "created": "0001-01-01T00:00:00+00:00"}'))
    )
    [item] = filled(index, folder).search(Query(text="fox"), [folder])
    assert item.path == path


def test_a_picture_of_another_program_is_known_by_its_content_wherever_it_goes(folder, index):
    Image.new("RGB", (4, 4), "red").save(folder / "a.png")
    [before] = filled(index, folder).search(Query(), [folder])
    (folder / "a.png").rename(folder / "b.png")
    index.remove([before.file])
    [after] = filled(index, folder).search(Query(), [folder])
    assert before.key == after.key != ""
    assert not after.has_recipe


def test_the_recipe_of_another_program_is_read_from_the_picture_or_the_file_beside_it(folder, index):
    Image.new("RGB", (4, 4), "red").save(folder / "a.png")
    (folder / "a.txt").write_text("a red fox\nSteps: 20, Sampler: DDIM, CFG scale: 7, Seed: 5, Size: 64x64, Model: dreams")
    [item] = filled(index, folder).search(Query(text="red fox"), [folder])
    assert (item.seed, item.model) == (5, "dreams")
    assert item.program


# -- runs


def test_unfinished_runs_are_found_among_the_pictures_and_finished_ones_only_by_their_pictures(folder, index, tmp_path):
    recordings = Recordings(tmp_path / "recordings", 1 << 30)
    paused = record(recordings.folder, Run(Recipe.of(prompt="a fox", seed=3)), last=2, ending=Ending.PAUSED)
    stopped = record(recordings.folder, Run(Recipe.of(prompt="an owl")), last=4, ending=Ending.STOPPED)
    finished = record(recordings.folder)
    saved(folder, "a.png", run=finished.id, prompt="a mouse")
    filled(index, folder).put_runs(recordings.all(), recordings.folder)
    items = {item.run: item for item in index.search(Query(), [folder, recordings.folder])}
    assert (items[paused.id].ending, items[paused.id].step, items[paused.id].calls) == (Ending.PAUSED, 2, 5)
    assert (items[stopped.id].ending, items[stopped.id].prompt) == (Ending.STOPPED, "an owl")
    assert not items[finished.id].is_run
    assert all(item.is_recorded for item in items.values())
    assert [item.run for item in index.search(Query(text="fox", unfinished=True), [folder, recordings.folder])] == [paused.id]
    assert index.facets([folder, recordings.folder]).unfinished == 2
    assert set(index.known(folder)) == {os.fsencode(folder / "a.png")}
    assert [(item.tree, item.branched_after) for item in items.values()] == [(id, -1) for id in items]
    path_of(recordings.folder, paused.id).unlink()
    record(recordings.folder, stopped)  # it is finished now
    index.put_runs(recordings.all(), recordings.folder)
    assert [item.run for item in index.search(Query(), [folder, recordings.folder])] == [finished.id]
    assert index.facets([folder, recordings.folder]).total == 1
    every = index.search(Query(finished_runs=True), [folder, recordings.folder])
    assert {(item.run, item.ending, item.step) for item in every if item.is_run} == {(run.id, "finished", 0) for run in (stopped, finished)}
    assert index.search(Query(finished_runs=True, unfinished=True), [folder, recordings.folder]) == []


def test_runs_of_one_tree_know_its_root(folder, index, tmp_path):
    recordings = Recordings(tmp_path / "recordings", 1 << 30)
    root = record(recordings.folder, last=4, ending=Ending.STOPPED)
    branch = record(recordings.folder, root.fork(3, root.recipe), last=4, ending=Ending.STOPPED)
    deeper = record(recordings.folder, branch.fork(4, root.recipe), last=5, ending=Ending.PAUSED)
    index.put_runs(recordings.all(), recordings.folder)
    found = {item.run: (item.tree, item.branched_after) for item in index.search(Query(), [recordings.folder])}
    assert found == {root.id: (root.id, -1), branch.id: (root.id, 3), deeper.id: (root.id, 4)}


# -- the file


def test_the_index_is_kept(folder, tmp_path):
    saved(folder, "a.png")
    for _ in range(2):
        index = GalleryIndex(tmp_path / "cache")
        if not index.known(folder):
            filled(index, folder)
        assert names(index, folder) == ["a.png"]
        index.close()


@pytest.mark.parametrize("damage", [b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_index_is_built_again(folder, tmp_path, index, damage):
    saved(folder, "a.png")
    filled(index, folder)
    index.close()
    (tmp_path / "cache" / f"gallery-{VERSION}.sqlite").write_bytes(damage)
    with pytest.raises(IndexLost):
        index.search(Query(), [folder])
    assert index.search(Query(), [folder]) == []
    assert names(filled(index, folder), folder) == ["a.png"]
    assert index.problem == ""


def test_an_index_with_other_tables_is_built_again(folder, tmp_path, index):
    path = tmp_path / "cache" / f"gallery-{VERSION}.sqlite"
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.executescript(f"CREATE TABLE item (id); PRAGMA user_version = {VERSION}")
    db.close()
    with pytest.raises(IndexLost):
        index.search(Query(), [folder])
    assert index.search(Query(), [folder]) == []


def test_the_index_of_a_newer_version_is_left_alone(folder, tmp_path, index):
    newer = tmp_path / "cache" / f"gallery-{VERSION + 1}.sqlite"
    newer.parent.mkdir()
    newer.write_bytes(b"of the future")
    saved(folder, "a.png")
    assert names(filled(index, folder), folder) == ["a.png"]
    assert newer.read_bytes() == b"of the future"


def test_without_a_place_on_disk_the_index_works_in_memory(folder, tmp_path):
    (tmp_path / "cache").write_bytes(b"a file, not a folder")
    saved(folder, "a.png")
    index = GalleryIndex(tmp_path / "cache")
    with pytest.raises(IndexLost):
        index.known(folder)
    assert names(filled(index, folder), folder) == ["a.png"]
    assert index.problem
    index.close()


def test_what_is_in_the_trash_is_found_there_and_nowhere_else(folder, index, tmp_path):
    recordings, trash = Recordings(tmp_path / "recordings", 1 << 30), TrashFolder(tmp_path / "trash")
    paused = record(recordings.folder, Run(Recipe.of(prompt="a fox", seed=3)), last=2, ending=Ending.PAUSED)
    saved(folder, "a.png", prompt="a mouse")
    bad = folder / "bad.png"
    bad.write_bytes(b"no picture")
    deleted = [trash.put([path]) for path in (path_of(recordings.folder, paused.id), folder / "a.png", bad)]
    filled(index, folder).put_trashed(trash.all(), trash.folder)
    index.put_runs(recordings.all(), recordings.folder)
    assert index.search(Query(), [folder, recordings.folder]) == []
    items = {item.prompt: item for item in index.search(Query(trashed=True), [trash.folder])}
    assert set(items) == {"a fox", "a mouse", ""}
    assert {item.path for item in items.values()} == {each.shown for each in deleted}
    assert [item.run for item in index.search(Query(text="fox"), [trash.folder])] == [paused.id]
    trash.restore(deleted[0])
    trash.delete(deleted[2])
    index.put_trashed(trash.all(), trash.folder)
    assert [item.prompt for item in index.search(Query(trashed=True), [trash.folder])] == ["a mouse"]
