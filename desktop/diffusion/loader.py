"""From a model folder in diffusers layout to a stock pipeline on its device. Downloads nothing and executes no code of the folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from ..errors import QT_TRANSLATE_NOOP, ModelDamaged, ModelIncomplete, SafelightError
from .device import Device, channels_last, is_out_of_memory
from .families import check_channels, read_config, read_index
from .families.description import Family, Part

diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.disable_progress_bar()

ALIGNMENT = 64  # bytes; what torch gives every tensor that it allocates on a CPU
_CONTRADICTORY = QT_TRANSLATE_NOOP("Safelight", "its weights and its configuration do not fit together")


def load(folder: Path, device: Device) -> Any:
    """The pipeline that `folder` describes, in the device's precision."""
    family, index = read_index(folder)
    for part in family.needed:
        if not (folder / part.name).is_dir():
            raise ModelIncomplete(folder=folder.name, missing=part.name)
    for part in family.networks:
        if not weight_files(folder, part):
            raise ModelIncomplete(folder=folder.name, missing=f"{part.name}/{part.weights}.safetensors")
    try:
        check_channels(folder.name, family, read_config(folder, family.denoiser), read_config(folder, family.autoencoder))
        networks = {part.name: _network(folder, family, part, index[part.name], device) for part in family.networks}
        pipeline = getattr(diffusers, family.pipeline).from_pretrained(
            folder,
            **networks,
            **dict.fromkeys(part.name for part in family.parts if not part.needed),
            **family.construction,
            local_files_only=True,
            trust_remote_code=False,
        )
    except SafelightError:
        raise
    except Exception as error:  # the libraries raise errors of many types for malformed files
        if is_out_of_memory(error):
            raise
        raise ModelDamaged(folder=folder.name, problem=_CONTRADICTORY) from error
    for encoder in family.text_encoders:  # a tokenizer that names no limit would pad every prompt to 10³⁰ tokens
        tokenizer, network = getattr(pipeline, encoder.tokenizer), getattr(pipeline, encoder.part)
        tokenizer.model_max_length = min(tokenizer.model_max_length, getattr(network.config, encoder.limit_key))
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _network(folder: Path, family: Family, part: Part, class_of: list[str], device: Device) -> torch.nn.Module:
    library, name = class_of
    kind = getattr({"diffusers": diffusers, "transformers": transformers}[library], name)
    dtype = _dtype(folder, family, part, device.dtype)
    network, report = kind.from_pretrained(
        folder / part.name,
        dtype=dtype,
        variant=_variant(folder, part, dtype),
        local_files_only=True,
        use_safetensors=True,
        output_loading_info=True,
    )
    missing = sorted(report["missing_keys"])
    if missing:  # the libraries only log this, and use random numbers
        raise ModelIncomplete(folder=folder.name, missing=f"{part.name}: {missing[0]}")
    network.eval().to(device.torch)
    align(network)
    is_text = any(encoder.part == part.name for encoder in family.text_encoders)
    return network if is_text or device.kind != "cuda" else channels_last(network)


def _dtype(folder: Path, family: Family, part: Part, dtype: torch.dtype) -> torch.dtype:
    """`dtype`, but float32 for an autoencoder that would overflow in float16."""
    if dtype == torch.float16 and part.name == family.autoencoder and family.autoencoder_overflows:
        return torch.float32 if read_config(folder, part.name).get("force_upcast", True) else dtype
    return dtype


def align(network: torch.nn.Module) -> None:
    """Copy weights that are unaligned in the mapped file: kernels treat them differently, which would change low bits."""
    for tensor in (*network.parameters(), *network.buffers()):
        if tensor.device.type == "cpu" and tensor.data_ptr() % ALIGNMENT:
            tensor.data = tensor.data.clone()


def weight_files(folder: Path, part: Part, dtype: torch.dtype | None = None) -> list[Path]:
    """The files with the weights of `part`, those that are loaded for `dtype`; for None, those of every variant."""
    files = sorted(path for path in (folder / part.name).glob("*.safetensors") if part.is_weights(path.name))
    if dtype is None:
        return files
    is_half = _variant(folder, part, dtype) is not None
    return [path for path in files if (".fp16" in path.name) == is_half]


def _variant(folder: Path, part: Part, dtype: torch.dtype) -> str | None:
    """`fp16` where half-precision weights are the only ones, or already what `dtype` wants."""
    is_half = [".fp16" in path.name for path in weight_files(folder, part)]
    return "fp16" if any(is_half) and (all(is_half) or dtype == torch.float16) else None


def weight_bytes(folder: Path, dtype: torch.dtype) -> int:
    """Bytes of the model's weights in memory, from the headers of the files that are loaded."""
    family, _ = read_index(folder)
    total = 0
    for part in family.networks:
        kept = _dtype(folder, family, part, dtype)
        total += kept.itemsize * sum(_numbers(path) for path in weight_files(folder, part, kept))
    return total


def _numbers(file: Path) -> int:
    with file.open("rb") as stream:
        header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    return sum(torch.Size(entry["shape"]).numel() for name, entry in header.items() if name != "__metadata__")
