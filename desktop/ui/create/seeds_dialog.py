"""SeedsDialog: how many seeds to try, and up to which step, before the user chooses which to finish."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ...diffusion.recipe import MOST_CALLS, Recipe
from ...diffusion.run import Previews
from ...diffusion.samplers import sampler
from ..language import Retranslating, explain, tr
from ..widgets.controls import Number, label
from ..widgets.seed_field import grouped

LEAST, MOST = 2, 16  # seeds
USUAL = 8  # seeds
FAR_ENOUGH = 12  # the step at which the layout is usually clear
WIDTH = 400  # px


class SeedsDialog(Retranslating, QDialog):
    """Not modal: `recipe` returns what the prompt panel holds now. Its own numbers are kept until it is opened again."""

    wanted = Signal(object, list, int)  # Recipe, the seeds, and the step at which they pause

    def __init__(self, recipe: Callable[[], Recipe], previews: Callable[[], Previews], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe = recipe
        self._previews = previews
        self.setObjectName("seeds")
        self.setModal(False)
        self._about = label("quiet", "about_seeds")
        self._count = Number("triage_count", LEAST, MOST)
        self._count.setValue(USUAL)
        self._until = Number("triage_until", 1, MOST_CALLS)
        self._until.setValue(FAR_ENOUGH)
        self._of = label("quiet", "triage_of")
        self._seeds = label("body", "triage_seeds")
        self._cost = label("quiet", "triage_cost")
        self._cancel = QPushButton(objectName="cancel_triage")
        self._start = QPushButton(objectName="start_triage")
        self._start.setDefault(True)
        self._start.setProperty("primary", "true")
        self._captions: dict[QWidget, QLabel] = {}
        self._lay_out()

        for number in (self._count, self._until):
            number.valueChanged.connect(self.follow)
        self._cancel.clicked.connect(self.reject)
        self._start.clicked.connect(self._begin)
        self.retranslate()

    def open(self) -> None:
        self.follow()
        self._count.setFocus()
        self._count.selectAll()
        self.show()  # QDialog.open would be modal
        self.activateWindow()

    def follow(self) -> None:
        """Show the cost of the current recipe and numbers."""
        recipe, count = self._recipe(), self._count.value()
        calls = sampler(recipe.sampler).calls(recipe.steps)
        if self._until.maximum() != max(1, calls - 1):
            self._until.setMaximum(max(1, calls - 1))
        until, plain = self._until.value(), QLocale().toString
        seeds = self._chosen_seeds(recipe)
        self._of.setText(tr("Safelight", "of {steps}").format(steps=calls))
        self._seeds.setText(f"{grouped(str(seeds[0]))} … {grouped(str(seeds[-1]))}")
        problem = self._problem(calls)
        self._cost.setText(
            problem
            or tr("Safelight", "{count} × {until} = {cost} steps; finishing all of them takes {whole}.").format(
                count=count, until=until, cost=plain(count * until), whole=plain(count * calls)
            )
        )
        self._start.setEnabled(not problem)

    def _problem(self, calls: int) -> str:
        if calls < 2:
            return tr("Safelight", "A run of a single step has nothing to choose by. Set more steps.")
        if self._previews() is Previews.OFF:
            return tr("Safelight", "Previews are off, so there is nothing to choose by. Turn them on in the step panel.")
        return ""

    def _chosen_seeds(self, recipe: Recipe) -> list[int]:
        return [recipe.with_seed(recipe.seed + place).seed for place in range(self._count.value())]

    def _begin(self) -> None:
        recipe = self._recipe()
        self.wanted.emit(recipe, self._chosen_seeds(recipe), self._until.value())
        self.accept()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Try several seeds"))
        self._about.setText(
            tr(
                "Safelight",
                "Starts this picture with several seeds and shows their first steps side by side. "
                "Choose which to finish; the others are discarded.",
            )
        )
        for control, words, explanation in (
            (
                self._count,
                tr("Safelight", "How many"),
                tr("Safelight", "How many seeds to try, counting up from the one in the prompt panel."),
            ),
            (
                self._until,
                tr("Safelight", "Up to step"),
                tr("Safelight", "At which step each one pauses for your choice; the layout is often clear after a quarter of the steps."),
            ),
        ):
            self._captions[control].setText(words)
            explain(control, words, explanation)
        self._captions[self._seeds].setText(tr("Safelight", "Seeds"))
        for button, words, explanation in (
            (self._cancel, tr("Safelight", "Cancel"), tr("Safelight", "Close this window without starting anything.")),
            (self._start, tr("Safelight", "Start"), tr("Safelight", "Make the first steps of all of them, one after another.")),
        ):
            button.setText(words)
            explain(button, words, explanation)
        self.follow()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.WindowActivate:
            self.follow()  # previews may have been turned on meanwhile
        return super().event(event)

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDTH)
        for words in (self._about, self._cost):
            words.setWordWrap(True)
        self._cost.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._cost.ensurePolished()
        self._cost.setMinimumHeight(2 * self._cost.fontMetrics().lineSpacing())  # the buttons do not move
        rows = QGridLayout()
        rows.setHorizontalSpacing(16)
        rows.setVerticalSpacing(8)
        rows.setColumnMinimumWidth(0, 80)
        rows.setColumnStretch(2, 1)
        for row, control in enumerate((self._count, self._until, self._seeds)):
            self._captions[control] = label("body", f"{control.objectName()}_caption", control)
            rows.addWidget(self._captions[control], row, 0)
            rows.addWidget(control, row, 1, 1, 2 if control is self._seeds else 1)
        rows.addWidget(self._of, 1, 2)
        for number in (self._count, self._until):
            number.setFixedWidth(72)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._start)
        self._start.setMinimumWidth(152)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(16)
        whole.addWidget(self._about)
        whole.addLayout(rows)
        whole.addWidget(self._cost)
        whole.addLayout(buttons)
