"""BranchList: the tree of the shown run as rows with picture, name and origin; a click shows a branch."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ...studio.stars import Stars
from ...studio.timeline import Lane, Timeline
from ..language import Retranslating, tr
from ..theme import Theme
from ..widgets.controls import Index
from ..widgets.images import to_qimage
from .lanes import Tree, lane_name, state

ROW = 42  # px
MOST_ROWS = 6  # visible at once; the others are reached by scrolling
SIDE = 30  # px, of a picture
STAR = 14  # px
INDENT = 20  # px, for each level of the tree
DEEPEST = 3  # levels that are indented


class BranchList(Retranslating, QListView):
    """A click or Enter shows a branch at the same step, Delete deletes it with those that branch from it."""

    delete_requested = Signal(object)  # Run

    def __init__(self, timeline: Timeline, stars: Stars, theme: Theme) -> None:
        super().__init__()
        self._timeline = timeline
        self._tree = Tree(timeline, stars, self)
        self.setObjectName("branch_list")
        self.setModel(self._tree)
        self.setItemDelegate(_Row(timeline, stars, self._tree, theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._show)
        self._tree.modelReset.connect(self._fit)
        for signal in (timeline.run_changed, timeline.step_added, theme.changed):
            signal.connect(self.viewport().update)
        self._fit()
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Branches"))
        self.setAccessibleDescription(
            tr("Safelight", "Runs that share their first steps. Enter shows one at the same step, Delete deletes it.")
        )
        self.viewport().update()

    def _fit(self) -> None:
        self.setFixedHeight(min(len(self._tree.lanes), MOST_ROWS) * ROW)

    def _show(self, index: Index) -> None:
        lane = self._tree.lane(index)
        if lane and lane.run is not self._timeline.run:
            self._timeline.switch(lane.run)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lane = self._tree.lane(self.currentIndex())
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if lane:
                self._show(self.currentIndex())
            case Qt.Key.Key_Delete if lane:
                self.delete_requested.emit(lane.run)
            case _:
                super().keyPressEvent(event)


class _Row(QStyledItemDelegate):
    """The picture of the newest step, the name, where it branches off and how it ended, and its star; with a line from its parent."""

    def __init__(self, timeline: Timeline, stars: Stars, tree: Tree, theme: Theme, parent: BranchList) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._stars = stars
        self._tree = tree
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        lane = self._tree.lane(index)
        if lane is None:
            return
        tokens, row = self._theme.tokens, option.rect
        is_shown = lane.run is self._timeline.run
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        if is_shown or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(tokens.field if is_shown else tokens.hover))
            painter.drawRoundedRect(QRectF(row).adjusted(0, 1, 0, -1), 4, 4)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.drawRoundedRect(QRectF(row).adjusted(0.5, 1.5, -0.5, -1.5), 4, 4)
        left = row.left() + 6 + INDENT * min(lane.depth, DEEPEST)
        if lane.depth:
            painter.setPen(QPen(QColor(tokens.edge), 1))
            painter.drawPolyline([QRect(left - 8, row.top(), 1, 1).topLeft(), QRect(left - 8, row.center().y(), 1, 1).topLeft()])
            painter.drawLine(left - 8, row.center().y(), left - 2, row.center().y())
        box = QRect(left, row.center().y() - SIDE // 2 + 1, SIDE, SIDE)
        steps = lane.run.steps
        if steps and steps[-1].thumbnail:
            painter.drawImage(box, to_qimage(steps[-1].thumbnail))
        else:
            painter.fillRect(box, QColor(tokens.hover))
        words = QRect(box.right() + 10, row.top() + 4, row.right() - box.right() - 18, 18)
        if self._stars.has(lane.run.key):
            star = QRect(words.right() - STAR, row.center().y() - STAR // 2 + 1, STAR, STAR)
            self._theme.icon("star-filled", tokens.text, STAR).paint(painter, star)
            words.setRight(star.left() - 8)
        self._write(painter, option, words, lane_name(lane.run), tokens.text, 13, is_shown)
        self._write(painter, option, words.translated(0, 17), _detail(lane), tokens.quiet, 12, False)
        painter.restore()

    def _write(
        self, painter: QPainter, option: QStyleOptionViewItem, room: QRect, text: str, colour: str, size: int, is_bold: bool
    ) -> None:
        font = QFont(option.font)
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if is_bold else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, elided)


def _detail(lane: Lane) -> str:
    """Where the branch begins, and how it ended or how far it is."""
    ended = tr("Safelight", "{state} at step {number}").format(state=state(lane.run), number=max(0, len(lane.run.steps) - 1))
    if lane.branched_after is None:
        return ended
    return " · ".join((tr("Safelight", "from step {number}").format(number=lane.branched_after), ended))
