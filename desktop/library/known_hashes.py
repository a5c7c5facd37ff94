"""Hashes of files, kept with their sizes and times of change: only a file that has changed is read again."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from . import safe_file

State = tuple[int, int]  # size and time of change (ns) of a file
KnownHashes = dict[str, tuple[State, tuple[str, ...]]]  # by path


def read(cache_file: Path, digits: Sequence[int], most: int) -> KnownHashes:
    """Those that `cache_file` keeps: for each path as many as `digits` says, of so many hexadecimal digits.

    Empty if the file is missing, damaged or longer than `most` bytes.
    """
    try:
        entries = json.loads(safe_file.read(cache_file, most))
        return {
            path: ((size, changed), tuple(hashes))
            for path, (size, changed, *hashes) in entries.items()
            if len(hashes) == len(digits) and all(re.fullmatch(f"[0-9a-f]{{{n}}}", each) for n, each in zip(digits, hashes, strict=True))
        }
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def write(cache_file: Path, known: KnownHashes) -> None:
    """Keep the hashes of the files that still exist. Without `cache_file` the next start only takes longer."""
    kept = {path: [*state, *hashes] for path, (state, hashes) in known.items() if os.path.exists(path)}
    with contextlib.suppress(OSError):
        safe_file.make_folder(cache_file.parent)
        safe_file.replace(cache_file, json.dumps(kept, indent=1).encode())
