"""SeedsDialog: how many seeds to try, and up to which step, before the user chooses which to finish."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QLocale, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from ...diffusion.recipe import MOST_CALLS, Recipe
from ...diffusion.run import Previews
from ...diffusion.samplers import sampler
from ..language import Retranslating, explain, tr
from ..widgets.controls import Number, label, reserve_two_lines
from ..widgets.dialog_foot import DialogFoot
from ..widgets.dialog_sheet import DialogSheet
from ..widgets.seed_field import grouped

LEAST, MOST = 2, 16  # seeds
USUAL = 8  # seeds
FAR_ENOUGH = 12  # the step by which a layout has usually settled
WIDTH = 400  # px


class SeedsDialog(Retranslating, QDialog):
    """Is not modal: `recipe` returns the recipe of the prompt panel. Its numbers are kept until the next time."""

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
        self._foot = DialogFoot(self, "triage", self._begin, 152)
        self._captions: dict[QWidget, QLabel] = {}
        self._lay_out()

        for number in (self._count, self._until):
            number.valueChanged.connect(self.follow)
        self.retranslate()

    def open(self) -> None:
        self.follow()
        self._count.setFocus()
        self._count.selectAll()
        self.show()  # QDialog.open would make it modal
        self.activateWindow()

    def follow(self) -> None:
        """Show seeds and cost for the current recipe and numbers."""
        recipe, count = self._recipe(), self._count.value()
        calls = sampler(recipe.sampling.sampler).calls(recipe.sampling.steps)
        if self._until.maximum() != max(1, calls - 1):
            self._until.setMaximum(max(1, calls - 1))
        until, plain = self._until.value(), QLocale().toString
        seeds = self._chosen_seeds(recipe)
        self._of.setText(tr("Safelight", "of {steps}").format(steps=calls))
        self._seeds.setText(f"{grouped(str(seeds[0]))} … {grouped(str(seeds[-1]))}")
        problem = self._problem(calls)
        self._cost.setText(
            problem
            or tr("Safelight", "{count} × {until} = {cost} steps. Finishing all of them would take {whole}.").format(
                count=count, until=until, cost=plain(count * until), whole=plain(count * calls)
            )
        )
        self._foot.start.setEnabled(not problem)

    def _problem(self, calls: int) -> str:
        if calls < 2:
            return tr("Safelight", "A picture with a single step cannot pause before the end. Choose more steps.")
        if self._previews() is Previews.OFF:
            return tr(
                "Safelight", "Previews are off, so you could not compare the pictures. Turn them on in the Step tab of the inspector."
            )
        return ""

    def _chosen_seeds(self, recipe: Recipe) -> list[int]:
        return [recipe.with_seed(recipe.sampling.seed + place).sampling.seed for place in range(self._count.value())]

    def _begin(self) -> None:
        recipe = self._recipe()
        self.wanted.emit(recipe, self._chosen_seeds(recipe), self._until.value())
        self.accept()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Try several seeds"))
        self._about.setText(
            tr(
                "Safelight",
                "Starts this picture with several seeds and shows them side by side after the first steps. "
                "Choose which to finish; the others are discarded.",
            )
        )
        for control, words, explanation in (
            (
                self._count,
                tr("Safelight", "How many"),
                tr("Safelight", "Number of seeds to try, counting up from the seed in the prompt panel."),
            ),
            (
                self._until,
                tr("Safelight", "To step"),
                tr(
                    "Safelight",
                    "The step at which each one pauses for your choice. The layout has often settled after a quarter of the steps.",
                ),
            ),
        ):
            self._captions[control].setText(words)
            explain(control, words, explanation)
        self._captions[self._seeds].setText(tr("Safelight", "Seeds"))
        self._foot.show_words(
            tr("Safelight", "Start"),
            tr("Safelight", "Start all seeds, one after another."),
            tr("Safelight", "Close this window without generating."),
        )
        self.follow()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.WindowActivate:
            self.follow()  # previews may have been turned on meanwhile
        return super().event(event)

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDTH)
        for words in (self._about, self._cost):
            words.setWordWrap(True)
        reserve_two_lines(self._cost)
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
        form = QVBoxLayout()
        form.setContentsMargins(24, 20, 24, 20)
        form.setSpacing(16)
        form.addWidget(self._about)
        form.addLayout(rows)
        form.addWidget(self._cost)
        DialogSheet(self, form, self._foot, WIDTH)
