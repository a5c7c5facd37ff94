"""A small JSON file that survives kills and damage: atomic writes, a checksum, and three older copies."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from pathlib import Path

from ..errors import SafelightError
from . import safe_file

COPIES = 3
MOST_BYTES = 64 << 20


class FileState(Enum):
    """What is on disk under its name."""

    FIRST = auto()  # no file yet
    GOOD = auto()
    RESTORED = auto()  # the file was damaged or missing; a copy is used
    LOST = auto()  # damaged, without a good copy; the file was renamed
    NEWER = auto()  # written by a newer version; read, but never written


@dataclass(frozen=True, slots=True)
class Found:
    state: FileState
    values: dict[str, object]
    when: datetime | None = None  # time of the copy that is used
    aside: Path | None = None  # path of the damaged file now

    def problem(self, newer: type[SafelightError], restored: type[SafelightError], lost: type[SafelightError]) -> SafelightError | None:
        """The problem to report, as one of these errors; None if there is none."""
        match self.state:
            case FileState.NEWER:
                return newer()
            case FileState.RESTORED:
                return restored(when=f"{self.when:%Y-%m-%d %H:%M}")
            case FileState.LOST:
                return lost(file=self.aside)
        return None


class GuardedFile:
    """`{"schema": n, "sha256": …, "values": {…}}`, with copies `name.json.1` (the newest) to `.3` beside it.

    The checksum detects damage; a file without one was edited by hand and is accepted.
    """

    def __init__(self, path: Path, schema: int) -> None:
        self.path = path
        self._schema = schema
        self._written: dict[str, object] | None = None  # contents of the file on disk, if it is good
        self.read_only = False  # a newer version wrote it

    def read(self) -> Found:
        found = self._find()
        self.read_only = found.state is FileState.NEWER
        self._written = found.values if found.state is FileState.GOOD else None
        return found

    def write(self, values: dict[str, object]) -> None:
        """Write `values`. Raises OSError; the file and its copies are then unchanged."""
        if self.read_only or values == self._written:
            return
        safe_file.make_folder(self.path.parent)
        data = json.dumps({"schema": self._schema, "sha256": _checksum(self._schema, values), "values": values}, indent=1).encode()
        if not os.path.lexists(self.path):  # otherwise a kill could leave only copies, as after damage
            safe_file.replace(self.path, data)
        safe_file.replace(self._copy(0), data)  # a full disk fails here, before any copy is renamed
        for number in range(COPIES - 1, -1, -1):
            with contextlib.suppress(FileNotFoundError):
                os.replace(self._copy(number), self._copy(number + 1))
        safe_file.replace(self.path, data)
        self._written = values

    def _find(self) -> Found:
        try:
            schema, values = _parse(safe_file.read(self.path, MOST_BYTES), self._schema)
            return Found(FileState.GOOD if schema <= self._schema else FileState.NEWER, values)
        except FileNotFoundError:
            damaged = False
        except (OSError, ValueError):
            damaged = True
        for number in range(1, COPIES + 1):
            copy = self._copy(number)
            try:
                schema, values = _parse(safe_file.read(copy, MOST_BYTES), self._schema)
                when = datetime.fromtimestamp(copy.stat().st_mtime)
            except (OSError, ValueError):
                continue
            return Found(FileState.RESTORED if schema <= self._schema else FileState.NEWER, values, when)
        return Found(FileState.LOST, {}, aside=self._put_aside()) if damaged else Found(FileState.FIRST, {})

    def _put_aside(self) -> Path:
        aside = self.path.with_name(f"{self.path.stem}-damaged-{datetime.now():%Y%m%d-%H%M%S-%f}{self.path.suffix}")
        try:
            os.replace(self.path, aside)
        except OSError:  # in a read-only folder the file stays as it is
            return self.path
        return aside

    def _copy(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


def _parse(data: bytes, known_schema: int) -> tuple[int, dict[str, object]]:
    """Schema number and values; ValueError if the file is damaged. Of a newer version's file, known values are read."""
    try:
        document = json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    match document:
        case {"schema": bool()}:
            raise ValueError("no schema number")
        case {"schema": int(schema)} if schema > known_schema:
            values = document.get("values")
            return schema, values if isinstance(values, dict) else {}
        case {"schema": int(schema), "sha256": str(checksum), "values": dict(values), **rest} if not rest:
            if checksum != _checksum(schema, values):
                raise ValueError("checksum")
        case {"schema": int(schema), "values": dict(values), **rest} if not rest:
            pass
        case _:
            raise ValueError("not a file of ours")
    return schema, values


def _checksum(schema: int, values: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps([schema, values], sort_keys=True).encode()).hexdigest()
