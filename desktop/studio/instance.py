"""Instance: one window per data folder; a later start passes its arguments to the first and exits."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, Signal

from ..library.safe_file import make_folder

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer  # imported late, to keep the first paint fast

ANSWER = b"ok\n"
PATIENCE = 3000  # ms
STARTING = 10.0  # s for the first instance to start listening, when two start at the same time


class Instance(QObject):
    """`first` tells whether this process owns the data folder. If not, call `forward` and exit.

    A lock file decides, because two simultaneous starts could both create a local server.
    """

    called = Signal(list, str)  # another start hands over its files, as absolute paths, and its --model or ""; raise the window

    def __init__(self, data: Path) -> None:
        super().__init__()
        make_folder(data)
        self._lock = QLockFile(str(data / "instance.lock"))
        self._lock.setStaleLockTime(0)  # stale only if the owner has died
        self._name = _socket(data)
        self._server: QLocalServer | None = None
        self.first = self._lock.tryLock(0)

    def listen(self) -> None:
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._name)  # left by a crash; the lock proves that it is unused
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        self._server.listen(self._name)

    def forward(self, files: list[Path], model: str) -> bool:
        """Pass `files` and the `--model` argument to the first instance; return False if it does not answer."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        deadline = time.monotonic() + STARTING
        while True:
            socket.connectToServer(self._name)
            if socket.waitForConnected(PATIENCE):
                break
            self.first = self._lock.tryLock(0)  # the other one may have ended
            if self.first or self._lock.error() is not QLockFile.LockError.LockFailedError or time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        if model and Path(model).is_dir():
            model = str(Path(model).absolute())  # the first instance may have another working directory
        wishes = {"files": [str(file.absolute()) for file in files], "model": model}
        socket.write(json.dumps(wishes).encode() + b"\n")
        socket.waitForBytesWritten(PATIENCE)
        return socket.waitForReadyRead(PATIENCE) and bytes(socket.readAll().data()) == ANSWER

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()  # and its connections with it
            self._server = None
        self._lock.unlock()

    def _answer(self) -> None:
        if self._server is not None and (socket := self._server.nextPendingConnection()):
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)
            self._read()  # the line may have arrived with the connection

    def _read(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        assert self._server is not None
        for socket in self._server.findChildren(QLocalSocket):
            if not socket.canReadLine():
                continue
            try:
                wishes = json.loads(bytes(socket.readLine().data()))
                files, model = [Path(file) for file in wishes["files"]], str(wishes["model"])
            except (ValueError, TypeError, KeyError):
                socket.abort()
                continue
            socket.write(ANSWER)
            socket.flush()
            self.called.emit(files, model)


def _socket(data: Path) -> str:
    name = "safelight-" + hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    if os.name == "nt":
        return name
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.RuntimeLocation)
    return str(Path(folder or data) / name)
