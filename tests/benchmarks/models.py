"""Models to measure with: random weights in networks of the published sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import diffusers
import torch
from transformers import CLIPTextConfig, CLIPTextModel

from tests import tiny, tiny_families

M = TypeVar("M", bound=torch.nn.Module)


def sd15_size(folder: Path, dtype: torch.dtype = torch.bfloat16) -> Path:
    """A model folder: UNet 860 M, text encoder 123 M, autoencoder 84 M, all of chance (2 GB in bfloat16)."""
    tokenizer = tiny.tokenizer()
    words = CLIPTextConfig(
        vocab_size=49408,
        hidden_size=768,
        intermediate_size=3072,
        num_hidden_layers=12,
        num_attention_heads=12,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    unet = _random(sd15_unet, dtype)
    vae = _random(lambda: autoencoder_kl(512), dtype)
    text_encoder = CLIPTextModel(words).to(dtype)  # its buffers have to be real
    scheduler = diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1, **tiny.SCALED_LINEAR)
    diffusers.StableDiffusionPipeline(
        vae,
        text_encoder,
        tokenizer,
        unet,
        scheduler,
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


def pixart_size(folder: Path, dtype: torch.dtype = torch.bfloat16) -> Path:
    """A model folder: PixArt-Σ's transformer, 611 M, and its autoencoder, 84 M; the text encoder has one narrow layer."""
    diffusers.PixArtSigmaPipeline(
        tokenizer=tiny_families.t5_tokenizer(),
        text_encoder=tiny_families.t5(),
        vae=_random(lambda: autoencoder_kl(1024), dtype),
        transformer=_random(lambda: pixart_transformer(caption_channels=32), dtype),
        scheduler=diffusers.DPMSolverMultistepScheduler(beta_start=0.0001, beta_end=0.02),
    ).save_pretrained(folder)
    return folder


def sana_size(folder: Path, dtype: torch.dtype = torch.bfloat16) -> Path:
    """A model folder: Sana's transformer of 0.6 G and its autoencoder, 312 M; the text encoder has two narrow layers."""
    diffusers.SanaPipeline(
        tokenizer=tiny_families.gemma_tokenizer(),
        text_encoder=tiny_families.gemma2(),
        vae=_random(autoencoder_dc, dtype),
        transformer=_random(lambda: sana_transformer(caption_channels=16), dtype),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**tiny_families.FLOW),
    ).save_pretrained(folder)
    return folder


# -- networks as published


def autoencoder_kl(size: int, channels: int = 4) -> diffusers.AutoencoderKL:
    return diffusers.AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        latent_channels=channels,
        sample_size=size,
    )


def autoencoder_dc() -> diffusers.AutoencoderDC:
    blocks, multiscales = ("ResBlock",) * 3 + ("EfficientViTBlock",) * 3, ((), (), (), (5,), (5,), (5,))
    return diffusers.AutoencoderDC(
        latent_channels=32,
        encoder_block_types=blocks,
        decoder_block_types=blocks,
        encoder_block_out_channels=(128, 256, 512, 512, 1024, 1024),
        decoder_block_out_channels=(128, 256, 512, 512, 1024, 1024),
        encoder_layers_per_block=(2, 2, 2, 3, 3, 3),
        decoder_layers_per_block=(3, 3, 3, 3, 3, 3),
        encoder_qkv_multiscales=multiscales,
        decoder_qkv_multiscales=multiscales,
        downsample_block_type="conv",
        upsample_block_type="interpolate",
        decoder_norm_types="rms_norm",
        decoder_act_fns="silu",
        scaling_factor=0.41407,
    )


def sd15_unet() -> diffusers.UNet2DConditionModel:
    return diffusers.UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8)


def sdxl_unet() -> diffusers.UNet2DConditionModel:
    return diffusers.UNet2DConditionModel(
        sample_size=128,
        block_out_channels=(320, 640, 1280),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2, 10),
        attention_head_dim=(5, 10, 20),
        cross_attention_dim=2048,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816,
        use_linear_projection=True,
    )


def sd3_transformer() -> diffusers.SD3Transformer2DModel:
    return diffusers.SD3Transformer2DModel(
        sample_size=128,
        num_layers=24,
        attention_head_dim=64,
        num_attention_heads=24,
        joint_attention_dim=4096,
        caption_projection_dim=1536,
        pooled_projection_dim=2048,
        pos_embed_max_size=192,
    )


def flux_2_klein_transformer() -> diffusers.Flux2Transformer2DModel:
    return diffusers.Flux2Transformer2DModel(
        in_channels=128, num_layers=5, num_single_layers=20, num_attention_heads=24, joint_attention_dim=7680
    )


def pixart_transformer(caption_channels: int = 4096) -> diffusers.PixArtTransformer2DModel:
    return diffusers.PixArtTransformer2DModel(
        sample_size=128,
        num_layers=28,
        num_attention_heads=16,
        attention_head_dim=72,
        cross_attention_dim=1152,
        caption_channels=caption_channels,
        in_channels=4,
        out_channels=8,
        use_additional_conditions=False,
        interpolation_scale=2,
    )


def sana_transformer(caption_channels: int = 2304) -> diffusers.SanaTransformer2DModel:
    return diffusers.SanaTransformer2DModel(
        num_layers=28,
        num_attention_heads=36,
        attention_head_dim=32,
        num_cross_attention_heads=16,
        cross_attention_head_dim=72,
        cross_attention_dim=1152,
        caption_channels=caption_channels,
    )


def _random(make: Callable[[], M], dtype: torch.dtype) -> M:
    with torch.device("meta"):
        network = make()
    buffers = {name for name, _ in network.named_buffers()}
    if buffers:  # they have to be real
        network = make().to(dtype)
    else:
        network = network.to(dtype).to_empty(device="cpu")
    _fill(network)
    return network


@torch.no_grad()
def _fill(network: torch.nn.Module) -> None:
    """Weights that keep the numbers in range: what comes out has about the size of what went in."""
    for module in network.modules():
        for name, weight in module.named_parameters(recurse=False):
            if name == "bias":
                weight.zero_()
            elif weight.dim() < 2:
                weight.fill_(1)
            else:
                weight.uniform_(-1, 1).mul_((weight[0].numel()) ** -0.5)
