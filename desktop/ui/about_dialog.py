"""AboutDialog: name, version, licences, and the details for a problem report."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ..library.paths import Folders
from ..studio.about import About
from .language import Retranslating, explain, explain_button, tr
from .theme import Theme
from .widgets.controls import label, named
from .widgets.dialog_sheet import resize_within_screen
from .widgets.outside import open_outside


class AboutDialog(Retranslating, QDialog):
    """Not modal."""

    def __init__(self, theme: Theme, folders: Folders, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = about = About.this()
        self._folders = folders
        self.setObjectName("about")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("ground", "panel")
        self._sign = label("value")
        self._sign.setPixmap(theme.icon("safelight", size=64).pixmap(64))
        self._name = label("heading", "about_name")
        self._promise = label("body", "about_promise")
        self._promise.setWordWrap(True)
        self._versions_title, self._versions = label("caption"), _text("versions", about.details)
        self._licences_title, self._licences = label("caption"), _text("licences", about.notice)
        self._versions_title.setBuddy(self._versions)
        self._licences_title.setBuddy(self._licences)
        self._copy = named(QPushButton(), "copy_details")
        self._log = named(QPushButton(), "show_log")
        self._close = named(QPushButton(), "close_about")
        self._close.setDefault(True)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(about.details))
        self._log.clicked.connect(lambda: open_outside(self._folders.logs))
        self._close.clicked.connect(self.close)
        self._lay_out()
        self.retranslate()

    def open(self) -> None:
        self._close.setFocus()
        self.show()  # QDialog.open would be modal

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "About Safelight"))
        self._name.setText(f"Safelight {self._about.version}")
        self._promise.setText(tr("Safelight", "Watch a picture develop, steer it, keep every step. Everything runs on this computer."))
        self._versions_title.setText(tr("Safelight", "Versions"))
        self._licences_title.setText(tr("Safelight", "Licences"))
        explain(self._versions, tr("Safelight", "Versions"), tr("Safelight", "The libraries that Safelight runs on here."))
        explain(self._licences, tr("Safelight", "Licences"), tr("Safelight", "Third-party work included in Safelight, and its licences."))
        for button, words, explanation in (
            (self._copy, tr("Safelight", "Copy details"), tr("Safelight", "Copy the versions for a problem report.")),
            (self._log, tr("Safelight", "Open log folder"), tr("Safelight", "Open the folder with Safelight's log file.")),
            (self._close, tr("Safelight", "Close"), tr("Safelight", "Close this window.")),
        ):
            explain_button(button, words, explanation)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch()
        words.addWidget(self._name)
        words.addWidget(self._promise)
        words.addStretch()
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._sign)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._copy)
        buttons.addWidget(self._log)
        buttons.addStretch()
        buttons.addWidget(self._close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 20)
        whole.setSpacing(8)
        whole.addLayout(top)
        whole.addSpacing(8)
        whole.addWidget(self._versions_title)
        whole.addWidget(self._versions, 2)
        whole.addWidget(self._licences_title)
        whole.addWidget(self._licences, 5)
        whole.addSpacing(8)
        whole.addLayout(buttons)
        resize_within_screen(self, 640, 640)  # px


def _text(name: str, text: str) -> QPlainTextEdit:
    shown = named(QPlainTextEdit(text), name)
    shown.setReadOnly(True)
    shown.setTabChangesFocus(True)
    shown.setProperty("small", "true")
    return shown
