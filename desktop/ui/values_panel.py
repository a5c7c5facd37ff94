"""ValuesPanel: the numbers behind one place of the picture, in a corner of the canvas that the pointer is not near."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from ..diffusion.run import Values, View
from ..studio.probe import Probe
from . import views
from .language import Retranslating, tr
from .theme import Theme

MARGIN = 10                    # px between the panel and the edges of the canvas, and around its text
LINE = 17                      # px
COLUMN = 64                    # px, a value with its sign
NEAR = 24                      # px from the pointer, where the panel gives way
SHOWN = (View.NOISY, View.ESTIMATE, View.NOISE)
MINUS = "\N{MINUS SIGN}"


class ValuesPanel(Retranslating, QFrame):
    """A line for each channel, a column for each view that is latents itself."""

    def __init__(self, probe: Probe, theme: Theme, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._probe = probe
        self._theme = theme
        self._channel: int | None = None               # the one that is pointed at
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

    def point_at(self, channel: int | None) -> None:
        if channel != self._channel:
            self._channel = channel
            self.update()

    def keep_clear_of(self, pointer: QPoint | None) -> None:
        """Stay in a corner of the canvas, another one once the pointer comes near."""
        canvas = self.parentWidget().rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        corners = [QRect(QPoint(x, y), self.size()) for y in (canvas.top(), canvas.bottom() - self.height() + 1)
                   for x in (canvas.right() - self.width() + 1, canvas.left())]
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
        """What stands in the place of values."""
        if self._probe.failed:
            return tr("Safelight", "The values of this step were not kept.")
        if self._probe.waits:
            return tr("Safelight", "Values are shown when the machine is free.")
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
            self._paint_line(painter, line, str(channel + 1), [_number(values.channels[view][channel]) for view in shown])

    def _paint_line(self, painter: QPainter, line: QRect, head: str, cells: list[str]) -> None:
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, head)
        for place, text in enumerate(cells):
            right = line.right() + 1 - COLUMN * (len(cells) - 1 - place)
            painter.drawText(QRect(right - COLUMN, line.y(), COLUMN, LINE), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                             self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, COLUMN - 4))


def _is_near(corner: QRect, pointer: QPoint | None) -> bool:
    return pointer is not None and corner.adjusted(-NEAR, -NEAR, NEAR, NEAR).contains(pointer)


def _position(values: Values) -> str:
    return tr("Safelight", "Position {column}, {row} of {columns} × {rows}").format(
        column=values.column + 1, row=values.row + 1, columns=values.columns, rows=values.rows)


def _number(value: float) -> str:
    return QLocale().toString(value, "f", 2).replace("-", MINUS)


def _in_words(values: Values) -> str:
    lines = [f"{views.name(view)}: {', '.join(map(_number, numbers))}" for view, numbers in values.channels.items()]
    return "; ".join([_position(values), *lines])
