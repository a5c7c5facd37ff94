"""The torch calls of Kolors: its tokenizer does not tell where in a text a token is."""

from __future__ import annotations

from typing import Any

from .calls import Calls


class _Offsets:
    """The tokenizer of Kolors, as much as is asked of others."""

    is_fast = True

    def __init__(self, tokenizer: Any) -> None:
        self.model_max_length: int = tokenizer.model_max_length
        self._pieces = tokenizer.tokenizer.sp_model

    def __call__(self, text: str, **how: object) -> dict[str, Any]:
        return {"offset_mapping": self._pieces.encode(text, return_type="offset_mapping")["offsets"]}

    def num_special_tokens_to_add(self) -> int:
        return 1


class KolorsCalls(Calls):
    @property
    def tokenizers(self) -> list[Any]:
        return [_Offsets(self.pipeline.tokenizer)]


CALLS = KolorsCalls
