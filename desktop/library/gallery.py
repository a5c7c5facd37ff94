"""Gallery: the pictures in the pictures folder, newest first."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .artwork import FORMATS

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def recent(folder: Path, most: int) -> list[Path]:
    """The newest `most` pictures in the day folders of `folder`, newest first. Opens no file and reads no older day than needed."""
    pictures: list[Path] = []
    for day in sorted((entry for entry in _entries(folder) if _DAY.fullmatch(entry.name)), key=lambda entry: entry.name, reverse=True):
        if len(pictures) >= most:
            break
        pictures += _newest_first(day.path)
    return pictures[:most]


def _newest_first(day: str) -> list[Path]:
    ages = []
    for entry in _entries(day):
        if os.path.splitext(entry.name)[1].lower() in FORMATS and not entry.name.startswith("."):
            try:
                if entry.is_file(follow_symlinks=False):
                    ages.append((entry.stat().st_mtime_ns, entry.name, Path(entry.path)))
            except OSError:  # deleted meanwhile
                continue
    return [path for _, _, path in sorted(ages, reverse=True)]


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:  # missing, not a folder, or not readable
        return []
