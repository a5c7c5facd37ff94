"""Latents and what they keep of a picture: painting on them, and measuring what comes back. Torch-free.

Latents are C×h×w, float32, as the sampler sees them. Pictures are H×W×3, uint8. What needs the model is work for
`Machine.compute_with`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..diffusion.control import Control

if TYPE_CHECKING:
    from ..diffusion.loaded_model import LoadedModel
    from .autoencoder import Coder

SEEN = 4  # of 255: the change of a colour value from which it counts as seen
AMPLIFIED = 4  # times, in the picture of what was lost


@dataclass(frozen=True, slots=True)
class Loss:
    """How far a picture is from another."""

    mean: float  # mean absolute difference of a colour value, 0…255
    largest: int  # of all of them
    decibels: float  # peak signal-to-noise ratio; inf for equal pictures


def loss(picture: np.ndarray, back: np.ndarray) -> Loss:
    apart = np.abs(picture.astype(np.int16) - back.astype(np.int16))
    square = float(np.square(apart.astype(np.float32)).mean())
    return Loss(float(apart.mean()), int(apart.max()), 20 * math.log10(255 / math.sqrt(square)) if square else math.inf)


def lost(picture: np.ndarray, back: np.ndarray) -> np.ndarray:
    """The absolute difference of two pictures, amplified."""
    apart = np.abs(picture.astype(np.int16) - back.astype(np.int16))
    return np.minimum(AMPLIFIED * apart, 255).astype(np.uint8)


def small_side(numbers: int) -> int:
    """The side of the largest square picture with at most so many numbers."""
    return math.isqrt(numbers // 3)


def as_small_picture(picture: np.ndarray, numbers: int) -> np.ndarray:
    """`picture`, kept as a small picture with at most so many numbers, and enlarged again."""
    from PIL import Image

    side = small_side(numbers)
    small = Image.fromarray(picture).resize((side, side), Image.Resampling.BOX)
    return np.asarray(small.resize((picture.shape[1], picture.shape[0]), Image.Resampling.BICUBIC))


@dataclass(frozen=True, slots=True)
class Reach:
    """What one number of the latents changes in the picture."""

    pixels: int  # that changed so much that it is seen
    square: int  # px, what the number would be in a small picture
    outside: float  # 0…1: share of the changed pixels that are outside that square


def reach(before: np.ndarray, after: np.ndarray, row: int, column: int, position: int) -> Reach:
    """`before`, `after`: the pictures; `position`: px of a side for one position of the latents."""
    changed = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(-1) >= SEEN
    inside = changed[row * position : (row + 1) * position, column * position : (column + 1) * position].sum()
    total = int(changed.sum())
    return Reach(total, position * position, 1 - float(inside) / total if total else 0.0)


def strongest(latents: np.ndarray) -> tuple[int, int, int]:
    """Channel, row and column of the number farthest from zero, with half of the picture around it."""
    _, rows, columns = latents.shape
    top, left = rows // 4, columns // 4
    middle = np.abs(latents[:, top : max(top + 1, rows - top), left : max(left + 1, columns - left)])
    channel, row, column = np.unravel_index(int(middle.argmax()), middle.shape)
    return int(channel), int(row) + top, int(column) + left


def painted(latents: np.ndarray, channel: int, row: float, column: float, value: float, width: int) -> np.ndarray:
    """A copy with `value` in one channel, in a disc of `width` positions around a place."""
    rows, columns = np.indices(latents.shape[1:])
    near = np.hypot(rows - row, columns - column) <= max(width, 1) / 2
    near[int(row), int(column)] = True
    after = latents.copy()
    after[channel][near] = value
    return after


def flipped(latents: np.ndarray, channel: int, row: int | None = None, column: int | None = None) -> np.ndarray:
    """A copy with the opposite sign: of one number, or of a whole channel."""
    after = latents.copy()
    if row is None or column is None:
        after[channel] *= -1
    else:
        after[channel, row, column] *= -1
    return after


def between(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """On the straight line from `first` to `second`; `share` 0…1."""
    return (first + np.float32(share) * (second - first)).astype(np.float32)


# -- with the model


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A picture and its latents, before anything was painted on them."""

    picture: np.ndarray
    latents: np.ndarray  # the picture itself where the coder refuses
    coder: Coder


@dataclass(frozen=True, slots=True, eq=False)
class Back:
    """The picture that latents become."""

    picture: np.ndarray
    loss: Loss | None = None  # None for a preview, as the next
    lost: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Latents against a small picture with as many numbers."""

    reach: Reach  # of the strongest number
    coded: Loss
    small: Loss
    picture: np.ndarray  # the small one, enlarged again


def coding(picture: np.ndarray) -> Callable[[LoadedModel, Control, Callable[[Coded], None]], None]:
    def work(loaded: LoadedModel, control: Control, emit: Callable[[Coded], None]) -> None:
        from . import autoencoder

        coder = autoencoder.coder(loaded)
        emit(Coded(picture, picture if coder.refusal else autoencoder.encode(loaded, picture, control), coder))

    return work


def decoding(wanted: np.ndarray, picture: np.ndarray) -> Callable[[LoadedModel, Control, Callable[[Back], None]], None]:
    """A preview of the latents `wanted`, then what they become, compared with `picture`."""

    def work(loaded: LoadedModel, control: Control, emit: Callable[[Back], None]) -> None:
        from . import autoencoder

        emit(Back(autoencoder.glimpse(loaded, wanted)))
        back = autoencoder.decode(loaded, wanted, control)
        emit(Back(back, loss(picture, back), lost(picture, back)))

    return work


def comparing(coded: Coded) -> Callable[[LoadedModel, Control, Callable[[Comparison], None]], None]:
    def work(loaded: LoadedModel, control: Control, emit: Callable[[Comparison], None]) -> None:
        from . import autoencoder

        channel, row, column = strongest(coded.latents)
        back = autoencoder.decode(loaded, coded.latents, control)
        after = autoencoder.decode(loaded, flipped(coded.latents, channel, row, column), control)
        small = as_small_picture(coded.picture, coded.latents.size)
        far = reach(back, after, row, column, coded.coder.position)
        emit(Comparison(far, loss(coded.picture, back), loss(coded.picture, small), small))

    return work
