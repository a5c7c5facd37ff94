"""The filmstrip: a slider over all steps, with space for steps that are not computed yet."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QHoverEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from desktop.diffusion.run import Ending
from desktop.ui.create.filmstrip import HEIGHT, TOP, Filmstrip, Lifted
from desktop.ui.theme import Theme
from tests.developed import developed, estimate_colour, grow, plain, step


@pytest.fixture
def strip(qtbot, timeline, work):
    strip = Filmstrip(timeline, work, Theme())
    qtbot.addWidget(strip)
    strip.resize(640, 80)
    strip.show()
    return strip


def colour(strip, number):
    return QColor(strip.grab().toImage().pixel(strip.slice_rect(number).center())).getRgb()[:3]


def shift_click(strip, number):
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, strip.slice_rect(number).center())
    QApplication.sendEvent(strip, QHoverEvent(QEvent.Type.HoverLeave, QPointF(-1, -1), QPointF(-1, -1), QPointF()))


def point_at(strip, point):
    at = QPointF(point)
    QApplication.sendEvent(strip, QHoverEvent(QEvent.Type.HoverMove, at, strip.mapToGlobal(at), at))


def open_menu(strip, number=None):
    """What the context menu of slice `number` offers; without one, that of the Menu key."""
    reason = QContextMenuEvent.Reason.Keyboard if number is None else QContextMenuEvent.Reason.Mouse
    at = strip.slice_rect(number or 0).center()
    QApplication.sendEvent(strip, QContextMenuEvent(reason, at, strip.mapToGlobal(at)))
    menu = strip.findChildren(QMenu)[-1]
    menu.close()
    return {action.text(): action for action in menu.actions()}


def test_every_step_has_its_slice_and_those_to_come_have_a_place(strip, timeline):
    timeline.show(developed(20, done=8))
    assert strip.places == 21
    assert colour(strip, 0) == (20, 20, 40)  # the noise
    assert colour(strip, 5) == estimate_colour(5)
    assert colour(strip, 15) == QColor(Theme().tokens.field).getRgb()[:3]


def test_without_a_run_there_is_nowhere_to_go(strip):
    assert (strip.minimum(), strip.maximum()) == (0, 0)  # as a screen reader tells it


def test_steps_appear_as_they_arrive_several_at_once_too(strip, timeline):
    run = developed(20, done=1)
    timeline.show(run)
    strip.grab()
    for _ in range(3):
        grow(run)
    timeline.refresh()
    assert [colour(strip, number) for number in (2, 3, 4)] == [estimate_colour(number) for number in (2, 3, 4)]


def test_a_run_that_goes_back_to_refine_shows_its_new_steps(strip, timeline):
    run = developed(20, done=8)
    timeline.show(run)
    strip.grab()
    run.record(replace(step(5, 20), thumbnail=plain((0, 0, 250))))
    timeline.refresh()
    assert [colour(strip, number) for number in (4, 5)] == [estimate_colour(4), (0, 0, 250)]
    assert colour(strip, 6) == QColor(Theme().tokens.field).getRgb()[:3]


def test_a_new_step_paints_only_itself(strip, timeline, monkeypatch):
    run = developed(20, done=5)
    timeline.show(run)
    strip.grab()
    painted = []
    real = Filmstrip._paint_slice
    monkeypatch.setattr(Filmstrip, "_paint_slice", lambda self, painter, number: (painted.append(number), real(self, painter, number))[0])
    grow(run)
    timeline.refresh()
    timeline.go_to(2)
    strip.grab()
    assert painted == [6]


@pytest.mark.parametrize(("key", "there"), [(Qt.Key.Key_Left, 7), (Qt.Key.Key_Home, 0), (Qt.Key.Key_PageDown, 0), (Qt.Key.Key_End, 8)])
def test_keys_scrub(strip, timeline, key, there):
    timeline.show(developed(20, done=8))
    QTest.keyClick(strip, key)
    assert timeline.index == there
    assert timeline.following == (there == 8)


def test_right_moves_on_and_stays_within_what_is_there(strip, timeline):
    timeline.show(developed(20, done=8))
    timeline.go_to(6)
    for there in (7, 8, 8):
        QTest.keyClick(strip, Qt.Key.Key_Right)
        assert timeline.index == there


def test_click_and_drag_scrub(strip, timeline):
    timeline.show(developed(20, done=8))
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=strip.slice_rect(3).center())
    assert timeline.index == 3
    QTest.mouseMove(strip, strip.slice_rect(5).center())
    assert timeline.index == 5
    QTest.mouseMove(strip, strip.slice_rect(18).center())
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=strip.slice_rect(18).center())
    assert timeline.index == 8
    assert timeline.following


def test_the_wheel_steps(strip, timeline):
    timeline.show(developed(20, done=8))
    timeline.go_to(4)

    def turn(angle):
        QApplication.sendEvent(
            strip,
            QWheelEvent(
                QPointF(50, 30),
                QPointF(50, 30),
                QPoint(),
                QPoint(0, angle),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )

    turn(120)
    assert timeline.index == 3
    turn(-60)
    assert timeline.index == 3
    turn(-60)
    assert timeline.index == 4


def test_hovering_lifts_the_whole_thumbnail(qtbot, strip, timeline):
    timeline.show(developed(20, done=8))
    lifted = strip.window().findChild(Lifted)
    point_at(strip, strip.slice_rect(3).center())
    assert lifted.isVisible()
    assert lifted.height() > Lifted.CAPTION
    point_at(strip, strip.slice_rect(15).center())  # nothing there yet but what can be done with it
    assert lifted.isVisible()
    assert lifted.height() == Lifted.CAPTION
    timeline.show(developed(3))
    point_at(strip, QPoint(500, 30))  # behind the last
    assert not lifted.isVisible()


@pytest.mark.parametrize("number", [3, 8, 15])
def test_shift_click_sets_where_the_run_pauses_and_again_takes_it_back(strip, timeline, work, number):
    run = developed(20, done=8)
    timeline.show(run)
    timeline.go_to(6)
    before = strip.grab().toImage()
    shift_click(strip, number)
    assert work.breakpoints(run) == {number}
    assert timeline.index == 6
    middle = strip.slice_rect(number).center().x()
    for y in (2, 2 * TOP + HEIGHT - 3):
        assert strip.grab().toImage().pixelColor(middle, y) == QColor(Theme().tokens.accent)
    shift_click(strip, number)
    assert work.breakpoints(run) == set()
    assert strip.grab().toImage() == before


def test_a_run_does_not_pause_behind_its_end(strip, timeline, work):
    run = developed(20, done=8)
    timeline.show(run)
    shift_click(strip, 20)
    assert work.breakpoints(run) == set()
    finished = developed(10)
    timeline.show(finished)
    shift_click(strip, 4)
    assert work.breakpoints(finished) == set()
    assert timeline.index == 4


def test_breakpoints_are_gone_when_the_run_is_finished(strip, timeline, work):
    run = developed(10)
    run.end(Ending.RUNNING)
    timeline.show(run)
    before = strip.grab().toImage()
    shift_click(strip, 5)
    assert strip.grab().toImage() != before
    run.end(Ending.FINISHED)
    work.changed.emit()
    assert strip.grab().toImage() == before


def test_another_run_has_its_own_breakpoints(strip, timeline, work):
    timeline.show(developed(20, done=8))
    before = strip.grab().toImage()
    shift_click(strip, 12)
    timeline.show(developed(20, done=8))
    assert strip.grab().toImage() == before


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_the_menu_of_a_step(qtbot, strip, timeline, work):
    run = developed(20, done=8)
    timeline.show(run)
    timeline.go_to(5)
    menu = open_menu(strip)
    menu["Pause after this step"].trigger()
    assert work.breakpoints(run) == {5}
    assert open_menu(strip)["Pause after this step"].isChecked()
    for text, requested in (("Branch from this step", strip.branch_requested), ("Save this step", strip.save_step_requested)):
        timeline.go_to(8)
        with qtbot.waitSignal(requested):
            open_menu(strip, 3)[text].trigger()
        assert timeline.index == 3


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_the_menu_of_a_step_to_come_can_only_pause_there(strip, timeline, work):
    run = developed(20, done=8)
    timeline.show(run)
    menu = open_menu(strip, 15)
    assert [action.isEnabled() for action in menu.values()] == [True, False, False]
    menu["Pause after this step"].trigger()
    assert work.breakpoints(run) == {15}


@pytest.mark.parametrize("calls", [1, 2, 50, 51, 99, 300])
@pytest.mark.parametrize("width", [160, 640, 2000])
def test_any_number_of_steps_fits_any_width(strip, timeline, calls, width):
    strip.resize(width, 80)
    timeline.show(developed(calls))
    rects = [strip.slice_rect(number) for number in range(calls + 1)]
    assert rects[0].left() == 0
    assert rects[-1].right() < width
    assert all(one.left() <= other.left() for one, other in pairwise(rects))
    for number in (0, calls // 2, calls):
        assert abs(strip.step_at(rects[number].center().x()) - number) <= calls // width + 1
    strip.grab()
    assert strip._numbers()[-1] == calls


def test_a_screen_reader_sees_a_slider(strip, timeline):
    timeline.show(developed(20, done=8))
    timeline.go_to(3)
    interface = QAccessible.queryAccessibleInterface(strip)
    assert interface.role() is QAccessible.Role.Slider
    value = interface.valueInterface()
    assert (value.minimumValue(), value.currentValue(), value.maximumValue()) == (0, 3, 8)
    value.setCurrentValue(6)
    assert timeline.index == 6


def test_another_run_starts_a_new_strip(strip, timeline):
    timeline.show(developed(20, done=8))
    timeline.go_to(7)
    run = developed(5, done=2)
    timeline.show(run)
    assert timeline.index == strip.value() == 2
    assert strip.places == 6


def test_a_picture_without_steps_says_so(strip, timeline):
    run = developed(5)
    run.steps.clear()
    run.plan = None
    timeline.show(run, follow=False)
    assert strip.places == 0
    strip.grab()
    QTest.keyClick(strip, Qt.Key.Key_Left)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(50, 30))
