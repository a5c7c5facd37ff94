"""Stable Diffusion 3 and 3.5. Torch-free."""

from __future__ import annotations

from dataclasses import replace

from .description import (
    FLOW_SCHEDULER,
    NAME,
    T5_TOKENIZERS,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    NoiseProcess,
    Variant,
    autoencoder,
    t5,
    text_encoder,
    tokenizer,
    transformer,
    unused,
)
from .stable_diffusion import FIRST_TOKENIZER, clip

_CLIP = "CLIPTextModelWithProjection"

STABLE_DIFFUSION_3 = Family(
    name="Stable Diffusion 3",
    pipeline="StableDiffusion3Pipeline",
    parts=(
        text_encoder(_CLIP),
        FIRST_TOKENIZER,
        text_encoder(_CLIP, name="text_encoder_2"),
        replace(FIRST_TOKENIZER, name="tokenizer_2"),
        text_encoder("T5EncoderModel", name="text_encoder_3"),
        tokenizer(*T5_TOKENIZERS, name="tokenizer_3"),
        transformer("SD3Transformer2DModel"),
        autoencoder("AutoencoderKL"),
        FLOW_SCHEDULER,
        unused("image_encoder", "transformers", "SiglipVisionModel"),
        unused("feature_extractor", "transformers", "SiglipImageProcessor"),
    ),
    denoiser="transformer",
    autoencoder="vae",
    text_encoders=(clip(is_whole=False), clip("text_encoder_2", "tokenizer_2", is_whole=False), t5(256, "text_encoder_3", "tokenizer_3")),
    scheduler="scheduler",
    latents=LatentFormat(channels=16, scale=1.5305, shift=0.0609, multiple=2, tiny="taesd3"),
    memory=MemoryFactors(denoiser_maps=12.5, decoder_maps=3, text=333),
    defaults=Defaults(steps=28, guidance_scale=4.5, size=1024),
    variants=(Variant(NAME, "turbo", True, Defaults(steps=4, guidance_scale=1.0, size=1024)),),
    process=NoiseProcess.FLOW,
    width_keys=("num_attention_heads", "attention_head_dim"),
)
