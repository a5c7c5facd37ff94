"""Drafts: the typed text, the settings, the queue and the prompt history, which survive a close or a crash."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from ..diffusion.adapters import MOST_ADAPTERS, Adapter
from ..diffusion.fields import Captions
from ..diffusion.recipe import Recipe
from ..errors import DraftsIgnored, DraftsLost, DraftsNewer, DraftsRestored, SafelightError
from .guarded_file import GuardedFile

SCHEMA = 3  # recipes of schema 4; 2 held those of schema 3, 1 older ones
MOST_PROMPTS = 200
MOST_PICTURES = 1000


@dataclass(frozen=True, slots=True)
class Chosen:
    """A LoRA in Create, used for the next pictures if it is on."""

    adapter: Adapter
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue: `pictures` pictures of `recipe`."""

    recipe: Recipe
    pictures: int = 1
    run: str = ""  # id of the run of the first picture; it may have a recording


@dataclass(frozen=True, slots=True)
class Drafts:
    """Text and settings of Create that have not been used for a picture yet."""

    recipe: Recipe = field(default_factory=Recipe)  # both prompts as typed, and all settings
    seed_locked: bool = False
    pictures: int = 1
    up_next: tuple[Waiting, ...] = ()  # in order
    history: tuple[str, ...] = ()  # prompts, newest last
    loras: tuple[Chosen, ...] = ()  # all of them, in order; the recipe has those that are used


class DraftsFile:
    """The file of the drafts, written at most once a second while the user types. A restored queue is held until the user resumes it."""

    def __init__(self, path: Path) -> None:
        self._file = GuardedFile(path, SCHEMA)
        self._unknown: dict[str, Any] = {}

    def load(self) -> tuple[Drafts, SafelightError | None]:
        """The drafts, and a problem to report, if any."""
        found = self._file.read()
        drafts, ignored = _read(found.values)
        self._unknown = {name: value for name, value in found.values.items() if name not in _to_values(Drafts())}
        problem = found.problem(DraftsNewer, DraftsRestored, DraftsLost)
        return drafts, problem or (DraftsIgnored(names=Captions.of(ignored)) if ignored else None)

    def save(self, drafts: Drafts) -> None:
        """Write `drafts`. Raises OSError; the file then keeps its contents."""
        self._file.write(self._unknown | _to_values(drafts))


def _to_values(drafts: Drafts) -> dict[str, Any]:
    return {
        "recipe": drafts.recipe.to_dict(),
        "seed_locked": drafts.seed_locked,
        "pictures": drafts.pictures,
        "up_next": [{"recipe": waiting.recipe.to_dict(), "pictures": waiting.pictures, "run": waiting.run} for waiting in drafts.up_next],
        "history": list(drafts.history),
        "loras": [{"adapter": asdict(chosen.adapter), "on": chosen.is_on} for chosen in drafts.loras],
    }


def _read(values: dict[str, Any]) -> tuple[Drafts, list[str]]:
    """The drafts in `values`, and the names of the values that could not be read."""
    ignored: list[str] = []

    def sound(name: str, value: Any, kind: type) -> bool:
        if type(value) is not kind:
            ignored.append(name)
        return type(value) is kind

    def items(name: str, kind: type) -> list[Any]:
        value = values.get(name, [])
        return [item for item in value if sound(name, item, kind)] if sound(name, value, list) else []

    def recipe_of(data: Any) -> Recipe:
        recipe, lost = Recipe.from_dict(data)
        ignored.extend(lost)
        return recipe

    def pictures_of(value: Any) -> int:
        if sound("pictures", value, int) and 1 <= value <= MOST_PICTURES:
            return value
        ignored.append("pictures")
        return 1

    def run_of(value: Any) -> str:
        with contextlib.suppress(ValueError):
            if sound("run", value, str) and (not value or str(UUID(value)) == value):
                return value
        ignored.append("run")
        return ""

    def lora_of(value: dict[str, Any]) -> Chosen | None:
        with contextlib.suppress(TypeError, ValueError):
            if sound("loras", value.get("on"), bool):
                return Chosen(Adapter.read(value.get("adapter")), value["on"])
        ignored.append("loras")
        return None

    drafts = Drafts(
        recipe=recipe_of(values["recipe"]) if "recipe" in values else Recipe(),
        seed_locked=sound("seed_locked", values.get("seed_locked", False), bool) and values.get("seed_locked", False),
        pictures=pictures_of(values.get("pictures", 1)),
        up_next=tuple(
            Waiting(recipe_of(item.get("recipe")), pictures_of(item.get("pictures", 1)), run_of(item.get("run", "")))
            for item in items("up_next", dict)
        ),
        history=tuple(items("history", str))[-MOST_PROMPTS:],
        loras=tuple(filter(None, map(lora_of, items("loras", dict))))[:MOST_ADAPTERS],
    )
    return drafts, ignored
