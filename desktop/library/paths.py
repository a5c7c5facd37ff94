"""Paths of the user's files: the system's standard folders, or one chosen folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

APP = "safelight"


@dataclass(frozen=True, slots=True)
class Folders:
    """The four folders. None needs to exist; code that writes there creates it."""

    data: Path  # settings, drafts, window layout
    pictures: Path  # finished pictures, one folder per day
    logs: Path
    cache: Path  # may be deleted at any time

    @classmethod
    def default(cls) -> Folders:
        """The system's standard folders; pictures go to the user's Pictures folder (XDG user directories on Linux)."""
        import platformdirs  # imported late: not needed with `--data`

        return cls(
            data=platformdirs.user_data_path(APP, appauthor=False),
            pictures=platformdirs.user_pictures_path() / "Safelight",
            logs=platformdirs.user_log_path(APP, appauthor=False),
            cache=platformdirs.user_cache_path(APP, appauthor=False),
        )

    @classmethod
    def inside(cls, data: Path) -> Folders:
        """All folders inside `data` (`--data DIR`)."""
        data = data.expanduser().absolute()
        return cls(data=data, pictures=data / "pictures", logs=data / "logs", cache=data / "cache")
