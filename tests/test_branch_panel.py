"""The branch panel, used with keys and mouse; branches are generated with a tiny model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from desktop.diffusion import embeddings
from desktop.diffusion.adapters import Adapter
from desktop.diffusion.families.description import Traits
from desktop.diffusion.recipe import Recipe, Turn
from desktop.diffusion.run import Ending, Phase, Run
from desktop.library.adapters import AdapterLibrary
from desktop.library.models import Model
from desktop.library.tokens import TokenCount
from desktop.library.vocabulary import Vocabulary
from desktop.studio.embeddings import Embeddings
from desktop.studio.notices import Notices
from desktop.studio.prompt_history import PromptHistory
from desktop.ui.create.branch_panel import BranchPanel
from desktop.ui.language import Language
from desktop.ui.theme import Theme
from tests.developed import developed, grow
from tests.studio import Studio

RECIPE = Recipe.of(prompt="a mouse", negative_prompt="blurry", sampler="Euler a", steps=6, width=64, height=64, seed=3)
STILL = RECIPE.with_values(sampler="DDIM", steps=10)
WORDS = Vocabulary({"en": ["a", "mouse"], "zh": []}, {"en": ["a mouse"], "zh": []})


class Branching(Studio):
    """A studio with a branch panel."""

    def __init__(self, model: Path, folder: Path, theme: Theme) -> None:
        super().__init__(model, folder)
        self.history = PromptHistory()
        self.panel = BranchPanel(self.timeline, self.generation, theme, self.history)
        self.closed = 0
        self.panel.closed.connect(self._close)

    def _close(self) -> None:
        self.closed += 1
        self.panel.hide()

    def open(self, run: Run | None, after: int = 0, refine: bool = False) -> BranchPanel:
        self.timeline.show(run)
        self.timeline.go_to(after)
        self.panel.open(refine)
        self.panel.show()
        return self.panel

    async def made(self, recipe: Recipe) -> Run:
        """A finished run."""
        self.generation.generate(recipe)
        return await self.finished()

    async def finished(self) -> Run:
        """The run on screen, once everything is made."""
        await self.until(lambda: self.timeline.run and self.timeline.run.path and not self.generation.running)
        return self.timeline.run


@pytest.fixture
def studio(qtbot, theme, model, tmp_path):
    studio = Branching(model, tmp_path, theme)
    qtbot.addWidget(studio.panel)
    yield studio
    studio.close()


def child(panel: QWidget, name: str, kind: type = QWidget) -> QWidget:
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def text(panel: QWidget, name: str) -> str:
    """What the label says, where it is to be seen."""
    shown = child(panel, name, QLabel)
    return shown.text() if shown.isVisibleTo(panel) else ""


def write(panel: QWidget, name: str, words: str) -> None:
    child(panel, name, QPlainTextEdit).setPlainText(words)


def choose(panel: QWidget, name: str, words: str) -> None:
    child(panel, name, QComboBox).setCurrentText(words)


def press(qtbot, panel: QWidget, name: str) -> None:
    qtbot.mouseClick(child(panel, name), Qt.MouseButton.LeftButton)


def settings(panel: QWidget) -> tuple:
    return (
        child(panel, "branch_prompt").toPlainText(),
        child(panel, "branch_negative_prompt").toPlainText(),
        child(panel, "branch_sampler").currentText(),
        child(panel, "branch_guidance_scale").value(),
        child(panel, "branch_noise_seed").digits,
    )


def same(run: Run, other: Run) -> bool:
    return run.picture == other.picture and [step.snapshot for step in run.steps] == [step.snapshot for step in other.steps]


# -- what it shows


@pytest.mark.slow
def test_it_shows_the_settings_after_the_step_at_the_playhead_and_follows_it(qtbot, studio):
    recipe = STILL.turned(4, prompt="a red mouse", guidance_scale=8.0)
    panel = studio.open(developed(recipe=recipe), 3)
    assert settings(panel) == ("a mouse", "blurry", "DDIM", 3.5, "")
    assert (child(panel, "branch_step").value(), text(panel, "branch_of")) == (3, "of 10")
    studio.timeline.go_to(4)
    assert settings(panel) == ("a red mouse", "blurry", "DDIM", 8.0, "")
    assert child(panel, "branch_step").value() == 4
    step = child(panel, "branch_step")
    step.setFocus()
    qtbot.keyClick(step, Qt.Key.Key_Down)
    assert studio.timeline.index == 3  # the number moves the playhead, too
    assert settings(panel)[0] == "a mouse"


def test_a_branch_of_a_finished_picture_begins_early_unless_a_step_was_chosen(studio):
    panel = studio.open(developed(20), after=20)
    assert studio.timeline.index == child(panel, "branch_slider").value() == 8
    assert child(panel, "branch").isEnabled()
    child(panel, "branch_slider").setValue(3)
    assert studio.timeline.index == child(panel, "branch_step").value() == 3
    panel.open()
    assert studio.timeline.index == 3
    studio.open(developed(20, done=9), after=9)  # it can be continued from there
    assert studio.timeline.index == 9


def test_it_shows_a_thumbnail_of_the_step(studio):
    panel = studio.open(developed(10), 3)
    seen = child(panel, "branch_thumbnail")

    def colour():
        return seen.grab().toImage().pixelColor(seen.width() // 2, seen.height() // 2).getRgb()[:3]

    assert colour() == (43, 120, 20)
    studio.timeline.go_to(7)
    assert colour() == (47, 120, 20)


def test_changes_are_marked_listed_and_undone(qtbot, studio):
    panel = studio.open(developed(recipe=STILL), 3)
    assert text(panel, "branch_changed") == "No changes: the branch will be the same picture."
    assert child(panel, "branch").isEnabled()  # it may be done all the same
    write(panel, "branch_prompt", "a red mouse")
    write(panel, "branch_negative_prompt", "")
    child(panel, "branch_guidance_scale").setValue(8)
    choose(panel, "branch_sampler", "DDPM")
    press(qtbot, panel, "branch_noise_seed_random")
    listed = "Changed: Prompt · Things to avoid · Sampler DDIM → DDPM · Guidance 3.5 → 8.0 · Noise of the remaining steps"
    assert text(panel, "branch_changed").replace("\N{NO-BREAK SPACE}", " ") == listed
    for name in ("prompt", "negative_prompt", "guidance_scale", "noise_seed", "sampler"):
        back = child(panel, f"{name}_back", QToolButton)
        assert back.isVisibleTo(panel)
        press(qtbot, panel, back.objectName())
        assert not back.isVisibleTo(panel)
    assert settings(panel) == ("a mouse", "blurry", "DDIM", 3.5, "")
    assert text(panel, "branch_changed") == "No changes: the branch will be the same picture."


def test_a_step_before_the_branching_point_gives_the_picture_of_the_parent(studio):
    panel = studio.open(developed(10, recipe=STILL.turned(4, guidance_scale=8.0)), 3)
    assert "the same picture as its parent" in text(panel, "branch_changed")
    studio.timeline.go_to(4)
    assert text(panel, "branch_changed") == "No changes: the branch will be the same picture."


def test_changes_are_kept_when_the_playhead_moves_and_the_run_grows(studio):
    run = developed(10, done=3, recipe=STILL)
    panel = studio.open(run, 3)
    write(panel, "branch_prompt", "a red mouse")
    grow(run)
    studio.timeline.refresh()  # the playhead follows
    assert child(panel, "branch_step").value() == 4
    studio.timeline.go_to(1)
    assert settings(panel)[0] == "a red mouse"
    studio.timeline.show(developed(recipe=STILL.with_values(prompt="a rocket", negative_prompt="night")))
    assert settings(panel)[:2] == ("a red mouse", "night")
    press_back = child(panel, "prompt_back")
    press_back.click()
    assert settings(panel)[0] == "a rocket"


def test_a_value_rounded_by_its_control_is_no_change(studio):
    panel = studio.open(developed(recipe=STILL.with_values(guidance_scale=7.25)), 3)
    assert "No changes" in text(panel, "branch_changed")
    assert not child(panel, "guidance_scale_back").isVisibleTo(panel)


def test_samplers_that_cannot_continue_the_run_are_disabled_with_a_reason(studio):
    panel = studio.open(developed(recipe=STILL), 3)
    box = child(panel, "branch_sampler", QComboBox)
    enabled = {box.itemText(row) for row in range(box.count()) if box.model().item(row).isEnabled()}
    assert enabled == {"DDIM", "DDPM", "Euler", "Euler a"}
    for name, reason in (
        ("UniPC", "This sampler uses other noise levels than this run. Choose another one."),
        ("LMS", "This sampler needs the earlier steps and cannot start in the middle. Choose another one."),
    ):
        item = box.model().item(box.findText(name))
        assert item.toolTip() == item.accessibleDescription() == reason
        assert reason in item.accessibleText()
    studio.timeline.go_to(10)  # at the last step no branch is possible with any sampler
    assert all(box.model().item(row).isEnabled() for row in range(box.count()))


def test_the_noise_seed_is_enabled_if_the_sampler_adds_noise(qtbot, studio):
    panel = studio.open(developed(recipe=STILL), 3)
    seed = child(panel, "branch_noise_seed", QLineEdit)
    assert not seed.isEnabled()
    assert seed.placeholderText() == "DDIM adds no noise"
    assert "would change nothing" in seed.toolTip()
    choose(panel, "branch_sampler", "DDPM")
    assert seed.isEnabled()
    assert seed.placeholderText() == "Unchanged"
    qtbot.keyClicks(seed, "12345")
    assert "Noise of the remaining steps" in text(panel, "branch_changed")
    choose(panel, "branch_sampler", "DDIM")
    assert "Noise of the remaining steps" not in text(panel, "branch_changed")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "after", "reason"),
    [
        (None, 0, "There is no run to branch from yet. Generate a picture first."),
        (Run(STILL), 0, "The run has not started yet. Wait for its first step."),
        (
            Run(STILL, picture=developed(2).picture, ending=Ending.FINISHED),
            0,
            "The steps of this picture no longer exist. Generate it again to branch from one of them.",
        ),
        (developed(recipe=STILL), 10, "The run has no steps after this one. Choose an earlier step."),
        (developed(recipe=STILL.with_values(model="dreams")), 3, "The model of this run is no longer available. Open its folder again."),
    ],
)
def test_an_impossible_branch_is_explained(studio, run, after, reason):
    panel = studio.open(run, after)
    studio.timeline.go_to(after)
    assert text(panel, "branch_reason") == reason
    assert text(panel, "branch_changed") == ""
    assert not child(panel, "branch").isEnabled()
    panel.generate()  # Ctrl+Enter
    assert studio.closed == 0
    assert studio.timeline.run is run
    studio.timeline.show(developed(recipe=STILL))
    studio.timeline.go_to(3)
    assert text(panel, "branch_reason") == ""
    assert child(panel, "branch").isEnabled()


def test_a_branch_with_more_embeddings_than_a_recipe_may_have_is_refused(qtbot, studio, theme, tmp_path):
    names = [f"toy{number}" for number in range(33)]
    run = developed(recipe=STILL.with_values(embeddings=tuple(Adapter(name) for name in names)))
    known = Embeddings(AdapterLibrary([], [], tmp_path / "adapters.json"), Notices())
    studio.panel = BranchPanel(studio.timeline, studio.generation, theme, studio.history, known)
    qtbot.addWidget(studio.panel)
    panel = studio.open(run, 3)
    write(panel, "branch_prompt", ", ".join(reversed(names)))
    refused = "The prompts name 33 embeddings; at most 32 can work together. Remove some of their names."
    assert text(panel, "branch_reason") == refused
    panel.generate()
    assert studio.timeline.run is run
    write(panel, "branch_prompt", ", ".join(names[:32]))
    assert text(panel, "branch_reason") == ""


def test_refining_is_explained(qtbot, studio):
    panel = studio.open(developed(10, done=4, recipe=STILL), 3)
    press(qtbot, panel, "way_refine")
    assert text(panel, "branch_reason") == "Only a finished picture can be refined. Finish the run first."
    assert not child(panel, "branch_prompt").isVisible()
    studio.open(developed(recipe=STILL), 0, refine=True)
    assert text(panel, "branch_reason") == "The starting noise contains nothing of the picture. Choose a later step."
    studio.timeline.go_to(6)
    assert text(panel, "branch_reason") == ""
    assert "Adds the noise of step 6" in text(panel, "branch_effect")
    assert child(panel, "branch", QPushButton).text().startswith("Refine")
    assert child(panel, "refine_seed").digits
    press(qtbot, panel, "way_branch")
    assert child(panel, "branch_prompt").isVisible()
    assert child(panel, "branch", QPushButton).text().startswith("Branch")


def test_prompts_use_the_token_meter_and_vocabulary_of_the_runs_model(studio):
    class Meter:
        names = embeddings.NONE

        def count(self, prompt: str) -> TokenCount:
            return TokenCount(len(prompt.split()), 77, None)

    known, other = Model("starter", Path("/starter"), vocabulary=WORDS), Model("other", Path("/other"))
    panel = studio.open(developed(recipe=STILL.with_values(prompt="a purple mouse")), 3)
    panel.set_models([known, other])
    panel.set_meter(Meter(), known)
    assert child(panel, "branch_tokens", QLabel).text() == "3 / 77"
    assert "purple" in child(panel, "branch_unknown_words").text()
    studio.timeline.show(developed(recipe=STILL.with_values(prompt="a purple rocket", model="other")))
    assert child(panel, "branch_tokens", QLabel).text() == ""  # the meter counts as another model reads
    assert not child(panel, "branch_unknown_words").isVisibleTo(panel)


def test_a_setting_that_the_runs_model_does_not_use_is_disabled_and_says_so(studio):
    panel = studio.open(developed(recipe=STILL), 3)
    prompt = child(panel, "branch_negative_prompt")
    assert prompt.isEnabled()
    panel.set_models([Model("starter", Path("/starter"), traits=Traits(guided=False))])
    assert not prompt.isEnabled()
    assert prompt.accessibleDescription() == "This model does not use this setting."


def test_every_control_has_a_name_and_an_explanation_in_both_languages(studio, qapp):
    panel, language = studio.open(developed(recipe=STILL), 3), Language()
    try:
        for spoken in ("zh_CN", "en"):
            language.install(qapp, spoken)
            QApplication.processEvents()
            controls = [
                each
                for each in panel.findChildren(QWidget)
                if each.focusPolicy() & Qt.FocusPolicy.TabFocus
                and not isinstance(each.parent(), QAbstractSpinBox)
                and not isinstance(each, QAbstractItemView)
            ]
            assert len(controls) > 12
            for control in controls:
                assert control.accessibleName(), control.objectName()
                assert control.accessibleDescription().endswith((".", "。")), control.objectName()
    finally:
        language.install(qapp, "en")


def test_it_fits_a_low_window(studio):
    panel = studio.open(developed(recipe=STILL), 3)
    panel.resize(panel.width(), 600)
    QApplication.processEvents()
    assert panel.minimumSizeHint().height() <= 600
    bottom = child(panel, "branch").mapTo(panel, child(panel, "branch").rect().bottomLeft()).y()
    assert bottom < 600
    assert not child(panel, "branch_scroll", QScrollArea).verticalScrollBar().isVisible()


# -- closing


def test_esc_closes_it_and_does_not_stop_the_run(qtbot, studio):
    window, stopped = QWidget(), []
    qtbot.addWidget(window)
    stop = QAction(window)
    stop.setShortcut(QKeySequence("Esc"))
    stop.triggered.connect(lambda: stopped.append(True))
    window.addAction(stop)
    studio.panel.setParent(window)
    window.show()
    panel = studio.open(developed(recipe=STILL), 3)
    for name in ("branch_prompt", "branch_step", "branch_guidance_scale", "branch_sampler", "branch_cancel"):
        panel.show()
        before = studio.closed
        child(panel, name).setFocus()
        qtbot.keyClick(child(panel, name), Qt.Key.Key_Escape)
        assert studio.closed == before + 1, name
    assert stopped == []
    studio.panel.setParent(None)


def test_closing_keeps_changes_for_the_same_run_only(qtbot, studio):
    run = developed(recipe=STILL)
    panel = studio.open(run, 3)
    write(panel, "branch_prompt", "a red mouse")
    press(qtbot, panel, "branch_cancel")
    assert not panel.isVisible()
    studio.open(run, 5)
    assert settings(panel)[0] == "a red mouse"
    press(qtbot, panel, "branch_cancel")
    studio.open(developed(recipe=STILL.with_values(prompt="a rocket")), 3)
    assert settings(panel)[0] == "a rocket"


# -- what comes of it


@pytest.mark.slow
async def test_a_branch_without_changes_equals_its_parent(qtbot, studio):
    parent = await studio.made(RECIPE)
    panel = studio.open(parent, 2)
    press(qtbot, panel, "branch")
    assert studio.closed == 1
    branch = await studio.finished()
    assert branch is not parent
    assert (branch.parent, branch.branched_after, branch.recipe) == (parent.id, 2, RECIPE)
    assert same(branch, parent)


@pytest.mark.slow
async def test_a_branch_is_generated_with_the_changes_and_shown(qtbot, studio):
    parent = await studio.made(RECIPE)
    panel = studio.open(parent, 3)
    write(panel, "branch_prompt", "a red rocket")
    child(panel, "branch_guidance_scale").setValue(2.5)
    qtbot.keyClicks(child(panel, "branch_noise_seed"), "77")
    panel.generate()
    branch = await studio.finished()
    assert branch.recipe.turns == (Turn(3, {"prompt": "a red rocket", "guidance_scale": 2.5, "noise_seed": 77}),)
    assert [step.snapshot for step in branch.steps[:4]] == [step.snapshot for step in parent.steps[:4]]
    assert branch.picture != parent.picture
    assert "a red rocket" in studio.history.prompts
    studio.open(parent, 3)  # what was used is no longer waiting
    assert settings(panel) == ("a mouse", "blurry", "Euler a", 3.5, "")


@pytest.mark.slow
async def test_a_branch_of_a_branch_without_changes_at_its_branching_point_equals_it(studio):
    """What it did at that very step, it does again, another noise included; an earlier or other step has nothing of it."""
    parent = await studio.made(RECIPE)
    first = studio.generation.branch(parent, 3, {"prompt": "a red rocket", "noise_seed": 77})
    await studio.finished()
    panel = studio.open(first, 3)
    assert settings(panel)[0] == "a red rocket"
    assert "No changes" in text(panel, "branch_changed")
    panel.generate()
    assert same(await studio.finished(), first)
    studio.open(first, 2)
    assert settings(panel)[0] == "a mouse"
    panel.generate()
    assert same(await studio.finished(), parent)


@pytest.mark.slow
async def test_the_finished_picture_is_refined_from_the_chosen_step(studio):
    parent = await studio.made(RECIPE)
    panel = studio.open(parent, 4, refine=True)
    seed = int(child(panel, "refine_seed").digits)
    panel.generate()
    assert studio.closed == 1
    refined = await studio.finished()
    assert refined.recipe.turns == (Turn(4, {"refine": seed}),)
    assert refined.picture != parent.picture
    assert child(panel, "refine_seed").digits != str(seed)  # the next press is another variation
    studio.open(refined, 4)
    assert "the refinement that starts here is removed" in text(panel, "branch_changed")


@pytest.mark.slow
async def test_refining_with_an_empty_seed_uses_a_random_one(qtbot, studio):
    parent = await studio.made(RECIPE)
    panel = studio.open(parent, 4, refine=True)
    child(panel, "refine_seed").selectAll()
    qtbot.keyClick(child(panel, "refine_seed"), Qt.Key.Key_Delete)
    assert child(panel, "refine_seed").digits == ""
    panel.generate()
    refined = await studio.finished()
    assert refined.recipe.turns[0].changes["refine"] > 0


@pytest.mark.slow
async def test_a_running_run_pauses_while_its_branch_is_generated(studio):
    studio.generation.generate(RECIPE.with_values(steps=30))
    await studio.until(lambda: len(studio.timeline.steps) > 4)
    parent = studio.timeline.run
    panel = studio.open(parent, 3)
    assert studio.generation.phase is Phase.DENOISING
    assert "The current run pauses meanwhile." in text(panel, "branch_effect")
    write(panel, "branch_prompt", "a red rocket")
    panel.generate()
    branch = studio.timeline.run
    assert branch.parent == parent.id
    await studio.until(lambda: branch.path)
    assert parent.path is None  # the branch went first
    await studio.until(lambda: parent.path)
    assert studio.timeline.run is branch
