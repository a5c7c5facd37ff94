"""ModelChip: the model that Generate uses, and a menu to choose another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton

from ...library.models import Model
from ..language import Retranslating, explain, sentence, tooltip, tr
from ..theme import Theme

ICON = 18  # px
CHEVRON = 12  # px
WIDEST = 260  # px


class ModelChip(Retranslating, QPushButton):
    """`models` returns the models on offer."""

    chosen = Signal(str)  # the name of a model
    open_requested = Signal()  # another model folder
    open_file_requested = Signal()  # a model in a single file

    def __init__(self, theme: Theme, models: Callable[[], Sequence[Model]]) -> None:
        super().__init__()
        self._theme = theme
        self._models = models
        self._model: Model | None = None
        self.setObjectName("model_chip")
        self.setProperty("bar", "true")
        self.setIconSize(QSize(ICON, ICON))
        self.setMaximumWidth(WIDEST)
        menu = QMenu(self)
        menu.setObjectName("model_menu")
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        theme.changed.connect(self._tint)
        self._tint()
        self.retranslate()

    def show_model(self, model: Model | None) -> None:
        self._model = model
        self.retranslate()

    def retranslate(self) -> None:
        words = _name(self._model) if self._model else ""
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, WIDEST - ICON - CHEVRON - 32)
        self.setText(f"{shown}    ".replace("&", "&&"))  # with room for the chevrons
        explain(self, tr("Safelight", "Model: {model}").format(model=words), self._explanation())

    def _explanation(self) -> str:
        choose = tr("Safelight", "Choose the model for the next picture.")
        if self._model is None:
            return choose
        reads = {"en": tr("Safelight", "English"), "zh": tr("Safelight", "Chinese")}
        languages = ", ".join(reads[language] for language in self._model.languages if language in reads)
        prompts = tr("Safelight", "Reads prompts in {languages}.").format(languages=languages) if languages else ""
        plain = tr("Safelight", "Safelight does not know this kind of model: it runs as diffusers does, with its own sampler.")
        unknown = "" if self._model.family.is_described else plain
        return " ".join(filter(None, (f"{self._model.family.name}.", unknown, prompts, choose)))

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        one = QActionGroup(menu)
        for model in self._models():
            action = menu.addAction(_name(model).replace("&", "&&"))
            action.setCheckable(True)
            one.addAction(action)
            action.setChecked(model == self._model)
            action.setEnabled(model.problem is None)
            problem = sentence(model.problem.template, model.problem.values) if model.problem else ""
            action.setToolTip(tooltip(problem or _origin(model)))
            action.triggered.connect(lambda _=False, model=model: self.chosen.emit(model.name))
        menu.addSeparator()
        menu.addAction(tr("Safelight", "Open model folder…"), self.open_requested.emit)
        menu.addAction(tr("Safelight", "Open model file…"), self.open_file_requested.emit)

    def _tint(self) -> None:
        self.setIcon(self._theme.icon("box", size=ICON))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        chevrons = self._theme.icon("chevrons-up-down", size=CHEVRON)
        chevrons.paint(QPainter(self), self.width() - CHEVRON - 6, (self.height() - CHEVRON) // 2, CHEVRON, CHEVRON)


def _origin(model: Model) -> str:
    """Where the model lies, and what it shares with others."""
    lines = [str(model.path)]
    lenders = model.single.lenders if model.single else {}
    for lender in dict.fromkeys(lenders.values()):
        parts = ", ".join(part for part, name in lenders.items() if name == lender)
        lines.append(tr("Safelight", "Shared from the model “{model}”: {parts}.").format(model=lender, parts=parts))
    return "\n".join(lines)


def _name(model: Model) -> str:
    return tr("Safelight", "Starter") if model.bundled else model.name
