"""Jobs: the queue, opened over the window."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Previews, Run
from desktop.studio.at_work import AtWork
from desktop.studio.generation import Generation, Job, Pause
from desktop.studio.notices import Notices
from desktop.studio.queue import Queue
from desktop.studio.timeline import Timeline
from desktop.studio.undo import Undo
from desktop.ui.frame.jobs import Jobs
from desktop.ui.theme import Theme
from tests.developed import developed
from tests.prompting import child


@pytest.fixture
def generation(qapp) -> Generation:
    notices = Notices()
    return Generation(None, Queue(notices), Timeline(), None, notices, Undo(notices), None, Previews.FAST)


@pytest.fixture
def window(qtbot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    rail = QWidget()
    QVBoxLayout(rail).addWidget(QPushButton("opener"))
    QVBoxLayout(window).addWidget(rail)
    window.resize(700, 600)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    return window


@pytest.fixture
def jobs(window: QWidget, generation: Generation, theme: Theme) -> Jobs:
    opener = window.findChild(QPushButton)
    jobs = Jobs(window, opener.parentWidget(), opener, AtWork(generation), generation, theme)
    jobs.open_popover()
    return jobs


def test_queue_entries_are_removed_by_mouse_and_by_key(qtbot, jobs: Jobs, generation: Generation):
    generation.hold([Job(Run(Recipe.of(prompt="one"))), Job(Run(Recipe.of(prompt="two")), 4), Job(Run(Recipe.of(prompt="three")))])
    lines = child(jobs, QListWidget, "up_next_list")
    assert child(jobs, QLabel, "up_next_count").text() == "6"
    remove = lines.itemWidget(lines.item(0)).findChild(QToolButton, "remove")
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    lines.setCurrentRow(1)
    qtbot.keyClick(lines, Qt.Key.Key_Delete)
    assert [job.recipe.prompt.text for job in generation.up_next] == ["two"]
    qtbot.keyClick(lines, Qt.Key.Key_Delete)
    assert not child(jobs, QWidget, "up_next").isVisible()
    assert child(jobs, QLabel, "jobs_empty").isVisible()


def test_tabbing_into_the_queue_selects_a_line(qtbot, jobs: Jobs, generation: Generation):
    generation.hold([Job(Run(Recipe.of(prompt="one"))), Job(Run(Recipe.of(prompt="two")))])
    lines = child(jobs, QListWidget, "up_next_list")
    lines.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lines.hasFocus)
    assert [item.text() for item in lines.selectedItems()] == ["one"]
    child(jobs, QPushButton, "up_next_start").setFocus(Qt.FocusReason.TabFocusReason)
    assert lines.selectedItems() == []


def test_a_held_queue_waits_for_start(qtbot, jobs: Jobs, generation: Generation, monkeypatch: pytest.MonkeyPatch):
    started = []
    generation.hold([Job(Run(Recipe.of(prompt="one")))])
    monkeypatch.setattr(generation.queue, "_serve_soon", lambda: started.append(generation.up_next))
    qtbot.mouseClick(child(jobs, QPushButton, "up_next_start"), Qt.MouseButton.LeftButton)
    assert len(started) == 1
    assert not generation.holding


def test_a_started_run_in_the_queue_shows_its_progress(qtbot, jobs: Jobs, generation: Generation):
    run = developed(50, 12, Recipe.of(prompt="a red apple").turned(4, prompt="a green apple"))
    generation.hold([Job(run), Job(Run(Recipe.of(prompt="a fox")))])
    lines, start = child(jobs, QListWidget, "up_next_list"), child(jobs, QPushButton, "up_next_start")
    assert shown_in(lines, 0) == ("a green apple", "step 12 of 50")
    assert lines.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "a green apple. Paused at step 12 of 50"
    assert start.text() == "Resume"
    assert "Its steps are kept" in lines.itemWidget(lines.item(0)).findChild(QToolButton, "remove").toolTip()
    generation._job = Job(Run(Recipe()))
    generation.queue_changed.emit()
    assert not start.isVisible()
    assert "at step 12 of 50" in lines.item(0).toolTip()
    generation._job = None
    generation.remove(generation.up_next[0])
    assert start.text() == "Start"


def test_a_seed_to_try_shows_at_which_step_it_pauses(jobs: Jobs, generation: Generation):
    generation.hold([Job(Run(Recipe.of(prompt="a fox", seed=seed)), pause=Pause(12, is_choice=True)) for seed in (7, 8)])
    lines = child(jobs, QListWidget, "up_next_list")
    assert [shown_in(lines, row) for row in range(2)] == [("a fox", "to step 12")] * 2
    assert lines.item(1).toolTip() == "a fox\nSeed 8, pauses at step 12 for your choice"
    assert child(jobs, QLabel, "up_next_count").text() == ""  # no picture comes of them by itself


def test_twins_are_two_pictures_in_one_line(jobs: Jobs, generation: Generation):
    generation.hold([Job(Run(Recipe.of(prompt="a fox")), twin=Run(Recipe.of(prompt="a cat")))])
    assert shown_in(child(jobs, QListWidget, "up_next_list"), 0) == ("a fox", "comparison")
    assert child(jobs, QLabel, "up_next_count").text() == "2"


def shown_in(lines: QListWidget, row: int) -> tuple[str, str]:
    return lines.item(row).text(), lines.item(row).data(Qt.ItemDataRole.UserRole)


def test_the_run_at_work_is_first_and_can_be_stopped(qtbot, jobs: Jobs, generation: Generation, monkeypatch: pytest.MonkeyPatch):
    stopped = []
    monkeypatch.setattr(generation, "_stop_making", lambda: stopped.append(generation.run))
    assert not child(jobs, QWidget, "current_job").isVisible()
    run = developed(50, 12, Recipe.of(prompt="a red apple"))
    generation._job, generation.run, generation._making = Job(run), run, object()
    generation.changed.emit()
    assert not child(jobs, QLabel, "jobs_empty").isVisible()
    assert child(jobs, QLabel, "current_name").text() == "a red apple"
    assert child(jobs, QLabel, "current_progress").text() == "Step 12 of 50"
    qtbot.mouseClick(child(jobs, QToolButton, "current_stop"), Qt.MouseButton.LeftButton)
    assert stopped == [run]


def prompts(generation: Generation) -> list[str]:
    return [job.recipe.prompt.text for job in generation.up_next]


def test_lines_are_moved_by_dragging_and_by_key(qtbot, jobs: Jobs, generation: Generation):
    generation.hold([Job(Run(Recipe.of(prompt=prompt))) for prompt in ("one", "two", "three")])
    lines = child(jobs, QListWidget, "up_next_list")

    def at(row: int, down: int = 0) -> QPoint:
        return lines.visualItemRect(lines.item(row)).center() + QPoint(-60, down)

    def drag(row: int, to: QPoint) -> None:
        qtbot.mousePress(lines.viewport(), Qt.MouseButton.LeftButton, pos=at(row))
        for place in (at(row, 20), to):
            move = QMouseEvent(
                QEvent.Type.MouseMove, QPointF(place), lines.viewport().mapToGlobal(QPointF(place)), Qt.MouseButton.NoButton,
                Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
            )  # fmt: skip
            QApplication.sendEvent(lines.viewport(), move)
        qtbot.mouseRelease(lines.viewport(), Qt.MouseButton.LeftButton, pos=to)

    drag(0, at(2, 10))
    assert prompts(generation) == ["two", "three", "one"]
    drag(2, at(0, -12))
    assert prompts(generation) == ["one", "two", "three"]
    drag(1, at(1, 3))  # back to where it was
    assert prompts(generation) == ["one", "two", "three"]
    lines.setFocus()
    lines.setCurrentRow(0)
    for _ in range(3):  # at the end it stays
        qtbot.keyClick(lines, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert prompts(generation) == ["two", "three", "one"]
    assert lines.currentRow() == 2
    qtbot.keyClick(lines, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert prompts(generation) == ["two", "one", "three"]


def test_the_queue_is_cleared(qtbot, jobs: Jobs, generation: Generation):
    clear = child(jobs, QPushButton, "up_next_clear")
    generation.hold([Job(Run(Recipe.of(prompt="one")))])
    assert not clear.isVisible()
    generation.hold([Job(Run(Recipe.of(prompt="two")))])
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert generation.up_next == []


def test_the_time_that_the_queue_takes_is_known_after_a_run(jobs: Jobs, generation: Generation):
    lines, left = child(jobs, QListWidget, "up_next_list"), child(jobs, QLabel, "jobs_left")
    generation.hold([Job(Run(Recipe.of(prompt="one", steps=100, width=64, height=64)), 2)])
    assert (left.text(), shown_in(lines, 0)[1]) == ("", "×2")
    generation.ended.emit(developed(50, seconds=0.1, overhead=0.0))  # of 64 × 64
    generation.hold([Job(Run(Recipe.of(prompt="large", steps=100, width=128, height=64)))])
    assert [shown_in(lines, row)[1] for row in (0, 1)] == ["×2, 0:20", "0:20"]
    assert left.text() == "0:40 for all"
    assert "Takes about 0:20" in lines.item(1).toolTip()


def test_everything_is_paused_from_the_top(qtbot, jobs: Jobs, generation: Generation):
    pause = child(jobs, QPushButton, "jobs_pause")
    assert not pause.isVisible()
    run = developed(50, 12)
    generation._job, generation.run, generation._making = Job(run), run, object()
    generation.changed.emit()
    qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
    assert generation.pausing
    assert not pause.isEnabled()


def test_a_key_pressed_twice_pauses_or_resumes_and_never_clears(qtbot, jobs: Jobs, generation: Generation, monkeypatch: pytest.MonkeyPatch):
    pause, start = child(jobs, QPushButton, "jobs_pause"), child(jobs, QPushButton, "up_next_start")
    generation.hold([Job(Run(Recipe.of(prompt="one"))), Job(Run(Recipe.of(prompt="two")))])
    monkeypatch.setattr(generation.queue, "_serve_soon", lambda: None)
    start.setFocus()
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert not generation.holding
    assert prompts(generation) == ["one", "two"]
    run = developed(50, 12)
    generation._job, generation.run, generation._making = Job(run), run, object()
    generation.changed.emit()
    pause.setFocus()
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert generation.pausing
    assert jobs.isVisible()
    assert prompts(generation) == ["one", "two"]
