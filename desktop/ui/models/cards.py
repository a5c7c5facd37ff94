"""ModelCards: a card for each model, LoRA or embedding. Only what is visible is painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ...errors import QT_TRANSLATE_NOOP
from ...library.adapters import Listed
from ...library.known_models import Weights
from ...library.models import Model
from ...studio.loras import Loras
from ...studio.model_shelf import ModelShelf
from ..language import Retranslating, tooltip, tr
from ..theme import Theme
from ..widgets import lora_words
from ..widgets import model_words as words
from ..widgets.command import WidgetKeys
from ..widgets.controls import Index
from .mark import paint_mark
from .memory_bar import paint_bar

LEAST, HEIGHT = 250, 166  # px, of a card
GAP = 12  # px, between cards
EDGE = 16  # px, within a card
MARK = 38  # px
LINE = 16  # px
BUTTON = QSize(60, 26)


Item = Model | Listed


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says."""

    name: str
    badges: Sequence[str]
    mark: str  # for its coloured squares
    lines: Sequence[tuple[str, bool]]  # each with whether it is a warning
    foot: str
    problem: str = ""  # instead of the lines; it cannot be used
    memory: int | None = None  # bytes; None if that is not said
    spoken: Sequence[str] = ()  # for screen readers, instead of lines and foot


class CardMaker:
    """Says what is known of models and LoRAs."""

    def __init__(self, shelf: ModelShelf, loras: Loras) -> None:
        self._shelf = shelf
        self._loras = loras

    def card(self, item: Item) -> Card:
        if isinstance(item, Model):
            return self._of_model(item)
        return self._of_embedding(item) if item.is_embedding else self._of_lora(item)

    def _of_model(self, model: Model) -> Card:
        weights = self._shelf.weights.get(model.path) or Weights()
        disk, memory, is_default = words.bytes_of(weights.disk) if weights.disk else "", None, model == self._shelf.default
        spoken = []
        if not model.problem:
            memory = self._shelf.memory(model)
            spoken = [model.family.name, words.languages(model), words.settings(model)]
            spoken += [tr("Safelight", "{size} on disk").format(size=disk)] if disk else []
            spoken += [tr("Safelight", "needs {size} of memory").format(size=words.bytes_of(memory))] if memory is not None else []
            spoken += [tr("Safelight", "Default")] if is_default else []
        return Card(
            words.name(model),
            words.badges(model, weights.precision or model.precision),
            weights.mark or str(model.path),
            [(words.settings(model), False)],
            " · ".join(filter(None, (disk, tr("Safelight", "default") if is_default else ""))),
            words.problem(model),
            memory,
            spoken,
        )

    def _of_embedding(self, listed: Listed) -> Card:
        fits = lora_words.embedding_fits(listed, self._loras)
        names, kind = ", ".join(listed.words), tr("Safelight", "Embedding")
        return Card(
            listed.name,
            lora_words.badges(listed),
            str(listed.path),
            [fits, (names, False)] if fits[0] else [(names, False)],
            words.bytes_of(listed.disk),
            words.problem(listed),
            None,
            [kind, *filter(None, (listed.family, fits[0], names))],
        )

    def _of_lora(self, listed: Listed) -> Card:
        model, triggers = self._loras.model, lora_words.triggers(listed)
        fits = lora_words.fits(self._loras.fits.get(listed.path), words.name(model)) if model else ("", False)
        is_used = any(row.adapter.name == listed.name for row in self._loras.rows)
        disk, used = words.bytes_of(listed.disk), tr("Safelight", "in Create") if is_used else ""
        family = listed.file.family if listed.file else ""
        return Card(
            listed.name,
            lora_words.badges(listed),
            str(listed.path),
            [fits, (triggers, False)] if fits[0] else [(triggers, False)],
            " · ".join(filter(None, (disk, used))),
            words.problem(listed),
            None,
            ["LoRA", *filter(None, (family, fits[0], triggers, used))],
        )


class CardModel(QAbstractListModel):
    def __init__(self, maker: CardMaker, parent: QListView) -> None:
        super().__init__(parent)
        self._maker = maker
        self.items: list[Item] = []

    def show_items(self, items: Sequence[Item]) -> None:
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item = self.items[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._maker.card(item).name
            case Qt.ItemDataRole.AccessibleTextRole:
                card = self._maker.card(item)
                return f"{card.name}. {card.problem}" if card.problem else ", ".join((card.name, *card.spoken))
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip("\n".join(filter(None, (self._maker.card(item).problem, str(item.path)))))
            case Qt.ItemDataRole.UserRole:
                return item
        return None


class ModelCards(Retranslating, QListView):
    """A double click, Enter or the button of a card uses its model or LoRA."""

    used = Signal(object)  # Item
    menu_wanted = Signal(QPoint)  # global

    def __init__(self, shelf: ModelShelf, loras: Loras, theme: Theme) -> None:
        super().__init__()
        maker = CardMaker(shelf, loras)
        self._cards = CardModel(maker, self)
        self._delegate = CardDelegate(maker, shelf, theme, self)
        self.setObjectName("model_cards")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Use the chosen model"), "Enter")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setModel(self._cards)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else the cards change size as it comes and goes
        self.setMouseTracking(True)
        self.verticalScrollBar().rangeChanged.connect(lambda least, most: self.verticalScrollBar().setEnabled(most > least))
        self.verticalScrollBar().setSingleStep(40)
        self.doubleClicked.connect(lambda index: self.used.emit(self._cards.items[index.row()]))
        theme.changed.connect(self.viewport().update)
        self.retranslate()

    @property
    def current(self) -> Item | None:
        index = self.currentIndex()
        return self._cards.items[index.row()] if index.isValid() else None

    @property
    def shown(self) -> Sequence[Item]:
        return self._cards.items

    def show_items(self, items: Sequence[Item]) -> None:
        """Show `items`; the current one stays current, or that with the same files."""
        current, place = self.current, self.verticalScrollBar().value()
        if list(items) != self._cards.items:
            self._cards.show_items(items)
            if current is not None:
                self.go_to(next((item for item in items if item.path == current.path), None))
            self.verticalScrollBar().setValue(place)
        self.viewport().update()

    def go_to(self, item: Item | None) -> None:
        """Make `item` the current one, and show it."""
        if item in self._cards.items:
            self.setCurrentIndex(self._cards.index(self._cards.items.index(item)))

    def _fit(self) -> None:
        """As many columns as have room, which fill the width."""
        width = self.viewport().width() - 1
        columns = max(1, width // (LEAST + GAP))
        size = QSize(width // columns, HEIGHT + GAP)
        if size != self.gridSize():
            self.setGridSize(size)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Models"))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._delegate.hover(self.indexAt(event.position().toPoint()), event.position().toPoint()):
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._delegate.hover(QModelIndex(), QPoint())
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        if (
            event.button() is Qt.MouseButton.LeftButton
            and index.isValid()
            and self._delegate.is_on_button(self.visualRect(index), index, at)
        ):
            self.used.emit(self._cards.items[index.row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if (item := self.current) is not None:
                self.used.emit(item)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.currentIndex() if event.reason() is QContextMenuEvent.Reason.Keyboard else self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            at = self.visualRect(index).center() if event.reason() is QContextMenuEvent.Reason.Keyboard else event.pos()
            self.menu_wanted.emit(self.viewport().mapToGlobal(at))


class CardDelegate(QStyledItemDelegate):
    """Paints name, badges, lines, memory, foot and the button; or why the model or LoRA cannot be used."""

    def __init__(self, maker: CardMaker, shelf: ModelShelf, theme: Theme, parent: QListView) -> None:
        super().__init__(parent)
        self._maker = maker
        self._shelf = shelf
        self._theme = theme
        self._pressed: int | None = None  # row of the card whose button is under the pointer

    def hover(self, index: Index, at: QPoint) -> bool:
        """Whether another button is under the pointer now."""
        view = self.parent()
        assert isinstance(view, QListView)
        before = self._pressed
        self._pressed = index.row() if index.isValid() and self.is_on_button(view.visualRect(index), index, at) else None
        return before != self._pressed

    def is_on_button(self, cell: QRect, index: Index, at: QPoint) -> bool:
        item: Item = index.data(Qt.ItemDataRole.UserRole)
        return item.problem is None and _button(_card(cell)).contains(at)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        assert isinstance(view, QListView)
        return view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, box = self._theme.tokens, _card(option.rect)
        card = self._maker.card(index.data(Qt.ItemDataRole.UserRole))
        is_chosen, has_focus = (bool(option.state & QStyle.StateFlag.State_Selected), bool(option.state & QStyle.StateFlag.State_HasFocus))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent if has_focus else tokens.quiet if is_chosen else tokens.line), 1))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        room = box.adjusted(EDGE, 14, -EDGE, -12)
        self._head(painter, room, card)
        middle = room.adjusted(0, MARK + 10, 0, 0)
        if card.problem:
            self._paragraph(painter, middle.adjusted(0, 0, 0, -BUTTON.height() - 6), card.problem, tokens.danger)
        else:
            self._facts(painter, middle, card)
        self._foot(painter, box, room, index.row(), card)
        painter.restore()

    def _head(self, painter: QPainter, room: QRect, card: Card) -> None:
        tokens = self._theme.tokens
        paint_mark(painter, QRect(room.topLeft(), QSize(MARK, MARK)), card.mark, tokens)
        text = room.adjusted(MARK + 11, 0, 0, 0)
        _use_font(painter, 13, QFont.Weight.DemiBold)
        painter.setPen(QColor(tokens.faint if card.problem else tokens.text))
        line = QRect(text.x(), text.y(), text.width(), 18)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, _elided(painter, card.name, line.width()))
        _use_font(painter, 11)
        x = text.x()
        for badge in card.badges:
            width = painter.fontMetrics().horizontalAdvance(badge) + 10
            if x + width > text.right():
                break
            box = QRectF(x + 0.5, text.y() + 21.5, width - 1, 16)
            painter.setPen(QColor(tokens.edge))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(tokens.quiet))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge)
            x += width + 5

    def _facts(self, painter: QPainter, room: QRect, card: Card) -> None:
        tokens = self._theme.tokens
        _use_font(painter, 12)
        line = QRect(room.x(), room.y(), room.width(), LINE)
        for text, is_warning in card.lines:
            painter.setPen(QColor(tokens.danger if is_warning else tokens.quiet))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, _elided(painter, text, line.width()))
            line.translate(0, LINE + 8)
        memory, hardware = card.memory, self._shelf.hardware
        if memory is None or hardware is None:
            return
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, tr("Safelight", "Memory"))
        before, _, after = tr("Safelight", "{needed} of {size}").partition("{needed}")
        total = after.format(size=words.bytes_of(hardware.total_memory))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, total)
        painter.setPen(QColor(tokens.danger if memory > hardware.total_memory else tokens.text))
        line.setRight(line.right() - painter.fontMetrics().horizontalAdvance(total))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{before}{words.bytes_of(memory)}")
        paint_bar(painter, QRect(room.x(), line.bottom() + 6, room.width(), 5), memory, hardware.total_memory, tokens)

    def _foot(self, painter: QPainter, box: QRect, room: QRect, row: int, card: Card) -> None:
        tokens, button = self._theme.tokens, _button(box)
        _use_font(painter, 12)
        painter.setPen(QColor(tokens.quiet))
        line = QRect(room.x(), button.y(), room.width() - (0 if card.problem else BUTTON.width() + 8), button.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, _elided(painter, card.foot, line.width()))
        if card.problem:
            return
        is_hovered = row == self._pressed
        painter.setPen(QColor(tokens.faint if is_hovered else tokens.edge))
        painter.setBrush(QColor(tokens.hover if is_hovered else tokens.field))
        painter.drawRoundedRect(QRectF(button).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(QColor(tokens.text))
        painter.drawText(button, Qt.AlignmentFlag.AlignCenter, tr("Safelight", "Use"))

    def _paragraph(self, painter: QPainter, room: QRect, text: str, colour: str) -> None:
        """Lines as they fit; the last ends in an ellipsis where there are more."""
        _use_font(painter, 12)
        painter.setPen(QColor(colour))
        layout = QTextLayout(text, painter.font())
        layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
        layout.beginLayout()
        y, most = room.y(), max(1, room.height() // LINE)
        for number in range(most):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(room.width())
            start, length = line.textStart(), line.textLength()
            shown = text[start : start + length]
            if number == most - 1 and start + length < len(text):
                shown = _elided(painter, text[start:], room.width())
            painter.drawText(QRect(room.x(), y, room.width(), LINE), Qt.AlignmentFlag.AlignVCenter, shown)
            y += LINE
        layout.endLayout()


def _card(cell: QRect) -> QRect:
    return cell.adjusted(0, 0, -GAP, -GAP)


def _button(card: QRect) -> QRect:
    return QRect(card.right() - EDGE - BUTTON.width() + 1, card.bottom() - 12 - BUTTON.height() + 1, BUTTON.width(), BUTTON.height())


def _use_font(painter: QPainter, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> None:
    font = QFont(painter.font())
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    painter.setFont(font)


def _elided(painter: QPainter, text: str, width: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
