"""Garbage: reference cycles are collected on the thread of the window only.

The interpreter's own collector runs on whichever thread allocates. On the worker it would destroy the Qt objects of a
closed dialog there, which ends the process sooner or later: a QObject must be destroyed on its own thread.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, Qt, QTimer, Signal

INTERVAL = 500  # ms


class Garbage(QObject):
    """Collects at the thresholds of the interpreter's own collector, which must be off."""

    _wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(collect_due)
        self._wanted.connect(self._collect_all, Qt.ConnectionType.BlockingQueuedConnection)

    def start(self) -> None:
        self._timer.start()

    def collect(self) -> None:
        """Collect everything; called on another thread, which waits."""
        self._wanted.emit()

    def _collect_all(self) -> None:
        gc.collect()


def collect_due() -> None:
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
