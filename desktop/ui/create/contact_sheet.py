"""The contact sheet of a grid: its pictures in rows and columns, with their labels and a title."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from ...diffusion.run import Pixels
from ...studio.grids import Sheet
from ..widgets.images import to_qimage

MARGIN, GAP = 24, 8  # px
LETTERS = 0.06  # size of the labels, as a share of the longer side of a picture
LEAST_LETTERS, MOST_LETTERS = 12, 40  # px
MOST_LINES = 3  # of a label
EMPTY = 256  # px, the side of a picture where none was made
GROUND, INK, QUIET, HOLE = QColor(13, 11, 10), QColor(240, 233, 228), QColor(163, 151, 143), QColor(28, 24, 23)
CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


def draw(sheet: Sheet) -> Pixels:
    """Draw `sheet`. All cells have the size of the largest picture."""
    made = [picture for row in sheet.pictures for picture in row if picture]
    cell = QSize(max((each.width for each in made), default=EMPTY), max((each.height for each in made), default=EMPTY))
    font = QFont()
    font.setPixelSize(round(min(MOST_LETTERS, max(LEAST_LETTERS, LETTERS * max(cell.width(), cell.height())))))
    metrics = QFontMetrics(font)
    beside = min(cell.width(), max(metrics.horizontalAdvance(words) for words in sheet.grid.rows) + GAP)
    above = max(_height(words, cell.width(), metrics) for words in sheet.grid.columns)
    left, top = MARGIN + beside + GAP, MARGIN + metrics.lineSpacing() + 2 * GAP + above + GAP
    columns, rows = len(sheet.grid.columns), len(sheet.grid.rows)
    width = left + columns * (cell.width() + GAP) - GAP + MARGIN
    image = QImage(width, top + rows * (cell.height() + GAP) - GAP + MARGIN, QImage.Format.Format_RGB888)
    image.fill(GROUND)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setFont(font)
    painter.setPen(INK)
    title = metrics.elidedText(" ".join(sheet.grid.title.split()), Qt.TextElideMode.ElideRight, width - 2 * MARGIN)
    painter.drawText(QRect(MARGIN, MARGIN, width - 2 * MARGIN, metrics.lineSpacing()), Qt.AlignmentFlag.AlignLeft, title)
    painter.setPen(QUIET)
    for column, words in enumerate(sheet.grid.columns):
        _label(painter, QRect(left + column * (cell.width() + GAP), top - GAP - above, cell.width(), above), words)
    for row, words in enumerate(sheet.grid.rows):
        y = top + row * (cell.height() + GAP)
        _label(painter, QRect(MARGIN, y, beside, cell.height()), words)
        _pictures(painter, sheet.pictures[row], QRect(left, y, cell.width(), cell.height()))
    painter.end()
    return _pixels(image)


def _height(words: str, width: int, metrics: QFontMetrics) -> int:
    whole = metrics.boundingRect(QRect(0, 0, width, 10**6), CENTRED, words).height()
    return min(whole, MOST_LINES * metrics.lineSpacing())


def _label(painter: QPainter, place: QRect, words: str) -> None:
    painter.setClipRect(place)
    painter.drawText(place, CENTRED, words)
    painter.setClipping(False)


def _pictures(painter: QPainter, pictures: Sequence[Pixels | None], cell: QRect) -> None:
    """Draw a row of pictures, the first in `cell`."""
    for picture in pictures:
        if picture is None:
            painter.fillRect(cell, HOLE)
        else:
            place = QRect(0, 0, picture.width, picture.height)
            place.moveCenter(cell.center())
            painter.drawImage(place, to_qimage(picture))
        cell = cell.translated(cell.width() + GAP, 0)


def _pixels(image: QImage) -> Pixels:
    """The rows of `image` without padding."""
    data, used = bytes(image.constBits()), 3 * image.width()
    rows = (data[start : start + used] for start in range(0, len(data), image.bytesPerLine()))
    return Pixels(image.width(), image.height(), b"".join(rows))
