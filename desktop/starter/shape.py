"""Sizes of the starter model: one shape for two CPU cores, one for a GPU."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path


@dataclass(frozen=True)
class Shape:
    """Sizes of all parts and of their training. A picture has `side` px; its latents are `channels` × `side/factor` × `side/factor`."""

    name: str
    tier: int  # of the things it learns: 1, the favourites, to 3, all of them
    factor: int  # px of a latent position in each direction
    channels: int  # of the latents
    unet: tuple[int, ...]  # channels of the UNet's blocks, the finest first
    text_width: int
    text_layers: int
    side: int = 256
    encoder_width: int = 32  # channels of the autoencoder's encoder
    decoder_width: int = 56  # and of its decoder
    context: int = 32  # tokens the text encoder reads, start and end marks included
    tokens: int = 3000  # size of the tokenizer's vocabulary
    crops: int = 200_000  # plan of the autoencoder's training
    text_scenes: int = 48_000  # that the text encoder learns from before the UNet
    shards: int = 48  # of 1,024 examples, painted and encoded once
    batch: int = 24  # examples in a batch of the UNet's training

    @property
    def latent_side(self) -> int:
        return self.side // self.factor


SMALL = Shape("small", tier=2, factor=16, channels=16, unet=(64, 128, 256), text_width=192, text_layers=3)
FULL = Shape("full", tier=3, factor=8, channels=4, unet=(96, 192, 288), text_width=256, text_layers=4, tokens=8000, shards=200, batch=256)
SHAPES = {shape.name: shape for shape in (SMALL, FULL)}


def work_folder(shape: str) -> Path:
    """Default folder for the files of the stages of a shape."""
    return user_cache_path("safelight") / "starter" / shape
