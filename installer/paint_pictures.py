"""Make the bundled picture sets of Learn: painted things at 32 px, and the handwritten digits at 8 px.

    python installer/paint_pictures.py FOLDER DIGITS          write resources/learn

FOLDER holds the starter's cut-outs (material.zip) or gets them with npm; the starter itself is made from the same.
DIGITS is digits.csv.gz from the package scikit-learn (`pip download --no-deps scikit-learn`, sklearn/datasets/data in it).

Each painted picture is one cut-out on one of six plain grounds, at 0.72 to 0.94 of the side, anywhere, half of them mirrored.
It is painted with the canvas of the starter at 64 px and reduced to 32. Picture i shows thing i modulo 10.
The sheet is a lossless WebP with 32 levels of each channel, so a value is off by at most 4 of 255, by 2 in the mean.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from desktop.learn.pictures import COLUMNS, DIGITS, FOLDER, THINGS, THINGS_SHEET, THINGS_SIDE  # noqa: E402
from desktop.starter.canvas import Canvas, sized  # noqa: E402
from desktop.starter.places import PLACES  # noqa: E402
from desktop.starter.scenes import Studio  # noqa: E402
from desktop.starter.sources import fetch  # noqa: E402
from desktop.starter.world import COLOURS, things  # noqa: E402

COUNT = 3000  # painted things
PAINTED = 64  # px
GROUNDS = ("white", "blue", "green", "yellow", "pink", "gray")
LEVELS = 32  # of each channel: what is kept of 256, so that the sheet stays small
SEED = 0


def paint(material: Path) -> Image.Image:
    """All painted things on one sheet, in rows of `COLUMNS`."""
    studio, chance = Studio(material), np.random.default_rng(SEED)
    known = {thing.en: thing for thing in things(1)}
    grounds = [PLACES[ground.key] for ground in COLOURS if ground.key in GROUNDS]
    sheet = Image.new("RGB", (COLUMNS * THINGS_SIDE, -(-COUNT // COLUMNS) * THINGS_SIDE))
    for number in range(COUNT):
        canvas = Canvas(PAINTED, np.random.default_rng(chance.integers(1 << 32)))
        grounds[chance.integers(len(grounds))].paint(canvas, False)
        cut_out = studio.cut_out(known[THINGS[number % len(THINGS)]])
        longer = int(PAINTED * chance.uniform(0.72, 0.94))
        pixels = sized(cut_out, *(max(1, round(length * longer / max(cut_out.size))) for length in cut_out.size))
        if chance.random() < 0.5:
            pixels = pixels[:, :, ::-1]
        _, tall, wide = pixels.shape
        canvas.lay(pixels, round(chance.uniform(0.02, 0.98) * (PAINTED - wide)), round(chance.uniform(0.02, 0.98) * (PAINTED - tall)))
        picture = Image.fromarray(canvas.pixels()).resize((THINGS_SIDE, THINGS_SIDE), Image.Resampling.BOX)
        sheet.paste(picture, (number % COLUMNS * THINGS_SIDE, number // COLUMNS * THINGS_SIDE))
    levels = [round(round(value * (LEVELS - 1) / 255) * 255 / (LEVELS - 1)) for value in range(256)]
    return sheet.point(levels * 3)


def write(material: Path, digits: Path, folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    paint(material).save(folder / THINGS_SHEET.name, lossless=True, quality=100, method=6)
    rows = np.loadtxt(digits, delimiter=",", dtype=np.uint8)  # 64 values of 0…16, then the digit
    np.savez_compressed(folder / DIGITS.name, values=rows[:, :-1].reshape(-1, 8, 8), labels=rows[:, -1])


if __name__ == "__main__":
    write(fetch(Path(sys.argv[1])), Path(sys.argv[2]))
