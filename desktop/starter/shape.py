"""How large the starter model is: one shape for two processor cores, one for a GPU."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path


@dataclass(frozen=True)
class Shape:
    """Sizes of every part. A picture is `side` px; its latents are `channels` × `side/factor` × `side/factor`."""

    name: str
    tier: int  # of the things that it learns: 1, the favourites, to 3, all of them
    factor: int  # px a latent position stands for, in each direction
    channels: int  # of the latents
    unet: tuple[int, ...]  # channels of the UNet's blocks, the finest first
    text_width: int
    text_layers: int
    side: int = 256
    autoencoder_width: int = 32
    context: int = 32  # tokens the text encoder reads, the two marks included
    tokens: int = 3000  # in the vocabulary of the tokenizer
    shards: int = 24  # of 1,024 examples, painted and encoded once
    batch: int = 12  # examples that the UNet learns from at a time

    @property
    def latent_side(self) -> int:
        return self.side // self.factor


SMALL = Shape("small", tier=1, factor=16, channels=8, unet=(64, 128, 256), text_width=192, text_layers=3)
FULL = Shape("full", tier=3, factor=8, channels=4, unet=(96, 192, 288), text_width=256, text_layers=4, tokens=8000, shards=200, batch=256)
SHAPES = {shape.name: shape for shape in (SMALL, FULL)}


def work_folder(shape: str) -> Path:
    """Where the stages of this shape leave their files, unless told otherwise."""
    return user_cache_path("safelight") / "starter" / shape
