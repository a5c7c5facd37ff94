"""Fields for seeds, with a button that rolls a random one."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from ...diffusion.fields import MOST_SEED
from ..language import Retranslating, explain, tr
from ..theme import Theme
from .controls import IconButton

GAP = "\N{NO-BREAK SPACE}"  # between groups of three digits


class NoiseSeed(QWidget):
    """A seed that may be empty, with a button that rolls a random one."""

    edited = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}_row")
        self.number = Digits(name)
        die = Die(theme, f"{name}_random")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self.number, 1)
        self._row.addWidget(die)
        self.number.textEdited.connect(self.edited)
        die.clicked.connect(self.roll)

    @property
    def seed(self) -> int | None:
        """None while the field is empty or disabled."""
        return int(self.number.digits) if self.number.digits and self.isEnabled() else None

    def set_seed(self, seed: int | None) -> None:
        digits = "" if seed is None else str(seed)
        if digits != self.number.digits:
            self.number.show_digits(digits)
            self.edited.emit()

    def roll(self) -> None:
        """Fill in a random seed."""
        self.set_seed(secrets.randbelow(MOST_SEED + 1))


class SeedField(Retranslating, NoiseSeed):
    """Never empty, and with a lock: while it is unlocked, every Generate is followed by a new random seed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "seed")
        self._lock = IconButton(theme, "lock-open", "seed_lock", 16)
        self._lock.setCheckable(True)
        self._row.addWidget(self._lock)
        self.number.editingFinished.connect(self._fill)
        self._lock.toggled.connect(self._show_lock)
        self.roll()
        self.retranslate()

    @property
    def seed(self) -> int:
        """The seed; an empty field gets a random one first."""
        self._fill()
        return int(self.number.digits)

    @property
    def locked(self) -> bool:
        return self._lock.isChecked()

    def set_locked(self, locked: bool) -> None:
        self._lock.setChecked(locked)

    def retranslate(self) -> None:
        explain(
            self._lock,
            tr("Safelight", "Keep the seed"),
            tr("Safelight", "The next picture uses the same seed.")
            if self.locked
            else tr("Safelight", "Each Generate is followed by a new random seed. Lock it to keep this seed."),
        )

    def _show_lock(self, locked: bool) -> None:
        self._lock.show_icon("lock" if locked else "lock-open")
        self.retranslate()
        self.edited.emit()

    def _fill(self) -> None:
        if not self.number.digits:
            self.roll()


class Die(Retranslating, IconButton):
    """Rolls a random seed."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, "dices", name, 16)
        self.retranslate()

    def retranslate(self) -> None:
        explain(self, tr("Safelight", "Random seed"), tr("Safelight", "Fill in a random seed."))


class Digits(QLineEdit):
    """Takes digits only and shows them in groups of three; numbers above the largest seed are refused."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._good = ""
        self.textEdited.connect(self._regroup)

    @property
    def digits(self) -> str:
        return self._good

    def show_digits(self, digits: str) -> None:
        self._good = digits
        self.setText(grouped(digits))
        self.setCursorPosition(len(self.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        whole = len(self.selectedText()) == len(self.text()) > 0
        if event.matches(QKeySequence.StandardKey.Copy) and whole:
            QApplication.clipboard().setText(self.digits)  # without gaps, for other programs
        else:
            super().keyPressEvent(event)

    def _regroup(self, text: str) -> None:
        before = len(_digits_of(text[: self.cursorPosition()]))
        digits = _digits_of(text)
        if digits and int(digits) > MOST_SEED:
            digits, before = self._good, max(before - 1, 0)
        elif digits:
            before = max(0, before - (len(digits) - len(str(int(digits)))))
            digits = str(int(digits))
        self._good = digits
        shown = grouped(digits)
        self.setText(shown)
        self.setCursorPosition(next(place for place in range(len(shown) + 1) if len(_digits_of(shown[:place])) == min(before, len(digits))))


def _digits_of(text: str) -> str:
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


def grouped(digits: str) -> str:
    """The digits in groups of three."""
    return f"{int(digits):,}".replace(",", GAP) if digits else ""
