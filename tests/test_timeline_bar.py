"""The timeline bar: transport, and actions for the shown step."""

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QSpinBox

from desktop.diffusion.run import Ending, View
from desktop.studio.stars import Stars
from desktop.ui.create.pause_dialog import PauseDialog
from desktop.ui.create.timeline_bar import MARGIN, TimelineBar
from desktop.ui.language import Language
from desktop.ui.widgets.row import Row
from tests.developed import Work, branched, developed, grow

NARROWEST = 572  # px, of the row in the smallest window
WALK = ("first_step", "step_back", "step_forward", "newest_step")


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
    bar = TimelineBar(timeline, work, Stars(), theme)
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


def play(bar):
    """What the button for play and pause does now."""
    return button(bar, "play").accessibleName()


def menu(bar, name):
    """What the menu of button `name` offers now."""
    menu = button(bar, name).menu()
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if action.text()}


# -- transport


def test_in_a_small_place_the_branches_are_folded_until_the_user_opens_them(bar, paused):
    assert seen(bar, "layers") == [False]
    assert bar.lanes.isVisible()
    bar.make_room(True)
    assert seen(bar, "layers") == [True]
    assert button(bar, "layers").text() == "2"
    assert not bar.lanes.isVisible()
    for is_open in (True, False):
        press(bar, "layers")
        assert bar.lanes.isVisible() is is_open
    bar.make_room(False)
    assert bar.lanes.isVisible()
    assert seen(bar, "layers") == [False]


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
    assert possible(bar, "stop", "play") == [False, False]


def test_a_pause_is_shown_until_it_comes_and_can_be_taken_back(bar, timeline, work):
    timeline.show(work.run)
    assert play(bar) == "Pause"
    press(bar, "play")
    assert work.pausing
    assert button(bar, "play").isChecked()
    assert play(bar) == "Pausing after this step…"
    press(bar, "play")
    assert not work.pausing
    assert not button(bar, "play").isChecked()
    assert play(bar) == "Pause"


def test_a_paused_run_resumes_at_its_newest_step(bar, paused, timeline, work):
    assert play(bar) == "Resume"
    assert possible(bar, "one_step") == [True]
    timeline.go_to(3)
    assert play(bar) == "Play"
    press(bar, "play")
    assert (timeline.index, timeline.is_playing, play(bar)) == (4, True, "Stop playing")
    timeline.follow()
    assert not timeline.is_playing
    press(bar, "play")
    assert work.running
    assert play(bar) == "Pause"


def test_one_step_shows_the_newest(bar, paused, timeline, work):
    timeline.go_to(2)
    press(bar, "one_step")
    assert work.running
    assert timeline.following


def test_a_run_that_is_not_live_can_be_resumed_while_another_is_made(bar, timeline, paused, work):
    work.resume()
    timeline.switch(paused)
    timeline.follow()
    assert play(bar) == "Resume"
    timeline.compare_with(work.run)  # twins take turns
    assert play(bar) == "Pause"


def test_a_small_dot_says_that_the_shown_run_is_live(bar, timeline, work, theme):
    timeline.show(work.run)
    image, accent = button(bar, "live").grab().toImage(), QColor(theme.tokens.accent)
    row = [x for x in range(image.width()) if image.pixelColor(x, image.height() // 2) == accent]
    assert 6 <= len(row) <= 8


def test_live_shows_the_active_run(bar, timeline, work):
    timeline.show(work.run)
    timeline.go_to(2)
    press(bar, "live")
    assert timeline.following
    timeline.show(developed(4))
    press(bar, "live")
    assert timeline.run is work.run
    assert timeline.following
    timeline.show(developed(4), follow=False)
    timeline.go_to(1)
    bar.go_to_end()  # of what is shown
    assert timeline.run is not work.run
    bar.go_to_end()
    assert timeline.run is work.run
    work.running = False
    work.changed.emit()
    assert not button(bar, "live").isVisible()


def test_the_transport_never_moves(bar, timeline, work):
    def places():
        QApplication.processEvents()
        return [button(bar, name).mapTo(bar, button(bar, name).rect().topLeft()) for name in (*WALK, "play", "stop", "branch")]

    before = places()
    timeline.show(work.run)
    timeline.go_to(2)
    assert places() == before
    work.running = False
    timeline.show(developed(4))
    assert places() == before


def test_a_finished_run_is_played_like_film(qtbot, bar, timeline, work):
    work.running = False
    timeline.show(developed(4))
    bar.playback.set_speed(4)
    shown = []
    timeline.current_changed.connect(lambda: shown.append(timeline.index))
    press(bar, "play")
    qtbot.waitUntil(lambda: not timeline.is_playing)
    assert list(dict.fromkeys(shown)) == [0, 1, 2, 3, 4]
    press(bar, "repeat")
    timeline.go_to(2)
    press(bar, "play")
    qtbot.waitUntil(lambda: timeline.index == 1)  # it has begun again
    press(bar, "play")
    assert not timeline.is_playing


def test_the_film_of_a_live_run_joins_it(qtbot, bar, timeline, work):
    timeline.show(work.run)
    bar.playback.set_speed(4)
    timeline.go_to(3)
    assert play(bar) == "Play"
    press(bar, "play")
    grow(work.run)
    timeline.refresh()
    qtbot.waitUntil(lambda: timeline.following)
    assert (timeline.index, play(bar)) == (6, "Pause")


def test_the_speed_has_a_menu_and_keys(bar, timeline):
    assert button(bar, "speed").text() == "1×"
    menu(bar, "speed")["¼×"].trigger()
    assert (bar.playback.speed, button(bar, "speed").text()) == (0.25, "¼×")
    bar.playback.change_speed(-1)
    assert bar.playback.speed == 0.25
    for _ in range(2):
        bar.playback.change_speed(1)
    assert menu(bar, "speed")["1×"].isChecked()


def test_the_flag_sets_a_pause_at_the_shown_step_or_after_the_next_of_a_live_run(bar, timeline, work):
    timeline.show(work.run)
    press(bar, "pause_here")
    assert work.breakpoints(work.run) == {6}
    assert button(bar, "pause_here").isChecked()
    press(bar, "pause_here")
    timeline.go_to(4)
    press(bar, "pause_here")
    assert work.breakpoints(work.run) == {4}
    timeline.show(developed(4))
    assert not button(bar, "pause_here").isEnabled()


# -- narrow


def test_narrow_rows_keep_everything_that_has_no_key_and_no_entry(bar, timeline, work):
    timeline.show(work.run)
    sometimes = (*WALK, "repeat", "branch", "branch_from", "save_step")
    for width, there in (
        (1200, (True,) * 4 + (True, False, True, True)),
        (760, (True,) * 4 + (True, True, False, True)),
        (612, (True,) * 4 + (False, True, False, True)),
        (500, (True,) * 4 + (False, True, False, False)),
        (420, (False,) * 4 + (False, True, False, False)),
        (1200, (True,) * 4 + (True, False, True, True)),
    ):
        bar.resize(width, 170)
        QApplication.processEvents()
        assert tuple(seen(bar, *sometimes)) == there, width
        assert all(seen(bar, "play", "one_step", "stop", "more"))
    for entry in ("Save this step", "Export as animation…", "Repeat"):
        assert entry in menu(bar, "more")


def test_a_narrow_row_tells_the_number_of_the_step(bar, timeline, work):
    timeline.show(work.run)
    number = bar.findChild(QLabel, "step_number")
    assert not number.isVisible()
    bar.resize(612, 140)
    assert (number.isVisible(), number.text()) == (True, "5 / 10")
    timeline.go_to(2)
    assert number.text() == "2 / 10"


def test_the_menu_repeats_the_film_and_saves_the_step(qtbot, bar, timeline):
    timeline.show(developed(4))
    menu(bar, "more")["Repeat"].trigger()
    assert button(bar, "repeat").isChecked()
    assert menu(bar, "more")["Repeat"].isChecked()
    for entry, signal in (("Save this step", bar.save_step_requested), ("Export as animation…", bar.export_requested)):
        with qtbot.waitSignal(signal):
            menu(bar, "more")[entry].trigger()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("width", [NARROWEST, 640, 700, 760, 820, 900, 1200, 2000])
def test_nothing_overlaps_or_is_cut(qapp, spoken, bar, timeline, work, paused, language, width):
    spoken.install(qapp, language)
    work.resume()
    for state in (lambda: timeline.show(paused), lambda: timeline.choose_second_view(View.NOISY), lambda: timeline.compare_with(work.run)):
        state()
        bar.resize(width + 2 * MARGIN, bar.sizeHint().height())
        QApplication.processEvents()
        for row in bar.findChildren(Row):
            assert row.minimumSizeHint().width() <= NARROWEST
            shown = [each for each in row.findChildren(QAbstractButton) if each.isVisible()]
            rects = sorted((QRect(each.mapTo(row, each.rect().topLeft()), each.size()) for each in shown), key=QRect.left)
            assert all(one.right() < other.left() for one, other in pairwise(rects))
            assert row.rect().contains(rects[-1])
            assert all(each.width() >= each.sizeHint().boundedTo(each.maximumSize()).width() for each in shown)


# -- an example


def test_the_steps_of_an_example_are_marked_as_such(bar, timeline, work, paused):
    example = bar.findChild(QLabel, "example")
    assert not example.isVisible()
    work.running = False
    timeline.show(None)
    play = button(bar, "play")
    timeline.exhibit(paused.steps)
    before = play.x()
    assert example.isVisible()
    timeline.exhibit(())
    assert not example.isVisible()
    timeline.exhibit(paused.steps)
    timeline.show(paused)
    assert not example.isVisible()
    assert play.x() == before


# -- what can be done


def test_only_what_can_act_is_enabled(bar, timeline, work):
    buttons, entries = (
        ("save_step", "branch_from", "export_development"),
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
        ("branch_from", bar.branch_requested),
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
    for name, key, theirs in (("stop", Qt.Key.Key_Space, True), ("stop", Qt.Key.Key_Left, False)):
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
