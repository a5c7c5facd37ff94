"""The checkpoint: everything that a training needs to continue bit for bit, as one safetensors file. Torch-free.

Its metadata is JSON under `training`; the format is described in library/FORMATS.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...diffusion.weight_file import HeaderError, header_of
from ...errors import TrainingDamaged, TrainingNewer
from .course import Course

if TYPE_CHECKING:
    import numpy as np

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """What a checkpoint says besides its tensors."""

    course: Course
    step: int
    threads: int  # of torch; another number gives other bits
    versions: Mapping[str, str]  # of the libraries that decide the bits
    losses: tuple[float, ...]  # of every step so far


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    kept: Kept
    tensors: Mapping[str, np.ndarray]

    def packed(self) -> bytes:
        """The content of the file. Takes a tenth of a second; not on the GUI thread."""
        from safetensors.numpy import save

        kept = self.kept
        about = {
            "format": FORMAT,
            "course": kept.course.to_dict(),
            "step": kept.step,
            "threads": kept.threads,
            "versions": dict(kept.versions),
            "losses": [float(f"{loss:.6g}") for loss in kept.losses],
        }
        return save(dict(self.tensors), {"training": json.dumps(about)})

    @classmethod
    def read(cls, path: Path) -> Checkpoint:
        """Raises `TrainingDamaged` or `TrainingNewer`."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        kept = read_kept(path)
        try:
            return cls(kept, load_file(path))
        except (OSError, SafetensorError, KeyError, ValueError) as problem:
            raise TrainingDamaged(folder=path.parent, problem=problem) from problem


def read_kept(path: Path) -> Kept:
    """What the checkpoint at `path` says, without its tensors. Raises `TrainingDamaged` or `TrainingNewer`."""
    try:
        about = json.loads(header_of(path).metadata["training"])
        if about["format"] > FORMAT:
            raise TrainingNewer(folder=path.parent)
        course = Course.from_dict(about["course"])
        return Kept(course, int(about["step"]), int(about["threads"]), dict(about["versions"]), tuple(map(float, about["losses"])))
    except (OSError, HeaderError, KeyError, ValueError, TypeError, AttributeError) as problem:
        raise TrainingDamaged(folder=path.parent, problem=getattr(problem, "problem", None) or problem) from problem
