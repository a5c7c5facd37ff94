"""TimelineBar: transport keys, views and what can be done with the step that is looked at, over the filmstrip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPalette, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ..diffusion.run import Ending, View
from ..studio.generation import Generation
from ..studio.timeline import Timeline
from .controls import IconButton
from .filmstrip import Filmstrip
from .language import Retranslating, explain, tooltip, tr
from .theme import Theme


class TimelineBar(Retranslating, QFrame):
    save_step_requested = Signal()
    save_as_requested = Signal()
    copy_requested = Signal()
    show_requested = Signal()
    delete_requested = Signal()

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._generation = generation
        self.setObjectName("timeline_bar")
        self.setProperty("panel", "bottom")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

        self._pause = IconButton(theme, "pause", "pause")
        self._go_on = IconButton(theme, "play", "go_on")
        self._step_once = IconButton(theme, "redo-dot", "one_step")
        self._stop = IconButton(theme, "square", "stop")
        self._first = IconButton(theme, "skip-back", "first_step")
        self._back = IconButton(theme, "step-back", "step_back")
        self._forward = IconButton(theme, "step-forward", "step_forward")
        self._newest = IconButton(theme, "skip-forward", "newest_step")
        self._estimate, self._noisy = (_segment(name) for name in ("view_estimate", "view_noisy"))
        self._sentence = Sentence()
        self._live = QPushButton(objectName="live")
        self._live.setProperty("chip", "true")
        self._save_step = IconButton(theme, "download", "save_step")
        self._save_as = IconButton(theme, "save", "save_as")
        self._copy = IconButton(theme, "copy", "copy_picture")
        self._show = IconButton(theme, "folder-open", "show_in_folder")
        self._delete = IconButton(theme, "trash-2", "delete_picture")
        self.filmstrip = Filmstrip(timeline, generation, theme)

        row = QHBoxLayout()
        row.setSpacing(4)
        for button in (self._pause, self._go_on, self._step_once, self._stop, self._first, self._back, self._forward, self._newest):
            row.addWidget(button)
        row.addSpacing(12)
        self._views = QButtonGroup(self)
        for button in (self._estimate, self._noisy):
            self._views.addButton(button)
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._live)
        row.addSpacing(8)
        for button in (self._save_step, self._save_as, self._copy, self._show, self._delete):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 6)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.filmstrip)

        self._pause.clicked.connect(generation.pause)
        self._go_on.clicked.connect(lambda: generation.go_on())
        self._step_once.clicked.connect(lambda: generation.step_once())
        self._stop.clicked.connect(generation.stop)
        self._first.clicked.connect(lambda: timeline.go_to(0))
        self._back.clicked.connect(lambda: timeline.go_by(-1))
        self._forward.clicked.connect(lambda: timeline.go_by(1))
        self._newest.clicked.connect(timeline.follow)
        self._estimate.clicked.connect(lambda: timeline.look_at(View.ESTIMATE))
        self._noisy.clicked.connect(lambda: timeline.look_at(View.NOISY))
        for key, view in (("E", View.ESTIMATE), ("N", View.NOISY)):
            QShortcut(QKeySequence(key), self, lambda view=view: timeline.look_at(view))      # a button's own would wait for its animation
        self._live.clicked.connect(self._go_live)
        self._save_step.clicked.connect(self.save_step_requested)
        self._save_as.clicked.connect(self.save_as_requested)
        self._copy.clicked.connect(self.copy_requested)
        self._show.clicked.connect(self.show_requested)
        self._delete.clicked.connect(self.delete_requested)
        for changed in (timeline.run_changed, timeline.current_changed, timeline.step_added, timeline.view_changed,
                        timeline.following_changed, generation.changed):
            changed.connect(self._show_state)
        self.retranslate()

    def retranslate(self) -> None:
        explain(self._pause, tr("Safelight", "Pause"), tr("Safelight", "Pause after this step; meanwhile the machine is free (Space)."))
        explain(self._go_on, tr("Safelight", "Go on"), tr("Safelight", "Go on with this run where it was left (Space)."))
        explain(self._step_once, tr("Safelight", "One step"), tr("Safelight", "Make one step more, and pause."))
        explain(self._stop, tr("Safelight", "Stop"),
                tr("Safelight", "Stop now, in the middle of the step; the steps so far stay (Esc)."))
        explain(self._first, tr("Safelight", "Starting noise"), tr("Safelight", "Go to the noise that the picture starts from (Home)."))
        explain(self._back, tr("Safelight", "Step back"), tr("Safelight", "Go one step back (←)."))
        explain(self._forward, tr("Safelight", "Step forward"), tr("Safelight", "Go one step on (→)."))
        explain(self._newest, tr("Safelight", "Newest step"), tr("Safelight", "Go to the newest step and follow the run from there (End)."))
        self._estimate.setText(tr("Safelight", "Estimate"))
        self._noisy.setText(tr("Safelight", "Noisy"))
        explain(self._estimate, tr("Safelight", "Estimate"), f"{_meaning(View.ESTIMATE)} (E)")
        explain(self._noisy, tr("Safelight", "Noisy"), f"{_meaning(View.NOISY)} (N)")
        self._live.setText(tr("Safelight", "Live"))
        explain(self._live, tr("Safelight", "Live"), tr("Safelight", "Go to the picture at work and follow its newest step."))
        explain(self._save_step, tr("Safelight", "Save this step"),
                tr("Safelight", "Save the step you look at among your pictures, through the full decoder."))
        explain(self._save_as, tr("Safelight", "Save as…"), tr("Safelight", "Save what you look at under a name and in a folder of your "
                                                                             "choice (Ctrl+S)."))
        explain(self._copy, tr("Safelight", "Copy picture"), tr("Safelight", "Copy what you look at to the clipboard (Ctrl+Shift+C)."))
        explain(self._show, tr("Safelight", "Show in folder"), tr("Safelight", "Show the saved picture in its folder."))
        explain(self._delete, tr("Safelight", "Delete picture"), tr("Safelight", "Move the saved picture to the trash; it can be brought "
                                                                                 "back."))
        self._show_state()

    def pause_or_go_on(self) -> None:
        if self._generation.running and not self._generation.pausing:
            self._generation.pause()
        else:
            self._generation.go_on()

    # -- slots

    def _go_live(self) -> None:
        if self._timeline.run is not self._generation.run:
            self._timeline.show(self._generation.run)
        self._timeline.follow()

    def _show_state(self) -> None:
        timeline, generation, run = self._timeline, self._generation, self._timeline.run
        newest = len(timeline.steps) - 1
        goes = generation.running and not generation.pausing
        self._pause.setVisible(generation.running)
        self._pause.setEnabled(goes and not generation.stopping)
        self._go_on.setVisible(not generation.running)
        can_go_on = run is not None and bool(run.steps) and run.ending is not Ending.FINISHED
        self._go_on.setEnabled(can_go_on)
        self._step_once.setEnabled(can_go_on and not generation.running)
        self._stop.setEnabled(generation.running and not generation.stopping)
        for button in (self._first, self._back):
            button.setEnabled(timeline.index > 0)
        for button in (self._forward, self._newest):
            button.setEnabled(timeline.index < newest)
        for button in (self._estimate, self._noisy):
            button.setEnabled(bool(timeline.steps))
        (self._noisy if timeline.view is View.NOISY else self._estimate).setChecked(True)
        self._sentence.show_sentence(_meaning(timeline.view) if timeline.index else "")      # noise is noise in every view
        self._live.setVisible(generation.running and (run is not generation.run or not timeline.following))
        something = timeline.current is not None or bool(run and run.picture)
        for button in (self._save_step, self._save_as):
            button.setEnabled(something)
        self._copy.setEnabled(timeline.pixels is not None)
        for button in (self._show, self._delete):
            button.setEnabled(bool(run and run.path))


class Sentence(QLabel):
    """One quiet line that gives way: what does not fit is cut with an ellipsis and shown on hover."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("view_sentence")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_sentence(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.setToolTip(tooltip(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        if self.width() > 60:              # less than a word helps nobody
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter,
                             self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width()))


def _segment(name: str) -> QPushButton:
    button = QPushButton(objectName=name, checkable=True)
    button.setProperty("segment", "true")
    return button


def _meaning(view: View) -> str:
    match view:
        case View.ESTIMATE:
            return tr("Safelight", "The finished picture as the model expects it at this step (x₀).")
        case View.NOISY:
            return tr("Safelight", "What is really there after this step: picture and noise mixed (xₜ).")
