"""The torch calls of Anima: its prompt is encoded by a block of the modular pipeline, and its latents are films of one frame."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from diffusers.models.transformers import transformer_cosmos
from diffusers.modular_pipelines.anima.encoders import AnimaTextEncoderStep

from ..recipe import Size
from ..weights import Fragment
from .calls import Calls

PROMPT = ("qwen_prompt_embeds", "qwen_attention_mask", "t5_input_ids", "t5_attention_mask")


def _resized(mask: torch.Tensor, size: list[int], interpolation: str) -> torch.Tensor:
    return torch.nn.functional.interpolate(mask, size, mode=interpolation)


if not hasattr(transformer_cosmos, "transforms"):  # without torchvision, of which the denoiser uses only this
    transformer_cosmos.transforms = SimpleNamespace(
        functional=SimpleNamespace(resize=_resized), InterpolationMode=SimpleNamespace(NEAREST="nearest")
    )


class AnimaCalls(Calls):
    _accepted = frozenset({"width", "height", "num_inference_steps", "guidance_scale"})

    def prompt_arguments(self, fragments: Sequence[Fragment], is_negative: bool = False) -> dict[str, Any]:
        text = "".join(fragment.text for fragment in fragments)
        [tokens] = {encoder.tokens for encoder in self.family.text_encoders}
        encoded = AnimaTextEncoderStep.encode_prompt(self.pipeline, text, prepare_unconditional_embeds=False, max_sequence_length=tokens)
        return {f"negative_{name}" if is_negative else name: encoded[name] for name in PROMPT}

    def grid(self, latents: torch.Tensor, size: Size) -> torch.Tensor:
        return latents[:, :, 0] if latents.ndim == 5 else latents


CALLS = AnimaCalls
