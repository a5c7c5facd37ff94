"""MapsPage: where the picture looked at a word, beside the picture with another word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from ...diffusion.run import WordMaps
from ...learn import words
from ..language import Retranslating, decimal, explain, explain_button, tr
from ..theme import Theme
from ..widgets.controls import Option, check_only, label, named, segment, segments
from ..widgets.flow import Flow
from .pictures import Picture, stacked


class MapsPage(Retranslating, QWidget):
    word_chosen = Signal(int)  # its place
    steps_chosen = Signal()  # `has_all_steps` has changed
    swap_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.map, self._other = Picture(theme, "learn_words_map", 120, 420), Picture(theme, "learn_words_swapped", 120, 420)
        self._map_words, self._swap_words = label("fact", "learn_words_map_words"), label("fact", "learn_words_swap_words")
        self._this_step, self._all_steps = segment("learn_words_this_step"), segment("learn_words_all_steps")
        check_only([self._this_step, self._all_steps], self._all_steps)
        for option in (self._this_step, self._all_steps):
            option.clicked.connect(self.steps_chosen)
        self._words = named(QWidget(), "learn_words_words")
        self._flow = Flow(self._words, 4)
        self._swap_to = named(QLineEdit(), "learn_words_swap_to")
        self._swap_to.setMaxLength(100)
        self._swap = named(QPushButton(), "learn_words_swap")
        self._swap.clicked.connect(self.swap_wanted)
        self._swap_to.returnPressed.connect(self._swap.click)
        swap = QHBoxLayout()
        swap.addWidget(self._swap_to, 1)
        swap.addWidget(self._swap)
        both = QWidget()
        grid = QGridLayout(both)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        for column, (picture, said) in enumerate(((self.map, self._map_words), (self._other, self._swap_words))):
            said.setWordWrap(True)
            grid.addWidget(picture, 0, column)
            grid.addWidget(said, 1, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        grid.addWidget(segments([self._this_step, self._all_steps]), 2, 0)
        grid.addLayout(swap, 2, 1)
        stacked(self, self._words, both)
        self.retranslate()

    @property
    def has_all_steps(self) -> bool:
        """The map is the mean over all steps, not that of one."""
        return self._all_steps.isChecked()

    @property
    def other_word(self) -> str:
        """What the chosen word is swapped for."""
        return self._swap_to.text().strip()

    def suggest(self, word: str) -> None:
        self._swap_to.setText(word)

    def offer_words(self, offered: Sequence[str], chosen: int) -> None:
        """A button for each word."""
        for option in self._words.findChildren(Option):
            self._flow.removeWidget(option)
            option.deleteLater()
        for place, word in enumerate(offered):
            option = Option(f"learn_words_word_{place}")
            option.setProperty("segment", "small")
            explain_button(option, word, tr("Safelight", "Show where the picture looked at this word."))
            option.clicked.connect(partial(self.word_chosen.emit, place))
            option.setChecked(place == chosen)
            self._flow.addWidget(option)

    def show_usable(self, is_usable: bool) -> None:
        for part in (self._words, self._this_step, self._all_steps, self._swap_to, self._swap):
            part.setEnabled(is_usable)

    def show_maps(self, all: Sequence[WordMaps], step: int, word: int) -> None:
        """What the map says in numbers: of step `step`, from 1, or of all."""
        maps = all[min(step, len(all)) - 1]
        word = min(word, len(maps.words) - 1)
        shown = words.averaged(all) if self.has_all_steps else words.shares(maps)
        self._map_words.setText(
            tr(
                "Safelight", "“{word}”: {mean} % of the attention on average, {most} % at most. The mark before the prompt: {begin} %."
            ).format(
                word=maps.words[word],
                mean=decimal(100 * float(shown[word].mean()), 1),
                most=decimal(100 * float(shown[word].max()), 1),
                begin=decimal(100 * maps.begin, 0),
            )
        )
        self.map.describe(tr("Safelight", "Where the picture looked at “{word}”").format(word=maps.words[word]))

    def show_other(self, picture: np.ndarray | None, swap: tuple[str, float] | None) -> None:
        """The picture beside the map. `swap`: its words, and the share of the change inside the map; None: nothing was swapped."""
        self._other.show_pixels(picture)
        self._other.describe(tr("Safelight", "The picture with the other word") if swap else tr("Safelight", "The picture"))
        self._swap_words.setText(
            tr("Safelight", "{swap}: {inside} % of all change is in the warmest quarter of the map.").format(
                swap=swap[0], inside=round(100 * swap[1])
            )
            if swap
            else tr("Safelight", "Swap the word for another, on the same seed, and see what really changes.")
        )

    def retranslate(self) -> None:
        explain_button(self._this_step, tr("Safelight", "This step"), tr("Safelight", "The map of the step at the playhead."))
        explain_button(self._all_steps, tr("Safelight", "All steps"), tr("Safelight", "The mean over all steps."))
        explain(self._swap_to, tr("Safelight", "Other word"), tr("Safelight", "What the chosen word is swapped for."))
        explain_button(self._swap, tr("Safelight", "Swap"), tr("Safelight", "Draw again on the same seed, with the other word."))
