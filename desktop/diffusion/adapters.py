"""Adapters (LoRAs) as a recipe names them: each by its file, with a weight, in the order in which they are summed. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

MOST_ADAPTERS = 32  # LoRAs in one recipe, and embeddings in its prompts
LEAST_WEIGHT, MOST_WEIGHT = -10.0, 10.0
MOST_NAME = 200  # characters

DENOISER, TEXT_ENCODER, TEXT_ENCODER_2, TEXT_ENCODER_3 = "denoiser", "encoder 1", "encoder 2", "encoder 3"
TEXT_ENCODERS = (TEXT_ENCODER, TEXT_ENCODER_2, TEXT_ENCODER_3)  # in the order of `Family.text_encoders`

_SHA256 = re.compile("([0-9a-f]{64})?")
_SHORT_HASH = re.compile("([0-9a-f]{8,12})?")


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """One LoRA with its weight, or an embedding, whose weight is 1.

    Two name the same file if their fingerprints are equal, or their short hashes, or else their names.
    """

    name: str  # among the LoRAs of this computer; that of an embedding is the word in the prompt
    weight: float = 1.0  # factor of what the LoRA adds; 0 = without it
    fingerprint: str = ""  # sha256 of the file; "" = unknown
    # As A1111 computes it: the first 12 digits of the sha256, of a LoRA that of what follows the header; "" = unknown.
    short_hash: str = ""

    @property
    def key(self) -> str:
        """What `Source`s are listed by."""
        return self.fingerprint or self.name

    def is_same_file(self, other: Adapter) -> bool:
        if self.fingerprint and other.fingerprint:
            return self.fingerprint == other.fingerprint
        if self.short_hash and other.short_hash:
            return self.short_hash == other.short_hash
        return self.name == other.name

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Adapter):
            return NotImplemented
        return self.weight == other.weight and self.is_same_file(other)

    def __hash__(self) -> int:
        return hash(self.weight)  # equal adapters may share neither name nor hash

    @classmethod
    def read(cls, plain: object) -> Adapter:
        """The adapter in `plain`, as it was read from JSON. Raises TypeError or ValueError."""
        if isinstance(plain, Adapter):
            return plain
        if not isinstance(plain, dict) or not {"name", "weight"} <= plain.keys() <= {"name", "weight", "fingerprint", "short_hash"}:
            raise TypeError("not an adapter")
        name, weight, fingerprint, short_hash = (plain.get(key, "") for key in ("name", "weight", "fingerprint", "short_hash"))
        if isinstance(weight, bool) or not isinstance(weight, (int, float)):
            raise TypeError("weight")
        if not all(isinstance(text, str) for text in (name, fingerprint, short_hash)):
            raise TypeError("text")
        if not 0 < len(name) <= MOST_NAME or not _SHA256.fullmatch(fingerprint) or not _SHORT_HASH.fullmatch(short_hash):
            raise ValueError("name or hash")
        return cls(name, float(weight), fingerprint, short_hash)


def read_all(plain: object) -> tuple[Adapter, ...]:
    """All adapters in `plain`, or an error: with only some of them the picture would be another. Raises TypeError or ValueError."""
    if not isinstance(plain, (list, tuple)):
        raise TypeError("not a list")
    if len(plain) > MOST_ADAPTERS:
        raise ValueError("too many")
    return tuple(map(Adapter.read, plain))


class Layout(StrEnum):
    """How a file names its layers."""

    KOHYA = "kohya"
    DIFFUSERS = "diffusers"
    COMFYUI = "ComfyUI"


@dataclass(frozen=True, slots=True)
class Keys:
    """The tensors of one layer, by their names in the file."""

    down: str  # rank × in
    up: str  # out × rank
    alpha: str = ""  # what the layer adds is scaled by alpha / rank; "" = by 1, unless the metadata says otherwise


@dataclass(frozen=True, slots=True)
class Source:
    """The file of a LoRA or an embedding that was checked, to be added to a model."""

    path: Path
    sha256: str
    # By part of the model, then by layer in the model's own names, with underscores for dots. Empty: the file is read as it is.
    renamed: Mapping[str, Mapping[str, Keys]] = field(default_factory=dict, hash=False)
    matched: int | None = None  # its layers that the model has; None if unknown
    words: tuple[str, ...] = ()  # that call an embedding up in a prompt
    vectors: int = 0  # of an embedding
    tensors: tuple[str, ...] = ()  # of an embedding: those with its vectors, by text encoder
