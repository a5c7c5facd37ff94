"""What all trainings share: reports, checkpoints, the average of the weights, and the seed of the first weights."""

from __future__ import annotations

import os
import pickle
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn


@dataclass(frozen=True)
class TrainingReport:
    """One report of a training. Between two reports its state can be saved."""

    samples: int  # seen in all runs together
    seconds: float  # spent learning in all runs together
    loss: float  # mean since the previous report
    note: str = ""

    def __str__(self) -> str:
        return f"{self.seconds:7.0f} s  {self.samples:8d} samples  loss {self.loss:.4f}  {self.note}".rstrip()


class CheckpointDamaged(Exception):
    """The file is truncated or no checkpoint; the message names it."""


class Stateful(Protocol):
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: dict[str, Any]) -> object: ...


class Course:
    """The complete state of a training. A training that loads it continues with the same bits as the one that saved it.

    Exception: pools of pictures that a training paints or decodes while it learns (preview, judge) are filled again."""

    def __init__(self, parts: Mapping[str, Stateful], seed: int) -> None:
        self.parts = dict(parts)  # networks, optimisers, average
        self.chance = random.Random(seed)  # chooses examples and captions
        self.noise = torch.Generator().manual_seed(seed)  # on the CPU, so that all devices draw the same noise
        self.samples = 0
        self.seconds = 0.0

    def state_dict(self) -> dict[str, Any]:
        return {
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
            "chance": self.chance.getstate(),
            "noise": self.noise.get_state(),
            "samples": self.samples,
            "seconds": self.seconds,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        for name, part in self.parts.items():
            part.load_state_dict(state["parts"][name])
        self.chance.setstate(state["chance"])
        self.noise.set_state(state["noise"])
        self.samples, self.seconds = state["samples"], state["seconds"]


class Training:
    """Base of all trainings: `course` is the state to save and load between two reports."""

    course: Course

    def state_dict(self) -> dict[str, Any]:
        return self.course.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.course.load_state_dict(state)


class PowerAverage:
    """Power-function average of weights: its horizon is a fixed share of all samples seen (Karras et al., arXiv 2312.02696, §3.1).

    With the default exponent the relative width of the profile is 0.056. The length of the training need not be known.
    """

    def __init__(self, network: nn.Module, exponent: float = 16) -> None:
        self.weights = {name: weight.detach().clone() for name, weight in network.state_dict().items()}
        self.exponent = exponent
        self.samples = 0
        self._network = network

    @torch.no_grad()
    def update(self, samples: int) -> None:
        """Include the current weights. `samples`: seen so far; the weights count for those since the last update."""
        followed, latest = zip(
            *((self.weights[name], weight) for name, weight in self._network.state_dict().items() if weight.is_floating_point()),
            strict=True,
        )
        torch._foreach_lerp_(followed, latest, 1 - (self.samples / samples) ** (self.exponent + 1))
        self.samples = samples

    def state_dict(self) -> dict[str, Any]:
        return {"weights": self.weights, "samples": self.samples}

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, weight in state["weights"].items():
            self.weights[name].copy_(weight)
        self.samples = state["samples"]


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's global generator of the CPU while networks are initialised, and restore it afterwards."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        yield


def warm_up(samples: int, over: int, reference: int) -> float:
    """Factor on the learning rate: linear up to 1 within `over` samples, proportional to 1/√samples after `reference` samples."""
    return min(1.0, (samples + 1) / over) * min(1.0, (reference / (samples + 1)) ** 0.5)


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write the file and rename it: a training that is killed leaves the previous checkpoint intact."""
    aside = path.with_name(f".{path.name}.new")
    with aside.open("wb") as file:
        torch.save(dict(state), file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def restore(course: Course, path: Path, device: torch.device | str = "cpu") -> None:
    """Load the checkpoint at `path`. Raises CheckpointDamaged, also if it belongs to another training or shape."""
    try:
        course.load_state_dict(load(path, device))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointDamaged(f"{path} belongs to another training or shape. Choose another --folder, or delete the file.") from error


def load(path: Path, device: torch.device | str = "cpu") -> dict[str, Any]:
    with path.open("rb") as file:
        try:
            return torch.load(file, map_location=device, weights_only=True)
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:  # the error depends on where the file was cut
            raise CheckpointDamaged(f"{path} is not a complete checkpoint. Replace it by an older one, or delete it.") from error
