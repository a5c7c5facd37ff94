"""Hand-made PNG files: valid and strictly checked, or malformed."""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes = b"", crc: int | None = None) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) if crc is None else crc)


def png(*between: bytes, width: int = 2, height: int = 2, end: bytes = chunk(b"IEND"), pixels: bytes | None = None) -> bytes:
    """A black RGB picture with the chunks `between` its header and its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\0" * 3 * width) * height) if pixels is None else pixels
    return SIGNATURE + chunk(b"IHDR", header) + b"".join(between) + chunk(b"IDAT", pixels) + end


def itxt(keyword: str, text: bytes, packed: bool = False) -> bytes:
    return chunk(b"iTXt", keyword.encode() + b"\0" + (b"\1" if packed else b"\0") + b"\0\0\0" + text)


def strictly_checked(data: bytes) -> dict[str, str]:
    """The texts of a PNG that is whole to the last byte; `AssertionError` for any other."""
    assert data[:8] == SIGNATURE
    place, kinds, packed, texts = 8, [], b"", {}
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        body, crc = data[place + 8 : place + 8 + length], data[place + 8 + length : place + 12 + length]
        assert struct.pack(">I", zlib.crc32(kind + body)) == crc
        kinds.append(kind)
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", body[:10])
            assert (depth, colours) == (8, 2)
        elif kind == b"IDAT":
            packed += body
        elif kind == b"tEXt":
            keyword, _, text = body.partition(b"\0")
            texts[keyword.decode("latin-1")] = text.decode("latin-1")
        elif kind == b"iTXt":
            keyword, _, rest = body.partition(b"\0")
            texts[keyword.decode("latin-1")] = rest[2:].split(b"\0", 2)[2].decode()
        place += 12 + length
    assert place == len(data)
    assert kinds[0] == b"IHDR"
    assert kinds[-1] == b"IEND"
    assert kinds.count(b"IEND") == 1
    assert len(zlib.decompress(packed)) == height * (3 * width + 1)
    return texts
