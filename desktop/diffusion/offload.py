"""The ladder: ways to run a model that needs more memory than there is, from the fastest to the one that needs least.

Torch-free; `placement.py` does what a rung says.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .working_memory import Estimate


class Offload(StrEnum):
    """A rung. Each needs no more memory than the one before it. The value is stored in `Plan.environment` as "offload"."""

    NONE = "none"  # everything stays on the device
    TILED = "tiled"  # the picture is decoded in tiles; so in all that follow
    MODEL = "model"  # only the network that computes is on the device, the others are in main memory
    GROUP = "group"  # of each network only the layers that compute, and the next ones, which are fetched meanwhile
    DISK = "disk"  # the same, with the waiting layers on disk instead of in main memory
    SEQUENTIAL = "sequential"  # only the layer that computes


def ladder(kind: str) -> tuple[Offload, ...]:
    """The rungs on a device of this kind. Without memory of its own there is nowhere to offload to: CPU and Apple's GPU."""
    return tuple(Offload) if kind == "cuda" else (Offload.NONE, Offload.TILED)


def below(rung: Offload, kind: str) -> Offload | None:
    """The next rung; None if `rung` is the last."""
    return dict(pairwise(ladder(kind))).get(rung)


def needed(estimate: Estimate, rung: Offload) -> int:
    """Bytes on the device."""
    working = max(estimate.step, estimate.decode if rung is Offload.NONE else estimate.tile)
    match rung:
        case Offload.NONE | Offload.TILED:
            return estimate.resident + working
        case Offload.MODEL:
            return max(weights + estimate.beside(part) for part, weights in estimate.weights.items()) + estimate.adapters
        case Offload.GROUP | Offload.DISK:
            return 2 * estimate.largest_layer + working + estimate.adapters
        case Offload.SEQUENTIAL:
            return estimate.largest_layer + working


def needed_beside(estimate: Estimate, rung: Offload) -> int:
    """Bytes in main memory, of a device that has its own."""
    match rung:
        case Offload.NONE | Offload.TILED | Offload.DISK:
            return max(estimate.weights.values(), default=0)  # while a network is loaded
        case _:
            return estimate.resident


def choose(estimate: Estimate, kind: str, free: int, free_beside: int, least: Offload = Offload.NONE) -> Offload:
    """The first rung, from `least` on, that fits into `free` bytes of the device and `free_beside` of main memory.

    Otherwise the last, or `least` if that needs no more.
    """
    rungs = ladder(kind)
    for rung in rungs[rungs.index(least) :]:
        if needed(estimate, rung) <= free and (kind != "cuda" or needed_beside(estimate, rung) <= free_beside):
            return rung
    return rungs[-1] if needed(estimate, rungs[-1]) < needed(estimate, least) else least


def is_resident(rung: Offload) -> bool:
    """Whether all weights stay on the device."""
    return rung in (Offload.NONE, Offload.TILED)


def same_place(rung: Offload, other: Offload) -> bool:
    """Whether the weights wait in the same place on both."""
    return rung is other or (is_resident(rung) and is_resident(other))


def stretches(before: Mapping[str, object], rung: Offload, steps: int) -> dict[str, object]:
    """The entries of `Plan.environment` for a run that continues on `rung` after `steps` recorded steps, the starting noise included.

    `before` is its environment until now. A step is the same on every rung, except in low bits on `DISK`, where convolutions have their
    weights in another order; a picture that is decoded in tiles differs from a whole one.
    """
    earlier = before.get("offload_changes")
    changes = list(earlier) if isinstance(earlier, (list, tuple)) else []
    if steps and (was := before.get("offload", rung)) != rung:
        changes.append({"after": steps - 1, "was": was})
    return {"offload": rung.value} | ({"offload_changes": changes} if changes else {})
