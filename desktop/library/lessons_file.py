"""What is kept of Learn: the open station, the reader's picture, what was guessed and found, and the settings of stations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeAlias

from ..errors import LessonsLost, LessonsNewer, LessonsRestored, SafelightError
from .guarded_file import GuardedFile

SCHEMA = 1

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Settings: TypeAlias = Mapping[str, Json]
"""The settings of a station by name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to a guess, with the numbers of the run that gave it."""

    guess: str  # key of the question
    guessed: int | None  # value of the slider or number of the choice; None: skipped
    template: str  # a sentence, marked for translation
    values: Mapping[str, str | int | float] = field(default_factory=dict)  # fill its placeholders


@dataclass(frozen=True, slots=True)
class Kept:
    station: str = ""  # the open one
    picture: str = ""  # path of the reader's picture; "" for the bundled one
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)  # by station
    settings: Mapping[str, Settings] = field(default_factory=dict)  # by station


class LessonsFile:
    """Unknown values are kept when writing."""

    def __init__(self, path: Path) -> None:
        self._file = GuardedFile(path, SCHEMA)
        self._unknown: dict[str, object] = {}

    def load(self) -> tuple[Kept, SafelightError | None]:
        """What is kept, and a problem to report, if any. What is none of ours in it is left out."""
        found = self._file.read()
        values = found.values
        self._unknown = {name: value for name, value in values.items() if name not in ("station", "picture", "findings", "settings")}
        kept = Kept(
            _text(values.get("station")),
            _text(values.get("picture")),
            {
                key: tuple(filter(None, map(_finding, listed)))
                for key, listed in _mapping(values.get("findings"))
                if isinstance(listed, list)
            },
            {key: settings for key, settings in _mapping(values.get("settings")) if isinstance(settings, dict)},
        )
        return kept, found.problem(LessonsNewer, LessonsRestored, LessonsLost)

    def save(self, kept: Kept) -> None:
        """Raises OSError; the file then keeps its contents."""
        self._file.write(self._unknown | _plain(kept))


def _plain(kept: Kept) -> dict[str, object]:
    return {
        "station": kept.station,
        "picture": kept.picture,
        "findings": {key: [asdict(finding) for finding in findings] for key, findings in kept.findings.items()},
        "settings": {key: dict(settings) for key, settings in kept.settings.items()},
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> list[tuple[str, object]]:
    return list(value.items()) if isinstance(value, dict) else []


def _finding(entry: object) -> Finding | None:
    match entry:
        case {"guess": str(guess), "guessed": int() | None as guessed, "template": str(template), "values": dict(values)}:
            plain = {name: value for name, value in values.items() if isinstance(value, str | int | float)}
            try:
                template.format(**plain)
            except (LookupError, ValueError, AttributeError):
                return None
            return Finding(guess, guessed, template, plain)
    return None
