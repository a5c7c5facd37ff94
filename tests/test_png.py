"""Untrusted PNG files are read within limits or refused."""

import json
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.library.png import MOST_TEXT, BadPng, take_apart
from tests.png_kit import chunk, itxt, png, strictly_checked

ROOT = Path(__file__).parent.parent
KEYS = ("parameters", "safelight")


def test_texts_of_every_kind_are_read():
    packed = zlib.compress("naïve".encode("latin-1"))
    parts = take_apart(png(chunk(b"tEXt", b"parameters\0na\xefve"), itxt("safelight", "老鼠".encode())), KEYS)
    assert parts.texts == {"parameters": "naïve", "safelight": "老鼠"}
    parts = take_apart(png(chunk(b"zTXt", b"parameters\0\0" + packed), itxt("safelight", zlib.compress("🎸".encode()), packed=True)), KEYS)
    assert parts.texts == {"parameters": "naïve", "safelight": "🎸"}
    assert (parts.width, parts.height, parts.unreadable) == (2, 2, ())


def test_texts_after_the_picture_are_read_and_the_decoder_gets_none():
    parts = take_apart(png(chunk(b"iCCP", b"x\0\0" + b"?" * 99), end=itxt("parameters", b"late") + chunk(b"IEND")), KEYS)
    assert parts.texts == {"parameters": "late"}
    assert parts.picture == png()
    strictly_checked(parts.picture)


BOMB = zlib.compress(b"\0" * (50 << 20))


@pytest.mark.parametrize(
    "bad",
    [
        itxt("parameters", BOMB, packed=True),
        chunk(b"zTXt", b"parameters\0\0" + BOMB),
        chunk(b"zTXt", b"parameters\0\0not deflate"),
        chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"cut")[:-6]),
        chunk(b"tEXt", b"parameters\0" + b"x" * (MOST_TEXT + 1)),
        chunk(b"tEXt", b"parameters\0wrong checksum", crc=1),
        itxt("parameters", b"\xff\xfe not utf-8"),
        chunk(b"iTXt", b"parameters\0\1"),
    ],
    ids=["itxt bomb", "ztxt bomb", "no deflate", "cut deflate", "long", "checksum", "utf-8", "short"],
)
def test_a_bad_text_costs_only_itself(bad):
    parts = take_apart(png(bad, itxt("safelight", b"{}")), KEYS)
    assert parts.texts == {"safelight": "{}"}
    assert parts.unreadable == ("parameters",)
    assert parts.picture == png()


def test_the_first_text_of_a_name_counts():
    parts = take_apart(png(itxt("parameters", b"first"), itxt("parameters", b"second")), KEYS)
    assert parts.texts == {"parameters": "first"}


WHOLE = png(itxt("parameters", b"a mouse"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        WHOLE[:8],
        *(WHOLE[:-cut] for cut in range(1, len(WHOLE) - 8, 7)),
        png(end=b""),  # cut before IEND
        WHOLE.replace(chunk(b"IEND"), chunk(b"IEND", crc=0)),
        WHOLE.replace(b"IDAT", b"IDAX"),
        WHOLE[:8] + WHOLE[33:],  # no header
        png(WHOLE[8:33]),  # two headers
        png(chunk(b"IDAT", crc=5)),
        png(*[chunk(b"tEXt", b"k\0v")] * 1_001),
        png(*[chunk(b"IDAT")] * 20_001),
        png(b"\xff\xff\xff\xffIDAT"),
    ],
)
def test_what_is_no_whole_png_is_refused(data):
    with pytest.raises(BadPng):
        take_apart(data, KEYS)


@given(st.data())
def test_a_changed_byte_is_found_or_harmless(data):
    mutant = bytearray(WHOLE)
    mutant[data.draw(st.integers(0, len(WHOLE) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        parts = take_apart(bytes(mutant), KEYS)
    except BadPng:
        return
    assert parts.picture == png()
    assert parts.texts.get("parameters", "a mouse") == "a mouse"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    for hostile in (data, WHOLE[:8] + data, png(data), png(chunk(b"iTXt", data), chunk(b"zTXt", data))):
        try:
            take_apart(hostile, KEYS)
        except BadPng:
            pass


@pytest.mark.slow
def test_hostile_files_cost_little_memory(tmp_path):
    """Opened in a child of its own: each within 2 s and 256 MB, shown or refused in plain words."""
    huge = zlib.compressobj(1)
    flood = b"".join(huge.compress(b"\0" * (1 << 20)) for _ in range(100)) + huge.flush()
    kit = {
        "text bombs": png(*[itxt("parameters", BOMB, packed=True)] * 900),
        "100,000 chunks": png(*[chunk(b"tEXt", b"k\0v")] * 100_000),
        "100,000 parts of a picture": png(*[chunk(b"IDAT")] * 100_000),
        "cut": WHOLE[:-12],
        "more picture than there is": png(pixels=flood),
        "less picture than there is": png(width=5000, height=5000, pixels=zlib.compress(b"\0" * 100)),
        "too large": png(width=60_000, height=60_000, pixels=zlib.compress(b"")),
        "no size": png(width=0, height=0),
        "deep json": png(itxt("safelight", b"[" * 500_000)),
        "slow for a pattern": png(itxt("parameters", b"Steps: 1, " * 2 + b"a" * 500_000 + b'b:"\\"' * 50_000)),
        "spaces": png(itxt("parameters", b" " * 1_000_000 + b"x")),
        "a long number": png(itxt("safelight", b'{"recipe": {"seed": ' + b"9" * 5000 + b', "steps": 1e999, "width": NaN}}')),
        "64 MB and a bit": WHOLE + b"\0" * (64 << 20),
    }
    for number, data in enumerate(kit.values()):
        (tmp_path / f"{number}.png").write_bytes(data)
    script = f"""
        import json, re
        from pathlib import Path
        from PIL import Image
        from desktop.errors import PictureUnreadable
        from desktop.library import artwork

        def peak():     # MB, of this program alone: getrusage starts with its parent's
            return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

        Image.preinit()
        before, report = peak(), []
        for number in range({len(kit)}):
            try:
                opened = artwork.open_artwork(Path({str(tmp_path)!r}) / f"{{number}}.png")
                outcome = ["shown", list(opened.lost)]
            except PictureUnreadable as error:
                outcome = ["refused", str(error)]
            report.append([peak() - before, *outcome])
        print(json.dumps(report))
    """
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(script)]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    report = dict(zip(kit, json.loads(output), strict=True))
    print({name: round(megabytes) for name, (megabytes, _, _) in report.items()})
    shown = {name for name, (_, outcome, _) in report.items() if outcome == "shown"}
    assert shown == {"text bombs", "deep json", "slow for a pattern", "spaces", "a long number", "more picture than there is"}
    assert max(megabytes for megabytes, _, _ in report.values()) < 256
    assert report["text bombs"][2] == ["parameters"]
