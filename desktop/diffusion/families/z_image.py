"""Z-Image: base and Turbo. Reads English and Chinese. Torch-free."""

from __future__ import annotations

from .description import (
    FLOW_SCHEDULER,
    LARGE,
    NAME,
    QWEN_TOKENIZERS,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    NoiseProcess,
    TextEncoder,
    Variant,
    autoencoder,
    text_encoder,
    tokenizer,
    transformer,
)

Z_IMAGE = Family(
    name="Z-Image",
    pipeline="ZImagePipeline",
    parts=(
        text_encoder("Qwen3Model", "Qwen3ForCausalLM"),
        tokenizer(*QWEN_TOKENIZERS),
        transformer("ZImageTransformer2DModel"),
        autoencoder("AutoencoderKL"),
        FLOW_SCHEDULER,
    ),
    denoiser="transformer",
    autoencoder="vae",
    # Its chat template adds eight tokens, all in the limit.
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"qwen3"}), tokens=512, marks=8, values=LARGE),),
    scheduler="scheduler",
    latents=LatentFormat(channels=16, scale=0.3611, shift=0.1159, multiple=2, tiny="taef1"),
    memory=MemoryFactors(denoiser_maps=16, decoder_maps=3, text=128),
    defaults=Defaults(steps=30, guidance_scale=5.0, size=1024),
    variants=(Variant(NAME, "turbo", True, Defaults(steps=8, guidance_scale=1.0, size=1024)),),
    process=NoiseProcess.FLOW,
    languages=("en", "zh"),
    guidance_offset=-1.0,
    native_key="",
    width_keys=("dim",),
)
