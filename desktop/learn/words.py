"""What words do to a picture: saturation under guidance, word maps, and what a swapped word really changes. Torch-free.

What needs the model is work for `Machine.compute_with`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..diffusion.control import Control
from ..diffusion.run import Run, WordMaps

if TYPE_CHECKING:
    from ..diffusion.loaded_model import LoadedModel
    from .reading import Answers, Reading

SCALES = (1.0, 2.0, 4.0, 7.5, 12.0, 20.0, 30.0)  # of guidance, on one seed
WARMEST = 0.25  # the share of the picture that counts as the place of a word


@dataclass(frozen=True, slots=True)
class Colours:
    """How strong the colours of a picture are."""

    clipped: float  # 0…1: share of the pixels with a colour value at the end of its range, 0 or 255
    colourfulness: float  # Hasler and Süsstrunk 2003: below 15 hardly any, above 80 extremely colourful


def colours(picture: np.ndarray) -> Colours:
    clipped = float(((picture == 0) | (picture == 255)).any(-1).mean())
    red, green, blue = (picture[..., channel].astype(np.float32) for channel in range(3))
    across, along = red - green, (red + green) / 2 - blue
    spread = float(np.hypot(across.std(), along.std()))
    return Colours(clipped, spread + 0.3 * float(np.hypot(across.mean(), along.mean())))


def shares(maps: WordMaps) -> np.ndarray:
    """words×rows×columns: how much each place looks at each word, 0…1."""
    levels = np.frombuffer(maps.levels, np.uint8).reshape(len(maps.words), maps.rows, maps.columns)
    return levels.astype(np.float32) * np.float32(maps.most / 255)


def averaged(steps: Sequence[WordMaps]) -> np.ndarray:
    """The maps of all steps together."""
    return np.mean([shares(maps) for maps in steps], axis=0)


def enlarged(map: np.ndarray, height: int, width: int) -> np.ndarray:
    """h×w → height×width, smoothly."""
    from PIL import Image

    return np.asarray(Image.fromarray(map.astype(np.float32)).resize((width, height), Image.Resampling.BICUBIC))


def over(picture: np.ndarray, map: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """The picture in dim grey with a map over it, from its lowest to its highest value. `heat`: 256×3 uint8, from cold to warm."""
    height, width, _ = picture.shape
    large = enlarged(map, height, width)
    span = float(large.max() - large.min())
    warmth = (large - large.min()) / span if span else np.zeros_like(large)
    grey = 0.5 * (picture.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32))[..., None]
    cover = np.minimum(1.3 * warmth, 1)[..., None]
    colour = heat[np.clip(warmth * 255, 0, 255).astype(np.uint8)].astype(np.float32)
    shown: np.ndarray = np.clip(grey * (1 - cover) + colour * cover + 0.5, 0, 255).astype(np.uint8)
    return shown


def within(map: np.ndarray, before: np.ndarray, after: np.ndarray) -> float:
    """0…1: the share of all change from one picture to another that is where `map` is warmest."""
    height, width, _ = before.shape
    large = enlarged(map, height, width)
    change = np.abs(before.astype(np.int16) - after.astype(np.int16)).sum(-1)
    total = float(change.sum())
    return float(change[large >= np.quantile(large, 1 - WARMEST)].sum()) / total if total else 0.0


def swapped(prompt: str, word: str, other: str) -> str:
    """`prompt` with `other` in the place of the first `word`, which may be a part of a word if it stands nowhere alone."""
    alone = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    return alone.sub(lambda _: other, prompt, count=1) if alone.search(prompt) else prompt.replace(word, other, 1)


# -- with the model


def reading(prompt: str) -> Callable[[LoadedModel, Control, Callable[[Reading], None]], None]:
    """How the model reads `prompt`."""

    def work(loaded: LoadedModel, control: Control, emit: Callable[[Reading], None]) -> None:
        from .reading import read

        emit(read(loaded, prompt, control))

    return work


def asking(run: Run, number: int) -> Callable[[LoadedModel, Control, Callable[[Answers], None]], None]:
    """What the model answers in step `number` of a finished run, with and without the prompt."""

    def work(loaded: LoadedModel, control: Control, emit: Callable[[Answers], None]) -> None:
        from .reading import answers

        emit(answers(loaded, run.recipe, run.steps, number, control))

    return work
