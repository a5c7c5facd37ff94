"""What InvokeAI writes: `invokeai_metadata` since version 3 (`invocations/metadata.py`), `sd-metadata` of 1.15 to 2.3, `Dream` before."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..restored import as_number
from .findings import CLIP_SKIP, CONTROLNET, MORE_PROMPTS, NOISE, REFERENCE, REFINER, SECOND_PASS, SOURCE, VAE, Findings, Found, named
from .grammar import Grammar

PROGRAM = "InvokeAI"

_NEGATIVE = re.compile(r"\[([^\[\]]+)\]")  # in the prompt, before version 3
_KARRAS = "_k"
_DREAM = re.compile(r'"(?P<prompt>.*)"(?P<options>(?: +-.*)?)', re.DOTALL)
_OPTION = re.compile(r" +--?([A-Za-z_]+)(?: +(?!-[A-Za-z])(\S+))?")
_OPTIONS = {"s": "steps", "S": "seed", "W": "width", "H": "height", "C": "guidance_scale"}
_LOST_OPTIONS = {
    "I": SOURCE,
    "init_img": SOURCE,
    "G": "facetool",
    "U": "upscale",
    "v": "variations",
    "V": "variations",
    "seamless": "seamless",
}


def is_metadata(data: object) -> bool:
    """Whether `data`, read from JSON, is that of version 3 and later."""
    return (
        isinstance(data, dict) and ("positive_prompt" in data or "generation_mode" in data) and ("app_version" in data or "model" in data)
    )


def is_earlier(data: object) -> bool:
    """Whether `data`, read from JSON, is that of versions 1.15 to 2.3."""
    return isinstance(data, dict) and "app_version" in data and isinstance(data.get("image"), dict)


def read(data: Mapping[str, object]) -> Found:
    findings = Findings(PROGRAM, Grammar.COMPEL)
    findings.prompts(data.get("positive_prompt"), data.get("negative_prompt"))
    findings.take(data, width="width", height="height", seed="seed", steps="steps", guidance_scale="cfg_scale")
    _take_sampler(findings, data.get("scheduler"))
    findings.model(named(data.get("model")) or None)
    loras = data.get("loras")
    for entry in loras if isinstance(loras, list) else []:
        if isinstance(entry, dict):
            weight = entry.get("weight")
            findings.lora(named(entry), weight if isinstance(weight, (int, float)) else None)
    for name in ("positive_style_prompt", "negative_style_prompt"):  # of SDXL; often the same as the prompt
        if (text := data.get(name)) and text != data.get(name.replace("_style", "")):
            findings.lose(MORE_PROMPTS, text)
    findings.lose_all(
        data,
        vae=VAE,
        clip_skip=CLIP_SKIP,
        controlnets=CONTROLNET,
        t2iAdapters=CONTROLNET,
        ipAdapters=REFERENCE,
        refiner_model=REFINER,
        hrf_enabled=SECOND_PASS,
        init_image=SOURCE,
    )
    mode = data.get("generation_mode")
    if isinstance(mode, str) and not mode.endswith("txt2img"):
        findings.lose(SOURCE, mode)
    findings.lose_all(data, seamless_x="seamless_x", seamless_y="seamless_y", cfg_rescale_multiplier="cfg_rescale_multiplier")
    if data.get("rand_device") not in (None, "cpu"):
        findings.lose(NOISE, named(data["rand_device"]))
    return findings.found()


def read_earlier(data: Mapping[str, object]) -> Found:
    findings = Findings(PROGRAM, Grammar.COMPEL)
    image = data["image"]
    assert isinstance(image, dict)  # see `is_earlier`
    prompt = image.get("prompt")
    if isinstance(prompt, list):  # of weighted prompts
        parts = [part.get("prompt") for part in prompt if isinstance(part, dict)]
        for part in parts[1:]:
            findings.lose(MORE_PROMPTS, part)
        prompt = parts[0] if parts else None
    if isinstance(prompt, str):
        _take_prompts(findings, prompt)
    findings.take(image, width="width", height="height", seed="seed", steps="steps", guidance_scale="cfg_scale")
    _take_sampler(findings, image.get("sampler"))
    findings.model(data.get("model_weights"), data.get("model_hash"))
    if image.get("type") not in (None, "txt2img"):
        findings.lose(SOURCE, named(image["type"]))
    findings.lose(NOISE, "cuda")  # always, before version 3
    findings.lose_all(image, init_image_path=SOURCE, facetool="facetool", upscale="upscale", variations="variations", hires_fix=SECOND_PASS)
    return findings.found()


def read_dream(text: str) -> Found | None:
    """The text `Dream`, as it was typed: the prompt in quotes, then options; None if `text` is another."""
    typed = _DREAM.fullmatch(text.strip())
    if typed is None:
        return None
    findings = Findings(PROGRAM, Grammar.COMPEL)
    _take_prompts(findings, typed["prompt"])
    for name, value in _OPTION.findall(typed["options"]):
        if name in _OPTIONS:
            findings.values[_OPTIONS[name]] = as_number(value)
        elif name == "A":
            _take_sampler(findings, value)
        elif name in _LOST_OPTIONS:
            findings.lose(_LOST_OPTIONS[name], value)
    findings.lose(NOISE, "cuda")
    return findings.found()


def _take_prompts(findings: Findings, prompt: str) -> None:
    """Both prompts from the one text of the versions before 3."""
    negative = ", ".join(found.strip(" ,") for found in _NEGATIVE.findall(prompt))
    findings.prompts(_NEGATIVE.sub("", prompt).strip(), negative)


def _take_sampler(findings: Findings, name: object) -> None:
    if isinstance(name, str):
        findings.sampler(name.removesuffix(_KARRAS), "karras" if name.endswith(_KARRAS) else "")
    elif name is not None:
        findings.values["sampler"] = name
