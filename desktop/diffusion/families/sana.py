"""Sana. Its text encoder reads a long instruction before the prompt. Torch-free."""

from __future__ import annotations

from .description import (
    FLOW_SCHEDULER,
    GEMMA_TOKENIZERS,
    LARGE,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    NoiseProcess,
    TextEncoder,
    autoencoder,
    text_encoder,
    tokenizer,
    transformer,
)

SANA = Family(
    name="Sana",
    pipeline="SanaPipeline",
    parts=(
        text_encoder("Gemma2Model", "Gemma2ForCausalLM"),
        tokenizer(*GEMMA_TOKENIZERS),
        transformer("SanaTransformer2DModel"),
        autoencoder("AutoencoderDC"),
        FLOW_SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"gemma2"}), tokens=300, values=LARGE),),
    scheduler="scheduler",
    latents=LatentFormat(channels=32, scale=0.41407, spatial_factor=32),
    memory=MemoryFactors(denoiser_maps=15, decoder_maps=3.25),
    defaults=Defaults(steps=20, guidance_scale=4.5, size=1024),
    process=NoiseProcess.FLOW,
    untested_languages=("zh",),
    arguments={"use_resolution_binning": False, "clean_caption": False},
    width_keys=("num_attention_heads", "attention_head_dim"),
)
