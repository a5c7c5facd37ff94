"""The station with four ways in the window: play, one step, one phase, points drawn by hand, and its questions."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.diffusion.recipe import Recipe
from desktop.learn.ways import gan, vae
from desktop.library.lessons_file import Kept
from desktop.resources import STARTER
from desktop.ui.learn import ways
from desktop.ui.learn.learn_place import LearnPlace
from desktop.ui.learn.ways_formulas import formulas_of
from tests.awaited import until
from tests.collection import settle
from tests.lessons import learn_studio, show_learn

pytestmark = pytest.mark.slow


@pytest.fixture
def studio(loop, tmp_path, theme):
    with learn_studio(loop, STARTER, tmp_path, theme, Recipe(), Kept(station="ways")) as studio:
        loop.run_until_complete(studio.machine.prepare())  # takes longer than the patience of `settle` on a busy machine
        yield studio


@pytest.fixture
def place(qtbot, loop, studio, theme, monkeypatch):
    monkeypatch.setattr(ways, "ON_PAUSE", 100)
    monkeypatch.setattr(ways, "PART", 50)
    place = show_learn(qtbot, loop, studio, 900)
    place.station._set_strides(5)
    settle(loop, studio)
    return place


def steps(place: LearnPlace) -> list[int]:
    return [pane.frame_shown.steps for pane in place.station.panes]


def text(place: LearnPlace, name: str) -> str:
    return place.findChild(QLabel, name).text()


def click(loop, place: LearnPlace, studio, name: str) -> None:
    settle(loop, studio, place.findChild(QPushButton, name).click)


def test_one_step_one_phase_and_one_phase_only(loop, place, studio):
    assert steps(place) == [0, 0, 0, 0]
    click(loop, place, studio, "learn_ways_step_button")
    assert steps(place) == [1, 1, 1, 1]
    click(loop, place, studio, "learn_ways_phase_button")
    assert steps(place) == [1, 1, 1, 1]
    assert text(place, "learn_way_0_progress").startswith("discriminator")
    assert len(place.station.panes[0].plane._work) == 256
    click(loop, place, studio, "learn_ways_phase_button")
    assert steps(place) == [2, 2, 2, 2]
    assert text(place, "learn_way_1_progress").startswith("decoder")
    assert place.findChild(QLabel, "learn_way_3_cost").accessibleName().endswith("exact")
    before = place.station.panes[1].frame_shown.points
    click(loop, place, studio, "learn_ways_phases_1")
    click(loop, place, studio, "learn_ways_step_button")  # the encoder only: the decoder makes the same points
    assert steps(place) == [3, 3, 3, 3]
    assert (place.station.panes[1].frame_shown.points[:50] == before[:50]).all()


def test_play_trains_all_four_until_it_is_paused(loop, place, studio, qtbot):
    station = place.station

    async def play() -> None:
        station.setFocus()
        qtbot.keyClick(station, Qt.Key.Key_Space)
        assert station.is_playing
        await until(lambda: min(steps(place)) >= 3)
        qtbot.keyClick(station, Qt.Key.Key_Space)
        assert not station.is_playing
        await until(lambda: not studio.notices._tasks)

    loop.run_until_complete(play())
    assert all(pane.score is not None for pane in station.panes)
    assert all(len(pane.frame_shown.points) == 100 for pane in station.panes)
    reached = steps(place)
    click(loop, place, studio, "learn_ways_momentum_1")
    assert steps(place) == [0, *reached[1:]]
    click(loop, place, studio, "learn_ways_fourth_1")
    assert text(place, "learn_way_3_title") == "Flow matching"
    settle(loop, studio, station.start_again)
    assert steps(place) == [0, 0, 0, 0]


def test_points_are_drawn_with_the_mouse_and_by_key_and_the_drawing_comes_back(qtbot, loop, place, studio):
    station = place.station
    canvas = station.controls.canvas
    middle = canvas.frame.center()

    def drag() -> None:
        qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
        for right in range(4, 40, 4):
            qtbot.mouseMove(canvas, middle + QPoint(right, 0))
        qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 0))

    settle(loop, studio, drag)
    setup = station._setup
    assert setup.shape == "drawn"
    assert setup.drawn[0] == pytest.approx((0, 0), abs=0.05)
    settle(loop, studio, lambda: [qtbot.keyClick(canvas, key) for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Space)])
    assert station._setup.drawn[-1] == pytest.approx((0, 0.2))
    true = station.panes[0].plane._true
    assert len(true) == 1000
    assert abs(true[:, 1]).max() < 0.6
    assert station.panes[2].score.parts == 24
    kept = station.settings()
    click(loop, place, studio, "learn_ways_clear")
    assert station._setup.shape == "islands"
    settle(loop, studio, studio.undo.undo)
    assert station.settings()["drawn"] == kept["drawn"]
    settle(
        loop, studio, lambda: station.restore({"shape": "drawn", "drawn": [[9, 9], "no", [1, 1, 1]], "seed": -1, "strides": 7, "beta": 3})
    )
    assert station.settings() == kept


def test_questions_are_answered_with_the_numbers_of_this_run(loop, place, studio, monkeypatch):
    for way in (gan.Gan, vae.Vae):
        monkeypatch.setattr(way, "steps", 3)
    station = place.station
    settle(loop, studio, station.start_again)
    found = []
    station.answered.connect(lambda guess, words: found.append((guess, words)))

    async def ask(guess: str) -> None:
        station.look(guess, 4)
        await until(lambda: found and found[-1][0] == guess)
        station.leave()
        await asyncio.sleep(0.05)

    for guess in ("gan", "vae", "calm"):
        loop.run_until_complete(ask(guess))
    assert [guess for guess, _ in found] == ["gan", "vae", "calm"]
    assert found[0][1].values["steps"] >= 3
    assert 0 <= found[0][1].values["found"] <= 8
    assert found[1][1].values["bad"] > 50  # after three steps
    assert station._setup.momentum is False


def test_what_the_networks_know_is_shown_beneath(loop, place, studio):
    click(loop, place, studio, "learn_ways_beneath_1")
    images = [pane.plane.grab().toImage() for pane in place.station.panes]
    click(loop, place, studio, "learn_ways_beneath_0")
    assert all(image != pane.plane.grab().toImage() for image, pane in zip(images, place.station.panes, strict=True))


def test_pictures_are_learned_beside_real_ones(loop, place, studio):
    station = place.station
    settle(loop, studio, lambda: station.restore({"shape": "things16", "strides": 1}))
    assert text(place, "learn_way_3_title") == "Real pictures"
    click(loop, place, studio, "learn_ways_step_button")
    assert [pane.frame_shown.steps for pane in station.panes[:3]] == [1, 1, 1]
    assert text(place, "learn_way_0_reached").startswith("right kind ")
    assert "min" not in formulas_of("vae", station.panes[1].frame_shown, 1.0)[0].latex
    settle(loop, studio, lambda: station.restore({"shape": "islands"}))
    assert text(place, "learn_way_3_title") == "Normalizing flow"
    assert steps(place) == [0, 0, 0, 0]
    click(loop, place, studio, "learn_ways_step_button")
    general, now = formulas_of("vae", station.panes[1].frame_shown, 10.0)
    assert r"\beta\,\min(1, n/300)" in general.latex
    assert r"+ 0.033 \cdot" in now.latex
