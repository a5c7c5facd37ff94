"""The torch calls of Qwen-Image 2.1: its autoencoder reads and makes pictures with an alpha channel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import BatchEncoding, Qwen3VLProcessor

from .calls import Calls, chat_tokenizer


class TextProcessor(Qwen3VLProcessor):
    """The processor for prompts alone: that of the library needs torchvision, for films."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer, self.chat_template = tokenizer, tokenizer.chat_template

    def __call__(self, text: list[str], **how: Any) -> BatchEncoding:
        return self.tokenizer(text, **how)

    def apply_chat_template(self, conversation: Any, **how: Any) -> Any:
        tokens = self.tokenizer.apply_chat_template(conversation, **how)
        return [tokens]  # the processor of the library returns a batch


def text_processor(folder: Path) -> TextProcessor:
    return TextProcessor(chat_tokenizer(folder))


class QwenImage21Calls(Calls):
    def encode(self, pictures: torch.Tensor) -> torch.Tensor:
        return super().encode(torch.cat([pictures, torch.ones_like(pictures[:, :1])], dim=1))

    def decode(self, grid: torch.Tensor) -> torch.Tensor:
        return super().decode(grid)[:, :3]

    def denormalised(self, latents: torch.Tensor) -> torch.Tensor:
        mean, deviation = self._channel_statistics(latents)
        return latents * deviation + mean


CALLS = QwenImage21Calls
