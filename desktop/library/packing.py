"""What a recording holds, made small: snapshots come back bit for bit, previews nearly, the finished picture exactly."""

from __future__ import annotations

import io
import math
import struct
import zlib

from ..diffusion.run import Pixels

PREVIEW_BYTES = 45  # that a preview may take for each px of its side: 23 KB at 512²
QUALITIES = (92, 75, 50, 30)  # of a JPEG; where the last is too large, the preview gets half its side, as fine noise does
MOST_PIXELS = 2048 * 2048

_HEAD = struct.Struct("<BII")  # stride, bytes of the whole, bytes of the deflated part


class NotPacked(Exception):
    """These bytes are not what is written here."""


def pack(snapshot: bytes) -> bytes:
    """Numbers of 2 or 4 bytes end with sign and exponent, of which few values occur: these bytes are deflated, the others are noise."""
    return min((_split(snapshot, stride) for stride in (2, 4)), key=len)


def unpack(packed: bytes) -> bytes:
    """Raises `NotPacked`."""
    if len(packed) < _HEAD.size:
        raise NotPacked
    stride, length, deflated = _HEAD.unpack_from(packed)
    exponents, rest = packed[_HEAD.size : _HEAD.size + deflated], packed[_HEAD.size + deflated :]
    if stride not in (2, 4) or length - length // stride != len(rest):  # nothing larger is made than the file deserves
        raise NotPacked
    try:
        exponents = zlib.decompressobj(-zlib.MAX_WBITS).decompress(exponents, length // stride + 1)
    except zlib.error as error:
        raise NotPacked from error
    if len(exponents) != length // stride:
        raise NotPacked
    snapshot = bytearray(length)
    snapshot[stride - 1 :: stride] = exponents
    for place in range(stride - 1):
        snapshot[place::stride] = rest[place :: stride - 1]
    return bytes(snapshot)


def press(pixels: Pixels) -> bytes:
    """A preview, as good as it can be in `PREVIEW_BYTES`."""
    from PIL import Image

    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    most = PREVIEW_BYTES * math.isqrt(pixels.width * pixels.height) + 600  # an empty JPEG takes 600 bytes
    while True:
        for quality in QUALITIES:
            file = io.BytesIO()
            image.save(file, "JPEG", quality=quality, subsampling=0 if quality > 90 else 2)  # 0: colours as sharp as light
            if file.tell() <= most or max(image.size) == 1:
                return file.getvalue()
        image = image.reduce(2)


def press_exactly(pixels: Pixels) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data).save(file, "WEBP", lossless=True, quality=0, method=0)
    return file.getvalue()


def unpress(pressed: bytes) -> Pixels:
    """Raises `NotPacked`."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(pressed), formats=("JPEG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotPacked
            return Pixels(image.width, image.height, image.convert("RGB").tobytes())
    except NotPacked:
        raise
    except Exception as error:  # a decoder fed with damaged bytes raises whatever it likes
        raise NotPacked from error


def _split(snapshot: bytes, stride: int) -> bytes:
    rest = bytearray(snapshot)
    del rest[stride - 1 :: stride]
    deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY)
    exponents = deflate.compress(snapshot[stride - 1 :: stride]) + deflate.flush()
    return _HEAD.pack(stride, len(snapshot), len(exponents)) + exponents + rest
