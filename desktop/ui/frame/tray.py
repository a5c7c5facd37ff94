"""Tray: notices to the user, one at a time, in a corner off the picture."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ...studio.notices import Notice, NoticeKind, Notices
from ..language import Retranslating, explain, sentence, tooltip, tr
from ..theme import Theme
from ..widgets.controls import IconButton, named
from ..widgets.dialog_sheet import resize_within_screen

STAYS = 5000  # ms, for notices of kind DONE
FADES = 140  # ms
MARGIN = 12  # px, to the edges of the room
NARROWEST, WIDEST = 200, 380  # px
LEAST_TEXT = 160  # px: with less room the buttons move below the sentence
UNBROKEN = re.compile(r"[^\s\u2e80-\uffef]+")  # what no line break may divide; between Chinese characters there may be one
ICONS = {
    NoticeKind.WORKING: "refresh-cw",
    NoticeKind.DONE: "circle-check",
    NoticeKind.UNDO: "undo-2",
    NoticeKind.OFFER: "info",
    NoticeKind.WARNING: "triangle-alert",
    NoticeKind.ERROR: "circle-alert",
}


class Tray(QWidget):
    """Shown at the lower right of `room()`, in the coordinates of `over`. The newest notice is shown first.

    All notices but those of kind DONE stay until the user closes them.
    """

    def __init__(self, notices: Notices, theme: Theme, over: QWidget, room: Callable[[], QRect]) -> None:
        super().__init__(over)
        self._theme = theme
        self._over = over
        self._room = room
        self._toasts: list[Toast] = []  # the newest last
        self._shown: Toast | None = None
        self._watched: QWidget | None = None
        self.setObjectName("tray")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        over.installEventFilter(self)
        self.hide()
        notices.listen(self._tell)
        notices.withdrawn.connect(self._withdraw)

    @property
    def shown(self) -> Toast | None:
        return self._shown

    def watch(self, widget: QWidget) -> None:
        """Find the room again whenever `widget` is moved or resized."""
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = widget
        widget.installEventFilter(self)
        self.place()

    def place(self) -> None:
        """Find the room again."""
        toast, room = self._shown, self._room()
        if toast is None:
            return
        width = max(min(NARROWEST, self._over.width()), min(WIDEST, room.width() - 2 * MARGIN))
        toast.fit(width)
        height = self._layout.heightForWidth(width) if self._layout.hasHeightForWidth() else self._layout.sizeHint().height()
        x, y = room.right() + 1 - MARGIN - width, room.bottom() + 1 - MARGIN - height
        self.setGeometry(max(0, x), max(0, y), width, height)

    def _tell(self, notice: Notice) -> None:
        toast = Toast(notice, self._theme)
        toast.gone.connect(lambda: self._forget(toast))
        toast.next_requested.connect(self._show_next)
        toast.translated.connect(self.place)
        self._toasts.append(toast)
        self._layout.addWidget(toast)
        self._show(toast)
        toast.announce()

    def _withdraw(self, notice: Notice) -> None:
        for toast in self._toasts.copy():
            if toast.notice is notice:
                toast.close_notice()

    def _forget(self, toast: Toast) -> None:
        place = self._toasts.index(toast)
        self._toasts.remove(toast)
        if toast is not self._shown and self._shown is not None:
            self._count(self._shown)
            return
        self._shown = None
        if self._toasts:
            self._show(self._toasts[max(0, place - 1)])
        else:
            self.hide()

    def _show_next(self) -> None:
        """Show the notice before the shown one; after the oldest, the newest."""
        if self._shown is not None:
            self._show(self._toasts[self._toasts.index(self._shown) - 1])

    def _show(self, toast: Toast) -> None:
        for other in self._toasts:
            if other is not toast:
                other.leave_alone()
        self._shown = toast
        self._count(toast)
        toast.show()
        self.show()
        self.raise_()
        self.place()
        toast.come()

    def _count(self, toast: Toast) -> None:
        toast.show_place(len(self._toasts) - self._toasts.index(toast), len(self._toasts))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self.place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.place()
        return super().event(event)


class Toast(Retranslating, QFrame):
    """One notice with its buttons.

    A notice of kind DONE disappears by itself, but not while the pointer is over it or the focus is in it.
    One with progress shows a bar and disappears when the work ends.
    """

    gone = Signal()
    next_requested = Signal()  # another notice
    translated = Signal()  # its words have another length

    def __init__(self, notice: Notice, theme: Theme) -> None:
        super().__init__()
        self.notice = notice
        self._theme = theme
        self.closed = False
        self.setObjectName("toast")
        self.setProperty("ground", "card")
        self._icon = QLabel()
        self._text = named(QLabel(), "notice_text")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = [self._button(f"action_{index}") for index in range(len(notice.actions))]
        for button in self._buttons:
            button.setProperty("strong", "true")
        self._details = self._button("show_details")
        self._close = IconButton(theme, "x", "close_notice", 14)
        self._next = self._button("next_notice")
        self._next.hide()
        self._bar = named(QProgressBar(textVisible=False), "notice_progress")
        self._bar.setRange(0, 100)
        self._bar.setValue(0)

        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(self._text)
        words.addWidget(self._bar)
        self._answers = QWidget()
        row = QHBoxLayout(self._answers)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch()
        for button in (self._next, *self._buttons, self._details):
            row.addWidget(button)
        self.hide()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 8, 8, 8)
        self._grid.setSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._icon, 0, 0)
        self._grid.addLayout(words, 0, 1)
        self._row = 0  # of the buttons in the grid
        self._grid.addWidget(self._answers, self._row, 2)
        self._grid.addWidget(self._close, 0, 3)

        # Only now: a widget that is shown before it has a parent is a window for a moment, and takes the focus.
        self._answers.setVisible(bool(notice.actions or notice.details))
        self._details.setVisible(bool(notice.details))
        self._close.setVisible(notice.progress is None)
        self._bar.setVisible(notice.progress is not None)
        self._leaving = QTimer(self, singleShot=True, interval=STAYS)
        self._leaving.timeout.connect(self._leave)
        for button, action in zip(self._buttons, notice.actions, strict=True):
            button.clicked.connect(lambda _=False, action=action: self._act(action.run))
        self._details.clicked.connect(self._show_details)
        self._close.clicked.connect(self.close_notice)
        self._next.clicked.connect(self.next_requested)
        if notice.progress:
            notice.progress.changed.connect(self._show_progress)
        theme.changed.connect(self._tint)
        self._tint()
        self.retranslate()

    def retranslate(self) -> None:
        self._said = sentence(self.notice.template, self.notice.values)
        self._text.setText(self._said)
        self._text.setAccessibleName(self._said)
        for button, action in zip(self._buttons, self.notice.actions, strict=True):
            button.setText(tr("Safelight", action.label))
            button.setAccessibleDescription(self._said)  # the sentence that the button belongs to
        self._details.setText(tr("Safelight", "Show details"))
        self._details.setAccessibleDescription(self._said)
        self._bar.setAccessibleName(self._said)
        explain(self._close, tr("Safelight", "Close"), tr("Safelight", "Close this notice."))
        explain(self._next, tr("Safelight", "Next notice"), tr("Safelight", "Show the next notice."))
        self.translated.emit()

    def show_place(self, number: int, count: int) -> None:
        """Show that this is notice `number` of `count`, counted from the newest."""
        self._next.setVisible(count > 1)
        self._next.setText(f"{number} / {count}")
        self._answers.setVisible(bool(self.notice.actions or self.notice.details or count > 1))

    def leave_alone(self) -> None:
        """Make room for another notice; the time of this one does not pass meanwhile."""
        self._leaving.stop()
        self.hide()

    def fit(self, width: int) -> None:
        """Put the buttons beside the sentence, or below it if it would get too little of `width` px; elide words that do not fit."""
        others = self._icon.sizeHint().width() + self._close.width() + 5 * self._grid.spacing()
        beside, below = width - self._answers.sizeHint().width() - others, width - others
        row = int(beside < LEAST_TEXT)
        if row != self._row:
            self._row = row
            self._grid.addWidget(self._answers, row, 0 if row else 2, 1, 4 if row else 1)
        metrics, room = self._text.fontMetrics(), below if row else beside
        fitting = UNBROKEN.sub(lambda word: metrics.elidedText(word[0], Qt.TextElideMode.ElideMiddle, room), self._said)
        self._text.setText(fitting)
        self._text.setToolTip("" if fitting == self._said else tooltip(self._said))

    def announce(self) -> None:
        """Have the sentence read out."""
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # here: the first paint need not wait for their many enums

        announcement = QAccessibleAnnouncementEvent(self, self._said)
        if self.notice.kind is NoticeKind.ERROR:
            announcement.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(announcement)

    def come(self) -> None:
        """Appear, for a while if it is of kind DONE."""
        self._fade_to(1.0)
        if self.notice.kind is NoticeKind.DONE:
            self._leaving.start()

    def close_notice(self) -> None:
        if not self.closed:
            self.closed = True
            self._leaving.stop()
            self.hide()
            self.gone.emit()
            self.deleteLater()

    def _show_progress(self) -> None:
        progress = self.notice.progress
        assert progress is not None
        self._bar.setValue(round(100 * progress.done))
        if progress.ended:
            self.close_notice()

    def _act(self, run: Callable[[], None]) -> None:
        self.close_notice()
        run()

    def _leave(self) -> None:
        """Fade out, unless the pointer or the focus is on it."""
        focused = QApplication.focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            self._leaving.start(1000)
        else:
            self._fade_to(0.0)

    def _fade_to(self, opacity: float) -> None:
        from PySide6.QtCore import QEasingCurve, QPropertyAnimation  # here, and below: the first paint need not wait for them
        from PySide6.QtWidgets import QGraphicsOpacityEffect

        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        self._fade = QPropertyAnimation(effect, b"opacity", effect)
        self._fade.setDuration(self._theme.duration(FADES))
        self._fade.setStartValue(1.0 - opacity)
        self._fade.setEndValue(opacity)
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._fade.finished.connect(self._end_fade if opacity else self.close_notice)
        self._fade.start()

    def _end_fade(self) -> None:
        self.setGraphicsEffect(None)  # type: ignore[arg-type]  # the stub leaves out None, which removes the effect

    def _show_details(self) -> None:
        Details(self._said, self.notice.details, self.window()).show()

    def _tint(self) -> None:
        tokens = self._theme.tokens
        colour = {NoticeKind.WARNING: tokens.accent, NoticeKind.ERROR: tokens.danger}.get(self.notice.kind, tokens.quiet)
        self._icon.setPixmap(self._theme.icon(ICONS[self.notice.kind], colour).pixmap(QSize(18, 18), self.devicePixelRatioF()))

    def _button(self, name: str) -> QPushButton:
        button = named(QPushButton(), name)
        button.setProperty("quiet", "true")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the button disappears, so a click must not move the focus to it
        return button


class Details(QDialog):
    """The technical details of an error, to read and to copy."""

    def __init__(self, told: str, details: str, parent: QWidget) -> None:
        from PySide6.QtWidgets import QDialogButtonBox

        super().__init__(parent)
        self.setObjectName("error_details")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Safelight", "Details"))
        resize_within_screen(self, 720, 420)  # px
        heading = QLabel(told)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        text = named(QPlainTextEdit(details, readOnly=True), "details_text")
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setAccessibleName(tr("Safelight", "Details"))
        text.setTabChangesFocus(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("Safelight", "Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copy_details")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(f"{told}\n\n{details}"))
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(text, 1)
        layout.addWidget(buttons)
