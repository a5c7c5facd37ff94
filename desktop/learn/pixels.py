"""Pixels as an array. Torch-free."""

from __future__ import annotations

import numpy as np

from ..diffusion.run import Pixels


def array_of(pixels: Pixels) -> np.ndarray:
    """H×W×3, uint8."""
    return np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.width, 3)
