"""Estimates how much memory a run needs before it starts, so that a run that cannot fit is refused in time."""

from __future__ import annotations

from ..errors import MemoryTight, MemoryTooSmall
from .device import Device
from .families import read_config, read_index
from .loader import weight_bytes
from .recipe import Recipe
from .single_file import ModelFiles


def check(files: ModelFiles, recipe: Recipe, device: Device, is_loaded: bool, insist: bool) -> None:
    """Raise `MemoryTooSmall` if the run cannot fit, and `MemoryTight` if it may not fit and `insist` is false."""
    weights = weight_bytes(files, device.dtype)
    work = working_bytes(files, recipe, device) + int(weights * read_index(files)[0].memory.reordered)
    if weights + work > device.total_memory:
        raise MemoryTooSmall(needed=_size(weights + work), total=_size(device.total_memory))
    needed, free = work + (0 if is_loaded else weights), device.free_memory
    if needed > free and not insist:
        raise MemoryTight(needed=_size(needed), free=_size(free))


def working_bytes(files: ModelFiles, recipe: Recipe, device: Device) -> int:
    """Bytes for one picture in addition to the weights: the larger of a guided step and the decoder."""
    family, _ = read_index(files)
    denoiser = read_config(files, family.denoiser)
    autoencoder = read_config(files, family.autoencoder) if family.autoencoder else {}
    pixels = recipe.size.width * recipe.size.height
    positions = pixels // (family.spatial_factor(autoencoder) * max(family.latents.packing, 1)) ** 2  # that the denoiser reads
    step = 2 * positions * family.denoiser_width(denoiser) * family.memory.denoiser_maps
    # The last block of the decoder reads twice as many channels as it returns.
    decoding = pixels * 2 * family.decoder_width(autoencoder) * family.memory.decoder_maps if autoencoder else 0
    return max(step, decoding) * device.dtype.itemsize


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
