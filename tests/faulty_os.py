"""Records the system calls of code that writes, and makes them fail on request."""

from __future__ import annotations

import errno
import os
from typing import Any

CALLS = ("open", "write", "fstat", "fsync", "link", "replace", "unlink", "mkdir", "ftruncate", "close")


class FaultyOs:
    """Replaces `os` in a module: records each call, and fails the n-th (and all after it, if `persistent`)."""

    def __init__(
        self, fail_at: int = 0, error: int = 0, persistent: bool = False, tmpfile: bool = True, most_written: int = 1 << 30
    ) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.failed: list[str] = []
        self._fail_at, self._error, self._persistent, self._most_written = fail_at, error, persistent, most_written
        self._tmpfile = tmpfile

    def __getattr__(self, name: str) -> Any:
        if name not in CALLS:
            return getattr(os, name)
        return lambda *arguments, **named: self._call(name, arguments, named)

    def _call(self, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if name == "open" and not self._tmpfile and arguments[1] & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "no nameless files here")
        self.calls.append((name, arguments[0]))
        number = len(self.calls)
        if self._fail_at and (number == self._fail_at or (self._persistent and number > self._fail_at)):
            self.failed.append(name)
            if name == "close":
                os.close(*arguments)  # a failing close closes all the same
            raise OSError(self._error, os.strerror(self._error))
        if name == "write":
            arguments = (arguments[0], arguments[1][: self._most_written])
        return getattr(os, name)(*arguments, **named)
