"""Files and folders in the programs that the system has for them."""

from __future__ import annotations

from pathlib import Path


def open_outside(path: Path) -> None:
    """Open the file or the folder at `path` in the program of the system for it."""
    from PySide6.QtCore import QUrl  # here: the first paint need not wait for its many enums
    from PySide6.QtGui import QDesktopServices

    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
