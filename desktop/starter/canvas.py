"""A canvas for soft painted places: gradients, light, land, water and noise, in numpy."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

import numpy as np
from PIL import Image

Grain = Literal["cloudy", "fine"]
Stops = Sequence[tuple[float, str]]     # (place, colour) with places rising


@cache
def rgb(colour: str) -> np.ndarray:
    """`#rrggbb` as three floats of 0…1."""
    return np.array([int(colour[place:place + 2], 16) for place in (1, 3, 5)], np.float32) / 255


def between(stops: Stops, where: np.ndarray) -> np.ndarray:
    """The colours of a gradient at `where`: its shape and a last axis of 3."""
    places, colours = zip(*stops, strict=True)
    channels = np.stack([rgb(colour) for colour in colours])
    return np.stack([np.interp(where, places, channels[:, channel]) for channel in range(3)], axis=-1).astype(np.float32)


def smooth(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between (either may be the larger)."""
    step = np.clip((value - low) / (high - low), 0, 1)
    return step * step * (3 - 2 * step)


@cache
def grain(kind: Grain) -> np.ndarray:
    """512×512 float32 noise of 0…1 that tiles: amplitudes fall as 1/f^β (large soft forms for a large β)."""
    size, beta = 512, {"cloudy": 1.9, "fine": 1.0}[kind]
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]) * size
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(np.random.default_rng(7).standard_normal((size, size))) / frequency ** beta
    spectrum[frequency < 2] *= 0.3      # no tile brighter than its neighbour
    noise = np.fft.irfft2(spectrum * np.exp(-(frequency / 140) ** 2), (size, size))
    return np.clip(0.5 + (noise - noise.mean()) / noise.std() / 5, 0, 1).astype(np.float32)


class Sprite:
    """A small picture with a soft edge, to be put on a canvas at any size: float32, colours premultiplied."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self._sizes: dict[tuple[int, int], np.ndarray] = {}

    def sized(self, width: int, height: int) -> np.ndarray:
        if (width, height) not in self._sizes:
            self._sizes[width, height] = premultiplied(self.image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2))
        return self._sizes[width, height]


def premultiplied(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image, np.float32) * (1 / 255)
    return np.concatenate((pixels[..., :3] * pixels[..., 3:], pixels[..., 3:]), axis=-1)


class Canvas:
    """A side×side picture in the making. Places and sizes are fractions of its side; y grows downwards."""

    def __init__(self, side: int, chance: np.random.Generator) -> None:
        self.side = side
        self.chance = chance
        line = (np.arange(side, dtype=np.float32) + 0.5) / side
        self.x, self.y = line[None], line[:, None]
        self.picture = np.zeros((side, side, 3), np.float32)

    def pixels(self) -> np.ndarray:
        """side×side×3, uint8."""
        return (np.clip(self.picture, 0, 1) * 255 + 0.5).astype(np.uint8)

    def about(self, value: float, spread: float) -> float:
        """`value`, give or take `spread`."""
        return value + spread * (2 * self.chance.random() - 1)

    def rows(self, top: float, bottom: float = 1.0) -> slice:
        return slice(max(0, int(top * self.side)), min(self.side, int(np.ceil(bottom * self.side))))

    def fill(self, stops: Stops) -> None:
        """All of it, from top to bottom."""
        self.picture[:] = between(stops, self.y)

    def over(self, cover: np.ndarray, colour: np.ndarray, rows: slice = slice(None)) -> None:
        """Lay a colour (any shape that broadcasts to rows×side×3) over the rows, as much as `cover` (rows×side) says."""
        part = self.picture[rows]
        part += (colour - part) * cover[..., None]

    def light(self, amount: np.ndarray, colour: str, rows: slice = slice(None)) -> None:
        """Add light: what is bright already takes less of it (screen)."""
        part = self.picture[rows]
        part += (1 - part) * (np.minimum(amount, 1)[..., None] * rgb(colour))

    def shade(self, amount: np.ndarray, rows: slice = slice(None)) -> None:
        """Take light away, 0 nothing, 1 all."""
        self.picture[rows] *= 1 - amount[..., None]

    def round(self, x: float, y: float, width: float, height: float | None = None, rows: slice = slice(None)) -> np.ndarray:
        """A bell around (x, y): 1 there, 0.37 at a distance of `width` and `height`."""
        height = width if height is None else height
        return np.exp(-((self.y[rows] - y) / height) ** 2) * np.exp(-((self.x - x) / width) ** 2)

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 1.0) -> None:
        rows = self.rows(y - 2.4 * radius, y + 2.4 * radius)
        self.light(strength * self.round(x, y, radius, rows=rows), colour, rows)

    def disc(self, x: float, y: float, radius: float, colour: str, blur: float = 0.006) -> None:
        rows = self.rows(y - radius - blur, y + radius + blur)
        self.over(smooth(radius + blur, radius - blur, np.hypot(self.x - x, self.y[rows] - y)), rgb(colour), rows)

    def curve(self, y: float, height: float, waves: Sequence[float], sharp: float = 0.0) -> np.ndarray:
        """A line of hills: for each column the y of its crest. `waves` are counts across the picture; sharp crests for 1."""
        crest = np.zeros(self.side, np.float32)
        for count in waves:
            wave = np.sin(2 * np.pi * (count * self.x[0] + self.chance.random()))
            crest += ((1 - sharp) * wave + sharp * (1 - 2 * np.abs(wave))) / (1 + count)
        return y - height * crest

    def land(self, crest: np.ndarray, stops: Stops, blur: float = 0.006) -> None:
        """Everything below the crest; the places of `stops` are depths below it."""
        rows = self.rows(float(crest.min()) - blur)
        depth = self.y[rows] - crest
        self.over(np.clip(depth / blur + 0.5, 0, 1), between(stops, depth) if np.ptp(crest) else between(stops, depth[:, :1]), rows)

    def noise(self, kind: Grain, wide: float = 1.0, high: float = 1.0, rows: slice = slice(None)) -> np.ndarray:
        """rows×side noise of 0…1; its forms are `wide` and `high` times as large as those of the grain on 256 px."""
        tile, count = grain(kind), self.side if rows == slice(None) else rows.stop - rows.start
        start_x, start_y = self.chance.integers(0, 512, 2)
        along = (start_x + np.arange(self.side) * (256 / self.side / wide)).astype(np.int32) % 512
        down = (start_y + np.arange(count) * (256 / self.side / high)).astype(np.int32) % 512
        return tile[down[:, None], along[None]]

    def plane(self, kind: Grain, horizon: float, rows: slice, wide: float = 1.0, deep: float = 1.0) -> np.ndarray:
        """Noise that lies on a plane seen from above the ground, with its horizon at y = `horizon`: rows×side of 0…1."""
        distance = 1 / (self.y[rows] - horizon + 0.02)
        along = (self.x - 0.5) * distance * (60 / wide) + self.chance.integers(0, 512)
        away = distance * (40 / deep) + self.chance.integers(0, 512)
        return grain(kind)[away.astype(np.int32) % 512, along.astype(np.int32) % 512]

    def put(self, sprite: Sprite, x: float, y: float, width: float, height: float, opacity: float = 1.0) -> None:
        """A sprite with its centre at (x, y); what is outside the canvas is cut off."""
        wide, tall = max(1, round(width * self.side)), max(1, round(height * self.side))
        self.lay(sprite.sized(wide, tall), round(x * self.side - wide / 2), round(y * self.side - tall / 2), opacity)

    def lay(self, pixels: np.ndarray, left: int, top: int, opacity: float = 1.0) -> None:
        """Premultiplied pixels (h×w×4) with their corner at (left, top), in px."""
        part = self.picture[max(0, top):max(0, top + len(pixels)), max(0, left):max(0, left + pixels.shape[1])]
        seen = pixels[max(0, -top):, max(0, -left):][:part.shape[0], :part.shape[1]]
        part *= 1 - opacity * seen[..., 3:]
        part += opacity * seen[..., :3]


def drawn(size: int, paint: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]) -> Sprite:
    """A sprite from a formula: `paint(x, y)` of −1…1 gives its colours (size×size×3, 0…1) and its cover (size×size)."""
    line = np.linspace(-1, 1, size, dtype=np.float32)
    colours, cover = paint(line[None] + 0 * line[:, None], line[:, None] + 0 * line[None])
    pixels = np.concatenate((np.broadcast_to(colours, (size, size, 3)), cover[..., None]), axis=-1)
    return Sprite(Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA"))
