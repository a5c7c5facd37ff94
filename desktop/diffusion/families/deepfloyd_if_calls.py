"""The torch calls of DeepFloyd IF: the prompt is encoded once for both stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..weights import Fragment
from .calls import Calls


class DeepfloydIfCalls(Calls):
    def prompt_arguments(self, fragments: Sequence[Fragment], is_negative: bool = False) -> dict[str, Any]:
        text = "".join(fragment.text for fragment in fragments)
        encoded, _ = self.pipeline.encode_prompt(text, do_classifier_free_guidance=False, **self.family.arguments)
        return {"negative_prompt_embeds" if is_negative else "prompt_embeds": encoded}


CALLS = DeepfloydIfCalls
