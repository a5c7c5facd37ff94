"""RecipeControls: prompt, steps and noise of the pictures that a station makes; everything else is as Create has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from ...library.lessons_file import Settings
from ..language import Retranslating, explain, tr
from ..widgets import model_words
from ..widgets.controls import Number, label, named
from ..widgets.slider_row import SliderRow
from .station import Tools

if TYPE_CHECKING:
    from ...diffusion.recipe import Recipe
    from ...library.models import Model

USUAL_PROMPT = "a fox in the forest"  # of the bundled picture, where Create has no prompt
MOST_SEED = 2**31 - 1
MOST_PROMPT = 500  # characters


class RecipeControls(Retranslating, QWidget):
    changed = Signal()

    def __init__(self, tools: Tools, key: str, steps: range | None, usual_steps: int, seed: int) -> None:
        """`key`: of the station; `steps`: on offer, None where the station chooses them."""
        super().__init__()
        self.setObjectName(f"learn_{key}_recipe")
        self._tools = tools
        self._has_steps, self._says_nothing = steps is not None, False
        self._title, self._model_words = label("section"), label("quiet", f"learn_{key}_model")
        self._model_words.setWordWrap(True)
        self._prompt_label, self.prompt = label("caption"), named(QLineEdit(), f"learn_{key}_prompt")
        self._steps_label = label("caption")
        self._seed_label, self.seed = label("caption"), Number(f"learn_{key}_seed", 0, MOST_SEED)
        least, most = (steps[0], steps[-1]) if steps else (1, 1)
        self.steps = Number(f"learn_{key}_steps", least, most)
        self.steps.setValue(usual_steps)
        self._steps_row = SliderRow(self.steps)
        self.seed.setValue(seed)
        self.prompt.setMaxLength(MOST_PROMPT)
        self._prompt_label.setBuddy(self.prompt)
        self._steps_label.setBuddy(self.steps)
        self._seed_label.setBuddy(self.seed)
        self._lay_out()
        for signal in (self.prompt.textChanged, self.steps.valueChanged, self.seed.valueChanged):
            signal.connect(lambda: self.changed.emit())
        self.retranslate()

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setColumnMinimumWidth(0, 56)
        form.addWidget(self._prompt_label, 0, 0)
        form.addWidget(self.prompt, 0, 1)
        if self._has_steps:  # else these controls are never shown
            form.addWidget(self._steps_label, 1, 0)
            form.addWidget(self._steps_row, 1, 1)
        form.addWidget(self._seed_label, 2, 0)
        form.addWidget(self.seed, 2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._model_words)
        column.addLayout(form)

    @property
    def model(self) -> Model | None:
        """That of Create, if it can be used."""
        name = self._tools.recipe().model.name
        return next((model for model in self._tools.models.models if model.name == name and not model.problem), None)

    def recipe(self, prompt: str | None = None) -> Recipe:
        """That of Create, without branches and on a square, with these settings. `prompt`: where none is typed; None for that of Create."""
        recipe = self._tools.recipe()
        side = min(recipe.size.width, recipe.size.height)
        words = self.prompt.text().strip() or (self._usual_prompt(recipe) if prompt is None else prompt)
        values = {"seed": self.seed.value(), "width": side, "height": side, "prompt": words}
        return replace(recipe, turns=()).with_values(**values | ({"steps": self.steps.value()} if self._has_steps else {}))

    def say_nothing(self, says_nothing: bool) -> None:
        """Whether no prompt is used where none is typed."""
        if says_nothing != self._says_nothing:
            self._says_nothing = says_nothing
            self.retranslate()

    def _usual_prompt(self, recipe: Recipe) -> str:
        return recipe.prompt.text.strip() or USUAL_PROMPT

    def settings(self) -> Settings:
        steps = {"steps": self.steps.value()} if self._has_steps else {}
        return {"prompt": self.prompt.text(), "seed": self.seed.value(), **steps}

    def restore(self, settings: Settings) -> None:
        match settings.get("steps"):
            case int(steps) if self.steps.minimum() <= steps <= self.steps.maximum():
                self.steps.setValue(steps)
        match settings.get("seed"):
            case int(seed) if 0 <= seed <= MOST_SEED:
                self.seed.setValue(seed)
        match settings.get("prompt"):
            case str(prompt):
                self.prompt.setText(prompt)

    def retranslate(self) -> None:
        recipe = self._tools.recipe()
        self._title.setText(tr("Safelight", "How it is denoised"))
        model = self.model
        self._model_words.setText(
            tr("Safelight", "With {model} and the settings of Create.").format(
                model=model_words.name(model) if model else recipe.model.name
            )
        )
        self._prompt_label.setText(tr("Safelight", "Prompt"))
        self.prompt.setPlaceholderText(
            tr("Safelight", "none: the picture speaks for itself") if self._says_nothing else self._usual_prompt(recipe)
        )
        self._steps_label.setText(tr("Safelight", "Steps"))
        self._seed_label.setText(tr("Safelight", "Noise"))
        for control, words, explanation in (
            (
                self.prompt,
                tr("Safelight", "Prompt"),
                tr("Safelight", "What the picture is to show. Where it is empty, the grey words hold."),
            ),
            (self.seed, tr("Safelight", "Noise"), tr("Safelight", "Seed of the noise.")),
        ):
            explain(control, words, explanation)
        self._steps_row.explain(tr("Safelight", "Steps"), tr("Safelight", "How many steps the whole way has."))
