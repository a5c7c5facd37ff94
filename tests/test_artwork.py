"""Pictures with their recipes: atomic saving, and opening files of any kind."""

import errno
import io
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels
from desktop.errors import DiskFull, FileExists, FolderUnwritable, FormatUnknown, PictureUnreadable, RecipeTooLong
from desktop.library import safe_file
from desktop.library.artwork import Artwork, open_artwork, read_pixels, reopened, save, save_in, write_pixels
from tests.png_kit import itxt, png, strictly_checked
from tests.saving_forever import PHASES

ROOT = Path(__file__).parent.parent
MOMENT = datetime(2026, 11, 22, 23, 59, 58, tzinfo=timezone(timedelta(hours=8)))
RECIPE = Recipe.of(
    prompt="a (mouse:1.2) is\nplaying 吉他 🎸", negative_prompt="blurry", sampler="DPM++ 2M Karras", guidance_scale=7.25, seed=42
)
PIXELS = Pixels(48, 32, bytes(random.Random(1).randbytes(48 * 32 * 3)))
ARTWORK = Artwork(PIXELS, RECIPE, {"torch": "2.13.0", "threads": 2, "fingerprint": "abc"}, MOMENT)
OLD = b"what was there before"


def pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


# -- there and back


def test_a_png_brings_everything_back(tmp_path):
    path = save(ARTWORK, tmp_path / "mouse.png")
    opened = open_artwork(path)
    assert (opened.pixels, opened.recipe, opened.lost) == (PIXELS, RECIPE, ())
    assert (opened.environment, opened.created, opened.step, opened.intact) == (ARTWORK.environment, MOMENT, None, True)
    texts = strictly_checked(path.read_bytes())
    assert texts["parameters"].startswith("a (mouse:1.2) is\nplaying 吉他 🎸\nNegative prompt: blurry\nSteps: 50, Sampler: DPM++ 2M, ")
    assert json.loads(texts["safelight"])["recipe"]["sampling"]["seed"] == 42


@pytest.mark.parametrize("name", ["mouse.jpg", "mouse.JPEG", "mouse.webp", "mouse.avif"])
def test_lossy_pictures_bring_the_recipe_back(tmp_path, name):
    opened = open_artwork(save(ARTWORK, tmp_path / name))
    assert (opened.recipe, opened.lost, opened.environment, opened.created) == (RECIPE, (), ARTWORK.environment, MOMENT)
    assert opened.intact is None  # lossy: the pixels are never quite those that were made
    assert (opened.pixels.width, opened.pixels.height, len(opened.pixels.data)) == (48, 32, 48 * 32 * 3)
    with Image.open(tmp_path / name) as image:  # as A1111 reads it
        comment = image.getexif().get_ifd(0x8769)[0x9286]
    assert comment[:8] == b"UNICODE\0"
    assert comment[8:].decode("utf-16-be").startswith("a (mouse:1.2) is\nplaying 吉他 🎸\nNegative prompt")


@pytest.mark.parametrize("prompt", ["a mouse", "a moose", "吉他 🎸"])
@pytest.mark.parametrize("ending", ["jpg", "webp", "avif"])
def test_the_exif_texts_are_of_the_type_that_other_programs_expect(tmp_path, ending, prompt):
    path = save(replace(ARTWORK, recipe=RECIPE.with_values(prompt=prompt)), tmp_path / f"mouse.{ending}")
    with Image.open(path) as image:
        tiff = image.info["exif"].removeprefix(b"Exif\0\0")
    assert tiff[:8] == b"MM\0*\0\0\0\x08"
    assert struct.unpack_from(">HHHLLL", tiff, 8) == (1, 0x8769, 4, 1, 26, 0)
    texts = {}
    for entry in range(struct.unpack_from(">H", tiff, 26)[0]):
        tag, kind, size, place = struct.unpack_from(">HHLL", tiff, 28 + 12 * entry)
        assert (kind, place % 2) == (7, 0)  # UNDEFINED
        texts[tag] = tiff[place : place + size]
    assert list(texts) == [0x927C, 0x9286]
    assert texts[0x9286].startswith(b"UNICODE\0" + prompt.encode("utf-16-be"))
    assert json.loads(texts[0x927C].removeprefix(b"Safelight\0"))["recipe"]["sampling"]["seed"] == 42


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_a_picture_of_an_earlier_version_with_texts_of_type_byte_is_opened(tmp_path, ending):
    with Image.open(save(ARTWORK, tmp_path / "mouse.jpg")) as image:
        texts = image.getexif().get_ifd(0x8769)
    exif = Image.Exif()
    exif[0x8769] = {tag: texts[tag] for tag in (0x927C, 0x9286)}  # Pillow writes these as BYTE
    Image.new("RGB", (64, 64)).save(tmp_path / f"earlier.{ending}", exif=exif)
    opened = open_artwork(tmp_path / f"earlier.{ending}")
    assert (opened.recipe, opened.lost, opened.environment, opened.created) == (RECIPE, (), ARTWORK.environment, MOMENT)


def test_a_step_says_which_one_it_is(tmp_path):
    path = save(replace(ARTWORK, step=(23, 50)), tmp_path / "step.png")
    opened = open_artwork(path)
    assert (opened.step, opened.recipe, opened.lost) == ((23, 50), RECIPE, ())
    assert "Saved step: 23 of 50" in strictly_checked(path.read_bytes())["parameters"]


def test_pillow_and_a1111_read_the_text_of_ours(tmp_path):
    with Image.open(save(ARTWORK, tmp_path / "mouse.png")) as image:
        assert "Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.25, Seed: 42" in image.text["parameters"]


def test_a_picture_that_was_painted_over_says_so(tmp_path):
    path = save(ARTWORK, tmp_path / "mouse.png")
    with Image.open(path) as image:
        texts = PngInfo()
        for keyword, text in image.text.items():
            texts.add_itxt(keyword, text)
        image.putpixel((3, 3), (1, 2, 3))
        image.save(tmp_path / "edited.png", pnginfo=texts)
    opened = open_artwork(tmp_path / "edited.png")
    assert (opened.recipe, opened.intact) == (RECIPE, False)


def test_a_picture_of_another_program_is_opened(tmp_path):
    texts = PngInfo()
    texts.add_text(
        "parameters", "a mouse\nSteps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 3, Size: 64x64, Model: v1-5"
    )
    Image.new("RGBA", (64, 64), "red").save(tmp_path / "a1111.png", pnginfo=texts)
    opened = open_artwork(tmp_path / "a1111.png")
    assert opened.recipe == Recipe.of(
        prompt="a mouse", negative_prompt="", model="v1-5", sampler="Euler a", steps=20, guidance_scale=7.0, width=64, height=64, seed=3
    )
    assert opened.pixels.data[:3] == b"\xff\0\0"
    assert (opened.intact, opened.created) == (None, None)


@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le"])
def test_a_jpeg_of_another_program_is_opened(tmp_path, order):
    exif = Image.Exif()
    exif[0x8769] = {0x9286: b"UNICODE\0" + "a mouse\nSteps: 20, Sampler: DDIM, Seed: 3, Size: 64x64".encode(order)}
    Image.new("RGB", (64, 64)).save(tmp_path / "other.jpg", exif=exif)
    opened = open_artwork(tmp_path / "other.jpg")
    assert (opened.recipe.prompt.text, opened.recipe.sampling.steps, opened.recipe.sampling.seed) == ("a mouse", 20, 3)
    assert set(opened.lost) == {"model", "guidance_scale"}


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_a_picture_without_a_recipe_is_shown_all_the_same(tmp_path, mode):
    Image.new(mode, (9, 7)).save(tmp_path / "plain.png")
    opened = open_artwork(tmp_path / "plain.png")
    assert (opened.recipe, opened.lost, opened.pixels.width, opened.pixels.height) == (None, (), 9, 7)
    assert len(opened.pixels.data) == 9 * 7 * 3


def test_a_transparent_picture_lies_on_white(tmp_path):
    Image.new("RGBA", (9, 7), (200, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("LA", (9, 7), (0, 128)).save(tmp_path / "half.png")
    assert set(open_artwork(tmp_path / "clear.png").pixels.data) == {255}
    assert set(open_artwork(tmp_path / "half.png").pixels.data) == {127}


def test_a_damaged_text_does_not_hide_the_picture(tmp_path):
    (tmp_path / "bad.png").write_bytes(png(itxt("safelight", b"{"), itxt("parameters", zlib.compress(b"\0" * (5 << 20)), packed=True)))
    opened = open_artwork(tmp_path / "bad.png")
    assert (opened.recipe, opened.lost, opened.pixels.width) == (None, ("parameters", "safelight"), 2)


def test_what_is_no_picture_is_refused_in_plain_words(tmp_path):
    whole = save(ARTWORK, tmp_path / "whole.png").read_bytes()
    photo = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(photo, "JPEG")
    bitmap = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(bitmap, "BMP")
    files = {
        "empty.png": b"",
        "text.png": b"no picture",
        "cut.png": whole[:-20],
        "damaged.png": whole[:-100] + b"?" + whole[-99:],
        "cut.jpg": photo.getvalue()[:300],
        "head.webp": b"RIFF\x24\0\0\0WEBPVP8 ",
        "other.png": bitmap.getvalue(),
        "large.png": png(width=20_000, height=20_000, pixels=zlib.compress(b"")),
        "long.png": png(width=70_000, height=1, pixels=zlib.compress(bytes(210_001))),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "pipe.png")
    for name in (*files, "pipe.png", "missing.png", "."):
        with pytest.raises(PictureUnreadable) as refused:
            open_artwork(tmp_path / name)
        assert str(refused.value).startswith(str(tmp_path / name))
        assert str(refused.value).endswith(".")


def test_an_enormous_photograph_is_refused(tmp_path):
    photo = io.BytesIO()
    Image.new("L", (16, 16)).save(photo, "JPEG")
    data = photo.getvalue()
    start = data.index(b"\xff\xc0") + 5  # the frame header's height and width
    for height, width in ((8000, 8000), (60_000, 60_000)):
        (tmp_path / "large.jpg").write_bytes(data[:start] + struct.pack(">HH", height, width) + data[start + 4 :])
        with pytest.raises(PictureUnreadable):
            open_artwork(tmp_path / "large.jpg")


# -- names and folders


def test_each_day_has_its_folder_and_nothing_is_overwritten(tmp_path):
    paths = [save_in(ARTWORK, tmp_path / "not" / "yet", "{seed} {words}") for _ in range(3)]
    assert [path.name for path in paths] == [f"42 a mouse is playing 吉他 🎸{end}.png" for end in ("", "-2", "-3")]
    assert {path.parent for path in paths} == {tmp_path / "not" / "yet" / "2026-11-22"}
    for path in paths:
        strictly_checked(path.read_bytes())


def test_pictures_can_be_numbered(tmp_path):
    names = [save_in(ARTWORK, tmp_path, "{number}-{seed}").name for _ in range(3)]
    assert names == ["0001-42.png", "0002-42.png", "0003-42.png"]
    (tmp_path / "2026-11-22" / names[1]).unlink()
    assert save_in(ARTWORK, tmp_path, "{number}-{seed}").name == "0004-42.png"


HOSTILE = [
    "",
    ".",
    "..",
    "/",
    "../../../../etc/passwd",
    "C:\\Windows\\system32",
    "CON",
    "nul",
    "aux.png",
    "com1.txt",
    "a" * 5000,
    "词" * 3000,
    "🎸" * 900,
    "👨‍👩‍👧‍👦" * 90,
    "\0",
    "\n\n",
    "\u202egnp.exe",
    "שלום עולם",
    "مرحبا بالعالم",
    "$(rm -rf /)",
    "`id`",
    "-rf",
    "~",
    "~/x",
    "%2e%2e%2f",
    "{seed}{0}",
    "*?",
    "\ud800",
    "\udfff\ud800",
    "e\u0301" * 200,
    "Z\u0310\u0352" * 300,
    " ",
    "  x  ",
    "x.",
    "x ",
    ".x",
    "a\tb\rc",
    "\u2028\u2029",
    "\ufeffbom",
    "a:b",
    '"',
    "'; DROP TABLE pictures; --",
    "<b>bold</b>",
    "\\\\server\\share",
    "file:///etc/passwd",
    "\x7f\x80\x9f",
    "ｆｕｌｌ／ｗｉｄｔｈ",
]


@pytest.mark.slow
@settings(max_examples=160, deadline=None)
@given(st.text(st.characters(codec=None), max_size=300))
def test_any_prompt_is_saved_inside_the_folder_and_read_back(tmp_path_factory, prompt):
    survives(tmp_path_factory.getbasetemp() / "any", prompt)


@pytest.mark.slow
@pytest.mark.parametrize("prompt", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_prompt_is_saved_inside_the_folder_and_read_back(tmp_path, prompt):
    survives(tmp_path, prompt)


def survives(folder: Path, prompt: str) -> None:
    tiny = Artwork(Pixels(1, 1, b"abc"), Recipe.of(prompt=prompt, model=prompt), {}, MOMENT)
    path = save_in(tiny, folder, "{words}")
    assert path.resolve().parent == (folder / "2026-11-22").resolve()
    assert pictures(folder) == [path]
    recipe = open_artwork(path).recipe
    assert recipe.prompt.text == prompt.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    shutil.rmtree(folder / "2026-11-22")


def test_save_as_never_overwrites(tmp_path):
    for name in ("mouse.png", "mouse.jpg", "mouse.webp"):
        (tmp_path / name).write_bytes(OLD)
        with pytest.raises(FileExists, match=f"{name} already exists"):
            save(ARTWORK, tmp_path / name)
        assert (tmp_path / name).read_bytes() == OLD


def test_a_picture_from_disk_is_saved_elsewhere_with_its_own_story_and_no_other(tmp_path):
    step = replace(ARTWORK, step=(20, 50), recipe=RECIPE.with_values(model="not here"))
    again = save(reopened(save(step, tmp_path / "step.png")), tmp_path / "again.png")
    assert (again.read_bytes(), open_artwork(again).step) == ((tmp_path / "step.png").read_bytes(), (20, 50))
    bare = tmp_path / "photo.png"
    write_pixels(PIXELS, bare)
    for name in ("copy.png", "copy.jpg"):
        assert open_artwork(save(reopened(bare), tmp_path / name)).recipe is None
    assert open_artwork(save_in(reopened(bare), tmp_path)).recipe is None


def test_save_as_says_what_is_wrong(tmp_path):
    (tmp_path / "file").write_bytes(OLD)
    with pytest.raises(FormatUnknown, match=r"\.png, \.jpg, \.jpeg, \.webp, \.avif, but not as mouse\.gif"):
        save(ARTWORK, tmp_path / "mouse.gif")
    with pytest.raises(FolderUnwritable, match="it does not exist"):
        save(ARTWORK, tmp_path / "missing" / "mouse.png")
    with pytest.raises(FolderUnwritable, match="it is not a folder"):
        save(ARTWORK, tmp_path / "file" / "mouse.png")
    with pytest.raises(FolderUnwritable, match="it is not a folder"):
        save_in(ARTWORK, tmp_path / "file")
    with pytest.raises(RecipeTooLong, match=r"Save the picture as \.png"):
        save(replace(ARTWORK, recipe=RECIPE.with_values(prompt="long " * 9000)), tmp_path / "mouse.jpg")
    assert os.listdir(tmp_path) == ["file"]


def test_a_frame_replaces_the_one_before(tmp_path):
    for _ in range(2):
        write_pixels(PIXELS, tmp_path / "step-001.png")
    assert read_pixels(tmp_path / "step-001.png") == PIXELS
    assert strictly_checked((tmp_path / "step-001.png").read_bytes()) == {}
    with pytest.raises(FolderUnwritable):
        write_pixels(PIXELS, tmp_path / "missing" / "step-001.png")


# -- failures


@pytest.mark.slow
@pytest.mark.parametrize("persistent", [False, True], ids=["once", "persistent"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT], ids=errno.errorcode.get)
@pytest.mark.parametrize("tmpfile", [True, False], ids=["nameless", "aside"])
def test_any_failing_call_means_a_worded_error_and_no_half_picture(tmp_path, system, tmpfile, error, persistent):
    worded = DiskFull if error in (errno.ENOSPC, errno.EDQUOT) else FolderUnwritable
    for number in range(1, 100):
        folder = tmp_path / str(number)
        faulty = system(fail_at=number, error=error, persistent=persistent, tmpfile=tmpfile)
        saved = None
        try:
            saved = save_in(ARTWORK, folder)
        except worded as problem:
            assert str(folder) in str(problem)  # noqa: PT017   it may succeed as well
        whole = [path for path in pictures(folder) if path.suffix == ".png"]
        if "unlink" not in faulty.failed:  # where tidying up failed too, a whole picture or a stray may be left
            assert pictures(folder) == ([saved] if saved else [])
        for path in whole:
            assert json.loads(strictly_checked(path.read_bytes())["safelight"])["recipe"]["sampling"]["seed"] == 42
        system()
        assert open_artwork(save_in(ARTWORK, folder)).intact  # what was kept in memory is saved once the cause is gone
        if not faulty.failed:
            break
    assert number > 14


def test_a_folder_that_vanishes_is_made_again_once(tmp_path, monkeypatch):
    folder = tmp_path / "pictures"
    making, made = safe_file.make_folder, []

    def make_and_lose(day: Path, times: int) -> None:
        making(day)
        made.append(day)
        if len(made) <= times:
            shutil.rmtree(folder)

    monkeypatch.setattr(safe_file, "make_folder", lambda day: make_and_lose(day, 1))
    assert open_artwork(save_in(ARTWORK, folder)).intact
    made.clear()
    monkeypatch.setattr(safe_file, "make_folder", lambda day: make_and_lose(day, 9))
    with pytest.raises(FolderUnwritable, match="it does not exist"):
        save_in(ARTWORK, folder)
    assert len(made) == 2


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_no_broken_picture(tmp_path):
    """80 grandchildren, each killed somewhere in its first few pictures; what they called saved is there, and all there is is whole."""
    dice = random.Random(80)
    phases: Counter[str] = Counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.saving_forever"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as saver:

        def start(folder: Path) -> int:
            folder.mkdir(exist_ok=True)
            saver.stdin.write(f"{folder}\n")
            saver.stdin.flush()
            return int(saver.stdout.readline())

        child, moments = start(tmp_path / "measured"), []
        while len(moments) < 10:  # when each of its pictures was there; a busy machine takes longer
            moments += [time.perf_counter()] * (len(said_to_be_saved(tmp_path / "measured")) - len(moments))
            time.sleep(0.001)
        os.kill(child, signal.SIGKILL)
        longest = min(5 * (moments[-1] - moments[0]) / 9, 0.15)
        for number in range(80):
            folder = tmp_path / str(number % 10)  # eight in each, one after another, as after a crash
            child = start(folder)
            while not (folder / "phase").exists():
                time.sleep(0.0005)
            time.sleep(dice.uniform(0, longest))
            os.kill(child, signal.SIGKILL)
            phases[PHASES[((folder / "phase").read_bytes() or b"\0")[0]]] += 1
            (folder / "phase").unlink()
        saver.stdin.close()
    present, acknowledged = 0, 0
    for folder in tmp_path.iterdir():
        found = pictures(folder / "pictures")
        assert set(said_to_be_saved(folder)) <= set(found)
        for path in found:
            seed = json.loads(strictly_checked(path.read_bytes())["safelight"])["recipe"]["sampling"]["seed"]
            assert f"-{seed}-a mouse 🎸" in path.name
            assert open_artwork(path).intact
        present, acknowledged = present + len(found), acknowledged + len(said_to_be_saved(folder))
    print(f"80 kills, {acknowledged} pictures said to be saved, {present} there, killed while: {dict(phases)}")
    assert acknowledged >= 15
    assert phases["fsync"] >= 3  # most kills must hit a write; test_safe_file.py fails every call


def said_to_be_saved(folder: Path) -> list[Path]:
    return [Path(line) for line in (folder / "saved").read_text().splitlines()] if (folder / "saved").exists() else []
