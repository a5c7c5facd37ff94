"""Timeline: the run on screen, the step that is looked at, and whether the playhead follows the newest."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Pixels, Run, Step, View
from .held_runs import HeldRuns

MOST_SHARP = 64                    # pictures of the full decoder that are kept to be shown again
RECORDED = (View.ESTIMATE, View.NOISY)     # the views that each step brings along


class Arrangement(Enum):
    """How two pictures are shown."""

    DIVIDE = auto()                # one frame, the second behind a line that can be dragged
    BESIDE = auto()                # two frames
    FLICKER = auto()               # one frame, by turns


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One run of the tree, drawn from the step where it leaves its parent."""

    run: Run
    depth: int                     # 0 for the run that the tree grew from
    branched_after: int | None     # the last step that it shares with its parent


@dataclass(frozen=True, slots=True)
class Shown:
    """What a picture on the canvas is of."""

    run: Run
    step: Step
    view: View


class Timeline(QObject):
    """One writer, the GUI thread. The slider, the keys and the filmstrip call `go_to`; all views listen."""

    run_changed = Signal()         # another run is shown, or none
    step_added = Signal(int)       # this step of the shown run has arrived
    current_changed = Signal()     # another step is looked at, or its pixels are new
    view_changed = Signal()        # one of the two views, what the run is compared with, or how both are arranged
    following_changed = Signal()
    lanes_changed = Signal()       # the tree of the shown run has other runs

    def __init__(self, held: HeldRuns | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held = held
        self._run: Run | None = None
        self._compare: Run | None = None
        self._index = 0
        self._following = True
        self._view = View.ESTIMATE
        self._second_view: View | None = None
        self._arrangement = Arrangement.DIVIDE
        self._sharp: OrderedDict[tuple[str, int, View], tuple[Step, Pixels]] = OrderedDict()     # shown last comes last
        if held is not None:
            held.changed.connect(self.lanes_changed)

    @property
    def run(self) -> Run | None:
        return self._run

    @property
    def compare(self) -> Run | None:
        """Another run under the same playhead."""
        return self._compare

    @property
    def lanes(self) -> list[Lane]:
        """The whole tree of the shown run, each run before its branches; alone, a run has one lane."""
        if self._run is None:
            return []
        depths: dict[str, int] = {}
        lanes = []
        for run in self._held.tree(self._run) if self._held is not None else [self._run]:
            depths[run.id] = depths.get(run.parent, -1) + 1 if run.parent else 0
            lanes.append(Lane(run, depths[run.id], run.branched_after))
        return lanes

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
    def second_view(self) -> View | None:
        """What the same step is shown in beside `view`."""
        return self._second_view

    @property
    def arrangement(self) -> Arrangement:
        """How `second` is shown, where there is one."""
        return self._arrangement

    @property
    def pixels(self) -> Pixels | None:
        """What the canvas shows: the chosen view of the current step, or the finished picture at the end of the run.

        Where a view is not there yet, the estimate stands in for it (`stands_in`).
        """
        return self._pixels(self._run, self._view)

    @property
    def second(self) -> Pixels | None:
        """What stands beside `pixels`: the same step of the other run, or in the second view."""
        if self._compare:
            return self._pixels(self._compare, self._view)
        return self._pixels(self._run, self._second_view) if self._second_view else None

    @property
    def approximate(self) -> bool:
        """Whether `pixels` come from the linear map and not from a decoder."""
        step = self.current
        return step is not None and step.approximate and self.pixels in (step.estimate, step.noisy)

    @property
    def stands_in(self) -> bool:
        """Whether the estimate is shown in place of the view that was chosen."""
        return self.current is not None and self._index > 0 and self._view not in RECORDED and self.sharp(self._run, self._view) is None

    @property
    def wanted(self) -> list[Shown]:
        """What is looked at and was not decoded in full yet."""
        pairs = [(self._run, self._view), (self._compare, self._view)]
        if self._second_view and self._compare is None:
            pairs.append((self._run, self._second_view))
        return [Shown(run, step, view) for run, view in pairs if run and (step := self._step_of(run))
                and not self._is_picture(run, step, view) and self.sharp(run, view) is None]

    def sharp(self, run: Run | None, view: View) -> Pixels | None:
        """What the full decoder made of the current step of `run`, if it has."""
        step = self._step_of(run)
        if run is None or step is None:
            return None
        made_of, pixels = self._sharp.get((run.id, step.number, view), (None, None))
        return pixels if made_of is step else None         # the run may have gone back and made that step anew

    def show(self, run: Run | None, follow: bool = True) -> None:
        """Look at `run`, at its newest step."""
        self._run = run
        self._index = max(0, len(self.steps) - 1)
        self._compare = None
        self._follow(follow)
        self.run_changed.emit()
        self.lanes_changed.emit()
        self.current_changed.emit()

    def switch(self, run: Run) -> None:
        """Look at the same step of another run, as far as it has got."""
        index, compare = self._index, self._compare
        self.show(run, follow=False)
        self._compare = None if compare is run else compare
        self.go_to(index)

    def compare_with(self, run: Run | None) -> None:
        """Show `run` under the same playhead; None for the shown run alone."""
        if run is not self._compare:
            self._compare = run
            self.view_changed.emit()
            self.current_changed.emit()

    def refresh(self) -> None:
        """The shown run has grown: call once after each batch of what the worker reported."""
        newest = len(self.steps) - 1
        if newest >= 0:
            self.step_added.emit(newest)
        if (self._following and newest > self._index) or self._index > newest >= 0:     # refining goes back
            self._index = newest
            self.current_changed.emit()
        elif self._following or self._index == newest or self._compare:
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

    def look_beside_at(self, view: View | None) -> None:
        """Show the step in a second view too; None for one alone."""
        if view is not self._second_view:
            self._second_view = view
            self.view_changed.emit()
            self.current_changed.emit()

    def arrange(self, arrangement: Arrangement) -> None:
        if arrangement is not self._arrangement:
            self._arrangement = arrangement
            self.view_changed.emit()

    def sharpen(self, shown: Shown, pixels: Pixels) -> None:
        """The full decoder has made `pixels`."""
        key = (shown.run.id, shown.step.number, shown.view)
        self._sharp[key] = (shown.step, pixels)
        self._sharp.move_to_end(key)
        if len(self._sharp) > MOST_SHARP:
            self._sharp.popitem(last=False)
        self.current_changed.emit()

    def _follow(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.following_changed.emit()

    def _step_of(self, run: Run | None) -> Step | None:
        """The step of `run` at the playhead, or its newest before that."""
        return run.steps[min(self._index, len(run.steps) - 1)] if run and run.steps else None

    def _is_picture(self, run: Run, step: Step | None, view: View) -> bool:
        is_end = step is None or (run.plan is not None and step.number == run.plan.calls)
        return run.picture is not None and is_end and view in RECORDED

    def _pixels(self, run: Run | None, view: View) -> Pixels | None:
        step = self._step_of(run)
        if run is None or self._is_picture(run, step, view):
            return run and run.picture
        if step is None:
            return None
        if sharp := self.sharp(run, view):
            return sharp
        return step.noisy if view is View.NOISY or step.number == 0 else step.estimate
