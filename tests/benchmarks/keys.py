"""From a key to the end of the paint it causes, through every step of a real run: held, from disk, and played at 30 frames/s."""

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
from desktop.diffusion.run import Picture, Pixels, Run
from desktop.library.journal import Journal
from desktop.library.recordings import Recordings
from desktop.studio.playback import SPEEDS

from .figures import Figure, tell
from .real_app import as_qt_would, drive, generated, ready, recipe


def measure(quick: bool) -> Iterator[Figure]:
    seconds: dict[str, list[list[float]]] = {}
    stored: dict[str, list[list[float]]] = {}
    played: dict[str, list[list[float]]] = {}
    rounds = 3 if quick else 5

    async def scenario(session: Session) -> None:
        await ready(session)
        run = await generated(session, recipe(session))
        assert len(run.steps) == 51
        for size, (width, height) in {"1280×800": (1280, 800), "2560×1440": (2560, 1440)}.items():
            session.window.resize(width, height)
            for preview, held in {"128²": run, "512²": _larger(run)}.items():
                session._timeline.show(held)
                name = f"{preview} preview, window {size}"
                seconds[name] = [await as_qt_would(_through, session) for _ in range(rounds)]
                played[name] = [await as_qt_would(_played, session) for _ in range(rounds)]
            session._timeline.show(_stored(_larger(run), Path(folder) / size))
            stored[f"512² preview from disk, window {size}"] = [await as_qt_would(_through, session) for _ in range(rounds)]

    with tempfile.TemporaryDirectory() as folder:
        drive(Path(folder) / "data", scenario)
    for name, rounds in seconds.items():
        steps = [median(each) for each in zip(*rounds, strict=True)]  # of each key: leaves out delays by other programs
        yield Figure(
            f"Key to end of paint, {name}",
            "≤ 16 ms for any step",
            f"slowest step {1000 * max(steps):.1f} ms, median {1000 * median(steps):.1f}; any {1000 * max(map(max, rounds)):.0f}",
            max(steps) <= 0.016,
        )
    for name, rounds in played.items():
        steps = [median(each) for each in zip(*rounds, strict=True)]
        yield Figure(
            f"Step to end of paint while playing at 30 frames/s, {name}",
            "≤ 16 ms for any step",
            f"slowest step {1000 * max(steps):.1f} ms, median {1000 * median(steps):.1f}; any {1000 * max(map(max, rounds)):.0f}",
            max(steps) <= 0.016,
        )
    for name, each in stored.items():
        times = [second for round in each for second in round]
        yield Figure(
            f"Key to end of paint, {name}",
            "≤ 100 ms for any step",
            f"slowest {1000 * max(times):.1f} ms, median {1000 * median(times):.1f}",
            max(times) <= 0.1,
        )


def _larger(run: Run) -> Run:
    """The same run with previews of 512 px."""

    def large(pixels: Pixels | None) -> Pixels | None:
        if pixels is None:
            return None
        from PIL import Image

        image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data).resize((512, 512), Image.Resampling.BICUBIC)
        return Pixels(512, 512, image.tobytes())

    larger = Run(run.recipe.with_values(width=512, height=512), plan=run.plan, picture=large(run.picture), ending=run.ending, path=run.path)
    larger.steps = [replace(step, estimate=large(step.estimate), noisy=large(step.noisy)) for step in run.steps]
    return larger


def _stored(run: Run, folder: Path) -> Run:
    """The same run as it comes back from its recording."""
    journal = Journal.begin(folder, run)
    for event in (run.plan, *run.steps, Picture(run.picture)):
        journal.append(event)
    journal.close()
    assert journal.problem is None, journal.problem
    return Recordings(folder, 0).open(run.id).run


class _Painted(QObject):
    """Notices when the canvas has been painted."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.times = 0
        session.window.create_place.canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() is QEvent.Type.Paint
        return False


def _through(session: Session) -> list[float]:
    """Back from the last step to the noise and forward again, one key at a time."""
    canvas, timeline, painted, seconds = session.window.create_place.canvas, session._timeline, _Painted(session), []
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


def _played(session: Session) -> list[float]:
    """From each move of the playhead by itself to the end of the paint that it causes."""
    canvas, timeline, painted, seconds = session.window.create_place.canvas, session._timeline, _Painted(session), []
    playback = session.window.create_place.timeline_bar.playback
    timeline.go_to(0)
    QApplication.processEvents()
    moved: list[tuple[int, float, int]] = []  # step, when it was shown, paints before

    def note() -> None:
        if timeline.is_playing and (not moved or moved[-1][0] != timeline.index):
            moved.append((timeline.index, time.perf_counter(), painted.times))

    timeline.current_changed.connect(note)
    playback.set_speed(SPEEDS[-1])
    playback.toggle()
    while len(seconds) < 50:
        QApplication.processEvents()
        if len(moved) > len(seconds) and painted.times > moved[len(seconds)][2]:
            seconds.append(time.perf_counter() - moved[len(seconds)][1])
    timeline.current_changed.disconnect(note)
    canvas.removeEventFilter(painted)
    return seconds


if __name__ == "__main__":
    tell(measure)
