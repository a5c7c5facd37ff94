"""Notices on the canvas: sentence, actions, and details of errors."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QCursor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QPlainTextEdit, QProgressBar, QWidget

from desktop.studio.notices import Action, NoticeKind, Notices
from desktop.ui import notice_bar
from desktop.ui.notice_bar import NoticeBar
from desktop.ui.theme import Theme


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def canvas(qtbot):
    canvas = QWidget()
    qtbot.addWidget(canvas)
    canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    canvas.setFocus()
    canvas.resize(600, 400)
    QCursor.setPos(QPoint())  # away from where notices come
    canvas.move(100, 100)
    canvas.show()
    return canvas


@pytest.fixture
def bar(canvas, notices):
    theme = Theme()
    theme.reduce_motion = True
    return NoticeBar(notices, theme, canvas)


def said(bar):
    return [toast.findChild(QLabel, "notice_text").text() for toast in bar.toasts]


def press(toast, name):
    QTest.mouseClick(toast.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)


def test_a_notice_says_its_sentence_at_the_bottom(qtbot, bar, notices, canvas):
    notices.tell(NoticeKind.WARNING, "{file} is gone.", file="a [b] <i>.png")
    assert said(bar) == ["a [b] <i>.png is gone."]
    qtbot.waitUntil(lambda: bar.geometry().bottom() == canvas.height() - 17)
    canvas.resize(400, 300)
    qtbot.waitUntil(lambda: bar.geometry().bottom() == canvas.height() - 17)
    assert canvas.rect().contains(bar.geometry())


def test_what_is_past_is_withdrawn_wherever_it_waits(canvas, notices):
    early = notices.tell(NoticeKind.WARNING, "Early.")
    notices.tell(NoticeKind.WARNING, "Early as well.")
    notices.withdraw(early)
    bar = NoticeBar(notices, Theme(), canvas)
    later = [notices.tell(NoticeKind.WARNING, f"{number}.") for number in range(4)]
    for number in (0, 2):
        notices.withdraw(later[number])
        notices.withdraw(later[number])
    assert said(bar) == ["Early as well.", "1.", "3."]


def test_early_notices_are_shown(canvas, notices):
    notices.tell(NoticeKind.WARNING, "Early.")
    assert said(NoticeBar(notices, Theme(), canvas)) == ["Early."]


def test_an_action_acts_and_closes(bar, notices):
    undone = []
    notices.tell(NoticeKind.DONE, "In the trash.", Action("Undo", lambda: undone.append(1)))
    assert bar.toasts[0].findChild(QAbstractButton, "action_0").accessibleDescription() == "In the trash."
    press(bar.toasts[0], "action_0")
    assert undone == [1]
    assert said(bar) == []
    assert not bar.isVisible()


def test_on_a_narrow_canvas_the_buttons_move_below_the_sentence(qtbot, bar, notices, canvas):
    answers = [Action(name, lambda: None) for name in ("Resume", "Discard", "Later")]
    notices.tell(NoticeKind.WARNING, "The run was cut off at step 12 of 50.", *answers)
    text, button = (bar.toasts[0].findChild(kind, name) for kind, name in ((QLabel, "notice_text"), (QAbstractButton, "action_0")))
    qtbot.waitUntil(lambda: button.mapTo(bar, QPoint()).x() > text.geometry().right())
    canvas.resize(330, 400)
    qtbot.waitUntil(lambda: button.mapTo(bar, QPoint()).y() > text.mapTo(bar, QPoint(0, text.height() - 1)).y())
    assert text.width() > 180
    assert canvas.rect().contains(bar.geometry())
    canvas.resize(600, 400)
    qtbot.waitUntil(lambda: button.mapTo(bar, QPoint()).x() > text.geometry().right())


def test_three_at_once_and_the_others_wait(bar, notices):
    for number in range(5):
        notices.tell(NoticeKind.ERROR, "{n}", n=str(number))
    assert said(bar) == ["0", "1", "2"]
    press(bar.toasts[1], "close_notice")
    assert said(bar) == ["0", "2", "3"]


def test_what_is_done_leaves_by_itself_an_error_stays(qtbot, bar, notices, monkeypatch):
    monkeypatch.setattr(notice_bar, "STAYS", 10)
    notices.tell(NoticeKind.DONE, "Saved.")
    notices.tell(NoticeKind.ERROR, "Broken.")
    qtbot.waitUntil(lambda: said(bar) == ["Broken."])


def test_it_stays_while_the_focus_is_in_it(qtbot, bar, notices, monkeypatch):
    monkeypatch.setattr(notice_bar, "STAYS", 10)
    notices.tell(NoticeKind.DONE, "Saved.", Action("Show", lambda: None))
    bar.window().activateWindow()
    qtbot.waitActive(bar.window())
    bar.toasts[0].findChild(QAbstractButton, "action_0").setFocus()
    qtbot.wait(60)
    assert said(bar) == ["Saved."]


def test_fading_ends_too(qtbot, canvas, notices, monkeypatch):
    monkeypatch.setattr(notice_bar, "STAYS", 10)
    bar = NoticeBar(notices, Theme(), canvas)
    notices.tell(NoticeKind.DONE, "Saved.")
    qtbot.waitUntil(lambda: said(bar) == [])


def test_details_can_be_read_and_copied(qtbot, bar, notices):
    notices.report(ZeroDivisionError("by zero"))
    press(bar.toasts[0], "show_details")
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
        [toast] = bar.toasts
        shown = toast.findChild(QProgressBar, "notice_progress")
        assert shown.isVisible()
        assert not toast.findChild(QAbstractButton, "close_notice").isVisible()
        progress.advance(0.42)
        assert shown.value() == 42
    assert said(bar) == []
    with notices.working("Once more."):
        assert not bar.toasts[0].findChild(QAbstractButton, "show_details").isVisible()
    with notices.working("And given up.", Action("Cancel", lambda: given_up.append(1))) as progress:
        press(bar.toasts[0], "action_0")
        progress.advance(1)
    assert given_up == [1]


def test_what_ended_before_it_could_be_shown_is_not_shown(bar, notices):
    for number in range(3):
        notices.tell(NoticeKind.ERROR, "{n}", n=str(number))
    with notices.working("Too late."):
        pass
    notices.tell(NoticeKind.ERROR, "3")
    press(bar.toasts[0], "close_notice")
    assert said(bar) == ["1", "2", "3"]


def test_without_a_traceback_there_are_no_details(bar, notices):
    notices.tell(NoticeKind.WARNING, "Careful.")
    assert not bar.toasts[0].findChild(QAbstractButton, "show_details").isVisible()


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
    monkeypatch.setattr(notice_bar, "sentence", lambda template, values: "小心。")
    QApplication.sendEvent(bar.toasts[0], QEvent(QEvent.Type.LanguageChange))
    assert said(bar) == ["小心。"]
