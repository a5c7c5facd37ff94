"""Stop in the middle of a step that takes seconds: until the screen says so, and until the worker is free."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Session
from desktop.diffusion.run import Phase

from .figures import Figure, milliseconds, tell
from .models import sd15_size
from .real_app import as_qt_would, drive, ready, recipe, until


def measure(quick: bool) -> Iterator[Figure]:
    shown: list[float] = []
    free: list[float] = []
    lengths: list[float] = []  # of whole steps
    operations = _Operations()

    async def scenario(session: Session) -> None:
        await ready(session)
        await session._open_model(model)
        for side in (512,) if quick else (512, 768):
            lengths.append(await _step_length(session, side))
            operations.watch(session._machine._engine._loaded.pipeline.unet)
            for part in (0.3, 1.4) if quick else (0.1, 0.35, 0.6, 0.85, 1.2, 1.5):  # of a step, after the beginning of the first
                await _stop(session, side, part * lengths[-1], shown, free)

    with tempfile.TemporaryDirectory() as folder:
        model = sd15_size(Path(folder) / "sd15")
        drive(Path(folder) / "data", scenario)
    yield Figure(
        f"Stop until the window shows it, in steps of {min(lengths):.1f} to {max(lengths):.1f} s",
        "≤ 100 ms",
        milliseconds(shown),
        max(shown) <= 0.1,
    )
    yield Figure(
        "Stop until the worker is free",
        "≤ 200 ms or one operation",
        f"{milliseconds(free)}; longest operation {1000 * operations.longest:.0f} ms",
        max(free) <= max(0.2, operations.longest),
    )


async def _step_length(session: Session, side: int) -> float:
    generation = session._generation
    generation.generate(recipe(session, steps=3, width=side, height=side))
    await until(lambda: generation.running and len(generation.run.steps) > 1)
    generation.stop()
    await generation.queue.idle()
    return generation.run.steps[1].seconds


async def _stop(session: Session, side: int, after: float, shown: list[float], free: list[float]) -> None:
    """Stop so many seconds after denoising began."""
    generation = session._generation
    generation.generate(recipe(session, steps=3, width=side, height=side))
    await until(lambda: generation.running and generation.phase is Phase.DENOISING)
    await asyncio.sleep(after)
    began = time.perf_counter()
    shown.append(await as_qt_would(_press_stop, session))
    await generation.queue.idle()
    free.append(time.perf_counter() - began)
    assert generation.run.picture is None


def _press_stop(session: Session) -> float:
    """Seconds from the command until the job chip, which says that the run is stopping, has been painted anew."""
    with _Paints(session.window.findChild(QWidget, "job_chip")) as paints:
        began = time.perf_counter()
        session.window.findChild(QAction, "stop").trigger()  # what Esc does; without a window manager no key reaches it
        assert session._generation.stopping
        while not paints.seen:
            QApplication.processEvents()
        return time.perf_counter() - began


class _Paints(QObject):
    """Notices when `chip` or something in it is painted."""

    def __init__(self, chip: QWidget) -> None:
        super().__init__()
        self._chip = chip
        self.seen = False

    def __enter__(self) -> _Paints:
        QApplication.instance().installEventFilter(self)
        return self

    def __exit__(self, *_: object) -> None:
        QApplication.instance().removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget):
            self.seen |= watched is self._chip or self._chip.isAncestorOf(watched)
        return False


class _Operations:
    """The seconds of the longest single operation of a network, which nothing can interrupt."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._began = 0.0
        self._watched: torch.nn.Module | None = None

    def watch(self, network: torch.nn.Module) -> None:
        if network is self._watched:
            return
        self._watched = network
        for module in network.modules():
            if not list(module.children()):
                module.register_forward_pre_hook(self._enter)
                module.register_forward_hook(self._leave)

    def _enter(self, *_: object) -> None:
        self._began = time.perf_counter()

    def _leave(self, *_: object) -> None:
        self.longest = max(self.longest, time.perf_counter() - self._began)


if __name__ == "__main__":
    tell(measure)
