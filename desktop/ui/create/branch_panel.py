"""BranchPanel: from which step the shown run goes on otherwise, in what, and why it cannot where it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ...diffusion.recipe import MOST_GUIDANCE, Recipe
from ...diffusion.run import Ending, Run
from ...diffusion.samplers import SAMPLERS
from ...studio.generation import Generation
from ...studio.history import History
from ...studio.timeline import Timeline
from ..language import Retranslating, decimal, explain, tr
from ..theme import Theme
from ..widgets.controls import Choice, Decimal, Number, label, segment
from ..widgets.images import Thumbnail
from ..widgets.left_panel import KEYS, WIDTH, Scrolled
from ..widgets.prompt_field import PromptField
from ..widgets.sampler_choice import explain_samplers
from ..widgets.seed_field import NoiseSeed
from .branch_setting import LINE, Back, Setting

if TYPE_CHECKING:
    from ...library.models import Model
    from ...library.tokens import TokenMeter


class BranchPanel(Retranslating, QFrame):
    """Follows the playhead while it is shown. What was changed stays changed, also when the panel is closed and opened again."""

    closed = Signal()  # it is to give its place back

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme, history: History) -> None:
        super().__init__()
        self._timeline = timeline
        self._generation = generation
        self._history = history
        self._models: Sequence[Model] = ()
        self._meter: TokenMeter | None = None
        self._meter_model: Model | None = None
        self._run: Run | None = None
        self.setObjectName("branch_panel")
        self.setProperty("panel", "left")
        self.setFixedWidth(WIDTH)

        self._branch, self._refine = segment("way_branch"), segment("way_refine")
        self._branch.setChecked(True)
        self._thumbnail = Thumbnail(theme, "branch_thumbnail")
        self._step = Number("branch_step", 0, 0)
        self._of = label("quiet", "branch_of")
        self._deed = label("quiet", "branch_deed")
        backs = {name: Back(theme, f"{name}_back") for name in ("prompt", "negative_prompt", "sampler", "guidance_scale", "noise_seed")}
        self._prompt = PromptField(theme, "branch_", (3, 8), history, backs["prompt"])
        self._negative_prompt = PromptField(theme, "branch_negative_", (1, 5), None, backs["negative_prompt"])
        self._sampler = Choice(theme, "branch_sampler")
        self._guidance = Decimal("branch_guidance", 0, MOST_GUIDANCE, 0.5)
        self._noise_seed = NoiseSeed(theme, "noise_seed")
        self._refine_seed = NoiseSeed(theme, "refine_seed")
        self._refine_seed.roll()
        self._changed = label("quiet", "branch_changed")
        self._reason = label("", "branch_reason")
        self._go = QPushButton(objectName="branch")
        self._cancel = QPushButton(objectName="branch_cancel")
        for sampler in SAMPLERS:
            self._sampler.addItem(sampler.name)
        prompt, negative_prompt = self._prompt.edit, self._negative_prompt.edit
        self._settings = (
            Setting("prompt", prompt, prompt.toPlainText, prompt.set_text, prompt.edited, backs["prompt"]),
            Setting(
                "negative_prompt",
                negative_prompt,
                negative_prompt.toPlainText,
                negative_prompt.set_text,
                negative_prompt.edited,
                backs["negative_prompt"],
            ),
            Setting(
                "sampler",
                self._sampler,
                self._sampler.currentText,
                self._sampler.setCurrentText,
                self._sampler.currentIndexChanged,
                backs["sampler"],
            ),
            Setting(
                "guidance_scale",
                self._guidance,
                self._guidance.value,
                self._guidance.setValue,
                self._guidance.valueChanged,
                backs["guidance_scale"],
            ),
            Setting(
                "noise_seed",
                self._noise_seed.number,
                lambda: self._noise_seed.seed,
                self._noise_seed.set_seed,
                self._noise_seed.edited,
                backs["noise_seed"],
            ),
        )
        self._captions: dict[str, QLabel] = {}
        self._lay_out()

        self._branch.toggled.connect(self._turn_to)
        self._cancel.clicked.connect(self.closed)
        self._go.clicked.connect(self.generate)
        self._step.valueChanged.connect(timeline.go_to)
        for setting in self._settings:
            setting.edited.connect(self._say)
        timeline.run_changed.connect(self._mind)
        timeline.current_changed.connect(self._mind)
        timeline.step_added.connect(self._mind)
        generation.changed.connect(self._mind)
        self.retranslate()

    # -- what the owner asks and says

    def open(self, refine: bool = False) -> None:
        """Take the shown run and the step at the playhead. What was changed for this very run before, and not used, is still changed."""
        if self._timeline.run is not self._run:
            self._forget_changes()
        (self._refine if refine else self._branch).setChecked(True)
        self._follow()

    def generate(self) -> None:
        """As a press on the button: branch or refine, show what comes of it and close."""
        run, after = self._run, self._timeline.index
        if self._refine_seed.seed is None:
            self._refine_seed.roll()
        if run is None or self._why_not(changes := self._changes()):
            return
        self._prompt.edit.rest()
        self._negative_prompt.edit.rest()
        if "refine" in changes:
            self._generation.refine(run, after, changes["refine"])
            self._refine_seed.roll()
        else:
            if "prompt" in changes:
                self._history.remember(changes["prompt"])
            self._generation.branch(run, after, changes)
            self._forget_changes()
        self.closed.emit()

    def set_models(self, models: Sequence[Model]) -> None:
        """Mark in prompts what the run's own model, if it is one of `models`, never learned."""
        self._models = models
        self._read_as_the_run_does()

    def set_meter(self, meter: TokenMeter | None, model: Model | None) -> None:
        """Count with `meter` from now on where the run is of `model`, as which it counts."""
        self._meter, self._meter_model = meter, model
        self._read_as_the_run_does()

    # -- following the playhead

    def _mind(self) -> None:
        if self.isVisible():
            self._follow()

    def _follow(self) -> None:
        """Fill in what holds after the step at the playhead; what was changed stays changed."""
        timeline, run = self._timeline, self._timeline.run
        if run is not self._run:
            self._run = run
            self._read_as_the_run_does()
        with QSignalBlocker(self._step):
            self._step.setRange(0, max(0, len(timeline.steps) - 1))
            self._step.setValue(timeline.index)
        held = run.recipe.at(timeline.index + 1) if run else Recipe()
        for setting in self._settings:
            setting.follow(getattr(held, setting.name, None))
        self._explain_samplers()
        self._show_step()
        self._say()

    def _read_as_the_run_does(self) -> None:
        from ...library.models import by_name

        name = self._run.recipe.model if self._run else ""
        model = by_name(self._models, name)
        counts = self._meter_model is not None and self._meter_model.name == name
        for field in (self._prompt, self._negative_prompt):
            field.set_model(model)
            field.set_meter(self._meter if counts else None)

    def _forget_changes(self) -> None:
        for setting in self._settings:
            setting.go_back()

    def _turn_to(self) -> None:
        """Show what the chosen way needs."""
        self._branch_fields.setVisible(self._branch.isChecked())
        self._refine_fields.setVisible(self._refine.isChecked())
        self.retranslate()

    # -- what would come of it

    def _changes(self) -> dict[str, Any]:
        """What the run is to be made with after the step at the playhead, where it would not be anyway."""
        if self._refine.isChecked():
            return {"refine": self._refine_seed.seed or 0}
        if self._run is None:
            return {}
        recipe, after = self._run.recipe, self._timeline.index
        kept = recipe.turned(after).final  # a turn that the run took right here is not
        wanted = {setting.name: setting.wanted for setting in self._settings}
        if wanted["noise_seed"] is None and self._noise_seed.isEnabled():
            wanted["noise_seed"] = next((turn.changes.get("noise_seed") for turn in recipe.turns if turn.after == after), None)
        return {name: value for name, value in wanted.items() if value != getattr(kept, name, None)}

    def _why_not(self, changes: dict[str, Any]) -> str:
        """Why the run cannot go on so from the step at the playhead; "" where it can."""
        run = self._run
        if run is None:
            return tr("Safelight", "There is no run to branch from yet. Generate a picture first.")
        if not run.steps and run.picture:
            return tr("Safelight", "The steps of this picture are no longer there. Generate it again to branch from one.")
        if not run.steps and run.ending is Ending.RUNNING:
            return tr("Safelight", "The run has not begun yet. Wait for its first step.")
        reason = self._generation.forbidden(run, self._timeline.index, changes)
        return tr("Safelight", reason) if reason else ""

    def _explain_samplers(self) -> None:
        """Say of each sampler what it is like, or why the run cannot go on with it."""
        anyway = self._why_not({})
        explain_samplers(self._sampler, lambda sampler: "" if anyway else self._why_not({"sampler": sampler.name}))

    def _offer_noise(self) -> None:
        """The noise of the remaining steps can only be another one where the sampler draws any."""
        sampler = self._sampler.currentText()
        draws = any(each.draws for each in SAMPLERS if each.name == sampler)
        self._noise_seed.setEnabled(draws)
        self._noise_seed.number.setPlaceholderText(
            tr("Safelight", "As it was") if draws else tr("Safelight", "{sampler} adds none").format(sampler=sampler)
        )
        explain(
            self._noise_seed.number,
            tr("Safelight", "Noise of the remaining steps"),
            tr(
                "Safelight",
                "Draws the noise that the sampler adds in the remaining steps anew from this number; empty leaves it as it was.",
            )
            if draws
            else tr("Safelight", "This sampler adds no noise of its own, so another noise seed would change nothing."),
        )

    def _show_step(self) -> None:
        step, calls = self._timeline.current, self._timeline.calls
        self._thumbnail.show_pixels(step.thumbnail if step else None)
        self._of.setText(tr("Safelight", "of {steps}").format(steps=calls) if calls else "")
        if self._refine.isChecked():
            deed = tr(
                "Safelight",
                "The finished picture gets the noise of step {number} again, and is developed once more from there. "
                "Early steps change much, late ones little.",
            ).format(number=self._timeline.index)
        elif self._generation.running:
            deed = tr("Safelight", "Keeps the steps so far, makes the rest anew. The run at work waits meanwhile.")
        else:
            deed = tr("Safelight", "Keeps the steps so far, makes the rest anew.")
        self._deed.setText(deed)

    def _say(self) -> None:
        """What is changed, and whether it can be done."""
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
            return tr("Safelight", "Nothing is changed, but the refinement that begins here is left out.")
        if any(turn.after > self._timeline.index for turn in turns):
            return tr("Safelight", "Nothing is changed. This step lies before the branching point, so it will be the parent's picture.")
        return tr("Safelight", "Nothing is changed: the branch will be the same picture.")

    # -- Qt

    def retranslate(self) -> None:
        refines = self._refine.isChecked()
        self._branch.setText(tr("Safelight", "Branch"))
        self._refine.setText(tr("Safelight", "Refine"))
        explain(self._branch, tr("Safelight", "Branch"), tr("Safelight", "Keep the steps so far, and go on otherwise."))
        explain(
            self._refine, tr("Safelight", "Refine"), tr("Safelight", "Give the finished picture noise again, and develop it once more.")
        )
        names = {
            "step": (
                self._step,
                tr("Safelight", "From step"),
                tr("Safelight", "The last step that is kept: type it, or move the playhead of the timeline."),
            ),
            "prompt": (self._prompt.edit, tr("Safelight", "Prompt"), tr("Safelight", "What the picture shows from here on.")),
            "negative_prompt": (
                self._negative_prompt.edit,
                tr("Safelight", "Negative prompt"),
                tr("Safelight", "What the picture is steered away from, from here on."),
            ),
            "sampler": (self._sampler, tr("Safelight", "Sampler"), tr("Safelight", "How the noise is taken away in the remaining steps.")),
            "guidance_scale": (
                self._guidance,
                tr("Safelight", "Guidance"),
                tr("Safelight", "How strongly the picture is pulled towards the prompt from here on."),
            ),
            "noise_seed": (self._noise_seed.number, tr("Safelight", "Noise of the remaining steps"), ""),
            "refine_seed": (
                self._refine_seed.number,
                tr("Safelight", "Seed of the new noise"),
                tr("Safelight", "Picks the noise that the picture is given: another number, another variation."),
            ),
        }
        for name, (control, words, explanation) in names.items():
            self._captions[name].setText(words)
            explain(control, words, explanation)
        for setting in self._settings:
            explain(
                setting.back,
                tr("Safelight", "Take back: {setting}").format(setting=names[setting.name][1]),
                tr("Safelight", "This is changed; brings back what the run has."),
            )
        words = tr("Safelight", "Refine") if refines else tr("Safelight", "Branch")
        self._go.setText(f"{words}    {KEYS}")
        explain(
            self._go,
            words,
            tr("Safelight", "Develops the picture once more, as a branch of its own.")
            if refines
            else tr("Safelight", "Makes the remaining steps anew, as a branch of its own."),
        )
        self._cancel.setText(tr("Safelight", "Cancel"))
        explain(self._cancel, tr("Safelight", "Cancel"), tr("Safelight", "Back to the prompt; what was changed here is kept (Esc)."))
        self._refine_seed.number.setPlaceholderText(tr("Safelight", "By chance"))
        self._explain_samplers()
        self._show_step()
        self._say()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # nothing is stopped while the panel is what Esc closes
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.closed.emit() if event.key() == Qt.Key.Key_Escape else super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._follow()
            (self._refine_seed.number if self._refine.isChecked() else self._prompt.edit).setFocus()

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

        self._captions |= {"prompt": self._prompt.caption, "negative_prompt": self._negative_prompt.caption}
        controls = QGridLayout()
        controls.setHorizontalSpacing(10)
        controls.setVerticalSpacing(4)
        _, _, sampler, guidance, noise_seed = self._settings
        for column, setting in enumerate((sampler, guidance)):
            controls.addLayout(self._captioned(setting), 0, column)
            controls.addWidget(setting.control, 1, column)
            controls.setColumnStretch(column, 1)
        controls.setRowMinimumHeight(2, 4)
        controls.addLayout(self._captioned(noise_seed), 3, 0, 1, 2)
        controls.addWidget(self._noise_seed, 4, 0, 1, 2)
        self._branch_fields = QWidget(objectName="branch_fields")
        branch_fields = _column(self._branch_fields)
        branch_fields.addWidget(self._prompt)
        branch_fields.addSpacing(2)
        branch_fields.addWidget(self._negative_prompt)
        branch_fields.addSpacing(2)
        branch_fields.addLayout(controls)
        self._refine_fields = QWidget(objectName="refine_fields")
        refine_fields = _column(self._refine_fields)
        refine_fields.addWidget(self._caption("refine_seed", self._refine_seed.number))
        refine_fields.addWidget(self._refine_seed)
        self._refine_fields.hide()

        content = QWidget(objectName="branch_content")
        fields = _column(content)
        fields.setContentsMargins(16, 10, 16, 4)
        fields.addLayout(ways)
        fields.addSpacing(6)
        fields.addLayout(where)
        fields.addSpacing(2)
        fields.addWidget(self._deed)
        fields.addSpacing(6)
        fields.addWidget(self._branch_fields)
        fields.addWidget(self._refine_fields)
        for setting in self._settings:
            self._captions[setting.name].setMinimumHeight(LINE)  # so that nothing moves when its button comes
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 10, 16, 12)
        foot.setSpacing(10)
        for words in (self._deed, self._changed, self._reason):
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
        whole.addWidget(Scrolled("branch_scroll", content))
        whole.addLayout(foot)
        whole.addStretch(1)

    def _captioned(self, setting: Setting) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self._caption(setting.name, setting.control), 1)
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
    """What is changed in a few words; prompts are long and stand above."""
    before, after = setting.held, setting.wanted
    match setting.name:
        case "prompt":
            return tr("Safelight", "the prompt")
        case "negative_prompt":
            return tr("Safelight", "the negative prompt")
        case "sampler":
            return tr("Safelight", "sampler {before} → {after}").format(before=before, after=after)
        case "guidance_scale":
            return tr("Safelight", "guidance {before} → {after}").format(before=decimal(before, 1), after=decimal(after, 1))
        case _:
            return tr("Safelight", "noise seed")
