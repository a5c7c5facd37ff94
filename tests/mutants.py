"""Damaged and hostile pictures and files beside them. `python -m tests.mutants [10000]`.

Each is opened as a dropped picture is: it must give a valid recipe, none, or one sentence. The files are made from a number, so
that a failure can be repeated: `python -m tests.mutants 1 NUMBER`. The exit status is 1 if one fails, takes more than
`MOST_SECONDS`, or if the memory grows by more than `MOST_MEMORY`.
"""

from __future__ import annotations

import json
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels
from desktop.errors import PictureUnreadable
from desktop.library.artwork import SIDECARS, Artwork, open_artwork, save
from tests.foreign_pictures import COMFYUI, FOOOCUS, FORGE, INVOKEAI, KRITA, PICTURES, SDCPP, SWARMUI
from tests.png_kit import SIGNATURE, chunk, itxt, png

MOST_SECONDS = 2.0  # of CPU time, for one file
MOST_MEMORY = 256 << 20  # bytes above what the process needs after opening the samples
KEYWORDS = {"parameters": (FORGE, KRITA, SDCPP, SWARMUI, FOOOCUS), "prompt": (COMFYUI,), "invokeai_metadata": (INVOKEAI,)}
HOSTILE = (
    *("NaN", "Infinity", "-1", "1e999", "0", "9" * 5000, "null", "true", '""', "{}", "[]", '"\\ud83c"', "\0", "\ufeff", "(" * 300),
    *("[" * 500, '{"a":' * 300, "[" * 1500 + "]" * 1500, '["3", 0]', '["6", 1]', "x" * 30_000, "\n" * 3000, ", a: b" * 2000),
)


def check(folder: Path, number: int) -> float:
    """Make and open the mutant with this number in `folder`; return the seconds of CPU time that opening took. Raises for a failure."""
    chance = random.Random(number)
    path = chance.choice((_of_text, _of_file, _of_file))(folder, chance)
    begun = time.process_time()
    try:
        opened = open_artwork(path)
    except PictureUnreadable:
        opened = None
    seconds = time.process_time() - begun
    if opened and opened.recipe:
        opened.recipe.check(multiple=1)
        (opened.recipe.prompt.text + opened.recipe.prompt.negative + "".join(opened.lost)).encode()
    for file in folder.iterdir():
        file.unlink()
    return seconds


def _of_text(folder: Path, chance: random.Random) -> Path:
    """A whole picture with a damaged text in it or beside it."""
    keyword = chance.choice(list(KEYWORDS))
    sample = chance.choice(KEYWORDS[keyword])
    text = sample if isinstance(sample, str) else json.dumps(sample)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(text) + 1)
        length = chance.choice((0, 1, chance.randrange(40)))
        text = text[:place] + chance.choice((*HOSTILE, chr(chance.randrange(0xD800)))) + text[place + length :]
    data = text.encode("utf-8", "replace")
    path = folder / "a.png"
    if chance.random() < 0.3:
        path.write_bytes(png())
        (folder / f"a{chance.choice(SIDECARS)}").write_bytes(data)
    else:
        packed = chance.random() < 0.2
        if packed:
            data = zlib.compress(data + b" " * chance.choice((0, 0, 0, 40 << 20)))
        path.write_bytes(png(itxt(keyword, data, packed)))
    return path


def _of_file(folder: Path, chance: random.Random) -> Path:
    """A damaged file of another program or of ours."""
    name, data = chance.choice(_samples())
    for _ in range(chance.randint(1, 3)):
        data = chance.choice((_flip, _cut, _double, _lie, _splice, _enlarge))(data, chance)
    if chance.random() < 0.5 and data.startswith(SIGNATURE):
        data = _with_right_checksums(data)  # else hardly any damage gets past them
    (folder / name).write_bytes(data)
    return folder / name


def _flip(data: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _double(data: bytes, chance: random.Random) -> bytes:
    place, length = chance.randrange(len(data) + 1), chance.randrange(400)
    return data[:place] + data[place : place + length] * chance.choice((2, 50)) + data[place + length :]


def _lie(data: bytes, chance: random.Random) -> bytes:
    """Another number in the place of a size, a length or an offset."""
    place = chance.randrange(min(len(data), 60) + 1) if chance.random() < 0.6 else chance.randrange(len(data) + 1)
    number = chance.choice((0, 1, 5600, 65500, 1 << 20, 0x7FFFFFFF, 0xFFFFFFFF))
    order = chance.choice((">I", "<I"))
    return data[:place] + struct.pack(order, number) + data[place + 4 :]


def _enlarge(data: bytes, chance: random.Random) -> bytes:
    """A PNG that claims to be as large as is allowed, or larger, in another colour format."""
    if not data.startswith(SIGNATURE):
        return data
    width, height = chance.choice(((5600, 5600), (5700, 5700), (32_000_000, 1), (1, 1 << 30), (0, 5)))
    header = struct.pack(">IIBBBBB", width, height, chance.choice((8, 8, 8, 1, 16)), chance.choice((2, 6, 0, 3, 4)), 0, 0, 0)
    if chance.random() < 0.2:
        return png(width=5600, height=5600, pixels=_all_black())
    return b"".join((data[:8], chunk(b"IHDR", header), data[33:]))


@cache
def _all_black() -> bytes:
    """The pixels of a picture of 5600 × 5600, in a few bytes."""
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(bytes(3 * 5600 + 1)) for _ in range(5600)) + packer.flush()


def _splice(data: bytes, chance: random.Random) -> bytes:
    other = chance.choice(_samples())[1]
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]


def _with_right_checksums(data: bytes) -> bytes:
    whole, place = [SIGNATURE], len(SIGNATURE)
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        whole.append(chunk(kind, body, zlib.crc32(kind + body)))
        place += 12 + length
    return b"".join(whole)


@cache
def _samples() -> list[tuple[str, bytes]]:
    """Whole pictures, with their names."""
    ours = Artwork(Pixels(64, 64, bytes(64 * 64 * 3)), Recipe.of(prompt="a fox"), {"run": "1"}, datetime.now().astimezone())
    writers: list[Callable[[Path], Path]] = [write for write, _ in PICTURES.values()]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number, write in enumerate(writers):
            place = Path(folder, str(number))
            place.mkdir()
            path = write(place)
            found.append((path.name, path.read_bytes()))
        for suffix in ("png", "jpg", "webp", "avif"):
            path = save(ours, Path(folder, f"ours.{suffix}"))
            found.append((path.name, path.read_bytes()))
    return found


def _check_all(count: int, first: int) -> None:
    """Check in this process; say each number before, so that a crash of the process can be assigned to it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _all_black()
        for file, data in _samples():
            (folder / file).write_bytes(data)
            open_artwork(folder / file)
            (folder / file).unlink()
        before = _peak()
        for number in range(first, first + count):
            print(number, end=" ", flush=True)
            print(f"{check(folder, number):.4f} {_peak() - before}", flush=True)


def _peak() -> int:
    """The most memory that this process has had so far, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> int:
    if sys.argv[1:2] == ["--check"]:
        _check_all(int(sys.argv[2]), int(sys.argv[3]))
        return 0
    count, first = (int(text) for text in (*sys.argv[1:], "10000", "0")[:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 0)
    command = [sys.executable, "-W", "ignore", "-m", "tests.mutants", "--check", str(count), str(first)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    lines = [line.split() for line in done.stdout.splitlines()]
    if done.returncode:
        print(f"mutant {lines[-1][0] if lines else first} failed")
        return 1
    slowest = max(lines, key=lambda line: float(line[1]))
    memory = int(lines[-1][2])
    print(f"{len(lines)} mutants: no failure; the slowest, {slowest[0]}, took {float(slowest[1]):.2f} s; memory grew by {memory >> 20} MB")
    return int(float(slowest[1]) > MOST_SECONDS or memory > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
