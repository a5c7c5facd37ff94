"""Small elements of the painted places, each made by a formula: clouds, trees, flowers, stars, corals."""

from functools import cache

import numpy as np

from .canvas import Canvas, Sprite, between, drawn, rgb, smooth

CLOUD, STORM = ("#b9cdea", "#e9f1fb", "#ffffff"), ("#566a84", "#7e92a8", "#a4b6c6")
LEAVES = ("#1f7a48", "#3fa455", "#8fd668")  # dark, middle, light


@cache
def heap(number: int, dark: str, middle: str, light: str, flat: bool = False) -> Sprite:
    """A group of lit balls: a cloud (with a flat base), a bush, a tree crown or a coral."""
    chance = np.random.default_rng(number)
    balls = [
        (x, 0.25 - (0.75 - abs(x)) * chance.uniform(0.1, 0.6), chance.uniform(0.22, 0.34) * (1.25 - abs(x)))
        for x in np.linspace(-0.68, 0.68, 9).tolist()
        for _ in range(2)
    ]

    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cover, lit = np.zeros_like(x), np.zeros_like(x)
        for ball_x, ball_y, radius in balls:
            ball = smooth(1.05, 0.7, np.hypot(x - ball_x, y - ball_y) / radius)
            lit += (np.clip(0.62 - 0.38 * (y - ball_y) / radius - 0.12 * (x - ball_x) / radius, 0, 1) - lit) * ball
            cover += (1 - cover) * ball
        return between(((0.2, dark), (0.6, middle), (0.9, light)), lit), cover * smooth(0.52, 0.2, y) if flat else cover

    return drawn(160, paint)


@cache
def tree(number: int, leaves: tuple[str, str, str], bark: str) -> Sprite:
    """A round tree on a trunk."""
    heaped = heap(number, *leaves).image.convert("RGBA").resize((160, 110), box=(0, 20, 160, 125))
    crown = np.asarray(heaped, np.float32).transpose(2, 0, 1) / 255

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
        return rgb("#fffdf0"), np.clip(np.exp(-((distance / 0.16) ** 2)) + 0.5 * rays, 0, 1) * smooth(1, 0.6, distance)

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
    """A falling raindrop, from the upper right to the lower left."""
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
    """A palm tree that leans to the right, with its foot at the lower left."""
    crown_x, crown_y = 0.15, -0.42
    leaves = ((2.7, 0.8), (0.45, 0.8), (3.4, 0.85), (-0.25, 0.85), (4.1, 0.7), (-1.0, 0.7), (-1.6, 0.55))

    def paint(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rise = np.clip((0.97 - y) / (0.97 - crown_y), 0, 1)
        middle = -0.5 + (crown_x + 0.5) * rise**1.6
        half = 0.032 + 0.02 * (1 - rise) + 0.05 * smooth(0.1, 0, rise)
        cover = smooth(half + 0.012, half - 0.012, np.abs(x - middle)) * smooth(0.98, 0.95, y) * (y > crown_y)
        colours = rgb("#b07c4c") * (0.92 + 0.1 * np.sin(62 * rise) + 5 * np.clip(x - middle, -0.06, 0.06))
        for number, (angle, length) in enumerate(leaves):
            out = (x - crown_x) * np.cos(angle)  # a leaf bends down along its length
            side = 1 if np.cos(angle) >= 0 else -1
            reach = 0.72 * length * abs(np.cos(angle)) + 0.22
            span = np.clip((x - crown_x) * side / reach, 0, 1)
            lift, fall = 0.19 * (1 - np.sin(angle)), 0.6 + 0.35 * np.sin(angle)
            spine = crown_y - lift * np.sin(np.pi * np.clip(span, 0, 0.5)) + fall * span**2.2
            wide = 0.165 * np.sqrt(span) * (1 - span) ** 0.5 * (1 + 0.12 * np.sin(80 * span)) * (out > 0)
            leaf = smooth(wide + 0.01, wide - 0.014, np.abs(y - spine)) * (span > 0) * (span < 1)
            tone = np.clip(0.5 - (y - spine) / 0.16, 0, 1) - 0.16 * smooth(0.012, 0.004, np.abs(y - spine))
            green = between(((-0.2, "#1b7a44"), (0.5, "#3fb457"), (1, "#a8e874")), tone - 0.04 * (number % 3))
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
    """Draw `count` clouds across the picture with centres between y = `low` and y = `high`; lower ones are smaller."""
    for slot in range(count):
        y = canvas.about((low + high) / 2, (high - low) / 2)
        width = size * (1.25 - 0.6 * (y - low) / max(high - low, 0.01))
        x = (slot + canvas.about(0.5, 0.25)) / count
        canvas.put(heap(int(canvas.chance.integers(6)), *CLOUD, flat=True), x, y, width, width * 0.62, opacity)


def stars(canvas: Canvas, count: int, low: float) -> None:
    for x, y, size in canvas.chance.random((count, 3)).tolist():
        size = size**3
        width = 0.022 + 0.04 * size
        canvas.put(star(), x, y * low, width, width, 0.55 + 0.45 * size)
