"""Chroma. Torch-free."""

from __future__ import annotations

from .description import (
    FLOW_SCHEDULER,
    T5_TOKENIZERS,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    NoiseProcess,
    autoencoder,
    t5,
    text_encoder,
    tokenizer,
    transformer,
)
from .stable_diffusion import UNUSED

CHROMA = Family(
    name="Chroma",
    pipeline="ChromaPipeline",
    parts=(
        text_encoder("T5EncoderModel"),
        tokenizer(*T5_TOKENIZERS),
        transformer("ChromaTransformer2DModel"),
        autoencoder("AutoencoderKL"),
        FLOW_SCHEDULER,
        *UNUSED,
    ),
    denoiser="transformer",
    autoencoder="vae",
    text_encoders=(t5(512),),
    scheduler="scheduler",
    latents=LatentFormat(channels=16, scale=0.3611, shift=0.1159, packing=2, multiple=2, tiny="taef1"),
    memory=MemoryFactors(denoiser_maps=17, decoder_maps=3, pictures=1, text=512),
    defaults=Defaults(steps=30, guidance_scale=4.0, size=1024),
    process=NoiseProcess.FLOW,
    native_key="",
    width_keys=("num_attention_heads", "attention_head_dim"),
)
