"""What is said of a model: its name, its family, the languages it reads, its usual settings and sizes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale

from ...library.models import Model
from ..language import decimal, sentence, tr

BADGES = {"en": "EN", "zh": "中文"}


def name(model: Model) -> str:
    return tr("Safelight", "Starter") if model.bundled else model.name


def family(model: Model) -> str:
    """ "" for a model that cannot be read."""
    return "" if model.problem else model.family.name


def badges(model: Model, precision: str = "") -> list[str]:
    """Short marks beside its name."""
    if model.problem:
        return []
    return [model.family.name, *(BADGES.get(each, each.upper()) for each in model.languages), *([precision] if precision else [])]


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
    return f"{steps}, {guidance}, {model.size} × {model.size}"


def problem(model: Model) -> str:
    """Why it cannot be used, in one sentence; "" if it can."""
    return sentence(model.problem.template, model.problem.values) if model.problem else ""


def number(value: float) -> str:
    """With one decimal, unless it is whole."""
    return QLocale().toString(int(value)) if value == int(value) else decimal(value, 1)


def bytes_of(count: int) -> str:
    """A size on disk or in memory, in MB or GB."""
    if count >= 1e9:
        return f"{decimal(count / 1e9, 1 if count < 1e11 else 0)} GB"
    return f"{decimal(count / 1e6, 0 if count >= 1e7 else 1)} MB"


def others(names: Sequence[str]) -> str:
    """That these models have the same weights."""
    return tr("Safelight", "Same weights as: {models}").format(models=", ".join(names))
