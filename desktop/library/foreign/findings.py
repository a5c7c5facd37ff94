"""What a reader of another program's metadata finds, gathered and turned into a recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...diffusion import fields, samplers
from ...diffusion.adapters import Adapter
from ...diffusion.recipe import Recipe
from ...errors import QT_TRANSLATE_NOOP, SamplerUnknown
from ..restored import as_number, said, valid, whole_text
from .grammar import EMBEDDING, LORA, Grammar, Untranslatable, translated, with_plain_embeddings, without_adapters

# Names of what a recipe cannot hold, as they are listed. `Captions` translates them.
SCHEDULE = QT_TRANSLATE_NOOP("Safelight", "Noise schedule")
NOISE = QT_TRANSLATE_NOOP("Safelight", "Noise source")
CLIP_SKIP = QT_TRANSLATE_NOOP("Safelight", "Clip skip")
VAE = QT_TRANSLATE_NOOP("Safelight", "VAE")
REFINER = QT_TRANSLATE_NOOP("Safelight", "Refiner")
SECOND_PASS = QT_TRANSLATE_NOOP("Safelight", "Second pass (hires fix)")
UPSCALING = QT_TRANSLATE_NOOP("Safelight", "Upscaling")
SOURCE = QT_TRANSLATE_NOOP("Safelight", "Source picture")
CONTROLNET = QT_TRANSLATE_NOOP("Safelight", "ControlNet")
REFERENCE = QT_TRANSLATE_NOOP("Safelight", "Reference picture")
STYLES = QT_TRANSLATE_NOOP("Safelight", "Styles")
VARIATION = QT_TRANSLATE_NOOP("Safelight", "Variation seed")
MORE_PROMPTS = QT_TRANSLATE_NOOP("Safelight", "Further prompt")
NODES = QT_TRANSLATE_NOOP("Safelight", "Other nodes")

MOST_LOST = 15  # entries in one sentence; a large graph has hundreds

_NAMED_SCHEDULES = {"karras", "sgm_uniform"}  # which we have as samplers of their own
_PLAIN_SCHEDULES = {"", "automatic", "uniform", "normal", "discrete", "default", "ddim", "ddim_uniform"}
_SUFFIX = re.compile(r"\.(?:safetensors|ckpt|pt|pth|bin|gguf|sft)$", re.IGNORECASE)
_DIGEST = re.compile(r"\s\[[0-9a-fA-F]{6,64}\]$")
_HASH = re.compile(r"(?:0x)?([0-9a-f]{8,64})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """The recipe in the metadata of another program."""

    program: str  # its name; "" for our own text
    recipe: Recipe
    lost: tuple[str, ...]  # what could not be restored: "name: value", or the name alone
    model_hash: str = ""  # first hex digits of the sha256 of the file with the model, or of one of its parts


@dataclass(slots=True)
class Findings:
    """Values by recipe field, as a file gives them: unchecked, possibly numbers as text; and the names of all else that counts."""

    program: str
    grammar: Grammar = Grammar.COMFYUI
    values: dict[str, object] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    model_hash: str = ""
    adapters: list[dict[str, object]] = field(default_factory=list)
    embeddings: dict[str, dict[str, object]] = field(default_factory=dict)  # by folded name

    def take(self, data: Mapping[str, object], **names: str) -> None:
        """Take the values of `data`; `names`: recipe field → name in `data`."""
        for key, name in names.items():
            if name in data and data[name] is not None:
                self.values[key] = as_number(data[name])

    def prompts(self, text: object, negative: object) -> None:
        """The prompt and the negative prompt; None for one that is empty."""
        for key, given in (("prompt", text), ("negative_prompt", negative)):
            self.values[key] = "" if given is None else given
            if isinstance(given, str):
                if key == "prompt":
                    given = self.take_adapters(given)
                if self.grammar is Grammar.COMFYUI:
                    given, names = with_plain_embeddings(given, model_name)
                    for name in names:
                        self.embedding(name)
                try:
                    self.values[key], lost = translated(whole_text(given), self.grammar)
                    self.lost += lost
                except Untranslatable:
                    del self.values[key]
                    self.lose(key, given)

    def sampler(self, name: object, schedule: object = "") -> None:
        """The sampler, and the spacing of its sigmas where the program names that apart."""
        self.values["sampler"] = name
        if not isinstance(schedule, str):
            self.lose(SCHEDULE, schedule)
            return
        if not isinstance(name, str):
            return
        plain = schedule.casefold().replace(" ", "_")
        if plain in _NAMED_SCHEDULES and _is_known(f"{name} {plain}"):
            self.values["sampler"] = f"{name} {plain}"
        elif plain not in _PLAIN_SCHEDULES and not name.casefold().endswith(f" {plain}"):
            self.lose(SCHEDULE, schedule)

    def model(self, name: object, digest: object = None, is_exact: bool = False) -> None:
        """The model by its name or file, and by the sha256 of the file or its first digits; `is_exact`: the name is one of ours."""
        if isinstance(name, str):
            self.values["model"] = name if is_exact else model_name(name)
        elif name is not None:
            self.values["model"] = name
        if isinstance(digest, str) and (found := _HASH.fullmatch(digest)):
            self.model_hash = found[1].lower()

    def refiner(self, name: str, share: object) -> None:
        """The refiner by its name, perhaps with a hash in brackets, and the share of the steps before it, 0…1."""
        self.values["refiner"] = _DIGEST.sub("", name)
        if isinstance(share, (int, float)):
            self.values["refine_from"] = round(100 * share)

    def take_adapters(self, prompt: str) -> str:
        """Take the LoRAs that `prompt` names, and return the rest of it."""
        prompt, named_there = without_adapters(prompt)
        for name, weight in named_there:
            self.lora(name, weight)
        return prompt

    def lora(self, name: object, weight: object = None, digest: object = "") -> None:
        """A LoRA by its name or file, and by the hash that A1111 gives it, or the first digits of the sha256 of its file."""
        if not isinstance(name, str) or name in ("", "None"):
            return
        weight = as_number(weight)
        plain = {"name": model_name(name), "weight": 1.0 if weight is None else weight}
        if isinstance(digest, str) and (found := _HASH.fullmatch(digest)):
            plain["short_hash"] = found[1].lower()[:12]
        try:
            if not fields.named("adapters").allows((Adapter.read(plain),)):
                raise ValueError("weight")
        except (TypeError, ValueError):
            self.lose(LORA, model_name(name) if weight is None else f"{model_name(name)} {weight}")
        else:
            same = next((each for each in self.adapters if each["name"] == plain["name"]), None)
            if same is None:
                self.adapters.append(plain)
            elif same["weight"] != plain["weight"]:
                self.lose(LORA, f"{plain['name']} {plain['weight']}")

    def embedding(self, name: str, digest: str = "") -> None:
        """An embedding by its name or file, which stands in a prompt, and by the first digits of the sha256 of its file."""
        name = model_name(name)
        found = _HASH.fullmatch(digest)
        plain: dict[str, object] = {"name": name, "weight": 1.0} | ({"short_hash": found[1].lower()[:12]} if found else {})
        try:
            Adapter.read(plain)
        except (TypeError, ValueError):
            self.lose(EMBEDDING, name)
        else:
            known = self.embeddings.setdefault(name.lower(), plain)
            known |= plain if found else {}

    def hash_adapters(self, hashes: Mapping[str, str]) -> None:
        """Add the hashes of LoRAs by their names, in which A1111 leaves out colons and commas."""
        for adapter in self.adapters:
            digest = hashes.get(re.sub("[:,]", "", str(adapter["name"])), "")
            if "short_hash" not in adapter and (found := _HASH.fullmatch(digest)):
                adapter["short_hash"] = found[1].lower()[:12]

    def lose(self, name: str, value: object = None) -> None:
        """List what has no place in a recipe."""
        self.lost.append(said(name, value))

    def lose_all(self, data: Mapping[str, object], **names: str) -> None:
        """List every value of `data` that is there and not empty; `names`: name in `data` → name in the list."""
        for name, caption in names.items():
            if (value := data.get(name)) and value not in ("None", "none", "0", "False"):
                self.lose(caption, named(value))

    def found(self) -> Found:
        recipe, lost = valid(*Recipe.from_values(self.values | {"adapters": self.adapters, "embeddings": list(self.embeddings.values())}))
        every = tuple(dict.fromkeys((*lost, *self.lost)))
        return Found(self.program, recipe, every if len(every) <= MOST_LOST else (*every[: MOST_LOST - 1], "…"), self.model_hash)


def named(value: object) -> str:
    """A JSON value in a few words: a model by its name, a list by its members; "" for what has no short form."""
    match value:
        case str():
            return value
        case bool() | None:
            return ""
        case int() | float():
            return str(value)
        case list():
            return ", ".join(filter(None, map(named, value[:5])))
        case dict():
            for key in ("name", "model_name", "model", "lora", "control_model", "image_name"):
                if key in value:
                    return named(value[key])
    return ""


def model_name(file: str) -> str:
    """The name of a model from the path of its file, of any system."""
    return _SUFFIX.sub("", re.split(r"[/\\]", file)[-1].strip())


def _is_known(name: str) -> bool:
    try:
        samplers.sampler(name)
    except SamplerUnknown:
        return False
    return True
