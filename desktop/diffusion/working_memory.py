"""The memory that a run needs beside the weights, and what the machine has. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .families.description import Family


@dataclass(frozen=True, slots=True)
class Hardware:
    """The device that computes."""

    kind: str  # "cpu", "cuda" or "mps"
    name: str
    total_memory: int  # bytes of its own memory, or of main memory if it has none
    free_memory: int  # bytes that a run may use now
    itemsize: int  # bytes of a number in a run


def working_numbers(family: Family, denoiser: Mapping[str, Any], autoencoder: Mapping[str, Any], width: int, height: int) -> int:
    """Those for one picture of that size in px: the larger of a guided step and the decoder. The two mappings are their configs."""
    pixels = width * height
    positions = pixels // (family.spatial_factor(autoencoder) * max(family.latents.packing, 1)) ** 2  # that the denoiser reads
    step = 2 * positions * family.denoiser_width(denoiser) * family.memory.denoiser_maps
    # The last block of the decoder reads twice as many channels as it returns.
    decoding = pixels * 2 * family.decoder_width(autoencoder) * family.memory.decoder_maps if autoencoder else 0
    return max(step, decoding)
