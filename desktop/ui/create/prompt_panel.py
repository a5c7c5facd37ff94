"""PromptPanel: everything that goes into a picture, the button that makes it, and what waits after it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...diffusion.recipe import MOST_GUIDANCE, MOST_STEPS, Recipe
from ...diffusion.samplers import SAMPLERS, unfit
from ...library.drafts import Drafts, Waiting
from ...studio.generation import Generation
from ...studio.history import History
from ..language import Retranslating, explain, sentence, spoken, tr
from ..theme import Theme
from ..widgets.controls import Choice, Decimal, IconButton, Number, label
from ..widgets.left_panel import KEYS, WIDTH, Scrolled
from ..widgets.prompt_field import PromptField
from ..widgets.seed_field import SeedField
from .examples import Examples, examples_of
from .queue_list import QueueList
from .size_choice import SizeChoice

if TYPE_CHECKING:
    from ...library.models import Model
    from ...library.tokens import TokenMeter
    from .seeds_dialog import SeedsDialog
    from .twins_dialog import TwinsDialog

MOST_PICTURES = 100  # a press
BEGINNER = 5  # prompts used, until which examples are offered
SURPRISE = "Ctrl+R"
SEEDS = "Ctrl+Shift+Return"
TWINS = "Ctrl+T"
CHINESE = range(0x4E00, 0xA000)


class PromptPanel(Retranslating, QFrame):
    generate_requested = Signal(object, int)  # Recipe, how many pictures
    seeds_requested = Signal(object, list, int)  # Recipe, seeds, and the step at which they wait to be chosen
    twins_requested = Signal(object, object)  # Recipe, and the one that differs in one thing
    stop_requested = Signal()
    edited = Signal()  # something that drafts keep
    model_changed = Signal(object)  # Model
    open_model_requested = Signal()

    def __init__(self, generation: Generation, theme: Theme, history: History) -> None:
        super().__init__()
        self._generation = generation
        self._theme = theme
        self._history = history
        self._surprised = ""  # the surprise before
        self._models: tuple[Model, ...] = ()
        self._meter: TokenMeter | None = None
        self._seeds_dialog: SeedsDialog | None = None
        self._twins_dialog: TwinsDialog | None = None
        self.setObjectName("prompt_panel")
        self.setProperty("panel", "left")
        self.setFixedWidth(WIDTH)

        self._surprise = QPushButton(objectName="surprise")
        self._fields = PromptField(theme, "", (4, 8), history, self._surprise), PromptField(theme, "negative_", (1, 5))
        self.prompt, self.negative_prompt = (field.edit for field in self._fields)
        self._reads = label("quiet", "reads")
        self._examples = Examples()
        self._model = Choice(theme, "model")
        self._size = SizeChoice(theme)
        self._size_remark = label("quiet", "size_remark")
        self._sampler = Choice(theme, "sampler")
        self._steps = Number("steps", 1, MOST_STEPS)
        self._guidance = Decimal("guidance", 0, MOST_GUIDANCE, 0.5)
        self._seed = SeedField(theme)
        self._pictures = Number("pictures", 1, MOST_PICTURES)
        self._message = label("quiet", "message")
        self._generate = QPushButton(objectName="generate")
        self._more_ways = IconButton(theme, "layout-grid", "more_ways")
        menu = QMenu(self._more_ways)
        self._many_seeds = menu.addAction("", self.ask_seeds)
        self._twin_run = menu.addAction("", self.ask_twin)
        self._more_ways.setMenu(menu)
        self._more_ways.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._stop = QPushButton(objectName="stop")
        self._captions: dict[str, QLabel] = {}
        for sampler in SAMPLERS:
            self._sampler.addItem(sampler.name)
        self._steps.setValue(Recipe().steps)
        self._lay_out(QueueList(generation, theme))

        self.prompt.edited.connect(self._say_what_it_reads)
        self._surprise.clicked.connect(self.surprise)
        theme.changed.connect(self._tint)
        self._examples.chosen.connect(self._fill_in)
        self._model.activated.connect(self._choose_model)
        self._size.corrected.connect(self._say)
        self._size.edited.connect(self._remark_on_size)
        for control in (self.prompt, self.negative_prompt, self._size, self._seed):
            control.edited.connect(self.edited)
        for number in (self._steps, self._guidance, self._pictures):
            number.valueChanged.connect(self.edited)
        self._sampler.currentIndexChanged.connect(self.edited)
        self._sampler.currentIndexChanged.connect(self._explain_samplers)
        self.edited.connect(self._tell_dialogs)
        self._generate.clicked.connect(self.generate)
        self._stop.clicked.connect(self.stop_requested)
        generation.changed.connect(self._show_running)
        generation.queue_changed.connect(self._show_running)
        self.retranslate()

    # -- what the owner asks and says

    def recipe(self) -> Recipe:
        width, height = self._size.size_chosen
        model = self.model
        return Recipe(
            prompt=self.prompt.toPlainText(),
            negative_prompt=self.negative_prompt.toPlainText(),
            model=model.name if model else Recipe().model,
            sampler=self._sampler.currentText(),
            steps=self._steps.value(),
            guidance_scale=self._guidance.value(),
            width=width,
            height=height,
            seed=self._seed.seed,
        )

    def set_recipe(self, recipe: Recipe) -> None:
        """Show `recipe`. A model or a sampler that is not here leaves the one that is chosen."""
        self.prompt.set_text(recipe.prompt)
        self.negative_prompt.set_text(recipe.negative_prompt)
        if any(model.name == recipe.model and not model.problem for model in self._models):
            self._show_model(recipe.model)
        if (index := self._sampler.findText(recipe.sampler)) >= 0 and not self._why_unfit(index):
            self._sampler.setCurrentIndex(index)
        self._steps.setValue(recipe.steps)
        self._guidance.setValue(recipe.guidance_scale)
        self._size.set_size(recipe.width, recipe.height)
        self._seed.set_seed(recipe.seed)

    def pictures(self) -> int:
        return self._pictures.value()

    def drafts(self) -> Drafts:
        """Everything here that is not a picture yet."""
        return Drafts(
            recipe=self.recipe(),
            seed_locked=self._seed.locked,
            pictures=self.pictures(),
            up_next=tuple(Waiting(job.recipe, job.pictures, job.run.id) for job in self._generation.unfinished),
            history=self._history.prompts,
        )

    def restore(self, drafts: Drafts) -> None:
        """Show what was typed and chosen, at the very first start an example as the model likes it; what is up next is the generation's."""
        if drafts == Drafts():
            self.prompt.set_text(next(iter(self._good_prompts()), ""))
        else:
            self.set_recipe(drafts.recipe)
        self._seed.set_locked(drafts.seed_locked)
        self._pictures.setValue(drafts.pictures)

    @property
    def model(self) -> Model | None:
        """The chosen one; None before there are any."""
        name = self._model.currentData()
        return next((model for model in self._models if model.name == name), None)

    def set_models(self, models: Sequence[Model], current_name: str) -> None:
        """Offer `models`; settings still at the defaults of the model before move to those of the new one."""
        before = self.model
        self._models = tuple(models)
        self._fill_models()
        self._show_model(current_name)
        if self.model and self.model != before:
            self._adopt(self.model, before)
        self._offer_examples()

    def set_meter(self, meter: TokenMeter | None) -> None:
        """Count with `meter` from now on; without one nothing is counted."""
        self._meter = meter
        for field in (*self._fields, *([self._twins_dialog] if self._twins_dialog else [])):
            field.set_meter(meter)

    def show_examples(self, prompts: Sequence[str]) -> None:
        self._examples.show_prompts(prompts)
        for before, after in pairwise((self.prompt, self._surprise, *self._examples.chips, self.negative_prompt)):
            self.setTabOrder(before, after)

    def generate(self) -> None:
        """As a press on the button: hand over the recipe, then roll another seed unless it is locked."""
        self.prompt.rest()
        self.negative_prompt.rest()
        self.generate_requested.emit(self.recipe(), self.pictures())
        self._have_asked()

    def ask_seeds(self) -> None:
        """Ask how many seeds are to be begun, and how far; the window stays usable."""
        from .seeds_dialog import SeedsDialog  # here, and the other too: the first paint need not wait for them

        if self._seeds_dialog is None:
            self._seeds_dialog = SeedsDialog(self.recipe, lambda: self._generation.previews, self.window())
            self._seeds_dialog.wanted.connect(self.seeds_requested)
            self._seeds_dialog.wanted.connect(self._have_asked)
        self._seeds_dialog.open()

    def ask_twin(self) -> None:
        """Ask in what one thing another picture is to differ from this one; the window stays usable."""
        from .twins_dialog import TwinsDialog

        if self._twins_dialog is None:
            self._twins_dialog = TwinsDialog(self.recipe, lambda: self._models, self._theme, self.window())
            self._twins_dialog.set_meter(self._meter)
            self._twins_dialog.wanted.connect(self.twins_requested)
            self._twins_dialog.wanted.connect(self._have_asked)
        self._twins_dialog.open()

    def surprise(self) -> None:
        """Write another prompt from the model's world, in the language of the window; undo brings back what was there."""
        if (model := self.model) and model.vocabulary:
            self._surprised = model.vocabulary.surprise(spoken(), {self._surprised, self.prompt.toPlainText()}, random.Random())
            self.prompt.set_text(self._surprised)
            if not self._surprise.hasFocus():
                self.prompt.setFocus()

    # -- inside

    def _have_asked(self) -> None:
        """Roll another seed for what is asked next, unless it is locked."""
        if not self._seed.locked:
            self._seed.roll()
        self._offer_examples()
        self.edited.emit()

    def _tell_dialogs(self) -> None:
        for dialog in filter(None, (self._seeds_dialog, self._twins_dialog)):
            if dialog.isVisible() and self._seed.number.digits:  # not while another seed is being typed
                dialog.follow()

    def _fill_in(self, prompt: str) -> None:
        self.prompt.set_text(prompt)
        self.prompt.setFocus()

    def _good_prompts(self) -> list[str]:
        """What the model is known to draw well."""
        model = self.model
        return examples_of(model.vocabulary) if model and model.vocabulary else []

    def _offer_examples(self) -> None:
        """To who has made few pictures yet."""
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
            self.model_changed.emit(model)
            self.edited.emit()

    def _show_model(self, name: str) -> None:
        """Let everything that depends on the model fit the one called `name`."""
        self._model.setCurrentIndex(max(0, self._model.findData(name)))
        self._shown_model = self._model.currentIndex()
        if (model := self.model) is None:
            return
        self._size.set_sizes(model.sizes, model.multiple, model.most_side)
        self._remark_on_size()
        self._surprise.setVisible(model.vocabulary is not None)
        for field in self._fields:
            field.set_model(model)
        self._say("")
        self._explain_samplers()
        if self._why_unfit(self._sampler.currentIndex()):
            left = self._sampler.currentText()
            self._sampler.setCurrentText(model.sampler)
            self._say(tr("Safelight", "{sampler} does not fit this model; {other} is chosen.").format(sampler=left, other=model.sampler))
        self._say_what_it_reads()

    def _adopt(self, model: Model, before: Model | None) -> None:
        if before is None or self._size.size_chosen == (before.size, before.size):
            self._size.set_size(model.size, model.size)
        if before is None or self._guidance.value() == before.guidance:
            self._guidance.setValue(model.guidance)
        if before is None or self._sampler.currentText() == before.sampler:
            self._sampler.setCurrentText(model.sampler)

    def _why_unfit(self, index: int) -> str | None:
        model = self.model
        return unfit(SAMPLERS[index], model.traits) if model else None

    def _explain_samplers(self) -> None:
        for row, sampler in enumerate(SAMPLERS):
            reason = self._why_unfit(row)
            self._sampler.explain_entry(
                row,
                tr("Safelight", "Does not fit this model: {reason}.").format(reason=tr("Safelight", reason))
                if reason
                else tr("Safelight", sampler.note),
                reason is None,
            )
        self._sampler.setToolTip(
            tr("Safelight", "How the noise is taken away, step by step.") + "\n" + self._sampler.currentData(Qt.ItemDataRole.ToolTipRole)
        )

    def _say_what_it_reads(self) -> None:
        model = self.model
        foreign = model is not None and "zh" not in model.languages and any(ord(letter) in CHINESE for letter in self.prompt.toPlainText())
        self._reads.setText(tr("Safelight", "This model was not taught Chinese; an English prompt works better.") if foreign else "")
        self._reads.setVisible(foreign)

    def _remark_on_size(self) -> None:
        if model := self.model:
            self._size_remark.setText(tr("Safelight", "Trained at {side} × {side}: others fall apart sooner.").format(side=model.size))
            self._size_remark.setVisible(self._size.size_chosen != (model.size, model.size))

    def _say(self, message: str) -> None:
        self._message.setText(message)
        self._message.setVisible(bool(message))

    def _show_running(self) -> None:
        running = self._generation.running
        words = tr("Safelight", "Add to Up next") if running else tr("Safelight", "Generate")
        self._generate.setText(words if running else f"{words}    {KEYS}")  # beside Stop there is no room
        explain(
            self._generate,
            words,
            tr("Safelight", "Makes this picture after those that are up next.")
            if running
            else tr("Safelight", "Makes the picture; every step of it can be watched."),
        )
        self._stop.setText(tr("Safelight", "Stop"))
        self._stop.setVisible(running)
        self._stop.setEnabled(not self._generation.stopping)
        explain(self._stop, tr("Safelight", "Stop"), tr("Safelight", "Stops at once (Esc); the steps so far stay."))

    def retranslate(self) -> None:
        fields = {
            "prompt": (
                self.prompt,
                tr("Safelight", "Prompt"),
                tr("Safelight", "What the picture shows. Ctrl+↑/↓ weighs the selected words, Alt+↑/↓ brings earlier prompts back."),
            ),
            "negative_prompt": (
                self.negative_prompt,
                tr("Safelight", "Negative prompt"),
                tr("Safelight", "What the picture is steered away from."),
            ),
            "model": (self._model, tr("Safelight", "Model"), tr("Safelight", "What draws: each model knows other subjects and styles.")),
            "size": (self._size, tr("Safelight", "Size"), tr("Safelight", "Width × height in pixels: choose one, or type another.")),
            "sampler": (self._sampler, tr("Safelight", "Sampler"), tr("Safelight", "How the noise is taken away, step by step.")),
            "steps": (
                self._steps,
                tr("Safelight", "Steps"),
                tr("Safelight", "In how many steps the noise is taken away; more take longer and can show more detail."),
            ),
            "guidance": (
                self._guidance,
                tr("Safelight", "Guidance"),
                tr("Safelight", "How strongly the picture is pulled towards the prompt; 1 adds nothing, very high looks harsh."),
            ),
            "seed": (
                self._seed.number,
                tr("Safelight", "Seed"),
                tr("Safelight", "Picks the starting noise: the same seed and settings give the same picture again."),
            ),
            "pictures": (
                self._pictures,
                tr("Safelight", "Pictures", "how many"),
                tr("Safelight", "How many pictures one press makes, each with the next seed."),
            ),
        }
        for name, (control, words, explanation) in fields.items():
            self._captions[name].setText(words)
            explain(control, words, explanation)
        self._surprise.setText(tr("Safelight", "Surprise me"))
        self._surprise.setShortcut(QKeySequence(SURPRISE))  # after the text, which takes it away
        keys = self._surprise.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        explain(
            self._surprise,
            tr("Safelight", "Surprise me"),
            tr("Safelight", "Writes a prompt from this model's world ({keys}); undo brings yours back.").format(keys=keys),
        )
        explain(
            self._more_ways,
            tr("Safelight", "More ways to make it"),
            tr("Safelight", "Begin many seeds and choose among them, or make two pictures that differ in one thing."),
        )
        for action, words, key in (
            (self._many_seeds, tr("Safelight", "Many seeds, first steps…"), SEEDS),
            (self._twin_run, tr("Safelight", "Twin run…"), TWINS),
        ):
            action.setText(f"{words}\t{QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)}")  # the window has the keys
        self.prompt.set_placeholder(tr("Safelight", "Describe a picture"))
        self.negative_prompt.set_placeholder(tr("Safelight", "What should not be in it"))
        if self._models:
            self._fill_models()
            self._offer_examples()
        self._explain_samplers()
        self._say_what_it_reads()
        self._remark_on_size()
        self._show_running()

    def _lay_out(self, up_next: QueueList) -> None:
        controls = QGridLayout()
        controls.setHorizontalSpacing(10)
        controls.setVerticalSpacing(4)
        left_right = (("size", self._size), ("sampler", self._sampler)), (("steps", self._steps), ("guidance", self._guidance))
        controls.addWidget(self._caption("model", self._model), 0, 0, 1, 6)
        controls.addWidget(self._model, 1, 0, 1, 6)
        for row, pair in enumerate(left_right, 1):
            for column, (name, control) in enumerate(pair):
                controls.addWidget(self._caption(name, control), 3 * row, 3 * column, 1, 3)
                controls.addWidget(control, 3 * row + 1, 3 * column, 1, 3)
        controls.addWidget(self._caption("seed", self._seed.number), 9, 0, 1, 4)
        controls.addWidget(self._seed, 10, 0, 1, 4)
        controls.addWidget(self._caption("pictures", self._pictures), 9, 4, 1, 2)
        controls.addWidget(self._pictures, 10, 4, 1, 2)
        controls.addWidget(self._size_remark, 5, 0, 1, 6)
        for row in (2, 5, 8):
            controls.setRowMinimumHeight(row, 4)
        for column in range(6):
            controls.setColumnStretch(column, 1)

        content = QWidget(objectName="prompt_fields")
        fields = QVBoxLayout(content)
        fields.setContentsMargins(16, 12, 16, 4)
        fields.setSpacing(6)
        prompt, negative_prompt = self._fields
        self._captions |= {"prompt": prompt.caption, "negative_prompt": negative_prompt.caption}
        fields.addWidget(prompt)
        fields.addWidget(self._reads)
        fields.addWidget(self._examples)
        fields.addSpacing(4)
        fields.addWidget(negative_prompt)
        fields.addSpacing(8)
        fields.addLayout(controls)
        fields.addWidget(self._message)
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
        buttons.setContentsMargins(16, 12, 16, 0)
        buttons.setSpacing(6)
        buttons.addWidget(self._generate, 1)
        buttons.addWidget(self._more_ways)
        buttons.addWidget(self._stop)
        waiting = QHBoxLayout()
        waiting.setContentsMargins(16, 20, 16, 12)
        waiting.addWidget(up_next, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 1, 0)
        whole.setSpacing(0)
        whole.addWidget(Scrolled("prompt_scroll", content))
        whole.addLayout(buttons)
        whole.addLayout(waiting, 1)

    def _tint(self) -> None:
        self._surprise.setIcon(self._theme.icon("dice-5", size=16))

    def _caption(self, name: str, buddy: QWidget) -> QLabel:
        self._captions[name] = label("caption", f"{name}_caption", buddy)
        return self._captions[name]
