"""SliderRow: a number with a slider beside it."""

from __future__ import annotations

from math import inf

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..language import explain
from .controls import Decimal, Number, Slider

WIDTH = 52  # px, of the number
STEP = 0.1  # of a slider for decimals


class SliderRow(QWidget):
    """`number` with a slider that ends at `most`, which has the number's name; larger values can be typed."""

    def __init__(self, number: Number | Decimal, most: float = inf, width: int = WIDTH) -> None:
        super().__init__()
        self._number = number
        self._scale = 1 if isinstance(number, Number) else round(1 / STEP)  # positions of the slider for 1
        self._most = most
        self.setObjectName(f"{number.objectName()}_row")
        self._slider = Slider(f"{number.objectName()}_slider")
        number.setProperty("small", "true")
        number.setAlignment(Qt.AlignmentFlag.AlignRight)
        number.setFixedWidth(width)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._slider, 1)
        row.addWidget(number)
        self._slider.valueChanged.connect(self._take)
        number.valueChanged.connect(self.follow)
        self.follow()

    def explain(self, name: str, explanation: str) -> None:
        explain(self._number, name, explanation)
        self.follow()

    def show_value(self, value: float) -> None:
        """Show `value` without a signal."""
        with QSignalBlocker(self._number):
            self._set(value)
        self.follow()

    def follow(self) -> None:
        """Show the value of the number, within its bounds."""
        with QSignalBlocker(self._slider):
            self._slider.setRange(round(self._number.minimum() * self._scale), round(min(self._number.maximum(), self._most) * self._scale))
            self._slider.setPageStep(max(1, (self._slider.maximum() - self._slider.minimum()) // 10))
            self._slider.setValue(round(self._number.value() * self._scale))
        self._slider.setAccessibleName(self._number.accessibleName())
        self._slider.setToolTip(self._number.toolTip())

    def _take(self, position: int) -> None:
        self._set(position / self._scale)

    def _set(self, value: float) -> None:
        if isinstance(self._number, Number):
            self._number.setValue(round(value))
        else:
            self._number.setValue(value)
