"""UndoCommands: undo and redo by key wherever the focus is, unless it is in a text field that has something to undo itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QWidget

from ...errors import QT_TRANSLATE_NOOP
from ...studio.undo import Undo
from ..language import titled, tr
from ..widgets.command import Command


class UndoCommands(QObject):
    def __init__(self, undo: Undo, window: QWidget) -> None:
        super().__init__(window)
        self._undo = undo
        self.undo = Command(window, "undo", undo.undo, "Ctrl+Z")
        self.redo = Command(window, "redo", undo.redo, "Ctrl+Shift+Z", "Ctrl+Y")
        self._field: QWidget | None = None  # has the focus
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._watch)
        undo.changed.connect(self.retranslate)

    def retranslate(self) -> None:
        last, undone = self._undo.last, self._undo.undone
        self.undo.setEnabled(last is not None)
        self.redo.setEnabled(undone is not None)
        self.undo.explain(
            titled(QT_TRANSLATE_NOOP("Safelight", "Undo {change}"), {"change": last.words}) if last else tr("Safelight", "Undo"),
            tr("Safelight", "Take back what was removed, rearranged or replaced last."),
        )
        self.redo.explain(
            titled(QT_TRANSLATE_NOOP("Safelight", "Redo {change}"), {"change": undone.words}) if undone else tr("Safelight", "Redo"),
            tr("Safelight", "Do again what was undone last."),
        )

    def _watch(self, _: QWidget | None, focused: QWidget | None) -> None:
        if self._field is not None:
            self._field.removeEventFilter(self)
        self._field = focused if isinstance(focused, (QLineEdit, QPlainTextEdit, QAbstractSpinBox)) else None
        if self._field is not None:
            self._field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            is_undo, is_redo = event.matches(QKeySequence.StandardKey.Undo), event.matches(QKeySequence.StandardKey.Redo)
            if (is_undo or is_redo) and not _has_own(watched, is_undo):
                event.ignore()
                return True  # the field would take the key for itself
        return False


def _has_own(field: QObject, is_undo: bool) -> bool:
    """Whether there is something to undo, or to redo, in `field`."""
    if isinstance(field, QAbstractSpinBox):
        field = field.lineEdit()
    if isinstance(field, QLineEdit):
        return field.isUndoAvailable() if is_undo else field.isRedoAvailable()
    if isinstance(field, QPlainTextEdit):
        return field.document().isUndoAvailable() if is_undo else field.document().isRedoAvailable()
    return False
