"""From the files of a model to a stock pipeline on its device. Downloads nothing and executes no code of the files."""

from __future__ import annotations

import inspect
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import accelerate
import diffusers
import torch
import transformers

from ..errors import QT_TRANSLATE_NOOP, ModelDamaged, ModelFileDamaged, ModelIncomplete, SafelightError
from .device import Device, channels_last, is_out_of_memory
from .families import LIBRARIES, MODULAR_INDEX, check_channels, index_in, read_config, read_index
from .families.description import Family, Part
from .gguf_file import weights_header
from .modular import Modular
from .offload import Offload
from .original_layout import select, single_file_network
from .placement import place_network, place_pipeline
from .single_file import ModelFiles, source_of, weight_files
from .stored_tensors import StoredTensor, StoredTensors, default_dtype
from .weight_file import HeaderError, Space, TensorEntry, space_of

diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.disable_progress_bar()

_CONTRADICTORY = QT_TRANSLATE_NOOP("Safelight", "its weights and its configuration do not fit together")


def load(files: ModelFiles, device: Device, offload: Offload = Offload.NONE) -> Any:
    """The pipeline of a model, in the device's precision, its networks where `offload` lets them wait."""
    family, index = read_index(files)
    for part in family.needed:
        if isinstance(files, Path) and not part.made and not (files / part.name).is_dir():
            raise ModelIncomplete(folder=files.name, missing=part.name)
    for part in family.networks:
        if not weight_files(files, part):
            raise ModelIncomplete(folder=files.name, missing=f"{part.name}/{part.weights}.safetensors")
    try:
        if family.autoencoder and family.is_described:
            check_channels(files.name, family, read_config(files, family.denoiser), read_config(files, family.autoencoder))
        parts = {part.name: _network(files, family, part, index[part.name], device, offload) for part in family.networks}
        pipeline = _assembled(files, family, index, parts)
    except SafelightError:
        raise
    except Exception as error:  # the libraries raise errors of many types for malformed files
        if is_out_of_memory(error):
            raise
        raise ModelDamaged(folder=files.name, problem=_CONTRADICTORY) from error
    for encoder in family.text_encoders:  # a tokenizer that names no limit would pad every prompt to 10³⁰ tokens
        if encoder.limit_key:
            tokenizer, network = getattr(pipeline, encoder.tokenizer), getattr(pipeline, encoder.part)
            tokenizer.model_max_length = min(tokenizer.model_max_length, getattr(network.config, encoder.limit_key))
    pipeline.set_progress_bar_config(disable=True)
    place_pipeline(pipeline, offload, device.torch)
    return pipeline


def _assembled(files: ModelFiles, family: Family, index: dict[str, Any], networks: dict[str, torch.nn.Module]) -> Any:
    """The stock pipeline of these networks, with the tokenizers and the scheduler of the model."""
    kind = getattr(diffusers, family.pipeline)
    calls = import_module(f"{__package__}.families.{family.calls}")
    absent = dict.fromkeys(part.name for part in family.parts if not part.needed)
    if isinstance(files, Path):
        made = {part.name: getattr(calls, part.reader)(files / part.name) for part in family.needed if part.reader}
        for part in family.needed:
            if part.made and not (files / part.name).is_dir():
                made[part.name] = getattr(_library(part.library), part.made["_class_name"]).from_config(dict(part.made))
        given = {**networks, **made, **absent, **family.construction}
        # diffusers refuses the names of its own packages and parts that we make, knows one kind of index, and fetches the model that the
        # README beside a pipeline of two stages names
        is_plain = family.is_described and all(part.library in LIBRARIES and not part.reader for part in family.needed)
        if not is_plain or index_in(files) == MODULAR_INDEX:
            others = {part.name: part for part in family.needed if part.name not in given}
            read = {name: getattr(_library(part.library), index[name][1]) for name, part in others.items()}
            whole = given | {name: each.from_pretrained(files / name, local_files_only=True) for name, each in read.items()}
            if issubclass(kind, diffusers.ModularPipeline):
                return Modular(kind, whole)
            settings = inspect.signature(kind).parameters.keys() & index.keys() - whole.keys()
            return kind(**whole, **{name: index[name] for name in settings})
        return kind.from_pretrained(files, **given, local_files_only=True, trust_remote_code=False)
    others = {
        part.name: getattr(calls, part.reader)(files.parts[part.name].path)
        if part.reader
        else getattr(transformers, index[part.name][1]).from_pretrained(
            files.parts[part.name].path, local_files_only=True, **files.configs.get(part.name, {})
        )
        for part in family.needed
        if not part.weights and part.name != family.scheduler
    }
    scheduler = getattr(diffusers, index[family.scheduler][1]).from_config(dict(files.configs[family.scheduler]))
    options = {name: value for name, value in index.items() if not name.startswith("_") and not isinstance(value, list)}
    return kind(**networks, **others, **{family.scheduler: scheduler}, **absent, **options, **family.construction)


def _network(files: ModelFiles, family: Family, part: Part, class_of: list[str], device: Device, offload: Offload) -> torch.nn.Module:
    library, name = class_of
    kind = getattr(_library(library), name)
    dtype = _dtype(files, family, part, device.dtype)
    source = source_of(files, part.name)
    with ExitStack() as opened:
        stored = {
            name: tensor
            for path in weight_files(files, part, dtype == torch.float16)
            for name, tensor in opened.enter_context(StoredTensors(path)).tensors.items()
        }
        if source.prefix is not None:
            config = read_config(files, part.name)
            network, missing = single_file_network(kind, config, select(stored, source.prefix), source.prefix, dtype)
        elif issubclass(kind, diffusers.ModelMixin):
            network, missing = _diffusers_network(kind, source.path, stored, dtype)
        else:
            network, missing = _transformers_network(kind, source.path, stored, dtype)
    if missing:  # the libraries only log this, and use random numbers
        raise ModelIncomplete(folder=files.name, missing=f"{part.name}: {missing[0]}")
    is_text = any(encoder.part == part.name for encoder in family.text_encoders)
    network.eval()
    if device.kind == "cuda" and not is_text and offload is not Offload.DISK:  # weights in that order cannot be written to disk
        network = channels_last(network)
    place_network(network, offload, device.torch)
    return network


def _library(name: str) -> ModuleType:
    """The module that model_index.json means: a library, or a package of pipelines in diffusers."""
    if name in LIBRARIES:
        return import_module(name)
    places = (f"diffusers.pipelines.{name}", f"diffusers.pipelines.deprecated.{name}")
    return import_module(next(place for place in places if find_spec(place)))


def _diffusers_network(kind: Any, folder: Path, stored: dict[str, StoredTensor], dtype: torch.dtype) -> tuple[Any, list[str]]:
    """A network of diffusers with the stored weights, and the names of those that are missing.

    As `from_pretrained`, but one tensor after the other: mapped files would count as memory in use beside the weights.
    """
    with default_dtype(dtype), accelerate.init_empty_weights():
        network = kind.from_config(kind.load_config(folder, local_files_only=True))
    network._fix_state_dict_keys_on_load(stored)  # names of earlier versions
    kept = set(network._keep_in_fp32_modules or ())
    wanted = network.state_dict()
    weights = {name: stored[name].read(torch.float32 if kept.intersection(name.split(".")) else dtype) for name in wanted if name in stored}
    network.load_state_dict(weights, strict=False, assign=True)
    return network, sorted(wanted.keys() - weights.keys())


def _transformers_network(kind: Any, folder: Path, stored: dict[str, StoredTensor], dtype: torch.dtype) -> tuple[Any, list[str]]:
    """As `_diffusers_network`, for a network of transformers, which reads each tensor when it needs it."""
    config = kind.config_class.from_pretrained(folder, local_files_only=True)
    kept = {*(kind._keep_in_fp32_modules or ()), *(kind._keep_in_fp32_modules_strict or ())}
    stored = {name: tensor if kept.intersection(name.split(".")) else replace(tensor, wanted=dtype) for name, tensor in stored.items()}
    network, report = kind.from_pretrained(
        None, config=config, state_dict=stored, dtype=dtype, local_files_only=True, use_safetensors=True, output_loading_info=True
    )
    return network, sorted(report["missing_keys"])


def _dtype(files: ModelFiles, family: Family, part: Part, dtype: torch.dtype) -> torch.dtype:
    """`dtype`, but float32 for a family that needs it, and for an autoencoder that would overflow in float16."""
    if family.needs_float32:
        return torch.float32
    if dtype == torch.float16 and part.name == family.autoencoder and family.overflows(read_config(files, part.name)):
        return torch.float32
    return dtype


@dataclass(frozen=True, slots=True)
class PartWeights:
    """Bytes of the weights of one network in memory."""

    total: int
    largest: int  # of its tensors
    itemsize: int = 4  # of a number


def weights_by_part(files: ModelFiles, dtype: torch.dtype) -> dict[str, PartWeights]:
    """What the weights of each network take in memory, from the headers of the files that are loaded."""
    family, _ = read_index(files)
    found = {}
    for part in family.networks:
        kept, prefix = _dtype(files, family, part, dtype), source_of(files, part.name).prefix
        space = _space(tuple(_version(path) for path in weight_files(files, part, kept == torch.float16)), prefix or "")
        found[part.name] = PartWeights(kept.itemsize * space.numbers + space.packed, kept.itemsize * space.largest, kept.itemsize)
    return found


def _version(file: Path) -> tuple[Path, int, int]:
    """Changes when the file is written again."""
    known = file.stat()
    return file, known.st_size, known.st_mtime_ns


@lru_cache(maxsize=64)  # networks: every run asks, and reading the headers takes milliseconds
def _space(versions: tuple[tuple[Path, int, int], ...], prefix: str) -> Space:
    return space_of(tensor for file, *_ in versions for tensor in _tensors(file, prefix))


def _tensors(file: Path, prefix: str) -> list[TensorEntry]:
    """Those whose names begin with `prefix`."""
    try:
        return [tensor for name, tensor in weights_header(file).tensors.items() if name.startswith(prefix)]
    except HeaderError as error:
        raise ModelFileDamaged(folder=file.parent.parent.name, file=f"{file.parent.name}/{file.name}", problem=error.problem) from None
