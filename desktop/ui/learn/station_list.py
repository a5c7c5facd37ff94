"""StationList: the stations in their order, each with how many of its questions are answered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStyle, QStyleOptionButton, QVBoxLayout, QWidget

from ..language import Retranslating, tr
from ..theme import Theme
from ..widgets.controls import Option, check_only, label
from .stations import Entry

ROW, LOW_ROW = 50, 32  # px, with and without the subtitle
BOX = 34  # px, around the icon
ICON = 17  # px


class StationList(Retranslating, QWidget):
    chosen = Signal(str)  # key

    def __init__(self, theme: Theme, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.setObjectName("learn_stations")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # the panel scrolls before its rows get lower
        self._title, self._count = label("section", "learn_stations_title"), label("quiet", "learn_stations_count")
        self._rows = {entry.key: StationRow(theme, entry) for entry in entries}
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 8, 4)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 10)
        column.setSpacing(2)
        column.addLayout(head)
        for key, row in self._rows.items():
            column.addWidget(row)
            row.clicked.connect(partial(self.chosen.emit, key))
        self.retranslate()

    def choose(self, key: str) -> None:
        check_only(list(self._rows.values()), self._rows[key])

    def set_low(self, is_low: bool) -> None:
        """Leave the subtitles out: there is little room."""
        for row in self._rows.values():
            row.set_low(is_low)

    def show_progress(self, key: str, answered: int, questions: int) -> None:
        self._rows[key].show_progress(answered, questions)
        self._show_count()

    def _show_count(self) -> None:
        done = sum(row.is_done for row in self._rows.values())
        self._count.setText(tr("Safelight", "{done} of {all} done").format(done=done, all=len(self._rows)))

    def retranslate(self) -> None:
        self._title.setText(tr("Safelight", "Stations"))
        self._show_count()
        for row in self._rows.values():
            row.retranslate()


class StationRow(Option):
    """One line: icon, title, what it is about, and 2 / 5 or a check."""

    def __init__(self, theme: Theme, entry: Entry) -> None:
        super().__init__(f"learn_open_{entry.key}")
        self._theme, self._entry = theme, entry
        self._answered = self._questions = 0
        self.setFixedHeight(ROW)
        theme.changed.connect(self.update)

    def set_low(self, is_low: bool) -> None:
        self.setFixedHeight(LOW_ROW if is_low else ROW)
        self.update()

    @property
    def is_done(self) -> bool:
        return self._questions > 0 and self._answered >= self._questions

    def show_progress(self, answered: int, questions: int) -> None:
        self._answered, self._questions = answered, questions
        self.retranslate()

    def retranslate(self) -> None:
        progress = tr("Safelight", "{done} of {all} done").format(done=self._answered, all=self._questions)
        title, subtitle = tr("Safelight", self._entry.title), tr("Safelight", self._entry.subtitle)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{subtitle} ({progress})" if self._questions else subtitle)
        self.setToolTip(subtitle)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked() or over or self.hasFocus():
            painter.setPen(QColor(tokens.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(
                QColor(tokens.field if self.isChecked() else tokens.hover) if self.isChecked() or over else Qt.BrushStyle.NoBrush
            )
            painter.drawRoundedRect(rect, 6, 6)
        is_low, height = self.height() == LOW_ROW, self.height()
        side = LOW_ROW - 6 if is_low else BOX
        box = QRectF(8, (height - side) / 2, side, side)
        painter.setPen(QColor(tokens.edge))
        painter.setBrush(QColor(tokens.select) if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 6, 6)
        colour = tokens.text if self.isChecked() else tokens.quiet
        spot = round(box.x() + (side - ICON) / 2), round(box.y() + (side - ICON) / 2)
        self._theme.icon(self._entry.icon, colour, ICON).paint(painter, *spot, ICON, ICON)
        right = self.width() - 10
        if self.is_done:
            self._theme.icon("check", tokens.quiet, 14).paint(painter, right - 14, (height - 14) // 2, 14, 14)
            right -= 20
        elif self._answered:
            painter.setPen(QColor(tokens.quiet))
            words = f"{self._answered} / {self._questions}"
            wide = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(right - wide, 0, wide, height), Qt.AlignmentFlag.AlignVCenter, words)
            right -= wide + 8
        left = box.right() + 10
        self._line(
            painter,
            QRectF(left, (height - 18) / 2 if is_low else 7, right - left, 18),
            tr("Safelight", self._entry.title),
            tokens.text,
            QFont.Weight.DemiBold,
        )
        if not is_low:
            self._line(
                painter, QRectF(left, 25, right - left, 18), tr("Safelight", self._entry.subtitle), tokens.quiet, QFont.Weight.Normal
            )

    def _line(self, painter: QPainter, rect: QRectF, words: str, colour: str, weight: QFont.Weight) -> None:
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setWeight(weight)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, words)
