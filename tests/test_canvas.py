"""The canvas: what it shows, where, and what keys and pointer do with it."""

import time

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Phase, Run, View
from desktop.studio.timeline import Timeline
from desktop.ui.canvas import Canvas
from desktop.ui.theme import Theme
from tests.developed import Work, developed, estimate_colour, grow, plain


@pytest.fixture
def timeline():
    return Timeline()


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def canvas(qtbot, timeline, work):
    canvas = Canvas(timeline, work, Theme())
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    return canvas


def frame(canvas):
    return canvas._halves()[0].frame.toRect()


def colour(canvas, x=200, y=150):
    return QColor(canvas.grab().toImage().pixel(x, y)).getRgb()[:3]


def test_each_step_is_shown(canvas, timeline):
    timeline.show(developed(10, done=5))
    assert colour(canvas) == estimate_colour(5)
    timeline.go_to(2)
    assert colour(canvas) == estimate_colour(2)
    timeline.look_at(View.NOISY)
    assert colour(canvas) == (20, 20, 42)


def test_a_fitting_picture_fills_the_height_and_leaves_a_margin(canvas, timeline):
    timeline.show(developed(10, done=5))
    stage = QColor(Theme().tokens.stage).getRgb()[:3]
    assert colour(canvas, 200, 20) == stage
    assert colour(canvas, 200, 28) == estimate_colour(5)
    assert colour(canvas, 60, 150) == stage


def test_a_preview_and_the_picture_fill_the_same_frame(canvas, timeline):
    run = developed(10, done=10, recipe=Recipe(width=64, height=64))
    timeline.show(run)
    canvas.zoom_to(5.0)
    before = frame(canvas)
    run.picture = plain((250, 0, 0), 64)       # the previews have 32 pixels
    timeline.refresh()
    assert frame(canvas) == before
    assert canvas.zoom == 5.0
    assert colour(canvas) == (250, 0, 0)


def test_zoom_is_kept_between_steps_and_pictures_of_one_size(canvas, timeline):
    timeline.show(developed(10, done=5))
    canvas.zoom_to(3.0)
    timeline.go_to(1)
    timeline.show(developed(4))
    assert canvas.zoom == 3.0
    timeline.show(developed(4, recipe=Recipe(width=128, height=64), done=2))
    assert canvas.fits


def test_keys_zoom(canvas, timeline):
    timeline.show(developed(10, done=5))
    fit = canvas.zoom
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.zoom == pytest.approx(fit * 1.25)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.zoom == pytest.approx(fit)
    QTest.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.zoom == 1.0
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.fits


def test_keys_step(canvas, timeline):
    timeline.show(developed(10, done=5))
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert timeline.index == 4
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert timeline.index == 0
    QTest.keyClick(canvas, Qt.Key.Key_End)
    assert timeline.following


def test_zooming_keeps_the_point_under_the_pointer(canvas, timeline):
    timeline.show(developed(10, done=5))
    canvas.zoom_to(12.0)
    at = QPointF(150, 140)

    def point():
        return (at - QPointF(frame(canvas).topLeft())) / canvas.zoom

    before = point()
    canvas.zoom_to(20.0, at)
    assert (point() - before).manhattanLength() < 0.1


def test_dragging_pans_but_never_off_the_picture(canvas, timeline):
    timeline.show(developed(10, done=5))
    canvas.zoom_to(20.0)
    before = frame(canvas).topLeft()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(canvas, QPoint(180, 150))
    assert frame(canvas).topLeft() - before == QPoint(-20, 0)
    QTest.mouseMove(canvas, QPoint(9000, 9000))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton)
    assert frame(canvas).topLeft() == QPoint(0, 0)


def test_a_double_click_changes_between_fit_and_100_percent(canvas, timeline):
    timeline.show(developed(10, done=5))
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert canvas.zoom == 1.0
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert canvas.fits


def test_far_zoomed_in_pixels_are_squares(canvas, timeline):
    run = developed(1, done=1)
    timeline.show(run)
    run.picture = type(run.picture or plain((0, 0, 0)))(2, 1, bytes((0, 0, 0, 255, 255, 255)))
    timeline.show(run)
    canvas.zoom_to(60.0)
    assert colour(canvas, 198, 150) == (0, 0, 0)
    assert colour(canvas, 202, 150) == (255, 255, 255)


@pytest.mark.parametrize(("ending", "phase", "words"), [
    (Ending.RUNNING, Phase.LOADING, "Loading the model…"),
    (Ending.RUNNING, Phase.PREPARING, "Getting ready…"),
    (Ending.STOPPED, None, "Stopped before the first step."),
    (Ending.FAILED, None, "This run ended before its first step."),
])
def test_what_is_not_there_yet_is_said(canvas, timeline, work, ending, phase, words):
    work.run, work.phase = Run(Recipe(), ending=ending), phase
    timeline.show(work.run)
    work.changed.emit()
    assert canvas.accessibleDescription() == words


def test_a_stop_before_the_first_step_is_seen_at_once(canvas, timeline, work):
    work.run, work.phase = Run(Recipe()), Phase.LOADING
    timeline.show(work.run)
    work.stop()
    assert canvas.accessibleDescription() == "Stopping…"


def test_without_previews_it_says_so(canvas, timeline, work):
    work.running = True
    timeline.show(developed(10, done=5, previews=False))
    assert canvas.accessibleDescription() == "Previews are off. The picture appears at the end."
    work.running = False
    work.changed.emit()
    assert canvas.accessibleDescription() == "Being worked out…"


def test_a_screen_reader_hears_what_is_seen(canvas, timeline):
    timeline.show(developed(10, done=5, approximate=True))
    assert canvas.accessibleDescription().splitlines() == [
        "Step 5 of 10, approximate preview, of: a red apple",
        "Estimate · The finished picture as the model expects it at this step (x₀)."]
    timeline.show(developed(4))
    assert canvas.accessibleDescription().splitlines() == ["Step 4 of 4, of: a red apple", "The finished picture"]


@pytest.mark.qt_log_ignore("This plugin does not support")       # menus, offscreen
def test_the_menu_offers_what_can_be_done(qtbot, canvas, timeline):
    timeline.show(developed(10, done=5))
    QApplication.sendEvent(canvas, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), canvas.mapToGlobal(QPoint(1, 1))))
    menu = canvas.findChild(QMenu, "canvas_menu")
    possible = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    assert possible == {"Copy picture": True, "Save this step": True, "Save as…": True, "Show in folder": False,
                        "Fit": False, "100 %": True}
    with qtbot.waitSignal(canvas.save_step_requested):
        menu.actions()[1].trigger()
    menu.close()


def test_a_step_that_is_not_looked_at_paints_nothing(qtbot, canvas, timeline, monkeypatch):
    run = developed(10, done=5)
    timeline.show(run)
    timeline.go_to(2)
    qtbot.wait(20)
    painted = []
    monkeypatch.setattr(Canvas, "_paint_picture", lambda self, *arguments: painted.append(arguments))
    grow(run)
    timeline.refresh()
    qtbot.wait(20)
    assert painted == []


def test_scrubbing_decodes_nothing_and_is_fast(canvas, timeline):
    """A generous bound for a busy machine; `tests/benchmarks` measures."""
    timeline.show(developed(20, done=20))
    canvas.grab()
    began = time.thread_time()
    for _ in range(10):
        QTest.keyClick(canvas, Qt.Key.Key_Left)
        canvas.repaint()
    assert (time.thread_time() - began) / 10 < 0.05
