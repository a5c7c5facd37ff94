"""Where Safelight keeps what is yours: the places the system has for it, or one folder of your choice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

APP = "safelight"


@dataclass(frozen=True, slots=True)
class Folders:
    """The four places on disk. None of them need exist; whoever writes there makes it."""

    data: Path  # settings, drafts, window layout
    pictures: Path  # finished pictures, a folder per day
    logs: Path
    cache: Path  # may be deleted at any time

    @classmethod
    def default(cls) -> Folders:
        """The system's own places; pictures go where the system keeps pictures (XDG user directories on Linux)."""
        import platformdirs  # here: nothing needs it where `--data` is given

        return cls(
            data=platformdirs.user_data_path(APP, appauthor=False),
            pictures=platformdirs.user_pictures_path() / "Safelight",
            logs=platformdirs.user_log_path(APP, appauthor=False),
            cache=platformdirs.user_cache_path(APP, appauthor=False),
        )

    @classmethod
    def inside(cls, data: Path) -> Folders:
        """Everything in the folder `data` (`--data DIR`)."""
        data = data.expanduser().absolute()
        return cls(data=data, pictures=data / "pictures", logs=data / "logs", cache=data / "cache")
