"""CogView 4. Reads English and Chinese. Torch-free."""

from __future__ import annotations

from .description import (
    FLOW_SCHEDULER,
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

COGVIEW_4 = Family(
    name="CogView 4",
    pipeline="CogView4Pipeline",
    parts=(
        text_encoder("GlmModel", "GlmForCausalLM"),
        tokenizer("PreTrainedTokenizerFast", "TokenizersBackend"),
        transformer("CogView4Transformer2DModel"),
        autoencoder("AutoencoderKL"),
        FLOW_SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"glm"}), tokens=1024, values=LARGE),),
    scheduler="scheduler",
    latents=LatentFormat(channels=16, scale=1.0, multiple=2),
    memory=MemoryFactors(denoiser_maps=12.8, decoder_maps=3, pictures=1, text=224),
    defaults=Defaults(steps=30, guidance_scale=5.0, size=1024),
    process=NoiseProcess.FLOW,
    languages=("en", "zh"),
    width_keys=("num_attention_heads", "attention_head_dim"),
)
