"""The torch calls of Stable Diffusion XL: two text encoders, the second of which also reads the prompt as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from compel import ReturnedEmbeddingsType

from ..weights import Fragment
from .stable_diffusion_calls import WeightingCalls


class StableDiffusionXLCalls(WeightingCalls):
    hidden_states = ReturnedEmbeddingsType.PENULTIMATE_HIDDEN_STATES_NON_NORMALIZED

    def embed(self, text: str, is_negative: bool) -> dict[str, torch.Tensor]:
        tokens, _, pooled, _ = self.pipeline.encode_prompt(text, do_classifier_free_guidance=False)
        if is_negative and not text and self.pipeline.config.force_zeros_for_empty_prompt:  # as without a negative prompt
            tokens, pooled = torch.zeros_like(tokens), torch.zeros_like(pooled)
        return {"prompt_embeds": tokens, "pooled_prompt_embeds": pooled}

    def embed_weighted(self, fragments: Sequence[Fragment]) -> dict[str, torch.Tensor]:
        """Weights change the tokens; the pooled embedding is that of the text without weights."""
        text = "".join(fragment.text for fragment in fragments)
        return self.embed(text, is_negative=False) | super().embed_weighted(fragments)

    def encode(self, pictures: torch.Tensor) -> torch.Tensor:
        latents = super().encode(pictures)
        if not self._has_statistics:
            return latents
        mean, deviation = self._channel_statistics(latents)
        return (latents - mean * self.autoencoder.config.scaling_factor) / deviation

    def decode(self, grid: torch.Tensor) -> torch.Tensor:
        """As the stock pipeline, also for autoencoders with statistics of every channel, as that of Playground 2.5."""
        if not self._has_statistics:
            return super().decode(grid)
        latents = grid.to(self.pipeline._execution_device, self.autoencoder.dtype)
        mean, deviation = self._channel_statistics(latents)
        read = latents * deviation / self.autoencoder.config.scaling_factor + mean
        decoded: torch.Tensor = self.autoencoder.decode(read, return_dict=False)[0]
        return decoded

    @property
    def _has_statistics(self) -> bool:
        """Whether the config of the autoencoder has a mean and a deviation for every channel."""
        config = self.autoencoder.config
        return None not in (config.get("latents_mean"), config.get("latents_std"))


CALLS = StableDiffusionXLCalls
