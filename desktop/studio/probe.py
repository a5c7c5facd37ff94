"""Probe: the values of the latents at one point of the picture, from the live views of a running run or read while the machine is idle."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Latents, LatentValues, LiveViews, Run, Step
from ..errors import SafelightError
from .generation import Generation
from .notices import Notices
from .timeline import Timeline

Wish = tuple[Run, Step, float, float]


class Probe(QObject):
    """Reads one point after another of the shown step; if the pointer moves meanwhile, only its newest position is read."""

    changed = Signal()  # the point, or its values

    def __init__(
        self,
        read: Callable[[Run, int, float, float], Awaitable[LatentValues]],
        timeline: Timeline,
        generation: Generation,
        notices: Notices,
    ) -> None:
        super().__init__()
        self._read = read
        self._timeline = timeline
        self._generation = generation
        self._notices = notices
        self._place: tuple[float, float] | None = None
        self._beside = False
        self._known: Wish | None = None  # the point whose values `_values` are
        self._values: LatentValues | None = None
        self._brought: tuple[Run, Step, Latents] | None = None  # by the newest step of the running run
        self._reading: asyncio.Task[None] | None = None
        timeline.glimpsed.connect(self._bring)
        for changed in (timeline.current_changed, generation.changed):
            changed.connect(self._look_around)

    @property
    def place(self) -> tuple[float, float] | None:
        """The point, both coordinates 0…1 from the upper left of the picture; None while the values are not shown."""
        return self._place

    @property
    def beside(self) -> bool:
        """Whether the point is in the second picture."""
        return self._beside

    @property
    def values(self) -> LatentValues | None:
        """The values at the point; while they are being read, the ones read before."""
        return None if self.waits else self._values

    @property
    def waits(self) -> bool:
        """Whether a run is being made, so that only its next step can bring the values."""
        return self._generation.running and self._wish != self._known

    @property
    def is_coming(self) -> bool:
        """Whether the next step brings the values."""
        run = self._generation.run
        return run is not None and self._timeline.gaze_at(run).values

    @property
    def failed(self) -> bool:
        """Whether the values of this step cannot be read, because it has no snapshot."""
        return self._values is None and self._known is not None and self._wish == self._known

    def look_at(self, x: float, y: float, beside: bool = False) -> None:
        if (x, y) != self._place or beside != self._beside:
            self._place, self._beside = (x, y), beside
            self._timeline.read_values(int(beside))
            self._look_around()
            self.changed.emit()

    def let_go(self) -> None:
        self._place = self._known = self._values = self._brought = None
        self._timeline.read_values(None)
        self.changed.emit()

    @property
    def _wish(self) -> Wish | None:
        shown = self._timeline.shown
        if self._place is None or not shown:
            return None
        seen = shown[-1] if self._beside else shown[0]
        return (seen.run, seen.step, *self._place) if seen.step else None

    def _bring(self, run: Run, glimpse: LiveViews) -> None:
        if glimpse.latents is not None and self._place is not None:
            self._brought = run, glimpse.step, glimpse.latents

    def _look_around(self) -> None:
        wish = self._wish
        if wish is None or wish == self._known:
            return
        _, step, x, y = wish
        if self._brought is not None and self._brought[1] is step:
            self._known, self._values = wish, self._brought[2].at(x, y)
            self.changed.emit()
        elif self._reading is None and not self._generation.running:
            self._reading = self._notices.spawn(self._ask(wish))
        elif self.waits:
            self.changed.emit()

    async def _ask(self, wish: Wish) -> None:
        run, step, x, y = wish
        try:
            values = await self._read(run, step.number, x, y)
        except SafelightError:
            values = None
        finally:
            self._reading = None
        if self._wish != self._known:  # a step may have brought them meanwhile
            self._known, self._values = wish, values
        self.changed.emit()
        self._look_around()
