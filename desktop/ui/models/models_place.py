"""ModelsPlace: all models, LoRAs and embeddings on this computer, to look through, to use and to keep in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from ...library.adapters import Listed, is_adapter
from ...library.model_sources import LISTED
from ...library.models import Model
from ...studio.loras import Loras
from ...studio.model_shelf import ModelQuery, ModelShelf, Order
from ...studio.notices import Notices
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.command import Command, LocalCommand
from ..widgets.controls import IconButton, SearchField, ValueChoice, label, named
from ..widgets.dropped import local_files
from ..widgets.left_panel import WIDTH
from ..widgets.outside import open_outside
from ..widgets.splitter import DetailsOver, Splitter
from .cards import Item, ModelCards
from .machine_strip import MachineStrip
from .model_panel import USUAL, ModelPanel
from .sources_panel import ALL, LORAS, OWN, Chosen, SourcesPanel

ROOMY = 1200  # px, from which the panel has room beside the cards, and is shown unless the user hides it
MARGIN = 20  # px
BAR = 52  # px


class ModelsPlace(Retranslating, QWidget):
    """Its keys work while the focus is in it."""

    used = Signal(object)  # Model, to be chosen in Create
    lora_used = Signal(object)  # Listed, to be added there

    def __init__(self, theme: Theme, shelf: ModelShelf, loras: Loras, notices: Notices, home: Path) -> None:
        """`home`: the user's own folder, in which other programs are looked for."""
        super().__init__()
        self.setObjectName("models")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._theme = theme
        self._shelf = shelf
        self._loras = loras
        self._notices = notices
        self._home = home
        self._query = ModelQuery()
        self._source: Chosen = ALL
        self._has_offered = False
        self._make_commands()
        self.sources = SourcesPanel(shelf, loras, theme, self._command("add_folder"), self._command("add_file"))
        self.search = SearchField(theme, "models_search")
        self._family = ValueChoice(theme, "models_family", ("",), "")
        self._chinese = named(QPushButton(), "models_chinese")
        self._chinese.setCheckable(True)
        self._chinese.setProperty("switch", "true")
        self._order = ValueChoice(theme, "models_order", tuple(Order), Order.NAME)
        self._panel_button = IconButton(theme, "panel-right", "models_panel_button")
        self._strip = MachineStrip(shelf, theme)
        self._none = label("quiet", "models_none")
        self.cards = ModelCards(shelf, loras, theme)
        self.panel = ModelPanel(shelf, loras, theme, self._commands)
        self._lay_out()
        self._connect()
        self._tint()
        self._show_models()
        self.retranslate()

    def _make_commands(self) -> None:
        def command(name: str, do: Callable[[], object] | None, *keys: str, checkable: bool = False) -> Command:
            return LocalCommand(self, f"models_{name}", do, *keys, checkable=checkable)

        made = (
            command("find", self._find, "Ctrl+F"),
            command("use", self._use, "U", "Ctrl+Return"),
            command("default", self._make_default, "D", checkable=True),
            command("show_file", self._show_file),
            command("read_again", self._read_again, "F5"),
            command("remove", self._remove, "Del"),
            command("add_folder", self._ask_folder),
            command("add_file", self._ask_file),
            command("look_again", self._shelf.look, "Shift+F5"),
            command("panel", None, "Ctrl+2", checkable=True),
            command("all", self._show_all, "Esc"),
        )
        self._commands = {each.objectName(): each for each in made}

    def _command(self, name: str) -> Command:
        return self._commands[f"models_{name}"]

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(MARGIN, 0, 8, 0)
        bar.setSpacing(8)
        self.search.setMinimumWidth(80)
        self.search.setMaximumWidth(320)
        bar.addWidget(self.search, 100)  # takes all room up to its greatest width
        bar.addWidget(self._family)
        bar.addWidget(self._chinese)
        bar.addStretch(1)
        bar.addWidget(self._order)
        bar.addWidget(self._panel_button)
        self._panel_button.setDefaultAction(self._command("panel"))
        top = QWidget()
        top.setFixedHeight(BAR)
        top.setLayout(bar)
        strip = QHBoxLayout()
        strip.setContentsMargins(MARGIN, 4, MARGIN + 4, 8)
        strip.addWidget(self._strip)
        none = QHBoxLayout()
        none.setContentsMargins(MARGIN, 0, MARGIN, 0)
        none.addWidget(self._none)
        cards = QHBoxLayout()
        cards.setContentsMargins(MARGIN, 4, 0, 0)
        cards.addWidget(self.cards)
        self._middle = QWidget()
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addLayout(strip)
        column.addLayout(none)
        column.addLayout(cards, 1)
        self._splitter = Splitter(Qt.Orientation.Horizontal, "models_left")
        self._splitter.add(self.sources, WIDTH)
        self._splitter.add(self._middle, None)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.addWidget(self._splitter, 1)
        panel = self._command("panel")
        self._over = DetailsOver("models_right", self.panel, USUAL, self, columns, panel, roomy=ROOMY, top=BAR)
        self.setFocusProxy(self.cards)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda text: self._ask(replace(self._query, text=text.strip())))
        self.search.left.connect(self._enter_cards)
        self._family.chosen.connect(lambda family: self._ask(replace(self._query, family=family)))
        self._chinese.toggled.connect(lambda only: self._ask(replace(self._query, language="zh" if only else "")))
        self._order.chosen.connect(lambda order: self._ask(replace(self._query, order=order)))
        self.sources.chosen.connect(self._show_source)
        self.cards.used.connect(self._use_item)
        self.cards.menu_wanted.connect(self._show_menu)
        self.cards.selectionModel().currentChanged.connect(lambda: self._show_chosen())
        self.cards.model().modelReset.connect(self._show_chosen)
        self._shelf.changed.connect(self._show_models)
        self._shelf.facts_changed.connect(self._show_models)
        self._loras.listed_changed.connect(self._show_models)
        self._loras.judged.connect(self._show_facts)
        self._loras.embeddings.changed.connect(self._show_facts)
        self._loras.changed.connect(self.cards.viewport().update)  # the cards say which are used; weights change often
        self._theme.changed.connect(self._tint)

    # -- asking

    def _ask(self, query: ModelQuery) -> None:
        self._query = query
        self._show_models()

    def _show_source(self, source: Chosen) -> None:
        self._source = source
        if source == LORAS:  # which read no language
            self._chinese.setChecked(False)
        self._ask(replace(self._query, source=source if isinstance(source, Path) else None, only_own=source == OWN))

    def _show_all(self) -> None:
        """Look for everything again."""
        self.search.clear()
        self._chinese.setChecked(False)
        self._family.setCurrentIndex(0)
        self._query = ModelQuery(order=self._query.order)
        self.sources.choose(ALL)
        self.cards.setFocus()

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _enter_cards(self) -> None:
        self.cards.setFocus()
        if self.cards.current is None and self.cards.shown:
            self.cards.go_to(self.cards.shown[0])

    # -- doing

    def _use(self) -> None:
        if item := self.cards.current:
            self._use_item(item)

    def _use_item(self, item: Item) -> None:
        if item.problem is None:
            (self.lora_used if isinstance(item, Listed) else self.used).emit(item)

    @property
    def _current_model(self) -> Model | None:
        return item if isinstance(item := self.cards.current, Model) else None

    def _make_default(self) -> None:
        if model := self._current_model:
            self._shelf.make_default(None if model == self._shelf.default else model)

    def _show_file(self) -> None:
        if item := self.cards.current:
            open_outside(item.path.parent)

    def _read_again(self) -> None:
        if model := self._current_model:
            self._shelf.read_again(model)

    def _remove(self) -> None:
        item = self.cards.current
        if item is None or not _can_go(item):
            return
        shown, row = self.cards.shown, self.cards.currentIndex().row()
        self.cards.go_to(shown[row + 1] if row + 1 < len(shown) else shown[row - 1])
        self._loras.close(item) if isinstance(item, Listed) else self._shelf.remove(item)

    def _ask_folder(self) -> None:
        dialog = self._dialog(tr("Safelight", "Add a folder with models"), QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    def _ask_file(self) -> None:
        dialog = self._dialog(tr("Safelight", "Add model files"), QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(tr("Safelight", "Models and LoRAs") + f" ({' '.join(f'*{suffix}' for suffix in sorted(LISTED))})")
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self.window(), title)
        dialog.setObjectName("add_models_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(lambda files: self.add([Path(file) for file in files]))
        return dialog

    def add(self, paths: list[Path]) -> None:
        """List models, LoRAs and folders with them."""
        self._notices.spawn(self._add(paths))

    async def _add(self, paths: list[Path]) -> None:
        loras = await asyncio.to_thread(lambda: [path for path in paths if path.is_file() and is_adapter(path)])
        listed = await self._loras.open(loras) if loras else None
        model = await self._shelf.add([path for path in paths if path not in loras])
        if model is not None:
            self.cards.go_to(model)
        elif listed is not None:
            if listed not in self.cards.shown:
                self.sources.choose(LORAS)
            self.cards.go_to(listed)

    # -- following the state

    def _show_models(self) -> None:
        is_lora, has_both = self._source == LORAS, self._source != ALL
        models = [] if is_lora else self._shelf.find(self._query)
        items: list[Item] = [*models, *(self._loras.find(self._query) if has_both else [])]
        self._family.offer(("", *self._families), self._query.family)
        self._chinese.setVisible(not is_lora)
        self._name_choices()
        self.cards.show_items(items)
        if self.cards.current is None and items:
            self.cards.go_to(items[0])
        self._none.setText(
            tr("Safelight", "There are no LoRAs yet. Add a file or a folder, or drop it here.")
            if is_lora and not self._loras.everything
            else tr("Safelight", "No model fits the search. Press Esc to show all models.")
        )
        self._none.setVisible(not items)
        self._show_chosen()

    @property
    def _families(self) -> list[str]:
        of_models = [] if self._source == LORAS else self._shelf.families
        return sorted({*of_models, *(self._loras.families if self._source != ALL else [])})

    def _show_facts(self) -> None:
        """More is known of the same items."""
        self.cards.viewport().update()
        self._show_chosen()

    def _show_chosen(self) -> None:
        """Show the current model or LoRA, and enable what can be done with it."""
        item, model = self.cards.current, self._current_model
        self.panel.show_item(item)
        default, is_default = self._command("default"), model is not None and model == self._shelf.default
        for name, is_possible in (
            ("use", item is not None and item.problem is None),
            ("default", model is not None and ((model.problem is None and not model.family.refines) or is_default)),
            ("show_file", item is not None),
            ("read_again", model is not None),
            ("remove", item is not None and _can_go(item)),
        ):
            self._command(name).setEnabled(is_possible)
        default.setChecked(is_default)
        default.setText(tr("Safelight", "Default") if is_default else tr("Safelight", "Make default"))

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("models_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in (("use", "default"), ("show_file", "read_again", "remove")):
            for name in group:
                menu.addAction(self._command(name))
            menu.addSeparator()
        menu.popup(at)

    def _tint(self) -> None:
        for name, icon in (("show_file", "folder-open"), ("read_again", "refresh-cw"), ("remove", "trash-2"), ("panel", "panel-right")):
            self._command(name).setIcon(self._theme.icon(icon))

    def _name_choices(self) -> None:
        self._order.show_words([tr("Safelight", order) for order in Order])
        self._family.show_words([tr("Safelight", "Any family"), *self._families])
        orders = [self._order.itemText(row) for row in range(self._order.count())]
        for choice, texts in ((self._family, [self._family.itemText(0)]), (self._order, orders)):
            choice.fix_width(texts)

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.sources.show_sources()
        self._shelf.look()
        self._loras.judge()
        self._notices.spawn(self._shelf.look_at_machine())
        if not self._has_offered:
            self._has_offered = True
            self._notices.spawn(self._shelf.offer(self._home))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._over.fit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take folders and files of models; anything else is left to the window."""
        event.setAccepted(bool(_models_in(event)))

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := _models_in(event):
            event.acceptProposedAction()
            self.add(paths)

    def retranslate(self) -> None:
        for name, text, explanation in (
            ("find", tr("Safelight", "Search"), tr("Safelight", "Search names, families and folders of models.")),
            (
                "use",
                tr("Safelight", "Use"),
                tr("Safelight", "Choose this model in Create, add this LoRA to those used there, or write this embedding in the prompt."),
            ),
            (
                "default",
                tr("Safelight", "Make default"),
                tr("Safelight", "Choose this model whenever Safelight starts; otherwise the last one is chosen."),
            ),
            ("show_file", tr("Safelight", "Show in folder"), tr("Safelight", "Open the folder in which this model lies.")),
            ("read_again", tr("Safelight", "Read again"), tr("Safelight", "Read the facts of this model from its files again.")),
            (
                "remove",
                tr("Safelight", "Remove from the list"),
                tr("Safelight", "Do not list this any more. Its files stay as they are. The starter stays listed, and LoRAs of folders."),
            ),
            ("add_folder", tr("Safelight", "Add a folder…"), tr("Safelight", "List a model folder, or all models and LoRAs in a folder.")),
            ("add_file", tr("Safelight", "Add files…"), tr("Safelight", "List models and LoRAs that are single files.")),
            ("look_again", tr("Safelight", "Look again"), tr("Safelight", "Find out what is in the watched folders now.")),
            ("panel", tr("Safelight", "Details"), tr("Safelight", "Show or hide what is known of the model.")),
            ("all", tr("Safelight", "Show all models"), tr("Safelight", "Remove the search and all filters.")),
        ):
            self._command(name).explain(text, explanation)
        self.search.setPlaceholderText(tr("Safelight", "Search models"))
        explain(
            self.search,
            tr("Safelight", "Search"),
            tr("Safelight", "Words in the name, the family or the path, all of which must occur. (Ctrl+F)"),
        )
        explain(self._family, tr("Safelight", "Family"), tr("Safelight", "Show models of one family."))
        self._chinese.setText(tr("Safelight", "Reads Chinese"))
        explain(self._chinese, tr("Safelight", "Reads Chinese"), tr("Safelight", "Show models that understand prompts in Chinese."))
        explain(self._order, tr("Safelight", "Order"), tr("Safelight", "Which models come first."))
        self._show_models()


def _can_go(item: Item) -> bool:
    """Whether it can be taken off the list."""
    return item.found_in is None if isinstance(item, Listed) else not item.bundled


def _models_in(event: QDropEvent) -> list[Path]:
    """The folders and files of models and LoRAs that are dragged, by their names."""
    paths = local_files(event.mimeData())
    return [path for path in paths if path.suffix.lower() in LISTED or path.is_dir()]
