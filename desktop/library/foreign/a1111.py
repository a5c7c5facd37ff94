"""The text of A1111: the prompt, `Negative prompt: …`, and a last line of `Key: value` pairs.

Values with `,`, `:` or a line break are in JSON quotes. We write this text too. A1111's own reader is `infotext_utils.py` of
stable-diffusion-webui. The same text comes, with pairs of their own, from Forge, Fooocus (`meta_parser.py`), Stability Matrix
(`PngDataHelper.cs`), krita-ai-diffusion (`text.py`) and stable-diffusion.cpp (`common.cpp`, `get_image_params`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ... import __version__
from ...diffusion import fields
from ...diffusion.adapters import Adapter
from ...diffusion.fields import Editor
from ...diffusion.recipe import Recipe
from ..restored import as_number, said, whole_text
from .findings import (
    CLIP_SKIP,
    CONTROLNET,
    NOISE,
    REFERENCE,
    REFINER,
    SECOND_PASS,
    SOURCE,
    STYLES,
    UPSCALING,
    VAE,
    VARIATION,
    Findings,
    Found,
    model_name,
)
from .grammar import Grammar

NEGATIVE = "Negative prompt:"
OURS = "Safelight"
SHORT_HASH = 10  # digits

_PAIR = re.compile(r'(\w[\w \-/]{1,63}):\s{0,8}("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_MOST_LINE = 1 << 16  # characters of the last line that are parsed
_SIZE = re.compile(r"(\d{1,9})x(\d{1,9})")
_LORA_HASH = re.compile(r"([^:,]{1,200}):\s?([0-9a-fA-F]{8,64})(?:,\s?|$)")
_OUR_LORAS = re.compile(r"(?:(?:^| )<lora:[^<>:]{1,200}:[^<>:]{1,20}>)+$")
_SDCPP = ", SDCPP: {"  # stable-diffusion.cpp repeats everything as JSON at the end of the line

# A1111 stores the spacing of sigmas apart from the sampler's name. A missing entry means "Automatic" there: Karras for
# DPM++ 2M, exponential for its SDE. We therefore always write the spacing of these samplers.
_SCHEDULE_TYPES = {
    "DPM++ 2M": ("DPM++ 2M", "Uniform"),
    "DPM++ 2M Karras": ("DPM++ 2M", "Karras"),
    "DPM++ 2M SDE": ("DPM++ 2M SDE", "Uniform"),
    "DPM++ SDE": ("DPM++ SDE", "Uniform"),
    "Euler trailing": ("Euler", "SGM Uniform"),
    "DDIM trailing": ("DDIM", "SGM Uniform"),
}
_AUTOMATIC = {"DPM++ 2M": "Karras", "DPM++ 2M SDE": "Exponential", "DPM++ SDE": "Karras"}
# In the name of the sampler: A1111 before 1.9, and stable-diffusion.cpp.
_SPACINGS = "Karras|Exponential|(?:discrete|karras|exponential|sgm_uniform|simple|beta|ays|gits|lcm|kl_optimal|smoothstep|bong_tangent)"
_IN_NAME = re.compile(rf"(.{{1,40}}) ({_SPACINGS})")
# Names of krita-ai-diffusion's presets (samplers.json) that do not end with the name of a sampler.
_KRITA = {
    "Default - DPM++ 2M": ("DPM++ 2M", "karras"),
    "Creative - DPM++ 2M SDE": ("DPM++ 2M SDE", "karras"),
    "Fast - UniPC BH2": ("uni_pc_bh2", "gits"),
    "Euler beta": ("Euler", "beta"),
    "Lightning Merge - Euler A Uniform": ("Euler a", "sgm_uniform"),
    "Realtime - Hyper": ("Euler", "sgm_uniform"),
    "Realtime - LCM": ("LCM", "sgm_uniform"),
    "Realtime - Lightning": ("Euler", "sgm_uniform"),
    "SD3 - DPM++ 2M Uniform": ("DPM++ 2M", "sgm_uniform"),
    "Flux - Euler simple": ("Euler", "simple"),
    "Flux - Turbo": ("Euler", "simple"),
}
_HARMLESS = {  # describe the picture but do not determine it, or repeat what is read elsewhere
    "Size",
    "Schedule type",
    "Scheduler",
    "Raw prompt",
    "Raw negative prompt",
    "Model hash",
    "VAE hash",
    "Refiner hash",
    "Lora hashes",
    "TI hashes",
    "Hashes",
    "Civitai resources",
    "Civitai metadata",
    "Version",
    "User",
    "Created Date",
    "Saved step",
    "Performance",
    "Metadata scheme",
}
_NEUTRAL = {("RNG", "CPU"), ("RNG", "cpu"), ("Clip skip", "1"), ("VAE", "Default (model)"), ("VAE", "Automatic"), ("VAE", "None")}
_CAPTIONS = {
    "Clip skip": CLIP_SKIP,
    "VAE": VAE,
    "RNG": NOISE,
    "ENSD": NOISE,
    "Refiner": REFINER,
    "Denoising strength": SOURCE,
    "Init image hash": SOURCE,
    "Styles": STYLES,
    "Variation seed": VARIATION,
    "Postprocess upscaler": UPSCALING,
    "Postprocess upscale by": UPSCALING,
}
_GROUPS = {  # pairs that belong together are listed as one
    re.compile("Hires "): SECOND_PASS,
    re.compile(r"ControlNet\b"): CONTROLNET,
    re.compile("Refiner "): REFINER,
    re.compile("Variation seed "): VARIATION,
    re.compile("IP-?Adapter", re.IGNORECASE): REFERENCE,
    re.compile("Mask|Inpaint"): SOURCE,
    re.compile("ADetailer "): "ADetailer",
}


def write(recipe: Recipe, facts: Mapping[str, object] | None = None) -> str:
    """The A1111 text of the settings of the last step of `recipe`; that format has no turns. `facts` are further pairs to write."""
    if recipe.turns:
        facts = {"Turned after": "; ".join(str(turn.after) for turn in recipe.turns), **(facts or {})}
        recipe = recipe.final
    pairs: dict[str, object] = {}
    for entry in fields.FIELDS:
        value = recipe.value(entry.key)
        if not recipe.has_effect(entry):
            continue
        match entry.editor:
            case Editor.SAMPLER:
                pairs[entry.infotext], schedule = _SCHEDULE_TYPES.get(str(value), (value, ""))
                if schedule:
                    pairs["Schedule type"] = schedule
            case Editor.SIDE:
                pairs["Size"] = f"{recipe.size.width}x{recipe.size.height}"
            case Editor.DECIMAL if entry.infotext and isinstance(value, (int, float)):
                pairs[entry.infotext] = _number(value)
            case Editor.MODEL:
                if recipe.model.fingerprint:  # of a model in one file, its sha256, of which A1111 writes the beginning too
                    pairs["Model hash"] = recipe.model.fingerprint[:SHORT_HASH]
                pairs[entry.infotext] = value
            case Editor.REFINER if value:
                digest = recipe.refiner.fingerprint[:SHORT_HASH]
                pairs[entry.infotext] = f"{value} [{digest}]" if digest else value
            case Editor.REFINER:
                pass
            case _ if entry.key == "refine_from":
                pairs[entry.infotext] = _number(recipe.sampling.refine_from / 100)
            case _ if entry.infotext:
                pairs[entry.infotext] = value
    if hashes := {_lora_name(adapter): adapter.short_hash for adapter in recipe.adapters if adapter.short_hash}:
        pairs["Lora hashes"] = ", ".join(f"{name}: {short_hash}" for name, short_hash in hashes.items())
    if hashes := {_lora_name(each): each.short_hash for each in recipe.embeddings if each.short_hash}:
        pairs["TI hashes"] = ", ".join(f"{name}: {short_hash}" for name, short_hash in hashes.items())
    pairs |= {"RNG": "CPU", **(facts or {}), "Version": f"{OURS} {__version__}"}
    adapters = "".join(f" <lora:{_lora_name(adapter)}:{_number(adapter.weight)}>" for adapter in recipe.adapters)
    lines = [recipe.prompt.text + adapters]
    if recipe.prompt.negative:
        lines.append(f"{NEGATIVE} {recipe.prompt.negative}")
    lines.append(", ".join(f"{key}: {_quote(value)}" for key, value in pairs.items()))
    return whole_text("\n".join(lines))


def is_text(text: str) -> bool:
    """Whether `text` is plainly such a text, and not any words."""
    pairs = _pairs(text.strip().rpartition("\n")[2])
    return "Steps" in pairs and len(pairs) >= 3


def read(text: str, program: str = "") -> Found:
    """The recipe in an A1111 text, written by us or another program; `program`: its name where that is known already."""
    *lines, last = text.strip().split("\n")
    pairs = _pairs(last)
    if len(pairs) < 3:
        lines.append(last)
        pairs = {}
    prompts: list[list[str]] = [[], []]  # the prompt's lines, the negative prompt's
    negative = False
    for line in map(str.strip, lines):
        if not negative and line.startswith(NEGATIVE):
            negative, line = True, line[len(NEGATIVE) :].strip()
        prompts[negative].append(line)
    program = program or _program(pairs)
    findings = Findings(program, Grammar.COMFYUI if program in ("Krita AI Diffusion", "Fooocus", "ComfyUI") else Grammar.A1111)
    whole = ["\n".join(each) for each in prompts]
    whole = [pairs.get(key, given) for key, given in zip(("Raw prompt", "Raw negative prompt"), whole, strict=True)]
    if program:
        findings.prompts(*whole)
    else:
        written = _OUR_LORAS.search(whole[0])  # any other that looks like one was typed
        findings.take_adapters(written[0] if written else "")
        findings.values |= {"prompt": whole[0][: written.start()] if written else whole[0], "negative_prompt": whole[1]}
    findings.hash_adapters(dict(_LORA_HASH.findall(pairs.get("Lora hashes", ""))))
    for name, digest in _LORA_HASH.findall(pairs.get("TI hashes", "")):
        findings.embedding(name, digest)
    known = {entry.infotext: entry for entry in fields.FIELDS if entry.infotext}
    for name, entry in known.items():
        if name in pairs:
            findings.values[entry.key] = pairs[name] if entry.editor.type is str else as_number(pairs[name])
    if "refiner" in findings.values:
        findings.refiner(pairs["Refiner"], as_number(pairs.get("Refiner switch at")))
    if size := _SIZE.fullmatch(pairs.get("Size", "")):
        findings.values |= {"width": int(size[1]), "height": int(size[2])}
    if "Sampler" in pairs:
        findings.sampler(*_sampler(pairs["Sampler"], pairs.get("Schedule type", pairs.get("Scheduler", ""))))
    if "Model" in pairs:
        findings.model(pairs["Model"], pairs.get("Model hash"), is_exact=not program)
    _list_others(findings, {name: value for name, value in pairs.items() if name not in known}, program)
    return findings.found()


def _program(pairs: Mapping[str, str]) -> str:
    version = pairs.get("Version", "")
    if version.startswith(OURS):
        return ""
    for mark, name in (("stable-diffusion.cpp", "stable-diffusion.cpp"), ("Fooocus", "Fooocus"), ("ComfyUI", "ComfyUI")):
        if version.startswith(mark):
            return name
    if re.match(r"f\d", version):
        return "Forge"
    return "Krita AI Diffusion" if pairs.get("Model hash") == "unknown" else "A1111"


def _pairs(line: str) -> dict[str, str]:
    line = line[:_MOST_LINE].partition(_SDCPP)[0]
    return {key.strip(): _unquote(value.strip()) for key, value in _PAIR.findall(line)}


def _sampler(name: str, schedule: str) -> tuple[str, str]:
    """Name and spacing of a sampler. DPM++ 2M without any is that of A1111 before 1.9, which was plain."""
    if name in _KRITA:
        return _KRITA[name]
    name = name.rpartition(" - ")[2]  # a preset of krita-ai-diffusion
    if (found := _IN_NAME.fullmatch(name)) and schedule.casefold() in ("", found[2].casefold()):
        name, schedule = found[1], found[2]
    return name, _AUTOMATIC.get(name, "") if schedule == "Automatic" else schedule


def _list_others(findings: Findings, pairs: Mapping[str, str], program: str) -> None:
    """List the pairs that may affect the picture and have no place in a recipe."""
    groups: dict[str, list[str]] = {}
    for name, value in pairs.items():
        if name in _HARMLESS or (name, value) in _NEUTRAL:
            continue
        if program == "stable-diffusion.cpp" and name in ("Guidance", "Eta"):  # always written; for other families of models
            continue
        group = next((caption for pattern, caption in _GROUPS.items() if pattern.match(name)), None)
        if name == "Denoising strength" and any(other.startswith("Hires ") for other in pairs):
            group = SECOND_PASS
        if group:
            groups.setdefault(group, []).append(_short_of(name, value))
        else:
            findings.lose(_CAPTIONS.get(name, name), value if name != "VAE" else model_name(value))
    for caption, values in groups.items():
        findings.lose(caption, "; ".join(values))


def _short_of(name: str, value: str) -> str:
    """A pair of a group: ControlNet's own value is a list of pairs, of which its model says enough."""
    if found := re.search(r"\bModel: ([^,\[]{1,60})", value):
        return found[1].strip()
    return said(name.partition(" ")[2], value) if " " in name else value


def _lora_name(adapter: Adapter) -> str:
    """The name without characters that have a meaning in the prompt or in the list of hashes."""
    return re.sub(r"[:,<>\s]+", " ", adapter.name).strip() or "lora"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _quote(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(mark in text for mark in ",\n:") else text


def _unquote(text: str) -> str:
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text
