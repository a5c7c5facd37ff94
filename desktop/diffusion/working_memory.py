"""The memory that a run needs, by part, and what the machine has. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .families.description import Family

TILE = 512  # px of a side
TILED_PICTURES = 3  # as large as the whole, beside a tile: its tiles, their blended rows and itself

REFINER = "refiner_"  # in front of the names of its parts

# What a CPU's kernels take for the decoder with their copies, by bytes of a number, as a multiple of what is counted. Measured at 512 px:
# Stable Diffusion 1.5 in bfloat16 588 MB for 403, PixArt-Σ in float32 1007 MB for 806.
ON_CPU = {2: 1.5, 4: 1.2}


@dataclass(frozen=True, slots=True)
class Hardware:
    """The device that computes."""

    kind: str  # "cpu", "cuda" or "mps"
    name: str
    total_memory: int  # bytes of its own memory, or of main memory if it has none
    free_memory: int  # bytes that a run may use now
    itemsize: int  # bytes of a number in a run


@dataclass(frozen=True, slots=True)
class Working:
    """What a run needs beside the weights, in numbers. A run needs the larger of a step and the decoding."""

    step: int  # one call of the denoiser, with guidance
    decoding: int  # the picture in one piece
    tile: int  # the picture in tiles: the decoder for one of them, and the parts of the picture


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bytes of memory for one run, by part."""

    weights: Mapping[str, int]  # of each network, by the name of its part
    copies: int  # of weights, that the kernels keep a second time in an order of their own
    largest_layer: int  # of all networks
    step: int  # as in `Working`, as the two that follow
    decode: int
    tile: int
    denoiser: str = ""  # the name of a part
    autoencoder: str = ""  # the same; "" without one
    adapters: int = 0  # all LoRAs; also where the weights wait elsewhere, they are on the device

    @property
    def resident(self) -> int:
        """All weights, on the device."""
        return sum(self.weights.values()) + self.copies + self.adapters

    @property
    def total(self) -> int:
        """What the run needs if nothing is saved."""
        return self.resident + max(self.step, self.decode)

    def beside(self, part: str) -> int:
        """What a network needs beside its weights while it computes; the decoder works in tiles."""
        part = part.removeprefix(REFINER)
        return self.step if part == self.denoiser else self.tile if part == self.autoencoder else 0

    def with_refiner(self, refiner: Estimate) -> Estimate:
        """That of a run in which both models are kept."""
        return replace(
            self,
            weights={**self.weights, **{f"{REFINER}{part}": size for part, size in refiner.weights.items()}},
            copies=self.copies + refiner.copies,
            **{name: max(getattr(self, name), getattr(refiner, name)) for name in ("largest_layer", "step", "decode", "tile")},
        )


def estimate(
    family: Family, weights: Mapping[str, int], largest_layer: int, numbers: Working, kind: str, itemsize: int, decoder_itemsize: int
) -> Estimate:
    """For a device of this `kind`. `weights` and `largest_layer` in bytes, as in `Estimate`; the sizes of a number are those of a run."""
    on_cpu = kind == "cpu"
    kernels = ON_CPU[decoder_itemsize] if on_cpu else 1
    return Estimate(
        weights=weights,
        copies=int(sum(weights.values()) * family.memory.reordered) if on_cpu else 0,
        largest_layer=largest_layer,
        step=numbers.step * itemsize,
        decode=int(numbers.decoding * decoder_itemsize * kernels),
        tile=int(numbers.tile * decoder_itemsize * kernels),
        denoiser=family.denoiser,
        autoencoder=family.autoencoder,
    )


def working(family: Family, denoiser: Mapping[str, Any], autoencoder: Mapping[str, Any], width: int, height: int) -> Working:
    """For one picture of that size in px. The two mappings are the configs of the networks."""
    pixels, factors = width * height, family.memory
    positions = pixels // (family.spatial_factor(autoencoder) * family.patch(denoiser)) ** 2  # that the denoiser reads
    step = int(factors.pictures * (positions + factors.text) * family.denoiser_width(denoiser) * factors.denoiser_maps)
    if not autoencoder:
        return Working(step, 0, 0)
    # The last block of the decoder reads twice as many channels as it returns.
    decoding = int(pixels * 2 * family.decoder_width(autoencoder) * factors.decoder_maps)
    if pixels <= TILE**2:
        return Working(step, decoding, decoding)
    return Working(step, decoding, decoding * TILE**2 // pixels + TILED_PICTURES * 3 * pixels)
