"""What is said of a LoRA or an embedding: its family, how well it fits a model, the words that call it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...diffusion import fields
from ..language import tr
from .field_control import written
from .model_words import abbreviated, name

if TYPE_CHECKING:
    from ...library.adapter_file import Fit
    from ...library.adapters import Listed
    from ...library.few_steps import Advice
    from ...studio.loras import Loras


def badges(listed: Listed) -> list[str]:
    """Short marks beside its name."""
    kind = tr("Safelight", "Embedding") if listed.is_embedding else "LoRA"
    return [kind, *([abbreviated(listed.family)] if listed.family else [])]


def triggers(listed: Listed) -> str:
    if listed.embedding:
        return ", ".join(listed.words)
    return ", ".join(listed.file.triggers) if listed.file else ""


def embedding_fits(listed: Listed, loras: Loras) -> tuple[str, bool]:
    """As `fits`, of an embedding and the chosen model."""
    found = next((each for each in loras.embeddings.all if each.listed.path == listed.path), None)
    if found is None or loras.model is None or listed.problem:
        return "", False
    said = tr("Safelight", "does not fit {model}") if found.problem else tr("Safelight", "fits {model}")
    return said.format(model=name(loras.model)), found.problem is not None


def needs(advice: Advice) -> str:
    """The settings of a few-step LoRA."""
    said = [tr("Safelight", "{steps} steps").format(steps=advice.steps), advice.sampler]
    if advice.guidance_scale is not None:
        guidance = fields.named("guidance_scale")
        said.append(tr("Safelight", guidance.said).format(value=written(guidance, advice.guidance_scale)))
    return " · ".join(filter(None, said))


def partly(fit: Fit) -> str:
    return tr("Safelight", "{matched} of {total} layers fit this model").format(matched=fit.matched, total=fit.total)


def fits(fit: Fit | None, model: str) -> tuple[str, bool]:
    """Whether it fits the model of that name, and whether that is a warning; "" if it is not known."""
    if fit is None:
        return "", False
    if not fit.matched:
        return tr("Safelight", "does not fit {model}").format(model=model), True
    if fit.matched < fit.total:
        words = tr("Safelight", "{matched} of {total} layers fit {model}")
        return words.format(matched=fit.matched, total=fit.total, model=model), True
    return tr("Safelight", "fits {model}").format(model=model), False
