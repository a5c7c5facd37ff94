"""The palette: actions found by name and run by key."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QPushButton, QWidget

from desktop.ui.frame.palette import Palette
from desktop.ui.language import Language, tr
from desktop.ui.widgets.command import Command


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.before = QPushButton("before", window)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    window.before.setFocus()
    return window


@pytest.fixture
def done():
    return []


@pytest.fixture
def actions(window, done):
    def command(name: str, *keys: str, **how) -> Command:
        made = Command(window, name, lambda: done.append(name), *keys, **how)
        made.explain(tr("Safelight", name), "")
        return made

    return [command("Stop", "Esc"), command("One step"), command("Step back", "Left"), command("Settings"), QAction(window)]


@pytest.fixture
def palette(window, theme, actions):
    palette = Palette(window, theme)
    palette.open_with(actions)
    return palette


@pytest.fixture
def search(palette):
    return palette.findChild(QLineEdit)


def listed(palette) -> list[str]:
    model = palette.findChild(QListView).model()
    return [model.index(row).data() for row in range(model.rowCount())]


def chosen(palette) -> str:
    return palette.findChild(QListView).currentIndex().data()


def test_every_named_action_is_listed_with_its_key_and_enter_runs_the_chosen_one(qtbot, palette, search, window, done):
    assert search.hasFocus()
    assert listed(palette) == ["Stop", "One step", "Step back", "Settings"]
    model = palette.findChild(QListView).model()
    assert model.index(2).data(Qt.ItemDataRole.AccessibleTextRole).startswith("Step back, ")
    qtbot.keyClick(search, Qt.Key.Key_Down)
    assert chosen(palette) == "One step"
    for _ in range(2):
        qtbot.keyClick(search, Qt.Key.Key_Up)
    assert chosen(palette) == "Settings"
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert done == ["Settings"]
    assert not palette.isVisible()
    assert window.before.hasFocus()


def test_names_that_begin_with_the_words_come_first(qtbot, palette, search, done):
    qtbot.keyClicks(search, "STEP")
    assert listed(palette) == ["Step back", "One step"]
    qtbot.keyClicks(search, " b")
    assert listed(palette) == ["Step back"]
    qtbot.mouseClick(palette.findChild(QListView).viewport(), Qt.MouseButton.LeftButton, pos=palette.findChild(QListView).rect().center())
    assert done in ([], ["Step back"])


def test_few_found_actions_need_no_scroll_bar(palette, search):
    palette.setStyleSheet("Palette { border: 1px solid }")  # as in the window
    search.setText("st")
    palette.fit()
    palette.layout().activate()
    assert len(listed(palette)) == 3
    assert palette.findChild(QListView).verticalScrollBar().maximum() == 0


def test_both_languages_find_an_action(qapp, palette, search, actions):
    search.setText("设置")
    assert listed(palette) == ["Settings"]
    palette.close_popover()
    language = Language()
    language.install(qapp, "zh_CN")
    try:
        for action, name in zip(actions[:4], ("Stop", "One step", "Step back", "Settings"), strict=True):
            action.explain(tr("Safelight", name), "")
        palette.open_with(actions)
        search.setText("settings")
        assert listed(palette) == ["设置"]
    finally:
        language.install(qapp, "en")


def test_what_cannot_be_done_now_is_listed_last_and_not_chosen(qtbot, palette, search, actions, done):
    palette.close_popover()
    actions[0].setEnabled(False)
    palette.open_with(actions)
    assert listed(palette)[-1] == "Stop"
    qtbot.keyClick(search, Qt.Key.Key_Up)
    assert chosen(palette) == "Settings"
    search.setText("stop")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert done == []
    assert palette.isVisible()


def test_a_name_that_is_not_there_is_said(palette, search):
    search.setText("xyz")
    assert palette.findChild(QLabel, "palette_none").isVisible()
    search.clear()
    assert not palette.findChild(QLabel, "palette_none").isVisible()


def test_the_chosen_action_is_read_out(qtbot, palette, search, monkeypatch):
    said = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    qtbot.keyClick(search, Qt.Key.Key_Down)
    assert said == ["One step"]


def test_a_second_request_closes_it(palette, actions):
    palette.open_with(actions)
    assert not palette.isVisible()


def test_a_command_that_does_not_listen_to_its_key_still_has_it_in_the_palette(qtbot, window, palette, actions, done):
    palette.close_popover()
    actions[2].listen(False)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert done == []
    palette.open_with(actions)
    assert palette.findChild(QListView).model().index(2).data(Qt.ItemDataRole.AccessibleTextRole) != "Step back"
