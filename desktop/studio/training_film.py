"""The film of a training: its samples from moment to moment, written by the exporter of runs."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NothingToExport
from ..learn.pixels import pixels_of
from ..library.export import Choices, Format, Frame, Timing
from .exporting import export_frames
from .notices import Notices, Progress
from .trainings import Training

if TYPE_CHECKING:
    import numpy as np

FORMATS = {".gif": Format.GIF, ".webp": Format.WEBP, ".png": Format.APNG, ".mp4": Format.MP4}
SIDE = 448  # px, about
GAP = 2  # px, between samples


async def save_film(training: Training, path: Path, denoising: int | None, is_noisy: bool, notices: Notices) -> None:
    """Write the samples of all moments to `path`, in the format of its suffix. Raises what `export.write` does, and `NothingToExport`.

    `denoising`: from 1, the step after which the samples are shown; None: the last. `is_noisy`: x_t, else x0 as the net sees it.
    """
    if len(training.moments) < 2:
        raise NothingToExport()
    steps = training.course.steps or training.step
    shown = [
        (moment.step, (moment.noisy if is_noisy else moment.estimates)[min(denoising or len(moment.noisy), len(moment.noisy)) - 1])
        for moment in training.moments
    ]
    side = _grid(shown[0][1]).shape[0]
    choices = Choices(FORMATS.get(path.suffix.lower(), Format.GIF), width=side, height=side, timing=Timing(ease_out=False))

    async def frames(progress: Progress) -> list[Frame]:
        return await asyncio.to_thread(lambda: [Frame(pixels_of(_grid(samples)), step, steps) for step, samples in shown])

    await export_frames(notices, path, choices, frames)


def _grid(samples: np.ndarray) -> np.ndarray:
    """N×side×side×3 → one square picture with the samples in rows, each pixel enlarged to a square."""
    import numpy as np

    count, side = len(samples), samples.shape[1]
    columns = math.ceil(math.sqrt(count))
    times = max(1, (SIDE // columns - GAP) // side)
    pitch = side * times + GAP
    edge = columns * pitch + GAP
    sheet = np.zeros((edge + edge % 2, edge + edge % 2, 3), np.uint8)  # even, as video requires
    for place, sample in enumerate(samples):
        top, left = (GAP + pitch * each for each in divmod(place, columns))
        sheet[top : top + side * times, left : left + side * times] = sample.repeat(times, 0).repeat(times, 1)
    return sheet
