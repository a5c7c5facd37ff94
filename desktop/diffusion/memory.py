"""How much memory a run needs, estimated before it starts, so that it is made in a way that fits, or refused in time."""

from __future__ import annotations

from ..errors import MemoryTight, MemoryTooSmall
from .device import Device
from .families import read_config, read_index
from .loader import weights_by_part
from .offload import Offload, needed
from .recipe import Recipe
from .single_file import ModelFiles
from .working_memory import Estimate, working

# What a CPU's kernels take for the decoder with their copies, by bytes of a number, as a multiple of what is counted. Measured at 512 px:
# Stable Diffusion 1.5 in bfloat16 588 MB for 403, PixArt-Σ in float32 1007 MB for 806.
ON_CPU = {2: 1.5, 4: 1.2}


def estimate(files: ModelFiles, recipe: Recipe, device: Device) -> Estimate:
    """From the headers of the weights and the configs; nothing is loaded."""
    family, _ = read_index(files)
    autoencoder = read_config(files, family.autoencoder) if family.autoencoder else {}
    numbers = working(family, read_config(files, family.denoiser), autoencoder, recipe.size.width, recipe.size.height)
    size, weights = device.dtype.itemsize, weights_by_part(files, device.dtype)
    totals = {part: each.total for part, each in weights.items()}
    decoder_size = weights[family.autoencoder].itemsize if family.autoencoder in weights else size  # more if the run's would overflow
    kernels = ON_CPU[decoder_size] if device.kind == "cpu" else 1
    return Estimate(
        weights=totals,
        copies=int(sum(totals.values()) * family.memory.reordered) if device.kind == "cpu" else 0,
        largest_layer=max((each.largest for each in weights.values()), default=0),
        step=numbers.step * size,
        decode=int(numbers.decoding * decoder_size * kernels),
        tile=int(numbers.tile * decoder_size * kernels),
        denoiser=family.denoiser,
        autoencoder=family.autoencoder,
    )


def check(needs: Estimate, rung: Offload, device: Device, free: int, insist: bool) -> None:
    """Raise `MemoryTooSmall` if the run cannot fit, and `MemoryTight` if it does not fit in `free` bytes now and `insist` is false."""
    least = needed(needs, rung)
    if least > device.total_memory:
        raise MemoryTooSmall(needed=_size(least), total=_size(device.total_memory))
    if least > free and not insist:
        raise MemoryTight(needed=_size(least), free=_size(free))


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
