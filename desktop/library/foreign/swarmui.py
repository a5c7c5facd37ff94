"""The JSON of SwarmUI: `{"sui_image_params": {…}, "sui_extra_data": {…}, "sui_models": […]}`.

It is the text `parameters` of a PNG, the EXIF UserComment of others, or a file `<name>.swarm.json` beside the picture
(`T2IParamInput.cs`, `ImageFile.cs`, `Session.cs`). Names are those of the parameters in lower case, letters only; numbers may
be strings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .findings import CLIP_SKIP, CONTROLNET, MORE_PROMPTS, REFERENCE, REFINER, SOURCE, UPSCALING, VAE, VARIATION, Findings, Found, named
from .grammar import LORA

PROGRAM = "SwarmUI"

_READ = {
    "prompt",
    "negativeprompt",
    "seed",
    "steps",
    "cfgscale",
    "width",
    "height",
    "sampler",
    "scheduler",
    "model",
    "loras",
    "loraweights",
}
_HARMLESS = {
    "images",
    "swarm_version",
    "aspectratio",
    "sidelength",
    "automaticvae",
    "resolution",
    "modelspecificenhancements",
    "batchsize",
    "nopreviews",
    "donotsave",
    "imageformat",
    "personalnote",
    "wildcardseed",
    "wildcardseedbehavior",
    "colordepth",
    "outputintermediateimages",
    "is_starred",
}
_CAPTIONS = (
    (re.compile("initimage|maskimage|mask"), SOURCE),
    (re.compile("refinerupscale"), UPSCALING),
    (re.compile("refiner"), REFINER),
    (re.compile("controlnet"), CONTROLNET),
    (re.compile("promptimages|revision|useipadapter|ipadapter"), REFERENCE),
    (re.compile("variationseed"), VARIATION),
    (re.compile("vae"), VAE),
    (re.compile("clipstopatlayer"), CLIP_SKIP),
    (re.compile("lora"), LORA),
    (re.compile("original_"), MORE_PROMPTS),  # before wildcards were chosen
)


def is_metadata(data: object) -> bool:
    """Whether `data`, read from JSON, is SwarmUI's."""
    return isinstance(data, dict) and isinstance(data.get("sui_image_params"), dict)


def read(data: Mapping[str, object]) -> Found:
    params = data["sui_image_params"]
    assert isinstance(params, dict)  # see `is_metadata`
    findings = Findings(PROGRAM)
    findings.prompts(params.get("prompt"), params.get("negativeprompt"))
    findings.take(params, seed="seed", steps="steps", guidance_scale="cfgscale", width="width", height="height")
    if params.get("sampler") is not None:
        findings.sampler(params["sampler"], params.get("scheduler", ""))
    findings.model(params.get("model"))  # its hash in sui_models leaves out the header of the file
    names, weights = (_members(params.get(key)) for key in ("loras", "loraweights"))
    for index, name in enumerate(names):
        findings.lora(name, weights[index] if index < len(weights) else None)
    others: dict[str, list[str]] = {}
    for name, value in params.items():
        if name not in _READ | _HARMLESS and value not in (None, "", False, "None", "false"):
            caption = next((caption for pattern, caption in _CAPTIONS if pattern.match(name)), name)
            others.setdefault(caption, []).append(f"{name} {named(value)}".strip() if caption != name else named(value))
    for caption, values in others.items():
        findings.lose(caption, ", ".join(values))
    return findings.found()


def _members(value: object) -> list[str]:
    """A list of texts, which earlier versions joined by commas."""
    given = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [str(each).strip() for each in given if isinstance(each, (str, int, float))]
