"""TriageGrid: the newest estimates of several seeds side by side, to choose which of them to finish."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QHBoxLayout, QMessageBox, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ...diffusion.run import Pixels, Run
from ...studio.timeline import Timeline
from ...studio.triage import Triage
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import label, named
from ..widgets.images import to_qimage
from ..widgets.seed_field import GAP, grouped

BETWEEN = 10  # px, between two tiles
RIM = 4  # px around a tile, for the frame of a selected one
MARK = 20  # px, the check mark of a selected one
LABEL = 17  # px, height of the text on a tile
LEAST_FOR_WORDS = 90  # px, least height of a tile that says why it has no picture yet
ARROWS: dict[int, tuple[int, int]] = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
OWN_KEYS = {*ARROWS, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}


class TriageGrid(Retranslating, QWidget):
    """Replaces the canvas. A click or Space selects a tile, the arrows move, a double-click or Enter shows one large.

    The selection is stored in `triage`, so that another grid can continue after this one is closed.
    """

    look_requested = Signal()  # the timeline shows the run already
    closed = Signal()  # decided, or postponed if `triage.chosen` is None

    def __init__(self, triage: Triage, timeline: Timeline, theme: Theme) -> None:
        super().__init__()
        self._triage = triage
        self._timeline = timeline
        self._theme = theme
        self.setObjectName("triage")
        self.setMinimumSize(240, 200)
        self._title = label("value", "triage_title")
        self._hint = label("quiet", "triage_hint")
        self._hint.setWordWrap(True)
        self._tiles = _TileGrid([Tile(run, triage, theme) for run in triage.runs])
        self._all = named(QPushButton(), "choose_all")
        self._discard = named(QPushButton(), "discard_all")
        self._later = named(QPushButton(), "decide_later")
        self._finish = named(QPushButton(), "finish_chosen")
        self._finish.setProperty("primary", "true")
        self._lay_out()

        for tile in self._tiles.tiles:
            tile.toggled.connect(self._show_chosen)
            tile.looked.connect(lambda tile=tile: self._look_at(tile.run))
            tile.focused.connect(lambda tile=tile: self._make_current(tile))
        self._make_current(self._tiles.tiles[0])
        self._all.clicked.connect(self._choose_all)
        self._discard.clicked.connect(self._ask_before_discarding)
        self._later.clicked.connect(self.closed)
        self._finish.clicked.connect(lambda: self._decide(self._chosen))
        triage.changed.connect(self._show_steps)
        theme.changed.connect(self.update)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Several seeds"))
        self._title.setText(tr("Safelight", "Choose which of the {count} to finish").format(count=len(self._triage.runs)))
        self._later.setText(tr("Safelight", "Decide later"))
        explain(
            self._later,
            tr("Safelight", "Decide later"),
            tr("Safelight", "Close this view (Esc). The runs stay paused, and you can open it again."),
        )
        self._discard.setText(tr("Safelight", "Discard all {count}").format(count=len(self._triage.runs)))
        explain(self._discard, self._discard.text(), tr("Safelight", "Finish none of them."))
        self._show_steps()
        self._show_chosen()

    @property
    def _chosen(self) -> list[Run]:
        return [run for run in self._triage.runs if run in self._triage.marked]

    def _show_steps(self) -> None:
        triage = self._triage
        arrived, count = len(triage.arrived), len(triage.runs)
        here = (
            tr("Safelight", "All are at step {step}.").format(step=triage.until)
            if arrived == count
            else tr("Safelight", "{arrived} of {count} are at step {step}.").format(arrived=arrived, count=count, step=triage.until)
        )
        how = tr("Safelight", "Click to select, double-click to view.")
        self._hint.setText(f"{here} {how}")
        for tile in self._tiles.tiles:
            tile.refresh()

    def _show_chosen(self) -> None:
        chosen, count = len(self._chosen), len(self._triage.runs)
        all_chosen = chosen == count
        self._finish.setEnabled(chosen > 0)
        self._finish.setText(
            tr("Safelight", "Finish {count} selected").format(count=chosen) if chosen else tr("Safelight", "Finish selected")
        )
        explain(
            self._finish,
            self._finish.text(),
            tr("Safelight", "Resume the selected runs and discard the other {count}.").format(count=count - chosen)
            if chosen
            else tr("Safelight", "Nothing is selected yet."),
        )
        self._all.setText(tr("Safelight", "Select none") if all_chosen else tr("Safelight", "Select all"))
        explain(
            self._all, self._all.text(), tr("Safelight", "Clear the selection.") if all_chosen else tr("Safelight", "Select all of them.")
        )
        self._turn_foot()

    def _choose_all(self) -> None:
        choose = len(self._chosen) < len(self._triage.runs)
        for tile in self._tiles.tiles:
            tile.setChecked(choose)

    def _look_at(self, run: Run) -> None:
        self._timeline.show(run)
        self.look_requested.emit()

    def _decide(self, chosen: Sequence[Run]) -> None:
        self._triage.finish(chosen)
        if chosen:
            self._timeline.show(chosen[0])
        self.closed.emit()

    def _ask_before_discarding(self) -> None:
        count = len(self._triage.runs)
        box = QMessageBox(QMessageBox.Icon.NoIcon, "Safelight", tr("Safelight", "Discard all {count}?").format(count=count), parent=self)
        box.setObjectName("discard_question")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setInformativeText(tr("Safelight", "None of them will be finished."))
        discard = box.addButton(self._discard.text(), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(tr("Safelight", "Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.finished.connect(lambda _: self._decide([]) if box.clickedButton() is discard else None)
        box.open()

    def _make_current(self, current: Tile) -> None:
        """Tab reaches one tile, the arrows the others."""
        for tile in self._tiles.tiles:
            tile.setFocusPolicy(Qt.FocusPolicy.StrongFocus if tile is current else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(current)

    def _lay_out(self) -> None:
        for button in (self._all, self._later, self._discard):
            button.setProperty("quiet", "true")
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._title)
        head.addWidget(self._hint)
        quiet = QHBoxLayout()
        quiet.setSpacing(4)
        for button in (self._all, self._later, self._discard):
            quiet.addWidget(button)
        quiet.addStretch()
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._foot.setSpacing(8)
        self._foot.addLayout(quiet, 1)
        self._foot.addWidget(self._finish)
        self._finish.setMinimumWidth(160)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(12, 12, 12, 12)
        self._whole.setSpacing(10)
        self._whole.addLayout(head)
        self._whole.addWidget(self._tiles, 1)
        self._whole.addLayout(self._foot)

    def _turn_foot(self) -> None:
        """If the buttons do not fit side by side, the large one goes below the small ones."""
        items = (self._foot.itemAt(place) for place in range(self._foot.count()))
        needed = sum(item.sizeHint().width() for item in items if item) + self._foot.spacing()
        fits = needed <= self.contentsRect().width() - 24
        self._foot.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and _is_own(event):
            event.accept()  # not shortcuts of the window while the focus is here
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        tiles = self._tiles.tiles
        focused = self.focusWidget()
        if not _is_own(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif isinstance(focused, Tile):
            place = tiles.index(focused)
            if event.key() in ARROWS:
                across, down = ARROWS[event.key()]
                place += across + down * self._tiles.columns
            elif event.key() == Qt.Key.Key_Home:
                place = 0
            elif event.key() == Qt.Key.Key_End:
                place = len(tiles) - 1
            if 0 <= place < len(tiles):
                tiles[place].setFocus(Qt.FocusReason.TabFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn_foot()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), QColor(self._theme.tokens.stage))


class Tile(QAbstractButton):
    """One seed: its newest estimate, its progress, and a check mark when it is selected."""

    looked = Signal()  # the user wants to see it large
    focused = Signal()

    def __init__(self, run: Run, triage: Triage, theme: Theme) -> None:
        super().__init__()
        self.run = run
        self._triage = triage
        self._theme = theme
        self._shown: Pixels | None = None
        self._image: QImage | None = None
        self.setObjectName("triage_tile")
        self.setCheckable(True)
        self.setChecked(run in triage.marked)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.toggled.connect(self._mark)

    def refresh(self) -> None:
        """The run has a new step, or the language has changed."""
        run = self.run
        newest = run.steps[-1] if run.steps else None
        pixels = run.picture or ((newest.estimate or newest.noisy or newest.thumbnail) if newest else None)
        if pixels is not self._shown:
            self._shown = pixels
            self._image = to_qimage(pixels) if pixels else None
        self._name()
        self.update()

    @property
    def _step(self) -> int:
        return max(0, len(self.run.steps) - 1)

    @property
    def _seed(self) -> str:
        return grouped(str(self.run.recipe.sampling.seed))

    def _name(self) -> None:
        if self.run.steps:
            words = tr("Safelight", "Seed {seed}, step {step} of {steps}").format(
                seed=self.run.recipe.sampling.seed, step=self._step, steps=max(self._step, self._triage.until)
            )
        else:
            words = tr("Safelight", "Seed {seed}, not started yet").format(seed=self.run.recipe.sampling.seed)
        name = tr("Safelight", "{words}, selected").format(words=words) if self.isChecked() else words
        if name != self.accessibleName():
            explain(self, name, tr("Safelight", "Space or a click selects it; Enter or a double-click shows it large."))

    def _mark(self, chosen: bool) -> None:
        marked = self._triage.marked
        marked.add(self.run) if chosen else marked.discard(self.run)
        self._name()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(self.rect()).adjusted(RIM, RIM, -RIM, -RIM)
        outline = QPainterPath()
        outline.addRoundedRect(place, 4, 4)
        painter.fillPath(outline, QColor(tokens.hover))
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setClipPath(outline)
        if self._image:
            size = QSizeF(self._image.size()).scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRectF(place.center() - QPointF(size.width(), size.height()) / 2, size), self._image)
        elif place.height() >= LEAST_FOR_WORDS:
            words = tr("Safelight", "No preview") if self.run.steps else tr("Safelight", "Queued")
            painter.setPen(QColor(tokens.quiet))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
        if not self._triage.has_arrived(self.run):
            self._paint_progress(painter, place)
        self._paint_labels(painter, place)
        painter.setClipping(False)
        self._paint_frame(painter, place)

    def _paint_progress(self, painter: QPainter, place: QRectF) -> None:
        painter.fillRect(
            QRectF(place.left(), place.bottom() - 3, place.width() * self._step / self._triage.until, 3), QColor(self._theme.tokens.accent)
        )

    def _paint_labels(self, painter: QPainter, place: QRectF) -> None:
        """The seed at the left, and the progress at the right until the run has arrived, if there is space for both."""
        metrics = painter.fontMetrics()
        is_at_work = bool(self.run.steps) and not self._triage.has_arrived(self.run)
        step = f"{self._step}{GAP}/{GAP}{self._triage.until}" if is_at_work else ""
        foot = QRectF(place.left() + 4, place.bottom() - 7 - LABEL, place.width() - 8, LABEL)
        room = foot.width() - 10
        if step and metrics.horizontalAdvance(self._seed + step) + 14 > room:
            self._paint_label(painter, foot, step, Qt.AlignmentFlag.AlignLeft)
            return
        seed, groups = self._seed, self._seed.split(GAP)
        while metrics.horizontalAdvance(seed) > room and len(groups) > 1:  # the last digits differ
            del groups[0]
            seed = "…" + GAP.join(groups)
        self._paint_label(painter, foot, seed, Qt.AlignmentFlag.AlignLeft)
        if step:
            self._paint_label(painter, foot, step, Qt.AlignmentFlag.AlignRight)

    def _paint_label(self, painter: QPainter, foot: QRectF, words: str, side: Qt.AlignmentFlag) -> None:
        ground = QColor(self._theme.tokens.stage)
        ground.setAlpha(215)
        box = QRectF(foot)
        box.setWidth(painter.fontMetrics().horizontalAdvance(words) + 10)
        if side is Qt.AlignmentFlag.AlignRight:
            box.moveRight(foot.right())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(self._theme.tokens.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_frame(self, painter: QPainter, place: QRectF) -> None:
        tokens = self._theme.tokens
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 5, 5)
            self._paint_mark(painter, place)
        elif self.underMouse():
            painter.setPen(QPen(QColor(tokens.faint), 1))
            painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 5, 5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.text), 1))
            painter.drawRoundedRect(place.adjusted(-3, -3, 3, 3), 7, 7)

    def _paint_mark(self, painter: QPainter, place: QRectF) -> None:
        tokens = self._theme.tokens
        disc = QRectF(place.right() - MARK - 5, place.top() + 5, MARK, MARK)
        painter.setPen(QPen(QColor(tokens.stage), 1.5))
        painter.setBrush(QColor(tokens.accent))
        painter.drawEllipse(disc)
        painter.setPen(QPen(QColor(tokens.on_accent), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline([disc.topLeft() + QPointF(x, y) * MARK for x, y in ((0.29, 0.52), (0.44, 0.67), (0.72, 0.36))])

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.toggle()  # undo the selection by the first click
        self.looked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and _is_own(event):
            self.looked.emit()
        elif event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()  # left to the grid

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()


class _TileGrid(QWidget):
    """Lays out the tiles as large as possible."""

    def __init__(self, tiles: list[Tile]) -> None:
        super().__init__()
        self.tiles = tiles
        self.columns = 1
        recipe = tiles[0].run.recipe
        self._aspect = recipe.size.width / recipe.size.height
        for tile in tiles:
            tile.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        count, room = len(self.tiles), event.size()

        def side(columns: int) -> float:
            """The height of a picture in px, with this many columns."""
            rows = -(-count // columns)
            width = (room.width() + BETWEEN - 2 * RIM) / columns - BETWEEN
            height = (room.height() + BETWEEN - 2 * RIM) / rows - BETWEEN
            return min(width / self._aspect, height)

        self.columns = columns = max(range(1, count + 1), key=side)
        height = max(8, int(side(columns)))
        width = max(8, int(height * self._aspect))
        rows = -(-count // columns)
        left = (room.width() - columns * (width + BETWEEN) + BETWEEN) // 2
        top = (room.height() - rows * (height + BETWEEN) + BETWEEN) // 2
        for place, tile in enumerate(self.tiles):
            row, column = divmod(place, columns)
            picture = QRect(left + column * (width + BETWEEN), top + row * (height + BETWEEN), width, height)
            tile.setGeometry(picture.adjusted(-RIM, -RIM, RIM, RIM))


def _is_own(event: QEvent) -> bool:
    assert isinstance(event, QKeyEvent)
    return event.key() in OWN_KEYS and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
