"""The training data of text encoder and UNet: scenes and the latents of their pictures, in shards of 1,024.

Each picture is painted and encoded once.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny

from .pixels import signed
from .scenes import Studio
from .world import Scene, World

SHARD, BATCH = 1024, 16


@dataclass(frozen=True)
class Examples:
    latents: torch.Tensor  # N×C×h×w float32, of about unit variance
    scenes: list[Scene]  # N

    @classmethod
    def load(cls, folder: Path) -> Examples:
        """All shards of the folder. Raises FileNotFoundError if there is none."""
        latents, scenes = [], []
        for path in sorted(folder.glob("*.npz")):
            with np.load(path) as shard:
                latents.append(torch.from_numpy(shard["latents"]).float())
                scenes += [Scene.read(scene) for scene in json.loads(shard["scenes"].tobytes())]
        if not latents:
            raise FileNotFoundError(f"{folder} has no examples. Run --stage unet, which makes them first.")
        return cls(torch.cat(latents), scenes)

    def often(self, tier: int, newest: float, pairs: float) -> list[float]:
        """How often to learn from each, relative to others: `newest` times if it shows a thing of `tier`, never if one of a higher tier,
        and `pairs` times if it shows two things."""
        tiers = [max((thing.tier for thing in scene.things), default=0) for scene in self.scenes]
        times = [0 if highest > tier else newest if highest == tier else 1 for highest in tiers]
        return [often * (pairs if len(scene.things) == 2 else 1) for often, scene in zip(times, self.scenes, strict=True)]


def grow(folder: Path, world: World, studio: Studio, autoencoder: AutoencoderTiny, side: int, shards: int) -> Iterator[int]:
    """Paint and encode examples until the folder has `shards` shards. Yields the number of examples so far."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(shards):
        path = folder / f"{number:05}.npz"
        if not path.exists():
            chance = random.Random(number)
            scenes = [world.imagine(chance) for _ in range(SHARD)]
            latents = torch.cat(
                [
                    encode(autoencoder, [studio.paint(scene, side) for scene in scenes[first : first + BATCH]])
                    for first in range(0, SHARD, BATCH)
                ]
            )
            aside = folder / f"{number:05}.part"
            with aside.open("wb") as file:
                np.savez(
                    file,
                    latents=latents.half().numpy(),
                    scenes=np.frombuffer(json.dumps([scene.as_json() for scene in scenes]).encode(), dtype=np.uint8),
                )
            os.replace(aside, path)
        yield (number + 1) * SHARD


@torch.no_grad()
def encode(autoencoder: AutoencoderTiny, pictures: list[np.ndarray]) -> torch.Tensor:
    """N pictures of H×W×3 uint8 → N×C×h×w float32 latents in the scale of the UNet, on the CPU."""
    weight = next(autoencoder.parameters())
    seen = signed(torch.from_numpy(np.stack(pictures)).to(weight.device)).to(weight.dtype)
    latents = autoencoder.encode(seen.contiguous(memory_format=torch.channels_last)).latents
    return latents.float().cpu() * autoencoder.config.scaling_factor
