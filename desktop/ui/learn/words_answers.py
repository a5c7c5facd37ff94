"""AnswersPage: what the model answers in a step with and without the prompt, and how far guidance moves each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ..language import decimal, tr
from ..theme import Theme
from .curves import Curves, Line
from .formula import var
from .pictures import Sum, stacked

if TYPE_CHECKING:
    from ...learn.reading import Answers


class AnswersPage(QWidget):
    moved = Signal(int)  # to a step

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.sum = Sum(theme, "learn_words_sum", ("−", "=", "→"), 260)
        self._influence = Curves(theme, "learn_words_influence", {"moved": Line("sand")}, 150)
        self._influence.moved.connect(lambda at: self.moved.emit(round(at)))
        stacked(self, self.sum, self._influence)

    def show_answers(self, answers: Answers | None) -> None:
        shown = (answers.prompted, answers.without, answers.apart, answers.guided) if answers else (None,) * 4
        for picture, pixels in zip(self.sum.pictures, shown, strict=True):
            picture.show_pixels(pixels)
        scale = decimal(answers.scale, 1) if answers else ""
        for place, (number, caption) in enumerate(
            (
                (f"{var('x̂', '0')}(<i>c</i>)", tr("Safelight", "with the prompt")),
                (f"{var('x̂', '0')}(∅)", tr("Safelight", "without it")),
                (f"{decimal(100 * answers.difference, 1)} %" if answers else "", tr("Safelight", "where and how far they differ")),
                (
                    f"× {scale}" if answers else "",
                    tr("Safelight", "without it, plus {scale} times the difference").format(scale=scale or "s"),
                ),
            )
        ):
            self.sum.show_words(place, number, caption)
            self.sum.pictures[place].describe(caption)

    def show_influence(self, moved: Sequence[float], step: int) -> None:
        """How far guidance moved the estimate in each step, from 1; empty before a picture was made."""
        self._influence.setVisible(bool(moved))
        if not moved:
            return
        top, now = max(*moved, 1e-9), moved[min(step, len(moved)) - 1]
        self._influence.show_axis(0, len(moved), 0, 1.1)
        self._influence.show_curve("moved", range(1, len(moved) + 1), [value / top for value in moved])
        self._influence.show_moment(step, {"moved": now / top})
        self._influence.show_legend("moved", tr("Safelight", "moved by guidance"), f"{decimal(100 * now, 0)} %", "")
