"""What a prompt panel shows and asks for, and hands that fill it in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from desktop.diffusion.families.description import Traits
from desktop.diffusion.run import Previews, Run
from desktop.library.adapters import AdapterLibrary
from desktop.library.models import Model
from desktop.library.recordings import Recordings
from desktop.library.vocabulary import Vocabulary
from desktop.studio.forecast import Forecast
from desktop.studio.generation import Generation
from desktop.studio.grids import Grids
from desktop.studio.loras import Loras
from desktop.studio.notices import Notices
from desktop.studio.prompt_history import PromptHistory
from desktop.studio.queue import Queue
from desktop.studio.styles import Styles
from desktop.studio.timeline import Timeline
from desktop.studio.undo import Undo
from desktop.ui.create.contact_sheet import draw
from desktop.ui.create.prompt_panel import PromptPanel
from desktop.ui.theme import Theme

PROMPTS = {"en": ["a mouse is playing guitar", "a fox", "a & b", "a mouse"], "zh": ["极乐美丽的沙滩", "一只狐狸"]}
VOCABULARY = Vocabulary({"en": "a b fox is playing guitar mouse of".split(), "zh": ["极乐", "美丽", "的", "沙滩", "一只", "狐狸"]}, PROMPTS)
STARTER = Model("starter", Path("/models/starter"), bundled=True, size=128, guidance=3.5, languages=("en", "zh"), vocabulary=VOCABULARY)
LARGE = Model("large", Path("/models/large"), size=512, multiple=64, guidance=7.5, sampler="Euler", traits=Traits(prediction="sample"))


class Noting(Generation):
    """Nothing is made here: what waits, whether it runs, and what was asked for."""

    def __init__(self) -> None:
        notices = Notices()
        super().__init__(None, Queue(notices), Timeline(), None, notices, Undo(notices), None, Previews.FAST)
        self.asked: list[tuple] = []

    def generate(self, recipe, pictures=1, pauses_after=None) -> None:
        self.asked.append(("generate", recipe, pictures, *([pauses_after] if pauses_after else [])))

    def generate_each(self, recipes) -> list[Run]:
        self.asked.append(("generate_each", *recipes))
        return [Run(recipe) for recipe in recipes]

    def triage(self, *wish) -> None:
        self.asked.append(("triage", *wish))

    def twins(self, *wish) -> None:
        self.asked.append(("twins", *wish))

    def stop(self) -> None:
        self.asked.append(("stop",))


def panel_of(generation: Generation, theme: Theme, history: PromptHistory) -> PromptPanel:
    undo = Undo(Notices())
    return PromptPanel(generation, Forecast(generation), grids_of(generation), Styles(undo), theme, history, loras_of(undo))


def loras_of(undo: Undo) -> Loras:
    return Loras(AdapterLibrary([], [], Path("/nowhere/loras.json")), lambda folder: None, Notices(), undo)


def grids_of(generation: Generation) -> Grids:
    return Grids(generation, Recordings(Path("/recordings"), 0), Notices(), draw)


def child(panel: QWidget, kind: type, name: str) -> QWidget:
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def choose(box: QComboBox, text: str) -> None:
    index = box.findText(text)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def retype(qtbot, field: QWidget, text: str) -> None:
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Tab)
