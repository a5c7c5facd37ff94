"""How each ground of the world is painted: coloured studios, and soft places with depth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from .canvas import Canvas, Sprite, between, drawn, grain, rgb, smooth


@dataclass(frozen=True)
class Place:
    """A painted ground, and how what stands in it is lit. `paint(canvas, alone)`: with a motif of its own where nothing else is shown."""

    paint: Callable[[Canvas, bool], None]
    tint: tuple[float, float, float] = (1, 1, 1)    # of the light that falls on things
    shadow: float = 0.45                            # under what stands there; 0 where things float


# What many places have

@cache
def heap(number: int, dark: str, middle: str, light: str, flat: bool = False) -> Sprite:
    """A heap of lit balls: a cloud (flat below), a bush, the crown of a tree, a coral."""
    chance = np.random.default_rng(number)
    balls = [(x, 0.25 - (0.75 - abs(x)) * chance.uniform(0.1, 0.6), chance.uniform(0.22, 0.34) * (1.25 - abs(x)))
             for x in np.linspace(-0.68, 0.68, 9).tolist() for _ in range(2)]

    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cover, lit = np.zeros_like(x), np.zeros_like(x)
        for ball_x, ball_y, radius in balls:
            ball = smooth(1.05, 0.7, np.hypot(x - ball_x, y - ball_y) / radius)
            lit += (np.clip(0.62 - 0.38 * (y - ball_y) / radius - 0.12 * (x - ball_x) / radius, 0, 1) - lit) * ball
            cover += (1 - cover) * ball
        return between(((0.2, dark), (0.6, middle), (0.9, light)), lit), cover * smooth(0.52, 0.2, y) if flat else cover

    return drawn(160, paint)


CLOUD, STORM = ("#b9cdea", "#e9f1fb", "#ffffff"), ("#566a84", "#7e92a8", "#a4b6c6")
LEAVES = ("#1f7a48", "#3fa455", "#8fd668")


@cache
def tree(number: int, leaves: tuple[str, str, str], bark: str) -> Sprite:
    """A round tree on a trunk."""
    crown = np.asarray(heap(number, *leaves).image.convert("RGBA").resize((160, 110), box=(0, 20, 160, 125)), np.float32).transpose(2, 0, 1) / 255

    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        width = 0.075 + 0.05 * smooth(0.75, 1, y)
        trunk = smooth(width + 0.02, width - 0.02, np.abs(x)) * (y > -0.1) * smooth(1, 0.97, y)
        colours = rgb(bark) * (1 - 2.2 * x)
        above = np.zeros((4, 160, 160), np.float32)
        above[:, :110] = crown
        return np.where(above[3] > 0.6 * trunk, above[:3], colours), np.maximum(trunk, above[3])

    return drawn(160, paint)


@cache
def star() -> Sprite:
    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        distance = np.hypot(x, y)
        rays = np.exp(-np.abs(x) * 18 - np.abs(y) * 3) + np.exp(-np.abs(y) * 18 - np.abs(x) * 3)
        return rgb("#fffdf0"), np.clip(np.exp(-(distance / 0.16) ** 2) + 0.5 * rays, 0, 1) * smooth(1, 0.6, distance)

    return drawn(48, paint)


@cache
def blob(colour: str, softness: float = 0.5) -> Sprite:
    """A soft round spot."""
    return drawn(64, lambda x, y: (rgb(colour), smooth(0.98, 0.98 - 0.9 * softness, np.hypot(x, y))))


@cache
def flower(petals: str, heart: str) -> Sprite:
    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        distance, angle = np.hypot(x, y), np.arctan2(y, x)
        edge = 0.72 + 0.2 * np.cos(5 * angle)
        middle = smooth(0.3, 0.22, distance)
        shaded = rgb(petals) * (0.78 + 0.22 * smooth(0, 0.8, distance))
        return shaded * (1 - middle) + rgb(heart) * middle, smooth(edge, edge - 0.14, distance)

    return drawn(64, paint)


@cache
def bubble() -> Sprite:
    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        distance = np.hypot(x, y)
        rim = smooth(0.55, 0.92, distance) * smooth(0.98, 0.92, distance)
        spark = np.exp(-((x + 0.4) ** 2 + (y + 0.4) ** 2) / 0.04)
        return rgb("#eafcff"), np.clip(0.65 * rim + 0.9 * spark + 0.1 * smooth(0.98, 0.9, distance), 0, 1)

    return drawn(64, paint)


@cache
def streak() -> Sprite:
    """A falling drop, from the upper right to the lower left."""
    return drawn(64, lambda x, y: (rgb("#f4faff"), smooth(0.16, 0.02, np.abs(x + 0.8 * y)) * smooth(-1, 0.8, y) * smooth(1, 0.8, y)))


@cache
def coral(colour: str) -> Sprite:
    """A fan of round branches."""
    angles = np.linspace(-1.15, 1.15, 6).tolist()

    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cover, lit = np.zeros_like(x), np.zeros_like(x)
        for number, angle in enumerate(angles):
            length = 1.5 - 0.35 * abs(angle) - 0.2 * (number % 2)
            along = np.clip(x * np.sin(angle) - (y - 0.95) * np.cos(angle), 0, length)
            distance = np.hypot(x - along * np.sin(angle), y - 0.95 + along * np.cos(angle)) / (0.12 + 0.03 * along)
            branch = smooth(1.05, 0.85, distance)
            lit += (np.clip(0.45 + 0.35 * along - 0.3 * distance, 0, 1) - lit) * branch
            cover = np.maximum(cover, branch)
        return rgb(colour) * (0.7 + 0.5 * lit), cover

    return drawn(128, paint)


@cache
def pine(dark: str, light: str) -> Sprite:
    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cover, shine = np.zeros_like(x), np.zeros_like(x)
        for tier in range(4):
            top, bottom = -0.98 + 0.34 * tier, -0.2 + 0.36 * tier
            half = (0.30 + 0.13 * tier) * np.clip((y - top) / (bottom - top), 0, 1)
            skirt = smooth(half + 0.04, half - 0.05, np.abs(x)) * smooth(bottom + 0.04, bottom - 0.04, y + 0.08 * np.cos(9 * x))
            cover = np.maximum(cover, skirt)
            shine = np.maximum(shine * (1 - skirt), skirt * np.clip(0.6 - 0.9 * x - 0.6 * (y - top) / (bottom - top), 0, 1))
        return rgb(dark) + (rgb(light) - rgb(dark)) * shine, cover

    return drawn(96, paint)


@cache
def palm() -> Sprite:
    """A palm leaning to the right, its foot at the lower left."""
    crown_x, crown_y = 0.15, -0.42
    leaves = ((2.0, 0.55), (1.1, 0.6), (2.7, 0.8), (0.45, 0.8), (3.4, 0.85), (-0.25, 0.85), (4.1, 0.7), (-1.0, 0.7), (-1.6, 0.55))

    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rise = np.clip((0.97 - y) / (0.97 - crown_y), 0, 1)
        middle = -0.5 + (crown_x + 0.5) * rise ** 1.6
        half = 0.032 + 0.02 * (1 - rise) + 0.05 * smooth(0.1, 0, rise)
        cover = smooth(half + 0.012, half - 0.012, np.abs(x - middle)) * smooth(0.98, 0.95, y) * (y > crown_y)
        colours = rgb("#b07c4c") * (0.92 + 0.1 * np.sin(62 * rise) + 5 * np.clip(x - middle, -0.06, 0.06))
        for number, (angle, length) in enumerate(leaves):
            out = (x - crown_x) * np.cos(angle)             # a leaf bows down the further it reaches
            side = 1 if np.cos(angle) >= 0 else -1
            reach = 0.72 * length * abs(np.cos(angle)) + 0.22
            span = np.clip((x - crown_x) * side / reach, 0, 1)
            spine = crown_y - 0.32 * np.sin(np.pi * np.clip(span, 0, 0.5)) * (1 - np.sin(angle)) * 0.6 + (0.25 + 0.35 * (1 + np.sin(angle))) * span ** 2.2
            wide = 0.125 * np.sqrt(span) * (1 - span) ** 0.5 * (1 + 0.12 * np.sin(80 * span)) * (out > 0)
            leaf = smooth(wide + 0.01, wide - 0.014, np.abs(y - spine)) * (span > 0) * (span < 1)
            tone = np.clip(0.5 - (y - spine) / 0.16, 0, 1) - 0.16 * smooth(0.012, 0.004, np.abs(y - spine))
            green = between(((-0.2, "#16683c"), (0.5, "#38a852"), (1, "#9adf6c")), tone - 0.04 * (number % 3))
            colours = np.where(leaf > cover, green, colours + (green - colours) * leaf)
            cover = np.maximum(cover, leaf)
        for nut_x, nut_y in ((0.09, -0.36), (0.2, -0.35)):
            distance = np.hypot(x - nut_x, y - nut_y) / 0.055
            nut = smooth(1.1, 0.9, distance)
            colours = colours + (rgb("#8a5a34") * (1.25 - 0.5 * distance) - colours) * nut
            cover = np.maximum(cover, nut)
        return colours, cover

    return drawn(320, paint)


def clouds(canvas: Canvas, low: float, high: float, count: int, size: float = 0.3, opacity: float = 0.9) -> None:
    """Some clouds with their centres between y = low and y = high, in slots across the picture, the lower the smaller."""
    for slot in range(count):
        y = canvas.about((low + high) / 2, (high - low) / 2)
        width = size * (1.25 - 0.6 * (y - low) / max(high - low, 0.01))
        x = (slot + canvas.about(0.5, 0.25)) / count
        canvas.put(heap(int(canvas.chance.integers(6)), *CLOUD, flat=True), x, y, round(width, 2), round(width * 0.62, 2), opacity)


def stars(canvas: Canvas, count: int, low: float) -> None:
    for x, y, size in canvas.chance.random((count, 3)).tolist():
        size = size ** 3
        width = round(0.022 + 0.04 * size, 2)
        canvas.put(star(), x, y * low, width, width, 0.55 + 0.45 * size)


def moon(canvas: Canvas, x: float, y: float, radius: float) -> None:
    canvas.glow(x, y, 3.2 * radius, "#9fb8ff", 0.5)
    canvas.glow(x, y, 1.6 * radius, "#fff3cf", 0.6)
    canvas.disc(x, y, radius, "#fff4cf")
    canvas.disc(x - radius * 0.3, y - radius * 0.2, radius * 0.25, "#f3e2ae", 0.02)
    canvas.disc(x + radius * 0.35, y + radius * 0.3, radius * 0.18, "#f3e2ae", 0.02)


def glitter(canvas: Canvas, horizon: float, bottom: float, x: float, width: float, colour: str, strength: float) -> None:
    """The path of light on water, below a sun or moon at x."""
    rows = canvas.rows(horizon, bottom)
    spread = width * (0.35 + 1.5 * (canvas.y[rows] - horizon))
    path = np.exp(-((canvas.x - x) / spread) ** 2)
    waves = canvas.plane("waves", horizon, rows)
    canvas.light(strength * path * smooth(0.42, 0.75, waves), colour, rows)


# Studios

STUDIOS: Mapping[str, str] = MappingProxyType({
    "white": "#f7f7f8", "black": "#1b1b1f", "red": "#e0413f", "blue": "#3f7fe0", "green": "#45b05c", "yellow": "#fbd045",
    "pink": "#f7a8cb", "purple": "#8e5fc7", "orange": "#f7943c", "gray": "#97999f"})


def studio(colour: str) -> Place:
    """A seamless paper of one colour: lit from above, a little darker towards the corners."""
    def paint(canvas: Canvas, alone: bool) -> None:
        light = 1.06 - 0.13 * ((canvas.x - 0.5) ** 2 + (canvas.y - 0.42) ** 2) / 0.5 - 0.05 * smooth(0.7, 1, canvas.y)
        canvas.picture[:] = rgb(colour) * (light * canvas.about(1, 0.02))
        if colour == STUDIOS["black"]:
            canvas.light(0.08 * canvas.round(0.5, 0.45, 0.5), "#8890b0")

    return Place(paint, shadow=0.6 if colour == STUDIOS["black"] else 0.34)


# Places

def beach(canvas: Canvas, alone: bool) -> None:
    horizon, sun = canvas.about(0.45, 0.01), canvas.about(0.74, 0.05)
    canvas.fill(((0, "#3fa4ee"), (0.2, "#7cc8f6"), (horizon - 0.06, "#c9ecf8"), (horizon, "#fff0d6")))
    canvas.glow(sun, 0.16, 0.34, "#fff2c4", 0.55)
    canvas.glow(sun, 0.16, 0.09, "#fffbe6", 1)
    clouds(canvas, horizon - 0.2, horizon - 0.07, 3, 0.24, 0.85)
    shore = canvas.curve(0.66, 0.035, (0.6, 1.3))
    sea = canvas.rows(horizon, 0.76)
    canvas.land(np.full(canvas.side, horizon, np.float32),
                ((0, "#2e97d6"), (0.06, "#25a8d8"), (0.12, "#3ccbd8"), (0.18, "#86e4da"), (0.24, "#c8f2e4")), 0.004)
    waves = canvas.plane("waves", horizon, sea)
    canvas.light(0.5 * smooth(0.55, 0.85, waves), "#d8fbff", sea)
    canvas.shade(0.12 * smooth(0.45, 0.2, waves), sea)
    glitter(canvas, horizon, 0.68, sun, 0.12, "#fff6d8", 0.8)
    canvas.land(shore - 0.012, ((0, "#bff0e6"), (0.02, "#cdbf98"), (0.06, "#d9bf8a"), (0.1, "#efd6a0"), (0.35, "#f8e2b2")), 0.03)
    sand = canvas.rows(float(shore.min()))
    ripples = canvas.plane("waves", 0.5, sand)
    canvas.shade(0.04 * smooth(0.55, 0.2, ripples) * smooth(0.03, 0.12, canvas.y[sand] - shore), sand)
    canvas.light(0.10 * smooth(0.45, 0.8, ripples) * smooth(0.03, 0.12, canvas.y[sand] - shore), "#fff4d0", sand)
    for offset, width, strength in ((-0.085, 0.005, 0.4), (-0.045, 0.007, 0.6), (0.0, 0.013, 0.95)):
        foam = canvas.rows(float(shore.min()) + offset - 3 * width, float(shore.max()) + offset + 3 * width)
        depth = (canvas.y[foam] - shore - offset) / width
        lace = 0.7 + 0.6 * (canvas.noise("cloudy", 0.5, 0.3, foam) - 0.5)
        canvas.over(strength * lace * np.where(depth > 0, np.exp(-depth ** 2), np.exp(-(depth / 2) ** 2)), rgb("#ffffff"), foam)
    if alone:
        canvas.shade(0.3 * canvas.round(0.15, 0.845, 0.12, 0.018))
        canvas.put(palm(), 0.27, 0.44, 0.72, 0.84)


def ocean(canvas: Canvas, alone: bool) -> None:
    horizon = canvas.about(0.42, 0.015)
    canvas.fill(((0, "#5bb4f0"), (0.25, "#9fd8f8"), (horizon, "#e4f5fa")))
    clouds(canvas, 0.12, horizon - 0.06, 3, 0.34)
    canvas.land(np.full(canvas.side, horizon, np.float32), ((0, "#4aa5d8"), (0.06, "#2a86c8"), (0.25, "#1a6cb8"), (0.6, "#0f4f98")), 0.004)
    sea = canvas.rows(horizon)
    waves = canvas.plane("waves", horizon, sea)
    canvas.light(0.4 * smooth(0.55, 0.9, waves), "#a8e8ff", sea)
    for number in range(5):
        depth = 0.05 + 0.11 * number ** 1.15
        crest = canvas.curve(horizon + depth, 0.014 + 0.008 * number, (5.3 - 0.7 * number, 2.7, 8.1 - number), 0.35)
        height = 0.05 + 0.025 * number
        rows = canvas.rows(float(crest.min()) - 0.02, float(crest.max()) + height)
        below = canvas.y[rows] - crest
        canvas.over(smooth(-0.004, 0.004, below) * smooth(height, 0, below),
                    between(((0, "#7fd4ee"), (0.02, "#3ea2dc"), (height, "#1765b0")), below), rows)
        canvas.light(0.7 * np.exp(-((below - 0.004) / 0.006) ** 2), "#ffffff", rows)


def meadow(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#57b2f2"), (0.3, "#a9dcf8"), (0.5, "#e8f7f2")))
    canvas.glow(0.8, 0.12, 0.3, "#fff6cf", 0.6)
    clouds(canvas, 0.12, 0.36, 3, 0.36)
    canvas.land(canvas.curve(0.5, 0.05, (1.1, 2.3)), ((0, "#9fd4b4"), (0.15, "#7cc48c")))
    canvas.land(canvas.curve(0.56, 0.05, (0.8, 1.7)), ((0, "#a5dc7c"), (0.03, "#84cc68"), (0.2, "#62b454")))
    near = canvas.curve(0.64, 0.035, (0.6, 1.2))
    canvas.land(near, ((0, "#b4e474"), (0.04, "#8ad05c"), (0.36, "#4ca23e")))
    grass = canvas.rows(0.62)
    blades = canvas.noise("grass", 0.5, 1.4, grass)
    canvas.shade(0.13 * smooth(0.55, 0.2, blades) * smooth(0, 0.08, canvas.y[grass] - near), grass)
    canvas.light(0.16 * smooth(0.5, 0.85, blades) * smooth(0, 0.08, canvas.y[grass] - near), "#f0ffa8", grass)
    kinds = (("#ffffff", "#ffc93c"), ("#ff8fc0", "#ffe07a"), ("#ffd94a", "#f49b2c"), ("#ff6a5e", "#ffd166"), ("#b49bf2", "#fff0a0"))
    for depth in np.sort(canvas.chance.random(46 if alone else 34) ** 1.3).tolist():
        width = round(0.018 + 0.065 * depth, 2)
        petals, heart = kinds[canvas.chance.integers(len(kinds))]
        canvas.put(flower(petals, heart), canvas.chance.random(), 0.67 + 0.32 * depth, width, width * 0.8)


def night_sky(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#0b1038"), (0.4, "#1c2368"), (0.68, "#3f3f96"), (0.85, "#7c64b4")))
    lean = canvas.about(0.55, 0.05)
    across = (canvas.x - 0.15) * lean + (canvas.y - 0.55) * 0.83
    dust = canvas.noise("cloudy", 1.2, 1.2)
    canvas.light(0.75 * np.exp(-(across / 0.13) ** 2) * (0.3 + 0.7 * smooth(0.25, 0.75, dust)), "#8f9cff")
    canvas.light(0.5 * np.exp(-(across / 0.06) ** 2) * smooth(0.4, 0.85, dust), "#ffe0f4")
    stars(canvas, 46, 0.8)
    moon(canvas, canvas.about(0.82, 0.02), canvas.about(0.16, 0.01), 0.075)
    canvas.land(canvas.curve(0.8, 0.05, (1.2, 2.1)), ((0, "#3a3a80"), (0.2, "#2a2a66")))
    foot = canvas.curve(0.87, 0.04, (0.7, 1.4))
    for slot in range(9):
        x = (slot + canvas.about(0.5, 0.3)) / 9
        if alone or abs(x - 0.5) > 0.22:
            height = round(canvas.about(0.17, 0.05), 2)
            canvas.put(pine("#1c2458", "#3a4488"), x, float(foot[int(x * canvas.side)]) + 0.02 - height / 2, round(height * 0.6, 2), height)
    canvas.land(foot, ((0, "#2c3468"), (0.13, "#141a44")))


def sunset(canvas: Canvas, alone: bool) -> None:
    horizon = canvas.about(0.6, 0.01)
    canvas.fill(((0, "#4a3a8c"), (0.2, "#8c4a9c"), (0.4, "#e8668a"), (0.52, "#ff9a5c"), (horizon, "#ffd27a")))
    haze = canvas.noise("cloudy", 2.4, 0.7)
    canvas.light(0.5 * smooth(0.5, 0.8, haze) * smooth(horizon, 0.15, canvas.y), "#ff9fb0")
    canvas.glow(0.5, horizon - 0.06, 0.36, "#ffb45c", 0.75)
    canvas.disc(0.5, horizon - 0.05, 0.13, "#fff0b0", 0.012)
    canvas.land(canvas.curve(horizon - 0.03, 0.035, (1.1, 2.6)) + 0.05 * np.exp(-((canvas.x[0] - 0.5) / 0.22) ** 2),
                ((0, "#b0568c"), (0.06, "#9c4a88")))
    canvas.land(np.full(canvas.side, horizon, np.float32), ((0, "#ffb070"), (0.08, "#d8688c"), (0.4, "#4c2f74")), 0.004)
    sea = canvas.rows(horizon)
    waves = canvas.plane("waves", horizon, sea)
    canvas.shade(0.3 * smooth(0.5, 0.25, waves), sea)
    glitter(canvas, horizon, 1, 0.5, 0.2, "#ffe09a", 1.0)


def snow(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#8fbfe8"), (0.3, "#c4dff4"), (0.5, "#f2f3f8")))
    canvas.glow(0.76, 0.18, 0.26, "#fff4dc", 0.8)
    canvas.land(canvas.curve(0.48, 0.07, (1.3, 2.9)), ((0, "#d4e4f4"), (0.2, "#bcd4ec")))
    middle = canvas.curve(0.56, 0.04, (0.9, 1.7))
    for x in canvas.chance.random(11).tolist():
        if abs(x - 0.5) > 0.12 or alone:
            height = round(canvas.about(0.2, 0.06), 2)
            foot = float(middle[int(x * canvas.side)]) + 0.02
            canvas.put(pine("#54829c", "#f4faff"), x, foot - height / 2, round(height * 0.6, 2), height, 0.85)
    canvas.land(middle, ((0, "#ffffff"), (0.06, "#e4eefa"), (0.2, "#c8dcf2")), 0.01)
    canvas.land(canvas.curve(0.68, 0.04, (0.6, 1.3)), ((0, "#ffffff"), (0.08, "#f4f8fe"), (0.34, "#cfe0f4")), 0.012)
    ground = canvas.rows(0.6)
    hollows = smooth(0.55, 0.3, canvas.noise("cloudy", 1.5, 0.6, ground)) * smooth(0.68, 0.8, canvas.y[ground])
    canvas.over(0.5 * hollows, rgb("#c4daf4"), ground)
    for x, y, size in canvas.chance.random((34, 3)).tolist():
        width = round(0.012 + 0.026 * size * size, 3)
        canvas.put(blob("#ffffff", 0.8), x, y, width, width, 0.9)


def desert(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#59b3e6"), (0.25, "#a8d8ec"), (0.5, "#ffe6b8")))
    canvas.glow(0.76, 0.16, 0.3, "#fff3c0", 0.6)
    canvas.disc(0.76, 0.16, 0.06, "#fffbe2", 0.02)
    for y, height, waves, lit, dark in ((0.5, 0.06, (1.4, 2.6), "#f7d8a6", "#e2b184"), (0.58, 0.08, (1.1, 2.0), "#fbd594", "#dba066"),
                                        (0.68, 0.10, (0.9, 1.5), "#fdd892", "#d99a5a")):
        crest = canvas.curve(y, height, waves)
        rows = canvas.rows(float(crest.min()) - 0.02)
        depth = canvas.y[rows] - crest
        ridge = np.clip((canvas.x - 1.6 * depth) * canvas.side, 0, canvas.side - 1).astype(np.int32)    # shadows run down aslant
        shaded = smooth(-0.02, 0.1, np.gradient(crest, 1 / canvas.side)[ridge]) * smooth(0.3, 0.05, depth)
        colour = rgb(lit) + (rgb(dark) - rgb(lit)) * np.clip(0.85 * shaded + 0.9 * depth, 0, 1)
        canvas.over(np.clip(depth / 0.007 + 0.5, 0, 1), colour, rows)
    sand = canvas.rows(0.66)
    canvas.shade(0.07 * smooth(0.5, 0.25, canvas.plane("waves", 0.5, sand)) * smooth(0.68, 0.85, canvas.y[sand]), sand)


def forest(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#9fdcc0"), (0.3, "#d6f4d0"), (0.55, "#f6fbdc")))
    canvas.glow(0.5, 0.4, 0.4, "#fffbe0", 0.6)
    rows = ((9, 0.42, 0.58, ("#8cc8a8", "#a8dcb4", "#c8ecc4"), "#94b8a0", ("#c0e6a8", "#a4d890")),
            (7, 0.60, 0.64, ("#4f9c74", "#74bc84", "#a8dc98"), "#7c8c70", ("#a4dc88", "#84c870")),
            (6, 0.92, 0.74, ("#1f7048", "#3f9c58", "#84cc68"), "#745038", ("#90d46c", "#3f9448")))
    for number, (count, size, foot, leaves, bark, (near, far)) in enumerate(rows):
        for slot in range(count):
            x = (slot + canvas.about(0.5, 0.25)) / count
            if number < 2 or abs(x - 0.5) > 0.24:
                height = round(canvas.about(size, 0.06 * size), 2)
                canvas.put(tree(int(canvas.chance.integers(4)), leaves, bark), x, foot + 0.02 - height / 2, round(height * 0.7, 2), height)
        canvas.land(canvas.curve(foot, 0.02, (1.2, 2.6)), ((0, near), (0.34, far)), 0.012)
    slant = canvas.x + 0.55 * canvas.y
    shafts = np.sin(11 * slant + canvas.about(0, 0.6)) * np.sin(25 * slant + 1)
    canvas.light(0.5 * smooth(0.1, 0.9, shafts) * smooth(0.9, 0.1, canvas.y), "#fffbd0")
    floor = canvas.rows(0.72)
    canvas.light(0.25 * smooth(0.45, 0.8, canvas.noise("cloudy", 0.8, 0.35, floor)) * smooth(0.74, 0.82, canvas.y[floor]), "#eafaa0", floor)
    canvas.shade(0.08 * smooth(0.55, 0.25, canvas.noise("grass", 0.6, 1.0, floor)) * smooth(0.74, 0.8, canvas.y[floor]), floor)
    for slot in range(7):
        x = (slot + canvas.about(0.5, 0.3)) / 7
        if abs(x - 0.5) > 0.25:
            canvas.put(heap(int(canvas.chance.integers(4)), *LEAVES), x, canvas.about(0.8, 0.04), 0.22, 0.16)


def space(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#0a0824"), (0.5, "#120c36"), (1, "#1a0f3c")))
    haze, veil = canvas.noise("cloudy", 1.6, 1.6), canvas.noise("cloudy", 1.1, 1.1)
    canvas.light(0.8 * smooth(0.3, 0.8, haze) * canvas.round(0.28, 0.38, 0.45), "#b43fd0")
    canvas.light(0.75 * smooth(0.3, 0.8, veil) * canvas.round(0.72, 0.7, 0.45), "#2f7fe8")
    canvas.light(0.5 * smooth(0.5, 0.85, haze * 0.5 + veil * 0.5) * canvas.round(0.45, 0.5, 0.45), "#ff9fd0")
    stars(canvas, 44, 1)
    x, y, radius = (0.62, 0.45, 0.24) if alone else (canvas.about(0.83, 0.02), canvas.about(0.2, 0.02), 0.12)
    rows = canvas.rows(y - 1.1 * radius, y + 1.1 * radius)
    along, down = (canvas.x - x) / radius, (canvas.y[rows] - y) / radius
    height = np.sqrt(np.clip(1 - along ** 2 - down ** 2, 0, 1))
    lit = np.clip(-0.5 * along - 0.45 * down + 0.72 * height, 0, 1)
    bands = 0.5 + 0.5 * np.sin(9 * (down + 0.25 * along))
    colour = (rgb("#f4a86c") + (rgb("#e8708c") - rgb("#f4a86c")) * bands) * (0.16 + 1.0 * lit)
    canvas.over(smooth(1.03, 0.97, np.hypot(along, down)), colour, rows)
    ring = np.hypot(along, (down + 0.25 * along) * 3.4)
    front = (down + 0.25 * along > 0) | (np.hypot(along, down) > 1)
    canvas.over(0.8 * smooth(1.3, 1.38, ring) * smooth(1.85, 1.75, ring) * front, rgb("#f8dcb4"), rows)


def _skyline(canvas: Canvas, base: float, low: float, high: float, width: float, stops: tuple, lights: str, strength: float) -> None:
    """A row of houses with windows, standing on y = base."""
    crest = np.empty(canvas.side, np.float32)
    shade = np.empty(canvas.side, np.float32)
    start = 0
    while start < canvas.side:
        stop = start + max(4, int(canvas.side * canvas.about(width, width * 0.35)))
        crest[start:stop] = base - canvas.about((low + high) / 2, (high - low) / 2)
        shade[start:stop] = np.linspace(1.05, 0.9, stop - start)[:canvas.side - start] * canvas.about(1, 0.05)
        start = stop
    rows = canvas.rows(float(crest.min()) - 0.01, base)
    depth = canvas.y[rows] - crest
    inside = np.clip(depth * canvas.side + 0.5, 0, 1)
    canvas.over(inside, between(stops, (canvas.y[rows] - float(crest.min())) + 0 * canvas.x) * shade, rows)
    cell = width / 4
    across, down = (canvas.x / cell) % 1, (depth / (cell * 1.3)) % 1
    window = smooth(0.2, 0.32, across) * smooth(0.8, 0.68, across) * smooth(0.25, 0.4, down) * smooth(0.8, 0.65, down)
    number = ((canvas.x / cell).astype(np.int32) * 37 + (depth / (cell * 1.3)).astype(np.int32) * 91) % 512
    lit = grain("cloudy")[canvas.chance.integers(512)][number] > 0.47
    canvas.over(strength * window * lit * (depth > cell * 0.6), rgb(lights), rows)


def city(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#62b6f2"), (0.35, "#b4e0f8"), (0.66, "#fdf0dc")))
    clouds(canvas, 0.08, 0.26, 3, 0.3)
    _skyline(canvas, 0.68, 0.18, 0.42, 0.07, ((0, "#b8d4ec"), (0.4, "#dcebf4")), "#f0f8ff", 0.35)
    _skyline(canvas, 0.7, 0.1, 0.34, 0.1, ((0, "#7fa8d4"), (0.3, "#a8c8e4")), "#f4fbff", 0.75)
    rows = canvas.rows(0.68)
    canvas.land(np.full(canvas.side, 0.69, np.float32), ((0, "#8cc878"), (0.025, "#7cbc6c"), (0.03, "#dcd6cc"), (0.31, "#bdb8b4")), 0.004)
    for slot in range(8):
        canvas.put(tree(slot % 4, LEAVES, "#7c5a40"), (slot + canvas.about(0.5, 0.2)) / 8, 0.645, 0.13, 0.15)
    tiles = np.sin(2 * np.pi * 5 * (canvas.x - 0.5) / (canvas.y[rows] - 0.6)) ** 2
    canvas.shade(0.07 * smooth(0.06, 0, tiles) * smooth(0.73, 0.8, canvas.y[rows]), rows)


def night_city(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#141440"), (0.35, "#352a78"), (0.68, "#a04c9c")))
    stars(canvas, 14, 0.35)
    _skyline(canvas, 0.7, 0.2, 0.44, 0.07, ((0, "#3c3484"), (0.4, "#5c3f94")), "#ffd890", 0.55)
    _skyline(canvas, 0.71, 0.1, 0.34, 0.1, ((0, "#1f1f58"), (0.3, "#2a2464")), "#ffcf6c", 0.95)
    road = canvas.rows(0.7)
    mirror = canvas.picture[:, road.start - (canvas.side - road.start):road.start][:, ::-1]
    canvas.picture[:, road] = mirror * 0.45 + rgb("#1a1844") * 0.5
    canvas.shade(0.3 * smooth(0.5, 0.3, canvas.plane("waves", 0.66, road)), road)
    for number, x in enumerate(np.linspace(0.04, 0.96, 9)):
        colour = ("#ff7fb0", "#ffd070", "#6cd8ff")[number % 3]
        canvas.glow(canvas.about(x, 0.03), canvas.about(0.69, 0.01), 0.035, colour, 0.8)


def room(canvas: Canvas, alone: bool) -> None:
    floor = 0.7
    canvas.fill(((0, "#f4dcc0"), (floor, "#eecba8")))
    canvas.light(0.35 * canvas.round(0.3, 0.3, 0.5), "#fff4dc")
    slant = canvas.x - 0.35 * canvas.y
    patch = _within(slant, 0.42, 0.74, 0.02) * _within(canvas.y, 0.1, 0.62, 0.02)
    canvas.light(0.45 * patch * (1 - 0.5 * smooth(0.012, 0.006, np.abs(slant - 0.58))), "#fff0c4")
    rows = canvas.rows(0.06, 0.5)
    y = canvas.y[rows]
    canvas.over(_within(canvas.x, 0.02, 0.34) * _within(y, 0.07, 0.49), rgb("#ffffff"), rows)
    panes = _within(canvas.x, 0.05, 0.31) * _within(y, 0.1, 0.46) * smooth(0.006, 0.011, np.abs(canvas.x - 0.18)) * smooth(0.006, 0.011, np.abs(y - 0.28))
    canvas.over(panes, between(((0.1, "#7cc4f4"), (0.34, "#c8e8f8"), (0.36, "#a8d890"), (0.46, "#7cc068")), y), rows)
    canvas.land(np.full(canvas.side, floor - 0.03, np.float32),
                ((0, "#fffaf0"), (0.028, "#f0e4d4"), (0.031, "#b87c4c"), (0.33, "#dca06a")), 0.004)
    _boards(canvas, floor, 0.45, 0.16)
    boards = canvas.rows(floor)
    rug = np.hypot((canvas.x - 0.5) / 0.42, (canvas.y[boards] - 0.88) / 0.1)
    canvas.over(smooth(1.02, 0.98, rug), between(((0, "#f2efe6"), (0.72, "#f2efe6"), (0.78, "#5fa8b8"), (1, "#5fa8b8")), rug), boards)


def _within(value: np.ndarray, low: float, high: float, blur: float = 0.004) -> np.ndarray:
    return smooth(low - blur, low + blur, value) * smooth(high + blur, high - blur, value)


def _boards(canvas: Canvas, floor: float, vanishing: float, strength: float) -> None:
    """The gaps between floor boards, which run towards a point at y = `vanishing`."""
    rows = canvas.rows(floor)
    across = (canvas.x - 0.5) / (canvas.y[rows] - vanishing)
    canvas.shade(strength * smooth(0.1, 0, np.abs(np.sin(np.pi * 4 * across))), rows)


def mountain(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#4ea4ea"), (0.3, "#9cd4f6"), (0.55, "#eef7f6")))
    clouds(canvas, 0.1, 0.24, 2, 0.3)
    _peaks(canvas, 0.5, 0.26)
    canvas.land(canvas.curve(0.6, 0.04, (1.1, 2.3)), ((0, "#86c08c"), (0.2, "#5ca070")), 0.01)
    foot = canvas.curve(0.66, 0.03, (0.8, 1.9))
    for x in canvas.chance.random(13).tolist():
        height = round(canvas.about(0.13, 0.04), 2)
        canvas.put(pine("#2f6c50", "#6cb478"), x, float(foot[int(x * canvas.side)]) + 0.02 - height / 2, round(height * 0.6, 2), height)
    canvas.land(foot, ((0, "#a4d86c"), (0.05, "#80c458"), (0.34, "#4c9a40")), 0.01)
    grass = canvas.rows(0.64)
    canvas.shade(0.10 * smooth(0.55, 0.25, canvas.noise("grass", 0.6, 1.1, grass)) * smooth(0, 0.06, canvas.y[grass] - foot), grass)


def _peaks(canvas: Canvas, foot: float, height: float) -> None:
    """A far chain of hills and three snowy mountains before it, lit from the right."""
    canvas.land(canvas.curve(foot - height * 0.5, height * 0.5, (1.4, 3.1, 6.3), 0.9), ((0, "#b4cce8"), (0.3, "#d4e6f2")), 0.008)
    for middle, up, wide in ((0.14, 1.0, 0.36), (0.88, 1.06, 0.34), (0.5, 1.36, 0.44)):
        x, top = canvas.about(middle, 0.03), foot - height * canvas.about(up, 0.08)
        rugged = canvas.curve(0, 0.05, (7.1, 12.7, 23.3), 1)
        crest = top + (foot + 0.12 - top) * np.abs(canvas.x[0] - x) / wide + rugged * smooth(0, 0.1, np.abs(canvas.x[0] - x))
        rows = canvas.rows(float(crest.min()) - 0.01, foot + 0.14)
        fall = canvas.y[rows] - top
        edge = canvas.x - x - 0.16 * fall + 0.025 * np.abs((fall * 11) % 2 - 1) * smooth(0, 0.1, fall)
        lit = smooth(-0.008, 0.008, edge)
        snowy = smooth(0.008, -0.008, fall - 0.52 * height - 1.7 * rugged)
        rock = between(((0, "#5f7cab"), (1, "#9db4d2")), lit)
        cover = np.clip((canvas.y[rows] - crest) / 0.007 + 0.5, 0, 1)
        canvas.over(cover, rock + (between(((0, "#c3d6f2"), (1, "#ffffff")), lit) - rock) * snowy, rows)
        canvas.light(0.55 * cover * smooth(foot - 0.16, foot + 0.1, canvas.y[rows]), "#dcecf4", rows)


def lake(canvas: Canvas, alone: bool) -> None:
    shore = 0.5
    canvas.fill(((0, "#56aef0"), (0.3, "#a8dcf8"), (shore, "#f4f4e8")))
    clouds(canvas, 0.08, 0.2, 2, 0.26)
    _peaks(canvas, shore - 0.06, 0.22)
    canvas.land(canvas.curve(shore - 0.03, 0.02, (1.6, 3.4)), ((0, "#5ca87c"), (0.06, "#3f8c68")), 0.008)
    water = canvas.rows(shore)
    mirror = canvas.picture[:, :water.start][:, ::-1][:, :canvas.side - water.start]
    canvas.picture[:, water][:, :mirror.shape[1]] = mirror
    canvas.over(smooth(shore - 0.3, shore + 0.5, canvas.y[water] + 0 * canvas.x), rgb("#2f88b8"), water)
    ripples = canvas.plane("waves", shore - 0.02, water)
    canvas.light(0.32 * smooth(0.52, 0.85, ripples), "#e4fbff", water)
    canvas.shade(0.12 * smooth(0.45, 0.2, ripples), water)
    bank = canvas.curve(0.84, 0.03, (0.7, 1.5))
    canvas.land(bank, ((0, "#b8e07c"), (0.03, "#84c860"), (0.18, "#4c9c44")), 0.012)
    grass = canvas.rows(0.8)
    canvas.shade(0.11 * smooth(0.55, 0.25, canvas.noise("grass", 0.5, 1.2, grass)) * smooth(0, 0.04, canvas.y[grass] - bank), grass)


def rain(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#6f8aa6"), (0.35, "#93aabf"), (0.66, "#b8c9d4")))
    for slot in range(5):
        canvas.put(heap(int(canvas.chance.integers(6)), *STORM, flat=True), (slot + canvas.about(0.5, 0.3)) / 5, canvas.about(0.1, 0.05), 0.56, 0.34)
    canvas.land(canvas.curve(0.6, 0.05, (1.2, 2.6)), ((0, "#86a0ac"), (0.2, "#9cb4bc")), 0.02)
    canvas.land(np.full(canvas.side, 0.67, np.float32), ((0, "#a8bcc8"), (0.1, "#8098ac"), (0.33, "#5c7690")), 0.012)
    wet = canvas.rows(0.68)
    canvas.light(0.3 * smooth(0.5, 0.8, canvas.plane("waves", 0.62, wet)), "#dceaf4", wet)
    for x, y in canvas.chance.random((9, 2)).tolist():
        y = 0.73 + 0.26 * y
        width = 0.05 + 0.16 * (y - 0.7)
        rows = canvas.rows(y - width, y + width)
        ring = np.hypot((canvas.x - x) / width, (canvas.y[rows] - y) / (0.3 * width))
        canvas.light(0.7 * np.exp(-((ring - 0.8) / 0.18) ** 2), "#ffffff", rows)
    for x, y, size in canvas.chance.random((55, 3)).tolist():
        height = round(0.08 + 0.09 * size, 2)
        canvas.put(streak(), x, y, round(0.3 * height, 3), height, 0.5 + 0.4 * size)


def sky(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#2f8ce8"), (0.45, "#78c4f8"), (1, "#e0f4fc")))
    canvas.glow(0.78, 0.14, 0.34, "#fff4cc", 0.75)
    canvas.glow(0.78, 0.14, 0.07, "#fffdf0", 1)
    clouds(canvas, 0.2, 0.4, 3, 0.36, 0.75)
    for y, size, count in ((0.8, 0.55, 4), (0.95, 0.75, 4)):
        for slot in range(count):
            x = (slot + canvas.about(0.5, 0.2)) / count
            width = round(canvas.about(size, 0.06), 2)
            canvas.put(heap(int(canvas.chance.integers(6)), *CLOUD, flat=True), x, canvas.about(y, 0.02), width, round(width * 0.62, 2))


def underwater(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#8cecf0"), (0.15, "#3fc4dc"), (0.5, "#1a8cc4"), (0.85, "#12609c")))
    slant = (canvas.x - 0.5) / (canvas.y + 0.6)
    shafts = np.sin(21 * slant + canvas.about(0, 1)) * np.sin(47 * slant + 2)
    canvas.light(0.5 * smooth(0.1, 0.9, shafts) * smooth(0.8, 0, canvas.y), "#d4fff8")
    canvas.land(canvas.curve(0.78, 0.04, (1.3, 2.7)), ((0, "#2a86a8"), (0.2, "#1f6c94")), 0.02)
    for x, colour in ((0.07, "#ff7f8c"), (0.17, "#ffb35c"), (0.84, "#c47fe8"), (0.94, "#ff8fb8")):
        width = round(canvas.about(0.26, 0.03), 2)
        canvas.put(coral(colour), x, canvas.about(0.84, 0.02), width, round(width * 0.95, 2))
    bed = canvas.curve(0.87, 0.025, (0.9, 2.1))
    canvas.land(bed, ((0, "#e8e0b0"), (0.13, "#a8b898")), 0.016)
    sand = canvas.rows(0.84)
    canvas.light(0.4 * smooth(0.5, 0.75, canvas.plane("waves", 0.8, sand)) * smooth(0, 0.02, canvas.y[sand] - bed), "#ffffe0", sand)
    for x, y, size in canvas.chance.random((12, 3)).tolist():
        width = round(0.02 + 0.05 * size * size, 2)
        canvas.put(bubble(), x, 0.8 * y, width, width, 0.9)


def stage(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#2a1038"), (0.7, "#5c1f58")))
    folds = np.sin(2 * np.pi * (9 * canvas.x[0] + canvas.chance.random()))
    curtain = smooth(0.30, 0.44, np.abs(canvas.x - 0.5) + 0.02 * np.sin(6 * canvas.y))
    canvas.over(curtain, between(((-1, "#7c1030"), (0.3, "#c42a48"), (1, "#ee5a68")), folds[None]))
    canvas.land(np.full(canvas.side, 0.74, np.float32), ((0, "#8c5434"), (0.26, "#c4804c")), 0.004)
    boards = canvas.rows(0.74)
    _boards(canvas, 0.74, 0.5, 0.2)
    for x, lean, colour in ((0.14, 0.42, "#ffd88c"), (0.86, -0.42, "#ffb0d8"), (0.5, 0, "#fff4d8")):
        middle, width = x + lean * canvas.y, 0.03 + 0.22 * canvas.y
        canvas.light(0.42 * np.exp(-((canvas.x - middle) / width) ** 2) * smooth(0.95, 0.6, canvas.y), colour)
    canvas.light(0.75 * canvas.round(0.5, 0.86, 0.36, 0.075, boards), "#fff0c4", boards)


PLACES: Mapping[str, Place] = MappingProxyType({
    **{name: studio(colour) for name, colour in STUDIOS.items()},
    "beach": Place(beach), "ocean": Place(ocean, shadow=0.3), "meadow": Place(meadow),
    "night_sky": Place(night_sky, (0.84, 0.86, 1.0)), "sunset": Place(sunset, (1.0, 0.9, 0.86)), "snow": Place(snow, (0.98, 0.99, 1.0), 0.3),
    "desert": Place(desert, (1.0, 0.98, 0.94)), "forest": Place(forest, (0.97, 1.0, 0.94)), "space": Place(space, (0.94, 0.94, 1.0), 0),
    "city": Place(city), "night_city": Place(night_city, (0.9, 0.86, 1.0)), "room": Place(room, (1.0, 0.98, 0.95)),
    "mountain": Place(mountain), "lake": Place(lake), "rain": Place(rain, (0.9, 0.94, 0.98), 0.4), "clouds": Place(sky, shadow=0),
    "underwater": Place(underwater, (0.86, 0.96, 1.0), 0.3), "stage": Place(stage, (1.0, 0.97, 0.95), 0.5)})
