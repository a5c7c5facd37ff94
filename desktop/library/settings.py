"""Settings: one dataclass, and the file that holds the values that differ from its defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from ..diffusion.run import Previews
from ..errors import SafelightError, SettingsIgnored, SettingsLost, SettingsNewer, SettingsRestored
from .guarded_file import GuardedFile

SCHEMA = 1
LEAST_HELD, MOST_HELD = 16, 65536  # MB
LEAST_RECORDED, MOST_RECORDED = 64, 1048576  # MB


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's settings. `app.py` reads them and passes values down."""

    language: Literal["", "en", "zh_CN"] = ""  # "": system language
    theme: Literal["", "dark", "light"] = ""  # "": system setting
    reduce_motion: bool = False
    previews: Previews = Previews.FAST
    captions: bool = True  # one line that explains the shown step
    notifications: bool = True  # of the desktop, when the queue is done while the window is in the background
    launcher_offered: bool = False  # whether the user was asked once about the applications menu
    tour_answered: bool = False  # whether the user took or declined the tour that the first start offers
    pictures_folder: str = ""  # "": folder Safelight in the user's Pictures folder
    name_template: str = ""  # "": the template of `naming.py`
    save_suffix: str = ".png"  # of a picture that is saved where the user says: .png, .jpg, .webp or .avif
    save_quality: int = 95  # of it, 1…100
    save_recipe: bool = True  # whether its recipe is stored in it
    held_megabytes: int = 512  # memory for the steps of runs
    recordings_megabytes: int = 4096  # disk space for recordings
    model_folders: tuple[str, ...] = ()  # in the order in which the user opened them
    watched_model_folders: tuple[str, ...] = ()  # of other programs, or plain ones, whose models and LoRAs are listed in place
    hidden_models: tuple[str, ...] = ()  # in them, that the user removed from the list
    default_model: str = ""  # its path, or "starter": chosen at start; "" for the model that was chosen last
    lora_files: tuple[str, ...] = ()  # in the order in which the user opened them
    gallery_folders: tuple[str, ...] = ()  # whose pictures the gallery shows besides those of the pictures folder


class SettingsFile:
    """Reads and writes the settings; unknown values are kept when writing."""

    def __init__(self, path: Path) -> None:
        self._file = GuardedFile(path, SCHEMA)
        self._unknown: dict[str, object] = {}

    def load(self) -> tuple[Settings, SafelightError | None]:
        """The settings, and a problem to report, if any."""
        found = self._file.read()
        known = {field.name for field in fields(Settings)}
        self._unknown = {name: value for name, value in found.values.items() if name not in known}
        values, ignored = {}, []
        for name, value in found.values.items():
            if name in known:
                try:
                    values[name] = _READ[name](value)
                except (TypeError, ValueError):
                    ignored.append(name)
        problem = found.problem(SettingsNewer, SettingsRestored, SettingsLost)
        return Settings(**values), problem or (SettingsIgnored(names=", ".join(ignored)) if ignored else None)

    def save(self, settings: Settings) -> None:
        """Write the values that differ from the defaults. Raises OSError; the file is then unchanged."""
        differs = {
            field.name: getattr(settings, field.name) for field in fields(settings) if getattr(settings, field.name) != field.default
        }
        self._file.write(self._unknown | {name: list(value) if isinstance(value, tuple) else value for name, value in differs.items()})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _one_of(*choices: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in choices:
            raise ValueError
        return value

    return read


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError
        return value

    return read


def _folders(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(folder) for folder in value)


_READ: dict[str, Callable[[object], Any]] = {  # each gives the type of its field
    "language": _one_of("", "en", "zh_CN"),
    "theme": _one_of("", "dark", "light"),
    "reduce_motion": _truth,
    "previews": lambda value: Previews(_text(value)),
    "captions": _truth,
    "notifications": _truth,
    "launcher_offered": _truth,
    "tour_answered": _truth,
    "pictures_folder": _text,
    "name_template": _text,
    "save_suffix": _one_of(".png", ".jpg", ".webp", ".avif"),
    "save_quality": _whole(1, 100),
    "save_recipe": _truth,
    "held_megabytes": _whole(LEAST_HELD, MOST_HELD),
    "recordings_megabytes": _whole(LEAST_RECORDED, MOST_RECORDED),
    "model_folders": _folders,
    "watched_model_folders": _folders,
    "hidden_models": _folders,
    "default_model": _text,
    "lora_files": _folders,
    "gallery_folders": _folders,
}
