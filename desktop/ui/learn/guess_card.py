"""GuessCard: asks one question after the other before their answers are shown. FoundList: the answers so far."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ...library.lessons_file import Finding
from ..language import Retranslating, explain_button, sentence, tr
from ..theme import Theme
from ..widgets.controls import Number, Option, label, named
from ..widgets.slider_row import SliderRow
from .station import SKIPPED, Guess

ICON = 15  # px


class GuessCard(Retranslating, QFrame):
    """Shows the first question that has no answer yet."""

    marked = Signal(str, int)  # key of the guess, value of its slider: while it is moved
    looked = Signal(str, int)  # key of the guess, value or `SKIPPED`

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("learn_guess")
        self.setProperty("ground", "card")
        self._theme = theme
        self._guesses: Sequence[Guess] = ()
        self._answered: set[str] = set()
        self._icon = QLabel()
        self._title, self._count = label("strong", "learn_guess_title"), label("quiet", "learn_guess_count")
        self._question, self._hint = label("question", "learn_guess_question"), label("quiet", "learn_guess_hint")
        for words in (self._question, self._hint):
            words.setWordWrap(True)
        self._number = Number("learn_guess_number", 0, 1000)
        self._row = SliderRow(self._number)
        self._options: list[Option] = []
        self._choices = QVBoxLayout()
        self._look, self._skip = named(QPushButton(), "learn_guess_look"), named(QPushButton(), "learn_guess_skip")
        self._look.setProperty("accent", "true")
        self._skip.setProperty("quiet", "true")
        self._lay_out()
        self._number.valueChanged.connect(self._mark)
        self._look.clicked.connect(lambda: self._answer(self._value))
        self._skip.clicked.connect(lambda: self._answer(SKIPPED))
        theme.changed.connect(self._tint)
        self._tint()
        self.retranslate()

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        for part in (self._icon, self._title):
            head.addWidget(part)
        head.addStretch()
        head.addWidget(self._count)
        foot.addWidget(self._look)
        foot.addWidget(self._skip)
        foot.addStretch()
        self._choices.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._question)
        column.addWidget(self._hint)
        column.addWidget(self._row)
        column.addLayout(self._choices)
        column.addLayout(foot)

    @property
    def guess(self) -> Guess | None:
        """The question that is asked now."""
        return next((guess for guess in self._guesses if guess.key not in self._answered), None)

    def ask(self, guesses: Sequence[Guess], answered: set[str]) -> None:
        """Ask those of `guesses` whose keys are not in `answered`."""
        before = self.guess
        self._guesses, self._answered = guesses, answered
        self.setVisible(bool(guesses))
        if self.guess is not None and self.guess is not before:
            self._set_up(self.guess)
        self.retranslate()

    def wait(self) -> None:
        """The answer is being computed."""
        self._look.setEnabled(False)
        self._skip.setEnabled(False)

    def be_ready(self) -> None:
        """No answer comes: it failed, or was given up."""
        if self.guess is not None:
            self._look.setEnabled(not self._options or any(option.isChecked() for option in self._options))
            self._skip.setEnabled(True)

    def _set_up(self, guess: Guess) -> None:
        for option in self._options:
            option.deleteLater()
        self._options = []
        for place in range(len(guess.choices)):
            option = Option(f"learn_guess_choice_{place}")
            option.setProperty("choice", "true")
            option.clicked.connect(lambda: self._look.setEnabled(True))
            self._choices.addWidget(option)
            self._options.append(option)
        with QSignalBlocker(self._number):
            self._number.setRange(guess.lowest, guess.highest)
        self._row.show_value(guess.start)
        self._look.setEnabled(not guess.choices)
        self._skip.setEnabled(True)

    @property
    def _value(self) -> int:
        chosen = [place for place, option in enumerate(self._options) if option.isChecked()]
        return chosen[0] if chosen else self._number.value()

    def _mark(self, value: int) -> None:
        if self.guess is not None:
            self.marked.emit(self.guess.key, value)

    def _answer(self, value: int) -> None:
        if self.guess is not None:
            self.wait()
            self.looked.emit(self.guess.key, value)

    def _tint(self) -> None:
        self._icon.setPixmap(self._theme.icon("lightbulb", self._theme.tokens.text, ICON).pixmap(ICON, ICON))

    def retranslate(self) -> None:
        guess = self.guess
        asks = guess is not None
        self._title.setText(tr("Safelight", "Guess first") if asks else tr("Safelight", "All questions are answered"))
        self._count.setText(f"{sum(each.key in self._answered for each in self._guesses)} / {len(self._guesses)}")
        for part, shown in (
            (self._question, asks),
            (self._hint, guess is not None and bool(guess.hint)),
            (self._row, guess is not None and not guess.choices),
            (self._look, asks),
            (self._skip, asks),
        ):
            part.setVisible(shown)
        for option in self._options:
            option.setVisible(asks)
        explain_button(self._look, tr("Safelight", "Look"), tr("Safelight", "Compare your guess with what happens."))
        explain_button(self._skip, tr("Safelight", "Skip"), tr("Safelight", "Show the answer without a guess."))
        if guess is None:
            return
        self._question.setText(tr("Safelight", guess.question))
        self._hint.setText(tr("Safelight", guess.hint) if guess.hint else "")
        for option, words in zip(self._options, guess.choices, strict=True):
            explain_button(option, tr("Safelight", words), tr("Safelight", guess.question))
        self._row.explain(tr("Safelight", "Your guess"), tr("Safelight", guess.question))


class FoundList(Retranslating, QWidget):
    """The answers so far, each with what was guessed."""

    forget_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("learn_found")
        self._theme = theme
        self._guesses: Sequence[Guess] = ()
        self._findings: Sequence[Finding] = ()
        self._title = label("section", "learn_found_title")
        self._again = named(QPushButton(), "learn_ask_again")
        self._again.setProperty("quiet", "true")
        self._again.clicked.connect(self.forget_wanted)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._labels: list[tuple[QLabel, QLabel]] = []
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.addLayout(head)
        column.addLayout(self._rows)
        theme.changed.connect(self.retranslate)
        self.retranslate()

    def show_findings(self, guesses: Sequence[Guess], findings: Sequence[Finding]) -> None:
        self._guesses, self._findings = guesses, findings
        self.setVisible(bool(findings))
        self.retranslate()

    def _row(self) -> tuple[QLabel, QLabel]:
        mark, words = QLabel(), label("fact", f"learn_finding_{len(self._labels)}")
        words.setWordWrap(True)
        mark.setAlignment(Qt.AlignmentFlag.AlignTop)
        mark.setFixedWidth(ICON + 4)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(mark)
        row.addWidget(words, 1)
        self._rows.addLayout(row)
        return mark, words

    def retranslate(self) -> None:
        self._title.setText(tr("Safelight", "Found so far"))
        explain_button(
            self._again, tr("Safelight", "Ask again"), tr("Safelight", "Remove what was found here, so that the questions are asked again.")
        )
        while len(self._labels) < len(self._findings):
            self._labels.append(self._row())
        check = self._theme.icon("check", self._theme.tokens.quiet, ICON).pixmap(ICON, ICON)
        for place, (mark, words) in enumerate(self._labels):
            mark.setVisible(place < len(self._findings))
            words.setVisible(place < len(self._findings))
            if place < len(self._findings):
                mark.setPixmap(check)
                words.setText(self._said(self._findings[place]))

    def _said(self, finding: Finding) -> str:
        answer = sentence(finding.template, finding.values)
        guess = next((each for each in self._guesses if each.key == finding.guess), None)
        if guess is None or finding.guessed is None:
            return answer
        if not guess.choices:
            guessed = str(finding.guessed)
        elif finding.guessed < len(guess.choices):
            guessed = tr("Safelight", guess.choices[finding.guessed])
        else:
            return answer
        said = tr("Safelight", "You guessed: {guess}.").format(guess=guessed.rstrip(".。"))
        return f"{answer} {said}"
