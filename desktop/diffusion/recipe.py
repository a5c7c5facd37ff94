"""Recipe: everything that determines a picture, as plain data that can be stored and read back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from .errors import QT_TRANSLATE_NOOP, OutOfRange

SCHEMA = 1
MOST_STEPS = 150
MOST_GUIDANCE = 30.0
MOST_SEED = 2**32 - 1          # A1111's range, so that a seed means the same in both programs
LEAST_SIDE, MOST_SIDE = 64, 2048   # px


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make. Two equal recipes on the same machine and versions give the same pixels."""

    prompt: str = ""
    negative_prompt: str = ""
    model: str = "starter"         # a name in the model library
    sampler: str = "DDIM"          # a name in `samplers.SAMPLERS`
    steps: int = 50
    guidance_scale: float = 5.0    # uncond + scale·(cond − uncond); 1 = off
    width: int = 128               # px
    height: int = 128              # px
    seed: int = 0

    def check(self, multiple: int = 8, most_side: int = MOST_SIDE) -> None:
        """Raise `OutOfRange` unless every number can be worked with; a model's sides divide by `multiple` and end at `most_side`."""
        _within(QT_TRANSLATE_NOOP("Safelight", "steps"), self.steps, 1, MOST_STEPS)
        _within(QT_TRANSLATE_NOOP("Safelight", "guidance"), self.guidance_scale, 0.0, MOST_GUIDANCE)
        _within(QT_TRANSLATE_NOOP("Safelight", "seed"), self.seed, 0, MOST_SEED)
        for name, side in ((QT_TRANSLATE_NOOP("Safelight", "width"), self.width), (QT_TRANSLATE_NOOP("Safelight", "height"), self.height)):
            _within(name, side, LEAST_SIDE, most_side)
            if side % multiple:
                raise OutOfRange(name=name, value=side, allowed=f"{LEAST_SIDE}, {LEAST_SIDE + multiple}, … {most_side}")

    def with_seed(self, seed: int) -> Recipe:
        return replace(self, seed=seed % (MOST_SEED + 1))

    def to_dict(self) -> dict[str, Any]:
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, data: Any) -> tuple[Recipe, list[str]]:
        """The recipe that `data` describes, and the names of what in it could not be read (kept at its default)."""
        if not isinstance(data, dict):
            return cls(), ["recipe"]
        values, lost = {}, []
        for field in fields(cls):
            if field.name not in data:
                lost.append(field.name)
                continue
            try:
                value = _typed(field.default, data[field.name])
                replace(cls(), **{field.name: value}).check(multiple=1)
                values[field.name] = value
            except (TypeError, ValueError, OverflowError, OutOfRange):
                lost.append(field.name)
        known = {field.name for field in fields(cls)} | {"schema"}
        lost += [str(name) for name in data if name not in known]
        return cls(**values), lost


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
    if not least <= value <= most:      # False for NaN too
        raise OutOfRange(name=name, value=value, allowed=f"{least:.10g} … {most:.10g}")
