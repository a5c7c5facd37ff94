"""Autosave: writes state that must survive a close or a kill to disk, off the GUI thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer

from ..errors import NotKept
from .notices import Notices

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
SOON = 400  # ms; with the time of writing, at most one second of typing is lost


class File(Protocol[T_contra]):
    def save(self, value: T_contra) -> None: ...


class Autosave(QObject, Generic[T]):
    """Writes `collect()` to `file`, at most once every `SOON` ms, the newest value last."""

    def __init__(self, file: File[T], collect: Callable[[], T], notices: Notices) -> None:
        super().__init__()
        self._file = file
        self._collect = collect
        self._notices = notices
        self._failed = False  # and the user was told
        self._writing = asyncio.Lock()
        self._timer = QTimer(self, singleShot=True, interval=SOON)
        self._timer.timeout.connect(lambda: self._notices.spawn(self._write()))

    def soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    async def now(self) -> None:
        """Write without delay, for example before the program ends. An OSError is shown as a notice, not raised."""
        self._timer.stop()
        await self._write()

    async def _write(self) -> None:
        async with self._writing:
            try:
                await asyncio.to_thread(self._file.save, self._collect())
            except OSError as problem:
                from ..library.safe_file import why

                if not self._failed:
                    self._notices.report(NotKept(problem=why(problem)))
                self._failed = True
            else:
                self._failed = False
