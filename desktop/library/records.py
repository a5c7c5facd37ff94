"""A file of checksummed records that only grows at its end: if the end is lost or damaged, the records before it are still intact.

Little-endian. The file begins with `MAGIC`, the version of its records' meaning, its name of 16 bytes, and their CRC-32. A record is a
head of 16 bytes and a payload. The CRC of a head continues that of the head before it, so a record that was moved, repeated, left over
from another file or written in part is not accepted. A payload has a CRC of its own, so heads can be read without it.
A closed file ends with its table of contents: a copy of all heads, then their length in bytes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from zlib import crc32

from . import safe_file

MAGIC = b"\x89safelight\r\n\x1a\n\0\0"
CONTENTS = 255  # kind of the record that ends a closed file; the caller defines all others
PATIENCE = 1.0  # seconds to wait for a lock: readers release it soon

_START = struct.Struct("<16sH16sI")  # MAGIC, version, name, CRC of these
_HEAD = struct.Struct("<BxHIII")  # kind, number, length, CRC of the payload, CRC of the chain
_CHAINED = _HEAD.size - 4  # bytes of a head that its CRC covers
_COUNT = struct.Struct("<I")


class NotRecords(Exception):
    """The file is not of this format."""


class NewerRecords(Exception):
    """The file is of a later version."""


class DamagedRecord(Exception):
    """The payload does not match its CRC."""


@dataclass(frozen=True, slots=True)
class Start:
    version: int
    name: bytes  # 16 bytes
    chain: int

    @classmethod
    def of(cls, version: int, name: bytes) -> Start:
        return cls(version, name, crc32(_START.pack(MAGIC, version, name, 0)[:-4]))

    def packed(self) -> bytes:
        return _START.pack(MAGIC, self.version, self.name, self.chain)


@dataclass(frozen=True, slots=True)
class Record:
    """The head of a record, and where its payload is."""

    kind: int  # 1…255
    number: int  # 0…65535
    length: int  # bytes
    crc: int
    chain: int
    offset: int  # of the payload in the file

    @property
    def end(self) -> int:
        return self.offset + self.length

    def head(self) -> bytes:
        return _HEAD.pack(self.kind, self.number, self.length, self.crc, self.chain)


NewRecord = tuple[int, int, bytes]
"""Kind, number and payload of a record to write."""


def create(path: Path, start: Start, first: NewRecord) -> None:
    """Create a file with one record. Raises `FileExistsError`, never overwrites."""
    safe_file.create(path, start.packed() + b"".join(_packed([first], start.chain, _START.size)[1]))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[FileIO]:
    """Open the file for reading. Raises `OSError` if it is not a regular file."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    with FileIO(os.open(path, flags), "r") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # reading a pipe could block for ever
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        yield file


def begins(file: FileIO, version: int) -> Start:
    """Read the start of the file. Raises `NotRecords`, and `NewerRecords` if it is of a later version than `version`."""
    data = _read(file, 0, _START.size)
    if len(data) == _START.size:
        magic, written, name, crc = _START.unpack(data)
        if magic == MAGIC and crc == crc32(data[:-4]):
            if written > version:
                raise NewerRecords
            return Start(written, name, crc)
    raise NotRecords


def contents(file: FileIO, start: Start) -> list[Record] | None:
    """All records of a closed file, from its table of contents alone. None if the file was not closed."""
    end = size(file)
    [length] = _COUNT.unpack(_read(file, end - _COUNT.size, _COUNT.size))
    last = end - _COUNT.size - length - _HEAD.size  # where the table would begin
    if last < _START.size:
        return None
    head, told = _read(file, last, _HEAD.size), _read(file, last + _HEAD.size, length + _COUNT.size)
    heads = [told[at : at + _HEAD.size] for at in range(0, length, _HEAD.size)]
    records = list(_records([*heads, head], start, end))
    is_whole = len(records) == len(heads) + 1 and records[-1].kind == CONTENTS and records[-1].end == end
    return records if is_whole and crc32(told) == records[-1].crc else None


def whole(file: FileIO, start: Start) -> list[Record]:
    """All records before the first damaged or incomplete one; every byte of them is checked. The file may be growing."""
    records: list[Record] = []
    heads = iter(lambda: _read(file, _end_of(records), _HEAD.size), b"")
    with contextlib.suppress(DamagedRecord):
        for record in _records(heads, start, size(file)):
            payload(file, record)
            records.append(record)
    return records


def payload(file: FileIO, record: Record) -> bytes:
    """Raises `DamagedRecord`."""
    data = _read(file, record.offset, record.length)
    if len(data) != record.length or crc32(data) != record.crc:
        raise DamagedRecord
    return data


def size(file: FileIO) -> int:
    return os.fstat(file.fileno()).st_size


def is_held(file: FileIO) -> bool:
    """Whether the file is being written. If not, no writer can open it until `file` is closed."""
    try:
        safe_file.lock(file.fileno(), shared=True)
    except BlockingIOError:
        return True
    return False


class Appender:
    """The only writer of the file that `start` names. An incomplete record at the end is removed first.

    Raises `BlockingIOError` if the file is being written already, `NotRecords` and `NewerRecords` if it has another start.
    """

    def __init__(self, path: Path, start: Start) -> None:
        self._is_lost = False  # fsync has failed: written data may not be on disk
        self._descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            _lock_soon(self._descriptor)
            if not os.fstat(self._descriptor).st_nlink:  # deleted while we waited
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
            with FileIO(self._descriptor, "r", closefd=False) as file:
                self._start = begins(file, start.version)
                if self._start.name != start.name:
                    raise NotRecords
                self.records = contents(file, self._start) or whole(file, self._start)
                if size(file) > _end_of(self.records):
                    self._cut()
        except BaseException:
            os.close(self._descriptor)
            raise

    def payload(self, record: Record) -> bytes:
        """Raises `DamagedRecord`."""
        with FileIO(self._descriptor, "r", closefd=False) as file:
            return payload(file, record)

    def check(self) -> None:
        """Check every byte, and remove the first damaged record and all after it."""
        with FileIO(self._descriptor, "r", closefd=False) as file:
            self.records = whole(file, self._start)
        self._cut()

    def append(self, entries: Iterable[NewRecord]) -> None:
        """Write all records or none: if writing fails, the file ends as it did before."""
        if self._is_lost:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        chain = self.records[-1].chain if self.records else self._start.chain
        records, pieces = _packed(entries, chain, _end_of(self.records))
        try:
            os.lseek(self._descriptor, _end_of(self.records), os.SEEK_SET)
            safe_file.write(self._descriptor, b"".join(pieces))
        except OSError:
            with contextlib.suppress(OSError):  # else an incomplete record stays, which readers ignore
                self._cut()
            raise
        self.records += records

    def sync(self) -> None:
        """Return once everything is on disk. After a failure nothing more is written: the system may have dropped pages."""
        try:
            os.fsync(self._descriptor)
        except OSError:
            self._is_lost = True
            raise

    def finish(self) -> None:
        """Write the table of contents, so that readers need not check the whole file."""
        self.sync()  # the records are on disk before the table that lists them
        heads = b"".join(record.head() for record in self.records)
        self.append([(CONTENTS, 0, heads + _COUNT.pack(len(heads)))])
        self.sync()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # everything important was synced before
            os.close(self._descriptor)

    def _cut(self) -> None:
        os.ftruncate(self._descriptor, _end_of(self.records))


def remove(path: Path) -> None:
    """Delete the file. Raises `BlockingIOError` if a process is writing it."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        _lock_soon(descriptor)
        if os.name == "posix":
            os.unlink(path)
    finally:
        os.close(descriptor)
    if os.name != "posix":  # Windows deletes nothing that is open
        os.unlink(path)


def _packed(entries: Iterable[NewRecord], chain: int, end: int) -> tuple[list[Record], list[bytes]]:
    """The records that come after a head of CRC `chain` and the byte `end`, and all their bytes."""
    records, pieces = [], []
    for kind, number, payload in entries:
        crc = crc32(payload)
        chain = crc32(_HEAD.pack(kind, number, len(payload), crc, 0)[:_CHAINED], chain)
        records.append(Record(kind, number, len(payload), crc, chain, end + _HEAD.size))
        pieces += [records[-1].head(), payload]
        end = records[-1].end
    return records, pieces


def _records(heads: Iterable[bytes], start: Start, size: int) -> Iterator[Record]:
    """The valid heads, up to the first that is invalid or exceeds a file of `size` bytes."""
    chain, end = start.chain, _START.size
    for head in heads:
        if len(head) < _HEAD.size:
            return
        kind, number, length, crc, told = _HEAD.unpack(head)
        chain = crc32(head[:_CHAINED], chain)
        record = Record(kind, number, length, crc, chain, end + _HEAD.size)
        if told != chain or not kind or record.end > size:
            return
        end = record.end
        yield record


def _end_of(records: list[Record]) -> int:
    return records[-1].end if records else _START.size


def _read(file: FileIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def _lock_soon(descriptor: int) -> None:
    given_up = time.monotonic() + PATIENCE
    while True:
        try:
            return safe_file.lock(descriptor)
        except BlockingIOError:
            if time.monotonic() > given_up:
                raise
        time.sleep(0.01)
