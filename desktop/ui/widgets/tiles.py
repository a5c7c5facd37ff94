"""What tiles with pictures have in common: how they are dragged out, kept ready and painted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QRect, QRectF, Qt, QUrl
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPixmap

from ...diffusion.run import Pixels
from ...library.gallery_index import Item
from ..theme import Theme
from .images import to_qimage

RADIUS = 4  # px
BUTTON = 20  # px


class TileModel(QAbstractListModel):
    """Tiles that can be dragged out as files."""

    def file(self, row: int) -> Path | None:
        """The picture of a tile; None if it has no file."""
        raise NotImplementedError

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        files = [self.file(row) for row in sorted(index.row() for index in indexes)]
        data.setUrls([QUrl.fromLocalFile(str(file)) for file in files if file])
        return data


class TileCache:
    """The pictures of tiles, ready to be painted in their size. Those that were made longest ago go first."""

    def __init__(self, kept: int) -> None:
        """`kept`: bytes of pictures that are kept."""
        self.side = 1  # of a tile, px
        self._kept = kept
        self._least = 0
        self._ratio = 1.0
        self._ready: OrderedDict[int, tuple[int, QPixmap]] = OrderedDict()  # side, px of the device, and picture; by id of the item
        self._hopeless: set[int] = set()  # ids of items whose files cannot be shown

    @property
    def device_side(self) -> int:
        """Of a tile, px of the device."""
        return round(self.side * self._ratio)

    def use_side(self, side: int, ratio: float) -> None:
        """`ratio`: px of the device in each px."""
        self.side, self._ratio = max(1, side), ratio

    def keep_at_least(self, count: int) -> None:
        """Keep that many, however large they are."""
        self._least = count

    def is_wanting(self, item: Item) -> bool:
        """Whether its picture is not ready in this size."""
        ready = self._ready.get(item.id)
        return not self.is_hopeless(item) and (ready is None or ready[0] != self.device_side)

    def is_hopeless(self, item: Item) -> bool:
        """Whether its file cannot be shown."""
        return bool(item.problem) or item.id in self._hopeless

    def picture(self, item: Item) -> QPixmap | None:
        """The newest one, perhaps in another size."""
        ready = self._ready.get(item.id)
        return ready[1] if ready else None

    def take(self, made: dict[int, Pixels | None]) -> None:
        """Squares by the ids of their items; None for a file that cannot be shown."""
        for id, pixels in made.items():
            if pixels is None:
                self._hopeless.add(id)
            else:
                self._ready[id] = pixels.width, self.rounded(pixels)
                self._ready.move_to_end(id)
        room = max(self._least, self._kept // (4 * self.device_side**2))
        while len(self._ready) > room:
            self._ready.popitem(last=False)

    def rounded(self, pixels: Pixels) -> QPixmap:
        """`pixels` of the device as a tile."""
        rounded = QPixmap(pixels.width, pixels.height)
        rounded.fill(Qt.GlobalColor.transparent)
        painter = QPainter(rounded)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(to_qimage(pixels)))
        painter.drawRoundedRect(rounded.rect(), RADIUS * self._ratio, RADIUS * self._ratio)
        painter.end()
        rounded.setDevicePixelRatio(self._ratio)
        return rounded


class TilePainter:
    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def blank(self, painter: QPainter, rect: QRect) -> None:
        """A tile without a picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.hover))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)

    def ring(self, painter: QPainter, rect: QRect, colour: str, width: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(-2.5, -2.5, 2.5, 2.5), 6, 6)

    def pill(self, painter: QPainter, rect: QRect, icon: str, text: str, is_live: bool = False) -> None:
        """A badge with icon and text at the lower left of the tile `rect`. `is_live`: with a dot in place of the icon."""
        tokens = self._theme.tokens
        font = QFont(painter.font())
        font.setPixelSize(11)
        font.setFeature(QFont.Tag("tnum"), 1)
        painter.setFont(font)
        width = 12 + (14 if icon or is_live else 0) + painter.fontMetrics().horizontalAdvance(text)
        pill = QRect(rect.left() + 6, rect.bottom() - 23, width, 18)
        self._scrim(painter, pill)
        if icon:
            self._theme.icon(icon, tokens.on_scrim, 11).paint(painter, QRect(pill.left() + 5, pill.top() + 3, 12, 12))
        if is_live:
            painter.setBrush(QColor(tokens.accent))
            painter.drawEllipse(QRect(pill.left() + 7, pill.top() + 6, 7, 7))
        painter.setPen(QColor(tokens.on_scrim))
        painter.drawText(pill.adjusted(20 if icon or is_live else 6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def button(self, painter: QPainter, rect: QRect, icon: str, colour: str = "") -> None:
        self._scrim(painter, rect)
        self._theme.icon(icon, colour or self._theme.tokens.on_scrim, 12).paint(painter, rect.adjusted(4, 4, -4, -4))

    def _scrim(self, painter: QPainter, rect: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.scrim))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
