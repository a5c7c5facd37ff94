"""The torch calls of Stable Diffusion 1 and 2: prompts with weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from compel import EmbeddingsProvider, ReturnedEmbeddingsType

from ..weights import Fragment
from .calls import Calls


class WeightingCalls(Calls):
    """Of a family whose denoiser reads CLIP's embeddings, which can be weighted word by word."""

    hidden_states = ReturnedEmbeddingsType.LAST_HIDDEN_STATES_NORMALIZED  # of the text encoders, that the denoiser reads

    def prompt_arguments(self, fragments: Sequence[Fragment], is_negative: bool = False) -> dict[str, Any]:
        is_weighted = any(fragment.weight != 1 for fragment in fragments)
        text = "".join(fragment.text for fragment in fragments)
        embedding = self.embed_weighted(fragments) if is_weighted else self.embed(text, is_negative)
        return {f"negative_{name}" if is_negative else name: tensor for name, tensor in embedding.items()}

    def embed(self, text: str, is_negative: bool) -> dict[str, torch.Tensor]:
        """Text without weights, encoded by the stock pipeline itself: by name of the argument, 1×tokens×width."""
        pipeline = self.pipeline
        return {"prompt_embeds": pipeline.encode_prompt(text, pipeline._execution_device, 1, do_classifier_free_guidance=False)[0]}

    def embed_weighted(self, fragments: Sequence[Fragment]) -> dict[str, torch.Tensor]:
        """Text with weights, cut so that compel makes as many tokens as the stock pipeline."""
        texts, weights = [fragment.text for fragment in fragments], [fragment.weight for fragment in fragments]
        device = self.pipeline._execution_device
        # Made anew each time: a provider keeps its tokenizer, and what the text encoder made of no text, with or without LoRAs.
        providers = [
            EmbeddingsProvider(tokenizer, text_encoder, returned_embeddings_type=self.hidden_states)
            for tokenizer, text_encoder in zip(self.tokenizers, self.text_encoders, strict=True)
        ]
        read = [encoder.get_embeddings_for_weighted_prompt_fragments([texts], [weights], device=device) for encoder in providers]
        return {"prompt_embeds": torch.cat(read, dim=-1)}


CALLS = WeightingCalls
