"""AdapterWeights: the weights of the LoRAs of a run, a number for each, to be changed in a branch."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ...diffusion.adapters import Adapter
from ...diffusion.fields import Field
from ..language import decimal, explain, tr
from .controls import Decimal, Elided

NUMBER = 64  # px
DECIMALS = 3  # of a weight: some few-step LoRAs want 0.125


class WeightNumber(Decimal):
    """A weight with as many decimals as it needs, two at least."""

    def __init__(self, field: Field, name: str) -> None:
        super().__init__(name, field.least, field.most, field.step, DECIMALS)
        self.setProperty("small", "true")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(value, "f", _digits(value))


class AdapterWeights(QWidget):
    """Which LoRAs there are is given; their weights can be changed."""

    edited = Signal()

    def __init__(self, field: Field, name: str) -> None:
        super().__init__()
        self._field = field
        self._adapters: tuple[Adapter, ...] = ()
        self._lines: list[tuple[Elided, WeightNumber]] = []
        self.setObjectName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def adapters(self) -> tuple[Adapter, ...]:
        """As shown, with the weights as typed."""
        return self._adapters

    def show_adapters(self, adapters: tuple[Adapter, ...]) -> None:
        while len(self._lines) < len(adapters):
            self._add_line()
        self._adapters = adapters
        for adapter, (name, number) in zip(adapters, self._lines, strict=False):
            name.show_text(adapter.name)
            number.blockSignals(True)
            number.setValue(adapter.weight)
            number.blockSignals(False)
            explain(number, tr("Safelight", "Strength of {name}").format(name=adapter.name), tr("Safelight", self._field.later))
        for place, (name, number) in enumerate(self._lines):
            name.setVisible(place < len(adapters))
            number.setVisible(place < len(adapters))

    def _add_line(self) -> None:
        place = len(self._lines)
        name = Elided("body", f"{self.objectName()}_name_{place}", side=Qt.AlignmentFlag.AlignLeft)
        number = WeightNumber(self._field, f"{self.objectName()}_{place}")
        number.setFixedWidth(NUMBER)
        number.valueChanged.connect(lambda value: self._take(place, value))
        self._grid.addWidget(name, place, 0)
        self._grid.addWidget(number, place, 1)
        self._lines.append((name, number))

    def _take(self, place: int, value: float) -> None:
        adapters = list(self._adapters)
        adapters[place] = replace(adapters[place], weight=round(value, DECIMALS))
        self._adapters = tuple(adapters)
        self.edited.emit()


def weight(adapter: Adapter) -> str:
    """The weight of `adapter` as text."""
    return decimal(adapter.weight, _digits(adapter.weight))


def _digits(value: float) -> int:
    return 2 if round(value, 2) == round(value, DECIMALS) else DECIMALS
