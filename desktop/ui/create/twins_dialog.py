"""TwinsDialog: two recipes that differ in one field, generated step by step together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from ...diffusion import fields
from ...diffusion.fields import Editor, Field
from ...diffusion.recipe import Recipe
from ...library.models import Model, by_name
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import ValueChoice, label, named, reserve_two_lines
from ..widgets.dialog_foot import DialogFoot
from ..widgets.dialog_sheet import DialogSheet
from ..widgets.field_control import FieldControl, control_of, written
from ..widgets.prompt_edit import PromptEdit
from ..widgets.prompt_field import PromptField
from ..widgets.sampler_choice import explain_samplers
from ..widgets.seed_field import NoiseSeed
from .feasible import why_not

if TYPE_CHECKING:
    from ...library.tokens import TokenMeter

WIDTH = 560  # px
LINES = (3, 6)  # of a prompt, at least and at most


class TwinsDialog(Retranslating, QDialog):
    """Is not modal: one recipe is that of the prompt panel, as `recipe` returns it; the other starts as its copy.

    It has a page for each field of `fields.FIELDS` that may differ.
    """

    wanted = Signal(object, object)  # the Recipe of the prompt panel, the other Recipe

    def __init__(
        self, recipe: Callable[[], Recipe], models: Callable[[], Sequence[Model]], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._recipe = recipe
        self._models = models
        self.setObjectName("twins")
        self.setModal(False)
        self._about = label("quiet", "about_twins")
        self._fields = tuple(field for field in fields.FIELDS if field.may_differ)
        self._thing = ValueChoice(theme, "twin_thing", self._fields, self._fields[0])
        self._thing_caption = label("body", "twin_thing_caption", self._thing)
        self._controls = {field.key: control_of(field, theme, "twin_", LINES) for field in self._fields}
        prompts = [field for field in self._fields if field.editor is Editor.PROMPT]
        self._shown_prompts = {field.key: PromptField(theme, f"this_{field.key}".removesuffix("prompt"), LINES) for field in prompts}
        own_prompts = (control.widget for control in self._controls.values() if isinstance(control.widget, PromptField))
        self._prompts = [*self._shown_prompts.values(), *own_prompts]
        self._sampler, self._model = self._controls["sampler"].choice, self._controls["model"].choice
        self._note = label("quiet", "twin_note")
        self._foot = DialogFoot(self, "twins", self._begin, 120)
        self._shown: dict[str, QLineEdit | PromptEdit] = {}  # the values of the prompt panel, by field key
        self._captions: list[QLabel] = []  # of those and of the other values, alternating
        self._lay_out()

        self._thing.chosen.connect(self._turn_to)
        for control in self._controls.values():
            control.edited.connect(self.follow)
        self.retranslate()

    def open(self) -> None:
        """Start with two equal recipes, except for the seed."""
        recipe = self._recipe()
        self._fill_models()
        for key, control in self._controls.items():
            control.show(recipe.value(key))
            if isinstance(control.widget, NoiseSeed):
                control.widget.roll()
        self._thing.setFocus()
        self.show()  # QDialog.open would make it modal
        self.activateWindow()

    def set_meter(self, meter: TokenMeter | None) -> None:
        """Count tokens with `meter`; None stops counting."""
        for field in self._prompts:
            field.set_meter(meter)

    def follow(self) -> None:
        """Show the recipe of the prompt panel, and whether the two can be generated."""
        recipe = self._recipe()
        for key, shown in self._shown.items():
            words = self._words(fields.named(key), recipe.value(key))
            shown.setText(words) if isinstance(shown, QLineEdit) else shown.set_text(words)
        for field in self._prompts:
            field.set_model(self._model_of(recipe))
        explain_samplers(self._sampler, lambda sampler: self._why_not(recipe.with_values(sampler=sampler.name)))
        for row, model in enumerate(self._models()):
            problem = self._why_not(recipe.with_values(model=model.name))
            self._model.explain_entry(row, problem or str(model.path), not problem)
        problem = self._problem(recipe)
        self._note.setText(problem or (tr("Safelight", self._chosen.differs) if self._chosen.differs else ""))
        self._foot.start.setEnabled(not problem)

    # -- inside

    @property
    def _chosen(self) -> Field:
        return self._fields[self._thing.currentIndex()]

    def _other_of(self, recipe: Recipe) -> Recipe | None:
        value = self._controls[self._chosen.key].value()
        return None if value is None else recipe.with_values(**{self._chosen.key: value})

    def _model_of(self, recipe: Recipe) -> Model | None:
        return by_name(self._models(), recipe.model.name)

    def _problem(self, recipe: Recipe) -> str:
        """Why the two cannot be generated yet; "" if they can."""
        other = self._other_of(recipe)
        if other is None:
            return tr("Safelight", "Type a seed.")
        if (model := self._model_of(recipe)) and not self._chosen.is_used(model.family, model.traits):
            return tr("Safelight", "This model does not use this setting.")
        if other != recipe:
            return self._why_not(other)
        if self._chosen.editor is Editor.MODEL and len(self._models()) < 2:
            return tr("Safelight", "There is no other model yet. Open a model folder from the menu first.")
        return tr("Safelight", "Both recipes are the same.")

    def _why_not(self, recipe: Recipe) -> str:
        return why_not(recipe, self._models())

    def _words(self, field: Field, value: object) -> str:
        return self._model.itemText(self._model.findData(value)) if field.editor is Editor.MODEL else written(field, value)

    def _turn_to(self, field: Field) -> None:
        self._pages.setCurrentIndex(self._fields.index(field))
        self.follow()

    def _begin(self) -> None:
        recipe = self._recipe()
        for field in self._prompts:
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
        self.setWindowTitle(tr("Safelight", "Compare two pictures"))
        self._about.setText(
            tr("Safelight", "Generates two pictures that differ in one setting, step by step together, and shows them side by side.")
        )
        captions = {field.key: tr("Safelight", field.caption) for field in self._fields}
        self._thing.show_words(list(captions.values()))
        self._thing_caption.setText(tr("Safelight", "Difference"))
        explain(self._thing, self._thing_caption.text(), tr("Safelight", "The setting in which the two pictures differ."))
        for caption in self._captions[::2]:
            caption.setText(tr("Safelight", "As in the prompt panel"))
        for caption in self._captions[1::2]:
            caption.setText(tr("Safelight", "The other picture"))
        for key, shown in self._shown.items():
            explain(
                shown,
                tr("Safelight", "{thing} in the prompt panel").format(thing=captions[key]),
                tr("Safelight", "The value in the prompt panel. You can change it there."),
            )
        for key, control in self._controls.items():
            explain(
                control.control,
                tr("Safelight", "{thing} of the other picture").format(thing=captions[key]),
                tr("Safelight", "The value for the other picture."),
            )
        self._foot.show_words(
            tr("Safelight", "Generate both"),
            tr("Safelight", "Generate both pictures, alternating step by step."),
            tr("Safelight", "Close this window without generating."),
        )
        self._fill_models()
        self.follow()

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDTH)
        for words in (self._about, self._note):
            words.setWordWrap(True)
        reserve_two_lines(self._note)
        self._pages = QStackedWidget()
        for control in self._controls.values():
            self._pages.addWidget(self._page(control))
        what = QHBoxLayout()
        what.setSpacing(16)
        what.addWidget(self._thing_caption)
        what.addWidget(self._thing, 1)
        form = QVBoxLayout()
        form.setContentsMargins(24, 20, 24, 20)
        form.setSpacing(16)
        form.addWidget(self._about)
        form.addLayout(what)
        form.addWidget(self._pages)
        form.addWidget(self._note)
        DialogSheet(self, form, self._foot, WIDTH)

    def _page(self, control: FieldControl) -> QWidget:
        """The value of the prompt panel at the left, the control of the other value at the right."""
        page = QWidget()
        both = QHBoxLayout(page)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(16)
        if isinstance(control.widget, PromptField):
            columns: list[QWidget] = [self._shown_prompts[control.key], control.widget]  # they have captions
            self._captions += [self._shown_prompts[control.key].caption, control.widget.caption]
            shown: QLineEdit | PromptEdit = self._shown_prompts[control.key].edit
        else:
            shown = named(QLineEdit(), f"this_{control.key}")
            columns = [self._column(shown, shown), self._column(control.control, control.widget)]
        shown.setReadOnly(True)
        shown.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._shown[control.key] = shown
        for column in columns:
            both.addWidget(column, 1, Qt.AlignmentFlag.AlignTop)
        return page

    def _column(self, control: QWidget, field: QWidget) -> QWidget:
        """`field` with a caption for `control`, which is `field` or a part of it."""
        column = QWidget()
        self._captions.append(label("caption", f"{control.objectName()}_caption", control))
        whole = QVBoxLayout(column)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addWidget(self._captions[-1])
        whole.addWidget(field)
        return column
