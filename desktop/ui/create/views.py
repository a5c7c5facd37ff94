"""Names, explanations and keys of the views of a step."""

from __future__ import annotations

from ...diffusion.run import View
from ..language import tr

KEYS = {View.ESTIMATE: "E", View.NOISY: "N", View.LATENTS: "L", View.NOISE: "O", View.CHANGE: "C", View.GUIDANCE: "G"}


def name(view: View) -> str:
    match view:
        case View.ESTIMATE:
            return tr("Safelight", "Estimate")
        case View.NOISY:
            return tr("Safelight", "Noisy")
        case View.LATENTS:
            return tr("Safelight", "Latents")
        case View.NOISE:
            return tr("Safelight", "Noise")
        case View.CHANGE:
            return tr("Safelight", "Change")
        case View.GUIDANCE:
            return tr("Safelight", "Guidance", "a view")


def meaning(view: View) -> str:
    match view:
        case View.ESTIMATE:
            return tr("Safelight", "The finished picture as the model predicts it at this step (x₀).")
        case View.NOISY:
            return tr("Safelight", "The actual image after this step: picture and noise mixed (xₜ).")
        case View.LATENTS:
            return tr("Safelight", "The numbers the model works on, one tile per channel: blue below zero, amber above.")
        case View.NOISE:
            return tr("Safelight", "The noise that the model predicts at this step (ε), decoded like a picture.")
        case View.CHANGE:
            return tr("Safelight", "Where this step changed the estimate: brighter means more.")
        case View.GUIDANCE:
            return tr("Safelight", "Where the prompt has influence: the difference between the predictions with and without it.")
