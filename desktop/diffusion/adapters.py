"""Adapters (LoRAs) as a recipe names them: each by its file, with a weight, in the order in which they are summed. Torch-free."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_ADAPTERS = 32  # in one recipe
LEAST_WEIGHT, MOST_WEIGHT = -10.0, 10.0
MOST_NAME = 200  # characters

_SHA256 = re.compile("([0-9a-f]{64})?")
_SHORT_HASH = re.compile("([0-9a-f]{8,12})?")


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """One LoRA with its weight. Two name the same file if their fingerprints are equal, or their short hashes, or else their names."""

    name: str  # among the LoRAs of this computer
    weight: float = 1.0  # factor of what the LoRA adds; 0 = without it
    fingerprint: str = ""  # sha256 of the file; "" = unknown
    short_hash: str = ""  # as A1111 computes it: first 12 digits of the sha256 of what follows the header; "" = unknown

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
