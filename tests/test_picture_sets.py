"""The picture sets that ship with Safelight."""

import numpy as np
import pytest

from desktop.learn.pictures import BUNDLED, read_bundled


@pytest.mark.slow
@pytest.mark.parametrize(("key", "count", "kinds"), [("digits", 1797, 10), ("things16", 3000, 10), ("things32", 3000, 10)])
def test_a_bundled_set_is_whole(key: str, count: int, kinds: int) -> None:
    bundled = next(entry for entry in BUNDLED if entry.key == key)
    pictures = read_bundled(key)
    assert pictures.pixels.shape == (count, bundled.side, bundled.side, 3)
    assert pictures.pixels.dtype == np.uint8
    assert pictures.labels is not None
    assert len(pictures.kinds) == kinds
    assert np.bincount(pictures.labels, minlength=kinds).min() > 0.9 * count / kinds


@pytest.mark.slow
def test_small_things_are_the_large_ones_reduced() -> None:
    small, large = read_bundled("things16").pixels[:20].astype(float), read_bundled("things32").pixels[:20].astype(float)
    assert np.abs(small - large.reshape(20, 16, 2, 16, 2, 3).mean((2, 4))).max() <= 0.5


def test_sets_are_the_same_if_pixels_and_labels_are() -> None:
    pictures = read_bundled("digits")
    assert pictures.fingerprint == read_bundled("digits").fingerprint
    assert pictures.fingerprint != pictures.first(1796).fingerprint
