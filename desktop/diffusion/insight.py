"""What a run shows about diffusion, as numbers measured in it: for the captions of this run, not of runs in general. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .run import Step

LAYOUT = 4  # positions on the shorter side, to which a picture is averaged to see its layout
SETTLED = 0.15  # of the layout may still have changed, all steps together, for it to count as settled


def measured(x0: Any, before: Any, guided: Any) -> tuple[float, float, float]:
    """`Step.change`, `Step.layout` and `Step.guidance` from tensors …×h×w, in as few operations as can be: all have to be waited for.

    How much of x0, and of its layout, the step before did not have; and how far guidance has moved it.
    """
    if x0 is None:
        return 0.0, 0.0, 0.0
    whole = x0.float()
    parts = whole.new_zeros((3, *whole.shape))
    parts[0] = whole
    parts[1] = whole if before is None else whole - before.float()
    if guided is not None:
        parts[2] = guided
    size, moved, steered = _sizes(parts)
    layout, layout_moved, _ = _sizes(_layout(parts))
    return _share(moved, size), _share(layout_moved, layout), _share(steered, size)


def settled_since(steps: Sequence[Step]) -> int | None:
    """The step behind which the layout has hardly changed up to the last of `steps`; None where it still changes."""
    moved, since = 0.0, None
    for step in reversed(steps[1:]):
        since = step.number
        moved += step.layout
        if not moved <= SETTLED:  # also where it is not known
            break
    return since if since is not None and since < steps[-1].number else None


def _sizes(parts: Any) -> list[float]:
    """How large the values of each part are, all together."""
    return parts.abs().flatten(1).sum(1).tolist()


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _layout(latents: Any) -> Any:
    """…×h×w, summed in squares."""
    *others, height, width = latents.shape
    side = max(1, min(height, width) // LAYOUT)
    rows, columns = height // side, width // side
    return latents[..., : rows * side, : columns * side].reshape(*others, rows, side, columns, side).sum((-3, -1))
