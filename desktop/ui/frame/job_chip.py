"""JobChip: what is being made, how far it is and how long it takes, wherever the user looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QPushButton, QSizePolicy

from ...diffusion.run import Pixels, Run
from ...studio.at_work import AtWork, QueueState
from ...studio.generation import Generation
from ...studio.timeline import Timeline
from ..language import Retranslating, clock, explain, tr
from ..theme import Theme
from ..widgets.controls import IconButton, label, named
from ..widgets.images import Thumbnail

if TYPE_CHECKING:
    from ...studio.trainings import Training

HEIGHT = 28  # px
WIDTH, NARROW = 284, 206  # px
RADIUS = 6.0  # px
BAR = 2  # px, at the foot


class JobChip(Retranslating, QFrame):
    """Hidden while nothing runs, waits or has just finished. The transport acts on what is shown, the chip on what is made."""

    opened = Signal()  # a click on it
    show_requested = Signal(object)  # Run or Training

    def __init__(self, at_work: AtWork, generation: Generation, timeline: Timeline, theme: Theme) -> None:
        super().__init__()
        self._at_work = at_work
        self._generation = generation
        self._timeline = timeline
        self._theme = theme
        self._narrow = False
        self._look: tuple[object, ...] = ()  # what is shown
        self._is_seen = True  # whether the place that shows runs is open
        self.setObjectName("job_chip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self._face = _Face(theme)
        self._pause = IconButton(theme, "pause", "job_pause", 14)
        self._show = named(QPushButton(), "job_show")
        self._show.setProperty("quiet", "true")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, BAR - 1)
        row.setSpacing(2)
        row.addWidget(self._face, 1)
        row.addWidget(self._pause)
        row.addWidget(self._show)
        self._face.clicked.connect(self.opened)
        self._pause.clicked.connect(at_work.pause_or_resume)
        self._show.clicked.connect(lambda: self.show_requested.emit(at_work.shown))
        self._face.installEventFilter(self)
        for changed in (at_work.changed, timeline.run_changed, timeline.view_changed):
            changed.connect(self._show_state)
        theme.changed.connect(self.update)
        self.set_narrow(False)
        self.retranslate()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self.setFixedWidth(NARROW if narrow else WIDTH)
        self._show_state()

    def show_seen(self, seen: bool) -> None:
        """Whether the place that shows runs is open."""
        self._is_seen = seen
        self._show_state()

    def retranslate(self) -> None:
        self._show.setText(tr("Safelight", "Show"))
        explain(self._show, tr("Safelight", "Show"), tr("Safelight", "Show the run or training that is being made."))
        self._look = ()
        self._show_state()

    def _show_state(self) -> None:
        state, shown = self._at_work.state, self._at_work.shown
        self.setVisible(state is not None)
        if state is None or shown is None:
            return
        main, detail = progress_words(self._at_work, self._generation, self._narrow)
        if isinstance(shown, Run):
            can_show = not (self._is_seen and shown in (self._timeline.run, self._timeline.compare)) and bool(shown.steps)
            newest: object = (len(shown.steps), shown.ending)
        else:
            can_show, newest = True, len(shown.moments)
        look = state, shown, newest, main, detail, can_show, self._generation.pausing, self._generation.stopping
        if look == self._look:  # the clock ticks more often than the words change
            return
        self._look = look
        self._face.show_words(main, detail)
        self._face.show_pixels(newest_picture(shown))
        self._show_pause(state)
        self._show.setEnabled(can_show)
        self.update(0, self.height() - BAR - 1, self.width(), BAR + 1)

    def _show_pause(self, state: QueueState) -> None:
        generation = self._generation
        self._pause.setVisible(state is not QueueState.FINISHED)
        self._pause.setEnabled(not generation.stopping)
        is_pause = state is QueueState.RUNNING and not generation.pausing
        self._pause.show_icon("pause" if is_pause else "play")
        is_training = self._at_work.run is None
        if is_pause and is_training:
            name, explanation = tr("Safelight", "Pause"), tr("Safelight", "Pause the training; it is saved.")
        elif is_training:
            name, explanation = tr("Safelight", "Resume"), tr("Safelight", "Resume the training.")
        elif is_pause:
            name, explanation = tr("Safelight", "Pause"), tr("Safelight", "Pause the running picture after this step.")
        elif state is QueueState.WAITING:
            name = tr("Safelight", "Start the queue")
            explanation = tr("Safelight", "Generate the pictures in the queue, one after another.")
        else:
            name, explanation = tr("Safelight", "Resume"), tr("Safelight", "Resume the paused run.")
        if explanation != self._pause.accessibleDescription():
            explain(self._pause, name, explanation)

    # -- Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(tokens.accent if self._face.hasFocus() else tokens.edge), 1))
        painter.setBrush(QColor(tokens.hover if self._face.underMouse() else tokens.field))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        if self._at_work.state in (QueueState.RUNNING, QueueState.PAUSED):
            room = QRectF(RADIUS, self.height() - BAR - 0.5, self.width() - 2 * RADIUS, BAR)
            room.setWidth(room.width() * self._at_work.share)
            painter.fillRect(room, QColor(tokens.accent if self._at_work.state is QueueState.RUNNING else tokens.quiet))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut, QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().eventFilter(watched, event)


class _Face(QAbstractButton):
    """The picture and the words of the chip, as one button."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("job")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._thumbnail = Thumbnail(theme, "job_thumbnail", 20)
        self._main, self._detail = label("strong", "job_state"), label("quiet", "job_left")
        row = QHBoxLayout(self)
        row.setContentsMargins(5, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._thumbnail)
        row.addWidget(self._main)
        row.addWidget(self._detail, 1)
        for child in (self._thumbnail, self._main, self._detail):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_words(self, main: str, detail: str) -> None:
        if (main, detail) != (self._main.text(), self._detail.text()):
            self._main.setText(main)
            self._detail.setText(detail)
            explain(self, ", ".join(filter(None, (main, detail))), tr("Safelight", "Show the queue."))

    def show_pixels(self, pixels: Pixels | None) -> None:
        self._thumbnail.show_pixels(pixels)

    def sizeHint(self) -> QSize:
        return QSize(0, HEIGHT - BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chip paints the background."""


def progress_words(at_work: AtWork, generation: Generation, narrow: bool = False) -> tuple[str, str]:
    """What is being done, and how long it takes."""
    shown = at_work.shown
    if shown is not None and not isinstance(shown, Run):
        return _training_words(at_work, narrow)
    step, steps = at_work.step, at_work.steps
    place = f"{step} / {steps}" if narrow else tr("Safelight", "Step {step} of {steps}").format(step=step, steps=steps)
    match at_work.state:
        case QueueState.FINISHED:
            return tr("Safelight", "Finished"), ""
        case QueueState.WAITING:
            return tr("Safelight", "{count} queued").format(count=len(generation.up_next)), ""
        case QueueState.PAUSED:
            return place, tr("Safelight", "paused")
    if generation.stopping:
        return tr("Safelight", "Stopping…"), ""
    if generation.pausing:
        return tr("Safelight", "Pausing…"), ""
    if not at_work.step:
        return tr("Safelight", "Starting…"), ""
    if step >= steps:
        return tr("Safelight", "Finishing…"), ""
    left = at_work.left
    if left is None:
        return place, ""
    return place, clock(left) if narrow else tr("Safelight", "{time} left").format(time=clock(left))


def newest_picture(work: Run | Training) -> Pixels | None:
    """Of a step, or of the samples."""
    if isinstance(work, Run):
        return work.steps[-1].thumbnail if work.steps else work.picture
    return work.picture


def _training_words(at_work: AtWork, narrow: bool) -> tuple[str, str]:
    place = f"{round(100 * at_work.share)} %"
    words = place if narrow else tr("Safelight", "Training, {share}").format(share=place)
    if at_work.state is QueueState.FINISHED:
        return tr("Safelight", "Training finished"), ""
    if at_work.state is QueueState.PAUSED:
        return words, tr("Safelight", "paused")
    if not at_work.steps:
        return tr("Safelight", "Training…"), ""
    if (left := at_work.left) is None:
        return words, ""
    return words, clock(left) if narrow else tr("Safelight", "{time} left").format(time=clock(left))
