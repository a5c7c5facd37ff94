"""FirstStart: examples in place of the empty canvas, which develop under the pointer and are made on click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QHideEvent, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from ...diffusion.run import Pixels
from ...library.examples import Example
from ...studio.timeline import Timeline
from ..language import Retranslating, explain, spoken, tr
from ..theme import Theme
from ..widgets.controls import label, named
from ..widgets.scaled_picture import ScaledPicture

COLUMNS = 3
SIDE = 204  # px, of a picture where there is room
LEAST = 72  # px
GAP = 16  # px, between two pictures
RIM = 4  # px around a picture, for the ring of the chosen one
CAPTION = 30  # px below a picture
HEAD = 58  # px, heading and explanation
FOOT = 30  # px, offer of the tour
BETWEEN = 8  # px, its two answers
TICK = 40  # ms, of a step that develops
BADGE = 20  # px, height
PRESS = 26  # px, height of the words that ask for a click
ARROWS: dict[int, tuple[int, int]] = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
OWN_KEYS = {*ARROWS, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}


class FirstStart(Retranslating, QWidget):
    """The arrows choose a picture, Enter makes it, Esc closes. The timeline shows the steps of the one that develops."""

    chosen = Signal(object)  # Example
    tour_answered = Signal(bool)  # whether to show it
    closed = Signal()  # by Esc

    def __init__(self, examples: Mapping[str, Sequence[Example]], timeline: Timeline, theme: Theme, *, offers_tour: bool) -> None:
        """`examples`: by language, equally many in each."""
        super().__init__()
        self._examples = examples
        self._timeline = timeline
        self._theme = theme
        self._developing: ExampleTile | None = None
        self.setObjectName("first_start")
        self.setMinimumSize(240, 200)
        self._title = label("page", "first_start_title")
        self._hint = label("quiet", "first_start_hint")
        for words in (self._title, self._hint):
            words.setParent(self)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tiles = [ExampleTile(timeline, theme, self) for _ in examples["en"]]
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(self._tick)
        for tile in self.tiles:
            tile.entered.connect(lambda tile=tile: self._develop(tile))
            tile.left.connect(lambda tile=tile: self._end(tile))
            tile.clicked.connect(lambda _=False, tile=tile: self.chosen.emit(tile.example))
        self._tour, self._no_tour = named(QPushButton(self), "first_start_tour"), named(QPushButton(self), "first_start_no_tour")
        self._answers = (self._no_tour, self._tour)  # as they are shown
        for answer in self._answers:
            answer.setProperty("quiet", "true")
            answer.setVisible(offers_tour)
            answer.clicked.connect(lambda _=False, answer=answer: self._answer(answer is self._tour))
        self._make_current(self.tiles[0])
        timeline.current_changed.connect(self._show_step)
        theme.changed.connect(self.update)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Examples"))
        self._title.setText(tr("Safelight", "Watch a picture develop"))
        self._hint.setText(tr("Safelight", "Point at an example to see its steps. Click to make it here."))
        for answer, name, explanation in (
            (self._tour, tr("Safelight", "Show me around"), tr("Safelight", "Show what the most important controls do.")),
            (self._no_tour, tr("Safelight", "Not now"), tr("Safelight", "Do not offer the tour again. Help (F1) shows it at any time.")),
        ):
            answer.setText(name)
            explain(answer, name, explanation)
        self._lay_out()
        self._end(self._developing)
        for tile, example in zip(self.tiles, self._examples[spoken()], strict=True):
            tile.show_example(example)

    def _answer(self, is_wanted: bool) -> None:
        if any(answer.hasFocus() for answer in self._answers):
            self.setFocus()
        for answer in self._answers:
            answer.hide()
        self.tour_answered.emit(is_wanted)

    def _develop(self, tile: ExampleTile) -> None:
        """Show the steps of `tile` one after the other; with reduced motion, only the last, beside which the tile shows others."""
        if tile is self._developing:
            return
        self._end(self._developing)
        self._developing = tile
        tile.set_developing(True)
        self._make_current(tile)
        steps = tile.example.steps
        self._timeline.exhibit(steps, len(steps) - 1 if self._theme.reduce_motion else 0)
        if not self._theme.reduce_motion:
            self._timer.start()

    def _end(self, tile: ExampleTile | None) -> None:
        if tile is not None and tile is self._developing:
            self._timer.stop()
            self._developing = None
            tile.set_developing(False)
            self._timeline.exhibit(())

    def _tick(self) -> None:
        if self._developing is None or self._timeline.index >= len(self._developing.example.steps) - 1:
            self._timer.stop()
        else:
            self._timeline.exhibit(self._developing.example.steps, self._timeline.index + 1)

    def _show_step(self) -> None:
        if self._developing is not None:
            self._developing.update()

    def _make_current(self, current: ExampleTile) -> None:
        """Tab reaches one tile, the arrows the others."""
        for tile in self.tiles:
            tile.setFocusPolicy(Qt.FocusPolicy.StrongFocus if tile is current else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(current)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and _is_own(event):
            event.accept()  # not shortcuts of the place while the focus is here
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if not _is_own(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif isinstance(focused, ExampleTile) and event.key() in ARROWS:
            across, down = ARROWS[event.key()]
            place = self.tiles.index(focused) + across + down * COLUMNS
            if 0 <= place < len(self.tiles):
                self.tiles[place].setFocus(Qt.FocusReason.TabFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        rows = -(-len(self.tiles) // COLUMNS)
        width, height = self.width() - 2 * GAP, self.height() - 2 * GAP - HEAD - GAP - FOOT
        side = max(LEAST, min(SIDE, (width + GAP) // COLUMNS - GAP, height // rows - CAPTION))
        across = COLUMNS * (side + GAP) - GAP
        left, top = (self.width() - across) // 2, max(8, (self.height() - HEAD - GAP - rows * (side + CAPTION) - FOOT) // 2)
        self._title.setGeometry(0, top, self.width(), 30)
        self._hint.setGeometry(0, top + 32, self.width(), 20)
        sizes = [answer.sizeHint() for answer in self._answers]
        foot, x = top + HEAD + GAP + rows * (side + CAPTION), (self.width() - sum(size.width() for size in sizes) - BETWEEN) // 2
        for answer, size in zip(self._answers, sizes, strict=True):
            answer.setGeometry(x, foot, size.width(), size.height())
            x += size.width() + BETWEEN
        for place, tile in enumerate(self.tiles):
            row, column = divmod(place, COLUMNS)
            at = QPoint(left + column * (side + GAP), top + HEAD + GAP + row * (side + CAPTION))
            tile.setGeometry(QRect(at.x() - RIM - 3, at.y() - RIM, side + 2 * RIM + 6, side + CAPTION + RIM))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._end(self._developing)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), QColor(self._theme.tokens.stage))


class ExampleTile(QAbstractButton):
    """One example. While it develops, it shows the step at the playhead; with reduced motion, the noise, the middle and the picture."""

    entered = Signal()  # by pointer or key
    left = Signal()
    example: Example

    def __init__(self, timeline: Timeline, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._theme = theme
        self._is_developing = False
        self._prints = ScaledPicture(), ScaledPicture(), ScaledPicture()
        self.setObjectName("example_tile")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def show_example(self, example: Example) -> None:
        self.example = example
        prompt = example.recipe.prompt.text
        explain(self, prompt, tr("Safelight", "Make this picture: {prompt}").format(prompt=prompt))
        self.setToolTip("")  # the caption says it
        self.update()

    def set_developing(self, is_developing: bool) -> None:
        self._is_developing = is_developing
        self.update()

    @property
    def picture_rect(self) -> QRect:
        side = self.width() - 2 * RIM - 6
        return QRect(RIM + 3, RIM, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, place = self._theme.tokens, QRectF(self.picture_rect)
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(place, 4, 4)
        painter.save()
        painter.setClipPath(outline)
        self._paint_pictures(painter, place)
        if self._is_developing:
            self._paint_progress(painter, place)
        painter.restore()
        font = self.font()
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text if self._is_developing else tokens.quiet))
        room = QRect(0, round(place.bottom()) + 8, self.width(), 18)
        prompt = painter.fontMetrics().elidedText(self.example.recipe.prompt.text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, prompt)
        if self._is_developing or self.hasFocus():
            painter.setPen(QPen(QColor(tokens.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(-3, -3, 3, 3), 7, 7)

    def _paint_pictures(self, painter: QPainter, place: QRectF) -> None:
        whole = (place.size() * self.devicePixelRatioF()).toSize()
        shown = self._shown()
        for number, (pixels, ready) in enumerate(zip(shown, self._prints, strict=False)):
            part = QRectF(place.x() + number * place.width() / len(shown), place.y(), place.width() / len(shown), place.height())
            painter.save()
            painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
            frame = QRectF(place)
            frame.moveCenter(part.center())  # the middle of the picture, whole if it is alone
            ready.paint(painter, pixels, frame, whole)
            painter.restore()

    def _shown(self) -> list[Pixels]:
        steps = [step.thumbnail for step in self.example.steps if step.thumbnail]
        if not self._is_developing:
            return [self.example.picture]
        if self._theme.reduce_motion:
            return [steps[0], steps[len(steps) // 2], steps[-1]]
        return [steps[min(self._timeline.index, len(steps) - 1)]]

    def _paint_progress(self, painter: QPainter, place: QRectF) -> None:
        """The number of the step, the words that ask for a click, and how far it is."""
        tokens, last = self._theme.tokens, len(self.example.steps) - 1
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        if not self._theme.reduce_motion:
            words = f"{self._timeline.index} / {last}"
            badge = QRectF(place.x() + 8, place.y() + 8, painter.fontMetrics().horizontalAdvance(words) + 14, BADGE)
            _fill(painter, badge, 4, tokens.scrim)
            painter.setPen(QColor(tokens.on_scrim))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
        font.setPixelSize(12)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        words = tr("Safelight", "Make it")
        width = painter.fontMetrics().horizontalAdvance(words) + 37
        press = QRectF(place.right() - 8 - width, place.bottom() - 10 - PRESS, width, PRESS)
        _fill(painter, press, 6, tokens.accent)
        self._theme.icon("play", tokens.on_accent, 13).paint(painter, QRect(round(press.x()) + 8, round(press.y()) + 6, 13, 13))
        painter.setPen(QColor(tokens.on_accent))
        painter.drawText(press.adjusted(27, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        foot = QRectF(place.x(), place.bottom() - 3, place.width(), 3)
        painter.fillRect(foot, QColor(tokens.scrim))
        foot.setWidth(place.width() * (1 if self._theme.reduce_motion else self._timeline.index / last))
        painter.fillRect(foot, QColor(tokens.accent))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.entered.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse():
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_own(event) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.click()
        else:
            event.ignore()  # left to the view


def _fill(painter: QPainter, box: QRectF, radius: float, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(box, radius, radius)


def _is_own(event: QEvent) -> bool:
    assert isinstance(event, QKeyEvent)
    return event.key() in OWN_KEYS and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
