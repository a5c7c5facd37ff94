"""What a model folder must show before any library reads it: plain data of a kind we know, whole, and inside the folder.

Names and headers are read, never the weights themselves; `fingerprint` is what reads those, once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import QT_TRANSLATE_NOOP, ModelFileDamaged, ModelIncomplete, ModelMissing, ModelRefused, ModelUnsafe, ModelUnsupported
from . import safe_file

PIPELINES = {"StableDiffusionPipeline"}
SCHEDULERS = {
    f"{name}Scheduler"
    for name in (
        "DDIM",
        "DDPM",
        "DEISMultistep",
        "DPMSolverMultistep",
        "DPMSolverSinglestep",
        "EulerAncestralDiscrete",
        "EulerDiscrete",
        "HeunDiscrete",
        "KDPM2AncestralDiscrete",
        "KDPM2Discrete",
        "LCM",
        "LMSDiscrete",
        "PNDM",
        "UniPCMultistep",
    )
}
PARTS = {  # component: library, classes
    "text_encoder": ("transformers", {"CLIPTextModel"}),
    "tokenizer": ("transformers", {"CLIPTokenizer", "CLIPTokenizerFast"}),
    "unet": ("diffusers", {"UNet2DConditionModel"}),
    "vae": ("diffusers", {"AutoencoderKL", "AutoencoderTiny"}),
    "scheduler": ("diffusers", SCHEDULERS),
    "safety_checker": ("stable_diffusion", {"StableDiffusionSafetyChecker"}),
    "feature_extractor": ("transformers", {"CLIPImageProcessor", "CLIPFeatureExtractor"}),
    "image_encoder": ("transformers", {"CLIPVisionModelWithProjection"}),
}
NEEDED = ("text_encoder", "tokenizer", "unet", "vae", "scheduler")
# Name of the weights file, without .safetensors.
WEIGHTS = {"text_encoder": "model", "unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model"}

DATA = {".safetensors", ".json", ".txt", ".model"}  # what the libraries read
VOCABULARY, PREVIEW_DECODER = "vocabulary.json", "preview_decoder"  # a model draws without them: damage there is nobody's trouble
UNDRAWN = {*PARTS, VOCABULARY, PREVIEW_DECODER} - {*NEEDED}  # no picture depends on them
BESIDE = {".md", ".png", ".jpg", ".jpeg", ".webp"}
BARE_NAMES = {"LICENSE", "LICENCE", "NOTICE", "README", "COPYING"}
PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".npy", ".npz", ".joblib", ".dill"}
PROGRAMS = {".py", ".pyc", ".pyd", ".pyw", ".so", ".dll", ".dylib", ".exe", ".sh", ".bat", ".cmd", ".ps1", ".js", ".jar", ".whl"}
ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".xz", ".bz2", ".7z", ".rar", ".egg"}
# Keys by which a configuration names code to run (CVE-2026-4372, -5241, -44513). `_attn_implementation_autoset` is a harmless flag.
NAMES_CODE = re.compile(r"auto_map|trust_remote_code|custom_pipelines?|_?(attn|experts)_implementation(?!_autoset$).*")

MOST_FILES = 1000
MOST_TEXT = 5 << 20  # bytes
MOST_TOKENIZER = 16 << 20  # CLIP's have 2 to 4 MB
MOST_HEADER = 16 << 20
MOST_READ = 64 << 20  # of one folder, all JSON and headers together
MOST_VALUES = 500_000  # in all JSON of one folder: what keeps the look at it below two seconds; CLIP's tokenizer.json has 250,000
MOST_DEPTH = 50
MOST_TENSORS = 20_000
BITS = {
    "BOOL": 8,
    "U8": 8,
    "I8": 8,
    "F8_E4M3": 8,
    "F8_E5M2": 8,
    "U16": 16,
    "I16": 16,
    "F16": 16,
    "BF16": 16,
    "U32": 32,
    "I32": 32,
    "F32": 32,
    "U64": 64,
    "I64": 64,
    "F64": 64,
}

_LACKING = QT_TRANSLATE_NOOP("Safelight", "lacks something that every model has")
_UNREADABLE = QT_TRANSLATE_NOOP("Safelight", "cannot be read")
_NOT_JSON = QT_TRANSLATE_NOOP("Safelight", "is not readable as JSON")
_CUT = QT_TRANSLATE_NOOP("Safelight", "is cut off")
_BAD_HEADER = QT_TRANSLATE_NOOP("Safelight", "has a header that contradicts its contents")
_TOO_LARGE = QT_TRANSLATE_NOOP("Safelight", "is larger than any such file should be")
_TOO_DEEP = QT_TRANSLATE_NOOP("Safelight", "is nested deeper than any such file should be")
_TOO_MANY = QT_TRANSLATE_NOOP("Safelight", "is one of too many files for a model")
_OUTSIDE = QT_TRANSLATE_NOOP("Safelight", "points to a place outside the model folder")
_NOT_A_FILE = QT_TRANSLATE_NOOP("Safelight", "is not an ordinary file")
_STRANGE_KIND = QT_TRANSLATE_NOOP("Safelight", "is not a kind of file that belongs to a model")
_PICKLE = QT_TRANSLATE_NOOP("Safelight", "weights in this format can carry code")
_PROGRAM = QT_TRANSLATE_NOOP("Safelight", "it is code")
_ARCHIVE = QT_TRANSLATE_NOOP("Safelight", "archives can hide code")
_NAMES_CODE = QT_TRANSLATE_NOOP("Safelight", "it names code to fetch or to run")


def inspect(folder: Path) -> None:
    """Raise unless `folder` holds a whole model of a kind we run, and nothing that could do more than be read."""
    _Inspection(folder).everything()


def read_index(folder: Path) -> dict[str, Any]:
    """`model_index.json`: a pipeline and components that are all on our lists."""
    return _Inspection(folder).index()


def read_json(folder: Path, file: str) -> dict[str, Any]:
    """One configuration of the model, within all limits; `file` with forward slashes."""
    return _Inspection(folder).json(file)


def read_text(folder: Path, file: str) -> str:
    """One text file of the model (a tokenizer's merges), within the same limits."""
    return _Inspection(folder).text(file)


def stamp(folder: Path) -> tuple[tuple[str | int, ...], ...] | None:
    """What is another as soon as a file in `folder` is; None where that cannot be told. A look at names and times, not into files."""
    try:
        paths = [os.path.join(inside, file) for inside, _, files in os.walk(folder, onerror=_raise) for file in files]
        facts = [(path, os.stat(path)) for path in sorted(paths)]
    except OSError:
        return None
    return tuple((path, each.st_dev, each.st_ino, each.st_size, each.st_mtime_ns, each.st_ctime_ns) for path, each in facts)


def fingerprint(folder: Path, cache_file: Path) -> str:
    """sha256 over the sorted (path, sha256) of everything that decides what the model draws.

    `cache_file` remembers the hash of each file by size and time of change, so only new files are read.
    """
    remembered = _remembered(cache_file)
    total = hashlib.sha256()
    fresh = False
    inspection = _Inspection(folder)
    for file in inspection.files():
        if PurePosixPath(file).suffix.lower() not in DATA or _part(file) in UNDRAWN:
            continue
        path = inspection.folder / file
        try:
            facts = path.stat()
            key, state = os.path.realpath(path), [facts.st_size, facts.st_mtime_ns]
            if remembered.get(key, [])[:2] != state:
                with path.open("rb") as stream:
                    remembered[key] = [*state, hashlib.file_digest(stream, "sha256").hexdigest()]
                fresh = True
        except OSError as error:
            raise ModelFileDamaged(folder=inspection.name, file=_short(file), problem=_UNREADABLE) from error
        total.update(f"{file}\0{remembered[key][2]}\n".encode(errors="surrogateescape"))
    if fresh:
        with contextlib.suppress(OSError):  # without it the next start only takes longer
            safe_file.make_folder(cache_file.parent)
            kept = {key: entry for key, entry in remembered.items() if os.path.exists(key)}
            safe_file.replace(cache_file, json.dumps(kept, indent=1).encode())
    return total.hexdigest()


class _Inspection:
    """One look at one folder; `unread` bytes and `unseen` values bound how much of it is looked at in all."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.abspath(folder))
        self.unread = MOST_READ
        self.unseen = MOST_VALUES
        real = Path(os.path.realpath(self.folder))
        self.name = _short(self.folder.name)
        try:
            if not stat.S_ISDIR(os.stat(real).st_mode):
                raise (
                    ModelRefused(folder=_short(real.parent.name), file=self.name, problem=_PICKLE)
                    if real.suffix.lower() in PICKLES
                    else ModelUnsupported(kind=self.name)
                )
        except (OSError, ValueError):
            raise ModelMissing(folder=self.name) from None
        self.roots = [real]
        if real.parent.name == "snapshots":  # a Hugging Face cache keeps the files of its snapshots in blobs/, as links
            self.roots.append(real.parent.parent / "blobs")

    def everything(self) -> None:
        index = self.index()
        files = set(self.files())
        for part in NEEDED:
            self.complete(part)
        for part in ("unet", "vae"):
            kind = self.json(f"{part}/config.json").get("_class_name")
            if kind != index[part][1]:
                raise ModelUnsupported(kind=_short(str(kind)))
        kind = self.json("text_encoder/config.json").get("model_type")
        if kind not in ("clip_text_model", "clip"):
            raise ModelUnsupported(kind=_short(str(kind)))
        for file in sorted(files - {VOCABULARY}):
            try:
                self.sound(file, files)
            except ModelFileDamaged:
                if _part(file) != PREVIEW_DECODER:
                    raise

    def index(self) -> dict[str, Any]:
        index = self.json("model_index.json")
        kind = index.get("_class_name")
        if kind is None:
            raise self.damaged("model_index.json", _LACKING)
        if not isinstance(kind, str):
            raise self.refused("model_index.json", _NAMES_CODE)
        if kind not in PIPELINES:
            raise ModelUnsupported(kind=_short(kind))
        for part, value in index.items():
            if part.startswith("_") or isinstance(value, (str, int, float, type(None))):
                continue
            if part not in PARTS or not isinstance(value, list) or len(value) != 2:
                raise self.refused("model_index.json", _NAMES_CODE)
            library, classes = PARTS[part]
            if value == [None, None] and part not in NEEDED:
                continue
            if value[0] != library:
                raise self.refused("model_index.json", _NAMES_CODE)
            if value[1] not in classes:
                raise ModelUnsupported(kind=_short(str(value[1])))
        for part in NEEDED:
            if not isinstance(index.get(part), list):
                raise ModelIncomplete(folder=self.name, missing=part)
        return index

    def files(self) -> Iterator[str]:
        """Every file, sorted by path, with forward slashes. Hidden folders (.git, .cache) are nothing that a library reads."""
        found, folders = [], [""]
        while folders:
            inside = folders.pop()
            try:
                entries = sorted(os.scandir(self.folder / inside), key=lambda entry: entry.name)
            except OSError:
                raise self.damaged(inside, _UNREADABLE) from None
            for entry in entries:
                file = f"{inside}/{entry.name}" if inside else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith("."):
                        folders.append(file)
                elif entry.is_symlink() and os.path.isdir(entry.path):
                    self.place(file)
                else:
                    self.kind(file)
                    self.place(file)
                    found.append(file)
                if len(found) + len(folders) > MOST_FILES:
                    raise self.unsafe(file, _TOO_MANY)
        return iter(sorted(found))

    def kind(self, file: str) -> None:
        """Whether the name is one that a model folder may hold."""
        path = PurePosixPath(file)
        suffix = path.suffix.lower()
        for kinds, problem in ((PICKLES, _PICKLE), (PROGRAMS, _PROGRAM), (ARCHIVES, _ARCHIVE)):
            if suffix in kinds:
                raise self.refused(file, problem)
        bare = not suffix and (path.name in BARE_NAMES or path.name.startswith("."))
        if not bare and suffix not in DATA | BESIDE:
            raise self.unsafe(file, _STRANGE_KIND)

    def place(self, file: str) -> os.stat_result:
        """The facts of `file`, which is there, is ordinary, and lies in the folder, wherever links lead."""
        path = self.folder / file
        real = Path(os.path.realpath(path))
        inside = next((real.relative_to(root) for root in self.roots if real.is_relative_to(root)), None)
        if inside is None or any(part.startswith(".") for part in inside.parts[:-1]):
            raise self.unsafe(file, _OUTSIDE)
        try:
            facts = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise ModelIncomplete(folder=self.name, missing=_short(file)) from None
        except OSError:
            raise self.damaged(file, _UNREADABLE) from None
        if not stat.S_ISREG(facts.st_mode) and not (path.is_symlink() and stat.S_ISDIR(facts.st_mode)):
            raise self.unsafe(file, _NOT_A_FILE)
        return facts

    def sound(self, file: str, files: set[str]) -> None:
        """Whether a file that the libraries may read is one that they can read."""
        if file.lower().endswith(".json"):
            document = self.json(file)
            if ".index." in file:
                self.shards(file, document, files)
        elif file.lower().endswith(".safetensors"):
            self.header(file)

    def json(self, file: str) -> dict[str, Any]:
        document = self.parsed(file, self.content(file))
        if not isinstance(document, dict):
            raise self.damaged(file, _NOT_JSON)
        level: list[Any] = [document]
        for _ in range(MOST_DEPTH):
            if any(NAMES_CODE.fullmatch(key) for item in level if isinstance(item, dict) for key in item):
                raise self.refused(file, _NAMES_CODE)
            level = [
                value for item in level for value in (item.values() if isinstance(item, dict) else item) if isinstance(value, (dict, list))
            ]
            if not level:
                return document
        raise self.unsafe(file, _TOO_DEEP)

    def content(self, file: str) -> bytes:
        size = self.place(file).st_size
        if size > (MOST_TOKENIZER if file == "tokenizer/tokenizer.json" else MOST_TEXT):
            raise self.unsafe(file, _TOO_LARGE)
        return self.read(file, 0, size)

    def text(self, file: str) -> str:
        try:
            return self.content(file).decode()
        except UnicodeDecodeError:
            raise self.damaged(file, _UNREADABLE) from None

    def header(self, file: str) -> None:
        """Whether the header of a safetensors file describes exactly the bytes that follow it."""
        size = self.place(file).st_size
        if size < 8:
            raise self.damaged(file, _CUT)
        length = int.from_bytes(self.read(file, 0, 8), "little")
        if length > MOST_HEADER:
            raise self.damaged(file, _BAD_HEADER)
        if 8 + length > size:
            raise self.damaged(file, _CUT)
        tensors = self.parsed(file, self.read(file, 8, length))
        metadata = tensors.pop("__metadata__", {}) if isinstance(tensors, dict) else None
        if not isinstance(metadata, dict) or len(tensors) > MOST_TENSORS:
            raise self.damaged(file, _BAD_HEADER)
        end = 0
        try:
            for first, last in sorted(_extent(tensor) for tensor in tensors.values()):
                if first != end:
                    raise ValueError("a gap or an overlap")
                end = last
        except (KeyError, TypeError, ValueError):
            raise self.damaged(file, _BAD_HEADER) from None
        if 8 + length + end != size:
            raise self.damaged(file, _CUT if 8 + length + end > size else _BAD_HEADER)

    def shards(self, file: str, document: dict[str, Any], files: set[str]) -> None:
        """Whether the pieces that an index names are plain names of weights beside it."""
        shards = document.get("weight_map")
        if not isinstance(shards, dict):
            raise self.damaged(file, _LACKING)
        for shard in set(map(str, shards.values())):
            if PurePosixPath(shard).name != shard or "\\" in shard:
                raise self.unsafe(file, _OUTSIDE)
            if not shard.endswith(".safetensors"):
                raise self.refused(file, _PICKLE)
            beside = str(PurePosixPath(file).with_name(shard))
            if beside not in files:
                raise ModelIncomplete(folder=self.name, missing=_short(beside))

    def complete(self, part: str) -> None:
        """Whether the files that `part` needs are there."""

        def need(*alternatives: str) -> None:
            if not any((self.folder / part / name).is_file() for name in alternatives):
                raise ModelIncomplete(folder=self.name, missing=f"{part}/{alternatives[0]}")

        if part == "scheduler":
            need("scheduler_config.json")
        elif part == "tokenizer":
            need("tokenizer_config.json")
            need("tokenizer.json", "vocab.json")
            need("tokenizer.json", "merges.txt")
        else:
            need("config.json")
            need(
                *(
                    f"{WEIGHTS[part]}{ending}"
                    for ending in (".safetensors", ".safetensors.index.json", ".fp16.safetensors", ".safetensors.index.fp16.json")
                )
            )

    def parsed(self, file: str, data: bytes) -> Any:
        self.unseen -= sum(data.count(mark) for mark in (b",", b"[", b"{"))
        if self.unseen < 0:
            raise self.unsafe(file, _TOO_LARGE)
        try:
            return json.loads(data.decode(), object_pairs_hook=_no_key_twice)
        except RecursionError:
            raise self.unsafe(file, _TOO_DEEP) from None
        except ValueError:
            raise self.damaged(file, _NOT_JSON) from None

    def read(self, file: str, offset: int, length: int) -> bytes:
        self.unread -= length
        if self.unread < 0:
            raise self.unsafe(file, _TOO_LARGE)
        try:
            with (self.folder / file).open("rb") as stream:
                stream.seek(offset)
                return stream.read(length)
        except OSError:
            raise self.damaged(file, _UNREADABLE) from None

    def damaged(self, file: str, problem: str) -> ModelFileDamaged:
        return ModelFileDamaged(folder=self.name, file=_short(file), problem=problem)

    def refused(self, file: str, problem: str) -> ModelRefused:
        return ModelRefused(folder=self.name, file=_short(file), problem=problem)

    def unsafe(self, file: str, problem: str) -> ModelUnsafe:
        return ModelUnsafe(folder=self.name, file=_short(file), problem=problem)


def _part(file: str) -> str:
    """What of the model `file` belongs to: the folder or file at the top."""
    return file.partition("/")[0]


def _raise(error: OSError) -> None:
    raise error


def _extent(tensor: dict[str, Any]) -> tuple[int, int]:
    """First and last byte of a tensor within the data, which must be as long as its shape says."""
    shape, (first, last) = tensor["shape"], tensor["data_offsets"]
    numbers = [first, last, *shape]
    if len(tensor) != 3 or len(shape) > 16 or not all(type(number) is int and 0 <= number < 2**48 for number in numbers):
        raise ValueError("not a tensor")
    if (last - first) * 8 != math.prod(shape) * BITS[tensor["dtype"]]:
        raise ValueError("shape and length differ")
    return first, last


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key stands twice")
    return document


def _short(name: str) -> str:
    """A name from somebody else's folder, fit for one line of text."""
    printable = "".join(letter if letter.isprintable() else "�" for letter in name)
    return printable if len(printable) <= 60 else f"{printable[:28]}…{printable[-28:]}"


def _remembered(cache_file: Path) -> dict[str, list[Any]]:
    """Path → [size, mtime in ns, sha256]; empty where the file is not there or not ours."""
    try:
        entries = json.loads(safe_file.read(cache_file, MOST_TEXT))
        return {path: entry for path, entry in entries.items() if len(entry) == 3 and re.fullmatch("[0-9a-f]{64}", entry[2])}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, KeyError):
        return {}
