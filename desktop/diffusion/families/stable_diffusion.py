"""Stable Diffusion 1 and 2, and whatever shares their pipeline. Torch-free."""

from __future__ import annotations

from .description import (
    NAME,
    PRESENT,
    WEIGHTS,
    Capabilities,
    Defaults,
    Family,
    LatentFormat,
    MemoryFactors,
    Part,
    TextEncoder,
    Tokenization,
    Variant,
    autoencoder,
    text_encoder,
    tokenizer,
    unused,
)

SCHEDULERS = frozenset(
    f"{name}Scheduler"
    for name in (
        "DDIM",
        "DDPM",
        "DEISMultistep",
        "DPMSolverMultistep",
        "DPMSolverSinglestep",
        "EulerAncestralDiscrete",
        "EulerDiscrete",
        "HeunDiscrete",
        "KDPM2AncestralDiscrete",
        "KDPM2Discrete",
        "LCM",
        "LMSDiscrete",
        "PNDM",
        "SASolver",
        "TCD",
        "UniPCMultistep",
    )
)
# As in transformers 5, tokenization_clip.py.
CLIP_BPE = Tokenization(
    words=r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+",
    begin="<|startoftext|>",
    end="<|endoftext|>",
    word_end="</w>",
)


def clip(part: str = "text_encoder", tokenizer: str = "tokenizer", is_whole: bool = True) -> TextEncoder:
    models = frozenset({"clip_text_model", "clip"})
    return TextEncoder(part, tokenizer, CLIP_BPE, models, tokens=77, limit_key="max_position_embeddings", is_whole=is_whole)


SCHEDULER = Part("scheduler", "diffusers", SCHEDULERS)
FIRST_TEXT_ENCODER = text_encoder("CLIPTextModel")
FIRST_TOKENIZER = tokenizer("CLIPTokenizer", "CLIPTokenizerFast")
DENOISER = Part("unet", "diffusers", frozenset({"UNet2DConditionModel"}), weights=WEIGHTS)
AUTOENCODER = autoencoder("AutoencoderKL", "AutoencoderTiny")
SAFETY_CHECKER = unused("safety_checker", "stable_diffusion", "StableDiffusionSafetyChecker")
UNUSED = (
    unused("feature_extractor", "transformers", "CLIPImageProcessor", "CLIPFeatureExtractor"),
    unused("image_encoder", "transformers", "CLIPVisionModelWithProjection"),
)

_LCM = Defaults(steps=8, guidance_scale=7.5, size=512, sampler="LCM")

STABLE_DIFFUSION = Family(
    name="Stable Diffusion 1 and 2",
    pipeline="StableDiffusionPipeline",
    parts=(FIRST_TEXT_ENCODER, FIRST_TOKENIZER, DENOISER, AUTOENCODER, SCHEDULER, SAFETY_CHECKER, *UNUSED),
    denoiser="unet",
    autoencoder="vae",
    text_encoders=(clip(),),
    scheduler="scheduler",
    latents=LatentFormat(channels=4, scale=0.18215, tiny="taesd"),
    # Measured with a model of Stable Diffusion 1.5's size at 256 and 512 px.
    memory=MemoryFactors(denoiser_maps=28, decoder_maps=3),
    defaults=Defaults(steps=50, guidance_scale=7.5, size=512),
    calls="stable_diffusion_calls",
    variants=(
        Variant("unet", "time_cond_proj_dim", PRESENT, _LCM),
        Variant("scheduler", "_class_name", "LCMScheduler", _LCM),
        Variant(NAME, r"\bsdxs|1-?step", True, Defaults(steps=1, guidance_scale=1.0, size=512)),
        Variant(NAME, "turbo", True, Defaults(steps=4, guidance_scale=1.0, size=512, sampler="Euler")),
    ),
    capabilities=Capabilities(weights=True, embeddings=True),
    construction={"requires_safety_checker": False},
)
