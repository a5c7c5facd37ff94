"""Lanes: the tree of the shown run above the filmstrip, one line per run from the step where it branches off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...diffusion.run import Ending, Run
from ...studio.generation import Generation
from ...studio.timeline import Lane, Timeline
from ..language import Retranslating, tooltip, tr
from ..theme import Theme
from ..widgets.controls import Index
from ..widgets.turns import changed

ROW = 18  # px
MOST_ROWS = 4  # visible at once; the others are reached by scrolling
SCROLL = 10  # px to the right of the filmstrip, for a scroll bar
CORNER = 5  # px, radius where a lane branches off
DOT = 3.5  # px, its radius
GAP = 8  # px between a lane and its label
LEAST = 30  # px, least width of a shortened label


class Lanes(Retranslating, QListView):
    """Visible while the tree has branches. Click or Enter shows a lane, Ctrl+click or C compares it with the shown one, Del deletes it."""

    delete_requested = Signal(object)  # Run

    def __init__(
        self, timeline: Timeline, generation: Generation, theme: Theme, geometry: Callable[[int], QRect], parent: QWidget | None = None
    ) -> None:
        """`geometry` returns the rectangle of a step's slice."""
        super().__init__(parent)
        self._timeline = timeline
        self._tree = Tree(timeline, self)
        self.setObjectName("lanes")
        self.setModel(self._tree)
        self.setItemDelegate(Drawn(timeline, self._tree, theme, geometry, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._tree.modelReset.connect(self._show_tree)
        timeline.run_changed.connect(self._go_to_shown)
        for moved in (timeline.current_changed, timeline.step_added, timeline.view_changed, generation.changed, theme.changed):
            moved.connect(self.viewport().update)
        self.retranslate()
        self._show_tree()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Branches"))
        self.setAccessibleDescription(
            tr("Safelight", "Runs that share their first steps. Enter shows one, C compares it with the shown one, Delete deletes it.")
        )
        self.viewport().update()

    def switch(self, run: Run) -> None:
        if run is not self._timeline.run:
            self._timeline.switch(run)

    def compare(self, run: Run) -> None:
        """Compare `run` with the shown one, or stop comparing them."""
        if run is not self._timeline.run:
            self._timeline.compare_with(None if run is self._timeline.compare else run)

    def _show_tree(self) -> None:
        self.setVisible(len(self._tree.lanes) > 1)
        self.setFixedHeight(min(len(self._tree.lanes), MOST_ROWS) * ROW)
        self._go_to_shown()

    def _go_to_shown(self) -> None:
        row = next((row for row, lane in enumerate(self._tree.lanes) if lane.run is self._timeline.run), 0)
        self.setCurrentIndex(self._tree.index(row))

    # -- Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and _action(event):
            event.accept()  # elsewhere, C chooses a view
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lane = self._tree.lane(self.currentIndex())
        match _action(event):
            case "show" if lane:
                self.switch(lane.run)
            case "compare" if lane:
                self.compare(lane.run)
            case "delete" if lane:
                self.delete_requested.emit(lane.run)
            case "back":
                self._timeline.go_by(-1)
            case "forward":
                self._timeline.go_by(1)
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        lane = self._tree.lane(self.indexAt(event.position().toPoint()))
        if lane and event.button() is Qt.MouseButton.LeftButton:
            (self.compare if event.modifiers() & Qt.KeyboardModifier.ControlModifier else self.switch)(lane.run)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos())) if by_mouse else self.currentIndex()
        lane = self._tree.lane(index)
        if lane is None:
            return
        menu = QMenu(self)
        menu.setObjectName("lane_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        show = menu.addAction(tr("Safelight", "Show this branch"), lambda: self.switch(lane.run))
        compare = menu.addAction(
            tr("Safelight", "Stop comparing") if lane.run is self._timeline.compare else tr("Safelight", "Compare with the shown one"),
            lambda: self.compare(lane.run),
        )
        for action in (show, compare):
            action.setEnabled(lane.run is not self._timeline.run)
        menu.addSeparator()
        menu.addAction(tr("Safelight", "Delete branch"), lambda: self.delete_requested.emit(lane.run)).setShortcut("Del")
        menu.popup(event.globalPos() if by_mouse else self.viewport().mapToGlobal(self.visualRect(index).center()))


def _action(event: QKeyEvent) -> str | None:
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return None
    match event.key():
        case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
            return "show"
        case Qt.Key.Key_C:
            return "compare"
        case Qt.Key.Key_Delete:
            return "delete"
        case Qt.Key.Key_Left:
            return "back"
        case Qt.Key.Key_Right:
            return "forward"
    return None


class Tree(QAbstractListModel):
    """`timeline.lanes` as a model of the list."""

    def __init__(self, timeline: Timeline, parent: QWidget) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self.lanes: list[Lane] = []
        self._rows: dict[str | None, int] = {}  # by the id of a run
        timeline.lanes_changed.connect(self._take_over)
        self._take_over()

    def lane(self, index: Index) -> Lane | None:
        return self.lanes[index.row()] if index.isValid() and index.row() < len(self.lanes) else None

    def connectors(self, row: int) -> Iterator[tuple[Lane, int]]:
        """The lanes whose connector to their parent crosses `row`, each with the row of the parent."""
        for number, lane in enumerate(self.lanes):
            parent = self._rows.get(lane.run.parent)
            if parent is not None and parent <= row <= number:
                yield lane, parent

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.lanes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        lane = self.lane(index)
        if lane is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return label(lane.run)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(lane)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self._spoken(lane))
        return None

    def _take_over(self) -> None:
        lanes = self._timeline.lanes
        if [lane.run for lane in lanes] != [lane.run for lane in self.lanes]:
            self.beginResetModel()
            self.lanes = lanes
            self._rows = {lane.run.id: row for row, lane in enumerate(lanes)}
            self.endResetModel()

    def _spoken(self, lane: Lane) -> str:
        """What its drawing shows, in words."""
        run = lane.run
        words = [label(run)]
        if lane.branched_after is not None:
            words.append(tr("Safelight", "from step {number}").format(number=lane.branched_after))
        words.append(tr("Safelight", "{state} at step {number}").format(state=_state(run), number=max(0, len(run.steps) - 1)))
        if run is self._timeline.run:
            words.append(tr("Safelight", "shown"))
        elif run is self._timeline.compare:
            words.append(tr("Safelight", "compared"))
        return ", ".join(words)


def label(run: Run) -> str:
    """What distinguishes `run`, in one line."""
    return " ".join(changed(run).split())


def _state(run: Run) -> str:
    match run.ending:
        case Ending.RUNNING:
            return tr("Safelight", "running")
        case Ending.PAUSED:
            return tr("Safelight", "paused")
        case Ending.FINISHED:
            return tr("Safelight", "finished")
        case Ending.STOPPED:
            return tr("Safelight", "stopped")
        case Ending.FAILED:
            return tr("Safelight", "failed")


class Drawn(QStyledItemDelegate):
    """One lane: its connector to the parent, its line, a dot at its newest step, and its label."""

    def __init__(self, timeline: Timeline, tree: Tree, theme: Theme, geometry: Callable[[int], QRect], parent: Lanes) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._tree = tree
        self._theme = theme
        self._geometry = geometry

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        lane = self._tree.lane(index)
        if lane is None:
            return
        tokens, is_shown = self._theme.tokens, lane.run is self._timeline.run
        row = QRectF(0, option.rect.y(), option.widget.width() - SCROLL, ROW)
        font = option.widget.font()
        font.setPixelSize(11)
        words = self._words(lane, index.row(), row.right(), QFontMetricsF(font))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        if option.state & QStyle.StateFlag.State_MouseOver and not is_shown:
            painter.fillRect(row, QColor(tokens.hover))
        self._paint_playhead(painter, row)
        for each, parent_row in self._tree.connectors(index.row()):
            self._paint_connector(painter, each, row, is_begin=parent_row == index.row(), is_end=each is lane)
        self._paint_line(painter, lane, row)
        box = words.box.translated(0, row.y())
        if words.text:
            painter.fillRect(box.adjusted(-GAP / 2, 1, GAP / 2, -1), QColor(tokens.panel))
        painter.setPen(QColor(tokens.text if is_shown else tokens.quiet))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words.text)
        if lane.run is self._timeline.compare:
            begin, end = self._ends(lane)
            _frame(painter, box.united(QRectF(begin, row.y(), end - begin, ROW)).adjusted(-GAP, 0, GAP, 0) & row, tokens.accent)
        if option.state & QStyle.StateFlag.State_HasFocus:
            _frame(painter, row, tokens.text)
        painter.restore()

    def _middle(self, number: int) -> float:
        return QRectF(self._geometry(number)).center().x()

    def _ends(self, lane: Lane) -> tuple[float, float]:
        return self._middle(lane.branched_after or 0), self._middle(max(0, len(lane.run.steps) - 1))

    def _pen(self, lane: Lane) -> QPen:
        is_shown = lane.run is self._timeline.run
        return QPen(QColor(self._theme.tokens.accent if is_shown else self._theme.tokens.faint), 2 if is_shown else 1.5)

    def _words(self, lane: Lane, row: int, width: float, metrics: QFontMetricsF) -> Words:
        """The label left of the lane, right of it or on it: the first with enough space, otherwise the one with most space."""
        begin, end = self._ends(lane)
        passing = sorted(self._middle(each.branched_after or 0) for each, _ in self._tree.connectors(row) if each is not lane)
        left = Room(max((x + GAP for x in passing if x < begin), default=0), begin - GAP)
        right = Room(end + GAP, min((x - GAP for x in passing if x > end), default=width))
        on_it = [begin, *(x for x in passing if begin < x < end), end]
        rooms = [left, right, *(Room(one + GAP + CORNER, other - GAP - CORNER) for one, other in pairwise(on_it))]
        text = label(lane.run)
        needed = metrics.horizontalAdvance(text) + 1
        most = max(left, right, Room(begin + GAP + CORNER, end - GAP - CORNER), key=lambda room: room.width)
        room = next((room for room in rooms if room.width >= needed), most)
        if room.width < LEAST:
            return Words("", QRectF(end, 0, 0, ROW))
        taken = min(needed, room.width)
        return Words(
            metrics.elidedText(text, Qt.TextElideMode.ElideRight, taken),
            QRectF(room.right - taken if room is left else room.left, 0, taken, ROW),
        )

    def _paint_playhead(self, painter: QPainter, row: QRectF) -> None:
        """One playhead across all lanes."""
        rect = QRectF(self._geometry(self._timeline.index))
        painter.fillRect(QRectF(rect.x(), row.y(), rect.width(), ROW), QColor(self._theme.tokens.accent_soft))

    def _paint_connector(self, painter: QPainter, lane: Lane, row: QRectF, is_begin: bool, is_end: bool) -> None:
        """The part in `row` of the connector from the parent to `lane`."""
        x, middle = self._middle(lane.branched_after or 0), row.center().y()
        path = QPainterPath(QPointF(x, middle if is_begin else row.top()))
        if is_end:
            path.lineTo(x, middle - CORNER)
            path.quadTo(x, middle, x + CORNER, middle)
        else:
            path.lineTo(x, row.bottom())
        painter.strokePath(path, self._pen(lane))

    def _paint_line(self, painter: QPainter, lane: Lane, row: QRectF) -> None:
        """From the start of the lane to its newest step. The dot is filled for a running or finished run."""
        begin, end = self._ends(lane)
        middle = row.center().y()
        begin += CORNER if lane.branched_after is not None else 0
        painter.setPen(self._pen(lane))
        if begin < end:
            painter.drawLine(QPointF(begin, middle), QPointF(end, middle))
        tokens, ending = self._theme.tokens, lane.run.ending
        colour = QColor(tokens.accent if ending in (Ending.RUNNING, Ending.PAUSED) else tokens.quiet)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if ending in (Ending.RUNNING, Ending.FINISHED) else QColor(tokens.panel))
        painter.drawEllipse(QPointF(end, middle), DOT, DOT)


@dataclass(frozen=True, slots=True)
class Room:
    """Horizontal space for a label, px."""

    left: float
    right: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Words:
    """The label of a lane, shortened if necessary, and its rectangle in px from the top of the row."""

    text: str
    box: QRectF


def _frame(painter: QPainter, box: QRectF, colour: str) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 1))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
