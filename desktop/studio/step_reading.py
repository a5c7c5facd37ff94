"""StepReading: the larger pictures of steps on disk, read off the GUI thread and kept within a byte budget."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Step
from .notices import Notices

if TYPE_CHECKING:
    from ..library.recording import StepPictures, StoredStep

BUDGET = 48 << 20  # bytes: about 30 steps of 512 × 512 px


class StepReading(QObject):
    """Reads one step at a time, always the first that is wanted now: after fast scrubbing nothing old is left to read."""

    arrived = Signal(object)  # the StoredStep whose pictures are in memory now

    def __init__(self, notices: Notices, budget: int = BUDGET) -> None:
        super().__init__()
        self._notices = notices
        self._budget = budget
        self._pictures: OrderedDict[StoredStep, StepPictures] = OrderedDict()  # the last used ones at the end
        self._nbytes = 0  # of `_pictures`
        self._wanted: list[StoredStep] = []
        self._reading: asyncio.Task[None] | None = None

    def pictures(self, step: Step) -> StepPictures | None:
        """Those that are in memory: a step's own, or the ones read before. None if they have to be read first."""
        from ..library.recording import StepPictures, StoredStep  # here, and below: the first paint need not wait for it

        if not isinstance(step, StoredStep) or not step.has_more_pictures:
            return StepPictures(step.estimate, step.noisy)
        if step in self._pictures:
            self._pictures.move_to_end(step)
        return self._pictures.get(step)

    def want(self, steps: Iterable[Step]) -> None:
        """Read the pictures of `steps` that are not in memory, in this order. Replaces what was wanted before."""
        from ..library.recording import StoredStep

        self._wanted = [step for step in steps if isinstance(step, StoredStep) and self.pictures(step) is None]
        if self._wanted and self._reading is None:
            self._reading = self._notices.spawn(self._read())

    async def _read(self) -> None:
        from ..library.recording import read_pictures

        try:
            while self._wanted:
                step = self._wanted.pop(0)
                self._keep(step, await asyncio.to_thread(read_pictures, step))
                self._wanted = [each for each in self._wanted if each is not step]
                self.arrived.emit(step)
        finally:
            self._reading = None

    def _keep(self, step: StoredStep, pictures: StepPictures) -> None:
        self._pictures[step] = pictures
        self._nbytes += _nbytes(pictures)
        while self._nbytes > self._budget and len(self._pictures) > 1:
            _, oldest = self._pictures.popitem(last=False)
            self._nbytes -= _nbytes(oldest)


def _nbytes(pictures: StepPictures) -> int:
    return sum(len(pixels.data) for pixels in (pictures.estimate, pictures.noisy) if pixels)
