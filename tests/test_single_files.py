"""Models in single files: what a header tells, what is refused and how, and that the weights arrive bit for bit."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from desktop.diffusion import packed_weights
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.gguf_file import KINDS, UNPACKABLE
from desktop.diffusion.loader import load, weights_by_part
from desktop.diffusion.offload import Offload
from desktop.diffusion.recipe import ModelReference, Prompt, Recipe, Sampling, Size
from desktop.diffusion.run import Step
from desktop.diffusion.stored_tensors import StoredTensors
from desktop.diffusion.weight_file import MOST_HEADER, MOST_TENSORS, header_of
from desktop.errors import (
    ModelDamaged,
    ModelFileDamaged,
    ModelFileMissing,
    ModelFilePacked,
    ModelFileUnknown,
    ModelFileUnsupported,
    ModelForEditing,
    ModelIncomplete,
    ModelPartsMissing,
    ModelRefused,
    ModelUnsafe,
    ModelUnsupported,
    NotAModel,
    NotAPictureModel,
    SafelightError,
)
from desktop.library.contents import Contents, Holding, contents_of
from desktop.library.known_models import weights_of
from desktop.library.models import ModelLibrary
from desktop.library.tokens import TokenMeter
from desktop.resources import STARTER

from . import single, tiny, tiny_families
from .engine_runs import events_of, weight_bytes
from .kits import TENSORS, write_weights
from .single import Shapes, header_only

CPU = Device("cpu", "", torch.float32)
pytestmark = pytest.mark.usefixtures("no_network")
Change = Callable[[Path], object]


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(STARTER, [], tmp_path / "cache/fingerprints.json")


# -- what a header tells


def unet(channels: int = 4, context: int = 768, linear: bool = False, label: int = 0, prefix: str = "model.diffusion_model.") -> Shapes:
    """Some tensors of the denoiser of Stable Diffusion, with the shapes of the real ones."""
    shapes: dict[str, tuple[int, ...]] = {
        "input_blocks.0.0.weight": (320, channels, 3, 3),
        "input_blocks.1.1.proj_in.weight": (320, 320) if linear else (320, 320, 1, 1),
        "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (320, context),
        "out.2.weight": (4, 320, 3, 3),
    }
    if label:
        shapes["label_emb.0.0.weight"] = (1280, label)
    return {prefix + name: shape for name, shape in shapes.items()}


VAE = {"first_stage_model.encoder.conv_in.weight": (128, 3, 3, 3), "first_stage_model.decoder.conv_in.weight": (512, 4, 3, 3)}
CLIP = {"cond_stage_model.transformer.text_model.embeddings.token_embedding.weight": (49408, 768)}
OPEN_CLIP = {"cond_stage_model.model.token_embedding.weight": (49408, 1024)}
XL_TEXT = {
    "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight": (49408, 768),
    "conditioner.embedders.1.model.token_embedding.weight": (49408, 1280),
}
XL = unet(context=2048, linear=True, label=2816)
FLUX = {
    "double_blocks.0.img_attn.norm.key_norm.scale": (128,),
    "img_in.weight": (3072, 64),
    "double_blocks.0.img_attn.qkv.weight": (9216, 3072),
}
GUIDED = {"guidance_in.in_layer.weight": (3072, 256)}
SD3 = {"joint_blocks.0.context_block.adaLN_modulation.1.bias": (9216,), "joint_blocks.0.x_block.mlp.fc1.weight": (6144, 1536)}


def under(prefix: str, shapes: Shapes) -> Shapes:
    return {prefix + name: shape for name, shape in shapes.items()}


def model(family: str, variant: str = "") -> Contents:
    return Contents(Holding.MODEL, family, variant, precision="fp16")


KNOWN: dict[str, tuple[Shapes, Contents]] = {
    "SD 1": (unet() | VAE | CLIP, model("Stable Diffusion 1")),
    "SD 1 denoiser": (unet(prefix=""), model("Stable Diffusion 1")),
    "SD 1 inpainting": (unet(channels=9) | VAE | CLIP, model("Stable Diffusion 1", "inpainting")),
    "InstructPix2Pix": (unet(channels=8), model("Stable Diffusion 1", "InstructPix2Pix")),
    "SD 2 v": (unet(context=1024, linear=True) | VAE | OPEN_CLIP, model("Stable Diffusion 2", "v-prediction")),
    "SD 2 unCLIP": (unet(context=1024, linear=True, label=2048), model("Stable Diffusion 2", "unCLIP")),
    "SD 2 depth": (unet(channels=5, context=1024, linear=True), model("Stable Diffusion 2", "depth")),
    "x4 upscaler": (unet(channels=7, context=1024, linear=True), model("Stable Diffusion 2", "x4 upscaler")),
    "SDXL": (XL | VAE | XL_TEXT, model("Stable Diffusion XL")),
    "SDXL denoiser": (XL, model("Stable Diffusion XL")),
    "SDXL inpainting": (unet(channels=9, context=2048, linear=True, label=2816), model("Stable Diffusion XL", "inpainting")),
    "SDXL v": (XL | {"v_pred": ()}, model("Stable Diffusion XL", "v-prediction")),
    "SDXL v, zero SNR": (XL | {"v_pred": (), "ztsnr": ()}, model("Stable Diffusion XL", "v-prediction, zero SNR")),
    "SDXL refiner": (unet(context=1280, linear=True, label=2560), model("Stable Diffusion XL", "refiner")),
    "Playground": (XL | {"edm_mean": (1, 4, 1, 1)}, model("Stable Diffusion XL", "Playground 2.5")),
    "SD 3": (under("model.diffusion_model.", SD3), model("Stable Diffusion 3")),
    "SD 3.5 Medium": (SD3 | {"joint_blocks.0.x_block.attn2.qkv.weight": (4608, 1536)}, model("Stable Diffusion 3", "3.5 Medium")),
    "SD 3.5 Large": (SD3 | {"joint_blocks.37.x_block.mlp.fc1.weight": (9728, 2432)}, model("Stable Diffusion 3", "3.5 Large")),
    "FLUX dev": (FLUX | GUIDED, model("FLUX.1", "dev")),
    "FLUX dev of Forge": (under("model.diffusion_model.", FLUX | GUIDED), model("FLUX.1", "dev")),
    "FLUX schnell": (FLUX, model("FLUX.1", "schnell")),
    "FLUX Fill": (FLUX | GUIDED | {"img_in.weight": (3072, 384)}, model("FLUX.1", "Fill")),
    "FLUX Depth": (FLUX | GUIDED | {"img_in.weight": (3072, 128)}, model("FLUX.1", "Control")),
    "FLUX.2 Klein": (
        {"double_blocks.0.img_attn.norm.key_norm.scale": (128,), "single_stream_modulation.lin.weight": (9216, 3072)},
        model("FLUX.2 Klein"),
    ),
    "FLUX.2 dev": (
        {"single_stream_modulation.lin.weight": (18432, 6144), "guidance_in.in_layer.weight": (6144, 256)},
        model("FLUX.2", "dev"),
    ),
    "FLUX.3": ({"early_stream_modulations.image.lin.weight": (9216, 3072)}, model("FLUX.3")),
    "Chroma": (FLUX | {"distilled_guidance_layer.in_proj.bias": (5120,)}, model("Chroma")),
    "Z-Image": ({"layers.0.adaLN_modulation.0.weight": (15360, 256), "cap_embedder.0.weight": (2560,)}, model("Z-Image")),
    "Lumina 2": ({"layers.0.adaLN_modulation.1.weight": (9216, 1024), "cap_embedder.0.weight": (2304,)}, model("Lumina Image 2")),
    "Qwen-Image": ({"transformer_blocks.0.img_mod.1.weight": (18432, 3072)}, model("Qwen-Image")),
    "Qwen-Image 2.1": ({"txt_in.text_norm.weight": (4096,)}, model("Qwen-Image 2.1")),
    "Krea 2": ({"txtfusion.projector.weight": (6144, 2560)}, model("Krea 2")),
    "HiDream": ({"double_stream_blocks.0.block.adaLN_modulation.1.bias": (30720,)}, model("HiDream")),
    "AuraFlow": ({"double_layers.0.attn.w1q.weight": (3072, 3072)}, model("AuraFlow")),
    "PixArt": ({"blocks.0.cross_attn.q_linear.weight": (1152, 1152)}, model("PixArt")),
    "Sana": (
        {"blocks.0.cross_attn.q_linear.weight": (2240, 2240), "blocks.0.mlp.inverted_conv.conv.weight": (11200, 2240, 1, 1)},
        model("Sana"),
    ),
    "Cascade": ({"clip_txt_mapper.weight": (2048, 1280)}, model("Stable Cascade")),
    "HunyuanDiT": ({"mlp_t5.0.weight": (8192, 2048)}, model("HunyuanDiT")),
    "Anima": ({"net.llm_adapter.blocks.0.cross_attn.q_proj.weight": (1024, 1024)}, model("Anima")),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_header_tells_what_a_file_holds(tmp_path: Path, name: str) -> None:
    shapes, expected = KNOWN[name]
    found = contents_of(header_of(header_only(tmp_path / "x.safetensors", shapes)), "x.safetensors")
    assert (found.holding, found.family, found.variant) == (expected.holding, expected.family, expected.variant)
    assert (found.precision, found.packing) == ("fp16", "")


@pytest.mark.parametrize(
    ("metadata", "name", "variant"),
    [
        ({"modelspec.architecture": "stable-diffusion-v2-512"}, "x", "epsilon"),
        ({"modelspec.architecture": "stable-diffusion-v2-768-v"}, "base", "v-prediction"),
        ({"modelspec.prediction_type": "epsilon"}, "x", "epsilon"),
        ({}, "v2-1_512-ema-pruned", "epsilon"),
        ({}, "sd_turbo", "epsilon"),
        ({}, "v2-1_768-ema-pruned", "v-prediction"),
    ],
)
def test_what_stable_diffusion_2_predicts_is_told_or_named(tmp_path: Path, metadata: dict, name: str, variant: str) -> None:
    file = header_only(tmp_path / f"{name}.safetensors", unet(context=1024, linear=True), metadata=metadata)
    assert contents_of(header_of(file), file.name).variant == variant


PARTS: dict[str, tuple[Shapes, Holding]] = {
    "kohya LoRA": ({"lora_unet_down_blocks_0.lora_down.weight": (8, 320), "lora_unet_down_blocks_0.alpha": ()}, Holding.LORA),
    "diffusers LoRA": ({"transformer.blocks.0.attn.to_k.lora_A.weight": (8, 320)}, Holding.LORA),
    "ComfyUI LoRA": ({"diffusion_model.double_blocks.0.img_attn.qkv.lora_A.weight": (8, 320)}, Holding.LORA),
    "LoHa": ({"lora_unet_mid.hada_w1_a": (8, 8)}, Holding.LORA),
    "LoKr": ({"lora_unet_mid.lokr_w1": (8, 8)}, Holding.LORA),
    "VAE": ({"encoder.conv_in.weight": (128, 3, 3, 3), "decoder.conv_in.weight": (512, 4, 3, 3)}, Holding.AUTOENCODER),
    "VAE of a checkpoint": (VAE, Holding.AUTOENCODER),
    "VAE of Qwen-Image": ({"decoder.middle.0.residual.0.gamma": (384, 1, 1, 1)}, Holding.AUTOENCODER),
    "TAESD": ({"encoder.layers.0.weight": (64, 3, 3, 3), "decoder.layers.0.weight": (64, 4, 3, 3)}, Holding.TINY_AUTOENCODER),
    "TAESD decoder": ({"taesd_decoder.1.weight": (64, 4, 3, 3)}, Holding.TINY_AUTOENCODER),
    "CLIP": ({"text_model.encoder.layers.0.mlp.fc1.weight": (3072, 768)}, Holding.TEXT_ENCODER),
    "T5": ({"encoder.block.0.layer.0.SelfAttention.q.weight": (4096, 4096)}, Holding.TEXT_ENCODER),
    "Qwen3": ({"model.layers.0.self_attn.q_proj.weight": (4096, 2560)}, Holding.TEXT_ENCODER),
    "CLIP vision": ({"vision_model.encoder.layers.0.mlp.fc1.weight": (5120, 1280)}, Holding.IMAGE_ENCODER),
    "ControlNet": (under("control_model.", unet(prefix="")), Holding.CONTROLNET),
    "ControlNet of diffusers": (
        {"controlnet_cond_embedding.conv_in.weight": (16, 3, 3, 3), "conv_in.weight": (320, 4, 3, 3)},
        Holding.CONTROLNET,
    ),
    "IP-Adapter": ({"image_proj.proj.weight": (3072, 1024), "ip_adapter.1.to_k_ip.weight": (320, 768)}, Holding.ADAPTER),
    "T2I-Adapter": ({"adapter.body.0.block1.weight": (320, 320, 3, 3)}, Holding.ADAPTER),
    "AnimateDiff": ({"down_blocks.0.motion_modules.0.temporal_transformer.norm.bias": (320,)}, Holding.MOTION),
    "embedding": ({"emb_params": (4, 768)}, Holding.EMBEDDING),
    "embedding for SDXL": ({"clip_l": (2, 768), "clip_g": (2, 1280)}, Holding.EMBEDDING),
    "embedding of diffusers": ({"<cat-toy>": (768,)}, Holding.EMBEDDING),
    "ESRGAN": ({"model.0.weight": (64, 3, 3, 3), "model.1.sub.0.RDB1.conv1.0.weight": (32, 64, 3, 3)}, Holding.UPSCALER),
    "something else": ({"gpt.h.0.weight": (10, 10)}, Holding.UNKNOWN),
    "nothing": ({}, Holding.UNKNOWN),
}


@pytest.mark.parametrize("name", PARTS)
def test_what_is_no_model_is_named(tmp_path: Path, library: ModelLibrary, name: str) -> None:
    shapes, holding = PARTS[name]
    file = header_only(tmp_path / "x.safetensors", shapes)
    assert contents_of(header_of(file)).holding is holding
    with pytest.raises(NotAModel if holding else ModelFileUnknown, match=holding.split("(")[0].strip() or "layout") as raised:
        library.open(file)
    assert_one_sentence(raised.value, tmp_path)


def packed(extra: Shapes, dtype: str | Callable[[str], str] = "F16", metadata: dict | None = None) -> Change:
    return lambda file: header_only(file, FLUX | extra, dtype, metadata)


def weights_as(kind: str, **others: str) -> Callable[[str], str]:
    return lambda name: next((dtype for end, dtype in others.items() if name.endswith(end)), kind if name.endswith("qkv.weight") else "F32")


QKV = "double_blocks.0.img_attn.qkv"
PACKED: dict[str, tuple[Change, str]] = {
    "scaled_fp8": (packed({"scaled_fp8": (2,)}, weights_as("F8_E4M3")), "scaled fp8"),
    "scale_weight": (packed({f"{QKV}.scale_weight": ()}, weights_as("F8_E4M3")), "scaled fp8"),
    "weight_scale": (packed({f"{QKV}.weight_scale": ()}, weights_as("F8_E4M3")), "scaled fp8"),
    "fp8 by metadata": (packed({}, weights_as("F8_E4M3"), {"_quantization_metadata": "{}"}), "scaled fp8"),
    "INT8 ConvRot": (
        packed({f"{QKV}.weight_scale": (1,), f"{QKV}.comfy_quant": (30,)}, weights_as("I8", comfy_quant="U8")),
        "INT8 ConvRot",
    ),
    "INT8": (packed({f"{QKV}.scale": (1,)}, weights_as("I8")), "INT8"),
    "NVFP4": (packed({f"{QKV}.weight_scale": (4,), f"{QKV}.weight_scale_2": ()}, weights_as("U8", weight_scale="F8_E4M3")), "NVFP4"),
    "MXFP8": (packed({f"{QKV}.weight_scale": (4,)}, weights_as("F8_E4M3", weight_scale="F8_E8M0")), "MXFP8"),
    "nunchaku": (packed({f"{QKV}.qweight": (9216, 1536), f"{QKV}.wscales": (48, 9216), f"{QKV}.lora_down": (3072, 32)}), "nunchaku"),
    "bitsandbytes": (packed({f"{QKV}.weight.quant_state.bitsandbytes__nf4": (100,), f"{QKV}.weight.absmax": (100,)}), "NF4"),
    "bitsandbytes INT8": (packed({f"{QKV}.SCB": (100,)}, weights_as("I8")), "bitsandbytes"),
    "GPTQ": (packed({f"{QKV}.qweight": (9216, 384), f"{QKV}.qzeros": (24, 1152)}), "GPTQ"),
    "four bits in bytes": (packed({}, weights_as("U8")), "U8"),
}


@pytest.mark.parametrize("name", PACKED)
def test_weights_that_are_no_plain_numbers_are_named(tmp_path: Path, library: ModelLibrary, name: str) -> None:
    change, words = PACKED[name]
    change(tmp_path / "x.safetensors")
    with pytest.raises(ModelFilePacked, match=words) as raised:
        library.open(tmp_path / "x.safetensors")
    assert_one_sentence(raised.value, tmp_path)


@pytest.mark.parametrize("name", ["SD 2 unCLIP", "Playground", "x4 upscaler", "FLUX.3", "Anima", "HiDream", "Cascade"])
def test_a_model_that_cannot_be_run_yet_is_named(tmp_path: Path, library: ModelLibrary, name: str) -> None:
    shapes, contents = KNOWN[name]
    with pytest.raises(ModelFileUnsupported, match=f"{contents.family} {contents.variant}".strip()) as raised:
        library.open(header_only(tmp_path / "x.safetensors", shapes))
    assert_one_sentence(raised.value, tmp_path)
    assert "DeepFloyd" not in str(raised.value)  # of what single files are read


def test_a_video_model_is_named(tmp_path: Path, library: ModelLibrary) -> None:
    with pytest.raises(NotAPictureModel, match="Wan"):
        library.open(header_only(tmp_path / "x.safetensors", {"head.modulation": (1, 2, 5120)}))


# -- files that lie


def whole(path: Path) -> Path:
    return header_only(path, unet() | VAE | CLIP)


def lying(text: bytes, length: int | None = None, data: bytes = b"") -> Change:
    return lambda file: write_weights(file, header=text, length=length, data=data)


def entry(**changes: object) -> Change:
    return lambda file: write_weights(file, TENSORS | {"b": TENSORS["b"] | changes})


def sparse(size: int, start: bytes = b"") -> Change:
    def change(file: Path) -> None:
        with file.open("wb") as stream:
            stream.write(start)
            stream.truncate(size)

    return change


def a_socket(file: Path) -> None:
    here = os.getcwd()
    os.chdir(file.parent)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(file.name)
    finally:
        os.chdir(here)


HOSTILE: dict[str, tuple[Change, type[SafelightError]]] = {
    "empty": (lambda file: file.touch(), ModelFileDamaged),
    "seven bytes": (lambda file: file.write_bytes(bytes(7)), ModelFileDamaged),
    "zeros": (lambda file: file.write_bytes(bytes(100)), ModelFileDamaged),
    "a web page": (lambda file: file.write_bytes(b"<!DOCTYPE html>" * 20), ModelFileDamaged),
    "a pointer of Git LFS": (lambda file: file.write_bytes(b"version https://git-lfs.github.com/spec/v1\n"), ModelFileDamaged),
    "a pickle": (lambda file: file.write_bytes(b"cos\nsystem\n(S'touch canary'\ntR."), ModelFileDamaged),
    "header as long as memory": (sparse(1 << 40, (1 << 39).to_bytes(8, "little")), ModelFileDamaged),
    "header longer than any": (sparse(1 << 30, (MOST_HEADER + 1).to_bytes(8, "little")), ModelFileDamaged),
    "header of negative length": (sparse(1 << 20, b"\xff" * 8), ModelFileDamaged),
    "header beyond the end": (lying(b"{}", length=1000), ModelFileDamaged),
    "header of spaces": (sparse(9 << 20, (8 << 20).to_bytes(8, "little") + b" " * 64), ModelFileDamaged),
    "JSON without a bottom": (lying(b'{"a":' + b"[" * 1_000_000), ModelFileDamaged),
    "millions of lists": (lying(b'{"a":[' + b"[]," * 3_000_000 + b"1]}"), ModelFileDamaged),
    "a million numbers": (lying(b'{"__metadata__":{"a":"' + b"x" * 9_000_000 + b'"}, "b": 1}'), ModelFileDamaged),
    "a number without end": (lying(b'{"a": ' + b"9" * 100_000 + b"}"), ModelFileDamaged),
    "a list": (lying(b"[]"), ModelFileDamaged),
    "a name twice": (
        lying(b"{" + b",".join([b'"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}'] * 2) + b"}", data=b"12"),
        ModelFileDamaged,
    ),
    "metadata a list": (lying(b'{"__metadata__": [1]}'), ModelFileDamaged),
    "Latin-1": (lying(b'{"\xe9": 1}'), ModelFileDamaged),
    "offsets overlap": (entry(data_offsets=[16, 24]), ModelFileDamaged),
    "offsets leave a gap": (entry(data_offsets=[25, 33]), ModelFileDamaged),
    "offsets backwards": (entry(data_offsets=[32, 24]), ModelFileDamaged),
    "offsets beyond the end": (entry(data_offsets=[2**40, 2**40 + 8]), ModelFileDamaged),
    "offsets negative": (entry(data_offsets=[-8, 0]), ModelFileDamaged),
    "shape negative": (entry(shape=[-2, -2]), ModelFileDamaged),
    "shape overflowing": (entry(shape=[2**33, 2**33]), ModelFileDamaged),
    "shape of a hundred sides": (entry(shape=[1] * 100), ModelFileDamaged),
    "unknown numbers": (entry(dtype="OBJECT"), ModelFileDamaged),
    "data cut": (lambda file: write_weights(file, data=bytes(31)), ModelFileDamaged),
    "data too long": (lambda file: write_weights(file, data=bytes(33)), ModelFileDamaged),
    "too many tensors": (lambda file: header_only(file, {str(n): (0,) for n in range(MOST_TENSORS + 1)}), ModelFileDamaged),
    "a pipe": (lambda file: os.mkfifo(file), ModelUnsafe),
    "a socket": (a_socket, ModelUnsafe),
    "a device": (lambda file: file.symlink_to("/dev/zero"), ModelUnsafe),
    "a link in a circle": (lambda file: file.symlink_to(file.name), ModelFileMissing),
    "a link to nothing": (lambda file: file.symlink_to("nowhere"), ModelFileMissing),
    "nothing": (lambda file: None, ModelFileMissing),
    "blocks that differ": (lambda file: header_only(file, unet() | VAE | CLIP), ModelFileUnknown),
    "a million blocks": (
        lambda file: header_only(file, unet() | {"model.diffusion_model.output_blocks.1000000.0.out_layers.3.weight": (1, 1, 1, 1)}),
        ModelFileUnknown,
    ),
    "a block without a number": (
        lambda file: header_only(file, unet() | {"model.diffusion_model.output_blocks.x.0": (1,)}),
        ModelFileUnknown,
    ),
    "a denoiser of scalars": (lambda file: header_only(file, {name: () for name in unet()}), ModelFileUnknown),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(tmp_path: Path, library: ModelLibrary, name: str) -> None:
    change, error = HOSTILE[name]
    file = tmp_path / "x.safetensors"
    change(file)
    with pytest.raises(error) as raised:
        library.open(file)
    assert type(raised.value) is error
    assert_one_sentence(raised.value, tmp_path)
    assert not (tmp_path / "canary").exists()
    assert len(library.models) == 1


@pytest.mark.parametrize("name", ["x.ckpt", "x.bin", "x.pt", "x.pth", "x.PKL"])
def test_a_pickle_alone_is_refused_with_the_reason(tmp_path: Path, library: ModelLibrary, name: str) -> None:
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'touch canary'\ntR.")
    with pytest.raises(ModelRefused, match=f"{name} could run a program"):
        library.open(tmp_path / name)


def test_another_file_is_no_model(tmp_path: Path, library: ModelLibrary) -> None:
    (tmp_path / "x.png").write_bytes(b"\x89PNG")
    with pytest.raises(ModelUnsupported, match=r"x\.png"):
        library.open(tmp_path / "x.png")


def gguf_bytes(
    *entries: bytes, magic: bytes = b"GGUF", version: int = 3, tensors: int | None = None, count: int | None = None, described: bytes = b""
) -> bytes:
    """A GGUF file with these entries; `described`: its tensors and their data."""
    numbers = bool(described) if tensors is None else tensors, len(entries) if count is None else count
    fixed = version.to_bytes(4, "little") + b"".join(number.to_bytes(8, "little") for number in numbers)
    return magic + fixed + b"".join(entries) + described


def gguf_text(text: bytes) -> bytes:
    return len(text).to_bytes(8, "little") + text


def gguf_entry(key: bytes, value: bytes, kind: int = 8) -> bytes:
    return gguf_text(key) + kind.to_bytes(4, "little") + (gguf_text(value) if kind == 8 else value)


def gguf_tensor(name: bytes = b"a", shape: Sequence[int] = (32,), kind: int = 0, begin: int = 0) -> bytes:
    sides = b"".join(side.to_bytes(8, "little") for side in shape)
    return gguf_text(name) + len(shape).to_bytes(4, "little") + sides + kind.to_bytes(4, "little") + begin.to_bytes(8, "little")


def gguf_data(header: bytes, size: int) -> bytes:
    """`header` and `size` bytes where the tensors begin."""
    return header + bytes(-len(header) % 32 + size)


FLUX_ENTRY = gguf_entry(b"general.architecture", b"flux")
ONE = gguf_bytes(FLUX_ENTRY, described=gguf_tensor())
LONG = (2**62).to_bytes(8, "little")
GGUF: dict[str, tuple[bytes, type[SafelightError], str]] = {
    "an unknown model": (gguf_data(ONE, 128), ModelFileUnknown, "layout"),
    "no entries": (gguf_bytes(), ModelFileUnknown, "layout"),
    "a name that cannot be shown": (gguf_bytes(gguf_entry(b"general.name", b"\xff\n\x1b[31m")), ModelFileUnknown, "layout"),
    "a text encoder": (
        gguf_data(gguf_bytes(FLUX_ENTRY, described=gguf_tensor(b"blk.0.attn_q.weight", (32, 1))), 128),
        NotAModel,
        "a text encoder",
    ),
    "empty": (b"", ModelFileDamaged, "cut off"),
    "cut in its numbers": (gguf_bytes(FLUX_ENTRY)[:20], ModelFileDamaged, "cut off"),
    "cut in its first entry": (gguf_bytes(FLUX_ENTRY)[:50], ModelFileDamaged, "cut off"),
    "cut in its tensors": (ONE[:-3], ModelFileDamaged, "cut off"),
    "cut in its data": (gguf_data(ONE, 127), ModelFileDamaged, "cut off"),
    "more data than tensors": (gguf_data(ONE, 300), ModelFileDamaged, "contradicts"),
    "a gap": (gguf_data(gguf_bytes(FLUX_ENTRY, described=gguf_tensor(begin=32)), 160), ModelFileDamaged, "contradicts"),
    "an overlap": (
        gguf_data(gguf_bytes(tensors=2, described=gguf_tensor() + gguf_tensor(b"b", begin=64)), 192),
        ModelFileDamaged,
        "contradicts",
    ),
    "a name twice": (
        gguf_data(gguf_bytes(tensors=2, described=gguf_tensor() + gguf_tensor(begin=128)), 256),
        ModelFileDamaged,
        "contradicts",
    ),
    "half a block": (gguf_data(gguf_bytes(described=gguf_tensor(shape=(16, 2), kind=8)), 34), ModelFileDamaged, "contradicts"),
    "an unknown kind": (gguf_data(gguf_bytes(described=gguf_tensor(kind=99)), 128), ModelFileDamaged, "contradicts"),
    "a shape as large as memory": (gguf_bytes(described=gguf_tensor(shape=(2**40, 2**40))), ModelFileDamaged, "contradicts"),
    "a hundred sides": (gguf_bytes(described=gguf_tensor(shape=(1,) * 100)), ModelFileDamaged, "contradicts"),
    "no alignment": (
        gguf_bytes(gguf_entry(b"general.alignment", bytes(4), kind=4), described=gguf_tensor()),
        ModelFileDamaged,
        "contradicts",
    ),
    "another magic": (gguf_bytes(FLUX_ENTRY, magic=b"GGML"), ModelFileDamaged, "contradicts"),
    "a version of the future": (gguf_bytes(FLUX_ENTRY, version=99), ModelFileDamaged, "contradicts"),
    "a big-endian version": (gguf_bytes(FLUX_ENTRY, version=3 << 24), ModelFileDamaged, "contradicts"),
    "more tensors than memory": (gguf_bytes(FLUX_ENTRY, tensors=2**63), ModelFileDamaged, "contradicts"),
    "more entries than memory": (gguf_bytes(FLUX_ENTRY, count=2**60), ModelFileDamaged, "contradicts"),
    "a key as long as memory": (gguf_bytes(LONG + b"x"), ModelFileDamaged, "contradicts"),
    "a text as long as memory": (gguf_bytes(FLUX_ENTRY[:32] + LONG), ModelFileDamaged, "contradicts"),
    "a list as long as memory": (gguf_bytes(gguf_entry(b"a", (8).to_bytes(4, "little") + LONG, kind=9)), ModelFileDamaged, "contradicts"),
    "a list of lists": (gguf_bytes(gguf_entry(b"a", (9).to_bytes(4, "little") + LONG, kind=9)), ModelFileDamaged, "contradicts"),
    "a kind of value that is none": (gguf_bytes(gguf_entry(b"a", b"flux", kind=13)), ModelFileDamaged, "contradicts"),
}


@pytest.mark.parametrize("name", GGUF)
def test_a_hostile_gguf_file_is_refused_in_one_sentence(tmp_path: Path, library: ModelLibrary, name: str) -> None:
    data, error, words = GGUF[name]
    (tmp_path / "x.gguf").write_bytes(data)
    with pytest.raises(error, match=words) as raised:
        library.open(tmp_path / "x.gguf")
    assert type(raised.value) is error
    assert_one_sentence(raised.value, tmp_path)


def test_a_kind_of_gguf_that_cannot_be_unpacked_is_named(tmp_path: Path, library: ModelLibrary) -> None:
    tensors = gguf_tensor(b"double_blocks.0.img_attn.norm.key_norm.scale") + gguf_tensor(b"img_in.weight", (256, 1), kind=21, begin=128)
    (tmp_path / "x.gguf").write_bytes(gguf_data(gguf_bytes(FLUX_ENTRY, tensors=2, described=tensors), 128 + 110))
    with pytest.raises(ModelFilePacked, match="IQ3_S") as raised:
        library.open(tmp_path / "x.gguf")
    assert_one_sentence(raised.value, tmp_path)


def test_the_table_of_packed_numbers_is_that_of_the_format() -> None:
    theirs = {kind.value: (kind.name, *sizes) for kind, sizes in gguf.GGML_QUANT_SIZES.items()}
    assert KINDS == {number: theirs[number] for number in KINDS}


# -- whole models


@pytest.mark.parametrize(
    ("kind", "family", "size", "limits", "sampler"),
    [
        ("1", "Stable Diffusion 1 and 2", 512, (77,), "PNDM"),
        pytest.param("2", "Stable Diffusion 1 and 2", 768, (77,), "DDIM", marks=pytest.mark.slow),
        pytest.param("xl", "Stable Diffusion XL", 1024, (77, 77), "Euler", marks=pytest.mark.slow),
        pytest.param("refiner", "Stable Diffusion XL refiner", 1024, (77,), "Euler", marks=pytest.mark.slow),
    ],
)
def test_a_checkpoint_arrives_bit_for_bit(
    tmp_path: Path, library: ModelLibrary, kind: str, family: str, size: int, limits: tuple[int, ...], sampler: str
) -> None:
    opened = library.wanted(str(single.stable_diffusion(tmp_path / "dreamy.safetensors", kind)))
    assert (opened.name, opened.family.name, opened.precision, opened.problem) == ("dreamy", family, "fp32", None)
    assert (opened.size, opened.token_limits, opened.sampler) == (size, limits, sampler)
    assert opened.traits.prediction == ("v_prediction" if kind == "2" else "epsilon")
    pipeline = load(opened.files, CPU)
    parts = tiny.single_file_parts(kind)
    for name, network in parts.items():
        loaded, expected = getattr(pipeline, name).state_dict(), network.state_dict()
        assert loaded.keys() == expected.keys()
        assert all(torch.equal(loaded[key], expected[key]) for key in loaded), name
    assert weight_bytes(opened.files, torch.float32) == pytest.approx(4 * sum(part.num_parameters() for part in parts.values()), rel=0.02)
    given = {"image": torch.zeros(1, 3, 64, 64)} if kind == "refiner" else {"height": 64, "width": 64}
    [picture] = pipeline("a cat", num_inference_steps=4, output_type="pt", **given).images
    assert picture.isfinite().all()


def test_prompts_are_counted_with_clips_tokenizer(tmp_path: Path, library: ModelLibrary) -> None:
    opened = library.open(single.stable_diffusion(tmp_path / "dreamy.safetensors"))
    tokenizer = load(opened.files, CPU).tokenizer
    assert tokenizer("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    meter = TokenMeter.of(opened)
    assert meter is not None
    assert meter.count("a photo of a cat").count == 7


def test_the_fingerprint_is_the_hash_of_the_file(tmp_path: Path, library: ModelLibrary) -> None:
    file = single.stable_diffusion(tmp_path / "dreamy.safetensors")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    opened = library.open(file)
    assert library.verified(opened) == digest
    moved = file.rename(tmp_path / "renamed.safetensors")
    again = ModelLibrary(STARTER, [moved], tmp_path / "cache/fingerprints.json")
    assert again.verified(again.find("renamed")) == digest
    assert again.of(ModelReference("dreamy", digest)).name == "renamed"
    assert again.like("whatever", digest[:10]).name == "renamed"


def test_files_are_kept_in_the_settings_and_read_again(tmp_path: Path, library: ModelLibrary) -> None:
    file = single.stable_diffusion(tmp_path / "dreamy.safetensors", without=["first_stage_model."])
    lender = single.stable_diffusion(tmp_path / "lender.safetensors", seed=1)
    library.open(lender)
    library.open(file)
    assert library.opened == (lender, file)
    again = ModelLibrary(STARTER, [file, lender], tmp_path / "f.json")
    assert [each.problem for each in again.models] == [None, None, None]
    file.unlink()
    gone = ModelLibrary(STARTER, [file, lender], tmp_path / "f.json").find("dreamy")
    assert isinstance(gone.problem, ModelFileMissing)


def test_precision_is_told_and_weights_are_loaded_in_that_of_the_run(tmp_path: Path, library: ModelLibrary) -> None:
    for dtype, precision in ((torch.float16, "fp16"), (torch.bfloat16, "bf16"), (torch.float8_e4m3fn, "fp8"), (torch.float8_e5m2, "fp8")):
        opened = library.open(single.stable_diffusion(tmp_path / f"{dtype}.safetensors", dtype=dtype))
        assert opened.precision == precision
        pipeline = load(opened.files, CPU)
        expected = tiny.single_file_parts("1")["unet"].state_dict()
        loaded = pipeline.unet.state_dict()
        assert all(torch.equal(loaded[key], expected[key].to(dtype).float()) for key in expected)
        assert {weight.dtype for weight in (*pipeline.vae.parameters(), *pipeline.text_encoder.parameters())} == {torch.float32}


@pytest.mark.slow
def test_marks_of_v_prediction_are_read(tmp_path: Path, library: ModelLibrary) -> None:
    file = single.stable_diffusion(tmp_path / "noob.safetensors", "xl")
    weights = load_file(file) | {"v_pred": torch.zeros(0), "ztsnr": torch.zeros(0)}
    save_file(weights, file)
    traits = library.open(file).traits
    assert (traits.prediction, traits.zero_snr, traits.spacing) == ("v_prediction", True, "trailing")


def test_an_inpainting_model_is_named(tmp_path: Path, library: ModelLibrary) -> None:
    file = single.stable_diffusion(tmp_path / "dreamy.safetensors")
    weights = load_file(file)
    weights["model.diffusion_model.input_blocks.0.0.weight"] = torch.zeros(32, 9, 3, 3)
    save_file(weights, file)
    with pytest.raises(ModelForEditing, match="9 channels instead of 4"):
        library.open(file)


@pytest.mark.parametrize(
    "part", ["model.diffusion_model.out.0.", "first_stage_model.decoder.conv_out.", "cond_stage_model.transformer.text_model.final_"]
)
def test_a_tensor_that_is_missing_is_not_made_up(tmp_path: Path, library: ModelLibrary, part: str) -> None:
    opened = library.open(single.stable_diffusion(tmp_path / "dreamy.safetensors", without=[part]))
    with pytest.raises(ModelIncomplete, match=r"dreamy\.safetensors"):
        load(opened.files, CPU)


def test_a_file_that_changes_after_it_was_opened_is_an_error(tmp_path: Path, library: ModelLibrary) -> None:
    file = single.stable_diffusion(tmp_path / "dreamy.safetensors")
    opened = library.open(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    for broken in (lambda: library.verified(opened), lambda: weight_bytes(opened.files, torch.float32), lambda: load(opened.files, CPU)):
        with pytest.raises(ModelDamaged):
            broken()
    single.stable_diffusion(file, "xl")
    assert library.verified(opened)
    assert library.find("dreamy").family.name == "Stable Diffusion XL"
    load(library.find("dreamy").files, CPU)


# -- parts shared from another model


def test_missing_parts_are_shared_from_a_model_of_the_same_kind(tmp_path: Path, library: ModelLibrary) -> None:
    alone = single.stable_diffusion(tmp_path / "alone.safetensors", without=["first_stage_model.", "cond_stage_model."])
    with pytest.raises(ModelPartsMissing, match=r"text_encoder is missing"):
        library.open(alone)
    library.open(single.stable_diffusion(tmp_path / "two.safetensors", "2"))  # its text encoder is another
    folder = tiny.save_single_file_folder(tmp_path / "lender", "1", seed=1)
    lender = library.open(folder)
    opened = library.open(alone)
    assert opened.single is not None
    assert opened.single.lenders == {"text_encoder": lender.name, "vae": "two"}
    assert library.verified(opened).startswith(hashlib.sha256(alone.read_bytes()).hexdigest() + "+")
    pipeline = load(opened.files, CPU)
    expected = {"text_encoder": tiny.single_file_parts("1", seed=1), "vae": tiny.single_file_parts("2")}
    for name, parts in expected.items():
        loaded = getattr(pipeline, name).state_dict()
        assert all(torch.equal(loaded[key], weight) for key, weight in parts[name].state_dict().items())
    assert torch.equal(pipeline.unet.conv_in.weight, tiny.single_file_parts("1")["unet"].conv_in.weight)


@pytest.mark.parametrize(("kind", "prefix"), [("1", ""), ("xl", "unet."), ("2", "")])
def test_a_unet_with_the_names_of_diffusers_runs_with_shared_parts(tmp_path: Path, library: ModelLibrary, kind: str, prefix: str) -> None:
    lender = library.open(single.stable_diffusion(tmp_path / "lender.safetensors", kind, seed=1))
    unet = tiny.single_file_parts(kind)["unet"]
    weights = {prefix + name: weight.contiguous().clone() for name, weight in unet.state_dict().items()}
    save_file(weights, tmp_path / "few-steps.safetensors")
    opened = library.open(tmp_path / "few-steps.safetensors")
    assert opened.single is not None
    assert lender.single is not None
    assert set(opened.single.lenders.values()) == {"lender"}
    told = {"addition_time_embed_dim"} if kind == "xl" else set()  # by the text encoder, where it has another width than the real one
    assert {key for key, value in lender.single.configs["unet"].items() if opened.single.configs["unet"][key] != value} == told
    loaded = load(opened.files, CPU).unet.state_dict()
    assert loaded.keys() == unet.state_dict().keys()
    assert all(torch.equal(loaded[name], weights[prefix + name]) for name in loaded)


DENOISERS: dict[str, tuple[Callable[[], Any], Callable[[Any], dict[str, torch.Tensor]]]] = {
    "Z-Image": (tiny_families.z_image, single.original_z_image),
    "Qwen-Image": (tiny_families.qwen_image, lambda transformer: transformer.state_dict()),
    "FLUX.1": (tiny_families.flux, lambda transformer: transformer.state_dict()),  # the converter of the original names knows one width
}


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize("name", DENOISERS)
def test_a_denoiser_alone_runs_with_the_parts_of_an_installed_model(tmp_path: Path, library: ModelLibrary, name: str, prefix: str) -> None:
    make, original = DENOISERS[name]
    torch.manual_seed(0)
    other = make().transformer
    file = tmp_path / "alone.safetensors"
    save_file({prefix + key: weight.contiguous().clone() for key, weight in original(other).items()}, file)
    with pytest.raises(ModelPartsMissing, match=f"{name}.*text_encoder"):
        library.open(file)
    torch.manual_seed(1)
    make().save_pretrained(tmp_path / "lender")
    lender = library.open(tmp_path / "lender")
    opened = library.open(file)
    assert (opened.family, opened.traits, opened.token_limits) == (lender.family, lender.traits, lender.token_limits)
    assert opened.single is not None
    assert set(opened.single.lenders.values()) == {"lender"}
    assert library.verified(opened)
    pipeline, expected = load(opened.files, CPU), load(lender.files, CPU)
    loaded, weights = pipeline.transformer.state_dict(), other.state_dict()
    assert all(torch.equal(loaded[key], weights[key]) for key in weights)
    assert type(pipeline) is type(expected)
    assert torch.equal(next(pipeline.text_encoder.parameters()), next(expected.text_encoder.parameters()))
    assert weight_bytes(opened.files, torch.float32) == pytest.approx(weight_bytes(lender.files, torch.float32), rel=0.01)


# -- GGUF


@pytest.mark.parametrize("kind", UNPACKABLE)
def test_packed_numbers_are_unpacked_as_the_format_says(kind: str) -> None:
    number = gguf.GGMLQuantizationType[kind]
    block, size = gguf.GGML_QUANT_SIZES[number]
    shape = (3, 2 * block)
    data = torch.randint(256, (6 * size,), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    with np.errstate(all="ignore"):  # some of these random scales are infinite
        expected = torch.from_numpy(gguf.dequantize(data.reshape(3, -1).numpy(), number))
    weight = packed_weights.packed(data, kind, shape, block)
    found = packed_weights.unpacked(weight).float()
    usual = expected.isfinite() & found.isfinite() & (expected.abs() < 1000)  # half precision overflows with some of these scales
    assert usual.sum() > usual.numel() // 4
    assert torch.allclose(found[usual], expected[usual], rtol=2e-2, atol=2e-2)
    other = packed_weights.packed(data, kind, (2 * block, 3), block)  # rows that are not whole blocks are numbers at once
    assert torch.equal(other.flatten().float()[usual.flatten()], found[usual])


def test_a_tensor_that_was_written_in_another_shape_gets_its_own(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "x.gguf", "sdxl")
    kernel = torch.randn(2, 16, 3, 3, generator=torch.Generator().manual_seed(0))
    writer.add_array("comfy.gguf.orig_shape.conv.weight", list(kernel.shape))
    kind = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor("conv.weight", gguf.quantize(kernel.reshape(-1, 32).numpy(), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with StoredTensors(tmp_path / "x.gguf") as stored:
        read = stored.tensors["conv.weight"].read(torch.float32)
    assert read.shape == kernel.shape
    assert torch.allclose(read.float(), kernel, atol=0.02)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Z-Image", "Q8_0"),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in (("Z-Image", "F16"), ("FLUX.1", "Q8_0"), ("Qwen-Image", "Q4_0"))),
    ],
)
def test_a_gguf_denoiser_makes_pictures_with_the_parts_of_an_installed_model(
    tmp_path: Path, library: ModelLibrary, name: str, kind: str
) -> None:
    make, original = DENOISERS[name]
    torch.manual_seed(0)
    pipeline = make()
    file = single.gguf_file(tmp_path / "small.gguf", original(pipeline.transformer), kind)
    with pytest.raises(ModelPartsMissing, match=f"{name}.*text_encoder"):
        library.open(file)
    pipeline.save_pretrained(tmp_path / "lender")
    lender = library.open(tmp_path / "lender")
    opened = library.wanted(str(file))
    is_packed = kind != "F16"
    assert (opened.family, opened.precision) == (lender.family, kind if is_packed else "fp16")
    assert library.verified(opened).startswith(hashlib.sha256(file.read_bytes()).hexdigest())
    recipe = Recipe(prompt=Prompt("a cat"), sampling=Sampling("Euler", seed=3, steps=2, guidance_scale=4.0), size=Size(64, 64))
    engine, stock = Engine(CPU), Engine(CPU)
    whole, expected = events_of(engine, opened.files, recipe), events_of(stock, lender.files, recipe)
    picture = np.frombuffer(whole[-1].pixels.data, np.uint8).astype(int)
    assert np.abs(picture - np.frombuffer(expected[-1].pixels.data, np.uint8)).mean() < (4 if is_packed else 1)
    steps = [event for event in whole if isinstance(event, Step)]
    assert events_of(engine, opened.files, recipe, history=steps[:2])[-1] == whole[-1]
    sizes, plain = weights_by_part(opened.files, torch.bfloat16), weights_by_part(lender.files, torch.bfloat16)
    known = weights_of(opened)
    assert (known.packed["transformer"] > 0) is is_packed
    assert not is_packed or sizes["transformer"].total - sizes["transformer"].largest < plain["transformer"].total
    assert {part: 2 * known.numbers[part] + known.packed[part] for part in sizes} == {part: each.total for part, each in sizes.items()}


@pytest.mark.slow
@pytest.mark.parametrize("rung", [Offload.GROUP, Offload.DISK, Offload.SEQUENTIAL])
def test_a_gguf_denoiser_waits_where_memory_is_saved(tmp_path: Path, library: ModelLibrary, rung: Offload) -> None:
    make, original = DENOISERS["Qwen-Image"]
    pipeline = make()
    pipeline.save_pretrained(tmp_path / "lender")
    library.open(tmp_path / "lender")
    opened = library.open(single.gguf_file(tmp_path / "small.gguf", original(pipeline.transformer)))
    pictures = [
        load(opened.files, CPU, each)(
            "a cat", num_inference_steps=1, height=32, width=32, output_type="pt", generator=torch.Generator().manual_seed(0)
        )
        for each in (Offload.NONE, rung)
    ]
    assert torch.equal(pictures[0].images, pictures[1].images)


def assert_one_sentence(error: SafelightError, folder: Path) -> None:
    sentence = str(error)
    assert "\n" not in sentence
    assert str(folder) not in sentence
    assert len(sentence) < 400
