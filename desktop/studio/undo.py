"""Undo: what the user removed or rearranged, to be undone and redone in order; one stack for the whole window.

Not in it: what is typed (text fields have their own undo), what is only switched on or chosen, pictures that were made, and
what was deleted from the trash for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from ..errors import QT_TRANSLATE_NOOP
from .notices import Action, Notice, NoticeKind, Notices, Words

MOST = 100  # changes that are kept

Revert: TypeAlias = "Callable[[], Coroutine[object, None, Revert | None]]"
"""Undoes something, and returns what undoes that; None if there is nothing to undo any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Something that was done and can be undone."""

    name: str  # completes "Undo …", such as "deleting {count} pictures"; marked for translation
    told: str  # one sentence for the notice, marked for translation; "" for none, where the change is plain to see
    revert: Revert
    values: Mapping[str, object] = field(default_factory=dict)  # fill the placeholders of both

    @property
    def words(self) -> Words:
        return Words(self.name, self.values)


def between(back: Callable[[], object], forth: Callable[[], object]) -> Revert:
    """A `Revert` that calls `back`; the one that it returns calls `forth`, and so on in turn."""

    async def revert() -> Revert:
        back()
        return between(forth, back)

    return revert


class Undo(QObject):
    """All changes go one after the other: what is undone while another change is at work waits for it."""

    changed = Signal()  # `last` or `undone`

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices
        self._done: list[Change] = []  # the newest last
        self._undone: list[Change] = []  # the one to redo next last
        self._order = asyncio.Lock()
        self._offer: Notice | None = None
        notices.told.connect(lambda notice: self._withdraw())

    @property
    def last(self) -> Change | None:
        """What `undo` undoes."""
        return self._done[-1] if self._done else None

    @property
    def undone(self) -> Change | None:
        """The change that `redo` makes again."""
        return self._undone[-1] if self._undone else None

    def record(self, change: Change) -> None:
        """`change` was done: tell so, and offer to undo it until the next notice comes. It can be undone later too."""
        self._done = [*self._done, change][-MOST:]
        self._undone = []
        self._tell_done(change)
        self.changed.emit()

    def perform(self, action: Coroutine[object, None, Change | None]) -> None:
        """Do something that takes a while, then record the change that it returns."""
        self._notices.spawn(self._perform(action))

    def undo(self) -> None:
        self._notices.spawn(self._undo())

    def redo(self) -> None:
        self._notices.spawn(self._redo())

    async def _perform(self, action: Coroutine[object, None, Change | None]) -> None:
        async with self._order:
            if change := await action:
                self.record(change)

    async def _undo(self) -> None:
        async with self._order:
            if self._done and (change := await self._reverted(self._done)):
                self._undone.append(change)
                redo = Action(QT_TRANSLATE_NOOP("Safelight", "Redo"), self.redo)
                self._tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "Undone: {change}."), {"change": change.words}, redo)
                self.changed.emit()

    async def _redo(self) -> None:
        async with self._order:
            if self._undone and (change := await self._reverted(self._undone)):
                self._done.append(change)
                self._tell_done(change)
                self.changed.emit()

    async def _reverted(self, changes: list[Change]) -> Change | None:
        """Revert the last of `changes`, and remove it. Return the change that does it again; None if there is none."""
        change = changes.pop()
        self._withdraw()
        try:
            revert = await change.revert()
        finally:
            self.changed.emit()
        return replace(change, revert=revert) if revert else None

    def _tell_done(self, change: Change) -> None:
        if change.told:
            self._tell(NoticeKind.UNDO, change.told, change.values, Action(QT_TRANSLATE_NOOP("Safelight", "Undo"), self.undo))
        else:
            self._withdraw()

    def _tell(self, kind: NoticeKind, sentence: str, values: Mapping[str, object], action: Action) -> None:
        self._withdraw()
        self._offer = self._notices.tell(kind, sentence, action, **values)

    def _withdraw(self) -> None:
        if self._offer is not None:
            offer, self._offer = self._offer, None
            self._notices.withdraw(offer)
