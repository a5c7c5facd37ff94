"""CanvasArea: the canvas or, in its place, the grid of seeds among which the user chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from ...studio.generation import Generation
from ...studio.timeline import Timeline
from ...studio.triage import Triage
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import named
from .canvas import Canvas

if TYPE_CHECKING:
    from .triage_grid import TriageGrid


class CanvasArea(Retranslating, QWidget):
    """Opens the grid for each new triage. While a choice is open and the canvas is shown, a button returns to the grid."""

    choices_changed = Signal(bool)  # whether there are seeds to choose from

    def __init__(self, canvas: Canvas, timeline: Timeline, generation: Generation, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("stage")
        self._canvas = canvas
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self._grid: TriageGrid | None = None
        self._back_to_seeds = named(QPushButton(), "back_to_seeds")
        self._back_to_seeds.setProperty("chip", "true")
        self._back_to_seeds.hide()
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(canvas, 0, 0)
        self._layout.addWidget(self._back_to_seeds, 0, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self._back_to_seeds.clicked.connect(self.show_seeds)
        generation.triage_opened.connect(self._open)
        self.retranslate()

    def show_seeds(self) -> None:
        """Show the seeds of the newest open triage."""
        triages = self._generation.triages
        if not triages:
            return
        from .triage_grid import TriageGrid  # here: the first paint need not wait for it

        self.show_canvas()
        self._grid = grid = TriageGrid(triages[-1], self._timeline, self._theme)
        grid.closed.connect(self.show_canvas)
        grid.look_requested.connect(self.show_canvas)
        self._layout.addWidget(grid, 0, 0)
        grid.lower()  # under the button
        self._canvas.hide()
        grid.setFocus()
        self._count_seeds()

    def show_canvas(self) -> None:
        """Close the grid; a triage in which nothing is chosen stays open."""
        if self._grid is not None:
            self._canvas.show()
            self._canvas.setFocus()
            self._grid.hide()
            self._grid.deleteLater()
            self._grid = None
        self._count_seeds()

    def _open(self, triage: Triage) -> None:
        triage.changed.connect(self._count_seeds)
        self.show_seeds()

    def _count_seeds(self) -> None:
        triages = self._generation.triages
        self._back_to_seeds.setVisible(bool(triages) and self._grid is None)
        if triages:
            newest = triages[-1]
            self._back_to_seeds.setText(
                tr("Safelight", "{arrived} of {count} seeds").format(arrived=len(newest.arrived), count=len(newest.runs))
            )
        self.choices_changed.emit(bool(triages))

    def retranslate(self) -> None:
        explain(
            self._back_to_seeds,
            tr("Safelight", "Choose which to finish"),
            tr("Safelight", "Go back to the paused seeds and choose which to finish."),
        )
        self._count_seeds()
