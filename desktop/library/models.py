"""The models on this computer and their facts, read from their JSON files without torch."""

from __future__ import annotations

import math
import os
import threading
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..diffusion import samplers
from ..diffusion.families import INDEX, PLACEHOLDER, SENSELESS, check_index
from ..diffusion.families.description import NAME, Family, Traits
from ..diffusion.fields import LEAST_SIDE, MOST_SIDE
from ..diffusion.recipe import ModelReference, Sampling
from ..diffusion.single_file import ModelFiles, SingleFile, source_of
from ..errors import (
    QT_TRANSLATE_NOOP,
    ModelFileDamaged,
    ModelIncomplete,
    ModelMissing,
    ModelPartsMissing,
    ModelUnknown,
    SafelightError,
    StarterDamaged,
)
from . import inspection
from .known_hashes import KnownHashes
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
    """A model and its facts. One that cannot be used stays listed, with its `problem` and the facts of a placeholder."""

    name: str  # unique in the library
    path: Path  # its folder in diffusers layout, or the file that holds it
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
    single: SingleFile | None = None  # what the file holds, if it is one
    precision: str = ""  # of the weights in a single file: "fp16", "bf16", …
    found_in: Path | None = None  # the folder of another program, or a plain one, in which it was found; None: the user opened it
    problem: SafelightError | None = None

    @property
    def files(self) -> ModelFiles:
        """What it is loaded from."""
        return self.single or self.path

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
    """The starter first, then the folders and files that the user opened, in that order, then what was found in watched folders.

    Reading the facts of a model takes milliseconds. `verified` has to be called before any library reads the weights of a model.
    """

    def __init__(self, starter_folder: Path, opened: Sequence[Path], fingerprints: Path) -> None:
        """`fingerprints`: the file in which hashes of weights are remembered."""
        self._fingerprints = fingerprints
        self._models = [self._listed(ModelReference().name, Path(starter_folder), bundled=True)]
        self._opening = threading.Lock()  # models are opened on any thread, several at a time
        self._verified: dict[Path, tuple[object, str]] = {}  # by path: its stamp, and the fingerprint that goes with it
        for path in (Path(os.path.abspath(path)) for path in opened):
            if self._at(path) is None:
                self._models.append(self._listed(self._new_name(path), path))
        for place, model in enumerate(self._models):  # a file may share parts of a model that was opened after it
            if isinstance(model.problem, ModelPartsMissing):
                self._models[place] = self._listed(model.name, model.path)

    @property
    def models(self) -> tuple[Model, ...]:
        return tuple(self._models)

    @property
    def starter(self) -> Model:
        return self._models[0]

    @property
    def opened(self) -> tuple[Path, ...]:
        """The folders and files that the user opened, for the settings."""
        return tuple(model.path for model in self._models if not model.bundled and model.found_in is None)

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
            hashes = inspection.remembered_hashes(self._fingerprints)
            for model in sorted(self._models, key=lambda model: model.name != reference.name):  # most often it is the one of that name
                if self.known_fingerprint(model, hashes) == reference.fingerprint:
                    return model
        return self.find(reference.name)

    def like(self, name: str, digest: str = "") -> Model:
        """The model that another program calls `name`. Raises `ModelUnknown`, also where several could be meant.

        A file of weights whose sha256 begins with `digest` decides, or else a fingerprint that does; both are known after the model was
        used once. Of names only letters and digits are compared. Reads small files, so not on the GUI thread.
        """
        alike = []
        if digest:
            hashes = inspection.remembered_hashes(self._fingerprints)
            alike = [model for model in self.models if inspection.has_file(model.files, digest, hashes)]
            alike = alike or [model for model in self.models if (self.known_fingerprint(model, hashes) or "").startswith(digest)]
        alike = alike or [model for model in self.models if letters(model.name) == letters(name)]
        if len(alike) == 1:
            return alike[0]
        return self.find(name)

    def wanted(self, wish: str) -> Model:
        """The model that `--model NAME|PATH` means: the name of a listed model, or a folder or file to open."""
        path = Path(wish)
        if by_name(self._models, wish) is None and (path.exists() or len(path.parts) > 1 or inspection.is_file(path)):
            return self.open(path)
        return self.find(wish)

    def open(self, path: Path) -> Model:
        """Inspect a folder or file and add it; one that is in the library already is read again."""
        path = inspection.resolved(Path(os.path.abspath(path)))
        with self._opening:
            known = self._at(path)
            if known and known.bundled:
                return known
            if not inspection.is_file(path):
                inspection.inspect(path)
            model = self._read(known.name if known else self._new_name(path), path)
            self._replace(known, model)
            return model

    def judged(self, path: Path, found_in: Path) -> Model:
        """The facts of a model that was found in the watched folder `found_in`, without listing it. Its name may be taken."""
        return replace(self._inspected(_name_of(path), path), found_in=found_in)

    def show_found(self, found: Iterable[Model], follows_links: bool = True) -> None:
        """List these models of watched folders, and no others of such folders.

        A model that is listed already is left out, also under another path if `follows_links`, which reads the disk. A name that is
        taken is made unique.
        """
        parents: dict[Path, str] = {}  # resolved once: most models lie beside each other

        def real_path(path: Path) -> str:
            if not follows_links:
                return os.path.abspath(path)
            if path.is_symlink():
                return os.path.realpath(path)
            if path.parent not in parents:
                parents[path.parent] = os.path.realpath(path.parent)
            return os.path.join(parents[path.parent], path.name)

        with self._opening:
            models = [model for model in self._models if model.found_in is None]
            real = {real_path(model.path) for model in models}
            taken = {model.name for model in models}
            for model in found:
                if (path := real_path(model.path)) not in real:
                    real.add(path)
                    name = free_name(_name_of(model.path), taken)
                    taken.add(name)
                    models.append(replace(model, name=name))
            self._models = models

    def remove(self, model: Model) -> int:
        """Take a model that the user opened off the list; return its place. Its files stay as they are."""
        with self._opening:
            place = self._models.index(model)
            self._models = [each for each in self._models if each is not model]
        return place

    def insert(self, model: Model, place: int) -> None:
        """List a removed model again at its place, unless its files are listed meanwhile."""
        with self._opening:
            if self._at(model.path) is None:
                name = free_name(model.name, {each.name for each in self._models})
                self._models = [*self._models[:place], replace(model, name=name), *self._models[place:]]

    def read_again(self, model: Model) -> Model:
        """List the facts of a model as they are on disk now, and its problem if it has one."""
        fresh = replace(self._inspected(model.name, model.path, model.bundled), found_in=model.found_in)
        with self._opening:
            self._replace(by_name(self._models, model.name), fresh)
        return fresh

    def known_fingerprint(self, model: Model, hashes: KnownHashes | None = None) -> str | None:
        """The fingerprint of `model` if its weights need not be read for it. Reads names, times and small files.

        `hashes`: what is remembered of files, for those who ask about many models.
        """
        known, fingerprint = self._verified.get(model.path, (None, ""))
        if known is not None and known == inspection.stamp(model.files):
            return fingerprint
        if hashes is None:
            hashes = inspection.remembered_hashes(self._fingerprints)
        return inspection.remembered_fingerprint(model.files, hashes)

    def known_fingerprints(self, models: Iterable[Model]) -> dict[Path, str | None]:
        """As `known_fingerprint` of each, by path."""
        hashes = inspection.remembered_hashes(self._fingerprints)
        return {model.path: self.known_fingerprint(model, hashes) for model in models}

    def verified(self, model: Model) -> str:
        """Inspect the files of `model` and return its fingerprint. Reads new weights in full, so not on the GUI thread.

        Facts that have changed on disk meanwhile are read again: `find` returns the model with the new ones.
        """
        stamp = inspection.stamp(model.files)
        known, fingerprint = self._verified.get(model.path, (None, ""))
        if stamp is not None and stamp == known:
            return fingerprint
        try:
            fresh = replace(self._read(model.name, model.path, model.bundled), found_in=model.found_in)
            for folder in _folders(fresh):
                inspection.inspect(folder)
            fingerprint = inspection.fingerprint(fresh.files, self._fingerprints)
        except SafelightError as error:
            raise (_of_the_starter(error) if model.bundled else error) from None
        if fresh.single != model.single:
            with self._opening:
                self._replace(by_name(self._models, model.name), fresh)
        self._verified[model.path] = inspection.stamp(fresh.files), fingerprint
        return fingerprint

    def is_of(self, fingerprint: str, model: Model) -> bool:
        """Whether `fingerprint` is that of `model`, also as earlier versions computed it. Reads and raises as `verified`."""
        if fingerprint == self.verified(model):
            return True
        return model.single is None and fingerprint == inspection.earlier_fingerprint(model.path, self._fingerprints)

    def _replace(self, known: Model | None, model: Model) -> None:
        if known and known in self._models:
            self._models[self._models.index(known)] = model
        else:
            self._models.append(model)

    def _listed(self, name: str, path: Path, bundled: bool = False) -> Model:
        try:
            return self._read(name, path, bundled)
        except SafelightError as error:
            return Model(name, path, bundled, problem=_of_the_starter(error) if bundled else error)

    def _inspected(self, name: str, path: Path, bundled: bool = False) -> Model:
        """As `_listed`, with the problem of a model folder that is incomplete or not sound."""
        model = self._listed(name, path, bundled)
        try:
            for folder in [] if model.problem else _folders(model):
                inspection.inspect(folder)
        except SafelightError as error:
            return Model(name, path, bundled, problem=_of_the_starter(error) if bundled else error)
        return model

    def _read(self, name: str, path: Path, bundled: bool = False) -> Model:
        """The facts of the model at `path`, from a few small files or from headers."""
        if inspection.is_file(path):
            from .single_files import assembled  # here: the first paint need not wait for it

            single, contents = assembled(path, self._models)
            return replace(_facts(name, single), precision=contents.precision)
        return _with_vocabulary(_facts(name, path, bundled))

    def _new_name(self, path: Path) -> str:
        return free_name(_name_of(path), {model.name for model in self._models})

    def _at(self, path: Path) -> Model | None:
        real = os.path.realpath(path)
        return next((model for model in self._models if os.path.realpath(model.path) == real), None)


def free_name(name: str, taken: Container[str]) -> str:
    """`name`, or with the first free number behind it."""
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name} ({number})"
    return unique


def letters(name: str) -> str:
    """The letters and digits of `name`, by which it is compared with the names of other programs."""
    return "".join(filter(str.isalnum, name.casefold()))


def _folders(model: Model) -> list[Path]:
    """The model folders that `model` is read from."""
    if model.single is None:
        return [model.path]
    folders = {source.path.parent for part, source in model.single.parts.items() if part in model.single.lenders and source.prefix is None}
    return sorted(folders)


def _name_of(path: Path) -> str:
    """The folder's or file's name; of a Hugging Face cache (`models--org--name/snapshots/<commit>`) the model's."""
    name = path.stem if inspection.is_file(path) else path.name
    if path.parent.name == "snapshots" and path.parent.parent.name.startswith("models--"):
        name = path.parent.parent.name.rpartition("--")[2]
    return "".join(letter for letter in unicodedata.normalize("NFC", name) if letter.isprintable()).strip() or "model"


def _facts(name: str, files: ModelFiles, bundled: bool = False) -> Model:
    """The facts of a model, from its configs."""

    def number(file: str, value: Any, most: float) -> int:
        if type(value) not in (int, float) or not 1 <= value <= most:
            raise ModelFileDamaged(folder=files.name, file=file, problem=SENSELESS)
        return int(value)

    single, path = (files, files.path) if isinstance(files, SingleFile) else (None, files)

    family, index = (check_index(single.name, single.index), single.index) if single else inspection.read_index(path)
    scheduler_class = index[family.scheduler][1]

    configs = {"": index, family.scheduler: _scheduler_config(files, family)}
    configs |= {part: inspection.read_config(files, part) for part in (family.denoiser, family.autoencoder) if part}
    try:
        position = family.spatial_factor(configs.get(family.autoencoder, {}))
    except ValueError:
        raise ModelFileDamaged(folder=files.name, file=f"{family.autoencoder}/config.json", problem=SENSELESS) from None
    variant = family.variant(configs, _name_of(path))
    defaults = variant.defaults if variant else family.defaults
    size = defaults.size
    native = configs[family.denoiser].get(family.native_key)
    if family.native_key and (family.is_described or isinstance(native, int)):
        size = number(f"{family.denoiser}/config.json", native, MOST_SIDE // position) * position
    limits = []
    for encoder in family.text_encoders:
        if not encoder.limit_key:
            limits.append(encoder.tokens)
            continue
        file, tokenizer_file = f"{encoder.part}/config.json", f"{encoder.tokenizer}/tokenizer_config.json"
        config, tokenizer = inspection.read_config(files, encoder.part), read_tokenizer(files, encoder.tokenizer)
        nested = config.get("text_config")  # where the config is that of a whole CLIP
        positions = (nested if isinstance(nested, dict) else config).get(encoder.limit_key, encoder.tokens)
        most = number(tokenizer_file, tokenizer.get("model_max_length", encoder.tokens), math.inf)
        limits.append(min(number(file, positions, MOST_TOKENS), most))
    traits = family.traits(scheduler_class, configs)
    return Model(
        name,
        path,
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
        single=single,
    )


def _scheduler_config(files: ModelFiles, family: Family) -> Mapping[str, Any]:
    part = family.part(family.scheduler)
    if part and part.made and isinstance(files, Path) and not (files / part.name).is_dir():
        return part.made
    return inspection.read_config(files, family.scheduler, "scheduler_config.json")


def tokenizer_place(files: ModelFiles, part: str) -> tuple[Path, str]:
    """The folder in which the tokenizer `part` lies, and its name there."""
    path = source_of(files, part).path
    return path.parent, path.name


def read_tokenizer(files: ModelFiles, part: str) -> Mapping[str, Any]:
    """The tokenizer_config.json of the tokenizer `part`."""
    folder, name = tokenizer_place(files, part)
    config = inspection.read_json(folder, f"{name}/tokenizer_config.json")
    return {**config, **files.configs.get(part, {})} if isinstance(files, SingleFile) else config


def _with_vocabulary(model: Model) -> Model:
    vocabulary = Vocabulary.of(model.path)
    return replace(model, vocabulary=vocabulary, languages=vocabulary.languages) if vocabulary else model


def _sampler_of(scheduler_class: str, config: Mapping[str, Any], traits: Traits) -> str:
    """The sampler that the model comes with, or the first that fits where we do not offer its own."""
    own = [sampler for sampler in samplers.SAMPLERS if scheduler_class in (sampler.scheduler, sampler.flow, sampler.edm)]
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
