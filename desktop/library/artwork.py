"""Artwork: a picture file with its recipe: saving and opening it."""

from __future__ import annotations

import errno
import hashlib
import html
import io
import itertools
import os
import re
import struct
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ..diffusion.recipe import Recipe
from ..diffusion.run import Pixels
from ..errors import (
    QT_TRANSLATE_NOOP,
    DiskFull,
    FileExists,
    FolderUnwritable,
    FormatUnknown,
    PictureUnreadable,
    RecipeTooLong,
    SafelightError,
)
from . import foreign, metadata, png, safe_file
from .foreign import PARAMETERS, a1111
from .metadata import OURS, Story
from .naming import TEMPLATE, of_step, picture_name

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".avif": "AVIF"}
MOST_BYTES = 64 << 20  # of a file to open
MOST_PIXELS = 32_000_000  # of a picture to open: 96 MB decoded
MOST_AVIF_PIXELS = 17_000_000  # its decoder holds up to three copies
MOST_SIDE = 65_535  # px; a JPEG cannot have more
SIXTEEN = {"I;16", "I;16L", "I;16B", "I;16N", "I"}  # Pillow's modes of grey values 0…65535
_STRIP = 1 << 20  # pixels that are copied at a time
QUALITY = 95  # of JPEG, WebP and AVIF, 0…100

SIDECARS = (".txt", ".swarm.json", ".json")  # of A1111 and Forge, SwarmUI, others; beside the picture, in the order in which they are tried

_EXIF_IFD, _USER_COMMENT, _MAKER_NOTE = 0x8769, 0x9286, 0x927C
_DESCRIPTION, _MAKE, _MODEL = 0x010E, 0x010F, 0x0110
_ORIENTATION, _ON_ITS_SIDE = 0x0112, range(5, 9)  # the values of orientation that swap width and height
_LONG, _UNDEFINED = 4, 7  # types of EXIF values
_UNICODE = b"UNICODE\0"  # prefix of an EXIF UserComment in UTF-16
_OUR_NOTE = b"Safelight\0"  # prefix of our MakerNote; UTF-8 follows
_XMP = re.compile(rb"<sdcpp:parameters>(.*?)</sdcpp:parameters>", re.DOTALL)  # stable-diffusion.cpp in a WebP (media_io.cpp)
_COMMENT = b"parameters\0"  # prefix of stable-diffusion.cpp's comment in a JPEG (stb_image_write.h)

UNREADABLE = QT_TRANSLATE_NOOP("Safelight", "it cannot be read")
_TOO_LARGE = QT_TRANSLATE_NOOP("Safelight", "it is too large")
_DAMAGED = QT_TRANSLATE_NOOP("Safelight", "it is damaged, or not a PNG, JPEG, WebP or AVIF picture")


@dataclass(frozen=True, slots=True)
class Artwork:
    """A finished picture, or the estimate of one step, with everything needed to generate it again."""

    pixels: Pixels
    recipe: Recipe | None  # None: a picture of another program without a recipe; it is saved without one
    environment: dict[str, object]  # `Plan.environment`
    created: datetime  # with its time zone
    step: tuple[int, int] | None = None  # (k, n): saved at step k of n


@dataclass(frozen=True, slots=True)
class Opened:
    """The contents of a picture file. `recipe` is None if the file has none that we can read."""

    path: Path
    pixels: Pixels
    recipe: Recipe | None
    lost: tuple[str, ...]  # what of the recipe could not be restored: "field: value"
    environment: dict[str, object]
    created: datetime | None
    step: tuple[int, int] | None
    intact: bool | None  # whether the pixels are those that we saved; None if unknown, as in a lossy format
    run: str  # id of the run that made it; "" if unknown
    key: str  # of its star: FORMATS.md §10
    is_newer: bool = False  # a newer Safelight wrote the recipe, which was not read
    program: str = ""  # that wrote the recipe; "" for Safelight
    model_hash: str = ""  # of another program's model: first hex digits of the sha256 of its file


@dataclass(frozen=True, slots=True)
class Description:
    """What a picture file tells without its pixels being decoded."""

    width: int  # px
    height: int  # px
    story: Story
    key: str  # of its star: FORMATS.md §10


def writable() -> tuple[str, ...]:
    """The suffixes of the pictures that the installed Pillow can write; it may lack AVIF."""
    from PIL import features

    return tuple(suffix for suffix, format in FORMATS.items() if format != "AVIF" or features.check("avif"))


def check_format(path: Path) -> None:
    """Raise `FormatUnknown` unless a picture can be saved with the suffix of `path`."""
    if path.suffix.lower() not in (suffixes := writable()):
        raise FormatUnknown(file=path.name, suffixes=", ".join(suffixes))


def save(artwork: Artwork, path: Path, quality: int = QUALITY) -> Path:
    """Save in the format of the suffix of `path`. When this returns, the picture is safely on disk. `quality`: unless it is a PNG.

    Raises `FileExists` (nothing is ever overwritten), `FolderUnwritable`, `DiskFull`, `FormatUnknown`, `RecipeTooLong`.
    """
    data = encode(artwork, path, quality)
    try:
        safe_file.create(path, data)
    except FileExistsError as error:
        raise FileExists(file=path) from error
    except OSError as error:
        raise _unsaved(path.parent, error) from error
    return path


def check_free(path: Path) -> None:
    """Raise `FormatUnknown`, `FileExists` or `FolderUnwritable` if `save` would, as far as that can be told before the picture is there."""
    check_format(path)
    if os.path.lexists(path):
        raise FileExists(file=path)
    if not path.parent.is_dir():
        raise FolderUnwritable(folder=path.parent, problem=safe_file.GONE)


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """A path in `folder` that does not exist yet: `stem`, or with -2, -3 … appended."""
    paths = (folder / f"{stem}{'' if attempt == 1 else f'-{attempt}'}{suffix}" for attempt in itertools.count(1))
    return next(path for path in paths if not os.path.lexists(path))


def save_in(artwork: Artwork, folder: Path, template: str = TEMPLATE, announce: Callable[[Path], None] = lambda path: None) -> Path:
    """Save as PNG in the day's folder below `folder`, under an unused name, and return the path. `announce` gets it just before."""
    day = folder / f"{artwork.created:%Y-%m-%d}"
    data = encode(artwork, Path("picture.png"))
    try:
        try:
            return _create_in(day, artwork, template, data, announce)
        except FileNotFoundError:  # the folder was deleted meanwhile: try once more
            return _create_in(day, artwork, template, data, announce)
    except OSError as error:
        raise _unsaved(folder, error) from error


def open_artwork(path: Path) -> Opened:
    """Read a picture and its recipe, ours or another program's, from the picture itself or a file beside it.

    Raises `PictureUnreadable`. Damaged metadata is listed in `lost`; the picture still opens.
    """
    data = _contents(path)
    pixels, story, lossless = _read(path, data)
    story = _with_file_beside(path, story)
    known = lossless and story.pixels_sha256
    return Opened(
        path,
        pixels,
        story.recipe,
        story.lost,
        story.environment,
        story.created,
        story.step,
        intact=_sha256(pixels) == story.pixels_sha256 if known else None,
        run=story.run,
        key=_key(story, data),
        is_newer=story.is_newer,
        program=story.program,
        model_hash=story.model_hash,
    )


def describe(path: Path) -> Description:
    """Size and recipe of a picture, as `open_artwork` reads them. Raises `PictureUnreadable`, but damaged pixels go unnoticed."""
    data = _contents(path)
    with _undecoded(path, data) as (image, texts, unreadable, lossless):
        width, height = image.size
        if not lossless and orientation(image) in _ON_ITS_SIDE:
            width, height = height, width
    story = _with_file_beside(path, metadata.read(texts, unreadable))
    return Description(width, height, story, _key(story, data))


def file_beside(path: Path) -> Path | None:
    """The file with the recipe of the picture at `path`, beside it and with its name; None without one. Reads the disk."""
    found = _beside(path)
    return found[0] if found else None


def is_picture_of(path: Path, run: str) -> bool:
    """Whether the file at `path` is the unchanged finished picture of the run with that id."""
    try:
        opened = open_artwork(path)
    except PictureUnreadable:
        return False
    return bool(opened.intact) and opened.step is None and opened.run == run


def reopened(path: Path) -> Artwork:
    """The picture at `path` with its own metadata, unchanged, to save it elsewhere. Raises `PictureUnreadable`."""
    opened = open_artwork(path)
    return Artwork(opened.pixels, opened.recipe, opened.environment, opened.created or datetime.now().astimezone(), opened.step)


def read_pixels(path: Path, side: int | None = None) -> Pixels:
    """The pixels alone, scaled down to fit a square of `side` px if given. Raises `PictureUnreadable`."""
    return _read(path, _contents(path), side)[0]


def write_pixels(pixels: Pixels, path: Path) -> None:
    """Write a PNG without a recipe and replace an existing file: the frames of `--frames`."""
    file = io.BytesIO()
    _image(pixels).save(file, "PNG")
    try:
        safe_file.replace(path, file.getvalue())
    except OSError as error:
        raise _unsaved(path.parent, error) from error


# -- to bytes


def encode(artwork: Artwork, path: Path, quality: int = QUALITY) -> bytes:
    """The bytes of the file, in the format of the suffix of `path`. Raises `FormatUnknown`, `RecipeTooLong`."""
    check_format(path)
    format = FORMATS[path.suffix.lower()]
    pixels = artwork.pixels
    image = _image(pixels)
    file = io.BytesIO()
    lossy = {"quality": quality} | ({"subsampling": "4:4:4"} if format == "AVIF" else {})  # AVIF keeps thin coloured lines at no great cost
    if artwork.recipe is None:
        image.save(file, format, **({} if format == "PNG" else lossy))
        return file.getvalue()
    facts = {"Saved step": f"{artwork.step[0]} of {artwork.step[1]}"} if artwork.step else {}
    shown = artwork.recipe.at(artwork.step[0]) if artwork.step else artwork.recipe
    text = a1111.write(shown, facts)
    ours = metadata.to_json(artwork.recipe, artwork.environment, artwork.created, artwork.step, _sha256(pixels))
    if format == "PNG":
        from PIL.PngImagePlugin import PngInfo

        texts = PngInfo()
        texts.add_text(PARAMETERS, text)  # Latin-1 as tEXt, anything else as iTXt: what A1111 itself does
        texts.add_itxt(OURS, ours)
        image.save(file, format, pnginfo=texts)
    else:
        try:
            image.save(file, format, **lossy, exif=_exif(text, ours))
        except ValueError as error:  # a JPEG holds 64 KB of EXIF
            raise RecipeTooLong(file=path.name) from error
    return file.getvalue()


def _exif(text: str, ours: str) -> bytes:
    """An EXIF block (EXIF 2.32 §4.6) with `text` as the UserComment and `ours` as the MakerNote.

    Both are of type UNDEFINED, as the standard says. Pillow writes them as BYTE, which other programs refuse.
    """
    values = {_MAKER_NOTE: _OUR_NOTE + ours.encode(), _USER_COMMENT: _UNICODE + text.encode("utf-16-be")}  # IFDs are sorted by tag
    tiff = bytearray(struct.pack(">2sHLHHHLLL", b"MM", 42, 8, 1, _EXIF_IFD, _LONG, 1, 26, 0))  # header, then IFD 0 at byte 8
    place = 26 + 2 + 12 * len(values) + 4  # behind the EXIF IFD
    tiff += struct.pack(">H", len(values))
    for tag, value in values.items():
        tiff += struct.pack(">HHLL", tag, _UNDEFINED, len(value), place)
        place += len(value) + len(value) % 2  # values start at even bytes
    tiff += struct.pack(">L", 0)  # no further IFD
    for value in values.values():
        tiff += value + b"\0" * (len(value) % 2)
    return b"Exif\0\0" + tiff


def _image(pixels: Pixels) -> Image:
    return _pillow().frombytes("RGB", (pixels.width, pixels.height), pixels.data)


def _create_in(day: Path, artwork: Artwork, template: str, data: bytes, announce: Callable[[Path], None]) -> Path:
    safe_file.make_folder(day)
    for path in _free_paths(day, artwork, template):
        announce(path)
        try:
            safe_file.create(path, data)
            return path
        except FileExistsError:  # another process took this name
            continue
    raise AssertionError("there is always another name")


def _free_paths(day: Path, artwork: Artwork, template: str) -> Iterator[Path]:
    """Unused names in `day`: numbered by {number} if the template has it, else by appending -2, -3 …"""
    counted = "{number}" in template
    present = sum(entry.name.endswith(".png") for entry in os.scandir(day)) if counted else 0
    for attempt in itertools.count(1):
        stem = picture_name(template, (artwork.recipe or Recipe()).final, artwork.created, present + attempt)
        stem = of_step(stem, artwork.step)
        path = day / (f"{stem}.png" if counted or attempt == 1 else f"{stem}-{attempt}.png")
        if not os.path.lexists(path):
            yield path


def _unsaved(folder: Path, error: OSError) -> SafelightError:
    if error.errno in safe_file.FULL:
        return DiskFull(folder=folder)
    return FolderUnwritable(folder=folder, problem=safe_file.why(error))


# -- from bytes


def _read(path: Path, data: bytes, side: int | None = None) -> tuple[Pixels, Story, bool]:
    """The picture in `data`, its metadata, and whether the format is lossless."""
    with _undecoded(path, data) as (image, texts, unreadable, lossless):
        pixels = _pixels(image, side)
    return pixels, metadata.read(texts, unreadable), lossless


def _key(story: Story, data: bytes) -> str:
    """The key of the star of the picture whose file holds `data`."""
    if not story.run:
        return hashlib.sha256(data).hexdigest()
    return f"{story.run}#{story.step[0]}" if story.step else story.run


def _contents(path: Path) -> bytes:
    try:
        return safe_file.read(path, MOST_BYTES)
    except FileNotFoundError as error:
        raise PictureUnreadable(file=path, problem=safe_file.GONE) from error
    except OSError as error:
        raise PictureUnreadable(file=path, problem=_TOO_LARGE if error.errno == errno.EFBIG else UNREADABLE) from error


@contextmanager
def _undecoded(path: Path, data: bytes) -> Iterator[tuple[Image, dict[str, str], Collection[str], bool]]:
    """The picture, decoded when its pixels are first used; its texts by keyword; those that cannot be read; whether it is lossless."""
    if not data.startswith(png.SIGNATURE):
        with _decoded(path, data, ("JPEG", "WEBP", "AVIF")) as image:
            yield image, *_exif_texts(image), False
        return
    try:
        parts = png.take_apart(data, metadata.KEYWORDS)
    except png.BadPng as error:
        raise PictureUnreadable(file=path, problem=_DAMAGED) from error
    _check_size(path, parts.width, parts.height)
    with _decoded(path, parts.picture, ("PNG",)) as image:
        yield image, parts.texts, parts.unreadable, True


def _check_size(path: Path, width: int, height: int, most_pixels: int = MOST_PIXELS) -> None:
    if max(width, height) > MOST_SIDE or width * height > most_pixels:
        raise PictureUnreadable(file=path, problem=_TOO_LARGE)


@contextmanager
def _decoded(path: Path, data: bytes, formats: tuple[str, ...]) -> Iterator[Image]:
    try:
        with _pillow().open(io.BytesIO(data), formats=formats) as image:
            _check_size(path, image.width, image.height, MOST_AVIF_PIXELS if image.format == "AVIF" else MOST_PIXELS)
            yield image
    except SafelightError:
        raise
    except (_pillow().DecompressionBombWarning, _pillow().DecompressionBombError) as error:
        raise PictureUnreadable(file=path, problem=_TOO_LARGE) from error
    except Exception as error:  # decoders raise many types of errors for damaged or hostile files
        raise PictureUnreadable(file=path, problem=_DAMAGED) from error


def _pixels(image: Image, side: int | None) -> Pixels:
    """The pixels of `image`, upright; it is closed. The largest one needs 128 MB decoded, and 96 MB for each copy."""
    turn = orientation(image)
    if side is not None:
        image.draft("RGB", (side, side))  # decodes a JPEG at reduced size
    if image.mode == "RGB":
        rgb = image
    elif image.mode in SIXTEEN:  # `convert` alone would make everything white
        rgb = image.point(lambda value: value * (1 / 257) + 0).convert("L").convert("RGB")
    elif image.has_transparency_data:  # `convert` alone would show colours that were hidden
        clear = image.convert("RGBA")
        rgb = _pillow().new("RGB", image.size, "white")
        rgb.paste(clear, mask=clear.getchannel("A"))
        clear.close()
    else:
        rgb = image.convert("RGB")
    if rgb is not image:
        image.close()
    if side is not None:
        rgb.thumbnail((side, side))
    rgb = upright(rgb, turn)
    (width, height), row = rgb.size, 3 * rgb.width
    data = bytearray(row * height)
    rows = max(1, _STRIP // width)
    for top in range(0, height, rows):  # `Image.tobytes` of the whole needs its memory twice
        bottom = min(top + rows, height)
        data[row * top : row * bottom] = rgb.crop((0, top, width, bottom)).tobytes()
    rgb.close()
    return Pixels(width, height, bytes(data))


def orientation(image: Image) -> int:
    """How the camera was held, as EXIF says it: 1…8; 1 is upright, or not known. Decodes a PNG, and raises if it is damaged."""
    if image.format == "PNG":
        image.load()  # `getexif` would, and its errors are not those of EXIF
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # it raises many types of errors for damaged EXIF
        return 1
    return turn if turn in range(2, 9) else 1


def upright(image: Image, turn: int) -> Image:
    """`image`, turned and mirrored from the `orientation` that it has."""
    if turn == 1:
        return image
    from PIL import ImageOps

    image.getexif()[_ORIENTATION] = turn
    return ImageOps.exif_transpose(image)


def _exif_texts(image: Image) -> tuple[dict[str, str], set[str]]:
    """The texts of a JPEG, WebP or AVIF by keyword, ours and those of other programs, and the keywords of texts that cannot be read."""
    texts: dict[str, str] = {}
    unreadable: set[str] = set()

    def put(keyword: str, text: str) -> None:
        if len(text) > png.MOST_TEXT:
            unreadable.add(keyword)
        elif text:
            texts.setdefault(keyword, text)

    try:
        exif = image.getexif()
        fields = exif.get_ifd(_EXIF_IFD)
        comment = fields.get(_USER_COMMENT) or exif.get(_USER_COMMENT)  # Fooocus writes it in the first directory, as text
        put(PARAMETERS, _comment(comment) if isinstance(comment, bytes) else _text(comment))
        note = fields.get(_MAKER_NOTE)
        if isinstance(note, bytes) and note.startswith(_OUR_NOTE):
            put(OURS, note.removeprefix(_OUR_NOTE).decode())
        for tag in (_MODEL, _MAKE):  # ComfyUI: "prompt:{…}" (nodes_images.py)
            keyword, _, text = _text(exif.get(tag)).partition(":")
            if keyword in metadata.KEYWORDS:
                put(keyword, text)
        if (described := _text(exif.get(_DESCRIPTION))).startswith("{"):
            put(foreign.PARAMETERS_JSON, described)
        if found := _XMP.search(_bytes(image.info.get("xmp"))):
            put(PARAMETERS, html.unescape(found[1].decode("utf-8", "replace")))
        if (remark := _bytes(image.info.get("comment"))).startswith(_COMMENT):
            put(PARAMETERS, remark.removeprefix(_COMMENT).rstrip(b"\0").decode("utf-8", "replace"))
    except Exception:  # as above; the picture is still shown
        unreadable.add(PARAMETERS)
    return texts, unreadable


def _comment(comment: bytes) -> str:
    """The text of an EXIF UserComment: 8 bytes name the encoding, then follows the text."""
    encoding, text = comment[:8], comment[8:]
    if encoding == _UNICODE:
        little = text[:2] == b"\xff\xfe" or text[1:4096:2].count(0) > text[:4096:2].count(0)  # some programs write little-endian text
        return text.decode("utf-16-le" if little else "utf-16-be", "replace").removeprefix("\ufeff")
    if encoding in (b"ASCII\0\0\0", bytes(8)):
        return text.decode("utf-8", "replace").rstrip("\0")
    return comment.decode("utf-8", "replace")  # without the name of an encoding


def _text(value: object) -> str:
    """An EXIF value of type ASCII, which Pillow reads as Latin-1 and other programs write as UTF-8; "" for any other value."""
    if not isinstance(value, str):
        return ""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _with_file_beside(path: Path, story: Story) -> Story:
    """`story`, or that of a file beside the picture if it has no recipe."""
    found = _beside(path) if story.recipe is None and not story.is_newer else None
    return found[1] if found else story


def _beside(path: Path) -> tuple[Path, Story] | None:
    """The file beside the picture that has its name and a recipe; None without one. Words for training are no recipe."""
    for suffix in SIDECARS:
        file = path.with_name(path.stem + suffix)
        try:
            data = safe_file.read(file, png.MOST_TEXT)
        except (OSError, ValueError):  # missing, too large, or not a name for this system
            continue
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
        if found := foreign.read_text(text):
            return file, metadata.of_another_program(found)
    return None


def _sha256(pixels: Pixels) -> str:
    return hashlib.sha256(pixels.data).hexdigest()


def _pillow() -> ModuleType:
    """Pillow, imported after the first paint; its warning about oversized pictures becomes an error."""
    from PIL import Image

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return Image
