"""How much memory a run will need, estimated before it: a refusal is kinder than a computer that stands still."""

from __future__ import annotations

import json
from pathlib import Path

from ..errors import MemoryTight, MemoryTooSmall
from .device import Device
from .loader import weight_bytes
from .recipe import Recipe

# Measured with a model of Stable Diffusion 1.5's size at 256 and 512 px: how many feature maps of the widest kind are alive at once,
# and that the kernels keep a part of the weights a second time, in an order of their own.
UNET_MAPS = 28
DECODER_MAPS = 5
REORDERED = 1 / 16


def check(folder: Path, recipe: Recipe, device: Device, is_loaded: bool, insist: bool) -> None:
    """Raise `MemoryTooSmall` where the run cannot fit, and `MemoryTight` where it may not, unless told to `insist`."""
    weights = weight_bytes(folder, device.dtype)
    work = working_bytes(folder, recipe, device) + int(weights * REORDERED)
    if weights + work > device.total_memory:
        raise MemoryTooSmall(needed=_size(weights + work), total=_size(device.total_memory))
    needed, free = work + (0 if is_loaded else weights), device.free_memory
    if needed > free and not insist:
        raise MemoryTight(needed=_size(needed), free=_size(free))


def working_bytes(folder: Path, recipe: Recipe, device: Device) -> int:
    """What one picture takes: the larger of a guided step and the decoder."""
    pixels = recipe.size.width * recipe.size.height
    unet, decoder = (json.loads((folder / part / "config.json").read_text(encoding="utf-8")) for part in ("unet", "vae"))
    positions = pixels // 4 ** (len(decoder["block_out_channels"]) - 1)  # of latents
    step = 2 * positions * unet["block_out_channels"][0] * UNET_MAPS
    widths = decoder.get("decoder_block_out_channels") or decoder["block_out_channels"]
    decoding = pixels * 2 * widths[0] * DECODER_MAPS  # the last block takes in twice what it gives out
    return max(step, decoding) * device.dtype.itemsize


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
