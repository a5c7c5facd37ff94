"""The numpy canvas that backgrounds are painted on: gradients, light, land, water and noise."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

import numpy as np
from PIL import Image

Grain = Literal["cloudy", "waves", "grass"]
Stops = Sequence[tuple[float, str]]  # (position, colour), positions increasing


@cache
def rgb(colour: str) -> np.ndarray:
    """`#rrggbb` → 3×1×1 floats in 0…1."""
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], np.float32)[:, None, None] / 255


def between(stops: Stops, where: np.ndarray) -> np.ndarray:
    """Evaluate a gradient at `where`, h×w → 3×h×w."""
    first, last = stops[0][0], stops[-1][0]
    fine = np.linspace(first, last, 512)
    places = [place for place, _ in stops]
    table = np.stack([np.interp(fine, places, [rgb(colour)[channel, 0, 0] for _, colour in stops]) for channel in range(3)])
    index = np.clip((where - first) * (511 / (last - first)) + 0.5, 0, 511).astype(np.int32)
    return table.astype(np.float32).take(index, axis=1)


def smooth(low: float | np.ndarray, high: float | np.ndarray, value: np.ndarray) -> np.ndarray:
    """Smoothstep: 0 at `low`, 1 at `high`; `low` may be larger than `high`."""
    step = np.clip((value - low) / (high - low), 0, 1)
    return step * step * (3 - 2 * step)


@cache
def grain(kind: Grain) -> np.ndarray:
    """Periodic noise, 512×512 float32 in 0…1.

    "cloudy" has an amplitude of about 1/f²; "waves" are horizontal and "grass" is vertical, each of one size.
    """
    across, down = np.fft.rfftfreq(512)[None] * 512, np.fft.fftfreq(512)[:, None] * 512
    match kind:
        case "cloudy":
            loudness = np.hypot(across, down).clip(2) ** -1.9
        case "waves":
            loudness = np.exp(-((np.log(np.hypot(5 * across, down).clip(1) / 30) / 0.55) ** 2))
        case "grass":
            loudness = np.exp(-((np.log(np.hypot(across, 2.5 * down).clip(1) / 52) / 0.5) ** 2))
    noise = np.fft.irfft2(np.fft.rfft2(np.random.default_rng(7).standard_normal((512, 512))) * loudness)
    return np.clip(0.5 + (noise - noise.mean()) / noise.std() / 5, 0, 1).astype(np.float32)


class Sprite:
    """A small picture with a soft edge that a canvas draws at any size."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image.convert("RGBa")  # premultiplied colours resize without dark edges
        self._sizes: dict[tuple[int, int], np.ndarray] = {}

    def sized(self, width: int, height: int) -> np.ndarray:
        """Resized: 4×height×width, float32 in 0…1, premultiplied."""
        if (width, height) not in self._sizes:
            self._sizes[width, height] = sized(self.image, width, height)
        return self._sizes[width, height]


def sized(image: Image.Image, width: int, height: int) -> np.ndarray:
    """Resize a premultiplied picture: 4×height×width, float32 in 0…1."""
    pixels = np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2))
    return np.multiply(pixels.transpose(2, 0, 1), np.float32(1 / 255), order="C")


class Canvas:
    """A picture being painted, 3×side×side floats in 0…1. Positions and sizes are fractions of the side; y increases downwards."""

    def __init__(self, side: int, chance: np.random.Generator) -> None:
        self.side = side
        self.chance = chance
        line = (np.arange(side, dtype=np.float32) + 0.5) / side
        self.x, self.y = line[None], line[:, None]
        self.picture = np.zeros((3, side, side), np.float32)

    def pixels(self) -> np.ndarray:
        """side×side×3, uint8."""
        planes = (np.clip(self.picture, 0, 1) * 255 + 0.5).astype(np.uint8)
        return np.ascontiguousarray(planes.transpose(1, 2, 0))

    def about(self, value: float, spread: float) -> float:
        """A random number within `spread` of `value`."""
        return value + spread * (2 * self.chance.random() - 1)

    def rows(self, top: float, bottom: float = 1.0) -> slice:
        return slice(max(0, int(top * self.side)), min(self.side, int(np.ceil(bottom * self.side))))

    def fill(self, stops: Stops) -> None:
        """Fill the canvas with a vertical gradient."""
        self.picture[:] = between(stops, self.y)

    def over(self, cover: np.ndarray, colour: np.ndarray, rows: slice = slice(None)) -> None:
        """Blend a colour (any shape that broadcasts to 3×rows×side) over the rows with the opacity `cover`, rows×side."""
        part = self.picture[:, rows]
        part += (colour - part) * cover

    def light(self, amount: np.ndarray, colour: str, rows: slice = slice(None)) -> None:
        """Blend a colour in screen mode: bright pixels change less."""
        part = self.picture[:, rows]
        part += (1 - part) * (np.minimum(amount, 1) * rgb(colour))

    def shade(self, amount: np.ndarray, rows: slice = slice(None)) -> None:
        """Darken: 0 changes nothing, 1 gives black."""
        self.picture[:, rows] *= 1 - amount

    def round(self, x: float, y: float, width: float, height: float | None = None, rows: slice = slice(None)) -> np.ndarray:
        """A Gaussian around (x, y): 1 in the centre, 0.37 at a distance of `width` or `height`."""
        height = width if height is None else height
        return np.exp(-(((self.y[rows] - y) / height) ** 2)) * np.exp(-(((self.x - x) / width) ** 2))

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 1.0) -> None:
        rows = self.rows(y - 2.4 * radius, y + 2.4 * radius)
        self.light(strength * self.round(x, y, radius, rows=rows), colour, rows)

    def disc(self, x: float, y: float, radius: float, colour: str, blur: float = 0.006) -> None:
        rows = self.rows(y - radius - blur, y + radius + blur)
        self.over(smooth(radius + blur, radius - blur, np.hypot(self.x - x, self.y[rows] - y)), rgb(colour), rows)

    def curve(self, y: float, height: float, waves: Sequence[float], sharp: float = 0.0) -> np.ndarray:
        """The y of a hilly horizon for each column. `waves`: numbers of waves across the picture; `sharp` = 1 gives pointed crests."""
        crest = np.zeros(self.side, np.float32)
        for count in waves:
            wave = np.sin(2 * np.pi * (count * self.x[0] + self.chance.random()))
            crest += ((1 - sharp) * wave + sharp * (1 - 2 * np.abs(wave))) / (1 + count)
        return y - height * crest

    def land(self, crest: np.ndarray, stops: Stops, blur: float = 0.006) -> None:
        """Fill everything below the crest; the positions of `stops` are depths below it."""
        rows = self.rows(float(crest.min()) - blur)
        depth = self.y[rows] - crest
        self.over(np.clip(depth / blur + 0.5, 0, 1), between(stops, depth) if np.ptp(crest) else between(stops, depth[:, :1]), rows)

    def noise(self, kind: Grain, wide: float = 1.0, high: float = 1.0, rows: slice = slice(None)) -> np.ndarray:
        """Noise, rows×side in 0…1, stretched by `wide` and `high` relative to the grain at 256 px."""
        tile, count = grain(kind), self.side if rows == slice(None) else rows.stop - rows.start
        start_x, start_y = self.chance.integers(0, 512, 2)
        along = (start_x + np.arange(self.side) * (256 / self.side / wide)).astype(np.int32) % 512
        down = (start_y + np.arange(count) * (256 / self.side / high)).astype(np.int32) % 512
        return tile[down[:, None], along[None]]

    def plane(self, kind: Grain, horizon: float, rows: slice) -> np.ndarray:
        """Noise on a horizontal plane in perspective, rows×side in 0…1: small and weak at y = `horizon`, full size at the bottom."""
        depth = self.y[rows] - horizon
        nearness = (depth + 0.15) / 0.7
        along = (self.x - 0.5) * 256 / nearness + self.chance.integers(256, 512)
        away = 360 * np.log(nearness) + self.chance.integers(700, 1200)
        noise = grain(kind)[away.astype(np.int32) % 512, along.astype(np.int32) % 512]
        return 0.5 + (noise - 0.5) * smooth(-0.02, 0.12, depth)

    def put(self, sprite: Sprite, x: float, y: float, width: float, height: float, opacity: float = 1.0) -> None:
        """Draw a sprite centred at (x, y), clipped to the canvas."""
        wide, tall = _step(width * self.side), _step(height * self.side)
        self.lay(sprite.sized(wide, tall), round(x * self.side - wide / 2), round(y * self.side - tall / 2), opacity)

    def lay(self, pixels: np.ndarray, left: int, top: int, opacity: float = 1.0) -> None:
        """Draw premultiplied pixels, 4×h×w, with the top left corner at (left, top) in px."""
        part = self.picture[:, max(0, top) : max(0, top + pixels.shape[1]), max(0, left) : max(0, left + pixels.shape[2])]
        seen = pixels[:, max(0, -top) :, max(0, -left) :][:, : part.shape[1], : part.shape[2]]
        if opacity < 1:
            seen = seen * np.float32(opacity)
        part *= 1 - seen[3]
        part += seen[:3]


def drawn(size: int, paint: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]) -> Sprite:
    """Make a sprite from a function: `paint(x, y)`, both in −1…1, returns colours (3×size×size or 3×1×1, 0…1) and opacity (size×size)."""
    line = np.linspace(-1, 1, size, dtype=np.float32)
    colours, cover = paint(line[None] + 0 * line[:, None], line[:, None] + 0 * line[None])
    planes = np.concatenate((np.broadcast_to(colours, (3, size, size)), cover[None]))
    return Sprite(Image.fromarray((np.clip(planes, 0, 1) * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0), "RGBA"))


def _step(length: float) -> int:
    """Round a length in px to one of a few values, so that resized sprites can be cached."""
    step = 1 if length < 16 else 2 if length < 48 else 8
    return max(1, round(length / step) * step)
