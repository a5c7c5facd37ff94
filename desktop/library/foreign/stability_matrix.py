"""The JSON of Stability Matrix: the EXIF ImageDescription of a WebP (`GenerationParameters.cs`). Its PNGs carry A1111's text."""

from __future__ import annotations

from collections.abc import Mapping

from .findings import Findings, Found
from .grammar import Grammar

PROGRAM = "Stability Matrix"


def is_metadata(data: object) -> bool:
    """Whether `data`, read from JSON, is that of Stability Matrix."""
    return isinstance(data, dict) and "PositivePrompt" in data


def read(data: Mapping[str, object]) -> Found:
    findings = Findings(PROGRAM, Grammar.A1111)
    findings.prompts(data.get("PositivePrompt"), data.get("NegativePrompt"))
    findings.take(data, steps="Steps", guidance_scale="CfgScale", seed="Seed", width="Width", height="Height")
    name = data.get("Sampler")
    if isinstance(name, str):
        schedule = next((each for each in ("Karras", "Exponential") if name.endswith(f" {each}")), "")
        findings.sampler(name.removesuffix(f" {schedule}") if schedule else name, schedule)
    elif name is not None:
        findings.sampler(name)
    findings.model(data.get("ModelName"), data.get("ModelHash"))
    return findings.found()
