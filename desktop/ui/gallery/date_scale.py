"""DateScale: the days beside the grid, from the newest to the oldest. A click or a drag goes there."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QLocale, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ...studio.gallery import Gallery
from ..language import Retranslating, explain, tr
from ..theme import Theme
from .tile_layout import TileLayout

WIDTH = 52  # px
APART = 22  # px, at least, from one label to the next


class DateScale(Retranslating, QWidget):
    """The scroll bar beside it is its way by keyboard."""

    jumped = Signal(int)  # height in the content, px

    def __init__(self, gallery: Gallery, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._gallery = gallery
        self._theme = theme
        self._layout = TileLayout((), 1, 1)
        self._top = 0
        self.setObjectName("date_scale")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)
        self.retranslate()

    def show_layout(self, layout: TileLayout) -> None:
        self._layout = layout
        self.update()

    def show_place(self, top: int) -> None:
        """The grid shows what begins at this height of the content, px."""
        before, self._top = self._layout.group_at(self._top), top
        if self._layout.group_at(top) != before:
            self.update()

    def retranslate(self) -> None:
        explain(self, tr("Safelight", "Days"), tr("Safelight", "Go to a day."))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        days = [(group, of.heading) for group, of in enumerate(self._gallery.groups) if isinstance(of.heading, date)]
        if not days or not self._layout.height or len(days) != len(self._gallery.groups):
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.panel))
        now = self._layout.group_at(self._top) or 0
        font = QFont(self.font())
        font.setPixelSize(11)
        places = {group: round(self._layout.head(group).top() / self._layout.height * (self.height() - APART)) for group, _ in days}
        end, above = -APART, None
        for group, day in days:
            y = places[group]
            if group != now and (y < end + APART or abs(y - places[now]) < APART):
                continue
            font.setWeight(QFont.Weight.DemiBold if group == now else QFont.Weight.Normal)
            painter.setFont(font)
            painter.setPen(QColor(self._theme.tokens.text if group == now else self._theme.tokens.quiet))
            painter.drawText(QRect(0, y, self.width() - 10, 18), Qt.AlignmentFlag.AlignRight, self._label(day, above, group == now))
            end, above = y, day

    def _label(self, day: date, above: date | None, is_now: bool) -> str:
        """As short as the label above allows: the day, the day and the month, or the year."""
        at = QDate(day.year, day.month, day.day)
        if above is not None and above.year != day.year and not is_now:
            return str(day.year)
        if above is not None and (above.year, above.month) == (day.year, day.month) and not is_now:
            return str(day.day)
        return QLocale().toString(at, tr("Safelight", "d MMM"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._jump(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._jump(event)

    def _jump(self, event: QMouseEvent) -> None:
        share = event.position().y() / max(1, self.height() - APART)
        group = self._layout.group_at(round(min(max(share, 0), 1) * self._layout.height))
        if group is not None:
            self.jumped.emit(self._layout.head(group).top())
