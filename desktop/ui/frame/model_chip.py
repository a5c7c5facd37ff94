"""ModelChip: the model that Generate uses, and a menu to choose another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton

from ...library.models import Model
from ..language import Retranslating, explain, tooltip, tr
from ..theme import Theme
from ..widgets import model_words as words

ICON = 18  # px
CHEVRON = 12  # px
WIDEST = 260  # px
MOST = 12  # models in one menu


class ModelChip(Retranslating, QPushButton):
    """`models` returns the models on offer."""

    chosen = Signal(str)  # the name of a model
    open_requested = Signal()  # another model folder
    search_requested = Signal()  # a search in all models
    place_requested = Signal()  # the place with all models
    open_file_requested = Signal()  # a model in a single file

    def __init__(self, theme: Theme, models: Callable[[], Sequence[Model]]) -> None:
        super().__init__()
        self._theme = theme
        self._models = models
        self._model: Model | None = None
        self._awaited = ""
        self.setObjectName("model_chip")
        self.setProperty("bar", "true")
        self.setIconSize(QSize(ICON, ICON))
        self.setMaximumWidth(WIDEST)
        self._found = QObject(self)  # the owner of the actions of the newest search
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

    def show_awaited(self, name: str) -> None:
        """Show the name of a model of which nothing else is known yet."""
        self._model, self._awaited = None, name
        self.retranslate()

    def retranslate(self) -> None:
        name = words.name(self._model) if self._model else self._awaited
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, WIDEST - ICON - CHEVRON - 32)
        self.setText(f"{shown}    ".replace("&", "&&"))  # with room for the chevrons
        explain(self, tr("Safelight", "Model: {model}").format(model=name), self._explanation())

    def _explanation(self) -> str:
        choose = tr("Safelight", "Choose the model for the next picture.")
        if self._model is None:
            return choose
        languages = words.languages(self._model)
        prompts = tr("Safelight", "Reads prompts in {languages}.").format(languages=languages) if languages else ""
        plain = tr("Safelight", "Safelight does not know this kind of model: it runs as diffusers does, with its own sampler.")
        unknown = "" if self._model.family.is_described else plain
        return " ".join(filter(None, (f"{self._model.family.name}.", unknown, prompts, choose)))

    def _fill(self) -> None:
        """All models; where there are many, a way to search them, and a menu for each family."""
        menu = self.menu()
        menu.clear()
        for made in (*menu.findChildren(QMenu), *menu.findChildren(QActionGroup)):  # which `clear` leaves
            made.deleteLater()
        models, one = self._models(), QActionGroup(menu)
        if len(models) > MOST:
            menu.addAction(tr("Safelight", "Search models…"), self.search_requested.emit).setObjectName("search_models")
            menu.addSeparator()
            for family, members in _by_family(models).items():
                inside = menu.addMenu(family or tr("Safelight", "Cannot be used"))
                inside.setToolTipsVisible(True)
                self._add(inside, members, one)
        else:
            self._add(menu, models, one)
        menu.addSeparator()
        menu.addAction(tr("Safelight", "All models"), self.place_requested.emit).setObjectName("show_models")
        menu.addAction(tr("Safelight", "Open model folder…"), self.open_requested.emit)
        menu.addAction(tr("Safelight", "Open model file…"), self.open_file_requested.emit)

    def search_actions(self) -> list[QAction]:
        """An action for each model that chooses it, with the name of the model as its text."""
        self._found.deleteLater()
        self._found = QObject(self)
        return self._actions(self._models(), self._found)

    def _actions(self, models: Sequence[Model], parent: QObject) -> list[QAction]:
        actions = []
        for model in models:
            action = QAction(words.name(model), parent)
            action.setCheckable(True)
            action.setChecked(model == self._model)
            action.setEnabled(model.problem is None)
            action.setToolTip(tooltip(words.problem(model) or _origin(model)))
            action.triggered.connect(lambda _=False, model=model: self.chosen.emit(model.name))
            actions.append(action)
        return actions

    def _add(self, menu: QMenu, models: Sequence[Model], one: QActionGroup) -> None:
        for action in self._actions(models, menu):
            action.setText(action.text().replace("&", "&&"))
            one.addAction(action)
            menu.addAction(action)

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


def _by_family(models: Sequence[Model]) -> dict[str, list[Model]]:
    """The models by the name of their family, "" for those that cannot be used, which come last."""
    found: dict[str, list[Model]] = {}
    for model in sorted(models, key=lambda model: (model.problem is not None, model.family.name, model.name.casefold())):
        found.setdefault(words.family(model), []).append(model)
    return found
