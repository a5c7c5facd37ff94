"""Pipelines of diffusers that make a picture from a prompt and that nobody has described yet: run by their signature. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .description import TRANSFORMER_MEMORY, WEIGHTS, Capabilities, Defaults, Family, LatentFormat, NoiseProcess, Part, Variant

# By class without "Pipeline": what the signature of its call tells. Where it tells no guidance scale: 5; no size: 0, as the denoiser tells.
PIPELINES = {
    "Amused": Defaults(12, 10.0, 0),
    "AuraFlow": Defaults(50, 3.5, 1024),
    "Bria": Defaults(30, 5.0, 0),
    "BriaFibo": Defaults(30, 5.0, 0),
    "CogView3Plus": Defaults(50, 5.0, 0),
    "ErnieImage": Defaults(50, 4.0, 1024),
    "GlmImage": Defaults(50, 1.5, 0),
    "HiDreamImage": Defaults(50, 5.0, 0),
    "HunyuanDiTPAG": Defaults(50, 5.0, 0),
    "HunyuanImage": Defaults(50, 5.0, 0),
    "Ideogram4": Defaults(48, 5.0, 2048),
    "Kandinsky3": Defaults(25, 3.0, 1024),
    "Kandinsky5T2I": Defaults(50, 3.5, 1024),
    "KandinskyV22Combined": Defaults(100, 4.0, 512),
    "LongCatImage": Defaults(50, 4.5, 0),
    "Lumina": Defaults(30, 4.0, 0),
    "NucleusMoEImage": Defaults(50, 4.0, 0),
    "OmniGen": Defaults(50, 2.5, 0),
    "OvisImage": Defaults(50, 5.0, 0),
    "PixArtAlpha": Defaults(20, 4.5, 0),
    "PixArtSigmaPAG": Defaults(20, 4.5, 0),
    "SanaPAG": Defaults(20, 4.5, 1024),
    "StableCascadeCombined": Defaults(12, 4.0, 512),
    "StableDiffusion3PAG": Defaults(28, 7.0, 0),
    "StableDiffusionPAG": Defaults(50, 7.5, 0),
    "StableDiffusionXLPAG": Defaults(50, 5.0, 0),
}
LORAS = frozenset(  # those of `PIPELINES` that load LoRAs
    {
        "AuraFlow",
        "BriaFibo",
        "ErnieImage",
        "HiDreamImage",
        "Ideogram4",
        "Kandinsky3",
        "Kandinsky5T2I",
        "StableDiffusion3PAG",
        "StableDiffusionPAG",
        "StableDiffusionXLPAG",
    }
)
SIZE = 1024  # px of a side, where nothing tells
DENOISERS = ("transformer", "unet", "decoder")  # the names of those that make the picture, not of those before them
# By the name of the autoencoder. The multiples suit all pipelines with such a one.
LATENTS = {
    "vae": LatentFormat(channels=4, multiple=4),
    "movq": LatentFormat(channels=4, multiple=8),
    "vqgan": LatentFormat(channels=4, spatial_factor=4, multiple=32),
    "vqvae": LatentFormat(channels=4, multiple=4),
}
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
OTHER = {NoiseProcess.FLOW: "Euler", NoiseProcess.DIFFUSION: "DDPM"}  # what stands for those of other classes
EXACT = ("DDPMWuerstchenScheduler",)  # those whose timesteps the pipeline rounds to its precision: they then differ from the planned ones
WITHOUT_WEIGHTS = ("Scheduler", "Tokenizer", "TokenizerFast", "Processor", "ProcessorFast", "ProcessorPil", "Extractor", "Guidance")
UNUSED = ("safety_checker", "feature_extractor", "image_encoder", "watermarker")
# Classes that lie in packages of pipelines: an index names the package in place of the library.
PACKAGED = frozenset({("stable_diffusion", "StableDiffusionSafetyChecker"), ("wuerstchen", "PaellaVQModel")})


def undescribed(index: Mapping[str, Any]) -> Family | None:
    """A description made from this model_index.json; None for pipelines that are not of `PIPELINES` or cannot be run so."""
    kind = str(index.get("_class_name")).removesuffix("Pipeline")
    parts = {name: value for name, value in index.items() if isinstance(value, list) and len(value) == 2 and _is_part(value)}
    classes = {name: kind for name, (_, kind) in parts.items() if kind is not None}
    denoiser = next((name for name in DENOISERS if name in classes), None)
    autoencoder = next((name for name in LATENTS if name in classes), None)
    scheduler = classes.get("scheduler")
    if kind not in PIPELINES or denoiser is None or autoencoder is None or scheduler is None:
        return None
    process = NoiseProcess.FLOW if scheduler.startswith("FlowMatch") else NoiseProcess.DIFFUSION
    told = PIPELINES[kind]
    defaults = told if told.size else replace(told, size=SIZE)
    schedulers = [name for name in classes if name.endswith("scheduler")]
    return Family(
        name=kind,
        pipeline=f"{kind}Pipeline",
        parts=tuple(_part(name, *value) for name, value in parts.items()),
        denoiser=denoiser,
        autoencoder=autoencoder,
        text_encoders=(),
        scheduler="scheduler",
        latents=LATENTS[autoencoder],
        memory=TRANSFORMER_MEMORY,
        defaults=defaults,
        calls="undescribed_calls",
        process=process,
        capabilities=Capabilities(loras=kind in LORAS),
        variants=(Variant("scheduler", "prediction_type", "flow_prediction", defaults, {"process": NoiseProcess.FLOW}),),
        samplers=frozenset({OWN.get(scheduler, OTHER[process])}),
        has_own_samplers=len(schedulers) > 1 or scheduler not in OWN,
        needs_float32=scheduler in EXACT,
        arguments={"output_type": "pt", "use_resolution_binning": False},
        stage_keys=(),
        native_key="" if told.size else "sample_size",
        width_keys=(),
        decoder_width_keys=("decoder_block_out_channels", "block_out_channels", "decoder_base_dim", "base_dim", "embed_dim"),
        is_described=False,
    )


def _is_part(value: list[object]) -> bool:
    return value == [None, None] or all(isinstance(each, str) for each in value)


def _part(name: str, library: str | None, kind: str | None) -> Part:
    """One that the model lacks is not needed."""
    if library is None or kind is None:
        return Part(name, "", frozenset(), needed=False)
    has_weights = not kind.endswith(WITHOUT_WEIGHTS)
    weights = (WEIGHTS if library != "transformers" else "model") if has_weights else None
    return Part(name, library, frozenset({kind}), weights, needed=name not in UNUSED)
