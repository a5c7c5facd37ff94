"""Snapshots: everything needed to go on after a step, as bytes that outlive the process. A safetensors file with JSON in its header.

A tensor that an earlier step of the run holds already is only named, by the digest of its content: a run is read as a whole.
Nothing is pickled; what is neither number, text, tensor, array nor one of diffusers' own output classes cannot be written.
"""

from __future__ import annotations

import importlib
import json
import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
import torch
from diffusers.utils import BaseOutput

from ..errors import StepNotKept
from .run import Step

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
_SCALARS = frozenset({type(None), bool, int, float, str})
_DTYPES = {name: dtype for dtype, name in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one scheduler call was given and gave, and the state it left behind. Number 0 is the starting noise."""

    number: int
    calls: int  # scheduler calls in the whole run
    turns: int  # of the recipe, taken before the step
    sample: torch.Tensor  # x_t that the step was given; the starting noise for number 0
    noisy_scale: float  # brings x_t to the variance of a variance-preserving one
    generators: list[torch.Tensor]  # their states after the step
    global_generator: torch.Tensor | None  # torch's own, where the run has drawn from it
    output: Any = None  # everything that the step returned, in its structure
    prediction: torch.Tensor | None = None  # the model's output, guided
    level: list[float] = field(default_factory=list)  # sample = level[0]·x0 + level[1]·noise
    mix: list[float] | None = None  # x0 = mix[0]·sample + mix[1]·prediction; None where x0 does not follow from it
    scheduler: dict[str, Any] = field(default_factory=dict)  # attributes that differ from right after set_timesteps
    denoised: list[Any] = field(default_factory=list)  # structure of each denoiser output, as tensors without data

    @property
    def latents(self) -> torch.Tensor:
        """x_t after the step."""
        return self.output[0] if self.number else self.sample

    @property
    def x0(self) -> torch.Tensor:
        """The clean latents as this step sees them; the noise itself for number 0."""
        if self.number == 0:
            return self.noisy
        reported = reported_x0(self.output)
        if reported is not None:
            return reported
        return self.latents if self.mix is None else mixed(self.mix, self.sample, self.prediction)

    @property
    def noisy(self) -> torch.Tensor:
        """x_t after the step with the variance that decoders know."""
        return self.latents * self.noisy_scale if self.noisy_scale != 1 else self.latents


def reported_x0(output: Any) -> torch.Tensor | None:
    """x0 where the sampler reports it: second in the tuple, `pred_original_sample` or LCM's `denoised`."""
    rest = tuple(output.values())[1:] if isinstance(output, Mapping) else output[1:]
    return rest[0] if rest and isinstance(rest[0], torch.Tensor) and rest[0].shape == output[0].shape else None


def mixed(mix: Sequence[float], sample: torch.Tensor, prediction: torch.Tensor) -> torch.Tensor:
    """x0 from the sample and the model's output, of which learned variances (its second half) are left aside."""
    return mix[0] * sample + mix[1] * prediction[:, : sample.shape[1]]


def read_snapshot(steps: Iterable[Step], number: int) -> Snapshot:
    """Step `number` of a run with its tensors on the CPU; `steps` has to hold the steps before it too."""
    recording = SnapshotReader(step.snapshot for step in steps)
    if number not in recording.numbers:
        raise StepNotKept
    return recording.read(number)


class SnapshotWriter:
    """Writes one run's snapshots."""

    def __init__(self, held: Iterable[str] = ()) -> None:
        self._held = set(held)

    def write(self, record: Snapshot) -> bytes:
        data: dict[str, tuple[str, list[int], bytes]] = {}  # by digest: dtype, shape, content
        content = {name: self._plain(getattr(record, name), data) for name in Snapshot.__slots__ if name != "scheduler"}
        content["scheduler"] = self._writable(record.scheduler, data)
        header: dict[str, Any] = {"__metadata__": {"step": json.dumps(content)}}
        end = 0
        for digest, (dtype, shape, raw) in data.items():
            header[digest] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + len(raw)]}
            end += len(raw)
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        return b"".join((len(text).to_bytes(8, "little"), text, *(raw for _, _, raw in data.values())))

    def _writable(self, attributes: Mapping[str, Any], data: dict) -> dict[str, Any]:
        """A scheduler may hold any object (a noise sampler, a function). Those cannot be brought back and are made anew."""
        written = {}
        for name, value in attributes.items():
            try:
                written[name] = self._plain(value, data)
            except TypeError:
                log.debug("%s of the scheduler is not recorded: %r", name, type(value))
        return {"dict": list(written.items())}

    def _plain(self, value: Any, data: dict) -> Any:
        if type(value) in _SCALARS:  # not a subclass: numpy's double is a float
            return value
        match value:  # tensors behind the rest: they take long to say what they are not
            case list():
                return [self._plain(each, data) for each in value]
            case tuple():
                return {"tuple": [self._plain(each, data) for each in value]}
            case BaseOutput():
                kind = type(value)
                return {"output": [kind.__module__, kind.__qualname__], "fields": self._plain(dict(value), data)}
            case dict():
                return {"dict": [[name, self._plain(each, data)] for name, each in value.items()]}
            case torch.Tensor() if value.is_meta:
                return {"shape": list(value.shape), "dtype": _NAMES[value.dtype]}
            case torch.Tensor():
                return {"tensor": self._keep(value, data), "cpu": value.device.type == "cpu"}
            case np.generic() | np.ndarray():
                array = torch.from_numpy(np.array(value))
                return {"array": self._keep(array, data), "scalar": isinstance(value, np.generic)}
        raise TypeError(type(value))

    def _keep(self, tensor: torch.Tensor, data: dict) -> str:
        shape, dtype = list(tensor.shape), _NAMES[tensor.dtype]
        raw = tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data
        digest = sha256(f"{dtype}{shape}".encode())
        digest.update(raw)
        name = digest.hexdigest()[:32]
        if name not in self._held:
            self._held.add(name)
            data[name] = (dtype, shape, bytes(raw))  # a copy: schedulers work in place
        return name


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
        """Step `number`, its tensors on `device` where they were not on the CPU. Every tensor is one of its own."""
        return Snapshot(**{name: self._value(value, device) for name, value in self._steps[number].items()})

    def field(self, number: int, name: str, device: torch.device | str = "cpu") -> Any:
        """One field of step `number`'s `Snapshot`, read alone."""
        return self._value(self._steps[number][name], device)

    def _value(self, plain: Any, device: torch.device | str) -> Any:
        match plain:
            case list():
                return [self._value(each, device) for each in plain]
            case {"tensor": digest, "cpu": on_cpu}:
                tensor = self._tensor(digest)
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


def _output_class(module: str, name: str) -> type[BaseOutput]:
    if not module.startswith("diffusers."):
        raise StepNotKept
    kind = getattr(importlib.import_module(module), name, None)
    if not (isinstance(kind, type) and issubclass(kind, BaseOutput)):
        raise StepNotKept
    return kind
