"""What differs from one family of models to the next, in one place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import DiffusionPipeline, StableDiffusionPipeline

from ..errors import ModelDamaged, ModelIncomplete, ModelUnsupported
from .recipe import Recipe


@dataclass(frozen=True, slots=True)
class Family:
    """How to call one class of stock pipelines, and what its latents are."""

    pipeline: type[DiffusionPipeline]
    parts: tuple[str, ...]  # what the folder must hold
    networks: tuple[str, ...]  # those of them that have weights
    unused: tuple[str, ...]  # what we leave out

    def multiple(self, pipeline: Any) -> int:
        """What the sides of a picture must divide by, in px."""
        return pipeline.vae_scale_factor

    def positions(self, pipeline: Any, recipe: Recipe) -> int:
        """Latent positions of one picture."""
        return (recipe.size.width // pipeline.vae_scale_factor) * (recipe.size.height // pipeline.vae_scale_factor)

    def is_guided(self, pipeline: Any, recipe: Recipe) -> bool:
        """Whether the negative prompt is read at all: at guidance 1 and below, and in distilled models, only the prompt is."""
        return recipe.sampling.guidance_scale > 1 and pipeline.unet.config.time_cond_proj_dim is None

    def arguments(self, recipe: Recipe, prompt: torch.Tensor, negative_prompt: torch.Tensor | None) -> dict[str, Any]:
        """The stock call; `prompt` and `negative_prompt` are 1×tokens×width, from the text encoder."""
        return {
            "prompt_embeds": prompt,
            "negative_prompt_embeds": negative_prompt,
            "width": recipe.size.width,
            "height": recipe.size.height,
            "num_inference_steps": recipe.sampling.steps,
            "guidance_scale": recipe.sampling.guidance_scale,
        }

    def encode(self, pipeline: Any, pictures: torch.Tensor) -> torch.Tensor:
        """B×3×H×W in −1…1 → latents as the sampler sees them."""
        vae = pipeline.vae
        encoded = vae.encode(pictures.to(vae.device, vae.dtype))
        latents = encoded.latent_dist.mean if hasattr(encoded, "latent_dist") else encoded.latents
        return latents * vae.config.scaling_factor

    def decode(self, pipeline: Any, latents: torch.Tensor) -> torch.Tensor:
        """Latents as the sampler sees them → B×3×H×W, about −1…1, exactly as the stock pipeline decodes."""
        vae = pipeline.vae
        return vae.decode(latents.to(vae.device, vae.dtype) / vae.config.scaling_factor, return_dict=False)[0]


STABLE_DIFFUSION = Family(
    StableDiffusionPipeline,
    parts=("scheduler", "text_encoder", "tokenizer", "unet", "vae"),
    networks=("text_encoder", "unet", "vae"),
    unused=("safety_checker", "feature_extractor", "image_encoder"),
)

FAMILIES = {"StableDiffusionPipeline": STABLE_DIFFUSION}


def family_of(folder: Path) -> Family:
    """The family that the folder's model_index.json names; raises `ModelUnsupported` for one we do not know."""
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelIncomplete(folder=folder, missing="model_index.json") from error
    except ValueError as error:
        raise ModelDamaged(folder=folder, problem="model_index.json cannot be read") from error
    kind = index.get("_class_name") if isinstance(index, dict) else None
    if kind not in FAMILIES:
        raise ModelUnsupported(kind=kind or "unknown")
    return FAMILIES[kind]
