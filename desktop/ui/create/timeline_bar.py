"""TimelineBar: transport, views and actions for the current step, above the lanes and the filmstrip."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...diffusion.run import Ending, View
from ...studio.generation import Generation
from ...studio.timeline import Arrangement, Timeline
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import IconButton, ValueChoice, named, segment
from . import views
from .captions import CaptionLine
from .filmstrip import Filmstrip
from .lanes import SCROLL, Lanes
from .pause_dialog import PauseDialog

MARGIN = 16  # px, at both ends
HIGHEST = 420  # px
SPACING = 2  # px between buttons, which have their own padding
ARRANGEMENTS = {Arrangement.DIVIDE: "flip-horizontal", Arrangement.BESIDE: "columns-2", Arrangement.FLICKER: "blend"}


class TimelineBar(Retranslating, QFrame):
    """`view_actions` choose a view by key, `run_actions` act on the shown run; the place adds them to itself."""

    branch_requested = Signal()
    refine_requested = Signal()
    export_requested = Signal()
    save_step_requested = Signal()
    save_as_requested = Signal()
    copy_requested = Signal()
    show_requested = Signal()
    delete_requested = Signal()
    pin_requested = Signal(bool)  # whether to keep the recording regardless of the disk limit

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._generation = generation
        self.setObjectName("timeline_bar")
        self.setProperty("panel", "true")
        self.setMaximumHeight(HIGHEST)

        self._pause = IconButton(theme, "pause", "pause")
        self._pause.setCheckable(True)
        self._resume = IconButton(theme, "play", "resume")
        self._step_once = IconButton(theme, "redo-dot", "one_step")
        self._stop = IconButton(theme, "square", "stop")
        self._first = IconButton(theme, "skip-back", "first_step")
        self._back = IconButton(theme, "step-back", "step_back")
        self._forward = IconButton(theme, "step-forward", "step_forward")
        self._newest = IconButton(theme, "skip-forward", "newest_step")
        self._segments = {view: segment(f"view_{view}") for view in View}
        self._view = ValueChoice(theme, "view", tuple(View), timeline.view)
        self._view.setSizeAdjustPolicy(ValueChoice.SizeAdjustPolicy.AdjustToContents)
        self._arrangements = {
            arrangement: IconButton(theme, icon, f"arrange_{arrangement.name.lower()}") for arrangement, icon in ARRANGEMENTS.items()
        }
        self._live = named(QPushButton(), "live")
        self._live.setProperty("chip", "true")
        self._branch = IconButton(theme, "git-branch", "branch")
        self._export = IconButton(theme, "share", "export_development")
        self._save_step = IconButton(theme, "download", "save_step")
        self._more = IconButton(theme, "ellipsis", "more")
        self.caption = CaptionLine(timeline, generation)
        self.filmstrip = Filmstrip(timeline, generation, theme)
        self.lanes = Lanes(timeline, generation, theme, self.filmstrip.slice_rect)
        self.view_actions = [QAction(self) for _ in View]
        self.addActions(self.view_actions)
        self._make_menu()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _make_menu(self) -> None:
        menu = QMenu(self._more)
        self._save_as, self._copy, self._show = (menu.addAction("") for _ in range(3))
        menu.addSeparator()
        self._pause_at, self._refine, self._pin = (menu.addAction("") for _ in range(3))
        self._pin.setCheckable(True)
        menu.addSeparator()
        self._delete = menu.addAction("")
        self.run_actions = [self._show, self._pause_at, self._pin, self._delete]
        menu.aboutToShow.connect(self._show_possible)
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        row = Row(
            walk=_group(self._first, self._back, self._forward, self._newest), segments=_group(*self._segments.values()), choice=self._view
        )
        self._arranging = _group(*self._arrangements.values())
        row.fill(
            [
                self._pause,
                self._resume,
                self._step_once,
                self._stop,
                row.walk,
                8,
                row.segments,
                row.choice,
                4,
                self._arranging,
                None,
                self._live,
                4,
                self._branch,
                self._export,
                self._save_step,
                self._more,
            ]
        )
        for checkable in (self._segments, self._arrangements):
            exclusive = QButtonGroup(self)
            for button in checkable.values():
                button.setCheckable(True)
                exclusive.addButton(button)
        buttons = row.findChildren(QAbstractButton)
        for each in buttons:
            each.installEventFilter(self)
        for control in (*buttons, self._view, self.lanes):
            control.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space and the arrows still reach the transport
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 6)
        layout.setSpacing(6)
        for widget, right in ((row, MARGIN), (self.caption, MARGIN), (self.lanes, MARGIN - SCROLL), (self.filmstrip, MARGIN)):
            inset = QHBoxLayout()
            inset.setContentsMargins(MARGIN, 0, right, 0)
            inset.addWidget(widget)
            layout.addLayout(inset)

    def _connect(self) -> None:
        timeline, generation = self._timeline, self._generation
        self._pause.clicked.connect(self.pause_or_resume)
        self._resume.clicked.connect(lambda: generation.resume())
        self._step_once.clicked.connect(lambda: generation.step_once())
        self._stop.clicked.connect(generation.stop)
        self._first.clicked.connect(lambda: timeline.go_to(0))
        self._back.clicked.connect(lambda: timeline.go_by(-1))
        self._forward.clicked.connect(lambda: timeline.go_by(1))
        self._newest.clicked.connect(timeline.follow)
        for (view, button), action in zip(self._segments.items(), self.view_actions, strict=True):
            button.clicked.connect(lambda _=False, view=view: timeline.choose_view(view))
            action.setShortcut(QKeySequence(views.KEYS[view]))
            action.triggered.connect(lambda _=False, view=view: timeline.choose_view(view))
        self._view.chosen.connect(timeline.choose_view)
        for arrangement, choice in self._arrangements.items():
            choice.clicked.connect(lambda _=False, arrangement=arrangement: timeline.arrange(arrangement))
        self._live.clicked.connect(self._go_live)
        self._branch.clicked.connect(self.branch_requested)
        self._export.clicked.connect(self.export_requested)
        self._save_step.clicked.connect(self.save_step_requested)
        self.filmstrip.branch_requested.connect(self.branch_requested)
        self.filmstrip.save_step_requested.connect(self.save_step_requested)
        self._save_as.triggered.connect(self.save_as_requested)
        self._copy.triggered.connect(self.copy_requested)
        self._show.triggered.connect(self.show_requested)
        self._pause_at.triggered.connect(self._ask_where_to_pause)
        self._refine.triggered.connect(self.refine_requested)
        self._pin.triggered.connect(self.pin_requested)
        self._delete.triggered.connect(self.delete_requested)
        for changed in (
            timeline.run_changed,
            timeline.current_changed,
            timeline.step_added,
            timeline.view_changed,
            timeline.following_changed,
            generation.changed,
        ):
            changed.connect(self._show_state)

    def retranslate(self) -> None:
        explain(
            self._resume, tr("Safelight", "Resume"), tr("Safelight", "Resume this run after its last step (Space, or Ctrl+P while typing).")
        )
        explain(self._step_once, tr("Safelight", "One step"), tr("Safelight", "Compute one more step, then pause."))
        explain(
            self._stop, tr("Safelight", "Stop"), tr("Safelight", "Stop at once, in the middle of the step; the finished steps stay (Esc).")
        )
        explain(self._first, tr("Safelight", "Starting noise"), tr("Safelight", "Go to the noise that the run starts from (Home)."))
        explain(self._back, tr("Safelight", "Step back"), tr("Safelight", "Go one step back (←)."))
        explain(self._forward, tr("Safelight", "Step forward"), tr("Safelight", "Go one step forward (→)."))
        explain(self._newest, tr("Safelight", "Newest step"), tr("Safelight", "Go to the newest step and follow the run from there (End)."))
        for (view, button), action in zip(self._segments.items(), self.view_actions, strict=True):
            button.setText(views.name(view))
            action.setText(views.name(view))
            explain(button, views.name(view), f"{views.meaning(view)} ({views.KEYS[view]})")
        self._view.show_words([views.name(view) for view in View])
        explain(self._view, tr("Safelight", "View"), tr("Safelight", "Which view of the step is shown."))
        for arrangement, name, explanation in (
            (
                Arrangement.DIVIDE,
                tr("Safelight", "Split"),
                tr("Safelight", "Both pictures in one frame, with a line between them that you can drag."),
            ),
            (Arrangement.BESIDE, tr("Safelight", "Side by side"), tr("Safelight", "Each picture in its own frame.")),
            (Arrangement.FLICKER, tr("Safelight", "Flip"), tr("Safelight", "Both pictures in one frame, alternating.")),
        ):
            explain(self._arrangements[arrangement], name, explanation)
        self._live.setText(tr("Safelight", "Live"))
        explain(self._live, tr("Safelight", "Live"), tr("Safelight", "Show the running picture and follow its newest step."))
        explain(
            self._branch, tr("Safelight", "Branch"), tr("Safelight", "Keep the steps up to this one and continue with changes (Ctrl+B).")
        )
        explain(
            self._export,
            tr("Safelight", "Export as animation…"),
            tr("Safelight", "Make an animation, a video or a contact sheet of the steps (Ctrl+E)."),
        )
        explain(
            self._save_step,
            tr("Safelight", "Save this step"),
            tr("Safelight", "Save the current step in the pictures folder, decoded in full."),
        )
        explain(self._more, tr("Safelight", "More"), tr("Safelight", "More actions for this step, this run and its picture."))
        for action, text in (
            (self._save_as, tr("Safelight", "Save as…")),
            (self._copy, tr("Safelight", "Copy picture")),
            (self._show, tr("Safelight", "Show in folder")),
            (self._pause_at, tr("Safelight", "Pause at step…")),
            (self._refine, tr("Safelight", "Refine…")),
            (self._pin, tr("Safelight", "Pin this recording")),
            (self._delete, tr("Safelight", "Delete picture or run")),
        ):
            action.setText(text)
        self._show_state()

    def pause_or_resume(self) -> None:
        """Pause the running run; a second press before it pauses cancels the pause. Resume a run that is not running."""
        generation = self._generation
        if generation.running and not generation.pausing:
            generation.pause()
        elif generation.running:
            generation.resume(generation.run)
        else:
            generation.resume()
        self._show_state()

    # -- slots

    def _go_live(self) -> None:
        if self._timeline.run is not self._generation.run:
            self._timeline.show(self._generation.run)
        self._timeline.follow()

    def _ask_where_to_pause(self) -> None:
        run = self._timeline.run
        if run is None:
            return
        dialog = PauseDialog(self._generation, run, self.filmstrip.places - 2, self.window())
        self._timeline.run_changed.connect(dialog.close)
        dialog.open()

    def _show_state(self) -> None:
        timeline, generation, run = self._timeline, self._generation, self._timeline.run
        newest = len(timeline.steps) - 1
        can_resume = run is not None and bool(run.steps) and run.ending is not Ending.FINISHED
        is_elsewhere = generation.run not in (run, timeline.compare)
        self._show_pause()
        self._resume.setVisible(not generation.running or (can_resume and is_elsewhere))
        self._resume.setEnabled(can_resume)
        self._step_once.setEnabled(can_resume and not generation.running)
        self._stop.setEnabled(generation.running and not generation.stopping)
        for button in (self._first, self._back):
            button.setEnabled(timeline.index > 0)
        for button in (self._forward, self._newest):
            button.setEnabled(timeline.index < newest)
        for each in (*self._segments.values(), self._view, self._branch, self._export):
            each.setEnabled(run is not None and bool(run.steps))
        self._segments[timeline.view].setChecked(True)
        self._view.setCurrentIndex(list(View).index(timeline.view))
        is_beside = timeline.second_view is not None or timeline.compare is not None
        self._arranging.setVisible(is_beside)
        self._arrangements[timeline.arrangement].setChecked(True)
        self._live.setVisible(generation.running and (run is not generation.run or not timeline.following))
        self._save_step.setEnabled(timeline.current is not None or bool(run and run.picture))
        self._show_possible()

    def _show_pause(self) -> None:
        generation = self._generation
        self._pause.setVisible(generation.running)
        self._pause.setEnabled(not generation.stopping)
        self._pause.setChecked(generation.pausing)
        if generation.pausing:
            name = tr("Safelight", "Pausing after this step…")
            explanation = tr("Safelight", "Press again to continue without a pause (Space).")
        else:
            name = tr("Safelight", "Pause")
            explanation = tr("Safelight", "Pause after this step and free the machine (Space, or Ctrl+P while typing).")
        if name != self._pause.accessibleName():
            explain(self._pause, name, f"{name} {explanation}" if generation.pausing else explanation)

    def _show_possible(self) -> None:
        """Enable the menu entries that are possible now."""
        timeline, run = self._timeline, self._timeline.run
        self._save_as.setEnabled(timeline.current is not None or bool(run and run.picture))
        self._copy.setEnabled(timeline.pixels is not None)
        self._show.setEnabled(bool(run and run.path))
        self._delete.setEnabled(run is not None and run.ending is not Ending.RUNNING)
        self._pause_at.setEnabled(run is not None and run.ending is not Ending.FINISHED and self.filmstrip.places > 2)
        self._refine.setEnabled(bool(timeline.steps) and run is not None and run.picture is not None)
        self._pin.setEnabled(run is not None and bool(run.steps))
        self._pin.setChecked(run is not None and run.pinned)

    # -- Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space and the arrows belong to a button that was reached by Tab, not to the shortcuts of the place."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not event.modifiers():
            in_group = isinstance(watched, QAbstractButton) and watched.group() is not None
            if event.key() == Qt.Key.Key_Space or (in_group and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)):
                event.accept()
                return True
        return super().eventFilter(watched, event)


class Row(QWidget):
    """Fits its width: hides `walk` first, since keys do the same, then shows `choice` instead of `segments`."""

    def __init__(self, walk: QWidget, segments: QWidget, choice: QWidget) -> None:
        super().__init__()
        self.walk, self.segments, self.choice = walk, segments, choice
        self._widgets: list[QWidget] = []
        self._gaps = 0  # px, of all spacings
        self._buttons = QHBoxLayout(self)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(SPACING)

    def fill(self, content: Sequence[QWidget | int | None]) -> None:
        """Add widgets; a number adds that many px, None a stretch."""
        for each in content:
            if isinstance(each, QWidget):
                self._widgets.append(each)
                self._buttons.addWidget(each)
            elif each is None:
                self._buttons.addStretch(1)
            else:
                self._gaps += each
                self._buttons.addSpacing(each)

    def sizeHint(self) -> QSize:
        return QSize(self._needed(self._ways[0]), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._needed(self._ways[-1]), super().minimumSizeHint().height())

    @property
    def _ways(self) -> list[list[QWidget]]:
        """Which of the three are visible, from the widest layout to the narrowest."""
        return [[self.walk, self.segments], [self.segments], [self.choice]]

    def _needed(self, way: list[QWidget]) -> int:
        there = [widget for widget in self._widgets if self._is_there(widget, way)]
        widths = sum(widget.sizeHint().boundedTo(widget.maximumSize()).width() for widget in there)
        return widths + SPACING * (len(there) - 1) + self._gaps

    def _is_there(self, widget: QWidget, way: list[QWidget]) -> bool:
        return widget in way if widget in (self.walk, self.segments, self.choice) else not widget.isHidden()

    def _fit(self) -> None:
        way = next((way for way in self._ways if self._needed(way) <= self.width()), self._ways[-1])
        for widget in (self.walk, self.segments, self.choice):
            widget.setVisible(widget in way)
        self._buttons.activate()  # else it is painted squeezed once

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return super().event(event)


def _group(*buttons: QWidget) -> QWidget:
    """Buttons that are shown and hidden together."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING)
    for button in buttons:
        row.addWidget(button)
    return group
