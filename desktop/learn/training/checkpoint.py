"""The checkpoint: everything that a training needs to continue bit for bit, as one file. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .course import Course
from .kept_file import packed, read_about, read_arrays, reading

if TYPE_CHECKING:
    import numpy as np


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
        kept = self.kept
        about = {
            "course": kept.course.to_dict(),
            "step": kept.step,
            "threads": kept.threads,
            "versions": dict(kept.versions),
            "losses": [float(f"{loss:.6g}") for loss in kept.losses],
        }
        return packed(self.tensors, about)

    @classmethod
    def read(cls, path: Path) -> Checkpoint:
        """Raises `TrainingDamaged` or `TrainingNewer`."""
        with reading(path):
            return cls(read_kept(path), read_arrays(path))


def read_kept(path: Path) -> Kept:
    """What the checkpoint at `path` says, without its tensors. Raises `TrainingDamaged` or `TrainingNewer`."""
    with reading(path):
        about = read_about(path)
        course = Course.from_dict(about["course"])
        return Kept(course, int(about["step"]), int(about["threads"]), dict(about["versions"]), tuple(map(float, about["losses"])))
