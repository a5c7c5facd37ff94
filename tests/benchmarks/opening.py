"""From the click on a picture of the history to its steps in the filmstrip, in the real window, with many recordings on disk."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.app import Session
from desktop.diffusion.run import Ending, Run
from desktop.diffusion.samplers import sampler
from desktop.generate import artwork_of
from desktop.library.artwork import encode
from desktop.library.journal import Journal
from desktop.library.paths import Folders
from desktop.ui.widgets.command import Command
from tests import recorded, sizes

from .figures import Figure, milliseconds, percentile, tell
from .real_app import drive, ready, until

RECORDINGS = 100
LONGEST = 0.2  # s
PAUSE = 0.5  # s between two clicks, as of somebody who looks


def measure(quick: bool) -> Iterator[Figure]:
    clicks, seconds = 5 if quick else 40, []

    async def scenario(session: Session) -> None:
        await ready(session)
        session.window.findChild(Command, "show_history_tab").trigger()
        await until(lambda: len(session.window.create_place.inspector.history.tiles._entries.entries) >= clicks)
        await until(lambda: not session._notices._tasks)
        for row in range(clicks):
            await asyncio.sleep(PAUSE)
            seconds.append(await _opened(session, row))

    with tempfile.TemporaryDirectory(prefix="safelight-") as data:
        _recordings(Folders.inside(Path(data)))
        drive(Path(data), scenario)
    most = percentile(seconds, 95)
    yield Figure(
        f"From the click to its 51 steps in the filmstrip, {RECORDINGS} recordings on disk",
        f"95 % ≤ {1000 * LONGEST:.0f} ms",
        f"95 % {1000 * most:.1f} ms, {milliseconds(seconds)}",
        most <= LONGEST,
    )


def _recordings(folders: Folders) -> None:
    """Recordings of 50 steps at 512², each with its picture."""
    run, day = Run(recorded.RECIPE, ending=Ending.FINISHED), folders.pictures / "2026-01-01"
    journal = Journal.begin(folders.data / "recordings", run)
    for event in sizes.events(sampler("DDIM"), torch.bfloat16):
        run.record(event)
        journal.append(event)
    journal.close()
    day.mkdir(parents=True)
    for number in range(RECORDINGS):
        path = day / f"{number:03}.png"
        other = recorded.copied(folders.data / "recordings", run, path)
        path.write_bytes(encode(replace(artwork_of(run), environment={"run": other.id}), path))


async def _opened(session: Session, row: int) -> float:
    """Seconds from the press of the mouse until the filmstrip has painted all steps of the picture in that row."""
    tiles, filmstrip = session.window.create_place.inspector.history.tiles, session.window.create_place.timeline_bar.filmstrip
    timeline, place, path = session._timeline, tiles.model().index(row, 0), tiles._entries.entries[row].item.path
    tiles.scrollTo(place)
    await asyncio.sleep(0.05)
    begun = time.perf_counter()
    QTest.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, tiles.visualRect(place).center())
    await until(lambda: timeline.run is not None and timeline.run.path == path)
    await until(lambda: len(filmstrip._painted) == sizes.STEPS + 1 and filmstrip._painted[-1] is timeline.run.steps[-1])
    return time.perf_counter() - begun


if __name__ == "__main__":
    tell(measure)
