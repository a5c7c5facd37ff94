"""From a prompt as typed to what the UNet reads. Plain prompts go the stock pipeline's own way; weights through compel."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torch
from compel import EmbeddingsProvider

from .weights import Fragment, parse

MOST_REMEMBERED = 64  # encoded prompts; each is some 100 KB


@dataclass(frozen=True, slots=True)
class Encoded:
    """A prompt after the text encoder."""

    embeds: torch.Tensor  # 1×tokens×width
    truncated: str  # the end of the prompt, which the text encoder did not read


class PromptEncoder:
    """The text encoder of one loaded pipeline, and what it has encoded before: a replay or a rerun costs nothing."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._provider = EmbeddingsProvider(pipeline.tokenizer, pipeline.text_encoder)
        self._remembered: OrderedDict[tuple[str, int], Encoded] = OrderedDict()

    def encode(self, prompt: str) -> Encoded:
        """`prompt` with its weights applied; cut, as the stock pipeline does, where the text encoder's context ends."""
        key = prompt, torch.get_num_threads()  # the number of threads changes low bits
        if key not in self._remembered:
            fragments = parse(prompt)
            with torch.no_grad():
                embeds = self._weighted(fragments) if any(fragment.weight != 1 for fragment in fragments) else self._plain(fragments)
            self._remembered[key] = Encoded(embeds, self._beyond_context(fragments))
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        self._remembered.move_to_end(key)
        return self._remembered[key]

    def _plain(self, fragments: tuple[Fragment, ...]) -> torch.Tensor:
        text = "".join(fragment.text for fragment in fragments)
        return self._pipeline.encode_prompt(text, self._pipeline._execution_device, 1, do_classifier_free_guidance=False)[0]

    def _weighted(self, fragments: tuple[Fragment, ...]) -> torch.Tensor:
        return self._provider.get_embeddings_for_weighted_prompt_fragments(
            [[fragment.text for fragment in fragments]],
            [[fragment.weight for fragment in fragments]],
            device=self._pipeline._execution_device,
        )

    def _beyond_context(self, fragments: tuple[Fragment, ...]) -> str:
        room = self._pipeline.tokenizer.model_max_length - 2  # the start and the end have a token each
        for index, fragment in enumerate(fragments):
            ends = [
                end
                for _, end in self._pipeline.tokenizer(fragment.text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
                    "offset_mapping"
                ]
            ]
            if len(ends) > room:
                cut = ends[room - 1] if room else 0
                return (fragment.text[cut:] + "".join(later.text for later in fragments[index + 1 :])).strip()
            room -= len(ends)
        return ""
