"""From a prompt as typed to what the denoiser reads: its weights, and the limits of the text encoders."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import torch

from .families.calls import Calls, Embedding
from .weights import Fragment, parse

MOST_REMEMBERED = 64  # encoded prompts; each is some 100 KB


@dataclass(frozen=True, slots=True)
class Encoded:
    """A prompt after the text encoders."""

    embedding: Embedding
    truncated: str  # the end of the prompt, which at least one text encoder did not read


class PromptEncoder:
    """The text encoders of one loaded pipeline. Encoded prompts are kept, so that a replay or a rerun costs nothing."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._remembered: OrderedDict[tuple[str, bool, int, Hashable], Encoded] = OrderedDict()

    def encode(self, prompt: str, is_negative: bool = False, adapters: Hashable = ()) -> Encoded:
        """`prompt` with its weights applied; cut, as the stock pipeline does, where the text encoder's context ends.

        `adapters`: the LoRAs that the text encoders have now.
        """
        key = prompt, is_negative, torch.get_num_threads(), adapters  # the number of threads changes low bits
        if key not in self._remembered:
            fragments = parse(prompt)
            with torch.no_grad():
                if any(fragment.weight != 1 for fragment in fragments):
                    embedding = self._calls.embed_weighted(fragments)
                else:
                    embedding = self._calls.embed("".join(fragment.text for fragment in fragments), is_negative)
            encoders = zip(self._calls.tokenizers, self._calls.family.text_encoders, strict=True)
            unread = (_beyond_context(fragments, tokenizer, encoder.tokenization.marks) for tokenizer, encoder in encoders)
            self._remembered[key] = Encoded(embedding, max(unread, key=len))
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        self._remembered.move_to_end(key)
        return self._remembered[key]


def _beyond_context(fragments: tuple[Fragment, ...], tokenizer: Any, marks: int) -> str:
    """The end of the prompt that exceeds this tokenizer's limit, with `marks` added tokens; empty if nothing is cut off."""
    room = tokenizer.model_max_length - marks
    for index, fragment in enumerate(fragments):
        offsets = tokenizer(fragment.text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)["offset_mapping"]
        ends = [end for _, end in offsets]
        if len(ends) > room:
            cut = ends[room - 1] if room else 0
            return (fragment.text[cut:] + "".join(later.text for later in fragments[index + 1 :])).strip()
        room -= len(ends)
    return ""
