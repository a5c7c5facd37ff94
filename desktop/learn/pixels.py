"""Pixels as an array, and back. Torch-free."""

from __future__ import annotations

import numpy as np

from ..diffusion.run import Pixels


def array_of(pixels: Pixels) -> np.ndarray:
    """H×W×3, uint8."""
    return np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.width, 3)


def pixels_of(picture: np.ndarray) -> Pixels:
    """Of H×W×3, uint8."""
    return Pixels(picture.shape[1], picture.shape[0], picture.tobytes())
