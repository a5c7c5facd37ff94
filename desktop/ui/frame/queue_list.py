"""QueueList: the queue after the current picture; each line can be moved and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from ...errors import QT_TRANSLATE_NOOP
from ...studio.forecast import Forecast
from ...studio.generation import Generation, Job
from ..language import Retranslating, clock, explain, tooltip, tr
from ..theme import Theme
from ..widgets.command import WidgetKeys
from ..widgets.controls import IconButton, Index, label, named

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

ROW = 28  # px
BUTTON = 24  # px, at the right end of a row


class QueueList(Retranslating, QWidget):
    """Shows `generation.up_next`; hidden while the queue is empty."""

    def __init__(self, generation: Generation, forecast: Forecast, theme: Theme) -> None:
        super().__init__()
        self._generation = generation
        self._forecast = forecast
        self._theme = theme
        self.setObjectName("up_next")
        self._title = label("caption", "up_next_title")
        self._count = label("faint", "up_next_count")
        self._start = named(QPushButton(), "up_next_start")
        self._start.setProperty("quiet", "true")
        self._start.clicked.connect(generation.resume_queue)
        self._clear = named(QPushButton(), "up_next_clear")
        self._clear.setProperty("quiet", "true")
        self._clear.clicked.connect(generation.clear)
        self._list = _Lines(theme)
        self._list.remove_requested.connect(self._remove)
        self._list.move_requested.connect(self._move)
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(self._title)
        header.addStretch()
        header.addWidget(self._start)
        header.addWidget(self._clear)
        header.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self._list)
        generation.queue_changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        jobs = self._generation.up_next
        self.setVisible(bool(jobs))
        self._title.setText(tr("Safelight", "Queue"))
        pictures = sum(_pictures(job) for job in jobs)
        self._count.setText(str(pictures) if pictures else "")
        self._count.setToolTip(tr("Safelight", "Number of pictures in the queue."))
        waiting = self._generation.holding and not self._generation.running
        self._start.setVisible(waiting)
        if waiting and jobs[0].run.steps:
            self._start.setText(tr("Safelight", "Resume"))
            explain(
                self._start,
                tr("Safelight", "Resume the queue"),
                tr("Safelight", "Resume the paused run, then generate the rest of the queue."),
            )
        else:
            self._start.setText(tr("Safelight", "Start"))
            explain(
                self._start, tr("Safelight", "Start the queue"), tr("Safelight", "Generate the pictures in the queue, one after another.")
            )
        explain(
            self._list,
            tr("Safelight", "Queue"),
            tr(
                "Safelight", "The pictures to generate after the current one. Delete removes a line; Alt+Up, Alt+Down or dragging moves it."
            ),
        )
        self._clear.setText(tr("Safelight", "Clear"))
        self._clear.setVisible(len(jobs) > 1)
        explain(
            self._clear,
            tr("Safelight", "Clear the queue"),
            tr("Safelight", "Remove everything that waits. It can be undone, and steps are kept."),
        )
        self._list.fill(jobs, waiting, [self._forecast.seconds(job) for job in jobs])

    def first(self) -> QWidget | None:
        """What gets the keyboard when the list is opened; None while the queue is empty."""
        if not self._generation.up_next:
            return None
        return self._list if self._start.isHidden() else self._start

    def _remove(self, row: int) -> None:
        self._generation.remove(self._generation.up_next[row])

    def _move(self, row: int, to: int) -> None:
        self._generation.move(self._generation.up_next[row], to)
        self._list.setCurrentRow(to)


class _Lines(QListWidget):
    """The list: the prompt, the number of pictures, the time, and a button that removes the line. Lines can be dragged."""

    remove_requested = Signal(int)
    move_requested = Signal(int, int)  # a row, and the one that it is to have

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("up_next_list")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Move a line of the queue"), "Alt+↑, Alt+↓")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Remove a line of the queue"), "Del")
        self._theme = theme
        self.setItemDelegate(_QueueRow(self, theme))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setUniformItemSizes(True)
        self._pressed: QPoint | None = None  # where the mouse was pressed
        self._dragged: int | None = None  # row
        self._target = 0  # the row that the dragged one would get

    def fill(self, jobs: list[Job], waiting: bool, seconds: list[float | None]) -> None:
        """Show one line per job. `waiting`: the queue is held, so a job that has started is paused. `seconds`: how long each takes."""
        self._end_drag()
        current = self.currentRow()
        self.clear()
        for row, job in enumerate(jobs):
            words = " ".join(job.recipe.final.prompt.text.split())
            item = QListWidgetItem(words or tr("Safelight", "(no prompt)"))
            takes = seconds[row]
            item.setData(Qt.ItemDataRole.UserRole, ", ".join([*_in_short(job), *([clock(takes)] if takes is not None else [])]))
            details = _in_words(job, waiting)
            if takes is not None:
                details.append(tr("Safelight", "Takes about {time}").format(time=clock(takes)))
            item.setToolTip(tooltip("\n".join(filter(None, (words, *details)))))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ". ".join((item.text(), *details)))
            self.addItem(item)
            remove = IconButton(self._theme, "x", "remove", 14)
            remove.setFixedSize(BUTTON, BUTTON)
            remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard uses Delete
            explain(
                remove,
                tr("Safelight", "Remove"),
                tr("Safelight", "Remove this run from the queue. Its steps are kept.")
                if job.run.steps
                else tr("Safelight", "Remove this line from the queue."),
            )
            remove.clicked.connect(lambda _, row=row: self.remove_requested.emit(row))
            end = QWidget()
            layout = QHBoxLayout(end)
            layout.setContentsMargins(0, 0, 2, 0)
            layout.addWidget(remove, 0, Qt.AlignmentFlag.AlignRight)
            self.setItemWidget(item, end)
        chosen = QItemSelectionModel.SelectionFlag.ClearAndSelect if self.hasFocus() else QItemSelectionModel.SelectionFlag.Clear
        self.setCurrentRow(min(max(current, 0), len(jobs) - 1), chosen)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(200, self.count() * ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, ROW)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason) and (line := self.currentItem()):
            line.setSelected(True)  # shows the keyboard focus

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentRow()
        moves = {Qt.Key.Key_Up: row - 1, Qt.Key.Key_Down: row + 1} if event.modifiers() & Qt.KeyboardModifier.AltModifier else {}
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and row >= 0:
            self.remove_requested.emit(row)
        elif row >= 0 and (to := moves.get(Qt.Key(event.key()))) is not None:
            if 0 <= to < self.count():
                self.move_requested.emit(row, to)
        elif event.key() == Qt.Key.Key_Escape and self._dragged is not None:
            self._end_drag()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = event.position().toPoint() if event.button() is Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        if self._dragged is None and (at - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            index = self.indexAt(self._pressed)
            self._dragged = index.row() if index.isValid() else None
        if self._dragged is not None:
            gap = round((at.y() + self.verticalOffset()) / ROW)  # between two lines
            gap = min(max(gap, 0), self.count())
            self._target = gap - 1 if gap > self._dragged else gap
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, target = self._dragged, self._target
        self._end_drag()
        if dragged is None:
            super().mouseReleaseEvent(event)
        elif dragged != target:
            self.move_requested.emit(dragged, target)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._dragged is not None and self._dragged != self._target:
            y = (self._target + (self._target > self._dragged)) * ROW - self.verticalOffset()
            painter = QPainter(self.viewport())
            painter.fillRect(
                QRect(0, min(max(y - 1, 0), self.viewport().height() - 2), self.viewport().width(), 2), QColor(self._theme.tokens.accent)
            )

    def _end_drag(self) -> None:
        if self._dragged is not None:
            self.unsetCursor()
            self.viewport().update()
        self._dragged = self._pressed = None


class _QueueRow(QStyledItemDelegate):
    """Draws the prompt, elided to fit, then the facts of the job."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.text = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        tokens = self._theme.tokens
        room = option.rect.adjusted(6, 0, -BUTTON - 8, 0)
        pictures = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painter.setFont(option.font)
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, pictures)
        room.setRight(room.right() - (option.fontMetrics.horizontalAdvance(pictures) + 8 if pictures else 0))
        painter.setPen(QColor(tokens.text))
        words = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.restore()


def _in_short(job: Job) -> list[str]:
    """Facts shown after the prompt: its step, the step to pause at, the number of pictures."""
    facts = []
    if job.choice_at is not None:
        facts.append(tr("Safelight", "to step {step}").format(step=job.choice_at))
    elif job.run.steps:
        facts.append(tr("Safelight", "step {step} of {steps}").format(step=len(job.run.steps) - 1, steps=job.run.expected_steps))
    if job.twin is not None:
        facts.append(tr("Safelight", "comparison"))
    if job.pictures > 1:
        facts.append(f"×{job.pictures}")
    return facts


def _in_words(job: Job, waiting: bool) -> list[str]:
    """The same facts in full, for screen readers and the tooltip."""
    facts = []
    if job.run.steps:
        started = tr("Safelight", "Paused at step {step} of {steps}") if waiting else tr("Safelight", "Started, at step {step} of {steps}")
        facts.append(started.format(step=len(job.run.steps) - 1, steps=job.run.expected_steps))
    if job.choice_at is not None:
        facts.append(
            tr("Safelight", "Seed {seed}, pauses at step {step} for your choice").format(seed=job.recipe.sampling.seed, step=job.choice_at)
        )
    if job.twin is not None:
        facts.append(tr("Safelight", "Two pictures, generated step by step together"))
    if job.pictures > 1:
        facts.append(tr("Safelight", "{count} pictures").format(count=job.pictures))
    return facts


def _pictures(job: Job) -> int:
    """Number of pictures that the job makes without a further choice."""
    if job.choice_at is not None:
        return 0
    return job.pictures + (job.twin is not None and job.twin.picture is None)
