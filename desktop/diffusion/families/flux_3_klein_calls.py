"""The torch calls of FLUX.3 Klein: its prompt is encoded by a block of the modular pipeline, which returns packed squares in rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers.modular_pipelines.flux3.encoders import Flux3DistilledTextEncoderStep

from ..recipe import Size
from ..weights import Fragment
from .calls import Calls
from .flux_2_calls import chat_processor as chat_processor  # reads the tokenizer


class Flux3KleinCalls(Calls):
    _accepted = frozenset({"width", "height", "num_inference_steps"})

    def prompt_arguments(self, fragments: Sequence[Fragment], is_negative: bool = False) -> dict[str, Any]:
        text = "".join(fragment.text for fragment in fragments)
        [encoder] = self.family.text_encoders
        encoded = Flux3DistilledTextEncoderStep._get_qwen3_vl_prompt_embeds(
            self.pipeline.text_encoder, self.pipeline.tokenizer, text, self.pipeline._execution_device, encoder.tokens
        )
        return {"prompt_embeds": encoded}

    def grid(self, latents: torch.Tensor, size: Size) -> torch.Tensor:
        return super().grid(latents.flatten(2).transpose(1, 2) if latents.ndim == 4 else latents, size)


CALLS = Flux3KleinCalls
