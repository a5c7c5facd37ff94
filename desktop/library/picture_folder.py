"""Folders of pictures, read as small squares to learn from. Reads the disk; not on the GUI thread.

It is here and not in `learn`, which knows neither disks nor damaged files. Subfolders are the kinds of the pictures.
"""

from __future__ import annotations

import errno
import heapq
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import QT_TRANSLATE_NOOP
from . import safe_file
from .artwork import MOST_AVIF_PIXELS, MOST_BYTES, MOST_PIXELS, SIXTEEN, orientation, upright

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

SIDE = 32  # px of the squares
MOST_FILES = 100_000  # that are listed
MOST_JPEG_PIXELS = 200_000_000  # of a JPEG that is not progressive: it is reduced while it is decoded
LEAST_SIDE = 8  # px
MOST_KINDS = 100
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff")
_FORMATS = ("PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
_JPEG = b"\xff\xd8\xff"
_BLOCK = 2048  # bytes that are decoded at a time, with the lock of Python held: the window waits for no more
_SORTED_AT_ONCE = 4096  # names, for the same reason

# Why a file is left out
_NO_PICTURE = QT_TRANSLATE_NOOP("Safelight", "not a picture")
_EMPTY = QT_TRANSLATE_NOOP("Safelight", "empty")
_DAMAGED = QT_TRANSLATE_NOOP("Safelight", "damaged, cut off, or not what its name says")
_TOO_LARGE = QT_TRANSLATE_NOOP("Safelight", "too large: {pixels} million pixels")
_TOO_MANY_BYTES = QT_TRANSLATE_NOOP("Safelight", "too large: more than 64 MB")
_TOO_NARROW = QT_TRANSLATE_NOOP("Safelight", "too narrow: {width} × {height} px")
_COLOURS = QT_TRANSLATE_NOOP("Safelight", "colours of a kind that cannot be shown")
_SAME = QT_TRANSLATE_NOOP("Safelight", "looks the same as {file}")
_UNREADABLE = QT_TRANSLATE_NOOP("Safelight", "cannot be read: {problem}")

# What was changed in a picture that is used
_TURNED = QT_TRANSLATE_NOOP("Safelight", "turned as its camera says")
_CMYK = QT_TRANSLATE_NOOP("Safelight", "CMYK, converted to RGB")
_DEEP = QT_TRANSLATE_NOOP("Safelight", "16 bits, reduced to 8")
_MOVING = QT_TRANSLATE_NOOP("Safelight", "several frames, the first one is used")
_TRANSPARENT = QT_TRANSLATE_NOOP("Safelight", "transparent, laid on white")


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said of one file. `words`: one of those above, with {names} for `values`."""

    file: str  # its path within the folder
    words: str  # marked for translation
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FolderPictures:
    """The pictures of a folder."""

    name: str  # of the folder
    pixels: np.ndarray  # N×SIDE×SIDE×3, uint8: the middle of each picture
    files: tuple[str, ...]  # N: their paths within the folder
    labels: np.ndarray | None  # N, int64: which of `kinds`; None if the pictures are not all in subfolders, or in one only
    kinds: tuple[str, ...]
    skipped: tuple[Remark, ...]
    changed: tuple[Remark, ...]  # of pictures that are used
    unread: int  # pictures beyond those that were wanted: a random choice was read
    is_cut: bool  # there are more than `MOST_FILES` files


class Stopped(Exception):
    """The reader does not want the pictures any more."""


class FolderReading:
    """Reads one folder, on one thread. Other threads may look at its progress and stop it."""

    def __init__(self, folder: Path, most: int, has_kinds: bool = True) -> None:
        """`most`: pictures. If there are more, a random choice is read, the same each time. `has_kinds`: subfolders are kinds."""
        self._folder = folder
        self.name = folder.name or str(folder)
        self._most = most
        self._has_kinds = has_kinds
        self.done = 0  # files that were read
        self.total = 0  # files to read; 0 while they are being listed
        self.found = 0  # pictures
        self.is_enough = False  # set it to get what was read so far
        self.is_stopped = False  # set it to get nothing
        self._squares: dict[str, np.ndarray] = {}  # by file

    def so_far(self) -> np.ndarray:
        """The pictures that were read until now, in no order: N×SIDE×SIDE×3, uint8. `found` is 1 or more."""
        import numpy as np

        return np.stack(list(self._squares.values()))

    def read(self) -> FolderPictures:
        """Raises `OSError` if the folder cannot be listed, and `Stopped`."""
        import numpy as np

        skipped: list[Remark] = []
        paths, is_cut = self._list(skipped)
        order = np.random.Generator(np.random.Philox(key=[0, 0])).permutation(len(paths)) if len(paths) > self._most else range(len(paths))
        self.total = min(len(paths), self._most)
        squares = self._squares
        seen: dict[bytes, str] = {}
        changed: list[Remark] = []
        tried = 0
        for place in order:
            if self.is_stopped:
                raise Stopped
            if len(squares) == self._most or (self.is_enough and squares):
                break
            tried += 1
            file = paths[place]
            try:
                pixels, changes = _square(self._folder / file)
                if (same := seen.setdefault(pixels.tobytes(), file)) != file:
                    raise _Unfit(_SAME, file=same)
            except _Unfit as unfit:
                skipped.append(Remark(file, unfit.words, unfit.values))
                self.total = min(len(paths), self.total + 1)
            else:
                squares[file] = pixels
                changed += [Remark(file, change) for change in changes]
                self.found += 1
            self.done += 1
        files = tuple(_sorted(squares))
        kinds = self._kinds(files)
        return FolderPictures(
            self.name,
            np.stack([squares[file] for file in files]) if files else np.empty((0, SIDE, SIDE, 3), np.uint8),
            files,
            np.array([kinds.index(_kind(file)) for file in files], np.int64) if kinds else None,
            kinds,
            tuple(skipped),
            tuple(changed),
            len(paths) - tried,
            is_cut,
        )

    def _list(self, skipped: list[Remark]) -> tuple[list[str], bool]:
        """The paths of what may be pictures, sorted, and whether there are too many files; others go to `skipped`."""
        found: list[str] = []
        for count, (file, problem) in enumerate(_files(self._folder)):
            if self.is_stopped:
                raise Stopped
            if count == MOST_FILES:
                return _sorted(found), True
            if problem:
                skipped.append(Remark(file, _UNREADABLE, (("problem", problem),)))
            elif file.lower().endswith(SUFFIXES):
                found.append(file)
            else:
                skipped.append(Remark(file, _NO_PICTURE))
        return _sorted(found), False

    def _kinds(self, files: Sequence[str]) -> tuple[str, ...]:
        names = sorted({_kind(file) for file in files}) if self._has_kinds else []
        return tuple(names) if 2 <= len(names) <= MOST_KINDS and all(names) else ()


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """The files below `folder` with "", and subfolders that cannot be listed with the reason. What is hidden is left out."""
    todo = [""]
    while todo:
        inside = todo.pop()
        try:
            with os.scandir(folder / inside) as entries:
                for entry in entries:
                    path = f"{inside}/{entry.name}" if inside else entry.name
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(path)
                    else:
                        yield path, ""
        except OSError as error:
            if not inside:
                raise
            yield inside, safe_file.why(error)


def _kind(file: str) -> str:
    """The subfolder that `file` is in; "" for none."""
    return file.partition("/")[0] if "/" in file else ""


def _sorted(names: Sequence[str] | dict[str, np.ndarray]) -> list[str]:
    """Sorted, without keeping other threads waiting for as long as all of them take at once."""
    names = list(names)
    return list(heapq.merge(*(sorted(names[start : start + _SORTED_AT_ONCE]) for start in range(0, len(names), _SORTED_AT_ONCE))))


class _Unfit(Exception):
    """A file is left out."""

    def __init__(self, words: str, **values: str) -> None:
        super().__init__(words)
        self.words = words
        self.values = tuple(values.items())


def _square(path: Path) -> tuple[np.ndarray, list[str]]:
    """The middle of the picture in `path`, SIDE×SIDE×3 uint8, and what was changed in it. Raises `_Unfit`."""
    try:
        data = safe_file.read(path, MOST_BYTES)
    except OSError as error:
        raise _Unfit(_TOO_MANY_BYTES) if error.errno == errno.EFBIG else _Unfit(_UNREADABLE, problem=safe_file.why(error)) from error
    if not data:
        raise _Unfit(_EMPTY)
    try:
        return _decoded(data)
    except (_Unfit, MemoryError):
        raise
    except Exception as error:  # decoders raise many types of errors for damaged or hostile files
        raise _Unfit(_DAMAGED) from error


def _decoded(data: bytes) -> tuple[np.ndarray, list[str]]:
    import numpy as np
    from PIL import Image
    from PIL.JpegImagePlugin import JpegImageFile

    is_jpeg = data.startswith(_JPEG)
    try:
        # Not by `Image.open`, which refuses large pictures before they can be reduced.
        image = JpegImageFile(io.BytesIO(data)) if is_jpeg else Image.open(io.BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _Unfit(_TOO_LARGE, pixels=f"> {(Image.MAX_IMAGE_PIXELS or 0) // 1_000_000}") from error
    changes = []
    with image:
        is_reduced = is_jpeg and not image.info.get("progressive")  # a progressive one is decoded as a whole
        most = MOST_JPEG_PIXELS if is_reduced else MOST_AVIF_PIXELS if image.format == "AVIF" else MOST_PIXELS
        if image.width * image.height > most:
            raise _Unfit(_TOO_LARGE, pixels=str(image.width * image.height // 1_000_000))
        if min(image.size) < LEAST_SIDE:
            raise _Unfit(_TOO_NARROW, width=str(image.width), height=str(image.height))
        image.decodermaxblock = _BLOCK
        if _is_deep(image):
            changes.append(_DEEP)
        if getattr(image, "is_animated", False):
            changes.append(_MOVING)
            image.seek(0)
        turn = orientation(image)
        image.draft(None, (2 * SIDE, 2 * SIDE))  # decodes a JPEG at reduced size
        small = _reduced(image, changes)
    if turn != 1:
        changes.append(_TURNED)
    return np.asarray(upright(small, turn)), changes


def _is_deep(image: Image) -> bool:
    """Whether `image` is stored with 16 bits a channel; those with colours are reduced while they are decoded."""
    return image.mode in SIXTEEN or any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))


def _reduced(image: Image, changes: list[str]) -> Image:
    """The middle of `image` as an RGB square of SIDE px; adds to `changes`."""
    from PIL import Image as pillow

    if image.mode in SIXTEEN:
        image = image.convert("F")
    elif image.mode == "F":
        raise _Unfit(_COLOURS)
    elif image.has_transparency_data:
        image = image.convert("RGBA").convert("RGBa")  # premultiplied, so that hidden colours do not bleed
    elif image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    small = image.resize((SIDE, SIDE), pillow.Resampling.BICUBIC, (left, top, left + edge, top + edge), reducing_gap=3)
    if small.mode == "F":
        return small.point(lambda value: value * (1 / 257) + 0).convert("L").convert("RGB")
    if small.mode == "RGBa":
        small = small.convert("RGBA")
        lowest, _ = small.getchannel("A").getextrema()
        if lowest != 255:
            changes.append(_TRANSPARENT)
        return pillow.alpha_composite(pillow.new("RGBA", small.size, "white"), small).convert("RGB")
    if small.mode == "CMYK":
        changes.append(_CMYK)
    return small.convert("RGB")
