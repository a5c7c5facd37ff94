"""Styles: the user's named words for prompts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from ..errors import QT_TRANSLATE_NOOP
from ..library.naming import first_words
from ..library.styles import Style
from .undo import Change, Undo, between


class Styles(QObject):
    """No two styles have the same name."""

    changed = Signal()

    def __init__(self, undo: Undo, styles: Iterable[Style] = ()) -> None:
        super().__init__()
        self._undo = undo
        self.all = tuple(styles)

    def add(self, words: str) -> int:
        """Add a style with `words`, named after them; return its place."""
        self._set((*self.all, Style(self._free(first_words(words)), words)))
        return len(self.all) - 1

    def change(self, place: int, name: str | None = None, words: str | None = None) -> None:
        """Rename the style at `place`, or give it other words. A name that is taken gets a number."""
        style, others = self.all[place], {each.name for each in self.all[:place] + self.all[place + 1 :]}
        named = style.name if name is None or not name.strip() else name.strip()
        if named in others:
            named = self._free(named)
        self._set((*self.all[:place], replace(style, name=named, words=style.words if words is None else words), *self.all[place + 1 :]))

    def remove(self, place: int) -> None:
        """Delete the style at `place`; it can be undone."""
        style = self.all[place]
        self._set(self.all[:place] + self.all[place + 1 :])
        self._undo.record(
            Change(
                QT_TRANSLATE_NOOP("Safelight", "deleting the style “{name}”"),
                QT_TRANSLATE_NOOP("Safelight", "The style “{name}” was deleted."),
                between(lambda: self._put_back(place, style), lambda: self._set(tuple(each for each in self.all if each != style))),
                {"name": style.name},
            )
        )

    def _put_back(self, place: int, style: Style) -> None:
        self._set((*self.all[:place], replace(style, name=self._free(style.name)), *self.all[place:]))

    def _free(self, name: str) -> str:
        """`name`, with a number if it is taken."""
        taken = {style.name for style in self.all}
        return next(each for each in itertools.chain([name], (f"{name} {number}" for number in itertools.count(2))) if each not in taken)

    def _set(self, styles: tuple[Style, ...]) -> None:
        if styles != self.all:
            self.all = styles
            self.changed.emit()
