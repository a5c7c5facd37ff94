"""StepPanel: the number, measurements and state of the shown step, and the settings of its run."""

from __future__ import annotations

import math
from statistics import median

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ...diffusion import fields
from ...diffusion.fields import Editor
from ...diffusion.run import Ending, Phase, Previews, Run, Step
from ...studio.generation import Generation
from ...studio.notices import quoted
from ...studio.timeline import Timeline
from ..language import MINUS, Retranslating, clock, decimal, explain, tooltip, tr
from ..theme import Theme
from ..widgets.controls import label, named, segment
from ..widgets.field_control import written
from ..widgets.turns import changed
from .captions import happening, noise

WIDTH = 212  # px, the usual one
NARROWEST, WIDEST = 200, 400  # px
MOST_QUOTED = 160  # characters of what is quoted from a prompt
SHOWN = (Editor.SAMPLER, Editor.DECIMAL, Editor.SEED)  # settings of a run that the panel lists
INFINITY = "\N{INFINITY}"
NOTHING = "\N{EN DASH}"


class StepPanel(Retranslating, QFrame):
    previews_changed = Signal(Previews)

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._generation = generation
        self.setObjectName("step_panel")
        self.setProperty("panel", "true")
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)

        self._number, self._of = label("big", "step_number"), label("quiet", "step_count")
        self._left, self._slower = label("quiet", "time_left"), label("quiet", "slower")
        self._step_facts = Facts("timestep", "sigma", "alpha", "log_snr", "change", "pull", "seconds")
        self._sentence = label("body", "what_happens")
        self._sentence.setWordWrap(True)
        self._parts = [PartLight(theme, phase) for phase in (Phase.ENCODING, Phase.DENOISING, Phase.DECODING)]
        self._run_fields = [field for field in fields.FIELDS if field.part and field.editor in SHOWN]
        self._run_facts = Facts(*(field.key for field in self._run_fields), "size")
        self._origin = label("quiet", "origin")
        self._ending = label("quiet", "ending")
        self._unread = label("quiet", "unread")
        self._why = label("quiet", "why_so_many")
        for wrapping in (self._origin, self._ending, self._unread, self._why):
            wrapping.setWordWrap(True)
        self._previews_label, self._cost = label("caption", "previews_label"), label("quiet", "preview_cost")
        self._previews = {previews: segment(f"previews_{previews}") for previews in Previews}

        content = named(QWidget(), "step_content")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(15, 16, 16, 8)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._number)
        head.addWidget(self._of, 1)
        head.addWidget(self._left)
        layout.addLayout(head)
        layout.addWidget(self._slower, 0, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self._step_facts)
        layout.addWidget(self._why)
        layout.addSpacing(8)
        layout.addWidget(self._sentence)
        layout.addSpacing(4)
        parts = QVBoxLayout()
        parts.setSpacing(4)
        for part in self._parts:
            parts.addWidget(part)
        layout.addLayout(parts)
        layout.addSpacing(8)
        layout.addWidget(self._run_facts)
        layout.addWidget(self._origin)
        layout.addWidget(self._ending)
        layout.addWidget(self._unread)
        layout.addStretch(1)
        self.body = scroll = named(QScrollArea(), "step_scroll")  # for low windows; the previews below stay visible
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)

        caption = QHBoxLayout()
        caption.addWidget(self._previews_label)
        caption.addStretch(1)
        caption.addWidget(self._cost)
        choices = QHBoxLayout()
        choices.setSpacing(4)
        for previews, button in self._previews.items():
            button.setChecked(previews is generation.previews)
            button.clicked.connect(lambda _=False, previews=previews: self.previews_changed.emit(previews))
            choices.addWidget(button, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(15, 4, 16, 12)
        foot.setSpacing(8)
        foot.addLayout(caption)
        foot.addLayout(choices)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 0, 0, 0)  # the line at the left
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)

        self._clock = QTimer(self, interval=500)  # the time left changes during a long step
        self._clock.timeout.connect(self._show_time)
        for signal in (timeline.run_changed, timeline.current_changed, generation.changed):
            signal.connect(self._show_state)
        self.retranslate()

    def retranslate(self) -> None:
        facts = self._step_facts
        facts.name(
            "timestep",
            tr("Safelight", "Timestep"),
            tr("Safelight", "The noise level given to the denoiser in this step, from 999 (most noise) to 0."),
        )
        facts.name(
            "sigma",
            "σ",
            tr(
                "Safelight",
                "Sigma: strength of the noise relative to the picture after this step. 1 means equally strong, 0 means no noise.",
            ),
        )
        facts.name(
            "alpha",
            "ᾱ",
            tr(
                "Safelight",
                "Alpha bar: share of the picture in the power of the latents after this step. 0 is pure noise, 1 is the clean picture.",
            ),
        )
        facts.name(
            "log_snr",
            tr("Safelight", "log SNR"),
            tr(
                "Safelight",
                "Logarithm of the signal-to-noise ratio, ln(ᾱ / (1 − ᾱ)). Below 0 there is more noise than picture; −∞ is pure noise.",
            ),
        )
        facts.name("change", tr("Safelight", "Change"), tr("Safelight", "How much the estimated picture changed in this step."))
        facts.name(
            "pull", tr("Safelight", "Prompt influence"), tr("Safelight", "How much guidance changed the estimated picture in this step.")
        )
        facts.name("seconds", tr("Safelight", "Time"), tr("Safelight", "Duration of this step without the preview."))
        for field in self._run_fields:
            self._run_facts.name(field.key, tr("Safelight", field.caption), tr("Safelight", field.explanation))
        self._run_facts.name("size", tr("Safelight", "Size"), tr("Safelight", "Width and height of the picture in pixels."))
        for part, name, explanation in zip(
            self._parts,
            (tr("Safelight", "Text encoder"), tr("Safelight", "Denoiser"), tr("Safelight", "Decoder")),
            (
                tr("Safelight", "Turns the prompt into numbers that guide the denoiser. It runs once, at the start."),
                tr(
                    "Safelight",
                    "The network (such as a UNet) that estimates the noise in the latents in every step, so that some of it is removed.",
                ),
                tr(
                    "Safelight",
                    "Turns the finished latents, a small compressed form of the picture, into pixels. It runs once, at the end.",
                ),
            ),
            strict=True,
        ):
            part.name(name, explanation)
        self._previews_label.setText(tr("Safelight", "Previews"))
        for button, name, explanation in zip(
            self._previews.values(),
            (tr("Safelight", "Off"), tr("Safelight", "Fast"), tr("Safelight", "Best")),
            (
                tr("Safelight", "Starting with the next run, steps are not decoded. They are still recorded."),
                tr("Safelight", "Starting with the next run, every step is shown with the best decoder that needs almost no time."),
                tr("Safelight", "Starting with the next run, every step is shown with the best decoder, however long it takes."),
            ),
            strict=True,
        ):
            button.setText(name)
            explain(button, tr("Safelight", "Previews: {choice}").format(choice=name), explanation)
        explain_status(
            self._cost, tr("Safelight", "Cost of the previews in this run: share of the time of a step, and the time itself (medians).")
        )
        explain_status(self._left, tr("Safelight", "Time until the last step at the current speed."))
        self._slower.setText(tr("Safelight", "slower than before"))
        self._show_state()

    # -- slots

    def _show_state(self) -> None:
        run, step = self._timeline.run, self._timeline.current
        live = self._live
        self._number.setText(str(step.number) if step else "0")
        self._of.setText(f"/ {run.expected_steps}" if run else "")
        for widget in (self._number, self._of, self._left, self._step_facts):
            widget.setVisible(step is not None or live)
        self._show_step_facts(step)
        self._why.setText(_why_so_many(run) if run else "")
        self._why.setVisible(bool(self._why.text()))
        self._sentence.setText(self._what_happens(run, step))
        for part in self._parts:
            part.show_at_work(live and part.phase is self._generation.phase)
        self._show_run_facts(run, step, live)
        self._show_cost(run.steps if run else [])
        self._show_time()
        with QSignalBlocker(self):
            self._previews[self._generation.previews].setChecked(True)

    @property
    def _live(self) -> bool:
        """Whether the shown run is running."""
        return self._generation.running and self._timeline.run is self._generation.run

    def _show_step_facts(self, step: Step | None) -> None:
        facts = self._step_facts
        facts.show_value("timestep", _number(step.timestep, 0) if step else NOTHING)
        facts.show_value("sigma", _number(step.sigma) if step else NOTHING)
        facts.show_value("alpha", _number(step.alpha_cumprod) if step else NOTHING)
        facts.show_value("log_snr", _number(step.log_snr) if step else NOTHING)
        facts.show_value("change", _share(step.change) if step and step.number else NOTHING)
        facts.show_value("pull", _share(step.guidance) if step and step.number else NOTHING)
        facts.show_value("seconds", _duration(step.seconds) if step and step.number else NOTHING)

    def _show_run_facts(self, run: Run | None, step: Step | None, live: bool) -> None:
        """Show the settings of `step`."""
        self._run_facts.setVisible(run is not None and not live)
        self._ending.setVisible(run is not None and not live)
        self._origin.setVisible(run is not None and run.branched_after is not None)
        self._unread.setVisible(bool(run and run.plan and run.plan.truncated))
        if run is None:
            return
        recipe = run.recipe.at(step.number) if step else run.recipe.final
        for field in self._run_fields:
            self._run_facts.show_value(field.key, written(field, recipe.value(field.key)))
        self._run_facts.show_value("size", f"{recipe.size.width} × {recipe.size.height}")
        self._origin.setText(_origin(run))
        self._ending.setText(_ending(run, self._generation.running))
        self._ending.setToolTip(tooltip(str(run.path)) if run.path else "")
        if run.plan and run.plan.truncated:
            words = quoted(run.plan.truncated, MOST_QUOTED)
            self._unread.setText(tr("Safelight", "Ignored because the prompt is too long: {words}").format(words=words))

    def _show_cost(self, steps: list[Step]) -> None:
        """Show medians over the steps of this run, without the starting noise."""
        made = steps[1:]
        if not made or not any(step.thumbnail for step in made):
            self._cost.setText("")
            return
        overhead, seconds = median(step.overhead_seconds for step in made), median(step.seconds for step in made)
        share = f"{_number(100 * overhead / seconds, 1)} %" if seconds > 0 else NOTHING
        self._cost.setText(f"{share} · {_duration(overhead)}")

    def _show_time(self) -> None:
        pace = self._generation.pace if self._live and self._generation.phase is Phase.DENOISING else None
        left = pace.left if pace else None
        self._left.setText("" if left is None else tr("Safelight", "{time} left").format(time=clock(left)))
        self._slower.setVisible(pace is not None and left is not None and pace.slower)
        if left is None:
            self._clock.stop()
        elif not self._clock.isActive():
            self._clock.start()

    # -- words

    def _what_happens(self, run: Run | None, step: Step | None) -> str:
        if run is None:
            return tr("Safelight", "Each step removes some of the noise. Progress appears here.")
        if self._live and self._generation.stopping:
            return tr("Safelight", "Stopping…")
        phase = self._generation.phase
        if self._live and phase and (self._timeline.following or step is None) and (step is None or phase is not Phase.DENOISING):
            return happening(phase)
        if step is None and self._live:
            return tr("Safelight", "Getting ready…")
        if step is None:
            return (
                tr("Safelight", "The steps of this finished picture were not recorded.")
                if run.picture
                else tr("Safelight", "This run has no steps.")
            )
        return noise(step, self._timeline.calls) or tr("Safelight", "The numbers of this step are damaged on the disk.")


def _why_so_many(run: Run) -> str:
    """Why there are more frames than steps; "" if there are not."""
    calls, steps = run.plan.calls if run.plan else 0, run.recipe.sampling.steps
    if calls in (0, steps):
        return ""
    template = tr("Safelight", "{sampler} calls the denoiser {calls} times in {steps} steps. Each call is a frame.")
    return template.format(sampler=run.recipe.sampling.sampler, steps=steps, calls=calls)


def _origin(run: Run) -> str:
    """The step from which a branch starts, and its changes."""
    if run.branched_after is None:
        return ""
    turns = run.recipe.turns
    if turns and turns[-1].refines and turns[-1].after == run.branched_after:
        return tr("Safelight", "Refined from step {step}.").format(step=run.branched_after)
    return tr("Safelight", "Branch from step {step}: {changes}.").format(step=run.branched_after, changes=quoted(changed(run), MOST_QUOTED))


def _ending(run: Run, busy: bool) -> str:
    """How `run` ended. `busy`: another run is running, so that Space would pause that one."""
    newest, steps = max(0, len(run.steps) - 1), run.expected_steps
    match run.ending:
        case Ending.PAUSED if busy:
            return tr("Safelight", "Paused at step {step} of {steps}.").format(step=newest, steps=steps)
        case Ending.PAUSED:
            return tr("Safelight", "Paused at step {step} of {steps}. Press Space to resume.").format(step=newest, steps=steps)
        case Ending.STOPPED:
            return (
                tr("Safelight", "Stopped at step {step}.").format(step=newest)
                if newest
                else tr("Safelight", "Stopped before the first step.")
            )
        case Ending.FAILED if run.picture is None:
            return (
                tr("Safelight", "Failed at step {step}.").format(step=newest)
                if newest
                else tr("Safelight", "Failed before the first step.")
            )
        case _ if run.path:
            return tr("Safelight", "Saved as {file}").format(file=run.path.name)
        case _ if run.picture:
            return tr("Safelight", "Not saved yet. The picture is kept in memory.")
    return ""


def _share(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{_number(100 * value, 0)} %"


def _number(value: float, digits: int = 2) -> str:
    if math.isnan(value):  # the step is damaged on the disk
        return NOTHING
    if math.isinf(value):
        return INFINITY if value > 0 else MINUS + INFINITY
    if digits == 2 and (0 < abs(value) < 0.1 or 0.99 < value < 1):  # ᾱ of a last step is close to 1 but not 1
        digits = 3
    return decimal(value, digits)


def _duration(seconds: float) -> str:
    if math.isnan(seconds):
        return NOTHING
    if seconds < 0.01:
        return f"{_number(1000 * seconds, 1)} ms"
    return f"{_number(1000 * seconds, 0)} ms" if seconds < 1 else f"{_number(seconds, 2)} s"


def explain_status(widget: QLabel, explanation: str) -> None:
    """Give `widget` a tooltip and a description for screen readers; its text stays its accessible name."""
    widget.setAccessibleDescription(explanation)
    widget.setToolTip(tooltip(explanation))


class Facts(QWidget):
    """Names at the left, values at the right, each with a tooltip."""

    def __init__(self, *keys: str) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._names: dict[str, QLabel] = {}
        self._values: dict[str, QLabel] = {}
        for row, key in enumerate(keys):
            self._names[key], self._values[key] = label("quiet"), label("value", key)
            grid.addWidget(self._names[key], row, 0)
            grid.addWidget(self._values[key], row, 1, Qt.AlignmentFlag.AlignRight)

    def name(self, key: str, name: str, explanation: str) -> None:
        self._names[key].setText(name)
        for widget in (self._names[key], self._values[key]):
            explain_status(widget, explanation)

    def show_value(self, key: str, value: str) -> None:
        self._values[key].setText(value)


class PartLight(QWidget):
    """Names the part of the model that runs in `phase`, highlighted while it runs."""

    def __init__(self, theme: Theme, phase: Phase) -> None:
        super().__init__()
        self.phase = phase
        self._theme = theme
        self._at_work = False
        self._label = label("quiet", f"part_{phase}")
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 0, 0)
        layout.addWidget(self._label)
        theme.changed.connect(self.update)

    @property
    def at_work(self) -> bool:
        return self._at_work

    def name(self, name: str, explanation: str) -> None:
        self._label.setText(name)
        self._explanation = explanation
        self.setToolTip(tooltip(explanation))
        self._describe()

    def show_at_work(self, at_work: bool) -> None:
        if at_work != self._at_work:
            self._at_work = at_work
            self._label.setProperty("role", "value" if at_work else "quiet")
            self._label.style().polish(self._label)
            self._describe()
            self.update()

    def _describe(self) -> None:
        at_work = tr("Safelight", "Running.") if self._at_work else ""
        self._label.setAccessibleDescription(f"{at_work} {self._explanation}".strip())

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(0, 18))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.accent if self._at_work else self._theme.tokens.line))
        painter.drawEllipse(0, (self.height() - 8) // 2, 8, 8)
