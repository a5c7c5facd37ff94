"""From a single file to a model: what it holds, and which other model lends the parts that it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..diffusion.families import FAMILIES, check_channels, check_index
from ..diffusion.families.description import Family
from ..diffusion.single_file import PartSource, SingleFile
from ..errors import ModelFilePacked, ModelFileUnknown, ModelFileUnsupported, ModelPartsMissing, NotAModel, NotAPictureModel, SafelightError
from ..resources import CLIP_TOKENIZER
from . import inspection
from .contents import EPSILON, INPAINTING, SD1, SD2, SDXL, V_PREDICTION, ZERO_SNR, Contents, Holding, contents_of
from .layouts import Layout, LayoutUnknown, stable_diffusion

if TYPE_CHECKING:
    from .models import Model

STABLE_DIFFUSION = {SD1, SD2, SDXL}
# The editing models are refused by their number of channels, in words of their own.
VARIANTS = {"", EPSILON, V_PREDICTION, ZERO_SNR, INPAINTING, "InstructPix2Pix"}


def assembled(path: Path, models: Iterable[Model]) -> tuple[SingleFile, Contents]:
    """The model in the file at `path`; `models` may lend it parts. Reads headers and small files.

    Raises `ModelPartsMissing` if no model lends what is missing, another `ModelUnsupported` that names the contents if they cannot be
    run, and as `inspection.read_header`.
    """
    header = inspection.read_header(path)
    contents = contents_of(header, path.name)
    name = path.name
    _check(name, contents)
    try:
        layout = stable_diffusion(header, contents)
    except LayoutUnknown:
        raise ModelFileUnknown(file=name) from None
    family = check_index(name, layout.index)
    sources = {part: PartSource(path, prefix) for part, prefix in layout.prefixes.items()}
    sources |= {encoder.tokenizer: PartSource(CLIP_TOKENIZER) for encoder in family.text_encoders}
    configs: dict[str, Mapping[str, Any]] = dict(layout.configs)
    lenders: dict[str, str] = {}
    for parts, fits in _missing(family, layout):
        lender = next((model for model in models if model.path != path and _lends(model, family, parts, fits)), None)
        if lender is None:
            raise ModelPartsMissing(folder=name, kind=contents.family, missing=", ".join(parts))
        for part in parts:
            sources[part], configs[part], lenders[part] = _source(lender, part), _config(lender, part), lender.name
    check_channels(name, family, configs[family.denoiser], configs[family.autoencoder])
    return SingleFile(path, layout.index, configs, sources, lenders), contents


def _check(name: str, contents: Contents) -> None:
    """Raise unless the contents are a model that we can run."""
    if contents.packing:
        raise ModelFilePacked(file=name, packing=contents.packing)
    if contents.holding is Holding.UNKNOWN:
        raise ModelFileUnknown(file=name)
    if contents.holding is Holding.VIDEO:
        raise NotAPictureModel(file=name, kind=contents.family)
    if contents.holding is not Holding.MODEL:
        raise NotAModel(file=name, holding=str(contents.holding))
    if contents.family not in STABLE_DIFFUSION or contents.variant not in VARIANTS:
        kind = f"{contents.family} {contents.variant}".strip()
        raise ModelFileUnsupported(file=name, kind=kind, known=", ".join(family.name for family in FAMILIES))


Fits = Callable[[list[Mapping[str, Any]]], bool]  # whether parts with these configs fit the denoiser


def _missing(family: Family, layout: Layout) -> list[tuple[list[str], Fits]]:
    """The parts that the file lacks, in groups that come from one model."""
    denoiser = layout.configs[family.denoiser]
    encoders = [encoder.part for encoder in family.text_encoders]

    def autoencoder_fits(configs: list[Mapping[str, Any]]) -> bool:
        return family.latents.channels_read(family.latent_channels(configs[0])) == family.denoiser_channels(denoiser)

    def encoders_fit(configs: list[Mapping[str, Any]]) -> bool:
        return sum(config.get("hidden_size", 0) for config in configs) == denoiser.get("cross_attention_dim")

    groups: list[tuple[list[str], Fits]] = []
    if any(part not in layout.prefixes for part in encoders):
        groups.append((encoders, encoders_fit))
    if family.autoencoder not in layout.prefixes:
        groups.append(([family.autoencoder], autoencoder_fits))
    return groups


def _lends(model: Model, family: Family, parts: list[str], fits: Fits) -> bool:
    if model.problem or model.family is not family or any(part in _borrowed(model) for part in parts):
        return False
    try:
        return fits([_config(model, part) for part in parts])
    except SafelightError:  # it was damaged after it was listed
        return False


def _borrowed(model: Model) -> Iterable[str]:
    return model.single.lenders if model.single else ()


def _source(model: Model, part: str) -> PartSource:
    return model.single.parts[part] if model.single else PartSource(model.path / part)


def _config(model: Model, part: str) -> Mapping[str, Any]:
    return model.single.configs[part] if model.single else inspection.read_json(model.path, f"{part}/config.json")
