"""How much memory a run needs, estimated before it starts, so that it is made in a way that fits, or refused in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..errors import MemoryTight, MemoryTooSmall
from . import working_memory
from .adapters import Source
from .device import Device
from .families import read_config, read_index
from .loader import weights_by_part
from .offload import Offload, needed
from .recipe import Recipe
from .single_file import ModelFiles
from .weight_file import HeaderError, header_of
from .working_memory import Estimate, working


def estimate(files: ModelFiles, recipe: Recipe, device: Device, adapters: Iterable[Source] = ()) -> Estimate:
    """From the headers of the weights and the configs; nothing is loaded. `adapters`: the LoRAs of all legs."""
    family, _ = read_index(files)
    autoencoder = read_config(files, family.autoencoder) if family.autoencoder else {}
    numbers = working(family, read_config(files, family.denoiser), autoencoder, recipe.size.width, recipe.size.height)
    size, weights = device.dtype.itemsize, weights_by_part(files, device.dtype)
    decoder_size = weights[family.autoencoder].itemsize if family.autoencoder in weights else size  # more if the run's would overflow
    totals = {part: each.total for part, each in weights.items()}
    largest = max((each.largest for each in weights.values()), default=0)
    needs = working_memory.estimate(family, totals, largest, numbers, device.kind, size, decoder_size)
    return replace(needs, adapters=size * sum(_numbers(source) for source in {source.sha256: source for source in adapters}.values()))


def of_refiner(files: ModelFiles, recipe: Recipe, device: Device) -> Estimate:
    """The same for the model that finishes runs of `recipe`, perhaps in a larger size."""
    return estimate(files, recipe.enlarged(read_index(files)[0].enlarges), device)


def _numbers(source: Source) -> int:
    """Of a LoRA; 0 if it cannot be read, which loading it tells."""
    try:
        return sum(tensor.numbers for tensor in header_of(source.path).tensors.values())
    except (OSError, HeaderError):
        return 0


def check(needs: Estimate, rung: Offload, device: Device, free: int, insist: bool) -> None:
    """Raise `MemoryTooSmall` if the run cannot fit, and `MemoryTight` if it does not fit in `free` bytes now and `insist` is false."""
    least = needed(needs, rung)
    if least > device.total_memory:
        raise MemoryTooSmall(needed=_size(least), total=_size(device.total_memory))
    if least > free and not insist:
        raise MemoryTight(needed=_size(least), free=_size(free))


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
