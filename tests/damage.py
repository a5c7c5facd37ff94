"""Damage to a file: cuts and flipped bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path


def cut(path: Path) -> Iterator[int]:
    """Leave the first bytes of the file only: none, one, and so on up to all but one. Yields their number."""
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        yield size


def flipped(path: Path, bits: Callable[[int], Iterable[int]]) -> Iterator[tuple[int, int]]:
    """Flip one bit of the file at a time; `bits` says which of each byte. Yields the byte's position and the bit."""
    whole = path.read_bytes()
    for position in range(len(whole)):
        for bit in bits(position):
            hurt = bytearray(whole)
            hurt[position] ^= 1 << bit
            path.write_bytes(hurt)
            yield position, bit
