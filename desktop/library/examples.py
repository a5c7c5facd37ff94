"""The examples that ship with the program: recipes of the bundled model with a frame of every step. Reads the disk."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..diffusion.recipe import Recipe
from ..diffusion.run import Pixels, Step
from ..resources import RESOURCES

log = logging.getLogger(__name__)

FOLDER = RESOURCES / "examples"
SCHEMA = 1


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One picture and how it is made; `installer/record_examples.py` writes them."""

    name: str
    recipe: Recipe
    steps: tuple[Step, ...]  # with nothing but thumbnails and ᾱ: the starting noise, then the estimate after each step
    picture: Pixels


def read_examples(folder: Path = FOLDER) -> Mapping[str, tuple[Example, ...]]:
    """The examples by language, "en" and "zh"; none, which is logged, if they cannot be read. Not on the GUI thread."""
    try:
        index = json.loads((folder / "examples.json").read_text(encoding="utf-8"))
        signal = [float(share) for share in index["alpha_cumprod"]]
        return {language: tuple(_read(folder, entry, language, signal) for entry in index["examples"]) for language in ("en", "zh")}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        log.warning("The examples cannot be read: %s", problem)
        return {"en": (), "zh": ()}


def _read(folder: Path, entry: Mapping[str, object], language: str, signal: Sequence[float]) -> Example:
    recipes = entry["recipes"]
    assert isinstance(recipes, dict)
    recipe, _ = Recipe.from_dict(recipes[language])
    name = f"{entry['name']}-{language}"
    return Example(str(entry["name"]), recipe, _steps(folder / f"{name}-steps.webp", signal), _picture(folder / f"{name}.webp"))


def _steps(path: Path, signal: Sequence[float]) -> tuple[Step, ...]:
    """The squares of a strip, from left to right; `signal` has ᾱ after each step. Raises `ValueError` if they differ in number."""
    from PIL import Image

    with Image.open(path) as opened:
        strip = opened.convert("RGB")
    side = strip.height
    squares = (strip.crop((left, 0, left + side, side)) for left in range(0, strip.width, side))
    return tuple(
        Step(number, 0.0, 0.0, share, 0.0, 0.0, None, None, Pixels(side, side, square.tobytes()), False, b"")
        for number, (square, share) in enumerate(zip(squares, signal, strict=True))
    )


def _picture(path: Path) -> Pixels:
    from PIL import Image

    with Image.open(path) as opened:
        image = opened.convert("RGB")
    return Pixels(image.width, image.height, image.tobytes())
