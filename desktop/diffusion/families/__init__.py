"""The families of models that Safelight runs, one description each. No other module contains the name of a family's class. Torch-free."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import (
    QT_TRANSLATE_NOOP,
    ModelChannelsDiffer,
    ModelFileDamaged,
    ModelForEditing,
    ModelIncomplete,
    ModelRefused,
    ModelUnsupported,
)
from ..single_file import ModelFiles, SingleFile
from .anima import ANIMA
from .chroma import CHROMA
from .cogview_4 import COGVIEW_4
from .deepfloyd_if import DEEPFLOYD_IF, DEEPFLOYD_IF_SECOND
from .description import Family
from .flux import FLUX
from .flux_2 import FLUX_2
from .flux_2_klein import FLUX_2_KLEIN
from .flux_3_klein import FLUX_3_KLEIN
from .hunyuan_dit import HUNYUAN_DIT
from .kolors import KOLORS
from .krea_2 import KREA_2
from .latent_consistency import LATENT_CONSISTENCY
from .lumina_2 import LUMINA_2
from .pixart_sigma import PIXART_SIGMA
from .qwen_image import QWEN_IMAGE
from .qwen_image_2_1 import QWEN_IMAGE_2_1
from .sana import SANA, SANA_SPRINT
from .stable_diffusion import STABLE_DIFFUSION
from .stable_diffusion_3 import STABLE_DIFFUSION_3
from .stable_diffusion_xl import STABLE_DIFFUSION_XL, STABLE_DIFFUSION_XL_REFINER
from .unclip import UNCLIP
from .unconditional import DDIM, DDPM
from .undescribed import PACKAGED, undescribed
from .z_image import Z_IMAGE

FAMILIES = (
    STABLE_DIFFUSION,
    STABLE_DIFFUSION_XL,
    LATENT_CONSISTENCY,
    Z_IMAGE,
    FLUX,
    FLUX_2_KLEIN,
    FLUX_2,
    FLUX_3_KLEIN,
    QWEN_IMAGE,
    QWEN_IMAGE_2_1,
    STABLE_DIFFUSION_3,
    CHROMA,
    PIXART_SIGMA,
    SANA,
    SANA_SPRINT,
    KREA_2,
    ANIMA,
    LUMINA_2,
    COGVIEW_4,
    HUNYUAN_DIT,
    KOLORS,
    DEEPFLOYD_IF,
    UNCLIP,
    DDPM,
    DDIM,
    STABLE_DIFFUSION_XL_REFINER,
    DEEPFLOYD_IF_SECOND,
)
MOST_NAMED = 7  # families in one sentence
PLACEHOLDER = FAMILIES[0]  # its facts stand for those of a model that cannot be read
INDEX = "model_index.json"
MODULAR_INDEX = "modular_model_index.json"
INDEXES = frozenset({INDEX, MODULAR_INDEX})  # either makes a folder that of a model
MODULAR = "ModularPipeline"  # ends the names of modular pipelines
# Those that differ from another only by a setting in their index.
MODULAR_VARIANTS = {"Flux2KleinBaseModularPipeline": "Flux2KleinModularPipeline", "Krea2TurboModularPipeline": "Krea2ModularPipeline"}
LIBRARIES = ("diffusers", "transformers")  # from which the parts of a pipeline without a description may come
# What is wrong with a file of a model, in the words of errors such as `ModelFileDamaged`.
LACKS_ENTRY = QT_TRANSLATE_NOOP("Safelight", "lacks a required entry")
NAMES_CODE = QT_TRANSLATE_NOOP("Safelight", "it names code to fetch or to run")
NOT_JSON = QT_TRANSLATE_NOOP("Safelight", "is not readable as JSON")
SENSELESS = QT_TRANSLATE_NOOP("Safelight", "has invalid contents")


def family_called(pipeline: str) -> Family | None:
    """The family whose pipeline class has this name."""
    return next((family for family in FAMILIES if family.pipeline == pipeline), None)


def unsupported(kind: str) -> ModelUnsupported:
    """The error for a model of another kind."""
    return ModelUnsupported(kind=kind, known=", ".join([*(family.name for family in FAMILIES[:MOST_NAMED]), "…"]))


def read_index(files: ModelFiles) -> tuple[Family, dict[str, Any]]:
    """The family of the model, and its model_index.json. Errors as `check_index`."""
    if isinstance(files, SingleFile):
        return check_index(files.name, files.index), dict(files.index)
    file = index_in(files)
    try:
        document = json.loads((files / file).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelIncomplete(folder=files.name, missing=file) from error
    except ValueError as error:
        raise ModelFileDamaged(folder=files.name, file=file, problem=NOT_JSON) from error
    if not isinstance(document, dict):
        raise ModelFileDamaged(folder=files.name, file=file, problem=NOT_JSON)
    index = plain_index(document)
    return check_index(files.name, index), index


def index_in(folder: Path) -> str:
    """The name of the index of the model in `folder`."""
    is_modular = not os.path.lexists(folder / INDEX) and os.path.lexists(folder / MODULAR_INDEX)
    return MODULAR_INDEX if is_modular else INDEX


def has_index(folder: Path) -> bool:
    return any(os.path.lexists(folder / name) for name in INDEXES)


def plain_index(document: Mapping[str, Any]) -> dict[str, Any]:
    """An index as model_index.json has it.

    Of a modular pipeline that a stock one equals, it is that of the stock one. Where the parts would be fetched from is not read: each lies
    in the folder of its name.
    """
    kind = document.get("_class_name")
    if not isinstance(kind, str) or not kind.endswith(MODULAR):
        return dict(document)
    kind = MODULAR_VARIANTS.get(kind, kind)
    if family_called(kind) is None:
        kind = f"{kind.removesuffix(MODULAR)}Pipeline"
    family, index = family_called(kind), {**document, "_class_name": kind}
    for name, entry in document.items():
        if isinstance(entry, list) and len(entry) == 3 and isinstance(entry[2], dict):
            # [library, class, where it comes from]; the class may stand in the last alone
            index[name] = entry[:2] if entry[1] else entry[2].get("type_hint", entry[:2])
            if family and not family.part(name):  # of other blocks
                del index[name]
    for part in family.needed if family else ():
        if part.made and part.name not in index:
            index[part.name] = [part.library, part.made["_class_name"]]
    return index


def check_index(folder: str, index: Mapping[str, Any]) -> Family:
    """The family that this model_index.json names, whose parts are all in the family's description; `folder`: name of its folder.

    Raises `ModelUnsupported` for an unknown family or class of a part, `ModelIncomplete` if a part is not named, `ModelRefused`
    for anything else that names a class, and `ModelFileDamaged` without the name of a pipeline.
    """
    kind = index.get("_class_name")
    if kind is None:
        raise ModelFileDamaged(folder=folder, file=INDEX, problem=LACKS_ENTRY)
    if not isinstance(kind, str):
        raise ModelRefused(folder=folder, file=INDEX, problem=NAMES_CODE)
    family = family_called(kind) or undescribed(index)
    if family is None:
        raise unsupported(kind)
    for name, value in index.items():
        if name.startswith("_") or isinstance(value, (str, int, float, type(None))):
            continue
        if isinstance(value, list) and value and all(type(each) in (int, float) for each in value):
            continue  # a setting of the pipeline, such as noise levels or numbers of layers
        part = family.part(name)
        if part is None or not isinstance(value, list) or len(value) != 2:
            raise ModelRefused(folder=folder, file=INDEX, problem=NAMES_CODE)
        if value == [None, None] and not part.needed:
            continue
        if value[0] != part.library or not (family.is_described or value[0] in LIBRARIES or tuple(value) in PACKAGED):
            raise ModelRefused(folder=folder, file=INDEX, problem=NAMES_CODE)
        if value[1] not in part.classes:
            raise unsupported(str(value[1]))
    for part in family.needed:
        if not isinstance(index.get(part.name), list):
            raise ModelIncomplete(folder=folder, missing=part.name)
    return family


def read_config(files: ModelFiles, part: str) -> dict[str, Any]:
    """The config.json of a network."""
    if isinstance(files, SingleFile):
        return dict(files.configs[part])
    return json.loads((files / part / "config.json").read_text(encoding="utf-8"))


def check_channels(folder: str, family: Family, denoiser: Mapping[str, Any], autoencoder: Mapping[str, Any]) -> None:
    """Raise unless the denoiser with this config reads what the autoencoder with that config makes; `folder`: its name."""
    reads, latents = family.denoiser_channels(denoiser), family.latents.channels_read(family.latent_channels(autoencoder))
    if reads != latents and denoiser.get("out_channels", latents) == latents:
        raise ModelForEditing(folder=folder, channels=reads, latents=latents)
    if reads != latents:
        raise ModelChannelsDiffer(folder=folder, denoiser=reads, autoencoder=latents)
