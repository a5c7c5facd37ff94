"""Palette: every action by name, with its key; found in both languages and run by Enter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction, QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from ...errors import QT_TRANSLATE_NOOP
from ..language import Retranslating, in_every_language, tr
from ..theme import Theme
from ..widgets.command import Command
from ..widgets.controls import Index, label, named
from .popover import Popover

WIDTH = 460  # px
ROW = 30  # px
MOST_ROWS = 12
AROUND = 24  # px: margins, spacing and the border above and below
FROM_TOP = 48  # px
ICON = 14  # px
SEARCH_OR_RUN = QT_TRANSLATE_NOOP("Safelight", "Search or run")


@dataclass(frozen=True, slots=True)
class Named:
    """Something that is found by its name."""

    name: str  # in the language of the window

    def rank(self, words: list[str]) -> int | None:
        """How well it fits: 0 if the name begins with the words, 1 if words in it begin with them, 2 if it holds them; None if not."""
        searched = [name.lower() for name in in_every_language(self.name)]
        fitting = [name for name in searched if all(word in name for word in words)]
        if not fitting:
            return None
        if any(name.startswith(" ".join(words)) for name in fitting):
            return 0
        return 1 if any(all(f" {word}" in f" {name}" for word in words) for name in fitting) else 2


@dataclass(frozen=True, slots=True)
class NamedCommand(Named):
    key: str
    action: QAction

    @classmethod
    def of(cls, action: QAction) -> NamedCommand:
        key = action.key if isinstance(action, Command) else action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        return cls(action.text(), key, action)


class Palette(Retranslating, Popover):
    """What cannot be done now is listed but cannot be chosen."""

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over, "palette")
        self._entries: list[NamedCommand] = []
        self._purpose = SEARCH_OR_RUN
        self._search = named(QLineEdit(), "palette_search")
        self._none = label("quiet", "palette_none")
        self._model = _Entries(self)
        self._list = named(QListView(), "palette_list")
        self._list.setModel(self._model)
        self._list.setItemDelegate(_Row(theme, self._list))
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys of the search line move in it
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self._search, self._none, self._list):
            layout.addWidget(widget)
        self._search.textChanged.connect(self._find)
        self._search.returnPressed.connect(lambda: self._run(self._list.currentIndex()))
        self._list.clicked.connect(self._run)
        self._list.selectionModel().currentChanged.connect(self._read_out)
        self.retranslate()

    def open_with(self, actions: Iterable[QAction], purpose: str = SEARCH_OR_RUN) -> None:
        """Open it with those of `actions` that have a name, each name once; close it if it is open. `purpose`: marked for translation."""
        if self.isVisible():
            self.close_popover()
            return
        self._purpose = purpose
        self.retranslate()
        by_name: dict[str, NamedCommand] = {}
        for action in actions:
            if action.text():
                by_name.setdefault(action.text(), NamedCommand.of(action))
        self._entries = list(by_name.values())
        self._search.clear()
        self._find()
        self.open_popover()

    def place(self, room: QRect) -> QRect:
        width = min(WIDTH, room.width() - 32)
        rows = min(max(1, self._model.rowCount()), MOST_ROWS)
        height = min(self._search.sizeHint().height() + AROUND + rows * ROW, room.height() - FROM_TOP - 8)
        return QRect((room.width() - width) // 2, FROM_TOP, width, height)

    def first(self) -> QWidget:
        return self._search

    def retranslate(self) -> None:
        words = tr("Safelight", self._purpose)
        self.setAccessibleName(words)
        self._search.setPlaceholderText(words)
        self._search.setAccessibleName(words)
        self._search.setAccessibleDescription(
            tr("Safelight", "Type the name of an action in English or Chinese. Arrows choose, Enter runs.")
        )
        self._list.setAccessibleName(tr("Safelight", "Actions"))
        self._none.setText(tr("Safelight", "There is no action with this name."))

    def _find(self) -> None:
        words = self._search.text().lower().split()
        ranked = [(rank, entry) for entry in self._entries if (rank := entry.rank(words)) is not None]
        entries = [entry for _, entry in sorted(ranked, key=lambda found: (found[0], not found[1].action.isEnabled()))]
        self._model.show_entries(entries)
        self._none.setVisible(not entries)
        self._list.setVisible(bool(entries))
        self._move(to=0, by=1)
        self.fit()

    def _move(self, to: int, by: int) -> None:
        """Choose row `to`, or the next in direction `by` that can be chosen, around the end of the list."""
        rows = self._model.rowCount()
        for row in ((to + by * distance) % rows for distance in range(rows)):
            index = self._model.index(row)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self._list.setCurrentIndex(index)
                return

    def _run(self, index: Index) -> None:
        if index.isValid() and index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.close_popover()
            self._model.entry(index).action.trigger()

    def _read_out(self, index: Index) -> None:
        """The focus stays in the search line, so say which entry is chosen."""
        if self.isVisible() and index.isValid():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._search, index.data(Qt.ItemDataRole.AccessibleTextRole)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that the search line leaves: they move in the list."""
        row, last = self._list.currentIndex().row(), self._model.rowCount() - 1
        match event.key():
            case Qt.Key.Key_Down:
                self._move(row + 1, 1)
            case Qt.Key.Key_Up:
                self._move(row - 1, -1)
            case Qt.Key.Key_PageDown:
                self._move(min(row + MOST_ROWS, last), -1)
            case Qt.Key.Key_PageUp:
                self._move(max(row - MOST_ROWS, 0), 1)
            case _:
                super().keyPressEvent(event)


class _Entries(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: list[NamedCommand] = []

    def show_entries(self, entries: list[NamedCommand]) -> None:
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def entry(self, index: Index) -> NamedCommand:
        return self._entries[index.row()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) if self.entry(index).action.isEnabled() else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entry(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.name
            case Qt.ItemDataRole.ToolTipRole:
                return entry.action.toolTip()
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{entry.name}, {entry.key}" if entry.key else entry.name
            case Qt.ItemDataRole.UserRole:
                return entry
        return None


class _Row(QStyledItemDelegate):
    """A check mark for what is on, the name, and the key at the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.text = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        tokens, entry, room = self._theme.tokens, index.data(Qt.ItemDataRole.UserRole), option.rect.adjusted(10, 0, -10, 0)
        enabled = entry.action.isEnabled()
        painter.save()
        painter.setFont(option.font)
        if entry.action.isChecked():
            self._theme.icon("check", tokens.text, ICON).paint(painter, room.x(), room.y() + (ROW - ICON) // 2, ICON, ICON)
        painter.setPen(QColor(tokens.quiet if enabled else tokens.faint))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, entry.key)
        room.setLeft(room.left() + ICON + 10)
        room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(entry.key) - 10)
        painter.setPen(QColor(tokens.text if enabled else tokens.faint))
        words = painter.fontMetrics().elidedText(entry.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.restore()
