"""The station with the whole machine: its parts are weighed and timed in a stock run, and follow the run in Create."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.diffusion.control import Control
from desktop.diffusion.recipe import Recipe
from desktop.errors import OutOfMemory
from desktop.learn.parts import Part, Work
from desktop.library.lessons_file import Kept
from desktop.ui.learn.learn_place import LearnPlace
from tests.awaited import until
from tests.collection import settle
from tests.lessons import learn_studio, show_learn


@pytest.fixture
def studio(loop, tmp_path, theme, model):
    recipe = Recipe.of(prompt="a red boat", steps=4, width=64, height=64)
    with learn_studio(loop, model, tmp_path, theme, recipe, Kept("whole")) as studio:
        yield studio


@pytest.fixture
def place(qtbot, loop, studio):
    return show_learn(qtbot, loop, studio)


def text(place: LearnPlace, name: str) -> str:
    return place.findChild(QLabel, name).text()


def test_every_part_is_weighed_and_timed_in_one_stock_run(loop, place, studio):
    assert "million weights, gives 4 × 8 × 8" in text(place, "learn_part_denoiser_facts")
    settle(loop, studio, place.station._time.trigger)
    assert text(place, "learn_part_denoiser_done").startswith("Called 4 ×, ")
    assert text(place, "learn_part_decoder_done").startswith("Called 1 ×, ")
    assert "%" in text(place, "learn_part_text_done")


def test_the_questions_are_answered_by_measurements(loop, place, studio):
    for question in ("time", "weights"):
        settle(loop, studio, place.findChild(QPushButton, "learn_guess_skip").click)
        [*_, finding] = studio.lessons.findings("whole")
        assert finding.guess == question
    assert finding.values["share"] > 33


def test_timing_stops_at_once(studio, loop):
    from desktop.learn.machine_parts import run

    seen: list[Work] = []

    async def stop_after_one() -> None:
        control = Control()

        def work(model, control, emit) -> None:
            run(model, studio.recipe.with_values(steps=50), control, emit)

        async for done in studio.machine.compute_with(studio.recipe, work, control):
            seen.append(done)
            if done.part is Part.DENOISER:
                control.stop()

    loop.run_until_complete(stop_after_one())
    assert len([done for done in seen if done.part is Part.DENOISER]) < 50


def test_a_question_whose_run_gives_way_to_create_is_answered_after_it(loop, place, studio):
    async def ask_and_generate() -> None:
        place.findChild(QPushButton, "learn_guess_skip").click()
        await until(lambda: place.station._is_timing)
        studio.generation.generate(studio.recipe)
        await until(lambda: studio.lessons.findings("whole"))

    loop.run_until_complete(ask_and_generate())
    settle(loop, studio)
    assert studio.generation.run.path is not None


def test_the_diagram_follows_the_run_in_create(loop, place, studio):
    lit: set[Part] = set()

    def look() -> None:
        lit.update(part for part, card in place.station.cards.items() if card._is_lit)

    studio.generation.changed.connect(look)
    studio.generation.generate(studio.recipe)
    loop.run_until_complete(until(lambda: studio.generation.run and studio.generation.run.path))
    settle(loop, studio)
    assert Part.DENOISER in lit
    assert text(place, "learn_whole_prompt") == "a red boat"
    assert text(place, "learn_whole_state") == "Step 4 of 4 of the run in Create"
    assert text(place, "learn_part_denoiser_title") == "Image information creator × 4"
    assert not any(card._is_lit for card in place.station.cards.values())


def test_a_question_whose_answer_fails_can_be_asked_again(loop, place, studio, monkeypatch):
    def fails(*_: object) -> None:
        raise OutOfMemory(width=64, height=64)

    monkeypatch.setattr("desktop.learn.machine_parts.run", fails)
    skip = place.findChild(QPushButton, "learn_guess_skip")
    settle(loop, studio, skip.click)
    assert isinstance(studio.told[-1].values["width"], int)
    assert studio.lessons.findings("whole") == ()
    assert skip.isEnabled()
