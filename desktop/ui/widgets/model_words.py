"""What is said of a model: its name, its family, the languages it reads, its usual settings and sizes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale

from ...library.adapters import Listed
from ...library.models import Model
from ...studio.model_shelf import Source
from ..language import decimal, sentence, tr

BADGES = {"en": "EN", "zh": "中文"}


def name(model: Model) -> str:
    return tr("Safelight", "Starter") if model.bundled else model.name


def family(model: Model) -> str:
    """ "" for a model that cannot be read."""
    return "" if model.problem else model.family.name


def short_family(model: Model) -> str:
    """Its name as people abbreviate it, for a mark beside a name."""
    return abbreviated(model.family.name)


def abbreviated(family: str) -> str:
    """The name of a family as people abbreviate it."""
    return family.replace("Stable Diffusion XL", "SDXL").replace("Stable Diffusion", "SD").replace(" and ", "/")


def badges(model: Model, precision: str = "") -> list[str]:
    """Short marks beside its name."""
    if model.problem:
        return []
    return [short_family(model), *(BADGES.get(each, each.upper()) for each in model.languages), *([precision] if precision else [])]


def languages(model: Model) -> str:
    names = {"en": tr("Safelight", "English"), "zh": tr("Safelight", "Chinese")}
    return ", ".join(names.get(each, each) for each in model.languages)


def settings(model: Model) -> str:
    """Its usual settings in one line."""
    guidance = (
        tr("Safelight", "guidance {scale}").format(scale=number(model.guidance))
        if model.traits.guidance and model.guidance > 1
        else tr("Safelight", "guidance off")
    )
    steps = tr("Safelight", "{steps} steps").format(steps=model.steps)
    return f"{steps} · {guidance} · {model.size} × {model.size}"


def problem(item: Model | Listed | Source) -> str:
    """Why a model, LoRA or folder cannot be used, in one sentence; "" if it can."""
    return sentence(item.problem.template, item.problem.values) if item.problem else ""


def number(value: float) -> str:
    """With one decimal, unless it is whole."""
    return QLocale().toString(int(value)) if value == int(value) else decimal(value, 1)


def bytes_of(count: int) -> str:
    """A size on disk or in memory."""
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if count >= unit:
            return f"{decimal(count / unit, 1 if count < 10 * unit or (unit == 1e9 and count < 100 * unit) else 0)} {name}"
    return f"{decimal(count / 1e3, 0 if count >= 1e4 else 1)} kB"


def others(models: Sequence[Model]) -> str:
    """That these models have the same weights."""
    return tr("Safelight", "Same weights as: {models}").format(models=", ".join(map(name, models)))
