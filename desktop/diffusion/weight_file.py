"""The header of a safetensors file, read within limits: names, kinds, shapes and places of its tensors. Torch-free."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import QT_TRANSLATE_NOOP

SUFFIX = ".safetensors"
MOST_HEADER = 16 << 20  # bytes
MOST_TENSORS = 20_000
MOST_VALUES = 500_000  # commas and brackets in one header: keeps reading it below a second
MOST_METADATA = 2 << 20  # characters of all metadata together
BITS = {
    "BOOL": 8,
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "U8": 8,
    "I8": 8,
    "F8_E4M3": 8,
    "F8_E5M2": 8,
    "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8,
    "U16": 16,
    "I16": 16,
    "F16": 16,
    "BF16": 16,
    "U32": 32,
    "I32": 32,
    "F32": 32,
    "C64": 64,
    "U64": 64,
    "I64": 64,
    "F64": 64,
}

# What is wrong with a file of weights, in the words of errors such as `ModelFileDamaged`.
CUT = QT_TRANSLATE_NOOP("Safelight", "is cut off")
BAD_HEADER = QT_TRANSLATE_NOOP("Safelight", "has a header that contradicts its contents")


class HeaderError(Exception):
    """A header that is not sound; `problem` says why, marked for translation."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """A tensor of the file: what its numbers are, and where they begin and end, in bytes from the start of the file."""

    dtype: str  # a key of `BITS`, or a kind of GGUF
    shape: tuple[int, ...]
    begin: int
    end: int
    block: int = 1  # numbers that are packed together, only in GGUF

    @property
    def numbers(self) -> int:
        return math.prod(self.shape)

    @property
    def stays_packed(self) -> bool:
        """Whether a network can keep it as it is in the file; such a layer unpacks its weights whenever it computes."""
        return self.block > 1 and len(self.shape) == 2 and self.shape[1] % self.block == 0


@dataclass(frozen=True, slots=True)
class Space:
    """What the tensors of a network take in memory."""

    numbers: int  # in the precision of a run, those of its largest packed layer among them
    packed: int  # bytes that stay as they are in the file
    largest: int  # numbers of the largest tensor, unpacked


def space_of(tensors: Iterable[TensorEntry]) -> Space:
    """The space of `tensors`, which are those of one network."""
    plain, packed, unpacked, largest = 0, 0, 0, 0
    for tensor in tensors:
        largest = max(largest, tensor.numbers)
        if tensor.stays_packed:
            packed, unpacked = packed + tensor.end - tensor.begin, max(unpacked, tensor.numbers)
        else:
            plain += tensor.numbers
    return Space(plain + unpacked, packed, largest)


@dataclass(frozen=True, slots=True)
class Header:
    tensors: Mapping[str, TensorEntry]  # in the order of the file
    metadata: Mapping[str, str] = field(default_factory=dict)


def header_of(file: Path) -> Header:
    """The header of `file`. Raises `HeaderError`, and OSError if the file cannot be read."""
    with file.open("rb") as stream:

        def read(offset: int, length: int) -> bytes:
            stream.seek(offset)
            return stream.read(length)

        return parse_header(read, stream.seek(0, 2), parse_json)


def parse_header(read: Callable[[int, int], bytes], size: int, parse: Callable[[bytes], object]) -> Header:
    """The header of a file of `size` bytes; `read` returns bytes from an offset, and `parse` what a JSON text means.

    Raises `HeaderError` unless the header describes exactly the bytes that follow it.
    """
    if size < 8:
        raise HeaderError(CUT)
    length = int.from_bytes(read(0, 8), "little")
    if length > MOST_HEADER:
        raise HeaderError(BAD_HEADER)
    if 8 + length > size:
        raise HeaderError(CUT)
    document = parse(read(8, length))
    if not isinstance(document, dict):
        raise HeaderError(BAD_HEADER)
    metadata = document.pop("__metadata__", None) or {}
    if not isinstance(metadata, dict) or len(document) > MOST_TENSORS:
        raise HeaderError(BAD_HEADER)
    first = 8 + length
    try:
        tensors = {name: _entry(tensor, first) for name, tensor in document.items()}
    except (KeyError, TypeError, ValueError):
        raise HeaderError(BAD_HEADER) from None
    end = first
    for tensor in sorted(tensors.values(), key=lambda each: (each.begin, each.end)):
        if tensor.begin != end:  # a gap or an overlap
            raise HeaderError(BAD_HEADER)
        end = tensor.end
    if end != size:
        raise HeaderError(CUT if end > size else BAD_HEADER)
    texts = {key: value for key, value in metadata.items() if isinstance(value, str)}
    return Header(tensors, texts if sum(map(len, texts.values())) <= MOST_METADATA else {})


def parse_json(data: bytes) -> object:
    """What a JSON text means. Raises `HeaderError` for one that is damaged, too long or too deep, or has a key twice."""
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise HeaderError(BAD_HEADER)
    try:
        return json.loads(data.decode(), object_pairs_hook=no_key_twice)
    except (ValueError, RecursionError):
        raise HeaderError(BAD_HEADER) from None


def no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("duplicate key")
    return document


def _entry(tensor: dict[str, Any], data: int) -> TensorEntry:
    """A tensor whose data begin at byte `data` of the file at the earliest; raises unless its length fits its shape."""
    shape, (first, last) = tensor["shape"], tensor["data_offsets"]
    numbers = [first, last, *shape]
    if len(tensor) != 3 or len(shape) > 16 or not all(type(number) is int and 0 <= number < 2**48 for number in numbers):
        raise ValueError("not a tensor")
    if (last - first) * 8 != math.prod(shape) * BITS[tensor["dtype"]]:
        raise ValueError("shape and length differ")
    return TensorEntry(tensor["dtype"], tuple(shape), data + first, data + last)
