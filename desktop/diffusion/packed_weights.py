"""Weights that stay packed in memory, as a GGUF file has them: a layer unpacks its own whenever it computes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import accelerate
import diffusers.quantizers.gguf.utils as gguf
import torch
from gguf import GGMLQuantizationType

from .gguf_file import UNPACKABLE


class GGUFParameter(gguf.GGUFParameter):
    """That of diffusers, made again from its own data as accelerate does. The loader of LoRAs knows it by its name."""

    def __new__(cls, data: torch.Tensor, requires_grad: bool = False, quant_type: Any = None) -> GGUFParameter:
        kind = getattr(data, "quant_type", None) if quant_type is None else quant_type
        made: GGUFParameter = super().__new__(cls, data, requires_grad, kind)
        return made


def packed(data: torch.Tensor, kind: str, shape: tuple[int, ...], block: int) -> torch.Tensor:
    """`data`: the bytes of a tensor of that shape; `kind` is one of `UNPACKABLE`, and `block` its numbers that are packed together.

    Rows that are not whole blocks are unpacked at once, in half precision.
    """
    number = GGMLQuantizationType(UNPACKABLE[kind])
    if shape[-1] % block:
        flat: torch.Tensor = gguf.dequantize_gguf_tensor(GGUFParameter(data, quant_type=number))
        return flat.reshape(shape)
    return GGUFParameter(data.reshape(*shape[:-1], -1), quant_type=number)


def is_packed(weight: torch.Tensor) -> bool:
    return isinstance(weight, GGUFParameter)


def unpacked(weight: torch.Tensor) -> torch.Tensor:
    """The numbers of `weight`; in half precision if it is packed."""
    plain: torch.Tensor = gguf.dequantize_gguf_tensor(weight)
    return plain


def pack_layers(network: torch.nn.Module, weights: Mapping[str, Any], dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Give the linear layers of `network` their packed weights; return all other weights, unpacked.

    A layer computes in `dtype`. Raises ValueError for weights of another shape than that of the layer.
    """
    others = {}
    for name, weight in weights.items():
        place, _, kind = name.rpartition(".")
        layer = network.get_submodule(place)
        if not is_packed(weight) or kind != "weight" or type(layer) is not torch.nn.Linear:
            others[name] = unpacked(weight)
            continue
        if tuple(weight.quant_shape) != tuple(layer.weight.shape):
            raise ValueError(f"{name} has another shape")
        with accelerate.init_empty_weights():
            replaced = gguf.GGUFLinear(layer.in_features, layer.out_features, layer.bias is not None, compute_dtype=dtype)
        replaced.weight = weight
        network.set_submodule(place, replaced)
    return others
