"""The torch calls of Stable Diffusion XL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from compel import ReturnedEmbeddingsType

from ..recipe import Recipe
from ..weights import Fragment
from .calls import Calls, Embedding


class StableDiffusionXLCalls(Calls):
    hidden_states = ReturnedEmbeddingsType.PENULTIMATE_HIDDEN_STATES_NON_NORMALIZED

    def arguments(self, recipe: Recipe, prompt: Embedding, negative_prompt: Embedding | None) -> dict[str, Any]:
        return super().arguments(recipe, prompt, negative_prompt) | {
            "pooled_prompt_embeds": prompt.pooled,
            "negative_pooled_prompt_embeds": negative_prompt.pooled if negative_prompt else None,
        }

    def embed(self, text: str, is_negative: bool = False) -> Embedding:
        tokens, _, pooled, _ = self.pipeline.encode_prompt(text, do_classifier_free_guidance=False)
        if is_negative and not text and self.pipeline.config.force_zeros_for_empty_prompt:  # as without a negative prompt
            tokens, pooled = torch.zeros_like(tokens), torch.zeros_like(pooled)
        return Embedding(tokens, pooled)

    def embed_weighted(self, fragments: Sequence[Fragment]) -> Embedding:
        """Weights change the tokens; the pooled embedding is that of the text without weights."""
        text = "".join(fragment.text for fragment in fragments)
        return replace(super().embed_weighted(fragments), pooled=self.embed(text).pooled)


CALLS = StableDiffusionXLCalls
