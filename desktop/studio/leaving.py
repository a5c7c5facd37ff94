"""Leaving: what happens to the current run when the window closes."""

from __future__ import annotations

from enum import Enum, auto


class Leaving(Enum):
    FINISH = auto()  # finish it, then end the program
    PAUSE = auto()  # record it and offer it at the next start
    DROP = auto()  # discard it
