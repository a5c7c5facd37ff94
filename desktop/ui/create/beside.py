"""Beside: the button that chooses a second picture to compare with."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from ...diffusion.run import Run, View
from ...studio.timeline import Timeline
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import IconButton
from ..widgets.turns import changed, differing
from . import views

WIDEST = 280  # px, for the name of a branch


class Beside(Retranslating, IconButton):
    """Chooses the second picture: the same step in another view, or of another run of the tree."""

    def __init__(self, timeline: Timeline, theme: Theme) -> None:
        super().__init__(theme, "square-split-horizontal", "beside")
        self._timeline = timeline
        self.setCheckable(True)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for signal in (timeline.run_changed, timeline.current_changed, timeline.view_changed):
            signal.connect(self._show_state)
        self._show_state()
        self.retranslate()

    def retranslate(self) -> None:
        explain(
            self,
            tr("Safelight", "Compare"),
            tr("Safelight", "Show two pictures: this step in another view, or the same step of another branch (\\)."),
        )

    def turn(self, at: QPoint | None) -> None:
        """Show one picture if there are two, else open the menu: at this place of the screen, or below the button."""
        if not self.isEnabled():
            return
        if self.isChecked():
            self._show_beside(None, None)
        elif at is None:
            self.showMenu()
        else:
            self.menu().popup(at)

    def _show_state(self) -> None:
        self.setEnabled(bool(self._timeline.run and self._timeline.steps))
        self.setChecked(self._timeline.second_view is not None or self._timeline.compare is not None)

    def nextCheckState(self) -> None:
        """Do nothing: it is checked while there is a second picture, and a press opens the menu."""

    def _fill(self) -> None:
        timeline, menu = self._timeline, self.menu()
        menu.clear()
        nothing = menu.addAction(tr("Safelight", "Single view"), lambda: self._show_beside(None, None))
        menu.addSeparator()
        chosen: dict[Run | View | None, QAction] = {None: nothing}
        for view in View:
            if view is not timeline.view:
                chosen[view] = menu.addAction(views.name(view))
                chosen[view].triggered.connect(lambda _=False, view=view: self._show_beside(view, None))
        menu.addSeparator()
        branches = {lane.run: changed(lane.run) for lane in timeline.lanes if lane.run is not timeline.run}
        if timeline.run and timeline.compare and timeline.compare not in branches:
            branches[timeline.compare] = differing(timeline.compare.recipe, timeline.run.recipe)  # twins
        for run, text in branches.items():
            words = self.fontMetrics().elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, WIDEST).replace("&", "&&")
            chosen[run] = menu.addAction(tr("Safelight", "Compare with: {branch}").format(branch=words))
            chosen[run].triggered.connect(lambda _=False, run=run: self._show_beside(None, run))
        for action in chosen.values():
            action.setCheckable(True)
        if now := chosen.get(timeline.compare or timeline.second_view):
            now.setChecked(True)

    def _show_beside(self, view: View | None, run: Run | None) -> None:
        self._timeline.choose_second_view(view)
        self._timeline.compare_with(run)
