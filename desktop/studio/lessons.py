"""Lessons: the state of Learn. The reader's picture, and what was guessed and found at each station."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Pixels
from ..errors import QT_TRANSLATE_NOOP, SafelightError
from ..library.lessons_file import Finding, Kept, Settings
from ..resources import RESOURCES
from .notices import Notices, Words
from .undo import Change, Undo, between

if TYPE_CHECKING:
    import numpy as np

BUNDLED = RESOURCES / "examples" / "fox-en.webp"  # the picture of a reader who has not chosen one
MOST_SIDE = 1024  # px of the reader's picture


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The picture that the stations work on. `path`: None for one that is in no file."""

    name: str  # "" for the bundled one, and for one made without a prompt
    pixels: Pixels
    path: Path | None

    @property
    def is_bundled(self) -> bool:
        return self.path == BUNDLED

    def square(self, side: int) -> np.ndarray:
        """The middle of the picture, side×side×3, uint8."""
        import numpy as np
        from PIL import Image

        whole = Image.frombytes("RGB", (self.pixels.width, self.pixels.height), self.pixels.data)
        edge = min(whole.size)
        left, top = (whole.width - edge) // 2, (whole.height - edge) // 2
        return np.asarray(whole.resize((side, side), Image.Resampling.LANCZOS, (left, top, left + edge, top + edge)))


class Lessons(QObject):
    subject_changed = Signal()
    found = Signal(str)  # key of the station whose findings have changed
    changed = Signal()  # anything that is kept

    def __init__(self, notices: Notices, undo: Undo, kept: Kept) -> None:
        super().__init__()
        self._notices = notices
        self._undo = undo
        self._kept = kept
        self.subject: Subject | None = None  # None until `open` has read it

    @property
    def kept(self) -> Kept:
        return self._kept

    # -- the reader's picture

    async def open(self) -> None:
        """Read the picture of the last session, or the bundled one if there is none."""
        if self.subject is not None:
            return
        path = Path(self._kept.picture) if self._kept.picture else BUNDLED
        try:
            self.subject = await asyncio.to_thread(_read, path)
        except SafelightError:
            if path == BUNDLED:
                raise
            self._keep(replace(self._kept, picture=""))  # it was moved or deleted
            self.subject = await asyncio.to_thread(_read, BUNDLED)
        self.subject_changed.emit()

    async def take(self, path: Path) -> None:
        """Use the picture in `path` from now on; it can be undone. Raises a `SafelightError`."""
        self.use(await asyncio.to_thread(_read, path))

    def use(self, subject: Subject) -> None:
        """Use `subject` from now on; it can be undone."""
        before = self.subject
        self._set(subject)
        if before is not None:
            self._undo.record(
                Change(
                    QT_TRANSLATE_NOOP("Safelight", "choosing another picture"),
                    "",
                    between(lambda: self._set(before), lambda: self._set(subject)),
                )
            )

    def _set(self, subject: Subject) -> None:
        self.subject = subject
        self._keep(replace(self._kept, picture=str(subject.path) if subject.path and not subject.is_bundled else ""))
        self.subject_changed.emit()

    # -- guesses and findings

    def findings(self, station: str) -> tuple[Finding, ...]:
        """Oldest first, at most one for each guess."""
        return self._kept.findings.get(station, ())

    def find(self, station: str, guess: str, guessed: int | None, words: Words) -> None:
        """Keep the answer to `guess`, in place of an earlier one."""
        values = {name: value for name, value in words.values.items() if isinstance(value, str | int | float)}
        finding = Finding(guess, guessed, words.template, values)
        others = tuple(each for each in self.findings(station) if each.guess != guess)
        self._keep(replace(self._kept, findings={**self._kept.findings, station: (*others, finding)}))
        self.found.emit(station)

    def forget(self, station: str) -> None:
        """Remove the findings of `station`, so that its questions are asked again; it can be undone."""
        before = self.findings(station)

        def set_findings(findings: tuple[Finding, ...]) -> None:
            self._keep(replace(self._kept, findings={**self._kept.findings, station: findings}))
            self.found.emit(station)

        set_findings(())
        self._undo.record(
            Change(QT_TRANSLATE_NOOP("Safelight", "asking again"), "", between(lambda: set_findings(before), lambda: set_findings(())))
        )

    # -- the open station and its settings

    def settings(self, station: str) -> Settings:
        return self._kept.settings.get(station, {})

    def keep(self, station: str, settings: Settings) -> None:
        """`station` is open, with these settings."""
        self._keep(replace(self._kept, station=station, settings={**self._kept.settings, station: settings}))

    def _keep(self, kept: Kept) -> None:
        if kept != self._kept:
            self._kept = kept
            self.changed.emit()


def _read(path: Path) -> Subject:
    from ..library.artwork import read_pixels

    return Subject("" if path == BUNDLED else path.stem, read_pixels(path, MOST_SIDE), path)
