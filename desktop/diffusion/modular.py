"""Modular pipelines of diffusers: opened from one folder, called and observed as the others. Only the denoising block of theirs is run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from diffusers import ModularPipeline

from ..errors import ModelFileDamaged, ModelIncomplete
from .families import NOT_JSON, SENSELESS

INDEX = "modular_model_index.json"
DENOISE = "denoise"  # the block from encoded prompts to latents, under this name in every modular pipeline of diffusers


class Modular:
    """A modular pipeline that takes encoded prompts and returns latents, as a stock pipeline with `output_type="latent"`.

    Prompts are encoded and latents decoded outside, as for all other families.
    """

    def __init__(self, pipeline: ModularPipeline) -> None:
        """`pipeline`: with all its components, and with the denoising block alone."""
        self.pipeline = pipeline

    @property
    def components(self) -> dict[str, Any]:
        held: dict[str, Any] = self.pipeline.components
        return held

    def __call__(self, *, output_type: str = "latent", return_dict: bool = False, **arguments: Any) -> tuple[Any]:
        return (self.pipeline(**arguments, output="latents"),)

    def set_progress_bar_config(self, **options: Any) -> None:
        _configure(self.pipeline._blocks, options)  # `blocks` is a copy

    def maybe_free_model_hooks(self) -> None:
        """Modular pipelines are offloaded by their components manager."""


def open_modular(folder: Path, **options: Any) -> Modular:
    """The modular pipeline in `folder`, with its denoising block; `options` as `from_pretrained` of its components.

    Every component of that block is read from `folder`, whatever repository the index names. Raises `ModelIncomplete` for one that is not
    there or cannot be loaded, which diffusers would only log, and `ModelFileDamaged` for an index that is no list of components.
    """
    whole = ModularPipeline.from_pretrained(folder, local_files_only=True)
    blocks = whole.blocks.sub_blocks.get(DENOISE)
    if blocks is None:
        raise ModelFileDamaged(folder=folder.name, file=INDEX, problem=SENSELESS)
    pipeline = type(whole)(blocks=blocks)
    places = _places(folder)
    loaded: dict[str, Any] = {}
    for name, spec in whole._component_specs.items():
        if name not in pipeline._component_specs or spec.default_creation_method != "from_pretrained":
            continue
        place = places.get(name, name)
        if not (folder / place).is_dir():
            raise ModelIncomplete(folder=folder.name, missing=name)
        spec.pretrained_model_name_or_path, spec.subfolder, spec.revision = str(folder), place, None
        try:
            loaded[name] = spec.load(local_files_only=True, **options)
        except ValueError as error:
            raise ModelIncomplete(folder=folder.name, missing=name) from error
    pipeline.update_components(**loaded)
    return Modular(pipeline)


def _configure(block: Any, options: Mapping[str, Any]) -> None:
    """The loops among the blocks have a progress bar each."""
    if hasattr(block, "set_progress_bar_config"):
        block.set_progress_bar_config(**options)
    for inner in getattr(block, "sub_blocks", {}).values():
        _configure(inner, options)


def _places(folder: Path) -> Mapping[str, str]:
    """The subfolder of each component that the index names."""
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        return {
            name: str(entry[2].get("subfolder") or name)
            for name, entry in index.items()
            if isinstance(entry, list) and len(entry) == 3 and isinstance(entry[2], dict)
        }
    except (OSError, ValueError, AttributeError) as error:
        raise ModelFileDamaged(folder=folder.name, file=INDEX, problem=NOT_JSON) from error
