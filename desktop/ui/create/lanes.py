"""Lanes: the tree of the shown run below the filmstrip, one row per run: its name, and its steps from where it branches off."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListView, QMenu, QStyledItemDelegate, QWidget

from ...diffusion.run import Ending, Run, Step
from ...errors import QT_TRANSLATE_NOOP
from ...studio.generation import Generation
from ...studio.stars import Stars
from ...studio.timeline import Lane, Timeline
from ..language import Retranslating, tooltip, tr
from ..theme import Theme
from ..widgets.command import WidgetKeys
from ..widgets.controls import Index, named
from ..widgets.images import to_qimage
from ..widgets.turns import changed, short
from .filmstrip import Filmstrip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

ROW = 28  # px
MOST_ROWS = 4  # visible at once; the others are reached by scrolling
FEWEST_ROWS = 2  # visible at once where there is little room
SCROLL = 10  # px to the right of the filmstrip, for a scroll bar
CORNER = 5  # px, radius where a lane branches off
DOT = 3.5  # px, radius of the dot at the newest step
RING = 4  # px, radius of the ring where a lane branches off
INDENT = 12  # px, for each level of the tree
DEEPEST = 3  # levels that are indented
THUMBNAIL = 20  # px
EYE = 14  # px, and the star
GAP = 6  # px
LONGEST = 80  # characters of a name
LEAST_EDITOR = 120  # px, width of the field for a name
MOST_THUMBNAILS = 400  # kept in memory


class Lanes(Retranslating, QListView):
    """Visible while the tree has branches, unless they are folded.

    A click or Enter shows a lane; Ctrl+click, C or its eye compares it with the shown one; S or its star stars it; F2 renames it;
    Del deletes it.
    """

    delete_requested = Signal(object)  # Run
    rename_requested = Signal(object, str)  # Run, its new name; "" for the one that its changes give it

    def __init__(
        self, timeline: Timeline, generation: Generation, stars: Stars, theme: Theme, filmstrip: Filmstrip, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._stars = stars
        self._tree = Tree(timeline, stars, self)
        self._most_rows = FEWEST_ROWS
        self._is_folded = False
        self._heads = 0
        self.setObjectName("lanes")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Show the chosen branch"), "Enter")
        WidgetKeys(
            self,
            QT_TRANSLATE_NOOP("Safelight", "Compare the chosen branch with the shown one"),
            QT_TRANSLATE_NOOP("Safelight", "C, Ctrl+click"),
        )
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Star the chosen branch, or remove its star"), "S")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Rename the chosen branch"), "F2")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Delete the chosen branch"), "Del")
        self.setModel(self._tree)
        self.setItemDelegate(Drawn(timeline, stars, self._tree, theme, filmstrip, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self._tree.renamed.connect(self.rename_requested)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._tree.modelReset.connect(self._show_tree)
        timeline.run_changed.connect(self._go_to_shown)
        for moved in (
            timeline.current_changed,
            timeline.step_added,
            timeline.view_changed,
            generation.changed,
            theme.changed,
            filmstrip.grid_changed,
        ):
            moved.connect(self._repaint)
        self.retranslate()
        self._show_tree()

    @property
    def has_branches(self) -> bool:
        return len(self._tree.lanes) > 1

    @property
    def is_open(self) -> bool:
        return self.has_branches and not self._is_folded

    @property
    def heads(self) -> int:
        """px at the left, for the names; the film begins there."""
        return self._heads

    def set_heads(self, width: int) -> None:
        if width != self._heads:
            self._heads = width
            self._repaint()

    def be_roomy(self, is_roomy: bool) -> None:
        """Whether there is room for many rows."""
        self._most_rows = MOST_ROWS if is_roomy else FEWEST_ROWS
        self._show_tree()

    def fold(self, is_folded: bool) -> None:
        if is_folded is not self._is_folded:
            self._is_folded = is_folded
            self._show_tree()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Branches"))
        self.setAccessibleDescription(
            tr(
                "Safelight",
                "Runs that share their first steps. Enter shows one, C compares it with the shown one, S stars it, F2 renames it,"
                " Delete deletes it; [ and ] go through them.",
            )
        )
        self._repaint()

    def switch(self, run: Run) -> None:
        if run is not self._timeline.run:
            self._timeline.switch(run)

    def walk(self, distance: int) -> None:
        """Show a lane above or below the shown one, at the same step."""
        runs = [lane.run for lane in self._tree.lanes]
        if self._timeline.run in runs:
            self.switch(runs[min(max(runs.index(self._timeline.run) + distance, 0), len(runs) - 1)])

    def compare(self, run: Run) -> None:
        """Compare `run` with the shown one, or stop comparing them."""
        if run is not self._timeline.run:
            self._timeline.compare_with(None if run is self._timeline.compare else run)

    def _repaint(self) -> None:
        if self.has_branches:
            self.viewport().update()

    def _show_tree(self) -> None:
        self.setVisible(self.is_open)
        self.setFixedHeight(min(len(self._tree.lanes), self._most_rows) * ROW)
        self._go_to_shown()

    def _go_to_shown(self) -> None:
        row = next((row for row, lane in enumerate(self._tree.lanes) if lane.run is self._timeline.run), 0)
        self.setCurrentIndex(self._tree.index(row))

    # -- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

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
            case "star" if lane:
                self._stars.toggle(lane.run.key)
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
            button = self._button_at(event.position().x())
            if button == "star":
                self._stars.toggle(lane.run.key)
            elif button == "eye" or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.compare(lane.run)
            else:
                self.switch(lane.run)

    def _button_at(self, x: float) -> str:
        """Which button of a lane is at `x`: "eye", "star", or none. Each reaches half-way to the other."""
        from_right = self.heads - x
        if -1 <= from_right < GAP + EYE + GAP / 2:
            return "eye"
        return "star" if 0 <= from_right <= GAP + 2 * (EYE + GAP) else ""

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
        star = tr("Safelight", "Remove star") if self._stars.has(lane.run.key) else tr("Safelight", "Star")
        menu.addAction(star, lambda: self._stars.toggle(lane.run.key)).setShortcut("S")
        menu.addAction(tr("Safelight", "Rename…"), lambda: self.edit(index)).setShortcut("F2")
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
        case Qt.Key.Key_S:
            return "star"
        case Qt.Key.Key_Delete:
            return "delete"
        case Qt.Key.Key_Left:
            return "back"
        case Qt.Key.Key_Right:
            return "forward"
    return None


class Tree(QAbstractListModel):
    """`timeline.lanes` as a model of the list."""

    renamed = Signal(object, str)  # Run, the name that the user has typed

    def __init__(self, timeline: Timeline, stars: Stars, parent: QWidget) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._stars = stars
        self.lanes: list[Lane] = []
        self._rows: dict[str | None, int] = {}  # by the id of a run
        timeline.lanes_changed.connect(self._take_over)
        stars.changed.connect(self._take_over)
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
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return lane_name(lane.run)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(lane)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self._spoken(lane))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        lane, name = self.lane(index), " ".join(str(value).split())[:LONGEST]
        if lane is None or role != Qt.ItemDataRole.EditRole or name == lane_name(lane.run):
            return False
        self.renamed.emit(lane.run, name)
        return True

    def _take_over(self) -> None:
        lanes = self._timeline.lanes
        if [lane.run for lane in lanes] != [lane.run for lane in self.lanes]:
            self.beginResetModel()
            self.lanes = lanes
            self._rows = {lane.run.id: row for row, lane in enumerate(lanes)}
            self.endResetModel()
        elif lanes:
            self.dataChanged.emit(self.index(0), self.index(len(lanes) - 1))  # a name or a star may have changed

    def _spoken(self, lane: Lane) -> str:
        """What its drawing shows, in words."""
        run = lane.run
        what = " ".join(changed(run).split())
        words = [lane_name(run), *([] if lane_name(run) in what else [what])]
        if lane.branched_after is not None:
            words.append(tr("Safelight", "from step {number}").format(number=lane.branched_after))
        words.append(tr("Safelight", "{state} at step {number}").format(state=state(run), number=max(0, len(run.steps) - 1)))
        if run is self._timeline.run:
            words.append(tr("Safelight", "shown"))
        elif run is self._timeline.compare:
            words.append(tr("Safelight", "compared"))
        if self._stars.has(run.key):
            words.append(tr("Safelight", "starred"))
        return ", ".join(words)


def lane_name(run: Run) -> str:
    """What `run` is called, in one line."""
    return " ".join(short(run).split())


def state(run: Run) -> str:
    """How `run` ended, in one word."""
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
    """One lane: its place in the tree, picture and name; then, on the grid of the film, its steps and its state at the end."""

    def __init__(self, timeline: Timeline, stars: Stars, tree: Tree, theme: Theme, filmstrip: Filmstrip, parent: Lanes) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._stars = stars
        self._tree = tree
        self._theme = theme
        self._filmstrip = filmstrip
        self._lanes = parent
        self._thumbnails: OrderedDict[tuple[int, int], tuple[Step, QPixmap]] = OrderedDict()  # by the id() of the step and px of the screen

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        from PySide6.QtWidgets import QStyle  # here: before a run has branches, its many enums are not needed

        lane = self._tree.lane(index)
        if lane is None:
            return
        tokens = self._theme.tokens
        row = QRectF(0, option.rect.y(), self._lanes.viewport().width(), ROW)
        font = option.widget.font()
        font.setPixelSize(12)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(font)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if is_hovered and lane.run is not self._timeline.run:
            _fill(painter, row.adjusted(0, 1, 0, -1), tokens.hover)
        self._paint_head(painter, lane, row, is_hovered)
        painter.setClipRect(QRectF(self._lanes.heads, row.y(), self._filmstrip.width(), ROW))
        self._paint_track(painter, lane, row, index.row())
        painter.setClipping(False)
        if option.state & QStyle.StateFlag.State_HasFocus:
            _frame(painter, row, tokens.text)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = named(QLineEdit(parent), "lane_name")
        editor.setMaxLength(LONGEST)
        editor.setAccessibleName(tr("Safelight", "Name of the branch"))
        editor.setPlaceholderText(tr("Safelight", "Named after its changes"))
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        lane = self._tree.lane(index)
        left = INDENT * min(lane.depth, DEEPEST) + THUMBNAIL + 4 if lane else 0
        right = max(self._lanes.heads, left + LEAST_EDITOR)
        editor.setGeometry(QRect(left, option.rect.y() + 1, right - left, ROW - 2))

    # -- the head

    def _paint_head(self, painter: QPainter, lane: Lane, row: QRectF, is_hovered: bool) -> None:
        tokens, is_shown, is_compared = self._theme.tokens, lane.run is self._timeline.run, lane.run is self._timeline.compare
        left = INDENT * min(lane.depth, DEEPEST)
        middle = row.center().y()
        if lane.depth:
            painter.setPen(QPen(QColor(tokens.edge), 1))
            painter.drawPolyline([QPointF(left - 4, row.top()), QPointF(left - 4, middle), QPointF(left, middle)])
        box = QRectF(left + 2, middle - THUMBNAIL / 2, THUMBNAIL, THUMBNAIL)
        if lane.run.steps and lane.run.steps[-1].thumbnail:
            self._paint_thumbnail(painter, lane.run.steps[-1], box)
        right = self._lanes.heads - GAP
        if not is_shown:
            eye = self._theme.icon("eye" if is_compared else "eye-off", tokens.text if is_compared else tokens.faint, EYE)
            eye.paint(painter, QRect(right - EYE, round(middle - EYE / 2), EYE, EYE))
        end = right - (0 if is_shown else EYE + GAP)
        is_starred = self._stars.has(lane.run.key)
        if is_starred or is_hovered:
            star = self._theme.icon("star-filled" if is_starred else "star", tokens.text if is_starred else tokens.quiet, EYE)
            star.paint(painter, QRect(right - 2 * EYE - GAP, round(middle - EYE / 2), EYE, EYE))
            end = right - 2 * (EYE + GAP)
        words = QRectF(box.right() + GAP, row.y(), end - box.right() - GAP, ROW)
        painter.setPen(QColor(tokens.text if is_shown or is_compared else tokens.quiet))
        painter.drawText(
            words,
            Qt.AlignmentFlag.AlignVCenter,
            painter.fontMetrics().elidedText(lane_name(lane.run), Qt.TextElideMode.ElideRight, int(words.width())),
        )

    def _paint_thumbnail(self, painter: QPainter, step: Step, box: QRectF) -> None:
        """The thumbnail of `step`, whole, in `box`."""
        ratio = self._lanes.devicePixelRatioF()
        key = id(step), round(THUMBNAIL * ratio)
        if key not in self._thumbnails and step.thumbnail:
            scaled = to_qimage(step.thumbnail).scaled(
                key[1], key[1], Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            pixmap = QPixmap.fromImage(scaled)
            pixmap.setDevicePixelRatio(ratio)
            self._thumbnails[key] = step, pixmap  # the step is kept, so no other has its id()
            if len(self._thumbnails) > MOST_THUMBNAILS:
                self._thumbnails.popitem(last=False)
        if key in self._thumbnails:
            pixmap = self._thumbnails[key][1]
            size = pixmap.deviceIndependentSize()
            painter.drawPixmap(QPointF(box.center().x() - size.width() / 2, box.center().y() - size.height() / 2), pixmap)

    # -- the track

    def _middle(self, number: int) -> float:
        return self._lanes.heads + self._filmstrip.grid.middle(number)

    def _ends(self, lane: Lane) -> tuple[float, float]:
        return self._middle(lane.branched_after or 0), self._middle(max(0, len(lane.run.steps) - 1))

    def _pen(self, lane: Lane) -> QPen:
        is_shown = lane.run is self._timeline.run
        return QPen(QColor(self._theme.tokens.text if is_shown else self._theme.tokens.faint), 2 if is_shown else 1.5)

    def _paint_track(self, painter: QPainter, lane: Lane, row: QRectF, number: int) -> None:
        tokens, middle = self._theme.tokens, row.center().y()
        begin, end = self._ends(lane)
        for each, parent_row in self._tree.connectors(number):
            self._paint_connector(painter, each, row, is_begin=parent_row == number, is_end=each is lane)
        painter.setPen(self._pen(lane))
        start = begin + (CORNER if lane.branched_after is not None else 0)
        if start < end:
            painter.drawLine(QPointF(start, middle), QPointF(end, middle))
        if lane.run is not self._timeline.run:
            self._paint_frames(painter, lane, row)
        self._paint_what_changed(painter, lane, row, begin)
        painter.setBrush(QColor(tokens.panel))
        for each, parent_row in self._tree.connectors(number):
            if parent_row == number:
                painter.setPen(self._pen(lane))
                painter.drawEllipse(QPointF(self._middle(each.branched_after or 0), middle), RING, RING)
        x = self._middle(self._timeline.index)
        for width, colour in ((4, tokens.panel), (2, tokens.accent)):
            painter.fillRect(QRectF(x - width / 2, row.y(), width, ROW), QColor(colour))
        self._paint_state(painter, lane, QPointF(end, middle))

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

    def _paint_frames(self, painter: QPainter, lane: Lane, row: QRectF) -> None:
        """Thumbnails of its own steps where the film has its frames, with room for what else is on the line."""
        grid, own = self._filmstrip.grid, (lane.branched_after if lane.branched_after is not None else -1) + 1
        ends = [self._middle(own - 1) if own else -ROW, self._ends(lane)[1]]
        taken = [*ends, *(self._middle(each.branched_after or 0) for each in self._tree.lanes if each.run.parent == lane.run.id)]
        for frame in grid.visible_frames():
            number = grid.step_of(frame)
            box = QRectF(self._middle(number) - THUMBNAIL / 2, row.center().y() - THUMBNAIL / 2, THUMBNAIL, THUMBNAIL)
            if own <= number < len(lane.run.steps) and all(abs(x - box.center().x()) > THUMBNAIL / 2 + CORNER for x in taken):
                self._paint_thumbnail(painter, lane.run.steps[number], box)

    def _paint_what_changed(self, painter: QPainter, lane: Lane, row: QRectF, begin: float) -> None:
        """What sets the branch apart, left of where it begins, if there is room for it."""
        before = [self._middle(each.branched_after or 0) for each in self._tree.lanes if each.branched_after is not None]
        left = max((x + GAP for x in before if x < begin), default=self._lanes.heads)
        words = " ".join(changed(lane.run).split()) if lane.branched_after is not None else ""
        width = painter.fontMetrics().horizontalAdvance(words)
        if words and width <= begin - left - GAP:
            painter.setPen(QColor(self._theme.tokens.quiet))
            painter.drawText(QRectF(begin - GAP - width, row.y(), width + 1, ROW), Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_state(self, painter: QPainter, lane: Lane, at: QPointF) -> None:
        """A filled dot for a run that is being made, a sign for every other."""
        tokens, ending = self._theme.tokens, lane.run.ending
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.panel))
        painter.drawEllipse(at, DOT + 4, DOT + 4)
        match ending:
            case Ending.FINISHED:
                self._theme.icon("check", tokens.quiet, 12).paint(painter, QRect(round(at.x()) - 6, round(at.y()) - 6, 12, 12))
            case Ending.PAUSED:
                for side in (-3.5, 1):
                    painter.fillRect(QRectF(at.x() + side, at.y() - 4, 2.5, 8), QColor(tokens.accent))
            case Ending.STOPPED:
                painter.fillRect(QRectF(at.x() - 3.5, at.y() - 3.5, 7, 7), QColor(tokens.quiet))
            case _:
                painter.setBrush(QColor(tokens.accent if ending is Ending.RUNNING else tokens.danger))
                painter.drawEllipse(at, DOT, DOT)


def _fill(painter: QPainter, box: QRectF, colour: str) -> None:
    path = QPainterPath()
    path.addRoundedRect(box, 4, 4)
    painter.fillPath(path, QColor(colour))


def _frame(painter: QPainter, box: QRectF, colour: str) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 1))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
