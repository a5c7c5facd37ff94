"""Row: buttons beside each other that fit their width."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QHBoxLayout, QWidget

SPACING = 2  # px between buttons, which have their own padding


class Row(QWidget):
    """Fits its width: shows one of several sets of widgets beside those that are always there."""

    def __init__(self, ways: list[list[QWidget]]) -> None:
        """`ways`: the widgets that are only sometimes visible, in sets from the widest to the narrowest."""
        super().__init__()
        self._ways = ways
        self._sometimes = {widget for way in ways for widget in way}
        self._widgets: list[QWidget] = []
        self._is_fitting = False
        self._buttons = QHBoxLayout(self)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(SPACING)

    def fill(self, content: Sequence[QWidget | None]) -> None:
        """Add widgets; None adds a stretch."""
        for each in content:
            if each is None:
                self._buttons.addStretch(1)
            else:
                self._widgets.append(each)
                self._buttons.addWidget(each)

    def sizeHint(self) -> QSize:
        return QSize(self._needed(self._ways[0]), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._needed(self._ways[-1]), super().minimumSizeHint().height())

    def _needed(self, way: list[QWidget]) -> int:
        there = [widget for widget in self._widgets if self._is_there(widget, way)]
        widths = sum(widget.sizeHint().boundedTo(widget.maximumSize()).width() for widget in there)
        return widths + SPACING * (len(there) - 1)

    def _is_there(self, widget: QWidget, way: list[QWidget]) -> bool:
        if widget in self._sometimes:
            return widget in way
        return not widget.isHidden() or widget.sizePolicy().retainSizeWhenHidden()

    def _fit(self) -> None:
        if self._is_fitting:  # a widget that is hidden while it is being shown would count as visible
            return
        self._is_fitting = True
        before: list[QWidget] | None = None
        for _ in self._ways:  # the size of a widget may change when it is shown
            way = next((way for way in self._ways if self._needed(way) <= self.width()), self._ways[-1])
            if way is before:
                break
            before = way
            for widget in self._sometimes:
                widget.setVisible(widget in way)
        self._is_fitting = False
        self._buttons.activate()  # else it is painted squeezed once

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return super().event(event)


def group(*buttons: QWidget) -> QWidget:
    """Buttons that are shown and hidden together."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING)
    for button in buttons:
        row.addWidget(button)
    return group
