"""A file of a training: arrays as safetensors, with JSON under `training` in their metadata. Torch-free; see library/FORMATS.md."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...diffusion.weight_file import HeaderError, header_of
from ...errors import TrainingDamaged, TrainingNewer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy as np

FORMAT = 1


def packed(arrays: Mapping[str, np.ndarray], about: Mapping[str, object]) -> bytes:
    """The content of the file; `about` is its JSON."""
    import numpy as np
    from safetensors.numpy import save

    return save(
        {name: np.asarray(array, order="C") for name, array in arrays.items()}, {"training": json.dumps({"format": FORMAT, **about})}
    )


def read_about(path: Path) -> dict[str, Any]:
    """The JSON of the file, without its arrays. Raises `TrainingNewer`, and what `reading` expects."""
    about = json.loads(header_of(path).metadata["training"])
    if about["format"] > FORMAT:
        raise TrainingNewer(folder=path.parent)
    return about


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Raises what `reading` expects."""
    from safetensors.numpy import load_file

    return load_file(path)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise `TrainingDamaged` if the block cannot read the file at `path`, or make sense of it."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, HeaderError, SafetensorError, KeyError, ValueError, TypeError, AttributeError) as problem:
        raise TrainingDamaged(folder=path.parent, problem=getattr(problem, "problem", None) or problem) from problem
