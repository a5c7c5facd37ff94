"""TileFilm: the recorded steps of the tile that the user points at, played once like film and scrubbed by the pointer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap

from ...diffusion.run import Pixels
from ...studio.notices import Notices
from ..theme import Theme
from .tiles import TileCache, TilePainter

STARTS = 250  # ms that the user points at a tile until its steps are read
FRAME = 70  # ms
SCRUBS = 0.05  # of the width of a tile, that the pointer moves across it until it scrubs

Read: TypeAlias = Callable[[int], Awaitable[Sequence[Pixels]]]
"""Reads the steps of a tile as squares of that many px; called on the thread of the window, so it reads elsewhere."""


class TileFilm(QObject):
    """Nothing is read or painted until the user points at a tile. With reduced motion nothing plays, but the pointer scrubs."""

    changed = Signal()  # the shown frame

    def __init__(self, cache: TileCache, theme: Theme, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._cache = cache
        self._theme = theme
        self._notices = notices
        self._key = ""
        self._read: Read | None = None
        self._frames: Sequence[Pixels] = ()
        self._frame = -1  # the shown one; -1: none yet
        self._picture = QPixmap()
        self._x: float | None = None  # where the pointer is
        self._from: float | None = None  # where it was when the film began; None: it scrubs
        self._soon = QTimer(self, singleShot=True, interval=STARTS)
        self._soon.timeout.connect(self._start)
        self._ticks = QTimer(self, interval=FRAME)
        self._ticks.timeout.connect(self._advance)

    def point_at(self, key: str, read: Read | None, x: float | None = None) -> None:
        """The user points at the tile `key` ("": at none), whose steps `read` finds, if it has any.

        `x`: where the pointer is across the tile, 0 … 1; None for the keyboard.
        """
        self._x = x
        if key != self._key:
            self.stop()
            self._key, self._read = key, read
            if read is not None and (x is not None or not self._theme.reduce_motion):
                self._soon.start()
        elif self._frames and x is not None and (self._from is None or abs(x - self._from) >= SCRUBS):
            self._from = None
            self._ticks.stop()
            self._show(min(max(0, int(x * len(self._frames))), len(self._frames) - 1))

    def stop(self) -> None:
        """The user points at no tile any more."""
        self._soon.stop()
        self._ticks.stop()
        self._key, self._read, self._frames, self._frame = "", None, (), -1

    def shows(self, key: str) -> bool:
        """Whether a frame of the tile `key` is shown."""
        return self._frame >= 0 and key == self._key

    @property
    def place(self) -> tuple[int, int]:
        """The shown step and the last one. The first frame is step 0, the noise."""
        return max(0, self._frame), max(0, len(self._frames) - 1)

    @property
    def is_playing(self) -> bool:
        return self._ticks.isActive()

    def paint(self, painter: QPainter, rect: QRect) -> None:
        """Paint the shown frame in place of the picture of the tile `rect`."""
        painter.drawPixmap(rect, self._picture)

    def paint_place(self, painter: QPainter, rect: QRect, brush: TilePainter) -> None:
        """Paint how far the film is, in place of the badge of the tile `rect`."""
        step, last = self.place
        brush.pill(painter, rect, "", f"{step} / {last}")
        painter.fillRect(QRect(rect.left(), rect.bottom() - 1, rect.width() * step // last, 2), QColor(self._theme.tokens.accent))

    def _start(self) -> None:
        if self._read is not None:
            self._notices.spawn(self._load(self._key, self._read))

    async def _load(self, key: str, read: Read) -> None:
        frames = await read(self._cache.device_side)
        if key == self._key and len(frames) > 1:
            self._frames, self._from = frames, self._x
            if not self._theme.reduce_motion:
                self._advance()
                self._ticks.start()

    def _advance(self) -> None:
        self._show(self._frame + 1)
        if self._frame + 1 >= len(self._frames):
            self._ticks.stop()

    def _show(self, frame: int) -> None:
        if frame != self._frame:
            self._frame = frame
            self._picture = self._cache.rounded(self._frames[frame])
            self.changed.emit()
