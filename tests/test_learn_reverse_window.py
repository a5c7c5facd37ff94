"""Stations 2 and 3 in the place Learn, with a tiny model."""

from __future__ import annotations

from typing import Any

import diffusers
import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Run, Step
from desktop.diffusion.snapshot import read_snapshot
from desktop.learn.moments import Moment, Walk
from desktop.library.lessons_file import Kept
from desktop.studio.trials import Trials
from desktop.ui.learn.learn_place import LearnPlace
from desktop.ui.learn.line_by_line import DRAW, LOOP, START, STEP
from desktop.ui.learn.strides import STRIDES
from tests import tiny
from tests.collection import settle
from tests.lessons import learn_studio, show_learn

STEPS = 8


@pytest.fixture(scope="module")
def shallow(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "tiny"
    tiny.pipeline(is_shallow=True).save_pretrained(path)
    return path


@pytest.fixture
def studio(loop, tmp_path, theme, shallow):
    recipe = Recipe.of(prompt="a red cat", width=64, height=64, guidance_scale=3.0, sampler="DDIM")
    kept = Kept(station="take_away", settings={"take_away": {"steps": STEPS, "t": 400}})
    with learn_studio(loop, shallow, tmp_path, theme, recipe, kept) as studio:
        yield studio


@pytest.fixture
def place(qtbot, loop, studio):
    return show_learn(qtbot, loop, studio, 900)


def said(place: LearnPlace, name: str) -> str:
    return place.findChild(QLabel, name).text()


def press(loop, studio, place: LearnPlace, name: str) -> None:
    settle(loop, studio, place.findChild(QPushButton, name).click)


def finding(place: LearnPlace, loop, studio, choice: int | None = None) -> str:
    """Guess, or skip the question, and return what was found."""
    if choice is None:
        press(loop, studio, place, "learn_guess_skip")
    else:
        press(loop, studio, place, f"learn_guess_choice_{choice}")
        press(loop, studio, place, "learn_guess_look")
    return place.findChild(QLabel, f"learn_finding_{len(studio.lessons.findings(place.station.KEY)) - 1}").text()


def test_a_picture_goes_there_and_back_and_on_to_create(loop, place, studio, monkeypatch):
    station = place.station
    assert station.KEY == "take_away"
    assert len(station._backs) == 1  # guess first: only the picture at the playhead
    carried: list[Any] = []
    place.carried.connect(carried.append)

    answer = finding(place, loop, studio)
    assert answer.startswith("From about t = ")
    made = station._backs
    assert 0 in made
    assert {round(back.t) for back in made.values()} == {round(timestep) + 1 for timestep in station._given.plan.timesteps}  # 1…1000
    assert len(made) == STEPS
    assert all(back.run.picture == back.pixels for back in made.values())
    assert station.formulas()[1].latex.startswith("x_{")

    clean = read_snapshot(station._given.steps, STEPS).latents.float()

    def oracle(record):
        """A network that finds all the noise."""
        return (record.sample.float() - record.level[0] * clean) / record.level[1]

    monkeypatch.setattr("desktop.learn.reverse.noise", oracle)
    answer = finding(place, loop, studio, 1)
    assert "with all the noise is 1.00, with the noise of the last of the many steps only 0." in answer
    assert float(answer.split("only ")[1].split(". ")[0]) < 0.3

    station.go_to(0)
    settle(loop, studio)
    press(loop, studio, place, "learn_take_away_use_button")
    [run] = carried
    assert isinstance(run, Run)
    assert run.picture == made[station._here].pixels
    assert run.recipe.turns[0].refines
    studio.held.hold(run)
    settle(loop, studio, lambda: studio.generation.resume(run))
    assert run.ending is Ending.FINISHED
    assert run.path is not None
    assert run.path.exists()
    assert "source" in run.plan.environment


def test_algorithm_2_is_walked_line_by_line_and_answers(loop, place, studio, monkeypatch):
    station = place.station
    settle(loop, studio, lambda: place.findChild(QPushButton, "learn_take_away_walk").click())
    walk = station.walk
    assert walk.number == STEPS  # it has followed
    walk.go_to(0)
    lit = []
    for _ in range(4):
        lit.append(walk._line)
        press(loop, studio, place, "learn_take_away_next_line_button")
    assert lit == [START, LOOP, DRAW, STEP]
    assert walk.number == 2
    moment = walk.moment
    assert said(place, "learn_algorithm_2_line_2_values").endswith(f" {moment.timestep + 1}")
    assert f"{moment.sigma:.3f}" in said(place, "learn_algorithm_2_line_3_values")
    assert f"{moment.keep:.3f}" in station.formulas()[1].latex
    record = read_snapshot([each.step for each in station._walks[station._way]], 2)
    assert f"{float(record.sample.std()):.2f}" in said(place, "learn_walk_above_number_0")

    settle(loop, studio, lambda: station.look("fresh", 0))
    settle(loop, studio, lambda: station.look("walks", 1))
    fresh, walks = studio.lessons.findings("take_away")
    assert float(fresh.values["bare"]) < float(fresh.values["fresh"])
    assert walks.values["apart"] == "0"
    settle(loop, studio, lambda: station._eta.setValue(0))
    assert walk.moment.sigma == 0

    # the station steps with diffusers' own step
    before, walked, own = dict(station._backs), walk.moment, diffusers.DDIMScheduler.step
    monkeypatch.setattr(diffusers.DDIMScheduler, "step", lambda self, output, *args, **rest: own(self, -output, *args, **rest))
    station._made_for = station._walked_for = None
    settle(loop, studio, station.enter)
    walk.go_to(walked.step.number)
    assert walk.moment.pictures["x_next"] != walked.pictures["x_next"]
    settle(loop, studio, lambda: station.show_page("back"))
    [(given, back)] = station._backs.items()
    assert back.pixels != before[given].pixels


def test_strides_begin_with_the_noise_and_answer_after_the_guess(loop, place, studio, monkeypatch):
    settle(loop, studio, lambda: place.open("strides"))
    station = place.station
    assert station._noise is not None
    assert not station._made  # guess first
    answer = finding(place, loop, studio, 0)
    assert answer.startswith("One step takes ")
    assert list(station._made) == list(STRIDES)
    assert answer.endswith("You guessed: Yes: it knows the picture.")
    pictures = {made.pixels for made in station._made.values()}
    assert len(pictures) == len(STRIDES)
    assert finding(place, loop, studio, 4).startswith("From ")
    carried: list[Any] = []
    place.carried.connect(carried.append)
    station.choose(1)
    press(loop, studio, place, "learn_strides_use_button")
    assert carried[0].sampling.steps == STRIDES[1]
    assert carried[0].sampling.guidance_scale == 1

    # the station steps with diffusers' own step
    before, own = dict(station._made), diffusers.DDIMScheduler.step
    monkeypatch.setattr(diffusers.DDIMScheduler, "step", lambda self, output, *args, **rest: own(self, -output, *args, **rest))
    recipe, station._made_for, station._wants_all = station._made_for.with_values(steps=1), None, False
    settle(loop, studio, station.enter)
    settle(loop, studio, lambda: studio.notices.spawn(station._make(recipe, 1)))
    assert station._made[1].pixels != before[1].pixels


def test_pictures_of_learn_give_way_to_those_of_create(loop, studio):
    trials, recipe = Trials(studio.machine, studio.queue), studio.recipe.with_values(steps=STEPS)
    ended: list[str] = []

    async def both() -> tuple[Run, list[Moment]]:
        run = Run(recipe)

        def observe(event: object) -> None:
            if isinstance(event, Step) and event.number == 2:
                studio.generation.generate(recipe.with_values(steps=2))

        studio.generation.ended.connect(lambda other: ended.append("Create"))
        await trials.make(run, observe)
        ended.append("Learn")
        moments: list[Moment] = []

        def seen(moment: Moment) -> None:
            moments.append(moment)
            if moment.step.number == 2:
                studio.generation.generate(recipe.with_values(steps=2))

        made = await trials.walk(recipe, Walk(1.0), seen)
        ended.append("walk")
        assert made == moments
        return run, made

    run, made = loop.run_until_complete(both())
    assert ended == ["Create", "Learn", "Create", "walk"]
    assert [step.number for step in run.steps] == list(range(STEPS + 1))
    assert [moment.step.number for moment in made] == list(range(STEPS + 1))
    again = Run(recipe)
    loop.run_until_complete(trials.make(again))
    assert again.picture == run.picture
