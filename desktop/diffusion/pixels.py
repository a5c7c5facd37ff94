"""Pixels as tensors, and back."""

from __future__ import annotations

import torch

from .run import Pixels


def to_tensor(pixels: Pixels) -> torch.Tensor:
    """H×W×3, uint8, on the CPU."""
    return torch.frombuffer(bytearray(pixels.data), dtype=torch.uint8).reshape(pixels.height, pixels.width, 3)


def to_pixels(picture: torch.Tensor) -> Pixels:
    """`picture`: H×W×3, uint8, on the CPU."""
    height, width, _ = picture.shape
    return Pixels(width, height, picture.contiguous().numpy().tobytes())
