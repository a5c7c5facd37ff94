"""Station: one experiment of Learn, in the middle of the place; and what it is given and asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ...library.lessons_file import Settings
from ...studio.lessons import Lessons
from ...studio.notices import Notices
from ...studio.undo import Undo
from ..language import Retranslating
from ..theme import Theme
from ..widgets.command import Command
from .formula import Formula

if TYPE_CHECKING:
    from ...diffusion.recipe import Recipe
    from ...library.models import ModelLibrary
    from ...machine import Machine
    from ...studio.generation import Generation
    from ...studio.pictures import Pictures
    from ...studio.queue import Queue
    from ...studio.timeline import Timeline
    from ...studio.trainings import Trainings

SKIPPED = -1  # instead of a guess


@dataclass(frozen=True, slots=True)
class Guess:
    """A question that is asked before the answer can be seen: with a slider, or with some choices. Texts are marked for translation."""

    key: str
    question: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    lowest: int = 0
    highest: int = 1000
    start: int = 500
    belief: int = 0  # number of the common wrong belief that the answer refutes, 1…12; 0: none


@dataclass(frozen=True, slots=True, eq=False)
class Tools:
    """What every station is given."""

    theme: Theme
    lessons: Lessons
    machine: Machine
    models: ModelLibrary
    recipe: Callable[[], Recipe]  # as Create has it now
    queue: Queue
    generation: Generation
    timeline: Timeline
    trainings: Trainings
    pictures: Pictures
    notices: Notices
    undo: Undo
    folders: tuple[Path, ...]  # with the user's pictures; the first one is where pictures are saved
    data: Path  # folder of the program's own files


class Station(Retranslating, QWidget):
    """Subclasses set the class attributes, and override what they need. They are made when they are first opened."""

    KEY = ""  # also the name of its module and of its texts
    GUESSES: tuple[Guess, ...] = ()
    SOURCES: tuple[str, ...] = ()  # "learn/forward.py noised": a function or class in a file below desktop/

    answered = Signal(str, object)  # key of a guess; Words: the finding, with the numbers of this run
    formulas_changed = Signal()
    carried = Signal(object)  # Recipe, which Create is to take; or a Run with its picture, which it is to save and show
    station_wanted = Signal(str)  # key of another station to open

    controls: QWidget | None = None  # in the left panel, below the reader's picture
    side: QWidget | None = None  # in the right panel, below what was found
    commands: tuple[tuple[Command, str], ...] = ()  # with their icons: buttons beside the title

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self.tools = tools
        self.setObjectName(f"learn_{self.KEY}")

    def formulas(self) -> tuple[Formula, ...]:
        """Below the station: in general, and with the numbers of this moment."""
        return ()

    def mark(self, guess: str, value: int) -> None:
        """The user moves the slider of `guess`."""

    def look(self, guess: str, value: int) -> None:
        """The user has guessed `value`, or `SKIPPED`. Show what happens, then emit `answered`."""

    def show_subject(self) -> None:
        """The reader has chosen another picture; `lessons.subject` is set."""

    def enter(self) -> None:
        """The station is shown."""

    def leave(self) -> None:
        """The station is no longer shown: what moves or computes for it stops."""

    def settings(self) -> Settings:
        return {}

    def restore(self, settings: Settings) -> None:
        """Use `settings`, which may come from another version or person: what does not fit is left out."""

    def view(self) -> QWidget:
        """What is saved as a picture."""
        return self
