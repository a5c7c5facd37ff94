"""The twins dialog: two recipes that differ in one field."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit

from desktop.diffusion.families.description import Traits
from desktop.diffusion.fields import FIELDS
from desktop.diffusion.recipe import Recipe
from desktop.library.models import Model
from desktop.ui.create.twins_dialog import TwinsDialog
from desktop.ui.theme import Theme
from tests.prompting import child

KEYS = [field.key for field in FIELDS if field.may_differ]
MODELS = [
    Model("starter", Path("/models/starter"), bundled=True, size=128),
    Model("other", Path("/models/other"), size=128),
    Model("large", Path("/models/large"), size=512, multiple=64),
    Model("strange", Path("/models/strange"), size=128, traits=Traits(zero_snr=True)),
]


class Chosen:
    """What is chosen in the prompt panel."""

    def __init__(self) -> None:
        self.recipe, self.models = Recipe.of(prompt="a fox", negative_prompt="blurry", seed=781204113, width=96, height=128), MODELS


@pytest.fixture
def chosen() -> Chosen:
    return Chosen()


@pytest.fixture
def dialog(qtbot, theme: Theme, chosen: Chosen) -> TwinsDialog:
    dialog = TwinsDialog(lambda: chosen.recipe, lambda: chosen.models, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def differ_in(dialog: TwinsDialog, thing: str) -> None:
    choose(child(dialog, QComboBox, "twin_thing"), KEYS.index(thing))


def choose(box: QComboBox, index: int) -> None:
    box.setCurrentIndex(index)
    box.activated.emit(index)


def note(dialog: TwinsDialog) -> str:
    return child(dialog, QLabel, "twin_note").text()


def start(dialog: TwinsDialog) -> QAbstractButton:
    return child(dialog, QAbstractButton, "start_twins")


CHANGES = {
    "prompt": (lambda dialog: child(dialog, QPlainTextEdit, "twin_prompt").set_text("a cat"), "a cat"),
    "negative_prompt": (lambda dialog: child(dialog, QPlainTextEdit, "twin_negative_prompt").set_text(""), ""),
    "guidance_scale": (lambda dialog: child(dialog, QAbstractSpinBox, "twin_guidance_scale").setValue(8.5), 8.5),
    "sampler": (lambda dialog: child(dialog, QComboBox, "twin_sampler").setCurrentText("Euler"), "Euler"),
    "seed": (lambda dialog: child(dialog, QLineEdit, "twin_seed").show_digits("12"), 12),
    "steps": (lambda dialog: child(dialog, QAbstractSpinBox, "twin_steps").setValue(20), 20),
    "model": (lambda dialog: child(dialog, QComboBox, "twin_model").setCurrentIndex(1), "other"),
}


@pytest.mark.slow
@pytest.mark.parametrize("thing", KEYS)
def test_the_two_recipes_differ_in_the_chosen_field_only(qtbot, dialog: TwinsDialog, chosen: Chosen, thing: str):
    for change, _ in CHANGES.values():  # what is set on other pages means nothing
        change(dialog)
    differ_in(dialog, thing)
    with qtbot.waitSignal(dialog.wanted) as wanted:
        qtbot.mouseClick(start(dialog), Qt.MouseButton.LeftButton)
    assert wanted.args == [chosen.recipe, chosen.recipe.with_values(**{thing: CHANGES[thing][1]})]
    assert not dialog.isVisible()


def test_it_starts_with_two_equal_recipes(dialog: TwinsDialog):
    for thing in KEYS:
        differ_in(dialog, thing)
        assert start(dialog).isEnabled() == (thing == "seed")
        assert (note(dialog) == "Both recipes are the same.") == (thing != "seed")


def test_the_values_of_the_panel_are_shown(dialog: TwinsDialog, chosen: Chosen):
    shown = {thing: child(dialog, QPlainTextEdit if "prompt" in thing else QLineEdit, f"this_{thing}") for thing in KEYS}
    words = {thing: field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text() for thing, field in shown.items()}
    assert words == {
        "prompt": "a fox",
        "negative_prompt": "blurry",
        "guidance_scale": "3.5",
        "sampler": "DDIM",
        "seed": "781\N{NO-BREAK SPACE}204\N{NO-BREAK SPACE}113",
        "steps": "50",
        "model": "Starter",
    }
    assert all(field.isReadOnly() for field in shown.values())
    chosen.recipe = chosen.recipe.with_values(prompt="a cat")
    dialog.follow()
    assert shown["prompt"].toPlainText() == "a cat"
    assert start(dialog).isEnabled()  # the other is still a fox


def test_unfit_samplers_and_models_are_disabled_with_a_reason(dialog: TwinsDialog, chosen: Chosen):
    samplers, models = child(dialog, QComboBox, "twin_sampler").model(), child(dialog, QComboBox, "twin_model").model()
    lcm = child(dialog, QComboBox, "twin_sampler").findText("LCM")
    assert not samplers.item(lcm).isEnabled()
    assert "distilled" in samplers.item(lcm).toolTip()
    assert [models.item(row).isEnabled() for row in range(4)] == [True, True, False, True]
    assert models.item(2).toolTip() == "This model cannot generate pictures of 96 × 128."
    chosen.recipe = chosen.recipe.with_values(sampler="PNDM")
    dialog.follow()
    assert models.item(3).toolTip() == "PNDM does not work with this model: it cannot start from pure noise, as this model does."
    differ_in(dialog, "model")
    child(dialog, QComboBox, "twin_model").setCurrentIndex(3)  # by the arrow keys of another platform, say
    assert note(dialog) == models.item(3).toolTip()
    assert not start(dialog).isEnabled()


def test_without_another_model_it_says_so(dialog: TwinsDialog, chosen: Chosen):
    chosen.models = MODELS[:1]
    dialog.open()
    differ_in(dialog, "model")
    assert note(dialog) == "There is no other model yet. Open a model folder from the menu first."
    assert not start(dialog).isEnabled()


def test_a_setting_that_the_model_does_not_use_cannot_differ(dialog: TwinsDialog, chosen: Chosen):
    chosen.models = [Model("starter", Path("/models/starter"), size=128, traits=Traits(guided=False))]
    child(dialog, QPlainTextEdit, "twin_negative_prompt").set_text("night")
    differ_in(dialog, "negative_prompt")
    assert note(dialog) == "This model does not use this setting."
    assert not start(dialog).isEnabled()


def test_an_empty_seed_cannot_be_used(qtbot, dialog: TwinsDialog):
    differ_in(dialog, "seed")
    seed = child(dialog, QLineEdit, "twin_seed")
    seed.setFocus()
    qtbot.keyClick(seed, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(seed, Qt.Key.Key_Delete)
    assert note(dialog) == "Type a seed."
    assert not start(dialog).isEnabled()
    child(dialog, QAbstractButton, "twin_seed_random").click()
    assert start(dialog).isEnabled()


def test_steps_and_models_have_a_remark(dialog: TwinsDialog):
    for thing, words in (("steps", "compared by step number"), ("model", "generated after the first")):
        CHANGES[thing][0](dialog)
        differ_in(dialog, thing)
        assert words in note(dialog)


def test_opened_again_it_starts_with_equal_recipes(dialog: TwinsDialog, chosen: Chosen):
    CHANGES["prompt"][0](dialog)
    dialog.reject()
    chosen.recipe = chosen.recipe.with_values(prompt="two cats")
    dialog.open()
    assert child(dialog, QPlainTextEdit, "twin_prompt").toPlainText() == "two cats"
    assert not start(dialog).isEnabled()


def test_everything_explains_itself(dialog: TwinsDialog):
    for kind in (QComboBox, QAbstractSpinBox, QPlainTextEdit, QAbstractButton):
        for control in dialog.findChildren(kind):
            assert control.objectName()
            assert control.accessibleName(), control.objectName()
            assert control.toolTip()
    buddies = {label.buddy().objectName() for label in dialog.findChildren(QLabel) if label.buddy()}
    assert buddies >= {
        "twin_thing",
        *(f"this_{thing}" for thing in KEYS),
        "twin_prompt",
        "twin_negative_prompt",
        "twin_guidance_scale",
        "twin_sampler",
        "twin_seed",
        "twin_steps",
        "twin_model",
    }
