"""Animated GIF, WebP and APNG files, assembled from separately encoded stills.

Each still is a complete file with one picture; all have the same size. Durations are in ticks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .png import SIGNATURE

TICK = 0.02  # s; browsers slow down shorter delays, and every player supports 50 pictures per second

_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x21, 0x2C, 0x3B
_GIF_REPEAT = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_WEBP_MOVES = 0x02  # VP8X flag: animation
_WEBP_REPLACES = 0x02  # ANMF flag: do not blend with the previous frame


@dataclass(frozen=True, slots=True)
class Still:
    """One frame and its duration."""

    data: bytes
    ticks: int


def gif(stills: Sequence[Still], width: int, height: int, loop: bool) -> bytes:
    """GIF89a (CompuServe 1990); each frame has its own 256 colours. `stills` are GIFs."""
    parts = [b"GIF89a", _little(width, 2), _little(height, 2), b"\x70\0\0"]  # 8 bits per colour, no global colour table
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
    """An extended WebP (RFC 9649 §2.7) with an ANMF chunk per frame. `stills` are simple WebPs."""
    canvas = _little(width - 1, 3) + _little(height - 1, 3)
    chunks = [_riff(b"VP8X", bytes([_WEBP_MOVES, 0, 0, 0]) + canvas), _riff(b"ANIM", b"\0\0\0\xff" + _little(0 if loop else 1, 2))]
    for still in stills:
        duration = _little(round(1000 * TICK) * still.ticks, 3)  # in milliseconds
        chunks.append(_riff(b"ANMF", bytes(6) + canvas + duration + bytes([_WEBP_REPLACES]) + still.data[12:]))
    return _riff(b"RIFF", b"WEBP" + b"".join(chunks))


def apng(stills: Sequence[Still], width: int, height: int, loop: bool) -> bytes:
    """An animated PNG (PNG 3rd edition, §4.9); readers without animation support show the first frame. `stills` are PNGs."""
    parts = [SIGNATURE]
    sequence = 0
    for number, still in enumerate(stills):
        chunks = list(_png_chunks(still.data))
        if number == 0:
            parts.append(_png_chunk(b"IHDR", next(body for kind, body in chunks if kind == b"IHDR")))
            parts.append(_png_chunk(b"acTL", _big(len(stills), 4) + _big(0 if loop else 1, 4)))
        # at 0, 0; replaces the previous frame
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
    """The colour table of a GIF with one picture, its size field n (2 ** (n + 1) colours), and the compressed picture."""
    size = data[10] & 7
    place = 13 + 3 * (2 << size)
    colours = data[13:place]
    while data[place] == _GIF_EXTENSION:
        place = _after_blocks(data, place + 2)
    assert data[place] == _GIF_IMAGE
    start = place + 10
    return colours, size, data[start : _after_blocks(data, start + 1)]


def _after_blocks(data: bytes, place: int) -> int:
    """Index after a sequence of sub-blocks (length byte, data), which an empty block ends."""
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
