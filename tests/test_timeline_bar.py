"""The bar: transport, views, and what can be done with the step that is looked at."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from desktop.diffusion.run import Ending, View
from desktop.studio.timeline import Timeline
from desktop.ui.theme import Theme
from desktop.ui.timeline_bar import TimelineBar
from tests.developed import Work, developed


@pytest.fixture
def timeline():
    return Timeline()


@pytest.fixture
def work():
    return Work(developed(10, done=5))


@pytest.fixture
def bar(qtbot, timeline, work):
    bar = TimelineBar(timeline, work, Theme())
    qtbot.addWidget(bar)
    bar.resize(900, 140)
    bar.show()
    return bar


def button(bar, name) -> QAbstractButton:
    return bar.findChild(QAbstractButton, name)


def press(bar, name):
    QTest.mouseClick(button(bar, name), Qt.MouseButton.LeftButton)


def possible(bar, *names):
    return [button(bar, name).isEnabled() for name in names]


def test_transport(bar, timeline, work):
    timeline.show(work.run)
    for name, there in (("step_back", 4), ("first_step", 0), ("step_forward", 1), ("newest_step", 5)):
        press(bar, name)
        assert timeline.index == there
    assert timeline.following


def test_the_view_is_explained_but_not_at_the_noise_which_is_no_estimate(bar, timeline, work):
    timeline.show(work.run)
    assert "as the model expects it" in bar.findChild(QLabel, "view_sentence").text()
    press(bar, "first_step")
    assert bar.findChild(QLabel, "view_sentence").text() == ""


def test_stop(bar, timeline, work):
    timeline.show(work.run)
    press(bar, "stop")
    assert work.stopped == 1
    assert possible(bar, "stop") == [False]


def test_views_are_chosen_and_explained(bar, timeline, work):
    timeline.show(work.run)
    press(bar, "view_noisy")
    assert timeline.view is View.NOISY
    assert "noise" in bar.findChild(QLabel, "view_sentence").text()
    timeline.look_at(View.ESTIMATE)
    assert button(bar, "view_estimate").isChecked()


def test_views_have_keys(qtbot, bar, timeline, work):
    timeline.show(work.run)
    bar.activateWindow()
    qtbot.waitActive(bar)
    QTest.keyClick(bar, Qt.Key.Key_N)
    assert timeline.view is View.NOISY
    QTest.keyClick(bar, Qt.Key.Key_E)
    assert timeline.view is View.ESTIMATE


def test_live_leads_back_to_the_run_at_work(bar, timeline, work):
    timeline.show(work.run)
    assert not button(bar, "live").isVisible()
    timeline.go_to(2)
    assert button(bar, "live").isVisible()
    timeline.show(developed(4))
    assert button(bar, "live").isVisible()
    press(bar, "live")
    assert timeline.run is work.run
    assert timeline.following
    assert not button(bar, "live").isVisible()


def test_only_what_can_act_is_enabled(bar, timeline, work):
    names = ("save_step", "save_as", "copy_picture", "show_in_folder", "delete_picture")
    assert possible(bar, *names) == [False] * 5
    timeline.show(work.run)
    assert possible(bar, *names) == [True, True, True, False, False]
    saved = developed(4)
    saved.path, saved.ending = Path("/pictures/apple.png"), Ending.FINISHED
    timeline.show(saved)
    assert possible(bar, *names) == [True] * 5


def test_every_button_asks_for_what_it_says(qtbot, bar, timeline):
    run = developed(4)
    run.path = Path("/pictures/apple.png")
    timeline.show(run)
    for name, signal in (("save_step", bar.save_step_requested), ("save_as", bar.save_as_requested), ("copy_picture", bar.copy_requested),
                         ("show_in_folder", bar.show_requested), ("delete_picture", bar.delete_requested)):
        with qtbot.waitSignal(signal):
            press(bar, name)


def test_every_button_is_named_explained_and_reached_by_key(bar):
    for each in bar.findChildren(QAbstractButton):
        assert each.accessibleName(), each.objectName()
        assert each.toolTip(), each.objectName()
        assert each.focusPolicy() & Qt.FocusPolicy.TabFocus, each.objectName()
