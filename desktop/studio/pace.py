"""Pace: time per step and a smooth estimate of the time left."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic

RECENT = 6  # steps in the median
SLOWER = 1.3  # ratio to the earlier time per step above which `slower` is set


class Pace:
    """The time left counts down. It grows only when steps take `SLOWER` times as long; `slower` is then True."""

    def __init__(self, steps: int, clock: Callable[[], float] = monotonic) -> None:
        self._steps = steps
        self._clock = clock
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._usual: float | None = None  # seconds a step, as the shown time left assumes
        self._done = 0
        self._ends: float | None = None  # on the clock
        self.slower = False

    def add(self, seconds: float) -> None:
        """Record a step that took `seconds`, including previews."""
        from statistics import median  # here: the first paint need not wait for it

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
        """Seconds until the last step; None before the first step."""
        return None if self._ends is None else max(0.0, self._ends - self._clock())
