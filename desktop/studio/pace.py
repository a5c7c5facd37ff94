"""Pace: how long steps take, and how long is left, without a number that jumps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from statistics import median
from time import monotonic

RECENT = 6  # steps that tell the present pace
SLOWER = 1.3  # how much slower they must be than before to be called slower


class Pace:
    """Time left counts down; it grows only when steps really got slower, and then `slower` says so."""

    def __init__(self, steps: int, clock: Callable[[], float] = monotonic) -> None:
        self._steps = steps
        self._clock = clock
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._usual: float | None = None  # seconds a step, as the shown time left assumes
        self._done = 0
        self._ends: float | None = None  # on the clock
        self.slower = False

    def add(self, seconds: float) -> None:
        """A step took `seconds` in all, previews included."""
        self._recent.append(seconds)
        self._done += 1
        now = median(self._recent)
        if self._usual is None:
            self._usual = now
        elif len(self._recent) == RECENT and now > SLOWER * self._usual:
            self._usual, self.slower, self._ends = now, True, None
        elif now < self._usual:
            self._usual, self.slower = now, False
        ends = self._clock() + self._usual * (self._steps - self._done)
        self._ends = ends if self._ends is None else min(self._ends, ends)

    @property
    def left(self) -> float | None:
        """Seconds until the last step, or None before the first one has told."""
        return None if self._ends is None else max(0.0, self._ends - self._clock())
