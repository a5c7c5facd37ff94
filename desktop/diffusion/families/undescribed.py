"""Pipelines of diffusers that make a picture from a prompt and that nobody has described yet: run by their signature. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .description import TRANSFORMER_MEMORY, WEIGHTS, Capabilities, Defaults, Family, LatentFormat, NoiseProcess, Part

PIPELINES = frozenset(
    f"{name}Pipeline"
    for name in (
        "AuraFlow",
        "Bria",
        "CogView3Plus",
        "ErnieImage",
        "HunyuanImage",
        "Ideogram4",
        "LongCatImage",
        "Lumina",
        "OvisImage",
        "PRX",
        "PixArtAlpha",
    )
)
# The samplers behind the classes of schedulers: such a pipeline is only called with its own.
OWN = {
    "DDIMScheduler": "DDIM",
    "DDPMScheduler": "DDPM",
    "DPMSolverMultistepScheduler": "DPM++ 2M",
    "EulerDiscreteScheduler": "Euler",
    "FlowMatchEulerDiscreteScheduler": "Euler",
    "FlowMatchHeunDiscreteScheduler": "Heun",
    "UniPCMultistepScheduler": "UniPC",
}
WITHOUT_WEIGHTS = ("Scheduler", "Tokenizer", "TokenizerFast", "Processor", "Extractor")
UNUSED = ("safety_checker", "feature_extractor", "image_encoder", "watermarker")


def undescribed(index: Mapping[str, Any]) -> Family | None:
    """A description made from this model_index.json; None for pipelines that are not of `PIPELINES` or cannot be run so."""
    kind = str(index.get("_class_name"))
    parts = {name: value for name, value in index.items() if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)}
    denoiser = next((name for name in ("transformer", "unet") if name in parts), None)
    scheduler = parts.get("scheduler", ["", ""])[1]
    if kind not in PIPELINES or denoiser is None or "vae" not in parts or scheduler not in OWN:
        return None
    is_flow = scheduler.startswith("FlowMatch")
    return Family(
        name=kind.removesuffix("Pipeline"),
        pipeline=kind,
        parts=tuple(_part(name, *value) for name, value in parts.items()),
        denoiser=denoiser,
        autoencoder="vae",
        text_encoders=(),
        scheduler="scheduler",
        latents=LatentFormat(channels=4, multiple=4),
        memory=TRANSFORMER_MEMORY,
        defaults=Defaults(steps=30, guidance_scale=5.0, size=1024),
        calls="undescribed_calls",
        process=NoiseProcess.FLOW if is_flow else NoiseProcess.DIFFUSION,
        capabilities=Capabilities(),
        samplers=frozenset({OWN[scheduler]}),
        arguments={"output_type": "pt", "use_resolution_binning": False},
        stage_keys=(),
        native_key="",
        width_keys=(),
        is_described=False,
    )


def _part(name: str, library: str, kind: str) -> Part:
    has_weights = not kind.endswith(WITHOUT_WEIGHTS)
    weights = (WEIGHTS if library == "diffusers" else "model") if has_weights else None
    return Part(name, library, frozenset({kind}), weights, needed=name not in UNUSED)
