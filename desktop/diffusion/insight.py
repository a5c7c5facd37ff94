"""Numbers measured in a run, for its captions. Torch-free at import."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .run import Step

if TYPE_CHECKING:
    import torch

LAYOUT = 4  # positions on the shorter side of the layout: latents averaged to squares
SETTLED = 0.15  # the layout counts as settled if all later steps together change less of it


def measured(
    x0: torch.Tensor | None,
    before: torch.Tensor | None,
    guided: torch.Tensor | None,
    grid: Callable[[torch.Tensor], torch.Tensor] = lambda latents: latents,
) -> tuple[float, float | None, float]:
    """`Step.change`, `Step.layout` and `Step.guidance`: shares of the sum of |x0|, and of that of its layout; None if that is unknown.

    `before`: x0 of the previous step; `guided`: how far guidance has moved x0. All in the pipeline's layout, of which `grid` makes
    B×C×h×w, or what it was given. All at once, since a GPU has to be waited for.
    """
    from torch import stack

    if x0 is None:
        return 0.0, 0.0, 0.0
    whole = x0.float()
    moved = whole if before is None else whole - before.float()
    parts = stack([whole, moved] if guided is None else [whole, moved, guided.float()])
    size, change, *guidance = _sizes(parts)
    laid_out = grid(x0)
    if laid_out.ndim < 4:  # positions in a row, in an order that is not known
        return _share(change, size), None, _share(sum(guidance), size)
    if laid_out is not x0:  # its numbers may be others, too, so that it is not the change that is laid out
        whole = laid_out.float()
        parts = stack([whole, whole if before is None else whole - grid(before).float()])
    layout, layout_change, *_ = _sizes(_layout(parts))
    return _share(change, size), _share(layout_change, layout), _share(sum(guidance), size)


def settled_since(steps: Sequence[Step]) -> int | None:
    """The step after which the layout hardly changes until the last of `steps`; None if it still changes, or if that is unknown."""
    moved, since = 0.0, None
    for step in reversed(steps[1:]):
        since = step.number
        moved += math.inf if step.layout is None else step.layout
        if not moved <= SETTLED:
            break
    return since if since is not None and since < steps[-1].number else None


def _sizes(parts: torch.Tensor) -> list[float]:
    """Sum of the absolute values of each part."""
    sizes: list[float] = parts.abs().flatten(1).sum(1).tolist()
    return sizes


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _layout(latents: torch.Tensor) -> torch.Tensor:
    """…×h×w → sums of squares of positions; rows and columns that fill no square are left out."""
    height, width = latents.shape[-2:]
    side = max(1, min(height, width) // LAYOUT)
    rows, columns = height // side, width // side
    in_rows = latents[..., : rows * side, : columns * side].unflatten(-2, (rows, side)).sum(-2)  # the faster of the two, so first
    return in_rows.unflatten(-1, (columns, side)).sum(-1)
