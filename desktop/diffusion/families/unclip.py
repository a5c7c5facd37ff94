"""UnCLIP: DALL·E 2's design. A picture embedding from the prompt, pixels from the embedding, twice enlarged. Torch-free."""

from __future__ import annotations

from .description import WEIGHTS, Capabilities, Defaults, Family, LatentFormat, MemoryFactors, Normalisation, Part, text_encoder
from .stable_diffusion import FIRST_TOKENIZER, clip

_SCHEDULER = frozenset({"UnCLIPScheduler"})


def _network(name: str, kind: str) -> Part:
    return Part(name, "diffusers", frozenset({kind}), weights=WEIGHTS)


UNCLIP = Family(
    name="UnCLIP",
    pipeline="UnCLIPPipeline",
    parts=(
        text_encoder("CLIPTextModelWithProjection"),
        FIRST_TOKENIZER,
        Part("text_proj", "unclip", frozenset({"UnCLIPTextProjModel"}), weights=WEIGHTS),
        _network("prior", "PriorTransformer"),
        _network("decoder", "UNet2DConditionModel"),
        _network("super_res_first", "UNet2DModel"),
        _network("super_res_last", "UNet2DModel"),
        Part("prior_scheduler", "diffusers", _SCHEDULER),
        Part("decoder_scheduler", "diffusers", _SCHEDULER),
        Part("super_res_scheduler", "diffusers", _SCHEDULER),
    ),
    denoiser="super_res_last",  # which makes the picture, and so knows its size
    autoencoder="",
    text_encoders=(clip(),),
    scheduler="decoder_scheduler",
    latents=LatentFormat(channels=3, spatial_factor=1, normalisation=Normalisation.PIXELS),
    memory=MemoryFactors(denoiser_maps=28, decoder_maps=0),  # as Stable Diffusion 1, not measured
    defaults=Defaults(steps=25, guidance_scale=8.0, size=256),
    calls="unclip_calls",
    capabilities=Capabilities(negative_prompt=False, size=False, loras=False),
    samplers=frozenset({"DDPM"}),  # of which its own is a kind
    has_own_samplers=True,
    needs_float32=True,
    steps_key="decoder_num_inference_steps",
    guidance_key="decoder_guidance_scale",
)
