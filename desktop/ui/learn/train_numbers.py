"""TrainNumbers: the right panel of the station that trains: how far it is, exam, copies, and the guidance of the samples."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...learn.training.events import Moment
from ...studio.trainings import State, Training
from ..language import Retranslating, clock, decimal, explain, tr
from ..theme import Theme
from ..widgets.controls import Decimal, label
from ..widgets.slider_row import SliderRow
from .bands import BandBars

WARNS = 0.1  # share of copies above that of real pictures


class TrainNumbers(Retranslating, QWidget):
    guidance_chosen = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._state, self._left = label("strong", "learn_train_state"), label("quiet", "learn_train_left")
        self._guidance_label, self._guidance = label("section"), Decimal("learn_train_guidance", 1.0, 3.0, 0.1)
        self._guidance_label.setBuddy(self._guidance)
        self._guidance.valueChanged.connect(self.guidance_chosen)
        self._guidance_row = SliderRow(self._guidance)
        self._copies_title, self._copies = label("section", "learn_train_copies_title"), label("fact", "learn_train_copies")
        self._bands_title, self._bands_words = label("section", "learn_train_bands_title"), label("quiet", "learn_train_bands_words")
        self._bands = BandBars(theme, "learn_train_bands")
        for words, lines in ((self._state, 1), (self._left, 2), (self._copies, 4), (self._bands_words, 4)):
            words.setWordWrap(True)
            words.setMinimumHeight(lines * words.fontMetrics().lineSpacing())
            words.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(6)
        column.addWidget(self._state)
        column.addWidget(self._left)
        column.addSpacing(6)
        column.addWidget(self._bands_title)
        column.addWidget(self._bands)
        column.addWidget(self._bands_words)
        column.addSpacing(6)
        column.addWidget(self._copies_title)
        column.addWidget(self._copies)
        column.addSpacing(6)
        column.addWidget(self._guidance_label)
        column.addWidget(self._guidance_row)
        self.retranslate()

    @property
    def guidance(self) -> float:
        return self._guidance.value()

    def set_guidance(self, guidance: float) -> None:
        self._guidance.setValue(guidance)

    def show_state(self, training: Training | None) -> None:
        """How far it is."""
        if training is None:
            self._state.setText(tr("Safelight", "No training yet."))
            self._left.setText(tr("Safelight", "Choose pictures at the left and press Train."))
            return
        words = {
            State.PAUSED: tr("Safelight", "Paused"),
            State.WAITING: tr("Safelight", "Waits for the run in Create"),
            State.PREPARING: tr("Safelight", "Loading…"),
            State.RUNNING: tr("Safelight", "Learning"),
            State.FINISHED: tr("Safelight", "Finished"),
            State.FAILED: tr("Safelight", "Stopped"),
        }[training.state]
        steps = (
            tr("Safelight", "step {step} of {steps}").format(step=decimal(training.step, 0), steps=decimal(training.course.steps, 0))
            if training.course.steps
            else tr("Safelight", "step {step}, measuring how fast it is").format(step=decimal(training.step, 0))
        )
        self._state.setText(f"{words} · {steps}")
        facts = []
        if training.is_active and training.seconds_left is not None:
            facts.append(tr("Safelight", "{time} left").format(time=clock(training.seconds_left)))
        if training.pace is not None:
            facts.append(tr("Safelight", "{time} ms a step").format(time=decimal(1000 * training.pace, 0)))
        seen = training.step * training.course.batch
        if (count := training.learned) > 0:
            facts.append(tr("Safelight", "each picture seen {times} times").format(times=decimal(seen / count, 1)))
        self._left.setText(" · ".join(facts))

    def show_moment(self, training: Training | None, moment: Moment | None) -> None:
        """What the exam and the copy meter say of that moment."""
        self._bands.show_marks(
            moment.unseen if moment else None,
            moment.seen if moment else None,
            training.lines.floor if training and training.lines else None,
        )
        if training is None or moment is None or not moment.copied:
            self._copies.setText(tr("Safelight", "Each sample is compared with all training pictures; below it are the two nearest."))
            return
        words = [
            tr("Safelight", "{count} of {all} samples are copies; of real new pictures {chance} % would be called so.").format(
                count=sum(moment.copied), all=len(moment.copied), chance=decimal(100 * training.by_chance, 0)
            )
        ]
        if moment.copies > training.by_chance + WARNS:
            words.append(tr("Safelight", "It begins to copy: stop here, or give it more pictures."))
        if moment.unseen is not None:
            words.append(
                tr("Safelight", "Exam: {seen} on seen, {unseen} on unseen pictures.").format(
                    seen=decimal(moment.seen.mean, 3), unseen=decimal(moment.unseen.mean, 3)
                )
            )
        self._copies.setText(" ".join(words))

    def retranslate(self) -> None:
        explain(
            self._guidance,
            tr("Safelight", "Guidance"),
            tr("Safelight", "How much the label counts: 1 is off, more makes kinds clearer and less varied."),
        )
        self._guidance_row.follow()
        self._guidance_label.setText(tr("Safelight", "Guidance"))
        self._copies_title.setText(tr("Safelight", "New or copied?"))
        self._bands_title.setText(tr("Safelight", "Exam in bands of t"))
        self._bands.setAccessibleName(self._bands_title.text())
        self._bands_words.setText(
            tr(
                "Safelight",
                "Always the same pictures, t and noise. 1: answering 0. Green: the perfect denoiser, which knows all pictures, these too. "
                "Dots: pictures it has seen.",
            )
        )
