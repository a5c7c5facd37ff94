"""Notices: messages to the user, and `spawn`, which starts tasks and reports their errors."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from ..errors import SafelightError

log = logging.getLogger(__name__)

T = TypeVar("T")


def quoted(words: str, most: int) -> str:
    """Return `words`, shortened to `most` characters and an ellipsis."""
    return words if len(words) <= most else words[:most].rstrip() + "…"


class NoticeKind(StrEnum):
    WORKING = "working"
    DONE = "done"
    UNDO = "undo"  # stays until the next notice, with a button that takes it back
    OFFER = "offer"  # stays until it is answered or closed
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Words:
    """Part of a sentence, as a value of its template: marked for translation, with values of its own."""

    template: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Action:
    """A button on a notice. `label` is already marked for translation (QT_TRANSLATE_NOOP)."""

    label: str
    run: Callable[[], object]  # its result is ignored


class Progress(QObject):
    """Progress of a long action."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.done = 0.0  # 0…1
        self.ended = False  # finished, cancelled or failed

    def advance(self, done: float) -> None:
        """The share `done`, 0…1, of the action is done."""
        self.done = done
        self.changed.emit()

    def end(self) -> None:
        self.ended = True
        self.changed.emit()


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """One message: `template` is marked for translation, `values` fill its placeholders."""

    kind: NoticeKind
    template: str
    values: dict[str, object] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    details: str = ""  # the traceback, behind "Show details"
    progress: Progress | None = None  # the notice stays until the progress has ended


class Notices(QObject):
    """Emits each notice once; notices from before the first `listen` are kept and delivered then."""

    told = Signal(object)
    withdrawn = Signal(object)  # a Notice that was emitted before

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: set[asyncio.Task[object]] = set()
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
        """Remove a notice that is no longer true, if the user has not closed it."""
        if self._early is None:
            self.withdrawn.emit(notice)
        elif notice in self._early:
            self._early.remove(notice)

    @contextmanager
    def working(self, template: str, *actions: Action, **values: object) -> Iterator[Progress]:
        """Show a notice with progress while the block runs."""
        progress = Progress()
        self._tell(Notice(NoticeKind.WORKING, template, values, actions, progress=progress))
        try:
            yield progress
        finally:
            progress.end()

    def report(self, error: BaseException, *actions: Action) -> None:
        """Show an error as one plain sentence; the traceback goes to the log and behind "Show details"."""
        details = "".join(traceback.format_exception(error))
        if isinstance(error, SafelightError):  # its values may be file names, which start with words of the prompt
            log.error("%s: %s\n%s", type(error).__name__, error.template, "".join(traceback.format_tb(error.__traceback__)))
        else:
            log.error("%s", details)
            error = SafelightError(problem=f"{type(error).__name__}: {error}")
        self._tell(Notice(NoticeKind.ERROR, error.template, error.values, actions, details))

    def spawn(self, action: Coroutine[object, None, T]) -> asyncio.Task[T]:
        """Start a user's action; report every exception that it raises."""
        task = asyncio.ensure_future(action)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    def _on_done(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.report(error)

    def _tell(self, notice: Notice) -> None:
        if self._early is not None:
            self._early.append(notice)
        else:
            self.told.emit(notice)
