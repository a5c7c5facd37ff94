"""How the person who watches a run stops it."""

from __future__ import annotations

import threading


class Stop(BaseException):
    """Raised inside a run at the first gate after the user's stop; never leaves `worker.py`.

    Not an `Exception`, because libraries between the gate and the worker catch those and go on.
    """


class Control:
    """The stop flag of one piece of work: set from any thread, looked at by the worker."""

    def __init__(self) -> None:
        self._stopping = threading.Event()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        self._stopping.set()

    def check(self) -> None:
        """Raise `Stop` once the user has asked for it."""
        if self._stopping.is_set():
            raise Stop
