"""Splitter: panels beside or above each other, whose sizes the user changes."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from ..language import Retranslating, explain, tr
from .controls import named

GRIP = 7  # px, around a line of 1 px
STEP = 16  # px, of an arrow key


class Splitter(QSplitter):
    """Drag the line between two panels, or move it with the arrows; a double click or Enter restores the usual sizes.

    The window keeps the sizes of every splitter under its object name.
    """

    def __init__(self, orientation: Qt.Orientation, name: str) -> None:
        super().__init__(orientation)
        named(self, name)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self._usual: list[int | None] = []
        self._has_sizes = False  # the usual ones or kept ones

    def add(self, panel: QWidget, usual: int | None) -> None:
        """Add `panel` with its usual size in px; None for the one that takes the rest."""
        self._usual.append(usual)
        self.addWidget(panel)
        self.setStretchFactor(self.count() - 1, int(usual is None))

    def restore_usual(self) -> None:
        across = self.width() if self.orientation() is Qt.Orientation.Horizontal else self.height()
        rest = max(1, across - sum(size for size in self._usual if size))
        self.setSizes([rest if size is None else size for size in self._usual])

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview) -> bool:
        self._has_sizes = super().restoreState(state)
        return self._has_sizes

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._has_sizes:  # only now its own size is known
            self._has_sizes = True
            self.restore_usual()

    def createHandle(self) -> QSplitterHandle:
        return _Grip(self.orientation(), self)


class _Grip(Retranslating, QSplitterHandle):
    """The line; the style sheet colours it."""

    def __init__(self, orientation: Qt.Orientation, splitter: Splitter) -> None:
        super().__init__(orientation, splitter)
        self._splitter = splitter
        self._is_upright = orientation is Qt.Orientation.Horizontal  # the line between panels that stand side by side
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_MouseNoMask)
        self.retranslate()

    def retranslate(self) -> None:
        explain(
            self,
            tr("Safelight", "Line between two panels"),
            tr("Safelight", "Drag it or press the arrow keys to resize the panels; double-click or press Enter for the usual sizes."),
        )
        self.setToolTip("")  # it would cover what is resized

    def _moves(self) -> dict[int, int]:
        """How far each key moves the line, in px."""
        back, on = (Qt.Key.Key_Left, Qt.Key.Key_Right) if self._is_upright else (Qt.Key.Key_Up, Qt.Key.Key_Down)
        return {back: -STEP, on: STEP}

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._splitter.restore_usual()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        margins = self.contentsMargins()
        at = self.x() + margins.left() if self._is_upright else self.y() + margins.top()
        if event.key() in self._moves():
            self.moveSplitter(at + self._moves()[event.key()])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._splitter.restore_usual()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in self._moves():
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As Qt does for thin lines, but with a wider grip. Qt's own method would set its margins again."""
        around = (GRIP - 1) // 2
        self.setContentsMargins(*((around, 0, around, 0) if self._is_upright else (0, around, 0, around)))
        self.setMask(QRegion(self.contentsRect()))  # painted; the mouse takes hold of the margins too
