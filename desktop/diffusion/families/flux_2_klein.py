"""FLUX.2 Klein: distilled and base; the networks of FLUX.2, smaller, with another text encoder. Torch-free."""

from __future__ import annotations

from .description import (
    DISTILLED,
    FLOW_SCHEDULER,
    LARGE,
    QWEN_TOKENIZERS,
    Capabilities,
    Defaults,
    Family,
    NoiseProcess,
    TextEncoder,
    Variant,
    text_encoder,
    tokenizer,
)
from .flux_2 import AUTOENCODER, DENOISER, LATENTS, MEMORY

FLUX_2_KLEIN = Family(
    name="FLUX.2 Klein",
    pipeline="Flux2KleinPipeline",
    parts=(text_encoder("Qwen3ForCausalLM"), tokenizer(*QWEN_TOKENIZERS), DENOISER, AUTOENCODER, FLOW_SCHEDULER),
    denoiser="transformer",
    autoencoder="vae",
    # Its chat template adds twelve tokens, all in the limit.
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"qwen3"}), tokens=512, marks=12, values=LARGE),),
    scheduler="scheduler",
    latents=LATENTS,
    memory=MEMORY,
    defaults=Defaults(steps=50, guidance_scale=4.0, size=1024),
    variants=(Variant("", "is_distilled", True, Defaults(steps=4, guidance_scale=1.0, size=1024), DISTILLED),),
    process=NoiseProcess.FLOW,
    untested_languages=("zh",),
    capabilities=Capabilities(negative_prompt=False),
    native_key="",
    width_keys=("num_attention_heads", "attention_head_dim"),
)
