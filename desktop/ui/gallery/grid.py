"""PictureGrid: the tiles of all found items. Only what is visible is painted, and only for that thumbnails are made."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QLocale,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...diffusion.run import Pixels
from ...errors import QT_TRANSLATE_NOOP
from ...library.gallery_index import Item
from ...studio.gallery import Gallery
from ...studio.notices import Notices
from ..language import Retranslating, sentence, tooltip, tr
from ..theme import Theme
from ..widgets import item_words as words
from ..widgets.command import WidgetKeys
from ..widgets.controls import Index
from ..widgets.endings import badge
from ..widgets.tile_film import TileFilm
from ..widgets.tiles import TileCache, TileModel, TilePainter
from .date_scale import WIDTH as SCALE
from .date_scale import DateScale
from .tile_layout import TileLayout

LEAST, MOST, USUAL = 92, 240, 156  # px, sides of tiles that can be chosen
MARGIN = 20  # px, left of the tiles
RIGHT = 12  # px, right of them
KEPT = 96 << 20  # bytes of tiles that are kept
ROOM = 22  # px, of a button on a tile


class PictureGrid(Retranslating, QListView):
    """Shows `gallery.groups`. A double click or Enter opens, the three buttons of a tile mark, star and show the menu."""

    opened = Signal(object)  # Item
    star_toggled = Signal(object)  # Item
    menu_wanted = Signal(QPoint)  # global
    tile_side_changed = Signal(int)  # px, by the wheel

    def __init__(self, gallery: Gallery, theme: Theme, notices: Notices) -> None:
        super().__init__()
        self._gallery = gallery
        self._theme = theme
        self._items = ItemModel(gallery, self)
        self._cache = TileCache(KEPT)
        self._film = TileFilm(self._cache, theme, notices, self)
        self._tiles = TileDelegate(gallery, theme, self._cache, self._film, self)
        self._nominal = USUAL
        self._counts: list[int] = []  # of items in each group
        self._layout = TileLayout(self._counts, 1, USUAL)
        self._hovered: int | None = None  # number of the tile under the pointer
        self._band: QPoint | None = None  # where the rubber band began, in the content
        self._wanting = QTimer(self, singleShot=True, interval=0)
        self._wanting.timeout.connect(self._want_thumbnails)
        self.setObjectName("picture_grid")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Show the chosen picture large"), "Enter")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Size of the tiles"), QT_TRANSLATE_NOOP("Safelight", "Ctrl+wheel"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setModel(self._items)
        self.setItemDelegate(self._tiles)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDragEnabled(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else the tiles change size as it comes and goes
        self.setViewportMargins(0, 0, SCALE, 0)
        self.setMouseTracking(True)
        self._scale = DateScale(gallery, theme, self)
        self._scale.jumped.connect(self._jump)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(lambda least, most: self.verticalScrollBar().setEnabled(most > least))
        gallery.found.connect(self._show_found)
        gallery.tile_pictures.made.connect(self._show_thumbnails)
        self._film.changed.connect(self._show_film)
        theme.changed.connect(self._repaint)
        self.retranslate()

    # -- items

    @property
    def current(self) -> Item | None:
        return self._items.item(self.currentIndex())

    @property
    def selected(self) -> list[Item]:
        """In order."""
        return [self._items.items[row] for row in sorted(index.row() for index in self.selectedIndexes())]

    @property
    def tile_side(self) -> int:
        """The chosen size of the tiles, px."""
        return self._nominal

    def set_tile_side(self, side: int) -> None:
        side = min(max(side, LEAST), MOST)
        if side != self._nominal:
            self._nominal = side
            self._lay_out(keep_place=True)

    def go_to(self, item: Item) -> None:
        """Select `item` alone, and show it."""
        if (row := self._items.row_of(item.id)) is not None:
            self.setCurrentIndex(self._items.index(row))

    def select(self, items: Sequence[Item]) -> None:
        """Select `items` and nothing else, and show the last one."""
        rows = [row for item in items if (row := self._items.row_of(item.id)) is not None]
        if rows:
            self.setCurrentIndex(self._items.index(rows[-1]))
            self.selectionModel().select(self._ranges(rows), QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def place_of(self, item: Item) -> int | None:
        """Its place in the order of all items, from 0."""
        return self._items.row_of(item.id)

    def beside(self, item: Item, distance: int) -> Item | None:
        """The item that many places after `item`, or before if negative."""
        row = self._items.row_of(item.id)
        if row is None or not 0 <= row + distance < len(self._items.items):
            return None
        return self._items.items[row + distance]

    def _show_found(self) -> None:
        """Take over the found items; the same ones stay selected, and what is at the top stays there."""
        selected = {item.id for item in self.selected}
        current, before = self.current, self._items.items
        same = len(before) == len(self._gallery.items) and all(map(_is_same, before, self._gallery.items))
        if same and self._counts == [len(group.items) for group in self._gallery.groups]:
            self._items.take_over()  # nothing moves: only stars or recordings are others
            self._repaint()
            return
        anchor = self._anchor()
        self._items.reset()
        self._lay_out()
        rows = [row for id in selected if (row := self._items.row_of(id)) is not None]
        if rows:
            self.selectionModel().select(self._ranges(rows), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if current and (row := self._items.row_of(current.id)) is not None:
            self.selectionModel().setCurrentIndex(self._items.index(row), QItemSelectionModel.SelectionFlag.NoUpdate)
        self._go_to_anchor(anchor)

    # -- layout

    def _lay_out(self, keep_place: bool = False) -> None:
        anchor = self._anchor() if keep_place else None
        width = self.viewport().width() - MARGIN - RIGHT
        self._counts = [len(group.items) for group in self._gallery.groups]
        if sum(self._counts) != len(self._items.items):
            return  # the items are being replaced
        self._layout = TileLayout(self._counts, max(width, 1), self._nominal)
        self._cache.use_side(self._layout.side, self.devicePixelRatioF())
        self.updateGeometries()
        self._go_to_anchor(anchor)
        self._scale.show_layout(self._layout)
        self._repaint()

    def _anchor(self) -> tuple[int, int] | None:
        """The id of the first item that is wholly visible, and its distance from the top, px. None at the very top."""
        top = self.verticalOffset()
        if top <= 0:
            return None
        for number in self._layout.tiles_between(top, top + self.viewport().height()):
            rect = self._layout.rect(number)
            if rect.top() >= top and number < len(self._items.items):
                return self._items.items[number].id, rect.top() - top
        return None

    def _go_to_anchor(self, anchor: tuple[int, int] | None) -> None:
        if anchor and (row := self._items.row_of(anchor[0])) is not None:
            self.verticalScrollBar().setValue(self._layout.rect(row).top() - anchor[1])

    def _jump(self, y: int) -> None:
        self.verticalScrollBar().setValue(y)

    def _scrolled(self, y: int) -> None:
        self._scale.show_place(y)
        self._wanting.start()

    def _visible(self) -> range:
        top = self.verticalOffset()
        return self._layout.tiles_between(top, top + self.viewport().height())

    # -- thumbnails

    def _want_thumbnails(self) -> None:
        """Ask for the tiles that are visible and, after them, those of the next page."""
        if not self.isVisible():
            return
        seen = self._visible()
        ahead = range(seen.stop, min(seen.stop + len(seen), len(self._items.items)))
        missing = [self._items.items[row] for row in (*seen, *ahead) if self._cache.is_wanting(self._items.items[row])]
        self._cache.keep_at_least(2 * len(seen))
        self._gallery.tile_pictures.want(missing, self._cache.device_side)

    def _show_thumbnails(self, made: dict[int, Pixels | None]) -> None:
        self._cache.take(made)
        for id in made:
            if (row := self._items.row_of(id)) is not None:
                self.viewport().update(self.visualRect(self._items.index(row)))

    # -- the tile under the pointer, and its film

    def _hover(self, number: int | None, x: float | None = None) -> None:
        """The pointer is on tile `number`, at the share `x` (0 … 1) of its width."""
        item = self._items.items[number] if number is not None else None
        if number != self._hovered:
            for row in (self._hovered, number):
                if row is not None and row < len(self._items.items):
                    self.viewport().update(self.visualRect(self._items.index(row)))
            self._hovered = number
            self._tiles.hover(item)
        read = functools.partial(self._gallery.film, item) if item and item.is_recorded else None
        self._film.point_at(str(item.id) if item else "", read, x)

    def _show_film(self) -> None:
        if self._hovered is not None:
            self.viewport().update(self.visualRect(self._items.index(self._hovered)))

    # -- Qt: the geometry that QListView would compute from every single item

    def doItemsLayout(self) -> None:
        self._lay_out()

    def updateGeometries(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._layout.height - height))
        bar.setPageStep(height)
        bar.setSingleStep(self._layout.pitch // 2)

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid() or index.row() >= self._layout.count:
            return QRect()
        return self._layout.rect(index.row()).translated(MARGIN, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        number = self._layout.tile_at(self._in_content(point))
        return QModelIndex() if number is None else self._items.index(number)

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible) -> None:
        rect, bar, height = self.visualRect(index), self.verticalScrollBar(), self.viewport().height()
        if not rect.isValid():
            return
        first = self._layout.head(self._layout.group_of(index.row())).top() - self.verticalOffset()
        top = first if rect.top() - first <= self._layout.pitch else rect.top()  # the heading is shown with the first row
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - height // 2)
        elif top < 0:
            bar.setValue(bar.value() + top)
        elif rect.bottom() + 8 > height:
            bar.setValue(bar.value() + rect.bottom() + 8 - height)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        last, now = len(self._items.items) - 1, self.currentIndex().row()
        if last < 0:
            return QModelIndex()
        if now < 0:
            return self._items.index(0)
        rows = max(1, self.viewport().height() // self._layout.pitch - 1)
        match action:
            case QAbstractItemView.CursorAction.MoveLeft | QAbstractItemView.CursorAction.MovePrevious:
                now -= 1
            case QAbstractItemView.CursorAction.MoveRight | QAbstractItemView.CursorAction.MoveNext:
                now += 1
            case QAbstractItemView.CursorAction.MoveUp:
                now = self._layout.above(now)
            case QAbstractItemView.CursorAction.MoveDown:
                now = self._layout.below(now)
            case QAbstractItemView.CursorAction.MoveHome:
                now = 0
            case QAbstractItemView.CursorAction.MoveEnd:
                now = last
            case QAbstractItemView.CursorAction.MovePageUp:
                for _ in range(rows):
                    now = self._layout.above(now)
            case QAbstractItemView.CursorAction.MovePageDown:
                for _ in range(rows):
                    now = self._layout.below(now)
        return self._items.index(min(max(now, 0), last))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """With the rubber band the tiles that it touches; else those from one corner of `rect` to the other, in their order."""
        if self.state() is QAbstractItemView.State.DragSelectingState:
            rows: Sequence[int] = self._layout.tiles_in(QRect(self._in_content(rect.topLeft()), rect.size()).normalized())
        else:
            ends = sorted(index.row() for index in map(self.indexAt, (rect.topLeft(), rect.bottomRight())) if index.isValid())
            rows = range(ends[0], ends[-1] + 1) if ends else ()
        self.selectionModel().select(self._ranges(rows), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        seen = self._visible()
        region = QRegion()
        for index in selection.indexes():
            if index.row() in seen:
                region += self.visualRect(index).adjusted(-4, -4, 4, 4)
        return region

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are keys of the place."""

    def _ranges(self, rows: Iterable[int]) -> QItemSelection:
        selection = QItemSelection()
        run: list[int] = []
        for row in [*sorted(rows), -1]:
            if run and row != run[-1] + 1:
                selection.append(QItemSelectionRange(self._items.index(run[0]), self._items.index(run[-1])))
                run = []
            run.append(row)
        return selection

    def _in_content(self, point: QPoint) -> QPoint:
        return point + QPoint(-MARGIN, self.verticalOffset())

    # -- Qt: painting and input

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, top = self._theme.tokens, self.verticalOffset()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), QColor(tokens.panel))
        if not self._items.items:
            self._paint_emptiness(painter)
            return
        upper, lower = event.rect().top() + top, event.rect().bottom() + top
        for group in self._layout.heads_between(upper, lower):
            self._paint_head(painter, group)
        option = QStyleOptionViewItem()
        selection, current, has_focus = self.selectionModel(), self.currentIndex().row(), self.hasFocus()
        for number in self._layout.tiles_between(upper - 4, lower + 4):
            option.rect = self._layout.rect(number).translated(MARGIN, -top)
            index = self._items.index(number)
            option.state = QStyle.StateFlag.State_Enabled
            if selection.isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if number == current and has_focus:
                option.state |= QStyle.StateFlag.State_HasFocus
            self._tiles.paint(painter, option, index)
        if self._band is not None and self.state() is QAbstractItemView.State.DragSelectingState:
            band = QRect(self._band - QPoint(0, top), self.viewport().mapFromGlobal(self.cursor().pos())).normalized()
            painter.setPen(QColor(tokens.faint))
            painter.setBrush(QColor(tokens.scrim))
            painter.setOpacity(0.4)
            painter.drawRect(band)

    def _paint_head(self, painter: QPainter, group: int) -> None:
        tokens, of = self._theme.tokens, self._gallery.groups[group]
        rect = self._layout.head(group).translated(MARGIN, -self.verticalOffset())
        font = QFont(self.font())
        font.setPixelSize(14)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        text = words.heading(of.heading)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
        rect.setLeft(rect.left() + painter.fontMetrics().horizontalAdvance(text) + 10)
        font.setPixelSize(12)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, QLocale().toString(len(of.items)))

    def _paint_emptiness(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._theme.tokens.quiet))
        is_narrow = self._gallery.query.is_narrow or self._gallery.origin is not None
        if self._gallery.query.trashed and not self._gallery.trashed():
            text = tr("Safelight", "The trash is empty.")
        else:
            text = tr("Safelight", "No picture matches.") if is_narrow else tr("Safelight", "Your pictures appear here.")
        painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, text)

    def _repaint(self) -> None:
        self.viewport().update()
        self._wanting.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        self._band = None if index.isValid() else point + QPoint(0, self.verticalOffset())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid() and self._press_button(index, point):
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self._items.item(self.indexAt(event.position().toPoint()))
        if item and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(item)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        point = self._in_content(event.position().toPoint())
        number = self._layout.tile_at(point)
        self._hover(number, None if number is None else (point.x() - self._layout.rect(number).left()) / self._layout.side)
        if self.state() is QAbstractItemView.State.DragSelectingState:
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._band = None
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._hover(None)
        return super().viewportEvent(event)

    def _press_button(self, index: QModelIndex, point: QPoint) -> bool:
        """Press the button of a tile at `point`. Return False if there is none."""
        item = self._items.item(index)
        assert item is not None
        match TileDelegate.button_at(point - self.visualRect(index).topLeft(), self._layout.side):
            case "mark":
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.Toggle)
            case "star":
                self.star_toggled.emit(item)
            case "menu":
                if not self.selectionModel().isSelected(index):
                    self.setCurrentIndex(index)
                self.menu_wanted.emit(self.viewport().mapToGlobal(point))
            case _:
                return False
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            if self.indexAt(event.pos()).isValid():
                self.menu_wanted.emit(event.globalPos())
        elif self.currentIndex().isValid():
            self.menu_wanted.emit(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.current
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item and not event.modifiers():
            self.opened.emit(item)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.tile_side_changed.emit(self._nominal + (12 if event.angleDelta().y() > 0 else -12))
            event.accept()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        view = self.viewport().geometry()
        self._scale.setGeometry(view.right() + 1, view.top(), SCALE, view.height())
        self._lay_out(keep_place=True)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Pictures"))
        self.setAccessibleDescription(
            tr(
                "Safelight",
                "All pictures, by day. Enter shows one large, S stars it, Delete moves it to the trash, the menu key has the rest.",
            )
        )
        self.viewport().update()


class ItemModel(TileModel):
    """The found items as the model of the grid."""

    def __init__(self, gallery: Gallery, parent: QWidget) -> None:
        super().__init__(parent)
        self._gallery = gallery
        self.items: list[Item] = []
        self._rows: dict[int, int] = {}  # by id
        self.take_over()

    def reset(self) -> None:
        self.beginResetModel()
        self.take_over()
        self.endResetModel()

    def take_over(self) -> None:
        """As `reset`, when all files are the same and in the same order."""
        self.items, self._rows = self._gallery.items, self._gallery.places

    def item(self, index: Index) -> Item | None:
        return self.items[index.row()] if index.isValid() and index.row() < len(self.items) else None

    def row_of(self, id: int) -> int | None:
        return self._rows.get(id)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item = self.item(index)
        if item is None:
            return None
        match role:
            case Qt.ItemDataRole.AccessibleTextRole:
                return words.described(item, self._gallery.is_starred(item))
            case Qt.ItemDataRole.ToolTipRole:
                if item.error:
                    return tooltip(sentence(item.error.template, item.error.values))
                return tooltip("\n".join(filter(None, (words.title(item), words.state(item)))))
            case Qt.ItemDataRole.UserRole:
                return item
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def file(self, row: int) -> Path | None:
        item = self.items[row]
        return None if item.is_run else item.path


class TileDelegate(QStyledItemDelegate):
    """Paints a tile from what was made ready for its size."""

    def __init__(self, gallery: Gallery, theme: Theme, cache: TileCache, film: TileFilm, grid: PictureGrid) -> None:
        super().__init__(grid)
        self._gallery = gallery
        self._theme = theme
        self._brush = TilePainter(theme)
        self._cache = cache
        self._film = film
        self._hovered: Item | None = None

    def hover(self, item: Item | None) -> None:
        self._hovered = item

    @staticmethod
    def button_at(point: QPoint, side: int) -> str:
        """Which button of a tile is at `point` of it: "mark", "star", "menu", or none."""
        if not 0 <= point.y() < ROOM + 6:
            return ""
        if point.x() < ROOM + 6:
            return "mark"
        from_right = side - point.x()
        return "menu" if from_right <= ROOM + 6 else "star" if from_right <= 2 * ROOM + 8 else ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._cache.side, self._cache.side)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: Item = index.data(Qt.ItemDataRole.UserRole)
        tokens, rect, state = self._theme.tokens, option.rect, option.state
        is_hovered = self._hovered is not None and self._hovered.id == item.id
        ready = self._cache.picture(item)
        if self._film.shows(str(item.id)):
            self._film.paint(painter, rect)
        elif ready is not None:
            painter.drawPixmap(rect, ready)
        else:
            self._brush.blank(painter, rect)
        if self._cache.is_hopeless(item):
            self._paint_problem(painter, rect, item)
        self._paint_badges(painter, rect, item, is_hovered, bool(state & QStyle.StateFlag.State_Selected))
        if state & QStyle.StateFlag.State_Selected:
            self._brush.ring(painter, rect, tokens.text, 2)
        if state & QStyle.StateFlag.State_HasFocus:
            self._brush.ring(painter, rect, tokens.accent, 1)

    def _paint_problem(self, painter: QPainter, rect: QRect, item: Item) -> None:
        painter.setPen(QColor(self._theme.tokens.quiet))
        font = QFont(painter.font())
        font.setPixelSize(11)
        painter.setFont(font)
        icon = QRect(0, 0, 18, 18)
        icon.moveCenter(rect.center() - QPoint(0, 14))
        self._theme.icon("triangle-alert").paint(painter, icon)
        name = painter.fontMetrics().elidedText(item.path.name, Qt.TextElideMode.ElideMiddle, rect.width() - 12)
        painter.drawText(rect.adjusted(6, rect.height() // 2, -6, 0), Qt.AlignmentFlag.AlignHCenter, name)

    def _paint_badges(self, painter: QPainter, rect: QRect, item: Item, is_hovered: bool, is_selected: bool) -> None:
        theme = self._theme
        if self._film.shows(str(item.id)):
            self._film.paint_place(painter, rect, self._brush)
        else:
            icon, text = badge(item.ending, item.step, item.calls, item.branched_after if item.branches else None)
            if icon or text:
                self._brush.pill(painter, rect, icon, text)
        right = rect.right() - 3 - ROOM
        if is_hovered:
            self._brush.button(painter, QRect(right + 1, rect.top() + 4, ROOM - 2, ROOM - 2), "ellipsis")
            right -= ROOM
        if self._gallery.is_starred(item):
            self._brush.button(painter, QRect(right + 1, rect.top() + 4, ROOM - 2, ROOM - 2), "star-filled")
        elif is_hovered and item.key:
            self._brush.button(painter, QRect(right + 1, rect.top() + 4, ROOM - 2, ROOM - 2), "star")
        if is_hovered or is_selected:
            colour = theme.tokens.on_scrim if is_selected else theme.tokens.faint
            self._brush.button(painter, QRect(rect.left() + 4, rect.top() + 4, ROOM - 2, ROOM - 2), "check", colour)


def _is_same(item: Item, other: Item) -> bool:
    """Whether both are of one file, unchanged."""
    return item.id == other.id and item.changed == other.changed
