"""The families of models that Safelight runs, one description each. No other module contains the name of a family's class. Torch-free."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import QT_TRANSLATE_NOOP, ModelChannelsDiffer, ModelFileDamaged, ModelForEditing, ModelIncomplete, ModelUnsupported
from .description import Family
from .stable_diffusion import STABLE_DIFFUSION
from .stable_diffusion_xl import STABLE_DIFFUSION_XL

FAMILIES = (STABLE_DIFFUSION, STABLE_DIFFUSION_XL)
PLACEHOLDER = FAMILIES[0]  # its facts stand for those of a model that cannot be read
INDEX = "model_index.json"
_NOT_JSON = QT_TRANSLATE_NOOP("Safelight", "is not readable as JSON")


def family_called(pipeline: object) -> Family | None:
    """The family whose pipeline class has this name."""
    return next((family for family in FAMILIES if family.pipeline == pipeline), None)


def read_index(folder: Path) -> tuple[Family, dict[str, Any]]:
    """The family of the model in `folder`, and its model_index.json; raises `ModelUnsupported` for a family that we do not know."""
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelIncomplete(folder=folder.name, missing=INDEX) from error
    except ValueError as error:
        raise ModelFileDamaged(folder=folder.name, file=INDEX, problem=_NOT_JSON) from error
    kind = index.get("_class_name") if isinstance(index, dict) else None
    if (family := family_called(kind)) is None:
        raise ModelUnsupported(kind=kind or "unknown")
    return family, index


def read_config(folder: Path, part: str) -> dict[str, Any]:
    """The config.json of a network."""
    return json.loads((folder / part / "config.json").read_text(encoding="utf-8"))


def check_channels(folder: str, family: Family, denoiser: Mapping[str, Any], autoencoder: Mapping[str, Any]) -> None:
    """Raise unless the denoiser with this config reads what the autoencoder with that config makes; `folder`: its name."""
    reads, latents = family.denoiser_channels(denoiser), family.latent_channels(autoencoder) * family.latents.packing
    if reads != latents and denoiser.get("out_channels", latents) == latents:
        raise ModelForEditing(folder=folder, channels=reads, latents=latents)
    if reads != latents:
        raise ModelChannelsDiffer(folder=folder, denoiser=reads, autoencoder=latents)
