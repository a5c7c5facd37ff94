"""Latent consistency models of Stable Diffusion 1, under a pipeline of their own. Torch-free."""

from __future__ import annotations

from dataclasses import replace

from .description import Capabilities, Defaults
from .stable_diffusion import STABLE_DIFFUSION

LATENT_CONSISTENCY = replace(
    STABLE_DIFFUSION,
    name="Latent consistency model",
    pipeline="LatentConsistencyModelPipeline",
    defaults=Defaults(steps=4, guidance_scale=8.5, size=768, sampler="LCM"),
    variants=(),
    samplers=frozenset({"LCM"}),
    capabilities=Capabilities(negative_prompt=False, asks_twice=False, weights=True, embeddings=True),
)
