"""The models on this computer and their facts, read from their JSON files without torch."""

from __future__ import annotations

import math
import os
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..diffusion import samplers
from ..diffusion.families import INDEX, PLACEHOLDER, SENSELESS
from ..diffusion.families.description import NAME, Family, Traits
from ..diffusion.fields import LEAST_SIDE, MOST_SIDE
from ..diffusion.recipe import ModelReference, Sampling
from ..errors import QT_TRANSLATE_NOOP, ModelFileDamaged, ModelIncomplete, ModelMissing, ModelUnknown, SafelightError, StarterDamaged
from . import inspection
from .vocabulary import Vocabulary

MOST_TOKENS = 4096
# Where the recommended settings of a model come from, in the order of trust.
BY_FILES = QT_TRANSLATE_NOOP("Safelight", "recognised by its files")
BY_NAME = QT_TRANSLATE_NOOP("Safelight", "recognised by its name")
BY_KIND = QT_TRANSLATE_NOOP("Safelight", "as for all models of its kind")
_MISSING = QT_TRANSLATE_NOOP("Safelight", "is missing")


@dataclass(frozen=True, slots=True)
class SizeOffer:
    """A picture size to choose from, in px."""

    width: int
    height: int
    ratio: str  # of width to height, "3:4"
    shape: str  # "Square", "Portrait 3:4", … (English, marked for translation)


@dataclass(frozen=True, slots=True)
class Model:
    """A model folder and its facts. One that cannot be used stays listed, with its `problem` and the facts of a placeholder."""

    name: str  # unique in the library
    folder: Path
    bundled: bool = False  # the starter model
    family: Family = PLACEHOLDER
    traits: Traits = field(default_factory=Traits)
    size: int = PLACEHOLDER.defaults.size  # px of a side it was trained for
    multiple: int = PLACEHOLDER.latents.spatial_factor  # what both sides of a picture must divide by, px
    token_limits: tuple[int, ...] = (PLACEHOLDER.text_encoders[0].tokens,)  # of each text encoder, both marks included
    steps: int = PLACEHOLDER.defaults.steps  # a good default, as the three that follow
    guidance: float = PLACEHOLDER.defaults.guidance_scale
    sampler: str = samplers.SAMPLERS[0].name  # the one it comes with
    source: str = BY_KIND  # of those defaults; marked for translation
    languages: tuple[str, ...] = PLACEHOLDER.languages  # that its text encoder reads
    vocabulary: Vocabulary | None = field(default=None, compare=False)  # of its training captions, if that is small
    problem: SafelightError | None = None

    @property
    def recommended(self) -> Mapping[str, Any]:
        """The settings that suit the model best, by field key. A field without an entry starts at the default of the recipe."""
        return {"sampler": self.sampler, "steps": self.steps, "guidance_scale": self.guidance, "width": self.size, "height": self.size}

    @property
    def most_side(self) -> int:
        """The longest side on offer, in px: four times the trained size. Larger pictures lose their structure and take very long."""
        if not self.family.capabilities.size:
            return self.size
        return min(4 * self.size, MOST_SIDE) // self.multiple * self.multiple

    @property
    def sizes(self) -> tuple[SizeOffer, ...]:
        """The trained square first, then shapes of about the same area, which work best."""
        if not self.family.capabilities.size:
            return (SizeOffer(self.size, self.size, "1:1", QT_TRANSLATE_NOOP("Safelight", "Square")),)
        grid = max(self.multiple, self.size // 16 // self.multiple * self.multiple)  # round numbers: 32 px where 512 is native

        def side(length: float) -> int:
            least = -(-LEAST_SIDE // grid) * grid
            return min(max(round(length / grid) * grid, least), MOST_SIDE // grid * grid)

        def sized(wide: int, high: int, shape: str) -> SizeOffer:
            return SizeOffer(side(self.size * (wide / high) ** 0.5), side(self.size * (high / wide) ** 0.5), f"{wide}:{high}", shape)

        return (
            SizeOffer(self.size, self.size, "1:1", QT_TRANSLATE_NOOP("Safelight", "Square")),
            sized(4, 3, QT_TRANSLATE_NOOP("Safelight", "Landscape 4:3")),
            sized(3, 4, QT_TRANSLATE_NOOP("Safelight", "Portrait 3:4")),
            sized(3, 2, QT_TRANSLATE_NOOP("Safelight", "Landscape 3:2")),
            sized(2, 3, QT_TRANSLATE_NOOP("Safelight", "Portrait 2:3")),
            sized(16, 9, QT_TRANSLATE_NOOP("Safelight", "Wide 16:9")),
            sized(9, 16, QT_TRANSLATE_NOOP("Safelight", "Tall 9:16")),
        )


def by_name(models: Iterable[Model], name: str) -> Model | None:
    return next((model for model in models if model.name == name), None)


class ModelLibrary:
    """The starter first, then the folders that the user opened, in that order. Reading the facts takes milliseconds.

    `verified` has to be called before any library reads the weights of a folder.
    """

    def __init__(self, starter_folder: Path, folders: Sequence[Path], fingerprints: Path) -> None:
        """`fingerprints`: the file in which hashes of weights are remembered."""
        self._fingerprints = fingerprints
        self._models = [_listed(ModelReference().name, Path(starter_folder), bundled=True)]
        self._opening = threading.Lock()  # folders are opened on any thread, several at a time
        self._verified: dict[Path, tuple[object, str]] = {}  # by folder: its stamp, and the fingerprint that goes with it
        for folder in (Path(os.path.abspath(folder)) for folder in folders):
            if self._at(folder) is None:
                self._models.append(_listed(self._free_name(folder), folder))

    @property
    def models(self) -> tuple[Model, ...]:
        return tuple(self._models)

    @property
    def starter(self) -> Model:
        return self._models[0]

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that the user opened, for the settings."""
        return tuple(model.folder for model in self._models if not model.bundled)

    def find(self, name: str) -> Model:
        """The model called `name`; raises `ModelUnknown`."""
        if model := by_name(self._models, name):
            return model
        raise ModelUnknown(model=name)

    def of(self, reference: ModelReference) -> Model:
        """The model that `reference` means: by its fingerprint where that is known here, else by its name. Raises `ModelUnknown`.

        Reads names, times and small files, so not on the GUI thread.
        """
        if reference.fingerprint:
            for model in sorted(self._models, key=lambda model: model.name != reference.name):  # most often it is the one of that name
                if self._known_fingerprint(model) == reference.fingerprint:
                    return model
        return self.find(reference.name)

    def like(self, name: str, digest: str = "") -> Model:
        """The model that another program calls `name`. Raises `ModelUnknown`, also where several could be meant.

        A file of weights whose sha256 begins with `digest` decides; it is known after the model was used once. Of names only letters
        and digits are compared. Reads small files, so not on the GUI thread.
        """
        alike = [model for model in self.models if digest and inspection.has_file(model.folder, digest, self._fingerprints)]
        alike = alike or [model for model in self.models if _letters(model.name) == _letters(name)]
        if len(alike) == 1:
            return alike[0]
        return self.find(name)

    def wanted(self, wish: str) -> Model:
        """The model that `--model NAME|PATH` means: the name of a listed model, or a folder to open."""
        if by_name(self._models, wish) is None and (Path(wish).is_dir() or len(Path(wish).parts) > 1):
            return self.open(Path(wish))
        return self.find(wish)

    def open(self, folder: Path) -> Model:
        """Inspect `folder` and add it; a folder that is in the library already is read again."""
        folder = inspection.resolved(Path(os.path.abspath(folder)))
        with self._opening:
            known = self._at(folder)
            if known and known.bundled:
                return known
            inspection.inspect(folder)
            model = _with_vocabulary(_read(known.name if known else self._free_name(folder), folder))
            if known:
                self._models[self._models.index(known)] = model
            else:
                self._models.append(model)
            return model

    def verified(self, model: Model) -> str:
        """Inspect the folder of `model` and return its fingerprint. Reads new weights in full, so not on the GUI thread."""
        stamp = inspection.stamp(model.folder)
        known, fingerprint = self._verified.get(model.folder, (None, ""))
        if stamp is not None and stamp == known:
            return fingerprint
        try:
            inspection.inspect(model.folder)
            _read(model.name, model.folder, model.bundled)
            fingerprint = inspection.fingerprint(model.folder, self._fingerprints)
        except SafelightError as error:
            raise (_of_the_starter(error) if model.bundled else error) from None
        self._verified[model.folder] = stamp, fingerprint
        return fingerprint

    def is_of(self, fingerprint: str, model: Model) -> bool:
        """Whether `fingerprint` is that of `model`, also as earlier versions computed it. Reads and raises as `verified`."""
        return fingerprint == self.verified(model) or fingerprint == inspection.earlier_fingerprint(model.folder, self._fingerprints)

    def _known_fingerprint(self, model: Model) -> str | None:
        """The fingerprint of `model` if its weights need not be read for it."""
        known, fingerprint = self._verified.get(model.folder, (None, ""))
        if known is not None and known == inspection.stamp(model.folder):
            return fingerprint
        return inspection.remembered_fingerprint(model.folder, self._fingerprints)

    def _at(self, folder: Path) -> Model | None:
        real = os.path.realpath(folder)
        return next((model for model in self._models if os.path.realpath(model.folder) == real), None)

    def _free_name(self, folder: Path) -> str:
        name, number = _name_of(folder), 1
        taken = {model.name for model in self._models}
        while (unique := name if number == 1 else f"{name} ({number})") in taken:
            number += 1
        return unique


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _name_of(folder: Path) -> str:
    """The folder's name; of a Hugging Face cache (`models--org--name/snapshots/<commit>`) the model's."""
    name = folder.name
    if folder.parent.name == "snapshots" and folder.parent.parent.name.startswith("models--"):
        name = folder.parent.parent.name.rpartition("--")[2]
    return "".join(letter for letter in unicodedata.normalize("NFC", name) if letter.isprintable()).strip() or "model"


def _listed(name: str, folder: Path, bundled: bool = False) -> Model:
    try:
        return _with_vocabulary(_read(name, folder, bundled))
    except SafelightError as error:
        return Model(name, folder, bundled, problem=_of_the_starter(error) if bundled else error)


def _read(name: str, folder: Path, bundled: bool = False) -> Model:
    """The facts of the model in `folder`, from a few small files."""

    def number(file: str, value: Any, most: float) -> int:
        if type(value) not in (int, float) or not 1 <= value <= most:
            raise ModelFileDamaged(folder=folder.name, file=file, problem=SENSELESS)
        return int(value)

    family, index = inspection.read_index(folder)
    scheduler_class = index[family.scheduler][1]
    files = {part: f"{part}/config.json" for part in (family.denoiser, family.autoencoder) if part}
    files |= {family.scheduler: f"{family.scheduler}/scheduler_config.json"}
    configs = {"": index} | {part: inspection.read_json(folder, file) for part, file in files.items()}
    try:
        position = family.spatial_factor(configs.get(family.autoencoder, {}))
    except ValueError:
        raise ModelFileDamaged(folder=folder.name, file=files[family.autoencoder], problem=SENSELESS) from None
    variant = family.variant(configs, _name_of(folder))
    defaults = variant.defaults if variant else family.defaults
    size = defaults.size
    if family.native_key:
        size = number(files[family.denoiser], configs[family.denoiser].get(family.native_key), MOST_SIDE // position) * position
    limits = []
    for encoder in family.text_encoders:
        if not encoder.limit_key:
            limits.append(encoder.tokens)
            continue
        file, tokenizer_file = f"{encoder.part}/config.json", f"{encoder.tokenizer}/tokenizer_config.json"
        config, tokenizer = inspection.read_json(folder, file), inspection.read_json(folder, tokenizer_file)
        nested = config.get("text_config")  # where the config is that of a whole CLIP
        positions = (nested if isinstance(nested, dict) else config).get(encoder.limit_key, encoder.tokens)
        most = number(tokenizer_file, tokenizer.get("model_max_length", encoder.tokens), math.inf)
        limits.append(min(number(file, positions, MOST_TOKENS), most))
    traits = family.traits(scheduler_class, configs)
    return Model(
        name,
        folder,
        bundled,
        family,
        traits,
        size=max(size, LEAST_SIDE),
        multiple=max(position, family.latents.spatial_factor) * family.latents.multiple if family.capabilities.size else size,
        token_limits=tuple(limits),
        steps=defaults.steps,
        guidance=Sampling().guidance_scale if bundled else defaults.guidance_scale,
        sampler=defaults.sampler or _sampler_of(scheduler_class, configs[family.scheduler], traits),
        source=BY_KIND if variant is None else BY_NAME if variant.part == NAME else BY_FILES,
        languages=family.languages,
    )


def _with_vocabulary(model: Model) -> Model:
    vocabulary = Vocabulary.of(model.folder)
    return replace(model, vocabulary=vocabulary, languages=vocabulary.languages) if vocabulary else model


def _sampler_of(scheduler_class: str, config: Mapping[str, Any], traits: Traits) -> str:
    """The sampler that the model comes with, or the first that fits where we do not offer its own."""
    own = [sampler for sampler in samplers.SAMPLERS if scheduler_class in (sampler.scheduler, sampler.flow)]
    alike = [sampler for sampler in own if all(config.get(key, False) == value for key, value in sampler.options.items())]
    for sampler in (*alike, *own, *samplers.SAMPLERS):
        if samplers.unfit(sampler, traits) is None:
            return sampler.name
    return samplers.SAMPLERS[0].name


def _of_the_starter(error: SafelightError) -> StarterDamaged:
    """The same problem in the words for the bundled model, which the user did not install."""
    match error:
        case ModelMissing(values={"folder": folder}):
            return StarterDamaged(file=folder, problem=_MISSING)
        case ModelIncomplete(values={"missing": file}):
            return StarterDamaged(file=file, problem=_MISSING)
        case SafelightError(values={"file": file, "problem": problem}):
            return StarterDamaged(file=file, problem=problem)
    return StarterDamaged(file=INDEX, problem=SENSELESS)
