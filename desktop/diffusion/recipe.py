"""Recipe: everything that determines a picture, as plain data that can be stored and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from ..errors import QT_TRANSLATE_NOOP, OutOfRange

SCHEMA = 2  # 1 knew no turns
MOST_STEPS = 150
MOST_CALLS = 2 * MOST_STEPS  # of a scheduler in one run: Heun's
MOST_TURNS = 100
MOST_GUIDANCE = 30.0
MOST_SEED = 2**32 - 1  # A1111's range, so that a seed means the same in both programs
LEAST_SIDE, MOST_SIDE = 64, 2048  # px


# What may change after a step, each with a value of its type. Besides fields of the recipe:
# noise_seed   the sampler's noise in the remaining steps is drawn anew from it
# refine       the *finished* latents are given the noise of this step again, drawn from this seed, and developed once more from there
CHANGEABLE: Mapping[str, Any] = {"prompt": "", "negative_prompt": "", "guidance_scale": 0.0, "sampler": "", "noise_seed": 0, "refine": 0}


@dataclass(frozen=True, slots=True)
class Turn:
    """After step `after` the run went on otherwise."""

    after: int
    changes: Mapping[str, Any] = field(hash=False)  # by name in `CHANGEABLE`; `refine` stands alone

    @property
    def refines(self) -> bool:
        return "refine" in self.changes


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make. Two equal recipes on the same machine and versions give the same pixels."""

    prompt: str = ""
    negative_prompt: str = ""
    model: str = "starter"  # a name in the model library
    sampler: str = "DDIM"  # a name in `samplers.SAMPLERS`
    steps: int = 50
    guidance_scale: float = 5.0  # uncond + scale·(cond − uncond); 1 = off
    width: int = 128  # px
    height: int = 128  # px
    seed: int = 0
    turns: tuple[Turn, ...] = ()  # in the order in which they were taken; the fields above are how the run began

    def check(self, multiple: int = 8, most_side: int = MOST_SIDE) -> None:
        """Raise `OutOfRange` unless every number can be worked with; a model's sides divide by `multiple` and end at `most_side`."""
        _within(QT_TRANSLATE_NOOP("Safelight", "steps"), self.steps, 1, MOST_STEPS)
        _within(QT_TRANSLATE_NOOP("Safelight", "guidance"), self.guidance_scale, 0.0, MOST_GUIDANCE)
        _within(QT_TRANSLATE_NOOP("Safelight", "seed"), self.seed, 0, MOST_SEED)
        for name, side in ((QT_TRANSLATE_NOOP("Safelight", "width"), self.width), (QT_TRANSLATE_NOOP("Safelight", "height"), self.height)):
            _within(name, side, LEAST_SIDE, most_side)
            if side % multiple:
                raise OutOfRange(name=name, value=side, allowed=f"{LEAST_SIDE}, {LEAST_SIDE + multiple}, … {most_side}")
        _within(QT_TRANSLATE_NOOP("Safelight", "turns"), len(self.turns), 0, MOST_TURNS)
        gone = -1  # the step of the turn before
        for turn in self.turns:
            _within(QT_TRANSLATE_NOOP("Safelight", "step"), turn.after, 1 if turn.refines else gone + 1, MOST_CALLS)
            _within(QT_TRANSLATE_NOOP("Safelight", "guidance"), turn.changes.get("guidance_scale", 1.0), 0.0, MOST_GUIDANCE)
            for name in turn.changes.keys() & {"noise_seed", "refine"}:
                _within(QT_TRANSLATE_NOOP("Safelight", "seed"), turn.changes[name], 0, MOST_SEED)
            gone = turn.after

    def with_seed(self, seed: int) -> Recipe:
        return replace(self, seed=seed % (MOST_SEED + 1))

    def turned(self, after: int, **changes: Any) -> Recipe:
        """The recipe of a branch: what was done after step `after` is forgotten, and `changes` are made there.

        A branch that refines forgets nothing, since it begins with the finished latents.
        """
        turns = list(self.turns)
        while turns and turns[-1].after >= after and "refine" not in changes:
            turns.pop()
        kept = replace(self, turns=tuple(turns))
        real = {name: value for name, value in changes.items() if value != getattr(kept.final, name, None)}
        return replace(kept, turns=(*turns, Turn(after, real))) if real else kept

    def at(self, number: int) -> Recipe:
        """What held for step `number`, counted from 1, without turns."""
        held: dict[str, Any] = {}
        for turn in reversed(self.turns):
            if turn.after < number:
                held = {**turn.changes, **held}
                if turn.refines:
                    number = MOST_CALLS + 1  # it went on as the run had ended
        return replace(self, turns=(), **{name: value for name, value in held.items() if name not in ("noise_seed", "refine")})

    @property
    def final(self) -> Recipe:
        """What held at the end: what a title, a file name and other programs are shown."""
        return self.at(MOST_CALLS + 1)

    def to_dict(self) -> dict[str, Any]:
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, data: Any) -> tuple[Recipe, list[str]]:
        """The recipe that `data` describes, and the names of what in it could not be read (kept at its default)."""
        if not isinstance(data, dict):
            return cls(), ["recipe"]
        values, lost = {}, []
        for entry in fields(cls):
            if entry.name not in data:
                if entry.name != "turns":
                    lost.append(entry.name)
                continue
            try:
                value = _turns(data["turns"]) if entry.name == "turns" else _typed(entry.default, data[entry.name])
                replace(cls(), **{entry.name: value}).check(multiple=1)
                values[entry.name] = value
            except (TypeError, ValueError, OverflowError, OutOfRange):
                lost.append(entry.name)
        known = {field.name for field in fields(cls)} | {"schema"}
        lost += [str(name) for name in data if name not in known]
        return cls(**values), lost


def _turns(plain: Any) -> tuple[Turn, ...]:
    """All of them or none: a part of the way leads elsewhere."""
    if not isinstance(plain, (list, tuple)):
        raise TypeError
    turns = []
    for turn in plain:
        if not isinstance(turn, dict) or turn.keys() != {"after", "changes"} or not isinstance(turn["changes"], dict):
            raise TypeError
        changes = turn["changes"]
        if not changes or not changes.keys() <= CHANGEABLE.keys() or ("refine" in changes and len(changes) > 1):
            raise ValueError
        turns.append(Turn(_typed(0, turn["after"]), {name: _typed(CHANGEABLE[name], value) for name, value in changes.items()}))
    return tuple(turns)


def _typed(default: Any, value: Any) -> Any:
    if isinstance(default, str):
        if not isinstance(value, str):
            raise TypeError
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError
    if isinstance(default, int) and value != int(value):
        raise ValueError
    return type(default)(value)


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:  # False for NaN too
        raise OutOfRange(name=name, value=value, allowed=f"{least:.10g} … {most:.10g}")
