"""Splitter: panels beside or above each other, whose sizes the user changes. SideOver: a panel over the right part of something.

DetailsOver: the panel of a place with details, beside its content or over it.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QSplitterHandle, QWidget

from .controls import named

GRIP = 7  # px, around a line of 1 px


class Splitter(QSplitter):
    """Drag the line between two panels; a double click restores the usual sizes. `grow` is for commands.

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
        is_upright = self.orientation() is Qt.Orientation.Horizontal
        across = self.width() if is_upright else self.height()
        panels = [panel for place in range(self.count()) if (panel := self.widget(place)) is not None]
        most = [panel.maximumWidth() if is_upright else panel.maximumHeight() for panel in panels]
        sizes = [size if size is None else min(size, limit) for size, limit in zip(self._usual, most, strict=True)]
        rest = max(1, across - sum(size for size in sizes if size))
        self.setSizes([rest if size is None else size for size in sizes])

    def grow(self, panel: QWidget, distance: int) -> None:
        """Give `panel` `distance` px more, as far as it may; less if it is negative."""
        is_upright = self.orientation() is Qt.Orientation.Horizontal
        start, size = (panel.x(), panel.width()) if is_upright else (panel.y(), panel.height())
        place = self.indexOf(panel)
        if place < self._usual.index(None):
            self.moveSplitter(start + size + distance, place + 1)
        else:
            self.moveSplitter(start - self.handleWidth() - distance, place)

    @property
    def has_sizes(self) -> bool:
        """Whether its panels have sizes that can be kept: it was visible, or kept ones were restored."""
        return self._has_sizes

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


class SideOver(Splitter):
    """Covers the right part of what lies below it with `panel`; the mouse reaches the rest of what lies below."""

    panel_resized = Signal()

    def __init__(self, name: str, panel: QWidget, usual: int) -> None:
        super().__init__(Qt.Orientation.Horizontal, name)
        self._panel = panel
        self.add(QWidget(), None)
        self.add(panel, usual)
        panel.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._panel and event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self.setMask(QRegion(self._panel.geometry().adjusted(-(GRIP + 1) // 2, 0, 0, 0)))
            if event.type() is QEvent.Type.Resize:
                self.panel_resized.emit()
        return super().eventFilter(watched, event)


class DetailsOver(SideOver):
    """Has `panel` beside the rest of `place`; where there is no room for both, over it, below a bar of `top` px with its button.

    `command` shows and hides it. Until the user does so, it is shown where there is room for both: from `roomy` px on.
    """

    def __init__(
        self, name: str, panel: QWidget, usual: int, place: QWidget, columns: QHBoxLayout, command: QAction, *, roomy: int, top: int
    ) -> None:
        """`columns`: the layout of `place`, whose margin keeps the room for `panel`. `place` calls `fit` when it was resized."""
        super().__init__(name, panel, usual)
        self.setParent(place)
        self._place = place
        self._columns = columns
        self._command = command
        self._roomy = roomy
        self._top = top
        self._is_by_width = True  # until the user shows or hides it
        self.panel_resized.connect(self.fit)
        command.triggered.connect(self._take_choice)

    def fit(self) -> None:
        """Place the panel as the size of `place` allows."""
        place, command = self._place, self._command
        is_roomy = place.width() >= self._roomy
        if self._is_by_width:
            command.setChecked(is_roomy)
        top = 0 if is_roomy else self._top
        self.setGeometry(0, top, place.width(), place.height() - top)
        self.setVisible(command.isChecked())
        self.raise_()
        self._columns.setContentsMargins(0, 0, self._panel.width() if is_roomy and command.isChecked() else 0, 0)

    def _take_choice(self) -> None:
        self._is_by_width = False
        self.fit()


class _Grip(QSplitterHandle):
    """The line; the style sheet colours it."""

    def __init__(self, orientation: Qt.Orientation, splitter: Splitter) -> None:
        super().__init__(orientation, splitter)
        self._splitter = splitter
        self.setAttribute(Qt.WidgetAttribute.WA_MouseNoMask)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._splitter.restore_usual()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As Qt does for thin lines, but with a wider grip. Qt's own method would set its margins again."""
        around, is_upright = (GRIP - 1) // 2, self.orientation() is Qt.Orientation.Horizontal
        self.setContentsMargins(*((around, 0, around, 0) if is_upright else (0, around, 0, around)))
        self.setMask(QRegion(self.contentsRect()))  # painted; the mouse takes hold of the margins too
