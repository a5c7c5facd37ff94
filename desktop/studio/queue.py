"""Queue: work of any registered class, such as runs; performs one at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from .notices import Notices

Work = object
"""A frozen value whose class was registered with `Queue.register`."""

W = TypeVar("W", bound=Work)


class Line(Enum):
    """The three lines of the queue. Work is performed line by line in this order, each from front to back."""

    FIRST = auto()  # priority: the user resumed or branched a run
    DUE = auto()  # waits for its turn
    HELD = auto()  # waits for `release`


@dataclass(frozen=True, slots=True)
class Removal:
    """Work that was removed, and its place, for `put_back`."""

    work: Work
    line: Line
    place: int


class Queue(QObject):
    """Performs work that is first or due; held work waits for `release`."""

    changed = Signal()  # waiting or current work

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices
        self._lines: dict[Line, deque[Work]] = {line: deque() for line in Line}
        self._performers: dict[type, Callable[..., Awaitable[None]]] = {}
        self._yielding: set[type] = set()
        self._serving: asyncio.Task[None] | None = None
        self._current: Work | None = None
        self._waiters: list[asyncio.Future[None]] = []

    def register(self, kind: type[W], perform: Callable[[W], Awaitable[None]], yields: bool = False) -> None:
        """Perform work of class `kind` by awaiting `perform(work)`, which must return when the machine is free and must not raise.

        `yields`: it returns soon after other work was added, and others may use the machine meanwhile; nobody waits for its end.
        """
        self._performers[kind] = perform
        if yields:
            self._yielding.add(kind)

    def __iter__(self) -> Iterator[Work]:
        return (work for line in Line for work in self._lines[line])

    def line(self, line: Line) -> tuple[Work, ...]:
        return tuple(self._lines[line])

    @property
    def is_holding(self) -> bool:
        """Whether work is held: after a pause, a stop or a failure, or because it comes from an earlier session."""
        return bool(self._lines[Line.HELD])

    # -- adding

    def add(self, *works: Work, line: Line = Line.DUE, front: bool = False) -> None:
        """Add `works`, in order, at the back or front of a line; start serving if needed."""
        if front:
            self._lines[line].extendleft(reversed(works))
        else:
            self._lines[line].extend(works)
        self._serve_soon()

    def hold_all(self) -> None:
        """Hold all waiting work: FIRST, then DUE, in front of the work that is already held."""
        self.add(*self._taken_all(Line.FIRST), *self._taken_all(Line.DUE), line=Line.HELD, front=True)

    def hold(self, line: Line) -> None:
        """Hold the work of `line`, in front of the work that is already held."""
        self.add(*self._taken_all(line), line=Line.HELD, front=True)

    def release(self, change: Callable[[Work], Work] = lambda work: work) -> None:
        """Make all held work due, each replaced by `change(work)`."""
        self.add(*map(change, self._taken_all(Line.HELD)))

    # -- removing

    def take(self, is_wanted: Callable[[Work], bool]) -> Work | None:
        """Remove and return the first work for which `is_wanted` is true, or None."""
        work = next(filter(is_wanted, self), None)
        if work is not None:
            self.remove(work)
        return work

    def replace(self, work: Work, *others: Work) -> None:
        """Replace `work` by `others` at the same place; no effect if it is not waiting."""
        removal = self.remove(work)
        if removal is not None:
            for place, other in enumerate(others):
                self._lines[removal.line].insert(removal.place + place, other)
            self._serve_soon()

    def remove(self, work: Work) -> Removal | None:
        """Remove `work` and return what `put_back` needs to undo it; None if it is not waiting."""
        removal = self._taken(work)
        if removal is not None:
            self._tell()
        return removal

    def move(self, work: Work, place: int) -> Removal | None:
        """Let `work` come at `place` of the whole queue, in the line of what it displaces.

        Return where it was; None if it is not waiting.
        """
        removal = self._taken(work)
        if removal is None:
            return None
        others = tuple(self)
        if place < len(others):
            line = next(line for line in Line if others[place] in self._lines[line])
            self._lines[line].insert(self._lines[line].index(others[place]), work)
        else:
            self._lines[next((line for line in reversed(Line) if self._lines[line]), removal.line)].append(work)
        self._serve_soon()
        return removal

    def put_back(self, removal: Removal) -> None:
        """Undo `remove`: insert at the same place, or at the end if the line is shorter now."""
        self._lines[removal.line].insert(removal.place, removal.work)
        self._serve_soon()

    # -- serving

    @property
    def is_serving(self) -> bool:
        """Whether work is first, due or running, besides work that yields."""
        works = (*self._lines[Line.FIRST], *self._lines[Line.DUE], *([] if self._current is None else [self._current]))
        return any(type(work) not in self._yielding for work in works)

    async def idle(self, patience: float | None = None) -> None:
        """Return once no work is first, due or running, besides work that yields; or after `patience` seconds."""
        if self.is_serving:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await asyncio.wait([waiter], timeout=patience)

    def _taken(self, work: Work) -> Removal | None:
        for line, works in self._lines.items():
            if work in works:
                removal = Removal(work, line, works.index(work))
                works.remove(work)
                return removal
        return None

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
        self._tell()

    async def _serve(self) -> None:
        while (work := self._next()) is not None:
            self._current = work
            await self._performers[type(work)](work)
            self._current = None
        self._serving = None  # so that work which is added now is served
        self._tell()

    def _tell(self) -> None:
        self.changed.emit()
        if not self.is_serving:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)
