"""Stable Diffusion XL: two text encoders, pooled embeddings, 1024 px. Torch-free."""

from __future__ import annotations

from dataclasses import replace

from .description import NAME, Capabilities, Defaults, Family, LatentFormat, MemoryFactors, Variant, text_encoder, unused
from .stable_diffusion import AUTOENCODER, DENOISER, FIRST_TEXT_ENCODER, FIRST_TOKENIZER, SCHEDULER, SCHEDULERS, UNUSED, clip

EDM = frozenset({"EDMEulerScheduler", "EDMDPMSolverMultistepScheduler"})  # of Playground 2.5
LATENTS = LatentFormat(channels=4, scale=0.13025, tiny="taesdxl")
MEMORY = MemoryFactors(denoiser_maps=17, decoder_maps=3)

STABLE_DIFFUSION_XL = Family(
    name="Stable Diffusion XL",
    pipeline="StableDiffusionXLPipeline",
    parts=(
        FIRST_TEXT_ENCODER,
        FIRST_TOKENIZER,
        text_encoder("CLIPTextModelWithProjection", name="text_encoder_2"),
        replace(FIRST_TOKENIZER, name="tokenizer_2"),
        DENOISER,
        AUTOENCODER,
        replace(SCHEDULER, classes=SCHEDULERS | EDM),
        *UNUSED,
    ),
    denoiser="unet",
    autoencoder="vae",
    text_encoders=(clip(), clip("text_encoder_2", "tokenizer_2")),
    scheduler="scheduler",
    latents=LATENTS,
    memory=MEMORY,
    defaults=Defaults(steps=30, guidance_scale=5.0, size=1024),
    calls="stable_diffusion_xl_calls",
    variants=(
        Variant("scheduler", "_class_name", EDM, Defaults(steps=50, guidance_scale=3.0, size=1024)),
        Variant(NAME, "lightning|hyper", True, Defaults(steps=8, guidance_scale=1.0, size=1024, sampler="Euler")),
        Variant(NAME, "turbo|dmd", True, Defaults(steps=4, guidance_scale=1.0, size=512)),
        Variant(NAME, "lcm", True, Defaults(steps=8, guidance_scale=1.5, size=1024)),
    ),
    autoencoder_overflows=True,
    capabilities=Capabilities(weights=True, embeddings=True),
    construction={"add_watermarker": False},
)
STABLE_DIFFUSION_XL_REFINER = replace(
    STABLE_DIFFUSION_XL,
    name="Stable Diffusion XL refiner",
    pipeline="StableDiffusionXLImg2ImgPipeline",
    parts=(*STABLE_DIFFUSION_XL.parts[2:], unused("text_encoder", "transformers"), unused("tokenizer", "transformers")),
    text_encoders=STABLE_DIFFUSION_XL.text_encoders[1:],
    variants=(),
    refines=STABLE_DIFFUSION_XL.name,
)
