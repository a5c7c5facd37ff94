"""Metadata in picture files: the text that A1111 and similar programs read, and our JSON with the whole recipe.

A1111 (`parameters`): the prompt, `Negative prompt: …`, and a last line of `Key: value` pairs, values with `,`, `:` or
a line break in JSON quotes. Its reader is stable-diffusion-webui's `infotext_utils.py`; ours follows that one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from .. import __version__
from ..diffusion import fields
from ..diffusion.fields import Editor
from ..diffusion.recipe import Recipe, Turn, is_newer
from ..diffusion.samplers import sampler
from ..errors import SamplerUnknown

SCHEMA = 1
INFOTEXT, OURS = "parameters", "safelight"  # keywords in a PNG
NEGATIVE = "Negative prompt:"

_PAIR = re.compile(r'(\w[\w \-/]{1,63}):\s{0,8}("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_MOST_LINE = 1 << 16  # characters of the last line that are parsed
_SIZE = re.compile(r"(\d{1,9})x(\d{1,9})")
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{0,20})?(e-?\d{1,3})?")
_MOST_SHOWN = 80  # characters of a lost value that are shown

# A1111 stores the spacing of sigmas apart from the sampler's name. A missing entry means "Automatic" there: Karras for
# DPM++ 2M, exponential for its SDE. We therefore always write the spacing of these samplers.
_SCHEDULE_TYPES = {
    "DPM++ 2M": ("DPM++ 2M", "Uniform"),
    "DPM++ 2M Karras": ("DPM++ 2M", "Karras"),
    "DPM++ 2M SDE": ("DPM++ 2M SDE", "Uniform"),
}
_SAMPLERS = {pair: name for name, pair in _SCHEDULE_TYPES.items()} | {("DPM++ 2M", "Automatic"): "DPM++ 2M Karras"}
_OLDER = re.compile(r"(.{1,40}) (Karras|Exponential)")  # before A1111 1.9 the spacing was part of the name
_PLAIN_SCHEDULES = {"", "Automatic", "Uniform", "Normal"}
_HARMLESS = {  # describe the picture but do not determine it
    "Size",
    "Schedule type",
    "Model hash",
    "VAE hash",
    "Lora hashes",
    "TI hashes",
    "Hashes",
    "Civitai resources",
    "Version",
    "User",
    "Created Date",
    "Saved step",
}


@dataclass(frozen=True, slots=True)
class Story:
    """What the metadata of a picture file says about how the picture was made."""

    recipe: Recipe | None = None
    lost: tuple[str, ...] = ()  # what could not be restored: "field: value", or the field alone
    environment: dict[str, Any] = field(default_factory=dict)
    created: datetime | None = None
    step: tuple[int, int] | None = None  # (k, n): the estimate of step k of n, not the finished picture
    pixels_sha256: str = ""  # of the raw RGB bytes
    is_newer: bool = False  # a newer Safelight wrote the recipe, which was not read


# -- A1111's text


def infotext(recipe: Recipe, facts: Mapping[str, object] | None = None) -> str:
    """The A1111 text of the settings of the last step of `recipe`; that format has no turns. `facts` are further pairs to write."""
    if recipe.turns:
        facts = {"Turned after": "; ".join(str(turn.after) for turn in recipe.turns), **(facts or {})}
        recipe = recipe.final
    pairs: dict[str, object] = {}
    for entry in fields.FIELDS:
        value = recipe.value(entry.key)
        match entry.editor:
            case Editor.SAMPLER:
                pairs[entry.infotext], schedule = _SCHEDULE_TYPES.get(value, (value, ""))
                if schedule:
                    pairs["Schedule type"] = schedule
            case Editor.SIDE:
                pairs["Size"] = f"{recipe.size.width}x{recipe.size.height}"
            case Editor.DECIMAL if entry.infotext:
                pairs[entry.infotext] = _number(value)
            case _ if entry.infotext:
                pairs[entry.infotext] = value
    pairs |= {"RNG": "CPU", **(facts or {}), "Version": f"Safelight {__version__}"}
    lines = [recipe.prompt.text]
    if recipe.prompt.negative:
        lines.append(f"{NEGATIVE} {recipe.prompt.negative}")
    lines.append(", ".join(f"{key}: {_quote(value)}" for key, value in pairs.items()))
    return whole_text("\n".join(lines))


def read_infotext(text: str) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe in an A1111 text, written by us or another program, and the values that could not be restored."""
    *lines, last = text.strip().split("\n")
    pairs = {key.strip(): _unquote(value.strip()) for key, value in _PAIR.findall(last[:_MOST_LINE])}
    if len(pairs) < 3:
        lines.append(last)
        pairs = {}
    prompts: list[list[str]] = [[], []]  # the prompt's lines, the negative prompt's
    negative = False
    for line in map(str.strip, lines):
        if not negative and line.startswith(NEGATIVE):
            negative, line = True, line[len(NEGATIVE) :].strip()
        prompts[negative].append(line)
    values: dict[str, Any] = {"prompt": "\n".join(prompts[0]), "negative_prompt": "\n".join(prompts[1])}
    known = {entry.infotext: entry for entry in fields.FIELDS if entry.infotext}
    for key, entry in known.items():
        if key in pairs:
            values[entry.key] = pairs[key] if entry.editor.type is str else _as_number(pairs[key])
    if size := _SIZE.fullmatch(pairs.get("Size", "")):
        values |= {"width": int(size[1]), "height": int(size[2])}
    others = [
        f"{key}: {value}" for key, value in pairs.items() if key not in known and key not in _HARMLESS and (key, value) != ("RNG", "CPU")
    ]
    if "sampler" in values:
        values["sampler"], schedule = _sampler_name(values["sampler"], pairs.get("Schedule type", ""))
        if schedule:
            others.append(f"Schedule type: {schedule}")
    recipe, lost = _known(*Recipe.from_values(values))
    return recipe, lost + tuple(map(_short, others))


# -- our JSON


def to_json(recipe: Recipe, environment: Mapping[str, Any], created: datetime, step: tuple[int, int] | None, pixels_sha256: str) -> str:
    return whole_text(
        json.dumps(
            {
                "schema": SCHEMA,
                "version": __version__,
                "recipe": recipe.to_dict(),
                "environment": environment,
                "created": created.isoformat(),
                "step": step,
                "pixels_sha256": pixels_sha256,
            },
            ensure_ascii=False,
            default=str,
        )
    )


def from_json(text: str) -> Story | None:
    """The contents of our JSON; None if `text` is something else. It is untrusted: values of a wrong type are left out."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("recipe"), dict):
        return None
    if is_newer(data["recipe"]):
        return Story(is_newer=True)
    recipe, lost = _known(*Recipe.from_dict(data["recipe"]))
    environment, step, digest = data.get("environment"), data.get("step"), data.get("pixels_sha256")
    return Story(
        recipe=recipe,
        lost=lost,
        environment=environment if isinstance(environment, dict) else {},
        created=_moment(data.get("created")),
        step=(step[0], step[1]) if isinstance(step, list) and len(step) == 2 and all(type(k) is int for k in step) else None,
        pixels_sha256=digest if isinstance(digest, str) else "",
    )


# -- both


def read(texts: Mapping[str, str], unreadable: Collection[str] = ()) -> Story:
    """The contents of the texts of a file: of our JSON if there is one, else of A1111's text. `unreadable`: names of damaged texts."""
    if OURS in texts and (story := from_json(texts[OURS])):
        return story
    damaged = tuple(sorted({*unreadable, *(texts.keys() & {OURS})}))
    text = texts.get(INFOTEXT, "")
    if not text.strip() or _is_json(text):  # SwarmUI and Fooocus store other JSON under this keyword
        return Story(lost=damaged)
    recipe, lost = read_infotext(text)
    return Story(recipe=recipe, lost=lost + damaged)


def whole_text(text: str) -> str:
    """`text` without zero bytes and unpaired surrogates, which files cannot hold."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _known(recipe: Recipe, lost: dict[str, Any]) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe with valid text and our names of samplers, and the lost values as text."""
    lost = dict(lost)
    fingerprint = whole_text(recipe.model.fingerprint)
    recipe = recipe.with_values(
        **{entry.key: whole_text(recipe.value(entry.key)) for entry in fields.FIELDS if entry.part and entry.editor.type is str}
    )
    recipe = replace(recipe, model=replace(recipe.model, fingerprint=fingerprint))
    if "sampler" not in lost:
        try:
            recipe = recipe.with_values(sampler=sampler(recipe.sampling.sampler).name)
        except SamplerUnknown:
            lost["sampler"] = recipe.sampling.sampler
            recipe = recipe.with_values(sampler=Recipe().sampling.sampler)
    try:
        turns = tuple(map(_known_turn, recipe.turns))
    except SamplerUnknown:
        lost["turns"], turns = [asdict(turn) for turn in recipe.turns], ()
    said = (name if value is None else f"{name}: {value}" for name, value in lost.items())
    return replace(recipe, turns=turns), tuple(_short(whole_text(each)) for each in said)


def _known_turn(turn: Turn) -> Turn:
    """The turn with valid text and our name of its sampler. Raises `SamplerUnknown`."""
    changes = {key: whole_text(value) if isinstance(value, str) else value for key, value in turn.changes.items()}
    if "sampler" in changes:
        changes["sampler"] = sampler(changes["sampler"]).name
    return Turn(turn.after, changes)


def _sampler_name(name: str, schedule: str) -> tuple[str, str]:
    """Our name for A1111's pair of sampler and spacing, and the spacing if we have no such pair."""
    if not schedule and (older := _OLDER.fullmatch(name)):
        name, schedule = older[1], older[2]
    if (name, schedule) in _SAMPLERS:
        return _SAMPLERS[name, schedule], ""
    return name, "" if schedule in _PLAIN_SCHEDULES or name.endswith(f" {schedule}") else schedule


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _as_number(text: str) -> float | int | str:
    """`text` as a number; `text` itself if it is none, so that it is listed as lost."""
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text or "e" in text else int(text)


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


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"
