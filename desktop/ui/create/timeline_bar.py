"""TimelineBar: transport and actions for the current step, above the filmstrip and the lanes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...diffusion.run import Ending
from ...studio.generation import Generation
from ...studio.playback import SPEEDS, Playback
from ...studio.stars import Stars
from ...studio.timeline import Timeline
from ..language import Retranslating, explain, tr
from ..theme import Theme, ThemeTokens
from ..widgets.controls import IconButton, label, named, reach_by_tab
from ..widgets.row import Row, group
from .filmstrip import Filmstrip
from .lanes import SCROLL, Lanes
from .pause_dialog import PauseDialog
from .readout import NARROW, WIDTH, Readout

MARGIN = 16  # px, at both ends
HIGHEST = 420  # px
SPACING = 2  # px between buttons, which have their own padding
PLAY = 20  # px, its icon
ROOMY = 720  # px, the width from which the number of the step has a column
NUMBER = QSize(80, 24)  # px, of the number of the step in the row
DOT, DOT_ICON = 8, 16  # px, of what is live: the dot, and the icon with its margin


class TimelineBar(Retranslating, QFrame):
    """`run_actions` act on the shown run; the place adds them to itself."""

    branch_requested = Signal()
    refine_requested = Signal()
    export_requested = Signal()
    save_step_requested = Signal()
    save_as_requested = Signal()
    copy_requested = Signal()
    show_requested = Signal()
    delete_requested = Signal()
    pin_requested = Signal(bool)  # whether to keep the recording regardless of the disk limit

    def __init__(self, timeline: Timeline, generation: Generation, stars: Stars, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self.setObjectName("timeline_bar")
        self.setProperty("ground", "panel")
        self.setMaximumHeight(HIGHEST)

        self.playback = Playback(timeline, generation, self)
        self._live = named(QPushButton(), "live")
        self._live.setProperty("chip", "true")
        self._live.setIconSize(QSize(DOT_ICON, DOT_ICON))
        self._live_look: tuple[bool, ThemeTokens, float] | None = None
        self._example = label("chip", "example")
        self._zoom = named(QToolButton(), "zoom_film")
        self._repeat = IconButton(theme, "repeat", "repeat")
        self._repeat.setCheckable(True)
        self._play = IconButton(theme, "play", "play", PLAY)
        self._play.setProperty("round", "true")
        self._play.setCheckable(True)
        self._speed = named(QToolButton(), "speed")
        self._step_once = IconButton(theme, "redo-dot", "one_step")
        self._stop = IconButton(theme, "square", "stop")
        self._first = IconButton(theme, "skip-back", "first_step")
        self._back = IconButton(theme, "step-back", "step_back")
        self._forward = IconButton(theme, "step-forward", "step_forward")
        self._newest = IconButton(theme, "skip-forward", "newest_step")
        self._branch = IconButton(theme, "git-branch", "branch")
        self._branch_from = named(QPushButton(), "branch_from")  # in its place where it has room for its name
        self._branch_from.setProperty("chip", "true")
        self._branch_from.setIconSize(QSize(DOT_ICON, DOT_ICON))
        self._flag = IconButton(theme, "flag", "pause_here")
        self._flag.setCheckable(True)
        self._export = IconButton(theme, "film", "export_development")
        self._save_step = IconButton(theme, "download", "save_step")
        self._more = IconButton(theme, "ellipsis", "more")
        self._layers = named(QPushButton(), "layers")
        self._layers.setProperty("chip", "true")
        self._layers.setCheckable(True)
        self._layers.hide()
        self._is_small = False
        self._state: tuple[object, ...] = ()  # what is shown
        self._number = label("title", "step_number")  # where it has no column of its own
        self._number.setFixedSize(NUMBER)  # so that a new number does not lay out the row again
        self.filmstrip = Filmstrip(timeline, generation, theme)
        self.readout = Readout(timeline, self.filmstrip, theme)
        self.lanes = Lanes(timeline, generation, stars, theme, self.filmstrip)
        self._make_menu()
        self._lay_out()
        self._connect()
        self._tint()
        self.retranslate()

    def _make_menu(self) -> None:
        menu = QMenu(self._more)
        self._save_this, self._save_as, self._copy, self._export_steps, self._show = (menu.addAction("") for _ in range(5))
        menu.addSeparator()
        self._loop = menu.addAction("")
        self._loop.setCheckable(True)
        self._pause_at, self._refine, self._pin = (menu.addAction("") for _ in range(3))
        self._pin.setCheckable(True)
        menu.addSeparator()
        self._delete = menu.addAction("")
        self.run_actions = [self._show, self._pause_at, self._pin, self._delete]
        menu.aboutToShow.connect(self._show_possible)
        speeds = QMenu(self._speed)
        self._speeds = {speed: speeds.addAction("") for speed in SPEEDS}
        for speed, action in self._speeds.items():
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, speed=speed: self.playback.set_speed(speed))
        zooms, strip = QMenu(self._zoom), self.filmstrip
        self._zooms = [zooms.addAction("", do) for do in (strip.show_whole_run, strip.zoom_in, strip.zoom_out, strip.show_every_step)]
        for button, entries in ((self._more, menu), (self._speed, speeds), (self._zoom, zooms)):
            button.setMenu(entries)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        walk_back, walk_on = group(self._first, self._back), group(self._forward, self._newest)
        self._source = QWidget()
        over = QGridLayout(self._source)
        over.setContentsMargins(0, 0, 0, 0)
        for chip in (self._live, self._example):
            over.addWidget(chip, 0, 0)
            stays = chip.sizePolicy()
            stays.setRetainSizeWhenHidden(True)  # the transport does not move
            chip.setSizePolicy(stays)
        walk, play = [walk_back, walk_on], [self._repeat, self._speed]
        act = [self._flag, self._export, self._save_step]  # in the menu too, or by key
        row = Row(
            [
                [self._zoom, *walk, *play, self._branch_from, *act],
                [self._zoom, *walk, *play, self._branch, *act],
                [*walk, *play, self._branch, *act],
                [*walk, self._branch, *act],
                [*walk, self._branch],
                [self._branch],
            ]
        )
        row.fill(
            [
                self._number,
                self._source,
                self._zoom,
                None,
                self._repeat,
                walk_back,
                self._play,
                walk_on,
                self._step_once,
                self._stop,
                self._speed,
                None,
                self._layers,
                self._branch,
                self._branch_from,
                self._flag,
                self._export,
                self._save_step,
                self._more,
            ]
        )
        reach_by_tab(*row.findChildren(QAbstractButton), self.lanes, owner=self)
        self._parts = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 8)
        layout.setSpacing(4)
        film = QWidget()
        self._beside = beside = QHBoxLayout(film)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self.readout)
        beside.addWidget(self.filmstrip, 1)
        for widgets in (((row, MARGIN),), ((film, MARGIN), (self.lanes, MARGIN - SCROLL))):
            part = QVBoxLayout()
            part.setSpacing(0)  # the playhead goes through film and lanes
            for widget, right in widgets:
                inset = QHBoxLayout()
                inset.setContentsMargins(MARGIN, 0, right, 0)
                inset.addWidget(widget)
                part.addLayout(inset)
            layout.addLayout(part)

    def _connect(self) -> None:
        timeline, generation = self._timeline, self._generation
        playback = self.playback
        self._play.clicked.connect(playback.toggle)
        self._play.clicked.connect(self._show_again)  # what it does may leave it as it was
        self._repeat.clicked.connect(playback.repeat)
        self._step_once.clicked.connect(playback.step_once)
        self._stop.clicked.connect(generation.stop)
        self._first.clicked.connect(lambda: timeline.go_to(0))
        self._back.clicked.connect(lambda: timeline.go_by(-1))
        self._forward.clicked.connect(lambda: timeline.go_by(1))
        self._newest.clicked.connect(timeline.follow)
        self._live.clicked.connect(self._go_live)
        self._layers.clicked.connect(self._show_lanes)
        self._branch.clicked.connect(self.branch_requested)
        self._branch_from.clicked.connect(self.branch_requested)
        self._flag.clicked.connect(self.toggle_pause_here)
        self._export.clicked.connect(self.export_requested)
        self._save_step.clicked.connect(self.save_step_requested)
        self.filmstrip.branch_requested.connect(self.branch_requested)
        self.filmstrip.save_step_requested.connect(self.save_step_requested)
        self._save_this.triggered.connect(self.save_step_requested)
        self._save_as.triggered.connect(self.save_as_requested)
        self._export_steps.triggered.connect(self.export_requested)
        self._loop.triggered.connect(playback.repeat)
        self._copy.triggered.connect(self.copy_requested)
        self._show.triggered.connect(self.show_requested)
        self._pause_at.triggered.connect(self._ask_where_to_pause)
        self._refine.triggered.connect(self.refine_requested)
        self._pin.triggered.connect(self.pin_requested)
        self._delete.triggered.connect(self.delete_requested)
        for changed in (
            timeline.run_changed,
            timeline.current_changed,
            timeline.view_changed,
            timeline.following_changed,
            generation.changed,  # follows each new step
            playback.changed,
        ):
            changed.connect(self._show_state)
        self.filmstrip.grid_changed.connect(self._show_zoom)
        timeline.lanes_changed.connect(self._show_lanes)
        self._theme.changed.connect(self._show_live)
        self._theme.changed.connect(self._show_lanes)
        self._theme.changed.connect(self._tint)

    def retranslate(self) -> None:
        for entry, text in zip(
            self._zooms,
            (tr("Safelight", "Whole run"), tr("Safelight", "Zoom in"), tr("Safelight", "Zoom out"), tr("Safelight", "One frame a step")),
            strict=True,
        ):
            entry.setText(text)
        explain(
            self._zoom,
            tr("Safelight", "Zoom of the timeline"),
            tr("Safelight", "How many steps the timeline shows at once (Alt+wheel or Ctrl+wheel on it)."),
        )
        explain(self._repeat, tr("Safelight", "Repeat"), tr("Safelight", "Play a finished run again and again."))
        explain(self._speed, tr("Safelight", "Speed"), tr("Safelight", "How fast the steps are played (J slower, K faster)."))
        for speed, entry in self._speeds.items():
            entry.setText(_times(speed))
        explain(self._step_once, tr("Safelight", "One step"), tr("Safelight", "Compute one more step, then pause."))
        explain(
            self._stop, tr("Safelight", "Stop"), tr("Safelight", "Stop at once, in the middle of the step; the finished steps stay (Esc).")
        )
        explain(self._first, tr("Safelight", "Starting noise"), tr("Safelight", "Go to the noise that the run starts from (Home)."))
        explain(self._back, tr("Safelight", "Step back"), tr("Safelight", "Go one step back (←)."))
        explain(self._forward, tr("Safelight", "Step forward"), tr("Safelight", "Go one step forward (→)."))
        explain(self._newest, tr("Safelight", "Newest step"), tr("Safelight", "Go to the newest step and follow the run from there (End)."))
        self._live.setText(tr("Safelight", "Live"))
        explain(self._live, tr("Safelight", "Live"), tr("Safelight", "Show the running picture and follow its newest step."))
        explain(self._layers, tr("Safelight", "Branches"), tr("Safelight", "Show or hide the branches below the filmstrip."))
        self._example.setText(tr("Safelight", "Example"))
        explain(
            self._example,
            tr("Safelight", "Example"),
            tr("Safelight", "These are the steps of an example that ships with Safelight, not of a picture of yours."),
        )
        self._branch_from.setText(tr("Safelight", "Branch from here"))
        for button in (self._branch, self._branch_from):
            explain(button, tr("Safelight", "Branch"), tr("Safelight", "Keep the steps up to this one and continue with changes (Ctrl+B)."))
        explain(
            self._flag,
            tr("Safelight", "Pause here"),
            tr("Safelight", "Pause the run after this step, or remove that pause (M). A run that is active pauses after its next step."),
        )
        explain(
            self._export,
            tr("Safelight", "Export as animation…"),
            tr("Safelight", "Make an animation, a video or a contact sheet of the steps (Ctrl+E)."),
        )
        explain(
            self._save_step,
            tr("Safelight", "Save this step"),
            tr("Safelight", "Save the current step in the pictures folder, decoded in full."),
        )
        explain(self._more, tr("Safelight", "More"), tr("Safelight", "More actions for this step, this run and its picture."))
        for action, text in (
            (self._save_this, tr("Safelight", "Save this step")),
            (self._save_as, tr("Safelight", "Save as…")),
            (self._copy, tr("Safelight", "Copy picture")),
            (self._export_steps, tr("Safelight", "Export as animation…")),
            (self._loop, tr("Safelight", "Repeat")),
            (self._show, tr("Safelight", "Show in folder")),
            (self._pause_at, tr("Safelight", "Pause at step…")),
            (self._refine, tr("Safelight", "Refine…")),
            (self._pin, tr("Safelight", "Pin this recording")),
            (self._delete, tr("Safelight", "Delete picture or run")),
        ):
            action.setText(text)
        self._show_again()

    def toggle_pause_here(self) -> None:
        """Set or remove a pause after the shown step; in a live run, after the step that is being made."""
        number = self._number_to_pause_after()
        if number is not None:
            self._generation.toggle_breakpoint(number, self._timeline.run)
        self._show_again()

    def _number_to_pause_after(self) -> int | None:
        """None if the run does not pause there any more."""
        number = self._timeline.index + (1 if self.playback.is_live and self._timeline.steps else 0)
        return number if self.filmstrip.can_pause_after(number) else None

    # -- slots

    def go_to_end(self) -> None:
        """Show the newest step of the shown run; from there, the run that is being made."""
        timeline = self._timeline
        if timeline.index >= len(timeline.steps) - 1 and self._generation.running and not self.playback.is_at_work:
            self._go_live()
        else:
            timeline.follow()

    def _go_live(self) -> None:
        if self._timeline.run is not self._generation.run:
            self._timeline.show(self._generation.run)
        self._timeline.follow()

    def _ask_where_to_pause(self) -> None:
        run = self._timeline.run
        if run is None:
            return
        dialog = PauseDialog(self._generation, run, self.filmstrip.places - 2, self.window())
        self._timeline.run_changed.connect(dialog.close)
        dialog.open()

    def _show_again(self) -> None:
        """Show the state although it may be the same: a press has changed a button."""
        self._state = ()
        self._show_state()

    def _show_state(self) -> None:
        timeline, generation, run = self._timeline, self._generation, self._timeline.run
        newest = len(timeline.steps) - 1
        to_pause = self._number_to_pause_after()
        pauses = run is not None and to_pause in generation.breakpoints(run)
        state = (
            *(run, timeline.index, newest, self.filmstrip.places, timeline.following, timeline.is_exhibiting, timeline.pixels is None),
            *((run.ending, run.picture is None, run.path, run.pinned, len(run.steps)) if run else ()),
            *(generation.run, generation.running, generation.stopping, generation.pausing, to_pause, pauses),
            *(self.playback.is_playing, self.playback.speed, self.playback.repeats),
        )
        if state == self._state:  # several signals tell of one step
            return
        self._state = state
        self._show_play()
        self._show_live()
        self._show_zoom()
        self._speed.setText(_times(self.playback.speed))
        for speed, entry in self._speeds.items():
            entry.setChecked(speed == self.playback.speed)
        self._repeat.setChecked(self.playback.repeats)
        self._step_once.setEnabled(self.playback.can_resume and not generation.running)
        self._stop.setEnabled(generation.running and not generation.stopping)
        for button in (self._first, self._back):
            button.setEnabled(timeline.index > 0)
        for button in (self._forward, self._newest):
            button.setEnabled(timeline.index < newest)
        self._number.setText(f"{timeline.index} / {self.filmstrip.places - 1}" if timeline.steps else "")
        self._flag.setEnabled(to_pause is not None)
        self._flag.setChecked(pauses)
        self._show_possible()

    def _show_play(self) -> None:
        """Say what a press on the button does now."""
        playback, timeline, generation = self.playback, self._timeline, self._generation
        is_pausing = playback.is_live and generation.pausing
        self._play.setEnabled(playback.can_play and not (playback.is_live and generation.stopping))
        self._play.setChecked(is_pausing)
        self._play.show_icon("pause" if playback.is_live or playback.is_playing else "play")
        if playback.is_playing:
            name, explanation = tr("Safelight", "Stop playing"), tr("Safelight", "Stay at the shown step (Space).")
        elif is_pausing:
            name = tr("Safelight", "Pausing after this step…")
            explanation = f"{name} " + tr("Safelight", "Press again to continue without a pause (Space).")
        elif playback.is_live:
            name = tr("Safelight", "Pause")
            explanation = tr("Safelight", "Pause after this step and free the machine (Space, or Ctrl+P while typing).")
        elif playback.can_resume and timeline.index >= len(timeline.steps) - 1:
            name = tr("Safelight", "Resume")
            explanation = tr("Safelight", "Resume this run after its last step (Space, or Ctrl+P while typing).")
        else:
            name, explanation = tr("Safelight", "Play"), tr("Safelight", "Play the steps like film (Space).")
        if name != self._play.accessibleName():
            explain(self._play, name, explanation)

    def _show_zoom(self) -> None:
        grid = self.filmstrip.grid
        seen = grid.visible_steps()
        self._zoom.setText(
            tr("Safelight", "Steps {first}–{last}").format(first=seen.start, last=seen.stop - 1)
            if grid.most_offset
            else tr("Safelight", "Whole run")
        )
        self._zoom.setEnabled(grid.most_zoom > 1)

    def _fit_heads(self) -> None:
        """The column at the left is always there in a wide bar, and with branches in a narrow one."""
        width = WIDTH if self.width() >= ROOMY else NARROW if self.lanes.is_open else 0
        self.readout.setFixedWidth(width)
        self.lanes.set_heads(width)
        self._number.setVisible(not width)

    def _show_lanes(self) -> None:
        """In a small place the lanes are folded until the user opens them: the picture needs their room."""
        self.lanes.fold(self._is_small and not self._layers.isChecked())
        self._layers.setVisible(self._is_small and self.lanes.has_branches)
        self._layers.setText(str(len(self._timeline.lanes)))
        self._layers.setIcon(self._theme.icon("layers", self._theme.tokens.text, 14))
        self._fit_heads()

    def _tint(self) -> None:
        self._branch_from.setIcon(self._theme.icon("git-branch", self._theme.tokens.text, DOT_ICON))

    def _show_live(self) -> None:
        """A dot while the newest step is shown, else a way there."""
        is_live, tokens = self.playback.is_live, self._theme.tokens
        self._live.setVisible(self._generation.running)
        self._example.setVisible(self._timeline.is_exhibiting and not self._generation.running)
        look = is_live, tokens, self.devicePixelRatioF()
        if look != self._live_look:
            self._live_look = look
            self._live.setIcon(_dot(tokens.accent, look[2]) if is_live else self._theme.icon("play", tokens.text, 12))

    def _show_possible(self) -> None:
        """Enable the actions that are possible now, as buttons and as menu entries."""
        timeline, run = self._timeline, self._timeline.run
        for each in (self._branch, self._branch_from, self._export, self._export_steps, self._pin):
            each.setEnabled(run is not None and bool(run.steps))
        for each in (self._save_step, self._save_this, self._save_as):
            each.setEnabled(timeline.current is not None or bool(run and run.picture))
        self._loop.setChecked(self.playback.repeats)
        self._copy.setEnabled(timeline.pixels is not None)
        self._show.setEnabled(bool(run and run.path))
        self._delete.setEnabled(run is not None and run.ending is not Ending.RUNNING)
        self._pause_at.setEnabled(run is not None and run.ending is not Ending.FINISHED and self.filmstrip.places > 2)
        self._refine.setEnabled(bool(timeline.steps) and run is not None and run.picture is not None)
        self._pin.setChecked(run is not None and run.pinned)

    def be_roomy(self, is_roomy: bool) -> None:
        """Whether the window is high enough for the curve and many lanes."""
        self.filmstrip.be_roomy(is_roomy)
        self.lanes.be_roomy(is_roomy)

    def usual_height(self) -> int:
        """The least height, in px, also right after the calls below."""
        for layout in (self._beside, self._parts):
            layout.activate()
        return self.minimumSizeHint().height()

    def be_low(self, is_low: bool) -> None:
        """Whether the window is so low that the picture needs all its height."""
        top, bottom, between = (2, 2, 2) if is_low else (6, 8, 4)
        self._parts.setContentsMargins(0, top, 0, bottom)
        self._parts.setSpacing(between)
        self.filmstrip.be_low(is_low)

    def make_room(self, is_small: bool) -> None:
        """Whether the place is small."""
        self._is_small = is_small
        self._show_lanes()

    # -- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_heads()


def _times(speed: float) -> str:
    fraction = {0.25: "¼", 0.5: "½"}.get(speed)
    return f"{fraction or round(speed)}×"


def _dot(colour: str, ratio: float) -> QIcon:
    """A dot for a screen with `ratio` device pixels per pixel."""
    pixmap = QPixmap(QSize(DOT_ICON, DOT_ICON) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QPointF(DOT_ICON / 2, DOT_ICON / 2), DOT / 2, DOT / 2)
    painter.end()
    return QIcon(pixmap)
