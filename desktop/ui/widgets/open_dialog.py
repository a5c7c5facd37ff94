"""Dialogs that leave the window usable are opened once: a second request brings the open one to the front."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget


def come_forward(window: QWidget, name: str) -> bool:
    """Bring the open dialog of `window` with that object name to the front; return False if there is none."""
    dialog = window.findChild(QDialog, name, Qt.FindChildOption.FindDirectChildrenOnly)
    if dialog is None:
        return False
    dialog.raise_()
    dialog.activateWindow()
    return True
