"""The branches of an opened picture: named in the prompt panel, generated again, removed, or left out where they are not possible."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSpinBox, QToolButton, QWidget

from desktop.diffusion.recipe import Recipe, Turn
from desktop.library.drafts import Drafts
from desktop.studio.prompt_history import PromptHistory
from desktop.ui.create.prompt_panel import PromptPanel
from desktop.ui.language import Language
from desktop.ui.theme import Theme
from tests.prompting import LARGE, STARTER, Noting, child, choose, panel_of, retype

RECIPE = Recipe.of(prompt="a red apple", steps=20, seed=3).turned(10, prompt="a pear")


@pytest.fixture
def panel(qtbot, qapp, theme: Theme) -> PromptPanel:
    generation = Noting()
    panel = panel_of(generation, theme, PromptHistory([]))
    qtbot.addWidget(panel)
    panel.set_models([STARTER, LARGE], "starter")
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def words(panel: PromptPanel) -> str:
    line = child(panel, QWidget, "restored_branches")
    return child(panel, QLabel, "branches").text() if line.isVisibleTo(panel) else ""


def test_a_recipe_with_branches_is_shown_and_generated_whole(qtbot, panel: PromptPanel):
    assert words(panel) == ""
    assert child(panel, QToolButton, "remove_branches").accessibleName()  # before it is shown too
    panel.set_recipe(RECIPE)
    assert words(panel) == "Includes 1 branch: from step 10, prompt: a pear"
    qtbot.mouseClick(child(panel, QPushButton, "generate"), Qt.MouseButton.LeftButton)
    assert panel._generation.asked == [("generate", RECIPE, 1)]
    assert panel.recipe().turns == RECIPE.turns  # of the next picture too, with another seed
    panel.set_recipe(replace(RECIPE, turns=()))
    assert words(panel) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (RECIPE.turned(15, guidance_scale=8.0), "Includes 2 branches: from step 10, prompt: a pear; from step 15, guidance 8.0"),
        (RECIPE.turned(12, refine=9), "Includes 2 branches: from step 10, prompt: a pear; refined from step 12"),
        (
            replace(RECIPE, turns=tuple(Turn(after, {"guidance_scale": 2.0}) for after in (1, 2, 3, 4))),
            "Includes 4 branches: from step 1, guidance 2.0; from step 2, guidance 2.0; from step 3, guidance 2.0; …",
        ),
        (replace(RECIPE, turns=(Turn(3, {"prompt": "long " * 40}),)), f"Includes 1 branch: from step 3, prompt: {'long ' * 7}long…"),
    ],
    ids=["several", "refined", "many", "long"],
)
def test_branches_are_named_in_order_and_in_few_words(panel: PromptPanel, recipe: Recipe, expected: str):
    panel.set_recipe(recipe)
    assert words(panel) == expected
    assert len(child(panel, QLabel, "branches").toolTip().splitlines()) == len(recipe.turns)
    assert panel.recipe() == recipe


@pytest.mark.parametrize("by_key", [True, False], ids=["key", "mouse"])
def test_branches_can_be_removed(qtbot, panel: PromptPanel, by_key: bool):
    panel.set_recipe(RECIPE)
    remove = child(panel, QToolButton, "remove_branches")
    assert (remove.accessibleName(), bool(remove.toolTip())) == ("Remove branches", True)
    with qtbot.waitSignal(panel.edited):
        if by_key:
            remove.setFocus(Qt.FocusReason.TabFocusReason)
            qtbot.keyClick(remove, Qt.Key.Key_Space)
        else:
            qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert words(panel) == ""
    assert panel.recipe() == panel.drafts().recipe == replace(RECIPE, turns=())


def test_branches_that_the_settings_do_not_allow_are_left_out_with_a_message(qtbot, panel: PromptPanel):
    panel.set_recipe(RECIPE)
    retype(qtbot, child(panel, QWidget, "guidance_scale"), "7")
    retype(qtbot, child(panel, QWidget, "seed"), "77")
    assert panel.recipe() == RECIPE.with_values(guidance_scale=7.0, seed=77)
    retype(qtbot, child(panel, QSpinBox, "steps"), "8")
    assert words(panel).startswith(
        "The branch at step 10 is not possible with these settings, so no branch is included. The run has no step"
    )
    assert panel.recipe() == replace(RECIPE.with_values(guidance_scale=7.0, seed=77, steps=8), turns=())
    assert panel.drafts().recipe.turns == RECIPE.turns
    retype(qtbot, child(panel, QSpinBox, "steps"), "11")
    assert words(panel).startswith("Includes 1 branch: ")
    assert panel.recipe().turns == RECIPE.turns


def test_a_sampler_or_a_model_may_not_allow_them(panel: PromptPanel):
    recipe = RECIPE.with_values(sampler="Euler a").turned(5, noise_seed=4)
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe
    choose(child(panel, QComboBox, "sampler"), "DDIM")
    assert "adds no noise" in words(panel)
    assert panel.recipe() == replace(recipe.with_values(sampler="DDIM"), turns=())
    choose(child(panel, QComboBox, "sampler"), "Euler a")
    assert panel.recipe() == recipe
    panel.choose_model("large")  # which Euler a does not fit
    assert panel.recipe().sampling.sampler == "Euler"
    assert "adds no noise" in words(panel)
    assert panel.recipe().turns == ()


def test_the_steps_of_heun_are_counted_as_its_timeline_does(panel: PromptPanel):
    recipe = RECIPE.with_values(sampler="Heun", steps=20).turned(38, guidance_scale=2.0)  # of 39
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe


def test_a_branch_to_a_sampler_of_another_version_is_left_out(panel: PromptPanel):
    panel.set_recipe(replace(RECIPE, turns=(Turn(5, {"sampler": "Magic"}),)))
    assert "does not have the sampler" in words(panel)
    assert panel.recipe().turns == ()


def test_branches_survive_a_close(qtbot, theme: Theme, panel: PromptPanel):
    panel.set_recipe(RECIPE)
    drafts = panel.drafts()
    panel.restore(Drafts())
    panel.set_recipe(replace(RECIPE, turns=()))
    panel.restore(drafts)
    assert panel.recipe() == RECIPE
    assert words(panel).startswith("Includes 1 branch: ")


def test_branches_are_named_in_chinese(qapp, qtbot, panel: PromptPanel):
    language = Language()
    panel.set_recipe(RECIPE.turned(15, guidance_scale=8.0))
    try:
        language.install(qapp, "zh_CN")
        qtbot.waitUntil(lambda: words(panel).startswith("包含 2 个分支：从第 10 步起，"))
    finally:
        language.install(qapp, "en")
