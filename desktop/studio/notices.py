"""Notices: everything the user must be told, and `spawn`, the only place that starts tasks."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from ..errors import SafelightError

log = logging.getLogger(__name__)


def quoted(words: str, most: int) -> str:
    """`words` as a sentence quotes them: `most` characters, and dots where there are more."""
    return words if len(words) <= most else words[:most].rstrip() + "…"


class NoticeKind(StrEnum):
    WORKING = "working"
    DONE = "done"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Action:
    """A button on a notice. `label` is marked for translation where it is written."""

    label: str
    run: Callable[[], object]  # its result is ignored


class Progress(QObject):
    """How far something has come that takes a while."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.done = 0.0  # 0…1
        self.ended = False  # done, given up or failed

    def tell(self, done: float) -> None:
        self.done = done
        self.changed.emit()

    def end(self) -> None:
        self.ended = True
        self.changed.emit()


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """One sentence: `template` is marked for translation, `values` fill its places."""

    kind: NoticeKind
    template: str
    values: dict[str, object] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    details: str = ""  # the traceback, behind "Show details"
    progress: Progress | None = None  # the notice stays until that has ended


class Notices(QObject):
    """Told once, shown by whoever listens; what was told before anybody listened is kept."""

    told = Signal(object)
    withdrawn = Signal(object)  # a Notice that was told

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._early: list[Notice] | None = []

    def listen(self, slot: Callable[[Notice], None]) -> None:
        self.told.connect(slot)
        early, self._early = self._early or [], None
        for notice in early:
            slot(notice)

    def tell(self, kind: NoticeKind, template: str, *actions: Action, **values: object) -> Notice:
        notice = Notice(kind, template, values, actions)
        self._tell(notice)
        return notice

    def withdraw(self, notice: Notice) -> None:
        """It is past: whoever has not closed it need not read it any more."""
        if self._early is None:
            self.withdrawn.emit(notice)
        elif notice in self._early:
            self._early.remove(notice)

    @contextmanager
    def working(self, template: str, *actions: Action, **values: object) -> Iterator[Progress]:
        """Show how far the user's action has come, as long as it lasts."""
        progress = Progress()
        self._tell(Notice(NoticeKind.WORKING, template, values, actions, progress=progress))
        try:
            yield progress
        finally:
            progress.end()

    def report(self, error: BaseException, *actions: Action) -> None:
        """Say an error in one plain sentence; the traceback goes to the log and behind "Show details"."""
        details = "".join(traceback.format_exception(error))
        if isinstance(error, SafelightError):  # its values may be file names, which start with words of the prompt
            log.error("%s: %s\n%s", type(error).__name__, error.template, "".join(traceback.format_tb(error.__traceback__)))
        else:
            log.error("%s", details)
            error = SafelightError(problem=f"{type(error).__name__}: {error}")
        self._tell(Notice(NoticeKind.ERROR, error.template, error.values, actions, details))

    def spawn(self, action: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start a user's action; whatever it raises is reported, nothing is lost silently."""
        task = asyncio.ensure_future(action)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.report(error)

    def _tell(self, notice: Notice) -> None:
        if self._early is not None:
            self._early.append(notice)
        else:
            self.told.emit(notice)
