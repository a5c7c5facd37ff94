"""A picture through the autoencoder of the loaded model and back. On the worker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ..diffusion import views
from ..diffusion.control import Control
from ..diffusion.gates import Gates
from ..diffusion.loaded_model import LoadedModel
from ..diffusion.recipe import Size
from ..errors import QT_TRANSLATE_NOOP
from .pixels import array_of

NO_LATENTS = QT_TRANSLATE_NOOP(
    "Safelight", "This model has no latents: it works on the pixels themselves. Choose the starter or Stable Diffusion to see some."
)
UNKNOWN_LATENTS = QT_TRANSLATE_NOOP(
    "Safelight", "Safelight does not know the latents of this model well enough to paint on them. Choose the starter or Stable Diffusion."
)


@dataclass(frozen=True, slots=True, eq=False)
class Coder:
    """What the window has to know of a model's autoencoder."""

    refusal: str  # why there is nothing to paint on, marked for translation; "" if there is
    position: int = 1  # px of a side for one position of the latents
    colours: np.ndarray | None = None  # 256×3 uint8: false colours from −`views.MOST_VALUE` to +`views.MOST_VALUE`
    most: float = views.MOST_VALUE


def coder(loaded: LoadedModel) -> Coder:
    calls = loaded.calls
    if calls.autoencoder is None:
        return Coder(NO_LATENTS)
    return Coder("", calls.position, views.BLUE_AMBER.numpy()) if calls.family.is_described else Coder(UNKNOWN_LATENTS)


def encode(loaded: LoadedModel, picture: np.ndarray, control: Control) -> np.ndarray:
    """H×W×3 uint8 → C×h×w float32, as the sampler sees them."""
    pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1
    with Gates(loaded.calls.coders, control), torch.no_grad():
        latents: np.ndarray = loaded.calls.encode(pixels)[0].float().cpu().numpy()
    return latents


def decode(loaded: LoadedModel, latents: np.ndarray, control: Control) -> np.ndarray:
    """C×h×w → H×W×3 uint8, exactly as a finished run is decoded."""
    side = loaded.calls.position
    size = Size(latents.shape[2] * side, latents.shape[1] * side)
    pixels = loaded.decode(torch.from_numpy(latents)[None], size, control, step=0)
    return array_of(pixels)


def glimpse(loaded: LoadedModel, latents: np.ndarray) -> np.ndarray:
    """The same by the decoder of previews, at once."""
    return np.asarray(loaded.previewer.glimpse(torch.from_numpy(latents)[None])[0])
