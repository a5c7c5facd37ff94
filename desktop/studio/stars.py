"""Stars: which pictures and runs the user has starred."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Stars(QObject):
    changed = Signal()

    def __init__(self, keys: Iterable[str] = ()) -> None:
        """`keys` of the starred items: see `gallery_index.Item.key` and `Run.key`."""
        super().__init__()
        self.keys = frozenset(keys)

    def restore(self, keys: Iterable[str]) -> None:
        """Add the stars of earlier sessions."""
        if not self.keys.issuperset(found := frozenset(keys)):
            self.keys |= found
            self.changed.emit()

    def set(self, keys: Iterable[str], starred: bool) -> None:
        """Give all of `keys` a star, or take it from them. An item whose file cannot be read has no key."""
        wanted = frozenset(filter(None, keys))
        now = self.keys | wanted if starred else self.keys - wanted
        if now != self.keys:
            self.keys = now
            self.changed.emit()

    def has(self, key: str) -> bool:
        return key in self.keys

    def toggle(self, key: str) -> None:
        """Give what has that key a star, or take it from it."""
        self.set([key], not self.has(key))
