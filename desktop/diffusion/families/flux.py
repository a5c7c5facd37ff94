"""FLUX.1: dev and schnell. Torch-free."""

from __future__ import annotations

from .description import (
    DISTILLED,
    FLOW_SCHEDULER,
    T5_TOKENIZERS,
    Capabilities,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    NoiseProcess,
    Variant,
    autoencoder,
    t5,
    text_encoder,
    tokenizer,
    transformer,
)
from .stable_diffusion import FIRST_TEXT_ENCODER, FIRST_TOKENIZER, UNUSED, clip

FLUX = Family(
    name="FLUX.1",
    pipeline="FluxPipeline",
    parts=(
        FIRST_TEXT_ENCODER,
        FIRST_TOKENIZER,
        text_encoder("T5EncoderModel", name="text_encoder_2"),
        tokenizer(*T5_TOKENIZERS, name="tokenizer_2"),
        transformer("FluxTransformer2DModel"),
        autoencoder("AutoencoderKL"),
        FLOW_SCHEDULER,
        *UNUSED,
    ),
    denoiser="transformer",
    autoencoder="vae",
    text_encoders=(clip(is_whole=False), t5(512, "text_encoder_2", "tokenizer_2")),
    scheduler="scheduler",
    latents=LatentFormat(channels=16, scale=0.3611, shift=0.1159, packing=2, multiple=2, tiny="taef1"),
    memory=MemoryFactors(denoiser_maps=17.5, decoder_maps=3, pictures=1, text=512),
    defaults=Defaults(steps=28, guidance_scale=3.5, size=1024),
    variants=(Variant("transformer", "guidance_embeds", False, Defaults(steps=4, guidance_scale=1.0, size=1024), DISTILLED),),
    process=NoiseProcess.FLOW,
    capabilities=Capabilities(negative_prompt=False, asks_twice=False),
    native_key="",
    width_keys=("num_attention_heads", "attention_head_dim"),
)
