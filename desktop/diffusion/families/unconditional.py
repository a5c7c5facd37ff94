"""Pictures without a prompt, on pixels: DDPM and DDIM. Torch-free."""

from __future__ import annotations

from dataclasses import replace

from .description import WEIGHTS, Capabilities, Defaults, Family, LatentFormat, MemoryFactors, Normalisation, Part
from .stable_diffusion import SCHEDULER

DDPM = Family(
    name="DDPM",
    pipeline="DDPMPipeline",
    parts=(Part("unet", "diffusers", frozenset({"UNet2DModel"}), weights=WEIGHTS), SCHEDULER),
    denoiser="unet",
    autoencoder="",
    text_encoders=(),
    scheduler="scheduler",
    latents=LatentFormat(channels=3, spatial_factor=1, normalisation=Normalisation.PIXELS),
    memory=MemoryFactors(denoiser_maps=28, decoder_maps=0),  # as Stable Diffusion 1, not measured
    defaults=Defaults(steps=100, guidance_scale=1.0, size=256),
    samplers=frozenset({"DDPM", "DDIM"}),
    needs_float32=True,
    languages=(),
    capabilities=Capabilities(prompt=False, negative_prompt=False, guidance=False, asks_twice=False, size=False, loras=False),
)
DDIM = replace(
    DDPM,
    name="DDIM",
    pipeline="DDIMPipeline",
    defaults=Defaults(steps=50, guidance_scale=1.0, size=256, sampler="DDIM"),
    samplers=frozenset({"DDIM"}),
)
