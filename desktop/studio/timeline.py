"""Timeline: the run on screen, the step that is looked at, and whether the playhead follows the newest."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import RECORDED, LiveViews, Pixels, Run, Step, View, WatchedViews
from .held_runs import HeldRuns

MOST_MADE = 64  # pictures of steps that are kept to be shown again, beside those that the steps brought along


class Arrangement(Enum):
    """How two pictures are shown."""

    DIVIDE = auto()  # one frame, the second behind a line that can be dragged
    BESIDE = auto()  # two frames
    FLICKER = auto()  # one frame, by turns


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One run of the tree, drawn from the step where it leaves its parent."""

    run: Run
    depth: int  # 0 for the run that the tree grew from
    branched_after: int | None  # the last step that it shares with its parent


@dataclass(frozen=True, slots=True)
class Shown:
    """What a picture on the canvas is of."""

    run: Run
    step: Step | None  # the one at the playhead, or the newest before it; None while the run has none
    view: View

    @property
    def is_noise(self) -> bool:
        """Whether it is the starting noise, which looks the same in every view but its channels."""
        return self.step is not None and self.step.number == 0

    @property
    def is_picture(self) -> bool:
        """Whether it is the finished picture."""
        is_end = self.step is None or (self.run.plan is not None and self.step.number == self.run.plan.calls)
        return self.run.picture is not None and is_end and self.view in RECORDED


@dataclass(frozen=True, slots=True)
class _Made:
    """What a step looks like in a view."""

    step: Step  # the run may have gone back and made that one anew
    pixels: Pixels
    is_rough: bool  # as previews are, and to be made again by the full decoder


class Timeline(QObject):
    """One writer, the GUI thread. The slider, the keys and the filmstrip call `go_to`; all views listen."""

    run_changed = Signal()  # another run is shown, or none
    step_added = Signal(int)  # this step of the shown run has arrived
    current_changed = Signal()  # another step is looked at, or its pixels are new
    view_changed = Signal()  # one of the two views, what the run is compared with, or how both are arranged
    following_changed = Signal()
    lanes_changed = Signal()  # the tree of the shown run has other runs
    gaze_changed = Signal()  # something else is looked at, in the steps to come too
    glimpsed = Signal(object, object)  # Run, LiveViews of one of its steps

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
        self._reads: int | None = None  # of the pictures on the canvas, the one whose values are read
        self._made: OrderedDict[tuple[str, int, View], _Made] = OrderedDict()  # the newest comes last
        self._failed: set[tuple[str, int, View]] = set()  # not to be tried again before a run is shown anew
        if held is not None:
            held.changed.connect(self.lanes_changed)
        for changed in (self.current_changed, self.view_changed, self.following_changed):
            changed.connect(self.gaze_changed)

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
    def shown(self) -> list[Shown]:
        """What the canvas shows: nothing without a run; two things when another run or another view stands beside."""
        return [self._shown(run, view) for run, view in self._pairs]

    @property
    def pixels(self) -> Pixels | None:
        """The chosen view of the current step, or the finished picture at the end of the run."""
        return self.pixels_of(self.shown[0]) if self._run else None

    @property
    def second(self) -> Pixels | None:
        """What stands beside `pixels`: the same step of the other run, or in the second view."""
        return self.pixels_of(self.shown[1]) if len(self.shown) > 1 else None

    @property
    def approximate(self) -> bool:
        """Whether `pixels` come from the linear map and not from a decoder."""
        return self._run is not None and self.is_approximate(self.shown[0])

    @property
    def wanted(self) -> list[Shown]:
        """What is looked at and was not decoded in full yet, though it can be."""
        return [
            shown
            for shown in self.shown
            if shown.step and not shown.is_picture and not self._is_sharp(shown) and not self.has_failed(shown)
        ]

    def pixels_of(self, shown: Shown) -> Pixels | None:
        """Where a view is not there yet, what the step brought along stands in for it."""
        if shown.is_picture:
            return shown.run.picture
        if shown.step is None:
            return None
        made = self._made_of(shown)
        return made.pixels if made else self._brought(shown)

    def is_stand_in(self, shown: Shown) -> bool:
        """Whether `pixels_of` is something else than the view that was chosen."""
        return shown.step is not None and shown.view not in RECORDED and self._made_of(shown) is None

    def is_approximate(self, shown: Shown) -> bool:
        return shown.step is not None and shown.step.approximate and not shown.is_picture and not self._is_sharp(shown)

    def has_failed(self, shown: Shown) -> bool:
        """Whether the full decoder cannot make it."""
        return _key(shown) in self._failed

    def show(self, run: Run | None, follow: bool = True) -> None:
        """Look at `run`, at its newest step."""
        self._look(run, len(run.steps) - 1 if run else 0, None, follow)

    def switch(self, run: Run) -> None:
        """Look at the same step of another run, as far as it has got; with the run beside it the shown one changes places."""
        index = min(self._index, len(run.steps) - 1)
        compare = self._run if run is self._compare else self._compare
        self._look(run, index, compare, index == len(run.steps) - 1 >= 0)

    def compare_with(self, run: Run | None) -> None:
        """Show `run` under the same playhead, and no second view; None for the shown run alone."""
        if run is not self._compare:
            self._compare = run
            self._second_view = None if run else self._second_view
            self.view_changed.emit()
            self.current_changed.emit()

    def refresh(self) -> None:
        """The shown run has grown: call once after each batch of what the worker reported."""
        newest = len(self.steps) - 1
        if newest >= 0:
            self.step_added.emit(newest)
        if (self._following and newest > self._index) or self._index > newest >= 0:  # refining goes back
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
        """Where `view` stands beside already, both change places."""
        if view is not self._view:
            self._second_view = self._view if view is self._second_view else self._second_view
            self._view = view
            self.view_changed.emit()
            self.current_changed.emit()

    def look_beside_at(self, view: View | None) -> None:
        """Show the step in a second view too, and no other run; None for one alone."""
        if view is not self._second_view:
            self._second_view = view
            self._compare = None if view else self._compare
            self.view_changed.emit()
            self.current_changed.emit()

    def arrange(self, arrangement: Arrangement) -> None:
        if arrangement is not self._arrangement:
            self._arrangement = arrangement
            self.view_changed.emit()

    def read_values(self, place: int | None) -> None:
        """The values of the first or the second picture are read, or none."""
        if place != self._reads:
            self._reads = place
            self.gaze_changed.emit()

    def gaze_at(self, run: Run) -> WatchedViews:
        """What is looked at of `run` while it is being made: of its next step, or of the one where the playhead rests."""
        is_read = self._reads is not None and any(each is run for each, _ in self._pairs[self._reads : self._reads + 1])
        if self._following or self._index >= len(run.steps):
            return WatchedViews(frozenset(view for each, view in self._pairs if each is run and view not in RECORDED), is_read)
        resting = [shown for shown in self.shown if shown.run is run]
        missing = (shown.view for shown in resting if self.is_stand_in(shown) and shown.view is not View.GUIDANCE)  # that takes a call
        return WatchedViews(frozenset(missing), is_read, resting[0].step if resting else None)

    def glimpse(self, run: Run, glimpse: LiveViews) -> None:
        """What was looked at of a step of `run`, mostly of the one that it brings next."""
        for view, pixels in glimpse.pictures.items():
            self._keep((run.id, glimpse.step.number, view), _Made(glimpse.step, pixels, is_rough=view is not View.LATENTS))
        self.glimpsed.emit(run, glimpse)
        if any(shown.step is glimpse.step for shown in self.shown):
            self.current_changed.emit()

    def sharpen(self, shown: Shown, pixels: Pixels) -> None:
        """The full decoder has made `pixels`."""
        self._keep(_key(shown), _Made(shown.step, pixels, is_rough=False))
        self.current_changed.emit()

    def fail(self, shown: Shown) -> None:
        """The full decoder cannot make it."""
        self._failed.add(_key(shown))
        self.current_changed.emit()

    def _look(self, run: Run | None, index: int, compare: Run | None, follow: bool) -> None:
        view_changes = compare is not self._compare
        self._run, self._index, self._compare = run, max(0, index), compare
        self._failed.clear()  # the model may be back, or there is room by now
        self._follow(follow)
        self.run_changed.emit()
        self.lanes_changed.emit()
        if view_changes:
            self.view_changed.emit()
        self.current_changed.emit()

    def _follow(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.following_changed.emit()

    @property
    def _pairs(self) -> list[tuple[Run, View]]:
        """The runs and views that are looked at."""
        if self._run is None:
            return []
        if self._compare:
            return [(self._run, self._view), (self._compare, self._view)]
        return [(self._run, view) for view in (self._view, self._second_view) if view]

    def _shown(self, run: Run, view: View) -> Shown:
        step = run.steps[min(self._index, len(run.steps) - 1)] if run.steps else None
        is_noise = step is not None and step.number == 0
        return Shown(run, step, View.NOISY if is_noise and view is not View.LATENTS else view)

    def _keep(self, key: tuple[str, int, View], made: _Made) -> None:
        self._made[key] = made
        self._made.move_to_end(key)
        if len(self._made) > MOST_MADE:
            self._made.popitem(last=False)

    def _made_of(self, shown: Shown) -> _Made | None:
        made = self._made.get(_key(shown))
        return made if made and made.step is shown.step else None

    def _is_sharp(self, shown: Shown) -> bool:
        made = self._made_of(shown)
        return made is not None and not made.is_rough

    def _brought(self, shown: Shown) -> Pixels | None:
        return shown.step.noisy if shown.view is View.NOISY or shown.is_noise else shown.step.estimate


def _key(shown: Shown) -> tuple[str, int, View]:
    return shown.run.id, shown.step.number, shown.view
