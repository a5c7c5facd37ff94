"""The filmstrip: a slider over all steps, with whole frames and with space for steps that are not computed yet."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QHoverEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Stage
from desktop.ui.create.filmstrip import TAG, TOP, Filmstrip
from desktop.ui.create.lifted import Lifted
from desktop.ui.theme import Theme
from tests.developed import developed, estimate_colour, grow, plain, step


@pytest.fixture
def strip(qtbot, timeline, work):
    strip = Filmstrip(timeline, work, Theme())
    qtbot.addWidget(strip)
    strip.resize(640, 92)
    strip.show()
    return strip


def frames(strip):
    """The colour of each frame that is visible, by the step that it shows."""
    image, grid = strip.grab().toImage(), strip.grid
    return {
        grid.step_of(frame): image.pixelColor(grid.frame(frame).translated(0, TOP).center().toPoint()).getRgb()[:3]
        for frame in grid.visible_frames()
        if 0 <= grid.frame(frame).center().x() < strip.width() - 1
    }


def wheel(strip, angle, modifier=Qt.KeyboardModifier.NoModifier, x=50):
    at, turned = QPointF(x, 40), QPoint(angle, 0) if modifier is Qt.KeyboardModifier.AltModifier else QPoint(0, angle)
    no_button, no_phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(strip, QWheelEvent(at, at, QPoint(), turned, no_button, modifier, no_phase, False))


def shift_click(strip, number):
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, strip.slot(number).center())
    QApplication.sendEvent(strip, QHoverEvent(QEvent.Type.HoverLeave, QPointF(-1, -1), QPointF(-1, -1), QPointF()))


def point_at(strip, point):
    at = QPointF(point)
    QApplication.sendEvent(strip, QHoverEvent(QEvent.Type.HoverMove, at, strip.mapToGlobal(at), at))


def open_menu(strip, number=None):
    """What the context menu of step `number` offers; without one, that of the Menu key."""
    reason = QContextMenuEvent.Reason.Keyboard if number is None else QContextMenuEvent.Reason.Mouse
    at = strip.slot(number or 0).center()
    QApplication.sendEvent(strip, QContextMenuEvent(reason, at, strip.mapToGlobal(at)))
    menu = strip.findChildren(QMenu)[-1]
    menu.close()
    return {action.text(): action for action in menu.actions()}


def test_frames_are_whole_and_those_of_steps_to_come_are_empty(strip, timeline):
    timeline.show(developed(20, done=8))
    timeline.go_to(0)
    assert strip.places == 21
    grid = strip.grid
    assert 12 <= grid.frames < 21
    assert all(grid.frame(frame).width() == pytest.approx(grid.frame(frame).height()) for frame in range(grid.frames))
    assert (grid.step_of(0), grid.step_of(grid.frames - 1)) == (0, 20)
    empty = QColor(Theme().tokens.window).getRgb()[:3]
    for number, colour in frames(strip).items():
        assert colour == (estimate_colour(number) if number <= 8 else empty) or number == 0


def test_a_frame_has_the_ratio_of_the_picture(strip, timeline):
    timeline.show(developed(30, recipe=Recipe.of(steps=30, width=96, height=64)))
    frame = strip.grid.frame(3)
    assert frame.width() / frame.height() == pytest.approx(1.5)


def test_few_steps_have_large_frames(strip, timeline):
    strip.be_roomy(True)
    strip.resize(900, 140)
    timeline.show(developed(20))
    high = strip.grid.high
    assert strip.has_curve
    timeline.show(developed(4))
    assert strip.grid.frames == 5
    assert strip.grid.high > high  # in place of the curve


def test_the_lens_shows_the_exact_frame(strip, timeline):
    timeline.show(developed(50))
    for number in (0, 13, 14, 50):
        timeline.go_to(number)
        lens = strip._lens(number)
        assert strip.rect().toRectF().contains(lens)
        beside = QPoint(round(lens.left()) + 6, round(lens.center().y()))
        expected = (20, 20, 40) if number == 0 else estimate_colour(number)
        assert strip.grab().toImage().pixelColor(beside).getRgb()[:3] == expected


@pytest.mark.parametrize("number", [0, 50])
def test_the_number_of_the_shown_step_is_whole_also_at_the_ends(strip, timeline, number):
    timeline.show(developed(50))
    timeline.go_to(number)
    image, accent = strip.grab().toImage(), QColor(Theme().tokens.accent)
    orange = [x for x in range(strip.width()) if image.pixelColor(x, 2) == accent]
    assert orange[-1] - orange[0] >= TAG.width() - 4  # its corners are round


def test_without_a_run_there_is_nowhere_to_go(strip):
    assert (strip.minimum(), strip.maximum()) == (0, 0)  # as a screen reader tells it


def test_steps_appear_as_they_arrive_several_at_once_too(strip, timeline):
    run = developed(12, done=1)
    timeline.show(run)
    timeline.go_to(0)
    strip.show_every_step()
    strip.grab()
    for _ in range(3):
        grow(run)
    timeline.refresh()
    seen = frames(strip)
    assert [seen[number] for number in (2, 3, 4)] == [estimate_colour(number) for number in (2, 3, 4)]


def test_a_run_that_goes_back_to_refine_shows_its_new_steps(strip, timeline):
    run = developed(12, done=8)
    timeline.show(run)
    timeline.go_to(0)
    strip.show_every_step()
    strip.grab()
    run.record(replace(step(5, 12), thumbnail=plain((0, 0, 250))))
    timeline.refresh()
    seen = frames(strip)
    assert [seen[number] for number in (4, 5)] == [estimate_colour(4), (0, 0, 250)]
    assert seen[6] == QColor(Theme().tokens.window).getRgb()[:3]


def test_a_new_step_paints_only_itself(strip, timeline, monkeypatch):
    run = developed(10, done=5)
    timeline.show(run)
    strip.grab()
    painted = []
    real = Filmstrip._paint_frame
    monkeypatch.setattr(Filmstrip, "_paint_frame", lambda self, painter, frame: (painted.append(frame), real(self, painter, frame))[0])
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
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=strip.slot(3).center())
    assert timeline.index == 3
    QTest.mouseMove(strip, strip.slot(5).center())
    assert timeline.index == 5
    QTest.mouseMove(strip, strip.slot(18).center())
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=strip.slot(18).center())
    assert timeline.index == 8
    assert timeline.following


def test_the_wheel_steps_while_the_whole_run_is_visible(strip, timeline):
    timeline.show(developed(20, done=8))
    timeline.go_to(4)
    for angle, there in ((120, 3), (-60, 3), (-60, 4)):
        wheel(strip, angle)
        assert timeline.index == there


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier])
def test_the_wheel_zooms_up_to_one_frame_a_step_and_then_pans(qtbot, strip, timeline, modifier):
    timeline.show(developed(100))
    timeline.go_to(40)
    under = strip.place_at(300)
    with qtbot.waitSignal(strip.grid_changed):
        wheel(strip, 120, modifier, 300)
    assert strip.place_at(300) == under
    for _ in range(20):
        wheel(strip, 120, modifier, 300)
    assert strip.grid.frames == strip.places
    assert strip.place_at(300) == under
    first = strip.grid.visible_steps().start
    wheel(strip, -120)
    assert strip.grid.visible_steps().start > first
    assert timeline.index == 40
    for _ in range(30):
        wheel(strip, -120, modifier, 300)
    assert strip.grid.visible_steps() == range(101)


def test_a_zoomed_film_follows_the_playhead(strip, timeline):
    timeline.show(developed(100))
    timeline.go_to(5)
    strip.setFocus()
    for _ in range(8):
        QTest.keyClick(strip, Qt.Key.Key_Plus)
    assert 5 in strip.grid.visible_steps()
    assert 60 not in strip.grid.visible_steps()
    timeline.go_to(60)
    assert 60 in strip.grid.visible_steps()
    timeline.go_to(0)
    wheel(strip, -1200)  # the film moves, the playhead is scrolled away with its step
    assert strip.grid.visible_steps().start > 2
    assert all(colour == estimate_colour(number) for number, colour in frames(strip).items())
    QTest.keyClick(strip, Qt.Key.Key_0)
    assert strip.grid.visible_steps() == range(101)


def test_the_line_of_what_is_kept_is_brighter_where_it_is_decoded_in_full(strip, timeline):
    run = developed(20, done=8)
    timeline.show(run)

    def line(number):
        return strip.grab().toImage().pixelColor(round(strip.grid.slot(number).left()) + 2, 21).name()

    assert (line(3), line(6)) == (Theme().tokens.edge,) * 2
    assert line(15) not in (Theme().tokens.edge, Theme().tokens.quiet)
    timeline.go_to(3)
    timeline.sharpen(timeline.wanted[0], plain((1, 2, 3)))
    timeline.go_to(8)
    assert (line(3), line(6)) == (Theme().tokens.quiet, Theme().tokens.edge)


def test_the_curve_shows_noise_and_change(strip, timeline):
    strip.be_roomy(True)
    strip.resize(640, 140)
    timeline.show(developed(20, done=10))
    timeline.go_to(0)
    image = strip.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(80, 600) for y in range(strip.height() - 32, strip.height())}
    assert Theme().tokens.steel in colours


def test_hovering_lifts_the_whole_thumbnail(qtbot, strip, timeline):
    timeline.show(developed(20, done=8))
    lifted = strip.window().findChild(Lifted)
    point_at(strip, strip.slot(3).center())
    assert lifted.isVisible()
    assert lifted.height() > Lifted.CAPTION
    point_at(strip, strip.slot(15).center())  # nothing there yet but what can be done with it
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
    assert strip.grab().toImage() != before
    shift_click(strip, number)
    assert work.breakpoints(run) == set()
    assert strip.grab().toImage() == before


def test_a_pause_is_dragged_to_another_step(strip, timeline, work):
    run = developed(20, done=8)
    timeline.show(run)
    shift_click(strip, 12)
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.slot(12).center().x(), 8))
    QTest.mouseMove(strip, QPoint(strip.slot(15).center().x(), 8))
    assert work.breakpoints(run) == {12}
    QTest.mouseMove(strip, QPoint(strip.slot(20).center().x(), 8))  # it cannot pause there
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.slot(20).center().x(), 8))
    assert work.breakpoints(run) == {15}
    assert timeline.index == 8


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


@pytest.mark.slow
@pytest.mark.parametrize("calls", [1, 2, 50, 51, 99, 300])
@pytest.mark.parametrize("width", [160, 640, 2000])
def test_any_number_of_steps_fits_any_width(strip, timeline, calls, width):
    strip.resize(width, 92)
    timeline.show(developed(calls))
    rects = [strip.slot(number) for number in range(calls + 1)]
    assert rects[0].left() == 0
    assert rects[-1].right() <= width
    assert all(one.left() <= other.left() for one, other in pairwise(rects))
    for number in (0, calls // 2, calls):
        assert abs(strip.step_at(rects[number].center().x()) - number) <= calls // width + 1
        assert strip.grid.step_of(strip.grid.frames - 1) == calls
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


def test_a_line_divides_two_stages(strip, timeline):
    run = developed(6)
    timeline.show(run)
    grid = strip.grid
    at = QPoint(round(grid.slot(4).right()) - 2, TOP + round(grid.high / 2))
    before = strip.grab().toImage().pixelColor(at)
    run.plan = replace(run.plan, stages=(Stage("base", 4), Stage("refiner", 2)))
    assert strip.grab().toImage().pixelColor(at) == QColor(Theme().tokens.text) != before
