"""Politeness: while only a training computes, other programs go first.

Linux shares a processor between sessions before it looks at nice values, so a process that is merely nice still takes its half from
other sessions. The nice value of the session's own group (`man 7 sched`, autogroup) counts there. Without that file nothing happens.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

AUTOGROUP = Path("/proc/self/autogroup")
POLITE = 10
AGAIN = 0.2  # s: the system refuses more than some ten changes in a second


class Politeness:
    def __init__(self, file: Path | None = AUTOGROUP) -> None:
        """`file` None: no effect."""
        self._file = file
        self._usual: int | None = None  # the value before the first change
        self._wanted: int | None = None
        self._retry: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Let other programs go first. Not if they do already."""
        if self._usual is None:
            self._usual = self._read()
        if self._usual is not None and self._usual < POLITE:
            self._set(POLITE)

    def end(self) -> None:
        """As before `begin`. Going back from a positive value needs no privilege."""
        if self._usual is not None:
            self._set(self._usual)

    def _read(self) -> int | None:
        """As in "/autogroup-25 nice 0"."""
        try:
            return int(self._file.read_text().rsplit(maxsplit=1)[1]) if self._file else None
        except (OSError, ValueError, IndexError):
            return None

    def _set(self, value: int) -> None:
        if value != self._wanted:
            self._wanted = value
            self._write()

    def _write(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        assert self._file is not None
        try:
            self._file.write_text(str(self._wanted))
        except BlockingIOError:
            self._retry = asyncio.get_running_loop().call_later(AGAIN, self._write)
        except OSError:
            pass
