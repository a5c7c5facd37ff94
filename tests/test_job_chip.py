"""The job chip: what is being made, wherever one looks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Previews, Run
from desktop.studio.at_work import AtWork
from desktop.studio.generation import Generation, Job
from desktop.studio.notices import Notices
from desktop.studio.pace import Pace
from desktop.studio.queue import Queue
from desktop.studio.undo import Undo
from desktop.ui.frame.job_chip import NARROW, JobChip
from tests.developed import developed


@pytest.fixture
def generation(qapp, timeline, held):
    notices = Notices()
    return Generation(None, Queue(notices), timeline, held, notices, Undo(notices), None, Previews.FAST)


@pytest.fixture
def chip(qtbot, generation, timeline, theme):
    chip = JobChip(AtWork(generation), generation, timeline, theme)
    qtbot.addWidget(chip)
    return chip


def start(generation, run: Run) -> Run:
    """`run` is at work now."""
    generation._job, generation.run = Job(run), run
    generation.changed.emit()
    return run


def end(generation, ending: Ending) -> None:
    run, generation._job = generation.run, None
    run.end(ending)
    generation.ended.emit(run)
    generation.changed.emit()


def child(chip, name) -> QAbstractButton:
    return chip.findChild(QAbstractButton, name)


def says(chip) -> list[str]:
    return [chip.findChild(QLabel, name).text() for name in ("job_state", "job_left")]


def press(chip, name) -> None:
    QTest.mouseClick(child(chip, name), Qt.MouseButton.LeftButton)


def test_it_is_there_while_something_runs_or_waits(chip, generation):
    assert not chip.isVisible()
    start(generation, developed(50, done=0))
    assert chip.isVisible()
    assert says(chip) == ["Starting…", ""]
    end(generation, Ending.STOPPED)
    assert not chip.isVisible()
    generation.hold([Job(Run(Recipe.of(prompt=prompt))) for prompt in "ab"])
    assert says(chip) == ["2 queued", ""]


def test_it_tells_step_and_time_left(chip, generation):
    start(generation, developed(50, done=31))
    assert says(chip) == ["Step 31 of 50", ""]
    generation.pace = Pace(20)
    generation.pace.add(1.0)
    generation.changed.emit()
    assert says(chip) == ["Step 31 of 50", "0:19 left"]
    assert child(chip, "job").accessibleName() == "Step 31 of 50, 0:19 left"
    chip.set_narrow(True)
    assert says(chip) == ["31 / 50", "0:19"]
    assert chip.width() == NARROW


def test_the_decoding_at_the_end_is_told(chip, generation):
    start(generation, developed(10, done=10))
    assert says(chip) == ["Finishing…", ""]


def test_it_pauses_and_resumes_what_is_made_not_what_is_shown(chip, generation, timeline, monkeypatch):
    shown, made, asked = developed(10), developed(50, done=31), []
    timeline.show(shown)
    monkeypatch.setattr(generation, "pause", lambda: asked.append("pause"))
    monkeypatch.setattr(generation, "resume", lambda run: asked.append(run))
    start(generation, made)
    assert child(chip, "job_pause").accessibleName() == "Pause"
    press(chip, "job_pause")
    generation.pausing = True
    generation.changed.emit()
    assert says(chip) == ["Pausing…", ""]
    press(chip, "job_pause")
    generation.pausing, generation._job = False, None
    made.end(Ending.PAUSED)
    generation.hold([Job(made)])
    generation.changed.emit()
    assert says(chip) == ["Step 31 of 50", "paused"]
    assert child(chip, "job_pause").accessibleName() == "Resume"
    press(chip, "job_pause")
    assert asked == ["pause", made, made]


def test_show_is_for_what_is_not_shown(qtbot, chip, generation, timeline):
    made = start(generation, developed(50, done=31))
    assert child(chip, "job_show").isEnabled()
    with qtbot.waitSignal(chip.show_requested) as shown:
        press(chip, "job_show")
    assert shown.args == [made]
    timeline.show(made)
    assert not child(chip, "job_show").isEnabled()
    chip.show_seen(False)  # another place is open
    assert child(chip, "job_show").isEnabled()
    chip.show_seen(True)
    timeline.show(developed(3))
    timeline.compare_with(made)
    assert not child(chip, "job_show").isEnabled()


def test_what_has_finished_can_be_shown_for_a_while(qtbot, chip, generation):
    made = start(generation, developed(50))
    end(generation, Ending.FINISHED)
    assert says(chip) == ["Finished", ""]
    assert not child(chip, "job_pause").isVisible()
    with qtbot.waitSignal(chip.show_requested) as shown:
        press(chip, "job_show")
    assert shown.args == [made]


def test_a_click_opens_the_jobs(qtbot, chip, generation):
    start(generation, developed(50, done=31))
    with qtbot.waitSignal(chip.opened):
        press(chip, "job")


def test_its_foot_shows_how_far_the_run_is(chip, generation, theme):
    start(generation, developed(50, done=25))
    image = chip.grab().toImage()
    ratio, row = image.devicePixelRatio(), image.height() - 2
    accent = [x / ratio for x in range(image.width()) if image.pixelColor(x, row).name() == theme.tokens.accent]
    assert max(accent) == pytest.approx(chip.width() / 2, abs=3)
