"""What a way can show beneath its points. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Heat:
    """A value for each place of the plane."""

    values: np.ndarray  # side×side of 0…1, float32, rows from the top


@dataclass(frozen=True)
class Arrows:
    """Where places of the plane are moved to."""

    starts: np.ndarray  # N×2
    ends: np.ndarray  # N×2


@dataclass(frozen=True)
class Mesh:
    """The straight lines of a grid of noise, as the way bends them into the plane."""

    lines: np.ndarray  # lines × points × 2


Underlay = Heat | Arrows | Mesh
