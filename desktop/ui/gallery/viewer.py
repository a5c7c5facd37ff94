"""Viewer: one picture of the gallery, as large as the window, and the way to the next one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...diffusion.run import Pixels
from ...errors import QT_TRANSLATE_NOOP, PictureUnreadable
from ...library.gallery_index import Item
from ...studio.gallery import Gallery
from ...studio.notices import Notices
from ..language import Retranslating, explain, sentence, tr
from ..theme import Theme
from ..widgets import item_words as words
from ..widgets.command import WidgetKeys
from ..widgets.controls import IconButton, label
from ..widgets.scaled_picture import ScaledPicture
from .grid import PictureGrid

MARGIN = 16  # px around a picture that fits
ZOOM_STEP = 1.25  # one notch of the wheel
LEAST_ZOOM, MOST_ZOOM = 0.05, 32.0  # px of the device for one of the picture
SQUARES_FROM = 6.0  # zoom from which pixels are drawn as squares
KEPT = 5  # pictures that are kept decoded


class Viewer(Retranslating, QWidget):
    """← and → go to the picture before and the next one in the order of the grid, Esc closes."""

    closed = Signal()
    shown = Signal(object)  # Item
    menu_wanted = Signal(object)  # QPoint, global

    def __init__(self, gallery: Gallery, grid: PictureGrid, theme: Theme, notices: Notices) -> None:
        super().__init__()
        self._gallery = gallery
        self._grid = grid
        self._notices = notices
        self.item: Item | None = None
        self._kept: dict[int, Pixels | PictureUnreadable] = {}  # by id, those used last at the end
        self._stage = _Stage(theme)
        self._back = IconButton(theme, "layout-grid", "viewer_back")
        self._before = IconButton(theme, "chevron-left", "viewer_before")
        self._next = IconButton(theme, "chevron-right", "viewer_next")
        self._title = label("body", "viewer_title")
        self._place = label("quiet", "viewer_place")
        self.setObjectName("viewer")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Picture before and next picture"), "←, →")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Zoom the picture"), QT_TRANSLATE_NOOP("Safelight", "+, −, wheel"))
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Fit the picture"), "0")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Show every pixel"), "1")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Back to all pictures"), "Esc")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        self._back.clicked.connect(self.closed)
        self._before.clicked.connect(lambda: self.go_by(-1))
        self._next.clicked.connect(lambda: self.go_by(1))
        gallery.found.connect(self._show_place)
        self.retranslate()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        for shown in (self._back, self._title, self._place):
            bar.addWidget(shown)
        bar.addStretch()
        for shown in (self._before, self._next):
            bar.addWidget(shown)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stage, 1)

    def show_item(self, item: Item) -> None:
        self.item = item
        self._show()
        self._notices.spawn(self._read(item))
        self.shown.emit(item)

    def go_by(self, distance: int) -> None:
        """Show the item that many places further, if there is one."""
        if self.item and (item := self._grid.beside(self.item, distance)):
            self.show_item(item)

    def leave_out(self, items: list[Item]) -> None:
        """These are being deleted: show the next one that stays, or the one before, or close."""
        gone = {item.id for item in items}
        if self.item is None or self.item.id not in gone:
            return
        for direction in (1, -1):
            item: Item | None = self.item
            while item is not None and item.id in gone:
                item = self._grid.beside(item, direction)
            if item is not None:
                self.show_item(item)
                return
        self.closed.emit()

    async def _read(self, item: Item) -> None:
        """Read `item`, then its neighbours, unless another one is shown meanwhile."""
        for each in (item, self._grid.beside(item, 1), self._grid.beside(item, -1)):
            if each is None or (each.id in self._kept and each.id != item.id) or self.item is None or self.item.id != item.id:
                continue
            if each.id not in self._kept:
                try:
                    self._kept[each.id] = await self._gallery.picture(each)
                except PictureUnreadable as problem:
                    self._kept[each.id] = problem
            if each.id == item.id:
                self._kept[each.id] = self._kept.pop(each.id)
                self._show()
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    def _show(self) -> None:
        if self.item is not None:
            kept = self._kept.get(self.item.id)
            if isinstance(kept, PictureUnreadable):
                self._stage.show_pixels(None, sentence(kept.template, kept.values))
            else:
                self._stage.show_pixels(kept, "")
            self._title.setText(words.title(self.item))
            self._show_place()

    def _show_place(self) -> None:
        if self.item is not None:
            row, count = self._grid.place_of(self.item), len(self._gallery.items)
            place = f"{row + 1} / {count}" if row is not None else ""
            self._place.setText(" · ".join(filter(None, (place, words.state(self.item)))))
            self._before.setEnabled(self._grid.beside(self.item, -1) is not None)
            self._next.setEnabled(self._grid.beside(self.item, 1) is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.closed.emit()
            case Qt.Key.Key_Left | Qt.Key.Key_PageUp | Qt.Key.Key_Backspace:
                self.go_by(-1)
            case Qt.Key.Key_Right | Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                self.go_by(1)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._stage.zoom_by(ZOOM_STEP)
            case Qt.Key.Key_Minus:
                self._stage.zoom_by(1 / ZOOM_STEP)
            case Qt.Key.Key_0:
                self._stage.fit()
            case Qt.Key.Key_1:
                self._stage.zoom_to(1.0)
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def retranslate(self) -> None:
        explain(
            self,
            tr("Safelight", "Picture"),
            tr("Safelight", "The picture of the gallery. ← and → show others, the wheel, + and − zoom, 0 fits the picture, Esc goes back."),
        )
        self.setToolTip("")  # it would cover the picture
        for button, name, explanation in (
            (self._back, tr("Safelight", "All pictures"), tr("Safelight", "Go back to all pictures. (Esc)")),
            (self._before, tr("Safelight", "Picture before"), tr("Safelight", "Show the picture before. (←)")),
            (self._next, tr("Safelight", "Next picture"), tr("Safelight", "Show the next picture. (→)")),
        ):
            explain(button, name, explanation)
        self._show()


class _Stage(QWidget):
    """Paints the picture, fit or zoomed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pixels: Pixels | None = None
        self._text = ""
        self._print = ScaledPicture()
        self._zoom: float | None = None  # None: fit
        self._centre = QPointF(0.5, 0.5)  # of the view, 0…1 of the picture
        self._grabbed: QPointF | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(200, 160)
        theme.changed.connect(self.update)

    def show_pixels(self, pixels: Pixels | None, text: str) -> None:
        """Show a picture, or `text` where there is none."""
        if pixels is not None and self._pixels is not None and (pixels.width, pixels.height) != (self._pixels.width, self._pixels.height):
            self.fit()
        if pixels is not None or text:  # else the last picture stays while the next one is read
            self._pixels, self._text = pixels, text
        self.update()

    def fit(self) -> None:
        self._zoom = None
        self._centre = QPointF(0.5, 0.5)
        self.update()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        self.zoom_to(self._frame_zoom() * factor, at)

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom to `zoom` px of the device for each of the picture, around `at` of the widget, or the centre."""
        point = at or QPointF(self.rect().center())
        frame = self._frame()
        place = QPointF((point.x() - frame.x()) / max(frame.width(), 1), (point.y() - frame.y()) / max(frame.height(), 1))
        self._zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        now = self._frame()
        self._pan(QPointF(point.x() - now.x() - place.x() * now.width(), point.y() - now.y() - place.y() * now.height()))

    def _pan(self, distance: QPointF) -> None:
        frame = self._frame()

        def moved(centre: float, by: float, length: float, seen: float) -> float:
            half = seen / length / 2
            return 0.5 if half >= 0.5 else min(max(centre - by / length, half), 1 - half)

        self._centre = QPointF(
            moved(self._centre.x(), distance.x(), max(frame.width(), 1), self.width()),
            moved(self._centre.y(), distance.y(), max(frame.height(), 1), self.height()),
        )
        self.update()

    def _frame_zoom(self) -> float:
        """Px of the device for one of the picture."""
        if self._zoom is not None or self._pixels is None:
            return self._zoom or 1.0
        room = QSizeF(self.width() - 2 * MARGIN, self.height() - 2 * MARGIN) * self.devicePixelRatioF()
        return max(LEAST_ZOOM, min(room.width() / self._pixels.width, room.height() / self._pixels.height))

    def _frame(self) -> QRectF:
        """Where the whole picture is, px of the widget."""
        if self._pixels is None:
            return QRectF(self.rect())
        scale = self._frame_zoom() / self.devicePixelRatioF()
        size = QSizeF(self._pixels.width, self._pixels.height) * scale
        middle = QPointF(self.width() / 2, self.height() / 2)
        corner = middle - QPointF(self._centre.x() * size.width(), self._centre.y() * size.height())
        return QRectF(QPointF(round(corner.x()), round(corner.y())), size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.tokens.stage))
        if self._pixels is None:
            painter.setPen(QColor(self._theme.tokens.quiet))
            room = self.rect().adjusted(MARGIN, 0, -MARGIN, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._text)
            return
        frame, zoom = self._frame(), self._frame_zoom()
        size = QSize() if zoom >= SQUARES_FROM and self._zoom is not None else (frame.size() * self.devicePixelRatioF()).toSize()
        if self._zoom is not None and zoom > 1:
            size = QSize(self._pixels.width, self._pixels.height) if size.isValid() else size  # the painter enlarges what is visible
        self._print.paint(painter, self._pixels, frame, size)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._grabbed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._pan(event.position() - self._grabbed)
            self._grabbed = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit() if self._zoom is not None else self.zoom_to(1.0, event.position())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._pan(QPointF())
