"""A model in one file: the facts that a model folder would hold, and where each part is read from. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .weight_file import SUFFIX

if TYPE_CHECKING:
    from .families.description import Part


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


def source_of(files: ModelFiles, part: str) -> PartSource:
    """Where the part of that name is read from."""
    return files.parts[part] if isinstance(files, SingleFile) else PartSource(files / part)


def weight_files(files: ModelFiles, part: Part, half: bool | None = None) -> list[Path]:
    """The files with the weights of `part`, those that suit a run in half precision or not; for None, those of every variant."""
    source = source_of(files, part.name)
    if source.prefix is not None:
        return [source.path]
    found = sorted(path for path in source.path.glob(f"*{SUFFIX}") if part.is_weights(path.name))
    is_half = [".fp16" in path.name for path in found]
    if half is None or not any(is_half):
        return found
    half = half or all(is_half)  # half-precision files are the only ones, or what is wanted
    return [path for path, each in zip(found, is_half, strict=True) if each == half]
