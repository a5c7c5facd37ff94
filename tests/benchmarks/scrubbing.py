"""From a key press to the end of painting, for every held step: `python -m tests.benchmarks.scrubbing`. Goal: ≤ 16 ms."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from statistics import median, quantiles
from time import perf_counter

WINDOWS = ((1280, 800), (2560, 1440))      # px, each at scale 1 and 2
PREVIEWS = (128, 512)                      # px
ROUNDS = 4


def measure() -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

    from desktop.diffusion.recipe import Recipe
    from desktop.diffusion.run import Pixels
    from desktop.studio.timeline import Timeline
    from desktop.ui.canvas import Canvas
    from desktop.ui.step_panel import StepPanel
    from desktop.ui.theme import Theme
    from desktop.ui.timeline_bar import TimelineBar
    from tests.developed import Work, developed

    application = QApplication([])
    theme, timeline, work = Theme(), Timeline(), Work()
    theme.apply(application)
    window = QWidget()
    canvas = Canvas(timeline, work, theme)
    rows, row = QVBoxLayout(window), QHBoxLayout()
    row.addWidget(canvas, 1)
    row.addWidget(StepPanel(timeline, work, theme))
    rows.addLayout(row, 1)
    rows.addWidget(TimelineBar(timeline, work, theme))
    window.show()
    for size in WINDOWS:
        for side in PREVIEWS:
            run = developed(50, done=50, recipe=Recipe(width=512, height=512))
            run.steps = [replace(step, estimate=Pixels(side, side, os.urandom(3 * side * side))) for step in run.steps]
            timeline.show(run)
            window.resize(*size)
            for _ in range(3):
                application.processEvents()
            times = []
            for turn in range(ROUNDS):
                for _ in range(50):
                    began = perf_counter()
                    QTest.keyClick(canvas, Qt.Key.Key_Right if turn % 2 else Qt.Key.Key_Left)
                    application.processEvents()
                    times.append(1000 * (perf_counter() - began))
            print(f"{size[0]:>5} × {size[1]:<5} {window.devicePixelRatioF():>5g} {side:>8} {median(times):>9.1f} {quantiles(times, n=20)[-1]:>8.1f}")


def main() -> None:
    print("window (px)   scale  preview    median      p95   (ms)", flush=True)
    for scale in ("1", "2"):
        subprocess.run([sys.executable, "-c", "from tests.benchmarks.scrubbing import measure; measure()"], check=True,
                       stderr=subprocess.DEVNULL, env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale})


if __name__ == "__main__":
    main()
