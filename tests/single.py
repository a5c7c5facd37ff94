"""Tiny models in single files, in the layout of the original programs, and headers of large ones without their weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gguf
import torch
from safetensors.torch import save_file

from desktop.diffusion.weight_file import BITS

Shapes = Mapping[str, Sequence[int]]


def header_only(path: Path, shapes: Shapes, dtype: str | Callable[[str], str] = "F16", metadata: Mapping[str, str] | None = None) -> Path:
    """A sparse file of these tensors: it has the right size, and takes no space on disk."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name, shape in shapes.items():
        kind = dtype if isinstance(dtype, str) else dtype(name)
        size = BITS[kind] // 8
        for side in shape:
            size *= side
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        stream.truncate(8 + len(text) + end)
    return path


def gguf_file(path: Path, weights: Mapping[str, torch.Tensor], packed: str = "Q8_0", architecture: str = "flux") -> Path:
    """These weights as ComfyUI's converter writes them: matrices `packed` where their rows are whole blocks, vectors as they are."""
    kind = gguf.GGMLQuantizationType[packed]
    block, _ = gguf.GGML_QUANT_SIZES[kind]
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    for name, tensor in weights.items():
        numbers = tensor.detach().float().numpy()
        if numbers.ndim == 2 and numbers.shape[1] % block == 0:
            writer.add_tensor(name, gguf.quantize(numbers, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def stable_diffusion(path: Path, kind: str = "1", dtype: torch.dtype = torch.float32, without: Sequence[str] = (), seed: int = 0) -> Path:
    """A tiny Stable Diffusion 1, 2, "xl" or "refiner" as one file; `without`: prefixes of parts that it lacks."""
    weights = {name: tensor.to(dtype) for name, tensor in _weights(kind, seed).items() if not name.startswith(tuple(without))}
    save_file(weights, path)
    return path


def _weights(kind: str, seed: int) -> dict[str, torch.Tensor]:
    from .tiny import single_file_parts

    parts = single_file_parts(kind, seed)
    found = {f"model.diffusion_model.{name}": tensor for name, tensor in original_unet(parts["unet"]).items()}
    found |= {f"first_stage_model.{name}": tensor for name, tensor in original_autoencoder(parts["vae"]).items()}
    first = parts.get("text_encoder")
    if kind == "2":
        found |= {f"cond_stage_model.model.{name}": tensor for name, tensor in open_clip(first, spare=True).items()}
    elif first:
        prefix = "conditioner.embedders.0.transformer." if kind == "xl" else "cond_stage_model.transformer."
        found |= {f"{prefix}text_model.{name}": tensor for name, tensor in first.state_dict().items()}
    if "text_encoder_2" in parts:
        prefix = f"conditioner.embedders.{1 if first else 0}.model."
        found |= {prefix + name: tensor for name, tensor in open_clip(parts["text_encoder_2"]).items()}
    return {name: tensor.contiguous().clone() for name, tensor in found.items()}


RESIDUAL = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}


def original_unet(unet: Any) -> dict[str, torch.Tensor]:
    """The weights of a UNet by the names of Stable Diffusion's own program."""
    places = unet_places(unet)
    return {moved(name, places, RESIDUAL): tensor for name, tensor in unet.state_dict().items()}


def unet_places(unet: Any) -> dict[str, str]:
    """The modules of a UNet by their names, and where they are in Stable Diffusion's own program."""
    layers = unet.config.layers_per_block
    places = {
        "conv_in": "input_blocks.0.0",
        "conv_norm_out": "out.0",
        "conv_out": "out.2",
        "time_embedding.linear_1": "time_embed.0",
        "time_embedding.linear_2": "time_embed.2",
        "add_embedding.linear_1": "label_emb.0.0",
        "add_embedding.linear_2": "label_emb.0.2",
        "mid_block.resnets.0": "middle_block.0",
        "mid_block.attentions.0": "middle_block.1",
        "mid_block.resnets.1": "middle_block.2",
    }
    for block in range(len(unet.config.block_out_channels)):
        first = 1 + block * (layers + 1)
        for layer in range(layers):
            places[f"down_blocks.{block}.resnets.{layer}"] = f"input_blocks.{first + layer}.0"
            places[f"down_blocks.{block}.attentions.{layer}"] = f"input_blocks.{first + layer}.1"
        places[f"down_blocks.{block}.downsamplers.0.conv"] = f"input_blocks.{first + layers}.0.op"
        last = (block + 1) * (layers + 1) - 1
        for layer in range(layers + 1):
            places[f"up_blocks.{block}.resnets.{layer}"] = f"output_blocks.{last - layers + layer}.0"
            places[f"up_blocks.{block}.attentions.{layer}"] = f"output_blocks.{last - layers + layer}.1"
        has_attention = unet.config.up_block_types[block].startswith("CrossAttn")
        places[f"up_blocks.{block}.upsamplers.0.conv"] = f"output_blocks.{last}.{2 if has_attention else 1}.conv"
    return places


def original_autoencoder(autoencoder: Any) -> dict[str, torch.Tensor]:
    """The weights of an AutoencoderKL by the names of Stable Diffusion's own program."""
    count = len(autoencoder.config.block_out_channels)
    places: dict[str, str] = {}
    for side, way in (("encoder", "down"), ("decoder", "up")):
        for block in range(count):
            there = block if way == "down" else count - 1 - block
            for layer in range(autoencoder.config.layers_per_block + 1):
                places[f"{side}.{way}_blocks.{block}.resnets.{layer}"] = f"{side}.{way}.{there}.block.{layer}"
            places[f"{side}.{way}_blocks.{block}.{way}samplers.0.conv"] = f"{side}.{way}.{there}.{way}sample.conv"
        for layer in (0, 1):
            places[f"{side}.mid_block.resnets.{layer}"] = f"{side}.mid.block_{layer + 1}"
        places[f"{side}.mid_block.attentions.0"] = f"{side}.mid.attn_1"
        places[f"{side}.conv_norm_out"] = f"{side}.norm_out"
    inside = {"conv_shortcut": "nin_shortcut", "group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
    found = {moved(name, places, inside): tensor for name, tensor in autoencoder.state_dict().items()}
    attention = (".q.weight", ".k.weight", ".v.weight", ".proj_out.weight")
    return {name: tensor[:, :, None, None] if "attn_1" in name and name.endswith(attention) else tensor for name, tensor in found.items()}


def original_z_image(transformer: Any) -> dict[str, torch.Tensor]:
    """The weights of Z-Image's denoiser by the names of its own program, which keeps query, key and value in one tensor."""
    state = dict(transformer.state_dict())
    for name in [name for name in state if name.endswith(".attention.to_q.weight")]:
        each = [state.pop(name.replace("to_q", f"to_{kind}")) for kind in "qkv"]
        state[name.replace("to_q", "qkv")] = torch.cat(each)
    names = {"all_final_layer.2-1.": "final_layer.", "all_x_embedder.2-1.": "x_embedder.", ".to_out.0.": ".out.", ".norm_q.": ".q_norm."}
    names[".norm_k."] = ".k_norm."
    found = {}
    for name, tensor in state.items():
        for ours, theirs in names.items():
            name = name.replace(ours, theirs)
        found[name] = tensor
    return found


def open_clip(encoder: Any, spare: bool = False) -> dict[str, torch.Tensor]:
    """The weights of a CLIP text encoder by the names of OpenCLIP; `spare`: with a last layer that is never read."""
    state = {name.removeprefix("text_model."): tensor for name, tensor in encoder.state_dict().items()}
    width = encoder.config.hidden_size
    found = {
        "token_embedding.weight": state["embeddings.token_embedding.weight"],
        "positional_embedding": state["embeddings.position_embedding.weight"],
        "ln_final.weight": state["final_layer_norm.weight"],
        "ln_final.bias": state["final_layer_norm.bias"],
        "text_projection": state["text_projection.weight"].T if "text_projection.weight" in state else torch.eye(width),
    }
    layers = encoder.config.num_hidden_layers
    for layer in range(layers + spare):
        here, there = f"encoder.layers.{min(layer, layers - 1)}.", f"transformer.resblocks.{layer}."
        for kind in ("weight", "bias"):
            found[f"{there}attn.in_proj_{kind}"] = torch.cat([state[f"{here}self_attn.{each}_proj.{kind}"] for each in "qkv"])
            for ours, theirs in (
                ("self_attn.out_proj", "attn.out_proj"),
                ("layer_norm1", "ln_1"),
                ("layer_norm2", "ln_2"),
                ("mlp.fc1", "mlp.c_fc"),
                ("mlp.fc2", "mlp.c_proj"),
            ):
                found[f"{there}{theirs}.{kind}"] = state[f"{here}{ours}.{kind}"]
    return found


def moved(name: str, places: Mapping[str, str], inside: Mapping[str, str]) -> str:
    """The name of a tensor or layer where its module has another place and its own modules other names."""
    for here, there in places.items():
        if name.startswith(f"{here}."):
            rest = name.removeprefix(f"{here}.")
            for ours, theirs in inside.items():
                if rest.startswith(f"{ours}."):
                    rest = f"{theirs}.{rest.removeprefix(f'{ours}.')}"
            return f"{there}.{rest}"
    return name
