"""The curve below the film: how much noise is left after each step, and how far each step changed the estimate."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from ...diffusion.run import Step
from ..theme import ThemeTokens
from .film_grid import FilmGrid

MOST_CHANGE = 0.16  # of the estimate: what changes more reaches the top
THICK = 1.5  # px


def paint_curve(painter: QPainter, rect: QRectF, grid: FilmGrid, steps: Sequence[Step], tokens: ThemeTokens) -> None:
    """Paint the visible part into `rect`, which begins where the film does; ahead of the steps, noise is dotted."""
    seen = grid.visible_steps()
    numbers = range(max(0, seen.start - 1), min(len(steps), seen.stop + 1))

    def place(number: int, share: float) -> QPointF:
        return QPointF(rect.x() + grid.middle(number), rect.bottom() - share * rect.height())

    signals = [(number, steps[number].alpha_cumprod) for number in numbers]
    changes = [(number, steps[number].change) for number in numbers]
    noise = [place(number, 1 - signal) for number, signal in signals if signal is not None]
    change = [place(number, min(share / MOST_CHANGE, 1)) for number, share in changes if share]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(rect)
    if noise:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.field))
        painter.drawPolygon(QPolygonF([QPointF(noise[0].x(), rect.bottom()), *noise, QPointF(noise[-1].x(), rect.bottom())]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(steps) < grid.places:
            painter.setPen(QPen(QColor(tokens.quiet), 1, Qt.PenStyle.DotLine))
            painter.drawLine(noise[-1], place(grid.places - 1, 0))
    for line, colour in ((noise, tokens.steel), (change, tokens.sand)):
        painter.setPen(QPen(QColor(colour), THICK))
        painter.drawPolyline(line)
    painter.setPen(QPen(QColor(tokens.line), 1))
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())
    painter.restore()
