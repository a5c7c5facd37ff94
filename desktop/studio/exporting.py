"""Exporting: a preview of an export with its size, and the coroutine that writes it."""

from __future__ import annotations

import asyncio
import math
import os
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, TypeVar, Unpack

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Pixels, Run, View
from ..errors import QT_TRANSLATE_NOOP, FileExists, NothingToExport
from ..library import export
from ..library.animation import TICK
from ..library.export import Choices, Format, Frame, Tell, Timing
from .notices import Action, NoticeKind, Notices, Progress

if TYPE_CHECKING:
    from ..generate import RunMaker

T = TypeVar("T")

SETTLES = 0.15  # s after a change before the preview is made: a number changes often while it is typed
STEP_SHOWN = 0.12  # s for which the preview shows each picture of a format that does not move
MOST_PROOF_BYTES = 48 << 20
USUAL_SIDE = 256  # px, the longer side of the first export, unless the picture is larger
DECODING = 0.9  # share of the work, if every step is decoded in full


class Changes(TypedDict, total=False):
    """Fields of `Choices`."""

    format: Format
    view: View
    width: int
    height: int
    timing: Timing
    numbers: bool


class Proof(QObject):
    """A preview of the export of a run as it is now. A new choice cancels the work for earlier ones."""

    chosen = Signal()  # `choices`, `in_full` or `recorded` have changed
    printed = Signal()  # `pictures` have changed
    weighed = Signal()  # `nbytes` has changed

    def __init__(self, run: Run, choices: Choices, notices: Notices, side: int) -> None:
        super().__init__()
        self.run = replace(run, steps=list(run.steps))
        self.choices = choices
        self.in_full = False  # decode every step again, in full
        self.recorded = True  # the run has previews; without them `in_full` is the only way
        self.pictures: list[Pixels] = []  # of the export, reduced to the size of the preview
        self.nbytes: int | None = None  # estimated; None while unknown
        self._notices = notices
        self._side = min(side, math.isqrt(MOST_PROOF_BYTES // 3 // len(run.steps)))
        self._printed: tuple[bool, View, int, int, bool] | None = None  # the choices that `pictures` depend on
        self._looking: asyncio.Task[None] | None = None
        self.choose()

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """The widths and heights that can be chosen, in px."""
        return export.sizes(self.run.size, self.choices.format, len(self.run.steps))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the export in px."""
        choices = self.choices
        return export.sheet_size(len(self.run.steps), choices) if choices.format is Format.SHEET else (choices.width, choices.height)

    @property
    def shown(self) -> int:
        """How many steps the export shows: as many as fit its duration."""
        count, choices = len(self.run.steps), self.choices
        return sum(ticks > 0 for ticks in choices.timing.ticks(count)) if choices.format.moves else count

    @property
    def seconds(self) -> list[float]:
        """For how many seconds each of `pictures` is shown; 0 for those that are left out."""
        if self.choices.format.moves:
            return [ticks * TICK for ticks in self.choices.timing.ticks(len(self.pictures))]
        return [STEP_SHOWN] * len(self.pictures)

    def choose(self, in_full: bool | None = None, **changes: Unpack[Changes]) -> None:
        """Change `in_full` or fields of `Choices`. A size that is no longer possible is replaced by the next one."""
        if in_full is not None:
            self.in_full = in_full
        self.choices = replace(self.choices, **changes)
        if (self.choices.width, self.choices.height) not in (sizes := self.sizes):
            wanted = max(self.choices.width, self.choices.height)
            width, height = next((size for size in sizes if max(size) >= wanted), sizes[-1])
            self.choices = replace(self.choices, width=width, height=height)
        self.nbytes = None
        self.chosen.emit()
        self.stop()
        self._looking = self._notices.spawn(self._look())

    def stop(self) -> None:
        """The preview is no longer shown."""
        if self._looking:
            self._looking.cancel()

    async def _look(self) -> None:
        choices = self.choices
        await asyncio.sleep(SETTLES)
        development = await _recorded(self.run, choices.view)
        if len(development) < 2 and self.recorded:
            self.recorded, self.in_full = False, True
            self.chosen.emit()
        depends = (choices.format is Format.SHEET, choices.view, choices.width, choices.height, choices.numbers)
        if development and depends != self._printed:
            self.pictures = await _away(partial(export.sketch, development, choices, self._side))
            self._printed = depends
        self.printed.emit()
        if self.recorded and export.unavailable(choices.format) is None:
            self.nbytes = await _away(partial(export.estimated_bytes, development, choices))
            self.weighed.emit()


class Exporting(QObject):
    """Writes exports. The last choices are the defaults of the next export."""

    folder_wanted = Signal(Path)  # show this file among its neighbours

    def __init__(self, maker: RunMaker, notices: Notices, folder: Callable[[], Path]) -> None:
        super().__init__()
        self._maker = maker
        self._notices = notices
        self._folder = folder  # the parent of the folders of pictures
        self._last: Choices | None = None
        self._last_folder: Path | None = None

    def proof(self, run: Run | None, side: int) -> Proof:
        """Start an export of `run`, with a preview in a square of `side` px. Raises `NothingToExport`."""
        if run is None or not run.steps:
            raise NothingToExport()
        longer = max(run.size.width, run.size.height, USUAL_SIDE)
        return Proof(run, self._last or Choices(width=longer, height=longer), self._notices, side)

    def free_path(self, proof: Proof) -> Path:
        """A free path: in the folder of the last export, or above the folders of pictures, whose files all count as recent pictures."""
        return export.free_path(proof.run, proof.choices.format, self._last_folder or self._folder())

    async def export(self, proof: Proof, path: Path) -> None:
        """Write the export of `proof` to `path`. If it is cancelled, nothing is left behind."""
        run, choices, in_full = proof.run, proof.choices, proof.in_full
        self._last, self._last_folder = choices, path.parent
        show = Action(QT_TRANSLATE_NOOP("Safelight", "Show in folder"), lambda: self.folder_wanted.emit(path))

        async def frames(progress: Progress) -> list[Frame]:
            return await (self._decoded(run, choices, progress) if in_full else _recorded(run, choices.view))

        await export_frames(self._notices, path, choices, frames, show)

    async def _decoded(self, run: Run, choices: Choices, progress: Progress) -> list[Frame]:
        """Every step decoded in full, then reduced to the size of the export."""
        assert run.plan is not None
        development = []
        for number in range(len(run.steps)):
            finished = run.picture if number == run.plan.calls else None
            pixels = finished or await self._maker.decode(run, number, choices.view)
            development.append(Frame(await asyncio.to_thread(export.fitted, pixels, choices), number, run.plan.calls))
            progress.advance(DECODING * len(development) / len(run.steps))
        return development


async def export_frames(
    notices: Notices, path: Path, choices: Choices, frames: Callable[[Progress], Awaitable[list[Frame]]], *actions: Action
) -> None:
    """Write `frames` to `path`, and tell it with `actions`. If it is cancelled, nothing is left behind.

    Raises what `export.write` does, and `NothingToExport` if there are no frames.
    """
    if await asyncio.to_thread(os.path.lexists, path):  # before decoding everything in vain
        raise FileExists(file=path)
    task = asyncio.current_task()
    assert task is not None
    cancel = Action(QT_TRANSLATE_NOOP("Safelight", "Cancel"), task.cancel)
    with notices.working(QT_TRANSLATE_NOOP("Safelight", "Exporting {file}…"), cancel, file=path.name) as progress:
        development = await frames(progress)
        if not development:
            raise NothingToExport()
        await _write(development, choices, path, progress)
    notices.tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "Exported as {file}."), *actions, file=path.name)


async def _write(development: list[Frame], choices: Choices, path: Path, progress: Progress) -> None:
    before, written = progress.done, False

    def write(tell: Tell) -> None:
        nonlocal written
        export.write(development, choices, path, tell)
        written = True

    try:
        await _away(write, lambda done: progress.advance(before + (1 - before) * done))
    except asyncio.CancelledError:
        if not written:  # else the cancellation came too late
            raise


async def _recorded(run: Run, view: View) -> list[Frame]:
    """The recorded previews of all steps."""
    return await asyncio.to_thread(lambda: list(export.read_frames(run, view)))


class _GivenUp(Exception):
    """Ends the work on another thread."""


async def _away(work: Callable[[Tell], T], tell: Callable[[float], None] = lambda done: None) -> T:
    """Run `work` on another thread and call `tell` on this one with its progress. If cancelled, the work ends at the next picture."""
    loop, given_up = asyncio.get_running_loop(), threading.Event()

    def pass_on(done: float) -> None:
        if given_up.is_set():
            raise _GivenUp
        loop.call_soon_threadsafe(tell, done)

    working = asyncio.ensure_future(asyncio.to_thread(work, pass_on))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        given_up.set()
        await asyncio.wait([working])
        working.exception()  # retrieved, so that asyncio does not report it
        raise
