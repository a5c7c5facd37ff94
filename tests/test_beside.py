"""The button that chooses a second picture to compare with."""

import pytest
from PySide6.QtCore import QPoint

from desktop.diffusion.run import View
from desktop.ui.create.beside import Beside
from tests.developed import branched, developed


@pytest.fixture
def run():
    return developed(10, done=5)


@pytest.fixture
def beside(qtbot, timeline, theme):
    beside = Beside(timeline, theme)
    qtbot.addWidget(beside)
    beside.show()
    return beside


def menu(beside):
    beside.menu().aboutToShow.emit()
    return {action.text(): action for action in beside.menu().actions() if action.text()}


def test_a_second_view_is_shown_side_by_side(beside, timeline, run):
    assert not beside.isEnabled()
    timeline.show(run)
    assert list(menu(beside)) == ["Single view", "Noisy", "Latents", "Noise", "Change", "Guidance"]
    menu(beside)["Change"].trigger()
    assert timeline.second_view is View.CHANGE
    assert menu(beside)["Change"].isChecked()
    assert beside.isChecked()
    menu(beside)["Single view"].trigger()
    assert timeline.second_view is None
    assert not beside.isChecked()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_its_key_offers_pictures_to_compare_with_and_shows_one_again(qtbot, beside, timeline, run):
    beside.turn(QPoint())
    assert not beside.menu().isVisible()
    timeline.show(run)
    beside.turn(QPoint(10, 10))
    qtbot.waitUntil(beside.menu().isVisible)
    beside.menu().close()
    timeline.choose_second_view(View.NOISY)
    beside.turn(QPoint())
    assert timeline.second_view is None


def test_a_branch_is_shown_side_by_side(beside, timeline, run, held):
    branch = branched(run, 3, 8, prompt="a green pear")
    held.hold(run)
    held.hold(branch)
    timeline.show(run)
    timeline.choose_second_view(View.NOISY)
    menu(beside)["Compare with: prompt: a green pear"].trigger()
    assert timeline.compare is branch
    assert timeline.second_view is None
    timeline.switch(branch)
    assert "Compare with: Original" in menu(beside)
    menu(beside)["Noisy"].trigger()
    assert (timeline.second_view, timeline.compare) == (View.NOISY, None)


def test_a_compared_twin_is_named_by_its_differences(beside, timeline, run):
    timeline.show(run)
    timeline.compare_with(developed(10, done=5, recipe=run.recipe.with_values(guidance_scale=8.0)))
    assert menu(beside)["Compare with: guidance 8.0"].isChecked()
