"""Presets: how many steps a quick, a balanced and a fine picture of a model has, as a row of buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ...errors import QT_TRANSLATE_NOOP
from ...library.models import Model
from ..language import Retranslating, explain, tr
from ..widgets.controls import check_only, segment

NAMES = {
    "quick": QT_TRANSLATE_NOOP("Safelight", "Quick"),
    "balanced": QT_TRANSLATE_NOOP("Safelight", "Balanced"),
    "fine": QT_TRANSLATE_NOOP("Safelight", "Fine"),
}
SHARES = {"quick": 0.25, "balanced": 0.5, "fine": 1.0}  # of the steps that suit the model


def steps_of(model: Model) -> dict[str, int]:
    """The steps of each preset."""
    return {name: max(1, round(share * model.steps)) for name, share in SHARES.items()}


def preset_name(model: Model | None, steps: int) -> str:
    """The translated name of the preset with so many steps; "" if there is none."""
    names = [name for name, number in steps_of(model).items() if number == steps] if model else []
    return tr("Safelight", NAMES[names[0]]) if names else ""


class Presets(Retranslating, QWidget):
    """The preset with the current number of steps is checked, if there is one."""

    chosen = Signal(int)  # steps

    def __init__(self, model: Callable[[], Model | None]) -> None:
        super().__init__()
        self._model = model
        self.setObjectName("presets")
        self.setProperty("ground", "segments")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._buttons = {name: segment(f"preset_{name}") for name in NAMES}
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        for name, button in self._buttons.items():
            row.addWidget(button, 1)
            button.clicked.connect(lambda _, name=name: self._choose(name))
        self.retranslate()

    def show_steps(self, steps: int) -> None:
        model = self._model()
        found = [name for name, number in steps_of(model).items() if number == steps] if model else []
        check_only(list(self._buttons.values()), self._buttons[found[0]] if found else None)

    def retranslate(self) -> None:
        model = self._model()
        for name, button in self._buttons.items():
            words = tr("Safelight", NAMES[name])
            button.setText(words)
            steps = steps_of(model)[name] if model else 0
            explain(button, words, tr("Safelight", "{steps} steps: fewer are faster, more show finer detail.").format(steps=steps))

    def _choose(self, name: str) -> None:
        if model := self._model():
            self.chosen.emit(steps_of(model)[name])
