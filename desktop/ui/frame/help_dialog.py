"""HelpDialog: a sheet of all keys, read from the commands and widgets themselves, and ways to what explains the program."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QHBoxLayout, QHeaderView, QLineEdit, QPushButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ..language import Retranslating, explain, tr
from ..widgets.command import Command, WidgetKeys
from ..widgets.controls import label, named
from ..widgets.dialog_sheet import resize_within_screen
from .palette import Named, NamedCommand

NAMED = Qt.ItemDataRole.UserRole


class HelpDialog(Retranslating, QDialog):
    """Not modal."""

    def __init__(self, sections: Sequence[tuple[str, Sequence[QAction | WidgetKeys]]], links: Sequence[Command], parent: QWidget) -> None:
        """`sections`: a caption, marked for translation, and what has keys below it. `links`: commands that become buttons."""
        super().__init__(parent)
        self._sections = sections
        self._links = links
        self.setObjectName("help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("ground", "panel")
        self._buttons = [self._button(command) for command in links]
        self._title = label("heading", "help_title")
        self._search = named(QLineEdit(), "help_search")
        self._none = label("quiet", "help_none")
        self._tree = tree = named(QTreeWidget(), "help_keys")
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setIndentation(12)
        tree.header().setStretchLastSection(False)
        self._close = named(QPushButton(), "close_help")
        self._close.clicked.connect(self.close)
        self._search.textChanged.connect(self._find)
        self._lay_out()
        self.retranslate()

    def open(self) -> None:
        self.show()  # QDialog.open would be modal
        self._search.setFocus()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Help"))
        self._title.setText(tr("Safelight", "Keys"))
        words = tr("Safelight", "Search in English or Chinese")
        self._search.setPlaceholderText(words)
        explain(self._search, words, tr("Safelight", "Type the name of an action to find its key."))
        explain(self._tree, tr("Safelight", "Keys"), tr("Safelight", "Every action that has a key."))
        self._tree.setToolTip("")
        self._none.setText(tr("Safelight", "There is no action with a key and this name."))
        self._close.setText(tr("Safelight", "Close"))
        explain(self._close, tr("Safelight", "Close"), tr("Safelight", "Close this window."))
        for button, command in zip(self._buttons, self._links, strict=True):
            button.setText(command.text())
            explain(button, command.text(), command.toolTip())
        self._fill()

    def _button(self, command: Command) -> QPushButton:
        button = named(QPushButton(), f"help_{command.objectName()}")
        button.setAutoDefault(False)
        button.clicked.connect(self.close)
        button.clicked.connect(command.trigger)
        return button

    def _fill(self) -> None:
        self._tree.clear()
        for caption, actions in self._sections:
            group = QTreeWidgetItem(self._tree, [tr("Safelight", caption)])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = self.font()
            font.setWeight(font.Weight.DemiBold)
            group.setFont(0, font)
            for each in actions:
                if isinstance(each, WidgetKeys):
                    self._add(group, Named(tr("Safelight", each.name)), tr("Safelight", each.keys), "")
                elif each.text() and (entry := NamedCommand.of(each)).key:
                    self._add(group, entry, each.keys if isinstance(each, Command) else entry.key, each.toolTip())
            group.setExpanded(True)
        self._find()

    def _add(self, group: QTreeWidgetItem, entry: Named, keys: str, explanation: str) -> None:
        item = QTreeWidgetItem(group, [entry.name, keys])
        item.setData(0, NAMED, entry)
        item.setToolTip(0, explanation)

    def _find(self) -> None:
        words = self._search.text().lower().split()
        found = 0
        for row in range(self._tree.topLevelItemCount()):
            group = self._tree.topLevelItem(row)
            assert group is not None
            items = list(filter(None, map(group.child, range(group.childCount()))))
            for item in items:
                item.setHidden(item.data(0, NAMED).rank(words) is None)
            shown = sum(not item.isHidden() for item in items)
            group.setHidden(not shown)
            found += shown
        self._none.setVisible(not found)

    def _lay_out(self) -> None:
        header = self._tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        left = QVBoxLayout()
        left.setSpacing(6)
        for button in self._buttons:
            button.setMinimumWidth(150)
            left.addWidget(button)
        left.addStretch()
        self._close.setAutoDefault(False)
        left.addWidget(self._close)
        right = QVBoxLayout()
        right.setSpacing(8)
        for widget in (self._title, self._search, self._none, self._tree):
            right.addWidget(widget)
        right.setStretchFactor(self._tree, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(20, 16, 16, 16)
        whole.setSpacing(16)
        whole.addLayout(left)
        whole.addLayout(right, 1)
        resize_within_screen(self, 680, 560)  # px
