"""AtWork: what is being made and how far it is, for everything that shows it wherever the user looks."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ..diffusion.run import Ending, Run
from .forecast import Forecast
from .generation import Generation
from .queue import Line

if TYPE_CHECKING:
    from .trainings import Training, Trainings

LINGERS = 6000  # ms for which a finished run is shown
TICK = 500  # ms: the time left changes during a long step, and a training has many steps


class QueueState(Enum):
    RUNNING = auto()
    PAUSED = auto()  # the first run of the held queue has steps, or a training was paused
    WAITING = auto()  # the held queue has not started
    FINISHED = auto()  # a few seconds ago


class AtWork(QObject):
    """Follows `generation`, and trainings while no run is made. What fails is not shown: a notice tells."""

    changed = Signal()
    done = Signal(object)  # Run, the last one of the queue, that is finished or has failed; or Training that is finished

    def __init__(self, generation: Generation) -> None:
        super().__init__()
        self._generation = generation
        self.forecast = Forecast(generation)
        self._trainings: Trainings | None = None
        self._followed: object = None  # the training that has changed last, and its state
        self._finished: Run | Training | None = None
        self._lingering = QTimer(self, singleShot=True, interval=LINGERS)
        self._lingering.timeout.connect(self._forget)
        self._ticking = QTimer(self, interval=TICK)
        self._ticking.timeout.connect(self.changed)
        generation.changed.connect(self._follow)
        generation.queue_changed.connect(self._follow)
        generation.ended.connect(self._take_ended)

    def watch(self, trainings: Trainings) -> None:
        """Follow `trainings`, too. They are made with the place Learn."""
        self._trainings = trainings
        trainings.changed.connect(self._follow_training)
        trainings.listed.connect(self._follow)

    @property
    def state(self) -> QueueState | None:
        """None while there is nothing to show."""
        if self._generation.running:
            return QueueState.RUNNING
        shown = self.shown
        if shown is None:
            return None
        if shown is self._finished:
            return QueueState.FINISHED
        if isinstance(shown, Run):
            return QueueState.PAUSED if shown.steps else QueueState.WAITING
        return QueueState.RUNNING if shown.is_active else QueueState.PAUSED

    @property
    def shown(self) -> Run | Training | None:
        """The run at work; else what is finished, the training at work, the run that waits, the paused training."""
        if self._generation.running:
            return self._generation.run
        if self._finished is not None:
            return self._finished
        training, waiting = self.training, self._generation.up_next
        if training is not None and (training.is_active or not waiting):
            return training
        return waiting[0].run if waiting else None

    @property
    def run(self) -> Run | None:
        """What is shown, if it is a run."""
        shown = self.shown
        return shown if isinstance(shown, Run) else None

    @property
    def training(self) -> Training | None:
        """The one that is active or was paused last, also while a run is shown."""
        return self._trainings.at_hand if self._trainings is not None else None

    @property
    def step(self) -> int:
        """The newest step of what is shown."""
        shown = self.shown
        return _made(shown) if shown is None or isinstance(shown, Run) else shown.step

    @property
    def steps(self) -> int:
        """How many steps what is shown has when it is complete; 0 while unknown."""
        shown = self.shown
        return 0 if shown is None else shown.expected_steps if isinstance(shown, Run) else shown.course.steps

    @property
    def share(self) -> float:
        """What is done of it, 0…1."""
        return min(1.0, self.step / self.steps) if self.steps else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until the last step of the run or training at work; None while unknown."""
        if self.state is not QueueState.RUNNING:
            return None
        if self._generation.running:
            return self._generation.pace.left if self._generation.pace else None
        return self.training.seconds_left if self.training else None

    @property
    def left_for_all(self) -> float | None:
        """Seconds until the runs of the queue and the active training are finished; None while unknown, or for nothing but one of them."""
        generation, training = self._generation, self.training
        learns = training is not None and training.is_active
        if not generation.up_next and not (generation.running and learns):
            return None
        runs, rest = self.forecast.left, training.seconds_left if training is not None and learns else 0.0
        return runs + rest if runs is not None and rest is not None else None

    def pause_all(self) -> None:
        """Pause the run at work, and the training that waits for its end."""
        self._generation.pause()
        if self._trainings is not None:
            self._trainings.pause()

    def pause_or_resume_training(self) -> None:
        """Pause the training at hand if it is active; else resume it."""
        if self._trainings is not None and (training := self.training) is not None:
            self._trainings.pause() if training.is_active else self._trainings.resume(training)

    def pause_or_resume(self) -> None:
        """Pause what is at work, or cancel that; else resume what is paused or start the queue."""
        generation, state = self._generation, self.state
        if generation.running and not generation.pausing:
            generation.pause()
        elif generation.running or (state is QueueState.PAUSED and self.run is not None):
            generation.resume(self.run)
        elif state is QueueState.WAITING:
            generation.resume_queue()
        elif state is not QueueState.FINISHED:
            self.pause_or_resume_training()

    def _take_ended(self, run: Run) -> None:
        queue = self._generation.queue
        is_last = not (queue.line(Line.FIRST) or queue.line(Line.DUE))
        if run.ending is Ending.FINISHED and is_last:
            self._finished = run
            self._lingering.start()
        if run.ending in (Ending.FINISHED, Ending.FAILED) and is_last:
            self.done.emit(run)
        self._follow()

    def _follow_training(self, training: Training) -> None:
        if (training, training.state) == self._followed:
            return  # each step
        self._followed = training, training.state
        if training.is_finished:
            if not self._generation.running:
                self._finished = training
                self._lingering.start()
            self.done.emit(training)
        elif training is self._finished:
            self._finished = None
        self._follow()

    def _forget(self) -> None:
        self._finished = None
        self._follow()

    def _follow(self) -> None:
        if self._generation.running:
            self._finished = None
        if self.state is QueueState.RUNNING:
            if not self._ticking.isActive():
                self._ticking.start()
        else:
            self._ticking.stop()
        self.changed.emit()


def _made(run: Run | None) -> int:
    return max(0, len(run.steps) - 1) if run else 0
