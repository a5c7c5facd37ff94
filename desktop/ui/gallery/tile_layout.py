"""TileLayout: where each tile of the gallery is, in groups with a heading each. Computed without touching single tiles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect

GAP = 8  # px between tiles
HEAD = 40  # px, of a heading
FOOT = 16  # px below the last tile


class TileLayout:
    """Tiles are numbered through all groups. Coordinates are those of the whole content, px."""

    def __init__(self, counts: Sequence[int], width: int, side: int) -> None:
        """`counts`: tiles in each group. The tiles fill `width`, so they are a little smaller or larger than `side`."""
        self.columns = max(1, round((width + GAP) / (side + GAP)))
        self.side = max(1, (width - (self.columns - 1) * GAP) // self.columns)
        self._width = width
        self._firsts: list[int] = []  # number of the first tile of each group
        self._tops: list[int] = []  # of the headings
        self.count = self.height = 0
        for count in counts:
            self._firsts.append(self.count)
            self._tops.append(self.height)
            self.count += count
            self.height += HEAD + -(-count // self.columns) * self.pitch
        self.height += FOOT if counts else 0

    @property
    def pitch(self) -> int:
        """From one row to the next, px."""
        return self.side + GAP

    def rect(self, number: int) -> QRect:
        group = self.group_of(number)
        row, column = divmod(number - self._firsts[group], self.columns)
        return QRect(column * self.pitch, self._tops[group] + HEAD + row * self.pitch, self.side, self.side)

    def tile_at(self, point: QPoint) -> int | None:
        group, row = self._place_at(point.y())
        column = point.x() // self.pitch
        if group is None or row < 0 or not 0 <= column < self.columns:
            return None
        number = self._firsts[group] + row * self.columns + column
        return number if number < self._end(group) and self.rect(number).contains(point) else None

    def group_of(self, number: int) -> int:
        """The group of a tile."""
        return bisect_right(self._firsts, number) - 1

    def group_at(self, y: int) -> int | None:
        """The group at height `y`; None above the first and without groups."""
        return bisect_right(self._tops, y) - 1 if self._tops and y >= 0 else None

    def head(self, group: int) -> QRect:
        return QRect(0, self._tops[group], self._width, HEAD)

    def heads_between(self, top: int, bottom: int) -> range:
        """The groups whose headings are at least partly between these heights."""
        return range(max(0, bisect_right(self._tops, top - HEAD)), bisect_right(self._tops, bottom))

    def tiles_between(self, top: int, bottom: int) -> range:
        """The tiles that are at least partly between these heights."""
        if not self.count:
            return range(0)
        first_group, first_row = self._place_at(max(top, 0))
        last_group, last_row = self._place_at(max(bottom, 0))
        assert first_group is not None
        assert last_group is not None
        first = self._firsts[first_group] + max(first_row, 0) * self.columns
        last = self._firsts[last_group] + (last_row + 1) * self.columns
        return range(min(first, self._end(first_group)), min(last, self._end(last_group)))

    def tiles_in(self, rect: QRect) -> list[int]:
        """The tiles that `rect` touches."""
        return [number for number in self.tiles_between(rect.top(), rect.bottom()) if self.rect(number).intersects(rect)]

    def above(self, number: int) -> int:
        """The tile above, which may be in another group; the tile itself if there is none."""
        group = self.group_of(number)
        column = (number - self._firsts[group]) % self.columns
        if number - self.columns >= self._firsts[group]:
            return number - self.columns
        if group == 0:
            return number
        last = self._end(group - 1) - 1
        start = last - (last - self._firsts[group - 1]) % self.columns  # of the last row
        return min(start + column, last)

    def below(self, number: int) -> int:
        """As `above`."""
        group = self.group_of(number)
        row, column = divmod(number - self._firsts[group], self.columns)
        last = self._end(group) - 1
        if row < (last - self._firsts[group]) // self.columns:
            return min(number + self.columns, last)
        if group + 1 == len(self._firsts):
            return number
        return min(self._firsts[group + 1] + column, self._end(group + 1) - 1)

    def _end(self, group: int) -> int:
        """One after the last tile of the group."""
        return self._firsts[group + 1] if group + 1 < len(self._firsts) else self.count

    def _place_at(self, y: int) -> tuple[int | None, int]:
        """Group and row at height `y`; row −1 is its heading."""
        group = self.group_at(y)
        return (group, -1) if group is None else (group, max(-1, (y - self._tops[group] - HEAD) // self.pitch))
