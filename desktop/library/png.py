"""Split a PNG file into its parts, within limits, before any library reads it."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 1_000  # other than IDAT
MOST_PICTURE_CHUNKS = 20_000  # IDAT; a file of 64 MB in chunks of 8 KiB, as many programs write them, has 8,000
MOST_TEXT = 1 << 20  # bytes of one uncompressed text
MOST_TEXTS = 8 << 20  # bytes of all texts that are read

_PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_TEXT = (b"tEXt", b"zTXt", b"iTXt")


class BadPng(Exception):
    """Not a valid PNG; the message gives the reason, for the log."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a PNG file."""

    width: int  # px
    height: int  # px
    picture: bytes  # the PNG with only the chunks of the picture, safe for a decoder
    texts: dict[str, str]  # by keyword
    unreadable: tuple[str, ...]  # keywords of texts that are damaged or too long


def take_apart(data: bytes, keywords: Collection[str]) -> Parts:
    """Check every chunk and read the texts called `keywords`. A bad text is listed in `unreadable`; a bad picture raises `BadPng`."""
    if not data.startswith(SIGNATURE):
        raise BadPng("no PNG signature")
    view = memoryview(data)
    picture: list[bytes | memoryview] = [SIGNATURE]
    texts: dict[str, str] = {}
    unreadable: list[str] = []
    header: bytes | None = None
    ended = False
    place, beside, within, unpacked = len(SIGNATURE), 0, 0, 0
    while not ended:
        if len(data) - place < 12:
            raise BadPng("cut off")
        length, kind = int.from_bytes(view[place : place + 4]), bytes(view[place + 4 : place + 8])
        end = place + 12 + length
        if end > len(data):
            raise BadPng("cut off")
        body = view[place + 8 : end - 4]
        intact = zlib.crc32(view[place + 4 : end - 4]) == int.from_bytes(view[end - 4 : end])
        if kind == b"IDAT":
            within += 1
        else:
            beside += 1
        if beside > MOST_CHUNKS or within > MOST_PICTURE_CHUNKS:
            raise BadPng("too many chunks")
        if (kind == b"IHDR") is not (header is None):
            raise BadPng("header not at the start")
        if kind in _PICTURE:
            if not intact:
                raise BadPng(f"checksum of {kind.decode()}")
            picture.append(view[place:end])
            header = bytes(body) if kind == b"IHDR" else header
            ended = kind == b"IEND"
        elif kind in _TEXT and (keyword := _keyword(body)) in keywords and keyword not in texts and keyword not in unreadable:
            text = _text(kind, bytes(body[len(keyword) + 1 :])) if intact and length <= MOST_TEXT else None
            unpacked += len(text.encode()) if text is not None else MOST_TEXT
            if text is None or unpacked > MOST_TEXTS:
                unreadable.append(keyword)
            else:
                texts[keyword] = text
        place = end
    if header is None or len(header) != 13 or not within:
        raise BadPng("no picture in it")
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    return Parts(width, height, b"".join(picture), texts, tuple(unreadable))


def _keyword(body: memoryview) -> str:
    return bytes(body[:80]).partition(b"\0")[0].decode("latin-1")


def _text(kind: bytes, rest: bytes) -> str | None:
    """The text after the keyword, decompressed and decoded; None if damaged or longer than `MOST_TEXT`."""
    packed = kind == b"zTXt"
    if packed:
        rest = rest[1:]  # skip the compression method; there is only one
    elif kind == b"iTXt":
        packed = rest[:1] == b"\1"
        _language, _, rest = rest[2:].partition(b"\0")
        _translated, _, rest = rest.partition(b"\0")
    if packed:
        unpacker = zlib.decompressobj()
        try:
            rest = unpacker.decompress(rest, MOST_TEXT + 1)
        except zlib.error:
            return None
        if len(rest) > MOST_TEXT or not unpacker.eof:
            return None
    try:
        return rest.decode("utf-8" if kind == b"iTXt" else "latin-1")
    except UnicodeDecodeError:
        return None
