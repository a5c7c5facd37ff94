"""PromptPanel: the controls of a recipe, and the Generate button."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...diffusion import fields
from ...diffusion.fields import Editor
from ...diffusion.recipe import Recipe
from ...diffusion.samplers import SAMPLERS, Sampler, unfit
from ...library.drafts import Drafts, Waiting
from ...library.models import Model, by_name
from ...studio.generation import Generation
from ...studio.history import History
from ..language import Retranslating, explain, sentence, spoken, tr
from ..theme import Theme
from ..widgets.controls import IconButton, Number, label, named
from ..widgets.field_control import FieldControl, control_of, explain_field, seed_control
from ..widgets.left_panel import KEYS, NARROWEST, WIDEST, Scrolled
from ..widgets.prompt_field import PromptField
from ..widgets.sampler_choice import explain_samplers
from ..widgets.seed_field import SeedField
from .examples import Examples, examples_of
from .restored_branches import RestoredBranches
from .size_choice import SizeChoice

if TYPE_CHECKING:
    from ...library.tokens import TokenMeter
    from .seeds_dialog import SeedsDialog
    from .twins_dialog import TwinsDialog

MOST_PICTURES = 100  # of one press
BEGINNER = 5  # used prompts, up to which examples are offered
SURPRISE = "Ctrl+R"
SEEDS = "Ctrl+Shift+Return"
TWINS = "Ctrl+T"
CHINESE = range(0x4E00, 0xA000)


class PromptPanel(Retranslating, QFrame):
    """Has a control for each field of `fields.FIELDS`; width and height share one."""

    requested = Signal()  # pictures or twins were queued, which the canvas is to show
    edited = Signal()  # of anything that drafts keep
    model_changed = Signal(object)  # Model; however it was chosen
    open_model_requested = Signal()
    recipe_pasted = Signal(str)  # into a prompt; text of another program

    def __init__(self, generation: Generation, theme: Theme, history: History) -> None:
        super().__init__()
        self._generation = generation
        self._theme = theme
        self._history = history
        self._surprised = ""  # the last surprise
        self._models: tuple[Model, ...] = ()
        self._announced: Model | None = None  # the last one in `model_changed`
        self._meter: TokenMeter | None = None
        self._seeds_dialog: SeedsDialog | None = None
        self._twins_dialog: TwinsDialog | None = None
        self.setObjectName("prompt_panel")
        self.setProperty("panel", "true")
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)

        self._surprise = named(QPushButton(), "surprise")
        self._seed = SeedField(theme)
        self._controls = {field.key: self._control_of(field) for field in fields.FIELDS if field.part and field.editor is not Editor.SIDE}
        self._prompts = [each.widget for each in self._controls.values() if isinstance(each.widget, PromptField)]
        self.prompt, self.negative_prompt = (field.edit for field in self._prompts[:2])
        for prompt in self._prompts:
            prompt.edit.takes_recipes = True
            prompt.edit.recipe_pasted.connect(self.recipe_pasted)
        self._reads = label("quiet", "reads")
        self._examples = Examples()
        self._model = self._controls["model"].choice
        self._size = SizeChoice(theme)
        self._size_remark = label("quiet", "size_remark")
        self._sampler = self._controls["sampler"].choice
        self._pictures = Number("pictures", 1, MOST_PICTURES)
        self._message = label("quiet", "message")
        self._branches = RestoredBranches(theme)
        self._generate = named(QPushButton(), "generate")
        self._more_ways = IconButton(theme, "layout-grid", "more_ways")
        menu = QMenu(self._more_ways)
        self._many_seeds = menu.addAction("", self.ask_seeds)
        self._twin_run = menu.addAction("", self.ask_twin)
        self._more_ways.setMenu(menu)
        self._more_ways.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._stop = named(QPushButton(), "stop")
        self._captions: dict[str, QLabel] = {}
        for control in self._plain:
            control.show(Recipe().value(control.key))
        self._lay_out()

        self.prompt.edited.connect(self._warn_about_chinese)
        self._surprise.clicked.connect(self.surprise)
        theme.changed.connect(self._tint)
        self._examples.chosen.connect(self._fill_in)
        self._model.activated.connect(self._choose_model)
        self._size.corrected.connect(self._show_message)
        self._size.edited.connect(self._remark_on_size)
        for key, control in self._controls.items():
            if key != "model":  # whose list is filled again and again; see `_choose_model`
                control.edited.connect(self.edited)
        self._size.edited.connect(self.edited)
        self._pictures.valueChanged.connect(self.edited)
        self._branches.edited.connect(self.edited)
        self._sampler.currentIndexChanged.connect(self._explain_samplers)
        self.edited.connect(self._check_branches)
        self.edited.connect(self._tell_dialogs)
        self._generate.clicked.connect(self.generate)
        self._stop.clicked.connect(generation.stop)
        generation.changed.connect(self._show_running)
        generation.queue_changed.connect(self._show_running)
        self.retranslate()

    # -- what the owner asks and says

    def recipe(self) -> Recipe:
        """What Generate makes: the settings, and the restored branches if they are possible with these."""
        return self._branches.included_in(self._settings(), self.model)

    def _settings(self) -> Recipe:
        width, height = self._size.size_chosen
        values = {key: control.value() for key, control in self._controls.items()}
        model = self.model
        return Recipe.of(**values | {"model": model.name if model else Recipe().model.name, "width": width, "height": height})

    def set_recipe(self, recipe: Recipe) -> None:
        """Show `recipe`. A model or a sampler that cannot be used leaves the chosen one."""
        if any(model.name == recipe.model.name and not model.problem for model in self._models):
            self._show_model(recipe.model.name)
        if (index := self._sampler.findText(recipe.sampling.sampler)) >= 0 and not self._why_unfit(SAMPLERS[index]):
            self._sampler.setCurrentIndex(index)
        for key, control in self._controls.items():
            if key not in ("model", "sampler"):
                control.show(recipe.value(key))
        self._size.set_size(recipe.size.width, recipe.size.height)
        self._branches.set_turns(recipe.turns)

    def pictures(self) -> int:
        return self._pictures.value()

    def drafts(self) -> Drafts:
        """The text and settings of the panel, and the queue."""
        return Drafts(
            recipe=replace(self._settings(), turns=self._branches.turns),
            seed_locked=self._seed.locked,
            pictures=self.pictures(),
            up_next=tuple(Waiting(job.recipe, job.pictures, job.run.id) for job in self._generation.unfinished),
            history=self._history.prompts,
        )

    def restore(self, drafts: Drafts) -> None:
        """Show the text and settings of `drafts`, and an example at the very first start. The queue is restored by the generation."""
        if drafts == Drafts():
            self.prompt.set_text(next(iter(self._good_prompts()), ""))
        else:
            self.set_recipe(drafts.recipe)
        self._seed.set_locked(drafts.seed_locked)
        self._pictures.setValue(drafts.pictures)

    @property
    def models(self) -> Sequence[Model]:
        """The models on offer."""
        return self._models

    def choose_model(self, name: str) -> None:
        """Choose the model called `name`, as the user does in the list."""
        self._choose_model(self._model.findData(name))

    @property
    def model(self) -> Model | None:
        """The chosen model; None before there are any."""
        return by_name(self._models, self._model.currentData())

    def set_models(self, models: Sequence[Model], current_name: str) -> None:
        """Offer `models`. Settings at the defaults of the previous model change to those of the new one."""
        before = self.model
        self._models = tuple(models)
        self._fill_models()
        self._show_model(current_name)
        if self.model and self.model != before:
            self._adopt(self.model, before)
        self._offer_examples()

    def set_meter(self, meter: TokenMeter | None) -> None:
        """Count tokens with `meter`; None stops counting."""
        self._meter = meter
        for field in self._prompts:
            field.set_meter(meter)
        if self._twins_dialog is not None:
            self._twins_dialog.set_meter(meter)

    def show_examples(self, prompts: Sequence[str]) -> None:
        self._examples.show_prompts(prompts)
        for before, after in pairwise((self.prompt, self._surprise, *self._examples.chips, self.negative_prompt)):
            self.setTabOrder(before, after)

    def generate(self) -> None:
        """Queue the pictures, then roll another seed unless the seed is locked."""
        for field in self._prompts:
            field.edit.rest()
        recipe = self.recipe()
        self._generation.generate(recipe, self.pictures())
        self._prepare_next(recipe)
        self.requested.emit()

    def ask_seeds(self) -> None:
        """Open the dialog for trying several seeds; it is not modal."""
        from .seeds_dialog import SeedsDialog  # imported here, as the twins dialog, so that the first paint is sooner

        if self._seeds_dialog is None:
            self._seeds_dialog = SeedsDialog(self.recipe, lambda: self._generation.previews, self.window())
            self._seeds_dialog.wanted.connect(self._try_seeds)
        self._seeds_dialog.open()

    def ask_twin(self) -> None:
        """Open the dialog for a second picture that differs in one field; it is not modal."""
        from .twins_dialog import TwinsDialog

        if self._twins_dialog is None:
            self._twins_dialog = TwinsDialog(self.recipe, lambda: self._models, self._theme, self.window())
            self._twins_dialog.set_meter(self._meter)
            self._twins_dialog.wanted.connect(self._make_twins)
        self._twins_dialog.open()

    def show_vocabulary(self) -> None:
        """Show everything that the model knows, to choose words for the prompt."""
        self._prompts[0].show_vocabulary()

    def surprise(self) -> None:
        """Replace the prompt with another one that the model can draw, in the language of the window; undo restores the old one."""
        if (model := self.model) and model.vocabulary:
            self._surprised = model.vocabulary.surprise(spoken(), {self._surprised, self.prompt.toPlainText()}, random.Random())
            self.prompt.set_text(self._surprised)
            if not self._surprise.hasFocus():
                self.prompt.setFocus()

    # -- inside

    def _try_seeds(self, recipe: Recipe, seeds: list[int], until: int) -> None:
        self._generation.triage(recipe, seeds, until)
        self._prepare_next(recipe)

    def _make_twins(self, recipe: Recipe, other: Recipe) -> None:
        self._generation.twins(recipe, other)
        self._prepare_next(recipe)
        self.requested.emit()

    def _prepare_next(self, recipe: Recipe) -> None:
        """`recipe` was queued: keep its prompt in the history, and roll another seed unless it is locked."""
        self._history.remember(recipe.prompt.text)
        if not self._seed.locked:
            self._seed.roll()
        self._offer_examples()
        self.edited.emit()

    def _tell_dialogs(self) -> None:
        dialogs: tuple[SeedsDialog | TwinsDialog | None, ...] = (self._seeds_dialog, self._twins_dialog)
        for dialog in dialogs:
            if dialog is not None and dialog.isVisible() and self._seed.number.digits:  # not while a seed is being typed
                dialog.follow()

    def _check_branches(self) -> None:
        if self._seed.number.digits:  # not while another seed is being typed
            self._branches.check(self._settings(), self.model)

    def _fill_in(self, prompt: str) -> None:
        self.prompt.set_text(prompt)
        self.prompt.setFocus()

    def _good_prompts(self) -> list[str]:
        """Prompts that the model draws well."""
        model = self.model
        return examples_of(model.vocabulary) if model and model.vocabulary else []

    def _offer_examples(self) -> None:
        """Offer examples to users who have made few pictures yet."""
        self.show_examples(self._good_prompts() if len(self._history.prompts) < BEGINNER else [])

    def _fill_models(self) -> None:
        chosen = self._model.currentData()
        self._model.clear()
        for row, model in enumerate(self._models):
            self._model.addItem(tr("Safelight", "Starter") if model.bundled else model.name, model.name)
            problem = sentence(model.problem.template, model.problem.values) if model.problem else ""
            self._model.explain_entry(row, problem or str(model.folder), not problem)
        self._model.addItem(tr("Safelight", "Open model folder…"))
        self._model.setCurrentIndex(max(0, self._model.findData(chosen)) if chosen else 0)

    def _choose_model(self, index: int) -> None:
        if index == self._model.count() - 1:
            self._model.setCurrentIndex(self._shown_model)
            self.open_model_requested.emit()
            return
        before, model = self._models[self._shown_model], self._models[index]
        self._show_model(model.name)
        if model.name != before.name:
            self._adopt(model, before)
            self._offer_examples()
            self.edited.emit()

    def _show_model(self, name: str) -> None:
        """Choose the model called `name` and adapt all that depends on it."""
        self._model.setCurrentIndex(max(0, self._model.findData(name)))
        self._shown_model = self._model.currentIndex()
        if (model := self.model) is None:
            return
        self._size.set_sizes(model.sizes, model.multiple, model.most_side)
        self._remark_on_size()
        self._surprise.setVisible(model.vocabulary is not None)
        for field in self._prompts:
            field.set_model(model)
        self._show_message("")
        self._explain_fields()
        if self._why_unfit(SAMPLERS[self._sampler.currentIndex()]):
            left = self._sampler.currentText()
            self._sampler.setCurrentText(model.sampler)
            self._show_message(
                tr("Safelight", "{sampler} does not work with this model. {other} was selected instead.").format(
                    sampler=left, other=model.sampler
                )
            )
        self._warn_about_chinese()
        self._check_branches()
        if model != self._announced:
            self._announced = model
            self.model_changed.emit(model)

    def _adopt(self, model: Model, before: Model | None) -> None:
        """Change the settings that are at the defaults of `before` to those of `model`."""
        if before is None or self._size.size_chosen == (before.size, before.size):
            self._size.set_size(model.size, model.size)
        for key, control in self._controls.items():
            if key in model.recommended and (before is None or control.value() == before.recommended[key]):
                control.show(model.recommended[key])

    def _why_unfit(self, sampler: Sampler) -> str:
        """Why the chosen model cannot use `sampler`; "" if it can."""
        reason = unfit(sampler, self.model.traits) if self.model else None
        return tr("Safelight", "Does not work with this model: {reason}.").format(reason=tr("Safelight", reason)) if reason else ""

    def _explain_fields(self) -> None:
        for control in self._controls.values():
            explain_field(control.field, control.control, self.model)
        self._explain_samplers()

    def _explain_samplers(self) -> None:
        explain_samplers(self._sampler, self._why_unfit)
        explanation = tr("Safelight", self._controls["sampler"].field.explanation)
        self._sampler.setToolTip(explanation + "\n" + self._sampler.currentData(Qt.ItemDataRole.ToolTipRole))

    def _warn_about_chinese(self) -> None:
        model = self.model
        foreign = model is not None and "zh" not in model.languages and any(ord(letter) in CHINESE for letter in self.prompt.toPlainText())
        self._reads.setText(tr("Safelight", "This model does not understand Chinese. Write the prompt in English.") if foreign else "")
        self._reads.setVisible(foreign)

    def _remark_on_size(self) -> None:
        if model := self.model:
            self._size_remark.setText(
                tr("Safelight", "This model was trained at {side} × {side}. Other sizes can look distorted.").format(side=model.size)
            )
            self._size_remark.setVisible(self._size.size_chosen != (model.size, model.size))

    def _show_message(self, message: str) -> None:
        self._message.setText(message)
        self._message.setVisible(bool(message))

    def _show_running(self) -> None:
        running = self._generation.running
        words = tr("Safelight", "Add to queue") if running else tr("Safelight", "Generate")
        self._generate.setText(words if running else f"{words}    {KEYS}")  # beside Stop there is no room
        explain(
            self._generate,
            words,
            tr("Safelight", "Generate this picture after those in the queue.")
            if running
            else tr("Safelight", "Generate the picture. You can watch every step."),
        )
        self._stop.setText(tr("Safelight", "Stop"))
        self._stop.setVisible(running)
        self._stop.setEnabled(not self._generation.stopping)
        explain(self._stop, tr("Safelight", "Stop"), tr("Safelight", "Stop immediately (Esc). The finished steps are kept."))

    def retranslate(self) -> None:
        for key, control in self._controls.items():
            self._captions[key].setText(tr("Safelight", control.field.caption))
        self._explain_fields()
        self._captions["size"].setText(tr("Safelight", "Size"))
        words = tr("Safelight", "Pictures", "how many")
        self._captions["pictures"].setText(words)
        explain(self._pictures, words, tr("Safelight", "How many pictures to generate, each with the next seed."))
        self._surprise.setText(tr("Safelight", "Surprise me"))
        self._surprise.setShortcut(QKeySequence(SURPRISE))  # after the text, which takes it away
        keys = self._surprise.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        explain(
            self._surprise,
            tr("Safelight", "Surprise me"),
            tr("Safelight", "Replace the prompt with one that this model draws well ({keys}). Undo restores yours.").format(keys=keys),
        )
        explain(
            self._more_ways,
            tr("Safelight", "More ways to generate"),
            tr("Safelight", "Try several seeds and finish the best ones, or compare two pictures that differ in one setting."),
        )
        for action, words, key in (
            (self._many_seeds, tr("Safelight", "Try several seeds…"), SEEDS),
            (self._twin_run, tr("Safelight", "Compare two pictures…"), TWINS),
        ):
            action.setText(f"{words}\t{QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)}")  # the window has the keys
        self.prompt.set_placeholder(tr("Safelight", "Describe a picture"))
        self.negative_prompt.set_placeholder(tr("Safelight", "Things to avoid"))
        if self._models:
            self._fill_models()
            self._offer_examples()
        self._warn_about_chinese()
        self._remark_on_size()
        self._show_running()

    def _lay_out(self) -> None:
        controls = QGridLayout()
        controls.setHorizontalSpacing(10)
        controls.setVerticalSpacing(4)
        controls.addWidget(self._caption("model", self._model), 0, 0, 1, 6)
        controls.addWidget(self._model, 1, 0, 1, 6)
        halves: list[tuple[str, QWidget]] = [("size", self._size), ("sampler", self._sampler)]
        halves += [(control.key, control.widget) for control in self._plain]
        for place, (name, control) in enumerate(halves):
            row, left = 3 + place // 2 * 3, place % 2 * 3
            controls.addWidget(self._caption(name, control), row, left, 1, 3)
            controls.addWidget(control, row + 1, left, 1, 3)
        row = 3 + (len(halves) + 1) // 2 * 3
        controls.addWidget(self._caption("seed", self._seed.number), row, 0, 1, 4)
        controls.addWidget(self._seed, row + 1, 0, 1, 4)
        controls.addWidget(self._caption("pictures", self._pictures), row, 4, 1, 2)
        controls.addWidget(self._pictures, row + 1, 4, 1, 2)
        controls.addWidget(self._size_remark, 5, 0, 1, 6)
        for gap in range(2, row, 3):
            controls.setRowMinimumHeight(gap, 4)
        for place in range(6):
            controls.setColumnStretch(place, 1)

        content = named(QWidget(), "prompt_fields")
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 4)
        column.setSpacing(6)
        self._captions |= {key: each.widget.caption for key, each in self._controls.items() if isinstance(each.widget, PromptField)}
        prompt, *others = self._prompts
        column.addWidget(prompt)
        column.addWidget(self._reads)
        column.addWidget(self._examples)
        for other in others:
            column.addSpacing(4)
            column.addWidget(other)
        column.addSpacing(8)
        column.addLayout(controls)
        column.addWidget(self._branches)
        column.addWidget(self._message)
        for words in (self._reads, self._message, self._size_remark):
            words.setWordWrap(True)
            words.hide()

        self._surprise.setProperty("quiet", "true")
        self._surprise.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the cursor, and with it undo, in the prompt
        self._surprise.hide()
        self._tint()
        self._generate.setProperty("primary", "true")
        self._stop.setFixedHeight(37)
        self._more_ways.setFixedSize(37, 37)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 12, 16, 16)
        buttons.setSpacing(6)
        buttons.addWidget(self._generate, 1)
        buttons.addWidget(self._more_ways)
        buttons.addWidget(self._stop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 1, 0)
        whole.setSpacing(0)
        self.body = Scrolled("prompt_scroll", content)
        whole.addWidget(self.body)
        whole.addLayout(buttons)
        whole.addStretch(1)

    def _control_of(self, field: fields.Field) -> FieldControl:
        if field.editor is Editor.SEED:
            return seed_control(field, self._seed)
        if field.key == "prompt":
            return control_of(field, self._theme, "", (4, 8), self._history, self._surprise)
        return control_of(field, self._theme, "")

    @property
    def _plain(self) -> list[FieldControl]:
        """The controls that depend on nothing but their field."""
        return [each for each in self._controls.values() if each.field.editor in (Editor.NUMBER, Editor.DECIMAL)]

    def _tint(self) -> None:
        self._surprise.setIcon(self._theme.icon("dice-5", size=16))

    def _caption(self, name: str, buddy: QWidget) -> QLabel:
        self._captions[name] = label("caption", f"{name}_caption", buddy)
        return self._captions[name]
