"""AtWork: what is being made and how far it is, for everything that shows it wherever the user looks."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QObject, QTimer, Signal

from ..diffusion.run import Ending, Run
from .forecast import Forecast
from .generation import Generation
from .queue import Line

LINGERS = 6000  # ms for which a finished run is shown
TICK = 500  # ms: the time left changes during a long step


class QueueState(Enum):
    RUNNING = auto()
    PAUSED = auto()  # the first run of the held queue has steps
    WAITING = auto()  # the held queue has not started
    FINISHED = auto()  # a few seconds ago


class AtWork(QObject):
    """Follows `generation`. A run that fails is not shown: a notice tells."""

    changed = Signal()
    done = Signal(object)  # Run, the last one of the queue: it is finished or has failed

    def __init__(self, generation: Generation) -> None:
        super().__init__()
        self._generation = generation
        self.forecast = Forecast(generation)
        self._finished: Run | None = None
        self._lingering = QTimer(self, singleShot=True, interval=LINGERS)
        self._lingering.timeout.connect(self._forget)
        self._ticking = QTimer(self, interval=TICK)
        self._ticking.timeout.connect(self.changed)
        generation.changed.connect(self._follow)
        generation.queue_changed.connect(self._follow)
        generation.ended.connect(self._take_ended)

    @property
    def state(self) -> QueueState | None:
        """None while there is nothing to show."""
        if self._generation.running:
            return QueueState.RUNNING
        if self._finished is not None:
            return QueueState.FINISHED
        waiting = self._generation.up_next
        if not waiting:
            return None
        return QueueState.PAUSED if waiting[0].run.steps else QueueState.WAITING

    @property
    def run(self) -> Run | None:
        match self.state:
            case QueueState.RUNNING:
                return self._generation.run
            case QueueState.FINISHED:
                return self._finished
            case None:
                return None
        return self._generation.up_next[0].run

    @property
    def step(self) -> int:
        """The newest step of the run."""
        return _made(self.run)

    @property
    def steps(self) -> int:
        """How many steps the complete run has."""
        run = self.run
        return run.expected_steps if run else 0

    @property
    def share(self) -> float:
        """What is done of the run, 0…1."""
        run = self.run
        return min(1.0, _made(run) / run.expected_steps) if run and run.expected_steps else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until the last step of the run at work; None while unknown."""
        return self._generation.pace.left if self.state is QueueState.RUNNING and self._generation.pace else None

    def pause_or_resume(self) -> None:
        """Pause the run at work, or cancel that; else resume the paused run or start the queue."""
        generation = self._generation
        if generation.running and not generation.pausing:
            generation.pause()
        elif self.state in (QueueState.RUNNING, QueueState.PAUSED):
            generation.resume(self.run)
        elif self.state is QueueState.WAITING:
            generation.resume_queue()

    def _take_ended(self, run: Run) -> None:
        queue = self._generation.queue
        is_last = not (queue.line(Line.FIRST) or queue.line(Line.DUE))
        if run.ending is Ending.FINISHED and is_last:
            self._finished = run
            self._lingering.start()
        if run.ending in (Ending.FINISHED, Ending.FAILED) and is_last:
            self.done.emit(run)
        self._follow()

    def _forget(self) -> None:
        self._finished = None
        self._follow()

    def _follow(self) -> None:
        if self._generation.running:
            self._finished = None
            if not self._ticking.isActive():
                self._ticking.start()
        else:
            self._ticking.stop()
        self.changed.emit()


def _made(run: Run | None) -> int:
    return max(0, len(run.steps) - 1) if run else 0
