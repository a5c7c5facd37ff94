"""One entry in the table of fields is enough: a test field appears wherever recipes are edited, compared, shown and stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QPushButton

from desktop.diffusion import fields, recipe
from desktop.diffusion.fields import Editor, Field
from desktop.diffusion.recipe import Recipe, Turn
from desktop.errors import OutOfRange
from desktop.library.foreign import a1111
from desktop.library.models import Model
from desktop.studio.generation import Generation
from desktop.studio.notices import Notices
from desktop.studio.prompt_history import PromptHistory
from desktop.studio.queue import Queue
from desktop.studio.timeline import Timeline
from desktop.ui.create.branch_panel import BranchPanel
from desktop.ui.create.twins_dialog import TwinsDialog
from desktop.ui.widgets.turns import changed, differing
from tests.developed import developed
from tests.prompting import panel_of


@dataclass(frozen=True, slots=True)
class Sampling(recipe.Sampling):
    eta: float = 0.5


@pytest.fixture
def eta(monkeypatch: pytest.MonkeyPatch) -> Field:
    """A field of its own: a value in a part of the recipe, and an entry in the table."""
    entry = Field(
        "eta",
        Editor.DECIMAL,
        "Eta",
        "How much noise each step adds.",
        "eta {value}",
        "sampling",
        "eta",
        0,
        1,
        0.1,
        infotext="Eta",
        may_branch=True,
        may_differ=True,
    )
    monkeypatch.setattr(recipe, "Sampling", Sampling)
    monkeypatch.setattr(fields, "FIELDS", (*fields.FIELDS, entry))
    return entry


@pytest.fixture
def generation(qapp) -> Generation:
    return Generation(None, Queue(Notices()), Timeline(), None, None, None, None, None)  # it makes nothing here


def test_it_is_stored_and_checked(eta: Field) -> None:
    other = Recipe.of(prompt="a fox", eta=0.8)
    data = json.loads(json.dumps(other.turned(3, eta=0.2).to_dict()))
    assert Recipe.from_dict(data) == (other.turned(3, eta=0.2), {})
    assert other.turned(3, eta=0.2).final.value("eta") == 0.2
    for wrong in (Recipe.of(eta=2), other.turned(3, eta=-1)):
        with pytest.raises(OutOfRange, match="Eta"):
            wrong.check()


def test_other_programs_read_it(eta: Field) -> None:
    text = a1111.write(Recipe.of(prompt="a fox", eta=0.8))
    assert "Eta: 0.8" in text
    assert a1111.read(text).recipe.value("eta") == 0.8


def test_lineage_says_it(eta: Field, qapp) -> None:
    run = developed(6)
    assert changed(run.fork(4, run.recipe.turned(4, eta=0.2))) == "eta 0.2"
    assert differing(Recipe.of(eta=1), Recipe()) == "eta 1.0"


def test_the_prompt_panel_edits_it(eta: Field, qtbot, theme, generation: Generation) -> None:
    panel = panel_of(generation, theme, PromptHistory())
    qtbot.addWidget(panel)
    control = panel.findChild(QDoubleSpinBox, "eta")
    assert (control.value(), control.accessibleName(), panel.findChild(QLabel, "eta_caption").text()) == (0.5, "Eta", "Eta")
    assert control.toolTip() == "How much noise each step adds."
    with qtbot.waitSignal(panel.edited):
        control.setValue(0.9)
    assert panel.recipe().value("eta") == 0.9
    panel.set_recipe(Recipe.of(eta=0.1))
    assert control.value() == 0.1


def test_a_branch_changes_it(eta: Field, qtbot, theme, generation: Generation, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = Timeline()
    panel = BranchPanel(timeline, generation, theme, PromptHistory())
    qtbot.addWidget(panel)
    run = developed(10)
    timeline.show(run)
    timeline.go_to(3)
    monkeypatch.setattr(Generation, "forbidden", lambda *_: None)
    branched: list[tuple] = []
    monkeypatch.setattr(Generation, "branch", lambda self, *arguments: branched.append(arguments))
    panel.open()
    panel.show()
    panel.findChild(QDoubleSpinBox, "branch_eta").setValue(0.7)
    assert panel.findChild(QLabel, "branch_changed").text() == "Changed: Eta 0.5 → 0.7"
    panel.generate()
    assert branched == [(run, 3, {"eta": 0.7})]
    assert run.recipe.turned(3, eta=0.7).turns == (Turn(3, {"eta": 0.7}),)


def test_twins_differ_in_it(eta: Field, qtbot, theme) -> None:
    chosen = Recipe.of(prompt="a fox", width=128, height=128)
    dialog = TwinsDialog(lambda: chosen, lambda: [Model("starter", Path("/models/starter"), size=128)], theme)
    qtbot.addWidget(dialog)
    dialog.open()
    things = dialog.findChild(QComboBox, "twin_thing")
    things.setCurrentIndex(things.findText("Eta"))
    things.activated.emit(things.currentIndex())
    assert dialog.findChild(QLineEdit, "this_eta").text() == "0.5"
    dialog.findChild(QDoubleSpinBox, "twin_eta").setValue(1)
    with qtbot.waitSignal(dialog.wanted) as wanted:
        dialog.findChild(QPushButton, "start_twins").click()
    assert wanted.args == [chosen, chosen.with_values(eta=1.0)]
