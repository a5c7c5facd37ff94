"""The line between two panels."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.ui.widgets.splitter import GRIP, STEP, Splitter


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


def keys(splitter) -> tuple[Qt.Key, Qt.Key]:
    return (Qt.Key.Key_Left, Qt.Key.Key_Right) if splitter.orientation() is Qt.Orientation.Horizontal else (Qt.Key.Key_Up, Qt.Key.Key_Down)


def test_a_panel_has_its_usual_size_and_the_window_gives_the_rest_what_it_gains(qtbot, splitter):
    assert splitter.sizes() == [200, 499]
    splitter.resize(900, 900)
    assert splitter.sizes() == [200, 699]


def test_the_arrows_move_the_line_and_a_double_click_or_enter_restores_it(qtbot, splitter):
    grip, (back, on) = splitter.handle(1), keys(splitter)
    qtbot.keyClick(grip, on)
    assert splitter.sizes()[0] == 200 + STEP
    for _ in range(20):
        qtbot.keyClick(grip, on)
    assert splitter.sizes()[0] == 300
    qtbot.mouseDClick(grip, Qt.MouseButton.LeftButton)
    assert splitter.sizes() == [200, 499]
    for _ in range(20):
        qtbot.keyClick(grip, back)
    assert splitter.sizes()[0] == 100
    qtbot.keyClick(grip, Qt.Key.Key_Return)
    assert splitter.sizes() == [200, 499]


def test_the_grip_is_wider_than_the_line(splitter):
    grip = splitter.handle(1)
    assert min(grip.width(), grip.height()) == GRIP
    assert min(grip.contentsRect().width(), grip.contentsRect().height()) == 1
    assert grip.accessibleName()


def test_kept_sizes_come_back(qtbot, splitter):
    qtbot.keyClick(splitter.handle(1), keys(splitter)[1])
    kept = splitter.saveState()
    other = Splitter(splitter.orientation(), "two")
    other.add(QWidget(), 200)
    other.add(QWidget(), None)
    qtbot.addWidget(other)
    assert other.restoreState(kept)
    other.resize(700, 700)
    other.show()
    assert other.sizes()[0] == 200 + STEP
