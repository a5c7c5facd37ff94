"""From a prompt as typed to the arguments of the stock call: its weights, and the limits of the text encoders."""

from __future__ import annotations

import functools
import inspect
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from . import embeddings
from .families.calls import Calls
from .families.description import TextEncoder
from .weights import Fragment, parse, unweighted

MOST_REMEMBERED = 64  # encoded prompts; each is 100 KB to some MB
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")  # writing without spaces between words
ENCODING = ("encode_prompt", "_encode_prompt")  # the method of a stock pipeline; where there are both, the first calls the second


@dataclass(frozen=True, slots=True)
class Encoded:
    """A prompt, ready for the stock call."""

    arguments: Mapping[str, Any]
    truncated: str  # the end of the prompt, which the text encoders do not read


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a prompt, as the first text encoder reads it."""

    id: int
    text: str  # the part of the prompt that it stands for; several tokens may share one character


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a prompt, and the places of its tokens among all tokens, the mark at the beginning included."""

    text: str
    tokens: tuple[int, ...]


class PromptEncoder:
    """The text encoders of one loaded pipeline. Encoded prompts are kept, so that a replay or a rerun costs nothing."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._remembered: OrderedDict[object, Any] = OrderedDict()
        self.adapters: Hashable = ()  # the LoRAs and embeddings that the networks have now
        self.names = embeddings.NONE  # of the embeddings
        if name := next((name for name in ENCODING if hasattr(calls.pipeline, name)), ""):
            setattr(calls.pipeline, name, self._remembering(getattr(calls.pipeline, name)))

    def encode(self, prompt: str, is_negative: bool = False) -> Encoded:
        """`prompt` with its weights applied; cut, as the stock pipeline does, where the text encoder's context ends."""

        def encoded() -> Encoded:
            fragments = self._fragments(prompt)
            with torch.no_grad():
                arguments = self._calls.prompt_arguments(fragments, is_negative)
            return Encoded(arguments, self.names.contracted(self._unread(fragments)))

        result: Encoded = self._remember((prompt, is_negative, torch.get_num_threads()), encoded)  # their number changes low bits
        return result

    def tokens(self, prompt: str) -> tuple[list[Token], list[Word]]:
        """The tokens of `prompt` that the first text encoder reads, and the words that they form; none without such an encoder."""
        encoders = zip(self._calls.tokenizers, self._calls.family.text_encoders, strict=True)
        whole = [(tokenizer, encoder) for tokenizer, encoder in encoders if encoder.is_whole and tokenizer.is_fast]
        if not whole:
            return [], []
        tokenizer, encoder = whole[0]
        marks = _marks(encoder, tokenizer)
        room = encoder.limit(tokenizer.model_max_length) - marks
        tokens: list[Token] = []
        words: list[Word] = []
        for fragment in self._fragments(prompt):
            end = -1  # of the last token in this fragment
            found = tokenizer(fragment.text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            for id, (start, stop) in zip(found["input_ids"], found["offset_mapping"], strict=True):
                if len(tokens) == room:
                    return self._said(tokens, words)
                place = len(tokens) + (1 if encoder.tokenization else 0)
                tokens.append(Token(id, fragment.text[start:stop]))
                if words and end >= 0 and (start < end or (start == end and self._are_one(fragment.text[end - 1], fragment.text[start]))):
                    added = fragment.text[max(start, end) : stop]
                    words[-1] = Word(words[-1].text + added, (*words[-1].tokens, place))
                else:
                    words.append(Word(fragment.text[start:stop], (place,)))
                end = max(end, stop)
        return self._said(tokens, words)

    def _fragments(self, prompt: str) -> tuple[Fragment, ...]:
        """`prompt` for the tokenizers, split where its weight changes."""
        fragments = parse(prompt) if self._calls.family.capabilities.weights else unweighted(prompt)
        return tuple(replace(each, text=self.names.expanded(each.text)) for each in fragments) if self.names else fragments

    def _said(self, tokens: list[Token], words: list[Word]) -> tuple[list[Token], list[Word]]:
        """For people: an embedding by its name."""
        if not self.names:
            return tokens, words
        said = self.names.contracted
        return [replace(each, text=said(each.text)) for each in tokens], [replace(each, text=said(each.text)) for each in words]

    def _are_one(self, before: str, after: str) -> bool:
        return _are_one_word(before, after) or self.names.are_one(before, after)

    def _unread(self, fragments: tuple[Fragment, ...]) -> str:
        encoders = zip(self._calls.tokenizers, self._calls.family.text_encoders, strict=True)
        unread = [
            _beyond_context(fragments, tokenizer, encoder.limit(tokenizer.model_max_length), _marks(encoder, tokenizer))
            for tokenizer, encoder in encoders
            if encoder.is_whole and tokenizer.is_fast
        ]
        return max(unread, key=len, default="")

    def _remembering(self, encode: Callable[..., Any]) -> Callable[..., Any]:
        """The stock pipeline's own encoding, made once for each set of plain arguments."""
        signature = inspect.signature(encode)

        @functools.wraps(encode)
        def remembered(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs).arguments
            if not all(map(_is_plain, bound.values())):
                return encode(*args, **kwargs)
            return self._remember((repr(bound), torch.get_num_threads()), lambda: encode(*args, **kwargs))

        return remembered

    def _remember(self, key: object, make: Callable[[], Any]) -> Any:
        key = key, self.adapters
        if key not in self._remembered:
            self._remembered[key] = make()
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        self._remembered.move_to_end(key)
        return self._remembered[key]


def _marks(encoder: TextEncoder, tokenizer: Any) -> int:
    """Tokens of a prompt that are none of its words."""
    if encoder.tokenization:
        return encoder.tokenization.marks
    added: int = tokenizer.num_special_tokens_to_add()
    return encoder.marks + added


def _are_one_word(before: str, after: str) -> bool:
    """Whether two characters beside each other belong to one word. Chinese and Japanese are written without spaces: each token is one."""
    return all(letter.isalnum() and not _UNSPACED.match(letter) for letter in (before, after))


def _is_plain(value: object) -> bool:
    """Whether `repr` tells `value` from every other."""
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (str, int, float, torch.device, torch.dtype))


def _beyond_context(fragments: tuple[Fragment, ...], tokenizer: Any, limit: int, marks: int) -> str:
    """The end of the prompt that exceeds this tokenizer's limit, with `marks` added tokens; empty if nothing is cut off."""
    room = limit - marks
    for index, fragment in enumerate(fragments):
        offsets = tokenizer(fragment.text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)["offset_mapping"]
        ends = [end for _, end in offsets]
        if len(ends) > room:
            cut = ends[room - 1] if room else 0
            return (fragment.text[cut:] + "".join(later.text for later in fragments[index + 1 :])).strip()
        room -= len(ends)
    return ""
