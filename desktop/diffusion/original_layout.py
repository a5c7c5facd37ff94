"""Networks from single files, whose tensors have the names of the original programs. Converted by diffusers, without its network access."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import accelerate
import torch
from diffusers.loaders import single_file_utils

from .stored_tensors import StoredTensor, default_dtype

OPEN_CLIP = ".model."  # ends the prefix of a text encoder of OpenCLIP
# What the converters of diffusers expect in front of the names; files of a part alone have none.
EXPECTED = {"UNet2DConditionModel": "model.diffusion_model.", "AutoencoderKL": "first_stage_model."}


def select(stored: Mapping[str, StoredTensor], prefix: str) -> dict[str, StoredTensor]:
    """The tensors with `prefix`, by their names without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in stored.items() if name.startswith(prefix)}


def single_file_network(
    kind: Any, config: dict[str, Any], stored: Mapping[str, StoredTensor], prefix: str, dtype: torch.dtype
) -> tuple[Any, list[str]]:
    """The network of class `kind` with this config and the stored weights, and the names of those that are missing.

    `prefix`: that the names of `stored` had in the file.
    """
    weights = {name: tensor.read(dtype) for name, tensor in stored.items()}
    if hasattr(kind, "from_single_file"):
        network = _converted(kind, config, weights, dtype)
    else:
        network = _text_encoder(kind, config, weights, prefix.endswith(OPEN_CLIP), dtype)
    return network, sorted(name for name, tensor in network.state_dict().items() if tensor.is_meta)


def _converted(kind: Any, config: dict[str, Any], weights: dict[str, torch.Tensor], dtype: torch.dtype) -> Any:
    expected = EXPECTED.get(kind.__name__, "")
    with TemporaryDirectory() as folder:  # without configs of its own, diffusers would ask for them online
        Path(folder, "config.json").write_text(json.dumps(config), encoding="utf-8")
        with default_dtype(dtype):
            return kind.from_single_file(
                {expected + name: weights.pop(name) for name in list(weights)}, config=folder, dtype=dtype, local_files_only=True
            )


def _text_encoder(kind: Any, config: dict[str, Any], weights: dict[str, torch.Tensor], is_open_clip: bool, dtype: torch.dtype) -> Any:
    """A text encoder of CLIP or OpenCLIP."""
    with default_dtype(dtype), accelerate.init_empty_weights():
        network = kind(kind.config_class(**config))
    if is_open_clip:
        weights = single_file_utils.convert_open_clip_checkpoint(network, weights, prefix="")
    weights = {name.removeprefix("text_model."): weight for name, weight in weights.items()}
    if hasattr(network, "text_model"):  # this class of transformers keeps the prefix
        weights = {name if name.startswith("text_projection") else f"text_model.{name}": weight for name, weight in weights.items()}
    network.load_state_dict(weights, strict=False, assign=True)
    return network
