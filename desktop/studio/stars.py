"""Stars: which pictures and runs the user has starred."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Run


class Stars(QObject):
    changed = Signal()

    def __init__(self, keys: Iterable[str] = ()) -> None:
        """`keys` of the starred items: see `gallery_index.Item.key`."""
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

    def has(self, run: Run | None) -> bool:
        return star_key(run) in self.keys

    def toggle(self, run: Run | None) -> None:
        """Give `run` a star, or take it from it. One without a key is left as it is."""
        self.set([star_key(run)], not self.has(run))


def star_key(run: Run | None) -> str:
    """The key of the star of `run`, which is that of its picture; "" for a picture of another program, which has none."""
    if run is None:
        return ""
    if run.steps or run.plan is None:
        return run.id
    id = run.plan.environment.get("run", "")  # opened from a file, without its steps
    return id if isinstance(id, str) else ""
