"""From a single file to a model: what it holds, and which other model lends the parts that it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..diffusion.families import FAMILIES, check_channels, check_index
from ..diffusion.families.description import Family
from ..diffusion.families.layouts import (
    DENOISERS,
    EPSILON,
    REFINER,
    SD1,
    SD2,
    SDXL,
    V_PREDICTION,
    ZERO_SNR,
    Layout,
    LayoutUnknown,
    denoiser,
    stable_diffusion,
)
from ..diffusion.single_file import PartSource, SingleFile, source_of
from ..diffusion.weight_file import Header
from ..errors import ModelFilePacked, ModelFileUnknown, ModelFileUnsupported, ModelPartsMissing, NotAModel, NotAPictureModel, SafelightError
from ..resources import CLIP_TOKENIZER
from . import inspection
from .contents import INPAINTING, Contents, Holding, contents_of

if TYPE_CHECKING:
    from .models import Model

WHOLE = {SD1, SD2, SDXL}  # families whose files hold all parts, or some
SD1_AND_2 = "Stable Diffusion 1 and 2"
# The editing models among them are refused by their number of channels, in words of their own.
VARIANTS = {"", EPSILON, V_PREDICTION, ZERO_SNR, REFINER, INPAINTING, "InstructPix2Pix", "dev", "schnell", "3.5 Medium", "3.5 Large"}


def assembled(path: Path, models: Iterable[Model]) -> tuple[SingleFile, Contents]:
    """The model in the file at `path`; `models` may lend it parts. Reads headers and small files.

    Raises `ModelPartsMissing` if no model lends what is missing, another `ModelUnsupported` that names the contents if they cannot be
    run, and as `inspection.read_header`.
    """
    header = inspection.read_header(path)
    contents = contents_of(header, path.name)
    others = [model for model in models if model.path != path and not model.problem]
    family = _family(path.name, contents)
    try:
        whole = contents.family in WHOLE
        single = _completed(path, header, contents, others) if whole else _lent(path, header, contents, family, others)
    except LayoutUnknown:
        raise ModelFileUnknown(file=path.name) from None
    check_channels(path.name, family, single.configs[family.denoiser], single.configs[family.autoencoder])
    return single, contents


def _family(name: str, contents: Contents) -> Family:
    """The family that runs the contents; raises if there is none."""
    if contents.packing:
        raise ModelFilePacked(file=name, packing=contents.packing)
    if contents.holding is Holding.UNKNOWN:
        raise ModelFileUnknown(file=name)
    if contents.holding is Holding.VIDEO:
        raise NotAPictureModel(file=name, kind=contents.family)
    if contents.holding is not Holding.MODEL:
        raise NotAModel(file=name, holding=str(contents.holding))
    kind = f"{contents.family} {contents.variant}".strip()
    wanted = SD1_AND_2 if contents.family in (SD1, SD2) else kind if contents.variant == REFINER else contents.family
    known = [family for family in FAMILIES if family.name in (SD1_AND_2, SDXL, *DENOISERS) or family.refines == SDXL]
    family = next((family for family in known if family.name == wanted), None)
    if family is None or contents.variant not in VARIANTS:
        raise ModelFileUnsupported(file=name, kind=kind, known=", ".join(family.name for family in known))
    return family


def _completed(path: Path, header: Header, contents: Contents, others: Sequence[Model]) -> SingleFile:
    """A model whose configs follow from the file; parts that it lacks come from any others that have fitting ones."""
    layout = stable_diffusion(header, contents.family, contents.variant, contents.prefix, contents.is_original)
    family = check_index(path.name, layout.index)
    sources = {part: PartSource(path, prefix) for part, prefix in layout.prefixes.items()}
    sources |= {encoder.tokenizer: PartSource(CLIP_TOKENIZER) for encoder in family.text_encoders}
    configs: dict[str, Mapping[str, Any]] = dict(layout.configs)
    lenders: dict[str, str] = {}
    for parts, fits in _missing(family, layout):
        lender = next((model for model in others if _lends(model, family, parts, fits)), None)
        if lender is None:
            raise ModelPartsMissing(folder=path.name, kind=contents.family, missing=", ".join(parts))
        for part in parts:
            sources[part], configs[part] = source_of(lender.files, part), inspection.read_config(lender.files, part)
            lenders[part] = lender.name
    return SingleFile(path, layout.index, configs, sources, lenders)


def _lent(path: Path, header: Header, contents: Contents, family: Family, others: Sequence[Model]) -> SingleFile:
    """A model whose other parts are all those of a model folder of the same family."""
    for lender in others:
        if lender.family is not family or lender.single:
            continue
        try:
            lent = inspection.read_config(lender.path, family.denoiser)
            config = denoiser(header, family.name, contents.prefix, contents.is_original, lent)
        except LookupError:
            continue
        _, index = inspection.read_index(lender.path)
        shared = [part.name for part in family.needed if part.name not in (family.denoiser, family.scheduler)]
        networks = [part.name for part in family.networks if part.name != family.denoiser]
        configs = {part: inspection.read_config(lender.path, part) for part in networks} | {family.denoiser: config}
        configs[family.scheduler] = inspection.read_config(lender.path, family.scheduler, "scheduler_config.json")
        sources = {part: PartSource(lender.path / part) for part in shared} | {family.denoiser: PartSource(path, contents.prefix)}
        return SingleFile(path, index, configs, sources, dict.fromkeys(shared, lender.name))
    missing = ", ".join(part.name for part in family.networks if part.name != family.denoiser)
    raise ModelPartsMissing(folder=path.name, kind=f"{contents.family} {contents.variant}".strip(), missing=missing)


Fits = Callable[[list[Mapping[str, Any]]], bool]  # whether parts with these configs fit the denoiser


def _missing(family: Family, layout: Layout) -> list[tuple[list[str], Fits]]:
    """The parts that the file lacks, in groups that come from one model."""
    reader = layout.configs[family.denoiser]
    encoders = [encoder.part for encoder in family.text_encoders]

    def autoencoder_fits(configs: list[Mapping[str, Any]]) -> bool:
        return family.latents.channels_read(family.latent_channels(configs[0])) == family.denoiser_channels(reader)

    def encoders_fit(configs: list[Mapping[str, Any]]) -> bool:
        return sum(config.get("hidden_size", 0) for config in configs) == family.text_width(reader)

    groups: list[tuple[list[str], Fits]] = []
    if any(part not in layout.prefixes for part in encoders):
        groups.append((encoders, encoders_fit))
    if family.autoencoder not in layout.prefixes:
        groups.append(([family.autoencoder], autoencoder_fits))
    return groups


def _lends(model: Model, family: Family, parts: list[str], fits: Fits) -> bool:
    if model.family is not family or any(part in _borrowed(model) for part in parts):
        return False
    try:
        return fits([inspection.read_config(model.files, part) for part in parts])
    except SafelightError:  # it was damaged after it was listed
        return False


def _borrowed(model: Model) -> Iterable[str]:
    return model.single.lenders if model.single else ()
