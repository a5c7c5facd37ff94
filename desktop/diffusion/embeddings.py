"""Embeddings (textual inversion): small files whose vectors a text encoder reads in place of a name in the prompt. Torch-free.

A recipe names the embeddings of its prompts as `Adapter`s of weight 1. A name counts where no letter, digit, `_` or `-` is beside it;
capitals do not matter. `embedding:name`, as in ComfyUI, and `<name>`, as in InvokeAI and diffusers, mean the same.
In a text for the tokenizers every vector is one character of a private area of Unicode, which is a token of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .adapters import Adapter

FIRST, LAST = 0xE000, 0xF8FF  # the private area
MOST_TOGETHER = LAST - FIRST + 1  # vectors of all embeddings of a prompt
UNREADABLE = "\ufffd"  # in place of a private character that was typed


def key(embedding: Adapter) -> str:
    """What its `Source` is listed by, beside those of LoRAs."""
    return f"embedding {embedding.key}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: plain, or the name of an embedding."""

    text: str
    start: int  # its place in the whole text
    vectors: str = ""  # of an embedding, as private characters


class Names:
    """Finds the names of embeddings in texts."""

    def __init__(self, vectors: Mapping[str, int]) -> None:
        """`vectors`: how many each has, by name. Names that differ in capitals only are one; the first counts."""
        self._name: dict[str, str] = {}  # as given, by folded name
        self._vectors: dict[str, str] = {}  # private characters, by folded name
        first = FIRST
        for name, count in vectors.items():
            if name and name.lower() not in self._name and first + count <= LAST + 1:
                self._name[name.lower()] = name
                self._vectors[name.lower()] = "".join(map(chr, range(first, first + count)))
                first += count
        each = "|".join(re.escape(name) for name in sorted(self._name, key=len, reverse=True))
        self._pattern = re.compile(rf"<({each})>|(?<![\w-])(?:embedding:)?({each})(?![\w-])", re.IGNORECASE) if each else None

    def __bool__(self) -> bool:
        return self._pattern is not None

    def tokens(self, name: str) -> str:
        """The private characters of the vectors of the embedding with that name."""
        return self._vectors[name.lower()]

    def found(self, texts: Iterable[str]) -> list[str]:
        """The names in `texts`, each once, as they were given."""
        names: dict[str, None] = {}
        for text in texts:
            names |= dict.fromkeys(self._name[_named(match)] for match in self._matches(text))
        return list(names)

    def pieces(self, text: str) -> list[Piece]:
        """`text` in parts, in order."""
        if not self:
            return [Piece(text, 0)]
        pieces, end = [], 0
        for match in self._matches(text):
            pieces += [Piece(_readable(text[end : match.start()]), end)] if match.start() > end else []
            pieces.append(Piece(match[0], match.start(), self._vectors[_named(match)]))
            end = match.end()
        return [*pieces, Piece(_readable(text[end:]), end)] if end < len(text) else pieces

    def expanded(self, text: str) -> str:
        """`text` for the tokenizers: with private characters for names."""
        return "".join(piece.vectors or piece.text for piece in self.pieces(text))

    def contracted(self, text: str) -> str:
        """An expanded text, or a part of one, for people: with names for private characters."""
        for name, vectors in self._vectors.items():
            text = re.sub(f"[{vectors[0]}-{vectors[-1]}]+", lambda match, name=name: self._name[name], text)  # type: ignore[misc]
        return text

    def are_one(self, before: str, after: str) -> bool:
        """Whether two private characters beside each other are vectors of one name."""
        return any(before + after in vectors for vectors in self._vectors.values())

    def _matches(self, text: str) -> Iterable[re.Match[str]]:
        return self._pattern.finditer(text) if self._pattern else ()


NONE = Names({})


def _named(match: re.Match[str]) -> str:
    return (match[1] or match[2]).lower()


def _readable(text: str) -> str:
    return re.sub(f"[{chr(FIRST)}-{chr(LAST)}]", UNREADABLE, text)
