"""Drafts: the typed text, the settings, the queue, unfinished grids and the prompt history, which survive a close or a crash."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeGuard, TypeVar

from ..diffusion.adapters import MOST_ADAPTERS, Adapter
from ..diffusion.fields import Captions, named
from ..diffusion.recipe import MOST_CALLS, Recipe
from ..diffusion.run import is_uuid
from ..diffusion.samplers import SAMPLERS
from ..errors import DraftsIgnored, DraftsLost, DraftsNewer, DraftsRestored, SafelightError
from .guarded_file import GuardedFile

SCHEMA = 3  # recipes of schema 4; 2 held those of schema 3, 1 older ones
MOST_PROMPTS = 200
MOST_PICTURES = 1000
MOST_MODELS = 200  # whose settings are kept
PER_MODEL = ("sampler", "steps", "guidance_scale", "width", "height")  # settings that are kept for each model, by field key
ModelSettings = Mapping[str, str | int | float]  # by field key

T = TypeVar("T")


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
    pauses_after: int | None = None  # step after which each of the pictures pauses
    pauses: tuple[int, ...] = ()  # steps after which the first one pauses, once it has started
    until: int | None = None  # step at which it waits for a choice among seeds


@dataclass(frozen=True, slots=True)
class UnfinishedGrid:
    """A grid over two settings whose contact sheet is not saved yet."""

    title: str
    columns: tuple[str, ...]  # labels
    rows: tuple[str, ...]  # labels
    runs: tuple[tuple[str, ...], ...]  # ids of the runs of its pictures, by row
    pictures: Mapping[str, Path] = field(default_factory=dict)  # those that are saved, by the id of their run


@dataclass(frozen=True, slots=True)
class Drafts:
    """Text and settings of Create that have not been used for a picture yet."""

    recipe: Recipe = field(default_factory=Recipe)  # both prompts as typed, and all settings
    seed_locked: bool = False
    pictures: int = 1
    up_next: tuple[Waiting, ...] = ()  # in order
    grids: tuple[UnfinishedGrid, ...] = ()
    history: tuple[str, ...] = ()  # prompts, newest last
    loras: tuple[Chosen, ...] = ()  # all of them, in order; the recipe has those that are used
    settings: Mapping[str, ModelSettings] = field(default_factory=dict)  # that the user gave each model, by its path, the latest last


class DraftsFile:
    """The file of the drafts, written at most once a second while the user types. A restored queue is held until the user resumes it."""

    def __init__(self, path: Path) -> None:
        self._file = GuardedFile(path, SCHEMA)
        self._unknown: dict[str, object] = {}

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


def _to_values(drafts: Drafts) -> dict[str, object]:
    return {
        "recipe": drafts.recipe.to_dict(),
        "seed_locked": drafts.seed_locked,
        "pictures": drafts.pictures,
        "up_next": [
            {
                "recipe": waiting.recipe.to_dict(),
                "pictures": waiting.pictures,
                "run": waiting.run,
                "pauses_after": waiting.pauses_after,
                "pauses": list(waiting.pauses),
                "until": waiting.until,
            }
            for waiting in drafts.up_next
        ],
        "grids": [
            {
                "title": grid.title,
                "columns": list(grid.columns),
                "rows": list(grid.rows),
                "runs": [list(row) for row in grid.runs],
                "pictures": {run: str(path) for run, path in grid.pictures.items()},
            }
            for grid in drafts.grids
        ],
        "history": list(drafts.history),
        "loras": [{"adapter": asdict(chosen.adapter), "on": chosen.is_on} for chosen in drafts.loras],
        "settings": {model: dict(settings) for model, settings in list(drafts.settings.items())[-MOST_MODELS:]},
    }


def _read(values: dict[str, object]) -> tuple[Drafts, list[str]]:
    """The drafts in `values`, and the names of the values that could not be read."""
    ignored: list[str] = []

    def sound(value: object, kind: type[T], name: str) -> TypeGuard[T]:
        if type(value) is not kind:
            ignored.append(name)
        return type(value) is kind

    def items(name: str, kind: type[T]) -> list[T]:
        value = values.get(name, [])
        return [item for item in value if sound(item, kind, name)] if sound(value, list, name) else []

    def recipe_of(data: object) -> Recipe:
        recipe, lost = Recipe.from_dict(data)
        ignored.extend(lost)
        return recipe

    def pictures_of(value: object) -> int:
        if sound(value, int, "pictures") and 1 <= value <= MOST_PICTURES:
            return value
        ignored.append("pictures")
        return 1

    def run_of(value: object) -> str:
        if type(value) is str and (not value or is_uuid(value)):
            return value
        ignored.append("run")
        return ""

    def steps_of(value: object) -> tuple[int, ...]:
        if type(value) is list and all(type(step) is int and 0 <= step <= MOST_CALLS for step in value):
            return tuple(value)
        ignored.append("pauses_after")
        return ()

    def step_of(value: object) -> int | None:
        return None if value is None else next(iter(steps_of([value])), None)

    def waiting_of(item: dict[str, object]) -> Waiting:
        return Waiting(
            recipe_of(item.get("recipe")),
            pictures_of(item.get("pictures", 1)),
            run_of(item.get("run", "")),
            step_of(item.get("pauses_after")),
            steps_of(item.get("pauses", [])),
            step_of(item.get("until")),
        )

    def grids() -> Iterator[UnfinishedGrid]:
        for item in items("grids", dict):
            try:
                yield _grid_of(item)
            except (TypeError, ValueError):
                ignored.append("grids")

    def lora_of(value: dict[str, object]) -> Chosen | None:
        with contextlib.suppress(TypeError, ValueError):
            if sound(on := value.get("on"), bool, "loras"):
                return Chosen(Adapter.read(value.get("adapter")), on)
        ignored.append("loras")
        return None

    def settings_of(values: object) -> ModelSettings:
        if not sound(values, dict, "settings"):
            return {}
        read: dict[str, str | int | float] = {}
        for key, value in values.items():
            with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):
                is_known = key in PER_MODEL and (key != "sampler" or any(value == each.name for each in SAMPLERS))
                if is_known and named(key).allows(typed := named(key).typed(value)) and isinstance(typed, str | int | float):
                    read[key] = typed
                    continue
            ignored.append(key if key in PER_MODEL else "settings")
        return read

    def settings() -> dict[str, ModelSettings]:
        every = values.get("settings", {})
        return {model: settings_of(each) for model, each in every.items()} if sound(every, dict, "settings") else {}

    drafts = Drafts(
        recipe=recipe_of(values["recipe"]) if "recipe" in values else Recipe(),
        seed_locked=sound(locked := values.get("seed_locked", False), bool, "seed_locked") and locked,
        pictures=pictures_of(values.get("pictures", 1)),
        up_next=tuple(waiting_of(item) for item in items("up_next", dict)),
        grids=tuple(grids()),
        history=tuple(items("history", str))[-MOST_PROMPTS:],
        loras=tuple(filter(None, map(lora_of, items("loras", dict))))[:MOST_ADAPTERS],
        settings=settings(),
    )
    return drafts, ignored


def _grid_of(item: dict[str, object]) -> UnfinishedGrid:
    """Raises `TypeError` or `ValueError` if it is none."""
    match item:
        case {"title": title, "columns": list(columns), "rows": list(rows), "runs": list(runs), "pictures": dict(pictures)}:
            pass
        case _:
            raise TypeError
    texts = [title, *columns, *rows, *pictures.values()]
    ids = [run for row in runs for run in row]
    if not all(type(text) is str for text in texts) or not all(type(run) is str and is_uuid(run) for run in [*ids, *pictures]):
        raise TypeError
    if not 0 < len(ids) <= MOST_PICTURES or len(runs) != len(rows) or any(len(row) != len(columns) for row in runs):
        raise ValueError
    paths = {run: Path(path) for run, path in pictures.items()}
    return UnfinishedGrid(str(title), tuple(columns), tuple(rows), tuple(tuple(row) for row in runs), paths)
