"""The user's styles: words for prompts, each under a name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import SafelightError, StylesLost, StylesNewer, StylesRestored
from .guarded_file import GuardedFile

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Style:
    name: str
    words: str


class StylesFile:
    """All styles, in their order. Unknown values are kept when writing."""

    def __init__(self, path: Path) -> None:
        self._file = GuardedFile(path, SCHEMA)
        self._unknown: dict[str, object] = {}

    def load(self) -> tuple[tuple[Style, ...], SafelightError | None]:
        """The styles, and a problem to report, if any. An entry that is no style is left out."""
        found = self._file.read()
        self._unknown = {name: value for name, value in found.values.items() if name != "styles"}
        listed = found.values.get("styles", [])
        styles = [
            Style(name, words)
            for entry in (listed if isinstance(listed, list) else [])
            if isinstance(entry, dict) and isinstance(name := entry.get("name"), str) and isinstance(words := entry.get("words"), str)
        ]
        return tuple(styles), found.problem(StylesNewer, StylesRestored, StylesLost)

    def save(self, styles: tuple[Style, ...]) -> None:
        """Raises OSError; the file then keeps its contents."""
        self._file.write(self._unknown | {"styles": [{"name": style.name, "words": style.words} for style in styles]})
