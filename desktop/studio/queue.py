"""Queue: what waits for the machine, of any kind: runs today, trainings later. One piece of work is done at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QObject, Signal

from .notices import Notices

Work = Any
"""A frozen value whose class was registered with `Queue.register`."""


class Line(Enum):
    """What a piece of work waits for. Work is done in the order of the lines, and in each from front to back."""

    FIRST = auto()  # goes before everything else: the user acted on something that has begun
    DUE = auto()  # its turn
    HELD = auto()  # the user's word


@dataclass(frozen=True, slots=True)
class Removal:
    """Where a piece of work stood, to be put back there."""

    work: Work
    line: Line
    place: int


class Queue(QObject):
    """Starts work by itself as long as some is first or due; what is held waits for `release`."""

    changed = Signal()  # what waits, or what is at work

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices
        self._lines: dict[Line, deque[Work]] = {line: deque() for line in Line}
        self._performers: dict[type, Callable[[Any], Awaitable[None]]] = {}
        self._serving: asyncio.Task[None] | None = None

    def register(self, kind: type, perform: Callable[[Any], Awaitable[None]]) -> None:
        """Do work of that class by awaiting `perform(work)`, which returns when the machine is free again and raises nothing."""
        self._performers[kind] = perform

    def __iter__(self) -> Iterator[Work]:
        return (work for line in Line for work in self._lines[line])

    def line(self, line: Line) -> tuple[Work, ...]:
        return tuple(self._lines[line])

    @property
    def is_holding(self) -> bool:
        """Whether work waits for the user's word: after a pause, a stop or a failure, and when it comes from an earlier session."""
        return bool(self._lines[Line.HELD])

    # -- adding

    def add(self, *works: Work, line: Line = Line.DUE, front: bool = False) -> None:
        """Put `works`, in their order, at the back or the front of a line; work that is first or due starts soon."""
        if front:
            self._lines[line].extendleft(reversed(works))
        else:
            self._lines[line].extend(works)
        self._serve_soon()

    def hold_all(self) -> None:
        """Hold everything that waits: first what was first, then what was due, before what is held already."""
        self.add(*self._taken_all(Line.FIRST), *self._taken_all(Line.DUE), line=Line.HELD, front=True)

    def hold(self, line: Line) -> tuple[Work, ...]:
        """Hold what waits in `line`, before what is held already; return it."""
        works = self._taken_all(line)
        self.add(*works, line=Line.HELD, front=True)
        return works

    def release(self, change: Callable[[Work], Work] = lambda work: work) -> None:
        """Start what is held, each piece of work as `change` returns it."""
        self.add(*map(change, self._taken_all(Line.HELD)))

    # -- taking away

    def take(self, is_wanted: Callable[[Work], bool]) -> Work | None:
        """Take out the first piece of work that is wanted, to be done otherwise; None where there is none."""
        for line in self._lines.values():
            for work in line:
                if is_wanted(work):
                    line.remove(work)
                    self.changed.emit()
                    return work
        return None

    def replace(self, work: Work, *others: Work) -> None:
        """Put `others` where `work` waits."""
        removal = self.remove(work)
        if removal is not None:
            for place, other in enumerate(others):
                self._lines[removal.line].insert(removal.place + place, other)
            self._serve_soon()

    def remove(self, work: Work) -> Removal | None:
        """Take `work` out; `put_back` undoes it. None where it does not wait any more."""
        for line, works in self._lines.items():
            if work in works:
                removal = Removal(work, line, works.index(work))
                works.remove(work)
                self.changed.emit()
                return removal
        return None

    def put_back(self, removal: Removal) -> None:
        """Undo `remove`, at the same place as far as the line is still that long."""
        self._lines[removal.line].insert(removal.place, removal.work)
        self._serve_soon()

    # -- serving

    async def idle(self, patience: float | None = None) -> None:
        """Return once nothing is first or due any more, or after `patience` seconds."""
        if self._serving is not None:
            await asyncio.wait([self._serving], timeout=patience)

    def _taken_all(self, line: Line) -> tuple[Work, ...]:
        works = tuple(self._lines[line])
        self._lines[line].clear()
        return works

    def _next(self) -> Work | None:
        for line in (Line.FIRST, Line.DUE):
            if self._lines[line]:
                return self._lines[line].popleft()
        return None

    def _serve_soon(self) -> None:
        is_waiting = bool(self._lines[Line.FIRST] or self._lines[Line.DUE])
        if is_waiting and (self._serving is None or self._serving.done()):
            self._serving = self._notices.spawn(self._serve())
        self.changed.emit()

    async def _serve(self) -> None:
        while (work := self._next()) is not None:
            await self._performers[type(work)](work)
        self.changed.emit()
