"""The tray of notices: sentence, actions, and details of errors."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QCursor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QPlainTextEdit, QProgressBar, QWidget

from desktop.studio.notices import Action, NoticeKind, Notices
from desktop.ui.frame import tray
from desktop.ui.frame.tray import Tray
from desktop.ui.theme import Theme


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.setFocus()
    window.resize(600, 400)
    QCursor.setPos(QPoint())  # away from where notices come
    window.move(100, 100)
    window.show()
    return window


@pytest.fixture
def room(window):
    """A panel at the right in which notices may stand."""
    room = QWidget(window)
    room.setGeometry(300, 50, 300, 300)
    room.show()
    return room


@pytest.fixture
def bar(window, room, notices):
    theme = Theme()
    theme.reduce_motion = True
    bar = Tray(notices, theme, window, room.geometry)
    bar.watch(room)
    return bar


def said(bar) -> str:
    """The sentence of the notice that is shown."""
    return bar.shown.findChild(QLabel, "notice_text").text() if bar.shown else ""


def counted(bar) -> str:
    """Which of how many it is."""
    button = bar.shown.findChild(QAbstractButton, "next_notice")
    return "" if button.isHidden() else button.text()


def press(toast, name):
    QTest.mouseClick(toast.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)


def test_a_notice_says_its_sentence_at_the_lower_right_of_its_room(qtbot, bar, notices, room):
    notices.tell(NoticeKind.WARNING, "{file} is gone.", file="a [b] <i>.png")
    assert said(bar) == "a [b] <i>.png is gone."
    assert counted(bar) == ""
    for place in (QRect(300, 50, 300, 300), QRect(0, 0, 250, 380), QRect(350, 0, 240, 380)):
        room.setGeometry(place)
        qtbot.waitUntil(lambda: bar.geometry().bottomRight() == room.geometry().bottomRight() - QPoint(12, 12))
        assert room.geometry().contains(bar.geometry())


def test_one_is_shown_at_a_time_the_newest_first(bar, notices):
    for number in range(3):
        notices.tell(NoticeKind.ERROR, "{n}", n=str(number))
    assert (said(bar), counted(bar)) == ("2", "1 / 3")
    press(bar.shown, "next_notice")
    assert (said(bar), counted(bar)) == ("1", "2 / 3")
    press(bar.shown, "close_notice")
    assert (said(bar), counted(bar)) == ("0", "2 / 2")
    press(bar.shown, "next_notice")
    assert (said(bar), counted(bar)) == ("2", "1 / 2")
    press(bar.shown, "close_notice")
    assert (said(bar), counted(bar)) == ("0", "")
    press(bar.shown, "close_notice")
    assert said(bar) == ""
    assert not bar.isVisible()


def test_what_is_past_is_withdrawn_wherever_it_waits(window, notices):
    early = notices.tell(NoticeKind.WARNING, "Early.")
    notices.tell(NoticeKind.WARNING, "Early as well.")
    notices.withdraw(early)
    bar = Tray(notices, Theme(), window, window.rect)
    assert (said(bar), counted(bar)) == ("Early as well.", "")
    later = [notices.tell(NoticeKind.WARNING, f"{number}.") for number in range(4)]
    for number in (0, 3):
        notices.withdraw(later[number])
        notices.withdraw(later[number])
    assert (said(bar), counted(bar)) == ("2.", "1 / 3")


def test_early_notices_are_shown(window, notices):
    notices.tell(NoticeKind.WARNING, "Early.")
    assert said(Tray(notices, Theme(), window, window.rect)) == "Early."


def test_an_action_acts_and_closes(bar, notices):
    undone = []
    notices.tell(NoticeKind.DONE, "In the trash.", Action("Undo", lambda: undone.append(1)))
    assert bar.shown.findChild(QAbstractButton, "action_0").accessibleDescription() == "In the trash."
    press(bar.shown, "action_0")
    assert undone == [1]
    assert said(bar) == ""
    assert not bar.isVisible()


def test_in_a_narrow_room_the_buttons_move_below_the_sentence(qtbot, bar, notices, room):
    notices.tell(NoticeKind.WARNING, "One picture is in the trash.", Action("Undo", lambda: None))
    text, button = (bar.shown.findChild(kind, name) for kind, name in ((QLabel, "notice_text"), (QAbstractButton, "action_0")))
    room.setGeometry(100, 0, 420, 300)
    qtbot.waitUntil(lambda: button.mapTo(bar, QPoint()).x() > text.geometry().right())
    room.setGeometry(300, 0, 230, 300)
    qtbot.waitUntil(lambda: button.mapTo(bar, QPoint()).y() > text.mapTo(bar, QPoint(0, text.height() - 1)).y())
    assert text.width() > 100
    assert room.geometry().contains(bar.geometry())
    room.setGeometry(100, 0, 420, 300)
    qtbot.waitUntil(lambda: button.mapTo(bar, QPoint()).x() > text.geometry().right())


def test_what_is_done_leaves_by_itself_an_error_stays(qtbot, bar, notices, monkeypatch):
    monkeypatch.setattr(tray, "STAYS", 10)
    notices.tell(NoticeKind.DONE, "Saved.")
    notices.tell(NoticeKind.ERROR, "Broken.")
    assert said(bar) == "Broken."  # its time does not pass while another one is shown
    press(bar.shown, "next_notice")
    qtbot.waitUntil(lambda: said(bar) == "Broken." and counted(bar) == "")


def test_it_stays_while_the_focus_is_in_it(qtbot, bar, notices, monkeypatch):
    monkeypatch.setattr(tray, "STAYS", 10)
    notices.tell(NoticeKind.DONE, "Saved.", Action("Show", lambda: None))
    bar.window().activateWindow()
    qtbot.waitActive(bar.window())
    bar.shown.findChild(QAbstractButton, "action_0").setFocus()
    qtbot.wait(60)
    assert said(bar) == "Saved."


def test_fading_ends_too(qtbot, window, notices, monkeypatch):
    monkeypatch.setattr(tray, "STAYS", 10)
    bar = Tray(notices, Theme(), window, window.rect)
    notices.tell(NoticeKind.DONE, "Saved.")
    qtbot.waitUntil(lambda: said(bar) == "")


def test_details_can_be_read_and_copied(qtbot, bar, notices):
    notices.report(ZeroDivisionError("by zero"))
    press(bar.shown, "show_details")
    details = QApplication.topLevelWidgets()
    dialog = next(widget for widget in details if isinstance(widget, QDialog) and widget.objectName() == "error_details")
    assert not dialog.isModal()
    assert "ZeroDivisionError" in dialog.findChild(QPlainTextEdit, "details_text").toPlainText()
    press(dialog, "copy_details")
    assert "ZeroDivisionError: by zero" in QGuiApplication.clipboard().text()
    dialog.close()


def test_a_notice_of_running_work_shows_progress_and_closes_at_its_end(bar, notices):
    given_up = []
    with notices.working("Exporting {file}…", Action("Cancel", lambda: given_up.append(1)), file="a.gif") as progress:
        toast = bar.shown
        shown = toast.findChild(QProgressBar, "notice_progress")
        assert shown.isVisible()
        assert not toast.findChild(QAbstractButton, "close_notice").isVisible()
        progress.advance(0.42)
        assert shown.value() == 42
    assert said(bar) == ""
    with notices.working("Once more."):
        assert not bar.shown.findChild(QAbstractButton, "show_details").isVisible()
    with notices.working("And given up.", Action("Cancel", lambda: given_up.append(1))) as progress:
        press(bar.shown, "action_0")
        progress.advance(1)
    assert given_up == [1]


def test_work_that_ends_while_another_notice_is_shown_leaves_nothing(bar, notices):
    with notices.working("Exporting."):
        notices.tell(NoticeKind.ERROR, "Broken.")
        assert (said(bar), counted(bar)) == ("Broken.", "1 / 2")
    assert (said(bar), counted(bar)) == ("Broken.", "")


def test_without_a_traceback_there_are_no_details(bar, notices):
    notices.tell(NoticeKind.WARNING, "Careful.")
    assert not bar.shown.findChild(QAbstractButton, "show_details").isVisible()


def test_it_is_read_out(bar, notices, monkeypatch):
    told = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append((event.type(), event.message(), event.politeness())))
    notices.tell(NoticeKind.DONE, "Saved as {file}.", file="a.png")
    notices.tell(NoticeKind.ERROR, "Broken.")
    assert told == [
        (QAccessible.Event.Announcement, "Saved as a.png.", QAccessible.AnnouncementPoliteness.Polite),
        (QAccessible.Event.Announcement, "Broken.", QAccessible.AnnouncementPoliteness.Assertive),
    ]


def test_the_language_changes_at_once(bar, notices, monkeypatch):
    notices.tell(NoticeKind.WARNING, "Careful.")
    monkeypatch.setattr(tray, "sentence", lambda template, values: "小心。")
    QApplication.sendEvent(bar.shown, QEvent(QEvent.Type.LanguageChange))
    assert said(bar) == "小心。"


def test_longer_words_of_another_language_are_given_room_at_once(bar, notices, room, monkeypatch):
    room.setGeometry(100, 0, 420, 300)
    notices.tell(NoticeKind.WARNING, "Careful.", Action("Undo", lambda: None))
    toast, answers = bar.shown, bar.shown.findChild(QAbstractButton, "action_0").parentWidget()
    grid = toast.layout()
    assert grid.getItemPosition(grid.indexOf(answers))[0] == 0
    monkeypatch.setattr(tray, "tr", lambda context, words: words * 6)
    QApplication.sendEvent(toast, QEvent(QEvent.Type.LanguageChange))
    assert grid.getItemPosition(grid.indexOf(answers))[0] == 1  # below the sentence


def test_a_name_without_spaces_is_elided_where_it_is_wider_than_the_notice(qtbot, bar, notices):
    name = f"{'a_very_long_name_' * 8}.png"
    for template in ("{file} is gone.", "找不到{file}。"):
        notices.tell(NoticeKind.WARNING, template, file=name)
        text = bar.shown.findChild(QLabel, "notice_text")
        qtbot.waitUntil(lambda text=text: text.minimumSizeHint().width() <= text.width())
        assert text.text().endswith((".png is gone.", ".png。"))
        assert text.toolTip() == text.accessibleName() == template.format(file=name)
