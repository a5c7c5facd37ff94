"""Popover: a panel over the window that takes the keyboard and closes when the user turns elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget


class Popover(QFrame):
    """Closed by Esc, by a press of the mouse outside and when the focus goes elsewhere in the window. Esc returns the focus."""

    def __init__(self, over: QWidget, name: str, opener: QWidget | None = None) -> None:
        """`opener`: the button that opens and closes it; a press on it is left to that button."""
        super().__init__(over)
        self._over = over
        self._opener = opener
        self._before: QWidget | None = None  # had the focus
        self.setObjectName(name)
        self.setProperty("ground", "popover")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.hide()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._application = application

    def place(self, room: QRect) -> QRect:
        """Its rectangle within `room`, the whole area that it is shown over."""
        raise NotImplementedError

    def first(self) -> QWidget:
        """What gets the keyboard."""
        raise NotImplementedError

    def toggle(self) -> None:
        self.close_popover() if self.isVisible() else self.open_popover()

    def open_popover(self) -> None:
        self._before = self._application.focusWidget()
        self.fit()
        self.show()
        self.raise_()
        self.first().setFocus(Qt.FocusReason.PopupFocusReason)
        self._application.installEventFilter(self)
        self._application.focusChanged.connect(self._follow_focus)

    def close_popover(self) -> None:
        """Close, and give the focus back."""
        before = self._before
        self._leave()
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def fit(self) -> None:
        """Take the size that the content needs now."""
        if (layout := self.layout()) is not None:
            layout.activate()
        self.setGeometry(self.place(self._over.rect()))

    def _leave(self) -> None:
        if self.isVisible():
            self._application.removeEventFilter(self)
            self._application.focusChanged.disconnect(self._follow_focus)
            self._before = None
            self.hide()

    def _follow_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is None or now.window() is not self.window():
            return
        if before is not None and self.isAncestorOf(before) and (before.isHidden() or not before.isEnabled()):
            self.first().setFocus()  # not moved by the user: the next button may do harm when its key is pressed again
        elif not self._is_own(now):
            self._leave()

    def _is_own(self, widget: QWidget) -> bool:
        return widget is self or widget is self._opener or self.isAncestorOf(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and watched.window() is self.window():
            if not self._is_own(watched):
                self._leave()
        elif event.type() is QEvent.Type.Resize and watched is self._over:
            self.fit()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popover()
        else:
            super().keyPressEvent(event)
