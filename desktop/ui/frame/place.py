"""Place: a page of the window, as the rail offers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Place:
    """One entry in the list of places that `app.py` gives to the window is all that a new place needs."""

    key: str  # its button is called rail_<key>, its command place_<key>
    caption: str  # marked for translation
    icon: str
    make: Callable[[], QWidget]
    shortcut: str
    notice_room: Callable[[], QRect] | None = None  # where notices may be shown, in the widget's coordinates; None: anywhere in it

    @cached_property
    def widget(self) -> QWidget:
        """Made when it is first shown: the first paint need not wait for it. Its actions work by key while the place is shown."""
        return self.make()
