"""Facts: names at the left, values at the right, each explained."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ...diffusion.fields import FIELDS, Editor, named
from ...diffusion.recipe import Recipe
from ..language import tooltip, tr
from .controls import label
from .field_control import written

# Of the settings; the size is after the model.
_ORDER = (Editor.MODEL, Editor.REFINER, Editor.SAMPLER, Editor.NUMBER, Editor.DECIMAL, Editor.SEED, Editor.ADAPTERS, Editor.EMBEDDINGS)
_SETTINGS = tuple(
    sorted(
        (field for field in FIELDS if field.part and field.editor in _ORDER),
        key=lambda field: _ORDER.index((named(field.needs) if field.needs else field).editor),
    )
)


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


class RecipeFacts(Facts):
    """The settings of a recipe under their captions, and rows for `more`. The negative prompt is the first row if `with_negative`."""

    def __init__(self, *more: str, with_negative: bool = False) -> None:
        self._fields = (named("negative_prompt"), *_SETTINGS) if with_negative else _SETTINGS
        keys = [field.key for field in self._fields]
        keys.insert(keys.index("model") + 1, "size")
        super().__init__(*keys, *more)

    def name_settings(self) -> None:
        for field in self._fields:
            self.name(field.key, tr("Safelight", field.caption), tr("Safelight", field.explanation))
        self.name("size", tr("Safelight", "Size"), tr("Safelight", "Width and height of the picture in pixels."))

    def show_settings(self, value: Callable[[str], object] | None) -> None:
        """`value` returns the value of the field with a key, None if it is unknown; None: there is no recipe."""
        for field in self._fields:
            has_effect = value is not None and (not field.needs or bool(value(field.needs)))
            held = value(field.key) if value and has_effect else None
            words = "" if held is None else written(field, held)
            is_starter = field.editor is Editor.MODEL and words == Recipe().model.name
            self.show_value(field.key, tr("Safelight", "Starter") if is_starter else words)

    def show_size(self, width: int, height: int) -> None:
        """In pixels; 0 if it is unknown."""
        self.show_value("size", f"{width} × {height}" if width else "")


def explain_status(widget: QWidget, explanation: str) -> None:
    """Give `widget` a tooltip and a description for screen readers; its text stays its accessible name."""
    widget.setAccessibleDescription(explanation)
    widget.setToolTip(tooltip(explanation))
