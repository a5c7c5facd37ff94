"""The files of a training besides its checkpoint: its pictures, and the samples of each moment. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..pictures import PictureSet
from .course import Course
from .events import Marks, Moment
from .kept_file import packed, read_about, read_arrays, reading


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """What a training starts with: everything but the first weights, which are a function of the seed."""

    course: Course
    pictures: PictureSet
    created: str  # ISO 8601 with time zone
    parent: str = ""  # id of the training that this one branched from
    branched_at: int = 0  # step

    def packed(self) -> bytes:
        arrays = {"pixels": self.pictures.pixels}
        if self.pictures.labels is not None:
            arrays["labels"] = self.pictures.labels
        about = {
            "course": self.course.to_dict(),
            "name": self.pictures.name,
            "kinds": list(self.pictures.kinds),
            "created": self.created,
            "parent": self.parent,
            "branched_at": self.branched_at,
        }
        return packed(arrays, about)

    @classmethod
    def read(cls, path: Path, with_pictures: bool = True) -> Beginning:
        """Raises `TrainingDamaged` or `TrainingNewer`. Without pictures, the set has none."""
        import numpy as np

        with reading(path):
            about = read_about(path)
            arrays = read_arrays(path) if with_pictures else {}
            pixels = arrays["pixels"] if with_pictures else np.zeros((0, 1, 1, 3), np.uint8)
            pictures = PictureSet(str(about["name"]), pixels, arrays.get("labels"), tuple(map(str, about["kinds"])))
            course = Course.from_dict(about["course"])
            return cls(course, pictures, str(about["created"]), str(about["parent"]), int(about["branched_at"]))


def packed_moment(moment: Moment) -> bytes:
    about = {
        "step": moment.step,
        "guidance": moment.guidance,
        "labels": moment.labels,
        "seen": _marks(moment.seen),
        "unseen": moment.unseen and _marks(moment.unseen),
        "nearest": moment.nearest,
        "copied": moment.copied,
    }
    return packed({"estimates": moment.estimates, "noisy": moment.noisy}, about)


def read_moment(path: Path) -> Moment:
    """Raises `TrainingDamaged` or `TrainingNewer`."""
    with reading(path):
        about, arrays = read_about(path), read_arrays(path)
        return Moment(
            int(about["step"]),
            float(about["guidance"]),
            arrays["estimates"],
            arrays["noisy"],
            tuple(map(int, about["labels"])),
            _read_marks(about["seen"]),
            _read_marks(about["unseen"]) if about["unseen"] else None,
            tuple((int(first), int(second)) for first, second in about["nearest"]),
            tuple(map(bool, about["copied"])),
        )


def _marks(marks: Marks) -> list[object]:
    return [marks.mean, list(marks.bands)]


def _read_marks(values: Any) -> Marks:
    mean, bands = values
    return Marks(float(mean), tuple(map(float, bands)))
