"""ValuesPanel: the latents' values at one position, in a corner of the canvas away from the pointer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from ...diffusion.run import LatentValues, View
from ...diffusion.tiles import Tiles
from ...studio.probe import Probe
from ..language import Retranslating, decimal, tr
from ..theme import Theme
from . import views
from .stage import Half

MARGIN = 10  # px around the panel and around its text
LINE = 17  # px
COLUMN = 64  # px, for one value with its sign
NEAR = 24  # px: distance to the pointer at which the panel moves away
LEAST_MARK = 7.0  # px, smallest side of the square around the position
SHOWN = (View.NOISY, View.ESTIMATE, View.NOISE)


class ValuesPanel(Retranslating, QFrame):
    """One line per channel, one column per view that consists of latents."""

    def __init__(self, probe: Probe, theme: Theme, canvas: QWidget, top: Callable[[], int | None]) -> None:
        """`top`: px that are taken at the top of `canvas`; None if it cannot be there at all."""
        super().__init__(canvas)
        self._top = top
        self._canvas = canvas
        self._probe = probe
        self._theme = theme
        self._channel: int | None = None  # the channel under the pointer
        self.setObjectName("values_panel")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setFeature(QFont.Tag("tnum"), 1)
        self.setFont(font)
        probe.changed.connect(self._show_values)
        theme.changed.connect(self.update)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Values"))
        self._show_values()

    def read_at(self, position: QPointF, halves: list[Half]) -> bool:
        """Request the values at `position` on the canvas; False if there is no picture."""
        half = next((half for half in halves if half.pixels and half.visible.intersected(half.picture).contains(position)), None)
        if half is None:
            return False
        x = (position.x() - half.picture.x()) / half.picture.width()
        y = (position.y() - half.picture.y()) / half.picture.height()
        self._channel = None
        if half.are_channels:
            if (tiles := self._tiles(half)) is None:
                x = y = 0.5  # any values tell how many channels there are
            elif found := tiles.at(x * tiles.size[0], y * tiles.size[1]):
                self._channel, x, y = found
            else:
                return False
        self._probe.point_at(x, y, beside=half.place == 1)
        self.update()
        return True

    def move_by(self, columns: int, rows: int) -> None:
        """Move by whole positions of the latents."""
        if values := self._probe.values:
            column = min(max(values.column + columns, 0), values.columns - 1)
            row = min(max(values.row + rows, 0), values.rows - 1)
            self._probe.point_at((column + 0.5) / values.columns, (row + 0.5) / values.rows, self._probe.beside)

    def marks(self, half: Half) -> list[QRectF]:
        """Squares around the position whose values are shown, one per visible channel."""
        values = None if self.isHidden() else self._probe.values
        if values is None or half.pixels is None:
            return []
        if not half.are_channels:
            return [_square(half.picture, values)]
        tiles = self._tiles(half)
        if tiles is None:
            return []
        scale = half.picture.width() / tiles.size[0]
        size = QSizeF(tiles.width, tiles.height) * tiles.square * scale
        corners = [half.picture.topLeft() + QPointF(*tiles.corner(channel)) * scale for channel in range(tiles.count)]
        return [_square(QRectF(corner, size), values) for corner in corners]

    def _tiles(self, half: Half) -> Tiles | None:
        """Layout of the channels in the picture; None until values are known."""
        values = self._probe.values
        if values is None or half.pixels is None:
            return None
        tiles = Tiles(len(values.channels[View.NOISY]), values.columns, values.rows)
        return tiles if tiles.size == (half.pixels.width, half.pixels.height) else None

    def keep_clear_of(self, pointer: QPoint | None) -> None:
        """Stay in a corner of the canvas; move to another one when the pointer is near."""
        canvas, top = self._canvas.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN), self._top()
        corners = [
            QRect(QPoint(x, y), self.size())
            for y in ([] if top is None else [max(canvas.top(), top)]) + [canvas.bottom() - self.height() + 1]
            for x in (canvas.right() - self.width() + 1, canvas.left())
        ]
        if self.geometry() in corners and not _is_near(self.geometry(), pointer):
            return
        free = [corner for corner in corners if not _is_near(corner, pointer)]
        self.setGeometry((free or corners)[0])

    def sizeHint(self) -> QSize:
        values = self._probe.values
        if values is None:
            return QSize(2 * MARGIN + self.fontMetrics().horizontalAdvance(self._note()), 2 * MARGIN + LINE)
        numbers = self.fontMetrics().horizontalAdvance("00") + COLUMN * len(values.channels)
        width = max(numbers, self.fontMetrics().horizontalAdvance(_position(values)))
        return QSize(2 * MARGIN + width, 2 * MARGIN + LINE * (2 + len(values.channels[View.NOISY])) + 4)

    def _note(self) -> str:
        """The text in place of missing values."""
        if self._probe.failed:
            return tr("Safelight", "The values of this step were not recorded.")
        if self._probe.waits and self._probe.is_coming:
            return tr("Safelight", "Values appear with the next step.")
        if self._probe.waits:
            return tr("Safelight", "Values appear when no run is active.")
        return tr("Safelight", "Reading the values…")

    def _show_values(self) -> None:
        if self.size() != self.sizeHint():
            self.resize(self.sizeHint())
            self.keep_clear_of(None)
        values = self._probe.values
        self.setAccessibleDescription(self._note() if values is None else _in_words(values))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, values = self._theme.tokens, self._probe.values
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        line = QRect(MARGIN, MARGIN, self.width() - 2 * MARGIN, LINE)
        painter.setPen(QColor(tokens.quiet))
        if values is None:
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._note())
            return
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, _position(values))
        line.translate(0, LINE + 4)
        shown = [view for view in SHOWN if view in values.channels]
        self._paint_line(painter, line, "", [views.name(view) for view in shown])
        for channel in range(len(values.channels[View.NOISY])):
            line.translate(0, LINE)
            painter.setPen(QColor(tokens.accent if channel == self._channel else tokens.text))
            self._paint_line(painter, line, str(channel + 1), [decimal(values.channels[view][channel], 2) for view in shown])

    def _paint_line(self, painter: QPainter, line: QRect, head: str, cells: list[str]) -> None:
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, head)
        for place, text in enumerate(cells):
            right = line.right() + 1 - COLUMN * (len(cells) - 1 - place)
            painter.drawText(
                QRect(right - COLUMN, line.y(), COLUMN, LINE),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, COLUMN - 4),
            )


def _square(picture: QRectF, values: LatentValues) -> QRectF:
    """Square around the position of `values`, if the latents fill `picture`."""
    width, height = picture.width() / values.columns, picture.height() / values.rows
    grown = max(0.0, LEAST_MARK - width) / 2
    square = QRectF(picture.x() + values.column * width, picture.y() + values.row * height, width, height)
    return square.adjusted(-grown, -grown, grown, grown)


def _is_near(corner: QRect, pointer: QPoint | None) -> bool:
    return pointer is not None and corner.adjusted(-NEAR, -NEAR, NEAR, NEAR).contains(pointer)


def _position(values: LatentValues) -> str:
    return tr("Safelight", "Position {column}, {row} of {columns} × {rows}").format(
        column=values.column + 1, row=values.row + 1, columns=values.columns, rows=values.rows
    )


def _in_words(values: LatentValues) -> str:
    lines = [f"{views.name(view)}: {', '.join(decimal(number, 2) for number in numbers)}" for view, numbers in values.channels.items()]
    return "; ".join([_position(values), *lines])
