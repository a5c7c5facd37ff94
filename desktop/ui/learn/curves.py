"""Curves: a chart over the timesteps or steps, drawn with pyqtgraph in the colours of the theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ..theme import Theme, ThemeTokens
from ..widgets.controls import label, named

THICK = 2  # px
ROOMY, EACH = 640, 160  # px, from which the legend says in words what the curves are, and for each of them


@dataclass(frozen=True, slots=True)
class Line:
    """How one curve looks: a colour of the theme and a dash that tells it from the others without colours."""

    colour: str  # name in `ThemeTokens`
    dash: Qt.PenStyle = Qt.PenStyle.SolidLine

    def pen(self, tokens: ThemeTokens, width: float = THICK) -> QPen:
        pen = QPen(QColor(getattr(tokens, self.colour)), width, self.dash)
        pen.setCosmetic(True)
        return pen


class Curves(QWidget):
    """Curves over one axis, a playhead that the user drags, and a dashed marker. The legend says the values at the playhead."""

    moved = Signal(float)  # the user moves the playhead there

    def __init__(self, theme: Theme, name: str, lines: Mapping[str, Line], height: int = 200) -> None:
        """`lines`: by key, in the order of the legend."""
        super().__init__()
        named(self, name)
        self._theme = theme
        self._lines = lines
        self._plot = named(pyqtgraph.PlotWidget(enableMenu=False), f"{name}_plot")  # which takes time to make
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        for part in (self._plot, self._plot.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMinimumHeight(60)
        self._plot.setMaximumHeight(height)
        self._plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        item = self._plot.getPlotItem()
        item.setContentsMargins(0, 0, 0, 0)
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.showGrid(y=True, alpha=0.25)
        self._curves = {key: self._plot.plot([], []) for key in lines}
        self._dots = pyqtgraph.ScatterPlotItem(size=9)
        self._playhead = pyqtgraph.InfiniteLine(angle=90, movable=False)
        self._marker = pyqtgraph.InfiniteLine(angle=90, movable=False)
        for part in (self._playhead, self._marker, self._dots):
            self._plot.addItem(part)
        self._marker.hide()
        self._legend = {key: LegendItem(theme, line, f"{name}_legend_{key}") for key, line in lines.items()}
        legend = QHBoxLayout()
        for item in self._legend.values():
            legend.addWidget(item)
            legend.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._plot)
        column.addLayout(legend)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._plot.viewport().installEventFilter(self)
        theme.changed.connect(self._tint)
        self._tint()

    def show_axis(self, left: float, right: float, bottom: float = 0.0, top: float = 1.0) -> None:
        self._plot.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)

    def show_curve(self, key: str, x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray) -> None:
        self._curves[key].setData(np.asarray(x), np.asarray(y))

    def show_moment(self, x: float, heights: Mapping[str, float]) -> None:
        """The playhead at `x`, with a dot on each curve."""
        self._playhead.setValue(x)
        tokens = self._theme.tokens
        self._dots.setData([{"pos": (x, y), "brush": QColor(getattr(tokens, self._lines[key].colour))} for key, y in heights.items()])

    def show_marker(self, x: float | None) -> None:
        """The dashed line at `x`; None hides it."""
        self._marker.setVisible(x is not None)
        if x is not None:
            self._marker.setValue(x)

    def show_legend(self, key: str, symbol: str, value: str, words: str) -> None:
        """`symbol` is rich text."""
        self._legend[key].show_words(symbol, value, words)

    def show_line(self, key: str, is_shown: bool) -> None:
        """Name the curve in the legend or not; all are named at first."""
        if self._legend[key].isHidden() is is_shown:
            self._legend[key].setVisible(is_shown)
            self._fit_legend()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.buttons() & Qt.MouseButton.LeftButton:
            spot = self._plot.getPlotItem().vb.mapSceneToView(QPointF(event.position()))
            self.moved.emit(spot.x())
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_legend()

    def _fit_legend(self) -> None:
        shown = [item for item in self._legend.values() if not item.isHidden()]
        for item in shown:
            item.show_whole(self.width() >= max(ROOMY, EACH * len(shown)))

    def _tint(self) -> None:
        tokens = self._theme.tokens
        self._plot.setBackground(QColor(tokens.panel))
        for key, line in self._lines.items():
            self._curves[key].setPen(line.pen(tokens))
        self._playhead.setPen(pyqtgraph.mkPen(QColor(tokens.accent), width=2))
        self._marker.setPen(pyqtgraph.mkPen(QColor(tokens.text), width=1, style=Qt.PenStyle.DashLine))
        self._dots.setPen(pyqtgraph.mkPen(QColor(tokens.panel), width=1))


class LegendItem(QWidget):
    """A piece of the line, its symbol, the value at the playhead, and what it is."""

    def __init__(self, theme: Theme, line: Line, name: str) -> None:
        super().__init__()
        self._sample = LineSample(theme, line)
        self._symbol, self._value, self._words = (label(role, f"{name}_{part}") for role, part in _PARTS)
        self._symbol.setTextFormat(Qt.TextFormat.RichText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._sample, self._symbol, self._value, self._words):
            row.addWidget(part)

    def show_whole(self, is_whole: bool) -> None:
        """With its words, or only its symbol and value where there is little room."""
        self._words.setVisible(is_whole)

    def show_words(self, symbol: str, value: str, words: str) -> None:
        self.setToolTip(words)
        self._symbol.setText(symbol)
        self._value.setText(value)
        self._words.setText(words)


_PARTS = (("fact", "symbol"), ("value_line", "value"), ("quiet", "words"))


class LineSample(QWidget):
    def __init__(self, theme: Theme, line: Line) -> None:
        super().__init__()
        self._theme, self._line = theme, line
        theme.changed.connect(self.update)
        self.setFixedSize(QSize(20, 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._line.pen(self._theme.tokens))
        painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)
