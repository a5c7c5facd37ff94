"""Krea 2: base and Turbo. Torch-free."""

from __future__ import annotations

from .description import (
    FLOW_SCHEDULER,
    LARGE,
    QWEN_TOKENIZERS,
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

KREA_2 = Family(
    name="Krea 2",
    pipeline="Krea2Pipeline",
    parts=(
        text_encoder("Qwen3VLModel"),
        tokenizer(*QWEN_TOKENIZERS),
        transformer("Krea2Transformer2DModel"),
        autoencoder("AutoencoderKLQwenImage"),
        FLOW_SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    # The template's five last tokens are in the limit.
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"qwen3_vl"}), tokens=512, marks=5, values=LARGE),),
    scheduler="scheduler",
    latents=LatentFormat(channels=16, packing=2, multiple=2, normalisation=Normalisation.CHANNELS),
    memory=MemoryFactors(denoiser_maps=14, decoder_maps=9),
    defaults=Defaults(steps=28, guidance_scale=5.5, size=1024),
    variants=(Variant("", "is_distilled", True, Defaults(steps=8, guidance_scale=1.0, size=1024), {"distilled": True}),),
    process=NoiseProcess.FLOW,
    untested_languages=("zh",),
    guidance_offset=-1.0,
    halving_key="temperal_downsample",
    native_key="",
    width_keys=("num_attention_heads", "attention_head_dim"),
    decoder_width_keys=("base_dim",),
)
