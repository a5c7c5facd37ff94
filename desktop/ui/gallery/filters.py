"""FilterBar: what the gallery looks for, in which order, and how large the tiles are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSlider, QWidget

from ...diffusion import fields
from ...library.gallery_index import Query
from ...studio.gallery import Gallery
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets import item_words as words
from ..widgets.controls import IconButton, SearchField, ValueChoice, named
from .grid import LEAST, MOST, USUAL

T = TypeVar("T")

SLIDER_FROM = 1080  # px: a narrower bar leaves its room to the search; Ctrl+wheel and keys do the same
ROOMY = 1240  # px, from which the switches have room for their names
NARROW = 1000  # px, below which nothing is counted
HEIGHT = 52  # px
SQUARE, WIDEST = 32, 1000  # px, of a switch without and with words
_SWITCHED: dict[str, Callable[[Query, bool], Query]] = {
    "starred": lambda query, is_on: replace(query, starred=is_on),
    "branched": lambda query, is_on: replace(query, branched=is_on),
    "recorded": lambda query, is_on: replace(query, recorded=is_on),
    "unfinished": lambda query, is_on: replace(query, unfinished=is_on),
    "trashed": lambda query, is_on: replace(query, trashed=is_on),
}


class FilterBar(Retranslating, QWidget):
    tile_side_chosen = Signal(int)  # px

    def __init__(self, gallery: Gallery, theme: Theme) -> None:
        super().__init__()
        self._gallery = gallery
        self._theme = theme
        self.setObjectName("filter_bar")
        self.search = SearchField(theme, "gallery_search")
        self._model = ValueChoice(theme, "gallery_model", ("",), "")
        self._size = ValueChoice(theme, "gallery_size", (None,), None)
        self._sampler = ValueChoice(theme, "gallery_sampler", ("",), "")
        self._switches = {
            "starred": self._switch("star"),
            "branched": self._switch("git-branch"),
            "recorded": self._switch("play"),
            "unfinished": self._switch("pause"),
            "trashed": self._switch("trash-2"),
        }
        for name, switch in self._switches.items():
            switch.setObjectName(f"gallery_{name}")
        self._order = ValueChoice(theme, "gallery_order", (False, True), False)
        self.folders = IconButton(theme, "folder-open", "gallery_folders")
        self.folders.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.folders.setMenu(QMenu(self))
        self.panel = IconButton(theme, "panel-right", "gallery_panel_button")
        self.slider = named(QSlider(Qt.Orientation.Horizontal), "tile_size")
        self.slider.setRange(LEAST, MOST)
        self.slider.setSingleStep(12)
        self.slider.setPageStep(24)
        self.slider.setValue(USUAL)
        self.slider.setFixedWidth(84)
        self.slider.setProperty("field", "true")
        self._lay_out()
        self._connect()
        self._show_facets()
        self.retranslate()

    def _switch(self, icon: str) -> QPushButton:
        switch = QPushButton()
        switch.setCheckable(True)
        switch.setProperty("switch", "true")
        switch.setProperty("icon_name", icon)
        switch.setIconSize(QSize(14, 14))
        return switch

    def _lay_out(self) -> None:
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(1)  # it shows what its width has room for
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 8, 0)
        row.setSpacing(8)
        self.search.setMinimumWidth(110)
        self.search.setMaximumWidth(320)
        row.addWidget(self.search, 3)
        for choice in (self._model, self._size, self._sampler):
            row.addWidget(choice)
        for switch in self._switches.values():
            row.addWidget(switch)
        row.addStretch(1)
        row.addWidget(self._order)
        row.addWidget(self.slider)
        row.addWidget(self.folders)
        row.addWidget(self.panel)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda text: self._ask(lambda now: replace(now, text=text.strip())))
        self._model.chosen.connect(lambda value: self._ask(lambda now: replace(now, model=value)))
        self._size.chosen.connect(lambda value: self._ask(lambda now: replace(now, size=value)))
        self._sampler.chosen.connect(lambda value: self._ask(lambda now: replace(now, sampler=value)))
        self._order.chosen.connect(lambda value: self._ask(lambda now: replace(now, oldest_first=value)))
        for name, switch in self._switches.items():
            switch.clicked.connect(lambda checked, name=name: self._ask(lambda now: _SWITCHED[name](now, checked)))
        self.slider.valueChanged.connect(self.tile_side_chosen)
        self._gallery.facets_changed.connect(self._show_facets)
        self._theme.changed.connect(self._tint)
        self._tint()

    def clear(self) -> None:
        """Look for everything again."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        for switch in self._switches.values():
            switch.setChecked(False)
        for choice in (self._model, self._size, self._sampler):
            choice.setCurrentIndex(0)
        query = self._gallery.query
        self._gallery.ask(replace(type(query)(), oldest_first=query.oldest_first))

    def _ask(self, change: Callable[[Query], Query]) -> None:
        self._gallery.ask(change(self._gallery.query))

    def _show_facets(self) -> None:
        """Offer the values that occur. A chosen one stays, although no picture may have it any more."""
        facets, query = self._gallery.facets, self._gallery.query

        def offered(found: Sequence[tuple[T, int]], chosen: T | None) -> list[T]:
            values = [value for value, _ in found]
            return values if not chosen or chosen in values else [*values, chosen]

        models = offered(facets.models, query.model)
        sizes = offered(facets.sizes, query.size)
        samplers = offered(facets.samplers, query.sampler)
        self._model.offer(["", *models], query.model)
        self._size.offer([None, *sizes], query.size)
        self._sampler.offer(["", *samplers], query.sampler)
        self._model.show_words([tr("Safelight", "All models"), *models])
        self._size.show_words([tr("Safelight", "Any size"), *(words.size(*size) for size in sizes)])
        self._sampler.show_words([tr("Safelight", "Any sampler"), *samplers])
        for choice in (self._model, self._size, self._sampler, self._order):
            choice.fix_width([choice.itemText(0)])
        self._show_names()

    def _show_names(self) -> None:
        """Name the switches, if there is room."""
        counts = {"unfinished": self._gallery.facets.unfinished, "trashed": len(self._gallery.trashed())}
        names = {
            "starred": tr("Safelight", "Starred"),
            "branched": tr("Safelight", "Branched"),
            "recorded": tr("Safelight", "With steps"),
            "unfinished": tr("Safelight", "Unfinished"),
            "trashed": tr("Safelight", "Trash"),
        }
        is_roomy = self.width() >= ROOMY
        for name, switch in self._switches.items():
            text = f" {names[name]}" if is_roomy else ""
            if self.width() >= NARROW and (count := counts.get(name)):
                text = f"{text} {count}"
            switch.setText(text)
            switch.setMaximumWidth(WIDEST if text else SQUARE)

    def _tint(self) -> None:
        for switch in self._switches.values():
            switch.setIcon(self._theme.icon(switch.property("icon_name"), size=14))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_names()
        is_narrow = self.width() < NARROW
        self.slider.setVisible(self.width() >= SLIDER_FROM)
        self._row.setSpacing(5 if is_narrow else 8)

    def retranslate(self) -> None:
        self.search.setPlaceholderText(tr("Safelight", "Search words, seeds, models"))
        self._order.show_words((tr("Safelight", "Newest first"), tr("Safelight", "Oldest first")))
        for control, name, explanation in (
            (
                self.search,
                tr("Safelight", "Search"),
                tr(
                    "Safelight",
                    "Words in the prompt, model, sampler, seed or file name, all of which must occur; phrases in quotes. (Ctrl+F)",
                ),
            ),
            (self._model, tr("Safelight", fields.named("model").caption), tr("Safelight", "Show pictures of one model.")),
            (self._size, tr("Safelight", "Size"), tr("Safelight", "Show pictures of one size.")),
            (self._sampler, tr("Safelight", fields.named("sampler").caption), tr("Safelight", "Show pictures of one sampler.")),
            (self._switches["starred"], tr("Safelight", "Starred"), tr("Safelight", "Show starred pictures.")),
            (self._switches["branched"], tr("Safelight", "Branched"), tr("Safelight", "Show pictures of branches.")),
            (self._switches["recorded"], tr("Safelight", "With steps"), tr("Safelight", "Show pictures whose steps are recorded.")),
            (
                self._switches["unfinished"],
                tr("Safelight", "Unfinished"),
                tr("Safelight", "Show runs that were paused, stopped or failed."),
            ),
            (
                self._switches["trashed"],
                tr("Safelight", "Trash"),
                tr("Safelight", "Show deleted pictures and runs, to restore them or delete them for good."),
            ),
            (self._order, tr("Safelight", "Order"), tr("Safelight", "Which pictures come first.")),
            (self.slider, tr("Safelight", "Size of the tiles"), tr("Safelight", "How large the pictures are shown. (Ctrl+wheel)")),
            (self.folders, tr("Safelight", "Folders"), tr("Safelight", "The folders whose pictures the gallery shows.")),
        ):
            explain(control, name, explanation)
        self._show_facets()
