"""Timeline: the run on screen, the step that is looked at, and whether the playhead follows the newest."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Pixels, Run, Step, View


class Timeline(QObject):
    """One writer, the GUI thread. The slider, the keys and the filmstrip call `go_to`; all views listen."""

    run_changed = Signal()         # another run is shown, or none
    step_added = Signal(int)       # this step of the shown run has arrived
    current_changed = Signal()     # another step is looked at, or its pixels are new
    view_changed = Signal()
    following_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._index = 0
        self._following = True
        self._view = View.ESTIMATE

    @property
    def run(self) -> Run | None:
        return self._run

    @property
    def steps(self) -> list[Step]:
        return self._run.steps if self._run else []

    @property
    def calls(self) -> int:
        """How many steps the run will have, the starting noise not counted; 0 while that is unknown."""
        return self._run.plan.calls if self._run and self._run.plan else 0

    @property
    def index(self) -> int:
        """The number of the step that is looked at: 0 is the starting noise."""
        return self._index

    @property
    def current(self) -> Step | None:
        return self.steps[self._index] if self._index < len(self.steps) else None

    @property
    def following(self) -> bool:
        return self._following

    @property
    def view(self) -> View:
        return self._view

    @property
    def pixels(self) -> Pixels | None:
        """What the canvas shows: the chosen view of the current step, or the finished picture at the end of the run."""
        run, step = self._run, self.current
        if run is None:
            return None
        if run.picture and (step is None or step.number == self.calls):
            return run.picture
        if step is None:
            return None
        return step.noisy if self._view is View.NOISY or step.number == 0 else step.estimate

    @property
    def approximate(self) -> bool:
        """Whether `pixels` come from the linear map and not from a decoder."""
        run, step = self._run, self.current
        return step is not None and step.approximate and not (run and run.picture is self.pixels)

    def show(self, run: Run | None, follow: bool = True) -> None:
        """Look at `run`, at its newest step."""
        self._run = run
        self._index = max(0, len(self.steps) - 1)
        self._follow(follow)
        self.run_changed.emit()
        self.current_changed.emit()

    def refresh(self) -> None:
        """The shown run has grown: call once after each batch of what the worker reported."""
        newest = len(self.steps) - 1
        if newest >= 0:
            self.step_added.emit(newest)
        if self._following and newest > self._index:
            self._index = newest
        if self._following or self._index == newest:
            self.current_changed.emit()

    def go_to(self, index: int) -> None:
        """Look at step `index`, within what there is; the playhead stays there until it is moved to the newest again."""
        newest = len(self.steps) - 1
        if newest < 0:
            return
        index = min(max(index, 0), newest)
        self._follow(index == newest)
        if index != self._index:
            self._index = index
            self.current_changed.emit()

    def go_by(self, distance: int) -> None:
        self.go_to(self._index + distance)

    def follow(self) -> None:
        self.go_to(len(self.steps) - 1)

    def follow_next(self) -> None:
        """Show the next run when it begins, whatever is looked at now."""
        self._follow(True)

    def look_at(self, view: View) -> None:
        if view is not self._view:
            self._view = view
            self.view_changed.emit()
            self.current_changed.emit()

    def _follow(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.following_changed.emit()
