"""The models on this computer: what each can do, read from its JSON files without torch."""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..diffusion import samplers
from ..diffusion.fields import LEAST_SIDE, MOST_SIDE
from ..errors import QT_TRANSLATE_NOOP, ModelFileDamaged, ModelIncomplete, ModelMissing, ModelUnknown, SafelightError, StarterFileDamaged
from . import inspection
from .vocabulary import Vocabulary

STARTER = "starter"
CLIP_TOKENS = 77
MOST_TOKENS = 4096
_MISSING = QT_TRANSLATE_NOOP("Safelight", "is missing")
_SENSELESS = QT_TRANSLATE_NOOP("Safelight", "makes no sense")


@dataclass(frozen=True, slots=True)
class Size:
    """A picture size to choose from, in px."""

    width: int
    height: int
    shape: str  # "Square", "Portrait 3:4", … (English, marked for translation)


@dataclass(frozen=True, slots=True)
class Model:
    """A model folder and its facts. One that cannot be used stays listed, with its `problem`."""

    name: str  # unique in the library
    folder: Path
    bundled: bool = False  # the starter model
    size: int = 512  # px of a side it was trained for
    multiple: int = 8  # what both sides of a picture must divide by, px
    token_limit: int = CLIP_TOKENS  # start and end marks included
    guidance: float = 7.5  # a good default
    sampler: str = "DDIM"  # the one it comes with
    scheduler_config: dict[str, Any] = field(default_factory=dict)
    unet_config: dict[str, Any] = field(default_factory=dict)
    languages: tuple[str, ...] = ("en",)  # that its text encoder reads
    vocabulary: Vocabulary | None = field(default=None, compare=False)  # of a model of a small world: all that it learned
    problem: SafelightError | None = None

    @property
    def most_side(self) -> int:
        """Four times what it was trained for; beyond that it draws a mush, and slowly. px"""
        return min(4 * self.size, MOST_SIDE) // self.multiple * self.multiple

    @property
    def sizes(self) -> tuple[Size, ...]:
        """The native square first, then shapes of about the same area, which stay whole the longest."""
        grid = max(self.multiple, self.size // 16 // self.multiple * self.multiple)  # round numbers: 32 px where 512 is native

        def side(length: float) -> int:
            least = -(-LEAST_SIDE // grid) * grid
            return min(max(round(length / grid) * grid, least), MOST_SIDE // grid * grid)

        def sized(wide: int, high: int, shape: str) -> Size:
            return Size(side(self.size * (wide / high) ** 0.5), side(self.size * (high / wide) ** 0.5), shape)

        return (
            Size(self.size, self.size, QT_TRANSLATE_NOOP("Safelight", "Square")),
            sized(3, 4, QT_TRANSLATE_NOOP("Safelight", "Portrait 3:4")),
            sized(2, 3, QT_TRANSLATE_NOOP("Safelight", "Portrait 2:3")),
            sized(4, 3, QT_TRANSLATE_NOOP("Safelight", "Landscape 4:3")),
            sized(3, 2, QT_TRANSLATE_NOOP("Safelight", "Landscape 3:2")),
            sized(16, 9, QT_TRANSLATE_NOOP("Safelight", "Wide 16:9")),
        )


class ModelLibrary:
    """The starter first, then the folders that the user opened, in that order. Reading the facts takes milliseconds;
    `verified` is what stands between a folder and the libraries that read its weights."""

    def __init__(self, starter_folder: Path, folders: Sequence[Path], fingerprints: Path) -> None:
        """`fingerprints`: the file in which hashes of weights are remembered."""
        self._fingerprints = fingerprints
        self._models = [_listed(STARTER, Path(starter_folder), bundled=True)]
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
        """What the settings remember: the folders that the user opened."""
        return tuple(model.folder for model in self._models if not model.bundled)

    def find(self, name: str) -> Model:
        for model in self._models:
            if model.name == name:
                return model
        raise ModelUnknown(model=name)

    def wanted(self, wish: str) -> Model:
        """What `--model NAME|PATH` means: a name that is known here, or a folder to open."""
        if any(model.name == wish for model in self._models) or not (Path(wish).is_dir() or len(Path(wish).parts) > 1):
            return self.find(wish)
        return self.open(Path(wish))

    def open(self, folder: Path) -> Model:
        """Inspect `folder` and add it; a folder that is in the library already is looked at again."""
        folder = Path(os.path.abspath(folder))
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
        """The fingerprint of `model`, once its folder has been inspected. Reads new weights in full: not for the GUI thread."""
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

    def _at(self, folder: Path) -> Model | None:
        real = os.path.realpath(folder)
        return next((model for model in self._models if os.path.realpath(model.folder) == real), None)

    def _free_name(self, folder: Path) -> str:
        name, number = _name_of(folder), 1
        taken = {model.name for model in self._models}
        while (unique := name if number == 1 else f"{name} ({number})") in taken:
            number += 1
        return unique


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
    """The facts of the model in `folder`, from six small files."""

    def config(file: str) -> dict[str, Any]:
        return inspection.read_json(folder, file)

    def number(file: str, value: Any, most: float) -> int:
        if type(value) not in (int, float) or not 1 <= value <= most:
            raise ModelFileDamaged(folder=folder.name, file=file, problem=_SENSELESS)
        return int(value)

    scheduler_class = inspection.read_index(folder)["scheduler"][1]
    unet, vae = config("unet/config.json"), config("vae/config.json")
    text_encoder, tokenizer = config("text_encoder/config.json"), config("tokenizer/tokenizer_config.json")
    blocks = vae.get("block_out_channels")
    multiple = 2 ** (number("vae/config.json", len(blocks) if isinstance(blocks, list) else None, 7) - 1)  # px a side for one latent
    size = number("unet/config.json", unet.get("sample_size"), MOST_SIDE // multiple) * multiple
    nested = text_encoder.get("text_config")  # a whole CLIP's, as its text half
    positions = (nested if isinstance(nested, dict) else text_encoder).get("max_position_embeddings", CLIP_TOKENS)
    token_limit = min(
        number("text_encoder/config.json", positions, MOST_TOKENS),
        number("tokenizer/tokenizer_config.json", tokenizer.get("model_max_length", CLIP_TOKENS), math.inf),
    )
    model = Model(
        name,
        folder,
        bundled,
        max(size, LEAST_SIDE),
        max(multiple, 8),
        token_limit,
        5.0 if bundled else 7.5,
        scheduler_config={"_class_name": scheduler_class} | config("scheduler/scheduler_config.json"),
        unet_config=unet,
        languages=("en", "zh") if bundled else ("en",),
    )
    return replace(model, sampler=_sampler_of(scheduler_class, model))


def _with_vocabulary(model: Model) -> Model:
    vocabulary = Vocabulary.of(model.folder)
    return replace(model, vocabulary=vocabulary, languages=vocabulary.languages) if vocabulary else model


def _sampler_of(scheduler_class: str, model: Model) -> str:
    """The sampler that the model comes with, or the first that fits where we do not offer its own."""
    config = model.scheduler_config
    own = [sampler for sampler in samplers.SAMPLERS if sampler.scheduler == scheduler_class]
    alike = [sampler for sampler in own if all(config.get(key, False) == value for key, value in sampler.options.items())]
    for sampler in (*alike, *own, *samplers.SAMPLERS):
        if samplers.unfit(sampler, config, model.unet_config) is None:
            return sampler.name
    return samplers.SAMPLERS[0].name


def _of_the_starter(error: SafelightError) -> StarterFileDamaged:
    """Whatever is wrong with the folder that came with Safelight, it was not the user's doing."""
    match error:
        case ModelMissing(values={"folder": folder}):
            return StarterFileDamaged(file=folder, problem=_MISSING)
        case ModelIncomplete(values={"missing": file}):
            return StarterFileDamaged(file=file, problem=_MISSING)
        case SafelightError(values={"file": file, "problem": problem}):
            return StarterFileDamaged(file=file, problem=problem)
    return StarterFileDamaged(file="model_index.json", problem=_SENSELESS)
