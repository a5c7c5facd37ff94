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
DIE = 28  # px, within the field


class NoiseSeed(QWidget):
    """A seed that may be empty, with a button that rolls a random one."""

    edited = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}_row")
        self.number = Digits(name)
        self._die = Die(theme, f"{name}_random")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self.number, 1)
        self._row.addWidget(self._die)
        self.number.textEdited.connect(self.edited)
        self._die.clicked.connect(self.roll)

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
    """Says "Random" until the seed is locked. A typed or rolled seed is locked; the lock keeps the seed that was used last."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "seed")
        self._next = secrets.randbelow(MOST_SEED + 1)  # the seed while none is locked
        self._used: int | None = None  # of the last picture
        self._lock = IconButton(theme, "lock-open", "seed_lock", 16)
        self._lock.setCheckable(True)
        self._row.addWidget(self._lock)
        inside = QHBoxLayout(self.number)
        inside.setContentsMargins(1, 0, 0, 0)
        inside.addWidget(self._die)
        inside.addStretch()
        self._die.setFixedSize(DIE, DIE)
        self.number.setTextMargins(DIE - 6, 0, 0, 0)
        self.number.textEdited.connect(lambda: self.set_locked(bool(self.number.digits)))
        self._lock.toggled.connect(self._show_lock)
        self.retranslate()

    @property
    def seed(self) -> int:
        """That of the next picture."""
        return int(self.number.digits) if self.number.digits else self._next

    @property
    def locked(self) -> bool:
        return self._lock.isChecked()

    def set_seed(self, seed: int | None) -> None:
        """Show `seed` and lock it."""
        super().set_seed(seed)
        self.set_locked(seed is not None)

    def set_next(self, seed: int) -> None:
        """Let the next picture have `seed` without locking it."""
        self.number.show_digits("")
        self._next = seed
        self.set_locked(False)

    def set_locked(self, locked: bool) -> None:
        self._lock.setChecked(locked)

    def use(self, seed: int) -> None:
        """A picture was made with `seed`: unless it is locked, the next one has a random seed."""
        self._used = seed
        if not self.locked:
            self._next = secrets.randbelow(MOST_SEED + 1)

    def retranslate(self) -> None:
        self.number.setPlaceholderText(tr("Safelight", "Random"))
        explain(
            self._lock,
            tr("Safelight", "Keep the seed"),
            tr("Safelight", "The next picture uses the same seed. Unlock it for a random one.")
            if self.locked
            else tr("Safelight", "Each picture gets a random seed. Lock it to keep the seed of the last picture."),
        )

    def _show_lock(self, locked: bool) -> None:
        self._lock.show_icon("lock" if locked else "lock-open")
        if locked and not self.number.digits:
            self.number.show_digits(str(self._next if self._used is None else self._used))
        elif not locked and self.number.digits:
            self._next = secrets.randbelow(MOST_SEED + 1)
            self.number.show_digits("")
        self.retranslate()
        self.edited.emit()


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
