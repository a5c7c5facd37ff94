"""Jobs: the queue, opened from the rail over whichever place is shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...studio.generation import Generation
from ..language import Retranslating, tr
from ..theme import Theme
from ..widgets.controls import label
from .popover import Popover
from .queue_list import QueueList

WIDTH = 340  # px
GAP = 8  # px, to the rail and to the lower edge of the window


class Jobs(Retranslating, Popover):
    """Stands beside `rail`."""

    def __init__(self, over: QWidget, rail: QWidget, opener: QWidget, generation: Generation, theme: Theme) -> None:
        super().__init__(over, "jobs", opener)
        self._generation = generation
        self._rail = rail
        self._title = label("title", "jobs_title")
        self._empty = label("quiet", "jobs_empty")
        self._queue = QueueList(generation, theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._empty)
        layout.addWidget(self._queue)
        generation.queue_changed.connect(self._show_empty)
        self.retranslate()

    def place(self, room: QRect) -> QRect:
        height = min(self.sizeHint().height(), room.height() - 2 * GAP)
        return QRect(self._rail.width() + GAP, room.bottom() + 1 - GAP - height, WIDTH, height)

    def first(self) -> QWidget:
        return self._queue.first() or self

    def retranslate(self) -> None:
        words = tr("Safelight", "Jobs")
        self.setAccessibleName(words)
        self._title.setText(words)
        self._empty.setText(tr("Safelight", "Nothing is queued."))
        self._show_empty()

    def _show_empty(self) -> None:
        self._empty.setVisible(not self._generation.up_next)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return super().event(event)
