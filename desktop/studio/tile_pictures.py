"""TilePictures: makes the pictures of the tiles that a view shows, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Pixels
from ..library.gallery_index import IndexLost, Item
from .notices import Notices

AT_ONCE = 6

Squares = dict[int, Pixels | None]  # by the ids of their items; None: the file cannot be shown


class TilePictures(QObject):
    made = Signal(object)  # Squares

    def __init__(self, squares: Callable[[Sequence[Item], int], Awaitable[Squares]], look: Callable[[], object], notices: Notices) -> None:
        """`squares` and `look` are the gallery's; it looks again when its index is lost."""
        super().__init__()
        self._squares = squares
        self._look = look
        self._notices = notices
        self._wanted: list[Item] = []
        self._side = 0
        self._making: asyncio.Task[None] | None = None

    def want(self, items: Sequence[Item], side: int) -> None:
        """Make squares of `side` px for these items, in this order, instead of those wanted before that are not made yet."""
        self._wanted, self._side = list(items), side
        if self._making is None or self._making.done():
            self._making = self._notices.spawn(self._make())

    async def _make(self) -> None:
        while self._wanted:
            now, self._wanted = self._wanted[:AT_ONCE], self._wanted[AT_ONCE:]
            try:
                self.made.emit(await self._squares(now, self._side))
            except IndexLost:
                self._look()
                return
