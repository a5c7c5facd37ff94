"""The torch calls of a pipeline without a description. Its picture is made by the pipeline itself; previews are a best guess."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import torch
from diffusers.image_processor import VaeImageProcessor

from ...errors import ViewUnknown
from ..recipe import Size
from .calls import Calls
from .description import Family, LatentFormat, Normalisation


class UndescribedCalls(Calls):
    def __init__(self, family: Family, pipeline: Any) -> None:
        super().__init__(family, pipeline)
        config, latents = self.autoencoder.config, family.latents
        if config.get("latents_mean") and config.get("z_dim"):
            latents = replace(latents, normalisation=Normalisation.CHANNELS)
        latents = replace(latents, spatial_factor=int(getattr(pipeline, "vae_scale_factor", latents.spatial_factor)))
        scale = next((key for key in (family.guidance_key, "prior_guidance_scale") if key in self._accepted), family.guidance_key)
        self.family = replace(family, latents=latents, guidance_key=scale)

    @property
    def coders(self) -> list[torch.nn.Module]:
        return super().coders if hasattr(self.autoencoder, "decoder") else []

    def grid(self, latents: torch.Tensor, size: Size) -> torch.Tensor:
        """As the base class, with the packing that the number of values tells. Raises `ViewUnknown` for a layout that is not known."""
        if latents.ndim == 4 and latents.shape[1] in (3, self.latent_channels):
            return latents
        side = next((side for side in (1, 2) if latents.ndim == 3 and latents.shape[2] == self.latent_channels * side**2), None)
        if side is None:  # such as the embedding that an earlier stage makes
            raise ViewUnknown
        packed = LatentFormat(self.latent_channels, packing=side, normalisation=Normalisation.SCALED)
        return Calls(replace(self.family, latents=replace(packed, spatial_factor=self.position)), self.pipeline).grid(latents, size)

    def decode(self, grid: torch.Tensor) -> torch.Tensor:
        """As the base class; a picture, which the pipeline returns at the end, is one already: 0…1. Doubles lose no bit of it.

        Pipelines with a `movq` return it in −1…1.
        """
        if grid.shape[1] == 3:
            return grid if self.family.autoencoder == "movq" else grid.double() * 2 - 1
        if not self._quantises:
            return super().decode(grid)
        factor = self.autoencoder.config.get("scale_factor")  # of those whose pictures are 0…1
        latents = grid.to(self.pipeline._execution_device, self.autoencoder.dtype) * (factor or 1)
        decoded: torch.Tensor = self.autoencoder.decode(latents, force_not_quantize=True, return_dict=False)[0]
        return decoded * 2 - 1 if factor else decoded

    def images(self, decoded: torch.Tensor) -> Any:
        return VaeImageProcessor().postprocess(decoded, output_type="pil")

    @property
    def _scaling(self) -> tuple[float, float]:
        return (1 / self.autoencoder.config.get("scale_factor", 1), 0.0) if self._quantises else super()._scaling

    @property
    def _quantises(self) -> bool:
        """Whether the autoencoder has a table of vectors, which samplers in its latents do not use."""
        return "force_not_quantize" in inspect.signature(self.autoencoder.decode).parameters


CALLS = UndescribedCalls
