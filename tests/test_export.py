"""Exported animations: readable by other programs, written atomically, never over an existing file."""

import errno
import os
import shutil
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from desktop.diffusion.recipe import Recipe, Size
from desktop.diffusion.run import Pixels, Run, View
from desktop.errors import ExportUnwritable, FileExists, VideoMissing, VideoUnable
from desktop.library import export, safe_file
from desktop.library.animation import TICK
from desktop.library.artwork import read_pixels
from desktop.library.export import Choices, Format, Frame, Timing
from tests.developed import developed, estimate_colour, plain
from tests.faulty_os import FaultyOs
from tests.small_disks import printed_json

MOVING = [format for format in Format if format.moves and format is not Format.MP4]
WRITABLE = [
    pytest.param(format, marks=pytest.mark.skipif(export.unavailable(format) is not None, reason="PyAV is not installed"))
    for format in Format
]
EVEN = Timing(seconds=3, ease_out=False, hold=1)
CALLS = 20


@pytest.fixture
def development() -> list[Frame]:
    return list(export.read_frames(developed(CALLS), View.ESTIMATE))


def chosen(format: Format, **how: object) -> Choices:
    return replace(Choices(format=format, width=64, height=64, timing=EVEN, numbers=False), **how)


def written(development: list[Frame], choices: Choices, folder: Path) -> Path:
    path, told = folder / f"out{choices.format.suffix}", []
    export.write(development, choices, path, told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    return path


class Enough(Exception):
    """What a person who gives up raises."""


def after(pictures: int, do: Callable[[], None]) -> Callable[[float], None]:
    """Do it when so many pictures are done."""

    def tell(_: float) -> None:
        nonlocal pictures
        pictures -= 1
        if not pictures:
            do()

    return tell


def give_up() -> None:
    raise Enough


def ignore(_: float) -> None:
    pass


def middle(image: Image.Image) -> tuple[int, ...]:
    return image.convert("RGB").getpixel((image.width // 2, image.height // 2))


def near(one: tuple[int, ...], other: tuple[int, ...], most: int = 6) -> bool:
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk, its checksum compared."""
    place = 8
    while place < len(data):
        length, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        assert zlib.crc32(kind + body) == int.from_bytes(data[place + 8 + length : place + 12 + length])
        yield kind, body
        place += 12 + length
    assert place == len(data)


def boxes(data: bytes) -> list[bytes]:
    """The kinds of an MP4's outer boxes."""
    place, found = 0, []
    while place < len(data):
        found.append(data[place + 4 : place + 8])
        place += int.from_bytes(data[place : place + 4])
    assert place == len(data)
    return found


# -- what is shown


def test_an_animation_goes_from_the_noise_to_the_finished_picture():
    run = developed(CALLS)
    estimates, noisy = list(export.read_frames(run, View.ESTIMATE)), list(export.read_frames(run, View.NOISY))
    assert [frame.number for frame in estimates] == [frame.number for frame in noisy] == list(range(CALLS + 1))
    assert estimates[0].pixels is run.steps[0].noisy
    assert estimates[7].pixels is run.steps[7].estimate
    assert noisy[7].pixels is run.steps[7].noisy
    assert estimates[-1].pixels is noisy[-1].pixels is run.picture


def test_a_stopped_run_is_exported_up_to_its_last_step():
    run = developed(CALLS, done=6)
    development = list(export.read_frames(run, View.ESTIMATE))
    assert [(frame.number, frame.calls) for frame in development] == [(number, CALLS) for number in range(7)]
    assert development[-1].pixels is run.steps[6].estimate


def test_without_previews_only_the_picture_can_be_seen():
    run = developed(CALLS, previews=False)
    assert [frame.number for frame in export.read_frames(run, View.ESTIMATE)] == [CALLS]
    assert list(export.read_frames(Run(Recipe()), View.ESTIMATE)) == []


# -- how long


@pytest.mark.parametrize("timing", [Timing(), EVEN, Timing(seconds=12.34, hold=0), Timing(seconds=1, hold=0.5), Timing(0.5, hold=0.5)])
@pytest.mark.parametrize("count", [1, 2, 7, 51, 300])
def test_an_animation_is_as_long_as_asked_and_shows_its_first_and_last_picture(timing: Timing, count: int):
    ticks = timing.ticks(count)
    assert len(ticks) == count
    assert sum(ticks) == round(timing.seconds / TICK)
    assert min(ticks) >= 0
    assert ticks[0] > 0
    assert ticks[-1] >= min(timing.seconds, timing.hold) / TICK - 1


def test_without_ease_out_every_picture_is_shown_equally_long():
    ticks = Timing(seconds=5, ease_out=False, hold=0.92).ticks(51)
    assert set(ticks[:-1]) == {4}
    assert ticks[-1] == 4 + 46


def test_ease_out_slows_down_four_times():
    ticks = Timing(seconds=10, hold=0).ticks(50)
    thirds = sum(ticks[:16]), sum(ticks[17:33]), sum(ticks[34:])
    assert thirds[0] < thirds[1] < thirds[2]
    assert sum(ticks[-5:]) / sum(ticks[:5]) == pytest.approx(export.SLOWDOWN, rel=0.2)


def test_pictures_that_there_is_no_time_for_are_left_out(tmp_path: Path):
    development = list(export.read_frames(developed(150), View.ESTIMATE))
    path = written(development, chosen(Format.GIF, timing=Timing(seconds=1, hold=0.5)), tmp_path)
    with Image.open(path) as image:
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert 20 <= len(durations) <= 26
    assert sum(durations) == 1000
    assert min(durations) == 20


# -- what others read


@pytest.mark.parametrize("format", MOVING)
def test_an_animation_is_read_by_pillow(tmp_path: Path, development: list[Frame], format: Format):
    path = written(development, chosen(format), tmp_path)
    with Image.open(path) as image:
        assert image.format == {Format.GIF: "GIF", Format.WEBP: "WEBP", Format.APNG: "PNG"}[format]
        assert image.size == (64, 64)
        assert image.info["loop"] == 0
        assert image.n_frames == CALLS + 1
        durations = []
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            frame.load()
            durations.append(frame.info["duration"])
            expected = estimate_colour(number) if 0 < number < CALLS else (20, 20, 40) if number == 0 else (250, 0, 0)
            assert near(middle(frame), expected), number
    assert durations == [ticks * 1000 * TICK for ticks in EVEN.ticks(CALLS + 1)]
    assert sum(durations) == 3000


@pytest.mark.parametrize("format", MOVING)
def test_an_animation_that_is_not_repeated_says_so(tmp_path: Path, development: list[Frame], format: Format):
    path = written(development, chosen(format, timing=replace(EVEN, loop=False)), tmp_path)
    with Image.open(path) as image:
        assert image.n_frames == CALLS + 1
        assert image.info.get("loop") == (None if format is Format.GIF else 1)  # a GIF without the extension plays once


def test_the_chunks_of_an_apng_are_what_the_standard_asks(tmp_path: Path, development: list[Frame]):
    data = written(development, chosen(Format.APNG), tmp_path).read_bytes()
    chunks = list(png_chunks(data))
    kinds = [kind for kind, _ in chunks]
    assert kinds == [b"IHDR", b"acTL", b"fcTL", b"IDAT", *([b"fcTL", b"fdAT"] * CALLS), b"IEND"]
    assert chunks[1][1] == (CALLS + 1).to_bytes(4) + bytes(4)
    numbered = [int.from_bytes(body[:4]) for kind, body in chunks if kind in (b"fcTL", b"fdAT")]
    assert numbered == list(range(2 * CALLS + 1))
    for kind, body in chunks:
        if kind == b"fcTL":
            assert (int.from_bytes(body[4:8]), int.from_bytes(body[8:12]), body[12:20]) == (64, 64, bytes(8))
            assert int.from_bytes(body[22:24]) == 50
    pictures = [body if kind == b"IDAT" else body[4:] for kind, body in chunks if kind in (b"IDAT", b"fdAT")]
    assert all(len(zlib.decompress(picture)) == 64 * (1 + 3 * 64) for picture in pictures)


@pytest.mark.slow
@pytest.mark.parametrize("format", [Format.GIF, Format.APNG, Format.MP4])
def test_a_second_reader_sees_the_same(tmp_path: Path, development: list[Frame], format: Format):
    av = pytest.importorskip("av")
    path = written(development, chosen(format), tmp_path)
    with av.open(path) as container:
        [stream] = container.streams
        seen = [frame.to_image() for frame in container.decode(stream)]
    assert seen[0].size == (64, 64)
    assert near(middle(seen[0]), (20, 20, 40))
    assert near(middle(seen[-1]), (250, 0, 0))
    assert len(seen) == (150 if format is Format.MP4 else CALLS + 1)


def test_a_video_is_h264_that_plays_at_once_in_true_colours(tmp_path: Path, development: list[Frame]):
    av = pytest.importorskip("av")
    path = written(development, chosen(Format.MP4, width=96, height=64), tmp_path)
    kinds = boxes(path.read_bytes())
    assert kinds[0] == b"ftyp"
    assert kinds.index(b"moov") < kinds.index(b"mdat")
    with av.open(path) as container:
        [stream] = container.streams
        assert (stream.codec.canonical_name, stream.width, stream.height, stream.pix_fmt) == ("h264", 96, 64, "yuv420p")
        assert stream.average_rate == 50
        assert float(stream.duration * stream.time_base) == pytest.approx(3)
        context = stream.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        frames = [frame.to_image() for frame in container.decode(stream)]
    ticks = EVEN.ticks(CALLS + 1)
    for number in range(1, CALLS):
        assert near(middle(frames[sum(ticks[:number])]), estimate_colour(number)), number


def test_a_contact_sheet_shows_every_step_in_order(tmp_path: Path, development: list[Frame]):
    path = written(development, chosen(Format.SHEET), tmp_path)
    with Image.open(path) as sheet:
        assert sheet.format == "PNG"
        columns, rows = sheet.width // 66, sheet.height // 66
        assert columns * rows >= CALLS + 1 > columns * (rows - 1)
        assert columns > rows
        for number in range(1, CALLS):
            row, column = divmod(number, columns)
            assert sheet.getpixel((2 + 66 * column + 32, 2 + 66 * row + 32)) == estimate_colour(number)
        assert sheet.getpixel((0, 0)) == (13, 11, 10)


def test_steps_are_numbered_pictures_in_a_new_folder(tmp_path: Path, development: list[Frame]):
    folder = written(development, chosen(Format.STEPS), tmp_path)
    assert sorted(os.listdir(folder)) == [f"step-{number:03}.png" for number in range(CALLS + 1)]
    with Image.open(folder / "step-007.png") as image:
        assert image.size == (64, 64)
        assert middle(image) == estimate_colour(7)
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("format", WRITABLE)
def test_previews_of_any_size_become_one_size(tmp_path: Path, format: Format):
    sizes = [(8, 8), (64, 48), (33, 65), (512, 512), (1, 1)]
    development = [
        Frame(Pixels(width, height, bytes((9 * number, 99, 0)) * width * height), number, 4) for number, (width, height) in enumerate(sizes)
    ]
    path = written(development, chosen(format, width=48, height=64), tmp_path)
    if format in MOVING:
        with Image.open(path) as image:
            assert {frame.size for frame in ImageSequence.Iterator(image)} == {(48, 64)}
            assert image.n_frames == 5
    if format is Format.STEPS:
        for each in path.iterdir():
            with Image.open(each) as image:
                assert image.size == (48, 64)


@pytest.mark.parametrize("format", WRITABLE)
def test_a_run_of_one_step_can_be_exported(tmp_path: Path, format: Format):
    path = written(list(export.read_frames(developed(1), View.ESTIMATE)), chosen(format), tmp_path)
    assert path.exists()
    if format in MOVING:
        with Image.open(path) as image:
            assert image.n_frames == 2


@pytest.mark.parametrize("format", WRITABLE)
def test_a_single_picture_can_be_exported(tmp_path: Path, format: Format):
    development = list(export.read_frames(developed(CALLS, previews=False), View.ESTIMATE))
    assert written(development, chosen(format), tmp_path).exists()
    assert export.estimated_bytes(development, chosen(format), ignore) > 0


def test_the_step_number_is_drawn_at_the_lower_left_if_requested(tmp_path: Path):
    grey = [Frame(plain((90, 90, 90), 128), number, 50) for number in (0, 7, 50)]
    left = {}
    for numbers in (False, True):
        sketch = export.sketch(grey, chosen(Format.GIF, width=128, height=128, numbers=numbers), 128, ignore)
        for pixels, frame in zip(sketch, grey, strict=True):
            image = Image.frombytes("RGB", (128, 128), pixels.data)
            written = image.point(lambda value: 255 * (value > 200)).convert("L").getbbox()
            assert (written is not None) is numbers
            if written:
                left[frame.number] = written
    assert all(box[0] > 4 and box[1] > 100 and box[3] < 124 and box[2] < 64 for box in left.values())
    assert left[0][2] == left[7][2] == left[50][2]  # what the digits end at does not wander


# -- what there is to choose from


@pytest.mark.slow
@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize(("width", "height"), [(128, 128), (512, 768), (2048, 64), (1024, 1024)])
@pytest.mark.parametrize("count", [2, 51, 300])
def test_sizes_are_even_keep_the_shape_and_fit_the_memory(format: Format, width: int, height: int, count: int):
    offered = export.sizes(Size(width, height), format, count)
    assert offered
    assert offered == sorted(offered)
    for wide, high in offered:
        assert wide % 2 == high % 2 == 0
        assert abs(wide * height / width - high) <= 2
        assert count * wide * high <= export.MOST_PIXELS
    if (format is not Format.SHEET or count == 2) and count * width * height <= export.MOST_PIXELS:
        assert (width, height) in offered


@pytest.mark.slow
def test_a_sheet_is_never_larger_than_safelight_opens(tmp_path: Path):
    width, height = export.sizes(Size(1024, 1024), Format.SHEET, 300)[-1]
    development = [Frame(plain((1, 2, 3), 8), number, 299) for number in range(300)]
    path = written(development, chosen(Format.SHEET, width=width, height=height), tmp_path)
    assert read_pixels(path).width > 16 * width


def test_a_free_name_is_like_that_of_the_picture(tmp_path: Path):
    run = developed()
    assert export.free_path(run, Format.GIF, tmp_path) == tmp_path / "a red apple-steps.gif"
    run.path = Path("/elsewhere/101112-7-a red apple.png")
    for expected in ("101112-7-a red apple-steps.png", "101112-7-a red apple-steps-2.png", "101112-7-a red apple-steps-3.png"):
        path = export.free_path(run, Format.SHEET, tmp_path)
        assert path == tmp_path / expected
        path.touch()
    assert export.free_path(run, Format.STEPS, tmp_path).name == "101112-7-a red apple-steps"


def test_a_prompt_makes_a_name_that_every_disk_takes(tmp_path: Path):
    run = developed(recipe=Recipe.of(prompt="../../etc: " + "苹果" * 300))
    path = export.free_path(run, Format.WEBP, tmp_path)
    assert path.parent == tmp_path
    assert len(path.name.encode()) <= 200
    path.touch()


@pytest.mark.slow
@pytest.mark.parametrize("format", WRITABLE)
def test_the_size_is_estimated_from_a_few_pictures(tmp_path: Path, format: Format):
    noise = os.urandom(3 * 64 * 64)
    development = [
        Frame(Pixels(64, 64, bytes(min(255, value * (40 - number) // 40 + 3 * number) for value in noise)), number, 40)
        for number in range(41)
    ]
    choices = chosen(format)
    path = written(development, choices, tmp_path)
    size = path.stat().st_size if path.is_file() else sum(each.stat().st_size for each in path.iterdir())
    assert export.estimated_bytes(development, choices, ignore) == pytest.approx(size, rel=0.25)


# -- what can go wrong


@pytest.mark.parametrize("format", WRITABLE)
def test_what_is_there_is_never_overwritten(tmp_path: Path, development: list[Frame], format: Format):
    for there in ("file", "folder", "dangling"):
        path = tmp_path / f"{there}{format.suffix}"
        match there:
            case "file":
                path.write_bytes(b"mine")
            case "folder":
                path.mkdir()
            case _:
                path.symlink_to(tmp_path / "nowhere")
        with pytest.raises(FileExists):
            export.write(development, chosen(format), path, ignore)
        assert there != "file" or path.read_bytes() == b"mine"
    assert len(os.listdir(tmp_path)) == 3


@pytest.mark.parametrize("format", WRITABLE)
def test_a_file_created_meanwhile_is_not_overwritten(tmp_path: Path, development: list[Frame], format: Format):
    path = tmp_path / f"out{format.suffix}"
    with pytest.raises((FileExists, ExportUnwritable)):
        export.write(development, chosen(format), path, after(1, lambda: path.write_bytes(b"mine")))
    assert path.read_bytes() == b"mine"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("format", WRITABLE)
def test_what_is_given_up_leaves_nothing_behind(tmp_path: Path, development: list[Frame], format: Format):
    for so_far in (1, 5, CALLS):
        with pytest.raises(Enough):
            export.write(development, chosen(format), tmp_path / f"out{format.suffix}", after(so_far, give_up))
        assert os.listdir(tmp_path) == []
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("export")]


@pytest.mark.parametrize("format", WRITABLE)
def test_a_folder_that_vanishes_is_reported(tmp_path: Path, development: list[Frame], format: Format):
    folder = tmp_path / "stick"
    folder.mkdir()
    with pytest.raises(ExportUnwritable) as raised:
        export.write(development, chosen(format), folder / f"out{format.suffix}", after(1, lambda: shutil.rmtree(folder)))
    assert raised.value.values == {"folder": folder, "problem": "it does not exist"}
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("format", WRITABLE)
def test_a_folder_that_is_not_there_or_none_is_reported(tmp_path: Path, development: list[Frame], format: Format):
    (tmp_path / "file").touch()
    for folder, problem in (("nowhere", "it does not exist"), ("file", "it is not a folder")):
        with pytest.raises(ExportUnwritable) as raised:
            export.write(development, chosen(format), tmp_path / folder / f"out{format.suffix}", ignore)
        assert raised.value.values["problem"] == problem


@pytest.mark.slow
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS], ids=errno.errorcode.get)
@pytest.mark.parametrize("format", [Format.GIF, Format.STEPS])
def test_any_failing_call_leaves_the_whole_export_or_none(tmp_path: Path, system: Callable[..., FaultyOs], format: Format, error: int):
    development = list(export.read_frames(developed(2), View.ESTIMATE))
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        faulty = system(fail_at=number, error=error)
        path = folder / f"out{format.suffix}"
        try:
            export.write(development, chosen(format), path, ignore)
            assert path.is_file() or len(os.listdir(path)) == 3
        except ExportUnwritable as problem:
            assert problem.values["problem"] == safe_file.why(OSError(error, ""))  # noqa: PT017   it may succeed as well
            assert os.listdir(folder) == [] or "unlink" in faulty.failed
        if not faulty.failed:
            break
    assert number > 8


@pytest.mark.slow
@pytest.mark.parametrize("format", [Format.APNG, Format.STEPS])
def test_a_disk_that_is_really_full(tmp_path: Path, format: Format):
    """On a file system of 300 KB of its own, or with a limit on the size of files where no such can be made."""
    script = f"""
        import json, os
        from pathlib import Path
        from desktop.errors import ExportUnwritable
        from desktop.diffusion.run import Pixels
        from desktop.library import export
        from tests.small_disks import SmallDisk
        disk = Path({str(tmp_path)!r}) / "disk"
        SmallDisk(disk, kilobytes=300, file_kilobytes=20)
        development = [export.Frame(Pixels(96, 96, os.urandom(96 * 96 * 3)), number, 50) for number in range(51)]
        choices = export.Choices(format=export.Format.{format.name}, width=96, height=96)
        try:
            export.write(development, choices, disk / ("out" + choices.format.suffix), lambda done: None)
        except ExportUnwritable as problem:
            print(json.dumps([problem.values["problem"], os.listdir(disk)]))
    """
    assert printed_json(script, tmp_path) == ["the disk is full", []]


def test_what_a_kill_leaves_of_a_folder_is_swept_away_but_not_what_is_being_written(tmp_path: Path, development: list[Frame]):
    left = tmp_path / f"{safe_file.ASIDE}0123"
    left.mkdir()
    (left / "step-000.png").touch()
    export.write(development, chosen(Format.STEPS), tmp_path / "out", after(3, lambda: safe_file.sweep(tmp_path)))
    assert not left.exists()
    assert len(os.listdir(tmp_path / "out")) == CALLS + 1


def test_without_pyav_mp4_says_how_to_get_it(tmp_path: Path, development: list[Frame], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "av", None)
    problem = export.unavailable(Format.MP4)
    assert isinstance(problem, VideoMissing)
    assert str(problem).endswith("-m pip install av")
    assert all(export.unavailable(format) is None for format in Format if format is not Format.MP4)
    with pytest.raises(VideoMissing):
        export.write(development, chosen(Format.MP4), tmp_path / "out.mp4", ignore)
    assert os.listdir(tmp_path) == []


def test_a_video_library_without_h264_is_reported(tmp_path: Path, development: list[Frame], monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("av")
    monkeypatch.setattr(export, "_ENCODER", "no-such-encoder")
    with pytest.raises(VideoUnable):
        export.write(development, chosen(Format.MP4), tmp_path / "out.mp4", ignore)
    assert os.listdir(tmp_path) == []
