"""BranchPanel: edits the settings of a branch or a refinement, and explains changes that are not possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from ...diffusion import fields
from ...diffusion.branching import NO_NOISE
from ...diffusion.fields import Editor
from ...diffusion.recipe import Recipe
from ...diffusion.run import Ending, Run
from ...diffusion.samplers import SAMPLERS
from ...library.models import Model, by_name
from ...studio.embeddings import Embeddings
from ...studio.generation import Generation
from ...studio.prompt_history import PromptHistory
from ...studio.timeline import Timeline
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.adapter_weights import AdapterWeights
from ..widgets.controls import Choice, Number, label, named, segment
from ..widgets.field_control import control_of, explain_field, written
from ..widgets.images import Thumbnail
from ..widgets.left_panel import KEYS, NARROWEST, WIDEST, Scrolled
from ..widgets.prompt_field import PromptField
from ..widgets.sampler_choice import explain_samplers
from ..widgets.seed_field import NoiseSeed
from .branch_setting import LINE, Back, Setting
from .lora_section import too_many_embeddings

if TYPE_CHECKING:
    from ...library.tokens import TokenMeter

EARLY = 0.4  # of the steps: where a branch of a finished picture begins unless the user has chosen a step
REFINE = "refine"  # the field that is changed alone, by the other way
NAMED = "embeddings"  # the field that follows from the prompts


class BranchPanel(Retranslating, QFrame):
    """Follows the playhead while it is visible. Changes are kept, also when the panel is closed and opened again.

    It has a control for each field of `fields.FIELDS` that a branch may change.
    """

    closed = Signal()  # the owner should hide it

    def __init__(
        self, timeline: Timeline, generation: Generation, theme: Theme, history: PromptHistory, embeddings: Embeddings | None = None
    ) -> None:
        """Without `embeddings`, new prompts name no others than those of the run."""
        super().__init__()
        self._embeddings = embeddings
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self._history = history
        self._models: Sequence[Model] = ()
        self._meter: TokenMeter | None = None
        self._meter_model: Model | None = None
        self._run: Run | None = None
        self.setObjectName("branch_panel")
        self.setProperty("ground", "panel")
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)

        self._branch, self._refine = segment("way_branch"), segment("way_refine")
        self._branch.setChecked(True)
        self._thumbnail = Thumbnail(theme, "branch_thumbnail")
        self._step = Number("branch_step", 0, 0)
        self._of = label("quiet", "branch_of")
        self._slider = named(QSlider(Qt.Orientation.Horizontal), "branch_slider")
        self._slider.setProperty("field", "true")
        self._effect = label("quiet", "branch_effect")
        self._settings = tuple(self._setting(field) for field in fields.FIELDS if field.may_branch and field.key not in (REFINE, NAMED))
        self._prompts = [each.widget for each in self._settings if isinstance(each.widget, PromptField)]
        self._sampler = next(each.widget for each in self._settings if isinstance(each.widget, Choice))
        self._adapters = next(each for each in self._settings if isinstance(each.widget, AdapterWeights))
        self._noise_seed = next(each.widget for each in self._settings if isinstance(each.widget, NoiseSeed))
        self._refine_seed = NoiseSeed(theme, "refine_seed")
        self._refine_seed.roll()
        self._changed = label("quiet", "branch_changed")
        self._reason = label("", "branch_reason")
        self._go = named(QPushButton(), "branch")
        self._cancel = named(QPushButton(), "branch_cancel")
        self._captions: dict[str, QLabel] = {}
        self._lay_out()

        self._branch.toggled.connect(self._turn_to)
        self._cancel.clicked.connect(self.closed)
        self._go.clicked.connect(self.generate)
        for control in (self._step, self._slider):
            control.valueChanged.connect(timeline.go_to)
        for setting in self._settings:
            setting.edited.connect(self._show_changes)
        timeline.run_changed.connect(self._follow_if_visible)
        timeline.current_changed.connect(self._follow_if_visible)
        timeline.step_added.connect(self._follow_if_visible)
        generation.changed.connect(self._follow_if_visible)
        self.retranslate()

    # -- what the owner asks and says

    def open(self, refine: bool = False) -> None:
        """Show the current run and the step at the playhead, with the unused changes to the same run."""
        if self._timeline.run is not self._run:
            self._forget_changes()
        (self._refine if refine else self._branch).setChecked(True)
        timeline, last = self._timeline, len(self._timeline.steps) - 1
        if timeline.run is not None and timeline.run.ending is Ending.FINISHED and timeline.index == last > 0:
            timeline.go_to(round(EARLY * last))
        self._follow()

    def generate(self) -> None:
        """Branch or refine, show the new run and close."""
        run, after = self._run, self._timeline.index
        if self._refine_seed.seed is None:
            self._refine_seed.roll()
        if run is None or self._why_not(changes := self._changes()):
            return
        for field in self._prompts:
            field.edit.rest()
        if isinstance(seed := changes.get(REFINE), int):
            self._generation.refine(run, after, seed)
            self._refine_seed.roll()
        else:
            if isinstance(prompt := changes.get("prompt"), str):
                self._history.remember(prompt)
            self._generation.branch(run, after, changes)
            self._forget_changes()
        self.closed.emit()

    def set_models(self, models: Sequence[Model]) -> None:
        """Mark words in prompts that the run's model does not know, if it is one of `models`."""
        self._models = models
        self._adapt_to_model()

    def set_meter(self, meter: TokenMeter | None, model: Model | None) -> None:
        """Count tokens with `meter` where `model`, whose tokens it counts, is the run's model."""
        self._meter, self._meter_model = meter, model
        self._adapt_to_model()

    # -- following the playhead

    def _follow_if_visible(self) -> None:
        if self.isVisible():
            self._follow()

    def _follow(self) -> None:
        """Show the settings that hold after the step at the playhead; keep changes."""
        timeline, run = self._timeline, self._timeline.run
        if run is not self._run:
            self._run = run
            self._adapt_to_model()
        for control in (self._step, self._slider):
            with QSignalBlocker(control):
                control.setRange(0, max(0, len(timeline.steps) - 1))
                control.setValue(timeline.index)
        held = run.recipe.at(timeline.index + 1) if run else Recipe()
        for setting in self._settings:
            setting.follow(held.value(setting.key))
        for part in (self._captions["adapters"], self._adapters.widget):
            part.setVisible(bool(held.adapters))
        self._explain_samplers()
        self._show_step()
        self._show_changes()

    def _adapt_to_model(self) -> None:
        """Read prompts as the model of the run does, and enable the settings that it uses."""
        model = self._model_of_the_run()
        counts = self._meter_model is not None and self._run is not None and self._meter_model.name == self._run.recipe.model.name
        for field in self._prompts:
            field.set_model(model)
            field.set_meter(self._meter if counts else None)
        self._explain_settings()

    def _model_of_the_run(self) -> Model | None:
        return by_name(self._models, self._run.recipe.model.name) if self._run else None

    def _forget_changes(self) -> None:
        for setting in self._settings:
            setting.go_back()

    def _turn_to(self) -> None:
        """Show the controls of branching, or of refining."""
        self._branch_fields.setVisible(self._branch.isChecked())
        self._refine_fields.setVisible(self._refine.isChecked())
        self.retranslate()

    # -- the changes

    def _changes(self) -> dict[str, object]:
        """The settings that change after the step at the playhead, by field key."""
        if self._refine.isChecked():
            return {REFINE: self._refine_seed.seed or 0}
        if self._run is None:
            return {}
        recipe, after = self._run.recipe, self._timeline.index
        kept = recipe.turned(after).final  # without the turns at this step
        wanted = {setting.key: setting.wanted for setting in self._settings}
        if self._embeddings is not None:
            wanted[NAMED] = self._embeddings.named_later(kept, str(wanted["prompt"]), str(wanted["negative_prompt"]))
        if wanted["noise_seed"] is None and self._noise_seed.isEnabled():
            wanted["noise_seed"] = next((turn.changes.get("noise_seed") for turn in recipe.turns if turn.after == after), None)
        return {name: value for name, value in wanted.items() if value != kept.value(name)}

    def _why_not(self, changes: dict[str, object]) -> str:
        """Why the run cannot be branched with `changes` after the step at the playhead; "" if it can."""
        run = self._run
        if run is None:
            return tr("Safelight", "There is no run to branch from yet. Generate a picture first.")
        if not run.steps and run.picture:
            return tr("Safelight", "The steps of this picture no longer exist. Generate it again to branch from one of them.")
        if not run.steps and run.ending is Ending.RUNNING:
            return tr("Safelight", "The run has not started yet. Wait for its first step.")
        reason = self._generation.forbidden(run, self._timeline.index, changes)
        named = changes.get(NAMED)
        return tr("Safelight", reason) if reason else too_many_embeddings(named) if isinstance(named, tuple) else ""

    def _explain_settings(self) -> None:
        model = self._model_of_the_run()
        for setting in self._settings:
            explain_field(setting.field, setting.control, model, later=True)
        self._offer_noise()

    def _explain_samplers(self) -> None:
        """Describe each sampler, or say why the run cannot be branched with it."""
        cannot_branch = self._why_not({})
        explain_samplers(self._sampler, lambda sampler: "" if cannot_branch else self._why_not({"sampler": sampler.name}))

    def _offer_noise(self) -> None:
        """Enable the noise seed if the sampler adds noise in its steps."""
        sampler, field = self._sampler.currentText(), fields.named("noise_seed")
        draws = any(each.draws for each in SAMPLERS if each.name == sampler)
        self._noise_seed.setEnabled(draws)
        self._noise_seed.number.setPlaceholderText(
            tr("Safelight", "Unchanged") if draws else tr("Safelight", "{sampler} adds no noise").format(sampler=sampler)
        )
        explain(self._noise_seed.number, tr("Safelight", field.caption), tr("Safelight", field.explanation if draws else NO_NOISE))

    def _show_step(self) -> None:
        step, calls = self._timeline.current, self._timeline.calls
        self._thumbnail.show_pixels(step.thumbnail if step else None)
        self._of.setText(tr("Safelight", "of {steps}").format(steps=calls) if calls else "")
        if self._refine.isChecked():
            effect = tr(
                "Safelight",
                "Adds the noise of step {number} to the finished picture and denoises it again from there. "
                "Early steps change much, late steps change little.",
            ).format(number=self._timeline.index)
        elif self._generation.running:
            effect = tr("Safelight", "Keeps these steps and computes the rest again. The current run pauses meanwhile.")
        else:
            effect = tr("Safelight", "Keeps these steps and computes the rest again.")
        self._effect.setText(effect)

    def _show_changes(self) -> None:
        """Show the changes, and whether they are possible."""
        self._offer_noise()
        for setting in self._settings:
            setting.mark()
        reason = self._why_not(self._changes())
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        self._changed.setText(self._what_changed())
        self._changed.setVisible(not reason and self._branch.isChecked())
        self._go.setEnabled(not reason)

    def _what_changed(self) -> str:
        said = "\N{NO-BREAK SPACE}· ".join(_said(setting) for setting in self._settings if setting.changed)
        if said:
            return tr("Safelight", "Changed: {changes}").format(changes=said)
        turns = self._run.recipe.turns if self._run else ()
        if turns and turns[-1].refines and turns[-1].after == self._timeline.index:
            return tr("Safelight", "No changes, but the refinement that starts here is removed.")
        if any(turn.after > self._timeline.index for turn in turns):
            return tr(
                "Safelight", "No changes. This step is before the branching point, so the branch will be the same picture as its parent."
            )
        return tr("Safelight", "No changes: the branch will be the same picture.")

    # -- Qt

    def retranslate(self) -> None:
        refines = self._refine.isChecked()
        self._branch.setText(tr("Safelight", "Branch"))
        self._refine.setText(tr("Safelight", "Refine"))
        explain(self._branch, tr("Safelight", "Branch"), tr("Safelight", "Keep these steps and continue with changes."))
        explain(self._refine, tr("Safelight", "Refine"), tr("Safelight", "Add noise to the finished picture and denoise it again."))
        refinement = fields.named(REFINE)
        for setting in self._settings:
            self._captions[setting.key].setText(tr("Safelight", setting.field.caption))
        self._captions[REFINE].setText(tr("Safelight", refinement.caption))
        explain_field(refinement, self._refine_seed.number, None)
        self._explain_settings()
        words = tr("Safelight", "From step")
        self._captions["step"].setText(words)
        for control in (self._step, self._slider):
            explain(control, words, tr("Safelight", "The last step to keep. Type its number, or move the playhead of the timeline."))
        for setting in self._settings:
            explain(
                setting.back,
                tr("Safelight", "Undo: {setting}").format(setting=tr("Safelight", setting.field.caption)),
                tr("Safelight", "This setting is changed. Click to restore the value of the run."),
            )
        words = tr("Safelight", "Refine") if refines else tr("Safelight", "Branch")
        self._go.setText(f"{words}    {KEYS}")
        explain(
            self._go,
            words,
            tr("Safelight", "Refine the picture in a branch of its own.")
            if refines
            else tr("Safelight", "Compute the remaining steps again in a branch of its own."),
        )
        self._cancel.setText(tr("Safelight", "Cancel"))
        explain(self._cancel, tr("Safelight", "Cancel"), tr("Safelight", "Return to the prompt (Esc). Your changes here are kept."))
        self._refine_seed.number.setPlaceholderText(tr("Safelight", "Random"))
        self._explain_samplers()
        self._show_step()
        self._show_changes()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # Esc closes the panel and must not stop the run
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.closed.emit() if event.key() == Qt.Key.Key_Escape else super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._follow()
            (self._refine_seed.number if self._refine.isChecked() else self._prompts[0].edit).setFocus()

    def _lay_out(self) -> None:
        ways = QHBoxLayout()
        ways.setSpacing(4)
        ways.addWidget(self._branch)
        ways.addWidget(self._refine)
        ways.addStretch()
        number = QHBoxLayout()
        number.setSpacing(8)
        number.addWidget(self._step)
        number.addWidget(self._of, 1)
        where = QGridLayout()
        where.setHorizontalSpacing(12)
        where.setVerticalSpacing(4)
        where.addWidget(self._thumbnail, 0, 0, 2, 1)
        where.addWidget(self._caption("step", self._step), 0, 1, Qt.AlignmentFlag.AlignBottom)
        where.addLayout(number, 1, 1, Qt.AlignmentFlag.AlignTop)
        where.setColumnStretch(1, 1)

        self._captions |= {each.key: each.widget.caption for each in self._settings if isinstance(each.widget, PromptField)}
        controls = QGridLayout()
        controls.setHorizontalSpacing(10)
        controls.setVerticalSpacing(4)
        halves = [each for each in self._settings if not isinstance(each.widget, (PromptField, NoiseSeed, AdapterWeights))]
        for place, setting in enumerate(halves):
            row, side = place // 2 * 3, place % 2
            controls.addLayout(self._captioned(setting), row, side)
            controls.addWidget(setting.widget, row + 1, side)
            controls.setColumnStretch(side, 1)
        for setting in (each for each in self._settings if isinstance(each.widget, (NoiseSeed, AdapterWeights))):
            row = controls.rowCount() + 1
            controls.setRowMinimumHeight(row - 1, 4)
            controls.addLayout(self._captioned(setting), row, 0, 1, 2)
            controls.addWidget(setting.widget, row + 1, 0, 1, 2)
        self._branch_fields = named(QWidget(), "branch_fields")
        branch_fields = _column(self._branch_fields)
        for prompt in self._prompts:
            branch_fields.addWidget(prompt)
            branch_fields.addSpacing(2)
        branch_fields.addLayout(controls)
        self._refine_fields = named(QWidget(), "refine_fields")
        refine_fields = _column(self._refine_fields)
        refine_fields.addWidget(self._caption(REFINE, self._refine_seed.number))
        refine_fields.addWidget(self._refine_seed)
        self._refine_fields.hide()

        content = named(QWidget(), "branch_content")
        column = _column(content)
        column.setContentsMargins(16, 10, 16, 4)
        column.addLayout(ways)
        column.addSpacing(6)
        column.addLayout(where)
        column.addWidget(self._slider)
        column.addSpacing(2)
        column.addWidget(self._effect)
        column.addSpacing(6)
        column.addWidget(self._branch_fields)
        column.addWidget(self._refine_fields)
        for setting in self._settings:
            self._captions[setting.key].setMinimumHeight(LINE)  # the layout stays when its button appears
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 10, 16, 12)
        foot.setSpacing(10)
        for words in (self._effect, self._changed, self._reason):
            words.setWordWrap(True)
        foot.addWidget(self._changed)
        foot.addWidget(self._reason)
        self._go.setProperty("primary", "true")
        self._cancel.setFixedHeight(37)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self._go, 1)
        buttons.addWidget(self._cancel)
        foot.addLayout(buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 1, 0)
        whole.setSpacing(0)
        self.body = Scrolled("branch_scroll", content)
        whole.addWidget(self.body)
        whole.addStretch(1)  # the buttons stay where Generate is
        whole.addLayout(foot)

    def _setting(self, field: fields.Field) -> Setting:
        back = Back(self._theme, f"{field.key}_back")
        is_prompt = field.key == "prompt"
        return Setting(
            control_of(field, self._theme, "branch_", (3, 8) if is_prompt else (1, 5), self._history if is_prompt else None, back), back
        )

    def _captioned(self, setting: Setting) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self._caption(setting.key, setting.control), 1)
        row.addWidget(setting.back)
        return row

    def _caption(self, name: str, buddy: QWidget) -> QLabel:
        self._captions[name] = label("caption", f"branch_{name}_caption", buddy)
        return self._captions[name]


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    return layout


def _said(setting: Setting) -> str:
    """The change in a few words; prompts are long and visible above, and seeds have no meaning for the user."""
    caption = tr("Safelight", setting.field.caption)
    if setting.field.editor in (Editor.PROMPT, Editor.SEED):
        return caption
    return f"{caption} {written(setting.field, setting.held)} → {written(setting.field, setting.wanted)}"
