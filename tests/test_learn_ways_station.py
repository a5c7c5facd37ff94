"""The station with four ways in the window: play, one step, one phase, points drawn by hand, and its questions."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.diffusion.recipe import Recipe
from desktop.library.lessons_file import Kept
from desktop.resources import STARTER
from desktop.ui.learn import ways
from desktop.ui.learn.learn_place import LearnPlace
from tests.awaited import until
from tests.collection import settle
from tests.lessons import LearnStudio

pytestmark = pytest.mark.slow


@pytest.fixture
def studio(loop, tmp_path, theme):
    studio = LearnStudio(STARTER, tmp_path, theme, Recipe(), Kept(station="ways"))
    loop.run_until_complete(studio.machine.prepare())  # takes longer than the patience of `settle` on a busy machine
    yield studio
    settle(loop, studio)
    studio.close()


@pytest.fixture
def place(qtbot, loop, studio, theme, monkeypatch):
    monkeypatch.setattr(ways, "ON_PAUSE", 2 * ways.PART)
    monkeypatch.setattr(ways, "STRIDES", 5)
    place = LearnPlace(theme, studio.tools)
    qtbot.addWidget(place)
    place.resize(1400, 900)
    place.show()
    place.activateWindow()
    qtbot.waitExposed(place)
    settle(loop, studio)
    return place


def steps(place: LearnPlace) -> list[int]:
    return [pane.frame_shown.steps for pane in place.station.panes]


def click(loop, place: LearnPlace, studio, name: str) -> None:
    settle(loop, studio, place.findChild(QPushButton, name).click)


def test_one_step_one_phase_and_their_words(loop, place, studio):
    assert steps(place) == [0, 0, 0, 0]
    click(loop, place, studio, "learn_ways_step_button")
    assert steps(place) == [1, 1, 1, 1]
    click(loop, place, studio, "learn_ways_phase_button")
    assert steps(place) == [1, 1, 1, 1]
    assert place.findChild(QLabel, "learn_way_0_progress").text().startswith("discriminator")
    click(loop, place, studio, "learn_ways_phase_button")
    assert steps(place) == [2, 2, 2, 2]
    assert place.findChild(QLabel, "learn_way_1_progress").text().startswith("decoder")
    assert place.findChild(QLabel, "learn_way_3_cost").accessibleName().endswith("exact, in one call")
