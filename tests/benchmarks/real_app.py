"""The real application, driven from inside: `drive` builds what `python -m desktop` builds and runs a scenario on it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import qasync
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import Session
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Run
from desktop.library.paths import Folders
from desktop.studio.instance import Instance

PROMPT = "a red apple on a blue background"
TICK = 5  # ms

T = TypeVar("T")


def drive(data: Path, scenario: Callable[[Session], Awaitable[None]]) -> None:
    """Run `scenario` once the window has been painted, then close the window as a user would."""
    folders = Folders.inside(data)
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    with qasync.QEventLoop(application) as loop:
        asyncio.set_event_loop(loop)
        session = Session(application, folders, Instance(folders.data))
        loop.run_until_complete(_play(session, scenario))


async def _play(session: Session, scenario: Callable[[Session], Awaitable[None]]) -> None:
    painted = asyncio.get_running_loop().create_future()
    session.window.painted.connect(lambda: painted.done() or painted.set_result(None))
    running = asyncio.ensure_future(session.run([], None))
    await painted
    await scenario(session)
    session.window.close()
    await running


async def until(claim: Callable[[], bool]) -> None:
    while not claim():
        await asyncio.sleep(0.005)


async def ready(session: Session) -> None:
    await until(lambda: session._machine.is_ready)
    await asyncio.sleep(1)  # until the work after the first paint and the imports is done


def recipe(session: Session, steps: int = 50, seed: int = 1, **differences: object) -> Recipe:
    model = session.window.create_place.prompt_panel.model
    return Recipe.of(**{**model.recommended, "prompt": PROMPT, "model": model.name, "steps": steps, "seed": seed} | differences)


async def generated(session: Session, recipe: Recipe) -> Run:
    """Press Generate and wait for the saved picture."""
    session._generation.generate(recipe)
    await session._generation.queue.idle()
    return session._generation.run


async def as_qt_would(function: Callable[..., T], *arguments: object) -> T:
    """Call `function`, which turns the event loop itself, outside any task."""
    result = asyncio.get_running_loop().create_future()

    def call() -> None:
        try:
            result.set_result(function(*arguments))
        except Exception as error:
            result.set_exception(error)

    QTimer.singleShot(0, call)
    return await result


class Ticker(QObject):
    """Ticks every 5 ms on the GUI thread; `gaps` are the seconds between two ticks, `TICK` while the thread is free."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self, interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def __enter__(self) -> Ticker:
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now
