"""The JSON of Fooocus: the text `parameters` of a PNG, or the EXIF UserComment (`meta_parser.py`, `FooocusMetadataParser`)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .findings import CLIP_SKIP, REFINER, STYLES, VAE, Findings, Found, named

PROGRAM = "Fooocus"

_RESOLUTION = re.compile(r"\(?\s*(\d{1,9})\s*[,×x*]\s*(\d{1,9})\s*\)?")


def is_metadata(data: object) -> bool:
    """Whether `data`, read from JSON, is Fooocus's."""
    return isinstance(data, dict) and "prompt" in data and ("base_model" in data or "metadata_scheme" in data)


def read(data: Mapping[str, object]) -> Found:
    findings = Findings(PROGRAM)
    findings.prompts(data.get("prompt"), data.get("negative_prompt"))
    findings.take(data, steps="steps", guidance_scale="guidance_scale", seed="seed")
    resolution = data.get("resolution")
    if isinstance(resolution, str) and (size := _RESOLUTION.fullmatch(resolution)):
        findings.values |= {"width": int(size[1]), "height": int(size[2])}
    if data.get("sampler") is not None:
        findings.sampler(data["sampler"], data.get("scheduler", ""))
    findings.model(data.get("base_model"), data.get("base_model_hash"))
    loras = data.get("loras")
    for entry in loras if isinstance(loras, list) else []:  # [name, weight, hash]
        if isinstance(entry, list) and entry:
            findings.lora(entry[0], entry[1] if len(entry) > 1 else None, entry[2] if len(entry) > 2 else "")
    if data.get("styles") not in (None, "", "[]"):  # texts that Fooocus puts around the prompt
        findings.lose(STYLES, named(data["styles"]).strip("[]").replace("'", ""))
    if data.get("vae") != "Default (model)":
        findings.lose_all(data, vae=VAE)
    if data.get("clip_skip") not in (1, "1"):
        findings.lose_all(data, clip_skip=CLIP_SKIP)
    findings.lose_all(
        data, refiner_model=REFINER, sharpness="Sharpness", adm_guidance="ADM Guidance", adaptive_cfg="Adaptive CFG", freeu="FreeU"
    )
    return findings.found()
