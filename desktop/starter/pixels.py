"""Conversion between uint8 pictures and network inputs, and measures of pictures."""

from __future__ import annotations

import torch


def signed(pictures: torch.Tensor) -> torch.Tensor:
    """N×H×W×3, 0…255 → N×3×H×W float32 in −1…1."""
    return pictures.permute(0, 3, 1, 2).float().div(127.5).sub(1)


def unsigned(pictures: torch.Tensor) -> torch.Tensor:
    """N×3×H×W, about −1…1 → N×H×W×3 uint8."""
    return pictures.permute(0, 2, 3, 1).float().add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)


def psnr(one: torch.Tensor, other: torch.Tensor) -> float:
    """PSNR in dB between N×H×W×3 pictures, 0…255; the mean over the pictures."""
    errors = torch.stack([(a.float() - b.float()).square().mean() for a, b in zip(one, other, strict=True)])
    return float((10 * torch.log10(255**2 / errors.clamp(min=1e-3))).mean())


def gradient_energy(pictures: torch.Tensor) -> torch.Tensor:
    """N×H×W×3, 0…255 → N: mean absolute difference of neighbouring pixels, the measure of sharpness."""
    values = pictures.float()
    return (values.diff(dim=1).abs().mean((1, 2, 3)) + values.diff(dim=2).abs().mean((1, 2, 3))) / 2
