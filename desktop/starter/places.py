"""Painting of all grounds: plain coloured studios and places with depth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from .canvas import Canvas, between, grain, rgb, smooth
from .landscapes import beach, desert, forest, lake, meadow, mountain, ocean, rain, snow, sunset
from .sprites import CLOUD, LEAVES, bubble, clouds, coral, heap, pine, stars, tree


@dataclass(frozen=True)
class Place:
    """A ground and its light. `paint(canvas, alone)`: `alone` if no thing will be drawn on it, which some grounds fill with a motif."""

    paint: Callable[[Canvas, bool], None]
    tint: tuple[float, float, float] = (1, 1, 1)  # RGB factors of the light on things
    shadow: float = 0.45  # strength under things; 0 where things float


def moon(canvas: Canvas, x: float, y: float, radius: float) -> None:
    canvas.glow(x, y, 3.2 * radius, "#9fb8ff", 0.5)
    canvas.glow(x, y, 1.6 * radius, "#fff3cf", 0.6)
    canvas.disc(x, y, radius, "#fff4cf")
    canvas.disc(x - radius * 0.3, y - radius * 0.2, radius * 0.25, "#f3e2ae", 0.02)
    canvas.disc(x + radius * 0.35, y + radius * 0.3, radius * 0.18, "#f3e2ae", 0.02)


# Studios

STUDIOS: Mapping[str, str] = MappingProxyType(
    {
        "white": "#f7f7f8",
        "black": "#1b1b1f",
        "red": "#e0413f",
        "blue": "#3f7fe0",
        "green": "#45b05c",
        "yellow": "#fbd045",
        "pink": "#f7a8cb",
        "purple": "#8e5fc7",
        "orange": "#f7943c",
        "gray": "#97999f",
    }
)


def studio(colour: str) -> Place:
    """A plain backdrop of one colour, lit from above, a little darker towards the corners."""

    def paint(canvas: Canvas, alone: bool) -> None:
        light = 1.06 - 0.13 * ((canvas.x - 0.5) ** 2 + (canvas.y - 0.42) ** 2) / 0.5 - 0.05 * smooth(0.7, 1, canvas.y)
        canvas.picture[:] = rgb(colour) * (light * canvas.about(1, 0.02))
        if colour == STUDIOS["black"]:
            canvas.light(0.08 * canvas.round(0.5, 0.45, 0.5), "#8890b0")

    return Place(paint, shadow=0.6 if colour == STUDIOS["black"] else 0.34)


# Places


def night_sky(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#0b1038"), (0.4, "#1c2368"), (0.68, "#3f3f96"), (0.85, "#7c64b4")))
    lean = canvas.about(0.55, 0.05)
    across = (canvas.x - 0.15) * lean + (canvas.y - 0.55) * 0.83
    dust = canvas.noise("cloudy", 1.2, 1.2)
    canvas.light(0.75 * np.exp(-((across / 0.13) ** 2)) * (0.3 + 0.7 * smooth(0.25, 0.75, dust)), "#8f9cff")
    canvas.light(0.5 * np.exp(-((across / 0.06) ** 2)) * smooth(0.4, 0.85, dust), "#ffe0f4")
    stars(canvas, 46, 0.8)
    moon(canvas, canvas.about(0.82, 0.02), canvas.about(0.16, 0.01), 0.075)
    canvas.land(canvas.curve(0.8, 0.05, (1.2, 2.1)), ((0, "#3a3a80"), (0.2, "#2a2a66")))
    foot = canvas.curve(0.87, 0.04, (0.7, 1.4))
    for slot in range(9):
        x = (slot + canvas.about(0.5, 0.3)) / 9
        if alone or abs(x - 0.5) > 0.22:
            height = canvas.about(0.17, 0.05)
            canvas.put(pine("#1c2458", "#3a4488"), x, float(foot[int(x * canvas.side)]) + 0.02 - height / 2, height * 0.6, height)
    canvas.land(foot, ((0, "#2c3468"), (0.13, "#141a44")))


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
    height = np.sqrt(np.clip(1 - along**2 - down**2, 0, 1))
    lit = np.clip(-0.5 * along - 0.45 * down + 0.72 * height, 0, 1)
    bands = 0.5 + 0.5 * np.sin(9 * (down + 0.25 * along))
    colour = (rgb("#f4a86c") + (rgb("#e8708c") - rgb("#f4a86c")) * bands) * (0.16 + 1.0 * lit)
    canvas.over(smooth(1.03, 0.97, np.hypot(along, down)), colour, rows)
    ring = np.hypot(along, (down + 0.25 * along) * 3.4)
    front = (down + 0.25 * along > 0) | (np.hypot(along, down) > 1)
    canvas.over(0.8 * smooth(1.3, 1.38, ring) * smooth(1.85, 1.75, ring) * front, rgb("#f8dcb4"), rows)


def _skyline(canvas: Canvas, base: float, low: float, high: float, width: float, stops: tuple, lights: str, strength: float) -> None:
    """A row of houses with windows whose base is at y = `base`."""
    crest = np.empty(canvas.side, np.float32)
    shade = np.empty(canvas.side, np.float32)
    start = 0
    while start < canvas.side:
        stop = start + max(4, int(canvas.side * canvas.about(width, width * 0.35)))
        crest[start:stop] = base - canvas.about((low + high) / 2, (high - low) / 2)
        shade[start:stop] = np.linspace(1.05, 0.9, stop - start)[: canvas.side - start] * canvas.about(1, 0.05)
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
    mirror = canvas.picture[:, road.start - (canvas.side - road.start) : road.start][:, ::-1]
    canvas.picture[:, road] = mirror * 0.45 + rgb("#1a1844") * 0.5
    canvas.shade(0.3 * smooth(0.5, 0.3, canvas.plane("waves", 0.66, road)), road)
    for number, x in enumerate(np.linspace(0.04, 0.96, 9)):
        colour = ("#ff7fb0", "#ffd070", "#6cd8ff")[number % 3]
        canvas.glow(canvas.about(x, 0.03), canvas.about(0.69, 0.01), 0.035, colour, 0.8)


def room(canvas: Canvas, alone: bool) -> None:
    floor = 0.7
    canvas.fill(((0, "#f4dcc0"), (floor, "#eecba8")))
    canvas.light(0.35 * canvas.round(0.3, 0.3, 0.5), "#fff4dc")
    slant = canvas.x - 0.35 * canvas.y + canvas.about(0, 0.04)
    patch = _within(slant, 0.42, 0.74, 0.02) * _within(canvas.y, 0.1, 0.62, 0.02)
    canvas.light(0.45 * patch * (1 - 0.5 * smooth(0.012, 0.006, np.abs(slant - 0.58))), "#fff0c4")
    rows = canvas.rows(0.06, 0.5)
    y = canvas.y[rows]
    canvas.over(_within(canvas.x, 0.02, 0.34) * _within(y, 0.07, 0.49), rgb("#ffffff"), rows)
    bars = smooth(0.006, 0.011, np.abs(canvas.x - 0.18)) * smooth(0.006, 0.011, np.abs(y - 0.28))
    panes = _within(canvas.x, 0.05, 0.31) * _within(y, 0.1, 0.46) * bars
    canvas.over(panes, between(((0.1, "#7cc4f4"), (0.34, "#c8e8f8"), (0.36, "#a8d890"), (0.46, "#7cc068")), y), rows)
    canvas.land(
        np.full(canvas.side, floor - 0.03, np.float32), ((0, "#fffaf0"), (0.028, "#f0e4d4"), (0.031, "#b87c4c"), (0.33, "#dca06a")), 0.004
    )
    _boards(canvas, floor, 0.45, 0.16)
    boards = canvas.rows(floor)
    rug = np.hypot((canvas.x - 0.5) / 0.42, (canvas.y[boards] - 0.88) / 0.1)
    canvas.over(smooth(1.02, 0.98, rug), between(((0, "#f2efe6"), (0.72, "#f2efe6"), (0.78, "#5fa8b8"), (1, "#5fa8b8")), rug), boards)


def _within(value: np.ndarray, low: float, high: float, blur: float = 0.004) -> np.ndarray:
    return smooth(low - blur, low + blur, value) * smooth(high + blur, high - blur, value)


def _boards(canvas: Canvas, floor: float, vanishing: float, strength: float) -> None:
    """Gaps between floor boards in perspective; the vanishing point is at y = `vanishing`."""
    rows = canvas.rows(floor)
    across = (canvas.x - 0.5) / (canvas.y[rows] - vanishing)
    canvas.shade(strength * smooth(0.1, 0, np.abs(np.sin(np.pi * 4 * across))), rows)


def sky(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#2f8ce8"), (0.45, "#78c4f8"), (1, "#e0f4fc")))
    canvas.glow(0.78, 0.14, 0.34, "#fff4cc", 0.75)
    canvas.glow(0.78, 0.14, 0.07, "#fffdf0", 1)
    clouds(canvas, 0.2, 0.4, 3, 0.36, 0.75)
    for y, size, count in ((0.8, 0.55, 4), (0.95, 0.75, 4)):
        for slot in range(count):
            x = (slot + canvas.about(0.5, 0.2)) / count
            width = canvas.about(size, 0.06)
            canvas.put(heap(int(canvas.chance.integers(6)), *CLOUD, flat=True), x, canvas.about(y, 0.02), width, width * 0.62)


def underwater(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#8cecf0"), (0.15, "#3fc4dc"), (0.5, "#1a8cc4"), (0.85, "#12609c")))
    slant = (canvas.x - 0.5) / (canvas.y + 0.6)
    shafts = np.sin(21 * slant + canvas.about(0, 1)) * np.sin(47 * slant + 2)
    canvas.light(0.5 * smooth(0.1, 0.9, shafts) * smooth(0.8, 0, canvas.y), "#d4fff8")
    canvas.land(canvas.curve(0.78, 0.04, (1.3, 2.7)), ((0, "#2a86a8"), (0.2, "#1f6c94")), 0.02)
    for x, colour in ((0.07, "#ff7f8c"), (0.17, "#ffb35c"), (0.84, "#c47fe8"), (0.94, "#ff8fb8")):
        width = canvas.about(0.26, 0.03)
        canvas.put(coral(colour), x, canvas.about(0.84, 0.02), width, width * 0.95)
    bed = canvas.curve(0.87, 0.025, (0.9, 2.1))
    canvas.land(bed, ((0, "#e8e0b0"), (0.13, "#a8b898")), 0.016)
    sand = canvas.rows(0.84)
    canvas.light(0.4 * smooth(0.5, 0.75, canvas.plane("waves", 0.8, sand)) * smooth(0, 0.02, canvas.y[sand] - bed), "#ffffe0", sand)
    for x, y, size in canvas.chance.random((12, 3)).tolist():
        width = 0.02 + 0.05 * size * size
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
        canvas.light(0.42 * np.exp(-(((canvas.x - middle) / width) ** 2)) * smooth(0.95, 0.6, canvas.y), colour)
    canvas.light(0.75 * canvas.round(0.5, 0.86, 0.36, 0.075, boards), "#fff0c4", boards)


PLACES: Mapping[str, Place] = MappingProxyType(
    {
        **{name: studio(colour) for name, colour in STUDIOS.items()},
        "beach": Place(beach),
        "ocean": Place(ocean, shadow=0.3),
        "meadow": Place(meadow),
        "night_sky": Place(night_sky, (0.84, 0.86, 1.0)),
        "sunset": Place(sunset, (1.0, 0.9, 0.86)),
        "snow": Place(snow, (0.98, 0.99, 1.0), 0.3),
        "desert": Place(desert, (1.0, 0.98, 0.94)),
        "forest": Place(forest, (0.97, 1.0, 0.94)),
        "space": Place(space, (0.94, 0.94, 1.0), 0),
        "city": Place(city),
        "night_city": Place(night_city, (0.9, 0.86, 1.0)),
        "room": Place(room, (1.0, 0.98, 0.95)),
        "mountain": Place(mountain),
        "lake": Place(lake),
        "rain": Place(rain, (0.9, 0.94, 0.98), 0.4),
        "clouds": Place(sky, shadow=0),
        "underwater": Place(underwater, (0.86, 0.96, 1.0), 0.3),
        "stage": Place(stage, (1.0, 0.97, 0.95), 0.5),
    }
)
