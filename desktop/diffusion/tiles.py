"""Layout of the channels of latents as tiles in one picture. Torch-free, because the window uses it too."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST_SIDE = 512  # px, minimum of the longer side
GAP = 8  # px between two tiles


@dataclass(frozen=True, slots=True)
class Tiles:
    """`count` channels of `height` × `width` positions; each position is drawn as a square."""

    count: int
    width: int
    height: int

    @property
    def columns(self) -> int:
        return math.ceil(math.sqrt(self.count))

    @property
    def rows(self) -> int:
        return math.ceil(self.count / self.columns)

    @property
    def square(self) -> int:
        """Side of one position, px."""
        return math.ceil(LEAST_SIDE / (self.columns * max(self.height, self.width)))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole picture, px."""
        return self.columns * self._across - GAP, self.rows * self._down - GAP

    def corner(self, channel: int) -> tuple[int, int]:
        """Upper left corner (x, y) of the tile of `channel`, counted from 0, px."""
        return channel % self.columns * self._across, channel // self.columns * self._down

    def at(self, x: float, y: float) -> tuple[int, float, float] | None:
        """The channel at (x, y) px, and the position in its tile, both 0…1; None between tiles."""
        column, row = int(x // self._across), int(y // self._down)
        channel = row * self.columns + column
        across, down = (x - column * self._across) / (self._across - GAP), (y - row * self._down) / (self._down - GAP)
        is_inside = 0 <= column < self.columns and 0 <= channel < self.count and across < 1 and down < 1
        return (channel, across, down) if is_inside else None

    @property
    def _across(self) -> int:
        return self.width * self.square + GAP

    @property
    def _down(self) -> int:
        return self.height * self.square + GAP
