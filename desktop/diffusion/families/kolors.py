"""Kolors: the design of Stable Diffusion XL with one text encoder, which reads English and Chinese. Torch-free."""

from __future__ import annotations

from .description import Defaults, Family, Part, TextEncoder
from .stable_diffusion import AUTOENCODER, DENOISER, SCHEDULER, UNUSED
from .stable_diffusion_xl import LATENTS, MEMORY

KOLORS = Family(
    name="Kolors",
    pipeline="KolorsPipeline",
    parts=(
        Part("text_encoder", "kolors", frozenset({"ChatGLMModel"}), weights="model"),
        Part("tokenizer", "kolors", frozenset({"ChatGLMTokenizer"})),
        DENOISER,
        AUTOENCODER,
        SCHEDULER,
        *UNUSED,
    ),
    denoiser="unet",
    autoencoder="vae",
    # Two marks are in front of a prompt and none is behind it, where other tokenizers of SentencePiece have one.
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"chatglm"}), tokens=256, marks=1),),
    scheduler="scheduler",
    latents=LATENTS,
    memory=MEMORY,
    defaults=Defaults(steps=30, guidance_scale=5.0, size=1024),
    calls="kolors_calls",
    languages=("en", "zh"),
    autoencoder_overflows=True,
)
