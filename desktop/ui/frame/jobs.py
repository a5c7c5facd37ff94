"""Jobs: the run at work and the queue, opened from the rail over whichever place is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ...studio.at_work import AtWork, QueueState
from ...studio.generation import Generation
from ..language import Retranslating, clock, decimal, explain, tooltip, tr
from ..theme import Theme
from ..widgets.controls import IconButton, label, named
from ..widgets.images import Thumbnail
from .job_chip import newest_picture, progress_words
from .popover import Popover
from .queue_list import QueueList

if TYPE_CHECKING:
    from ...studio.trainings import Training

WIDTH = 340  # px
GAP = 8  # px, to the rail and to the lower edge of the window


class Jobs(Retranslating, Popover):
    """Shown beside `rail`."""

    show_requested = Signal(object)  # Training

    def __init__(self, over: QWidget, rail: QWidget, opener: QWidget, at_work: AtWork, generation: Generation, theme: Theme) -> None:
        super().__init__(over, "jobs", opener)
        self._generation = generation
        self._rail = rail
        self._title = label("title", "jobs_title")
        self._empty = label("quiet", "jobs_empty")
        self._current = _Current(at_work, generation, theme)
        self._queue = QueueList(generation, at_work.forecast, theme)
        self._training = _Training(at_work, theme)
        self._training.show_button.clicked.connect(lambda: self.show_requested.emit(at_work.training))
        self._left = label("quiet", "jobs_left")
        self._pause = named(QPushButton(), "jobs_pause")
        self._pause.setProperty("quiet", "true")
        self._pause.clicked.connect(at_work.pause_all)
        self._at_work = at_work
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._left)
        head.addWidget(self._pause)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._empty)
        layout.addWidget(self._current)
        layout.addWidget(self._queue)
        layout.addWidget(self._training)
        at_work.changed.connect(self._follow)
        generation.queue_changed.connect(self._follow)
        self.retranslate()

    def open_popover(self) -> None:
        self._show_state()
        super().open_popover()

    def place(self, room: QRect) -> QRect:
        height = min(self.sizeHint().height(), room.height() - 2 * GAP)
        return QRect(self._rail.width() + GAP, room.bottom() + 1 - GAP - height, WIDTH, height)

    def first(self) -> QWidget:
        if (queued := self._queue.first()) is not None:
            return queued
        stop = self._current.stop
        if self._generation.running:
            return stop if stop.isEnabled() and self._pause.isEnabled() else self
        return self._training.pause if self._at_work.training else self

    def retranslate(self) -> None:
        words = tr("Safelight", "Jobs")
        self.setAccessibleName(words)
        self._title.setText(words)
        self._empty.setText(tr("Safelight", "Nothing is queued."))
        self._pause.setText(tr("Safelight", "Pause all"))
        explain(
            self._pause,
            tr("Safelight", "Pause all"),
            tr("Safelight", "Pause the run after this step, and the training. The queue waits until you resume it."),
        )
        self._show_state()

    def _follow(self) -> None:
        if self.isVisible():
            self._show_state()

    def _show_state(self) -> None:
        generation = self._generation
        self._current.show_state()
        self._training.show_state()
        self._empty.setVisible(not generation.up_next and not generation.running and not self._at_work.training)
        self._pause.setVisible(generation.running)
        self._pause.setEnabled(not generation.pausing and not generation.stopping)
        left = self._at_work.left_for_all
        self._left.setText(tr("Safelight", "{time} for all").format(time=clock(left)) if left is not None else "")
        self._left.setToolTip(tr("Safelight", "About how long everything that runs and waits will take."))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return super().event(event)


class _Work(Retranslating, QWidget):
    """What is made or was paused: its picture, its name, how far it is, and its buttons."""

    def __init__(self, at_work: AtWork, theme: Theme, kind: str, *buttons: QWidget) -> None:
        super().__init__()
        self._at_work = at_work
        self.setObjectName(f"{kind}_job")
        self._thumbnail = Thumbnail(theme, f"{kind}_thumbnail", 36)
        self._name, self._progress = label("body", f"{kind}_name"), label("quiet", f"{kind}_progress")
        self._bar = named(QProgressBar(textVisible=False), f"{kind}_bar")
        self._bar.setRange(0, 100)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._thumbnail, 0, 0, 3, 1)
        grid.addWidget(self._name, 0, 1)
        grid.addWidget(self._progress, 1, 1)
        grid.addWidget(self._bar, 2, 1)
        for column, button in enumerate(buttons, 2):
            grid.addWidget(button, 0, column, 3, 1)
        self.retranslate()

    def retranslate(self) -> None:
        self._bar.setAccessibleName(tr("Safelight", "Progress"))
        self.show_state()

    def show_state(self) -> None:
        raise NotImplementedError

    def _show_name(self, name: str, room: int) -> None:
        """Elided to `room` px."""
        self._name.setText(self._name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room))
        self._name.setToolTip(tooltip(name))


class _Current(_Work):
    """The run at work; hidden while there is none."""

    def __init__(self, at_work: AtWork, generation: Generation, theme: Theme) -> None:
        self._generation = generation
        self.stop = IconButton(theme, "square", "current_stop", 14)
        self.stop.clicked.connect(generation.stop)
        super().__init__(at_work, theme, "current", self.stop)

    def retranslate(self) -> None:
        explain(self.stop, tr("Safelight", "Stop"), tr("Safelight", "Stop immediately (Esc). The finished steps are kept."))
        super().retranslate()

    def show_state(self) -> None:
        run = self._at_work.run
        is_running = self._at_work.state is QueueState.RUNNING and run is not None
        self.setVisible(is_running)
        if run is None or not is_running:
            return
        self._show_name(" ".join(run.recipe.final.prompt.text.split()) or tr("Safelight", "(no prompt)"), WIDTH - 120)
        self._progress.setText(" · ".join(filter(None, progress_words(self._at_work, self._generation))))
        self._bar.setValue(round(100 * self._at_work.share))
        self._thumbnail.show_pixels(newest_picture(run))
        self.stop.setEnabled(not self._generation.stopping)


class _Training(_Work):
    """The training that is active, or was paused last; hidden while there is none. Runs go first."""

    def __init__(self, at_work: AtWork, theme: Theme) -> None:
        self.pause = IconButton(theme, "pause", "training_pause", 14)
        self.pause.clicked.connect(at_work.pause_or_resume_training)
        self.show_button = named(QPushButton(), "training_show")
        self.show_button.setProperty("quiet", "true")
        super().__init__(at_work, theme, "training", self.pause, self.show_button)

    def retranslate(self) -> None:
        self.show_button.setText(tr("Safelight", "Show"))
        explain(self.show_button, tr("Safelight", "Show"), tr("Safelight", "Show the training in Learn."))
        super().retranslate()

    def show_state(self) -> None:
        training = self._at_work.training
        self.setVisible(training is not None)
        if training is None:
            return
        pictures = tr("Safelight", training.beginning.pictures.name)
        self._show_name(tr("Safelight", "Training: {pictures}").format(pictures=pictures), WIDTH - 180)
        self._progress.setText(_place_words(training, self._at_work.run is not None and self._at_work.state is QueueState.RUNNING))
        self._bar.setValue(round(100 * training.step / training.course.steps) if training.course.steps else 0)
        self._thumbnail.show_pixels(training.picture)
        self.pause.show_icon("pause" if training.is_active else "play")
        if training.is_active:
            explain(self.pause, tr("Safelight", "Pause"), tr("Safelight", "Pause the training; it is saved."))
        else:
            explain(self.pause, tr("Safelight", "Resume"), tr("Safelight", "Resume the training."))


def _place_words(training: Training, must_wait: bool) -> str:
    """How far it is, and how long it takes."""
    if not training.course.steps:
        return tr("Safelight", "step {step}, measuring how fast it is").format(step=decimal(training.step, 0))
    place = f"{decimal(training.step, 0)} / {decimal(training.course.steps, 0)}"
    left = training.seconds_left
    if not training.is_active:
        state = tr("Safelight", "paused")
    elif must_wait:
        state = tr("Safelight", "waits for the run")
    else:
        state = tr("Safelight", "{time} left").format(time=clock(left)) if left is not None else ""
    return " · ".join(filter(None, (place, state)))
