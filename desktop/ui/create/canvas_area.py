"""CanvasArea: the canvas with its pills or, in its place, the grid of seeds to choose from, or the examples of the first start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QPushButton, QWidget

from ...studio.generation import Generation
from ...studio.timeline import Timeline
from ...studio.triage import Triage
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import named
from .canvas import Canvas
from .canvas_pills import CanvasPills
from .captions import CaptionLine
from .compare_bar import CompareBar

if TYPE_CHECKING:
    from ...diffusion.run import Run
    from ...library.examples import Example
    from .first_start import FirstStart
    from .triage_grid import TriageGrid


class CanvasArea(Retranslating, QWidget):
    """Opens the grid for each new triage. While a choice is open and the canvas is shown, a button returns to the grid.

    The bar of the comparison is above the canvas while there are two pictures. What happens in the step is said below the canvas, but
    not in a low place: there the Step tab says it.
    """

    choices_changed = Signal(bool)  # whether there are seeds to choose from
    example_chosen = Signal(object)  # Example
    tour_answered = Signal(bool)  # whether to show it
    pressed = Signal()  # the canvas, or the page in its place

    def __init__(self, canvas: Canvas, bar: CompareBar, timeline: Timeline, generation: Generation, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("stage")
        self._canvas = canvas
        self._bar = bar
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self._grid: TriageGrid | None = None
        self._first: FirstStart | None = None
        self._before: Run | None = None  # was shown before the examples
        self._is_low = self._has_captions = False
        self.pills = CanvasPills(canvas, timeline, theme)
        self.caption = CaptionLine(timeline, generation)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._below = named(QWidget(), "below_canvas")
        self._below.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        below = QHBoxLayout(self._below)
        below.setContentsMargins(16, 0, 16, 6)
        below.addWidget(self.caption)
        self._below.hide()
        self._back_to_seeds = named(QPushButton(), "back_to_seeds")
        self._back_to_seeds.setProperty("chip", "true")
        self._back_to_seeds.hide()
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.setRowStretch(1, 1)
        self._layout.addWidget(bar, 0, 0)
        self._layout.addWidget(canvas, 1, 0)
        self._layout.addWidget(self._below, 2, 0)
        self._layout.addWidget(self._back_to_seeds, 1, 0, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight)
        canvas.pressed.connect(self.pressed)
        self._back_to_seeds.clicked.connect(self.show_seeds)
        generation.triage_opened.connect(self._open)
        timeline.run_changed.connect(self._close_examples_for_run)
        for changed in (timeline.run_changed, timeline.current_changed, timeline.view_changed):
            changed.connect(self._show_bar)
        self.retranslate()

    def lay_over(self, panel: QWidget) -> None:
        """Have `panel` over everything while it is visible."""
        self._layout.addWidget(panel, 0, 0, 3, 1)

    def be_low(self, is_low: bool) -> None:
        """Whether the window is so low that the picture needs all its height."""
        self._is_low = is_low
        self._below.setVisible(self._has_captions and not is_low)

    def show_captions(self, shown: bool) -> None:
        self._has_captions = shown
        self.be_low(self._is_low)

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
        self._cover(grid)
        grid.setFocus()
        self._count_seeds()

    def show_canvas(self) -> None:
        """Close the grid and the examples; a triage in which nothing is chosen stays open."""
        covers: list[TriageGrid | FirstStart] = [each for each in (self._grid, self._first) if each is not None]
        self._grid = self._first = None
        for cover in covers:
            focused = QApplication.focusWidget()
            self._canvas.show()
            self._show_bar()
            if focused is None or focused is cover or cover.isAncestorOf(focused):
                self._canvas.setFocus()
            cover.hide()
            cover.deleteLater()
        self._count_seeds()

    def show_examples(self, examples: Mapping[str, Sequence[Example]], *, focus: bool, offers_tour: bool) -> None:
        """Show the examples in place of the canvas until a run is shown; `focus` gives them the keyboard."""
        from .first_start import FirstStart

        self.show_canvas()
        self._before = self._timeline.run
        self._timeline.show(None)
        self._first = first = FirstStart(examples, self._timeline, self._theme, offers_tour=offers_tour)
        first.chosen.connect(self.example_chosen)
        first.tour_answered.connect(self.tour_answered)
        first.closed.connect(self._leave_examples)
        self._cover(first)
        if focus:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cover(self, cover: TriageGrid | FirstStart) -> None:
        """Show `cover` in place of the canvas and its bar."""
        self._layout.addWidget(cover, 0, 0, 2, 1)
        cover.lower()  # under the button
        self._canvas.hide()
        self._show_bar()

    def _show_bar(self) -> None:
        is_covered = self._grid is not None or self._first is not None
        is_shown = not is_covered and self._timeline.is_double
        focused = QApplication.focusWidget()
        if not is_shown and not is_covered and focused is not None and self._bar.isAncestorOf(focused):
            self._canvas.setFocus()  # else hiding the bar moves the focus as Tab does
        self._bar.setVisible(is_shown)

    def _leave_examples(self) -> None:
        self.show_canvas()
        if self._before is not None:
            self._timeline.show(self._before, follow=False)

    def _close_examples_for_run(self) -> None:
        if self._first is not None and self._timeline.run is not None:
            self.show_canvas()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.pressed.emit()

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
