"""FLUX.3 Klein: a modular pipeline, distilled to 16 steps; the autoencoder of FLUX.2. Torch-free.

Its language model that writes prompts anew is not run: prompts are read as they are typed.
"""

from __future__ import annotations

from dataclasses import replace

from .description import (
    FLOW_SCHEDULER,
    LARGE,
    Capabilities,
    Defaults,
    Family,
    NoiseProcess,
    TextEncoder,
    text_encoder,
    tokenizer,
    transformer,
)
from .flux_2 import AUTOENCODER, LATENTS, MEMORY

FLUX_3_KLEIN = Family(
    name="FLUX.3 Klein",
    pipeline="Flux3DistilledModularPipeline",
    parts=(
        text_encoder("Qwen3VLForConditionalGeneration"),
        replace(tokenizer("Qwen3VLProcessor", "AutoProcessor"), reader="chat_processor"),
        transformer("Flux3Transformer2DModel"),
        AUTOENCODER,
        replace(FLOW_SCHEDULER, made={"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 6.93}),
    ),
    denoiser="transformer",
    autoencoder="vae",
    # Its chat template adds eight tokens, all in the limit.
    text_encoders=(TextEncoder("text_encoder", "tokenizer", None, frozenset({"qwen3_vl"}), tokens=8192, marks=8, values=LARGE),),
    scheduler="scheduler",
    latents=LATENTS,
    memory=MEMORY,
    defaults=Defaults(steps=16, guidance_scale=1.0, size=1024),
    calls="flux_3_klein_calls",
    process=NoiseProcess.FLOW,
    untested_languages=("zh",),
    capabilities=Capabilities(negative_prompt=False, guidance=False),
    samplers=frozenset({"Euler"}),  # its denoiser is told the timestep of the next step
    native_key="",
    width_keys=("num_attention_heads", "attention_head_dim"),
)
