"""Packed snapshots are restored bit for bit, pictures exactly or nearly; invalid bytes are refused."""

import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.diffusion.run import Pixels
from desktop.library import packing
from desktop.library.packing import NotPacked, pack, press, press_exactly, unpack, unpress


def smooth(width: int, height: int) -> Pixels:
    return Pixels(
        width, height, bytes(channel for y in range(height) for x in range(width) for channel in (255 * x // width, 255 * y // height, 90))
    )


def noise(width: int, height: int) -> Pixels:
    return Pixels(width, height, random.Random(width).randbytes(width * height * 3))


@given(st.binary(max_size=300))
def test_a_snapshot_comes_back_bit_for_bit(snapshot):
    assert unpack(pack(snapshot)) == snapshot


@pytest.mark.parametrize(("format", "share"), [("<f", 0.9), ("<e", 0.93)])
def test_the_exponents_of_noise_are_made_small(format, share):
    dice = random.Random(1)
    snapshot = b"".join(struct.pack(format, dice.gauss(0, 1)) for _ in range(16384))
    assert len(pack(snapshot)) <= share * len(snapshot)
    assert unpack(pack(snapshot)) == snapshot


@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 255))
def test_what_is_no_packed_snapshot_is_refused(snapshot, place, byte):
    packed = bytearray(pack(snapshot))
    packed[place % len(packed)] = byte
    try:
        assert len(unpack(bytes(packed))) < 1000
    except NotPacked:
        pass


def test_a_small_file_does_not_become_a_large_snapshot():
    bomb = zlib.compress(bytes(10 << 20), wbits=-15)
    for length in (10 << 20, 20, 2**32 - 1):
        with pytest.raises(NotPacked):
            unpack(packing._HEAD.pack(2, length, len(bomb)) + bomb + bytes(10))


@pytest.mark.parametrize("make", [smooth, noise])
@pytest.mark.parametrize("size", [(1, 1), (30, 200), (64, 64), (512, 512)])
def test_a_preview_takes_no_more_than_it_may(make, size):
    pixels = make(*size)
    pressed = press(pixels)
    assert len(pressed) <= packing.PREVIEW_BYTES * int((size[0] * size[1]) ** 0.5) + 600
    seen = unpress(pressed)
    assert seen.width / seen.height == pytest.approx(size[0] / size[1], rel=0.1)
    if make is smooth:
        assert (seen.width, seen.height) == size
        assert max(abs(one - other) for one, other in zip(seen.data, pixels.data, strict=True)) <= 12


def test_the_finished_picture_comes_back_exactly():
    for pixels in (smooth(48, 32), noise(48, 32)):
        assert unpress(press_exactly(pixels)) == pixels


@pytest.mark.parametrize("damaged", [b"", b"\xff\xd8\xff", press(smooth(64, 64))[:300], press_exactly(noise(64, 64))[:-200]])
def test_what_is_no_picture_is_refused(damaged):
    with pytest.raises(NotPacked):
        unpress(damaged)


def test_a_picture_larger_than_any_of_ours_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(packing, "MOST_PIXELS", 100)
    with pytest.raises(NotPacked):
        unpress(press(smooth(11, 10)))
