"""Sana and Sana Sprint. Their text encoder reads a long instruction before the prompt. Torch-free."""

from __future__ import annotations

from dataclasses import replace

from .description import (
    FLOW_SCHEDULER,
    GEMMA_TOKENIZERS,
    LARGE,
    Capabilities,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    NoiseProcess,
    Part,
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
SANA_SPRINT = replace(
    SANA,
    name="Sana Sprint",
    pipeline="SanaSprintPipeline",
    parts=(*(part for part in SANA.parts if part.name != "scheduler"), Part("scheduler", "diffusers", frozenset({"SCMScheduler"}))),
    memory=replace(SANA.memory, pictures=1),
    defaults=Defaults(steps=2, guidance_scale=4.5, size=1024),
    calls="sana_sprint_calls",
    process=NoiseProcess.DIFFUSION,  # keeps the variance; its timesteps are angles from π/2 to 0
    distilled_key="guidance_embeds",
    capabilities=Capabilities(negative_prompt=False, asks_twice=False),
)
