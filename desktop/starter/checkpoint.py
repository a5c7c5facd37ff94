"""A training under way: what it reports, what a checkpoint of it holds, and the slow average of its weights that is kept."""

from __future__ import annotations

import os
import pickle
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn


@dataclass(frozen=True)
class Progress:
    """What a training yields every few seconds; between two of these its state may be saved."""

    samples: int  # seen since the very beginning
    seconds: float  # spent learning since the very beginning, over all resumed runs
    loss: float  # mean since the last report
    note: str = ""

    def __str__(self) -> str:
        return f"{self.seconds:7.0f} s  {self.samples:8d} samples  loss {self.loss:.4f}  {self.note}".rstrip()


class CheckpointDamaged(Exception):
    """The file ends too early or is no checkpoint; the message names it."""


class Stateful(Protocol):
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: dict[str, Any]) -> object: ...


class Course:
    """Everything that changes while a training goes on. A course that is loaded goes on exactly as the saved one would have, but for
    material that a training makes for itself on the way (decoded or painted pictures), which begins anew."""

    def __init__(self, parts: Mapping[str, Stateful], seed: int) -> None:
        self.parts = dict(parts)  # networks, optimiser, average
        self.chance = random.Random(seed)  # which examples, in which words
        self.noise = torch.Generator().manual_seed(seed)  # on the CPU, so that devices agree
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
    """What all trainings share: `course` is saved and loaded between any two reports."""

    course: Course

    def state_dict(self) -> dict[str, Any]:
        return self.course.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.course.load_state_dict(state)


class PowerAverage:
    """Average of weights whose horizon is always the same share of what was seen (Karras et al., arXiv 2312.02696, §3.1).

    With the default exponent the profile's relative width is 0.056. So a training needs no end to be known beforehand.
    """

    def __init__(self, network: nn.Module, exponent: float = 16) -> None:
        self.weights = {name: weight.detach().clone() for name, weight in network.state_dict().items()}
        self.exponent = exponent
        self.samples = 0
        self._network = network

    @torch.no_grad()
    def update(self, samples: int) -> None:
        """`samples` seen so far; the weights have stood for those since the last update."""
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


def warm_up(samples: int, over: int, reference: int) -> float:
    """Factor on the learning rate: up to 1 within `over` samples, as 1/√samples after `reference` of them; it knows no end."""
    return min(1.0, (samples + 1) / over) * min(1.0, (reference / (samples + 1)) ** 0.5)


def save(path: Path, state: Mapping[str, Any]) -> None:
    """All of it or nothing: a killed training leaves the checkpoint before this one."""
    aside = path.with_name(f".{path.name}.new")
    with aside.open("wb") as file:
        torch.save(dict(state), file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def restore(course: Course, path: Path, device: torch.device | str = "cpu") -> None:
    """Go on from the checkpoint at `path`. Raises `CheckpointDamaged` also where it is of another kind or shape."""
    try:
        course.load_state_dict(load(path, device))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointDamaged(f"{path} is of another training, or of another shape. Take the right one, or begin anew.") from error


def load(path: Path, device: torch.device | str = "cpu") -> dict[str, Any]:
    with path.open("rb") as file:
        try:
            return torch.load(file, map_location=device, weights_only=True)
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:  # what torch raises depends on where the file was cut
            raise CheckpointDamaged(f"{path} is not a whole checkpoint. Take an older one, or begin anew.") from error
