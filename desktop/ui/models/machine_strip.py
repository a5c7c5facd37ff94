"""MachineStrip: how much memory and disk this computer has, and how much of it is free."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ...studio.model_shelf import ModelShelf
from ..language import Retranslating, tr
from ..theme import Theme
from ..widgets import model_words as words
from ..widgets.controls import label

HEIGHT = 52  # px
ICON = 18  # px


class MachineStrip(Retranslating, QFrame):
    """A part for the graphics card, if there is one, for main memory and for the disk."""

    def __init__(self, shelf: ModelShelf, theme: Theme) -> None:
        super().__init__()
        self._shelf = shelf
        self._theme = theme
        self.setObjectName("machine_strip")
        self.setProperty("pill", "true")
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        self._parts = {
            name: _Part(name, theme, icon) for name, icon in (("device", "monitor"), ("memory", "memory-stick"), ("disk", "hard-drive"))
        }
        for part in self._parts.values():
            row.addWidget(part, 1)
        shelf.facts_changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "This computer"))
        hardware, room = self._shelf.hardware, self._shelf.room
        has_card = hardware is not None and hardware.kind == "cuda"
        self._parts["device"].setVisible(has_card)
        if hardware is not None and has_card:
            self._parts["device"].show_texts(
                hardware.name,
                tr("Safelight", "{size}, {free} free").format(
                    size=words.bytes_of(hardware.total_memory), free=words.bytes_of(hardware.free_memory)
                ),
            )
        if room is not None:
            self._parts["memory"].show_texts(
                tr("Safelight", "{size} of memory").format(size=words.bytes_of(room.memory)),
                tr("Safelight", "{size} free").format(size=words.bytes_of(room.free_memory)),
            )
            self._parts["disk"].show_texts(
                tr("Safelight", "{size} free").format(size=words.bytes_of(room.free_disk)), tr("Safelight", "on the disk of Safelight")
            )


class _Part(QWidget):
    """An icon beside two lines."""

    def __init__(self, name: str, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._picture = QLabel()
        self._main, self._detail = label("fact", f"machine_{name}"), label("note", f"machine_{name}_detail")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addStretch()
        for line in (self._main, self._detail):
            line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            lines.addWidget(line)
        lines.addStretch()
        row.addWidget(self._picture)
        row.addLayout(lines, 1)
        theme.changed.connect(self._tint)
        self._tint()

    def show_texts(self, main: str, detail: str) -> None:
        self._main.setText(main)
        self._detail.setText(detail)

    def _tint(self) -> None:
        self._picture.setPixmap(self._theme.icon(self._icon, size=ICON).pixmap(ICON, ICON))
