"""The prompt panel, used with keys and mouse: typing, choosing, Generate."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QTreeWidget,
    QWidget,
)

from desktop.diffusion import samplers
from desktop.diffusion.families.description import Traits
from desktop.diffusion.fields import MOST_SEED
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Previews, Run
from desktop.diffusion.samplers import SAMPLERS
from desktop.errors import ModelMissing
from desktop.library.drafts import Drafts, Waiting
from desktop.library.models import Model
from desktop.library.tokens import TokenCount
from desktop.studio.forecast import Forecast
from desktop.library.vocabulary import Entry, Vocabulary
from desktop.studio.generation import Generation, Job
from desktop.studio.history import History
from desktop.ui.create.prompt_panel import PromptPanel
from desktop.ui.language import Language
from desktop.ui.theme import Theme
from desktop.ui.widgets.prompt_edit import PromptEdit
from desktop.ui.widgets.vocabulary_dialog import VocabularyDialog
from tests.prompting import LARGE, PROMPTS, STARTER, Noting, child, choose, retype

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
def history() -> History:
    return History(["an old prompt"])


@pytest.fixture
def panel(qtbot, theme: Theme, generation: Generation, history: History) -> PromptPanel:
    panel = PromptPanel(generation, Forecast(generation), theme, history)
    qtbot.addWidget(panel)
    panel.set_models([STARTER, LARGE, GONE], "starter")
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def test_what_is_typed_and_chosen_becomes_the_recipe(qtbot, panel: PromptPanel, generation: Noting, history: History):
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
    assert panel.drafts() == drafts
    generation.hold([Job(Run(Recipe.of(prompt="next")), 2)])
    [job] = generation.up_next
    assert panel.drafts() == replace(drafts, up_next=(Waiting(Recipe.of(prompt="next"), 2, job.run.id),))


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


def test_generate_rolls_another_seed_unless_it_is_locked(qtbot, panel: PromptPanel):
    panel.set_recipe(Recipe.of(seed=7))
    panel.generate()
    rolled = panel.recipe().sampling.seed
    assert rolled != 7
    qtbot.mouseClick(child(panel, QToolButton, "seed_lock"), Qt.MouseButton.LeftButton)
    panel.generate()
    assert panel.recipe().sampling.seed == rolled


def test_a_seed_is_grouped_and_never_too_large(qtbot, panel: PromptPanel):
    seed = child(panel, QWidget, "seed")
    qtbot.keyClick(seed, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(seed, "004294967295")
    assert seed.text() == "4\N{NO-BREAK SPACE}294\N{NO-BREAK SPACE}967\N{NO-BREAK SPACE}295"
    qtbot.keyClicks(seed, "9x")
    assert panel.recipe().sampling.seed == MOST_SEED


def test_an_empty_seed_becomes_a_random_one(qtbot, panel: PromptPanel):
    seed = child(panel, QWidget, "seed")
    qtbot.keyClick(seed, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(seed, Qt.Key.Key_Delete)
    assert seed.text() == ""
    assert 0 <= panel.recipe().sampling.seed <= MOST_SEED
    assert seed.text() != ""


# -- the size


def test_any_allowed_size_can_be_typed(qtbot, panel: PromptPanel):
    retype(qtbot, panel.findChild(QWidget, "size_text"), "96x160")
    assert (panel.recipe().size.width, panel.recipe().size.height) == (96, 160)
    assert not child(panel, QLabel, "message").isVisible()


@pytest.mark.parametrize(("typed", "becomes"), [("100x129", (104, 128)), ("1x99999", (64, 512)), ("big", (128, 128))])
def test_another_size_becomes_the_nearest_with_a_message(qtbot, panel: PromptPanel, typed: str, becomes: tuple[int, int]):
    retype(qtbot, panel.findChild(QWidget, "size_text"), typed)
    assert (panel.recipe().size.width, panel.recipe().size.height) == becomes
    assert child(panel, QLabel, "message").isVisible()
    retype(qtbot, panel.findChild(QWidget, "size_text"), "64 64")
    assert not child(panel, QLabel, "message").isVisible()


def test_a_size_other_than_the_trained_one_has_a_remark(qtbot, panel: PromptPanel):
    remark = child(panel, QLabel, "size_remark")
    assert not remark.isVisible()
    retype(qtbot, panel.findChild(QWidget, "size_text"), "192x128")
    assert remark.isVisible()
    assert remark.text() == "This model was trained at 128 × 128. Other sizes can look distorted."
    panel.choose_model("large")
    assert remark.text().startswith("This model was trained at 512 × 512")
    retype(qtbot, panel.findChild(QWidget, "size_text"), "512x512")
    assert not remark.isVisible()


# -- the model


def test_another_model_changes_only_settings_that_were_at_their_defaults(qtbot, panel: PromptPanel):
    retype(qtbot, child(panel, QWidget, "guidance_scale"), "3")
    with qtbot.waitSignal(panel.model_changed) as chosen:
        panel.choose_model("large")
    assert chosen.args == [LARGE]
    recipe = panel.recipe()
    assert (recipe.size.width, recipe.sampling.sampler, recipe.sampling.guidance_scale) == (512, "Euler", 3.0)


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


def test_a_setting_that_the_model_does_not_use_is_disabled_and_says_so(panel: PromptPanel):
    distilled = Model("distilled", Path("/models/distilled"), size=128, traits=Traits(guided=False))
    panel.set_models([STARTER, distilled], "starter")
    assert panel.negative_prompt.isEnabled()
    panel.choose_model("distilled")
    assert not panel.negative_prompt.isEnabled()
    assert panel.negative_prompt.accessibleDescription() == "This model does not use this setting."
    panel.choose_model("starter")
    assert panel.negative_prompt.isEnabled()


def test_a_sampler_that_the_new_model_cannot_use_is_replaced_with_a_message(panel: PromptPanel):
    choose(child(panel, QComboBox, "sampler"), "PNDM")
    panel.choose_model("large")
    assert panel.recipe().sampling.sampler == "Euler"
    assert "PNDM" in child(panel, QLabel, "message").text()


def test_an_unusable_model_is_listed_with_its_problem(panel: PromptPanel):
    item = child(panel, QComboBox, "model").model().item(2)
    assert not item.isEnabled()
    assert "/models/gone" in item.toolTip()


def test_the_last_entry_opens_a_folder_and_changes_nothing(qtbot, panel: PromptPanel):
    with qtbot.waitSignal(panel.open_model_requested), qtbot.assertNotEmitted(panel.model_changed):
        choose(child(panel, QComboBox, "model"), "Open model folder…")
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
    reads = child(panel, QLabel, "reads")
    panel.prompt.set_text("一只狐狸")
    assert not reads.isVisible()
    panel.choose_model("large")
    assert reads.isVisible()


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
    assert line.isVisible()
    assert line.accessibleName() == "Ignored: steam, 🦊, 赛博"
    assert "steam, 🦊, 赛博" in line.text()
    panel.prompt.set_text("a fox")
    assert underlined(panel.prompt) == []
    assert line.text() == " "
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
    assert line.text() == " "
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
    assert not child(panel, QLabel, "unknown_words").isVisible()
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
    assert surprise.hasFocus()
    qtbot.keyClick(surprise, Qt.Key.Key_Space)
    assert panel.prompt.toPlainText() in PROMPTS["en"]
    assert surprise.hasFocus()
    assert "Ctrl+R" in surprise.toolTip()
    before = panel.prompt.toPlainText()
    qtbot.keyClick(panel.negative_prompt, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel.prompt.toPlainText() != before)


# -- running


def test_during_a_run_the_button_adds_to_the_queue_and_stop_is_visible(qtbot, panel: PromptPanel, generation: Noting):
    stop, button = child(panel, QPushButton, "stop"), child(panel, QPushButton, "generate")
    assert not stop.isVisible()
    generation._job = Job(Run(Recipe()))
    generation.changed.emit()
    assert button.text().startswith("Add to queue")
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert generation.asked == [("stop",)]


# -- more ways to make it


def test_the_menu_opens_the_dialog_for_several_seeds(qtbot, panel: PromptPanel, generation: Noting):
    generation.previews = Previews.FAST
    panel.set_recipe(Recipe.of(prompt="a fox", steps=20, seed=5))
    more = child(panel, QToolButton, "more_ways")
    seeds, _ = more.menu().actions()
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
    panel.ask_seeds()
    panel.ask_twin()
    retype(qtbot, child(panel, QSpinBox, "steps"), "30")
    assert child(panel, QLabel, "triage_of").text() == "of 30"
    assert child(panel, QLineEdit, "this_steps").text() == "30"
    seed = child(panel, QLineEdit, "seed")
    seed.clear()
    qtbot.keyClicks(seed, "12")  # a seed that is being typed is left alone
    assert child(panel, QLineEdit, "this_seed").text() == "12"
    assert panel.recipe().sampling.seed == 12


def test_the_menu_opens_the_twins_dialog_with_the_same_token_meter(qtbot, panel: PromptPanel, generation: Noting):
    panel.set_meter(Words())
    panel.set_recipe(Recipe.of(prompt="a fox"))
    child(panel, QToolButton, "more_ways").menu().actions()[1].trigger()
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


def test_a_click_on_an_example_fills_the_prompt_and_can_be_undone(qtbot, panel: PromptPanel):
    qtbot.keyClicks(panel.prompt, "mine")
    panel.show_examples(["a rocket above a castle", "two cats & a sofa"])
    chip = panel.findChildren(QPushButton, "example")[1]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert panel.prompt.toPlainText() == "two cats & a sofa"
    panel.prompt.undo()
    assert panel.prompt.toPlainText() == "mine"
    panel.show_examples([])
    assert not child(panel, QWidget, "examples").isVisible()


def test_the_first_start_has_a_prompt_and_examples_until_some_prompts_are_used(panel: PromptPanel, history: History):
    panel.set_models([replace(STARTER, size=256)], "starter")
    panel.restore(Drafts())
    assert (panel.recipe().size.width, panel.recipe().size.height) == (256, 256)
    chips = [chip.prompt for chip in panel.findChildren(QPushButton, "example")]
    assert chips == [*PROMPTS["en"][:3], *PROMPTS["zh"]]
    assert panel.recipe().prompt.text == chips[0]
    assert panel.recipe().sampling.seed != Recipe().sampling.seed
    for number in range(5):
        history.remember(f"prompt {number}")
    panel.generate()
    assert not child(panel, QWidget, "examples").isVisible()


def test_tab_goes_from_the_prompt_through_the_examples(qtbot, panel: PromptPanel):
    panel.prompt.setFocus()
    qtbot.keyClick(panel.prompt, Qt.Key.Key_Tab)  # over the surprise
    for example in panel.findChildren(QPushButton, "example"):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is example
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert panel.negative_prompt.hasFocus()


def test_examples_are_shown_for_models_with_a_vocabulary_only(panel: PromptPanel):
    assert child(panel, QWidget, "examples").isVisible()
    panel.choose_model("large")
    assert not child(panel, QWidget, "examples").isVisible()


def test_every_control_explains_itself(qtbot, panel: PromptPanel, generation: Generation):
    generation.hold([Job(Run(Recipe.of(prompt="one")))])
    panel.show_examples(["an example"])
    controls = [widget for kind in (QPlainTextEdit, QComboBox, QSpinBox, QPushButton, QToolButton) for widget in panel.findChildren(kind)]
    silent = [widget.objectName() for widget in controls if not (widget.toolTip() and widget.accessibleName() and widget.objectName())]
    assert silent == []
    captions = {label.buddy().objectName() for label in panel.findChildren(QLabel) if label.buddy()}
    assert captions >= {"prompt", "negative_prompt", "model", "size", "sampler", "steps", "guidance_scale", "seed", "pictures"}


def test_the_language_changes_while_the_panel_is_open(qapp, qtbot, panel: PromptPanel):
    language = Language()
    try:
        language.install(qapp, "zh_CN")
        qtbot.waitUntil(lambda: child(panel, QLabel, "sampler_caption").text() == "采样器")
        assert child(panel, QPushButton, "generate").text().startswith("生成")
        assert panel.findChildren(QPushButton, "example")[0].prompt == "极乐美丽的沙滩"
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
    assert not child(panel, QLabel, "unknown_words").isVisible()
    panel.prompt.undo()
    assert panel.prompt.toPlainText() == "garden, a fox in a Garden"


def test_words_of_the_vocabulary_are_found_and_put_into_the_prompt(qtbot, panel: PromptPanel):
    mouse, snow = (Entry({"en": en, "zh": zh}) for en, zh in ((("mouse", "mice"), ("老鼠",)), (("in the snow",), ("在雪地里",))))
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
