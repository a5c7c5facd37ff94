"""DeepFloyd IF, first stage: Imagen's design, on pixels. Torch-free."""

from __future__ import annotations

from .description import T5_TOKENIZERS, Defaults, Family, LatentFormat, MemoryFactors, Normalisation, t5, text_encoder, tokenizer, unused
from .stable_diffusion import DENOISER, SCHEDULER

DEEPFLOYD_IF = Family(
    name="DeepFloyd IF",
    pipeline="IFPipeline",
    parts=(
        text_encoder("T5EncoderModel"),
        tokenizer(*T5_TOKENIZERS),
        DENOISER,
        SCHEDULER,
        unused("safety_checker", "deepfloyd_if", "IFSafetyChecker"),
        unused("feature_extractor", "transformers", "CLIPImageProcessor", "CLIPFeatureExtractor"),
        unused("watermarker", "deepfloyd_if", "IFWatermarker"),
    ),
    denoiser="unet",
    autoencoder="",
    text_encoders=(t5(77),),
    scheduler="scheduler",
    latents=LatentFormat(channels=3, spatial_factor=1, multiple=8, normalisation=Normalisation.PIXELS),
    memory=MemoryFactors(denoiser_maps=28, decoder_maps=0),  # as Stable Diffusion 1, not measured
    defaults=Defaults(steps=50, guidance_scale=7.0, size=64),
    samplers=frozenset({"DDPM", "DPM++ 2M", "DPM++ 2M Karras", "DPM++ 2M SDE"}),  # that know learned variances
    arguments={"clean_caption": False},
    construction={"requires_safety_checker": False},
)
