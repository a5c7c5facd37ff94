"""Playback: plays the kept steps of the shown run like film, and decides what one key for play and pause does."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ..diffusion.run import Ending
from .generation import Generation
from .timeline import Timeline

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
RATE = 7.5  # steps per second at speed 1, so 30 at the highest speed
REST = 900  # ms for which the last step stays before the film begins again


class Playback(QObject):
    """Whatever else moves the playhead ends the film."""

    changed = Signal()  # playing or not, speed, repeat

    def __init__(self, timeline: Timeline, generation: Generation, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._generation = generation
        self._at = 0  # the step that was shown last
        self.speed = 1.0
        self.repeats = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)
        timeline.run_changed.connect(self.stop)
        timeline.current_changed.connect(self._notice_move)

    @property
    def is_playing(self) -> bool:
        return self._timeline.is_playing

    @property
    def is_at_work(self) -> bool:
        """Whether the shown run, or the one compared with it, is being made."""
        return self._generation.running and self._generation.run in (self._timeline.run, self._timeline.compare)

    @property
    def is_live(self) -> bool:
        """Whether the playhead follows a run that is being made."""
        return self.is_at_work and self._timeline.following

    @property
    def can_resume(self) -> bool:
        """Whether the shown run is not being made and can be."""
        run = self._timeline.run
        return run is not None and bool(run.steps) and run.ending is not Ending.FINISHED and not self.is_at_work

    @property
    def can_play(self) -> bool:
        """Whether `toggle` does something."""
        return self.is_live or self.can_resume or len(self._timeline.steps) > 1

    def toggle(self) -> None:
        """Live: pause the run, or take a pause back before it comes. Paused at its newest step: resume. Otherwise play, or stop playing."""
        timeline, generation = self._timeline, self._generation
        if self.is_playing:
            self.stop()
        elif self.is_live:
            generation.resume(generation.run) if generation.pausing else generation.pause()
        elif self.can_resume and timeline.index >= len(timeline.steps) - 1:
            self.resume()
        elif len(timeline.steps) > 1:
            self._play()

    def resume(self) -> None:
        """Resume the shown run and follow it."""
        self._timeline.follow()
        self._generation.resume()

    def step_once(self) -> None:
        """Make one more step of the shown run and show it."""
        self._timeline.follow()
        self._generation.step_once()

    def stop(self) -> None:
        """Stay at the shown step."""
        self._timer.stop()
        if self.is_playing:
            self._timeline.set_playing(False)
            self.changed.emit()

    def change_speed(self, by: int) -> None:
        """Faster or slower by that many of `SPEEDS`."""
        self.set_speed(SPEEDS[min(max(SPEEDS.index(self.speed) + by, 0), len(SPEEDS) - 1)])

    def set_speed(self, speed: float) -> None:
        """Play with one of `SPEEDS`."""
        self.speed = speed
        if self._timer.isActive():
            self._wait()
        self.changed.emit()

    def repeat(self, repeats: bool) -> None:
        """Whether a finished run begins again after its last step."""
        self.repeats = repeats
        self.changed.emit()

    def _play(self) -> None:
        timeline = self._timeline
        timeline.set_playing(True)
        self._show(0 if timeline.index >= len(timeline.steps) - 1 else timeline.index + 1)
        self.changed.emit()

    def _advance(self) -> None:
        newest = len(self._timeline.steps) - 1
        self._show(self._timeline.index + 1 if self._timeline.index < newest else 0)

    def _show(self, number: int) -> None:
        self._at = number
        self._timeline.go_to(number)
        if self._timeline.index < len(self._timeline.steps) - 1 or (self.repeats and not self.is_at_work and not self.can_resume):
            self._wait()
        else:
            self.stop()

    def _wait(self) -> None:
        is_end = self._timeline.index >= len(self._timeline.steps) - 1
        self._timer.start(REST if is_end else round(1000 / (RATE * self.speed)))

    def _notice_move(self) -> None:
        if self.is_playing and self._timeline.index != self._at:
            self.stop()
