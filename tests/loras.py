"""LoRA files for tiny pipelines, in every layout that people have, and header-only ones of other families.

The matrices are random. What they add to the weights is known, so that an oracle can add it by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors.torch import save_file

from tests.single import moved, unet_places

Layout = Literal["kohya", "kohya original", "diffusers", "diffusers old", "ComfyUI"]
LAYOUTS: tuple[Layout, ...] = ("kohya", "kohya original", "diffusers", "diffusers old", "ComfyUI")
RANK = 4
STRENGTH = 0.3  # of the random matrices: enough to change the picture
ATTENTION = re.compile(r"attn[12]\.to_(q|k|v|out\.0)$")
ATTENTION_OF_TRANSFORMERS = re.compile(r"\.to_(q|k|v|out\.0)$")
UNET = re.compile(r"attn[12]\.to_(q|k|v|out\.0)$|ff\.net\.0\.proj$|attentions\.\d+\.proj_(in|out)$")
TEXT = re.compile(r"self_attn\.(q|k|v|out)_proj$|mlp\.fc[12]$")


@dataclass(frozen=True)
class Made:
    """A written LoRA, and what it adds to the weights at strength 1, by part and name of the layer in the pipeline."""

    path: Path
    delta: Mapping[str, Mapping[str, torch.Tensor]]


def write(
    path: Path,
    pipeline: Any,
    layout: Layout = "kohya",
    *,
    text: bool = True,
    alpha: float | None = 2.0,
    seed: int = 0,
    metadata: Mapping[str, str] | None = None,
    dtype: torch.dtype = torch.float32,
) -> Made:
    """A LoRA of all attention and feed-forward layers of `pipeline`, and with `text` of its text encoders.

    Layouts of diffusers have no alpha. The old one holds attention only.
    """
    generator = torch.Generator().manual_seed(seed)
    parts = ["unet", *(name for name in ("text_encoder", "text_encoder_2") if text and hasattr(pipeline, name))]
    has_alpha = layout not in ("diffusers", "diffusers old") and alpha is not None
    tensors: dict[str, torch.Tensor] = {}
    delta: dict[str, dict[str, torch.Tensor]] = {}
    places = unet_places(pipeline.unet)
    for part in parts:
        pattern = TEXT if part != "unet" else UNET if layout != "diffusers old" else ATTENTION
        if layout == "diffusers old" and part != "unet":
            pattern = re.compile(r"self_attn\.(q|k|v|out)_proj$")
        for name, layer in getattr(pipeline, part).named_modules():
            if not pattern.search(name):
                continue
            out, wide = layer.weight.shape[:2]
            ones = (1,) * (layer.weight.ndim - 2)
            down = torch.randn(RANK, wide, *ones, generator=generator).mul(STRENGTH).to(dtype)
            up = torch.randn(out, RANK, *ones, generator=generator).mul(STRENGTH).to(dtype)
            scale = alpha / RANK if has_alpha else 1.0
            added = scale * up.float().flatten(1) @ down.float().flatten(1)
            delta.setdefault(part, {})[name] = added.reshape(layer.weight.shape)
            stem, halves = named(part, name, layout, places)
            tensors[f"{stem}{halves[0]}"], tensors[f"{stem}{halves[1]}"] = down, up
            if has_alpha:
                tensors[f"{stem}.alpha"] = torch.tensor(alpha, dtype=dtype)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, dict(metadata or {}))
    return Made(path, delta)


def named(part: str, name: str, layout: Layout, places: Mapping[str, str]) -> tuple[str, tuple[str, str]]:
    """The name of a layer in a file, and what follows it for both of its matrices. `places`: of the modules in the original UNet."""
    text = "" if name.startswith("text_model.") else "text_model."
    is_unet = part == "unet"
    flat = name.replace(".", "_")
    match layout:
        case "kohya" | "kohya original":
            prefix = {"unet": "lora_unet_", "text_encoder": "lora_te1_", "text_encoder_2": "lora_te2_"}[part]
            words = moved(name, places, {}).replace(".", "_") if is_unet and layout == "kohya original" else flat
            return f"{prefix}{'' if is_unet else text.replace('.', '_')}{words}", (".lora_down.weight", ".lora_up.weight")
        case "diffusers":
            return f"{part}.{'' if is_unet else text}{name}", (".lora_A.weight", ".lora_B.weight")
        case "diffusers old":
            block, _, last = name.removesuffix(".0").rpartition(".")
            last = {"q_proj": "to_q", "k_proj": "to_k", "v_proj": "to_v", "out_proj": "to_out"}.get(last, last)
            return f"{part}.{'' if is_unet else text}{block}.{'processor.' if is_unet else ''}{last}", (
                "_lora.down.weight",
                "_lora.up.weight",
            )
        case "ComfyUI":
            if is_unet:
                return f"diffusion_model.{moved(name, places, {})}", (".lora_down.weight", ".lora_up.weight")
            clip = {"text_encoder": "clip_l", "text_encoder_2": "clip_g"}[part]
            return f"text_encoders.{clip}.transformer.{text}{name}", (".lora_down.weight", ".lora_up.weight")


def pair(
    name: str, out: int, wide: int, rank: int = 8, halves: tuple[str, str] = (".lora_down.weight", ".lora_up.weight")
) -> dict[str, Any]:
    """Both matrices of a layer, for `single.header_only`."""
    return {f"{name}{halves[0]}": (rank, wide), f"{name}{halves[1]}": (out, rank)}
