"""The history with 2,000 runs: opening it, searching it, and showing one of its runs."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.app import Session
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Run
from desktop.library.gallery_index import Query
from desktop.library.paths import Folders
from desktop.ui.widgets.command import Command
from tests import recorded

from .figures import Figure, milliseconds, tell
from .gallery import pictures, without_torch
from .real_app import Ticker, until

COUNT = 2_000
STOPPED = 100  # of them, recordings without a picture
LONGEST = 0.2  # s of the GUI thread
SEARCHES = ("fox", "狐", "fox snow", "8123", "nothing at all", "")


def measure(quick: bool) -> Iterator[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="safelight-") as data:
        folders = Folders.inside(Path(data))
        pictures(folders.pictures, COUNT - STOPPED)
        for number in range(STOPPED):
            recorded.record(folders.data / "recordings", Run(Recipe.of(prompt=f"a fox {number}")), last=3, ending=Ending.STOPPED)

        async def scenario(session: Session) -> None:
            await _indexed(session)
            figures.extend(await _opened(session))
            figures.append(await _searched(session))
            figures.append(await _shown(session))
            await until(lambda: not session._notices._tasks)

        without_torch(Path(data), scenario)
    yield from figures


async def _indexed(session: Session) -> None:
    """Let the index know all runs, as after an earlier session."""
    gallery = session._open_gallery()
    gallery.open()
    await until(lambda: gallery.facets.total == COUNT and not session._notices._tasks)
    gallery.close()
    session._gallery = None  # the window opens another one, as the next start does


async def _opened(session: Session) -> list[Figure]:
    """Open the tab for the first time, with the index on disk, until every visible tile is painted."""
    window = session.window
    window.resize(1600, 1000)
    await asyncio.sleep(1)
    with Ticker() as ticker:
        begun, busy = time.perf_counter(), time.thread_time()
        window.findChild(Command, "show_history_tab").trigger()
        tiles = window.create_place.inspector.history.tiles
        await until(lambda: bool(tiles._entries.entries) and tiles._drawn._ready != {} and not _wanted(tiles))
        page, busy = time.perf_counter() - begun, time.thread_time() - busy
        await until(lambda: not session._notices._tasks)
    return [
        Figure(f"Opening the history with {COUNT:,} runs, time of the GUI thread", "≤ 200 ms", f"{1000 * busy:.0f} ms", busy <= LONGEST),
        Figure("Until its first page is painted", "", f"{1000 * page:.0f} ms"),
        Figure("Pauses of the window meanwhile", "", milliseconds(ticker.gaps)),
    ]


def _wanted(tiles: object) -> list[object]:
    """The items whose tiles are seen and not ready."""
    return [entry.item for entry in tiles._entries.entries[:8] if entry.item and tiles._drawn.is_wanting(entry.item)]


async def _searched(session: Session) -> Figure:
    history = session.window.create_place.inspector.history._history
    times = []
    for text in SEARCHES * 3:
        answered = asyncio.get_running_loop().create_future()
        connection = history.found.connect(lambda answered=answered: answered.done() or answered.set_result(None))
        begun = time.perf_counter()
        history.ask(Query(text=text))
        await answered
        times.append(time.perf_counter() - begun)
        history.found.disconnect(connection)
    return Figure(
        f"Search among {COUNT:,} runs, until the tab has the result",
        "≤ 100 ms",
        f"{1000 * median(times):.0f} ms, at most {1000 * max(times):.0f} ms",
        median(times) <= 0.1,
    )


async def _shown(session: Session) -> Figure:
    """From the click on a stopped run to its steps on the timeline."""
    tiles, timeline = session.window.create_place.inspector.history.tiles, session._timeline
    await until(lambda: len(tiles._entries.entries) == COUNT)
    row = next(row for row, entry in enumerate(tiles._entries.entries) if entry.ending is Ending.STOPPED)
    place, wanted = tiles.model().index(row, 0), tiles._entries.entries[row].run
    tiles.scrollTo(place)
    await asyncio.sleep(0.1)
    begun = time.perf_counter()
    QTest.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, pos=tiles.visualRect(place).center())
    await until(lambda: timeline.run is not None and timeline.run.id == wanted)
    return Figure("From the click on a stopped run to its steps", "", f"{1000 * (time.perf_counter() - begun):.0f} ms")


if __name__ == "__main__":
    tell(measure)
