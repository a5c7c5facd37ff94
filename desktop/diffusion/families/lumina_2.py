"""Lumina Image 2. Torch-free."""

from __future__ import annotations

from .description import (
    FLOW_SCHEDULER,
    GEMMA_TOKENIZERS,
    LARGE,
    TRANSFORMER_MEMORY,
    Defaults,
    Family,
    LatentFormat,
    NoiseProcess,
    TextEncoder,
    autoencoder,
    text_encoder,
    tokenizer,
    transformer,
)

LUMINA_2 = Family(
    name="Lumina Image 2",
    pipeline="Lumina2Pipeline",
    parts=(
        text_encoder("Gemma2Model", "Gemma2ForCausalLM"),
        tokenizer(*GEMMA_TOKENIZERS),
        transformer("Lumina2Transformer2DModel"),
        autoencoder("AutoencoderKL"),
        FLOW_SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    # Its system prompt adds about thirty tokens, all in the limit.
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"gemma2"}), tokens=256, marks=30, values=LARGE),),
    scheduler="scheduler",
    latents=LatentFormat(channels=16, scale=0.3611, shift=0.1159, multiple=2, tiny="taef1"),
    memory=TRANSFORMER_MEMORY,
    defaults=Defaults(steps=30, guidance_scale=4.0, size=1024),
    process=NoiseProcess.FLOW,
    untested_languages=("zh",),
    width_keys=("hidden_size",),
)
