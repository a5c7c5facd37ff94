"""The caption: one line about the shown step, from measurements of its run."""

from dataclasses import replace
from math import nan

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Phase, Run, Stage
from desktop.ui.create.captions import CaptionLine
from tests.developed import developed
from tests.watched import whole


@pytest.fixture
def run():
    """A run at half of its steps: the layout changes until step 9, and the guidance share falls."""
    run = developed(50, done=23)
    run.steps[1:] = [
        replace(step, layout=1.0 if step.number == 1 else 0.2 if step.number < 10 else 0.01, guidance=1 / step.number)
        for step in run.steps[1:]
    ]
    return run


@pytest.fixture
def caption(qtbot, timeline, work):
    caption = CaptionLine(timeline, work)
    qtbot.addWidget(caption)
    caption.resize(900, 20)
    caption.show()
    return caption


def said(caption):
    return caption.text().split(" · ")


def at_work(work, run, phase=Phase.DENOISING):
    work.run, work.phase, work.running = run, phase, True
    work.changed.emit()


def test_a_step_shows_the_measurements_up_to_it(caption, timeline, run):
    timeline.show(run)
    timeline.go_to(20)
    assert said(caption) == [
        "Step 20 of 50",
        "More noise than picture",
        "The layout has hardly changed since step 9",
        "Prompt influence: 5 %",
    ]
    timeline.go_to(9)
    assert said(caption) == ["Step 9 of 50", "More noise than picture", "The layout is still changing", "Prompt influence: 11 %"]
    timeline.go_to(12)
    assert "The layout is still changing" in said(caption)  # three steps prove nothing
    timeline.go_to(22)
    assert said(caption)[-1] == "Prompt influence: almost none"


def test_the_noise_level_falls_to_none(caption, timeline):
    timeline.show(developed(50))
    levels = []
    for number in range(51):
        timeline.go_to(number)
        if (level := said(caption)[-1]) not in levels:
            levels.append(level)
    assert levels == [
        "Pure noise from the seed",
        "Almost only noise",
        "More noise than picture",
        "About as much noise as picture",
        "More picture than noise",
        "Little noise left",
        "The last noise is removed: the latents are finished",
    ]


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.PREPARING, "Loading libraries"),
        (Phase.LOADING, "Loading the model"),
        (Phase.ENCODING, "The text encoder"),
        (Phase.DENOISING, "The denoiser"),
        (Phase.DECODING, "decoder"),
        (Phase.SAVING, "Saving"),
    ],
)
def test_the_phase_is_shown_before_and_after_the_steps(caption, timeline, work, phase, words):
    run = Run(Recipe())
    timeline.show(run)
    at_work(work, run, phase)
    assert words in caption.text()


def test_denoising_is_shown_at_the_newest_step_only(caption, timeline, work, run):
    timeline.show(run)
    at_work(work, run)
    assert said(caption)[:2] == ["Denoising the next step", "About as much noise as picture"]
    timeline.go_to(3)
    assert said(caption)[0] == "Step 3 of 50"
    timeline.show(developed(10))
    assert said(caption)[0] == "Step 10 of 10"


def test_pausing_stopping_and_waiting_for_the_disk(qtbot, caption, timeline, work, run):
    timeline.show(run)
    at_work(work, run)
    work.is_behind = True  # nothing is reported while the run waits
    qtbot.waitUntil(lambda: said(caption)[0] == "Waiting for the disk to record the steps")
    work.pause()
    assert said(caption)[0] == "Pausing after this step…"
    work.stop()
    assert said(caption) == ["Stopping…"]


@pytest.mark.parametrize(
    ("ending", "words"),
    [(Ending.PAUSED, "Paused at step 23 of 50"), (Ending.STOPPED, "Stopped at step 23 of 50"), (Ending.FAILED, "Failed at step 23 of 50")],
)
def test_the_end_of_a_run_is_shown_at_its_last_step(caption, timeline, run, ending, words):
    run.ending = ending
    timeline.show(run)
    assert said(caption)[0] == words
    timeline.go_by(-1)
    assert said(caption)[0] == "Step 22 of 50"


def test_steps_of_a_refinement_say_so(caption, timeline, run):
    run.recipe = run.recipe.turned(15, refine=7)
    timeline.show(run)
    assert "Refined from step 15" in said(caption)
    timeline.go_to(15)
    assert "Refined from step 15" not in said(caption)


def test_a_run_without_guidance(caption, timeline, run):
    run.steps[1:] = [replace(step, guidance=0.0) for step in run.steps[1:]]
    timeline.show(run)
    assert said(caption)[-1] == "Guidance is off"


def test_a_step_with_damaged_numbers_shows_the_rest(caption, timeline, run):
    run.steps[12] = replace(run.steps[12], alpha_cumprod=None, seconds=nan, layout=None, guidance=None)
    timeline.show(run)
    assert "The layout has hardly changed since step 12" in said(caption)
    timeline.go_to(12)
    assert said(caption) == ["Step 12 of 50", "The layout is still changing"]


def test_what_a_sampler_does_not_tell_is_unknown(caption, timeline, run):
    run.steps[12] = replace(run.steps[12], sigma=None, alpha_cumprod=None, change=None, layout=None, guidance=None)
    timeline.show(run)
    timeline.go_to(12)
    assert said(caption) == ["Step 12 of 50", "The noise level is unknown: this sampler does not tell it", "Prompt influence: unknown"]


def test_a_run_in_stages_says_which(caption, timeline, run):
    run.plan = replace(run.plan, stages=(Stage("prior", 20), Stage("", 30)))
    timeline.show(run)
    timeline.go_to(20)
    assert said(caption)[1] == "Prior stage"
    timeline.go_to(21)
    assert said(caption)[1] == "Main stage"


def test_a_real_run(caption, timeline):
    steps = whole("DDIM").steps
    run = developed(len(steps) - 1)
    run.steps[:] = steps
    timeline.show(run)
    assert any(words.startswith("The layout") for words in said(caption))
    assert any(words.startswith("Prompt influence") for words in said(caption))


def test_without_steps_it_is_empty(caption, timeline):
    assert caption.text() == ""
    run = developed(10)
    run.steps.clear()
    timeline.show(run)
    assert caption.text() == ""


def test_in_a_narrow_window_the_tooltip_has_the_whole_text(caption, timeline, run):
    timeline.show(run)
    assert caption.toolTip() == ""
    caption.resize(120, 20)
    assert caption.toolTip() == caption.text()
    assert caption.minimumSizeHint().width() == 0


def test_it_can_be_switched_off_and_on(caption, timeline, run):
    caption.hide()
    timeline.show(run)
    assert not caption.isVisible()
    caption.show()
    assert said(caption)[0] == "Step 23 of 50"
