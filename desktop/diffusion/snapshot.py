"""Snapshots: everything needed to resume after a step, as bytes. A safetensors file with JSON in its header.

A tensor that an earlier step of the run already holds is only named, by the digest of its content: a run is read as a whole.
Nothing is pickled. Only numbers, text, tensors, arrays and diffusers' own output classes can be written.
"""

from __future__ import annotations

import importlib
import json
import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
import torch
from diffusers.utils import BaseOutput

from ..errors import StepNotKept
from .run import Step

StepOutput: TypeAlias = tuple[torch.Tensor, ...] | BaseOutput  # what a scheduler's `step` returns
Content: TypeAlias = dict[str, tuple[str, list[int], bytes]]  # by digest: dtype, shape, data

log = logging.getLogger(__name__)

_NAMES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
MADE = "made"  # in place of a structure: the call is made again on replay, since it fills a cache or returns what cannot be recorded
_SCALARS = frozenset({type(None), bool, int, float, str})
_DTYPES = {name: dtype for dtype, name in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Input and output of one scheduler call, and the state after it. Number 0 is the initial noise."""

    number: int
    calls: int  # scheduler calls in the whole run; 0 while later stages are not planned yet
    turns: int  # turns of the recipe taken before the step
    sample: torch.Tensor  # x_t before the step; the initial noise for number 0
    noisy_scale: float  # x_t times this has the variance of a variance-preserving one
    generators: list[torch.Tensor]  # their states after the step
    global_generator: torch.Tensor | None  # state of torch's global CPU generator after the step; None in older recordings
    output: StepOutput | None = None  # everything that the step returned; None for number 0
    prediction: torch.Tensor | None = None  # the model's output, guided
    level: list[float] = field(default_factory=list)  # sample = level[0]·x0 + level[1]·noise; empty if it is unknown
    mix: list[float] | None = None  # x0 = mix[0]·sample + mix[1]·prediction; None if x0 does not follow from it
    scheduler: dict[str, object] = field(default_factory=dict)  # attributes that differ from right after set_timesteps
    denoised: list[object] = field(default_factory=list)  # structure of each denoiser output, with meta tensors; or `MADE`
    device_generator: torch.Tensor | None = None  # state of the graphics card's global generator after the step; None on the CPU
    reports_x0: bool = True  # whether a second tensor of `output` with the shape of the first is x0
    returned: torch.Tensor | None = None  # of the last step: what the pipeline made of x_t after it, if anything
    guiders: dict[str, object] | None = None  # what the guiders of the pipeline remember of earlier steps, by component and attribute

    @property
    def latents(self) -> torch.Tensor:
        """x_t after the step."""
        return self.sample if self.output is None else self.output[0]

    @property
    def x0(self) -> torch.Tensor | None:
        """The predicted clean latents of this step, None if they are unknown; the noise itself for number 0."""
        if self.output is None:
            return self.noisy
        reported = _second(self.output) if self.reports_x0 else None
        if reported is not None:
            return reported
        return None if self.mix is None or self.prediction is None else mixed(self.mix, self.sample, self.prediction)

    @property
    def finished(self) -> torch.Tensor:
        """After the last step: the latents that the pipeline returned."""
        return self.latents if self.returned is None else self.returned

    @property
    def noisy(self) -> torch.Tensor:
        """x_t after the step, scaled to the variance that decoders expect."""
        return self.latents * self.noisy_scale if self.noisy_scale != 1 else self.latents


# Fields that are written only where they differ from their default: older versions do not know them.
_RARE = {"device_generator": None, "reports_x0": True, "returned": None, "guiders": None}
_WRITTEN = tuple(name for name in Snapshot.__slots__ if name not in ("scheduler", *_RARE))
_values = attrgetter(*_WRITTEN)


def reports_x0(output: StepOutput, names: Sequence[str]) -> bool:
    """False if a scheduler returned a second tensor that is not x0 by its name; `names`: of all values that it can return."""
    given = tuple(output) if isinstance(output, Mapping) else names
    return _second(output) is None or given[1:2] in (("pred_original_sample",), ("denoised",))


def _second(output: StepOutput) -> torch.Tensor | None:
    rest = tuple(output.values())[1:] if isinstance(output, Mapping) else output[1:]
    return rest[0] if rest and isinstance(rest[0], torch.Tensor) and rest[0].shape == output[0].shape else None


def mixed(mix: Sequence[float], sample: torch.Tensor, prediction: torch.Tensor) -> torch.Tensor | None:
    """x0 from the sample and the model's output; learned variances (the second half of the channels) are ignored.

    None if the model's output has another form than the sample.
    """
    read = without_variances(prediction, sample)
    return mix[0] * sample + mix[1] * read if read.shape == sample.shape else None


def without_variances(prediction: torch.Tensor, sample: torch.Tensor) -> torch.Tensor:
    """A model's output without the learned variances, which follow its channels."""
    has_variances = prediction.ndim == sample.ndim > 1 and prediction.shape[1] > sample.shape[1]
    return prediction[:, : sample.shape[1]] if has_variances else prediction


def read_snapshot(steps: Iterable[Step], number: int) -> Snapshot:
    """Step `number` of a run with its tensors on the CPU; `steps` must also hold the steps before it."""
    recording = SnapshotReader(step.snapshot for step in steps)
    if number not in recording.numbers:
        raise StepNotKept
    return recording.read(number)


class SnapshotWriter:
    """Writes one run's snapshots."""

    def __init__(self, held: Iterable[str] = ()) -> None:
        """`held`: digests of tensors that earlier snapshots of the run hold."""
        self._held = set(held)
        # Tensors of the last snapshot by id, with version and digest: most of a step's tensors were in the step before it.
        self._last: dict[int, tuple[torch.Tensor, int, str]] = {}
        self._now: dict[int, tuple[torch.Tensor, int, str]] = {}

    def write(self, record: Snapshot) -> bytes:
        data: Content = {}
        self._last, self._now = self._now, {}
        fields = [(name, self._json(value, data)) for name, value in zip(_WRITTEN, _values(record), strict=True)]
        fields.append(("scheduler", _dict(self._writable(record.scheduler, data))))
        for name, default in _RARE.items():
            if (value := getattr(record, name)) is not default:
                fields.append((name, self._json(value, data)))
        step = "{" + ", ".join(f'"{name}": {text}' for name, text in fields) + "}"
        entries = [f'"__metadata__": {{"step": {quoted(step)}}}']
        end = 0
        for digest, (dtype, shape, raw) in data.items():
            entries.append(f'"{digest}": {{"dtype": "{dtype}", "shape": {shape}, "data_offsets": [{end}, {end + len(raw)}]}}')
            end += len(raw)
        header = ("{" + ", ".join(entries) + "}").encode()
        header += b" " * (-len(header) % 8)
        return b"".join((len(header).to_bytes(8, "little"), header, *(raw for _, _, raw in data.values())))

    def _writable(self, attributes: Mapping[str, object], data: Content) -> Iterator[tuple[str, str]]:
        """A scheduler may hold any object (a noise sampler, a function). Those are not recorded; the scheduler creates them again."""
        for name, value in attributes.items():
            try:
                yield name, self._json(value, data)
            except TypeError:
                log.debug("%s of the scheduler is not recorded: %r", name, type(value))

    def _json(self, value: Any, data: Content) -> str:
        """`value` as JSON, written directly: `json.dumps` over a tree of lists and dicts would take twice as long."""
        kind = type(value)
        if kind is int or (kind is float and math.isfinite(value)):
            return repr(value)
        if kind in _SCALARS:  # not a subclass: numpy's double is a float
            return json.dumps(value)
        match value:
            case list():
                return self._list(value, data)
            case torch.Tensor():
                if value.is_meta:
                    return f'{{"shape": {list(value.shape)}, "dtype": "{_NAMES[value.dtype]}"}}'
                order = "" if value.is_contiguous() else f', "order": {_order(value)}'
                return f'{{"tensor": "{self._digest(value, data)}", "cpu": {"true" if value.is_cpu else "false"}{order}}}'
            case tuple():
                return f'{{"tuple": {self._list(value, data)}}}'
            case BaseOutput():
                fields = _dict((name, self._json(each, data)) for name, each in value.items())
                return f'{{"output": {json.dumps([kind.__module__, kind.__qualname__])}, "fields": {fields}}}'
            case dict():
                return _dict((name, self._json(each, data)) for name, each in value.items())
            case np.generic() | np.ndarray():
                digest, is_scalar = self._keep(torch.from_numpy(np.array(value)), data), isinstance(value, np.generic)
                return f'{{"array": "{digest}", "scalar": {"true" if is_scalar else "false"}}}'
        raise TypeError(kind)

    def _list(self, values: Iterable[object], data: Content) -> str:
        return f"[{', '.join([self._json(each, data) for each in values])}]"

    def _digest(self, tensor: torch.Tensor, data: Content) -> str:
        """Digest of `tensor`. Its content is read only if it, or its version, is not that of the last snapshot."""
        key, version = id(tensor), tensor._version
        known = self._now.get(key) or self._last.get(key)
        digest = known[2] if known and known[1] == version else self._keep(tensor, data)
        self._now[key] = tensor, version, digest
        return digest

    def _keep(self, tensor: torch.Tensor, data: Content) -> str:
        shape, dtype = list(tensor.shape), _NAMES[tensor.dtype]
        raw = tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data
        hashed = sha256(f"{dtype}{shape}".encode())
        hashed.update(raw)
        digest = hashed.hexdigest()[:32]
        if digest not in self._held:
            self._held.add(digest)
            data[digest] = (dtype, shape, bytes(raw))  # a copy: schedulers work in place
        return digest


def _dict(items: Iterable[tuple[object, str]]) -> str:
    """As a list of pairs, to distinguish it from other objects and to allow numbers as keys. The values are JSON already."""
    return (
        f'{{"dict": [{", ".join([f"[{json.dumps(name) if type(name) is not str else quoted(name)}, {text}]" for name, text in items])}]}}'
    )


class SnapshotReader:
    """Reads one run's snapshots."""

    def __init__(self, snapshots: Iterable[bytes]) -> None:
        self._steps: dict[int, dict[str, Any]] = {}
        self._tensors: dict[str, tuple[memoryview, str, list[int]]] = {}
        for snapshot in snapshots:
            start = 8 + int.from_bytes(snapshot[:8], "little")
            header = json.loads(snapshot[8:start])
            step = json.loads(header.pop("__metadata__")["step"])
            self._steps[step["number"]] = step
            body = memoryview(snapshot)[start:]
            for digest, entry in header.items():
                begin, end = entry["data_offsets"]
                self._tensors[digest] = (body[begin:end], entry["dtype"], entry["shape"])

    @property
    def numbers(self) -> list[int]:
        return sorted(self._steps)

    @property
    def digests(self) -> Iterable[str]:
        return self._tensors.keys()

    def read(self, number: int, device: torch.device | str = "cpu") -> Snapshot:
        """Step `number`; its tensors on `device`, except those that were on the CPU. No two tensors share memory."""
        return Snapshot(**{name: self._value(value, device) for name, value in self._steps[number].items()})

    def field(self, number: int, name: str, device: torch.device | str = "cpu") -> Any:
        """One field of step `number`'s `Snapshot`; None if the recording is older than the field."""
        return self._value(self._steps[number].get(name), device)

    def differs(self, number: int, name: str) -> bool:
        """Whether this field of step `number` is not that of the step before."""
        return bool(self._steps[number].get(name) != self._steps[number - 1].get(name))

    def _value(self, plain: Any, device: torch.device | str) -> Any:
        match plain:
            case list():
                return [self._value(each, device) for each in plain]
            case {"tensor": digest, "cpu": on_cpu, **more}:
                order = more.get("order")
                tensor = _ordered(self._tensor(digest), order if isinstance(order, list) else [])
                return tensor if on_cpu else tensor.to(device)
            case {"shape": shape, "dtype": dtype}:
                return torch.empty(shape, dtype=_DTYPES[dtype], device="meta")
            case {"tuple": values}:
                return tuple(self._value(each, device) for each in values)
            case {"dict": items}:
                return {name: self._value(each, device) for name, each in items}
            case {"output": [module, name], "fields": values}:
                return _output_class(module, name)(**self._value(values, device))
            case {"array": digest, "scalar": is_scalar}:
                array = self._tensor(digest).numpy()
                return array[()] if is_scalar else array
        return plain

    def _tensor(self, digest: str) -> torch.Tensor:
        try:
            raw, dtype, shape = self._tensors[digest]
        except KeyError:
            raise StepNotKept from None
        if math.prod(shape) == 0:
            return torch.empty(shape, dtype=_DTYPES[dtype])
        return torch.frombuffer(bytearray(raw), dtype=_DTYPES[dtype]).reshape(shape)


def _order(tensor: torch.Tensor) -> list[int]:
    """The dimensions from the one with the largest stride: the order in memory, on which the low bits of a convolution depend."""
    return sorted(range(tensor.ndim), key=tensor.stride().__getitem__, reverse=True)


def _ordered(tensor: torch.Tensor, order: Sequence[int]) -> torch.Tensor:
    """`tensor` with its dimensions in this order in memory; as it is for none."""
    if sorted(order) != list(range(tensor.ndim)) or not order:
        return tensor
    back = [order.index(dimension) for dimension in range(tensor.ndim)]
    return tensor.permute(*order).contiguous().permute(*back)


def _output_class(module: str, name: str) -> type[BaseOutput]:
    if not module.startswith("diffusers."):
        raise StepNotKept
    kind = getattr(importlib.import_module(module), name, None)
    if not (isinstance(kind, type) and issubclass(kind, BaseOutput)):
        raise StepNotKept
    return kind
