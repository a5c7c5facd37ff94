"""Place: a page of the window, as the rail offers it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Place:
    """One entry in the list of places that `app.py` gives to the window is all that a new place needs."""

    key: str  # its button is called rail_<key>, its command place_<key>
    caption: str  # marked for translation
    icon: str
    widget: QWidget  # its actions work by key while the place is shown
    shortcut: str
