"""SourcesPanel: where models are looked for. Choosing a line shows the models from there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...studio.loras import Loras
from ...studio.model_shelf import ModelShelf, Source
from ..language import Retranslating, explain, explain_button, tr
from ..theme import Theme
from ..widgets import model_words as words
from ..widgets.command import Command, tool
from ..widgets.controls import Elided, Option, ScrollArea, check_only, label, named
from ..widgets.left_panel import NARROWEST, WIDEST

ROW = 34  # px
ICON = 15  # px

Chosen = Path | str  # a watched folder, or one of these three:
ALL, OWN, LORAS = "all", "own", "loras"  # OWN: what is not in a watched folder


class SourcesPanel(Retranslating, QWidget):
    chosen = Signal(object)  # Chosen

    def __init__(self, shelf: ModelShelf, loras: Loras, theme: Theme, add_folder: Command, add_file: Command) -> None:
        super().__init__()
        self._shelf = shelf
        self._loras = loras
        self._theme = theme
        self._choice: Chosen = ALL
        self._shown: tuple[Source, ...] | None = None
        self._offered: tuple[Source, ...] | None = None
        self.setObjectName("model_sources")
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self._all, self._own = SourceRow(theme, "boxes", "models_all"), SourceRow(theme, "box", "models_own")
        self._lora_row = SourceRow(theme, "layers", "models_loras")
        self._fixed: dict[Chosen, SourceRow] = {ALL: self._all, OWN: self._own, LORAS: self._lora_row}
        self._rows = dict(self._fixed)
        self._heads = {name: label("section", f"{name}_title") for name in ("installed", "loras", "folders", "offers")}
        self._count = label("quiet", "models_count")
        self._folders, self._offers = QVBoxLayout(), QVBoxLayout()
        self._offers_part = QWidget()
        self._progress = named(QProgressBar(textVisible=False), "models_progress")
        self._progress_text = label("quiet", "models_progress_text")
        self._use = label("quiet", "models_use")
        self._free = label("quiet", "models_disk_free")
        self._share = named(QProgressBar(textVisible=False), "models_share")
        self._add = named(QPushButton(), "add_models")
        menu = QMenu(self._add)
        menu.setObjectName("add_models_menu")
        menu.addActions([add_folder, add_file])
        self._add.setMenu(menu)
        self._add_folder = tool("add_model_folder")
        self._add_folder.clicked.connect(add_folder.trigger)
        self._add_lora = tool("add_model_lora")
        self._add_lora.clicked.connect(add_file.trigger)
        self._lay_out()
        for choice, row in self._fixed.items():
            row.button.clicked.connect(partial(self.choose, choice))
        shelf.changed.connect(self.show_sources)
        shelf.offered.connect(self.show_sources)
        loras.listed_changed.connect(self.show_sources)
        shelf.facts_changed.connect(self._show_room)
        shelf.progressed.connect(self._show_progress)
        theme.changed.connect(self._tint)
        self._tint()
        self.retranslate()

    def _lay_out(self) -> None:
        inner = named(QWidget(), "model_sources_inner")
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 0, 8, 12)
        column.setSpacing(0)
        column.addLayout(_head(self._heads["installed"], self._count))
        column.addWidget(self._all)
        column.addWidget(self._own)
        column.addSpacing(10)
        column.addWidget(_line())
        column.addLayout(_head(self._heads["loras"], self._add_lora))
        column.addWidget(self._lora_row)
        column.addSpacing(10)
        column.addWidget(_line())
        column.addLayout(_head(self._heads["folders"], self._add_folder))
        column.addLayout(self._folders)
        column.addSpacing(10)
        part = QVBoxLayout(self._offers_part)
        part.setContentsMargins(0, 0, 0, 0)
        part.setSpacing(0)
        part.addWidget(_line())
        part.addLayout(_head(self._heads["offers"]))
        part.addLayout(self._offers)
        column.addWidget(self._offers_part)
        column.addStretch()
        for lines in (self._folders, self._offers):
            lines.setSpacing(2)
        dock = QWidget()
        dock.setProperty("ground", "dock")
        dock.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        foot = QVBoxLayout(dock)
        foot.setContentsMargins(16, 12, 16, 14)
        foot.setSpacing(8)
        self._reading = QWidget()
        reading = QVBoxLayout(self._reading)
        reading.setContentsMargins(0, 0, 0, 0)
        reading.setSpacing(6)
        reading.addWidget(self._progress_text)
        reading.addWidget(self._progress)
        room = QHBoxLayout()
        room.addWidget(self._use)
        room.addStretch()
        room.addWidget(self._free)
        foot.addWidget(self._reading)
        foot.addLayout(room)
        foot.addWidget(self._share)
        foot.addWidget(self._add)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(ScrollArea("model_sources_scroll", inner), 1)
        whole.addWidget(dock)

    def choose(self, choice: Chosen) -> None:
        self._choice = choice
        check_only([row.button for row in self._rows.values()], self._rows[choice].button)
        self.chosen.emit(choice)

    def show_sources(self) -> None:
        """Show the folders as they are now. The lines are made anew only when there are others."""
        sources, offers = self._shelf.sources, self._shelf.offers
        folders = [source.folder for source in sources]
        if self._shown is None or folders != [source.folder for source in self._shown]:
            _clear(self._folders)
            self._rows = dict(self._fixed)
            for source in sources:
                row = SourceRow(self._theme, "folder-open", f"source_{source.folder.name}", self._shelf.unwatch)
                row.button.clicked.connect(partial(self.choose, source.folder))
                self._rows[source.folder] = row
                self._folders.addWidget(row)
        if self._offered is None or offers != self._offered:
            _clear(self._offers)
            for offer in offers:
                self._offers.addWidget(OfferRow(offer, self._shelf))
        self._shown, self._offered = sources, offers
        self._offers_part.setVisible(bool(offers))
        self.retranslate()
        if self._choice not in self._rows:
            self.choose(ALL)
        else:
            check_only([row.button for row in self._rows.values()], self._rows[self._choice].button)

    def _show_room(self) -> None:
        use, room = self._shelf.disk_use, self._shelf.room
        self._use.setText(tr("Safelight", "Models use {size}").format(size=words.bytes_of(use)))
        self._free.setVisible(room is not None)
        if room is not None:
            self._free.setText(tr("Safelight", "{size} free").format(size=words.bytes_of(room.free_disk)))
            share = use / max(1, use + room.free_disk)
            self._share.setMaximum(1000)
            self._share.setValue(round(1000 * share))
            explain(
                self._share,
                tr("Safelight", "Disk space of models"),
                tr("Safelight", "What all listed models take, beside what is free on the disk of Safelight."),
            )

    def _show_progress(self) -> None:
        progress = self._shelf.progress
        self._reading.setVisible(progress.of > 0)
        self._progress.setMaximum(max(1, progress.of))
        self._progress.setValue(progress.done)
        text = tr("Safelight", "{done} of {count} models are read").format(done=progress.done, count=progress.of) if progress.of else ""
        self._progress_text.setText(text)
        self._progress.setAccessibleName(text)

    def _tint(self) -> None:
        for button in (self._add_folder, self._add_lora):
            button.setIcon(self._theme.icon("plus", size=16))
        self._add.setIcon(self._theme.icon("folder-open", size=16))

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Folders with models"))
        self._heads["installed"].setText(tr("Safelight", "Installed"))
        self._heads["loras"].setText(tr("Safelight", "LoRA"))
        self._heads["folders"].setText(tr("Safelight", "Folders"))
        self._heads["offers"].setText(tr("Safelight", "Found on this computer"))
        models, loras = self._shelf.models, self._loras.everything
        self._count.setText(str(len(models)))
        self._all.show_texts(tr("Safelight", "All models"), "", len(models), "", tr("Safelight", "Show all models."))
        self._own.show_texts(
            tr("Safelight", "Added one by one"),
            "",
            sum(folder is None for folder in (*(each.found_in for each in models), *(each.found_in for each in loras))),
            "",
            tr("Safelight", "Show the starter, and the models and LoRAs that you opened yourself."),
        )
        words = tr("Safelight", "LoRAs and embeddings")
        self._lora_row.show_texts(words, "", len(loras), "", tr("Safelight", "Show all LoRAs and embeddings."))
        for source in self._shelf.sources:
            if row := self._rows.get(source.folder):
                row.show_source(source, sum(listed.found_in == source.folder for listed in loras))
        explain(self._add_lora, tr("Safelight", "Add files…"), tr("Safelight", "List LoRAs and models that are single files."))
        explain(
            self._add_folder,
            tr("Safelight", "Add a folder…"),
            tr("Safelight", "List all models and LoRAs in a folder, and follow its changes."),
        )
        explain_button(
            self._add,
            tr("Safelight", "Add a folder or a file"),
            tr("Safelight", "List models and LoRAs, or all that are in a folder. Nothing is copied or changed."),
        )
        self._show_room()
        self._show_progress()


class SourceRow(QWidget):
    """A line that can be chosen; a watched folder has a button that takes it off the list, and its problem below."""

    def __init__(self, theme: Theme, icon: str, name: str, remove: Callable[[Path], None] | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._folder: Path | None = None
        self.button = _Line(f"{name}_button")
        self._picture = QLabel()
        self._text = Elided("fact", f"{name}_text", side=Qt.AlignmentFlag.AlignLeft)
        self._count = label("quiet", f"{name}_count")
        self._problem = label("warning", f"{name}_problem")
        self._problem.setWordWrap(True)
        self._problem.setContentsMargins(8, 0, 8, 4)
        inside = QHBoxLayout(self.button)
        inside.setContentsMargins(8, 0, 8, 0)
        inside.setSpacing(10)
        inside.addWidget(self._picture)
        inside.addWidget(self._text, 1)
        inside.addWidget(self._count)
        for part in (self._picture, self._text, self._count):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self.button, 1)
        self._remove = tool(f"{name}_remove") if remove is not None else None
        if self._remove is not None and remove is not None:
            self._remove.clicked.connect(lambda: remove(self._folder) if self._folder else None)
            line.addWidget(self._remove)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addLayout(line)
        whole.addWidget(self._problem)
        theme.changed.connect(self._tint)
        self._tint()

    def show_source(self, source: Source, loras: int) -> None:
        """`loras`: how many LoRAs are listed from it."""
        self._folder = source.folder
        shown = short(source.folder)
        self.show_texts(
            source.program or shown,
            shown,
            source.count + loras,
            words.problem(source),
            tr("Safelight", "Show the models and LoRAs in {folder}.").format(folder=source.folder),
        )
        if self._remove is not None:
            explain(
                self._remove,
                tr("Safelight", "Remove {folder} from the list").format(folder=shown),
                tr("Safelight", "Do not list what is in this folder any more. Its files stay as they are."),
            )

    def show_texts(self, text: str, detail: str, count: int, problem: str, explanation: str) -> None:
        self._text.show_text(f"{text} · {detail}" if detail and detail != text else text)
        self._count.setText(str(count))
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        explain(self.button, f"{text}, {count}" + (f". {problem}" if problem else ""), explanation)

    def _tint(self) -> None:
        self._picture.setPixmap(self._theme.icon(self._icon, size=ICON).pixmap(ICON, ICON))
        if self._remove is not None:
            self._remove.setIcon(self._theme.icon("x", size=14))


class _Line(Option):
    """As wide as the panel, with its parts in a layout."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setProperty("line", "true")

    def sizeHint(self) -> QSize:
        return QSize(120, ROW)


class OfferRow(Retranslating, QWidget):
    """A folder of another program that is not watched yet."""

    def __init__(self, offer: Source, shelf: ModelShelf) -> None:
        super().__init__()
        self._offer = offer
        program, folder = label("fact", "offer_program"), Elided("quiet", "offer_folder", side=Qt.AlignmentFlag.AlignLeft)
        program.setText(offer.program)
        folder.show_text(short(offer.folder))
        self._add = named(QPushButton(), f"offer_{offer.folder.name}")
        self._add.setProperty("compact", "true")
        self._add.clicked.connect(lambda: shelf.watch(offer.folder))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(program)
        texts.addWidget(folder)
        row.addLayout(texts, 1)
        row.addWidget(self._add)
        self.retranslate()

    def retranslate(self) -> None:
        words = tr("Safelight", "Add")
        self._add.setText(words)
        explain(
            self._add,
            f"{words} {self._offer.program}",
            tr("Safelight", "List the models in {folder}. They stay where they are.").format(folder=self._offer.folder),
        )


def short(folder: Path) -> str:
    """The path, from ~ on where it is in the home folder."""
    home = Path.home()
    return f"~/{folder.relative_to(home).as_posix()}" if folder.is_relative_to(home) and folder != home else str(folder)


def _head(title: QLabel, beside: QWidget | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(8, 6, 4, 6)
    row.setSpacing(8)
    row.addWidget(title)
    if isinstance(beside, QToolButton):
        row.addStretch()
    if beside is not None:
        row.addWidget(beside)
    if not isinstance(beside, QToolButton):
        row.addStretch()
    return row


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("rule", "true")
    return line


def _clear(lines: QVBoxLayout) -> None:
    while (item := lines.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
