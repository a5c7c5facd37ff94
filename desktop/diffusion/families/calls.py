"""The torch calls that differ between families. What several families share is here; a family's own calls are in `<family>_calls.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import torch
from compel import EmbeddingsProvider, ReturnedEmbeddingsType

from ..recipe import Recipe
from ..weights import Fragment
from . import family_called
from .description import Family


@dataclass(frozen=True, slots=True)
class Embedding:
    """A prompt as the denoiser reads it."""

    tokens: torch.Tensor  # 1×tokens×width
    pooled: torch.Tensor | None = None  # 1×width, in families that read the prompt as a whole too


class Calls:
    """The calls of one loaded pipeline. A subclass says how its family encodes prompts and is called."""

    hidden_states = ReturnedEmbeddingsType.LAST_HIDDEN_STATES_NORMALIZED  # of the text encoders, that the denoiser reads

    def __init__(self, family: Family, pipeline: Any) -> None:
        self.family, self.pipeline = family, pipeline
        self._weighting = [
            EmbeddingsProvider(tokenizer, text_encoder, returned_embeddings_type=self.hidden_states)
            for tokenizer, text_encoder in zip(self.tokenizers, self.text_encoders, strict=True)
        ]

    @property
    def denoiser(self) -> Any:
        return getattr(self.pipeline, self.family.denoiser)

    @property
    def autoencoder(self) -> Any:
        return getattr(self.pipeline, self.family.autoencoder)

    @property
    def text_encoders(self) -> list[Any]:
        return [getattr(self.pipeline, encoder.part) for encoder in self.family.text_encoders]

    @property
    def tokenizers(self) -> list[Any]:
        return [getattr(self.pipeline, encoder.tokenizer) for encoder in self.family.text_encoders]

    @property
    def multiple(self) -> int:
        """What the sides of a picture must divide by, in px."""
        return self.pipeline.vae_scale_factor

    def positions(self, recipe: Recipe) -> int:
        """Latent positions of one picture."""
        return (recipe.size.width // self.multiple) * (recipe.size.height // self.multiple)

    def arguments(self, recipe: Recipe, prompt: Embedding, negative_prompt: Embedding | None) -> dict[str, Any]:
        """The arguments of the stock call."""
        return {
            "prompt_embeds": prompt.tokens,
            "negative_prompt_embeds": negative_prompt.tokens if negative_prompt else None,
            "width": recipe.size.width,
            "height": recipe.size.height,
            "num_inference_steps": recipe.sampling.steps,
            "guidance_scale": recipe.sampling.guidance_scale,
        }

    def embed(self, text: str, is_negative: bool = False) -> Embedding:
        """Text without weights, encoded by the stock pipeline itself."""
        raise NotImplementedError

    def embed_weighted(self, fragments: Sequence[Fragment]) -> Embedding:
        """Text with weights, cut so that compel makes as many tokens as the stock pipeline."""
        texts, weights = [fragment.text for fragment in fragments], [fragment.weight for fragment in fragments]
        device = self.pipeline._execution_device
        each = [encoder.get_embeddings_for_weighted_prompt_fragments([texts], [weights], device=device) for encoder in self._weighting]
        return Embedding(torch.cat(each, dim=-1))

    def encode(self, pictures: torch.Tensor) -> torch.Tensor:
        """B×3×H×W in −1…1 → latents as the sampler sees them."""
        autoencoder, (scale, shift) = self.autoencoder, self._scaling
        encoded = autoencoder.encode(pictures.to(autoencoder.device, autoencoder.dtype))
        latents = encoded.latent_dist.mean if hasattr(encoded, "latent_dist") else encoded.latents
        return (latents - shift if shift else latents) * scale

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents as the sampler sees them → B×3×H×W, about −1…1, exactly as the stock pipeline decodes."""
        autoencoder, (scale, shift) = self.autoencoder, self._scaling
        encoded = latents.to(autoencoder.device, autoencoder.dtype) / scale
        return autoencoder.decode(encoded + shift if shift else encoded, return_dict=False)[0]

    @property
    def _scaling(self) -> tuple[float, float]:
        config, latents = self.autoencoder.config, self.family.latents
        return config.get("scaling_factor") or latents.scale, config.get("shift_factor") or latents.shift


def calls_of(pipeline: Any) -> Calls:
    """The calls of `pipeline`, which is one of a family of `FAMILIES`."""
    family = family_called(type(pipeline).__name__)
    assert family is not None
    module = import_module(f"{__package__}.{family.calls}")
    return module.CALLS(family, pipeline)
