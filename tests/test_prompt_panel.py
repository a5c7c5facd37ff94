"""The prompt panel, used with keys and mouse: typing, choosing, Generate."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QTextCharFormat
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QTreeWidget,
    QWidget,
)

from desktop.diffusion import samplers
from desktop.diffusion.families import (
    DDPM,
    DEEPFLOYD_IF,
    DEEPFLOYD_IF_SECOND,
    FLUX_2_KLEIN,
    STABLE_DIFFUSION_XL,
    STABLE_DIFFUSION_XL_REFINER,
)
from desktop.diffusion.families.description import Traits
from desktop.diffusion.fields import MOST_SEED
from desktop.diffusion.recipe import Recipe, Size
from desktop.diffusion.run import Previews, Run
from desktop.diffusion.samplers import SAMPLERS
from desktop.errors import ModelMissing
from desktop.library.drafts import Drafts, DraftsFile, Waiting
from desktop.library.models import BY_FILES, Model
from desktop.library.tokens import TokenCount
from desktop.library.vocabulary import Phrase, Vocabulary
from desktop.studio.generation import Generation, Job
from desktop.studio.prompt_history import PromptHistory
from desktop.ui.create.prompt_panel import PromptPanel
from desktop.ui.language import Language
from desktop.ui.theme import Theme
from desktop.ui.widgets.prompt_edit import PromptEdit
from desktop.ui.widgets.seed_field import grouped
from desktop.ui.widgets.vocabulary_dialog import VocabularyDialog
from tests.prompting import LARGE, PROMPTS, STARTER, Noting, child, choose, panel_of, retype

GONE = Model("gone", Path("/models/gone"), problem=ModelMissing(folder="/models/gone"))


class Words:
    """A meter for which every word is a token and five fit."""

    def count(self, prompt: str) -> TokenCount:
        words = prompt.split()
        return TokenCount(len(words), 5, len(" ".join(words[:5])) if len(words) > 5 else None)


@pytest.fixture
def generation(qapp) -> Noting:
    return Noting()


@pytest.fixture
def history() -> PromptHistory:
    return PromptHistory(["an old prompt"])


@pytest.fixture
def panel(qtbot, theme: Theme, generation: Generation, history: PromptHistory) -> PromptPanel:
    panel = panel_of(generation, theme, history)
    qtbot.addWidget(panel)
    panel.set_models([STARTER, LARGE, GONE], "starter")
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def test_what_is_typed_and_chosen_becomes_the_recipe(qtbot, panel: PromptPanel, generation: Noting, history: PromptHistory):
    qtbot.keyClicks(panel.prompt, "a red fox")
    qtbot.keyClicks(panel.negative_prompt, "blurry")
    choose(child(panel, QComboBox, "sampler"), "DPM++ 2M Karras")
    retype(qtbot, child(panel, QSpinBox, "steps"), "25")
    retype(qtbot, child(panel, QWidget, "guidance_scale"), "7,5")
    retype(qtbot, child(panel, QWidget, "seed"), "12 345")
    retype(qtbot, child(panel, QSpinBox, "pictures"), "3")
    with qtbot.waitSignal(panel.requested):
        qtbot.mouseClick(child(panel, QPushButton, "generate"), Qt.MouseButton.LeftButton)
    assert generation.asked == [
        (
            "generate",
            Recipe.of(
                prompt="a red fox",
                negative_prompt="blurry",
                model="starter",
                sampler="DPM++ 2M Karras",
                steps=25,
                guidance_scale=7.5,
                width=128,
                height=128,
                seed=12345,
            ),
            3,
        )
    ]
    assert history.prompts[-1] == "a red fox"


def test_a_recipe_is_shown_and_returned_unchanged(panel: PromptPanel):
    recipe = Recipe.of(
        prompt="一只狐狸",
        negative_prompt="模糊",
        model="starter",
        sampler="UniPC",
        steps=12,
        guidance_scale=3.5,
        width=192,
        height=128,
        seed=MOST_SEED,
    )
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe


def test_an_unknown_model_or_sampler_keeps_the_chosen_one(panel: PromptPanel):
    panel.set_recipe(Recipe.of(prompt="fox", model="elsewhere", sampler="Magic"))
    assert (panel.recipe().model.name, panel.recipe().sampling.sampler, panel.recipe().prompt.text) == ("starter", "DDIM", "fox")


def test_drafts_hold_text_settings_and_queue(panel: PromptPanel, generation: Generation):
    drafts = Drafts(Recipe.of(prompt="fox", seed=5), seed_locked=True, pictures=4, history=("an old prompt",))
    panel.restore(drafts)
    drafts = replace(drafts, settings={"/models/starter": {"width": 256, "height": 256}})  # where 128 px would suit it
    assert panel.drafts() == drafts
    generation.hold([Job(Run(Recipe.of(prompt="next")), 2)])
    [job] = generation.up_next
    assert panel.drafts() == replace(drafts, up_next=(Waiting(Recipe.of(prompt="next"), 2, job.run.id),))


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda panel, qtbot: qtbot.keyClicks(panel.prompt, "x"),
        lambda panel, qtbot: qtbot.keyClicks(panel.negative_prompt, "x"),
        lambda panel, qtbot: qtbot.keyClick(child(panel, QSpinBox, "steps"), Qt.Key.Key_Up),
        lambda panel, qtbot: qtbot.keyClick(child(panel, QComboBox, "sampler"), Qt.Key.Key_Down),
        lambda panel, qtbot: qtbot.mouseClick(child(panel, QToolButton, "seed_lock"), Qt.MouseButton.LeftButton),
        lambda panel, qtbot: qtbot.mouseClick(child(panel, QToolButton, "seed_random"), Qt.MouseButton.LeftButton),
        lambda panel, qtbot: retype(qtbot, panel.findChild(QWidget, "size_text"), "64x64"),
    ],
    ids=["prompt", "negative", "steps", "sampler", "lock", "die", "size"],
)
def test_every_change_emits_edited(qtbot, panel: PromptPanel, change):
    with qtbot.waitSignal(panel.edited):
        change(panel, qtbot)


# -- the seed


def seeds_made(generation: Noting) -> list[int]:
    return [recipe.sampling.seed for _, recipe, *_ in generation.asked]


def test_the_seed_is_random_until_it_is_locked_which_keeps_that_of_the_last_picture(qtbot, panel: PromptPanel, generation: Noting):
    seed, lock = child(panel, QLineEdit, "seed"), child(panel, QToolButton, "seed_lock")
    panel.prompt.set_text("a fox")
    panel.generate()
    panel.generate()
    first, second = seeds_made(generation)
    assert first != second
    assert (seed.text(), seed.placeholderText(), lock.isChecked()) == ("", "Random", False)
    qtbot.mouseClick(lock, Qt.MouseButton.LeftButton)
    assert seed.text() == grouped(str(second))
    panel.generate()
    assert seeds_made(generation)[-1] == second
    qtbot.mouseClick(lock, Qt.MouseButton.LeftButton)
    assert seed.text() == ""
    panel.generate()
    assert seeds_made(generation)[-1] != second


def test_a_seed_that_was_typed_rolled_or_restored_is_locked(qtbot, panel: PromptPanel):
    seed, lock = child(panel, QLineEdit, "seed"), child(panel, QToolButton, "seed_lock")
    qtbot.keyClicks(seed, "12")
    assert lock.isChecked()
    seed.clear()
    qtbot.keyClicks(seed, "3")
    qtbot.keyClick(seed, Qt.Key.Key_Backspace)
    assert not lock.isChecked()
    qtbot.mouseClick(child(panel, QToolButton, "seed_random"), Qt.MouseButton.LeftButton)
    assert (lock.isChecked(), seed.text()) == (True, grouped(str(panel.recipe().sampling.seed)))
    panel.unlock_seed()
    panel.set_recipe(Recipe.of(seed=7))
    assert (lock.isChecked(), seed.text()) == (True, "7")


def test_a_seed_is_grouped_and_never_too_large(qtbot, panel: PromptPanel):
    seed = child(panel, QWidget, "seed")
    qtbot.keyClick(seed, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(seed, "004294967295")
    assert seed.text() == "4\N{NO-BREAK SPACE}294\N{NO-BREAK SPACE}967\N{NO-BREAK SPACE}295"
    qtbot.keyClicks(seed, "9x")
    assert panel.recipe().sampling.seed == MOST_SEED


def test_the_random_seed_of_the_next_picture_is_known_and_kept_in_the_drafts(panel: PromptPanel):
    panel.restore(Drafts(Recipe.of(prompt="fox", seed=5), seed_locked=False))
    assert panel.recipe().sampling.seed == 5
    assert (panel.drafts().recipe.sampling.seed, panel.drafts().seed_locked) == (5, False)
    assert child(panel, QLineEdit, "seed").text() == ""


# -- the size


@pytest.mark.slow
def test_any_allowed_size_can_be_typed(qtbot, panel: PromptPanel):
    retype(qtbot, panel.findChild(QWidget, "size_text"), "96x160")
    assert (panel.recipe().size.width, panel.recipe().size.height) == (96, 160)
    assert "multiples" not in child(panel, QLabel, "size_remark").accessibleName()


@pytest.mark.parametrize(("typed", "becomes"), [("100x129", (104, 128)), ("1x99999", (64, 512)), ("big", (128, 128))])
def test_another_size_becomes_the_nearest_with_a_remark(qtbot, panel: PromptPanel, typed: str, becomes: tuple[int, int]):
    remark = child(panel, QLabel, "size_remark")
    retype(qtbot, panel.findChild(QWidget, "size_text"), typed)
    assert (panel.recipe().size.width, panel.recipe().size.height) == becomes
    assert remark.accessibleName().startswith(("Width and height must be multiples of 8", "Type a size such as"))
    retype(qtbot, panel.findChild(QWidget, "size_text"), "128 128")
    assert remark.text() == ""


def test_a_size_other_than_the_trained_one_has_a_remark_in_room_kept_for_it(qtbot, panel: PromptPanel):
    remark, below = child(panel, QLabel, "size_remark"), child(panel, QWidget, "sampling_section")
    place = below.pos()
    assert remark.text() == ""
    retype(qtbot, panel.findChild(QWidget, "size_text"), "192x128")
    assert remark.accessibleName() == "Trained at 128 × 128: other sizes can look distorted."
    panel.choose_model("large")
    assert remark.accessibleName() == ""
    retype(qtbot, panel.findChild(QWidget, "size_text"), "192x128")
    assert remark.accessibleName().startswith("Trained at 512 × 512")
    assert below.pos() == place
    retype(qtbot, panel.findChild(QWidget, "size_text"), "512x512")
    assert remark.text() == ""


def test_ratios_choose_a_size_and_sides_can_be_swapped(qtbot, panel: PromptPanel):
    qtbot.mouseClick(child(panel, QPushButton, "ratio_4_3"), Qt.MouseButton.LeftButton)
    wide = panel.recipe().size
    assert wide.width > wide.height
    child(panel, QToolButton, "swap_sides").click()
    tall = panel.recipe().size
    assert (tall.width, tall.height) == (wide.height, wide.width)
    assert child(panel, QPushButton, "ratio_3_4").isChecked()
    assert not child(panel, QPushButton, "ratio_4_3").isChecked()
    retype(qtbot, panel.findChild(QWidget, "size_text"), "96x64")
    assert not any(button.isChecked() for button in child(panel, QWidget, "ratios").findChildren(QPushButton))


# -- the model


def test_a_model_that_was_never_used_starts_with_what_suits_it(qtbot, panel: PromptPanel):
    retype(qtbot, child(panel, QWidget, "guidance_scale"), "3")
    retype(qtbot, panel.findChild(QWidget, "size_text"), "96x64")
    with qtbot.waitSignal(panel.model_changed) as chosen:
        panel.choose_model("large")
    assert chosen.args == [LARGE]
    recipe = panel.recipe()
    assert (recipe.size.width, recipe.sampling.sampler, recipe.sampling.guidance_scale) == (512, "Euler", 7.5)


def test_a_model_is_announced_however_it_was_chosen(panel: PromptPanel):
    announced = []
    panel.model_changed.connect(announced.append)
    panel.set_recipe(Recipe.of(model="large"))
    panel.set_models([STARTER, LARGE, GONE], "large")
    panel.set_models([STARTER, LARGE, GONE], "starter")
    assert announced == [LARGE, STARTER]


def test_unfit_samplers_are_disabled_with_a_reason(panel: PromptPanel):
    panel.choose_model("large")
    items = child(panel, QComboBox, "sampler").model()
    unfit = [items.item(row).text() for row in range(items.rowCount()) if not items.item(row).isEnabled()]
    assert unfit == [sampler.name for sampler in SAMPLERS if samplers.unfit(sampler, LARGE.traits)]
    (pndm,) = items.findItems("PNDM")
    assert "it does not support the prediction type of this model" in pndm.toolTip()
    assert "it does not support the prediction type of this model" in pndm.accessibleText()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_an_opened_list_starts_at_the_chosen_entry(panel: PromptPanel):
    sampler = child(panel, QComboBox, "sampler")
    sampler.showPopup()
    sampler.view().setCurrentIndex(sampler.model().index(4, 0))
    sampler.hidePopup()  # as Esc does
    sampler.showPopup()
    assert sampler.view().currentIndex().row() == sampler.currentIndex()
    sampler.hidePopup()


def test_a_setting_that_the_model_does_not_use_is_not_there(qtbot, panel: PromptPanel):
    distilled = Model("distilled", Path("/models/distilled"), size=128, traits=Traits(guided=False))
    panel.set_models([STARTER, distilled], "starter")
    section = child(panel, QWidget, "negative_prompt_section")
    assert section.isVisible()
    panel.choose_model("distilled")
    assert not section.isVisible()
    panel.choose_model("starter")
    assert section.isVisible()


def test_a_sampler_that_the_new_model_cannot_use_is_replaced_with_a_message(panel: PromptPanel):
    choose(child(panel, QComboBox, "sampler"), "PNDM")
    panel.choose_model("large")
    assert panel.recipe().sampling.sampler == "Euler"
    assert "PNDM" in child(panel, QLabel, "message").text()


def test_an_unusable_model_cannot_be_chosen_by_a_recipe(panel: PromptPanel):
    panel.set_recipe(Recipe.of(model="gone"))
    assert panel.model == STARTER


# -- tokens


def test_tokens_are_counted_while_typing_and_the_rest_is_greyed(qtbot, panel: PromptPanel):
    tokens = child(panel, QLabel, "tokens")
    qtbot.keyClicks(panel.prompt, "a fox")
    assert tokens.text() == ""
    panel.set_meter(Words())
    assert tokens.text() == "2 / 5"
    qtbot.keyClicks(panel.prompt, " is playing guitar of")
    assert tokens.text() == "6 / 5"
    (beyond,) = panel.prompt.extraSelections()
    assert beyond.cursor.selectedText() == " of"


def test_a_chinese_prompt_has_a_warning_if_the_model_does_not_understand_it(panel: PromptPanel):
    line, below = child(panel, QLabel, "unknown_words"), child(panel, QWidget, "negative_prompt_section")
    place = below.pos()
    panel.prompt.set_text("一只狐狸")
    assert line.text() == ""
    panel.choose_model("large")
    assert line.accessibleName() == "This model does not understand Chinese. Write the prompt in English."
    assert below.pos() == place


FLOW = Model(
    "flow",
    Path("/models/flow"),
    family=FLUX_2_KLEIN,
    traits=FLUX_2_KLEIN.traits("", {}),
    steps=4,
    guidance=1.0,
    sampler="Euler",
    source=BY_FILES,
)
UNPROMPTED = Model("faces", Path("/models/faces"), family=DDPM, traits=DDPM.traits("", {}), size=64, multiple=64, sampler="DDPM")


def test_what_a_model_does_not_read_is_said_under_the_prompt(qtbot, panel: PromptPanel, generation: Noting):
    panel.set_models([STARTER, LARGE, FLOW, UNPROMPTED], "flow")
    line = child(panel, QLabel, "unknown_words")
    panel.prompt.set_text("a (red:1.5) fox")
    assert line.accessibleName() == "This model reads weights such as (word:1.2) as plain text."
    panel.prompt.set_text("一只狐狸")
    assert line.accessibleName() == "It is not known how well this model understands Chinese. English is the safe choice."
    panel.choose_model("faces")
    panel.prompt.set_text("")
    assert line.accessibleName() == "This model makes pictures without a prompt."
    assert not panel.prompt.isEnabled()
    qtbot.mouseClick(child(panel, QPushButton, "generate"), Qt.MouseButton.LeftButton)
    assert [(recipe.model.name, recipe.size.width) for _, recipe, _ in generation.asked] == [("faces", 64)]


def test_the_negative_prompt_is_grey_while_it_has_no_effect(qtbot, panel: PromptPanel):
    guidance, reason = child(panel, QWidget, "guidance_scale"), child(panel, QLabel, "negative_unknown_words")
    retype(qtbot, guidance, "1")
    assert not panel.negative_prompt.isEnabled()
    assert reason.accessibleName() == "Has no effect while guidance is 1 or less."
    retype(qtbot, guidance, "3")
    assert panel.negative_prompt.isEnabled()
    assert reason.accessibleName() == ""


def test_a_setting_says_what_suits_the_model_and_how_that_is_known(panel: PromptPanel):
    panel.set_models([STARTER, FLOW], "flow")
    assert child(panel, QSpinBox, "steps").toolTip().endswith("Suits this model: 4, recognised by its files.")


def test_a_model_gets_back_the_settings_that_the_user_gave_it(qtbot, theme, tmp_path, panel: PromptPanel):
    panel.set_models([STARTER, LARGE, FLOW], "flow")
    assert panel.recipe().sampling.steps == 4
    retype(qtbot, child(panel, QSpinBox, "steps"), "6")
    panel.choose_model("large")
    choose(child(panel, QComboBox, "sampler"), "DDIM")
    retype(qtbot, panel.findChild(QWidget, "size_text"), "640x448")
    panel.choose_model("starter")
    panel.choose_model("flow")
    assert panel.recipe().sampling.steps == 6
    panel.choose_model("starter")
    DraftsFile(tmp_path / "drafts.json").save(panel.drafts())
    drafts, problem = DraftsFile(tmp_path / "drafts.json").load()
    assert problem is None
    assert drafts.settings == {"/models/large": {"sampler": "DDIM", "width": 640, "height": 448}, "/models/flow": {"steps": 6}}

    later = panel_of(Noting(), theme, PromptHistory())  # in the next session
    qtbot.addWidget(later)
    later.set_models([STARTER, LARGE, FLOW], drafts.recipe.model.name)
    later.restore(drafts)
    later.choose_model("large")
    recipe = later.recipe()
    assert (recipe.sampling.sampler, recipe.size.width, recipe.size.height, recipe.sampling.steps) == ("DDIM", 640, 448, LARGE.steps)
    later.choose_model("flow")
    assert later.recipe().sampling.steps == 6


def test_the_chosen_model_and_its_settings_are_right_before_the_list_of_models_is_read(qtbot, theme, panel: PromptPanel):
    panel.choose_model("large")
    retype(qtbot, child(panel, QSpinBox, "steps"), "33")
    drafts = panel.drafts()
    asked = Noting()
    later = panel_of(asked, theme, PromptHistory())  # in the next session
    qtbot.addWidget(later)
    with qtbot.waitSignal(later.model_awaited, check_params_cb=lambda name: name == "large"):
        later.await_models([STARTER], drafts.recipe.model.name)
    later.restore(drafts)
    assert later.recipe() == drafts.recipe
    assert later.drafts().recipe == drafts.recipe
    qtbot.keyClicks(later.prompt, "a fox")
    assert not child(later, QPushButton, "generate").isEnabled()
    later.set_models([STARTER, LARGE], later.model_name)
    assert later.model == LARGE
    assert later.recipe() == drafts.recipe.with_values(prompt="a fox")
    assert child(later, QPushButton, "generate").isEnabled()

    later.await_models([STARTER], "large")
    later.choose_model("starter")  # the user may choose another one meanwhile
    later.set_models([STARTER, LARGE], later.model_name)
    assert later.model == STARTER
    for is_read_late in (True, False):  # the model of the last session is not there any more, and its size does not stay
        later.choose_model("large")
        gone = later.drafts().recipe.with_values(model="gone", width=64, height=64)
        if is_read_late:
            later.await_models([STARTER], "gone")
        later.restore(replace(drafts, recipe=gone))
        later.set_models([STARTER], later.model_name)
        assert later.model == STARTER
        assert later.recipe().size.width == STARTER.recommended["width"] != 64


def test_a_refiner_is_offered_beside_its_base_alone(qtbot, panel: PromptPanel, generation: Noting):
    base = Model("base", Path("/models/base"), family=STABLE_DIFFUSION_XL, size=512)
    refiner = Model("finer", Path("/models/finer"), family=STABLE_DIFFUSION_XL_REFINER, size=512)
    broken = replace(refiner, name="broken", problem=ModelMissing(folder="broken"))
    choice, share = child(panel, QComboBox, "refiner"), child(panel, QSpinBox, "refine_from")
    panel.set_models([STARTER, base], "base")
    assert not choice.isVisible()  # there is none
    panel.set_models([STARTER, base, refiner, broken], "base")
    assert [model.name for model in panel.models] == ["starter", "base"]
    assert [choice.itemText(index) for index in range(choice.count())] == ["none", "finer"]
    assert choice.isVisible()
    assert not share.isVisible()
    choose(choice, "finer")
    assert share.isVisible()
    retype(qtbot, share, "65")
    recipe = panel.recipe()
    assert (recipe.refiner.name, recipe.sampling.refine_from) == ("finer", 65)
    assert panel.drafts().recipe.refiner.name == "finer"

    panel.choose_model("starter")  # which it does not fit
    assert not choice.isVisible()
    assert panel.recipe().refiner.name == ""
    assert not panel.choose_refiner("finer")
    panel.choose_model("base")
    assert panel.choose_refiner("finer")
    panel.set_recipe(recipe.with_values(refiner="gone"))
    assert panel.recipe().refiner.name == ""
    panel.await_models([STARTER], "base")  # at the next start
    panel.set_recipe(recipe)
    assert panel.recipe().refiner.name == "finer"
    panel.set_models([STARTER, base, refiner], panel.model_name)
    assert panel.recipe() == recipe


def test_a_second_stage_makes_its_own_steps(panel: PromptPanel):
    first = Model("first", Path("/models/first"), family=DEEPFLOYD_IF, size=64)
    second = Model("second", Path("/models/second"), family=DEEPFLOYD_IF_SECOND, size=256)
    panel.set_models([STARTER, first, second], "first")
    panel.prompt.set_text("a fox")
    caption, steps = child(panel, QLabel, "refiner_caption"), panel.recipe().sampling.steps
    assert (caption.isVisible(), caption.text()) == (True, "Upscaler")
    assert child(panel, QLabel, "generate_cost").text() == f"{steps} steps"
    assert panel.choose_refiner("second")
    assert child(panel, QLabel, "generate_cost").text() == f"{2 * steps} steps"
    assert not child(panel, QSpinBox, "refine_from").isVisible()  # it makes no steps of the first stage
    assert panel.recipe().size == Size(64, 64)
    assert child(panel, QSpinBox, "pause_after").maximum() == 2 * steps - 1
    branched = panel.recipe().turned(steps + 2, guidance_scale=9.0)
    panel.set_recipe(branched)
    assert panel.recipe() == branched
    panel.set_recipe(panel.recipe().turned(steps - 2, refine=1))
    assert panel.recipe().turns == ()  # the picture was still smaller there


# -- what the model never learned


def underlined(edit: PromptEdit) -> list[str]:
    return [
        mark.cursor.selectedText()
        for mark in edit.extraSelections()
        if mark.format.underlineStyle() == QTextCharFormat.UnderlineStyle.DotLine
    ]


def test_unknown_words_are_underlined_and_listed(panel: PromptPanel):
    line = child(panel, QLabel, "unknown_words")
    panel.prompt.set_text("a (steam:1.2) fox 🦊, 一只赛博狐狸, Steam")
    assert underlined(panel.prompt) == ["steam", "🦊", "赛博", "Steam"]
    assert line.accessibleName() == "Ignored: steam, 🦊, 赛博"
    assert "steam, 🦊, 赛博" in line.text()
    panel.prompt.set_text("a fox")
    assert underlined(panel.prompt) == []
    assert line.text() == ""
    child(panel, QPushButton, "negative_prompt_head").click()
    panel.negative_prompt.set_text("blurry, a fox")
    assert underlined(panel.negative_prompt) == ["blurry"]
    assert child(panel, QLabel, "negative_unknown_words").text() == "Ignored: blurry"


def test_a_long_list_of_unknown_words_is_elided_and_whole_in_the_tooltip(panel: PromptPanel):
    line = child(panel, QLabel, "unknown_words")
    panel.prompt.set_text("cyberpunk steampunk vaporwave brutalism synthesizer")
    assert line.text().startswith("Ignored: cyberpunk, steampunk")
    assert line.text().endswith("…")
    assert "cyberpunk, steampunk, vaporwave, brutalism, synthesizer" in line.toolTip()


def test_the_word_being_typed_is_not_marked(qtbot, panel: PromptPanel):
    line = child(panel, QLabel, "unknown_words")
    qtbot.keyClicks(panel.prompt, "a cyber")
    assert underlined(panel.prompt) == []
    assert line.text() == ""
    qtbot.keyClicks(panel.prompt, " fox")
    assert underlined(panel.prompt) == ["cyber"]
    qtbot.keyClick(panel.prompt, Qt.Key.Key_Backspace)
    assert underlined(panel.prompt) == ["cyber"]  # “fo” may become anything
    qtbot.keyClick(panel.prompt, Qt.Key.Key_Left)  # the cursor was moved: the word is finished
    assert underlined(panel.prompt) == ["cyber", "fo"]


@pytest.mark.parametrize(
    "end",
    [
        lambda panel, qtbot: qtbot.waitSignal(panel.prompt.rested, timeout=5000).wait(),
        lambda panel, qtbot: panel.negative_prompt.setFocus(),
        lambda panel, qtbot: panel.generate(),
    ],
    ids=["a pause", "another field", "Generate"],
)
def test_a_word_is_finished_by(qtbot, panel: PromptPanel, end):
    panel.prompt.setFocus()
    qtbot.waitUntil(panel.prompt.hasFocus)
    qtbot.keyClicks(panel.prompt, "a cyber")
    end(panel, qtbot)
    assert underlined(panel.prompt) == ["cyber"]


def test_pasted_text_is_marked_at_once(qtbot, panel: PromptPanel):
    QApplication.clipboard().setText("a cyber")
    qtbot.keyClick(panel.prompt, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert underlined(panel.prompt) == ["cyber"]


def test_text_beyond_the_limit_is_greyed_but_not_underlined(panel: PromptPanel):
    panel.set_meter(Words())
    panel.prompt.set_text("steam a b fox mouse punk guitar")
    assert underlined(panel.prompt) == ["steam"]
    assert [mark.cursor.selectedText() for mark in panel.prompt.extraSelections()] == ["steam", " punk guitar"]
    assert "punk" not in child(panel, QLabel, "unknown_words").accessibleName()


def test_a_model_without_a_vocabulary_marks_nothing(panel: PromptPanel):
    panel.prompt.set_text("a cyberpunk fox")
    panel.choose_model("large")
    assert underlined(panel.prompt) == []
    assert child(panel, QLabel, "unknown_words").text() == ""
    assert not child(panel, QToolButton, "surprise").isVisible()
    panel.choose_model("starter")
    assert underlined(panel.prompt) == ["cyberpunk"]


# -- surprises


def test_each_surprise_is_different_and_can_be_undone(qtbot, panel: PromptPanel):
    qtbot.keyClicks(panel.prompt, "mine")
    seen = ["mine"]
    for _ in range(12):
        qtbot.mouseClick(child(panel, QToolButton, "surprise"), Qt.MouseButton.LeftButton)
        seen.append(panel.prompt.toPlainText())
        assert seen[-1] != seen[-2]
    assert set(seen[1:]) <= set(PROMPTS["en"])
    assert panel.prompt.hasFocus()
    for before in reversed(seen[:-1]):
        qtbot.keyClick(panel.prompt, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert panel.prompt.toPlainText() == before


def test_a_surprise_has_a_shortcut_and_follows_the_prompt_in_tab_order(qtbot, panel: PromptPanel):
    surprise = child(panel, QToolButton, "surprise")
    panel.prompt.setFocus()
    qtbot.keyClick(panel.prompt, Qt.Key.Key_Tab)
    for before in ("earlier_prompts", "styles_menu"):
        qtbot.keyClick(child(panel, QToolButton, before), Qt.Key.Key_Tab)
    assert surprise.hasFocus()
    qtbot.keyClick(surprise, Qt.Key.Key_Space)
    assert panel.prompt.toPlainText() in PROMPTS["en"]
    assert surprise.hasFocus()
    assert "Ctrl+R" in surprise.toolTip()
    before = panel.prompt.toPlainText()
    qtbot.keyClick(panel.negative_prompt, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel.prompt.toPlainText() != before)


# -- Generate and its menu


def offered(panel: PromptPanel, name: str) -> QAction:
    return next(action for action in panel.findChildren(QAction) if action.objectName() == name)


def test_during_a_run_the_button_adds_to_the_queue_and_nothing_moves(panel: PromptPanel, generation: Noting):
    button, stop = child(panel, QPushButton, "generate"), offered(panel, "more_stop")
    panel.prompt.set_text("a fox")
    place = button.geometry()
    assert not stop.isEnabled()
    generation._job = Job(Run(Recipe()))
    generation.changed.emit()
    assert button.text().startswith("Add to queue")
    assert child(panel, QLabel, "generate_when").text() == "Starts after this run"
    assert button.geometry() == place
    stop.trigger()
    assert generation.asked == [("stop",)]


def test_without_a_prompt_nothing_is_generated(panel: PromptPanel, generation: Noting):
    button, cost = child(panel, QPushButton, "generate"), child(panel, QLabel, "generate_cost")
    assert not button.isEnabled()
    assert cost.accessibleName() == "Describe a picture first."
    panel.generate()  # as the key does
    panel.hold()
    assert (generation.asked, generation.up_next) == ([], [])
    panel.prompt.set_text("a fox")
    assert button.isEnabled()
    assert cost.accessibleName() == "50 steps"


def test_generate_stays_where_it_is_while_text_and_window_grow(qtbot, panel: PromptPanel):
    panel.resize(320, 500)
    button = child(panel, QPushButton, "generate")
    before = button.mapTo(panel, QPoint())
    panel.prompt.set_text("a steam punk fox\n" * 12)
    panel.negative_prompt.set_text("blurry\n" * 9)
    for head in ("negative_prompt_head", "advanced_head"):
        child(panel, QPushButton, head).click()
    QApplication.processEvents()
    assert button.mapTo(panel, QPoint()) == before


def test_choices_in_braces_make_a_picture_of_each(panel: PromptPanel, generation: Noting, history: PromptHistory):
    panel.prompt.set_text("a {red|blue} {fox|mouse}")
    assert child(panel, QLabel, "generate_cost").accessibleName() == "4 prompts · 200 steps"
    panel.generate()
    made = [recipe for _, recipe, *_ in generation.asked]
    assert [recipe.prompt.text for recipe in made] == ["a red fox", "a red mouse", "a blue fox", "a blue mouse"]
    assert len({recipe.sampling.seed for recipe in made}) == 1
    assert history.prompts[-1] == "a {red|blue} {fox|mouse}"
    panel.prompt.set_text("{1|2|3|4|5|6|7|8|9|10}" * 3)
    assert not child(panel, QPushButton, "generate").isEnabled()
    panel.generate()
    assert len(generation.asked) == 4


def test_each_line_of_the_prompts_dialog_becomes_a_picture(qtbot, panel: PromptPanel, generation: Noting):
    panel.prompt.set_text("a fox")
    offered(panel, "more_prompts").trigger()
    dialog, text = child(panel, QDialog, "prompts"), child(panel, QPlainTextEdit, "prompt_lines")
    start, note = child(panel, QPushButton, "start_prompts"), child(panel, QLabel, "prompts_note")
    assert text.toPlainText() == "a fox"
    text.setPlainText(" ")
    assert (start.isEnabled(), note.text()) == (False, "Write at least one prompt.")
    text.setPlainText("{1|2|3|4|5|6|7|8|9|10|11}" * 2)
    assert (start.isEnabled(), note.text()) == (False, "These are more than 100 prompts. Remove some.")
    text.setPlainText("a {red|blue} fox\n\n  a mouse\na mouse")
    assert note.text() == "3 prompts"
    start.click()
    assert [recipe.prompt.text for _, recipe, *_ in generation.asked] == ["a red fox", "a blue fox", "a mouse"]
    assert len(set(seeds_made(generation))) == 1
    assert not dialog.isVisible()
    assert panel.prompt.toPlainText() == "a fox"


def test_a_grid_makes_a_picture_of_each_combination(panel: PromptPanel, generation: Noting):
    panel.set_recipe(Recipe.of(prompt="a fox", steps=10, seed=5))
    offered(panel, "more_grid").trigger()
    child(panel, QLineEdit, "grid_columns_steps").setText("4, 8")
    child(panel, QLineEdit, "grid_rows_guidance_scale").setText("2")
    child(panel, QPushButton, "start_grid").click()
    assert generation.asked == [("generate_each", *(panel.recipe().with_values(steps=steps, guidance_scale=2.0) for steps in (4, 8)))]


def test_pictures_may_pause_after_a_step(qtbot, panel: PromptPanel, generation: Noting):
    panel.prompt.set_text("a fox")
    offered(panel, "more_pause").trigger()
    pause = child(panel, QSpinBox, "pause_after")
    assert pause.hasFocus()
    retype(qtbot, pause, "14")
    assert child(panel, QLabel, "advanced_value").accessibleName() == ""  # it is open
    child(panel, QPushButton, "advanced_head").click()
    assert child(panel, QLabel, "advanced_value").accessibleName() == "pauses after step 14"
    panel.generate()
    assert generation.asked[-1][2:] == (1, 14)
    retype(qtbot, child(panel, QSpinBox, "steps"), "10")
    panel.generate()
    assert generation.asked[-1][2:] == (1, 9)


def test_a_press_can_be_held_in_the_queue(panel: PromptPanel, generation: Noting):
    panel.prompt.set_text("a {red|blue} fox")
    offered(panel, "more_hold").trigger()
    assert [job.recipe.prompt.text for job in generation.up_next] == ["a red fox", "a blue fox"]
    assert generation.holding
    assert generation.asked == []


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_earlier_prompts_can_be_chosen(panel: PromptPanel, history: PromptHistory):
    history.remember("a fox & a mouse")
    child(panel, QToolButton, "earlier_prompts").click()
    newest, old = (action for menu in child(panel, QToolButton, "earlier_prompts").findChildren(QMenu) for action in menu.actions())
    assert (newest.text(), old.text()) == ("a fox && a mouse", "an old prompt")
    newest.trigger()
    assert panel.prompt.toPlainText() == "a fox & a mouse"
    newest.parent().close()


def test_sections_fold_and_say_their_value(panel: PromptPanel):
    panel.set_models([replace(STARTER, steps=50)], "starter")
    child(panel, QPushButton, "preset_quick").click()
    assert panel.recipe().sampling.steps == 12
    sampling = child(panel, QPushButton, "sampling_head")
    sampling.click()
    assert not child(panel, QSpinBox, "steps").isVisible()
    assert child(panel, QLabel, "sampling_value").accessibleName() == "Quick · 12 steps"
    assert sampling.accessibleName() == "Sampling: Quick · 12 steps"
    sampling.click()
    child(panel, QSlider, "steps_slider").setValue(31)
    assert panel.recipe().sampling.steps == 31
    assert not any(child(panel, QPushButton, f"preset_{name}").isChecked() for name in ("quick", "balanced", "fine"))


def test_in_a_small_window_the_sections_give_way(panel: PromptPanel):
    panel.make_room(True)
    assert not child(panel, QPushButton, "ratio_1_1").isVisible()
    assert child(panel, QLabel, "size_value").accessibleName() == "128 × 128"
    panel.make_room(False)
    assert child(panel, QPushButton, "ratio_1_1").isVisible()


def test_the_menu_opens_the_dialog_for_several_seeds(qtbot, panel: PromptPanel, generation: Noting):
    generation.previews = Previews.FAST
    panel.set_recipe(Recipe.of(prompt="a {fox|cat}", steps=20, seed=5))
    panel.restore(replace(panel.drafts(), seed_locked=False))
    seeds = offered(panel, "more_seeds")
    assert seeds.text() == "Try several seeds…\tCtrl+Shift+Return"
    seeds.trigger()
    dialog = child(panel, QDialog, "seeds")
    assert dialog.isVisible()
    assert not dialog.isModal()
    with qtbot.assertNotEmitted(panel.requested):  # the seeds are shown, not the canvas
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert generation.asked == [("triage", Recipe.of(prompt="a fox", steps=20, seed=5), [5, 6, 7, 8, 9, 10, 11, 12], 12)]
    assert not dialog.isVisible()
    assert panel.recipe().sampling.seed != 5
    child(panel, QToolButton, "seed_lock").click()
    kept = panel.recipe().sampling.seed
    panel.ask_seeds()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert panel.recipe().sampling.seed == kept


def test_open_dialogs_follow_the_panel(qtbot, panel: PromptPanel, generation: Generation):
    generation.previews = Previews.FAST
    panel.prompt.set_text("a fox")
    panel.ask_seeds()
    panel.ask_twin()
    retype(qtbot, child(panel, QSpinBox, "steps"), "30")
    assert child(panel, QLabel, "triage_of").text() == "of 30"
    assert child(panel, QLineEdit, "this_steps").text() == "30"
    seed = child(panel, QLineEdit, "seed")
    seed.clear()
    qtbot.keyClicks(seed, "12")
    assert child(panel, QLineEdit, "this_seed").text() == "12"
    assert panel.recipe().sampling.seed == 12


def test_the_menu_opens_the_twins_dialog_with_the_same_token_meter(qtbot, panel: PromptPanel, generation: Noting):
    panel.set_meter(Words())
    panel.set_recipe(Recipe.of(prompt="a fox"))
    offered(panel, "more_twins").trigger()
    dialog = child(panel, QDialog, "twins")
    other = child(panel, QPlainTextEdit, "twin_prompt")
    qtbot.keyClicks(other, " of steam")
    assert child(panel, QLabel, "twin_tokens").text() == "4 / 5"
    before = panel.recipe()
    with qtbot.waitSignal(panel.requested):
        child(panel, QPushButton, "start_twins").click()
    assert generation.asked == [("twins", before, before.with_values(prompt=other.toPlainText()))]
    assert not dialog.isVisible()
    panel.set_meter(None)
    assert child(panel, QLabel, "twin_tokens").text() == ""


# -- help


def test_the_first_start_has_a_prompt(panel: PromptPanel):
    panel.set_models([replace(STARTER, size=256)], "starter")
    panel.restore(Drafts())
    assert (panel.recipe().size.width, panel.recipe().size.height) == (256, 256)
    assert panel.recipe().prompt.text == PROMPTS["en"][0]
    assert panel.recipe().sampling.seed != Recipe().sampling.seed


def test_tab_goes_through_the_panel_from_top_to_bottom(panel: PromptPanel):
    panel.prompt.set_text("a fox")
    for head in ("negative_prompt_head", "advanced_head"):
        child(panel, QPushButton, head).click()
    panel.prompt.setFocus()
    passed = []
    while (name := QApplication.focusWidget().objectName()) not in passed:
        passed.append(name)
        panel.focusNextChild()
    assert passed == [
        *("prompt", "earlier_prompts", "styles_menu", "surprise", "negative_prompt_head", "negative_prompt"),
        *("lora_head", "add_lora"),
        *("size_head", "size", "swap_sides", "ratio_1_1"),
        *("sampling_head", "preset_quick", "sampler", "steps", "guidance_scale", "advanced_head", "pause_after"),
        *("seed", "seed_random", "seed_lock", "pictures", "generate", "more_ways"),
    ]


def test_every_control_explains_itself(qtbot, panel: PromptPanel, generation: Generation):
    generation.hold([Job(Run(Recipe.of(prompt="one")))])
    controls = [widget for kind in (QPlainTextEdit, QComboBox, QSpinBox, QPushButton, QToolButton) for widget in panel.findChildren(kind)]
    silent = [widget.objectName() for widget in controls if not (widget.toolTip() and widget.accessibleName() and widget.objectName())]
    assert silent == []
    captions = {label.buddy().objectName() for label in panel.findChildren(QLabel) if label.buddy()}
    assert captions >= {"prompt", "negative_prompt", "sampler", "steps", "guidance_scale", "seed", "pictures"}


def test_the_language_changes_while_the_panel_is_open(qapp, qtbot, panel: PromptPanel):
    language = Language()
    try:
        language.install(qapp, "zh_CN")
        qtbot.waitUntil(lambda: child(panel, QLabel, "sampler_caption").text() == "采样器")
        assert child(panel, QPushButton, "generate").text().startswith("生成")
        panel.surprise()
        assert panel.prompt.toPlainText() in PROMPTS["zh"]
        panel.prompt.set_text("steam punk")
        assert child(panel, QLabel, "unknown_words").text() == "未识别：steam、punk"
        assert panel.recipe().model.name == "starter"
    finally:
        language.install(qapp, "en")


def test_a_suggestion_replaces_the_unknown_word_and_undo_restores_it(qtbot, panel: PromptPanel):
    near = Vocabulary({"en": "a fox in meadow".split(), "zh": ["草地"]}, {"en": ["a fox"], "zh": []}, near={"en": {"garden": ["meadow"]}})
    panel.set_models([replace(STARTER, vocabulary=near)], "starter")
    panel.prompt.set_text("garden, a fox in a Garden")
    (button,) = panel.findChildren(QPushButton, "unknown_words_suggestion")
    assert button.toolTip() == "Replace “garden” with “meadow”."
    button.click()
    assert panel.prompt.toPlainText() == "meadow, a fox in a meadow"
    assert child(panel, QLabel, "unknown_words").text() == ""
    panel.prompt.undo()
    assert panel.prompt.toPlainText() == "garden, a fox in a Garden"


def test_words_of_the_vocabulary_are_found_and_put_into_the_prompt(qtbot, panel: PromptPanel):
    mouse, snow = (Phrase({"en": en, "zh": zh}) for en, zh in ((("mouse", "mice"), ("老鼠",)), (("in the snow",), ("在雪地里",))))
    known = Vocabulary({"en": ["a"], "zh": ["老鼠"]}, PROMPTS, groups={"animal": [mouse], "place": [snow]})
    panel.set_models([replace(STARTER, vocabulary=known)], "starter")
    panel.prompt.set_text("a")
    panel.show_vocabulary()
    dialog = panel.window().findChild(VocabularyDialog)
    search = child(dialog, QLineEdit, "vocabulary_search")
    for word, prompt in (("MICE", "a mouse"), ("雪", "a mouse in the snow")):
        search.setText(word)
        qtbot.keyClick(search, Qt.Key.Key_Return)
        assert panel.prompt.toPlainText() == prompt
    search.setText("")
    qtbot.keyClick(search, Qt.Key.Key_Down)
    panel.prompt.set_text("一只")
    qtbot.keyClick(child(dialog, QTreeWidget, "vocabulary_list"), Qt.Key.Key_Return)
    assert panel.prompt.toPlainText() == "一只老鼠"
    search.setText("zeppelin")
    assert child(dialog, QLabel, "vocabulary_none").isVisible()
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert panel.prompt.toPlainText() == "一只老鼠"
