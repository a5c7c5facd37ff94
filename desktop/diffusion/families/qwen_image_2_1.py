"""Qwen-Image 2.1: base and Turbo. Reads English and Chinese; its pictures have an alpha channel. Torch-free."""

from __future__ import annotations

from dataclasses import replace

from .description import (
    FLOW_SCHEDULER,
    LARGE,
    NAME,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    NoiseProcess,
    Normalisation,
    TextEncoder,
    Variant,
    autoencoder,
    text_encoder,
    tokenizer,
    transformer,
)

QWEN_IMAGE_2_1 = Family(
    name="Qwen-Image 2.1",
    pipeline="QwenImage21Pipeline",
    parts=(
        text_encoder("Qwen3VLForConditionalGeneration"),
        replace(tokenizer("Qwen3VLProcessor", name="processor"), reader="text_processor"),
        transformer("QwenImage21Transformer2DModel"),
        autoencoder("AutoencoderKLQwenImage21"),
        FLOW_SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    # Its pipeline cuts nothing off; this is far below what the language model reads.
    text_encoders=(TextEncoder("text_encoder", "processor", None, frozenset({"qwen3_vl"}), tokens=32_768, values=LARGE),),
    scheduler="scheduler",
    latents=LatentFormat(channels=64, spatial_factor=16, packing=1, multiple=2, normalisation=Normalisation.CHANNELS),
    memory=MemoryFactors(denoiser_maps=15, decoder_maps=9, pictures=1, text=128),  # as Qwen-Image
    defaults=Defaults(steps=40, guidance_scale=1.0, size=1024),
    variants=(Variant(NAME, "turbo", True, Defaults(steps=8, guidance_scale=1.0, size=1024)),),
    calls="qwen_image_2_1_calls",
    process=NoiseProcess.FLOW,
    languages=("en", "zh"),
    guidance_key="true_cfg_scale",
    no_negative=" ",  # without any, its pipeline ignores the guidance scale
    halving_key="temperal_downsample",
    native_key="",
    width_keys=("num_attention_heads", "attention_head_dim"),
    decoder_width_keys=("decoder_base_dim", "base_dim"),
)
