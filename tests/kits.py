"""Minimal complete model folders, made without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.42.1",
    "requires_safety_checker": False,
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "safety_checker": [None, None],
    "scheduler": ["diffusers", "PNDMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}
CONFIGS = {
    "unet/config.json": {"_class_name": "UNet2DConditionModel", "sample_size": 64, "in_channels": 4, "block_out_channels": [8, 16]},
    "vae/config.json": {"_class_name": "AutoencoderKL", "block_out_channels": [8, 8, 8, 8], "latent_channels": 4},
    "text_encoder/config.json": {"model_type": "clip_text_model", "max_position_embeddings": 77, "_attn_implementation_autoset": True},
    "tokenizer/tokenizer_config.json": {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77},
    "tokenizer/vocab.json": {"a</w>": 0, "<|startoftext|>": 1, "<|endoftext|>": 2},
    "scheduler/scheduler_config.json": {"_class_name": "PNDMScheduler", "skip_prk_steps": True, "beta_start": 0.00085, "beta_end": 0.012},
}
UNET = "unet/diffusion_pytorch_model.safetensors"
WEIGHTS = (UNET, "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors")
TENSORS = {"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "b": {"dtype": "BF16", "shape": [4], "data_offsets": [24, 32]}}


def model_folder(path: Path) -> Path:
    """A folder that passes every check, whose weights belong to no network."""
    write_json(path / "model_index.json", INDEX)
    for file, config in CONFIGS.items():
        write_json(path / file, config)
    for file in WEIGHTS:
        write_weights(path / file)
    (path / "tokenizer/merges.txt").write_text("#version: 0.2\n")
    (path / "README.md").write_text("A model.")
    return path


def write_json(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def change_json(path: Path, **changes: Any) -> None:
    write_json(path, json.loads(path.read_text()) | changes)


def write_weights(
    path: Path, tensors: Any = TENSORS, data: bytes = bytes(32), header: bytes | None = None, length: int | None = None
) -> None:
    """A safetensors file: 8 bytes of header length, header, data; each can be made to lie."""
    header = json.dumps(tensors).encode() if header is None else header
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((len(header) if length is None else length).to_bytes(8, "little") + header + data)
