"""A model in one file: the facts that a model folder would hold, and where each part is read from. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class PartSource:
    """Where a part is read from: a folder of it in diffusers layout, or tensors of a file."""

    path: Path
    prefix: str | None = None  # of the names of its tensors in the file; None for a folder


@dataclass(frozen=True, slots=True)
class SingleFile:
    """A model whose denoiser is in one file. The other parts are in it too, or are those of another model."""

    path: Path
    index: Mapping[str, Any]  # as model_index.json
    configs: Mapping[str, Mapping[str, Any]]  # by part, as its config.json, scheduler_config.json or tokenizer_config.json
    parts: Mapping[str, PartSource]  # of the networks and tokenizers
    lenders: Mapping[str, str] = field(default_factory=dict)  # by part: the name of the model that it is shared from

    @property
    def name(self) -> str:
        return self.path.name


ModelFiles = Path | SingleFile  # what a model is loaded from: a folder in diffusers layout, or a file
