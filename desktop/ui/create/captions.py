"""CaptionLine: one line about the shown step, from measurements of this run."""

from __future__ import annotations

import math
from bisect import bisect

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ...diffusion.insight import settled_since
from ...diffusion.run import Ending, Phase, Run, Step
from ...studio.generation import Generation
from ...studio.timeline import Timeline
from ..language import Retranslating, tooltip, tr
from ..widgets.endings import at_step

BETWEEN = " · "
LEVELS = (-2.5, -0.5, 0.5, 2.5)  # log-SNR between the five noise levels that have words
HARDLY = 0.05  # of x0: less influence of guidance than this is barely visible
LASTING = 0.2  # of the run: a layout counts as settled when it has not changed for this long


class CaptionLine(Retranslating, QLabel):
    """Takes the width that is left; a longer text ends in an ellipsis and is shown whole in the tooltip."""

    def __init__(self, timeline: Timeline, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._generation = generation
        self._elided = ""
        self.setObjectName("caption")
        self.setProperty("role", "quiet")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._clock = QTimer(self, interval=500)  # ms; a run that waits for the disk emits no signals
        self._clock.timeout.connect(self._show_words)
        for changed in (timeline.run_changed, timeline.current_changed, timeline.following_changed, generation.changed):
            changed.connect(self._show_words)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleDescription(tr("Safelight", "What happens in the shown step, measured in this run."))
        self._show_words()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_words()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(self.contentsRect(), self.alignment(), self._elided)

    def _show_words(self) -> None:
        if not self.isVisible():
            return
        at_work = self._generation.running and self._timeline.run is self._generation.run
        if at_work != self._clock.isActive():
            self._clock.start() if at_work else self._clock.stop()
        words = BETWEEN.join(self._words(at_work))
        if words != self.text():
            self.setText(words)
            self._fit()

    def _words(self, at_work: bool) -> list[str]:
        timeline, generation, run, step = self._timeline, self._generation, self._timeline.run, self._timeline.current
        if run is None:
            return []
        at_newest = step is None or step is run.steps[-1]
        if at_work and generation.stopping:
            return [tr("Safelight", "Stopping…")]
        if at_work and at_newest and (step is None or generation.phase is not Phase.DENOISING):
            return [happening(generation.phase)] if generation.phase else []
        if step is None:
            return []
        if at_work and generation.pausing:
            state = tr("Safelight", "Pausing after this step…")
        elif at_work and generation.is_behind:
            state = tr("Safelight", "Waiting for the disk to record the steps")
        elif at_work and at_newest:
            state = tr("Safelight", "Denoising the next step")
        else:
            state = _place(run, step, run.expected_steps)
        return [words for words in (state, stage(run, step), _refined(run, step), *_measured(run, step, timeline.calls)) if words]

    def _fit(self) -> None:
        """Shorten the words to the width; the tooltip then has them whole."""
        self._elided = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())
        self.setToolTip(tooltip(self.text()) if self._elided != self.text() else "")


def happening(phase: Phase) -> str:
    """What the model does in this phase."""
    match phase:
        case Phase.PREPARING:
            return tr("Safelight", "Loading libraries. This happens once after each start.")
        case Phase.LOADING:
            return tr("Safelight", "Loading the model into memory.")
        case Phase.ENCODING:
            return tr("Safelight", "The text encoder turns the prompt into numbers that guide the denoiser.")
        case Phase.DENOISING:
            return tr("Safelight", "The denoiser estimates the noise so that some of it can be removed.")
        case Phase.DECODING:
            return tr("Safelight", "The latents are finished. The decoder turns them into the picture.")
        case Phase.SAVING:
            return tr("Safelight", "Saving the finished picture.")


def stage(run: Run, step: Step) -> str:
    """The stage of the run that `step` belongs to; "" if it has only one."""
    found = run.plan.stage_of(step.number) if run.plan else None
    if found is None:
        return ""
    known = {
        "": tr("Safelight", "Main stage"),
        "base": tr("Safelight", "Base stage"),
        "refiner": tr("Safelight", "Refiner stage"),
        "prior": tr("Safelight", "Prior stage"),
        "decoder": tr("Safelight", "Decoder stage"),
        "super_res": tr("Safelight", "Upscaling stage"),
    }
    return known.get(found.name) or tr("Safelight", "Stage “{name}”").format(name=found.name.replace("_", " "))


def noise(step: Step, calls: int) -> str:
    """The noise level after `step` of `calls` steps in a few words; "" where it is unknown."""
    if step.number == 0:
        return tr("Safelight", "Pure noise from the seed")
    if step.number == calls:
        return tr("Safelight", "The last noise is removed: the latents are finished")
    if math.isnan(step.seconds):  # damaged on the disk
        return ""
    if step.log_snr is None:
        return tr("Safelight", "The noise level is unknown: this sampler does not tell it")
    return (
        tr("Safelight", "Almost only noise"),
        tr("Safelight", "More noise than picture"),
        tr("Safelight", "About as much noise as picture"),
        tr("Safelight", "More picture than noise"),
        tr("Safelight", "Little noise left"),
    )[bisect(LEVELS, step.log_snr)]


def _place(run: Run, step: Step, steps: int) -> str:
    """Position of `step` in the run, and how the run ended there."""
    ended_here = step is run.steps[-1] and (run.ending is not Ending.FAILED or run.picture is None)
    return at_step(run.ending if ended_here else "", step.number, steps)


def _refined(run: Run, step: Step) -> str:
    """From which step the picture was refined before `step`; "" if it was not."""
    last = next((turn for turn in reversed(run.recipe.turns) if turn.after < step.number), None)
    return tr("Safelight", "Refined from step {step}").format(step=last.after) if last and last.refines else ""


def _measured(run: Run, step: Step, calls: int) -> list[str]:
    """Noise level, change of the layout and influence of guidance; steps that were not measured have only the first."""
    words = [noise(step, calls)]
    if step.number == 0 or run.steps[1].layout == 0:
        return words
    if step.number > 1 and (step.layout is not None or math.isnan(step.seconds)):
        since = settled_since(run.steps[: step.number + 1])
        words.append(
            tr("Safelight", "The layout is still changing")
            if since is None or step.number - since < LASTING * calls
            else tr("Safelight", "The layout has hardly changed since step {step}").format(step=since)
        )
    if step.guidance is None:
        words += [] if math.isnan(step.seconds) else [tr("Safelight", "Prompt influence: unknown")]
    elif step.guidance >= HARDLY:
        words.append(tr("Safelight", "Prompt influence: {share} %").format(share=round(100 * step.guidance)))
    elif step.guidance > 0:
        words.append(tr("Safelight", "Prompt influence: almost none"))
    elif step.guidance == 0:
        words.append(tr("Safelight", "Guidance is off"))
    return words
