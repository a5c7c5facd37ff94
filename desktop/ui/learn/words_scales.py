"""ScalesPage: one seed at several guidance scales, with the clipped pixels and the colours of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ...learn import words
from ..language import decimal, explain, tr
from ..theme import Theme
from ..widgets.controls import Option, check_only
from .curves import Curves, Line
from .pictures import Picture, stacked

COLUMNS = 4


class ScalesPage(QWidget):
    chosen = Signal(float)  # scale

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._pictures = {scale: Picture(theme, f"learn_words_scale_{scale:g}", 64, 220) for scale in words.SCALES}
        self._options = {scale: Option(f"learn_words_choose_{scale:g}") for scale in words.SCALES}
        strip = QWidget()
        grid = QGridLayout(strip)
        grid.setSpacing(8)
        grid.setContentsMargins(0, 0, 0, 0)
        for place, scale in enumerate(words.SCALES):
            self._options[scale].setProperty("segment", "small")
            self._options[scale].clicked.connect(partial(self.chosen.emit, scale))
            grid.addWidget(self._pictures[scale], 2 * (place // COLUMNS), place % COLUMNS)
            grid.addWidget(self._options[scale], 2 * (place // COLUMNS) + 1, place % COLUMNS)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self._curves = Curves(theme, "learn_words_curves", {"clipped": Line("sand"), "colour": Line("steel", Qt.PenStyle.DashLine)}, 110)
        self._curves.show_axis(1, words.SCALES[-1], 0, 1.1)
        self._curves.moved.connect(lambda at: self.chosen.emit(min(words.SCALES, key=lambda scale: abs(scale - at))))
        stacked(self, strip, self._curves)

    def show_strip(self, strip: Mapping[float, tuple[np.ndarray, words.Colours]], now: float) -> None:
        """The pictures that are made so far, by scale; `now` is the chosen one."""
        check_only(list(self._options.values()), self._options[now])
        for scale, picture in self._pictures.items():
            made = strip.get(scale)
            picture.show_pixels(made[0] if made else None)
            clipped = f"   {decimal(100 * made[1].clipped, 1)} %" if made else ""
            self._options[scale].setText(f"s = {scale:g}{clipped}")
            name = tr("Safelight", "Guidance {scale}").format(scale=f"{scale:g}")
            explain(self._options[scale], name, tr("Safelight", "Choose this guidance; the number is the share of clipped pixels."))
            picture.describe(name)
        scales = sorted(strip)
        top = max([strip[scale][1].clipped for scale in scales] + [0.01])
        bright = max([strip[scale][1].colourfulness for scale in scales] + [1.0])
        self._curves.show_curve("clipped", scales, [strip[scale][1].clipped / top for scale in scales])
        self._curves.show_curve("colour", scales, [strip[scale][1].colourfulness / bright for scale in scales])
        if now in strip:
            share, colourful = strip[now][1].clipped, strip[now][1].colourfulness
            self._curves.show_moment(now, {"clipped": share / top, "colour": colourful / bright})
            self._curves.show_legend("clipped", tr("Safelight", "clipped pixels"), f"{decimal(100 * share, 1)} %", "")
            self._curves.show_legend("colour", tr("Safelight", "colourfulness"), decimal(colourful, 0), "")
