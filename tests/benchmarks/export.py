"""How long exports take: 51 steps at 512², from noise to a picture."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from PIL import Image

from desktop.diffusion.run import Pixels
from desktop.library import export
from desktop.library.export import Choices, Format, Frame
from desktop.resources import RESOURCES

from .figures import Figure, tell

STEPS, SIDE = 50, 512
MOST_SECONDS = 5.0


def measure(quick: bool) -> Iterator[Figure]:
    frames = _frames()
    for format in Format:
        if export.unavailable(format) is None:
            choices = Choices(format=format, width=SIDE, height=SIDE)
            with tempfile.TemporaryDirectory() as folder:
                seconds = [_seconds(frames, choices, Path(folder) / f"{number}{format.suffix}") for number in range(1 if quick else 5)]
                size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / len(seconds)
            yield Figure(
                f"Export as {format.value}, {STEPS + 1} × {SIDE}²",
                f"≤ {MOST_SECONDS:g} s",
                f"{median(seconds):.1f} s, worst {max(seconds):.1f}; {size / 1e6:.1f} MB",
                median(seconds) <= MOST_SECONDS,
            )


def _seconds(frames: list[Frame], choices: Choices, path: Path) -> float:
    began = time.perf_counter()
    export.write(frames, choices, path, lambda done: None)
    return time.perf_counter() - began


def _frames() -> list[Frame]:
    """A picture that comes out of noise, which is new in each step: harder to pack than any real frames."""
    with Image.open(RESOURCES / "screenshots" / "create.png") as screenshot:
        picture = screenshot.convert("RGB").crop((500, 100, 1012, 612)).resize((SIDE, SIDE))
    frames = []
    for number in range(STEPS + 1):
        noise = Image.merge("RGB", [Image.effect_noise((SIDE, SIDE), 120) for _ in range(3)])
        pixels = Image.blend(noise, picture, (number / STEPS) ** 0.5)
        frames.append(Frame(Pixels(SIDE, SIDE, pixels.tobytes()), number, STEPS))
    return frames


if __name__ == "__main__":
    tell(measure)
