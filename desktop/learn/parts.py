"""The three parts of a latent diffusion model, as plain values: what they weigh, and how long they work in a run. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """In the order in which a run uses them."""

    TEXT = "text encoder"
    DENOISER = "denoiser"
    DECODER = "decoder"


@dataclass(frozen=True, slots=True)
class Weight:
    """What a part is made of. `gives`: the shape of what it hands on, without the batch."""

    part: Part
    classes: tuple[str, ...]  # of its networks
    parameters: int
    gives: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What a part has done since the run began."""

    part: Part
    calls: int
    seconds: float
