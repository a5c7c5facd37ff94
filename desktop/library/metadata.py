"""Metadata in picture files: our JSON with the whole recipe, and the texts of other programs, of which we write A1111's too."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .. import __version__
from ..diffusion.recipe import Recipe, is_newer
from . import foreign
from .foreign import Found
from .restored import valid, whole_text

SCHEMA = 1
OURS = "safelight"  # keyword in a PNG
KEYWORDS = (OURS, *foreign.KEYWORDS)  # of all texts in a PNG that may hold a recipe


@dataclass(frozen=True, slots=True)
class Story:
    """What the metadata of a picture file says about how the picture was made."""

    recipe: Recipe | None = None
    lost: tuple[str, ...] = ()  # what could not be restored: "field: value", or the field alone
    environment: dict[str, object] = field(default_factory=dict)
    created: datetime | None = None
    step: tuple[int, int] | None = None  # (k, n): the estimate of step k of n, not the finished picture
    pixels_sha256: str = ""  # of the raw RGB bytes
    is_newer: bool = False  # a newer Safelight wrote the recipe, which was not read
    program: str = ""  # that wrote the recipe; "" for Safelight
    model_hash: str = ""  # of another program's model: first hex digits of the sha256 of its file

    @property
    def run(self) -> str:
        """The id of the run that made the picture; "" if unknown."""
        run = self.environment.get("run")
        return run if isinstance(run, str) else ""


# -- our JSON


def to_json(recipe: Recipe, environment: Mapping[str, object], created: datetime, step: tuple[int, int] | None, pixels_sha256: str) -> str:
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
    recipe, lost = valid(*Recipe.from_dict(data["recipe"]))
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
    """The contents of the texts of a file: of our JSON if there is one, else of another program. `unreadable`: names of damaged texts."""
    if OURS in texts and (story := from_json(texts[OURS])):
        return story
    damaged = {name if name == OURS else foreign.PARAMETERS for name in unreadable} | (texts.keys() & {OURS})
    found = foreign.read(texts)
    return of_another_program(found, tuple(sorted(damaged))) if found else Story(lost=tuple(sorted(damaged)))


def of_another_program(found: Found, damaged: tuple[str, ...] = ()) -> Story:
    return Story(recipe=found.recipe, lost=found.lost + damaged, program=found.program, model_hash=found.model_hash)


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
