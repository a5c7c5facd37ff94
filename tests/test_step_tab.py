"""The Step tab: measurements, the running part and one sentence."""

from dataclasses import replace
from math import nan

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Phase, Previews, Run
from desktop.studio.pace import Pace
from desktop.ui.create.step_tab import PartLight, StepTab
from desktop.ui.theme import Theme
from tests.developed import Work, developed


@pytest.fixture
def work():
    return Work(developed(50, done=23))


@pytest.fixture
def panel(qtbot, timeline, work):
    panel = StepTab(timeline, work, Theme())
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    panel.findChild(QPushButton, "step_details").click()
    return panel


def text(panel, name):
    label = panel.findChild(QLabel, name) or panel.findChild(QLabel, f"fact_{name}")
    return label.text() if label.isVisible() else None


def at_work(panel):
    return [part.at_work for part in panel.findChildren(PartLight)]


def test_a_step_in_numbers(panel, timeline, work):
    timeline.show(work.run)
    assert [text(panel, name) for name in ("step_number", "step_count", "timestep", "sigma", "alpha", "log_snr", "seconds")] == [
        "23",
        "/ 50",
        "559",
        "1.13",
        "0.44",
        "−0.25",
        "80 ms",
    ]


def test_a_run_that_has_just_begun_is_being_prepared(panel, timeline, work):
    run = Run(Recipe.of(prompt="a fox"))
    work.run, work.running, work.phase = run, True, None
    timeline.show(run)
    assert text(panel, "what_happens") == "Getting ready…"


def test_the_starting_noise(panel, timeline, work):
    timeline.show(work.run)
    timeline.go_to(0)
    assert [text(panel, name) for name in ("step_number", "sigma", "alpha", "log_snr", "seconds")] == ["0", "∞", "0.00", "−∞", "–"]
    assert "Pure noise" in text(panel, "what_happens")


@pytest.mark.parametrize(
    ("phase", "lit", "words"),
    [
        (Phase.PREPARING, None, "Loading libraries"),
        (Phase.LOADING, None, "Loading the model"),
        (Phase.ENCODING, 0, "text encoder turns the prompt"),
        (Phase.DENOISING, 1, "as much noise as picture"),
        (Phase.DECODING, 2, "decoder turns them into the picture"),
        (Phase.SAVING, None, "Saving the finished picture"),
    ],
)
def test_the_running_part_is_highlighted_and_explained(panel, timeline, work, phase, lit, words):
    timeline.show(work.run)
    work.phase = phase
    work.changed.emit()
    assert at_work(panel) == [index == lit for index in range(3)]
    assert words in text(panel, "what_happens")


def test_what_happens_follows_the_noise_level(panel, timeline):
    timeline.show(developed(50))
    said = []
    for number in range(51):
        timeline.go_to(number)
        if text(panel, "what_happens") not in said:
            said.append(text(panel, "what_happens"))
    assert len(said) == 7  # noise, five levels of it, the last step: each once, in this order
    assert "Pure noise" in said[0]
    assert "as much noise as picture" in said[3]
    assert "Little noise" in said[5]
    assert "last noise is removed" in said[6]


def test_another_run_is_not_shown_as_running(panel, timeline):
    timeline.show(developed(50))
    assert at_work(panel) == [False] * 3
    assert text(panel, "time_left") == ""


def test_time_left(panel, timeline, work):
    timeline.show(work.run)
    now = [0.0]
    work.pace = Pace(100, lambda: now[0])
    work.pace.add(1.0)
    work.changed.emit()
    assert text(panel, "time_left") == "1:39 left"
    assert text(panel, "slower") is None
    work.pace.slower = True
    work.changed.emit()
    assert text(panel, "slower") == "slower than before"
    work.phase = Phase.DECODING
    work.changed.emit()
    assert text(panel, "time_left") == ""


def test_the_cost_of_the_previews_is_measured(panel, timeline, work):
    timeline.show(work.run)
    assert text(panel, "preview_cost") == "2.5 % · 2.0 ms"
    timeline.show(developed(10, previews=False))
    assert text(panel, "preview_cost") is None


def test_previews_can_be_chosen(qtbot, panel, work):
    button = panel.findChild(QPushButton, "previews_best")
    with qtbot.waitSignal(panel.previews_changed) as chosen:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chosen.args == [Previews.BEST]
    work.previews = Previews.OFF
    work.changed.emit()
    assert panel.findChild(QPushButton, "previews_off").isChecked()


@pytest.mark.parametrize(
    ("sampler", "calls", "words"),
    [
        ("Heun", 99, "Heun calls the denoiser 99 times in 50 steps. Each call is a frame."),
        ("PNDM", 51, "PNDM calls the denoiser 51 times in 50 steps. Each call is a frame."),
        ("DDIM", 50, None),
    ],
)
def test_why_there_are_more_frames_than_steps(panel, timeline, sampler, calls, words):
    timeline.show(developed(calls, recipe=Recipe.of(sampler=sampler, steps=50)))
    assert text(panel, "why_so_many") == words


def test_measurements_of_the_step(panel, timeline):
    run = developed(10)
    run.steps[4] = replace(run.steps[4], change=0.035, guidance=0.32, alpha_cumprod=0.43)
    timeline.show(run)
    timeline.go_to(4)
    assert [text(panel, name) for name in ("noise_left", "change", "pull")] == ["57 %", "3.5 %", "32 %"]
    panel.grab()
    timeline.go_to(0)
    assert [text(panel, name) for name in ("noise_left", "change", "pull")] == ["100 %", "–", "–"]


def test_a_step_with_damaged_numbers(panel, timeline):
    run = developed(10)
    run.steps[4] = replace(run.steps[4], sigma=None, alpha_cumprod=None, seconds=nan, overhead_seconds=nan, change=nan, guidance=nan)
    timeline.show(run)
    timeline.go_to(4)
    assert [text(panel, name) for name in ("sigma", "alpha", "log_snr", "change", "pull", "seconds")] == ["–"] * 6
    assert "damaged" in text(panel, "what_happens")


def test_a_picture_from_disk_has_no_steps(panel, timeline):
    run = developed(10)
    run.steps.clear()
    timeline.show(run, follow=False)
    assert text(panel, "step_number") is None
    assert "were not recorded" in text(panel, "what_happens")


def test_before_the_first_run(panel):
    assert "removes some of the noise" in text(panel, "what_happens")


def test_a_run_without_steps_yet(panel, timeline, work):
    work.run, work.phase = Run(Recipe.of(steps=20)), Phase.PREPARING
    timeline.show(work.run)
    assert (text(panel, "step_number"), text(panel, "step_count")) == ("0", "/ 20")


def test_every_number_is_explained(panel):
    for name in ("timestep", "sigma", "alpha", "log_snr", "change", "pull", "seconds", "preview_cost", "time_left"):
        label = panel.findChild(QLabel, name) or panel.findChild(QLabel, f"fact_{name}")
        assert label.toolTip() == label.accessibleDescription() != ""
        assert label.accessibleName() == ""  # the number is what is read


def test_the_numbers_are_folded_until_they_are_asked_for(qtbot, timeline, work):
    tab = StepTab(timeline, work, Theme())
    qtbot.addWidget(tab)
    tab.show()
    timeline.show(developed(10))
    assert text(tab, "noise_left") == "0 %"
    assert text(tab, "sigma") is None
    QTest.keyClick(tab.findChild(QPushButton, "step_details"), Qt.Key.Key_Space)
    assert text(tab, "sigma") is not None


def test_a_hidden_tab_catches_up_when_it_is_shown(panel, timeline):
    panel.hide()
    timeline.show(developed(10))
    timeline.go_to(4)
    panel.show()
    assert text(panel, "step_number") == "4"
