"""What was read of models in watched folders, kept with the times of their files: a new look reads only what has changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from .. import __version__, errors
from ..diffusion import families
from ..diffusion.families.description import Family, NoiseProcess, Traits
from ..diffusion.gguf_file import weights_header
from ..diffusion.single_file import PartSource, SingleFile, source_of, weight_files
from ..diffusion.weight_file import Header, HeaderError, TensorEntry, space_of
from ..errors import ModelPartsMissing, SafelightError
from . import inspection, safe_file
from .models import Model

if TYPE_CHECKING:
    from ..diffusion.working_memory import Hardware

MOST_BYTES = 32 << 20  # of the file
SAMPLES = 4  # of a file of weights, for its mark
SAMPLE = 4096  # bytes

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Stamp = str  # changes when a file of the model changes

_KINDS: dict[str, type] = {kind.__name__: kind for kind in (Model, Traits, SingleFile, PartSource)}
_CODE = Path(__file__).parents[1]  # whose modules decide what is read of a model


@dataclass(frozen=True, slots=True)
class Weights:
    """What the files of a model tell about its weights."""

    disk: int = 0  # bytes of the weights files
    precision: str = ""  # of the denoiser: "fp16", "bf16", …
    numbers: Mapping[str, int] = field(default_factory=dict)  # of each network, by part; as in `Space`, as the next
    packed: Mapping[str, int] = field(default_factory=dict)
    step: int = 0  # numbers in memory beside the weights, for a picture of the model's own size; as in `Working`
    decoding: int = 0
    mark: str = ""  # hexadecimal digits from all over the weights: equal for equal weights, and hardly for others
    changed: float = 0.0  # s since the epoch

    def loaded(self, itemsize: int) -> dict[str, int]:
        """Bytes of each network in memory, by part, where a number takes `itemsize` bytes."""
        return {part: count * itemsize + self.packed.get(part, 0) for part, count in self.numbers.items()}

    def memory(self, model: Model, hardware: Hardware) -> int:
        """Bytes that a run on `hardware` needs, if nothing is saved."""
        from ..diffusion.working_memory import Working, estimate  # here, and below: the first paint need not wait for it

        size, numbers = hardware.itemsize, Working(self.step, self.decoding, self.decoding)
        return estimate(model.family, self.loaded(size), 0, numbers, hardware.kind, size, size).total


@dataclass(frozen=True, slots=True)
class Known:
    stamp: Stamp
    model: Model
    weights: Weights


class KnownModels:
    """By path. The methods read the disk, so they are not for the GUI thread."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[Path, Known] = {}
        self._weights: dict[Path, tuple[Stamp, Weights]] = {}  # of models that are not in watched folders
        self._changed = False

    def load(self) -> list[Known]:
        """What was known when the file was written; nothing if another version wrote it."""
        try:
            document = json.loads(safe_file.read(self._file, MOST_BYTES))
            if document["code"] == _code_stamp():
                for entry in document["models"]:
                    model, weights = _decoded(entry["model"]), Weights(**entry["weights"])
                    if isinstance(model, Model):
                        self._known[model.path] = Known(entry["stamp"], model, weights)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._known = {}
        return list(self._known.values())

    def get(self, path: Path) -> Known | None:
        """What is known of the model at `path`, if its files are as they were."""
        known = self._known.get(path)
        return known if known and known.stamp == stamp(path) else None

    def remembered(self, path: Path) -> Known | None:
        """What is known of the model at `path`, without looking whether its files have changed."""
        return self._known.get(path)

    def weights(self, model: Model) -> Weights:
        """Those of any listed model; they are read if they are not known as they are now."""
        now = stamp(model.path)
        if (known := self._known.get(model.path)) and known.stamp == now:
            return known.weights
        before = self._weights.get(model.path)
        if before is None or before[0] != now:
            before = self._weights[model.path] = now, weights_of(model)
        return before[1]

    def add(self, model: Model) -> Known:
        """Remember `model`, as it was judged just now."""
        known = Known(stamp(model.path), model, weights_of(model))
        self._known[model.path] = known
        self._changed = True
        return known

    def forget(self, path: Path) -> None:
        self._weights.pop(path, None)
        self._changed |= self._known.pop(path, None) is not None

    def keep(self, paths: Iterable[Path]) -> None:
        """Forget all models but those at `paths`, and write the file, in this order. Without it the next start only takes longer."""
        wanted = list(paths)
        for path in self._known.keys() - set(wanted):
            self.forget(path)
        if not self._changed:
            return
        self._changed = False
        entries: list[Json] = []
        for known in filter(None, map(self._known.get, wanted)):
            # What depends on other models is judged anew.
            if isinstance(known.model.problem, ModelPartsMissing) or (known.model.single and known.model.single.lenders):
                continue
            with contextlib.suppress(TypeError):  # facts of a kind that this file cannot hold
                weights = {each.name: getattr(known.weights, each.name) for each in fields(Weights)}
                entries.append({"stamp": known.stamp, "model": _encoded(known.model), "weights": weights})
        with contextlib.suppress(OSError):
            safe_file.make_folder(self._file.parent)
            safe_file.replace(self._file, json.dumps({"code": _code_stamp(), "models": entries}).encode())


def stamp(path: Path) -> Stamp:
    """Changes when the file at `path` changes, or something directly inside the folder at `path`; "" if it cannot be read."""
    try:
        facts = path.stat()
        if not path.is_dir():
            return f"{facts.st_size} {facts.st_mtime_ns}"
        total = hashlib.sha256()
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                inside = entry.stat()
                total.update(f"{entry.name}\0{inside.st_size} {inside.st_mtime_ns}\n".encode(errors="surrogateescape"))
        return total.hexdigest()
    except OSError:
        return ""


def weights_of(model: Model) -> Weights:
    """Reads headers, and a few pages of each file. What cannot be read counts as nothing."""
    from .contents import precision_of

    family, numbers, packed, denoiser = model.family, {}, {}, []
    files: dict[Path, float] = {}  # with the time of change
    headers: dict[Path, Header] = {}  # each is read once: one file may hold several parts
    mark = hashlib.sha256()
    try:
        if model.problem is None:
            for part in family.networks:
                entries: list[TensorEntry] = []
                prefix = source_of(model.files, part.name).prefix or ""
                for path in weight_files(model.files, part, half=False):
                    if path not in headers:
                        headers[path] = weights_header(path)
                    entries += [entry for name, entry in headers[path].tensors.items() if name.startswith(prefix)]
                    files[path] = path.stat().st_mtime
                space = space_of(entries)
                numbers[part.name], packed[part.name] = space.numbers, space.packed
                denoiser += entries if part.name == family.denoiser else []
        elif model.path.is_file():
            files[model.path] = model.path.stat().st_mtime
        own = [path for path in files if path == model.path or path.is_relative_to(model.path)]
        for path in sorted(own):
            _sample(path, mark)
        disk = sum(path.stat().st_size for path in own)
    except (OSError, HeaderError, SafelightError, ValueError, KeyError, TypeError, StopIteration):
        return Weights()
    step, decoding = _working(model) if numbers else (0, 0)
    precision, own_mark = precision_of(denoiser), mark.hexdigest()[:32] if own else ""
    return Weights(disk, precision, numbers, packed, step, decoding, own_mark, max(files.values(), default=0.0))


def _sample(path: Path, mark: hashlib._Hash) -> None:
    size = path.stat().st_size
    mark.update(f"{size}\n".encode())
    with path.open("rb") as stream:
        for number in range(1, SAMPLES + 1):
            stream.seek(max(0, size * number // SAMPLES - SAMPLE))
            mark.update(stream.read(SAMPLE))


def _working(model: Model) -> tuple[int, int]:
    """`step` and `decoding` of its `Weights`."""
    from ..diffusion.working_memory import working

    family = model.family
    try:
        autoencoder = inspection.read_config(model.files, family.autoencoder) if family.autoencoder else {}
        denoiser = inspection.read_config(model.files, family.denoiser)
        needed = working(family, denoiser, autoencoder, model.size, model.size)
        return needed.step, needed.decoding
    except (SafelightError, KeyError, TypeError, ValueError, StopIteration):
        return 0, 0


def _code_stamp() -> str:
    """Changes when the code changes that reads models: what it says of them may then be another."""
    folders = (_CODE / "library", _CODE / "diffusion", _CODE / "diffusion/families")
    newest = max((path.stat().st_mtime_ns for folder in folders for path in folder.glob("*.py")), default=0)
    return f"{__version__} {newest}"


def _encoded(value: object) -> Json:
    """`value` as JSON. Raises TypeError for one of an unknown kind."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Enum):
        return {"enum": value.value} if isinstance(value, NoiseProcess) else _unknown(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Path):
        return {"path": str(value)}
    if isinstance(value, (tuple, list)):
        return {"tuple" if isinstance(value, tuple) else "list": [_encoded(each) for each in value]}
    if isinstance(value, frozenset):
        return {"set": [_encoded(each) for each in sorted(value)]}
    if isinstance(value, dict) and _is_plain(value):
        return {"json": value}
    if isinstance(value, Mapping):
        return {"map": [[_encoded(key), _encoded(each)] for key, each in value.items()]}
    if isinstance(value, Family):
        return {"family": value.pipeline} if families.family_called(value.pipeline) is value else _unknown(value)
    if isinstance(value, SafelightError):
        return {"error": type(value).__name__, "values": _encoded(value.values)}
    if is_dataclass(value) and type(value).__name__ in _KINDS:
        return {"kind": type(value).__name__, "fields": {each.name: _encoded(getattr(value, each.name)) for each in fields(value)}}
    return _unknown(value)


def _is_plain(value: object) -> TypeGuard[Json]:
    """Whether JSON gives back an equal value, of the same types."""
    if isinstance(value, dict):
        return all(type(key) is str and _is_plain(each) for key, each in value.items())
    return all(map(_is_plain, value)) if type(value) is list else value is None or type(value) in (bool, int, float, str)


def _unknown(value: object) -> Json:
    raise TypeError(type(value).__name__)


def _decoded(value: Json) -> object:
    """What `_encoded` made JSON of. Raises KeyError, TypeError or ValueError for anything else."""
    if type(value) is not dict:
        return value
    key = next(iter(value), "")
    return _DECODERS[key](value[key], value)


def _error(name: Json, entry: dict[str, Json]) -> object:
    kind, values = getattr(errors, str(name)), _decoded(entry["values"])
    if not isinstance(kind, type) or not issubclass(kind, SafelightError) or not isinstance(values, dict):
        raise TypeError(name)
    return kind(**values)


def _family_of(pipeline: Json, _: Json) -> object:
    if family := _FAMILIES.get(str(pipeline)):
        return family
    raise KeyError(pipeline)


def _items(items: Json) -> list[Json]:
    if not isinstance(items, list):
        raise TypeError("not a list")
    return items


def _fields(values: Json) -> dict[str, object]:
    if not isinstance(values, dict):
        raise TypeError("not an object")
    return {name: _decoded(value) for name, value in values.items()}


def _path(path: Json) -> Path:
    if not isinstance(path, str):
        raise TypeError("not a path")
    return _path_called(path)


_path_called = lru_cache(maxsize=2000)(Path)  # that of a file stands in it for the model and for each part
_FAMILIES = {family.pipeline: family for family in families.FAMILIES}
# By the first key of what `_encoded` makes; called with its value and with the whole.
_DECODERS: Mapping[str, Callable[[Json, dict[str, Json]], object]] = {
    "kind": lambda name, entry: _KINDS[str(name)](**_fields(entry["fields"])),
    "json": lambda plain, _: plain,
    "path": lambda path, _: _path(path),
    "family": _family_of,
    "tuple": lambda items, _: tuple(map(_decoded, _items(items))),
    "list": lambda items, _: list(map(_decoded, _items(items))),
    "set": lambda items, _: frozenset(map(_decoded, _items(items))),
    "map": lambda items, _: {_decoded(key): _decoded(each) for key, each in map(_items, _items(items))},
    "enum": lambda name, _: NoiseProcess(str(name)),
    "error": _error,
}
