"""Readout: the number of the shown step beside the film, and what the lines of the curve are."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...studio.timeline import Timeline
from ..language import Retranslating, tr
from ..theme import Theme
from .filmstrip import APART, CURVE, TOP, Filmstrip, noise_left

WIDTH = 144  # px
NARROW = 112  # px


class Readout(Retranslating, QWidget):
    """As high as the filmstrip. The lanes have their names in the same column."""

    def __init__(self, timeline: Timeline, filmstrip: Filmstrip, theme: Theme) -> None:
        super().__init__()
        self._timeline = timeline
        self._filmstrip = filmstrip
        self._theme = theme
        self.setObjectName("readout")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        for changed in (timeline.run_changed, timeline.current_changed, timeline.step_added):
            changed.connect(self.retranslate)
        filmstrip.grid_changed.connect(self.update)
        self.retranslate()

    def retranslate(self) -> None:
        timeline = self._timeline
        self.setAccessibleName(
            tr("Safelight", "Step {step} of {steps}").format(step=timeline.index, steps=self._most) if timeline.steps else ""
        )
        self.setAccessibleDescription(self._noise)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, self._filmstrip.minimumSizeHint().height())

    @property
    def _most(self) -> int:
        return self._filmstrip.places - 1

    @property
    def _noise(self) -> str:
        steps, index = self._timeline.steps, self._timeline.index
        left = noise_left(steps[index]) if index < len(steps) else None
        return "" if left is None else tr("Safelight", "{share} % noise left").format(share=left)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._timeline.steps:
            return
        tokens, painter, font = self._theme.tokens, QPainter(self), self.font()
        middle = TOP + self._filmstrip.grid.high / 2
        big = QFont(font)
        big.setPixelSize(26)
        big.setWeight(QFont.Weight.DemiBold)
        big.setFeature(QFont.Tag("tnum"), 1)
        painter.setFont(big)
        painter.setPen(QColor(tokens.text))
        number = str(self._timeline.index)
        painter.drawText(QPointF(0, middle + 2), number)
        beside = painter.fontMetrics().horizontalAdvance(number)
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(QPointF(beside + 6, middle + 2), f"/ {self._most}")
        painter.drawText(QRectF(0, middle + 8, self.width(), 18), Qt.AlignmentFlag.AlignVCenter, self._noise)
        if self._filmstrip.has_curve:
            font.setPixelSize(11)
            painter.setFont(font)
            top = TOP + self._filmstrip.grid.high + APART
            for row, (words, colour) in enumerate(
                ((tr("Safelight", "Noise left"), tokens.steel), (tr("Safelight", "Change"), tokens.sand))
            ):
                y = top + (row + 0.5) * CURVE / 2
                painter.setPen(QPen(QColor(colour), 2))
                painter.drawLine(QPointF(0, y), QPointF(10, y))
                painter.setPen(QColor(tokens.quiet))
                painter.drawText(QRectF(16, y - 8, self.width() - 16, 16), Qt.AlignmentFlag.AlignVCenter, words)
