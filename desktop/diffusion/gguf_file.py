"""The header of a GGUF file, read within limits: names, kinds, shapes and places of its tensors. Torch-free.

Format: ggml's docs/gguf.md. Its tensors are plain numbers, or packed: blocks of numbers that share a scale.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from . import weight_file
from .weight_file import BAD_HEADER, CUT, MOST_HEADER, MOST_METADATA, MOST_TENSORS, MOST_VALUES, Header, HeaderError, TensorEntry

SUFFIX = ".gguf"
MAGIC = b"GGUF"
VERSIONS = (2, 3)
ALIGNMENT = "general.alignment"
SHAPE = "comfy.gguf.orig_shape."  # in front of the name of a tensor that was written in another shape
UNSIGNED, SIGNED = {0: 1, 2: 2, 4: 4, 10: 8}, {1: 1, 3: 2, 5: 4, 11: 8}  # bytes of a value, by its kind
OTHERS = {6: 4, 7: 1, 12: 8}  # the same for floating-point numbers and truth values
SIZES = UNSIGNED | SIGNED | OTHERS
STRING, ARRAY = 8, 9
MOST_ENTRIES, MOST_NAME, MOST_SIDES = 10_000, 512, 8
MOST_ALIGNMENT = 1 << 16  # bytes
# Kinds of numbers by their number in the file: the name, numbers of a block, and its bytes.
KINDS = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
}
# The packed kinds that diffusers unpacks, with their numbers in the file.
UNPACKABLE = {
    name: number
    for number, (name, _, _) in KINDS.items()
    if name in {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS"}
}

Value = str | int | list[int] | None  # of an entry; None for one that no model needs


def weights_header(file: Path) -> Header:
    """The header of a file of weights, GGUF or safetensors. Raises `HeaderError`, and OSError if the file cannot be read."""
    return header_of(file) if file.suffix.lower() == SUFFIX else weight_file.header_of(file)


def header_of(file: Path) -> Header:
    """The header of a GGUF file. Raises as `weights_header`, also unless the header describes exactly the bytes that follow it."""
    with file.open("rb") as stream:
        return _Reader(stream).header(os.fstat(stream.fileno()).st_size)


class _Reader:
    """Reads a header from its start on, and no more of the file than any header has."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._read = 0  # bytes
        self._values = 0

    def header(self, size: int) -> Header:
        """`size`: of the file, in bytes."""
        if size < len(MAGIC):
            raise HeaderError(CUT)
        if self._take(len(MAGIC)) != MAGIC or self._number(4) not in VERSIONS:
            raise HeaderError(BAD_HEADER)
        tensors, entries = self._number(8), self._number(8)
        if tensors > MOST_TENSORS or entries > MOST_ENTRIES:
            raise HeaderError(BAD_HEADER)
        found = {self._text(MOST_NAME): self._value(self._number(4)) for _ in range(entries)}
        alignment = found.get(ALIGNMENT, 32)
        if not isinstance(alignment, int) or not 0 < alignment <= MOST_ALIGNMENT or alignment % 8:
            raise HeaderError(BAD_HEADER)
        described = [self._tensor(found) for _ in range(tensors)]
        first = _aligned(self._read, alignment)
        placed = {
            name: TensorEntry(kind, shape, first + begin, first + begin + length, block)
            for name, kind, shape, begin, length, block in described
        }
        end = first
        for tensor in sorted(placed.values(), key=lambda each: (each.begin, each.end)):
            if tensor.begin != _aligned(end, alignment):  # a gap or an overlap
                raise HeaderError(BAD_HEADER)
            end = tensor.end
        if placed and size < end:
            raise HeaderError(CUT)
        if len(placed) < tensors or (placed and size > _aligned(end, alignment)):
            raise HeaderError(BAD_HEADER)
        texts = {key: value for key, value in found.items() if isinstance(value, str)}
        return Header(placed, texts if sum(map(len, texts.values())) <= MOST_METADATA else {})

    def _tensor(self, entries: Mapping[str, Value]) -> tuple[str, str, tuple[int, ...], int, int, int]:
        """Name, kind, shape, first byte behind the header, bytes, and numbers of a block of the next tensor."""
        name, sides = self._text(MOST_NAME), self._number(4)
        if sides > MOST_SIDES:
            raise HeaderError(BAD_HEADER)
        shape = tuple(self._number(8) for _ in range(sides))[::-1]
        number, begin, count = self._number(4), self._number(8), math.prod(shape)
        if number not in KINDS or count >= 2**48:
            raise HeaderError(BAD_HEADER)
        kind, block, size = KINDS[number]
        if count % block or (block > 1 and shape[-1] % block):
            raise HeaderError(BAD_HEADER)
        told = entries.get(SHAPE + name)
        if isinstance(told, list) and math.prod(told) == count and min(told, default=0) > 0:
            shape = tuple(told)
        return name, kind, shape, begin, count // block * size, block

    def _value(self, kind: int) -> Value:
        if kind == STRING:
            return self._text(MOST_METADATA)
        if kind == ARRAY:
            return self._array(self._number(4), self._number(8))
        if kind in UNSIGNED or kind in SIGNED:
            return self._number(SIZES[kind], kind in SIGNED)
        if kind in OTHERS:
            self._take(OTHERS[kind])
            return None
        raise HeaderError(BAD_HEADER)

    def _array(self, kind: int, count: int) -> Value:
        if count > MOST_VALUES or kind not in {STRING, *SIZES}:
            raise HeaderError(BAD_HEADER)
        if kind != STRING and count > MOST_SIDES:
            self._take(SIZES[kind] * count)
            return None
        items = [self._value(kind) for _ in range(count)]
        return [item for item in items if isinstance(item, int)]

    def _text(self, most: int) -> str:
        length = self._number(8)
        if length > most:
            raise HeaderError(BAD_HEADER)
        return self._take(length).decode("utf-8", "replace")

    def _number(self, size: int, signed: bool = False) -> int:
        return int.from_bytes(self._take(size), "little", signed=signed)

    def _take(self, count: int) -> bytes:
        self._read, self._values = self._read + count, self._values + 1
        if self._read > MOST_HEADER or self._values > 3 * MOST_VALUES:
            raise HeaderError(BAD_HEADER)
        data = self._stream.read(count)
        if len(data) < count:
            raise HeaderError(CUT)
        return data


def _aligned(place: int, alignment: int) -> int:
    return -(-place // alignment) * alignment
