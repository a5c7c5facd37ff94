"""The configs of a model in a single file, from the shapes of its tensors: what a model folder says in its JSON files.

Shapes tell the depth and width of every network. What they do not tell, such as the number of attention heads, is the same in all
models of a family. Torch-free.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..weight_file import Header

# Families and variants of Stable Diffusion, for people; one pipeline runs the first two.
SD1, SD2, SDXL = "Stable Diffusion 1", "Stable Diffusion 2", "Stable Diffusion XL"
EPSILON, V_PREDICTION, ZERO_SNR = "epsilon", "v-prediction", "v-prediction, zero SNR"
REFINER = "refiner"  # of Stable Diffusion XL: without the first text encoder
# What the converters of diffusers expect in front of the names; the others expect the prefix of the denoiser or none.
CONVERTED_WITH = {"UNet2DConditionModel": "model.diffusion_model.", "AutoencoderKL": "first_stage_model."}

Shapes = Mapping[str, tuple[int, ...]]
HEAD = 64  # channels of an attention head, except in the denoiser of Stable Diffusion 1, which has 8 heads everywhere
SD1_HEADS = 8
TIME_WIDTH = 256  # of each of the numbers that Stable Diffusion XL reads beside the prompt: six, its refiner five
POOLED_WIDTH = 1280  # of the pooled prompt, where the file has no text encoder that tells it
MOST_BLOCKS = 16
NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000}
LATENT_SCALE = {SD1: 0.18215, SD2: 0.18215, SDXL: 0.13025}


class LayoutUnknown(Exception):
    """The tensors do not make up a network that we know."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file tells about the model in it."""

    index: dict[str, Any]  # as model_index.json
    configs: dict[str, dict[str, Any]]  # of the parts that are in the file, of the scheduler, and where they differ of the tokenizers
    prefixes: dict[str, str] = field(default_factory=dict)  # of the networks that are in the file


def stable_diffusion(header: Header, family: str, variant: str, prefix: str, is_original: bool) -> Layout:
    """Stable Diffusion 1, 2 or XL in the layout of the original files; `prefix`: of the names of the denoiser's tensors.

    `is_original`: whether those are the names of the original program, not of diffusers. Raises `LayoutUnknown`.
    """
    is_xl, is_refiner = family == SDXL, variant == REFINER
    try:
        encoders = _text_encoders_xl(header, is_refiner) if is_xl else _text_encoders(header)
        pooled = encoders["text_encoder_2"][1].get("projection_dim", POOLED_WIDTH) if "text_encoder_2" in encoders else POOLED_WIDTH
        shapes = _shapes(header, prefix)
        unet = _unet(shapes if is_original else _in_original_names(shapes), family, variant, pooled)
        autoencoder = _autoencoder(header, LATENT_SCALE[family], unet["sample_size"] * 8)
    except (KeyError, IndexError, ValueError) as error:
        raise LayoutUnknown(str(error)) from error
    tokenizers = {"tokenizer": {"pad_token": "!"}} if family == SD2 else {"tokenizer_2": {"pad_token": "!"}} if is_xl else {}
    scheduler = _scheduler(family, variant)
    index: dict[str, Any] = {
        "_class_name": "StableDiffusionXLPipeline" if is_xl else "StableDiffusionPipeline",
        "scheduler": ["diffusers", scheduler["_class_name"]],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    if is_xl:
        index |= {"text_encoder_2": ["transformers", "CLIPTextModelWithProjection"], "tokenizer_2": ["transformers", "CLIPTokenizer"]}
        index["force_zeros_for_empty_prompt"] = not is_refiner
    if is_refiner:
        del index["text_encoder"], index["tokenizer"]
        index |= {"_class_name": "StableDiffusionXLImg2ImgPipeline", "requires_aesthetics_score": True}
    found = {"unet": (prefix, unet)} | encoders | ({"vae": autoencoder} if autoencoder else {})
    configs = {part: config for part, (_, config) in found.items()} | {"scheduler": scheduler} | tokenizers
    return Layout(index, configs, {part: place for part, (place, _) in found.items()})


def _scheduler(family: str, variant: str) -> dict[str, Any]:
    config: dict[str, Any] = {"_class_name": "PNDMScheduler", "skip_prk_steps": True, "set_alpha_to_one": False, "steps_offset": 1, **NOISE}
    if family == SDXL:
        config = {"_class_name": "EulerDiscreteScheduler", "timestep_spacing": "leading", "steps_offset": 1, **NOISE}
    elif family == SD2:
        config = {"_class_name": "DDIMScheduler", "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1, **NOISE}
    if variant in (V_PREDICTION, ZERO_SNR):
        config["prediction_type"] = "v_prediction"
    if variant == ZERO_SNR:
        config |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    return config


@dataclass(frozen=True, slots=True)
class _Layer:
    """A residual layer of the denoiser, with the attention behind it."""

    channels: int  # that it returns
    depth: int  # transformer blocks; 0 without attention


def _unet(shapes: Shapes, family: str, variant: str, pooled: int) -> dict[str, Any]:
    blocks: list[list[_Layer]] = [[]]
    number = 1
    while f"input_blocks.{number}.0.op.weight" in shapes or f"input_blocks.{number}.0.out_layers.3.weight" in shapes:
        if f"input_blocks.{number}.0.op.weight" in shapes:
            blocks.append([])
        else:
            blocks[-1].append(_layer(shapes, f"input_blocks.{number}."))
        number += 1
    up = [_layer(shapes, f"output_blocks.{number}.") for number in range(_count(shapes, "output_blocks."))]
    layers = len(blocks[0])
    depths = [block[0].depth for block in blocks]
    if any(len(set(block)) != 1 or len(block) != layers for block in blocks) or not 1 <= len(blocks) <= MOST_BLOCKS:
        raise ValueError("the layers of a block differ")
    if [layer.depth for layer in up] != [depth for depth in reversed(depths) for _ in range(layers + 1)]:
        raise ValueError("the way up differs from the way down")
    has_middle = "middle_block.0.out_layers.3.weight" in shapes
    middle = _depth(shapes, "middle_block.1.") if has_middle else depths[-1]
    if depths[-1] not in (0, middle) or (has_middle and not middle):
        raise ValueError("the middle differs")
    channels = [block[0].channels for block in blocks]
    attentions = [key for key in shapes if key.endswith(".attn2.to_k.weight")]
    kinds = [bool(depth) for depth in depths]
    config: dict[str, Any] = {
        "_class_name": "UNet2DConditionModel",
        "sample_size": 128 if family == SDXL else 96 if family == SD2 and variant == V_PREDICTION else 64,
        "in_channels": shapes["input_blocks.0.0.weight"][1],
        "out_channels": shapes["out.2.weight"][0],
        "layers_per_block": layers,
        "block_out_channels": channels,
        "down_block_types": ["CrossAttnDownBlock2D" if kind else "DownBlock2D" for kind in kinds],
        "up_block_types": ["CrossAttnUpBlock2D" if kind else "UpBlock2D" for kind in reversed(kinds)],
        "cross_attention_dim": shapes[attentions[0]][1],
        "transformer_layers_per_block": [*(depth or 1 for depth in depths[:-1]), depths[-1] or middle or 1],
        "attention_head_dim": SD1_HEADS if family == SD1 else [max(1, count // HEAD) for count in channels],
        "use_linear_projection": len(shapes["middle_block.1.proj_in.weight" if has_middle else _projection(shapes)]) == 2,
    }
    if not has_middle:
        config["mid_block_type"] = None
    if family == SD2 and variant == V_PREDICTION:
        config["upcast_attention"] = True  # half precision overflows
    if family == SDXL:
        width = shapes["label_emb.0.0.weight"][1]
        config |= {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": (width - pooled) // (5 if variant == REFINER else 6) or TIME_WIDTH,
            "projection_class_embeddings_input_dim": width,
        }
    return config


def _in_original_names(shapes: Shapes) -> Shapes:
    """Those tensors of a UNet with the names of diffusers that `_unet` reads."""
    layers = _count(shapes, "down_blocks.0.resnets.")
    places = {"conv_in": "input_blocks.0.0", "conv_out": "out.2", "add_embedding.linear_1": "label_emb.0.0"}
    places |= {"mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1"}
    for block in range(_count(shapes, "down_blocks.")):
        first, last = 1 + block * (layers + 1), block * (layers + 1)
        places[f"down_blocks.{block}.downsamplers.0.conv"] = f"input_blocks.{first + layers}.0.op"
        for layer in range(layers + 1):
            for kind, number in (("resnets", 0), ("attentions", 1)):
                places[f"down_blocks.{block}.{kind}.{layer}"] = f"input_blocks.{first + layer}.{number}"
                places[f"up_blocks.{block}.{kind}.{layer}"] = f"output_blocks.{last + layer}.{number}"
    found = {}
    for name, shape in shapes.items():
        words = name.split(".")
        place = next((length for length in range(len(words)) if ".".join(words[:length]) in places), 0)
        if place:
            inside = ".".join(words[place:]).replace("conv2.", "out_layers.3.")
            found[f"{places['.'.join(words[:place])]}.{inside}"] = shape
    return found


def _layer(shapes: Shapes, prefix: str) -> _Layer:
    return _Layer(shapes[f"{prefix}0.out_layers.3.weight"][0], _depth(shapes, f"{prefix}1."))


def _depth(shapes: Shapes, prefix: str) -> int:
    return _count(shapes, f"{prefix}transformer_blocks.")


def _projection(shapes: Shapes) -> str:
    return next(key for key in shapes if key.endswith(".1.proj_in.weight"))


def _autoencoder(header: Header, scale: float, side: int) -> tuple[str, dict[str, Any]] | None:
    """The prefix and the config of the autoencoder in the file, if there is one."""
    mark = "encoder.down.0.block.0.conv2.weight"  # of an original one
    prefix = next((each for each in ("first_stage_model.", "vae.") if each + mark in header.tensors), None)
    if prefix is None:
        return None
    shapes = _shapes(header, prefix)
    count = _count(shapes, "encoder.down.")
    return prefix, {
        "_class_name": "AutoencoderKL",
        "sample_size": side,
        "block_out_channels": [shapes[f"encoder.down.{number}.block.0.conv2.weight"][0] for number in range(count)],
        "down_block_types": ["DownEncoderBlock2D"] * count,
        "up_block_types": ["UpDecoderBlock2D"] * count,
        "layers_per_block": _count(shapes, "encoder.down.0.block."),
        "latent_channels": shapes["decoder.conv_in.weight"][1],
        "scaling_factor": scale,
    }


def _text_encoders(header: Header) -> dict[str, tuple[str, dict[str, Any]]]:
    prefix = "cond_stage_model.transformer."
    if clip := _clip(header, prefix):
        return {"text_encoder": (prefix, clip)}
    prefix = "cond_stage_model.model."
    if open_clip := _open_clip(header, prefix):
        # The model reads the last layer but one: the last is left out.
        return {"text_encoder": (prefix, open_clip | {"num_hidden_layers": open_clip["num_hidden_layers"] - 1})}
    return {}


def _text_encoders_xl(header: Header, is_refiner: bool) -> dict[str, tuple[str, dict[str, Any]]]:
    first, second = "conditioner.embedders.0.transformer.", f"conditioner.embedders.{0 if is_refiner else 1}.model."
    found = {"text_encoder": (first, _clip(header, first)), "text_encoder_2": (second, _open_clip(header, second))}
    return {part: (prefix, config) for part, (prefix, config) in found.items() if config}


def _clip(header: Header, prefix: str) -> dict[str, Any]:
    """The config of a CLIP text encoder as transformers saves it, {} if it is not there."""
    shapes = _shapes(header, prefix, drop="text_model.")
    if "embeddings.token_embedding.weight" not in shapes:
        return {}
    layers = _count(shapes, "encoder.layers.")
    inner = shapes["encoder.layers.0.mlp.fc1.weight"][0]
    return _text_config(
        shapes["embeddings.token_embedding.weight"], shapes["embeddings.position_embedding.weight"], layers, inner, "quick_gelu"
    )


def _open_clip(header: Header, prefix: str) -> dict[str, Any]:
    """The config of a text encoder of OpenCLIP, {} if it is not there."""
    shapes = _shapes(header, prefix)
    if "token_embedding.weight" not in shapes:
        return {}
    layers, inner = _count(shapes, "transformer.resblocks."), shapes["transformer.resblocks.0.mlp.c_fc.weight"][0]
    config = _text_config(shapes["token_embedding.weight"], shapes["positional_embedding"], layers, inner, "gelu")
    return config | {"projection_dim": shapes["text_projection"][1]} if "text_projection" in shapes else config


def _text_config(tokens: Sequence[int], positions: Sequence[int], layers: int, inner: int, activation: str) -> dict[str, Any]:
    return {
        "model_type": "clip_text_model",
        "vocab_size": tokens[0],
        "hidden_size": tokens[1],
        "max_position_embeddings": positions[0],
        "num_hidden_layers": layers,
        "intermediate_size": inner,
        "num_attention_heads": max(1, tokens[1] // HEAD),
        "hidden_act": activation,
        "projection_dim": tokens[1],
        "bos_token_id": 0,  # as the published configs, by which the end of a text is its highest token
        "eos_token_id": 2,
        "pad_token_id": 1,
    }


def _shapes(header: Header, prefix: str, drop: str = "") -> Shapes:
    """The shapes of the tensors with `prefix`, by their names without it and without `drop`."""
    return {name.removeprefix(prefix).removeprefix(drop): entry.shape for name, entry in header.tensors.items() if name.startswith(prefix)}


def _count(shapes: Shapes, prefix: str) -> int:
    """How many numbered things follow `prefix`: the highest number + 1. Raises ValueError for one without a number."""
    numbers = [int(name.removeprefix(prefix).partition(".")[0]) for name in shapes if name.startswith(prefix)]
    return max(numbers, default=-1) + 1


# -- families whose text encoders are never in the file: the configs are those of the model that lends them, with what the shapes tell


def _chroma(shapes: Shapes) -> dict[str, Any]:
    return {
        "num_layers": _count(shapes, "double_blocks."),
        "num_single_layers": _count(shapes, "single_blocks."),
        "joint_attention_dim": shapes["txt_in.weight"][1],
    }


def _flux(shapes: Shapes) -> dict[str, Any]:
    return _chroma(shapes) | {"guidance_embeds": "guidance_in.in_layer.weight" in shapes}


def _flux_2(shapes: Shapes) -> dict[str, Any]:
    return _flux(shapes) | {"in_channels": shapes["img_in.weight"][1]}


def _stable_diffusion_3(shapes: Shapes) -> dict[str, Any]:
    layers, width = _count(shapes, "joint_blocks."), shapes["context_embedder.weight"][0]
    return {
        "num_layers": layers,
        "caption_projection_dim": width,
        "pos_embed_max_size": math.isqrt(shapes["pos_embed"][1]),
        "joint_attention_dim": shapes["context_embedder.weight"][1],
        "qk_norm": "rms_norm" if "joint_blocks.0.x_block.attn.ln_q.weight" in shapes else None,
        "dual_attention_layers": [number for number in range(layers) if f"joint_blocks.{number}.x_block.attn2.qkv.weight" in shapes],
    }


def _z_image(shapes: Shapes) -> dict[str, Any]:
    return {
        "n_layers": _count(shapes, "layers."),
        "n_refiner_layers": _count(shapes, "noise_refiner."),
        "cap_feat_dim": shapes["cap_embedder.0.weight"][0],
    }


def _lumina(shapes: Shapes) -> dict[str, Any]:
    return {"num_layers": _count(shapes, "layers."), "cap_feat_dim": shapes["cap_embedder.0.weight"][0]}


def _qwen_image(shapes: Shapes) -> dict[str, Any]:
    return {"num_layers": _count(shapes, "transformer_blocks."), "joint_attention_dim": shapes["txt_in.weight"][1]}


def _as_lent(shapes: Shapes) -> dict[str, Any]:
    return {}


# By the name of the family, for people: what the shapes change in the config of its denoiser.
DENOISERS: Mapping[str, Callable[[Shapes], dict[str, Any]]] = {
    "FLUX.1": _flux,
    "FLUX.2 Klein": _flux_2,
    "FLUX.2": _flux_2,
    "Chroma": _chroma,
    "Stable Diffusion 3": _stable_diffusion_3,
    "Z-Image": _z_image,
    "Lumina Image 2": _lumina,
    "Qwen-Image": _qwen_image,
    "Qwen-Image 2.1": _as_lent,
    "Krea 2": _as_lent,
}
# Keys by which the denoiser reads text: they have to be those of the model that lends its text encoders.
TEXT_KEYS = ("joint_attention_dim", "cap_feat_dim")


def denoiser(header: Header, family: str, prefix: str, is_original: bool, lent: Mapping[str, Any]) -> dict[str, Any]:
    """The config of the denoiser in a file that is all of the model it has; `lent`: that of the model which lends the other parts.

    `is_original`: whether the tensors have the names of the original program, not of diffusers.
    Raises `LayoutUnknown`, and `LookupError` if the text encoders of that model do not fit.
    """
    shapes = _shapes(header, prefix)
    try:
        changes = DENOISERS[family](shapes) if is_original else {}
    except (KeyError, IndexError, ValueError) as error:
        raise LayoutUnknown(str(error)) from error
    if any(changes.get(key, lent.get(key)) != lent.get(key) for key in TEXT_KEYS):
        raise LookupError("text encoders")
    return {**lent, **changes}
