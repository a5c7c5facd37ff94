"""Typing a prompt: keys, input method, clipboard."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from desktop.studio.prompt_history import PromptHistory
from desktop.ui.theme import Theme
from desktop.ui.widgets.prompt_edit import PromptEdit

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(qtbot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def edit(qtbot, theme: Theme, window: QWidget) -> PromptEdit:
    layout = QVBoxLayout(window)
    edit = PromptEdit(theme, "prompt", history=PromptHistory(["first", "second"]))
    edit.set_placeholder("Describe a picture")
    layout.addWidget(edit)
    layout.addWidget(QLineEdit())
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    return edit


def select(edit: PromptEdit, start: int, end: int) -> None:
    cursor = edit.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)


def compose(edit: PromptEdit, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(edit, event)


def test_ctrl_up_and_down_weigh_the_selected_words(qtbot, edit: PromptEdit):
    qtbot.keyClicks(edit, "a red fox")
    select(edit, 2, 9)
    qtbot.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    assert edit.toPlainText() == "a (red fox:1.1)"
    assert edit.textCursor().selectedText() == "red fox"
    qtbot.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    assert edit.toPlainText() == "a (red fox:1.2)"
    for _ in range(2):
        qtbot.keyClick(edit, Qt.Key.Key_Down, CONTROL)
    assert edit.toPlainText() == "a red fox"


def test_a_weight_is_one_step_to_undo(qtbot, edit: PromptEdit):
    qtbot.keyClicks(edit, "fox")
    qtbot.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    assert edit.toPlainText() == "(fox:1.1)"
    qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert edit.toPlainText() == "fox"


def test_weights_find_their_words_behind_an_emoji(qtbot, edit: PromptEdit):
    edit.set_text("🦊🦊 red fox")
    select(edit, 5, 8)  # in UTF-16 units, as Qt counts
    qtbot.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    assert edit.toPlainText() == "🦊🦊 (red:1.1) fox"
    assert edit.textCursor().selectedText() == "red"


def test_alt_up_and_down_walk_through_the_history_and_lose_nothing(qtbot, edit: PromptEdit):
    qtbot.keyClicks(edit, "third")
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(edit, key, ALT)
        seen.append(edit.toPlainText())
    assert seen == ["second", "first", "first", "second", "third"]


def test_tab_leaves_the_field(qtbot, edit: PromptEdit):
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert not edit.hasFocus()
    assert edit.toPlainText() == ""


def test_what_lies_beyond_the_limit_is_greyed(edit: PromptEdit, theme: Theme):
    edit.set_text("🦊 red fox")
    edit.set_cut(6)
    (beyond,) = edit.extraSelections()
    assert beyond.cursor.selectedText() == "fox"
    assert beyond.format.foreground().color().name() == theme.tokens.faint
    edit.set_cut(None)
    assert edit.extraSelections() == []


def test_what_lies_beyond_the_limit_is_greyed_after_an_undo_too(qtbot, edit: PromptEdit):
    edit.edited.connect(lambda: edit.set_cut(6))
    edit.set_text("a big red fox")
    select(edit, 10, 13)
    edit.weigh(0.1)
    edit.undo()
    (beyond,) = edit.extraSelections()
    assert beyond.cursor.selectedText() == "red fox"


def test_it_grows_with_its_text_up_to_a_limit(qtbot, edit: PromptEdit):
    heights = []
    for lines in (1, 3, 5, 8, 30):
        edit.set_text("\n".join(["line"] * lines))
        heights.append(edit.height())
    assert heights[0] == heights[1] < heights[2] < heights[3] == heights[4]


def test_keys_belong_to_the_composition_first(qtbot, edit: PromptEdit):
    pressed = []
    for key in ("Ctrl+Return", "Esc"):
        shortcut = QShortcut(QKeySequence(key), edit.window())
        shortcut.activated.connect(lambda key=key: pressed.append(key))
    edits = []
    edit.edited.connect(lambda: edits.append(edit.toPlainText()))
    compose(edit, "ni hao")
    assert edit.placeholderText() == ""
    qtbot.keyClick(edit, Qt.Key.Key_Return, CONTROL)
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClick(edit, Qt.Key.Key_Up, ALT)
    assert pressed == []
    assert edits == []
    assert edit.toPlainText() == ""
    compose(edit, "", "你好")
    assert edits == ["你好"]
    qtbot.keyClick(edit, Qt.Key.Key_Return, CONTROL)
    assert pressed == ["Ctrl+Return"]


def test_a_composition_that_is_given_up_leaves_the_hint(edit: PromptEdit):
    compose(edit, "ni")
    compose(edit, "")
    assert edit.placeholderText() == "Describe a picture"


def test_only_plain_text_is_pasted(qtbot, edit: PromptEdit):
    rich = QMimeData()
    rich.setHtml("<b>bold</b> fox")
    rich.setText("bold\0 fox")
    QApplication.clipboard().setMimeData(rich)
    qtbot.keyClick(edit, Qt.Key.Key_V, CONTROL)
    assert edit.toPlainText() == "bold fox"


def test_files_are_left_to_the_window(edit: PromptEdit):
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/tmp/picture.png")])
    assert not edit.canInsertFromMimeData(files)
