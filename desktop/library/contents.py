"""What a single file of weights holds, judged by the names, kinds and shapes of its tensors alone. Takes milliseconds.

Names of tensors: as in the files that were published with the models, and as ComfyUI, kohya and diffusers write them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..diffusion.families.layouts import EPSILON, REFINER, SD1, SD2, SDXL, V_PREDICTION, ZERO_SNR
from ..diffusion.gguf_file import UNPACKABLE
from ..diffusion.weight_file import Header, TensorEntry
from ..errors import QT_TRANSLATE_NOOP


class Holding(StrEnum):
    """What a file holds, as a part of a sentence."""

    MODEL = QT_TRANSLATE_NOOP("Safelight", "a model")  # its denoiser at least
    VIDEO = QT_TRANSLATE_NOOP("Safelight", "a video model")
    LORA = QT_TRANSLATE_NOOP("Safelight", "a LoRA")
    AUTOENCODER = QT_TRANSLATE_NOOP("Safelight", "an autoencoder (VAE)")
    TINY_AUTOENCODER = QT_TRANSLATE_NOOP("Safelight", "a small autoencoder for previews (TAESD)")
    TEXT_ENCODER = QT_TRANSLATE_NOOP("Safelight", "a text encoder")
    IMAGE_ENCODER = QT_TRANSLATE_NOOP("Safelight", "an image encoder")
    CONTROLNET = QT_TRANSLATE_NOOP("Safelight", "a ControlNet")
    ADAPTER = QT_TRANSLATE_NOOP("Safelight", "an adapter for pictures (IP-Adapter or T2I-Adapter)")
    MOTION = QT_TRANSLATE_NOOP("Safelight", "a motion module (AnimateDiff)")
    EMBEDDING = QT_TRANSLATE_NOOP("Safelight", "an embedding (textual inversion)")
    UPSCALER = QT_TRANSLATE_NOOP("Safelight", "an upscaler")
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds. The families and variants are names for people."""

    holding: Holding
    family: str = ""  # "Stable Diffusion XL"; "" = unknown
    variant: str = ""  # "refiner"; "" = the usual one
    prefix: str = ""  # of the names of the denoiser's tensors
    is_original: bool = True  # whether these are the names of the original program, not of diffusers
    precision: str = ""  # of most weights: "fp32", "fp16", "bf16", "fp8", "Q4_K", …; with `packing` the name of that
    packing: str = ""  # how the weights are quantized, where they are no plain numbers


INPAINTING = "inpainting"

# In front of the names of the denoiser's tensors, the most usual first.
PREFIXES = ("model.diffusion_model.", "", "diffusion_model.", "model.", "net.", "transformer.", "unet.")
AUTOENCODER_PREFIXES = ("first_stage_model.", "vae.")
# A tensor of the denoiser that only this family has; families that share tensors with others first.
SIGNATURES = (
    ("early_stream_modulations.image.lin.weight", "FLUX.3"),
    ("single_stream_modulation.lin.weight", "FLUX.2"),
    ("distilled_guidance_layer.in_proj.bias", "Chroma"),
    ("distilled_guidance_layer.in_proj.weight", "Chroma"),
    ("txt_in.individual_token_refiner.blocks.0.adaLN_modulation.1.bias", "HunyuanVideo"),
    ("txt_in.individual_token_refiner.blocks.0.norm1.weight", "HunyuanVideo"),
    ("double_blocks.0.img_attn.norm.key_norm.scale", "FLUX.1"),
    ("single_transformer_blocks.0.proj_mlp.weight", "FLUX.1"),
    ("all_x_embedder.2-1.weight", "Z-Image"),
    ("joint_blocks.0.context_block.adaLN_modulation.1.bias", "Stable Diffusion 3"),
    ("joint_blocks.0.x_block.adaLN_modulation.1.bias", "Stable Diffusion 3"),
    ("txt_in.text_norm.weight", "Qwen-Image 2.1"),
    ("transformer_blocks.0.img_mod.1.weight", "Qwen-Image"),
    ("txtfusion.projector.weight", "Krea 2"),
    ("llm_adapter.blocks.0.cross_attn.q_proj.weight", "Anima"),
    ("layers.0.adaLN_modulation.0.weight", "Z-Image"),
    ("cap_embedder.0.weight", "Lumina Image 2"),
    ("double_stream_blocks.0.block.adaLN_modulation.1.bias", "HiDream"),
    ("double_layers.0.attn.w1q.weight", "AuraFlow"),
    ("clip_txt_mapper.weight", "Stable Cascade"),
    ("down_blocks.1.0.channelwise.0.weight", "Stable Cascade"),
    ("mlp_t5.0.weight", "HunyuanDiT"),
    ("blocks.0.mlp.inverted_conv.conv.weight", "Sana"),
    ("blocks.0.cross_attn.q_linear.weight", "PixArt"),
    ("visual_embeddings.in_layer.bias", "Kandinsky 5"),
    ("head.modulation", "Wan"),
    ("patchify_proj.weight", "LTX-Video"),
    ("blocks.0.attn.qkv_x.weight", "Mochi"),
    ("x_embedder.proj.1.weight", "Cosmos"),
    ("input_blocks.0.0.weight", SD1),
    ("down_blocks.0.resnets.0.conv1.weight", SD1),
)
# Tensors of a denoiser by the names of diffusers, where the original program has others.
OF_DIFFUSERS = ("single_transformer_blocks.0.proj_mlp.weight", "all_x_embedder.2-1.weight", "down_blocks.0.resnets.0.conv1.weight")
VIDEO = {"HunyuanVideo", "Wan", "LTX-Video", "Mochi", "Cosmos"}
LORA_MARKS = (
    ".lora_down.",
    ".lora_up.",
    "lora_A.",
    "lora_B.",
    ".lora.down.",
    ".lora.up.",
    ".hada_w1_",
    ".lokr_w",
    ".oft_blocks",
    ".oft_diag",
)
PLAIN = {"F64": "fp64", "F32": "fp32", "F16": "fp16", "BF16": "bf16", "F8_E4M3": "fp8", "F8_E5M2": "fp8"}
MOST_EMBEDDING = 8  # tensors


def contents_of(header: Header, name: str = "") -> Contents:
    """What the file called `name` holds; the name decides only where no tensor does."""
    tensors = header.tensors
    packing = _packing(header)
    precision = packing or precision_of(tensors.values())
    if not packing and (alone := _addition(tensors)):
        return Contents(alone, precision=precision)
    family, prefix = _family(tensors)
    if not family:
        return Contents(_part(tensors), precision=precision, packing=packing)
    family, variant = _variant(family, prefix, header, name)
    return Contents(
        Holding.VIDEO if family in VIDEO else Holding.MODEL,
        family,
        variant,
        prefix,
        not any(prefix + name in tensors for name in OF_DIFFUSERS),
        precision,
        packing,
    )


def _family(tensors: Mapping[str, TensorEntry]) -> tuple[str, str]:
    """The family of the denoiser and the prefix of its names; "" if there is none."""
    for signature, family in SIGNATURES:
        for prefix in PREFIXES:
            if prefix + signature in tensors:
                return family, prefix
    return "", ""


def _variant(family: str, prefix: str, header: Header, name: str) -> tuple[str, str]:
    """The family, which is more exact for Stable Diffusion, and the variant."""
    tensors = header.tensors
    if family == SD1:
        return _stable_diffusion(prefix, header, name)
    if family == "FLUX.1":
        entrance = tensors.get(f"{prefix}img_in.weight") or tensors.get(f"{prefix}x_embedder.weight")
        channels = entrance.shape[-1] if entrance and entrance.shape else 64
        if channels > 64:
            return family, "Fill" if channels == 384 else "Control"
        guided = (f"{prefix}guidance_in.in_layer.weight", f"{prefix}time_text_embed.guidance_embedder.linear_1.weight")
        return family, "dev" if any(key in tensors for key in guided) else "schnell"
    if family == "FLUX.2":
        return ("FLUX.2", "dev") if f"{prefix}guidance_in.in_layer.weight" in tensors else ("FLUX.2 Klein", "")
    if family == "Stable Diffusion 3" and f"{prefix}joint_blocks.0.x_block.attn2.qkv.weight" in tensors:
        return family, "3.5 Medium"
    if family == "Stable Diffusion 3" and f"{prefix}joint_blocks.37.x_block.mlp.fc1.weight" in tensors:
        return family, "3.5 Large"
    return family, ""


def _stable_diffusion(prefix: str, header: Header, name: str) -> tuple[str, str]:
    tensors = header.tensors
    entrance = tensors.get(f"{prefix}input_blocks.0.0.weight") or tensors.get(f"{prefix}conv_in.weight")
    channels = entrance.shape[1] if entrance and len(entrance.shape) == 4 else 4
    projection = next((tensor for key, tensor in tensors.items() if key.startswith(prefix) and key.endswith(".1.proj_in.weight")), None)
    is_linear = projection is not None and len(projection.shape) == 2
    context = next((tensor.shape[-1] for key, tensor in tensors.items() if key.endswith(".attn2.to_k.weight") and tensor.shape), 0)
    label = tensors.get(f"{prefix}label_emb.0.0.weight") or tensors.get(f"{prefix}add_embedding.linear_1.weight")
    if label is not None and context != 1024:
        family = SDXL
        if "edm_mean" in tensors:
            return family, "Playground 2.5"
        has_second = _has(tensors, ("conditioner.embedders.1.",))
        if label.shape[-1] == 2560 or (_has(tensors, ("conditioner.embedders.0.model.",)) and not has_second):
            return family, REFINER
    else:
        family = SD2 if is_linear or context == 1024 else SD1
        if label is not None:
            return family, "unCLIP"
    if channels != 4:
        return family, {9: INPAINTING, 8: "InstructPix2Pix", 7: "x4 upscaler", 5: "depth"}.get(channels, f"{channels} channels")
    told = header.metadata.get("modelspec.prediction_type", "").lower()
    architecture = header.metadata.get("modelspec.architecture", "").lower()
    is_v = "v_pred" in tensors or told in ("v", "v_prediction") or "768-v" in architecture
    if family == SD2 and not is_v and not told:
        return family, EPSILON if "512" in architecture or any(mark in name.lower() for mark in ("base", "512", "turbo")) else V_PREDICTION
    if "ztsnr" in tensors:
        return family, ZERO_SNR
    return family, V_PREDICTION if is_v else EPSILON if family == SD2 else ""


def _addition(tensors: Mapping[str, TensorEntry]) -> Holding | None:
    """What goes on top of a model and holds none."""
    if any(mark in name for name in tensors for mark in LORA_MARKS):
        return Holding.LORA
    if _has(tensors, ("control_model.", "controlnet_", "input_hint_block.", "control_layers.", "control_all_x_embedder.")):
        return Holding.CONTROLNET
    if _has(tensors, ("ip_adapter.", "image_proj.", "adapter.body.", "body.0.block1.")):
        return Holding.ADAPTER
    if any(".motion_modules." in name for name in tensors):
        return Holding.MOTION
    if any(name == "emb_params" or name in ("clip_l", "clip_g", "t5xxl") or name.startswith("string_to_param") for name in tensors):
        return Holding.EMBEDDING
    if 0 < len(tensors) <= MOST_EMBEDDING and all(
        len(tensor.shape) <= 2 and tensor.shape and tensor.shape[-1] in (768, 1024, 1280) and "." not in name
        for name, tensor in tensors.items()
    ):
        return Holding.EMBEDDING
    return None


def _part(tensors: Mapping[str, TensorEntry]) -> Holding:
    """A part of a model without its denoiser."""
    if _has(tensors, ("vision_model.", "visual.", "v.blk.")) and not any("text_model." in name for name in tensors):
        return Holding.IMAGE_ENCODER
    kernel = tensors.get("model.0.weight") or tensors.get("conv_first.weight") or tensors.get("params_ema.conv_first.weight")
    if kernel is not None and len(kernel.shape) == 4:
        return Holding.UPSCALER
    marks = ("conv_in.", "layers.0.", "middle.0.residual.0.gamma", "stages.0.op_list.0.", "stages.1.op_list.0.")
    coder = [f"{prefix}{side}." for prefix in (*AUTOENCODER_PREFIXES, "") for side in ("encoder", "decoder", "taesd_decoder")]
    if any(
        name.startswith(side + mark) and (mark != "layers.0." or len(tensor.shape) == 4)
        for side in coder
        for mark in marks
        for name, tensor in tensors.items()
    ):
        return Holding.TINY_AUTOENCODER if any(f"{side}layers.0.weight" in tensors for side in coder) else Holding.AUTOENCODER
    if any(f"{side}{number}.weight" in tensors for side in coder for number in (0, 1)):
        return Holding.TINY_AUTOENCODER
    text = (
        *("text_model.encoder.", "transformer.resblocks.0.", "encoder.block.0.", "model.layers.0.self_attn.", "layers.0.self_attn."),
        *("enc.blk.0.", "blk.0.attn_q."),  # in GGUF
    )
    if any(mark in name for name in tensors for mark in text):
        return Holding.TEXT_ENCODER
    return Holding.UNKNOWN


def _packing(header: Header) -> str:
    """How the weights are quantized; "" if they are plain numbers."""
    tensors = header.tensors
    endings = {name.rpartition(".")[2] for name in tensors}
    kinds = {tensor.dtype for name, tensor in tensors.items() if len(tensor.shape) >= 2 and name.endswith("weight")}
    floats8 = {kind for kind in kinds if kind.startswith("F8")}
    if "qweight" in endings and endings & {"wscales", "wtscale", "smooth", "smooth_factor"}:
        return "SVDQuant (nunchaku)"
    if "qweight" in endings:
        return "GPTQ or AWQ"
    if any("bitsandbytes__" in ending for ending in endings):
        return "bitsandbytes NF4" if any("nf4" in ending for ending in endings) else "bitsandbytes FP4"
    if endings & {"absmax", "quant_map", "SCB"}:
        return "bitsandbytes"
    if "weight_scale_2" in endings or kinds & {"F4"}:
        return "NVFP4"
    if "F8_E8M0" in {tensor.dtype for tensor in tensors.values()}:
        return "MXFP8"
    if "I8" in kinds:
        return "INT8 ConvRot" if "comfy_quant" in endings or "_quantization_metadata" in header.metadata else "INT8"
    is_scaled = bool(endings & {"scaled_fp8", "scale_weight", "weight_scale", "scale_input", "input_scale", "comfy_quant"})
    if floats8 and (is_scaled or "_quantization_metadata" in header.metadata):
        return "scaled fp8"
    if unknown := sorted(kinds - PLAIN.keys() - UNPACKABLE.keys()):
        return unknown[0]
    return ""


def precision_of(tensors: Iterable[TensorEntry]) -> str:
    """The kind of numbers that take the most space."""
    size: Counter[str] = Counter()
    for tensor in tensors:
        size[tensor.dtype] += tensor.end - tensor.begin
    most = size.most_common(1)
    return PLAIN.get(most[0][0], most[0][0]) if most else ""


def _has(tensors: Iterable[str], prefixes: tuple[str, ...]) -> bool:
    return any(name.startswith(prefixes) for name in tensors)
