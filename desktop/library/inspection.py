"""Checks a model folder before any library reads it: complete, of a known family, only data, all files inside the folder.

Only what is read when the model is loaded counts: the index and the folders of the needed parts. Whatever else lies
beside, code and pickles included, is never opened and is no reason to refuse a model. The weights themselves are read by
`fingerprint` alone; the rest reads names, JSON and headers.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ..diffusion import families
from ..diffusion.families import (
    FAMILIES,
    INDEX,
    LACKS_ENTRY,
    NAMES_CODE,
    NOT_JSON,
    check_channels,
    has_index,
    index_in,
    plain_index,
    unsupported,
)
from ..diffusion.families.description import Family, Part
from ..diffusion.gguf_file import SUFFIX as GGUF
from ..diffusion.gguf_file import weights_header
from ..diffusion.single_file import ModelFiles, SingleFile
from ..diffusion.weight_file import SUFFIX as WEIGHTS
from ..diffusion.weight_file import Header, HeaderError, header_of, no_key_twice, parse_header
from ..errors import (
    QT_TRANSLATE_NOOP,
    ModelElsewhere,
    ModelFileDamaged,
    ModelFileMissing,
    ModelIncomplete,
    ModelMissing,
    ModelRefused,
    ModelsElsewhere,
    ModelSingleFile,
    ModelUnsafe,
    ModelUnsupported,
    SafelightError,
)
from ..resources import CLIP_TOKENIZER
from . import known_hashes, safe_file
from .known_hashes import KnownHashes

TEXTS = {".json", ".txt", ".model", ".jinja"}  # what the libraries read in the folder of a part, beside its weights
# A model draws without these two, so damage there is no reason to refuse it.
VOCABULARY = "vocabulary.json"
PREVIEW_DECODER = Part("preview_decoder", "", frozenset(), weights="(model|diffusion_pytorch_model)", needed=False)
UNCOUNTED = {"safety_checker", "feature_extractor", "image_encoder", "preview_decoder", VOCABULARY}  # in `earlier_fingerprint`
PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".npy", ".npz", ".joblib", ".dill"}
PROGRAMS = {".py", ".pyc", ".pyd", ".pyw", ".so", ".dll", ".dylib", ".exe", ".sh", ".bat", ".cmd", ".ps1", ".js", ".jar", ".whl"}
# Keys by which a configuration names code to run (CVE-2026-4372, -5241, -44513). `_attn_implementation_autoset` is a harmless flag.
CODE_KEYS = re.compile(r"auto_map|trust_remote_code|custom_pipelines?|_?(attn|experts)_implementation(?!_autoset$).*")

MODEL_FILES = frozenset({WEIGHTS, GGUF, *PICKLES})  # suffixes of files that may be meant as a model; all but two are refused

MOST_FILES = 1000
MOST_COMMIT = 100  # bytes of a file that names one
MOST_TEXT = 5 << 20  # bytes
MOST_TOKENIZER = 40 << 20  # CLIP's have 2 to 4 MB, Qwen's 11, Gemma's 34
MOST_READ = 128 << 20  # of one folder, all JSON and headers together
MOST_VALUES = 500_000  # in all JSON of one folder until its family is known; then that of its tokenizers
MOST_NAMED = 3  # models in one sentence
MOST_DEPTH = 50
DIGITS = (64,)  # of the hash of a file: its sha256

UNREADABLE = QT_TRANSLATE_NOOP("Safelight", "cannot be read")
_TOO_LARGE = QT_TRANSLATE_NOOP("Safelight", "is larger than any such file should be")
_TOO_DEEP = QT_TRANSLATE_NOOP("Safelight", "is nested deeper than any such file should be")
_TOO_MANY = QT_TRANSLATE_NOOP("Safelight", "is one of too many files for a model")
_OUTSIDE = QT_TRANSLATE_NOOP("Safelight", "points to a place outside the model folder")
_NOT_A_FILE = QT_TRANSLATE_NOOP("Safelight", "is not an ordinary file")
_PICKLE = QT_TRANSLATE_NOOP("Safelight", "weights in this format can carry code")
_PROGRAM = QT_TRANSLATE_NOOP("Safelight", "it is code")


def resolved(folder: Path) -> Path:
    """`folder`, or its current snapshot if it is a whole entry of a Hugging Face cache (`models--org--name`)."""
    snapshots = folder / "snapshots"
    if not folder.name.startswith("models--") or has_index(folder) or not snapshots.is_dir():
        return folder
    try:
        main = safe_file.read(folder / "refs/main", MOST_COMMIT).decode().strip()
    except (OSError, ValueError):
        main = ""
    if re.fullmatch("[0-9a-f]+", main) and (snapshots / main).is_dir():
        return snapshots / main
    try:
        all_of_them = [entry for entry in snapshots.iterdir() if entry.is_dir()]
    except OSError:
        return folder
    return all_of_them[0] if len(all_of_them) == 1 else folder


def inspect(folder: Path) -> None:
    """Raise unless `folder` holds a complete model of a supported family that can be loaded without running code."""
    _Inspection(folder).everything()


def read_index(folder: Path) -> tuple[Family, dict[str, Any]]:
    """The family of the model and its `model_index.json`, whose components are all in the description of the family."""
    return _Inspection(folder).index()


def read_json(folder: Path, file: str) -> dict[str, Any]:
    """One configuration of the model, if it is within all limits; `file` with forward slashes."""
    return _Inspection(folder).json(file)


def read_config(files: ModelFiles, part: str, file: str = "config.json") -> Mapping[str, Any]:
    """The configuration of a part, which is in `file` if the model is a folder. Limits as `read_json`."""
    return files.configs[part] if isinstance(files, SingleFile) else read_json(files, f"{part}/{file}")


def read_text(folder: Path, file: str) -> str:
    """One text file of the model (a tokenizer's merges), within the same limits."""
    return _Inspection(folder).text(file)


def read_bytes(folder: Path, file: str) -> bytes:
    """One binary file of the model (a tokenizer of SentencePiece), within the same limits."""
    return _Inspection(folder).content(file)


def is_file(path: Path) -> bool:
    """Whether `path` means a file, also if it is missing now."""
    return not path.is_dir() and (path.suffix.lower() in MODEL_FILES or path.is_file())


def read_header(file: Path) -> Header:
    """The header of a single file with a model; raises unless it is an ordinary, sound file of a format that holds only data."""
    name, folder = short(file.name), short(file.parent.name)
    try:
        facts = file.stat()
    except (OSError, ValueError):
        raise ModelFileMissing(folder=name) from None
    if not stat.S_ISREG(facts.st_mode):
        raise ModelUnsafe(folder=folder, file=name, problem=_NOT_A_FILE)
    if file.suffix.lower() in PICKLES:
        raise ModelRefused(folder=folder, file=name, problem=_PICKLE)
    try:
        if file.suffix.lower() not in (WEIGHTS, GGUF):
            raise unsupported(name)
        return weights_header(file)
    except HeaderError as error:
        raise ModelFileDamaged(folder=folder, file=name, problem=error.problem) from None
    except OSError:
        raise ModelFileDamaged(folder=folder, file=name, problem=UNREADABLE) from None


def stamp(files: ModelFiles) -> tuple[tuple[str | int, ...], ...] | None:
    """A value that changes when a file of the model changes; None if that cannot be read. Reads names and times only."""
    try:
        if isinstance(files, SingleFile):
            paths = [str(path) for path in _paths(files).values()]
        else:
            parts = {part.name for family in FAMILIES for part in family.needed}
            paths = [os.path.join(files, index_in(files))]
            for part in sorted(parts | {PREVIEW_DECODER.name}):
                with contextlib.suppress(FileNotFoundError):
                    paths += [entry.path for entry in _entries(files / part)]
        facts = [(path, os.stat(path)) for path in paths]
    except (OSError, SafelightError):
        return None
    return tuple((path, each.st_dev, each.st_ino, each.st_size, each.st_mtime_ns, each.st_ctime_ns) for path, each in facts)


def fingerprint(files: ModelFiles, cache_file: Path) -> str:
    """Of a folder: sha256 over the sorted (path, sha256) of all files that the picture depends on. Of a file: its sha256.

    A file that shares parts of another model has `+` and 16 digits of the sha256 over those parts behind it.
    `cache_file` keeps the hash of each file with its size and time of change, so that only new files are read.
    """
    return _fingerprint(files, cache_file)


def earlier_fingerprint(folder: Path, cache_file: Path) -> str:
    """As `fingerprint` up to recipes of schema 2: over all data files in `folder`, also those that are never loaded."""
    inspection = _Inspection(folder)
    return _total(_digests(inspection.name, {file: inspection.folder / file for file in inspection.data_files()}, cache_file))


def remembered_hashes(cache_file: Path) -> KnownHashes:
    """What `cache_file` keeps, for the two functions that follow."""
    return known_hashes.read(cache_file, DIGITS, MOST_TEXT)


def remembered_fingerprint(files: ModelFiles, known: KnownHashes) -> str | None:
    """As `fingerprint`, without reading weights: None unless all files are known as they are now."""
    try:
        return _fingerprint(files, known)
    except (LookupError, SafelightError):
        return None


def has_file(files: ModelFiles, digest: str, known: KnownHashes) -> bool:
    """Whether the model has a file whose sha256 begins with `digest`, as far as it is known. Reads no weights."""
    try:
        for path in _paths(files).values():
            facts = path.stat()
            state, hashes = known.get(os.path.realpath(path), (None, ("",)))
            if hashes[0].startswith(digest) and state == (facts.st_size, facts.st_mtime_ns):
                return True
    except (OSError, SafelightError):
        pass
    return False


def _paths(files: ModelFiles) -> dict[str, Path]:
    """The files that a picture depends on, by their names in the folder; the single file itself is ""."""
    if not isinstance(files, SingleFile):
        inspection = _Inspection(files)
        family, _ = inspection.index()
        return {file: inspection.folder / file for file in {index_in(files), *inspection.files(family.needed)}}
    found = {"": files.path}
    for name, source in files.parts.items():
        if source.prefix is not None:
            found |= {name: source.path} if source.path != files.path else {}
        elif source.path != CLIP_TOKENIZER:
            lender = _Inspection(source.path.parent)
            part = lender.index()[0].part(source.path.name)
            found |= {file: lender.folder / file for file in lender.files([part] if part else [])}
    return found


def _fingerprint(files: ModelFiles, known: Path | KnownHashes) -> str:
    digests = _digests(short(files.name), _paths(files), known)
    if not isinstance(files, SingleFile):
        return _total(digests)
    own = digests.pop("")
    return f"{own}+{_total(digests)[:16]}" if digests else own


def _total(digests: Mapping[str, str]) -> str:
    total = hashlib.sha256()
    for file in sorted(digests):
        total.update(f"{file}\0{digests[file]}\n".encode(errors="surrogateescape"))
    return total.hexdigest()


def _digests(name: str, files: Mapping[str, Path], source: Path | KnownHashes) -> dict[str, str]:
    """The sha256 of each file of the model called `name`: of those in the file `source`, in which new ones are kept.

    Raises `LookupError` for a file that `source` does not know as it is now, where that is what is known and no file may be read.
    """
    known = remembered_hashes(source) if isinstance(source, Path) else source
    digests = {}
    fresh = False
    for file, path in sorted(files.items()):
        try:
            facts = path.stat()
            key, state = os.path.realpath(path), (facts.st_size, facts.st_mtime_ns)
            if key not in known or known[key][0] != state:
                if not isinstance(source, Path):
                    raise LookupError(file)
                with path.open("rb") as stream:
                    known[key] = state, (hashlib.file_digest(stream, "sha256").hexdigest(),)
                fresh = True
        except OSError as error:
            raise ModelFileDamaged(folder=name, file=short(file or path.name), problem=UNREADABLE) from error
        digests[file] = known[key][1][0]
    if fresh and isinstance(source, Path):
        known_hashes.write(source, known)
    return digests


class _Inspection:
    """One inspection of one folder; `unread` bytes and `unseen` values bound how much of it is read in all."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.abspath(folder))
        self.unread = MOST_READ
        self.unseen = MOST_VALUES
        real = Path(os.path.realpath(self.folder))
        self.name = short(self.folder.name)
        try:
            if not stat.S_ISDIR(os.stat(real).st_mode):
                raise unsupported(self.name)
        except (OSError, ValueError):
            raise ModelMissing(folder=self.name) from None
        self.roots = [real]
        if real.parent.name == "snapshots":  # a Hugging Face cache keeps the files of its snapshots in blobs/, as links
            self.roots.append(real.parent.parent / "blobs")

    def everything(self) -> None:
        family, index = self.index()
        files = set(self.files(family.needed))
        for part in family.needed:
            self.complete(family, part)
        denoiser = self.network(family.denoiser, index)
        if family.autoencoder and family.is_described:
            check_channels(self.name, family, denoiser, self.network(family.autoencoder, index))
        for encoder in family.text_encoders:
            kind = self.json(f"{encoder.part}/config.json").get("model_type")
            if kind not in encoder.model_types:
                raise unsupported(short(str(kind)))
        for file in sorted(files):
            self.sound(file, files)
        for file in self.files([PREVIEW_DECODER]):
            with contextlib.suppress(ModelFileDamaged):
                self.sound(file, files)

    def index(self) -> tuple[Family, dict[str, Any]]:
        if not has_index(self.folder):
            raise self.without_index()
        index = plain_index(self.json(index_in(self.folder)))
        try:
            family = families.check_index(self.name, index)
        except ModelUnsupported as error:
            raise unsupported(short(str(error.values["kind"]))) from None
        self.unseen += max(sum(encoder.values for encoder in family.text_encoders) - MOST_VALUES, 0)
        return family, index

    def without_index(self) -> SafelightError:
        """The error for a folder without model_index.json: names the model folder if one is directly inside or above."""
        try:
            entries = _entries(self.folder)
            inside = [entry.name for entry in entries if has_index(Path(entry.path))]
            if "snapshots" in (entry.name for entry in entries):
                snapshots = _entries(self.folder / "snapshots")
                inside += [f"snapshots/{entry.name}" for entry in snapshots if has_index(Path(entry.path))]
            files = [
                entry.name for entry in entries if PurePosixPath(entry.name).suffix.lower() in MODEL_FILES and os.path.isfile(entry.path)
            ]
        except OSError:
            return ModelIncomplete(folder=self.name, missing=INDEX)
        if len(inside) > 1:
            more = ["…"] if len(inside) > MOST_NAMED else []
            return ModelsElsewhere(folder=self.name, found=", ".join([*map(short, inside[:MOST_NAMED]), *more]))
        if inside:
            return ModelElsewhere(folder=self.name, found=short(inside[0]))
        if has_index(self.folder.parent):  # this is one part of a model
            return ModelElsewhere(folder=self.name, found=short(self.folder.parent.name))
        if files and not any((self.folder / part.name).is_dir() for family in FAMILIES for part in family.needed):
            readable = [file for file in files if PurePosixPath(file).suffix.lower() not in PICKLES]
            if not readable:
                return self.refused(files[0], _PICKLE)
            more = ["…"] if len(readable) > MOST_NAMED else []
            return ModelSingleFile(folder=self.name, found=", ".join([*map(short, readable[:MOST_NAMED]), *more]))
        return ModelIncomplete(folder=self.name, missing=INDEX)

    def network(self, part: str, index: dict[str, Any]) -> dict[str, Any]:
        """The configuration of a network; raises unless it is of the class that the index names."""
        config = self.json(f"{part}/config.json")
        if config.get("_class_name") != index[part][1]:
            raise unsupported(short(str(config.get("_class_name"))))
        return config

    def files(self, parts: Iterable[Part]) -> list[str]:
        """The files that loading these parts may read, with forward slashes. Each is an ordinary file inside the model folder."""
        found: list[str] = []
        for part in parts:
            path = self.folder / part.name
            if path.is_symlink():
                self.place(part.name)
            if not path.is_dir():
                continue
            try:
                entries = _entries(path)
            except OSError:
                raise self.damaged(part.name, UNREADABLE) from None
            if len(entries) > MOST_FILES:
                raise self.unsafe(f"{part.name}/{entries[-1].name}", _TOO_MANY)
            for entry in entries:
                file = f"{part.name}/{entry.name}"
                suffix = PurePosixPath(entry.name).suffix.lower()
                if (suffix in TEXTS or part.is_weights(entry.name)) and not os.path.isdir(entry.path):
                    self.place(file)
                    found.append(file)
        return found

    def data_files(self) -> list[str]:
        """All JSON, text and safetensors files of the folder, except those of `UNCOUNTED` and of hidden folders."""
        found: list[str] = []
        for path, folders, names in os.walk(self.folder):
            inside = Path(path).relative_to(self.folder)
            folders[:] = [name for name in folders if not name.startswith(".")]
            files = [inside / name for name in names]
            found += [file.as_posix() for file in files if file.suffix.lower() in {WEIGHTS, *TEXTS} and file.parts[0] not in UNCOUNTED]
            if len(found) + len(folders) > MOST_FILES:
                raise self.unsafe(found[-1] if found else folders[-1], _TOO_MANY)
        for file in found:
            self.place(file)
        return found

    def place(self, file: str) -> os.stat_result:
        """The status of `file`; raises unless it is an ordinary file that is inside the folder after following links."""
        path = self.folder / file
        real = Path(os.path.realpath(path))
        inside = next((real.relative_to(root) for root in self.roots if real.is_relative_to(root)), None)
        if inside is None or any(part.startswith(".") for part in inside.parts[:-1]):
            raise self.unsafe(file, _OUTSIDE)
        try:
            facts = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise ModelIncomplete(folder=self.name, missing=short(file)) from None
        except OSError:
            raise self.damaged(file, UNREADABLE) from None
        if not stat.S_ISREG(facts.st_mode) and not (path.is_symlink() and stat.S_ISDIR(facts.st_mode)):
            raise self.unsafe(file, _NOT_A_FILE)
        return facts

    def sound(self, file: str, files: set[str]) -> None:
        """Raise unless a file that the libraries may read is intact."""
        if file.lower().endswith(".json"):
            document = self.json(file)
            if f"{WEIGHTS}.index." in file:
                self.shards(file, document, files)
        elif file.lower().endswith(".safetensors"):
            self.header(file)

    def json(self, file: str) -> dict[str, Any]:
        document = self.parsed(file, self.content(file))
        if not isinstance(document, dict):
            raise self.damaged(file, NOT_JSON)
        level: list[Any] = [document]
        for _ in range(MOST_DEPTH):
            if any(CODE_KEYS.fullmatch(key) for item in level if isinstance(item, dict) for key in item):
                raise self.refused(file, NAMES_CODE)
            level = [
                value for item in level for value in (item.values() if isinstance(item, dict) else item) if isinstance(value, (dict, list))
            ]
            if not level:
                return document
        raise self.unsafe(file, _TOO_DEEP)

    def content(self, file: str) -> bytes:
        size = self.place(file).st_size
        if size > (MOST_TOKENIZER if PurePosixPath(file).name == "tokenizer.json" else MOST_TEXT):
            raise self.unsafe(file, _TOO_LARGE)
        return self.read(file, 0, size)

    def text(self, file: str) -> str:
        try:
            return self.content(file).decode()
        except UnicodeDecodeError:
            raise self.damaged(file, UNREADABLE) from None

    def header(self, file: str) -> Header:
        """The header of a safetensors file; raises unless it describes exactly the bytes that follow it."""
        size = self.place(file).st_size
        try:
            return parse_header(lambda offset, length: self.read(file, offset, length), size, lambda data: self.parsed(file, data))
        except HeaderError as error:
            raise self.damaged(file, error.problem) from None

    def shards(self, file: str, document: dict[str, Any], files: set[str]) -> None:
        """Raise unless the shards that an index names are safetensors files beside it."""
        shards = document.get("weight_map")
        if not isinstance(shards, dict):
            raise self.damaged(file, LACKS_ENTRY)
        for shard in set(map(str, shards.values())):
            if PurePosixPath(shard).name != shard or "\\" in shard:
                raise self.unsafe(file, _OUTSIDE)
            if not shard.endswith(".safetensors"):
                raise self.refused(file, _PICKLE)
            beside = str(PurePosixPath(file).with_name(shard))
            if beside not in files:
                raise ModelIncomplete(folder=self.name, missing=short(beside))

    def complete(self, family: Family, part: Part) -> None:
        """Raise unless `part` has the files that it needs."""

        def need(*alternatives: str) -> None:
            if not any((self.folder / part.name / name).is_file() for name in alternatives):
                self.refuse_code(part)
                raise ModelIncomplete(folder=self.name, missing=f"{part.name}/{alternatives[0]}")

        if part.made and not (self.folder / part.name).is_dir():
            return
        if part.name == family.scheduler:
            need("scheduler_config.json")
        elif part.weights is None:
            for group in next((encoder.files for encoder in family.text_encoders if encoder.tokenizer == part.name), ()):
                need(*group)
        else:
            need("config.json")
            endings = (WEIGHTS, f"{WEIGHTS}.index.json", f".fp16{WEIGHTS}", f"{WEIGHTS}.index.fp16.json")
            need(*(f"{part.weights}{ending}" for ending in endings))

    def refuse_code(self, part: Part) -> None:
        """Raise if an incomplete part holds pickles or code, which a library might load instead."""
        path = self.folder / part.name
        names = [entry.name for entry in _entries(path)] if path.is_dir() else []
        for kinds, problem in ((PICKLES, _PICKLE), (PROGRAMS, _PROGRAM)):
            for name in names:
                if PurePosixPath(name).suffix.lower() in kinds:
                    raise self.refused(f"{part.name}/{name}", problem)

    def parsed(self, file: str, data: bytes) -> Any:
        self.unseen -= sum(data.count(mark) for mark in (b",", b"[", b"{"))
        if self.unseen < 0:
            raise self.unsafe(file, _TOO_LARGE)
        try:
            return json.loads(data.decode(), object_pairs_hook=no_key_twice)
        except RecursionError:
            raise self.unsafe(file, _TOO_DEEP) from None
        except ValueError:
            raise self.damaged(file, NOT_JSON) from None

    def read(self, file: str, offset: int, length: int) -> bytes:
        self.unread -= length
        if self.unread < 0:
            raise self.unsafe(file, _TOO_LARGE)
        try:
            with (self.folder / file).open("rb") as stream:
                stream.seek(offset)
                return stream.read(length)
        except OSError:
            raise self.damaged(file, UNREADABLE) from None

    def damaged(self, file: str, problem: str) -> ModelFileDamaged:
        return ModelFileDamaged(folder=self.name, file=short(file), problem=problem)

    def refused(self, file: str, problem: str) -> ModelRefused:
        return ModelRefused(folder=self.name, file=short(file), problem=problem)

    def unsafe(self, file: str, problem: str) -> ModelUnsafe:
        return ModelUnsafe(folder=self.name, file=short(file), problem=problem)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """The entries of `folder` by name, at most `MOST_FILES` + 1 of them."""
    with os.scandir(folder) as entries:
        return sorted(itertools.islice(entries, MOST_FILES + 1), key=lambda entry: entry.name)


def header_in(path: Path, refused: type[SafelightError], missing: type[SafelightError], damaged: type[SafelightError]) -> Header:
    """The header of the safetensors file at `path`.

    Raises `refused` for weights that can carry code, `missing`, or `damaged`.
    """
    if path.suffix.lower() in PICKLES:
        raise refused(file=short(path.name))
    try:
        return header_of(path)
    except FileNotFoundError as error:
        raise missing(file=short(path.name)) from error
    except OSError as error:
        raise damaged(file=short(path.name), problem=UNREADABLE) from error
    except HeaderError as error:
        raise damaged(file=short(path.name), problem=error.problem) from error


def short(name: str) -> str:
    """A foreign file name, shortened and printable on one line."""
    printable = "".join(letter if letter.isprintable() else "�" for letter in name)
    return printable if len(printable) <= 60 else f"{printable[:28]}…{printable[-28:]}"
