"""Painting of the landscapes: beach and sea, meadow and forest, mountains, desert, snow and rain."""

import numpy as np

from .canvas import Canvas, between, rgb, smooth
from .sprites import LEAVES, STORM, blob, clouds, flower, heap, palm, pine, streak, tree


def beach(canvas: Canvas, alone: bool) -> None:
    horizon, sun = canvas.about(0.45, 0.01), canvas.about(0.74, 0.05)
    canvas.fill(((0, "#3fa4ee"), (0.2, "#7cc8f6"), (horizon - 0.06, "#c9ecf8"), (horizon, "#fff0d6")))
    canvas.glow(sun, 0.16, 0.34, "#fff2c4", 0.55)
    canvas.glow(sun, 0.16, 0.09, "#fffbe6", 1)
    clouds(canvas, horizon - 0.2, horizon - 0.07, 3, 0.24, 0.85)
    shore = canvas.curve(0.66, 0.035, (0.6, 1.3))
    sea = canvas.rows(horizon, 0.76)
    canvas.land(
        np.full(canvas.side, horizon, np.float32),
        ((0, "#2e97d6"), (0.06, "#25a8d8"), (0.12, "#3ccbd8"), (0.18, "#86e4da"), (0.24, "#c8f2e4")),
        0.004,
    )
    waves = canvas.plane("waves", horizon, sea)
    canvas.light(0.5 * smooth(0.55, 0.85, waves), "#d8fbff", sea)
    canvas.shade(0.12 * smooth(0.45, 0.2, waves), sea)
    _glitter(canvas, horizon, 0.68, sun, 0.12, "#fff6d8", 0.8)
    canvas.land(shore - 0.012, ((0, "#bff0e6"), (0.02, "#cdbf98"), (0.06, "#d9bf8a"), (0.1, "#efd6a0"), (0.35, "#f8e2b2")), 0.03)
    sand = canvas.rows(float(shore.min()))
    ripples = canvas.plane("waves", 0.5, sand)
    canvas.shade(0.04 * smooth(0.55, 0.2, ripples) * smooth(0.03, 0.12, canvas.y[sand] - shore), sand)
    canvas.light(0.10 * smooth(0.45, 0.8, ripples) * smooth(0.03, 0.12, canvas.y[sand] - shore), "#fff4d0", sand)
    for offset, width, strength in ((-0.045, 0.008, 0.7), (0.0, 0.015, 1.0)):
        foam = canvas.rows(float(shore.min()) + offset - 3 * width, float(shore.max()) + offset + 3 * width)
        depth = (canvas.y[foam] - shore - offset) / width
        lace = 0.7 + 0.6 * (canvas.noise("cloudy", 0.5, 0.3, foam) - 0.5)
        canvas.over(strength * lace * np.where(depth > 0, np.exp(-(depth**2)), np.exp(-((depth / 2) ** 2))), rgb("#ffffff"), foam)
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
        depth = 0.05 + 0.11 * number**1.15
        crest = canvas.curve(horizon + depth, 0.014 + 0.008 * number, (5.3 - 0.7 * number, 2.7, 8.1 - number), 0.35)
        height = 0.05 + 0.025 * number
        rows = canvas.rows(float(crest.min()) - 0.02, float(crest.max()) + height)
        below = canvas.y[rows] - crest
        canvas.over(
            smooth(-0.004, 0.004, below) * smooth(height, 0, below),
            between(((0, "#7fd4ee"), (0.02, "#3ea2dc"), (height, "#1765b0")), below),
            rows,
        )
        canvas.light(0.7 * np.exp(-(((below - 0.004) / 0.006) ** 2)), "#ffffff", rows)


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
        width = 0.018 + 0.065 * depth
        petals, heart = kinds[canvas.chance.integers(len(kinds))]
        canvas.put(flower(petals, heart), canvas.chance.random(), 0.67 + 0.32 * depth, width, width * 0.8)


def sunset(canvas: Canvas, alone: bool) -> None:
    horizon = canvas.about(0.6, 0.01)
    canvas.fill(((0, "#4a3a8c"), (0.2, "#8c4a9c"), (0.4, "#e8668a"), (0.52, "#ff9a5c"), (horizon, "#ffd27a")))
    haze = canvas.noise("cloudy", 2.4, 0.7)
    canvas.light(0.5 * smooth(0.5, 0.8, haze) * smooth(horizon, 0.15, canvas.y), "#ff9fb0")
    canvas.glow(0.5, horizon - 0.06, 0.36, "#ffb45c", 0.75)
    canvas.disc(0.5, horizon - 0.05, 0.13, "#fff0b0", 0.012)
    canvas.land(
        canvas.curve(horizon - 0.03, 0.035, (1.1, 2.6)) + 0.05 * np.exp(-(((canvas.x[0] - 0.5) / 0.22) ** 2)),
        ((0, "#b0568c"), (0.06, "#9c4a88")),
    )
    canvas.land(np.full(canvas.side, horizon, np.float32), ((0, "#ffb070"), (0.08, "#d8688c"), (0.4, "#4c2f74")), 0.004)
    sea = canvas.rows(horizon)
    waves = canvas.plane("waves", horizon, sea)
    canvas.shade(0.3 * smooth(0.5, 0.25, waves), sea)
    _glitter(canvas, horizon, 1, 0.5, 0.2, "#ffe09a", 1.0)


def snow(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#8fbfe8"), (0.3, "#c4dff4"), (0.5, "#f2f3f8")))
    canvas.glow(0.76, 0.18, 0.26, "#fff4dc", 0.8)
    canvas.land(canvas.curve(0.48, 0.07, (1.3, 2.9)), ((0, "#d4e4f4"), (0.2, "#bcd4ec")))
    middle = canvas.curve(0.56, 0.04, (0.9, 1.7))
    for x in canvas.chance.random(11).tolist():
        if abs(x - 0.5) > 0.12 or alone:
            height = canvas.about(0.2, 0.06)
            foot = float(middle[int(x * canvas.side)]) + 0.02
            canvas.put(pine("#54829c", "#f4faff"), x, foot - height / 2, height * 0.6, height, 0.85)
    canvas.land(middle, ((0, "#ffffff"), (0.06, "#e4eefa"), (0.2, "#c8dcf2")), 0.01)
    canvas.land(canvas.curve(0.68, 0.04, (0.6, 1.3)), ((0, "#ffffff"), (0.08, "#f4f8fe"), (0.34, "#cfe0f4")), 0.012)
    ground = canvas.rows(0.6)
    hollows = smooth(0.55, 0.3, canvas.noise("cloudy", 1.5, 0.6, ground)) * smooth(0.68, 0.8, canvas.y[ground])
    canvas.over(0.5 * hollows, rgb("#c4daf4"), ground)
    for x, y, size in canvas.chance.random((34, 3)).tolist():
        width = 0.012 + 0.026 * size * size
        canvas.put(blob("#ffffff", 0.8), x, y, width, width, 0.9)


def desert(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#59b3e6"), (0.25, "#a8d8ec"), (0.5, "#ffe6b8")))
    canvas.glow(0.76, 0.16, 0.3, "#fff3c0", 0.6)
    canvas.disc(0.76, 0.16, 0.06, "#fffbe2", 0.02)
    for y, height, waves, lit, dark in (
        (0.5, 0.06, (1.4, 2.6), "#f7d8a6", "#e2b184"),
        (0.58, 0.08, (1.1, 2.0), "#fbd594", "#dba066"),
        (0.68, 0.10, (0.9, 1.5), "#fdd892", "#d99a5a"),
    ):
        crest = canvas.curve(y, height, waves)
        rows = canvas.rows(float(crest.min()) - 0.02)
        depth = canvas.y[rows] - crest
        ridge = np.clip((canvas.x - 1.6 * depth) * canvas.side, 0, canvas.side - 1).astype(np.int32)  # shadows fall diagonally
        shaded = smooth(-0.02, 0.1, np.gradient(crest, 1 / canvas.side)[ridge]) * smooth(0.3, 0.05, depth)
        colour = rgb(lit) + (rgb(dark) - rgb(lit)) * np.clip(0.85 * shaded + 0.9 * depth, 0, 1)
        canvas.over(np.clip(depth / 0.007 + 0.5, 0, 1), colour, rows)
    sand = canvas.rows(0.66)
    canvas.shade(0.07 * smooth(0.5, 0.25, canvas.plane("waves", 0.5, sand)) * smooth(0.68, 0.85, canvas.y[sand]), sand)


def forest(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#9fdcc0"), (0.3, "#d6f4d0"), (0.55, "#f6fbdc")))
    canvas.glow(0.5, 0.4, 0.4, "#fffbe0", 0.6)
    rows = (
        (9, 0.42, 0.58, ("#8cc8a8", "#a8dcb4", "#c8ecc4"), "#94b8a0", ("#c0e6a8", "#a4d890")),
        (7, 0.60, 0.64, ("#4f9c74", "#74bc84", "#a8dc98"), "#7c8c70", ("#a4dc88", "#84c870")),
        (6, 0.92, 0.74, ("#1f7048", "#3f9c58", "#84cc68"), "#745038", ("#90d46c", "#3f9448")),
    )
    for number, (count, size, foot, leaves, bark, (near, far)) in enumerate(rows):
        for slot in range(count):
            x = (slot + canvas.about(0.5, 0.25)) / count
            if number < 2 or abs(x - 0.5) > 0.24:
                height = canvas.about(size, 0.06 * size)
                canvas.put(tree(int(canvas.chance.integers(4)), leaves, bark), x, foot + 0.02 - height / 2, height * 0.7, height)
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


def mountain(canvas: Canvas, alone: bool) -> None:
    canvas.fill(((0, "#4ea4ea"), (0.3, "#9cd4f6"), (0.55, "#eef7f6")))
    clouds(canvas, 0.1, 0.24, 2, 0.3)
    _peaks(canvas, 0.5, 0.26)
    canvas.land(canvas.curve(0.6, 0.04, (1.1, 2.3)), ((0, "#86c08c"), (0.2, "#5ca070")), 0.01)
    foot = canvas.curve(0.66, 0.03, (0.8, 1.9))
    for x in canvas.chance.random(13).tolist():
        height = canvas.about(0.13, 0.04)
        canvas.put(pine("#2f6c50", "#6cb478"), x, float(foot[int(x * canvas.side)]) + 0.02 - height / 2, height * 0.6, height)
    canvas.land(foot, ((0, "#a4d86c"), (0.05, "#80c458"), (0.34, "#4c9a40")), 0.01)
    grass = canvas.rows(0.64)
    canvas.shade(0.10 * smooth(0.55, 0.25, canvas.noise("grass", 0.6, 1.1, grass)) * smooth(0, 0.06, canvas.y[grass] - foot), grass)


def _peaks(canvas: Canvas, foot: float, height: float) -> None:
    """A distant range of hills with three snowy mountains in front, lit from the right."""
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
    mirror = canvas.picture[:, : water.start][:, ::-1][:, : canvas.side - water.start]
    canvas.picture[:, water][:, : mirror.shape[1]] = mirror
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
        storm = heap(int(canvas.chance.integers(6)), *STORM, flat=True)
        canvas.put(storm, (slot + canvas.about(0.5, 0.3)) / 5, canvas.about(0.1, 0.05), 0.56, 0.34)
    canvas.land(canvas.curve(0.6, 0.05, (1.2, 2.6)), ((0, "#86a0ac"), (0.2, "#9cb4bc")), 0.02)
    canvas.land(np.full(canvas.side, 0.67, np.float32), ((0, "#a8bcc8"), (0.1, "#8098ac"), (0.33, "#5c7690")), 0.012)
    wet = canvas.rows(0.68)
    canvas.light(0.3 * smooth(0.5, 0.8, canvas.plane("waves", 0.62, wet)), "#dceaf4", wet)
    for x, y in canvas.chance.random((9, 2)).tolist():
        y = 0.73 + 0.26 * y
        width = 0.05 + 0.16 * (y - 0.7)
        rows = canvas.rows(y - width, y + width)
        ring = np.hypot((canvas.x - x) / width, (canvas.y[rows] - y) / (0.3 * width))
        canvas.light(0.7 * np.exp(-(((ring - 0.8) / 0.18) ** 2)), "#ffffff", rows)
    for x, y, size in canvas.chance.random((55, 3)).tolist():
        height = 0.08 + 0.09 * size
        canvas.put(streak(), x, y, 0.3 * height, height, 0.5 + 0.4 * size)


def _glitter(canvas: Canvas, horizon: float, bottom: float, x: float, width: float, colour: str, strength: float) -> None:
    """The reflection of a sun or moon at x on water."""
    rows = canvas.rows(horizon, bottom)
    spread = width * (0.35 + 1.5 * (canvas.y[rows] - horizon))
    path = np.exp(-(((canvas.x - x) / spread) ** 2))
    waves = canvas.plane("waves", horizon, rows)
    canvas.light(strength * path * smooth(0.42, 0.75, waves), colour, rows)
