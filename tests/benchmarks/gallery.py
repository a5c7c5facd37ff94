"""A gallery with 10,000 pictures: building its index, its first page, scrolling and searching."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

import qasync
from PySide6.QtWidgets import QApplication

from desktop.app import Session
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels
from desktop.library.artwork import Artwork, encode
from desktop.library.gallery_index import Query
from desktop.library.paths import Folders
from desktop.studio.gallery import Gallery
from desktop.studio.instance import Instance
from desktop.ui.gallery.gallery_place import GalleryPlace
from desktop.ui.widgets.command import Command

from .figures import Figure, milliseconds, percentile, tell
from .real_app import Ticker, as_qt_would, until

COUNT = 10_000
SIDE = 64  # px
THINGS = ("a fox", "a mouse", "an owl", "狐狸", "红苹果", "a castle", "a rabbit")
PLACES = ("in the snow", "on the beach", "夜空下", "on a table", "under water, highly detailed, soft light, a bird above it")
SEARCHES = ("fox", "狐", "狐狸", "fox snow", '"on the beach"', "highly detailed castle", "8123", "nothing at all", "")


def pictures(folder: Path, count: int) -> None:
    """Small pictures with recipes, several a day."""
    chance, made = random.Random(1), datetime.now().astimezone()
    for number in range(count):
        made -= timedelta(minutes=chance.randint(1, 30))
        colour = bytes(chance.randrange(256) for _ in range(3))
        recipe = Recipe.of(prompt=f"{chance.choice(THINGS)} {chance.choice(PLACES)}", seed=chance.randrange(2**32), width=SIDE, height=SIDE)
        path = folder / f"{made:%Y-%m-%d}" / f"{number:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(Artwork(Pixels(SIDE, SIDE, colour * SIDE**2), recipe, {"run": str(uuid4())}, made), path))


def measure(quick: bool) -> Iterator[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as data:
        pictures(Path(data) / "pictures", COUNT)

        async def scenario(session: Session) -> None:
            figures.extend(await _built(session))
            figures.extend(await _opened(session))
            figures.extend(await _searched(session))
            figures.extend(await _scrolled(session, 3 if quick else 10))

        without_torch(Path(data), scenario)
    yield from figures


def without_torch(data: Path, scenario: Callable[[Session], Awaitable[None]]) -> None:
    """Run `scenario` in a window for which torch is never loaded: that would delay everything for minutes on a busy machine."""
    folders, application = Folders.inside(data), QApplication([])
    with qasync.QEventLoop(application) as loop:
        asyncio.set_event_loop(loop)
        instance = Instance(folders.data)
        session = Session(application, folders, instance)
        session.window.show()
        loop.run_until_complete(scenario(session))
        assert session._gallery is not None
        session._gallery.close()
        session._worker.close()
        instance.close()


def _place(session: Session) -> GalleryPlace:
    return session.window.findChild(GalleryPlace)


def _rests(gallery: Gallery) -> bool:
    return all(task is None or task.done() for task in (gallery._looking, gallery._searching, gallery.tile_pictures._making))


async def _built(session: Session) -> list[Figure]:
    """Read every file for the first time, without the window showing it."""
    gallery = session._open_gallery()
    began = time.perf_counter()
    gallery.open()
    with Ticker() as ticker:
        await until(lambda: bool(gallery.items))
        page = time.perf_counter() - began
        await until(lambda: gallery.facets.total == COUNT and _rests(gallery))
    rate = COUNT / (time.perf_counter() - began)
    gallery.close()
    session._gallery = None  # the window opens another one, as the next start does
    return [
        Figure("Index of the gallery, pictures read per second", "≥ 300", f"{rate:.0f}", rate >= 300),
        Figure("First pictures found in a gallery without an index", "", f"{page:.2f} s"),
        Figure("Pauses of the window meanwhile", "", milliseconds(ticker.gaps)),
    ]


async def _opened(session: Session) -> list[Figure]:
    """Open the gallery, whose index is on disk, until every visible tile is painted."""
    began = time.perf_counter()
    session.window.findChild(Command, "place_gallery").trigger()
    place = _place(session)
    await until(lambda: bool(place._gallery.items) and _painted(session))
    page = time.perf_counter() - began
    await until(lambda: _rests(place._gallery))
    return [Figure(f"First page of a gallery with {COUNT:,} pictures", "≤ 1 s", f"{page:.2f} s", page <= 1)]


def _painted(session: Session) -> bool:
    grid = _place(session).grid
    seen = [grid._items.items[row] for row in grid._visible()]
    return bool(seen) and not any(map(grid._cache.is_wanting, seen))


async def _searched(session: Session) -> list[Figure]:
    gallery = _place(session)._gallery
    times = []
    for text in SEARCHES * 3:
        answered = asyncio.get_running_loop().create_future()
        connection = gallery.found.connect(lambda answered=answered: answered.done() or answered.set_result(None))
        began = time.perf_counter()
        gallery.ask(Query(text=text))
        await answered
        times.append(time.perf_counter() - began)
        gallery.found.disconnect(connection)
    return [
        Figure(
            f"Search among {COUNT:,} pictures, until the grid has the result",
            "≤ 100 ms",
            f"{1000 * median(times):.0f} ms, at most {1000 * max(times):.0f} ms",
            median(times) <= 0.1,
        )
    ]


async def _scrolled(session: Session, pages: int) -> list[Figure]:
    """Scroll by 60 px a frame, as a wheel does, through pages that were never shown and through shown ones."""
    place = _place(session)
    bar, viewport = place.grid.verticalScrollBar(), place.grid.viewport()
    times, gaps = [], []

    def frame() -> float:
        began = time.perf_counter()
        bar.setValue(bar.value() + 60)
        QApplication.processEvents()
        return time.perf_counter() - began

    for _ in range(2):
        bar.setValue(0)
        await until(lambda: _painted(session))
        with Ticker() as ticker:
            for _ in range(pages * viewport.height() // 60):
                times.append(await as_qt_would(frame))
                await asyncio.sleep(0.01)
        gaps.extend(ticker.gaps)
    await until(lambda: _rests(place._gallery))
    slowest = percentile(times, 99)
    return [
        Figure("Scrolling the gallery, one frame, p99", "≤ 16 ms", f"{milliseconds(times)}", slowest <= 0.016),
        Figure("Pauses of the window while scrolling", "", milliseconds(gaps)),
    ]


if __name__ == "__main__":
    tell(measure)
