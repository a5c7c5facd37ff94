"""StylesDialog: the user's styles, to write, rename and delete."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ...studio.styles import Styles
from ..language import Retranslating, explain, explain_button, tr
from ..widgets.controls import label, named
from ..widgets.dialog_sheet import DialogSheet

WIDTH, LIST, HEIGHT = 520, 180, 220  # px


class StylesDialog(Retranslating, QDialog):
    """Is not modal. What is typed is kept at once."""

    def __init__(self, styles: Styles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._styles = styles
        self.setObjectName("styles")
        self.setModal(False)
        self._about = label("quiet", "about_styles")
        self._list = named(_List(), "style_list")
        self._list.setProperty("choices", "true")
        self._name = named(QLineEdit(), "style_name")
        self._words = named(QPlainTextEdit(), "style_words")
        self._words.setTabChangesFocus(True)
        self._name_caption = label("caption", "style_name_caption", self._name)
        self._words_caption = label("caption", "style_words_caption", self._words)
        self._new = named(QPushButton(), "new_style")
        self._delete = named(QPushButton(), "delete_style")
        self._close = named(QPushButton(), "close_styles")
        for button in (self._new, self._delete, self._close):
            button.setAutoDefault(False)
        self._lay_out()

        self._list.removed.connect(self._remove)
        self._list.currentRowChanged.connect(self._show_style)
        self._name.editingFinished.connect(self._rename)
        self._words.textChanged.connect(self._keep_words)
        self._new.clicked.connect(lambda: self.begin(""))
        self._delete.clicked.connect(self._remove)
        self._close.clicked.connect(self.accept)
        styles.changed.connect(self._fill)
        if parent is not None:  # the keys of a window do not reach its dialogs
            self.addActions([action for action in parent.actions() if action.objectName() in ("undo", "redo")])
        self._fill()
        self.retranslate()

    def open(self) -> None:
        self.show()  # QDialog.open would make it modal
        self.activateWindow()

    def begin(self, words: str) -> None:
        """Add a style with `words`, and let the user name it."""
        place = self._styles.add(words.strip() or tr("Safelight", "new style"))
        self._list.setCurrentRow(place)
        self._name.setFocus()
        self._name.selectAll()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Styles"))
        self._about.setText(tr("Safelight", "Words that you use often, each under a name. The styles button adds them to the prompt."))
        explain(self._list, tr("Safelight", "Styles"), tr("Safelight", "Choose a style to change it. Del deletes it."))
        for control, caption, words, explanation in (
            (self._name, self._name_caption, tr("Safelight", "Name"), tr("Safelight", "What the menu calls this style.")),
            (self._words, self._words_caption, tr("Safelight", "Words"), tr("Safelight", "What this style adds to the prompt.")),
        ):
            caption.setText(words)
            explain(control, words, explanation)
        for button, words, explanation in (
            (self._new, tr("Safelight", "New style"), tr("Safelight", "Add a style.")),
            (self._delete, tr("Safelight", "Delete"), tr("Safelight", "Delete this style. It can be undone.")),
            (self._close, tr("Safelight", "Close"), tr("Safelight", "Close this window.")),
        ):
            explain_button(button, words, explanation)

    # -- inside

    def _fill(self) -> None:
        place = self._list.currentRow()
        with QSignalBlocker(self._list):
            self._list.clear()
            self._list.addItems([style.name for style in self._styles.all])
            self._list.setCurrentRow(min(max(place, 0), self._list.count() - 1))
        self._show_style()

    def _show_style(self) -> None:
        place = self._list.currentRow()
        style = self._styles.all[place] if place >= 0 else None
        for control in (self._name, self._words, self._delete):
            control.setEnabled(style is not None)
        self._name.setText(style.name if style else "")
        if self._words.toPlainText() != (words := style.words if style else ""):
            with QSignalBlocker(self._words):
                self._words.setPlainText(words)

    def _rename(self) -> None:
        if self._list.currentRow() >= 0:
            self._styles.change(self._list.currentRow(), name=self._name.text())

    def _keep_words(self) -> None:
        if self._list.currentRow() >= 0:
            self._styles.change(self._list.currentRow(), words=self._words.toPlainText())

    def _remove(self) -> None:
        if self._list.currentRow() >= 0:
            self._styles.remove(self._list.currentRow())

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDTH)
        self._about.setWordWrap(True)
        self._list.setFixedWidth(LIST)
        self._list.setMinimumHeight(HEIGHT)
        style = QVBoxLayout()
        style.setSpacing(6)
        for part in (self._name_caption, self._name, self._words_caption, self._words):
            style.addWidget(part)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(self._list)
        both.addLayout(style, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._new)
        buttons.addWidget(self._delete)
        buttons.addStretch()
        buttons.addWidget(self._close)
        form = QVBoxLayout()
        form.setContentsMargins(24, 20, 24, 20)
        form.setSpacing(16)
        form.addWidget(self._about)
        form.addLayout(both)
        DialogSheet(self, form, buttons, WIDTH)


class _List(QListWidget):
    removed = Signal()  # by Del

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Delete):
            self.removed.emit()
        else:
            super().keyPressEvent(event)
