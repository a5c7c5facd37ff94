"""Stations 7 and 8 in the place Learn, with a tiny model."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.diffusion.recipe import Recipe
from desktop.learn import words
from desktop.library.lessons_file import Kept
from desktop.ui.learn.learn_place import LearnPlace
from tests.collection import settle
from tests.lessons import learn_studio, show_learn


@pytest.fixture
def studio(loop, tmp_path, theme, model):
    with learn_studio(
        loop, model, tmp_path, theme, Recipe.of(prompt="a red cat", width=64, height=64, guidance_scale=3.0), Kept()
    ) as studio:
        yield studio


@pytest.fixture
def place(qtbot, loop, studio):
    return show_learn(qtbot, loop, studio, 900)


def said(place: LearnPlace, name: str) -> str:
    return place.findChild(QLabel, name).text()


def guess(place: LearnPlace, loop, studio) -> str:
    """Skip the question, and return what was found."""
    settle(loop, studio, place.findChild(QPushButton, "learn_guess_skip").click)
    return place.findChild(QLabel, f"learn_finding_{len(studio.lessons.findings(place.station.KEY)) - 1}").text()


def test_latents_are_guessed_painted_on_and_decoded_and_strokes_are_undone(qtbot, loop, place, studio):
    settle(loop, studio, lambda: place.open("latents"))
    station = place.station
    assert "48" not in said(place, "learn_latents_sum_caption_1")  # guess first
    assert guess(place, loop, studio) == "12288 numbers of your picture become 256: 48 times fewer."
    assert "48 times fewer" in said(place, "learn_latents_sum_caption_1")
    assert "One flipped number changed" in guess(place, loop, studio)
    assert station.side.isVisible()
    assert station.formulas()[0].latex == r"\frac{3 \cdot 64 \cdot 64}{4 \cdot 8 \cdot 8} = 48"

    clean, back = station._base.copy(), station._back.picture.copy()
    spot = station._channels._rect(2).center().toPoint()

    def stroke() -> None:
        qtbot.mousePress(station._channels, Qt.MouseButton.LeftButton, pos=spot)
        qtbot.mouseMove(station._channels, spot + QPoint(12, 0))
        qtbot.mouseRelease(station._channels, Qt.MouseButton.LeftButton, pos=spot + QPoint(12, 0))

    settle(loop, studio, stroke)
    assert (station._base[2] == 2.0).sum() > 1
    assert np.array_equal(np.delete(station._base, 2, 0), np.delete(clean, 2, 0))
    assert not np.array_equal(station._back.picture, back)
    settle(loop, studio, studio.undo.undo)
    assert np.array_equal(station._base, clean)
    assert np.array_equal(station._back.picture, back)
    settle(loop, studio, studio.undo.redo)
    assert not np.array_equal(station._base, clean)

    settle(loop, studio, place.findChild(QPushButton, "learn_latents_again").click)
    station._one.click()
    settle(loop, studio, lambda: qtbot.keyClick(station._channels, Qt.Key.Key_Space))
    assert (station._base != clean).sum() == 1
    assert "This one number changed" in said(place, "learn_latents_told")
    settle(loop, studio, lambda: station._share.setValue(100))
    assert np.allclose(station._shown, station._second, atol=1e-6)
    place.open("add_noise")
    assert not station._coding.is_decoding
    assert station.settings() == {"value": 2.0, "width": 2, "share": 100, "channel": 2}


def test_noise_in_the_latents_is_shown_beside_noise_in_the_pixels(loop, place, studio):
    station = place.station
    assert station.KEY == "add_noise"
    shown = station.sum.pictures[3]
    assert not shown.isVisible()
    settle(loop, studio, place.findChild(QPushButton, "learn_noised_latents_switch_1").click)
    assert shown.isVisible()
    assert said(place, "learn_noised_latents_told") == "4 × 8 × 8 numbers get the noise, instead of 3 × 64 × 64."
    noisy = shown.image.copy()
    settle(loop, studio, lambda: station.go_to(0))
    assert shown.image != noisy
    assert said(place, "learn_add_noise_sum_caption_3").endswith("in the pixels: 1.00")
    assert station.settings()["latents"] is True
    settle(loop, studio, lambda: place.open("latents"))
    assert not station.inside._coding.is_decoding
    settle(loop, studio, lambda: place.open("add_noise"))
    place.findChild(QPushButton, "learn_noised_latents_switch_0").click()
    assert not shown.isVisible()


def test_the_prompt_is_read_drawn_and_compared(loop, place, studio, monkeypatch):
    monkeypatch.setattr(words, "SCALES", (1.0, 30.0))
    settle(loop, studio, lambda: place.open("words"))
    station = place.station
    assert said(place, "learn_words_said").startswith("3 tokens; the text encoder reads up to 77")
    assert "<b>red</b>" in said(place, "learn_words_token_1")
    station._steps.setValue(3)

    assert "On one seed, guidance 1 clips" in guess(place, loop, studio)
    assert set(station._strip) == {1.0, 30.0}
    assert "mark before the prompt" in guess(place, loop, studio)
    assert len(station._made.maps) == station._made.last
    assert station._maps_page.map.image is not None
    assert "of all change is where the map of" in guess(place, loop, studio)
    alone = loop.run_until_complete(station._generate(station._base(), maps=False))
    assert np.array_equal(alone.picture, station._made.picture)  # maps on = maps off

    settle(loop, studio, place.findChild(QPushButton, "learn_words_answers").click)
    assert all(picture.image is not None for picture in station._answers_page.sum.pictures)
    assert said(place, "learn_words_said").startswith("Step 1 of")
    settle(loop, studio, lambda: station._go_to(2))
    assert station._asked[1] == 2
    recipes = []
    place.carried.connect(recipes.append)
    station._carry.trigger()
    assert recipes[0].prompt.text == "a red cat"
    place.open("add_noise")
    assert station._made is None


def test_settings_that_make_no_sense_are_left_out(loop, place, studio):
    for key, wrong in (
        ("latents", {"value": float("nan"), "width": 10**15, "share": -1, "channel": "x"}),
        ("words", {"prompt": 3, "steps": 10**15, "seed": -1, "page": "none"}),
    ):
        settle(loop, studio, lambda key=key: place.open(key))
        before = place.station.settings()
        place.station.restore(wrong)
        assert place.station.settings() == before
