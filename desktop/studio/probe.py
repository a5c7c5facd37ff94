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
    """Reads one point at a time of the shown step; while reading, only the newest pointer position is kept."""

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
        self._live: tuple[Step, Latents] | None = None  # latents of the newest live step
        self._reading: asyncio.Task[None] | None = None
        timeline.live_shown.connect(self._take_live)
        for changed in (timeline.current_changed, generation.changed):
            changed.connect(self._update)

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
        """The values at the point; while they are being read, the previous ones."""
        return None if self.waits else self._values

    @property
    def waits(self) -> bool:
        """Whether a run is active, so that the values arrive with its next step at the earliest."""
        return self._generation.running and self._wish != self._known

    @property
    def is_coming(self) -> bool:
        """Whether the next step includes the values."""
        run = self._generation.run
        return run is not None and self._timeline.watched_of(run).values

    @property
    def failed(self) -> bool:
        """Whether the values of this step cannot be read, because it has no snapshot."""
        return self._values is None and self._known is not None and self._wish == self._known

    def point_at(self, x: float, y: float, beside: bool = False) -> None:
        if (x, y) != self._place or beside != self._beside:
            self._place, self._beside = (x, y), beside
            self._timeline.read_values(int(beside))
            self._update()
            self.changed.emit()

    def release(self) -> None:
        """Stop reading values."""
        self._place = self._known = self._values = self._live = None
        self._timeline.read_values(None)
        self.changed.emit()

    @property
    def _wish(self) -> Wish | None:
        shown = self._timeline.shown
        if self._place is None or not shown:
            return None
        seen = shown[-1] if self._beside else shown[0]
        return (seen.run, seen.step, *self._place) if seen.step else None

    def _take_live(self, run: Run, live: LiveViews) -> None:
        if live.latents is not None and self._place is not None:
            self._live = live.step, live.latents

    def _update(self) -> None:
        wish = self._wish
        if wish is None or wish == self._known:
            return
        _, step, x, y = wish
        if self._live is not None and self._live[0] is step:
            self._known, self._values = wish, self._live[1].at(x, y)
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
        if self._wish != self._known:  # otherwise a live step has delivered them meanwhile
            self._known, self._values = wish, values
        self.changed.emit()
        self._update()
