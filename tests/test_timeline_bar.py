"""The timeline bar: transport, views, comparison, and actions for the shown step."""

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget

from desktop.diffusion.run import Ending, View
from desktop.studio.timeline import Arrangement
from desktop.ui.create.pause_dialog import PauseDialog
from desktop.ui.create.timeline_bar import MARGIN, Row, TimelineBar
from desktop.ui.create.views import KEYS
from desktop.ui.language import Language
from tests.developed import Work, branched, developed

NARROWEST = 572  # px, of the row in the smallest window
WALK = ("first_step", "step_back", "step_forward", "newest_step")
SEGMENTS = tuple(f"view_{view}" for view in View)


@pytest.fixture
def work():
    return Work(developed(10, done=5))


@pytest.fixture
def spoken(qapp):
    spoken = Language()
    yield spoken
    spoken.install(qapp, "en")


@pytest.fixture
def bar(qtbot, timeline, work, theme):
    bar = TimelineBar(timeline, work, theme)
    qtbot.addWidget(bar)
    bar.resize(1200, 170)
    bar.show()
    yield bar
    bar.hide()


@pytest.fixture
def paused(held, timeline, work):
    """A run that is shown, paused at step 5 of 10, and its branch."""
    work.running, work.run.ending = False, Ending.PAUSED
    branch = branched(work.run, 3, 8, prompt="a green pear")
    held.hold(work.run)
    held.hold(branch)
    timeline.show(work.run)
    return branch


def button(bar, name) -> QAbstractButton:
    return bar.findChild(QAbstractButton, name)


def press(bar, name):
    QTest.mouseClick(button(bar, name), Qt.MouseButton.LeftButton)


def possible(bar, *names):
    return [button(bar, name).isEnabled() for name in names]


def seen(bar, *names):
    return [button(bar, name).isVisible() for name in names]


def menu(bar, name):
    """What the menu of button `name` offers now."""
    menu = button(bar, name).menu()
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if action.text()}


# -- transport


def test_walking_through_the_steps(bar, timeline, work):
    timeline.show(work.run)
    for name, there in (("step_back", 4), ("first_step", 0), ("step_forward", 1), ("newest_step", 5)):
        press(bar, name)
        assert timeline.index == there
    assert timeline.following


def test_stop(bar, timeline, work):
    timeline.show(work.run)
    press(bar, "stop")
    assert work.stopped == 1
    assert possible(bar, "stop", "pause") == [False, False]


def test_a_pause_is_shown_until_it_comes_and_can_be_taken_back(bar, timeline, work):
    timeline.show(work.run)
    assert seen(bar, "pause", "resume") == [True, False]
    press(bar, "pause")
    assert work.pausing
    assert button(bar, "pause").isChecked()
    assert button(bar, "pause").accessibleName() == "Pausing after this step…"
    press(bar, "pause")
    assert not work.pausing
    assert not button(bar, "pause").isChecked()
    assert button(bar, "pause").accessibleName() == "Pause"


def test_removing_a_pause_applies_to_the_active_run_not_the_shown_one(bar, timeline, work):
    timeline.show(developed(10, done=3))
    bar.pause_or_resume()
    bar.pause_or_resume()
    assert work.resumed == [work.run]


def test_a_paused_run_resumes(bar, paused, work):
    assert seen(bar, "pause", "resume") == [False, True]
    assert possible(bar, "resume", "one_step") == [True, True]
    press(bar, "resume")
    assert work.running
    assert seen(bar, "pause", "resume") == [True, False]


def test_a_branch_can_be_resumed_while_another_run_is_active(bar, timeline, paused, work):
    work.resume()
    timeline.switch(paused)
    assert seen(bar, "pause", "resume") == [True, True]
    timeline.compare_with(work.run)  # twins take turns
    assert seen(bar, "pause", "resume") == [True, False]


def test_live_shows_the_active_run(bar, timeline, work):
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


# -- views


@pytest.mark.parametrize("view", View)
def test_a_view_is_chosen_by_button_and_by_key(qtbot, bar, timeline, work, view):
    timeline.show(work.run)
    other = View.NOISY if view is View.ESTIMATE else View.ESTIMATE
    timeline.choose_view(other)
    press(bar, f"view_{view}")
    assert timeline.view is view
    timeline.choose_view(other)
    assert button(bar, f"view_{other}").isChecked()
    bar.activateWindow()
    qtbot.waitUntil(bar.isActiveWindow)
    QTest.keyClick(bar, KEYS[view])
    assert timeline.view is view


def test_the_keys_of_views_belong_to_the_whole_window_but_not_to_what_is_typed(qtbot, bar, timeline, work):
    window = QWidget()
    qtbot.addWidget(window)
    window.addActions(bar.view_actions)
    bar.setParent(window)
    field = QLineEdit(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    timeline.show(work.run)
    bar.hide()
    QTest.keyClick(window, Qt.Key.Key_L)
    assert timeline.view is View.LATENTS
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_N)
    assert (timeline.view, field.text()) == (View.LATENTS, "n")
    bar.setParent(None)


def test_a_narrow_row_keeps_everything_that_has_no_key(bar, timeline, work):
    timeline.show(work.run)
    for width, walk, segments in ((1200, True, True), (760, False, True), (600, False, False), (1200, True, True)):
        bar.resize(width, 170)
        QApplication.processEvents()
        assert seen(bar, *WALK) == [walk] * 4, width
        assert seen(bar, *SEGMENTS) == [segments] * 6, width
        assert bar.findChild(QComboBox, "view").isVisible() is not segments, width


def test_a_narrow_row_offers_the_views_in_one_choice(bar, timeline, work):
    timeline.show(work.run)
    choice = bar.findChild(QComboBox, "view")
    assert [choice.itemText(number) for number in range(6)] == [button(bar, name).text() for name in SEGMENTS]
    choice.activated.emit(2)
    assert timeline.view is View.LATENTS
    timeline.choose_view(View.CHANGE)
    assert choice.currentText() == "Change"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("width", [NARROWEST, 640, 700, 760, 820, 900, 1200, 2000])
def test_nothing_overlaps_or_is_cut(qapp, spoken, bar, timeline, work, paused, language, width):
    spoken.install(qapp, language)
    work.resume()
    for state in (lambda: timeline.show(paused), lambda: timeline.choose_second_view(View.NOISY), lambda: timeline.compare_with(work.run)):
        state()
        bar.resize(width + 2 * MARGIN, bar.sizeHint().height())
        QApplication.processEvents()
        row = bar.findChild(Row)
        assert row.minimumSizeHint().width() <= NARROWEST
        shown = [each for each in (*row.findChildren(QAbstractButton), *row.findChildren(QComboBox)) if each.isVisible()]
        rects = sorted((QRect(each.mapTo(row, each.rect().topLeft()), each.size()) for each in shown), key=QRect.left)
        assert all(one.right() < other.left() for one, other in pairwise(rects))
        assert row.rect().contains(rects[-1])
        assert all(each.width() >= each.sizeHint().boundedTo(each.maximumSize()).width() for each in shown)


# -- beside


def test_two_pictures_can_be_arranged(bar, timeline, work):
    timeline.show(work.run)
    arrangements = [f"arrange_{arrangement.name.lower()}" for arrangement in Arrangement]
    assert seen(bar, *arrangements) == [False] * 3
    timeline.choose_second_view(View.CHANGE)
    assert seen(bar, *arrangements) == [True] * 3
    for arrangement, name in zip(Arrangement, arrangements, strict=True):
        press(bar, name)
        assert timeline.arrangement is arrangement
        assert button(bar, name).isChecked()
    timeline.choose_second_view(None)
    assert seen(bar, *arrangements) == [False] * 3


def test_two_views_change_places_rather_than_being_the_same(bar, timeline, work):
    timeline.show(work.run)
    timeline.choose_second_view(View.NOISY)
    press(bar, "view_noisy")
    assert (timeline.view, timeline.second_view) == (View.NOISY, View.ESTIMATE)


# -- what can be done


def test_only_what_can_act_is_enabled(bar, timeline, work):
    buttons, entries = (
        ("save_step", "branch", "export_development"),
        ("Save as…", "Copy picture", "Show in folder", "Delete picture or run", "Pin this recording", "Refine…", "Pause at step…"),
    )

    def now():
        return possible(bar, *buttons), [menu(bar, "more")[entry].isEnabled() for entry in entries]

    assert now() == ([False] * 3, [False] * 7)
    timeline.show(work.run)
    assert now() == ([True] * 3, [True, True, False, False, True, False, True])
    saved = developed(4)
    saved.path = Path("/pictures/apple.png")
    timeline.show(saved)
    assert now() == ([True] * 3, [True] * 6 + [False])


def test_every_button_requests_the_action_it_names(qtbot, bar, timeline):
    run = developed(4)
    run.path = Path("/pictures/apple.png")
    timeline.show(run)
    for name, signal in (
        ("save_step", bar.save_step_requested),
        ("branch", bar.branch_requested),
        ("export_development", bar.export_requested),
    ):
        with qtbot.waitSignal(signal):
            press(bar, name)
    for text, signal in (
        ("Save as…", bar.save_as_requested),
        ("Copy picture", bar.copy_requested),
        ("Show in folder", bar.show_requested),
        ("Refine…", bar.refine_requested),
        ("Delete picture or run", bar.delete_requested),
    ):
        with qtbot.waitSignal(signal):
            menu(bar, "more")[text].trigger()
    for signal in ("branch_requested", "save_step_requested"):
        with qtbot.waitSignal(getattr(bar, signal)):
            getattr(bar.filmstrip, signal).emit()


def test_a_recording_is_kept_or_no_longer(qtbot, bar, timeline):
    run = developed(4)
    timeline.show(run)
    for pinned in (False, True):
        run.pinned = pinned
        assert menu(bar, "more")["Pin this recording"].isChecked() is pinned
        with qtbot.waitSignal(bar.pin_requested) as asked:
            menu(bar, "more")["Pin this recording"].trigger()
        assert asked.args == [not pinned]


def test_where_to_pause_is_typed(qtbot, bar, timeline, work):
    timeline.show(work.run)
    menu(bar, "more")["Pause at step…"].trigger()
    dialog = bar.findChild(PauseDialog)
    number, points = dialog.findChild(QSpinBox, "pause_step"), dialog.findChild(QLabel, "pause_points")
    assert (number.minimum(), number.value(), number.maximum()) == (1, 6, 9)
    number.clear()
    QTest.keyClicks(number, "8")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert work.breakpoints(work.run) == {8}
    assert points.text() == "The run pauses after step 8."
    press(dialog, "toggle_pause")
    assert work.breakpoints(work.run) == set()
    assert points.text() == "No pause is set for this run."
    with qtbot.waitSignal(dialog.destroyed):
        timeline.show(developed(4))


# -- by key and by ear


def test_space_presses_the_button_that_tab_has_reached(bar, timeline, work):
    timeline.show(work.run)
    for name, key, theirs in (("stop", Qt.Key.Key_Space, True), ("stop", Qt.Key.Key_Left, False), ("view_noisy", Qt.Key.Key_Left, True)):
        override = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        override.ignore()
        QApplication.sendEvent(button(bar, name), override)
        assert override.isAccepted() is theirs


def test_a_click_leaves_space_and_the_arrows_to_the_transport(bar, timeline, paused):
    bar.filmstrip.setFocus()
    press(bar, "step_back")
    lane = bar.lanes.visualRect(bar.lanes.model().index(1)).center()
    QTest.mouseClick(bar.lanes.viewport(), Qt.MouseButton.LeftButton, pos=lane)
    assert timeline.run is paused
    assert bar.filmstrip.hasFocus()


def test_every_button_is_named_explained_and_reached_by_key(bar):
    for each in bar.findChildren(QAbstractButton):
        assert each.accessibleName(), each.objectName()
        assert each.toolTip(), each.objectName()
        assert each.focusPolicy() & Qt.FocusPolicy.TabFocus, each.objectName()


def test_the_dialog_says_what_its_buttons_do(qtbot, work):
    dialog = PauseDialog(work, work.run, 9)
    qtbot.addWidget(dialog)
    for each in dialog.findChildren(QPushButton):
        assert each.text()
        assert each.accessibleDescription()
