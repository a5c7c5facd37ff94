"""How near sampled pictures come to real ones, and how different from each other they are. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..copies import CopyMeter

Pictures = np.ndarray  # N×side×side×3, uint8


@dataclass(frozen=True, slots=True)
class PictureScore:
    """Real pictures have 1 everywhere."""

    right: float  # share whose nearest real picture is of the kind that was asked for
    apart: float  # mean distance to the nearest real picture: what is blurred, mixed or spotted is far from all of them
    variety: float  # mean distance of two samples of a kind: where modes collapse, it falls


class PictureYardstick:
    def __init__(self, real: Pictures, labels: np.ndarray) -> None:
        self._meter, self._labels = CopyMeter(real), labels
        self._apart, self._variety = float(self._meter.among_themselves().near.mean()), _variety(real, labels)

    def __call__(self, samples: Pictures, labels: np.ndarray) -> PictureScore:
        """There are two samples of a kind at least."""
        nearness = self._meter.measure(samples)
        right = float((self._labels[nearness.first] == labels).mean())
        return PictureScore(right, float(nearness.near.mean()) / self._apart, _variety(samples, labels) / self._variety)


def _variety(pictures: Pictures, labels: np.ndarray) -> float:
    """Of neighbours within a kind, in the order of the pictures."""
    apart = []
    for kind in np.unique(labels):
        of_kind = pictures[labels == kind].astype(np.float32).reshape((labels == kind).sum(), -1)
        apart.append(np.linalg.norm(np.diff(of_kind, axis=0), axis=1))
    return float(np.concatenate(apart).mean())
