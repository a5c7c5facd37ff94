"""An embedding file (textual inversion), judged by its header alone: its vectors, and the text encoders that they fit. Torch-free.

| layout | tensors |
|---|---|
| A1111, kohya | `emb_params`, or `string_to_param.*`: vectors × width |
| kohya for SDXL, FLUX.1, SD 3 | of `clip_l`, `clip_g` and `t5xxl` one for each text encoder |
| diffusers | one, called like the token, `<cat-toy>`: vectors × width, or width alone |

Sources: stable-diffusion-webui `textual_inversion.py`, kohya-ss/sd-scripts `sdxl_train_textual_inversion.py`, diffusers
`loaders/textual_inversion.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import QT_TRANSLATE_NOOP, EmbeddingDamaged, EmbeddingMissing, EmbeddingRefused, EmbeddingUnsupported
from .inspection import header_in, short

MOST_VECTORS = 75  # that a prompt has room for
MOST_TENSORS = 4  # of a file
NUMBERS = {"F64", "F32", "F16", "BF16"}
FAMILIES = {
    (768,): "Stable Diffusion 1",
    (1024,): "Stable Diffusion 2",
    (768, 1280): "Stable Diffusion XL",
    (768, 4096): "FLUX.1",
    (768, 1280, 4096): "Stable Diffusion 3",
}
OF_ENCODERS = ("clip_l", "clip_g", "t5xxl")  # tensors for the text encoders, in order

TOO_MANY = QT_TRANSLATE_NOOP("Safelight", "it has more vectors than a prompt has room for")
UNEQUAL = QT_TRANSLATE_NOOP("Safelight", "it has different numbers of vectors for the text encoders")
NO_VECTORS = QT_TRANSLATE_NOOP("Safelight", "it holds no vectors that are known here")

_SINGLE = re.compile(r"emb_params|string_to_param(\..+)?|\*")
_TOKEN = re.compile(r"<([^<>]{1,100})>|([\w-]{1,100})")


@dataclass(frozen=True, slots=True)
class EmbeddingFile:
    """What the header of an embedding file says."""

    path: Path
    vectors: int  # tokens that its name stands for
    widths: tuple[int, ...]  # of the text encoders, in order
    keys: tuple[str, ...]  # the tensors for them, in order
    token: str = ""  # the name that the file itself gives, without <>

    @property
    def family(self) -> str:
        """That it was made for; "" if unknown."""
        return FAMILIES.get(self.widths, "")

    def fits(self, widths: Sequence[int]) -> bool:
        """Whether it fits a model with text encoders of these widths."""
        return self.widths == tuple(widths)


def is_embedding(shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether these are the tensors of an embedding."""
    return _tensors(shapes) is not None


def read(path: Path) -> EmbeddingFile:
    """The embedding in the file at `path`. Reads the header only.

    Raises `EmbeddingMissing`, `EmbeddingRefused` for weights that can carry code, `EmbeddingDamaged`, or `EmbeddingUnsupported`.
    """
    header = header_in(path, EmbeddingRefused, EmbeddingMissing, EmbeddingDamaged)
    found = _tensors({name: tensor.shape for name, tensor in header.tensors.items()})
    if found is None or not {header.tensors[name].dtype for name in found} <= NUMBERS:
        raise EmbeddingUnsupported(file=short(path.name), kind=NO_VECTORS)
    shapes = [header.tensors[name].shape for name in found]
    counts = {shape[0] if len(shape) == 2 else 1 for shape in shapes}
    if len(counts) != 1:
        raise EmbeddingUnsupported(file=short(path.name), kind=UNEQUAL)
    if not 0 < (count := counts.pop()) <= MOST_VECTORS:
        raise EmbeddingUnsupported(file=short(path.name), kind=TOO_MANY if count else NO_VECTORS)
    named = _TOKEN.fullmatch(found[0])
    token = "" if named is None or _SINGLE.fullmatch(found[0]) or found[0] in OF_ENCODERS else named[1] or named[2]
    return EmbeddingFile(path, count, tuple(shape[-1] for shape in shapes), found, token)


def _tensors(shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, ...] | None:
    """The tensors with vectors, in the order of the text encoders; None if these are not those of an embedding."""
    if not 0 < len(shapes) <= MOST_TENSORS:
        return None
    found = _of_encoders(shapes) or tuple(name for name in shapes if _SINGLE.fullmatch(name))
    if not found and len(shapes) == 1:
        [(name, shape)] = shapes.items()
        named = _TOKEN.fullmatch(name)
        found = (name,) if named and (named[1] or shape[-1:] in FAMILIES) else ()
    is_whole = len(found) == 1 or (len(found) > 1 and {*found} <= {*OF_ENCODERS})
    return found if is_whole and all(len(shapes[name]) in (1, 2) and shapes[name][-1] > 1 for name in found) else None


def _of_encoders(names: Iterable[str]) -> tuple[str, ...]:
    names = set(names)
    return tuple(name for name in OF_ENCODERS if name in names)
