"""Qwen-Image, also 2512. Reads English and Chinese. Torch-free."""

from __future__ import annotations

from .description import (
    FLOW_SCHEDULER,
    LARGE,
    NAME,
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

QWEN_IMAGE = Family(
    name="Qwen-Image",
    pipeline="QwenImagePipeline",
    parts=(
        text_encoder("Qwen2_5_VLForConditionalGeneration"),
        tokenizer(*QWEN_TOKENIZERS),
        transformer("QwenImageTransformer2DModel"),
        autoencoder("AutoencoderKLQwenImage"),
        FLOW_SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"qwen2_5_vl"}), tokens=512, values=LARGE),),
    scheduler="scheduler",
    latents=LatentFormat(channels=16, packing=2, multiple=2, normalisation=Normalisation.CHANNELS),
    memory=MemoryFactors(denoiser_maps=15, decoder_maps=9, pictures=1, text=128),
    defaults=Defaults(steps=30, guidance_scale=4.0, size=1328),
    variants=(Variant(NAME, "lightning|turbo", True, Defaults(steps=8, guidance_scale=1.0, size=1328)),),
    process=NoiseProcess.FLOW,
    languages=("en", "zh"),
    guidance_key="true_cfg_scale",
    no_negative=" ",  # without any, its pipeline ignores the guidance scale
    halving_key="temperal_downsample",
    native_key="",
    width_keys=("num_attention_heads", "attention_head_dim"),
    decoder_width_keys=("base_dim",),
)
