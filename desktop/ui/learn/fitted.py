"""Fitted: a page of a station, which gives its pictures the size that the window has room for, and scrolls where that is too little."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ..widgets.controls import ScrollArea


class Page(Protocol):
    def fit(self, height: int) -> None:
        """There are `height` px."""
        ...


class Fitted(ScrollArea):
    def __init__(self, name: str, page: QWidget) -> None:
        """`page` is a `Page`."""
        super().__init__(name, page)
        self._page = page

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._page.fit(self.viewport().height())  # type: ignore[attr-defined]
