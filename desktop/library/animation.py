"""Pictures that move: GIF, WebP and APNG files, put together from stills that were encoded one by one.

Each still is the whole file that an encoder made of one picture; all are of one size. Time is counted in ticks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .png import SIGNATURE

TICK = 0.02  # s; browsers slow down what is shorter, and 50 pictures a second is a rate that every player knows

_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x21, 0x2C, 0x3B
_GIF_REPEAT = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_WEBP_MOVES = 0x02  # in the flags of VP8X
_WEBP_REPLACES = 0x02  # in those of a picture: it is not blended with the one before


@dataclass(frozen=True, slots=True)
class Still:
    """One picture and how long it stands."""

    data: bytes
    ticks: int


def gif(stills: Sequence[Still], width: int, height: int, loop: bool) -> bytes:
    """GIF89a (CompuServe 1990); each picture brings its own 256 colours. `stills` are GIFs."""
    parts = [b"GIF89a", _little(width, 2), _little(height, 2), b"\x70\0\0"]  # eight bits a colour; no colours for all
    if loop:
        parts.append(_GIF_REPEAT)
    for still in stills:
        colours, size, image = _gif_picture(still.data)
        delay = _little(round(100 * TICK) * still.ticks, 2)  # in hundredths of a second
        parts += [
            b"\x21\xf9\x04\x04",
            delay,
            b"\0\0",
            b"\x2c\0\0\0\0",
            _little(width, 2),
            _little(height, 2),
            bytes([0x80 | size]),
            colours,
            image,
        ]
    return b"".join([*parts, bytes([_GIF_END])])


def webp(stills: Sequence[Still], width: int, height: int, loop: bool) -> bytes:
    """An extended WebP (RFC 9649 §2.7) with a chunk for each picture. `stills` are simple WebPs."""
    canvas = _little(width - 1, 3) + _little(height - 1, 3)
    chunks = [_riff(b"VP8X", bytes([_WEBP_MOVES, 0, 0, 0]) + canvas), _riff(b"ANIM", b"\0\0\0\xff" + _little(0 if loop else 1, 2))]
    for still in stills:
        duration = _little(round(1000 * TICK) * still.ticks, 3)  # in milliseconds
        chunks.append(_riff(b"ANMF", bytes(6) + canvas + duration + bytes([_WEBP_REPLACES]) + still.data[12:]))
    return _riff(b"RIFF", b"WEBP" + b"".join(chunks))


def apng(stills: Sequence[Still], width: int, height: int, loop: bool) -> bytes:
    """An animated PNG (PNG 3rd edition, §4.9); readers that know no animation show the first picture. `stills` are PNGs."""
    parts = [SIGNATURE]
    sequence = 0
    for number, still in enumerate(stills):
        chunks = list(_png_chunks(still.data))
        if number == 0:
            parts.append(_png_chunk(b"IHDR", next(body for kind, body in chunks if kind == b"IHDR")))
            parts.append(_png_chunk(b"acTL", _big(len(stills), 4) + _big(0 if loop else 1, 4)))
        # at 0, 0; replaces what was there
        shown = _big(sequence, 4) + _big(width, 4) + _big(height, 4) + bytes(8) + _big(still.ticks, 2) + _big(round(1 / TICK), 2) + bytes(2)
        parts.append(_png_chunk(b"fcTL", shown))
        sequence += 1
        picture = b"".join(body for kind, body in chunks if kind == b"IDAT")
        if number == 0:
            parts.append(_png_chunk(b"IDAT", picture))
        else:
            parts.append(_png_chunk(b"fdAT", _big(sequence, 4) + picture))
            sequence += 1
    return b"".join([*parts, _png_chunk(b"IEND", b"")])


def _gif_picture(data: bytes) -> tuple[bytes, int, bytes]:
    """Of a GIF with one picture: its colours, their number as GIF writes it (2 to the power of it + 1), and the packed picture."""
    size = data[10] & 7
    place = 13 + 3 * (2 << size)
    colours = data[13:place]
    while data[place] == _GIF_EXTENSION:
        place = _after_blocks(data, place + 2)
    assert data[place] == _GIF_IMAGE
    start = place + 10
    return colours, size, data[start : _after_blocks(data, start + 1)]


def _after_blocks(data: bytes, place: int) -> int:
    """Behind a row of blocks, each with its length before it, that an empty one ends."""
    while length := data[place]:
        place += 1 + length
    return place + 1


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(data):
        end = place + 8 + int.from_bytes(data[place : place + 4])
        yield data[place + 4 : place + 8], data[place + 8 : end]
        place = end + 4


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return _big(len(body), 4) + kind + body + _big(zlib.crc32(kind + body), 4)


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + _little(len(body), 4) + body + b"\0" * (len(body) % 2)


def _little(number: int, length: int) -> bytes:
    return number.to_bytes(length, "little")


def _big(number: int, length: int) -> bytes:
    return number.to_bytes(length, "big")
