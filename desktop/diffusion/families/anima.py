"""Anima: a modular pipeline, the denoiser of Cosmos with a text encoder of its own. Torch-free."""

from __future__ import annotations

from .description import (
    FLOW_SCHEDULER,
    LARGE,
    QWEN_TOKENIZERS,
    T5_TOKENIZERS,
    TRANSFORMER_MEMORY,
    WEIGHTS,
    Defaults,
    Family,
    LatentFormat,
    NoiseProcess,
    Normalisation,
    Part,
    TextEncoder,
    autoencoder,
    text_encoder,
    tokenizer,
    transformer,
)

ANIMA = Family(
    name="Anima",
    pipeline="AnimaModularPipeline",
    parts=(
        text_encoder("Qwen3Model"),
        tokenizer(*QWEN_TOKENIZERS),
        tokenizer(*T5_TOKENIZERS, name="t5_tokenizer"),
        Part("text_conditioner", "diffusers", frozenset({"AnimaTextConditioner"}), weights=WEIGHTS),
        transformer("CosmosTransformer3DModel"),
        autoencoder("AutoencoderKLQwenImage"),
        FLOW_SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"qwen3"}), tokens=512, values=LARGE),),
    scheduler="scheduler",
    latents=LatentFormat(channels=16, multiple=2, normalisation=Normalisation.CHANNELS),
    memory=TRANSFORMER_MEMORY,
    defaults=Defaults(steps=30, guidance_scale=4.0, size=1024),
    calls="anima_calls",
    process=NoiseProcess.FLOW,
    untested_languages=("zh",),
    halving_key="temperal_downsample",
    native_key="",
    width_keys=("num_attention_heads", "attention_head_dim"),
    decoder_width_keys=("base_dim",),
)
