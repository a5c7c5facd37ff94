"""Facts: names at the left, values at the right, each explained."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ..language import tooltip
from .controls import label


class Facts(QWidget):
    """One row for each key, whose value is named `fact_` and the key. A row without a value is hidden."""

    def __init__(self, *keys: str) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self._names: dict[str, QLabel] = {}
        self._values: dict[str, QLabel] = {}
        for row, key in enumerate(keys):
            name, value = label("quiet"), label("fact", f"fact_{key}")
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
            self._names[key], self._values[key] = name, value

    def name(self, key: str, name: str, explanation: str) -> None:
        self._names[key].setText(name)
        for widget in (self._names[key], self._values[key]):
            explain_status(widget, explanation)

    def show_value(self, key: str, value: str) -> None:
        if value != self._values[key].text():
            self._values[key].setText(value)
        for widget in (self._names[key], self._values[key]):
            widget.setVisible(bool(value))


def explain_status(widget: QWidget, explanation: str) -> None:
    """Give `widget` a tooltip and a description for screen readers; its text stays its accessible name."""
    widget.setAccessibleDescription(explanation)
    widget.setToolTip(tooltip(explanation))
