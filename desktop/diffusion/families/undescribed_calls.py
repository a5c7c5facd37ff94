"""The torch calls of a pipeline without a description. Its picture is made by the pipeline itself; previews are a best guess."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from ..recipe import Size
from .calls import Calls
from .description import Family, LatentFormat, Normalisation


class UndescribedCalls(Calls):
    def __init__(self, family: Family, pipeline: Any) -> None:
        config = pipeline.vae.config
        normalisation = Normalisation.CHANNELS if config.get("latents_mean") and config.get("z_dim") else Normalisation.SCALED
        factor = int(getattr(pipeline, "vae_scale_factor", family.latents.spatial_factor))
        latents = LatentFormat(family.latents.channels, spatial_factor=factor, multiple=4, normalisation=normalisation)
        super().__init__(replace(family, latents=latents), pipeline)

    def grid(self, latents: torch.Tensor, size: Size) -> torch.Tensor:
        """As the base class, with the packing that the number of values tells. Raises ValueError for a layout that is not known."""
        if latents.ndim == 4:
            return latents
        side = next((side for side in (1, 2) if latents.ndim == 3 and latents.shape[2] == self.latent_channels * side**2), None)
        if side is None:
            raise ValueError("latents in an unknown layout")
        packed = LatentFormat(self.latent_channels, packing=side, normalisation=Normalisation.SCALED)
        return Calls(replace(self.family, latents=replace(packed, spatial_factor=self.position)), self.pipeline).grid(latents, size)

    def decode(self, grid: torch.Tensor) -> torch.Tensor:
        """As the base class; a picture, which the pipeline returns at the end, is one already: 0…1. Doubles lose no bit of it."""
        return grid.double() * 2 - 1 if grid.shape[1] == 3 else super().decode(grid)


CALLS = UndescribedCalls
