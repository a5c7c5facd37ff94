"""How similar two pictures are, and how much detail they have, as single numbers. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from ..diffusion.run import Pixels
from .forward import likeness

PLACES = 32  # on a side, at which colours are compared


def similarity(one: Pixels, other: Pixels) -> float:
    """Pearson's correlation of the colours at 32 × 32 places: 1 for the same picture, about 0 for pictures that share nothing.

    A single colour has no correlation with anything: 0.
    """
    return likeness(_places(one), _places(other))


def detail(picture: Pixels) -> float:
    """Mean difference of brightness between neighbouring pixels, 0…255."""
    grey = np.asarray(_image(picture).convert("L"), dtype=np.float32)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()) / 2


def halfway(similarities: Sequence[float]) -> float:
    """Halfway between the same picture and the last of `similarities`, that of a picture which knows nothing of the original."""
    return (1 + similarities[-1]) / 2


def edge(moments: Sequence[float], similarities: Sequence[float]) -> float:
    """The moment at which the similarity falls below `halfway`, interpolated; `moments` increase, and the last similarity is below it.

    If the similarity crosses it several times, the last crossing counts.
    """
    limit = halfway(similarities)
    last = max((place for place, value in enumerate(similarities) if value >= limit), default=-1)
    if last < 0:
        return moments[0]
    if last + 1 == len(moments):
        return moments[-1]
    above, below = similarities[last], similarities[last + 1]
    share = (above - limit) / (above - below)
    return moments[last] + share * (moments[last + 1] - moments[last])


def _places(picture: Pixels) -> np.ndarray:
    """PLACES×PLACES×3 mean colours."""
    return np.asarray(_image(picture).resize((PLACES, PLACES), Image.Resampling.BOX), dtype=np.float64)


def _image(picture: Pixels) -> Image.Image:
    return Image.frombytes("RGB", (picture.width, picture.height), picture.data)
