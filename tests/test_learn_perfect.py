"""The station of the perfect denoiser: guesses before answers, copies and their originals, sets and folders of pictures."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from diffusers import EulerDiscreteScheduler
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QLabel, QPushButton, QTreeView

from desktop.diffusion.recipe import Recipe
from desktop.errors import PictureFolderUnreadable
from desktop.learn.pictures import read_bundled
from desktop.library import picture_folder
from desktop.library.lessons_file import Kept
from desktop.resources import STARTER
from desktop.studio import picture_source
from desktop.studio.picture_source import Origin, PictureSource
from desktop.ui.learn.learn_place import LearnPlace
from desktop.ui.learn.perfect import COUNT, STEPS
from tests.awaited import until
from tests.collection import settle
from tests.lessons import learn_studio, show_learn

pytestmark = pytest.mark.slow


@pytest.fixture
def studio(loop, tmp_path, theme):
    settings = {"perfect": {"pictures": "digits"}}
    with learn_studio(loop, STARTER, tmp_path, theme, Recipe(), Kept("perfect", settings=settings)) as studio:
        yield studio


@pytest.fixture
def place(qtbot, loop, studio, theme):
    theme.reduce_motion = True
    return show_learn(qtbot, loop, studio)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures of two kinds, one transparent, and two files that are none."""
    pictures = read_bundled("things32").pixels
    for place in range(20):
        kind = tmp_path / "mine" / ("cats" if place % 2 else "dogs")
        kind.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pictures[place]).save(kind / f"{place:02}.png")
    clear = Image.fromarray(pictures[20]).convert("RGBA")
    clear.putalpha(128)
    clear.save(tmp_path / "mine" / "cats" / "clear.png")
    (tmp_path / "mine" / "cats" / "empty.png").touch()
    (tmp_path / "mine" / "dogs" / "notes.txt").write_text("no picture")
    return tmp_path / "mine"


def text(place: LearnPlace, name: str) -> str:
    return place.findChild(QLabel, name).text()


def button(place: LearnPlace, name: str) -> QPushButton:
    return place.findChild(QPushButton, name)


def skip_all(place: LearnPlace) -> None:
    for _ in range(3):
        button(place, "learn_guess_skip").click()


def test_nothing_is_shown_before_it_is_guessed_and_then_all_is(qtbot, place, studio):
    station = place.station
    station.go_to(STEPS)
    assert text(place, "learn_perfect_said") == "Pure noise, σ = 80. Guess at the right, then look."
    assert "average" in text(place, "learn_perfect_caption_3")
    assert station._pictures[3].image is None
    place.findChild(QPushButton, "learn_guess_choice_1").click()
    button(place, "learn_guess_look").click()
    assert text(place, "learn_finding_0").startswith("The average of all pictures: 1782 of 1797 take part in each estimate")
    station.go_to(STEPS)
    assert station.step == 1
    place.guess._number.setValue(10)
    button(place, "learn_guess_look").click()
    assert "You guessed: 10." in text(place, "learn_finding_1")
    assert station.step == STEPS
    assert not station.samples.are_judged
    place.guess._number.setValue(2)
    button(place, "learn_guess_look").click()
    assert text(place, "learn_finding_2").startswith("16 of 16 are copies.")
    assert station.samples.are_judged
    [*_, finding] = studio.lessons.findings("perfect")
    assert finding.guessed == 2
    assert station.samples.accessibleName() == "Sample 1 of 16, a copy"
    qtbot.keyClick(station.samples, Qt.Key.Key_Right)
    assert station.samples.accessibleName() == "Sample 2 of 16, a copy"
    assert text(place, "learn_perfect_caption_1") == "nearest: 0.000 away"
    assert text(place, "learn_perfect_judged").startswith("16 of 16 are copies. Of real pictures, 0 %")
    assert text(place, "learn_formula_1").startswith("<i>x̂</i><sub>0</sub> = <b>1.00</b>")
    station.go_to(1)
    assert text(place, "learn_perfect_curves_legend_this_value") == "1781.9"
    assert not station.samples.are_judged


def test_a_picture_is_left_out_and_taken_back(loop, place, studio):
    skip_all(place)
    station = place.station
    before = station.journey
    original = before.pictures.pixels[before.nearness.first[0]]
    settle(loop, studio, button(place, "learn_perfect_leave_out").click)
    after = station.journey
    assert len(after.pictures) == len(before.pictures) - 1
    assert after.nearness.are_copies[0]
    assert not np.array_equal(after.pictures.pixels[after.nearness.first[0]], original)
    settle(loop, studio, studio.undo.undo)
    assert np.array_equal(station.journey.nearness.first, before.nearness.first)


def test_new_noise_makes_other_samples_by_the_scheduler(loop, place, studio, monkeypatch):
    def changed(self, output, timestep, sample):
        result = real(self, output, timestep, sample)
        result.prev_sample = sample  # no noise is taken away
        return result

    before = place.station.journey
    settle(loop, studio, place.station._renew.trigger)
    assert not np.array_equal(place.station.journey.moments[-1].sample, before.moments[-1].sample)
    real = EulerDiscreteScheduler.step
    monkeypatch.setattr(EulerDiscreteScheduler, "step", changed)
    settle(loop, studio, place.station._renew.trigger)
    skip_all(place)
    assert text(place, "learn_finding_2").startswith("0 of 16 are copies.")


def test_a_folder_is_dropped_and_one_with_too_few_pictures_changes_nothing(qtbot, loop, place, studio, folder, tmp_path):
    station = place.station
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    station.dragEnterEvent(enter)
    assert enter.isAccepted()
    settle(loop, studio, lambda: station.chooser.take(folder))
    assert text(place, "learn_perfect_pictures_facts") == "21 pictures of 32 × 32 px · 2 kinds"
    assert button(place, "learn_perfect_pictures_remarks").text() == "Left out: 2 · changed: 1"
    assert len(station.journey.pictures) == 21
    button(place, "learn_perfect_pictures_remarks").click()
    table = place.window().findChild(QTreeView, "learn_remarks_list").model()
    rows = {tuple(table.index(row, column).data() for column in range(3)) for row in range(table.rowCount())}
    assert rows == {
        ("cats/empty.png", "left out", "empty"),
        ("dogs/notes.txt", "left out", "not a picture"),
        ("cats/clear.png", "used", "transparent, laid on white"),
    }
    settle(loop, studio, button(place, "learn_perfect_pictures_side_16").click)
    assert station.journey.pictures.side == 16
    assert station.settings()["pictures"] == "gallery"  # a shared station does not name a folder
    before = place.station.journey
    settle(loop, studio, lambda: place.station.chooser.take(studio.pictures))
    assert place.station.journey is before
    assert text(place, "learn_perfect_pictures_notes") == "pictures has no picture that can be used. The pictures stay as they were."
    settle(loop, studio, lambda: place.station.chooser.take(tmp_path / "missing"))
    assert place.station.journey is before


def held_up(monkeypatch: pytest.MonkeyPatch, is_here: Callable[[], bool] = lambda: True) -> threading.Event:
    """Where `is_here`, the reading of a folder waits for the event that this returns."""
    gate, square = threading.Event(), picture_folder._square

    def slow(path: Path) -> tuple[np.ndarray, list[str]]:
        if is_here():
            gate.wait(60)
        return square(path)

    monkeypatch.setattr(picture_folder, "_square", slow)
    return gate


def test_reading_can_be_cut_short_or_given_up(loop, tmp_path, folder, monkeypatch):
    gate = held_up(monkeypatch)

    async def act() -> None:
        source = PictureSource(tmp_path, 100, Origin.DIGITS)
        await source.open()
        digits = source.pictures
        task = asyncio.ensure_future(source.choose(Origin.FOLDER, folder))
        await until(lambda: source.reading is not None)
        source.stop()
        gate.set()
        await task
        assert source.pictures is digits
        task = asyncio.ensure_future(source.choose(Origin.FOLDER, folder))
        await until(lambda: source.reading is None or source.reading.found > 3)
        source.finish()
        await task
        assert source.pictures is not digits
        assert source.origin is Origin.FOLDER

    loop.run_until_complete(act())


def test_what_was_read_so_far_is_shown_early(loop, tmp_path, folder, monkeypatch):
    monkeypatch.setattr(picture_source, "EARLY_AFTER", 0)
    gate = held_up(monkeypatch, lambda: source.reading is not None and source.reading.found == 17)
    shown: list[int] = []

    async def act() -> None:
        await source.open()
        digits = source.pictures
        source.changed.connect(lambda: shown.append(len(source.pictures)))
        task = asyncio.ensure_future(source.choose(Origin.FOLDER, folder))
        await until(lambda: shown)
        source.stop()
        assert source.pictures is digits
        gate.set()
        await task
        assert source.pictures is digits
        gate.clear()
        task = asyncio.ensure_future(source.choose(Origin.FOLDER, folder))
        await until(lambda: len(shown) == 3)
        gate.set()
        await task

    source = PictureSource(tmp_path, 100, Origin.DIGITS, is_early=True)
    loop.run_until_complete(act())
    assert shown == [17, 100, 17, 21]


def test_a_gallery_without_pictures_is_replaced_by_a_bundled_set(loop, tmp_path):
    async def act() -> None:
        for gallery in (tmp_path, tmp_path / "missing"):
            source = PictureSource(gallery, 100, Origin.GALLERY)
            with contextlib.suppress(PictureFolderUnreadable):
                await source.open()
            assert source.origin is Origin.THINGS_32
            assert len(source.pictures) == 100

    loop.run_until_complete(act())


def test_settings_are_restored(loop, place, studio):
    station = place.station
    skip_all(place)
    settle(loop, studio, lambda: station.restore({"seed": 5, "sample": 3, "pictures": "digits", "step": 20}))
    assert station.settings() == {"pictures": "digits", "side": 32, "seed": 5, "step": 20, "sample": 3}
    settle(loop, studio, lambda: station.restore({"seed": -1, "sample": COUNT, "pictures": "folder", "side": 9, "step": "x"}))
    assert station.settings()["seed"] == 5
