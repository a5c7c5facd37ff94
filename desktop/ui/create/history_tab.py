"""HistoryTab: every run of every session as tiles in two columns, with search and stars; a click shows one with its steps."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ...diffusion.run import Ending, Pixels, Run
from ...library.gallery_index import Query
from ...studio.desk import Desk
from ...studio.generation import Generation
from ...studio.notices import Notices
from ...studio.pictures import Recent
from ...studio.run_history import Entry, RunHistory
from ...studio.timeline import Timeline
from ..language import Retranslating, explain, tooltip, tr
from ..theme import Theme
from ..widgets.command import Command
from ..widgets.controls import Index, ValueChoice, named
from ..widgets.endings import at_step, badge
from ..widgets.images import to_qimage
from ..widgets.item_words import in_one_line
from ..widgets.tile_film import TileFilm
from ..widgets.tiles import BUTTON, TileCache, TileModel, TilePainter

COLUMNS = 2
INSET = 4  # px, around a tile: the ring is in it
MARGIN = 12  # px, left of the tiles
KEPT = 32 << 20  # bytes of tiles that are kept
TYPING = 120  # ms without a key until the search begins


class HistoryTab(Retranslating, QWidget):
    """The history is followed while the tab is visible."""

    chosen = Signal()  # a run is going to be shown

    def __init__(self, history: RunHistory, timeline: Timeline, generation: Generation, desk: Desk, theme: Theme, notices: Notices) -> None:
        super().__init__()
        self._history = history
        self._generation = generation
        self._desk = desk
        self._theme = theme
        self._notices = notices
        self.setObjectName("history_tab")
        self._search = named(QLineEdit(), "history_search")
        self._search.setClearButtonEnabled(True)
        self._starred = named(QPushButton(), "history_starred")
        self._starred.setProperty("switch", "true")
        self._starred.setCheckable(True)
        self._which = ValueChoice(theme, "history_which", (False, True), False)
        self._which.setFixedWidth(96)
        self.tiles = HistoryTiles(history, timeline, generation, theme, notices)
        self._typing = QTimer(self, singleShot=True, interval=TYPING)
        self._typing.timeout.connect(self._ask)
        self._make_commands()
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 12, 6)
        row.setSpacing(6)
        row.addWidget(self._search, 1)
        row.addWidget(self._starred)
        row.addWidget(self._which)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(row)
        whole.addWidget(self.tiles, 1)
        self._search.textChanged.connect(lambda: self._typing.start())
        self._search.returnPressed.connect(self._enter_tiles)
        self._starred.toggled.connect(self._ask)
        self._which.chosen.connect(lambda _: self._ask())
        self.tiles.show_requested.connect(self._show)
        self.tiles.delete_requested.connect(self._delete)
        self.tiles.star_requested.connect(self._star)
        self.tiles.menu_wanted.connect(self._open_menu)
        history.stars.changed.connect(self._follow_stars)
        history.found.connect(self._enable)
        self.tiles.selectionModel().currentChanged.connect(self._enable)
        generation.changed.connect(self._enable)
        self.retranslate()

    def _make_commands(self) -> None:
        def command(name: str, do: Callable[[Entry], object]) -> Command:
            return Command(self, name, lambda: do(entry) if (entry := self.tiles.current) else None)

        self._show_command = command("history_show", self._show)
        self._resume_command = command("history_resume", self._resume)
        self._reuse_command = command("history_reuse", self._reuse)
        self._star_command = command("history_star", self._star)
        self._delete_command = command("history_delete", self._delete)
        self.commands: Sequence[Command] = (
            self._show_command,
            self._resume_command,
            self._reuse_command,
            self._star_command,
            self._delete_command,
        )

    def start_search(self) -> None:
        """Let the user type what to look for."""
        self._search.setFocus()
        self._search.selectAll()

    # -- asking

    @property
    def _query(self) -> Query:
        return Query(text=self._search.text(), starred=self._starred.isChecked(), unfinished=bool(self._which.currentIndex()))

    def _ask(self) -> None:
        self._typing.stop()
        self._history.ask(self._query)

    def _enter_tiles(self) -> None:
        self._ask()
        self.tiles.setFocus()

    def _follow_stars(self) -> None:
        if self._starred.isChecked():
            self._ask()
        self.tiles.viewport().update()
        self._enable()

    # -- acting

    def _show(self, entry: Entry) -> None:
        self.chosen.emit()
        if entry.held is not None:
            self._desk.show_run(entry.held)
        elif entry.item is not None and entry.item.is_run:
            self._notices.spawn(self._desk.archive.show(entry.run))
        elif entry.item is not None:
            path = entry.item.path
            self._notices.spawn(self._desk.show_picture(path) if entry.item.step else self._desk.show_recent(Recent(path)))

    def _resume(self, entry: Entry) -> None:
        self.chosen.emit()
        if entry.held is not None:
            self._desk.show_run(entry.held)
            self._generation.resume(entry.held)
        else:
            self._notices.spawn(self._desk.archive.resume(entry.run))

    def _reuse(self, entry: Entry) -> None:
        if entry.held is not None:
            self._notices.spawn(self._desk.reuse(entry.held))
        elif entry.item is not None:
            self._notices.spawn(self._desk.reuse_run(entry.run) if entry.item.is_run else self._desk.take_recipe(entry.item.path))

    def _star(self, entry: Entry) -> None:
        self._history.stars.toggle(entry.key)

    def _delete(self, entry: Entry) -> None:
        if entry.item is not None:
            self._desk.trash.delete_pictures([entry.item.path])
        elif entry.held is not None:
            self._desk.trash.delete_runs([entry.held])

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("history_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command in self.commands:
            if command.isEnabled():
                menu.addAction(command)
        menu.popup(at)

    def _enable(self) -> None:
        entry = self.tiles.current
        for command in self.commands:
            command.setEnabled(entry is not None)
        self._resume_command.setEnabled(entry is not None and entry.can_resume and not self._is_running(entry))
        is_starred = entry is not None and self._history.stars.has(entry.key)
        self._star_command.setText(
            tr("Safelight", "Remove the star of the selected run") if is_starred else tr("Safelight", "Star the selected run")
        )

    def _is_running(self, entry: Entry) -> bool:
        return self._generation.running and self._generation.run is not None and self._generation.run.id == entry.run

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._history.open()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._history.rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self._search.hasFocus():
            self.tiles.setFocus()
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        self._search.setPlaceholderText(tr("Safelight", "Search"))
        explain(
            self._search,
            tr("Safelight", "Search the history"),
            tr("Safelight", "Words of the prompt, a model, a sampler or a seed, in English or Chinese."),
        )
        self._starred.setText(tr("Safelight", "Stars"))
        explain(self._starred, tr("Safelight", "Stars"), tr("Safelight", "Show only what has a star."))
        self._which.show_words([tr("Safelight", "All"), tr("Safelight", "Unfinished")])
        explain(self._which, tr("Safelight", "Runs to show"), tr("Safelight", "All runs, or only those without a finished picture."))
        for command, name, explanation in (
            (
                self._show_command,
                tr("Safelight", "Show the selected run"),
                tr("Safelight", "Show the run with all its steps, as far as they are recorded."),
            ),
            (self._resume_command, tr("Safelight", "Resume the selected run"), tr("Safelight", "Continue the run from its newest step.")),
            (
                self._reuse_command,
                tr("Safelight", "Reuse the selected run"),
                tr("Safelight", "Fill in the prompt and all settings of the run at the left."),
            ),
            (
                self._star_command,
                tr("Safelight", "Star the selected run"),
                tr("Safelight", "Give the selected run a star, or remove its star."),
            ),
            (
                self._delete_command,
                tr("Safelight", "Delete the selected run"),
                tr("Safelight", "Move the selected picture or run to the trash."),
            ),
        ):
            command.explain(name, explanation)
        self._enable()


class HistoryTiles(Retranslating, QListView):
    """A click, Enter or Space shows a run; S stars it, Delete deletes it. Tiles of pictures can be dragged out as files.

    The steps of a run play in its tile under the pointer, and when an arrow key comes to it.
    """

    show_requested = Signal(object)  # Entry
    delete_requested = Signal(object)  # Entry
    star_requested = Signal(object)  # Entry
    menu_wanted = Signal(QPoint)  # global

    def __init__(self, history: RunHistory, timeline: Timeline, generation: Generation, theme: Theme, notices: Notices) -> None:
        super().__init__()
        self._history = history
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self._entries = HistoryModel(history, self)
        self._drawn = TileCache(KEPT)
        self._film = TileFilm(self._drawn, theme, notices, self)
        self._filmed = QPersistentModelIndex()  # the tile that the film is in
        self._pressed = QPoint()  # where the mouse was pressed last
        self._wanting = QTimer(self, singleShot=True, interval=0)
        self._wanting.timeout.connect(self._want_squares)
        self.setObjectName("history_tiles")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setModel(self._entries)
        self.setItemDelegate(_Tile(history, self._entries, timeline, theme, self._drawn, self._film, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(MARGIN, 0, 0, 0)
        self.setMouseTracking(True)
        self.clicked.connect(self._clicked)
        self.verticalScrollBar().valueChanged.connect(self._wanting.start)
        self._film.changed.connect(lambda: self.viewport().update(self.visualRect(self._filmed)))
        self._entries.changed.connect(self._wanting.start)
        self._entries.modelReset.connect(self._go_to_shown)
        history.tile_pictures.made.connect(self._show_squares)
        timeline.run_changed.connect(self._go_to_shown)
        generation.changed.connect(self._show_running)
        theme.changed.connect(self.viewport().update)
        self.retranslate()

    @property
    def current(self) -> Entry | None:
        return self._entries.entry(self.currentIndex())

    @property
    def cell(self) -> int:
        """px, of a tile with what is around it; beside the tiles there is room for the scroll bar, whether it is shown or not."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)  # QListView leaves that much free
        return max(1, (self.maximumViewportSize().width() - bar - 1) // COLUMNS)

    # -- following the state

    def _go_to_shown(self) -> None:
        """Select the shown run, unless one of its saved steps is selected."""
        run = self._timeline.run
        if run is not None and (self.current is None or self.current.run != run.id):
            index = self._entries.of_run(run)
            if index.isValid():
                self.setCurrentIndex(index)
        self.viewport().update()

    def _show_running(self) -> None:
        run = self._generation.run
        if run is not None and self.isVisible() and (index := self._entries.of_run(run)).isValid():
            self.viewport().update(self.visualRect(index))

    def _want_squares(self) -> None:
        """Ask for the tiles that are visible and, after them, those of the next page."""
        if not self.isVisible():
            return
        seen = self._seen
        items = [entry.item for entry in self._entries.entries[seen.start : seen.stop + len(seen)] if entry.item and not entry.held]
        self._history.tile_pictures.want([item for item in items if self._drawn.is_wanting(item)], self._drawn.device_side)

    @property
    def _seen(self) -> range:
        """The rows of the visible tiles, and perhaps a few more."""
        first = max(0, self.verticalOffset()) // self.cell * COLUMNS
        return range(first, first + (self.viewport().height() // self.cell + 2) * COLUMNS)

    def _show_squares(self, made: dict[int, Pixels | None]) -> None:
        self._drawn.take(made)
        for row, entry in zip(self._seen, self._entries.entries[self._seen.start :], strict=False):
            if entry.item and entry.item.id in made:
                self.viewport().update(self.visualRect(self._entries.index(row)))

    # -- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setGridSize(QSize(self.cell, self.cell))
        self._drawn.use_side(self.cell - 2 * INSET, self.devicePixelRatioF())
        super().resizeEvent(event)
        self._wanting.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._wanting.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        self._point_at(index, (point.x() - self.visualRect(index).left() - INSET) / self._drawn.side)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._point_at(QModelIndex())
        return super().viewportEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._point_at(QModelIndex())

    def _point_at(self, index: QModelIndex, x: float | None = None) -> None:
        """Show the film of a tile; `x` as in `TileFilm.point_at`."""
        if index != self._filmed:
            self.viewport().update(self.visualRect(self._filmed))
            self._filmed = QPersistentModelIndex(index)
        entry = self._entries.entry(index)
        read = functools.partial(self._history.film, entry) if entry and entry.has_film else None
        self._film.point_at(entry.key if entry else "", read, x)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def _clicked(self, index: Index) -> None:
        if entry := self._entries.entry(index):
            at = self._pressed - self.visualRect(index).topLeft()
            is_star = at.y() < INSET + BUTTON + 6 and at.x() > self.cell - INSET - BUTTON - 6
            (self.star_requested if is_star else self.show_requested).emit(entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entry = self.current
        if entry is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.show_requested.emit(entry)
            case Qt.Key.Key_Delete:
                self.delete_requested.emit(entry)
            case Qt.Key.Key_S:
                self.star_requested.emit(entry)
            case _:
                super().keyPressEvent(event)
                if self.current is not entry:
                    self._point_at(self.currentIndex())

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are keys of the place."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            if (index := self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))).isValid():
                self.setCurrentIndex(index)
                self.menu_wanted.emit(event.globalPos())
        elif self.currentIndex().isValid():
            self.menu_wanted.emit(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._entries.entries:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(self._theme.tokens.quiet))
            words = (
                tr("Safelight", "No run matches.")
                if self._history.query.is_narrow
                else tr("Safelight", "The runs of every session appear here.")
            )
            room = self.viewport().rect().adjusted(8, 24, -16, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, words)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "History"))
        self.setAccessibleDescription(
            tr(
                "Safelight",
                "All runs with their branches. Enter shows one, S stars it, Delete moves it to the trash, the menu key has the rest.",
            )
        )
        self.viewport().update()


class HistoryModel(TileModel):
    """`history.entries` as a model of the tiles. The selected entry stays selected; the next one takes the place of a deleted one."""

    changed = Signal()

    def __init__(self, history: RunHistory, parent: HistoryTiles) -> None:
        super().__init__(parent)
        self._history = history
        self._tiles = parent
        self.entries: list[Entry] = []
        history.found.connect(self._take_over)

    def entry(self, index: Index) -> Entry | None:
        return self.entries[index.row()] if index.isValid() and index.row() < len(self.entries) else None

    def of_run(self, run: Run) -> QModelIndex:
        """Where `run` is; not valid if it is not there."""
        return next((self.index(row) for row, entry in enumerate(self.entries) if entry.key == run.id), QModelIndex())

    def _take_over(self) -> None:
        now, before = self._history.entries, self.entries
        if [entry.key for entry in now] == [entry.key for entry in before]:
            self.entries = now
            self._tiles.viewport().update()
        else:
            selected = self._tiles.currentIndex().row()
            key = before[selected].key if 0 <= selected < len(before) else ""
            place = self._tiles.verticalScrollBar().value()
            self.beginResetModel()
            self.entries = now
            self.endResetModel()
            row = next((row for row, entry in enumerate(now) if entry.key == key), min(selected, len(now) - 1))
            if row < 0 and now and self._tiles.hasFocus():
                row = 0  # the first that came for a list which has the focus, so that Enter shows it
            if row >= 0:
                self._tiles.selectionModel().setCurrentIndex(self.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self._tiles.verticalScrollBar().setValue(place)
        self.changed.emit()

    # -- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entry(index)
        if entry is None:
            return None
        match role:
            case Qt.ItemDataRole.AccessibleTextRole:
                starred = tr("Safelight", "starred") if self._history.stars.has(entry.key) else ""
                return ", ".join(filter(None, (_title(entry), state(entry), starred)))
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip("\n".join((_title(entry), state(entry))))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        entry = self.entry(index)
        drag = Qt.ItemFlag.ItemIsDragEnabled if entry and entry.has_picture else Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | drag

    def file(self, row: int) -> Path | None:
        return self.entries[row].file


class _Tile(QStyledItemDelegate):
    """The picture or the newest step of a run as a rounded square, with how it ended, its star, and a ring around the shown run."""

    def __init__(
        self,
        history: RunHistory,
        entries: HistoryModel,
        timeline: Timeline,
        theme: Theme,
        cache: TileCache,
        film: TileFilm,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._history = history
        self._entries = entries
        self._timeline = timeline
        self._theme = theme
        self._brush = TilePainter(theme)
        self._cache = cache
        self._film = film

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._cache.side + 2 * INSET, self._cache.side + 2 * INSET)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = self._entries.entry(index)
        if entry is None:
            return
        tokens = self._theme.tokens
        rect = QRect(option.rect.left() + INSET, option.rect.top() + INSET, self._cache.side, self._cache.side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if entry.run != entry.tree:  # a branch: a line leads to it from the tile before
            painter.fillRect(QRect(rect.left() - 2 * INSET, rect.center().y(), 2 * INSET, 2), QColor(tokens.faint))
        if self._film.shows(entry.key):
            self._film.paint(painter, rect)
            self._film.paint_place(painter, rect, self._brush)
        else:
            self._paint_picture(painter, rect, entry)
            icon, text = _badge(entry)
            if icon or text:
                self._brush.pill(painter, rect, icon, text, is_live=entry.ending is Ending.RUNNING)
        if self._history.stars.has(entry.key) or option.state & QStyle.StateFlag.State_MouseOver:
            name = "star-filled" if self._history.stars.has(entry.key) else "star"
            self._brush.button(painter, QRect(rect.right() - BUTTON - 3, rect.top() + 4, BUTTON, BUTTON), name)
        run = self._timeline.run
        if run is not None and entry.key == run.id:
            self._brush.ring(painter, rect, tokens.text, 2)
        if option.state & QStyle.StateFlag.State_HasFocus:
            self._brush.ring(painter, rect, tokens.accent, 1)
        painter.restore()

    def _paint_picture(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        pixels = _newest(entry.held) if entry.held else None
        ready = self._cache.picture(entry.item) if entry.item else None
        if pixels is not None:
            side = min(pixels.width, pixels.height)
            part = QRectF((pixels.width - side) / 2, (pixels.height - side) / 2, side, side)
            painter.drawImage(QRectF(rect), to_qimage(pixels), part)
        elif ready is not None:
            painter.drawPixmap(rect, ready)
        else:
            self._brush.blank(painter, rect)


def _newest(run: Run) -> Pixels | None:
    """The finished picture of `run`, else the small picture of its newest step."""
    newest = run.steps[-1].thumbnail if run.steps else None
    return (run.picture or newest) if run.ending is Ending.FINISHED else (newest or run.picture)


def _title(entry: Entry) -> str:
    return in_one_line(entry.prompt) or tr("Safelight", "no prompt")


def state(entry: Entry) -> str:
    """How the run ended or how far it is, and where it branches off."""
    if entry.ending is Ending.RUNNING:
        words = tr("Safelight", "Running, step {step} of {steps}").format(step=entry.step, steps=entry.calls)
    elif _is_unsaved(entry):
        words = tr("Safelight", "Not saved yet, only in memory")
    elif entry.is_left:
        words = (
            tr("Safelight", "its picture was deleted or moved; its steps are kept: branches need them")
            if entry.is_needed
            else tr("Safelight", "its picture was deleted or moved; its steps are kept")
        )
    else:
        words = at_step(entry.ending, _told_step(entry), entry.calls) or tr("Safelight", "finished")
    if entry.branched_after >= 0:
        return ", ".join((words, tr("Safelight", "branch from step {step}").format(step=entry.branched_after)))
    return words


def _badge(entry: Entry) -> tuple[str, str]:
    """Icon and text at the lower left of a tile."""
    if entry.ending is Ending.RUNNING:
        return "", str(entry.step)
    if _is_unsaved(entry):
        return "circle-alert", ""
    if entry.is_left:
        return "trash-2", ""
    has_branched = entry.branched_after >= 0 or (entry.item is not None and entry.item.branches > 0)
    return badge(entry.ending, _told_step(entry), entry.calls, entry.branched_after if has_branched else None)


def _is_unsaved(entry: Entry) -> bool:
    return entry.ending is Ending.FINISHED and entry.held is not None and entry.held.path is None


def _told_step(entry: Entry) -> int:
    """The step that a tile tells; 0 for a finished picture."""
    is_finished = entry.ending is Ending.FINISHED and not (entry.item and entry.item.step)
    return 0 if is_finished else entry.step
