"""DialogFoot: the lowest row of a dialog, with Cancel and the button that does what the dialog is for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton

from ..language import explain_button, tr
from .controls import named


class DialogFoot(QHBoxLayout):
    """Cancel closes `dialog`; `start`, which Enter presses too, calls `do`."""

    def __init__(self, dialog: QDialog, name: str, do: Callable[[], None], least_width: int) -> None:
        """`name` is that of the dialog in the object names; `least_width` of `start` in px."""
        super().__init__()
        self._cancel = named(QPushButton(), f"cancel_{name}")
        self.start = named(QPushButton(), f"start_{name}")
        self.start.setDefault(True)
        self.start.setProperty("primary", "true")
        self.start.setMinimumWidth(least_width)
        self.setSpacing(8)
        self.addStretch()
        self.addWidget(self._cancel)
        self.addWidget(self.start)
        self._cancel.clicked.connect(dialog.reject)
        self.start.clicked.connect(do)

    def show_words(self, words: str, explanation: str, cancelling: str) -> None:
        """Write `words` on `start` and explain both buttons; `cancelling` explains Cancel."""
        explain_button(self._cancel, tr("Safelight", "Cancel"), cancelling)
        explain_button(self.start, words, explanation)
