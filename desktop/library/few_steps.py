"""Few-step LoRAs: those that let a model draw in 2 to 8 steps, and the sampler, steps and guidance that each kind needs.

Nothing in a file says so reliably, so its name and title are read. Sources: the model cards of LCM-LoRA, SDXL-Lightning, Hyper-SD,
DMD2, PCM and Qwen-Image-Lightning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .adapter_file import AdapterFile

MOST_STEPS = 16
FLOW = {"FLUX.1", "FLUX.2", "Qwen-Image", "Z-Image", "Stable Diffusion 3", "Chroma", "Lumina 2"}  # families with samplers of their own


@dataclass(frozen=True, slots=True)
class Advice:
    """The settings that a few-step LoRA needs."""

    kind: str  # as people call it; not translated
    steps: int
    sampler: str = ""  # "": the one that is chosen
    guidance_scale: float | None = None  # None: as it is
    weight: float = 1.0  # of the LoRA

    @property
    def values(self) -> dict[str, int | float | str]:
        """By recipe field."""
        values: dict[str, int | float | str] = {"steps": self.steps}
        if self.sampler:
            values["sampler"] = self.sampler
        if self.guidance_scale is not None:
            values["guidance_scale"] = self.guidance_scale
        return values


_KINDS = (  # the longer names first
    (re.compile(r"lightning"), "Lightning", 4, "Euler trailing", 1.0),
    (re.compile(r"hyper[ _-]?(sd|flux|\d)|hypersd|\bhyper\b"), "Hyper-SD", 8, "DDIM trailing", 1.0),
    (re.compile(r"\bdmd2?\b"), "DMD", 4, "LCM", 1.0),
    (re.compile(r"\blcm\b|latent[ _-]?consistency"), "LCM", 4, "LCM", 1.5),
    (re.compile(r"\btcd\b"), "TCD", 4, "TCD", 1.0),
    (re.compile(r"\bpcm\b"), "PCM", 4, "LCM", 1.0),
    (re.compile(r"\bturbo\b"), "Turbo", 4, "Euler trailing", 1.0),
)
_STEPS = re.compile(r"(\d{1,2})[ _-]?steps?\b")


def weight(file: AdapterFile) -> float | None:
    """The strength that `file` is made for, or that other programs keep for it; None if that is unknown."""
    if file.weight is not None:
        return file.weight
    needed = advice(file)
    return needed.weight if needed else None


def advice(file: AdapterFile) -> Advice | None:
    """What `file` needs if it is a few-step LoRA; None for any other."""
    words = " ".join([file.path.stem, file.title, file.metadata.get("ss_output_name", "")]).casefold()
    separated = re.sub(r"[_.\s]+", " ", re.sub(r"(?<=[a-z])lora\b", " lora", words))
    for pattern, kind, usual, sampler, guidance in _KINDS:
        if not pattern.search(separated):
            continue
        found = _STEPS.search(separated)
        steps = int(found[1]) if found and 1 <= int(found[1]) <= MOST_STEPS else usual
        if file.family in FLOW:
            if file.family != "FLUX.1":
                return Advice(kind, steps, guidance_scale=1.0)
            return Advice(kind, steps if found else 8, weight=0.125 if kind == "Hyper-SD" else 1.0)
        if kind == "Hyper-SD" and "cfg" in separated:
            guidance = 5.0
        if kind == "Hyper-SD" and steps == 1:
            sampler = "TCD"
        return Advice(kind, steps, sampler, guidance)
    return None
