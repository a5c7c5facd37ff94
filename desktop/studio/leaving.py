"""Leaving: what is to become of the run at work when the window closes."""

from __future__ import annotations

from enum import Enum, auto


class Leaving(Enum):
    FINISH = auto()  # before the program ends
    PAUSE = auto()  # it is kept, and offered at the next start
    DROP = auto()
