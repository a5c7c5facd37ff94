"""The starred pictures and runs, by what they are and not by where their files lie."""

from __future__ import annotations

from pathlib import Path

from ..errors import SafelightError, StarsLost, StarsNewer, StarsRestored
from .guarded_file import GuardedFile

SCHEMA = 1


class StarsFile:
    """The keys of all starred items: see `gallery_index.Item.key`. Unknown values are kept when writing."""

    def __init__(self, path: Path) -> None:
        self._file = GuardedFile(path, SCHEMA)
        self._unknown: dict[str, object] = {}

    def load(self) -> tuple[frozenset[str], SafelightError | None]:
        """The keys, and a problem to report, if any."""
        found = self._file.read()
        self._unknown = {name: value for name, value in found.values.items() if name != "starred"}
        starred = found.values.get("starred", [])
        keys = frozenset(key for key in starred if isinstance(key, str)) if isinstance(starred, list) else frozenset()
        return keys, found.problem(StarsNewer, StarsRestored, StarsLost)

    def save(self, starred: frozenset[str]) -> None:
        """Raises OSError; the file then keeps its contents."""
        self._file.write(self._unknown | {"starred": sorted(starred)})
