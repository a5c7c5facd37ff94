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


def badge(ending: str, step: int, calls: int, branched_after: int | None) -> tuple[str, str]:
    """The same as icon and text of a badge. `branched_after`: the step from which a run branched; −1: unknown, None: it did not."""
    match ending:
        case Ending.PAUSED:
            return "pause", str(step)
        case Ending.STOPPED:
            return "square", str(step)
        case Ending.FAILED:
            return "triangle-alert", str(step)
    if step:
        return "", f"{step} / {calls}"
    if branched_after is None:
        return "", ""
    return "git-branch", str(branched_after) if branched_after >= 0 else ""
