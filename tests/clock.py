"""A clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Callable


class Clock:
    """Takes the place of the module `time` in code that measures how long something takes."""

    def __init__(self) -> None:
        self.now = 0.0  # seconds
        self._due: tuple[float, Callable[[], object]] | None = None

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        end = self.now + seconds
        if self._due is not None and self._due[0] <= end:
            (self.now, do), self._due = self._due, None
            do()
        self.now = end

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        """Call `do` once so many seconds have gone by; it replaces the call that is due before."""
        self._due = self.now + seconds, do
