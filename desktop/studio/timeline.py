"""Timeline: the run on screen, the step at the playhead, and whether the playhead follows the newest step."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import RECORDED, LiveViews, Pixels, Run, Step, View, WatchedViews
from .held_runs import HeldRuns
from .step_reading import StepReading

MOST_RENDERED = 64  # decoded pictures kept in memory
READ_AHEAD = 4  # steps on either side of the playhead whose pictures are read from disk


class Arrangement(Enum):
    """How two pictures are shown."""

    DIVIDE = auto()  # one frame, the second behind a line that can be dragged
    BESIDE = auto()  # two frames
    FLICKER = auto()  # one frame, alternating
    DIFFERENCE = auto()  # one frame, brighter where they differ more


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One run of the tree, drawn from the step where it branches off its parent."""

    run: Run
    depth: int  # 0 for the root of the tree
    branched_after: int | None  # the last step that it shares with its parent


@dataclass(frozen=True, slots=True)
class Shown:
    """What a picture on the canvas shows."""

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
        is_end = self.step is None or (self.run.plan is not None and self.run.plan.is_end(self.step.number))
        return self.run.picture is not None and is_end and self.view in RECORDED


@dataclass(frozen=True, slots=True)
class ShownStep(Shown):
    """What a picture on the canvas shows of a run that has steps: only these pictures can be decoded."""

    step: Step


@dataclass(frozen=True, slots=True)
class _Rendered:
    """A step in a view."""

    step: Step  # a step object: after a refinement, another step may have the same number
    pixels: Pixels
    is_rough: bool  # a preview, still to be decoded in full


class Timeline(QObject):
    """Changed on the GUI thread only. The slider, the keys and the filmstrip call `go_to`; all views listen."""

    run_changed = Signal()  # another run is shown, or none
    step_added = Signal(int)  # the number of a new step of the shown run
    current_changed = Signal()  # another step is at the playhead, or its pixels have changed
    view_changed = Signal()  # one of the two views, the compared run, or the arrangement of both
    following_changed = Signal()
    lanes_changed = Signal()  # runs were added to the tree of the shown run, removed or renamed
    watched_changed = Signal()  # which steps, views or values are watched
    live_shown = Signal(object, object)  # Run, LiveViews of one of its steps

    def __init__(self, held: HeldRuns | None = None, reading: StepReading | None = None, parent: QObject | None = None) -> None:
        """`reading` brings the larger pictures of runs on disk; without it, only their thumbnails are shown."""
        super().__init__(parent)
        self._held = held
        self._reading = reading
        self._run: Run | None = None
        self._example: Sequence[Step] = ()  # steps that are shown while there is no run
        self._compare: Run | None = None
        self._index = 0
        self._following = True
        self._playing = False
        self._view = View.ESTIMATE
        self._second_view: View | None = None
        self._last: str | View | None = None  # what was seen last beside or before the shown run: the id of a run, or a view
        self._arrangement = Arrangement.DIVIDE
        self._probed: int | None = None  # the picture on the canvas whose values are read: 0 or 1
        self._rendered: OrderedDict[tuple[int, View], _Rendered] = OrderedDict()  # by the id() of the step; the newest comes last
        self._failed: set[tuple[str, int, View]] = set()  # by run and number; not tried again before a run is shown again
        if held is not None:
            held.changed.connect(self.lanes_changed)
        for changed in (self.current_changed, self.view_changed, self.following_changed):
            changed.connect(self.watched_changed)
        self.current_changed.connect(self._read_ahead)
        if reading is not None:
            reading.arrived.connect(self._pictures_arrived)

    @property
    def run(self) -> Run | None:
        return self._run

    @property
    def compare(self) -> Run | None:
        """The other run under the same playhead."""
        return self._compare

    @property
    def lanes(self) -> list[Lane]:
        """The whole tree of the shown run, each run before its branches. One lane for a run without branches."""
        if self._run is None:
            return []
        depths: dict[str, int] = {}
        lanes = []
        for run in self._held.tree(self._run) if self._held is not None else [self._run]:
            depths[run.id] = depths.get(run.parent, -1) + 1 if run.parent else 0
            lanes.append(Lane(run, depths[run.id], run.branched_after))
        return lanes

    @property
    def steps(self) -> Sequence[Step]:
        """The steps of the run; while there is none, those of an example."""
        return self._run.steps if self._run else self._example

    @property
    def is_exhibiting(self) -> bool:
        """Whether the steps are those of an example."""
        return self._run is None and bool(self._example)

    @property
    def calls(self) -> int:
        """How many steps the complete run has, without the starting noise; 0 while unknown."""
        if self._run is None:
            return max(0, len(self._example) - 1)
        return self._run.expected_steps if self._run.plan else 0

    @property
    def index(self) -> int:
        """Number of the step at the playhead; 0 is the starting noise."""
        return self._index

    @property
    def current(self) -> Step | None:
        """The step of the run at the playhead."""
        return self._run.steps[self._index] if self._run and self._index < len(self._run.steps) else None

    @property
    def following(self) -> bool:
        return self._following

    @property
    def is_playing(self) -> bool:
        """Whether the playhead moves by itself through the kept steps."""
        return self._playing

    @property
    def view(self) -> View:
        return self._view

    @property
    def second_view(self) -> View | None:
        """The view in which the same step is shown a second time."""
        return self._second_view

    @property
    def is_double(self) -> bool:
        """Whether two pictures are shown: of two runs, or of one in two views."""
        return self._run is not None and (self._compare is not None or self._second_view is not None)

    @property
    def arrangement(self) -> Arrangement:
        """How `second` is shown, if there is one."""
        return self._arrangement

    @property
    def shown(self) -> list[Shown]:
        """What the canvas shows: nothing without a run, two pictures with a compared run or a second view."""
        return [self._shown(run, view) for run, view in self._pairs]

    @property
    def pixels(self) -> Pixels | None:
        """The current step in the chosen view, or the finished picture at the end of the run."""
        return self.pixels_of(self.shown[0]) if self._run else None

    @property
    def second(self) -> Pixels | None:
        """The second picture: the same step of the compared run, or in the second view."""
        return self.pixels_of(self.shown[1]) if len(self.shown) > 1 else None

    @property
    def approximate(self) -> bool:
        """Whether `pixels` come from the linear map and not from a decoder."""
        return self._run is not None and self.is_approximate(self.shown[0])

    @property
    def wanted(self) -> list[ShownStep]:
        """What is shown, is not decoded in full yet, and can be; nothing while the steps are played."""
        return [
            shown
            for shown in self.shown
            if not self._playing
            and isinstance(shown, ShownStep)
            and not shown.is_picture
            and not self._is_sharp(shown)
            and not self.has_failed(shown)
        ]

    @property
    def decoded(self) -> frozenset[int]:
        """The numbers of the steps of the shown run that are decoded in full in the chosen view."""
        chosen, steps = self._view, self.steps
        return frozenset(
            kept.step.number
            for (_, view), kept in self._rendered.items()
            if not kept.is_rough
            and view is (chosen if kept.step.number or chosen is View.LATENTS else View.NOISY)
            and kept.step.number < len(steps)
            and steps[kept.step.number] is kept.step
        )

    def pixels_of(self, shown: Shown) -> Pixels | None:
        """Never reads a disk. While a view is missing, return the step's own pictures or its thumbnail instead."""
        if shown.is_picture:
            return shown.run.picture
        if shown.step is None:
            return None
        rendered = self._rendered_of(shown)
        return rendered.pixels if rendered else self._recorded(shown, shown.step)

    def is_substitute(self, shown: Shown) -> bool:
        """Whether `pixels_of` is another view than the chosen one."""
        return shown.step is not None and shown.view not in RECORDED and self._rendered_of(shown) is None

    def is_approximate(self, shown: Shown) -> bool:
        return shown.step is not None and shown.step.approximate and not shown.is_picture and not self._is_sharp(shown)

    def has_failed(self, shown: Shown) -> bool:
        """Whether decoding it in full has failed."""
        return isinstance(shown, ShownStep) and _failure(shown) in self._failed

    def show(self, run: Run | None, follow: bool = True) -> None:
        """Show `run` at its newest step."""
        self._show(run, len(run.steps) - 1 if run else 0, None, follow)

    def exhibit(self, example: Sequence[Step], index: int = 0) -> None:
        """While there is no run, show the steps of an example with the playhead at `index`; none ends it."""
        if self._run is not None:
            return
        if example is not self._example:
            self._example, self._index = example, index
            self._follow(True)
            self.run_changed.emit()
            self.current_changed.emit()
        elif index != self._index:
            self._index = index
            self.current_changed.emit()

    def switch(self, run: Run) -> None:
        """Show the same step of another run, or its newest if it is shorter. The compared run and the shown one are swapped."""
        index = min(self._index, len(run.steps) - 1)
        compare = self._run if run is self._compare else self._compare
        self._show(run, index, compare, index == len(run.steps) - 1 >= 0)

    def compare_with(self, run: Run | None) -> None:
        """Show `run` as the second picture and remove the second view; None shows one run alone."""
        if run is not self._compare:
            self._last = self._compare.id if self._compare else self._last
            self._compare = run
            self._second_view = None if run else self._second_view
            self.view_changed.emit()
            self.current_changed.emit()

    def put(self, run: Run, place: int) -> None:
        """Show `run` as the first (`place` 0) or the second (1) of two pictures. If it is the other one, the two are swapped."""
        if place == 0 and run is not self._run:
            self.switch(run)
        elif place == 1 and run is not self._run:
            self.compare_with(run)
        elif place == 1 and self._compare is not None:
            self.switch(self._compare)

    def show_single(self) -> None:
        """Show one picture only."""
        self.choose_second_view(None)
        self.compare_with(None)

    def show_double(self) -> None:
        """Show a second picture: what was seen last beside or before the shown run, else another branch, else another view."""
        if self._run is None or self.is_double:
            return
        if isinstance(self._last, View) and self._last is not self._view:
            self.choose_second_view(self._last)
            return
        last = self._held.get(self._last) if self._held is not None and isinstance(self._last, str) else None
        others = [each for each in (last, *(lane.run for lane in self.lanes)) if each and each is not self._run]
        if run := next((each for each in others if each.steps or each.picture), None):
            self.compare_with(run)
        elif self._run.steps:
            self.choose_second_view(View.ESTIMATE if self._view is View.NOISY else View.NOISY)

    def refresh(self) -> None:
        """Call once after each batch of events that the shown run has recorded."""
        newest = len(self.steps) - 1
        if newest >= 0:
            self.step_added.emit(newest)
        if (self._following and newest > self._index) or self._index > newest >= 0:  # refining removes steps
            self._index = newest
            self.current_changed.emit()
        elif self._following or self._index == newest or self._compare:
            self.current_changed.emit()

    def go_to(self, index: int) -> None:
        """Move the playhead to step `index`, clamped to existing steps. At the newest step it follows new ones again."""
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
        """Show the next run when it starts."""
        self._follow(True)

    def set_playing(self, playing: bool) -> None:
        """The playhead moves by itself from now on, or rests. At rest the shown step may be decoded in full."""
        self._playing = playing
        if not playing:
            self.current_changed.emit()

    def choose_view(self, view: View) -> None:
        """Show `view`; if it is the second view, swap the two."""
        if view is not self._view:
            self._second_view = self._view if view is self._second_view else self._second_view
            self._view = view
            self.view_changed.emit()
            self.current_changed.emit()

    def choose_second_view(self, view: View | None) -> None:
        """Show the step in a second view and stop comparing runs; None for one view."""
        if view is not self._second_view:
            self._last = self._second_view or self._last
            self._second_view = view
            self._compare = None if view else self._compare
            self.view_changed.emit()
            self.current_changed.emit()

    def arrange(self, arrangement: Arrangement) -> None:
        if arrangement is not self._arrangement:
            self._arrangement = arrangement
            self.view_changed.emit()

    def read_values(self, place: int | None) -> None:
        """Watch the values of picture 0 or 1; None for neither."""
        if place != self._probed:
            self._probed = place
            self.watched_changed.emit()

    def watched_of(self, run: Run) -> WatchedViews:
        """Views and values of `run` to compute while it runs: of its next step, or of the step at the playhead."""
        is_read = self._probed is not None and any(each is run for each, _ in self._pairs[self._probed : self._probed + 1])
        if self._following or self._index >= len(run.steps):
            return WatchedViews(frozenset(view for each, view in self._pairs if each is run and view not in RECORDED), is_read)
        resting = [shown for shown in self.shown if shown.run is run]
        # Without guidance, which needs a denoiser call:
        missing = (shown.view for shown in resting if self.is_substitute(shown) and shown.view is not View.GUIDANCE)
        return WatchedViews(frozenset(missing), is_read, resting[0].step if resting else None)

    def show_live(self, run: Run, live: LiveViews) -> None:
        """Take the live views of a step of `run`, usually of its next one."""
        for view, pixels in live.pictures.items():
            self._keep(view, _Rendered(live.step, pixels, is_rough=view is not View.LATENTS))
        self.live_shown.emit(run, live)
        if any(shown.step is live.step for shown in self.shown):
            self.current_changed.emit()

    def sharpen(self, shown: ShownStep, pixels: Pixels) -> None:
        """Replace the pixels of `shown` by fully decoded ones."""
        self._keep(shown.view, _Rendered(shown.step, pixels, is_rough=False))
        self.current_changed.emit()

    def fail(self, shown: ShownStep) -> None:
        """Record that decoding `shown` in full failed; it is not tried again while this run is shown."""
        self._failed.add(_failure(shown))
        self.current_changed.emit()

    def _show(self, run: Run | None, index: int, compare: Run | None, follow: bool) -> None:
        view_changes = compare is not self._compare
        if self._run is not None and run is not self._run:
            self._last = self._run.id
        self._run, self._index, self._compare, self._example = run, max(0, index), compare, ()
        self._failed.clear()  # the model or memory may be available again
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
        """The shown runs and views."""
        if self._run is None:
            return []
        if self._compare:
            return [(self._run, self._view), (self._compare, self._view)]
        return [(self._run, view) for view in (self._view, self._second_view) if view]

    def _shown(self, run: Run, view: View) -> Shown:
        if not run.steps:
            return Shown(run, None, view)
        step = run.steps[min(self._index, len(run.steps) - 1)]
        return ShownStep(run, step, View.NOISY if step.number == 0 and view is not View.LATENTS else view)

    def _read_ahead(self) -> None:
        """Read the pictures of the shown steps from disk, then those of their neighbours."""
        if self._reading is None:
            return
        distances = [sign * distance for distance in range(1, READ_AHEAD + 1) for sign in (1, -1)]
        numbers = [self._index + distance for distance in distances if self._index + distance >= 0]
        neighbours = [run.steps[number] for number in numbers for run in (self._run, self._compare) if run and number < len(run.steps)]
        self._reading.want([*(shown.step for shown in self.shown if shown.step), *neighbours])

    def _pictures_arrived(self, step: Step) -> None:
        if any(shown.step is step for shown in self.shown):
            self.current_changed.emit()

    def _keep(self, view: View, rendered: _Rendered) -> None:
        key = id(rendered.step), view
        self._rendered[key] = rendered
        self._rendered.move_to_end(key)
        if len(self._rendered) > MOST_RENDERED:
            self._rendered.popitem(last=False)

    def _rendered_of(self, shown: Shown) -> _Rendered | None:
        return self._rendered.get((id(shown.step), shown.view))  # `_Rendered` keeps the step, so no other has its id()

    def _is_sharp(self, shown: Shown) -> bool:
        rendered = self._rendered_of(shown)
        return rendered is not None and not rendered.is_rough

    def _recorded(self, shown: Shown, step: Step) -> Pixels | None:
        """The picture that the step came with; its thumbnail until that is read from disk."""
        pictures = self._reading.pictures(step) if self._reading else step
        if pictures is None:
            return step.thumbnail
        return pictures.noisy if shown.view is View.NOISY or shown.is_noise else pictures.estimate or step.thumbnail


def _failure(shown: ShownStep) -> tuple[str, int, View]:
    return shown.run.id, shown.step.number, shown.view
