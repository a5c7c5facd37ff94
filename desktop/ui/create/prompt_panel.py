"""PromptPanel: the controls of a recipe in sections, and the Generate button."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from ...diffusion import fields
from ...diffusion.fields import Editor
from ...diffusion.recipe import Recipe
from ...diffusion.run import Run
from ...diffusion.samplers import SAMPLERS, Sampler, sampler, unfit
from ...diffusion.weights import escaped, parse
from ...library.drafts import PER_MODEL, Chosen, Drafts, ModelSettings
from ...library.models import Model, by_name
from ...studio.forecast import Forecast
from ...studio.generation import Generation, Job, Pause
from ...studio.grids import Grid, Grids
from ...studio.loras import Loras
from ...studio.notices import quoted
from ...studio.prompt_history import PromptHistory
from ...studio.styles import Styles
from ...studio.variants import variants
from ..language import Retranslating, explain, spoken, tr
from ..theme import Theme
from ..widgets.controls import Elided, IconButton, Number, label, named
from ..widgets.field_control import FieldControl, control_of, explain_field, seed_control, with_slider, written
from ..widgets.left_panel import NARROWEST, WIDEST, Scrolled
from ..widgets.prompt_field import PromptField
from ..widgets.sampler_choice import explain_samplers
from ..widgets.section import EDGE, Section
from ..widgets.seed_field import SeedField
from ..widgets.slider_row import SliderRow
from .generate_dock import GenerateDock
from .lora_section import LoraSection, too_many_embeddings
from .presets import Presets, preset_name
from .restored_branches import RestoredBranches
from .size_choice import Ratios, SizeChoice

if TYPE_CHECKING:
    from ...library.tokens import TokenMeter
    from .grid_dialog import GridDialog
    from .prompts_dialog import PromptsDialog
    from .seeds_dialog import SeedsDialog
    from .styles_dialog import StylesDialog
    from .twins_dialog import TwinsDialog

MOST_PICTURES = 100  # of one press
CAPTION = 70  # px, of a setting
LISTED = 12  # earlier prompts in the menu
MOST_QUOTED = 48  # characters of a prompt in the menu
SURPRISE = "Ctrl+R"
SEEDS = "Ctrl+Shift+Return"
TWINS = "Ctrl+T"
CHINESE = range(0x4E00, 0xA000)
ELSEWHERE = (Editor.SIDE, Editor.MODEL, Editor.ADAPTERS, Editor.EMBEDDINGS)  # by a control for both, in the top bar, a section, the prompts
SMALL = 24  # px, of a button in a head
SIZE, PICTURES = 96, 64  # px, widths


class PromptPanel(Retranslating, QFrame):
    """Has a control for each field of `fields.FIELDS` that the model uses; width and height share one. The model is chosen elsewhere."""

    requested = Signal()  # pictures or twins were queued, which the canvas is to show
    edited = Signal()  # of anything that drafts keep
    model_changed = Signal(object)  # Model; however it was chosen
    model_awaited = Signal(str)  # the name of the chosen model, of which nothing else is known yet
    recipe_pasted = Signal(str)  # into a prompt; text of another program

    def __init__(
        self, generation: Generation, forecast: Forecast, grids: Grids, styles: Styles, theme: Theme, history: PromptHistory, loras: Loras
    ) -> None:
        super().__init__()
        self._generation = generation
        self._forecast = forecast
        self._grids = grids
        self._styles = styles
        self._theme = theme
        self._history = history
        self._loras = loras
        self._surprised = ""  # the last surprise
        self._listed: tuple[Model, ...] = ()
        self._models: tuple[Model, ...] = ()  # of these, without refiners
        self._model_name = ""
        self._awaits = False  # the list of models, in which the chosen one will be
        self._kept: dict[str, ModelSettings] = {}  # what the user gave each model instead of what suits it, by its path, the latest last
        self._announced: Model | None = None  # the last one in `model_changed`
        self._meter: TokenMeter | None = None
        self._seeds_dialog: SeedsDialog | None = None
        self._twins_dialog: TwinsDialog | None = None
        self._prompts_dialog: PromptsDialog | None = None
        self._grid_dialog: GridDialog | None = None
        self._styles_dialog: StylesDialog | None = None
        self._gave_way: list[Section] = []  # folded because the window is small
        self._is_small = False
        self.setObjectName("prompt_panel")
        self.setProperty("ground", "panel")
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)

        self._surprise = IconButton(theme, "dices", "surprise", 16)
        self._earlier = IconButton(theme, "history", "earlier_prompts", 16)
        self._earlier_menu = QMenu(self._earlier)
        self._style = IconButton(theme, "sparkles", "styles_menu", 16)
        self._style_menu = QMenu(self._style)
        self._seed = SeedField(theme)
        self._controls = {field.key: self._control_of(field) for field in fields.FIELDS if field.part and field.editor not in ELSEWHERE}
        self._prompts = [each.widget for each in self._controls.values() if isinstance(each.widget, PromptField)]
        self.prompt, self.negative_prompt = (field.edit for field in self._prompts[:2])
        for prompt in self._prompts:
            prompt.edit.takes_recipes = True
            prompt.edit.recipe_pasted.connect(self.recipe_pasted)
        self._size = SizeChoice(theme)
        self._ratios = Ratios(theme, self._size)
        self._swap = IconButton(theme, "arrow-left-right", "swap_sides", 14)
        self._size_remark = Elided("faint", "size_remark")
        self._size_problem = ""
        self._lora = LoraSection(loras, theme)
        self._presets = Presets(lambda: self.model)
        self._sampler = self._controls["sampler"].choice
        self._pause_after = Number("pause_after", 0, 1)
        self._pause = 0  # the step that the user chose; more than a run with few steps has is not lost
        self._pause_row = SliderRow(self._pause_after)
        self._pictures = Number("pictures", 1, MOST_PICTURES)
        self._message = label("quiet", "message")
        self._branches = RestoredBranches(theme)
        self._dock = dock = GenerateDock(generation, theme)
        self._several_seeds = dock.offer("more_seeds", "layers", self.ask_seeds, SEEDS)
        self._twin_run = dock.offer("more_twins", "columns-2", self.ask_twin, TWINS)
        self._many_prompts = dock.offer("more_prompts", "list-ordered", self.ask_prompts)
        self._grid_wanted = dock.offer("more_grid", "layout-grid", self.ask_grid)
        dock.menu.addSeparator()
        self._pause_wanted = dock.offer("more_pause", "flag", self.ask_pause)
        self._hold = dock.offer("more_hold", "list-video", self.hold)
        dock.menu.addSeparator()
        self._stop = dock.offer("more_stop", "square", generation.stop, "Esc")
        self._captions: dict[str, QLabel] = {}
        for control in self._plain:
            control.show(Recipe().value(control.key))
        self._lay_out()

        self.prompt.edited.connect(self._remark_on_prompt)
        self._surprise.clicked.connect(self.surprise)
        self._earlier.clicked.connect(self.show_earlier)
        self._style.clicked.connect(self.show_styles)
        self._swap.clicked.connect(self._size.swap)
        self._size.corrected.connect(self._show_size_problem)
        self._size.edited.connect(self._remark_on_size)
        self._presets.chosen.connect(self._controls["steps"].show)
        for control in self._controls.values():
            control.edited.connect(self.edited)
        self._size.edited.connect(self.edited)
        self._lora.words_chosen.connect(lambda words: self._add_words(words))
        self._lora.words_to_avoid_chosen.connect(partial(self._add_words, to_avoid=True))
        loras.embeddings.chosen.connect(lambda name: self._add_words(escaped(name)))
        loras.embeddings.changed.connect(self._follow_embeddings)
        self._lora.rebuilt.connect(self._order_tabs)
        for signal in (loras.changed, loras.looked):
            signal.connect(self._follow_loras)
        self._controls["refiner"].edited.connect(self._explain_fields)
        self._pictures.valueChanged.connect(self.edited)
        self._pause_after.valueChanged.connect(self._take_pause)
        self._branches.edited.connect(self.edited)
        self._sampler.currentIndexChanged.connect(self._explain_samplers)
        self.edited.connect(self._check_branches)
        self.edited.connect(self._tell_dialogs)
        self.edited.connect(self._show_values)
        dock.button.clicked.connect(self.generate)
        generation.changed.connect(self._show_running)
        generation.ended.connect(self._show_values)
        self.retranslate()

    # -- what the owner asks and says

    def recipe(self) -> Recipe:
        """What Generate makes: the settings, and the restored branches if they are possible with these."""
        return self._branches.included_in(self._settings(), self.model, self._stages)

    def _settings(self) -> Recipe:
        width, height = self._size.size_chosen
        values = {key: control.value() for key, control in self._controls.items()} | {"adapters": self._loras.adapters}
        recipe = Recipe.of(**values | {"model": self._model_name or Recipe().model.name, "width": width, "height": height})
        return self._loras.embeddings.named_in(recipe)

    def set_recipe(self, recipe: Recipe) -> None:
        """Show `recipe`. A model or a sampler that cannot be used leaves the chosen one."""
        self._keep_settings()
        if any(model.name == recipe.model.name and not model.problem for model in self._models):
            self._show_model(recipe.model.name)
        self._loras.take(recipe.adapters)  # first: some samplers fit with them only
        self._loras.embeddings.take(recipe.embeddings)
        if (index := self._sampler.findText(recipe.sampling.sampler)) >= 0 and not self._why_unfit(SAMPLERS[index]):
            self._sampler.setCurrentIndex(index)
        for key, control in self._controls.items():
            if key == "refiner" and not self._awaits and not any(refiner.name == recipe.refiner.name for refiner in self._refiners):
                control.show("")
            elif key != "sampler":
                control.show(recipe.value(key))
        self._size.set_size(recipe.size.width, recipe.size.height)
        self._branches.set_turns(recipe.turns)

    def pictures(self) -> int:
        return self._pictures.value()

    def drafts(self) -> Drafts:
        """The text and settings of the panel, and the queue."""
        self._keep_settings()
        return Drafts(
            recipe=replace(self._settings(), turns=self._branches.turns),
            seed_locked=self._seed.locked,
            pictures=self.pictures(),
            up_next=self._generation.drafts,
            grids=self._grids.unfinished,
            history=self._history.prompts,
            loras=self._loras.rows,
            settings=dict(self._kept),
        )

    def restore(self, drafts: Drafts) -> None:
        """Show the text and settings of `drafts`; at the very first start a prompt that the model draws well.

        The queue is restored by the generation.
        """
        if drafts == Drafts():
            model = self.model
            good = model.vocabulary.prompts if model and model.vocabulary else {}
            self.prompt.set_text(next(iter(good.get(spoken(), ())), ""))
        else:
            self.set_recipe(drafts.recipe)
            self._kept = dict(drafts.settings)
            if self.model and self.model.name != drafts.recipe.model.name:  # which is not there any more
                self._adopt(self.model)
            self._loras.set_rows(drafts.loras or [Chosen(adapter) for adapter in drafts.recipe.adapters])
            if not drafts.seed_locked:
                self._seed.set_next(drafts.recipe.sampling.seed)
        self._pictures.setValue(drafts.pictures)

    @property
    def models(self) -> Sequence[Model]:
        """The models on offer, without refiners, which make no pictures alone."""
        return self._models

    @property
    def listed(self) -> Sequence[Model]:
        """All that were offered, with the refiners."""
        return self._listed

    def choose_refiner(self, name: str) -> bool:
        """Let the refiner called `name` make the last steps; return whether it fits the chosen model."""
        is_offered = any(refiner.name == name for refiner in self._refiners)
        if is_offered:
            self._sampling.set_open(True)
            self._controls["refiner"].show(name)
        return is_offered

    def choose_model(self, name: str) -> None:
        """Choose the model called `name`, as the user does in the top bar."""
        before = self.model
        self._keep_settings()
        self._show_model(name)
        if (model := self.model) and model != before:
            self._adopt(model)
            self.edited.emit()

    @property
    def model(self) -> Model | None:
        """The chosen model; None before it is known."""
        return None if self._awaits else by_name(self._models, self._model_name)

    @property
    def model_name(self) -> str:
        """That of the chosen model, also before it is known."""
        return self._model_name

    @property
    def awaits_model(self) -> bool:
        return self._awaits

    def await_models(self, models: Sequence[Model], current_name: str) -> None:
        """Offer `models`, which are not all: the one called `current_name` is chosen, and known from `set_models` on.

        Until then every setting can be edited, and nothing can be generated. The user may choose another model.
        """
        self._offer(models)
        self._model_name, self._awaits = current_name, True
        self.model_awaited.emit(current_name)
        self._show_values()

    def set_models(self, models: Sequence[Model], current_name: str) -> None:
        """Offer `models`. If another one is chosen then, the settings are those that it had last, or that suit it.

        The settings stay where the model was awaited and is there.
        """
        before, awaiting = self.model, replace(self._settings(), turns=self._branches.turns) if self._awaits else None
        self._keep_settings()
        self._offer(models)
        self._show_model(current_name if by_name(self._models, current_name) else models[0].name)
        if awaiting and self._model_name == current_name:
            self.set_recipe(awaiting)
        elif self.model and self.model != before:
            self._adopt(self.model)

    def unlock_seed(self) -> None:
        """Let the next pictures have random seeds."""
        self._seed.set_locked(False)

    def set_meter(self, meter: TokenMeter | None) -> None:
        """Count tokens with `meter`; None stops counting."""
        self._meter = meter
        if meter is not None:
            meter.names = self._loras.embeddings.names
        for field in self._prompts:
            field.set_meter(meter)
        if self._twins_dialog is not None:
            self._twins_dialog.set_meter(meter)

    def generate(self) -> None:
        """Queue the pictures, then choose another seed unless the seed is locked. Without a prompt nothing is queued."""
        prompts = self._rested_prompts()
        if self._problem(self._settings(), prompts):
            return
        self._history.remember(self.prompt.toPlainText())
        self._make_each(prompts)

    def hold(self) -> None:
        """Queue the pictures without starting them."""
        prompts = self._rested_prompts()
        if self._problem(self._settings(), prompts):
            return
        recipe, pause = self.recipe(), Pause.after(self._pause_after.value() or None)
        self._generation.hold(Job(Run(self._prompted(recipe, prompt)), self.pictures(), pause=pause) for prompt in prompts)
        self._prepare_next(recipe)

    def ask_pause(self) -> None:
        """Let the user say after which step the next pictures pause."""
        for section in (self._sampling, self._advanced):
            section.set_open(True)
        self.body.ensureWidgetVisible(self._pause_after)
        self._pause_after.setFocus()
        self._pause_after.selectAll()

    def show_earlier(self) -> None:
        """Open a menu with the prompts that were used before, the newest first."""
        menu = self._earlier_menu
        menu.clear()
        for prompt in list(reversed(self._history.prompts))[:LISTED]:
            words = quoted(" ".join(prompt.split()), MOST_QUOTED).replace("&", "&&")
            menu.addAction(words, partial(self._fill_in, prompt))
        if menu.isEmpty():
            menu.addAction(tr("Safelight", "The prompts that you use are listed here.")).setEnabled(False)
        menu.popup(self._earlier.mapToGlobal(QPoint(0, self._earlier.height() + 2)))

    def show_styles(self) -> None:
        """Open a menu with the styles, which adds their words to the prompt."""
        menu = self._style_menu
        menu.clear()
        for style in self._styles.all:
            menu.addAction(quoted(style.name, MOST_QUOTED).replace("&", "&&"), partial(self._add_words, style.words))
        menu.addSeparator()
        keep = menu.addAction(tr("Safelight", "Save the prompt as a style…"), lambda: self.edit_styles(self.prompt.toPlainText()))
        keep.setEnabled(bool(self.prompt.toPlainText().strip()))
        menu.addAction(tr("Safelight", "Edit styles…"), self.edit_styles)
        menu.popup(self._style.mapToGlobal(QPoint(0, self._style.height() + 2)))

    def edit_styles(self, words: str = "") -> None:
        """Open the dialog for the styles, with a new one if there are `words` for it; it is not modal."""
        from .styles_dialog import StylesDialog

        if self._styles_dialog is None:
            self._styles_dialog = StylesDialog(self._styles, self.window())
        self._styles_dialog.open()
        if words:
            self._styles_dialog.begin(words)

    def make_room(self, is_small: bool) -> None:
        """Fold the sections in a small window, and open them again in a larger one."""
        if is_small == self._is_small:
            return
        self._is_small = is_small
        if is_small:
            self._gave_way = [section for section in (self._lora.section, self._size_section, self._sampling) if section.is_open]
        for section in self._gave_way:
            section.set_open(not is_small)

    def ask_seeds(self) -> None:
        """Open the dialog for trying several seeds; it is not modal."""
        from .seeds_dialog import SeedsDialog  # imported here, as the twins dialog, so that the first paint is sooner

        if self._seeds_dialog is None:
            self._seeds_dialog = SeedsDialog(self._first_recipe, lambda: self._generation.previews, self.window())
            self._seeds_dialog.wanted.connect(self._try_seeds)
        self._seeds_dialog.open()

    def ask_twin(self) -> None:
        """Open the dialog for a second picture that differs in one field; it is not modal."""
        from .twins_dialog import TwinsDialog

        if self._twins_dialog is None:
            self._twins_dialog = TwinsDialog(self._first_recipe, lambda: self._models, self._theme, self.window())
            self._twins_dialog.set_meter(self._meter)
            self._twins_dialog.wanted.connect(self._make_twins)
        self._twins_dialog.open()

    def ask_prompts(self) -> None:
        """Open the dialog for several prompts; it is not modal."""
        from .prompts_dialog import PromptsDialog

        if self._prompts_dialog is None:
            self._prompts_dialog = PromptsDialog(self.prompt.toPlainText, MOST_PICTURES, self.window())
            self._prompts_dialog.wanted.connect(self._make_each)
        self._prompts_dialog.open()

    def ask_grid(self) -> None:
        """Open the dialog for a grid over two settings; it is not modal."""
        from .grid_dialog import GridDialog

        if self._grid_dialog is None:
            self._grid_dialog = GridDialog(self.recipe, lambda: self._models, self._theme, MOST_PICTURES, self.window())
            self._grid_dialog.wanted.connect(self._make_grid)
        self._grid_dialog.open()

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

    def _offer(self, models: Sequence[Model]) -> None:
        self._listed = tuple(models)
        self._models = tuple(model for model in models if not model.family.refines)

    @property
    def _refiners(self) -> list[Model]:
        """Those that fit the chosen model."""
        family = self.model.family.name if self.model else ""
        return [each for each in self._listed if family and each.family.refines == family and not each.problem]

    @property
    def _refiner(self) -> Model | None:
        """The chosen one."""
        return by_name(self._refiners, str(self._controls["refiner"].value()))

    @property
    def _stages(self) -> int:
        """How often the steps are made: once more by a refiner that enlarges the picture."""
        return 2 if self._refiner and self._refiner.family.enlarges > 1 else 1

    def _offer_refiners(self) -> None:
        """Offer those that fit the chosen model; one that does not is left."""
        choice, chosen = self._controls["refiner"].choice, self._controls["refiner"].value()
        with QSignalBlocker(choice):
            choice.clear()
            choice.addItem(tr("Safelight", "none"), "")
            for refiner in self._refiners:
                choice.addItem(refiner.name, refiner.name)
            choice.setCurrentIndex(max(0, choice.findData(chosen)))

    def _try_seeds(self, recipe: Recipe, seeds: list[int], until: int) -> None:
        self._generation.triage(recipe, seeds, until)
        self._prepare_next(recipe)

    def _make_each(self, prompts: Sequence[str]) -> None:
        """Queue pictures of each of `prompts`, all with the same seeds."""
        recipe = self.recipe()
        for prompt in prompts:
            self._generation.generate(self._prompted(recipe, prompt), self.pictures(), self._pause_after.value() or None)
        self._roll_seed(recipe)
        self.requested.emit()

    def _prompted(self, recipe: Recipe, prompt: str) -> Recipe:
        """`recipe` with another prompt, and the embeddings that it names."""
        return self._loras.embeddings.named_in(recipe.with_values(prompt=prompt))

    def _make_grid(self, grid: Grid) -> None:
        named = self._loras.embeddings.named_in
        self._grids.make(replace(grid, recipes=tuple(tuple(map(named, row)) for row in grid.recipes)))
        self._prepare_next(self.recipe())
        self.requested.emit()

    def _make_twins(self, recipe: Recipe, other: Recipe) -> None:
        self._generation.twins(recipe, self._loras.embeddings.named_in(other))
        self._prepare_next(recipe)
        self.requested.emit()

    def _prepare_next(self, recipe: Recipe) -> None:
        """`recipe` was queued: keep its prompt in the history, and choose another seed unless it is locked."""
        self._history.remember(recipe.prompt.text)
        self._roll_seed(recipe)

    def _roll_seed(self, recipe: Recipe) -> None:
        """`recipe` was queued: the next one has another seed unless it is locked."""
        self._seed.use(recipe.sampling.seed)
        self.edited.emit()

    def _first_recipe(self) -> Recipe:
        """The recipe with the first of the prompts that the typed one stands for."""
        recipe = self.recipe()
        return self._prompted(recipe, variants(recipe.prompt.text, 1)[0])

    def _rested_prompts(self) -> list[str]:
        """The prompts that the typed one stands for, one more than allowed if there are too many."""
        for field in self._prompts:
            field.edit.rest()
        return variants(self.prompt.toPlainText(), MOST_PICTURES + 1)

    def _problem(self, recipe: Recipe, prompts: Sequence[str]) -> str:
        """Why pictures by `recipe`, with each of `prompts`, cannot be queued; "" if they can."""
        if self._awaits:
            return tr("Safelight", "Reading the list of models…")
        is_wanted = self.model is None or self.model.family.capabilities.prompt
        if is_wanted and not any(prompt.strip() for prompt in prompts):
            return tr("Safelight", "Describe a picture first.")
        if len(prompts) > MOST_PICTURES:
            return tr("Safelight", "The choices in braces make more than {most} prompts. Remove some.").format(most=MOST_PICTURES)
        refused = (too_many_embeddings(self._prompted(recipe, prompt).embeddings) for prompt in prompts)
        return next(filter(None, refused), "")

    def _tell_dialogs(self) -> None:
        dialogs: tuple[SeedsDialog | TwinsDialog | GridDialog | None, ...] = (self._seeds_dialog, self._twins_dialog, self._grid_dialog)
        for dialog in dialogs:
            if dialog is not None and dialog.isVisible():
                dialog.follow()

    def _check_branches(self) -> None:
        self._branches.check(self._settings(), self.model, self._stages)

    def _add_words(self, words: str, to_avoid: bool = False) -> None:
        """Add the words of a style, a LoRA or an embedding to the prompt, or to the things to avoid."""
        edit = self.negative_prompt if to_avoid else self.prompt
        before = edit.toPlainText().rstrip(" \n,，")
        comma = "，" if before and ord(before[-1]) in CHINESE else ", "
        if to_avoid:
            self._negative.set_open(True)
        edit.set_text(f"{before}{comma}{words}" if before else words)
        edit.setFocus()

    def _fill_in(self, prompt: str) -> None:
        self.prompt.set_text(prompt)
        self.prompt.setFocus()

    def _show_model(self, name: str) -> None:
        """Choose the model called `name` and adapt all that depends on it."""
        self._model_name, self._awaits = name, False
        if (model := self.model) is None:
            return
        self._loras.use_model(model)
        self._size.set_sizes(model.sizes, model.multiple, model.most_side)
        self._ratios.offer(model.sizes)
        self._offer_refiners()
        self._order_tabs()
        self._remark_on_size()
        self._surprise.setVisible(model.vocabulary is not None)
        for field in self._prompts:
            field.set_model(model)
        self._show_message("")
        self._explain_fields()
        self._presets.retranslate()
        self._leave_unfit_sampler(model)
        self._remark_on_prompt()
        self._check_branches()
        self._show_values()
        if model != self._announced:
            self._announced = model
            self.model_changed.emit(model)

    def _leave_unfit_sampler(self, model: Model) -> None:
        """Choose the model's sampler, and say so, if the chosen one cannot be used."""
        if self._why_unfit(SAMPLERS[self._sampler.currentIndex()]):
            left = self._sampler.currentText()
            self._sampler.setCurrentText(model.sampler)
            self._show_message(
                tr("Safelight", "{sampler} does not work with this model. {other} was selected instead.").format(
                    sampler=left, other=model.sampler
                )
            )

    def _follow_loras(self) -> None:
        """Which samplers fit depends on the LoRAs."""
        if self.model:
            self._leave_unfit_sampler(self.model)
            self._explain_samplers()
        self.edited.emit()

    def _follow_embeddings(self) -> None:
        """Their names are other words now."""
        self.set_meter(self._meter)
        self.edited.emit()

    def _adopt(self, model: Model) -> None:
        """Set what suits `model`, and what the user gave it instead when it was chosen last."""
        values = {**model.recommended, **self._kept.get(str(model.path), {})}
        self._size.set_size(values["width"], values["height"])
        for key, control in self._controls.items():
            if key in values and not (key == "sampler" and self._why_unfit(sampler(values[key]))):
                control.show(values[key])

    def _keep_settings(self) -> None:
        """Remember what of the settings is not what suits the chosen model."""
        if (model := self.model) is None:
            return
        width, height = self._size.size_chosen
        values = {key: control.value() for key, control in self._controls.items()} | {"width": width, "height": height}
        self._kept.pop(key := str(model.path), None)
        changed = {
            key: value for key in PER_MODEL if (value := values[key]) != model.recommended[key] and isinstance(value, str | int | float)
        }
        if changed:
            self._kept[key] = changed

    def _why_unfit(self, sampler: Sampler) -> str:
        """Why the chosen model cannot use `sampler`; "" if it can."""
        reason = unfit(sampler, self.model.traits.with_adapters(self._loras.adapters)) if self.model else None
        return tr("Safelight", "Does not work with this model: {reason}.").format(reason=tr("Safelight", reason)) if reason else ""

    def _explain_fields(self) -> None:
        """Explain the settings; those that the model does not use are not there."""
        model = self.model
        enlarges = any(refiner.family.enlarges > 1 for refiner in self._refiners)
        for key, control in self._controls.items():
            field = fields.UPSCALER if key == "refiner" and enlarges else control.field
            self._captions[key].setText(tr("Safelight", field.caption))
            explain_field(field, control.control, model)
            if model is not None and key in ("steps", "guidance_scale") and control.field.is_used(model.family, model.traits):
                suits = tr("Safelight", "Suits this model: {value}, {source}.")
                said = suits.format(value=written(control.field, model.recommended[key]), source=tr("Safelight", model.source))
                explain(control.control, tr("Safelight", control.field.caption), f"{tr('Safelight', control.field.explanation)} {said}")
            is_used = (model is None or control.field.is_used(model.family, model.traits)) and self._is_offered(key)
            for part in self._rows.get(key, ()):
                part.setVisible(is_used)
            if isinstance(control.widget, SliderRow):
                control.widget.follow()
        self._explain_samplers()

    def _is_offered(self, key: str) -> bool:
        """Whether a setting makes sense now: a refiner where there is one for the model, its share where it makes the last steps."""
        if key == "refiner":
            return bool(self._refiners)
        return key != "refine_from" or (self._refiner is not None and self._stages == 1)

    def _explain_samplers(self) -> None:
        explain_samplers(self._sampler, self._why_unfit)
        explanation = tr("Safelight", self._controls["sampler"].field.explanation)
        self._sampler.setToolTip(explanation + "\n" + self._sampler.currentData(Qt.ItemDataRole.ToolTipRole))

    def _remark_on_prompt(self) -> None:
        """Say under the prompt what the model does not read of it, before a picture is made."""
        model, prompt, remark = self.model, self.prompt.toPlainText(), ""
        if model is not None:
            is_chinese = "zh" not in model.languages and any(ord(letter) in CHINESE for letter in prompt)
            capabilities = model.family.capabilities
            if not capabilities.prompt:
                remark = tr("Safelight", "This model makes pictures without a prompt.")
            elif is_chinese and "zh" in model.family.untested_languages:
                remark = tr("Safelight", "It is not known how well this model understands Chinese. English is the safe choice.")
            elif is_chinese:
                remark = tr("Safelight", "This model does not understand Chinese. Write the prompt in English.")
            elif not capabilities.weights and any(fragment.weight != 1 for fragment in parse(prompt)):
                remark = tr("Safelight", "This model reads weights such as (word:1.2) as plain text.")
        self._prompts[0].show_remark(remark)

    def _remark_on_negative(self, recipe: Recipe) -> None:
        """Grey the negative prompt where guidance is off, and say why."""
        model = self.model
        is_off = model is not None and model.traits.guided and recipe.sampling.guidance_scale <= 1
        self.negative_prompt.setEnabled(not is_off)
        reason = tr("Safelight", "Has no effect while guidance is 1 or less.")
        self._prompts[1].show_remark(reason if is_off else "")

    def _remark_on_size(self) -> None:
        """Say under the sizes why another one was selected, or that this one is not the trained one."""
        model, remark = self.model, self._size_problem
        if model and not remark and self._size.size_chosen != (model.size, model.size):
            remark = tr("Safelight", "Trained at {side} × {side}: other sizes can look distorted.").format(side=model.size)
        self._size_remark.show_text(remark)

    def _show_size_problem(self, problem: str) -> None:
        self._size_problem = problem
        self._remark_on_size()

    def _show_message(self, message: str) -> None:
        self._message.setText(message)
        self._message.setVisible(bool(message))

    def _show_running(self) -> None:
        self._stop.setEnabled(self._generation.running and not self._generation.stopping)

    def _take_pause(self, step: int) -> None:
        self._pause = step
        self._show_values()

    def _show_values(self) -> None:
        """Show what the folded sections hold, and what Generate will make."""
        recipe, model = self._settings(), self.model
        steps = recipe.sampling.steps
        calls = sampler(recipe.sampling.sampler).calls(steps) * self._stages
        with QSignalBlocker(self._pause_after):
            self._pause_after.setMaximum(max(0, calls - 1))
            self._pause_after.setValue(self._pause)
        self._pause_row.follow()
        self._size_section.show_value(written_size(recipe))
        self._sampling.show_value(" · ".join(filter(None, (preset_name(model, steps), counted_steps(steps)))))
        self._presets.show_steps(steps)
        self._remark_on_negative(recipe)
        negative = recipe.prompt.negative.strip()
        self._negative.show_value(negative or tr("Safelight", "none"), is_faint=not negative)
        pause = self._pause_after.value()
        pauses = tr("Safelight", "pauses after step {step}").format(step=pause)
        self._advanced.show_value(pauses if pause else tr("Safelight", "no pause"), is_faint=not pause)
        prompts = variants(recipe.prompt.text, MOST_PICTURES + 1)
        self._dock.show_cost(self._cost(recipe, len(prompts)), self._problem(recipe, prompts))
        self._lora.show_embeddings(recipe.embeddings, self._loras.embeddings.misfits_in(recipe))

    def _cost(self, recipe: Recipe, prompts: int) -> str:
        """How many prompts, pictures and steps, and about how long they take."""
        pictures = self.pictures() * prompts
        seconds = self._forecast.seconds(Job(Run(recipe), pictures))
        facts = [
            tr("Safelight", "{count} prompts").format(count=prompts) if prompts > 1 else "",
            tr("Safelight", "{count} pictures").format(count=pictures) if self.pictures() > 1 else "",
            counted_steps(pictures * recipe.sampling.steps * self._stages),
            "" if seconds is None else about(seconds),
        ]
        return " · ".join(filter(None, facts))

    def retranslate(self) -> None:
        self._offer_refiners()
        self._explain_fields()
        self._size_section.show_title(tr("Safelight", "Size"))
        self._sampling.show_title(tr("Safelight", "Sampling"))
        self._negative.show_title(tr("Safelight", "Things to avoid"))
        self._advanced.show_title(tr("Safelight", "Advanced"))
        words = tr("Safelight", "Pictures", "how many")
        self._captions["pictures"].setText(words)
        explain(self._pictures, words, tr("Safelight", "How many pictures to generate, each with the next seed."))
        words = tr("Safelight", "Pause after")
        self._captions["pause_after"].setText(words)
        self._pause_after.setSpecialValueText(tr("Safelight", "never"))
        self._pause_row.explain(words, tr("Safelight", "The step after which each picture pauses, so that you can look or branch."))
        explain(self._swap, tr("Safelight", "Swap width and height"), tr("Safelight", "Swap width and height."))
        explain(
            self._earlier, tr("Safelight", "Earlier prompts"), tr("Safelight", "Use a prompt again. Alt+↑ and Alt+↓ do so while you type.")
        )
        explain(self._style, tr("Safelight", "Styles"), tr("Safelight", "Add words that you use often to the prompt."))
        self._surprise.setShortcut(QKeySequence(SURPRISE))
        keys = self._surprise.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        explain(
            self._surprise,
            tr("Safelight", "Surprise me"),
            tr("Safelight", "Replace the prompt with one that this model draws well ({keys}). Undo restores yours.").format(keys=keys),
        )
        for action, words in (
            (self._several_seeds, tr("Safelight", "Try several seeds…")),
            (self._twin_run, tr("Safelight", "Compare two pictures…")),
            (self._many_prompts, tr("Safelight", "Several prompts…")),
            (self._grid_wanted, tr("Safelight", "Grid over two settings…")),
            (self._pause_wanted, tr("Safelight", "Pause after step…")),
            (self._hold, tr("Safelight", "Hold in the queue")),
            (self._stop, tr("Safelight", "Stop")),
        ):
            self._dock.word(action, words)
        self.prompt.set_placeholder(tr("Safelight", "Describe a picture"))
        self.negative_prompt.set_placeholder(tr("Safelight", "Things to avoid"))
        self._remark_on_prompt()
        self._remark_on_size()
        self._show_running()
        self._show_values()

    def _lay_out(self) -> None:
        self._captions |= {key: each.widget.caption for key, each in self._controls.items() if isinstance(each.widget, PromptField)}
        self._rows: dict[str, tuple[QWidget, ...]] = {}  # what is there only for models that use the field
        content = named(QWidget(), "prompt_fields")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        for section in (
            self._prompt_section(),
            self._lora,
            self._size_fields(),
            self._sampling_fields(),
            self._seed_fields(),
            self._remarks(),
        ):
            column.addWidget(section)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 1, 0)
        whole.setSpacing(0)
        self.body = Scrolled("prompt_scroll", content)
        self.body.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        whole.addWidget(self.body, 1)
        whole.addWidget(self._dock)

    def _order_tabs(self) -> None:
        """Let Tab go from top to bottom."""
        fields: list[QWidget] = []
        for each in self._plain:
            fields += [self._controls[each.field.needs].control] if each.field.needs else []
            fields.append(each.control)
        order = [
            *(self.prompt, self._earlier, self._style, self._surprise, self._negative.head, self.negative_prompt),
            *self._lora.stops,
            *(self._size_section.head, self._size, self._swap, self._ratios, self._sampling.head, self._presets, self._sampler),
            *(*fields, self._advanced.head, self._pause_after, self._seed, self._pictures, self._dock),
        ]
        for before, after in pairwise(stop for part in order for stop in _stops(part)):
            self.setTabOrder(before, after)

    def _prompt_section(self) -> QWidget:
        prompt, *others = self._prompts
        prompt.caption.setProperty("role", "section")
        section = named(QWidget(), "prompt_section")
        section.setProperty("ground", "section")
        section.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(section)
        column.setContentsMargins(EDGE, 5, EDGE, 4)
        column.setSpacing(0)
        column.addWidget(prompt)
        for other in others:
            other.caption.hide()
            fold = Section(self._theme, other.edit.objectName(), other, small=True)
            fold.add_to_head(other.meter)
            fold.set_open(False)
            column.addWidget(fold)
            self._rows[other.edit.objectName()] = (fold,)
            self._negative = fold
        self._surprise.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the cursor, and with it undo, in the prompt
        self._surprise.hide()
        return section

    def _size_fields(self) -> QWidget:
        body = named(QWidget(), "size_fields")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(2)
        column.addWidget(self._ratios)
        column.addWidget(self._size_remark)
        self._size_remark.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._size_section = section = Section(self._theme, "size", body)
        self._size.setFixedWidth(SIZE)
        self._swap.setFixedSize(SMALL, SMALL)
        section.add_to_head(self._size)
        section.add_to_head(self._swap)
        return section

    def _sampling_fields(self) -> QWidget:
        body = named(QWidget(), "sampling_fields")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(6)
        column.addWidget(self._presets)
        column.addWidget(self._row("sampler", self._sampler, self._sampler))
        for control in self._plain:
            if control.field.needs:
                refiner = self._controls[control.field.needs]
                column.addWidget(self._row(refiner.key, refiner.widget, refiner.control))
            column.addWidget(self._row(control.key, control.widget, control.control))
        pause = self._row("pause_after", self._pause_row, self._pause_after)
        pause.setContentsMargins(0, 0, 0, 8)
        self._advanced = Section(self._theme, "advanced", pause, small=True)
        self._advanced.set_open(False)
        column.addWidget(self._advanced)
        self._sampling = Section(self._theme, "sampling", body)
        return self._sampling

    def _seed_fields(self) -> QWidget:
        section = named(QWidget(), "seed_section")
        column = QVBoxLayout(section)
        column.setContentsMargins(EDGE, 10, EDGE, 4)
        column.setSpacing(8)
        for name, widget, control in (("seed", self._seed, self._seed.number), ("pictures", self._pictures, self._pictures)):
            column.addWidget(self._row(name, widget, control))
            self._captions[name].setProperty("role", "section")
        self._pictures.setFixedWidth(PICTURES)
        return section

    def _remarks(self) -> QWidget:
        """Remarks, each shown only while it applies. They are the last in the panel, so that nothing below them moves."""
        remarks = named(QWidget(), "remarks")
        column = QVBoxLayout(remarks)
        column.setContentsMargins(EDGE, 4, EDGE, 4)
        column.setSpacing(6)
        column.addWidget(self._branches)
        column.addWidget(self._message)
        self._message.setWordWrap(True)
        self._message.hide()
        return remarks

    def _row(self, name: str, widget: QWidget, control: QWidget) -> QWidget:
        """`widget` with a caption for `control`, which is `widget` or a part of it, at its left."""
        row = named(QWidget(), f"{name}_line")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        self._captions[name] = caption = label("caption", f"{name}_caption", control)
        caption.setFixedWidth(CAPTION)
        line.addWidget(caption)
        line.addWidget(widget, 1, Qt.AlignmentFlag(0) if widget is not self._pictures else Qt.AlignmentFlag.AlignLeft)
        self._rows[name] = (row,)
        return row

    def _control_of(self, field: fields.Field) -> FieldControl:
        if field.editor is Editor.SEED:
            return seed_control(field, self._seed)
        if field.key == "prompt":
            buttons = QWidget()
            row = QHBoxLayout(buttons)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(0)
            for button in (self._earlier, self._style, self._surprise):
                button.setFixedSize(SMALL, SMALL)
                row.addWidget(button)
            return control_of(field, self._theme, "", (3, 8), self._history, buttons, keeps_room=True)
        control = control_of(field, self._theme, "", (2, 5), keeps_room=True)
        return with_slider(control) if field.editor in (Editor.NUMBER, Editor.DECIMAL) else control

    @property
    def _plain(self) -> list[FieldControl]:
        """The controls that depend on nothing but their field."""
        return [each for each in self._controls.values() if each.field.editor in (Editor.NUMBER, Editor.DECIMAL)]


def about(seconds: float) -> str:
    """A time that is not known exactly, as "about 2 s"."""
    if seconds < 60:
        return tr("Safelight", "about {seconds} s").format(seconds=max(1, round(seconds)))
    return tr("Safelight", "about {minutes} min").format(minutes=round(seconds / 60))


def counted_steps(count: int) -> str:
    return tr("Safelight", "1 step") if count == 1 else tr("Safelight", "{steps} steps").format(steps=count)


def written_size(recipe: Recipe) -> str:
    return f"{recipe.size.width} × {recipe.size.height}"


def _stops(part: QWidget) -> list[QWidget]:
    """`part` or, if Tab does not stop at it, the controls within it."""
    stops = [each for each in (part, *part.findChildren(QWidget)) if each.focusPolicy().value & Qt.FocusPolicy.TabFocus.value]
    return [part] if part in stops else stops
