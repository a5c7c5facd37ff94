"""Export the steps of a run: as an animation, a contact sheet, or a folder of pictures."""

from __future__ import annotations

import io
import itertools
import math
import os
import shlex
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from ..diffusion.recipe import Size
from ..diffusion.run import Pixels, Run, View
from ..errors import ExportUnwritable, FileExists, SafelightError, VideoMissing, VideoUnable
from ..resources import RESOURCES
from . import animation, artwork, safe_file
from .animation import TICK, Still
from .naming import safe_name
from .recording import read_picture

if TYPE_CHECKING:
    from PIL.Image import Image

T = TypeVar("T")
U = TypeVar("U")

SIDES = (96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)  # px, of the longer side
MOST_PIXELS = 128_000_000  # of all pictures of an animation: 390 MB unpacked
MOST_SHEET_PIXELS = 32_000_000  # of a contact sheet: as large as Safelight opens
LEAST_SECONDS, MOST_SECONDS = 0.5, 60.0  # of an animation
SLOWDOWN = 4  # with ease-out, the last picture is shown this many times as long as the first

_THREADS, _AHEAD = 2, 4  # pictures being made, and made ahead
_SAMPLES = 5  # pictures from which the size of a file is estimated
_WEBP_QUALITY = 85  # of 100
_ENCODER: Final = "libx264"
_H264 = {"crf": "20", "preset": "veryfast"}  # visually almost lossless
_BT709, _LIMITED = 1, 1  # colour space and range by ITU-T H.273
_MOOV_BYTES, _MOOV_PICTURE_BYTES = 2000, 40  # reserved for an MP4's index, which comes first so that playback starts at once
_COLOURS_SIDE = 64  # px; the size of the picture from which the palette of a GIF is made
_GROUND = (13, 11, 10)  # of a contact sheet
_INK, _EDGE = (255, 255, 255), (0, 0, 0, 140)  # of step numbers, and around them
_NUMBER_HEIGHT, _LEAST_NUMBER_HEIGHT = 0.045, 11  # share of the shorter side; px
_FONT = RESOURCES / "fonts" / "Inter-Medium.ttf"
_SHEET_SHAPE = 1.5  # width to height


class Format(StrEnum):
    GIF = "gif"
    WEBP = "webp"
    APNG = "apng"
    MP4 = "mp4"
    SHEET = "sheet"  # a contact sheet of all steps in one PNG
    STEPS = "steps"  # a new folder with a numbered PNG of each step

    @property
    def moves(self) -> bool:
        return self not in (Format.SHEET, Format.STEPS)

    @property
    def loops(self) -> bool:
        """Whether the file can store that it loops forever."""
        return self.moves and self is not Format.MP4

    @property
    def suffix(self) -> str:
        """The end of its file name; empty for a folder."""
        match self:
            case Format.STEPS:
                return ""
            case Format.APNG | Format.SHEET:
                return ".png"
            case _:
                return f".{self.value}"


@dataclass(frozen=True, slots=True)
class Timing:
    """How an animation plays."""

    seconds: float = 5.0  # in all
    ease_out: bool = True  # later pictures are shown longer
    hold: float = 1.5  # s of those, for which the last picture is held at the end
    loop: bool = True

    def ticks(self, count: int) -> list[int]:
        """For how many ticks each of `count` pictures is shown; 0 for those that are left out for lack of time."""
        slowdown = SLOWDOWN if self.ease_out else 1
        shares = [1 + (slowdown - 1) * number / max(1, count - 1) for number in range(count)]
        total = max(2, round(self.seconds / TICK))
        moving = max(1, total - round(self.hold / TICK))
        ends = [min(total - 1, math.ceil(moving * reached / sum(shares))) for reached in itertools.accumulate(shares)]
        ends[-1] = total
        return [end - start for start, end in itertools.pairwise([0, *ends])]


@dataclass(frozen=True, slots=True)
class Choices:
    """The settings of an export."""

    format: Format = Format.GIF
    view: View = View.ESTIMATE
    width: int = 256  # px, of each step; even, as video requires
    height: int = 256
    timing: Timing = Timing()
    numbers: bool = True  # each step's number is written on it


@dataclass(frozen=True, slots=True)
class Frame:
    """One step in an export."""

    pixels: Pixels
    number: int  # 0 is the starting noise
    calls: int  # how many steps the whole run has


Tell = Callable[[float], None]  # called after each picture with the share that is done, 0…1; an exception from it ends the work
Shown = tuple[Frame, int]  # a step, and for how many ticks it is shown


# -- options


def read_frames(run: Run, view: View) -> Iterator[Frame]:
    """Every step of the run that has a preview, from the starting noise to the finished picture. Steps on disk are read, which blocks."""
    calls = run.plan.calls if run.plan else 0
    for number, step in enumerate(run.steps):
        picture = run.picture if number == calls else None
        if pixels := picture or read_picture(step, view if number else View.NOISY):
            yield Frame(pixels, number, calls)


def sizes(size: Size, format: Format, count: int) -> list[tuple[int, int]]:
    """Widths and heights in px in which `count` steps of a picture of `size` can be exported, smallest first: common ones and its own."""
    longer = max(size.width, size.height)
    found = []
    for side in sorted({longer, *(side for side in SIDES if side <= 4 * longer)}):
        width, height = (2 * max(1, round(each * side / longer / 2)) for each in (size.width, size.height))
        sheet = _Sheet(count, width, height)
        if (sheet.width * sheet.height <= MOST_SHEET_PIXELS) if format is Format.SHEET else (count * width * height <= MOST_PIXELS):
            found.append((width, height))
    return found


def sheet_size(count: int, choices: Choices) -> tuple[int, int]:
    """Width and height in px of the contact sheet of `count` steps."""
    sheet = _Sheet(count, choices.width, choices.height)
    return sheet.width, sheet.height


def unavailable(format: Format) -> SafelightError | None:
    """Why this format cannot be written on this machine; None if it can."""
    if format is Format.MP4 and find_spec("av") is None:
        return VideoMissing(command=shlex.join([sys.executable, "-m", "pip", "install", "av"]))
    return None


def free_path(run: Run, format: Format, folder: Path) -> Path:
    """A path in `folder` that does not exist yet, named after the picture."""
    stem = safe_name(run.path.stem if run.path else run.recipe.final.prompt.text, most=160)
    return artwork.free_path(folder, f"{stem}-steps", format.suffix)


def fitted(pixels: Pixels, choices: Choices) -> Pixels:
    """A step in the size of the export."""
    return _pixels(_fitted(pixels, choices))


# -- preview of an export


def sketch(development: Sequence[Frame], choices: Choices, side: int, tell: Tell) -> list[Pixels]:
    """The pictures of the export, or its contact sheet, reduced to fit a square of `side` px."""
    if choices.format is Format.SHEET:
        return [_reduced(_contact_sheet(development, choices, tell), side)]
    sketched = []
    with closing(_in_order(lambda frame: _reduced(_image(frame, choices), side), development)) as images:
        for image in images:
            sketched.append(image)
            tell(len(sketched) / len(development))
    return sketched


def estimated_bytes(development: Sequence[Frame], choices: Choices, tell: Tell) -> int:
    """The size of the export, estimated from a few of its pictures."""
    shown = _shown(development, choices)
    if choices.format is Format.MP4:  # the size of a frame depends on its neighbours and on how long it is shown
        return len(_video(shown, choices, tell))
    measured = []
    for number in range(_SAMPLES):
        frame, _ = shown[round(number * (len(shown) - 1) / (_SAMPLES - 1))]
        measured.append(len(_still(frame, choices)))
        tell(len(measured) / _SAMPLES)
    between = [(one + other) / 2 for one, other in itertools.pairwise(measured)]
    return round(sum(between) / len(between) * len(shown))


# -- writing an export


def write(development: Sequence[Frame], choices: Choices, path: Path, tell: Tell) -> None:
    """Write the export to `path`, completely or not at all.

    Raises `FileExists` (nothing is ever overwritten), `ExportUnwritable`, `VideoMissing`, `VideoUnable`.
    """
    if os.path.lexists(path):
        raise FileExists(file=path)
    if choices.format is Format.STEPS:
        stills = _in_order(lambda frame: _still(frame, choices), development)
        with closing(stills), _disk(path), safe_file.new_folder(path) as put:
            for done, (frame, still) in enumerate(zip(development, stills, strict=True), 1):
                put(f"step-{frame.number:03}.png", still)
                tell(done / len(development))
    else:
        data = _whole(development, choices, tell)
        with _disk(path):
            safe_file.create(path, data)


def _whole(development: Sequence[Frame], choices: Choices, tell: Tell) -> bytes:
    """The one file."""
    match choices.format:
        case Format.MP4:
            return _video(_shown(development, choices), choices, tell)
        case Format.SHEET:
            return _encoded(_contact_sheet(development, choices, tell), "PNG")
        case _:
            return _animation(_shown(development, choices), choices, tell)


def _animation(shown: Sequence[Shown], choices: Choices, tell: Tell) -> bytes:
    stills = []
    with closing(_in_order(lambda each: Still(_still(each[0], choices), each[1]), shown)) as made:
        for still in made:
            stills.append(still)
            tell(len(stills) / len(shown))
    put_together = {Format.GIF: animation.gif, Format.WEBP: animation.webp, Format.APNG: animation.apng}[choices.format]
    return put_together(stills, choices.width, choices.height, choices.timing.loop)


def _video(shown: Sequence[Shown], choices: Choices, tell: Tell) -> bytes:
    """H.264 with a constant frame rate, which every player and editor can read: pictures are repeated for as long as they are shown."""
    if problem := unavailable(Format.MP4):
        raise problem
    try:
        import av

        av.Codec(_ENCODER, "w")
    except (ImportError, ValueError) as error:
        raise VideoUnable() from error
    file = io.BytesIO()
    room = {"moov_size": str(_MOOV_BYTES + _MOOV_PICTURE_BYTES * sum(stay for _, stay in shown))}
    images = _in_order(lambda each: _image(each[0], choices), shown)
    with closing(images), av.open(file, "w", format="mp4", options=room) as video:
        stream = video.add_stream(_ENCODER, rate=round(1 / TICK), options=_H264)
        stream.width, stream.height, stream.pix_fmt, stream.thread_count = choices.width, choices.height, "yuv420p", _THREADS
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = _LIMITED
        played = 0
        for done, (image, (_, stay)) in enumerate(zip(images, shown, strict=True), 1):
            frame = av.VideoFrame.from_image(image).reformat(format="yuv420p", dst_colorspace=_BT709, dst_color_range=_LIMITED)
            for _ in range(stay):
                frame.pts, played = played, played + 1
                video.mux(stream.encode(frame))
            tell(done / len(shown))
        video.mux(stream.encode(None))
    return file.getvalue()


def _contact_sheet(development: Sequence[Frame], choices: Choices, tell: Tell) -> Image:
    sheet = _Sheet(len(development), choices.width, choices.height)
    image = sheet.empty()
    with closing(_in_order(lambda frame: _image(frame, choices), development)) as images:
        for index, each in enumerate(images):
            image.paste(each, sheet.place(index))
            tell((index + 1) / len(development))
    return image


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The layout of a contact sheet of `count` pictures."""

    count: int
    picture_width: int  # px
    picture_height: int

    @property
    def columns(self) -> int:
        return min(self.count, max(1, round(math.sqrt(self.count * _SHEET_SHAPE * self.picture_height / self.picture_width))))

    @property
    def gap(self) -> int:
        return max(2, self.picture_width // 32)

    @property
    def width(self) -> int:
        return self.columns * (self.picture_width + self.gap) + self.gap

    @property
    def height(self) -> int:
        return math.ceil(self.count / self.columns) * (self.picture_height + self.gap) + self.gap

    def place(self, index: int) -> tuple[int, int]:
        row, column = divmod(index, self.columns)
        return self.gap + column * (self.picture_width + self.gap), self.gap + row * (self.picture_height + self.gap)

    def empty(self) -> Image:
        from PIL import Image

        return Image.new("RGB", (self.width, self.height), _GROUND)


def _shown(development: Sequence[Frame], choices: Choices) -> list[Shown]:
    """The steps in the file, and for how many ticks each is shown."""
    stays = choices.timing.ticks(len(development)) if choices.format.moves else [1] * len(development)
    return [(frame, stay) for frame, stay in zip(development, stays, strict=True) if stay]


def _still(frame: Frame, choices: Choices) -> bytes:
    """One step as a file of its own, in the format from which the export is assembled."""
    image = _image(frame, choices)
    match choices.format:
        case Format.GIF:
            return _encoded(_with_256_colours(image), "GIF", interlace=False)
        case Format.WEBP:
            return _encoded(image, "WEBP", quality=_WEBP_QUALITY)
        case _:
            return _encoded(image, "PNG")


def _image(frame: Frame, choices: Choices) -> Image:
    """The step as it will be shown."""
    image = _fitted(frame.pixels, choices)
    if choices.numbers:
        _write_number(image, f"{frame.number} / {frame.calls}", f"{frame.calls} / {frame.calls}")
    return image


def _fitted(pixels: Pixels, choices: Choices) -> Image:
    from PIL import Image

    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    size = (choices.width, choices.height)
    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)


def _reduced(image: Image, side: int) -> Pixels:
    image.thumbnail((side, side))
    return _pixels(image)


def _pixels(image: Image) -> Pixels:
    return Pixels(image.width, image.height, image.tobytes())


def _write_number(image: Image, text: str, widest: str) -> None:
    """At the lower left, right-aligned in the width of the widest number, so that it does not move."""
    from PIL import ImageDraw, ImageFont

    side = min(image.size)
    height = max(_LEAST_NUMBER_HEIGHT, round(_NUMBER_HEIGHT * side))
    font = ImageFont.truetype(str(_FONT), height)
    right, base = height * 0.7 + font.getlength(widest), image.height - height * 0.8
    ImageDraw.Draw(image, "RGBA").text((right, base), text, _INK, font, "rs", stroke_width=height / 9, stroke_fill=_EDGE)


def _with_256_colours(image: Image) -> Image:
    """A palette that covers the range of the picture's own colours; those in between are dithered (Floyd and Steinberg 1976)."""
    from PIL import Image

    few = image.resize((_COLOURS_SIDE, _COLOURS_SIDE), Image.Resampling.NEAREST)
    colours = few.quantize(256, Image.Quantize.MAXCOVERAGE)
    return image.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG)


def _encoded(image: Image, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def _in_order(make: Callable[[T], U], items: Iterable[T]) -> Generator[U]:
    """Yield `make(item)` for each item, in order. Several are made at the same time, and ahead."""
    with ThreadPoolExecutor(_THREADS, "export") as threads:
        ahead: deque[Future[U]] = deque()
        try:
            for item in items:
                ahead.append(threads.submit(make, item))
                if len(ahead) > _AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Raise errors of the disk as `FileExists` or `ExportUnwritable`."""
    try:
        yield
    except FileExistsError as error:
        raise FileExists(file=path) from error
    except OSError as error:
        raise ExportUnwritable(folder=path.parent, problem=safe_file.why(error)) from error
