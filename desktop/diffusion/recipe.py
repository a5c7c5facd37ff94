"""Recipe: everything that determines a picture, as plain data in parts that can be stored and read back.

The default values are the settings that the bundled model draws best with.

JSON, schema 5: {"schema": 5, "prompt": {"text", "negative"}, "model": {"name", "fingerprint"}, "refiner": {"name", "fingerprint"},
"sampling": {"sampler", "steps", "guidance_scale", "refine_from", "seed"}, "size": {"width", "height"}, "adapters": [{"name", "weight",
"fingerprint", "short_hash"}], "embeddings": as adapters, left out where there are none, "turns": [{"after", "changes"}]}. Schema 4 has
no refiner, schema 3 no adapters either. Schemas 1 and 2 hold the same values without parts, by the keys of `fields.FIELDS`; schema 1
has no turns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from ..errors import QT_TRANSLATE_NOOP, OutOfRange
from . import fields as table
from .adapters import MOST_ADAPTERS, Adapter
from .fields import LEAST_SIDE, MOST_SEED, MOST_SIDE, MOST_STEPS, Editor, Field

SCHEMA = 5
MOST_CALLS = 2 * MOST_STEPS  # of a scheduler in one run: Heun's
MOST_TURNS = 100


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the picture is to show, and what to keep out of it."""

    text: str = ""
    negative: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ModelReference:
    """Which model to use. Two references are compared by fingerprint where both have one, else by name."""

    name: str = "starter"  # in the model library
    fingerprint: str = ""  # of its weights; "" = unknown

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ModelReference):
            return NotImplemented
        if self.fingerprint and other.fingerprint:
            return self.fingerprint == other.fingerprint
        return self.name == other.name

    def __hash__(self) -> int:
        return 0  # equal references may share neither name nor fingerprint


NONE = ModelReference("")


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the latents are denoised."""

    sampler: str = "DDIM"  # a name in `samplers.SAMPLERS`
    steps: int = 50
    guidance_scale: float = 3.5  # uncond + scale·(cond − uncond); 1 = off
    refine_from: int = 80  # %, the share of the noise schedule that is left to the model itself, where there is a refiner
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Size:
    """Of the picture, px."""

    width: int = 256
    height: int = 256


@dataclass(frozen=True, slots=True)
class Turn:
    """Settings changed after step `after`."""

    after: int
    changes: Mapping[str, object] = field(hash=False)  # by field key; `refine` is never combined with others

    @property
    def refines(self) -> bool:
        return "refine" in self.changes


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make. Two equal recipes on the same machine and versions give the same pixels."""

    prompt: Prompt = field(default_factory=lambda: Prompt())
    model: ModelReference = field(default_factory=lambda: ModelReference())
    refiner: ModelReference = NONE  # which makes the last steps, or enlarges the picture
    sampling: Sampling = field(default_factory=lambda: Sampling())
    size: Size = field(default_factory=lambda: Size())
    adapters: tuple[Adapter, ...] = ()  # in the order in which they are summed
    embeddings: tuple[Adapter, ...] = ()  # those that the prompts name; of weight 1
    turns: tuple[Turn, ...] = ()  # oldest first; the parts above hold the settings at the start of the run

    @classmethod
    def of(cls, **values: object) -> Recipe:
        """The recipe with these values by field key, the others at their defaults."""
        return cls().with_values(**values)

    def value(self, key: str) -> object:
        """The value of the field `key` at the start of the run; None for a change that only a turn can make."""
        entry = table.named(key)
        if not entry.part:
            return None
        part = getattr(self, entry.part)
        return getattr(part, entry.attribute) if entry.attribute else part

    def has_effect(self, entry: Field) -> bool:
        """Whether the field `entry` changes the picture at all."""
        return not entry.needs or bool(self.value(entry.needs))

    def with_values(self, **values: object) -> Recipe:
        """The same recipe with these values by field key. Another model has no fingerprint and no refiner yet. Raises KeyError."""
        parts: dict[str, Any] = {}  # the table names the attributes, which a type checker cannot follow
        for key, value in values.items():
            entry = table.named(key)
            if not entry.part:
                raise KeyError(key)
            if not entry.attribute:
                parts[entry.part] = value
                continue
            part = parts.get(entry.part, getattr(self, entry.part))
            if entry.editor in (Editor.MODEL, Editor.REFINER) and value != part.name:
                part = NONE
                if entry.editor is Editor.MODEL and "refiner" not in values:
                    parts["refiner"] = NONE
            parts[entry.part] = replace(part, **{entry.attribute: value})
        return replace(self, **parts)

    def made_with(self, fingerprint: str, refiner: str = "") -> Recipe:
        """The same recipe, which names its model by `fingerprint` too, and its refiner by `refiner`, unless it does already."""
        return replace(self, model=_marked(self.model, fingerprint), refiner=_marked(self.refiner, refiner))

    def with_model_named(self, name: str) -> Recipe:
        """The same recipe, whose model is called `name` here. The fingerprint stays."""
        return replace(self, model=replace(self.model, name=name))

    def with_refiner_named(self, name: str) -> Recipe:
        """As `with_model_named`, of the refiner."""
        return replace(self, refiner=replace(self.refiner, name=name))

    @property
    def of_refiner(self) -> Recipe:
        """What the refiner is given: the settings of this recipe, without LoRAs and embeddings, which are those of the model."""
        return replace(self, model=self.refiner, refiner=NONE, adapters=(), embeddings=(), turns=())

    def enlarged(self, times: int) -> Recipe:
        """The same recipe for a picture with `times` the sides."""
        return replace(self, size=Size(times * self.size.width, times * self.size.height))

    def with_seed(self, seed: int) -> Recipe:
        return self.with_values(seed=seed % (MOST_SEED + 1))

    def check(self, multiple: int = 8, most_side: int = MOST_SIDE) -> None:
        """Raise `OutOfRange` unless every number is allowed. The sides must be multiples of `multiple`, at most `most_side` px."""
        for entry in table.FIELDS:
            if not entry.part:
                continue
            most = most_side if entry.editor is Editor.SIDE else entry.most
            value = self.value(entry.key)
            if isinstance(value, str):
                continue
            _all_within(entry, value, most)
            if isinstance(value, int) and entry.editor is Editor.SIDE and value % multiple:
                raise OutOfRange(name=entry.caption, value=value, allowed=f"{LEAST_SIDE}, {LEAST_SIDE + multiple}, … {most_side}")
        _within(QT_TRANSLATE_NOOP("Safelight", "The number of branches"), len(self.turns), 0, MOST_TURNS)
        before = -1  # step of the turn before
        for turn in self.turns:
            _within(QT_TRANSLATE_NOOP("Safelight", "The step of a branch"), turn.after, 1 if turn.refines else before + 1, MOST_CALLS)
            for key, value in turn.changes.items():
                entry = table.named(key)
                if not isinstance(value, str):
                    _all_within(entry, value, entry.most)
            before = turn.after

    def turned(self, after: int, **changes: object) -> Recipe:
        """The recipe of a branch: the turns after step `after` are dropped, and `changes` take their place.

        A branch that refines drops none, since it starts from the finished latents.
        """
        turns = list(self.turns)
        while turns and turns[-1].after >= after and "refine" not in changes:
            turns.pop()
        kept = replace(self, turns=tuple(turns))
        real = {key: value for key, value in changes.items() if value != kept.final.value(key)}
        return replace(kept, turns=(*turns, Turn(after, real))) if real else kept

    def at(self, number: int) -> Recipe:
        """The settings of step `number`, counted from 1, without turns."""
        if not self.turns:
            return self
        held: dict[str, object] = {}
        for turn in reversed(self.turns):
            if turn.after < number:
                held = {**turn.changes, **held}
                if turn.refines:
                    number = MOST_CALLS + 1  # a refinement starts with the settings of the last step
        return replace(self, turns=()).with_values(**{key: value for key, value in held.items() if table.named(key).part})

    @property
    def final(self) -> Recipe:
        """The settings of the last step, which titles, file names and other programs show."""
        return self.at(MOST_CALLS + 1)

    def to_dict(self) -> dict[str, object]:
        plain = asdict(self)
        if not self.embeddings:
            del plain["embeddings"]
        return {"schema": SCHEMA, **plain}

    @classmethod
    def from_dict(cls, data: object) -> tuple[Recipe, dict[str, object]]:
        """The recipe in `data`, and the values that could not be read, by name; None for missing ones.

        Unread values get their defaults; of a newer schema (see `is_newer`) nothing is read.
        """
        if not isinstance(data, dict):
            return cls(), {"recipe": data}
        schema = data.get("schema", 1)
        if is_newer(data):
            return cls(), {"schema": schema}
        parts = {name: value for name, value in data.items() if name != "schema"}
        if schema in (1, 2):
            return cls.from_values(parts)
        values: dict[str, object] = {name: parts.pop(name, []) for name in _LISTS}
        lost: dict[str, object] = {} if schema in (3, 4, SCHEMA) else {"schema": schema}
        fingerprints: dict[str, object] = {}
        for name, part in parts.items():
            if name not in _PARTS or not isinstance(part, dict):
                lost[name] = part
                continue
            keys = {entry.attribute: entry.key for entry in table.FIELDS if entry.part == name}
            for attribute, value in part.items():
                if attribute in keys:
                    values[keys[attribute]] = value
                elif name in _REFERENCES and attribute == "fingerprint":
                    fingerprints[name] = value
                else:
                    lost[f"{name}.{attribute}"] = value
        recipe, unread = cls.from_values(values)
        for name, fingerprint in fingerprints.items():
            if not isinstance(fingerprint, str):
                unread[f"{name}.fingerprint"] = fingerprint
            elif name == "model" and name not in unread:
                recipe = replace(recipe, model=replace(recipe.model, fingerprint=fingerprint))
            elif recipe.refiner.name and name not in unread:
                recipe = replace(recipe, refiner=replace(recipe.refiner, fingerprint=fingerprint))
        return recipe, unread | lost

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> tuple[Recipe, dict[str, object]]:
        """As `from_dict`, of untrusted `values` by field key, and `turns`."""
        read: dict[str, object] = {}
        lost: dict[str, object] = {}
        turns: tuple[Turn, ...] = ()
        for entry in table.FIELDS:
            if not entry.part:
                continue
            try:
                value = entry.typed(values[entry.key])
                if not entry.allows(value):
                    raise ValueError
                read[entry.key] = value
            except (KeyError, TypeError, ValueError, OverflowError):
                if entry.key in values or entry.key not in _LATER:
                    lost[entry.key] = values.get(entry.key)
        if "turns" in values:
            try:
                turns = _turns(values["turns"])
                cls(turns=turns).check(multiple=1)
            except (TypeError, ValueError, OverflowError, OutOfRange):
                turns = ()
                lost["turns"] = values["turns"]
        known = {entry.key for entry in table.FIELDS if entry.part} | {"turns"}
        lost |= {str(name): value for name, value in values.items() if name not in known}
        return replace(cls.of(**read), turns=turns), lost


def is_newer(data: Mapping[str, object]) -> bool:
    """Whether a newer version wrote this recipe, in a schema that is unknown here."""
    schema = data.get("schema")
    return type(schema) is int and schema > SCHEMA


_LISTS = ("adapters", "embeddings", "turns")
_LATER = ("adapters", "embeddings", "refiner", "refine_from")  # fields that older schemas lack, so they may be missing
_REFERENCES = ("model", "refiner")  # parts that name a model
_PARTS = {part.name for part in fields(Recipe)} - {*_LISTS}


def _marked(reference: ModelReference, fingerprint: str) -> ModelReference:
    return reference if reference.fingerprint or not reference.name else replace(reference, fingerprint=fingerprint)


def _turns(plain: object) -> tuple[Turn, ...]:
    """All turns, or an error: with only some of them the picture would be another."""
    if not isinstance(plain, (list, tuple)):
        raise TypeError
    changeable = {entry.key: entry for entry in table.FIELDS if entry.may_branch}
    turns = []
    for turn in plain:
        if not isinstance(turn, dict) or turn.keys() != {"after", "changes"} or not isinstance(turn["changes"], dict):
            raise TypeError
        changes = turn["changes"]
        if not changes or not changes.keys() <= changeable.keys() or ("refine" in changes and len(changes) > 1):
            raise ValueError
        after = table.named("steps").typed(turn["after"])
        if not isinstance(after, int):
            raise TypeError
        turns.append(Turn(after, {key: changeable[key].typed(value) for key, value in changes.items()}))
    return tuple(turns)


_COUNTS = {
    "adapters": QT_TRANSLATE_NOOP("Safelight", "The number of LoRAs"),
    "embeddings": QT_TRANSLATE_NOOP("Safelight", "The number of embeddings in the prompts"),
}


def _all_within(entry: Field, value: object, most: float) -> None:
    if isinstance(value, tuple):
        _within(_COUNTS[entry.key], len(value), 0, MOST_ADAPTERS)
    for number in [adapter.weight for adapter in value] if isinstance(value, tuple) else [value]:
        if not isinstance(number, (int, float)):
            raise TypeError(entry.key)
        _within(entry.caption, number, entry.least, most)


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:  # False for NaN too
        raise OutOfRange(name=name, value=value, allowed=f"{least:.10g} … {most:.10g}")
