"""From a model folder in diffusers layout to a stock pipeline, ready on its device. Nothing is fetched, nothing in it is run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from ..errors import QT_TRANSLATE_NOOP, ModelDamaged, ModelIncomplete
from .device import Device, is_out_of_memory
from .families import family_of

diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.disable_progress_bar()

_CONTRADICTORY = QT_TRANSLATE_NOOP("Safelight", "its weights and its configuration do not fit together")


def load(folder: Path, device: Device) -> Any:
    """The pipeline that `folder` describes, in the device's precision."""
    family = family_of(folder)
    index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    for part in family.parts:
        if part not in index or not (folder / part).is_dir():
            raise ModelIncomplete(folder=folder.name, missing=part)
    for part in family.networks:
        if not any((folder / part).glob("*.safetensors")):
            raise ModelIncomplete(folder=folder.name, missing=f"{part}/*.safetensors")
    try:
        networks = {part: _network(folder, part, *index[part], device) for part in family.networks}
        pipeline = family.pipeline.from_pretrained(
            folder,
            **networks,
            **dict.fromkeys(family.unused),
            requires_safety_checker=False,
            local_files_only=True,
            trust_remote_code=False,
        )
    except ModelIncomplete:
        raise
    except Exception as error:  # the libraries raise nearly everything at a file that is not as they expect
        if is_out_of_memory(error):
            raise
        raise ModelDamaged(folder=folder.name, problem=_CONTRADICTORY) from error
    # A tokenizer that names no limit would pad every prompt to 10³⁰ tokens.
    pipeline.tokenizer.model_max_length = min(pipeline.tokenizer.model_max_length, pipeline.text_encoder.config.max_position_embeddings)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _network(folder: Path, part: str, library: str, name: str, device: Device) -> torch.nn.Module:
    kind = getattr({"diffusers": diffusers, "transformers": transformers}[library], name)
    network, report = kind.from_pretrained(
        folder / part,
        dtype=device.dtype,
        variant=_variant(folder / part, device.dtype),
        local_files_only=True,
        use_safetensors=True,
        output_loading_info=True,
    )
    missing = sorted(report["missing_keys"])
    if missing:  # the libraries fill them with chance, and say so only in a log
        raise ModelIncomplete(folder=folder.name, missing=f"{part}: {missing[0]}")
    network.eval().to(device.torch)
    return network.to(memory_format=torch.channels_last) if device.kind == "cuda" and part != "text_encoder" else network


def _variant(part: Path, dtype: torch.dtype) -> str | None:
    """`fp16` where half-precision weights are the only ones, or already what `dtype` wants."""
    is_half = [".fp16." in path.name or ".fp16-" in path.name for path in part.glob("*.safetensors")]
    return "fp16" if any(is_half) and (all(is_half) or dtype == torch.float16) else None


def weight_bytes(folder: Path, dtype: torch.dtype) -> int:
    """What the model's weights will take in memory, from the headers of their files."""
    numbers = 0
    for part in family_of(folder).networks:
        half = _variant(folder / part, dtype) is not None
        numbers += sum(_numbers(path) for path in (folder / part).glob("*.safetensors") if (".fp16" in path.name) == half)
    return numbers * dtype.itemsize


def _numbers(file: Path) -> int:
    with file.open("rb") as stream:
        header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    return sum(torch.Size(entry["shape"]).numel() for name, entry in header.items() if name != "__metadata__")
