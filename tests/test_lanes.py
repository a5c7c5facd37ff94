"""Lanes: the tree of the shown run, drawn below its filmstrip."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from desktop.diffusion.run import Ending
from desktop.library.drafts import Drafts
from desktop.studio.notices import Notices
from desktop.studio.stars import Stars
from desktop.ui.create.filmstrip import Filmstrip
from desktop.ui.create.lanes import FEWEST_ROWS, MOST_ROWS, ROW, SCROLL, Lanes
from desktop.ui.create.recipe_tab import RecipeTab
from tests.developed import branched, developed, estimate_colour, grow

HEADS = 140  # px


@pytest.fixture
def strip(timeline, work, theme):
    return Filmstrip(timeline, work, theme)


@pytest.fixture
def stars():
    return Stars()


@pytest.fixture
def lanes(qtbot, timeline, work, stars, theme, strip):
    """Below their filmstrip, as in the bar."""
    both = QWidget()
    both.setProperty("ground", "panel")
    layout = QVBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    lanes = Lanes(timeline, work, stars, theme, strip)
    lanes.be_roomy(True)
    lanes.set_heads(HEADS)
    layout.addWidget(strip)
    layout.addWidget(lanes)
    strip.setFixedWidth(612)
    both.resize(HEADS + 612 + SCROLL, 300)
    both.show()
    qtbot.addWidget(both)
    yield lanes
    both.hide()


@pytest.fixture
def tree(held, timeline):
    """A picture, its branch with another prompt, and the branch of that with more guidance, which is shown."""
    beginning = developed(50)
    fox = branched(beginning, 10, prompt="a red\nfox")
    guided = branched(fox, 30, 36, guidance_scale=8.0)
    for run in (beginning, fox, guided):
        held.hold(run)
    timeline.show(guided)
    return beginning, fox, guided


def row(lanes, number):
    return lanes.visualRect(lanes.model().index(number)).center()


def click(lanes, number, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.mouseClick(lanes.viewport(), Qt.MouseButton.LeftButton, modifier, row(lanes, number))


def colour(lanes, x, y):
    return lanes.viewport().grab().toImage().pixelColor(x, y)


def spoken(lanes):
    interface = QAccessible.queryAccessibleInterface(lanes)
    return [interface.child(number).text(QAccessible.Text.Name) for number in range(interface.childCount())]


def test_a_run_alone_has_no_lanes(lanes, timeline, held):
    run = developed(10)
    held.hold(run)
    timeline.show(run)
    assert not lanes.isVisible()


def test_each_run_of_the_tree_has_a_lane(lanes, tree, timeline):
    assert lanes.isVisible()
    assert lanes.height() == 3 * ROW
    timeline.show(developed(10))
    assert not lanes.isVisible()


def test_a_lane_shows_its_changes_its_first_step_and_its_progress(lanes, tree, timeline):
    timeline.compare_with(tree[1])
    assert spoken(lanes) == [
        "Original, finished at step 50",
        "a red fox, from step 10, finished at step 50, compared",
        "guidance 8.0, from step 30, paused at step 36, shown",
    ]


def middle(strip, number):
    return HEADS + round(strip.grid.middle(number))


def test_lanes_are_below_the_slots_of_their_steps(lanes, tree, strip, theme):
    line = QColor(theme.tokens.text)
    for number, in_lane in ((29, False), (33, True), (39, False)):
        assert (colour(lanes, middle(strip, number), row(lanes, 2).y()) == line) is in_lane, number
    assert colour(lanes, middle(strip, 30), row(lanes, 2).y() - ROW // 2 + 1).red() > 150


def test_a_lane_grows_with_its_run_though_another_is_shown(lanes, tree, timeline, strip, work, theme):
    beginning, _, guided = tree
    timeline.switch(beginning)
    end = middle(strip, 40)
    before = colour(lanes, end, row(lanes, 2).y())
    guided.end(Ending.RUNNING)
    for _ in range(4):
        grow(guided)
    work.changed.emit()
    assert colour(lanes, end, row(lanes, 2).y()) == QColor(theme.tokens.accent) != before


def test_a_lane_has_a_thumbnail_beside_its_name_and_along_its_steps(lanes, tree, strip):
    assert colour(lanes, 12, row(lanes, 0).y()).getRgb()[:3] == estimate_colour(50)
    number = strip.grid.step_of(4)
    assert colour(lanes, middle(strip, number), row(lanes, 0).y()).getRgb()[:3] == estimate_colour(number)


def test_lanes_are_walked_through_at_the_same_step(lanes, tree, timeline):
    beginning, fox, guided = tree
    timeline.go_to(20)
    for distance, there in ((-1, fox), (-1, beginning), (-1, beginning), (1, fox), (1, guided), (1, guided)):
        lanes.walk(distance)
        assert (timeline.run, timeline.index) == (there, 20)


def test_the_eye_of_a_lane_compares_it(lanes, tree, timeline):
    eye = QPoint(HEADS - 13, row(lanes, 1).y())
    for compared in (tree[1], None):
        QTest.mouseClick(lanes.viewport(), Qt.MouseButton.LeftButton, pos=eye)
        assert (timeline.run, timeline.compare) == (tree[2], compared)


def test_the_star_of_a_lane_is_that_of_its_run_everywhere(qtbot, lanes, tree, timeline, stars, work, theme):
    recipe = RecipeTab(timeline, work, None, stars, theme, Notices(), Drafts)
    qtbot.addWidget(recipe)
    recipe.show()
    button = recipe.findChild(QToolButton, "star_shown_button")
    for number, starred in ((2, {2}), (0, {0, 2}), (2, {0})):
        QTest.mouseClick(lanes.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(HEADS - 33, row(lanes, number).y()))
        assert stars.keys == {tree[each].id for each in starred}
        assert [words.endswith(", starred") for words in spoken(lanes)] == [each in starred for each in range(3)]
        assert button.text() == ("Remove star" if 2 in starred else "Star")
    assert (timeline.run, timeline.compare) == (tree[2], None)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert spoken(lanes)[2].endswith(", shown, starred")


def test_a_lane_shows_its_star_and_offers_one_under_the_mouse(lanes, tree, theme, stars):
    star = QPoint(HEADS - 33, row(lanes, 1).y())
    without = colour(lanes, star.x(), star.y())
    QTest.mouseMove(lanes.viewport(), star)
    hovered = lanes.viewport().grab().toImage()
    QTest.mouseMove(lanes.viewport(), row(lanes, 2))
    lanes.setFocus()
    lanes.setCurrentIndex(lanes.model().index(1))
    QTest.keyClick(lanes, Qt.Key.Key_S)
    assert stars.keys == {tree[1].id}
    assert colour(lanes, star.x(), star.y()) == QColor(theme.tokens.text) != without
    at_rest = lanes.viewport().grab().toImage()
    box = QRect(star.x() - 7, star.y() - 7, 14, 14)
    assert hovered.copy(box) != at_rest.copy(box)
    QTest.keyClick(lanes, Qt.Key.Key_S)
    assert not stars.keys


def test_a_click_shows_a_lane_at_the_same_step(lanes, tree, timeline):
    beginning, fox, _ = tree
    timeline.go_to(20)
    click(lanes, 1)
    assert (timeline.run, timeline.index) == (fox, 20)
    click(lanes, 0)
    assert (timeline.run, timeline.index) == (beginning, 20)


def test_ctrl_click_compares_a_lane_and_again_no_longer(lanes, tree, timeline):
    beginning, _, guided = tree
    click(lanes, 0, Qt.KeyboardModifier.ControlModifier)
    assert (timeline.run, timeline.compare) == (guided, beginning)
    click(lanes, 0, Qt.KeyboardModifier.ControlModifier)
    assert timeline.compare is None
    click(lanes, 2, Qt.KeyboardModifier.ControlModifier)  # with itself
    assert timeline.compare is None


def test_lanes_are_chosen_shown_and_compared_by_key(lanes, tree, timeline):
    beginning, fox, guided = tree
    QTest.keyClick(lanes, Qt.Key.Key_Up)
    assert timeline.run is guided
    QTest.keyClick(lanes, Qt.Key.Key_C)
    assert timeline.compare is fox
    QTest.keyClick(lanes, Qt.Key.Key_Up)
    QTest.keyClick(lanes, Qt.Key.Key_Return)
    assert (timeline.run, timeline.compare) == (beginning, fox)
    QTest.keyClick(lanes, Qt.Key.Key_Left)
    assert timeline.index == 35


def test_the_keys_of_lanes_are_no_keys_of_the_window_meanwhile(lanes, tree):
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier, "c")
    override.ignore()
    QApplication.sendEvent(lanes, override)
    assert override.isAccepted()


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_the_menu_of_a_lane(lanes, tree, timeline, stars):
    beginning, fox, _ = tree

    def choose(number, action):
        at = row(lanes, number)
        QApplication.sendEvent(lanes.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, lanes.viewport().mapToGlobal(at)))
        menu = lanes.findChildren(QMenu, "lane_menu")[-1]
        menu.actions()[action].trigger()
        menu.close()
        return menu.actions()[action].text()

    choose(1, 1)
    assert timeline.compare is fox
    assert choose(1, 1) == "Stop comparing"
    assert timeline.compare is None
    choose(0, 0)
    assert timeline.run is beginning
    assert (choose(1, 3), stars.keys) == ("Star", {fox.id})
    assert (choose(1, 3), stars.keys) == ("Remove star", set())
    deleted = []
    lanes.delete_requested.connect(deleted.append)
    assert choose(1, 5) == "Delete branch"
    lanes.setCurrentIndex(lanes.model().index(2, 0))
    QTest.keyClick(lanes, Qt.Key.Key_Delete)
    assert deleted == [fox, timeline.lanes[2].run]


def test_many_lanes_are_scrolled_and_the_shown_one_is_seen(lanes, held, timeline, tree):
    beginning = tree[0]
    for number in range(8):
        held.hold(branched(beginning, 5 + number, 20))
    last = timeline.lanes[-1].run
    timeline.switch(last)
    assert lanes.height() == MOST_ROWS * ROW
    lanes.be_roomy(False)
    assert lanes.height() == FEWEST_ROWS * ROW
    assert lanes.viewport().rect().contains(row(lanes, 10))


@pytest.mark.slow
@pytest.mark.parametrize("width", [160, 572, 2000])
@pytest.mark.parametrize("calls", [1, 4, 300])
def test_lanes_are_drawn_at_any_width(lanes, held, timeline, strip, width, calls):
    run = developed(calls)
    held.hold(run)
    for after in (0, calls // 2, calls - 1):
        held.hold(branched(run, after, prompt="a fox " * 20))
    timeline.show(run)
    strip.setFixedWidth(width)
    lanes.window().resize(width + SCROLL, 300)
    QTest.mouseMove(lanes.viewport(), QPoint(20, 20))
    lanes.setFocus()
    timeline.compare_with(timeline.lanes[2].run)
    lanes.grab()


def test_a_lane_is_renamed(qtbot, lanes, timeline, held, tree):
    guided = tree[2]
    renamed = []
    lanes.rename_requested.connect(lambda run, name: renamed.append((run, name)))
    lanes.setFocus()
    QTest.keyClick(lanes, Qt.Key.Key_F2)
    editor = lanes.findChild(QLineEdit, "lane_name")
    assert editor.text() == "guidance 8.0"
    editor.selectAll()
    QTest.keyClicks(editor, "a  strict fox")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(renamed))
    assert renamed == [(guided, "a strict fox")]
    guided.rename("a strict fox")
    held.changed.emit()
    assert lanes.model().index(2).data(Qt.ItemDataRole.AccessibleTextRole).startswith("a strict fox, guidance 8.0")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    lanes.edit(lanes.model().index(1))
    QTest.keyClick(lanes.findChild(QLineEdit, "lane_name"), Qt.Key.Key_Return)  # unchanged
    QApplication.processEvents()
    assert len(renamed) == 1
    assert timeline.run is guided
