"""From a key to the end of the paint it causes, through every step of a real run that is held."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app import Session
from desktop.diffusion.run import Pixels, Run

from .figures import Figure, tell
from .real_app import as_qt_would, developed, drive, ready, recipe


def measure(quick: bool) -> Iterator[Figure]:
    seconds: dict[str, list[list[float]]] = {}

    async def scenario(session: Session) -> None:
        await ready(session)
        run = await developed(session, recipe(session))
        assert len(run.steps) == 51
        for size, (width, height) in {"1280×800": (1280, 800), "2560×1440": (2560, 1440)}.items():
            session.window.resize(width, height)
            for preview, held in {"128²": run, "512²": _larger(run)}.items():
                session._timeline.show(held)
                seconds[f"{preview} preview, window {size}"] = [await as_qt_would(_through, session) for _ in range(3 if quick else 9)]

    with tempfile.TemporaryDirectory() as folder:
        drive(Path(folder), scenario)
    for name, rounds in seconds.items():
        steps = [median(each) for each in zip(*rounds, strict=True)]       # of each key: a busy machine's hiccups go away
        yield Figure(f"Key to end of paint, {name}", "≤ 16 ms for any step",
                     f"slowest step {1000 * max(steps):.1f} ms, median {1000 * median(steps):.1f}; any {1000 * max(map(max, rounds)):.0f}",
                     max(steps) <= 0.016)


def _larger(run: Run) -> Run:
    """The same run with previews of 512 px."""
    def large(pixels: Pixels | None) -> Pixels | None:
        if pixels is None:
            return None
        from PIL import Image
        image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data).resize((512, 512), Image.Resampling.BICUBIC)
        return Pixels(512, 512, image.tobytes())

    larger = Run(replace(run.recipe, width=512, height=512), plan=run.plan, picture=large(run.picture), ending=run.ending, path=run.path)
    larger.steps = [replace(step, estimate=large(step.estimate), noisy=large(step.noisy)) for step in run.steps]
    return larger


class _Painted(QObject):
    """Notices when the canvas has been painted."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.times = 0
        session.window.canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() is QEvent.Type.Paint
        return False


def _through(session: Session) -> list[float]:
    """Back from the last step to the noise and forward again, one key at a time."""
    canvas, timeline, painted, seconds = session.window.canvas, session._timeline, _Painted(session), []
    canvas.setFocus()
    QApplication.processEvents()
    for key in [Qt.Key.Key_Left] * 50 + [Qt.Key.Key_Right] * 50:
        before, times = timeline.index, painted.times
        began = time.perf_counter()
        QTest.keyClick(canvas, key)
        while painted.times == times:
            QApplication.processEvents()
        seconds.append(time.perf_counter() - began)
        assert timeline.index != before
    canvas.removeEventFilter(painted)
    return seconds


if __name__ == "__main__":
    tell(measure)
