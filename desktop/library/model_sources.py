"""Folders in which other programs keep models, read in place: which programs are known, where they usually lie, what is in them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..diffusion.families import INDEXES
from ..diffusion.weight_file import SUFFIX
from ..errors import ModelFolderMissing, ModelFolderUnreadable, SafelightError
from .inspection import resolved
from .safe_file import GONE, why

MOST_DEPTH = 5  # of folders in a folder with models
MOST_SEEN = 50_000  # names in all folders of one source
MOST_FOUND = 2000  # models in one source
LISTED = {".safetensors", ".ckpt", ".gguf"}  # suffixes of single files that may hold a model
EMBEDDINGS = {".safetensors", ".pt", ".bin"}  # suffixes of files in folders with embeddings
HUB = "models--"  # begins the folders of a Hugging Face cache
_COMPONENT = "config.json"  # lies beside the weights of one part, which are no model


@dataclass(frozen=True, slots=True)
class Program:
    """A program that keeps models: by which folder inside its own it is known, and which of them hold models, LoRAs and embeddings."""

    name: str
    mark: str
    folders: tuple[str, ...]
    loras: tuple[str, ...] = ()  # none: they lie among the models
    embeddings: tuple[str, ...] = ()  # as `loras`
    also: tuple[str, ...] = ()  # all of these exist too


SWARM = Program(
    "SwarmUI",
    "Models/Stable-Diffusion",
    ("Models/Stable-Diffusion", "Models/diffusion_models", "Models/unet", "Models/diffusers"),
    ("Models/Lora",),
    ("Models/Embeddings", "Models/Embedding"),
)
A1111 = Program(
    "A1111 / Forge",
    "models/Stable-diffusion",
    ("models/Stable-diffusion", "models/diffusers"),
    ("models/Lora", "models/LyCORIS"),
    ("embeddings", "models/embeddings"),
)
COMFY = Program(
    "ComfyUI",
    "models/checkpoints",
    ("models/checkpoints", "models/diffusion_models", "models/unet", "models/diffusers"),
    ("models/loras",),
    ("models/embeddings",),
)
INVOKE = Program("InvokeAI", "databases", ("models",), also=("models",))
PROGRAMS = (SWARM, A1111, COMFY, INVOKE)
HUGGING_FACE = Program("Hugging Face", "", ("",))
PLAIN = Program("", "", ("",))

IN_HOME = (
    "ComfyUI",
    "Documents/ComfyUI",
    "comfy/ComfyUI",
    "stable-diffusion-webui",
    "stable-diffusion-webui-forge",
    "SwarmUI",
    "invokeai",
    "InvokeAI",
)


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in a source. `problem` concerns all of it; what could not be read inside it is left out."""

    models: tuple[Path, ...] = ()  # folders and files that may be models
    folders: tuple[Path, ...] = ()  # that were looked into, also for LoRAs
    unread: tuple[Path, ...] = ()  # folders inside that cannot be read
    is_whole: bool = True  # whether the limits left nothing out
    problem: SafelightError | None = None


def program_of(folder: Path) -> Program:
    """The program whose folder this is, or `PLAIN`. Also for the folder of its models: ComfyUI/models."""
    for program in PROGRAMS:
        if all((folder / inside).is_dir() for inside in (program.mark, *program.also)):
            return program
    try:
        with os.scandir(folder) as entries:
            if any(entry.name.startswith(HUB) for entry in itertools.islice(entries, MOST_SEEN)):
                return HUGGING_FACE
    except OSError:
        pass
    return PLAIN


def root_of(folder: Path) -> Path:
    """The folder of the program, where `folder` is the folder of its models."""
    parent = folder.parent
    return parent if folder.name.lower() == "models" and program_of(parent) is not PLAIN else folder


def usual_places(home: Path, environment: Mapping[str, str]) -> list[Path]:
    """Folders of known programs that exist in usual places of this computer and hold at least one model."""
    cache = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    hub = environment.get("HF_HUB_CACHE") or Path(environment.get("HF_HOME") or cache / "huggingface", "hub")
    found = []
    for folder in (*(home / name for name in IN_HOME), Path(hub)):
        program = program_of(folder)
        if program is not PLAIN and next(_Walk(folder).models(program), None) is not None:
            found.append(folder)
    return list({os.path.realpath(folder): folder for folder in found}.values())


def holds_models(folder: Path) -> bool:
    """Whether at least one model or LoRA may be in `folder`."""
    walk, program = _Walk(folder), program_of(folder)
    return next(itertools.chain(walk.models(program), walk.loras(program)), None) is not None


def loras_in(folder: Path) -> tuple[list[Path], bool]:
    """The files in `folder` that may be LoRAs, in the order of names, and whether it keeps them apart from models. Opens no file."""
    walk, program = _Walk(folder), program_of(folder)
    found = walk.loras(program) if program.loras else (path for path in walk.models(program) if path.suffix.lower() == SUFFIX)
    return list(itertools.islice(found, MOST_FOUND)), bool(program.loras)


def embeddings_in(folder: Path) -> list[Path]:
    """The files in `folder` that lie where the program keeps embeddings, in the order of names. Opens no file.

    One in a format that can carry code is left out where there is a safe one of the same name.
    """
    found = list(itertools.islice(_Walk(folder).embeddings(program_of(folder)), MOST_FOUND))
    safe = {path.with_suffix("") for path in found if path.suffix.lower() == SUFFIX}
    return [path for path in found if path.suffix.lower() == SUFFIX or path.with_suffix("") not in safe]


def listing(folder: Path) -> Listing:
    """What is in `folder`, in the order of names. Opens no file."""
    try:
        with os.scandir(folder):
            pass
    except (FileNotFoundError, NotADirectoryError):
        return Listing(problem=ModelFolderMissing(folder=str(folder), problem=GONE))
    except OSError as error:
        return Listing(problem=ModelFolderUnreadable(folder=str(folder), problem=why(error)))
    walk, program = _Walk(folder), program_of(folder)
    models = tuple(itertools.islice(walk.models(program), MOST_FOUND + 1))
    for _ in itertools.islice(itertools.chain(walk.loras(program), walk.embeddings(program)), MOST_FOUND):
        pass  # for their folders
    is_whole = len(models) <= MOST_FOUND and walk.unseen > 0
    return Listing(models[:MOST_FOUND], tuple(walk.folders), tuple(walk.unread), is_whole)


@dataclass(slots=True)
class _Walk:
    folder: Path
    folders: list[Path] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)
    unseen: int = MOST_SEEN
    _visited: set[tuple[int, int]] = field(default_factory=set)

    def models(self, program: Program) -> Iterator[Path]:
        for inside in program.folders:
            if (path := self.folder / inside).is_dir():
                yield from self._within(path, MOST_DEPTH)

    def loras(self, program: Program) -> Iterator[Path]:
        """Files in folders of their own."""
        for inside in program.loras:
            if (path := self.folder / inside).is_dir():
                yield from (found for found in self._within(path, MOST_DEPTH) if found.suffix.lower() == SUFFIX)

    def embeddings(self, program: Program) -> Iterator[Path]:
        """Files in folders of their own, also those that are refused."""
        for inside in program.embeddings:
            if (path := self.folder / inside).is_dir():
                yield from self._within(path, MOST_DEPTH, EMBEDDINGS)

    def _within(self, folder: Path, depth: int, suffixes: Collection[str] = LISTED) -> Iterator[Path]:
        try:
            facts = folder.stat()
            if (facts.st_dev, facts.st_ino) in self._visited:  # links may lead in a circle
                return
            self._visited.add((facts.st_dev, facts.st_ino))
            with os.scandir(folder) as found:
                entries = sorted(itertools.islice(found, max(0, self.unseen)), key=lambda entry: entry.name.casefold())
        except OSError:
            self.unread.append(folder)
            return
        self.folders.append(folder)
        self.unseen -= len(entries)
        names = {entry.name for entry in entries}
        if not names.isdisjoint(INDEXES):
            yield folder
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = Path(entry.path)
            try:
                is_folder = entry.is_dir()
                is_file = not is_folder and entry.is_file() and path.suffix.lower() in suffixes
            except OSError:  # a link in a circle
                continue
            if is_folder and entry.name.startswith(HUB):
                if (snapshot := resolved(path)) != path:
                    yield from self._within(snapshot, 0, suffixes)
            elif is_folder and depth:
                yield from self._within(path, depth - 1, suffixes)
            elif is_file and _COMPONENT not in names:
                yield path
