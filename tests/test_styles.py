"""Styles: words for prompts under names of the user's own, from the menu, the dialog and the file."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QListWidget, QMenu, QPlainTextEdit, QPushButton, QToolButton

from desktop.library.styles import Style, StylesFile
from desktop.studio.forecast import Forecast
from desktop.studio.notices import Notices
from desktop.studio.prompt_history import PromptHistory
from desktop.studio.styles import Styles
from desktop.studio.undo import Undo
from desktop.ui.create.prompt_panel import PromptPanel
from desktop.ui.create.styles_dialog import StylesDialog
from desktop.ui.theme import Theme
from desktop.ui.widgets.command import Command
from tests.awaited import until
from tests.prompting import STARTER, Noting, child, grids_of, loras_of

SOFT, INK = Style("soft", "soft light"), Style("ink", "水墨")


@pytest.fixture
def undo(qapp) -> Undo:
    return Undo(Notices())


@pytest.fixture
def styles(undo: Undo) -> Styles:
    return Styles(undo, (SOFT, INK))


@pytest.fixture
def panel(qtbot, theme: Theme, styles: Styles) -> PromptPanel:
    generation = Noting()
    loras = loras_of(Undo(Notices()))
    panel = PromptPanel(generation, Forecast(generation), grids_of(generation), styles, theme, PromptHistory(), loras)
    qtbot.addWidget(panel)
    panel.set_models([STARTER], "starter")
    panel.show()
    return panel


def menu(panel: PromptPanel) -> dict[str, QAction]:
    button = child(panel, QToolButton, "styles_menu")
    button.click()
    [opened] = button.findChildren(QMenu)
    opened.close()
    return {action.text(): action for action in opened.actions() if action.text()}


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_adds_the_words_to_the_prompt(panel: PromptPanel):
    menu(panel)["soft"].trigger()
    assert panel.prompt.toPlainText() == "soft light"
    panel.prompt.set_text("a fox, ")
    menu(panel)["soft"].trigger()
    assert panel.prompt.toPlainText() == "a fox, soft light"
    panel.prompt.undo()
    assert panel.prompt.toPlainText() == "a fox, "
    panel.prompt.set_text("一只狐狸")
    menu(panel)["ink"].trigger()
    assert panel.prompt.toPlainText() == "一只狐狸，水墨"


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_prompt_becomes_a_style_that_is_named_and_changed(qtbot, panel: PromptPanel, styles: Styles):
    assert not menu(panel)["Save the prompt as a style…"].isEnabled()
    panel.prompt.set_text("at night, rain")
    menu(panel)["Save the prompt as a style…"].trigger()
    dialog = panel.window().findChild(StylesDialog)
    name, words = child(dialog, QLineEdit, "style_name"), child(dialog, QPlainTextEdit, "style_words")
    assert (name.text(), words.toPlainText()) == ("at night, rain", "at night, rain")
    name.selectAll()
    qtbot.keyClicks(name, "soft")  # which is taken
    qtbot.keyClick(name, Qt.Key.Key_Return)
    words.setPlainText("at night, heavy rain")
    assert styles.all == (SOFT, INK, Style("soft 2", "at night, heavy rain"))
    assert dialog.isVisible()
    child(dialog, QPushButton, "new_style").click()
    assert styles.all[-1] == Style("new style", "new style")


async def test_a_deleted_style_comes_back(qtbot, styles: Styles, undo: Undo):
    dialog = StylesDialog(styles)
    qtbot.addWidget(dialog)
    dialog.open()
    listed = child(dialog, QListWidget, "style_list")
    qtbot.keyClick(listed, Qt.Key.Key_Delete)
    assert styles.all == (INK,)
    assert child(dialog, QLineEdit, "style_name").text() == "ink"
    undo.undo()
    await until(lambda: styles.all == (SOFT, INK))
    undo.redo()
    await until(lambda: styles.all == (INK,))
    child(dialog, QPushButton, "delete_style").click()
    assert styles.all == ()
    assert not child(dialog, QLineEdit, "style_name").isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_key_of_undo_works_in_the_dialog_too(qtbot, panel: PromptPanel):
    undone: list[str] = []
    Command(panel.window(), "undo", lambda: undone.append("undone"), "Ctrl+Z")
    panel.edit_styles()
    dialog = panel.window().findChild(StylesDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    names = child(dialog, QListWidget, "style_list")
    names.setFocus()
    qtbot.keyClick(names, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == ["undone"]


def test_styles_are_kept_in_their_order_and_what_is_no_style_is_left_out(tmp_path):
    path = tmp_path / "styles.json"
    StylesFile(path).save((SOFT, INK))
    assert StylesFile(path).load() == ((SOFT, INK), None)
    path.write_text(
        '{"schema": 1, "values": {"styles": [3, {"name": "a"}, {"name": "ink", "words": "水墨"}], "later": 1}}', encoding="utf-8"
    )
    file = StylesFile(path)
    assert file.load() == ((INK,), None)
    file.save((INK, SOFT))
    assert '"later": 1' in path.read_text(encoding="utf-8")
    path.write_bytes(b"{")
    styles, problem = StylesFile(path).load()
    assert styles == (INK, SOFT)
    assert "last good copy" in str(problem)
