"""TwinsDialog: two recipes that differ in one thing, to be stepped together under one playhead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ...diffusion.recipe import MOST_GUIDANCE, MOST_STEPS, Recipe
from ...diffusion.samplers import SAMPLERS, sampler, unfit
from ..language import Retranslating, decimal, explain, sentence, tr
from ..theme import Theme
from ..widgets.controls import Choice, Decimal, Number, ValueChoice, label
from ..widgets.prompt_field import PromptField
from ..widgets.seed_field import NoiseSeed, grouped

if TYPE_CHECKING:
    from ...library.models import Model
    from ...library.tokens import TokenMeter

WIDTH = 560  # px
LINES = (3, 6)  # of a prompt, at least and at most


class Thing(StrEnum):
    """In what the two may differ: a field of the recipe."""

    PROMPT = "prompt"
    NEGATIVE_PROMPT = "negative_prompt"
    GUIDANCE = "guidance_scale"
    SAMPLER = "sampler"
    SEED = "seed"
    STEPS = "steps"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class _Setting:
    """Where the other value is chosen."""

    control: QWidget  # has its name and explanation
    value: Callable[[], Any]  # None while there is none
    show: Callable[[Any], object]
    edited: SignalInstance


class TwinsDialog(Retranslating, QDialog):
    """Stays beside the prompt panel: one of the two is what `recipe` tells is chosen there, and the other begins like it."""

    wanted = Signal(object, object)  # Recipe, the other Recipe

    def __init__(
        self, recipe: Callable[[], Recipe], models: Callable[[], Sequence[Model]], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._recipe = recipe
        self._models = models
        self.setObjectName("twins")
        self.setModal(False)
        self._about = label("quiet", "about_twins")
        self._thing = ValueChoice(theme, "twin_thing", tuple(Thing), Thing.PROMPT)
        self._thing_caption = label("body", "twin_thing_caption", self._thing)
        self._prompts, self._shown_prompts = (
            {Thing.PROMPT: PromptField(theme, kind, LINES), Thing.NEGATIVE_PROMPT: PromptField(theme, f"{kind}negative_", LINES)}
            for kind in ("twin_", "this_")
        )
        self._guidance = Decimal("twin_guidance", 0, MOST_GUIDANCE, 0.5)
        self._sampler = Choice(theme, "twin_sampler")
        self._seed = NoiseSeed(theme, "twin_seed")
        self._steps = Number("twin_steps", 1, MOST_STEPS)
        self._model = Choice(theme, "twin_model")
        self._note = label("quiet", "twin_note")
        self._cancel = QPushButton(objectName="cancel_twins")
        self._start = QPushButton(objectName="start_twins")
        self._start.setDefault(True)
        self._start.setProperty("primary", "true")
        for each in SAMPLERS:
            self._sampler.addItem(each.name)
        prompt, negative_prompt = (field.edit for field in self._prompts.values())
        self._settings = {
            Thing.PROMPT: _Setting(prompt, prompt.toPlainText, prompt.set_text, prompt.edited),
            Thing.NEGATIVE_PROMPT: _Setting(negative_prompt, negative_prompt.toPlainText, negative_prompt.set_text, negative_prompt.edited),
            Thing.GUIDANCE: _Setting(self._guidance, self._guidance.value, self._guidance.setValue, self._guidance.valueChanged),
            Thing.SAMPLER: _Setting(
                self._sampler, self._sampler.currentText, self._sampler.setCurrentText, self._sampler.currentIndexChanged
            ),
            Thing.SEED: _Setting(self._seed.number, lambda: self._seed.seed, self._seed.set_seed, self._seed.edited),
            Thing.STEPS: _Setting(self._steps, self._steps.value, self._steps.setValue, self._steps.valueChanged),
            Thing.MODEL: _Setting(
                self._model,
                self._model.currentData,
                lambda name: self._model.setCurrentIndex(self._model.findData(name)),
                self._model.currentIndexChanged,
            ),
        }
        self._shown: dict[Thing, QWidget] = {}  # the values in the prompt panel
        self._captions: list[QLabel] = []  # over those, and over the others
        self._lay_out()

        self._thing.chosen.connect(self._turn_to)
        for setting in self._settings.values():
            setting.edited.connect(self.follow)
        self._cancel.clicked.connect(self.reject)
        self._start.clicked.connect(self._begin)
        self.retranslate()

    def open(self) -> None:
        """Begin with both alike, but for a seed."""
        recipe = self._recipe()
        self._fill_models()
        for thing, setting in self._settings.items():
            setting.show(getattr(recipe, thing))
        self._seed.roll()
        self._thing.setFocus()
        self.show()  # QDialog's own would hold the window up
        self.activateWindow()

    def set_meter(self, meter: TokenMeter | None) -> None:
        """Count with `meter` from now on; without one nothing is counted."""
        for field in (*self._prompts.values(), *self._shown_prompts.values()):
            field.set_meter(meter)

    def follow(self) -> None:
        """The recipe in the prompt panel is another, or what is chosen here."""
        recipe = self._recipe()
        for thing, shown in self._shown.items():
            words = self._words(thing, getattr(recipe, thing))
            shown.setText(words) if isinstance(shown, QLineEdit) else shown.set_text(words)
        for field in (*self._prompts.values(), *self._shown_prompts.values()):
            field.set_model(self._model_of(recipe))
        for row, each in enumerate(SAMPLERS):
            problem = self._why_not(replace(recipe, sampler=each.name))
            self._sampler.explain_entry(row, problem or tr("Safelight", each.note), not problem)
        for row, model in enumerate(self._models()):
            problem = self._why_not(replace(recipe, model=model.name))
            self._model.explain_entry(row, problem or str(model.folder), not problem)
        problem = self._problem(recipe)
        self._note.setText(problem or _remark(self._chosen))
        self._start.setEnabled(not problem)

    # -- inside

    @property
    def _chosen(self) -> Thing:
        return tuple(Thing)[self._thing.currentIndex()]

    def _other_of(self, recipe: Recipe) -> Recipe | None:
        value = self._settings[self._chosen].value()
        return None if value is None else replace(recipe, **{self._chosen: value})

    def _model_of(self, recipe: Recipe) -> Model | None:
        return next((model for model in self._models() if model.name == recipe.model), None)

    def _problem(self, recipe: Recipe) -> str:
        """Why there can be no twins yet."""
        other = self._other_of(recipe)
        if other is None:
            return tr("Safelight", "Type a seed.")
        if other != recipe:
            return self._why_not(other)
        if self._chosen is Thing.MODEL and len(self._models()) < 2:
            return tr("Safelight", "There is no other model yet; open a model folder in the prompt panel.")
        return tr("Safelight", "Both are the same so far.")

    def _why_not(self, recipe: Recipe) -> str:
        """Why `recipe` cannot be made, as far as its model is known here."""
        model = self._model_of(recipe)
        if model is None:
            return ""
        if model.problem:
            return sentence(model.problem.template, model.problem.values)
        if reason := unfit(sampler(recipe.sampler), model.traits):
            return tr("Safelight", "{sampler} does not fit this model: {reason}.").format(
                sampler=recipe.sampler, reason=tr("Safelight", reason)
            )
        if recipe.width % model.multiple or recipe.height % model.multiple or max(recipe.width, recipe.height) > model.most_side:
            return tr("Safelight", "This model does not draw {width} × {height}.").format(width=recipe.width, height=recipe.height)
        return ""

    def _words(self, thing: Thing, value: Any) -> str:
        match thing:
            case Thing.GUIDANCE:
                return decimal(value, 1)
            case Thing.SEED:
                return grouped(str(value))
            case Thing.MODEL:
                return self._model.itemText(self._model.findData(value))
            case _:
                return str(value)

    def _turn_to(self, thing: Thing) -> None:
        self._pages.setCurrentIndex(tuple(Thing).index(thing))
        self.follow()

    def _begin(self) -> None:
        recipe = self._recipe()
        for field in self._prompts.values():
            field.edit.rest()
        self.wanted.emit(recipe, self._other_of(recipe))
        self.accept()

    def _fill_models(self) -> None:
        with QSignalBlocker(self._model):
            chosen = self._model.currentData()
            self._model.clear()
            for model in self._models():
                self._model.addItem(tr("Safelight", "Starter") if model.bundled else model.name, model.name)
            self._model.setCurrentIndex(max(0, self._model.findData(chosen)))

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Twin run"))
        self._about.setText(
            tr("Safelight", "Makes two pictures that differ in one thing, step by step together, and shows both under one playhead.")
        )
        words = {
            Thing.PROMPT: tr("Safelight", "Prompt"),
            Thing.NEGATIVE_PROMPT: tr("Safelight", "Negative prompt"),
            Thing.GUIDANCE: tr("Safelight", "Guidance"),
            Thing.SAMPLER: tr("Safelight", "Sampler"),
            Thing.SEED: tr("Safelight", "Seed"),
            Thing.STEPS: tr("Safelight", "Steps"),
            Thing.MODEL: tr("Safelight", "Model"),
        }
        self._thing.show_words([words[thing] for thing in Thing])
        self._thing_caption.setText(tr("Safelight", "What differs"))
        explain(self._thing, self._thing_caption.text(), tr("Safelight", "The one thing in which the two differ."))
        for caption in self._captions[::2]:
            caption.setText(tr("Safelight", "As in the prompt panel"))
        for caption in self._captions[1::2]:
            caption.setText(tr("Safelight", "The other"))
        for thing, shown in self._shown.items():
            explain(
                shown,
                tr("Safelight", "{thing} as in the prompt panel").format(thing=words[thing]),
                tr("Safelight", "What is chosen in the prompt panel; it can be changed there."),
            )
        for thing, setting in self._settings.items():
            explain(
                setting.control,
                tr("Safelight", "{thing} of the other").format(thing=words[thing]),
                tr("Safelight", "What the other picture is made with instead."),
            )
        for button, name, explanation in (
            (self._cancel, tr("Safelight", "Cancel"), tr("Safelight", "Closes this window; nothing is made.")),
            (self._start, tr("Safelight", "Start twins"), tr("Safelight", "Makes both, a step of the one, then a step of the other.")),
        ):
            button.setText(name)
            explain(button, name, explanation)
        self._fill_models()
        self.follow()

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDTH)
        for words in (self._about, self._note):
            words.setWordWrap(True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._note.ensurePolished()
        self._note.setMinimumHeight(2 * self._note.fontMetrics().lineSpacing())  # the buttons stay where they are
        self._pages = QStackedWidget()
        for thing, setting in self._settings.items():
            self._pages.addWidget(self._page(thing, setting))
        what = QHBoxLayout()
        what.setSpacing(16)
        what.addWidget(self._thing_caption)
        what.addWidget(self._thing, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._start)
        self._start.setMinimumWidth(120)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(16)
        whole.addWidget(self._about)
        whole.addLayout(what)
        whole.addWidget(self._pages)
        whole.addWidget(self._note)
        whole.addLayout(buttons)

    def _page(self, thing: Thing, setting: _Setting) -> QWidget:
        """What is in the prompt panel at the left, the other at the right."""
        page = QWidget()
        both = QHBoxLayout(page)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(16)
        if thing in self._prompts:
            columns = [self._shown_prompts[thing], self._prompts[thing]]  # with captions of their own
            self._captions += [field.caption for field in columns]
            shown = columns[0].edit
        else:
            shown = QLineEdit(objectName=f"this_{thing}")
            columns = [self._column(shown, shown), self._column(setting.control, self._seed if thing is Thing.SEED else setting.control)]
        shown.setReadOnly(True)
        shown.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._shown[thing] = shown
        for column in columns:
            both.addWidget(column, 1, Qt.AlignmentFlag.AlignTop)
        return page

    def _column(self, control: QWidget, field: QWidget) -> QWidget:
        """`control` with its caption; it may be a part of `field`."""
        column = QWidget()
        self._captions.append(label("caption", f"{control.objectName()}_caption", control))
        whole = QVBoxLayout(column)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addWidget(self._captions[-1])
        whole.addWidget(field)
        return column


def _remark(thing: Thing) -> str:
    """What is special about twins that differ in this."""
    match thing:
        case Thing.STEPS:
            return tr("Safelight", "Steps are compared by their number, so the one with fewer is always further on.")
        case Thing.SEED:
            return tr("Safelight", "Another seed begins with other noise: another picture from the start.")
        case Thing.MODEL:
            return tr("Safelight", "Two models are not loaded at once: the second picture is made after the first.")
        case _:
            return ""
