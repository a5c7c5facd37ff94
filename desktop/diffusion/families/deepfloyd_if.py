"""DeepFloyd IF: Imagen's design, on pixels. The second stage enlarges the pictures of the first. Torch-free."""

from __future__ import annotations

from dataclasses import replace

from .description import T5_TOKENIZERS, Defaults, Family, LatentFormat, MemoryFactors, Normalisation, t5, text_encoder, tokenizer, unused
from .stable_diffusion import DENOISER, SCHEDULER

_UNUSED = (
    unused("safety_checker", "deepfloyd_if", "IFSafetyChecker"),
    unused("feature_extractor", "transformers", "CLIPImageProcessor", "CLIPFeatureExtractor"),
    unused("watermarker", "deepfloyd_if", "IFWatermarker"),
)

DEEPFLOYD_IF = Family(
    name="DeepFloyd IF",
    pipeline="IFPipeline",
    parts=(text_encoder("T5EncoderModel"), tokenizer(*T5_TOKENIZERS), DENOISER, SCHEDULER, *_UNUSED),
    denoiser="unet",
    autoencoder="",
    text_encoders=(t5(77),),
    scheduler="scheduler",
    latents=LatentFormat(channels=3, spatial_factor=1, multiple=8, normalisation=Normalisation.PIXELS),
    memory=MemoryFactors(denoiser_maps=28, decoder_maps=0),  # as Stable Diffusion 1, not measured
    defaults=Defaults(steps=50, guidance_scale=7.0, size=64),
    calls="deepfloyd_if_calls",
    samplers=frozenset({"DDPM", "DPM++ 2M", "DPM++ 2M Karras", "DPM++ 2M SDE"}),  # that know learned variances
    arguments={"clean_caption": False},
    construction={"requires_safety_checker": False},
)
DEEPFLOYD_IF_SECOND = replace(  # it reads the prompt as the first stage has encoded it: each has a copy of the same text encoder
    DEEPFLOYD_IF,
    name="DeepFloyd IF, second stage",
    pipeline="IFSuperResolutionPipeline",
    parts=(
        unused("text_encoder", "transformers", "T5EncoderModel"),
        unused("tokenizer", "transformers", *T5_TOKENIZERS),
        DENOISER,
        SCHEDULER,
        replace(SCHEDULER, name="image_noising_scheduler"),
        *_UNUSED,
    ),
    text_encoders=(),
    defaults=Defaults(steps=50, guidance_scale=4.0, size=256),
    refines=DEEPFLOYD_IF.name,
    enlarges=4,
    handed={"output_type": "pt"},
)
