"""How the user stops, pauses and slows a run: set from any thread, read by the worker."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .request import Orders

LOOKS_AGAIN = 0.05  # s between two checks of the stop flag while the run is held


class Stop(BaseException):
    """Raised inside a run at the first gate after the user's stop, or at the boundary where it pauses; never leaves `worker.py`.

    Not an `Exception`, because libraries between the gate and the worker catch those and continue.
    """


class Control:
    """The stop flag and the orders of one piece of work. The worker reads it and never waits for the user."""

    def __init__(self, orders: Orders | None = None) -> None:
        from .request import Orders  # here: the first paint need not wait for it

        self.orders = orders or Orders()
        self._stopping = threading.Event()
        self._is_free = threading.Event()
        self._is_free.set()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    @property
    def is_held(self) -> bool:
        """Whether the work waits for the consumer of its results."""
        return not self._is_free.is_set()

    def stop(self) -> None:
        self._stopping.set()

    def hold(self) -> None:
        """Make the work wait at its next boundary: its results arrive faster than they can be taken, such as by a slow disk."""
        self._is_free.clear()

    def release(self) -> None:
        """Let work that was held continue."""
        self._is_free.set()

    def check(self) -> None:
        """Raise `Stop` once the user has asked for it."""
        if self._stopping.is_set():
            raise Stop

    def after_step(self, number: int, calls: int) -> None:
        """Called between two steps. Waits while the work is held; raises `Stop` where the run pauses, unless the step was the last."""
        while not self._is_free.wait(LOOKS_AGAIN):
            self.check()
        if number < calls and self.orders.pauses_after(number):
            raise Stop
