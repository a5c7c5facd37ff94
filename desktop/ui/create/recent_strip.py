"""RecentStrip: the newest pictures, one click away."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...studio.pictures import Pictures, Recent
from ..language import Retranslating, tooltip, tr
from ..theme import Theme
from ..widgets.controls import Index
from ..widgets.images import to_qimage

SIDE = 64  # px, of a thumbnail
CELL = SIDE + 8  # px
WIDTH = CELL + 16  # px


class RecentStrip(Retranslating, QListView):
    """A click or Enter shows a picture, Delete moves it to the trash. Pictures that are not saved yet have a dot."""

    chosen = Signal(Recent)
    delete_requested = Signal(Recent)

    def __init__(self, pictures: Pictures, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._recents = RecentModel(pictures, self)
        self.setObjectName("recent_strip")
        self.setProperty("panel", "strip")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setModel(self._recents)
        self.setItemDelegate(ThumbnailDelegate(theme, self))
        self.setFixedWidth(WIDTH)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(8, 8, 8, 8)
        self.setMouseTracking(True)
        self.clicked.connect(lambda index: self.chosen.emit(self._recents.recent(index)))
        theme.changed.connect(self.viewport().update)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Recent pictures"))
        self.setAccessibleDescription(tr("Safelight", "The newest pictures first. Enter shows one, Delete moves it to the trash."))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._recents.rowCount():
            painter = QPainter(self.viewport())
            font = self.font()
            font.setPixelSize(12)
            painter.setFont(font)
            painter.setPen(QColor(self._theme.tokens.quiet))
            painter.drawText(
                self.viewport().rect().adjusted(0, 8, 0, 0),
                Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap,
                tr("Safelight", "Your pictures appear here."),
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        recent = self._recents.recent(self.currentIndex())
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if recent and not event.modifiers():
                self.chosen.emit(recent)
            case Qt.Key.Key_Delete if recent and recent.path:
                self.delete_requested.emit(recent)
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos())) if by_mouse else self.currentIndex()
        recent = self._recents.recent(index)
        if recent is None:
            return
        menu = QMenu(self)
        menu.setObjectName("recent_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Safelight", "View"), lambda: self.chosen.emit(recent))
        menu.addAction(tr("Safelight", "Delete picture"), lambda: self.delete_requested.emit(recent)).setEnabled(recent.path is not None)
        menu.popup(event.globalPos() if by_mouse else self.viewport().mapToGlobal(self.visualRect(index).center()))


class RecentModel(QAbstractListModel):
    """`pictures.recent` as a model of the list. The selected picture stays selected while others are added and removed."""

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._rows: list[Recent] = []
        self._thumbnails: dict[Recent, QPixmap] = {}
        pictures.changed.connect(self._take_over)
        self._take_over()

    def recent(self, index: Index) -> Recent | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        recent = self.recent(index)
        if recent is None:
            return None
        match role:
            case Qt.ItemDataRole.DecorationRole:
                return self._thumbnail(recent)
            case Qt.ItemDataRole.AccessibleTextRole:
                return _name(recent)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(_name(recent))
            case Qt.ItemDataRole.UserRole:
                return recent
        return None

    def _thumbnail(self, recent: Recent) -> QPixmap:
        if recent not in self._thumbnails:
            self._thumbnails[recent] = QPixmap.fromImage(to_qimage(recent.thumbnail)) if recent.thumbnail else QPixmap()
        return self._thumbnails[recent]

    def _take_over(self) -> None:
        now = list(self._pictures.recent)
        for row in reversed(range(len(self._rows))):
            if self._rows[row] not in now:
                self.beginRemoveRows(QModelIndex(), row, row)
                self._thumbnails.pop(self._rows.pop(row), None)
                self.endRemoveRows()
        for row, recent in enumerate(now):
            if row >= len(self._rows) or self._rows[row] is not recent:
                self.beginInsertRows(QModelIndex(), row, row)
                self._rows.insert(row, recent)
                self.endInsertRows()


class ThumbnailDelegate(QStyledItemDelegate):
    """A rounded thumbnail, cropped to a square; framed when it is selected."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(CELL, CELL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, state = self._theme.tokens, option.state
        recent, pixmap = index.data(Qt.ItemDataRole.UserRole), index.data(Qt.ItemDataRole.DecorationRole)
        rect = QRect(0, 0, SIDE, SIDE)
        rect.moveCenter(option.rect.center())
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(rect), 4, 4)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillPath(outline, QColor(tokens.field))
        if not pixmap.isNull():
            side = min(pixmap.width(), pixmap.height())
            painter.setClipPath(outline)
            painter.drawPixmap(rect, pixmap, QRect((pixmap.width() - side) // 2, (pixmap.height() - side) // 2, side, side))
            painter.setClipping(False)
        if recent.path is None:
            painter.setPen(QColor(tokens.stage))
            painter.setBrush(QColor(tokens.accent))
            painter.drawEllipse(QRectF(rect.right() - 11, rect.top() + 4, 8, 8))
        chosen, hovered = state & QStyle.StateFlag.State_Selected, state & QStyle.StateFlag.State_MouseOver
        if chosen or hovered or state & QStyle.StateFlag.State_HasFocus:
            pen = painter.pen()
            pen.setColor(QColor(tokens.accent if chosen else tokens.faint))
            pen.setWidthF(2 if chosen else 1)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(-2, -2, 2, 2), 6, 6)
        painter.restore()


def _name(recent: Recent) -> str:
    return recent.path.name if recent.path else tr("Safelight", "Not saved yet, only in memory")
