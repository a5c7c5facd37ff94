"""FolderWatch: tells which folders have changed on disk. It looks on a thread of its own, since a network folder may be slow."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QFileSystemWatcher, QObject, QThread, QTimer, Signal

SETTLES = 300  # ms without a change, so that one look finds what several changes did


class FolderWatch(QObject):
    """Folders that cannot be watched, such as those beyond the system's limit, are found out about at the next look at all."""

    changed = Signal(object)  # set[str]: folders in which files or folders were added, removed or renamed
    _wanted = Signal(object)  # set[str], to the thread

    def __init__(self) -> None:
        super().__init__()
        self._thread = QThread(self)
        self._eye = _Eye()
        self._eye.moveToThread(self._thread)
        self._eye.noticed.connect(self._note)
        self._wanted.connect(self._eye.watch)
        self._settling = QTimer(self, singleShot=True, interval=SETTLES)
        self._settling.timeout.connect(self._tell)
        self._noticed: set[str] = set()

    def watch(self, folders: Iterable[str]) -> None:
        """Watch these folders, and no others any more."""
        self._thread.start(QThread.Priority.LowPriority)
        self._wanted.emit(set(folders))

    def close(self) -> None:
        self._settling.stop()
        self._thread.quit()
        self._thread.wait()

    def _note(self, folder: str) -> None:
        if self._thread.isRunning():
            self._noticed.add(folder)
            self._settling.start()

    def _tell(self) -> None:
        noticed, self._noticed = self._noticed, set()
        self.changed.emit(noticed)


class _Eye(QObject):
    """Lives on the thread."""

    noticed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self.noticed)

    def watch(self, folders: set[str]) -> None:
        now = set(self._watcher.directories())
        if gone := now - folders:
            self._watcher.removePaths(sorted(gone))
        if new := folders - now:
            self._watcher.addPaths(sorted(new))
