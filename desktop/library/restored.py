"""From values that a file claims to a valid recipe, and the list of what could not be restored."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from dataclasses import asdict, replace

from ..diffusion import fields
from ..diffusion.adapters import Adapter
from ..diffusion.recipe import Recipe, Turn
from ..diffusion.samplers import sampler
from ..errors import SamplerUnknown

MOST_SHOWN = 80  # characters of a lost value that are shown

_NUMBER = re.compile(r"-?\d{1,20}(\.\d{0,20})?(e-?\d{1,3})?")


def valid(recipe: Recipe, lost: Mapping[str, object]) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe with valid text and our names of samplers, and the lost values as text: "name: value", or the name alone."""
    lost = dict(lost)
    model, refiner = whole_text(recipe.model.fingerprint), whole_text(recipe.refiner.fingerprint)
    recipe = recipe.with_values(
        **{entry.key: whole_text(value) for entry in fields.FIELDS if entry.part and isinstance(value := recipe.value(entry.key), str)}
    )
    recipe = replace(
        recipe,
        model=replace(recipe.model, fingerprint=model),
        refiner=replace(recipe.refiner, fingerprint=refiner),
        adapters=_valid_adapters(recipe.adapters),
        embeddings=_valid_adapters(recipe.embeddings),
    )
    if "sampler" not in lost:
        try:
            recipe = recipe.with_values(sampler=sampler(recipe.sampling.sampler).name)
        except SamplerUnknown:
            lost["sampler"] = recipe.sampling.sampler
            recipe = recipe.with_values(sampler=Recipe().sampling.sampler)
    try:
        turns = tuple(map(_valid_turn, recipe.turns))
    except SamplerUnknown:
        lost["turns"], turns = [asdict(turn) for turn in recipe.turns], ()
    return replace(recipe, turns=turns), tuple(said(name, value) for name, value in lost.items())


def said(name: str, value: object = None) -> str:
    """A lost value as one short text: "name: value", or the name alone if it has none."""
    words = value if isinstance(value, str) else "" if value is None else reprlib.repr(value)  # which bounds depth and length
    text = whole_text(f"{name}: {words}" if words else name)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def as_number(value: object) -> object:
    """A text that is a number as that number; any other value unchanged, so that it is listed as lost."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value or "e" in value else int(value)


def whole_text(text: str) -> str:
    """`text` without zero bytes and unpaired surrogates, which files cannot hold."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _valid_adapters(adapters: tuple[Adapter, ...]) -> tuple[Adapter, ...]:
    return tuple(replace(adapter, name=whole_text(adapter.name)) for adapter in adapters)


def _valid_turn(turn: Turn) -> Turn:
    """The turn with valid text and our name of its sampler. Raises `SamplerUnknown`."""
    changes: dict[str, object] = {key: whole_text(value) if isinstance(value, str) else value for key, value in turn.changes.items()}
    changes |= {key: _valid_adapters(value) for key, value in changes.items() if isinstance(value, tuple)}
    if isinstance(name := changes.get("sampler"), str):
        changes["sampler"] = sampler(name).name
    return Turn(turn.after, changes)
