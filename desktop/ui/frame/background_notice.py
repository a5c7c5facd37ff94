"""BackgroundNotice: a notification of the desktop when the work is done while the program is in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from ...diffusion.run import Ending, Run
from ...studio.at_work import AtWork
from ...studio.notices import quoted
from ..language import tr
from .session_bus import session_bus

if TYPE_CHECKING:
    from ...studio.trainings import Training

PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
INTERFACE = "org.freedesktop.portal.Notification"
MOST_QUOTED = 80  # characters of the prompt
STAYS = 10_000  # ms, of a message from the notification area


class BackgroundNotice(QObject):
    """Uses the notification portal of the session bus; where there is none, the notification area. A click asks for the run or training."""

    show_requested = Signal(object)  # Run or Training

    def __init__(self, at_work: AtWork, window: QWidget, is_wanted: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window = window
        self._is_wanted = is_wanted
        self._work: Run | Training | None = None  # that the last notification was about
        self._is_listening = False
        self._icon: QSystemTrayIcon | None = None
        at_work.done.connect(self._tell)

    def _tell(self, work: Run | Training) -> None:
        if not self._is_wanted() or QApplication.activeWindow() is not None:
            return
        self._work = work
        if not isinstance(work, Run):
            title, body = tr("Safelight", "The training is finished"), tr("Safelight", work.beginning.pictures.name)
        else:
            title = (
                tr("Safelight", "The picture is finished")
                if work.ending is Ending.FINISHED
                else tr("Safelight", "The picture could not be finished")
            )
            body = quoted(" ".join(work.recipe.prompt.text.split()), MOST_QUOTED)
        QApplication.alert(self._window)  # marks the window in the taskbar
        if not self._send(work.id, title, body):
            self._show_in_area(title, body)

    def _send(self, id: str, title: str, body: str) -> bool:
        """Ask the portal; return False if there is no bus. If there is no portal, the notification area is used afterwards."""
        bus = session_bus()
        if bus is None:
            return False
        from PySide6.QtDBus import QDBusMessage, QDBusPendingCallWatcher

        if not self._is_listening:
            self._is_listening = True
            slot = SLOT("_act(QString,QString,QVariantList)")
            bus.connect(PORTAL, PATH, INTERFACE, "ActionInvoked", self, slot)  # type: ignore[call-overload]  # the stub wants bytes, Qt does not
        call = QDBusMessage.createMethodCall(PORTAL, PATH, INTERFACE, "AddNotification")
        call.setArguments([id, {"title": title, "body": body, "default-action": "show"}])
        answered = QDBusPendingCallWatcher(bus.asyncCall(call), self)

        def take_answer() -> None:
            if answered.isError():
                self._show_in_area(title, body)
            answered.deleteLater()

        answered.finished.connect(take_answer)
        return True

    @Slot(str, str, "QVariantList")
    def _act(self, id: str, action: str, _: list[object]) -> None:
        if self._work is not None and id == self._work.id:
            self.show_requested.emit(self._work)

    def _show_in_area(self, title: str, body: str) -> None:
        """Show a message from an icon in the notification area, which is there only for that time."""
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(self._window.windowIcon(), self)
            self._icon.messageClicked.connect(lambda: self.show_requested.emit(self._work))
        self._icon.show()
        self._icon.showMessage(title, body, self._window.windowIcon(), STAYS)
        QTimer.singleShot(STAYS, self._icon.hide)
