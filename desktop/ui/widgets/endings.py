"""How runs ended and how far they are, in words and as badges."""

from __future__ import annotations

from ...diffusion.run import Ending
from ..language import tr


def at_step(ending: str, step: int, calls: int) -> str:
    """How an unfinished run ended at `step` of `calls`, else which step it is. "" for step 0 of other runs.

    `ending`: an `Ending`, or "" for a picture.
    """
    match ending:
        case Ending.PAUSED:
            words = tr("Safelight", "Paused at step {step} of {steps}")
        case Ending.STOPPED:
            words = tr("Safelight", "Stopped at step {step} of {steps}")
        case Ending.FAILED:
            words = tr("Safelight", "Failed at step {step} of {steps}")
        case _:
            words = tr("Safelight", "Step {step} of {steps}") if step else ""
    return words.format(step=step, steps=calls)


def badge(ending: str, step: int, calls: int, branches: str) -> tuple[str, str]:
    """The same as icon and text of a badge. `branches` is what a finished picture has to say of its branches, or ""."""
    match ending:
        case Ending.PAUSED:
            return "pause", str(step)
        case Ending.STOPPED:
            return "square", str(step)
        case Ending.FAILED:
            return "triangle-alert", str(step)
    if step:
        return "", f"{step} / {calls}"
    return ("git-branch", branches) if branches else ("", "")
