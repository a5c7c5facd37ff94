"""The strip of recent pictures."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from desktop.studio.notices import Notices
from desktop.studio.pictures import Pictures
from desktop.studio.undo import Undo
from desktop.ui.create.recent_strip import RecentStrip
from desktop.ui.theme import Theme
from tests.developed import developed


@pytest.fixture
def pictures():
    with asyncio.Runner() as runner:  # thumbnails are made sharp in tasks
        runner.get_loop()
        yield Pictures(notices := Notices(), Undo(notices), Path("pictures"))


@pytest.fixture
def strip(qtbot, pictures):
    strip = RecentStrip(pictures, Theme())
    qtbot.addWidget(strip)
    strip.resize(strip.width(), 500)
    strip.show()
    return strip


def add(pictures, name: str | None):
    run = developed(3)
    run.path = Path(f"/pictures/{name}.png") if name else None
    pictures.add(run)


def names(strip):
    model = strip.model()
    return [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def middle(strip, row):
    return strip.visualRect(strip.model().index(row)).center()


def test_the_newest_comes_first(strip, pictures):
    for name in ("苹果", "pear"):
        add(pictures, name)
    assert names(strip) == ["pear.png", "苹果.png"]


def test_a_click_looks_at_it(qtbot, strip, pictures):
    for name in ("apple", "pear"):
        add(pictures, name)
    with qtbot.waitSignal(strip.chosen) as chosen:
        QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=middle(strip, 1))
    assert chosen.args[0].path.name == "apple.png"


def test_arrows_and_enter_look_at_it(qtbot, strip, pictures):
    for name in ("apple", "pear"):
        add(pictures, name)
    QTest.keyClick(strip, Qt.Key.Key_Down)
    QTest.keyClick(strip, Qt.Key.Key_Down)
    with qtbot.waitSignal(strip.chosen) as chosen:
        QTest.keyClick(strip, Qt.Key.Key_Return)
    assert chosen.args[0].path.name == "apple.png"


def test_delete_asks_to_delete(qtbot, strip, pictures):
    add(pictures, "apple")
    strip.setCurrentIndex(strip.model().index(0))
    with qtbot.waitSignal(strip.delete_requested) as asked:
        QTest.keyClick(strip, Qt.Key.Key_Delete)
    assert asked.args == [pictures.recent[0]]


def test_what_is_not_saved_says_so_and_is_not_deleted(qtbot, strip, pictures):
    add(pictures, None)
    strip.setCurrentIndex(strip.model().index(0))
    assert names(strip) == ["Not saved yet, only in memory"]
    with qtbot.assertNotEmitted(strip.delete_requested):
        QTest.keyClick(strip, Qt.Key.Key_Delete)
    strip.grab()


def test_the_chosen_picture_stays_chosen_while_others_come_and_go(strip, pictures):
    for name in ("apple", "pear"):
        add(pictures, name)
    strip.setCurrentIndex(strip.model().index(1))
    add(pictures, "plum")
    assert strip.currentIndex().row() == 2
    pictures.recent.pop(1)
    pictures.changed.emit()
    assert names(strip) == ["plum.png", "apple.png"]
    assert strip.currentIndex().row() == 1


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_the_menu(qtbot, strip, pictures):
    add(pictures, "apple")
    strip.setCurrentIndex(strip.model().index(0))
    QApplication.sendEvent(strip, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0)))
    menu = strip.findChild(QMenu, "recent_menu")
    with qtbot.waitSignal(strip.chosen):
        menu.actions()[0].trigger()
    menu.close()


def test_an_empty_strip_takes_no_keys(strip):
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_Down):
        QTest.keyClick(strip, key)
    strip.grab()
