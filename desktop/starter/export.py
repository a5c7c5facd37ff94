"""Export of the trained parts as a stock diffusers folder, and the contact sheet of fixed prompts."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline
from PIL import Image
from transformers import CLIPTokenizer

from ..diffusion.recipe import Sampling
from .denoiser import Denoiser, scheduler
from .precision import autocast
from .shape import Shape

BY_HAND = ("README.md",)  # the model card
GUIDANCE_SCALE = Sampling().guidance_scale  # of the pictures that are looked at and measured: that of a new recipe
PROMPTS = (
    "a mouse is playing guitar",
    "极乐美丽的沙滩",
    "a cat and a dog on the beach",
    "a robot in the city at night",
    "三只熊猫在雪地里",
    "a rocket above a castle at night",
    "a red apple on a blue background",
    "夜空下的狐狸",
    "two penguins in the snow",
    "一辆汽车在沙漠里",
    "an owl in the forest",
    "一只青蛙和一把雨伞",
    "a rocket in space",
    "一只兔子，粉色背景",
    "a sailboat in the ocean",
    "日落时的城堡",
    "a panda on a green background",
    "白色背景上的玫瑰",
    "four strawberries",
    "三个气球",
    "a birthday cake on a purple background",
    "黑色背景上的向日葵",
    "黄色背景上的香蕉",
    "美丽的夜空",
)


def pipeline(
    weights: Mapping[str, torch.Tensor], shape: Shape, tokenizer: CLIPTokenizer, autoencoder: AutoencoderTiny
) -> StableDiffusionPipeline:
    """Build a pipeline, float32 on the CPU, from the weights of a Denoiser and an autoencoder with its `scaling_factor`."""
    denoiser = Denoiser(shape, tokenizer)
    denoiser.load_state_dict(weights)
    made = StableDiffusionPipeline(
        vae=autoencoder,
        text_encoder=denoiser.text_encoder.eval(),
        tokenizer=tokenizer,
        unet=denoiser.unet.eval(),
        scheduler=scheduler(),
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    )
    made.set_progress_bar_config(disable=True)
    return made


def export(made: StableDiffusionPipeline, folder: Path, vocabulary: Mapping[str, Any], preview_decoder: Path | None = None) -> None:
    """Replace `folder` by renaming, but keep the files in BY_HAND. The weights are stored as bfloat16."""
    aside, before = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.before")
    for rest in (aside, before):
        shutil.rmtree(rest, ignore_errors=True)
    made.to(torch.bfloat16).save_pretrained(aside, safe_serialization=True)
    _edit(aside / "text_encoder" / "config.json", dtype="float32")  # the default of diffusers; transformers would load bfloat16
    _edit(aside / "vae" / "config.json", _name_or_path="")  # the folder that the weights were read from
    made.tokenizer.backend_tokenizer.model.save(str(aside / "tokenizer"))  # vocab.json and merges.txt, for older libraries
    (aside / "vocabulary.json").write_text(json.dumps(vocabulary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if preview_decoder is not None:
        shutil.copytree(preview_decoder, aside / "preview_decoder")
    for name in BY_HAND:
        if (folder / name).exists():
            shutil.copy2(folder / name, aside / name)
    if folder.exists():
        folder.rename(before)
    aside.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def _edit(config: Path, **values: str) -> None:
    """Replace values in a config.json."""
    told = json.loads(config.read_text(encoding="utf-8")) | values
    config.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


@torch.no_grad()
def sheet(
    made: StableDiffusionPipeline, path: Path, prompts: Sequence[str] = PROMPTS, columns: int = 6, steps: int = 30, seed: int = 3
) -> None:
    """Write a PNG with one picture for each prompt, row by row, with the same noise at every call."""
    generator = torch.Generator().manual_seed(seed)
    with autocast(torch.device("cpu")):
        pictures = [
            picture
            for start in range(0, len(prompts), columns)
            for picture in made(
                list(prompts[start : start + columns]), num_inference_steps=steps, guidance_scale=GUIDANCE_SCALE, generator=generator
            ).images
        ]
    width, height = pictures[0].size
    whole = Image.new("RGB", (columns * width, -(-len(pictures) // columns) * height), "white")
    for number, picture in enumerate(pictures):
        whole.paste(picture, (number % columns * width, number // columns * height))
    aside = path.with_name(f".{path.name}.new.png")
    whole.save(aside)
    os.replace(aside, path)
