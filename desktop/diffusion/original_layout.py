"""Networks from single files, whose tensors have the names of the original programs. Renamed by the converters of diffusers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import accelerate
import torch
from diffusers.loaders import single_file_model, single_file_utils

from .families.layouts import CONVERTED_WITH
from .packed_weights import pack_layers, unpacked
from .stored_tensors import StoredTensor, default_dtype

OPEN_CLIP = ".model."  # ends the prefix of a text encoder of OpenCLIP


def select(stored: Mapping[str, StoredTensor], prefix: str) -> dict[str, StoredTensor]:
    """The tensors with `prefix`, by their names without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in stored.items() if name.startswith(prefix)}


def single_file_network(
    kind: Any, config: dict[str, Any], stored: Mapping[str, StoredTensor], prefix: str, dtype: torch.dtype
) -> tuple[Any, list[str]]:
    """The network of class `kind` with this config and the stored weights, and the names of those that are missing.

    `prefix`: that the names of `stored` had in the file.
    """
    converter = single_file_model.SINGLE_FILE_LOADABLE_CLASSES.get(kind.__name__, {}).get("checkpoint_mapping_fn")
    with default_dtype(dtype), accelerate.init_empty_weights():
        network = kind.from_config(config) if converter else kind(kind.config_class(**config))
    kept = set(network._keep_in_fp32_modules or ())  # vectors: their names are not known before they are converted
    weights = {name: tensor.read(tensor.dtype if kept and len(tensor.shape) == 1 else dtype) for name, tensor in stored.items()}
    wanted = network.state_dict()
    if converter is None:
        weights = _text_encoder(network, weights, prefix.endswith(OPEN_CLIP))
    elif not wanted.keys() <= weights.keys():
        expected = CONVERTED_WITH.get(kind.__name__, "")
        weights = converter(checkpoint={expected + name: weight for name, weight in weights.items()}, config=config)
    weights = {name: weight for name, weight in weights.items() if name in wanted and weight is not None}
    missing = sorted(wanted.keys() - weights.keys())
    exact = {name for name in weights if kept.intersection(name.split("."))}
    weights = {name: unpacked(weight) if name in exact else weight for name, weight in weights.items()}
    weights = {
        name: weight.to(torch.float32 if name in exact else dtype) if weight.is_floating_point() else weight
        for name, weight in pack_layers(network, weights, dtype).items()
    }
    network.load_state_dict(weights, strict=False, assign=True)
    return network, missing


def _text_encoder(network: Any, weights: dict[str, torch.Tensor], is_open_clip: bool) -> dict[str, torch.Tensor]:
    """The weights of a text encoder of CLIP or OpenCLIP by the names of transformers."""
    if is_open_clip:
        weights = single_file_utils.convert_open_clip_checkpoint(network, weights, prefix="")
    weights = {name.removeprefix("text_model."): weight for name, weight in weights.items()}
    if not hasattr(network, "text_model"):
        return weights
    return {name if name.startswith("text_projection") else f"text_model.{name}": weight for name, weight in weights.items()}
