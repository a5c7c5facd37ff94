"""FieldControl: the control that edits one recipe field, and how its value is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from ...diffusion.fields import Editor, Field
from ...diffusion.samplers import SAMPLERS
from ...studio.prompt_history import PromptHistory
from ..language import decimal, explain, tr
from ..theme import Theme
from .adapter_weights import AdapterWeights, weight
from .controls import Choice, Decimal, Number
from .prompt_field import PromptField
from .seed_field import NoiseSeed, grouped
from .slider_row import SliderRow

if TYPE_CHECKING:
    from ...library.models import Model


@dataclass(frozen=True, slots=True)
class FieldControl:
    """The control of one recipe field in one panel."""

    field: Field
    widget: QWidget  # what a layout takes
    control: QWidget  # has focus, name and explanation; `widget` or a part of it
    value: Callable[[], object]  # None while there is none
    show: Callable[[Any], object]  # a value of the type of `field.editor`
    edited: SignalInstance

    @property
    def key(self) -> str:
        return self.field.key

    @property
    def choice(self) -> Choice:
        """The control of a sampler or a model."""
        assert isinstance(self.control, Choice)
        return self.control


def control_of(
    field: Field,
    theme: Theme,
    prefix: str,
    lines: tuple[int, int] = (1, 5),
    history: PromptHistory | None = None,
    button: QWidget | None = None,
    keeps_room: bool = False,
) -> FieldControl:
    """A control for `field`, named `prefix` and the field's key. The arguments from `lines` on are for prompts.

    The owner fills a choice of models. Width and height have no control of their own; see `SizeChoice`.
    """
    name = f"{prefix}{field.key}"
    match field.editor:
        case Editor.PROMPT:
            prompt = PromptField(theme, name.removesuffix("prompt"), lines, history, button, keeps_room)
            return FieldControl(field, prompt, prompt.edit, prompt.edit.toPlainText, prompt.edit.set_text, prompt.edit.edited)
        case Editor.NUMBER:
            number = Number(name, int(field.least), int(field.most))
            number.setSuffix(field.unit)
            number.setSingleStep(int(field.step))
            return FieldControl(field, number, number, number.value, number.setValue, number.valueChanged)
        case Editor.DECIMAL:
            tenths = Decimal(name, field.least, field.most, field.step)
            return FieldControl(field, tenths, tenths, tenths.value, tenths.setValue, tenths.valueChanged)
        case Editor.SEED:
            return seed_control(field, NoiseSeed(theme, name))
        case Editor.SAMPLER:
            sampler = Choice(theme, name)
            for each in SAMPLERS:
                sampler.addItem(each.name)
            return FieldControl(field, sampler, sampler, sampler.currentText, sampler.setCurrentText, sampler.currentIndexChanged)
        case Editor.ADAPTERS:
            weights = AdapterWeights(field, name)
            return FieldControl(field, weights, weights, lambda: weights.adapters, weights.show_adapters, weights.edited)
        case Editor.MODEL:
            model = Choice(theme, name)
            return FieldControl(
                field, model, model, model.currentData, lambda data: model.setCurrentIndex(model.findData(data)), model.currentIndexChanged
            )
        case Editor.REFINER:
            refiner = Choice(theme, name)
            return FieldControl(
                field, refiner, refiner, lambda: refiner.currentData() or "", partial(_show_refiner, refiner), refiner.currentIndexChanged
            )
    raise ValueError(field.editor)


def _show_refiner(choice: Choice, name: str) -> None:
    """Choose the refiner called `name`, which is offered from now on; "" for none, the first."""
    if name and choice.findData(name) < 0:
        choice.addItem(name, name)
    choice.setCurrentIndex(max(0, choice.findData(name)))


def with_slider(control: FieldControl) -> FieldControl:
    """The control of a number with a slider beside it, which ends at the field's usual values."""
    assert isinstance(control.control, (Number, Decimal))
    return replace(control, widget=SliderRow(control.control, control.field.usual_most))


def explain_field(field: Field, control: QWidget, model: Model | None, later: bool = False) -> None:
    """Give `control` the name and explanation of `field`, and enable it if `model` uses the field; None counts as a model that does.

    `later`: the value holds from a step on.
    """
    is_used = model is None or field.is_used(model.family, model.traits)
    control.setEnabled(is_used)
    explanation = tr("Safelight", (field.later if later else "") or field.explanation)
    explain(control, tr("Safelight", field.caption), explanation if is_used else tr("Safelight", "This model does not use this setting."))


def seed_control(field: Field, seed: NoiseSeed) -> FieldControl:
    return FieldControl(field, seed, seed.number, lambda: seed.seed, seed.set_seed, seed.edited)


def written(field: Field, value: object) -> str:
    """`value` of `field` as text; a model by its name."""
    match field.editor:
        case Editor.DECIMAL if isinstance(value, (int, float)):
            return decimal(value, 1)
        case Editor.NUMBER:
            return f"{value}{field.unit}"
        case Editor.SEED:
            return grouped(str(value))
        case Editor.EMBEDDINGS if isinstance(value, tuple):
            return ", ".join(embedding.name for embedding in value)
        case Editor.ADAPTERS if isinstance(value, tuple):
            return ", ".join(f"{adapter.name} {weight(adapter)}" for adapter in value)
        case _:
            return str(value)
