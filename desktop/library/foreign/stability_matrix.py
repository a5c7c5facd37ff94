"""The JSON of Stability Matrix: the EXIF ImageDescription of a WebP (`GenerationParameters.cs`). Its PNGs carry A1111's text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .findings import Findings, Found
from .grammar import Grammar

PROGRAM = "Stability Matrix"


def is_metadata(data: Any) -> bool:
    """Whether `data`, read from JSON, is that of Stability Matrix."""
    return isinstance(data, dict) and "PositivePrompt" in data


def read(data: Mapping[str, Any]) -> Found:
    findings = Findings(PROGRAM, Grammar.A1111)
    findings.prompts(data.get("PositivePrompt"), data.get("NegativePrompt"))
    findings.take(data, steps="Steps", guidance_scale="CfgScale", seed="Seed", width="Width", height="Height")
    name = data.get("Sampler")
    schedule = next((each for each in ("Karras", "Exponential") if isinstance(name, str) and name.endswith(f" {each}")), "")
    if name is not None:
        findings.sampler(name.removesuffix(f" {schedule}") if schedule else name, schedule)
    findings.model(data.get("ModelName"), data.get("ModelHash"))
    return findings.found()
