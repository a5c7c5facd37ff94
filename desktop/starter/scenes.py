"""Painting of scenes from cut-outs on painted grounds. The same scene gives the same pixels."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from PIL import Image

from .canvas import Canvas, sized
from .places import PLACES, Place
from .world import Arrangement, Scene, Thing

SIZES = {"small": 0.46, None: 0.74, "big": 0.9}  # longer side of a single thing, as a share of the picture's side
REMEMBERED = 768  # decoded cut-outs in the cache, at most 256 KB each
STEPS = 64  # number of sizes, so that resized cut-outs can be cached
SIZES_REMEMBERED = 512  # resized cut-outs in the cache, of similar size


@dataclass(frozen=True)
class Spot:
    """Position of a thing: its centre and the longer side of its cut-out, as shares of the picture's side."""

    x: float
    y: float
    size: float


SPOTS = {
    (Arrangement.SEVERAL, 2): (Spot(0.26, 0.56, 0.42), Spot(0.74, 0.56, 0.42)),
    (Arrangement.SEVERAL, 3): (Spot(0.5, 0.28, 0.40), Spot(0.26, 0.73, 0.41), Spot(0.74, 0.73, 0.41)),
    (Arrangement.SEVERAL, 4): (Spot(0.27, 0.28, 0.39), Spot(0.73, 0.28, 0.39), Spot(0.27, 0.74, 0.39), Spot(0.73, 0.74, 0.39)),
    (Arrangement.BESIDE, 1): (Spot(0.26, 0.57, 0.43), Spot(0.74, 0.57, 0.43)),
    (Arrangement.ABOVE, 1): (Spot(0.5, 0.26, 0.42), Spot(0.5, 0.74, 0.44)),
    (Arrangement.WITH, 1): (Spot(0.42, 0.49, 0.72), Spot(0.70, 0.72, 0.44)),
}


def spots(scene: Scene) -> tuple[Spot, ...]:
    """Positions of the things of a scene, from back to front."""
    match scene.arrangement:
        case Arrangement.ALONE_GROUND:
            return ()
        case Arrangement.ONE:
            return (Spot(0.5, 0.53, SIZES[scene.size]),)
        case arrangement:
            return SPOTS[arrangement, scene.count]


class Studio:
    """Paints scenes with the cut-outs of a material.zip."""

    def __init__(self, material: Path) -> None:
        self._material = ZipFile(material)
        self._cut_outs: dict[str, Image.Image] = {}
        self._sized = lru_cache(maxsize=SIZES_REMEMBERED)(self._size)

    def paint(self, scene: Scene, side: int = 256) -> np.ndarray:
        """Paint a scene: side×side×3 uint8."""
        canvas = Canvas(side, np.random.default_rng(scene.seed))
        place = PLACES[scene.ground.key]
        place.paint(canvas, scene.arrangement is Arrangement.ALONE_GROUND)
        shown = scene.things * scene.count if scene.arrangement is Arrangement.SEVERAL else scene.things
        for thing, spot in zip(shown, spots(scene), strict=True):
            self._set_down(canvas, place, thing, spot)
        return canvas.pixels()

    def cut_out(self, thing: Thing) -> Image.Image:
        """The picture of a thing, premultiplied (RGBa), cropped to its visible part."""
        if thing.key not in self._cut_outs:
            if len(self._cut_outs) >= REMEMBERED:
                del self._cut_outs[next(iter(self._cut_outs))]
            image = Image.open(BytesIO(self._material.read(f"{thing.key}.webp"))).convert("RGBA")
            seen = image.getchannel("A").point(lambda alpha: 255 * (alpha > 8)).getbbox()
            self._cut_outs[thing.key] = image.convert("RGBa").crop(seen)
        return self._cut_outs[thing.key]

    def _size(self, thing: Thing, longer: int) -> np.ndarray:
        """The cut-out of a thing whose longer side has `longer` px: 4×h×w float32, premultiplied."""
        image = self.cut_out(thing)
        return sized(image, *(max(1, round(length * longer / max(image.size))) for length in image.size))

    def _set_down(self, canvas: Canvas, place: Place, thing: Thing, spot: Spot) -> None:
        longer = int(canvas.about(spot.size, 0.02) * STEPS) * canvas.side // STEPS
        pixels = self._sized(thing, longer)
        _, tall, wide = pixels.shape
        left = round(canvas.about(spot.x, 0.015) * canvas.side - wide / 2)
        top = round(canvas.about(spot.y, 0.015) * canvas.side - tall / 2)
        left, top = min(max(left, 0), canvas.side - wide), min(max(top, 0), canvas.side - tall)
        if place.shadow:
            _shadow(canvas, pixels[3], left, top, place.shadow)
        if place.tint != (1, 1, 1):
            pixels = pixels * np.array((*place.tint, 1), np.float32)[:, None, None]
        canvas.lay(pixels, left, top)


def _shadow(canvas: Canvas, cover: np.ndarray, left: int, top: int, strength: float) -> None:
    """Paint a soft contact shadow below a thing, as wide as its lowest part."""
    touching = np.flatnonzero(cover[-max(2, len(cover) // 8) :].max(axis=0) > 0.5)
    if len(touching):
        first, last = touching[[0, -1]].tolist()
        middle, half = (left + (first + last) / 2) / canvas.side, (last - first) / 2 / canvas.side
        width, height = 0.9 * half + 0.035, 0.022 + 0.06 * half
        y = (top + len(cover)) / canvas.side - 0.012
        rows = canvas.rows(y - 2.5 * height, y + 2.5 * height)
        canvas.shade(strength * canvas.round(middle, y, width, height, rows), rows)
