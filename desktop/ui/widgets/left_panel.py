"""What the panels at the left share: their widths, the key of their button, and fields that scroll where the window is low."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .controls import ScrollArea

WIDTH = 340  # px, the usual one
NARROWEST, WIDEST = 300, 420  # px
KEYS = "⌘ ↵" if sys.platform == "darwin" else "Ctrl ↵"


class Scrolled(ScrollArea):
    """As high as its content, and scrolled only where the window is too low for that."""

    def __init__(self, name: str, content: QWidget) -> None:
        super().__init__(name, content)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        content = self.widget()
        assert content is not None
        width = max(self.width(), NARROWEST)
        return QSize(WIDTH, content.heightForWidth(width - 1) if content.hasHeightForWidth() else content.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, 120)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._need_no_bar()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self._need_no_bar()
        super().resizeEvent(event)

    def _need_no_bar(self) -> None:
        """A scroll bar that is there makes the content narrower and so higher: left to itself it would stay for that alone."""
        fits = self.height() >= self.sizeHint().height()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded)
