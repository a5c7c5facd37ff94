"""Two pictures to compare: how they are shown, what each half shows, and the button of the top bar."""

import asyncio

import pytest
from PIL import Image
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QPushButton

from desktop.diffusion.run import View
from desktop.studio.notices import Notices
from desktop.studio.pictures import Pictures, Recent
from desktop.studio.timeline import Arrangement
from desktop.studio.undo import Undo
from desktop.ui.create.compare_bar import CompareBar, CompareButton
from tests.developed import branched, developed


@pytest.fixture
def run():
    return developed(10, done=5)


@pytest.fixture
def pictures(tmp_path):
    notices = Notices()
    return Pictures(notices, Undo(notices), tmp_path)


@pytest.fixture
def bar(qtbot, timeline, pictures, theme):
    bar = CompareBar(timeline, pictures, theme, Notices())
    qtbot.addWidget(bar)
    bar.resize(800, 44)
    bar.show()
    return bar


def press(bar, name):
    bar.findChild(QPushButton, name).click()


def half(bar, place):
    return bar.findChild(QPushButton, f"half_{place + 1}")


def menu(bar, place):
    half(bar, place).menu().aboutToShow.emit()
    return {action.text(): action for action in half(bar, place).menu().actions() if action.text()}


def names(bar):
    return [half(bar, place).accessibleName() for place in (0, 1)]


def places(bar):
    return [
        QRect(each.mapTo(bar, each.rect().topLeft()), each.size())
        for each in bar.findChildren(QPushButton)
        if "compare" in each.objectName()
    ]


def test_nothing_moves_when_two_pictures_are_shown(bar, timeline, run):
    assert not bar.findChild(QPushButton, "compare_divide").isEnabled()
    timeline.show(run)
    before = places(bar)
    for arrangement in Arrangement:
        press(bar, f"compare_{arrangement.name.lower()}")
        assert timeline.is_double
        assert timeline.arrangement is arrangement
        assert bar.findChild(QPushButton, f"compare_{arrangement.name.lower()}").isChecked()
        assert half(bar, 0).isVisible()
        assert places(bar) == before
    press(bar, "compare_single")
    assert not timeline.is_double
    assert not half(bar, 0).isVisible()
    assert places(bar) == before


@pytest.mark.parametrize("width", [400, 520, 556, 611, 1000])
def test_nothing_overlaps(qtbot, bar, timeline, run, width):
    timeline.show(run)
    timeline.compare_with(developed(10, done=5, recipe=run.recipe.with_values(prompt="a very long prompt that does not fit anywhere")))
    bar.resize(width, 44)
    qtbot.wait(1)
    shown = [each for each in bar.children() if getattr(each, "isVisible", bool)()]
    assert all(not one.geometry().intersects(other.geometry()) for one in shown for other in shown if one is not other)
    assert all(bar.rect().contains(each.geometry()) for each in shown)


def test_of_two_that_alternate_the_hidden_one_is_dimmed(bar, timeline, run):
    timeline.show(run)
    press(bar, "compare_flicker")
    lit = [half(bar, place).grab().toImage() for place in (0, 1)]
    bar.show_turn(1)
    dim = [half(bar, place).grab().toImage() for place in (0, 1)]
    assert (lit[0] == dim[0], lit[1] == dim[1]) == (False, True)


def test_a_half_shows_another_view(bar, timeline, run):
    timeline.show(run)
    press(bar, "compare_divide")
    assert (timeline.view, timeline.second_view) == (View.ESTIMATE, View.NOISY)  # there is nothing else
    assert names(bar) == ["First picture: Estimate", "Second picture: Noisy"]
    assert menu(bar, 1)["Noisy"].isChecked()
    menu(bar, 1)["Change"].trigger()
    assert timeline.second_view is View.CHANGE
    menu(bar, 0)["Noise"].trigger()
    assert (timeline.view, timeline.second_view) == (View.NOISE, View.CHANGE)
    menu(bar, 1)["Noise"].trigger()  # swaps
    assert (timeline.view, timeline.second_view) == (View.CHANGE, View.NOISE)


def test_a_half_shows_another_branch_at_the_same_step(bar, timeline, run, held):
    branch, other = branched(run, 3, 8, prompt="a green pear"), branched(run, 2, 8, guidance_scale=8.0)
    for each in (run, branch, other):
        held.hold(each)
    timeline.show(run)
    timeline.go_to(4)
    timeline.choose_second_view(View.NOISY)
    menu(bar, 1)["a green pear"].trigger()
    assert (timeline.compare, timeline.second_view) == (branch, None)
    menu(bar, 0)["guidance 8.0"].trigger()
    assert (timeline.run, timeline.compare, timeline.index) == (other, branch, 4)
    menu(bar, 1)["guidance 8.0"].trigger()  # swaps
    assert (timeline.run, timeline.compare) == (branch, other)
    menu(bar, 1)["Latents"].trigger()
    assert (timeline.second_view, timeline.compare) == (View.LATENTS, None)


def test_twins_are_named_by_their_difference(bar, timeline, run):
    timeline.show(run)
    timeline.compare_with(developed(10, done=5, recipe=run.recipe.with_values(guidance_scale=8.0)))
    assert names(bar)[1] == "Second picture: guidance 8.0"
    assert menu(bar, 1)["guidance 8.0"].isChecked()
    timeline.compare_with(developed(10, done=5, recipe=run.recipe.with_values(prompt="a pear", seed=3)))
    assert names(bar) == ["First picture: a red apple", "Second picture: a pear"]


async def test_a_half_asks_for_a_recent_picture_or_a_file(qtbot, bar, timeline, run, pictures, tmp_path):
    recent = Recent(tmp_path / "a pear.png", None)
    Image.new("RGB", (8, 8), (1, 2, 3)).save(recent.path)
    pictures.recent.append(recent)
    timeline.show(run)
    press(bar, "compare_divide")
    pear = menu(bar, 1)["a pear"]
    while pear.icon().isNull():
        await asyncio.sleep(0.01)
    with qtbot.waitSignal(bar.picture_chosen) as chosen:
        pear.trigger()
    assert chosen.args == [1, recent]
    with qtbot.waitSignal(bar.file_requested) as asked:
        menu(bar, 0)["Another picture…"].trigger()
    assert asked.args == [0]


def test_the_button_of_the_top_bar_is_pressed_while_there_are_two(qtbot, timeline, theme, run):
    button = CompareButton(timeline, theme)
    qtbot.addWidget(button)
    assert not button.isEnabled()
    timeline.show(run)
    assert (button.isEnabled(), button.isChecked()) == (True, False)
    timeline.show_double()
    assert button.isChecked()
