"""Sharpening: decodes the shown steps in full while the machine is idle."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ..diffusion.run import RECORDED, View
from ..errors import SafelightError
from .generation import Generation
from .notices import Notices
from .timeline import Shown, ShownStep, Timeline

if TYPE_CHECKING:
    from ..generate import RunMaker

log = logging.getLogger(__name__)

SETTLES = 0.06  # s for which the playhead must rest: scrubbing comes first


class Sharpening(QObject):
    """Gives the machine back at once when a run needs it, and decodes only what is shown now."""

    def __init__(self, maker: RunMaker, timeline: Timeline, generation: Generation, notices: Notices) -> None:
        super().__init__()
        self._maker = maker
        self._timeline = timeline
        self._generation = generation
        self._notices = notices
        self._at_work: Shown | None = None
        self._working: asyncio.Task[None] | None = None
        self._reported: set[tuple[str, View]] = set()  # run ids and views whose failure was logged
        for changed in (timeline.current_changed, timeline.view_changed, timeline.run_changed, generation.changed):
            changed.connect(self._update)

    def _update(self) -> None:
        is_idle = self._maker.is_ready and not self._generation.running
        wanted = next(iter(self._timeline.wanted), None) if is_idle else None
        if self._working is not None and wanted != self._at_work:
            self._working.cancel()
            self._working = None
        self._at_work = wanted
        if wanted is not None and self._working is None:
            self._working = self._notices.spawn(self._sharpen(wanted))

    async def _sharpen(self, shown: ShownStep) -> None:
        await asyncio.sleep(SETTLES)
        try:
            pixels = await self._maker.decode(shown.run, shown.step.number, shown.view)
        except SafelightError as problem:
            self._release(shown)
            self._timeline.fail(shown)
            if shown.view in RECORDED:
                log.warning("Step %d cannot be decoded in full: %s", shown.step.number, type(problem).__name__)  # its preview stays
            elif (told := (shown.run.id, shown.view)) not in self._reported:
                self._reported.add(told)
                self._notices.report(problem)  # once: the user asked for this view, and the reason is the same for every step
        else:
            self._release(shown)
            self._timeline.sharpen(shown, pixels)

    def _release(self, shown: Shown) -> None:
        if shown == self._at_work:
            self._at_work = self._working = None
