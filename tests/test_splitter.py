"""The line between two panels."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from desktop.ui.widgets.splitter import GRIP, Splitter


@pytest.fixture(params=[Qt.Orientation.Horizontal, Qt.Orientation.Vertical], ids=["beside", "above"])
def splitter(qtbot, request):
    panel, rest = QWidget(), QWidget()
    panel.setMinimumSize(100, 100)
    panel.setMaximumSize(300, 300)
    splitter = Splitter(request.param, "two")
    splitter.add(panel, 200)
    splitter.add(rest, None)
    qtbot.addWidget(splitter)
    splitter.resize(700, 700)
    splitter.show()
    return splitter


def test_a_panel_has_its_usual_size_and_the_window_gives_the_rest_what_it_gains(qtbot, splitter):
    assert splitter.sizes() == [200, 499]
    splitter.resize(900, 900)
    assert splitter.sizes() == [200, 699]


def test_a_panel_that_may_not_have_its_usual_size_is_as_large_as_it_may_be(splitter):
    splitter.widget(0).setMaximumSize(150, 150)
    splitter.restore_usual()
    assert splitter.sizes() == [150, 549]


def test_the_line_is_dragged_within_the_bounds_of_the_panel_and_a_double_click_restores_it(qtbot, splitter):
    grip = splitter.handle(1)
    is_upright = splitter.orientation() is Qt.Orientation.Horizontal

    def drag(distance: int) -> None:
        start = grip.rect().center()
        qtbot.mousePress(grip, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(grip, start + (QPoint(distance, 0) if is_upright else QPoint(0, distance)))
        qtbot.mouseRelease(grip, Qt.MouseButton.LeftButton)

    for distance, size in ((20, 220), (500, 300), (-500, 100)):
        drag(distance)
        assert splitter.sizes()[0] == pytest.approx(size, abs=GRIP)
    qtbot.mouseDClick(grip, Qt.MouseButton.LeftButton)
    assert splitter.sizes() == [200, 499]


def test_a_command_resizes_a_panel_within_its_bounds(qtbot, splitter):
    panel = splitter.widget(0)
    for distance, size in ((32, 232), (-16, 216), (500, 300), (-500, 100)):
        with qtbot.waitSignal(splitter.splitterMoved):
            splitter.grow(panel, distance)
        assert splitter.sizes()[0] == size


def test_the_grip_is_wider_than_the_line(splitter):
    grip = splitter.handle(1)
    assert min(grip.width(), grip.height()) == GRIP
    assert min(grip.contentsRect().width(), grip.contentsRect().height()) == 1


def test_kept_sizes_come_back(qtbot, splitter):
    splitter.grow(splitter.widget(0), 16)
    kept = splitter.saveState()
    other = Splitter(splitter.orientation(), "two")
    other.add(QWidget(), 200)
    other.add(QWidget(), None)
    qtbot.addWidget(other)
    assert other.restoreState(kept)
    other.resize(700, 700)
    other.show()
    assert other.sizes()[0] == 216
