"""The station that trains a small model: start, scrub, guess, branch and export through its widgets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton

from desktop.diffusion.recipe import Recipe
from desktop.learn.training.course import Course, Predicts
from desktop.library.lessons_file import Kept
from desktop.studio.trainings import State
from desktop.ui.learn.train import Train
from tests.awaited import until
from tests.collection import settle
from tests.lessons import LearnStudio, learn_studio
from tests.training import course, squares


@pytest.fixture(autouse=True)
def short_trainings(monkeypatch: pytest.MonkeyPatch):
    """Of a small net, with moments that cost a tenth."""
    monkeypatch.setattr("desktop.learn.training.session.SAMPLE_STEPS", 3)
    monkeypatch.setattr("desktop.learn.training.session.SAMPLES", 4)
    monkeypatch.setattr("desktop.learn.training.exam.MOST", 16)
    monkeypatch.setattr("desktop.learn.training.course.MOMENTS", 4)
    monkeypatch.setattr(Course, "of", lambda side, kinds, predicts=Predicts.PICTURE, seconds=0, seed=0: course(20, predicts=predicts))


@pytest.fixture
def studio(loop, model: Path, tmp_path: Path, theme):
    with learn_studio(loop, model, tmp_path, theme, Recipe(), Kept()) as studio:
        yield studio


@pytest.fixture
def station(qtbot, loop, studio):
    station = Train(studio.tools)
    for part in (station, station.controls, station.side):
        qtbot.addWidget(part)
    station.resize(700, 700)
    station.show()
    qtbot.waitExposed(station)
    station.source.pictures = squares()
    station.source.changed.emit()
    station.enter()
    settle(loop, studio)
    return station


def train(loop, station: Train, studio: LearnStudio) -> None:
    async def work() -> None:
        station.controls.findChild(QPushButton, "learn_train_start").click()
        await until(lambda: station.training is not None and not station.training.is_active)
        await until(lambda: not studio.notices._tasks)
        await until(lambda: not station._refresh.isActive())

    loop.run_until_complete(work())


def export_film(qtbot, loop, station: Train, studio: LearnStudio, path: Path) -> None:
    qtbot.mouseClick(station.controls.findChild(QPushButton, "learn_train_export"), Qt.MouseButton.LeftButton)
    menu = station.controls.findChild(QMenu, "learn_train_export_menu")
    film = menu.actions()[-1]
    assert film.text() == "Film of the samples…"
    film.trigger()
    menu.close()
    dialog = station.controls.findChild(QFileDialog, "learn_train_film_dialog")
    dialog.fileSelected.emit(str(path))
    dialog.close()
    settle(loop, studio)


def text(part, name: str) -> str:
    return part.findChild(QLabel, name).text()


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_a_training_is_started_scrubbed_guided_and_exported_as_a_film(qtbot, loop, station: Train, studio: LearnStudio, tmp_path: Path):
    answers = {}
    station.answered.connect(lambda guess, words: answers.__setitem__(guess, words.values))
    for guess in ("steps", "flat", "copies"):
        station.look(guess, 0)
    assert text(station.side, "learn_train_state") == "No training yet."
    train(loop, station, studio)
    training = station.training
    assert training.state is State.FINISHED
    assert text(station.side, "learn_train_state") == "Finished · step 20 of 20"
    assert text(station, "learn_train_algorithm_line_6_values") == "20 / 20"
    assert answers["steps"]["batch"] == 4
    assert 0 <= answers["flat"]["share"] <= 100
    assert answers["copies"]["all"] == 4
    assert station.moment is training.moments[-1]
    station.go_to(0)
    assert station.moment.step == 0
    qtbot.keyClick(station.film, Qt.Key.Key_End)
    assert station.moment.step == 20
    station.denoise_to(1)
    shown = station.samples._samples[0]
    station.denoise_to(3)
    assert station.samples._samples[0] != shown
    assert len(station.formulas()) == 2
    before = station.moment

    async def guide() -> None:
        station.numbers._guidance.setValue(3.0)
        await until(lambda: station.moment is not before)
        await until(lambda: not studio.notices._tasks)

    loop.run_until_complete(guide())
    assert station.moment.guidance == 3.0
    assert not np.array_equal(station.moment.samples, before.samples)
    export_film(qtbot, loop, station, studio, tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as film:
        assert film.format == "GIF"
        assert film.n_frames == len(station.training.moments)
        film.seek(film.n_frames - 1)
        shown = np.asarray(film.convert("RGB"))
    sample = station.training.moments[-1].samples[1]  # the second in the first row
    middle = shown.shape[0] * 3 // 4
    assert abs(shown[30, middle].astype(int) - sample[30 * 8 // (shown.shape[0] // 2), 4]).max() < 40
    assert studio.told[-1].values == {"file": "film.gif"}


def test_a_training_is_branched_removed_and_taken_back(loop, station: Train, studio: LearnStudio):
    train(loop, station, studio)
    first = station.training

    async def work() -> None:
        await station._branch_with(0.001)
        await until(lambda: not station.training.is_active)
        await until(lambda: not studio.notices._tasks)
        assert station.training.beginning.parent == first.id
        assert station.training.step == 30  # half as many again
        origin, _ = station.curves._curves["origin"].getData()
        assert list(origin) == [moment.step for moment in first.moments]
        station.controls.findChild(QPushButton, "learn_train_remove").click()
        await until(lambda: station.training is first)
        assert station.curves._curves["origin"].getData()[0] is None  # it did not branch from another one
        studio.undo.undo()
        await until(lambda: len(studio.trainings.all) == 2)
        await until(lambda: not studio.notices._tasks)

    loop.run_until_complete(work())


def test_a_question_that_a_finished_training_cannot_answer_starts_another(loop, station: Train, studio: LearnStudio):
    train(loop, station, studio)
    first = station.training
    first.pace = first.glimpse = None  # as those of an earlier session
    answers = []
    station.answered.connect(lambda guess, words: answers.append(guess))
    station.look("steps", 0)

    async def work() -> None:
        await until(lambda: answers == ["steps"])
        await until(lambda: not station.training.is_active and not studio.notices._tasks)

    loop.run_until_complete(work())
    assert station.training is not first


def test_settings_are_kept_and_those_that_do_not_fit_are_left_out(loop, station: Train, studio: LearnStudio):
    station.restore({"predicts": "epsilon", "seconds": 30, "rate": 0.005, "guidance": 2.0, "pictures": "digits"})
    settle(loop, studio)
    assert station.source.pictures.name == "Digits, 8 px"  # those that it learns from are those that it names
    kept = station.settings()
    assert (kept["predicts"], kept["seconds"], kept["rate"], kept["guidance"], kept["pictures"]) == ("epsilon", 30, 0.005, 2.0, "digits")
    station.restore({"predicts": "x", "seconds": -1, "rate": 7.0, "guidance": "much", "pictures": 3})
    assert station.settings() == kept
