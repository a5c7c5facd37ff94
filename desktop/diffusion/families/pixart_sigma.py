"""PixArt-Σ. Torch-free."""

from __future__ import annotations

from .description import (
    T5_TOKENIZERS,
    Capabilities,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    autoencoder,
    t5,
    text_encoder,
    tokenizer,
    transformer,
)
from .stable_diffusion import SCHEDULER

PIXART_SIGMA = Family(
    name="PixArt-Σ",
    pipeline="PixArtSigmaPipeline",
    parts=(
        text_encoder("T5EncoderModel"),
        tokenizer(*T5_TOKENIZERS),
        transformer("PixArtTransformer2DModel"),
        autoencoder("AutoencoderKL"),
        SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    text_encoders=(t5(300),),
    scheduler="scheduler",
    latents=LatentFormat(channels=4, scale=0.13025, multiple=2, tiny="taesdxl"),
    memory=MemoryFactors(denoiser_maps=13, decoder_maps=3),
    defaults=Defaults(steps=20, guidance_scale=4.5, size=1024),
    capabilities=Capabilities(loras=False),
    arguments={"use_resolution_binning": False, "clean_caption": False},
    width_keys=("num_attention_heads", "attention_head_dim"),
)
