"""StepTab: the number of the shown step, one sentence about it, three measurements, and its numbers under Details."""

from __future__ import annotations

import math
from statistics import median

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ...diffusion.run import Phase, Previews, Run, Step
from ...studio.generation import Generation
from ...studio.timeline import Timeline
from ..language import MINUS, Retranslating, clock, decimal, explain, tooltip, tr
from ..theme import Theme
from ..widgets.controls import ScrollArea, label, named, segment
from ..widgets.facts import Facts, explain_status
from .captions import BETWEEN, happening, noise, stage
from .curve import MOST_CHANGE

INFINITY = "\N{INFINITY}"
NOTHING = "\N{EN DASH}"
BAR = 3  # px


class StepTab(Retranslating, QWidget):
    """Follows the playhead while it is visible."""

    previews_changed = Signal(Previews)

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme) -> None:
        super().__init__()
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self.setObjectName("step_tab")
        self._number, self._of = label("big", "step_number"), label("quiet", "step_count")
        self._left, self._slower = label("quiet", "time_left"), label("quiet", "slower")
        self._sentence = label("said", "what_happens")
        self._sentence.setWordWrap(True)
        self._why = label("quiet", "why_so_many")
        self._why.setWordWrap(True)
        self._noise = Measure(theme, "noise_left", "steel")
        self._change = Measure(theme, "change", "sand", MOST_CHANGE)
        self._pull = Measure(theme, "pull", "quiet")
        self._parts = [PartLight(theme, phase) for phase in (Phase.ENCODING, Phase.DENOISING, Phase.DECODING)]
        self._fold = named(QPushButton(), "step_details")
        self._fold.setProperty("fold", "true")
        self._fold.setCheckable(True)
        self._facts = Facts("timestep", "sigma", "alpha", "log_snr", "seconds", "preview_cost")
        self._facts.hide()
        self._previews_label = label("quiet", "previews_label")
        self._previews = {previews: segment(f"previews_{previews}") for previews in Previews}
        self._lay_out()
        self._clock = QTimer(self, interval=500)  # ms; the time left changes during a long step
        self._clock.timeout.connect(self._show_time)
        self._fold.toggled.connect(self._show_fold)
        for previews, button in self._previews.items():
            button.setChecked(previews is generation.previews)
            button.clicked.connect(lambda _=False, previews=previews: self.previews_changed.emit(previews))
        for signal in (timeline.run_changed, timeline.current_changed, generation.changed):
            signal.connect(self._follow)
        theme.changed.connect(self._show_fold)
        self.retranslate()

    def _lay_out(self) -> None:
        content = named(QWidget(), "step_content")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._number)
        head.addWidget(self._of, 1)
        head.addWidget(self._slower)
        head.addWidget(self._left)
        layout.addLayout(head)
        layout.addWidget(self._sentence)
        layout.addWidget(self._why)
        for measure in (self._noise, self._change, self._pull):
            layout.addWidget(measure)
        layout.addSpacing(4)
        parts = QVBoxLayout()
        parts.setSpacing(6)
        for part in self._parts:
            parts.addWidget(part)
        layout.addLayout(parts)
        layout.addSpacing(4)
        layout.addWidget(self._fold)
        layout.addWidget(self._facts)
        layout.addStretch(1)
        self.body = ScrollArea("step_scroll", content)  # for low windows; the previews below stay visible
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 12, 6)
        foot.setSpacing(4)
        foot.addWidget(self._previews_label, 1)
        for button in self._previews.values():
            foot.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.body, 1)
        whole.addLayout(foot)

    def retranslate(self) -> None:
        facts = self._facts
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
        facts.name("seconds", tr("Safelight", "Time"), tr("Safelight", "Duration of this step without the preview."))
        facts.name(
            "preview_cost",
            tr("Safelight", "Preview cost"),
            tr("Safelight", "Cost of the previews in this run: share of the time of a step, and the time itself (medians)."),
        )
        self._noise.name(tr("Safelight", "Noise left"), tr("Safelight", "Share of the noise in the power of the latents after this step."))
        self._change.name(tr("Safelight", "Changed in this step"), tr("Safelight", "How much the estimated picture changed in this step."))
        self._pull.name(
            tr("Safelight", "Prompt influence"), tr("Safelight", "How much guidance changed the estimated picture in this step.")
        )
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
        explain_status(self._left, tr("Safelight", "Time until the last step at the current speed."))
        self._slower.setText(tr("Safelight", "slower than before"))
        self._fold.setText(tr("Safelight", "Details"))
        explain(self._fold, tr("Safelight", "Details"), tr("Safelight", "Show or hide the numbers of this step."))
        self._show_fold()
        self._show_state()

    # -- slots

    def _follow(self) -> None:
        if self.isVisible():
            self._show_state()

    def _show_fold(self) -> None:
        is_open = self._fold.isChecked()
        self._facts.setVisible(is_open)
        self._fold.setIcon(self._theme.icon("chevron-down" if is_open else "chevron-right", self._theme.tokens.quiet, 14))

    def _show_state(self) -> None:
        run, step = self._timeline.run, self._timeline.current
        live = self._live
        self._number.setText(str(step.number) if step else "0")
        of = f"/ {run.expected_steps}" if run else ""
        self._of.setText(BETWEEN.join(words for words in (of, stage(run, step) if run and step else "") if words))
        for widget in (self._number, self._of, self._left, self._noise, self._change, self._pull, self._fold):
            widget.setVisible(step is not None or live)
        self._facts.setVisible(self._fold.isChecked() and (step is not None or live))
        self._show_step(step)
        self._why.setText(_why_so_many(run) if run else "")
        self._why.setVisible(bool(self._why.text()))
        self._sentence.setText(self._what_happens(run, step))
        for part in self._parts:
            part.show_at_work(live and part.phase is self._generation.phase)
        self._facts.show_value("preview_cost", _cost(run.steps if run else []))
        self._show_time()
        with QSignalBlocker(self):
            self._previews[self._generation.previews].setChecked(True)

    @property
    def _live(self) -> bool:
        """Whether the shown run is running."""
        return self._generation.running and self._timeline.run is self._generation.run

    def _show_step(self, step: Step | None) -> None:
        is_made = step is not None and step.number > 0
        is_told = step is not None and not math.isnan(step.seconds)  # not damaged on the disk
        signal = step.alpha_cumprod if step and is_told else math.nan
        self._noise.show_share(None if signal is None else 1 - signal)
        self._change.show_share(step.change if step and is_made else math.nan)
        self._pull.show_share(step.guidance if step and is_made else math.nan)
        facts = self._facts
        facts.show_value("timestep", _number(step.timestep, 0) if step else NOTHING)
        facts.show_value("sigma", _number(step.sigma) if step and is_told else NOTHING)
        facts.show_value("alpha", _number(step.alpha_cumprod) if step and is_told else NOTHING)
        facts.show_value("log_snr", _number(step.log_snr) if step and is_told else NOTHING)
        facts.show_value("seconds", _duration(step.seconds) if step and is_made else NOTHING)

    def _show_time(self) -> None:
        pace = self._generation.pace if self._live and self._generation.phase is Phase.DENOISING else None
        left = pace.left if pace else None
        self._left.setText("" if left is None else tr("Safelight", "{time} left").format(time=clock(left)))
        self._slower.setVisible(pace is not None and left is not None and pace.slower)
        if left is None:
            self._clock.stop()
        elif not self._clock.isActive():
            self._clock.start()

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_state()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

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


def _cost(steps: list[Step]) -> str:
    """Cost of the previews: medians over `steps` without the starting noise; "" without previews."""
    made = steps[1:]
    if not any(step.thumbnail for step in made):
        return ""
    overhead, seconds = median(step.overhead_seconds for step in made), median(step.seconds for step in made)
    share = f"{_number(100 * overhead / seconds, 1)} %" if seconds > 0 else NOTHING
    return f"{share} · {_duration(overhead)}"


def _share(value: float | None) -> str:
    """As percentage, with a decimal where there is little."""
    if value is None:
        return tr("Safelight", "unknown")
    return NOTHING if math.isnan(value) else f"{_number(100 * value, 1 if 0 < value < 0.0995 else 0)} %"


def _number(value: float | None, digits: int = 2) -> str:
    if value is None:
        return tr("Safelight", "unknown")
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


class Measure(QWidget):
    """A share of 1: its name, its value, and a bar in a colour of the theme that is full at `most`."""

    def __init__(self, theme: Theme, name: str, colour: str, most: float = 1.0) -> None:
        super().__init__()
        self._theme = theme
        self._colour = colour
        self._most = most
        self._filled = 0.0
        self._name, self._value = label("quiet"), label("fact", name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, BAR + 4)
        row.addWidget(self._name, 1)
        row.addWidget(self._value)
        theme.changed.connect(self.update)

    def name(self, name: str, explanation: str) -> None:
        self._name.setText(name)
        for widget in (self._name, self._value):
            explain_status(widget, explanation)

    def show_share(self, share: float | None) -> None:
        """None if it is unknown, NaN if there is none."""
        self._value.setText(_share(share))
        filled = 0.0 if share is None or math.isnan(share) else min(max(share / self._most, 0.0), 1.0)
        if filled != self._filled:
            self._filled = filled
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRectF(0, self.height() - BAR, self.width(), BAR)
        for width, colour in ((bar.width(), tokens.edge), (bar.width() * self._filled, getattr(tokens, self._colour))):
            bar.setWidth(width)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
