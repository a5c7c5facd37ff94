"""VocabularyDialog: everything that a model knows, in groups and in both languages; a click or Enter puts it into the prompt."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ...errors import QT_TRANSLATE_NOOP
from ...library.vocabulary import Phrase, Vocabulary
from ..language import Retranslating, explain, tr
from .controls import label, named
from .dialog_sheet import resize_within_screen

GROUPS = {  # in the order of the list; a group that is not named here comes last, under its own name
    "animal": QT_TRANSLATE_NOOP("Safelight", "Animals"),
    "person": QT_TRANSLATE_NOOP("Safelight", "People"),
    "food": QT_TRANSLATE_NOOP("Safelight", "Food"),
    "plant": QT_TRANSLATE_NOOP("Safelight", "Plants"),
    "vehicle": QT_TRANSLATE_NOOP("Safelight", "Vehicles"),
    "building": QT_TRANSLATE_NOOP("Safelight", "Buildings"),
    "music": QT_TRANSLATE_NOOP("Safelight", "Instruments"),
    "sport": QT_TRANSLATE_NOOP("Safelight", "Sports"),
    "clothing": QT_TRANSLATE_NOOP("Safelight", "Clothes"),
    "tool": QT_TRANSLATE_NOOP("Safelight", "Tools"),
    "nature": QT_TRANSLATE_NOOP("Safelight", "Sky and fire"),
    "thing": QT_TRANSLATE_NOOP("Safelight", "Other things"),
    "place": QT_TRANSLATE_NOOP("Safelight", "Places"),
    "colour": QT_TRANSLATE_NOOP("Safelight", "Colours"),
    "count": QT_TRANSLATE_NOOP("Safelight", "Counts"),
    "size": QT_TRANSLATE_NOOP("Safelight", "Sizes"),
    "arrangement": QT_TRANSLATE_NOOP("Safelight", "Arrangements"),
    "action": QT_TRANSLATE_NOOP("Safelight", "Actions of things"),
    "style": QT_TRANSLATE_NOOP("Safelight", "Styles"),
}
ENTRY = Qt.ItemDataRole.UserRole


class VocabularyDialog(Retranslating, QDialog):
    """Not modal. Arrows move from the search line into the list."""

    chosen = Signal(object)  # Phrase

    def __init__(self, vocabulary: Vocabulary, parent: QWidget) -> None:
        super().__init__(parent)
        self._vocabulary = vocabulary
        self.setObjectName("vocabulary")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("ground", "panel")
        self._hint = label("quiet", "vocabulary_hint")
        self._hint.setWordWrap(True)
        self._search = named(QLineEdit(), "vocabulary_search")
        self._none = label("quiet", "vocabulary_none")
        self._none.hide()
        self._tree = tree = named(QTreeWidget(), "vocabulary_list")
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setIndentation(12)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        for widget in (self._hint, self._search, self._none, tree):
            layout.addWidget(widget)
        layout.setStretchFactor(tree, 1)
        self._search.textChanged.connect(self._find)
        self._search.returnPressed.connect(lambda: self._choose(tree.currentItem()))
        self._search.installEventFilter(self)
        tree.itemClicked.connect(self._choose)
        tree.installEventFilter(self)
        self._fill()
        self.retranslate()
        resize_within_screen(self, 440, 560)  # px

    def open(self) -> None:
        self.show()  # QDialog.open would be modal
        self._search.setFocus()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "What does it know?"))
        self._hint.setText(tr("Safelight", "Click a word, or choose it with the arrows and press Enter, to put it into the prompt."))
        words = tr("Safelight", "Search in English or Chinese")
        self._search.setPlaceholderText(words)
        explain(self._search, words, tr("Safelight", "Type a word; arrows choose, Enter puts it into the prompt."))
        explain(self._tree, tr("Safelight", "Known words"), tr("Safelight", "Enter puts the chosen word into the prompt."))
        self._tree.setToolTip("")
        self._none.setText(tr("Safelight", "The model does not know this word."))
        for group in self._groups():
            name = group.data(1, ENTRY)
            group.setText(0, tr("Safelight", GROUPS[name]) if name in GROUPS else name)

    def _groups(self) -> list[QTreeWidgetItem]:
        items = (self._tree.topLevelItem(row) for row in range(self._tree.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _fill(self) -> None:
        order = list(GROUPS)
        for name, entries in sorted(
            self._vocabulary.groups.items(), key=lambda group: order.index(group[0]) if group[0] in order else len(order)
        ):
            group = QTreeWidgetItem(self._tree)
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)  # only its entries are chosen
            group.setData(1, ENTRY, name)
            group.setFirstColumnSpanned(True)
            font = self.font()
            font.setWeight(font.Weight.DemiBold)
            group.setFont(0, font)
            for entry in entries:
                item = QTreeWidgetItem(group, [entry.texts["en"][0], entry.texts["zh"][0]])
                item.setData(0, ENTRY, entry)
            group.setExpanded(True)

    def _find(self) -> None:
        wanted = self._search.text().strip().lower()
        first: QTreeWidgetItem | None = None
        for group in self._groups():
            shown = 0
            for item in filter(None, map(group.child, range(group.childCount()))):
                entry: Phrase = item.data(0, ENTRY)
                is_hidden = not any(wanted in text.lower() for texts in entry.texts.values() for text in texts)
                item.setHidden(is_hidden)
                if not is_hidden:
                    first = first or item
                    shown += 1
            group.setHidden(not shown)
        self._none.setVisible(first is None)
        if first is not None:
            self._tree.setCurrentItem(first)

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        entry = item.data(0, ENTRY) if item is not None and not item.isHidden() else None
        if isinstance(entry, Phrase):
            self.chosen.emit(entry)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self._search and event.key() == Qt.Key.Key_Down:
                if self._tree.currentItem() is None:
                    self._find()
                self._tree.setFocus()
                return True
            if watched is self._tree and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self._tree.currentItem())
                return True
        return super().eventFilter(watched, event)
