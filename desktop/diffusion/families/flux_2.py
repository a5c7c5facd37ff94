"""FLUX.2 dev. Torch-free."""

from __future__ import annotations

from .description import (
    FLOW_SCHEDULER,
    LARGE,
    Capabilities,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    NoiseProcess,
    Normalisation,
    Part,
    TextEncoder,
    autoencoder,
    text_encoder,
    transformer,
)

DENOISER = transformer("Flux2Transformer2DModel")
AUTOENCODER = autoencoder("AutoencoderKLFlux2")
LATENTS = LatentFormat(channels=32, packing=2, multiple=2, normalisation=Normalisation.BATCH)
MEMORY = MemoryFactors(denoiser_maps=22, decoder_maps=3, pictures=1, text=512)

FLUX_2 = Family(
    name="FLUX.2",
    pipeline="Flux2Pipeline",
    parts=(
        text_encoder("Mistral3ForConditionalGeneration"),
        Part("tokenizer", "transformers", frozenset({"PixtralProcessor"}), reader="chat_processor"),
        DENOISER,
        AUTOENCODER,
        FLOW_SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    # The system message and the marks around it and the prompt are about forty tokens, all in the limit.
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"mistral3"}), tokens=512, marks=40, values=LARGE),),
    scheduler="scheduler",
    latents=LATENTS,
    memory=MEMORY,
    defaults=Defaults(steps=28, guidance_scale=4.0, size=1024),
    calls="flux_2_calls",
    process=NoiseProcess.FLOW,
    untested_languages=("zh",),
    capabilities=Capabilities(negative_prompt=False, asks_twice=False),
    native_key="",
    width_keys=("num_attention_heads", "attention_head_dim"),
)
