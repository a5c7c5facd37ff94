"""What the place Learn is given, on a real machine: a model, a queue, and folders of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.diffusion.recipe import Recipe
from desktop.library.lessons_file import Kept, LessonsFile
from desktop.library.trainings import TrainingFolders
from desktop.studio.lessons import Lessons
from desktop.studio.pictures import Pictures
from desktop.studio.politeness import Politeness
from desktop.studio.trainings import Trainings
from desktop.ui.learn.learn_place import LearnPlace
from desktop.ui.learn.station import Tools
from desktop.ui.theme import Theme
from tests.collection import settle
from tests.studio import Studio


class LearnStudio(Studio):
    """A studio with the state of Learn."""

    def __init__(self, model: Path, folder: Path, theme: Theme, recipe: Recipe, kept: Kept) -> None:
        """`recipe`: as Create has it."""
        super().__init__(model, folder)
        self.recipe = recipe
        self.file = LessonsFile(folder / "learn.json")
        self.lessons = Lessons(self.notices, self.undo, kept)
        self.pictures.mkdir(exist_ok=True)
        folders = TrainingFolders(folder / "trainings")
        self.trainings = Trainings(self.machine, self.queue, self.notices, self.undo, folders, Politeness(None))
        self.tools = Tools(
            theme,
            self.lessons,
            self.machine,
            self.models,
            lambda: self.recipe,
            self.queue,
            self.generation,
            self.timeline,
            self.trainings,
            Pictures(self.notices, self.undo, self.pictures),
            self.notices,
            self.undo,
            (self.pictures,),
            folder,
        )


@contextmanager
def learn_studio(
    loop: asyncio.AbstractEventLoop, model: Path, folder: Path, theme: Theme, recipe: Recipe, kept: Kept
) -> Iterator[LearnStudio]:
    """A `LearnStudio` that is closed when all that it began has ended."""
    studio = LearnStudio(model, folder, theme, recipe, kept)
    yield studio
    settle(loop, studio)
    studio.close()


def show_learn(qtbot: QtBot, loop: asyncio.AbstractEventLoop, studio: LearnStudio, height: int = 800) -> LearnPlace:
    """The place Learn in a window of its own, which is in front and has shown its station."""
    place = LearnPlace(studio.tools.theme, studio.tools)
    qtbot.addWidget(place)
    place.resize(1400, height)
    place.show()
    place.activateWindow()
    qtbot.waitExposed(place)
    settle(loop, studio)
    return place
