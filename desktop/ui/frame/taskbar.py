"""Taskbar: how far the run at work is, on the icon of the program."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ...resources import APPLICATION_ID
from ...studio.at_work import AtWork, QueueState
from .session_bus import session_bus


class Taskbar(QObject):
    """Sends the progress over the session bus, in the way that the docks of Ubuntu, KDE and others read (Unity's launcher API)."""

    def __init__(self, at_work: AtWork, parent: QObject) -> None:
        super().__init__(parent)
        self._at_work = at_work
        self._told: float | None = None  # the share that the taskbar shows; None for no progress
        at_work.changed.connect(self._tell)

    def _tell(self) -> None:
        share = round(self._at_work.share, 2) if self._at_work.state is QueueState.RUNNING else None
        if share == self._told:
            return
        self._told = share
        if (bus := session_bus()) is not None:
            from PySide6.QtDBus import QDBusMessage

            path = "/" + APPLICATION_ID.replace(".", "/")
            update = QDBusMessage.createSignal(path, "com.canonical.Unity.LauncherEntry", "Update")
            progress = {"progress": share or 0.0, "progress-visible": share is not None}
            update.setArguments([f"application://{APPLICATION_ID}.desktop", progress])
            bus.send(update)
