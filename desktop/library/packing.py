"""Compression for recordings: lossless for snapshots and the finished picture, lossy for previews."""

from __future__ import annotations

import io
import math
import struct
import zlib

from ..diffusion.run import Pixels

PREVIEW_BYTES = 45  # that a preview may take per px of its side: 23 KB at 512²
QUALITIES = (92, 75, 50, 30)  # of a JPEG; if the last is still too large, as fine noise is, the preview is halved in size
MOST_PIXELS = 2048 * 2048

_HEAD = struct.Struct("<BII")  # stride, bytes of the snapshot, bytes of the deflated part


class NotPacked(Exception):
    """These bytes are not in the format written here."""


def pack(snapshot: bytes) -> bytes:
    """Deflate the last byte of each 2- or 4-byte number: sign and exponent take few values. The other bytes are noise, and stored."""
    return min((_split(snapshot, stride) for stride in (2, 4)), key=len)


def unpack(packed: bytes) -> bytes:
    """Raises `NotPacked`."""
    if len(packed) < _HEAD.size:
        raise NotPacked
    stride, length, deflated = _HEAD.unpack_from(packed)
    exponents, rest = packed[_HEAD.size : _HEAD.size + deflated], packed[_HEAD.size + deflated :]
    if stride not in (2, 4) or length - length // stride != len(rest):  # a forged length must not allocate memory
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
    """A preview as JPEG, in the best quality that fits `PREVIEW_BYTES`."""
    from PIL import Image

    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    most = PREVIEW_BYTES * math.isqrt(pixels.width * pixels.height) + 600  # an empty JPEG takes 600 bytes
    while True:
        for quality in QUALITIES:
            file = io.BytesIO()
            image.save(file, "JPEG", quality=quality, subsampling=0 if quality > 90 else 2)  # 0: colour in full resolution
            if file.tell() <= most or max(image.size) == 1:
                return file.getvalue()
        image = image.reduce(2)


def press_exactly(pixels: Pixels) -> bytes:
    """The finished picture as lossless WebP."""
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
    except Exception as error:  # decoders raise all kinds of errors on damaged data
        raise NotPacked from error


def _split(snapshot: bytes, stride: int) -> bytes:
    rest = bytearray(snapshot)
    del rest[stride - 1 :: stride]
    deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY)
    exponents = deflate.compress(snapshot[stride - 1 :: stride]) + deflate.flush()
    return _HEAD.pack(stride, len(snapshot), len(exponents)) + exponents + rest
