"""The pills on the canvas: views, tools and zoom."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import View
from desktop.studio.notices import Notices
from desktop.studio.probe import Probe
from desktop.ui.create.canvas import Canvas
from desktop.ui.create.canvas_pills import CanvasPills
from desktop.ui.create.values_panel import ValuesPanel
from desktop.ui.create.views import KEYS
from desktop.ui.language import Language
from tests.developed import Work, developed

SEGMENTS = tuple(f"view_{view}" for view in View)


@pytest.fixture
def work():
    return Work(developed(10, done=5))


@pytest.fixture
def canvas(qtbot, timeline, work, theme):
    async def read(run, number, x, y):
        return None

    canvas = Canvas(timeline, work, theme, Probe(read, timeline, work, Notices()))
    qtbot.addWidget(canvas)
    canvas.resize(900, 560)
    return canvas


@pytest.fixture
def pills(canvas, timeline, theme):
    pills = CanvasPills(canvas, timeline, theme)
    canvas.show()
    yield pills
    canvas.hide()


def button(pills, name) -> QAbstractButton:
    return pills.findChild(QAbstractButton, name)


def press(pills, name):
    QTest.mouseClick(button(pills, name), Qt.MouseButton.LeftButton)


def seen(pills, *names):
    return [button(pills, name).isVisible() for name in names]


def frame(canvas):
    return canvas._stage.halves()[0].frame.toRect()


def shapes(pills):
    """Where the visible pills are on the canvas."""
    return [
        QRect(pill.pos(), pill.size())
        for pill in pills.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if pill.isVisible()
    ]


@pytest.mark.parametrize("view", View)
def test_a_view_is_chosen_by_button_and_by_key(qtbot, canvas, pills, timeline, work, view):
    canvas.addActions(pills.view_actions)
    timeline.show(work.run)
    other = View.NOISY if view is View.ESTIMATE else View.ESTIMATE
    timeline.choose_view(other)
    press(pills, f"view_{view}")
    assert timeline.view is view
    timeline.choose_view(other)
    assert button(pills, f"view_{other}").isChecked()
    canvas.activateWindow()
    qtbot.waitUntil(canvas.isActiveWindow)
    QTest.keyClick(canvas, KEYS[view])
    assert timeline.view is view


def test_the_keys_of_views_belong_to_the_whole_place_but_not_to_what_is_typed(qtbot, canvas, pills, timeline, work):
    window = QWidget()
    qtbot.addWidget(window)
    window.addActions(pills.view_actions)
    field = QLineEdit(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    timeline.show(work.run)
    QTest.keyClick(window, Qt.Key.Key_L)
    assert timeline.view is View.LATENTS
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_N)
    assert (timeline.view, field.text()) == (View.LATENTS, "n")


@pytest.mark.parametrize(("width", "is_folded"), [(900, False), (560, True)])
def test_views_without_room_beside_each_other_are_one_choice(canvas, pills, timeline, work, width, is_folded):
    timeline.show(work.run)
    canvas.resize(width, 560)
    choice = pills.findChild(QComboBox, "view")
    assert choice.isVisible() is is_folded
    assert seen(pills, *SEGMENTS) == [not is_folded] * 6
    assert [choice.itemText(number) for number in range(6)] == [button(pills, name).text() for name in SEGMENTS]
    choice.activated.emit(2)
    assert timeline.view is View.LATENTS
    timeline.choose_view(View.CHANGE)
    assert choice.currentText() == "Change"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("is_small", [False, True])
@pytest.mark.parametrize("size", [(256, 256), (512, 256), (256, 512)])
def test_pills_cover_neither_each_other_nor_a_picture_that_fits(qapp, canvas, pills, timeline, language, is_small, size):
    spoken = Language()
    spoken.install(qapp, language)
    timeline.show(developed(10, done=5, recipe=Recipe.of(width=size[0], height=size[1])))
    pills.make_room(is_small)
    for width in (611, 700, 900, 1400):
        canvas.resize(width, 439)
        QApplication.processEvents()
        there = shapes(pills)
        assert len(there) == (2 if is_small else 3)
        for number, pill in enumerate(there):
            assert canvas.rect().contains(pill)
            assert not pill.intersects(frame(canvas)), width
            assert not any(pill.intersects(other) for other in there[number + 1 :])
    spoken.install(qapp, "en")


def test_the_names_of_the_views_have_room_in_every_language(qapp, canvas, pills, timeline):
    spoken = Language()
    timeline.show(developed(10, done=5))
    for language in ("zh_CN", "en"):  # the English ones are wider
        spoken.install(qapp, language)
        QApplication.processEvents()
        for name in SEGMENTS:
            assert button(pills, name).width() >= button(pills, name).sizeHint().width(), (language, name)


def test_in_a_small_place_a_square_picture_has_all_the_height(canvas, pills, timeline, work):
    timeline.show(work.run)
    pills.make_room(True)
    canvas.resize(611, 440)  # as in a window of 960 × 600
    assert frame(canvas).height() == 424
    assert seen(pills, "zoom_in", "zoom_out", "zoom_fit", "loupe") == [True, True, True, False]
    pills.make_room(False)
    assert seen(pills, "loupe", "values") == [True, True]


def test_the_zoom_is_there_at_once_for_the_first_paint(canvas, timeline, theme):
    canvas.show()
    pills = CanvasPills(canvas, timeline, theme)
    pills.show()
    assert all(seen(pills, "zoom_out", "zoom_figure", "zoom_in", "zoom_fit"))


def test_zoom_by_button_and_its_figure(canvas, pills, timeline, work):
    timeline.show(work.run)
    fit = canvas.zoom
    assert button(pills, "zoom_figure").text() == f"{round(100 * fit)} %"
    assert not button(pills, "zoom_fit").isEnabled()
    press(pills, "zoom_in")
    assert canvas.zoom == pytest.approx(1.25 * fit)
    press(pills, "zoom_out")
    press(pills, "zoom_out")
    assert canvas.zoom == pytest.approx(fit / 1.25)
    press(pills, "zoom_figure")
    assert (canvas.zoom, button(pills, "zoom_figure").text()) == (1.0, "100 %")
    press(pills, "zoom_fit")
    assert canvas.fits
    canvas.resize(500, 400)
    assert button(pills, "zoom_figure").text() == f"{round(100 * canvas.zoom)} %"


@pytest.mark.parametrize("is_small", [False, True])
def test_the_values_are_shown_beside_the_pills(canvas, pills, timeline, work, is_small):
    timeline.show(work.run)
    pills.make_room(is_small)
    canvas.show_values(True)
    panel = canvas.findChild(ValuesPanel)
    for pointer in (None, QPoint(890, 550), QPoint(890, 60), QPoint(5, 60)):
        panel.keep_clear_of(pointer)
        assert not any(pill.intersects(panel.geometry()) for pill in shapes(pills))


def test_the_mouse_reaches_the_canvas_beside_the_pills(canvas, pills, timeline, work):
    timeline.show(work.run)
    assert canvas.childAt(QPoint(450, 300)) is None
    for pill in shapes(pills):
        assert pills.isAncestorOf(canvas.childAt(pill.center()))


def test_two_views_have_a_choice_for_each_half_instead(pills, timeline, work):
    timeline.show(work.run)
    timeline.choose_second_view(View.NOISY)
    assert not any(seen(pills, *SEGMENTS))
    timeline.choose_view(View.NOISY)
    assert (timeline.view, timeline.second_view) == (View.NOISY, View.ESTIMATE)
    timeline.show_single()
    assert all(seen(pills, *SEGMENTS))


def test_what_has_no_text_below_says_only_what_stands_out(canvas, pills, timeline, work):
    timeline.show(work.run)
    legend, half = canvas._legend, canvas._stage.halves()[0]
    assert legend.words([half])[0][0].startswith("Estimate")
    pills.make_room(True)
    half = canvas._stage.halves()[0]
    assert legend.words([half])[0][0] == ""
    assert legend.at(QPointF(half.frame.center().x(), half.frame.bottom() - 20)) == ""
    timeline.choose_view(View.CHANGE)  # is computed later
    half = canvas._stage.halves()[0]
    sentence = legend.words([half])[0][0]
    assert sentence.startswith("Change")
    assert half.frame.contains(legend.foot(half))
    assert legend.at(legend.foot(half).center()) == sentence
    canvas.grab()


def test_space_and_arrows_belong_to_the_views_that_tab_has_reached(pills, timeline, work):
    timeline.show(work.run)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Space):
        override = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        override.ignore()
        QApplication.sendEvent(button(pills, "view_noisy"), override)
        assert override.isAccepted()


def test_the_tools_are_asked_for_by_button_and_follow_the_canvas(qtbot, canvas, pills, timeline, work):
    timeline.show(work.run)
    for name, asked, show in (("loupe", pills.loupe_requested, canvas.show_loupe), ("values", pills.values_requested, canvas.show_values)):
        with qtbot.waitSignal(asked) as request:
            press(pills, name)
        assert request.args == [True]
        show(True)
        assert button(pills, name).isChecked()
        show(False)
        assert not button(pills, name).isChecked()
