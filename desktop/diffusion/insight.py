"""What a run shows about diffusion, as numbers measured in it: for the captions of this run, not of runs in general. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .run import Step

LAYOUT = 4             # positions on the shorter side, to which a picture is averaged to see its layout
SETTLED = 0.15         # of the layout may still have changed, all steps together, for it to count as settled


def novelty(x0: Any, before: Any) -> tuple[float, float]:
    """`Step.change` and `Step.layout` from tensors …×h×w: how much of x0, and of its layout, the step before did not have."""
    if x0 is None:
        return 0.0, 0.0
    if before is None:
        return 1.0, 1.0
    moved = x0.float() - before.float()
    return share(moved, x0), share(_layout(moved), _layout(x0.float()))


def share(part: Any, whole: Any) -> float:
    """How large the values of one tensor are beside those of the other."""
    size = whole.float().abs().mean().item()
    return part.float().abs().mean().item() / size if size else 0.0


def settled_since(steps: Sequence[Step]) -> int | None:
    """The step behind which the layout has hardly changed up to the last of `steps`; None where it still changes."""
    moved, since = 0.0, None
    for step in reversed(steps[1:]):
        since = step.number
        moved += step.layout
        if not moved <= SETTLED:            # also where it is not known
            break
    return since if since is not None and since < steps[-1].number else None


def _layout(latents: Any) -> Any:
    """…×h×w, averaged in squares."""
    side = max(1, min(latents.shape[-2:]) // LAYOUT)
    rows, columns = (length // side for length in latents.shape[-2:])
    return latents[..., :rows * side, :columns * side].unflatten(-1, (columns, side)).unflatten(-3, (rows, side)).mean((-3, -1))
