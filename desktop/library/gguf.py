"""What kind of model a GGUF file holds, from the first entries of its header. Nothing else of such a file is read."""

from __future__ import annotations

from pathlib import Path

from ..diffusion.weight_file import BAD_HEADER, CUT, HeaderError

SUFFIX = ".gguf"
MAGIC = b"GGUF"
VERSIONS = (2, 3)
ARCHITECTURE = b"general.architecture"
STRING = 8  # the type of a value
MOST_KEY, MOST_NAME = 256, 64  # bytes
MOST_TENSORS, MOST_ENTRIES = 100_000, 10_000
FIXED = 4 + 4 + 8 + 8  # bytes of magic, version, and the numbers of tensors and entries


def architecture(file: Path) -> str:
    """What the file says it holds, such as "flux"; "" if its first entry is another. Raises `HeaderError` and OSError."""
    with file.open("rb") as stream:
        head = stream.read(FIXED + 8 + MOST_KEY + 4 + 8 + MOST_NAME)
    if len(head) < FIXED:
        raise HeaderError(CUT)
    version, tensors, entries = (int.from_bytes(head[first:last], "little") for first, last in ((4, 8), (8, 16), (16, 24)))
    if not head.startswith(MAGIC) or version not in VERSIONS or tensors > MOST_TENSORS or entries > MOST_ENTRIES:
        raise HeaderError(BAD_HEADER)
    if not entries:
        return ""
    key, rest = _string(head[FIXED:], MOST_KEY)
    if key != ARCHITECTURE:
        return ""
    if int.from_bytes(rest[:4], "little") != STRING:
        raise HeaderError(BAD_HEADER)
    name, _ = _string(rest[4:], MOST_NAME)
    return "".join(letter for letter in name.decode("utf-8", "replace") if letter.isprintable())


def _string(data: bytes, most: int) -> tuple[bytes, bytes]:
    """A string with its length in front, and what follows."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > most:
        raise HeaderError(BAD_HEADER)
    if len(data) < 8 + length:
        raise HeaderError(CUT)
    return data[8 : 8 + length], data[8 + length :]
