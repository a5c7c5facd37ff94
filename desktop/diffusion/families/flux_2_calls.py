"""The torch calls of FLUX.2: its prompt is a conversation, put into words by a processor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import ProcessorMixin

from .calls import Calls, chat_tokenizer


class ChatProcessor(ProcessorMixin):
    """The processor for prompts alone: that of the library needs torchvision, for pictures."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def apply_chat_template(self, conversation: Any, **how: Any) -> Any:
        return self.tokenizer.apply_chat_template(conversation, **how)


def chat_processor(folder: Path) -> ChatProcessor:
    return ChatProcessor(chat_tokenizer(folder))


CALLS = Calls
