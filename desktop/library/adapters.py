"""The LoRAs and embeddings on this computer: files that the user opened, and those in watched folders. Torch-free.

What reads files is imported where it is used: the first paint need not wait for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..diffusion.adapters import DENOISER, MOST_NAME, TEXT_ENCODERS, Adapter, Source
from ..diffusion.gguf_file import weights_header
from ..diffusion.single_file import source_of, weight_files
from ..diffusion.weight_file import HeaderError
from ..errors import (
    AdapterDamaged,
    AdapterMadeFor,
    AdapterMissing,
    AdapterUnfit,
    AdapterUnknown,
    AdapterUnsupported,
    AdapterUntaken,
    EmbeddingMadeFor,
    EmbeddingUnfit,
    EmbeddingUnknown,
    EmbeddingUntaken,
    SafelightError,
)
from . import known_hashes
from .inspection import UNREADABLE
from .known_hashes import KnownHashes, State
from .models import Model, free_name, letters

if TYPE_CHECKING:
    from .adapter_file import AdapterFile, Fit, Layers
    from .embedding_file import EmbeddingFile

ENTRANCES = {"x_embedder", "img_in"}  # of transformers, which read the latents
ORIGINAL_PER_BLOCK = 2  # layers in a block of every original UNet
MOST_LISTED = 5000  # files in all folders
MOST_REMEMBERED = 4 << 20  # bytes of the file with the hashes
LEARNED = "learned_embeds"  # begins the names of all files in which diffusers saves embeddings
SAME_NAMES = {"pytorch_lora_weights", "adapter_model", LEARNED}  # of files, in which diffusers and peft save
TABLES = ("embeddings_token_embedding", "token_embedding")  # the layer of a text encoder with a vector for each token
DIGITS = (64, 12)  # of the `Hashes` of a file
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A LoRA or an embedding of the library. One that cannot be used stays listed with its `problem`."""

    name: str  # unique in the library
    path: Path
    file: AdapterFile | None = None  # of a LoRA
    found_in: Path | None = None  # the watched folder in which it was found; None: the user opened it
    disk: int = 0  # bytes
    changed: int = 0  # ns since the epoch
    problem: SafelightError | None = None
    embedding: EmbeddingFile | None = None
    is_embedding: bool = False

    @property
    def family(self) -> str:
        """That it was made for; "" if unknown."""
        made_for = self.file or self.embedding
        return made_for.family if made_for else ""

    @property
    def words(self) -> tuple[str, ...]:
        """That call an embedding up in a prompt."""
        return tuple(dict.fromkeys((self.name, *([self.embedding.token] if self.embedding and self.embedding.token else []))))


@dataclass(frozen=True, slots=True)
class ForModel:
    """An embedding and what is known of it for a model."""

    listed: Listed
    adapter: Adapter | None  # for a recipe; None for one that cannot be used
    problem: SafelightError | None = None  # why


@dataclass(frozen=True, slots=True)
class Hashes:
    sha256: str  # of the whole file
    short_hash: str  # as `Adapter.short_hash`


class AdapterLibrary:
    """The opened files first, in their order, then those of the folders. Reading a header takes about a millisecond.

    All methods but the properties read the disk, so they are not for the GUI thread; any other thread may call them.
    """

    def __init__(self, files: Sequence[Path], folders: Sequence[Path], hashes: Path) -> None:
        """`folders`: those that are watched for models. `hashes`: the file in which hashes of files are remembered.

        `read` finds what there is.
        """
        self._files = list(files)
        self._folders = list(folders)
        self._hashes_file = hashes
        self._hashes: KnownHashes | None = None
        self._read: dict[Path, tuple[object, AdapterFile | EmbeddingFile | SafelightError]] = {}
        self._layers: dict[Path, tuple[object, Mapping[str, Layers] | None]] = {}
        self._listed: tuple[Listed, ...] | None = None  # None before it was read
        self._lock = threading.RLock()

    @property
    def adapters(self) -> tuple[Listed, ...]:
        """The LoRAs that were found when the disk was last read."""
        return tuple(each for each in self._listed or () if not each.is_embedding)

    @property
    def embeddings(self) -> tuple[Listed, ...]:
        """The embeddings that were found when the disk was last read."""
        return tuple(each for each in self._listed or () if each.is_embedding)

    @property
    def is_read(self) -> bool:
        """Whether it is known what is on the disk."""
        return self._listed is not None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the user opened, for the settings."""
        return tuple(self._files)

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Look into these watched folders, and no others, from the next `read` on. Does not wait for one at work."""
        self._folders = list(folders)

    def read(self) -> tuple[Listed, ...]:
        """Look what is there now."""
        from .adapter_file import OTHER_KIND, TOO_FINE  # nothing but a list of LoRAs tells of files of these kinds
        from .embedding_file import EmbeddingFile

        with self._lock:
            names: tuple[set[str], set[str]] = (set(), set())  # of LoRAs, of embeddings
            listed = []
            for path, found_in, is_sure, is_embedding in itertools.islice(self._candidates(), MOST_LISTED):
                name, disk, changed = _name_of(path), 0, 0
                try:
                    disk, changed = _state_of(path)
                    file = self._facts(path, is_embedding)
                    if isinstance(file, EmbeddingFile):
                        is_embedding = True
                        name = free_name(file.token if file.token and path.stem.startswith(LEARNED) else name, names[True])
                        listed.append(Listed(name, path, None, found_in, disk, changed, None, file, True))
                    else:
                        name = free_name(name, names[False])
                        listed.append(Listed(name, path, file, found_in, disk, changed))
                except SafelightError as problem:
                    is_lora = is_sure or (isinstance(problem, AdapterUnsupported) and problem.values["kind"] in (OTHER_KIND, TOO_FINE))
                    if not is_lora:  # it is a model, and listed as that with its problem
                        continue
                    name = free_name(name, names[is_embedding])
                    listed.append(Listed(name, path, None, found_in, disk, changed, problem, is_embedding=is_embedding))
                names[is_embedding].add(name)
            self._listed = tuple(listed)
            return self._listed

    def open(self, path: Path) -> Listed:
        """Add the file at `path`, or a file of that is listed already. Errors as `adapter_file.read` and `embedding_file.read`."""
        path = Path(os.path.abspath(path))
        with self._lock:
            self._facts(path)
            if path not in (each.path for each in self._listed or ()):
                self._files.append(path)
                self.read()
            return next(each for each in self._listed or () if each.path == path)

    def remove(self, path: Path) -> int:
        """Take a file that the user opened off the list; return its place."""
        with self._lock:
            place = self._files.index(path)
            del self._files[place]
            self.read()
        return place

    def insert(self, path: Path, place: int) -> None:
        """List a removed file again at its place."""
        with self._lock:
            if path not in self._files:
                self._files.insert(place, path)
                self.read()

    def identified(self, listed: Listed, weight: float = 1.0) -> Adapter:
        """The adapter for a recipe. Reads the whole file the first time. Raises `AdapterMissing` or `AdapterDamaged`."""
        hashes = self._hashes_of(listed.path)
        short_hash = hashes.sha256[: DIGITS[1]] if listed.is_embedding else hashes.short_hash
        return Adapter(listed.name, weight, hashes.sha256, short_hash)

    def like(self, adapter: Adapter, is_embedding: bool = False) -> tuple[Listed, bool] | None:
        """The LoRA or embedding that `adapter` means, of this or another program, and whether it is surely the same file.

        None if there is none.

        Hashes decide, where they are known here; else names, of which only letters and digits count.
        """
        with self._lock:
            listed = self.read() if self._listed is None else self._listed
            usable = [each for each in listed if each.is_embedding == is_embedding and (each.file or each.embedding)]
        for each in usable:
            if self._is_known_as(each, adapter):
                return each, True
        alike = [each for each in usable if letters(adapter.name) in map(letters, each.words)]
        alike = [each for each in alike if each.name == adapter.name] or alike
        if len(alike) != 1:
            return None
        try:
            identity = self.identified(alike[0])
        except SafelightError:
            return None
        same = adapter.fingerprint == identity.fingerprint if adapter.fingerprint else _matches(adapter.short_hash, identity)
        return alike[0], same

    def fit(self, listed: Listed, model: Model) -> Fit | None:
        """How much of it fits `model`; None where the layers of either are unknown."""
        from . import adapter_file

        if listed.file and not model.family.capabilities.loras:
            return adapter_file.Fit(0, listed.file.total)
        layers = self._layers_of(model) if listed.file else None
        return adapter_file.fit(listed.file, layers) if listed.file and layers else None

    def source(self, adapter: Adapter, model: Model) -> Source:
        """The file that a recipe means, unchanged and fit for `model`.

        Raises `AdapterUnknown`, `AdapterUnfit`, or an error as `adapter_file.read`.
        """
        from . import adapter_file

        found = self.like(adapter)
        if found is None or (adapter.fingerprint and not found[1]):
            raise AdapterUnknown(name=adapter.name)
        listed = found[0]
        file, sha256 = self._facts(listed.path), self._hashes_of(listed.path).sha256
        if not isinstance(file, adapter_file.AdapterFile) or (adapter.fingerprint and sha256 != adapter.fingerprint):
            raise AdapterUnknown(name=adapter.name)
        layers = self._layers_of(model)
        fits = adapter_file.fit(file, layers) if layers else None
        if not model.family.capabilities.loras or (fits and not fits.matched):
            raise unfit(listed.name, file, model)
        if fits is None or layers is None:
            return Source(listed.path, sha256)
        if ENTRANCES & {*fits.wrong}:  # diffusers would widen the model for it
            raise AdapterUnsupported(file=listed.path.name, kind=adapter_file.CONTROL)
        return Source(listed.path, sha256, adapter_file.renamed(file, layers), fits.matched if fits.is_sure else None)

    def embeddings_for(self, model: Model) -> tuple[ForModel, ...]:
        """Every listed embedding and whether it fits `model`. Reads new files in full; they are small."""
        found = []
        for listed in self.embeddings:
            problem = listed.problem or self._misfit(listed, model)
            try:
                found.append(ForModel(listed, None if problem else self.identified(listed), problem))
            except SafelightError as error:
                found.append(ForModel(listed, None, error))
        return tuple(found)

    def embedding_source(self, adapter: Adapter, model: Model) -> Source:
        """The file that a recipe means, unchanged and fit for `model`.

        Raises `EmbeddingUnknown`, `EmbeddingUnfit`, or an error as `embedding_file.read`.
        """
        from .embedding_file import EmbeddingFile

        found = self.like(adapter, is_embedding=True)
        if found is None or (adapter.fingerprint and not found[1]):
            raise EmbeddingUnknown(name=adapter.name)
        listed = found[0]
        file, sha256 = self._facts(listed.path), self._hashes_of(listed.path).sha256
        if not isinstance(file, EmbeddingFile) or (adapter.fingerprint and sha256 != adapter.fingerprint):
            raise EmbeddingUnknown(name=adapter.name)
        if problem := self._misfit(listed, model):
            raise problem
        return Source(listed.path, sha256, words=listed.words, vectors=file.vectors, tensors=file.keys)

    # -- inside

    def _misfit(self, listed: Listed, model: Model) -> EmbeddingUnfit | None:
        """Why an embedding cannot be used with `model`, by the widths of its text encoders."""
        file, widths = listed.embedding, tuple[int, ...]()
        if file is not None and not model.family.capabilities.embeddings:
            return EmbeddingUntaken(name=listed.name, family=model.family.name)
        if file is not None and (layers := self._layers_of(model)):
            tables = [layers.get(part, {}) for part in TEXT_ENCODERS[: len(model.family.text_encoders)]]
            widths = tuple(next((table[name][1] for name in TABLES if name in table), 0) for table in tables)
        if file is None or file.fits(widths):
            return None
        if file.family:
            return EmbeddingMadeFor(name=listed.name, family=file.family, model=model.name)
        return EmbeddingUnfit(name=listed.name, model=model.name)

    def _candidates(self) -> Iterator[tuple[Path, Path | None, bool, bool]]:
        """Each file once, with the folder in which it was found, whether it lies where only LoRAs do, and where only embeddings do."""
        from .model_sources import embeddings_in, loras_in

        seen = set(self._files)
        yield from ((path, None, True, False) for path in self._files)
        for folder in self._folders:
            paths, is_sure = loras_in(folder)
            embeddings = embeddings_in(folder)
            for path in (*paths, *embeddings):
                if path not in seen:
                    seen.add(path)
                    yield path, folder, is_sure, path in embeddings

    def _facts(self, path: Path, is_embedding: bool = False) -> AdapterFile | EmbeddingFile:
        """What the file says, read again when it has changed. `is_embedding`: it lies where only embeddings do."""
        from . import adapter_sidecar

        state = _state_of(path), *map(_state_beside, adapter_sidecar.places(path))
        known = self._read.get(path)
        if known is None or known[0] != state:
            try:
                known = state, _read(path, is_embedding)
            except SafelightError as problem:
                known = state, problem
            self._read[path] = known
        if isinstance(known[1], SafelightError):
            raise known[1]
        return known[1]

    def _is_known_as(self, listed: Listed, adapter: Adapter) -> bool:
        """Whether the hashes of the file are known and those of `adapter`. Reads no weights."""
        if not (adapter.fingerprint or adapter.short_hash):
            return False
        with contextlib.suppress(SafelightError):
            state = _state_of(listed.path)
            known = self._remembered().get(os.path.realpath(listed.path))
            if known is not None and known[0] == state:
                if adapter.fingerprint:
                    return adapter.fingerprint == known[1][0]
                return _matches(adapter.short_hash, Adapter(listed.name, 1, *known[1]))
        said = listed.file.short_hash if listed.file else ""
        return bool(said) and not adapter.fingerprint and said.startswith(adapter.short_hash)

    def _hashes_of(self, path: Path) -> Hashes:
        state, key = _state_of(path), os.path.realpath(path)
        with self._lock:
            known = self._remembered().get(key)
        if known is not None and known[0] == state:
            return Hashes(*known[1])
        hashes = _hashed(path)
        with self._lock:
            remembered = self._remembered()
            remembered[key] = state, (hashes.sha256, hashes.short_hash)
            known_hashes.write(self._hashes_file, remembered)
        return hashes

    def _remembered(self) -> KnownHashes:
        if self._hashes is None:
            self._hashes = known_hashes.read(self._hashes_file, DIGITS, MOST_REMEMBERED)
        return self._hashes

    def _layers_of(self, model: Model) -> Mapping[str, Layers] | None:
        """The layers of `model` by part, from the headers of its weights; None if they cannot be read."""
        files, family = model.files, model.family
        parts = {family.denoiser: DENOISER}
        parts |= {encoder.part: name for encoder, name in zip(family.text_encoders, TEXT_ENCODERS, strict=False)}
        try:
            sources = {
                name: (weight_files(files, part), source_of(files, part.name).prefix or "")
                for part in family.networks
                if (name := parts.get(part.name))
            }
            stamp = tuple((path, prefix, _state_of(path)) for paths, prefix in sources.values() for path in paths)
            known = self._layers.get(model.path)
            if known is None or known[0] != stamp:
                layers = {name: _layers(*each) for name, each in sources.items()}
                known = stamp, layers if layers.get(DENOISER) else None
                self._layers[model.path] = known
        except (OSError, HeaderError, SafelightError):
            return None
        return known[1]


def _read(path: Path, is_embedding: bool) -> AdapterFile | EmbeddingFile:
    from . import adapter_file, embedding_file

    if not is_embedding:
        try:
            return adapter_file.read(path)
        except AdapterUnsupported as error:
            if error.values["kind"] != adapter_file.EMBEDDING:
                raise
    return embedding_file.read(path)


def is_adapter(path: Path) -> bool:
    """Whether the file holds LoRA layers, also in a form that cannot be used, or an embedding."""
    from . import adapter_file

    try:
        adapter_file.read(path)
    except AdapterUnsupported as error:
        return error.values["kind"] != adapter_file.WHOLE_MODEL
    except SafelightError:
        return False
    return True


def unfit(name: str, file: AdapterFile, model: Model) -> AdapterUnfit:
    """The error for a LoRA of which nothing fits the model."""
    if not model.family.capabilities.loras:
        return AdapterUntaken(name=name, family=model.family.name)
    return AdapterMadeFor(name=name, family=file.family, model=model.name) if file.family else AdapterUnfit(name=name, model=model.name)


def _hashed(path: Path) -> Hashes:
    """Both hashes of the file, read once."""
    whole, rest = hashlib.sha256(), hashlib.sha256()
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
            start += stream.read(int.from_bytes(start, "little"))
            whole.update(start)
            while chunk := stream.read(CHUNK):
                whole.update(chunk)
                rest.update(chunk)
    except FileNotFoundError as error:
        raise AdapterMissing(file=path.name) from error
    except (OSError, OverflowError, MemoryError) as error:
        raise AdapterDamaged(file=path.name, problem=UNREADABLE) from error
    return Hashes(whole.hexdigest(), rest.hexdigest()[:12])


def _matches(short_hash: str, identity: Adapter) -> bool:
    """Whether another program's hash of a LoRA is that of this file: A1111's, or the first digits of its sha256."""
    return bool(short_hash) and (identity.short_hash.startswith(short_hash) or identity.fingerprint.startswith(short_hash))


def _state_of(path: Path) -> State:
    try:
        facts = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AdapterMissing(file=path.name) from error
    except (OSError, ValueError) as error:
        raise AdapterDamaged(file=path.name, problem=UNREADABLE) from error
    return facts.st_size, facts.st_mtime_ns


def _state_beside(path: Path) -> State | None:
    """None where there is no such file."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return facts.st_size, facts.st_mtime_ns


def _layers(paths: Iterable[Path], prefix: str) -> Layers:
    from .adapter_file import layers_of

    tensors = {
        name.removeprefix(prefix): tensor.shape
        for path in paths
        for name, tensor in weights_header(path).tensors.items()
        if name.startswith(prefix)
    }
    return layers_of(tensors, ORIGINAL_PER_BLOCK if "input_blocks.0.0.weight" in tensors else None)


def _name_of(path: Path) -> str:
    """The name of the file; where that is the same for all, that of its folder or of its entry in a Hugging Face cache."""
    from .model_sources import HUB

    name = path.stem
    if name in SAME_NAMES:
        entry = path.parent.parent.parent.name if path.parent.parent.name == "snapshots" else ""
        name = entry.rpartition("--")[2] if entry.startswith(HUB) else path.parent.name
    return "".join(filter(str.isprintable, name)).strip()[: MOST_NAME - 10] or "lora"
