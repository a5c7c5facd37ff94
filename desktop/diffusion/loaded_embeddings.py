"""The embeddings of one loaded pipeline: tokens of its tokenizers, and vectors beside the tables of its text encoders.

`load_textual_inversion` of diffusers enlarges the tables, which costs a copy of each and cannot be done where weights wait elsewhere.
Here the tables stay as they are, and so do the tokenizers, of which copies are used: taking embeddings off gives the original objects
back. The pipeline computes the same bits in both ways.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from ..errors import QT_TRANSLATE_NOOP, EmbeddingDamaged, EmbeddingUnknown
from . import embeddings
from .adapters import Adapter, Source
from .embeddings import Names
from .families.calls import Calls

UNREADABLE = QT_TRANSLATE_NOOP("Safelight", "cannot be read")
LEGACY_END = 2  # in old configs of CLIP: take the token with the highest number for the end, which a new token would be


class LoadedEmbeddings:
    """Makes the text encoders read given embeddings. Outside the seam only: it replaces modules of the networks."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._undo: list[Callable[[], object]] = []
        self.sources: Mapping[str, Source] = {}  # by `embeddings.key`, for `use`
        self.in_use: tuple[tuple[str, str], ...] = ()  # name and sha256: what the text encoders compute depends on it
        self.names = embeddings.NONE

    def use(self, wanted: Sequence[Adapter]) -> None:
        """Read the names of `wanted` as what is in their files, and no others, from now on.

        Raises `EmbeddingUnknown` for one without a source, and `EmbeddingDamaged`; then there are none.
        """
        if lacking := next((each for each in wanted if embeddings.key(each) not in self.sources), None):
            raise EmbeddingUnknown(name=lacking.name)
        sources = [(each.name, self.sources[embeddings.key(each)]) for each in wanted]
        in_use = tuple((name, source.sha256) for name, source in sources)
        if in_use == self.in_use:
            return
        self._take_off()
        if sources:
            try:
                self._add(sources)
            except EmbeddingDamaged:
                self._take_off()
                raise
        self.in_use = in_use

    def _take_off(self) -> None:
        for undo in reversed(self._undo):
            undo()
        self._undo, self.in_use, self.names = [], (), embeddings.NONE

    def _add(self, sources: Sequence[tuple[str, Source]]) -> None:
        words: dict[str, tuple[str, Source]] = {}  # by folded word
        for name, source in sources:
            for word in (name, *source.words):
                words.setdefault(word.lower(), (word, source))
        names = Names({word: source.vectors for word, source in words.values()})
        for place, (encoder, tokenizer) in enumerate(zip(self._calls.text_encoders, self._calls.tokenizers, strict=True)):
            described = self._calls.family.text_encoders[place]
            characters = "".join(map(names.tokens, words))
            vectors = torch.cat([_vectors(source, place) for _, source in words.values()])
            tokens = copy.deepcopy(tokenizer)
            tokens.add_tokens(list(characters))
            self._replace(self._calls.pipeline, described.tokenizer, tokens)
            table = encoder.get_input_embeddings()
            self._undo.append(lambda encoder=encoder, table=table: encoder.set_input_embeddings(table))  # type: ignore[misc]
            encoder.set_input_embeddings(_Table(table, tokens.convert_tokens_to_ids(characters[0]), vectors))
            for module in encoder.modules():
                if getattr(module, "eos_token_id", None) == LEGACY_END:
                    self._replace(module, "eos_token_id", tokens.eos_token_id)
        self.names = names

    def _replace(self, of: Any, name: str, value: object) -> None:
        before = getattr(of, name)
        self._undo.append(lambda: setattr(of, name, before))
        setattr(of, name, value)


class _Table(torch.nn.Module):
    """The table of a text encoder, and further vectors for the tokens from `first` on."""

    def __init__(self, table: torch.nn.Module, first: int, vectors: torch.Tensor) -> None:
        """`vectors`: count × width."""
        super().__init__()
        self.table = table
        self._first = first
        self._vectors = vectors

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Tokens → their vectors, … × width."""
        is_new = ids >= self._first
        read: torch.Tensor = self.table(ids.masked_fill(is_new, 0))
        if not is_new.any():
            return read
        vectors = self._vectors.to(read)
        return torch.where(is_new[..., None].to(read.device), vectors[(ids - self._first).clamp(min=0).to(read.device)], read)


def _vectors(source: Source, place: int) -> torch.Tensor:
    """Those for the text encoder at `place`: count × width."""
    try:
        with safe_open(source.path, "pt") as file:
            vectors: torch.Tensor = file.get_tensor(source.tensors[place])
        return vectors.reshape(source.vectors, -1)
    except (OSError, RuntimeError, SafetensorError) as error:
        raise EmbeddingDamaged(file=source.path.name, problem=UNREADABLE) from error
