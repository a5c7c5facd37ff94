"""What every choice of a sampler says about its entries."""

from __future__ import annotations

from collections.abc import Callable

from ...diffusion.samplers import SAMPLERS, Sampler
from ..language import tr
from .controls import Choice


def explain_samplers(choice: Choice, why_not: Callable[[Sampler], str]) -> None:
    """Describe each of the samplers that `choice` lists, or say why it cannot be chosen: a translated sentence, or "" if it can."""
    for row, sampler in enumerate(SAMPLERS):
        reason = why_not(sampler)
        choice.explain_entry(row, reason or tr("Safelight", sampler.note), not reason)
