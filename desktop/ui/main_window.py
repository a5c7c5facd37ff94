"""MainWindow: top bar, rail, a stack of places beside it, and what can be done wherever the user is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QMoveEvent,
    QPaintEvent,
    QResizeEvent,
    QWindowStateChangeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from ..diffusion.run import Run
from ..errors import QT_TRANSLATE_NOOP
from ..library.paths import Folders
from ..library.settings import Settings
from ..studio.at_work import AtWork, QueueState
from ..studio.desk import Desk
from ..studio.generation import Generation
from ..studio.leaving import Leaving
from ..studio.menu_entry import MenuEntry
from ..studio.notices import Notices
from ..studio.pictures import Pictures
from ..studio.timeline import Timeline
from ..studio.undo import Undo
from .create.create_place import CreatePlace
from .frame.background_notice import BackgroundNotice
from .frame.job_chip import JobChip
from .frame.jobs import Jobs
from .frame.model_chip import ModelChip
from .frame.place import Place
from .frame.rail import Rail
from .frame.regions import go_to_region
from .frame.taskbar import Taskbar
from .frame.title import Title
from .frame.top_bar import TopBar
from .frame.tray import Tray
from .frame.undo_commands import UndoCommands
from .language import Retranslating, tr
from .theme import Theme
from .widgets.command import Command, WidgetKeys
from .widgets.controls import named
from .widgets.dropped import local_files
from .widgets.open_dialog import come_forward
from .widgets.outside import open_outside
from .widgets.splitter import Splitter

if TYPE_CHECKING:
    from ..studio.trainings import Training
    from .closing import Closing
    from .frame.palette import Palette

SMALLEST = QSize(960, 600)
WIDE = 1100  # px: a narrower window has a rail without captions


class MainWindow(Retranslating, QMainWindow):
    """Each place owns its keys; rail and top bar lend them to the place that is shown while the focus is in them."""

    painted = Signal()  # once, after the first paint
    settings_changed = Signal(object)  # Settings
    close_confirmed = Signal(object)  # Leaving
    training_requested = Signal(object)  # Training, to be shown in Learn

    def __init__(
        self,
        create: CreatePlace,
        places: Sequence[Place],
        theme: Theme,
        timeline: Timeline,
        generation: Generation,
        at_work: AtWork,
        pictures: Pictures,
        desk: Desk,
        menu_entry: MenuEntry,
        notices: Notices,
        undo: Undo,
        settings: Callable[[], Settings],
        folders: Folders,
    ) -> None:
        """`places`: Create first, then the others, as the rail offers them."""
        super().__init__()
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.create_place = create
        self._places = places
        self._theme = theme
        self._timeline = timeline
        self._generation = generation
        self._at_work = at_work
        self._desk = desk
        self._menu_entry = menu_entry
        self._notices = notices
        self._undo = undo
        self._settings = settings
        self._folders = folders
        self._painted = False
        self._pictures = pictures
        self._layout = QSettings(str(folders.data / "window.ini"), QSettings.Format.IniFormat)
        self._layout_soon = QTimer(self, singleShot=True, interval=500)  # ms: a kill finds it kept
        self._layout_soon.timeout.connect(self._keep_layout)
        self._make_commands()
        self._rail = Rail(
            theme,
            [(self._place_commands[place.key], place.icon) for place in places],
            [(self._jobs_command, "list-video"), (self._settings_command, "settings")],
        )
        self._title = Title(timeline, places[0])
        self._model_chip = ModelChip(theme, lambda: create.prompt_panel.models)
        self._job_chip = JobChip(at_work, generation, timeline, theme)
        self._top_bar = TopBar(theme, self._search_command, self._model_chip, self._title, self._job_chip, create.compare_button)
        self._stack = named(QStackedWidget(), "places")
        self._whole = QWidget()
        self._lay_out()
        self._jobs = Jobs(self._whole, self._rail, self._rail.button(self._jobs_command), at_work, generation, theme)
        Taskbar(at_work, self)
        self._background_notice = BackgroundNotice(at_work, self, lambda: settings().notifications)
        self.tray = Tray(notices, theme, self._whole, self._notice_room)
        self._restore_panels()
        self._connect()
        self.retranslate()
        self.show_place(places[0])
        create.prompt_panel.prompt.setFocus()

    def _lay_out(self) -> None:
        self.setCentralWidget(self._whole)
        rows = QVBoxLayout(self._whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        columns = QHBoxLayout()
        columns.setSpacing(0)
        rows.addWidget(self._top_bar)
        rows.addLayout(columns, 1)
        columns.addWidget(self._rail)
        columns.addWidget(self._stack, 1)
        self._stack.currentChanged.connect(self._lend_keys)
        self.setMinimumSize(SMALLEST)
        self.resize(1280, 800)

    def _make_commands(self) -> None:
        self._place_commands = {
            place.key: Command(self, f"place_{place.key}", partial(self.show_place, place), place.shortcut, checkable=True)
            for place in self._places
        }
        self._undo_commands = UndoCommands(self._undo, self)
        self._jobs_command = Command(self, "jobs", lambda: self._jobs.toggle(), "Ctrl+J")
        self._search_command = Command(self, "search_or_run", self._open_palette, "Ctrl+K")
        self._regions = [
            Command(self, "next_region", lambda: self._go_to_region(1), "F6"),
            Command(self, "region_before", lambda: self._go_to_region(-1), "Shift+F6"),
        ]
        self._full_screen = Command(self, "full_screen", self._toggle_full_screen, "F11")
        self._free = Command(self, "free_memory", lambda: self._notices.spawn(self._desk.free_memory()))
        self._settings_command = Command(self, "settings", self._open_settings, "Ctrl+,")
        self._log = Command(self, "open_log", self._show_log)
        self._help = Command(self, "help", self._open_help, "F1")
        self._take_tour = Command(self, "take_tour", self._start_tour)
        self._about = Command(self, "about", self._open_about)
        self._quit = Command(self, "quit", self.close, "Ctrl+Q")

    def _restore_panels(self) -> None:
        for command in self.create_place.panel_commands:
            command.setChecked(bool(self._layout.value(command.objectName(), True, bool)))
            command.toggled.connect(lambda _: self._layout_soon.start())

    def _restore_splitters(self, place: QWidget) -> None:
        for splitter in place.findChildren(Splitter):
            if sizes := self._layout.value(splitter.objectName()):
                splitter.restoreState(sizes)
            splitter.splitterMoved.connect(lambda *_: self._layout_soon.start())

    def _connect(self) -> None:
        panel = self.create_place.prompt_panel
        own = (
            self._undo_commands.undo,
            self._undo_commands.redo,
            None,
            self._search_command,
            self._jobs_command,
            self._full_screen,
            None,
            self._free,
            self._settings_command,
            self._log,
            self._help,
            self._about,
            None,
            self._quit,
        )
        self._top_bar.fill((*self.create_place.menu, None, *self._place_commands.values(), *own), self.create_place.panel_commands)
        self._model_chip.chosen.connect(panel.choose_model)
        self._model_chip.open_requested.connect(self.create_place.shown_picture.ask_model_folder)
        self._model_chip.open_file_requested.connect(self.create_place.shown_picture.ask_model_file)
        self._model_chip.search_requested.connect(self._search_models)
        self._model_chip.place_requested.connect(self.show_models)
        panel.model_changed.connect(self._model_chip.show_model)
        panel.model_awaited.connect(self._model_chip.show_awaited)
        self._generation.queue_changed.connect(self._count_jobs)
        self._at_work.changed.connect(self._show_progress)
        self._background_notice.show_requested.connect(self._come_forward_with)
        self._job_chip.opened.connect(self._jobs.toggle)
        self._job_chip.show_requested.connect(self._show_work)
        self._jobs.show_requested.connect(self._show_work)
        self.create_place.tour_answered.connect(self._answer_tour)
        self.create_place.full_screen_left.connect(self._toggle_full_screen)
        for command in self.create_place.panel_commands:
            command.toggled.connect(lambda _: self.tray.place())  # a panel over the canvas leaves the size of the canvas as it is

    def restore_geometry(self) -> None:
        """Put the window where it was when it was last open; at first, maximise it on a screen that is too small for its usual size."""
        available = self.screen().availableGeometry().size()
        self.setMinimumSize(SMALLEST.boundedTo(available))
        if geometry := self._layout.value("geometry"):
            self.restoreGeometry(geometry)  # keeps it within the screens
        elif available.expandedTo(self.size()) != available:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def come_forward(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_create(self) -> None:
        self.show_place(self._places[0])
        self.create_place.canvas.setFocus()

    def show_models(self) -> None:
        self.show_place(next(place for place in self._places if place.key == "models"))

    def show_learn(self) -> None:
        self.show_place(next(place for place in self._places if place.key == "learn"))

    def show_place(self, place: Place) -> None:
        for key, command in self._place_commands.items():
            command.setChecked(key == place.key)
        is_create = place is self._places[0]
        if self._stack.indexOf(place.widget) < 0:
            self._stack.addWidget(place.widget)
            self._restore_splitters(place.widget)
        self._stack.setCurrentWidget(place.widget)
        seen = self.create_place.canvas_area if is_create else place.widget
        self._title.show_place(place)
        self._top_bar.show_panels(is_create)
        self._top_bar.centre_over(seen)
        self.create_place.compare_button.setVisible(is_create)
        self._job_chip.show_seen(is_create)
        self.tray.watch(seen)
        place.widget.setFocus()

    def show_run(self, run: Run) -> None:
        """Show `run` in Create."""
        self.show_place(self._places[0])
        self.create_place.canvas_area.show_canvas()
        if run not in (self._timeline.run, self._timeline.compare):
            self._timeline.show(run)

    # -- slots

    def _lend_keys(self) -> None:
        """Let the keys of the shown place work while the focus is in the rail or the top bar."""
        place = self._stack.currentWidget()
        for bar in (self._rail, self._top_bar):
            for action in bar.actions():
                bar.removeAction(action)
            bar.addActions(place.actions() if place else [])

    @cached_property
    def _closing(self) -> Closing:
        from .closing import Closing  # here, and below: the first paint need not wait for it

        closing = Closing(self, self._generation, self._pictures)
        closing.confirmed.connect(self._confirm_closing)
        return closing

    @cached_property
    def _palette(self) -> Palette:
        from .frame.palette import Palette

        return Palette(self._whole, self._theme)

    def _open_palette(self) -> None:
        place = self._stack.currentWidget()
        others = [action for action in self.actions() if action is not self._search_command]
        self._palette.open_with([*(place.actions() if place else []), *others])

    def _search_models(self) -> None:
        self._palette.open_with(self._model_chip.search_actions(), QT_TRANSLATE_NOOP("Safelight", "Search models"))

    def _go_to_region(self, distance: int) -> None:
        if (place := self._stack.currentWidget()) is not None:
            go_to_region(self._rail, place, distance)

    def _notice_room(self) -> QRect:
        """Where notices may be shown; before a place is, when a file was damaged, somewhere."""
        shown = self._stack.currentWidget()
        place = next((place for place in self._places if self._is_made(place) and place.widget is shown), None)
        if place is None:
            return self._whole.rect()
        room = place.notice_room() if place.notice_room else place.widget.rect()
        return room.translated(place.widget.mapTo(self._whole, QPoint()))

    def _count_jobs(self) -> None:
        learns = self._at_work.training is not None and self._at_work.training.is_active
        self._rail.show_badge(self._jobs_command, len(self._generation.up_next) + self._generation.running + learns)

    def _come_forward_with(self, work: Run | Training) -> None:
        self.come_forward()
        self._show_work(work)

    def _show_work(self, work: Run | Training) -> None:
        if isinstance(work, Run):
            self.show_run(work)
        else:
            self.training_requested.emit(work)

    def _show_progress(self) -> None:
        """Show in the title, which the taskbar shows too, how far the work is."""
        self._count_jobs()
        is_running = self._at_work.state is QueueState.RUNNING
        title = f"{round(100 * self._at_work.share)} % · Safelight" if is_running else "Safelight"
        if title != self.windowTitle():
            self.setWindowTitle(title)

    def _show_log(self) -> None:
        open_outside(self._folders.logs)

    def _open_settings(self) -> None:
        if come_forward(self, "settings"):
            return
        from .settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._settings, self._theme, self._folders, self._desk.archive, self._menu_entry, self._notices, self)
        dialog.changed.connect(self.settings_changed)
        dialog.open()

    def _open_help(self) -> None:
        from .frame.help_dialog import HelpDialog

        if come_forward(self, "help"):
            return
        create, shown = self._places[0], self._stack.currentWidget()
        places = [place for place in self._places if place is create or self._is_made(place)]
        places.sort(key=lambda place: place.widget is not shown)  # the keys of the shown place first
        sections: list[tuple[str, list[QAction | WidgetKeys]]]
        sections = [(place.caption, [*place.widget.actions(), *_keys_in(place.widget)]) for place in places]
        sections.append((QT_TRANSLATE_NOOP("Safelight", "Everywhere"), [*self.actions(), *_keys_in(self._jobs)]))
        links = [self._take_tour, *self.create_place.help_commands, self._log, self._about]
        HelpDialog(sections, links, self).open()

    def _is_made(self, place: Place) -> bool:
        """Whether the place was shown before; its keys are not known until then."""
        return "widget" in vars(place)

    def _answer_tour(self, is_wanted: bool) -> None:
        if is_wanted:
            self._start_tour()

    def _start_tour(self) -> None:
        from .frame.tour import Tour

        if self._stack.currentWidget() is not self.create_place:
            self.show_place(self._places[0])
        tour = self.findChild(Tour) or Tour(self._whole, self._theme)
        tour.start()

    def _open_about(self) -> None:
        from .about_dialog import AboutDialog

        if not come_forward(self, "about"):
            AboutDialog(self._theme, self._folders, self).open()

    def _toggle_full_screen(self) -> None:
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def _confirm_closing(self, leaving: Leaving) -> None:
        self._keep_layout()
        self.close_confirmed.emit(leaving)

    def _keep_layout(self) -> None:
        if not self.isFullScreen():
            self._layout.setValue("geometry", self.saveGeometry())
        for name, is_shown in self.create_place.panel_choices.items():
            self._layout.setValue(name, is_shown)
        for splitter in self.findChildren(Splitter):
            if splitter.has_sizes:
                self._layout.setValue(splitter.objectName(), splitter.saveState())
        self._layout.sync()

    # -- Qt

    def retranslate(self) -> None:
        self._show_progress()
        self._undo_commands.retranslate()
        for place in self._places:
            caption = tr("Safelight", place.caption)
            self._place_commands[place.key].explain(caption, tr("Safelight", "Go to {place}.").format(place=caption))
        for command, name, explanation in (
            (self._search_command, tr("Safelight", "Search or run"), tr("Safelight", "Find any action by its name and run it.")),
            (self._jobs_command, tr("Safelight", "Jobs"), tr("Safelight", "Show the queue.")),
            (self._regions[0], tr("Safelight", "Next region"), tr("Safelight", "Move the focus from the rail or a panel to the next one.")),
            (
                self._regions[1],
                tr("Safelight", "Previous region"),
                tr("Safelight", "Move the focus from the rail or a panel to the one before it."),
            ),
            (self._full_screen, tr("Safelight", "Full screen"), tr("Safelight", "Show only the canvas and its timeline.")),
            (self._free, tr("Safelight", "Free memory"), tr("Safelight", "Unload the model; the next picture loads it again.")),
            (self._settings_command, tr("Safelight", "Settings"), tr("Safelight", "Language, colours, folders and memory.")),
            (self._log, tr("Safelight", "Show the log folder"), tr("Safelight", "Open the folder with the log files.")),
            (self._help, tr("Safelight", "Help"), tr("Safelight", "All keys, the tour, the examples and the words that the model knows.")),
            (self._take_tour, tr("Safelight", "Take the tour"), tr("Safelight", "Show what the most important controls do.")),
            (self._about, tr("Safelight", "About Safelight"), tr("Safelight", "Version and licences.")),
            (self._quit, tr("Safelight", "Quit"), tr("Safelight", "Close the window; everything is kept.")),
        ):
            command.explain(name, explanation)
        self._rail.retranslate()
        self._top_bar.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if isinstance(event, QWindowStateChangeEvent):
            was_full, is_full = bool(event.oldState() & Qt.WindowState.WindowFullScreen), self.isFullScreen()
            if is_full is not was_full:  # by the user's key, or by the window manager
                self.create_place.show_alone(is_full)
                self._rail.setVisible(not is_full)
                self._top_bar.setVisible(not is_full)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)  # the children paint right after this

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take files wherever they are dropped, but not back where they were dragged from."""
        source = event.source()
        is_back = (
            isinstance(source, QWidget)
            and self.isAncestorOf(source)
            and source.rect().contains(source.mapFrom(self, event.position().toPoint()))
        )
        event.setAccepted(bool(local_files(event.mimeData())) and not is_back)

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.show_place(self._places[0])
        self.create_place.shown_picture.open_files(local_files(event.mimeData()))

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # leaving is a coroutine; it ends the program itself
        self._closing.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < WIDE
        self._rail.set_narrow(is_narrow)
        self._job_chip.set_narrow(is_narrow)
        self._top_bar.set_narrow(is_narrow)
        self._layout_soon.start()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._layout_soon.start()


def _keys_in(widget: QWidget) -> list[WidgetKeys]:
    """The keys that the parts of `widget` handle themselves, each once."""
    return list({keys.name: keys for keys in widget.findChildren(WidgetKeys)}.values())
