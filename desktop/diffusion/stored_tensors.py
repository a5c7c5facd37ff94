"""The tensors of a safetensors or GGUF file, read one by one.

The file is read, not mapped: a mapped file counts as memory in use while it is read, crashes the process if it is cut meanwhile, and
gives addresses that kernels treat differently from those of tensors that torch has allocated, which changes low bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import EllipsisType

import torch

from .gguf_file import weights_header
from .packed_weights import packed
from .weight_file import TensorEntry

CHUNK = 32 << 20  # bytes that are converted at once
DTYPES = {
    "BOOL": torch.bool,
    "U8": torch.uint8,
    "I8": torch.int8,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "U16": torch.uint16,
    "I16": torch.int16,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "U32": torch.uint32,
    "I32": torch.int32,
    "F32": torch.float32,
    "U64": torch.uint64,
    "I64": torch.int64,
    "F64": torch.float64,
}


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    """Make `dtype` that of the tables that a network computes when it is made."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


class StoredTensors:
    """An open file and its tensors. Close it, or use it in a `with` statement; afterwards no tensor can be read."""

    def __init__(self, path: Path) -> None:
        """Raises `HeaderError` for a file that is not sound, and OSError."""
        entries = weights_header(path).tensors
        self._file = _OpenFile(path)
        self.tensors: Mapping[str, StoredTensor] = {name: StoredTensor(entry, self._file) for name, entry in entries.items()}

    def __enter__(self) -> StoredTensors:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.stream.close()


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor of an open file. `tensor[...]` reads it, as transformers does."""

    entry: TensorEntry
    file: _OpenFile
    wanted: torch.dtype | None = None  # what `tensor[...]` converts floating-point numbers to

    @property
    def dtype(self) -> torch.dtype:
        """That of the stored numbers; bytes if they are packed."""
        return torch.uint8 if self.entry.block > 1 else DTYPES[self.entry.dtype]

    @property
    def shape(self) -> torch.Size:
        return torch.Size(self.entry.shape)

    def __getitem__(self, index: EllipsisType) -> torch.Tensor:
        return self.read(self.wanted or self.dtype)[index]

    def read(self, dtype: torch.dtype) -> torch.Tensor:
        """The tensor in memory of its own: floating-point numbers as `dtype`, all others as they are, also packed ones."""
        if self.entry.block > 1:
            return packed(self._bytes(), self.entry.dtype, self.entry.shape, self.entry.block)
        numbers = torch.empty(self.entry.numbers, dtype=dtype if self.dtype.is_floating_point else self.dtype)
        with self.file.lock:
            self.file.stream.seek(self.entry.begin)
            if numbers.dtype == self.dtype:
                self.file.fill(numbers)
            else:
                scratch = self.file.scratch.view(self.dtype)
                for chunk in numbers.split(len(scratch)):
                    chunk.copy_(self.file.fill(scratch[: len(chunk)]))
        return numbers.view(self.shape)

    def _bytes(self) -> torch.Tensor:
        data = torch.empty(self.entry.end - self.entry.begin, dtype=torch.uint8)
        with self.file.lock:
            self.file.stream.seek(self.entry.begin)
            return self.file.fill(data)


class _OpenFile:
    """A file that is read on one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.stream = path.open("rb", buffering=0)
        self.lock = Lock()  # the libraries read on several threads
        self._scratch = torch.empty(0, dtype=torch.uint8)

    @property
    def scratch(self) -> torch.Tensor:
        """Memory for numbers that are converted, the same each time: freed memory of many sizes would not go back to the system."""
        if not len(self._scratch):
            self._scratch = torch.empty(CHUNK, dtype=torch.uint8)
        return self._scratch

    def fill(self, numbers: torch.Tensor) -> torch.Tensor:
        """`numbers`, read from where the file is now."""
        window, read = memoryview(numbers.view(torch.uint8).numpy()), 0  # type: ignore[arg-type]
        while read < len(window):
            more = self.stream.readinto(window[read:])
            if not more:
                raise EOFError("the file was cut while it was read")
            read += more
        return numbers
