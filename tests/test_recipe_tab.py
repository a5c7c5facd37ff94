"""The Recipe tab: how the shown picture was made, and what can be reused of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Plan, Run
from desktop.library.drafts import Drafts
from desktop.library.foreign import read_text
from desktop.studio.notices import Notices
from desktop.studio.stars import Stars
from desktop.ui.create.branch_list import BranchList
from desktop.ui.create.recipe_tab import RecipeTab
from desktop.ui.theme import Theme
from desktop.ui.widgets.seed_field import grouped
from tests.developed import branched, developed


class Typed:
    """What stands in the left panel."""

    drafts = Drafts()

    def __call__(self) -> Drafts:
        return self.drafts


@pytest.fixture
def typed():
    return Typed()


@pytest.fixture
def stars():
    return Stars()


@pytest.fixture
def tab(qtbot, timeline, work, stars, typed):
    work.running = False
    tab = RecipeTab(timeline, work, None, stars, Theme(), Notices(), typed)
    qtbot.addWidget(tab)
    tab.resize(320, 700)
    tab.show()
    return tab


def text(tab, name):
    label = tab.findChild(QLabel, name) or tab.findChild(QLabel, f"fact_{name}")
    return label.text() if label.isVisible() else None


def test_before_the_first_run_nothing_can_be_reused(tab):
    assert "appear here" in text(tab, "recipe_prompt")
    assert not any(command.isEnabled() for command in tab.commands)
    assert text(tab, "seed") is None


def test_the_prompt_comes_first_then_the_settings(tab, timeline):
    run = developed(10, recipe=Recipe.of(prompt="a red apple", negative_prompt="text", steps=10, width=64, height=64, seed=781204113))
    run.path = Path("/pictures/781204113 a red apple.png")
    run.plan = replace(run.plan, environment={"app": "0.2", "torch": "2.9"})
    timeline.show(run)
    assert text(tab, "recipe_prompt") == "a red apple"
    assert "text" in text(tab, "recipe_negative")
    assert [text(tab, name) for name in ("model", "sampler", "steps", "seed", "size", "guidance_scale", "made_with")] == [
        "Starter",
        "DDIM",
        "10",
        grouped("781204113"),
        "64 × 64",
        "3.5",
        "Safelight 0.2",
    ]
    assert "torch: 2.9" in tab.findChild(QLabel, "fact_made_with").toolTip()
    assert tab.findChild(QLabel, "ending").accessibleName() == "Saved as 781204113 a red apple.png"
    timeline.show(developed(10, recipe=Recipe.of(prompt="")))
    assert text(tab, "recipe_prompt") == "(no prompt)"
    assert text(tab, "recipe_negative") is None


@pytest.mark.parametrize(
    ("ending", "done", "words"),
    [
        (Ending.RUNNING, 4, "Saved when finished"),
        (Ending.STOPPED, 4, "Stopped at step 4."),
        (Ending.STOPPED, 0, "Stopped before the first step."),
        (Ending.FAILED, 4, "Failed at step 4."),
        (Ending.FAILED, 0, "Failed before the first step."),
        (Ending.PAUSED, 4, "Paused at step 4 of 10. Press Space to resume."),
    ],
)
def test_how_a_run_ended(tab, timeline, ending, done, words):
    run = developed(10, done=done)
    run.ending = ending
    timeline.show(run)
    assert tab.findChild(QLabel, "ending").accessibleName() == words


def test_a_paused_run_beside_a_running_one_does_not_offer_space(tab, timeline, work):
    run = developed(10, done=4)
    run.ending, work.running = Ending.PAUSED, True
    timeline.show(run)
    assert tab.findChild(QLabel, "ending").accessibleName() == "Paused at step 4 of 10."


def test_ignored_words_of_a_long_prompt_are_shown_and_cut(tab, timeline):
    run = developed(10)
    run.plan = replace(run.plan, truncated="and a hat")
    timeline.show(run)
    assert text(tab, "unread") == "Ignored because the prompt is too long: and a hat"
    other = developed(10)
    other.plan = replace(other.plan, truncated="夜空" * 5000)
    timeline.show(other)
    assert len(text(tab, "unread")) < 250


def test_the_lineage_is_told_in_words_and_the_settings_are_those_of_the_shown_step(tab, timeline, held):
    run = developed(10)
    branch = branched(run, 4, guidance_scale=8.0, sampler="Euler")
    held.hold(run)
    held.hold(branch)
    timeline.show(branch)
    assert text(tab, "origin").startswith("Branch from step 4: ")
    assert "8.0" in text(tab, "origin")
    assert [text(tab, name) for name in ("sampler", "guidance_scale")] == ["Euler", "8.0"]
    timeline.go_to(4)
    assert [text(tab, name) for name in ("sampler", "guidance_scale")] == ["DDIM", "3.5"]
    refined = run.fork(4, run.recipe.turned(4, refine=1))
    timeline.show(refined)
    assert text(tab, "origin") == "Refined from step 4."
    timeline.show(refined.fork(6, refined.recipe))
    assert text(tab, "origin") == "Refined from step 4.\nBranch from step 6: unchanged."
    timeline.show(run)
    assert text(tab, "origin") is None
    assert tab.findChild(BranchList).isVisible()  # the others of its tree


def test_a_second_stage_enlarges_the_picture(tab, timeline):
    run = developed(10, recipe=Recipe.of(refiner="finer", width=64, height=64))
    timeline.show(run)
    assert [text(tab, name) for name in ("refiner", "refine_from", "size")] == ["finer", "80 %", "64 × 64"]
    run.plan, run.picture = replace(run.plan, environment={"enlarges": 4}), None
    timeline.show(run.fork(10, run.recipe))
    timeline.show(run)
    assert [text(tab, name) for name in ("refiner", "refine_from", "size")] == ["finer", None, "256 × 256"]


def test_a_branch_is_shown_by_click_and_by_key_and_deleted_by_key(qtbot, tab, timeline, held):
    run = developed(10)
    branch = branched(run, 4, prompt="a green apple")
    held.hold(run)
    held.hold(branch)
    timeline.show(run)
    listed = tab.findChild(BranchList)
    tab.grab()
    row = listed.visualRect(listed.model().index(1))
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert timeline.run is branch
    listed.setCurrentIndex(listed.model().index(0))
    QTest.keyClick(listed, Qt.Key.Key_Return)
    assert timeline.run is run
    with qtbot.waitSignal(tab.delete_requested) as asked:
        QTest.keyClick(listed, Qt.Key.Key_Delete)
    assert asked.args == [run]
    tab.grab()


def test_prompt_and_seed_are_reused_alone(qtbot, tab, timeline):
    timeline.show(developed(10, recipe=Recipe.of(prompt="a red apple", negative_prompt="text", seed=7)))
    with qtbot.waitSignal(tab.reuse_requested) as asked:
        QTest.mouseClick(tab.findChild(QPushButton, "reuse_prompt_button"), Qt.MouseButton.LeftButton)
    assert asked.args[0].values == {"prompt": "a red apple", "negative_prompt": "text"}
    with qtbot.waitSignal(tab.reuse_requested) as asked:
        QTest.keyClick(tab.findChild(QPushButton, "reuse_seed_button"), Qt.Key.Key_Space)
    assert asked.args[0].values == {"seed": 7}


def test_the_recipe_is_copied_as_text_that_can_be_pasted(tab, timeline):
    recipe = Recipe.of(prompt="a red apple", negative_prompt="text", seed=7, steps=10)
    timeline.show(developed(10, recipe=recipe))
    copy = {command.objectName(): command for command in tab.commands}
    copy["copy_prompt"].trigger()
    assert QGuiApplication.clipboard().text() == "a red apple"
    copy["copy_recipe"].trigger()
    assert read_text(QGuiApplication.clipboard().text()).recipe == recipe


def test_what_differs_in_the_left_panel_is_named(qtbot, tab, timeline, typed):
    recipe = Recipe.of(prompt="a red apple", seed=7, steps=10, width=64, height=64)
    typed.drafts = Drafts(recipe.with_values(seed=8))
    timeline.show(developed(10, recipe=recipe))
    assert text(tab, "differs") is None  # the seed there is a random one
    typed.drafts = Drafts(recipe.with_values(seed=8, prompt="a pear", width=128, height=128), seed_locked=True)
    tab.follow_typing()
    qtbot.waitUntil(lambda: text(tab, "differs") == "The left panel differs: prompt, seed, size")


def test_a_star_is_given_to_the_run(tab, timeline, stars):
    run = developed(10)
    timeline.show(run)
    QTest.mouseClick(tab.findChild(QToolButton, "star_shown_button"), Qt.MouseButton.LeftButton)
    assert stars.keys == {run.id}
    assert tab.findChild(QToolButton, "star_shown_button").text() == "Remove star"
    timeline.show(Run(Recipe(), plan=Plan((), {}), picture=run.picture, ending=Ending.FINISHED, picture_key="of-the-file"))
    QTest.mouseClick(tab.findChild(QToolButton, "star_shown_button"), Qt.MouseButton.LeftButton)
    assert stars.keys == {run.id, "of-the-file"}


def test_every_button_has_a_name_and_an_explanation(tab, timeline):
    timeline.show(developed(10))
    for button in (*tab.findChildren(QPushButton), *tab.findChildren(QToolButton)):
        if button.isVisible():
            assert button.accessibleName() or button.text(), button.objectName()
            assert button.toolTip(), button.objectName()
