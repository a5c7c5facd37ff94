"""MainWindow: the rail, a stack of places beside it, and what can be done wherever the user is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QMoveEvent, QPaintEvent, QResizeEvent, QWindowStateChangeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ..library.paths import Folders
from ..library.settings import Settings
from ..studio.desk import Desk
from ..studio.generation import Generation
from ..studio.leaving import Leaving
from ..studio.notices import Notices
from ..studio.pictures import Pictures
from .closing import Closing
from .create.create_place import CreatePlace
from .language import Retranslating, explain, tr
from .notice_bar import NoticeBar
from .theme import Theme
from .widgets.command import Command
from .widgets.controls import named
from .widgets.open_dialog import come_forward

if TYPE_CHECKING:
    from .gallery.gallery_place import GalleryPlace

RAIL = 52  # px


class MainWindow(Retranslating, QMainWindow):
    """Each place owns its keys; the rail lends them to the place that is shown while the focus is in the rail itself."""

    painted = Signal()  # once, after the first paint
    settings_changed = Signal(object)  # Settings
    close_confirmed = Signal(object)  # Leaving

    def __init__(
        self,
        create: CreatePlace,
        make_gallery: Callable[[], GalleryPlace],
        theme: Theme,
        generation: Generation,
        pictures: Pictures,
        desk: Desk,
        notices: Notices,
        settings: Callable[[], Settings],
        folders: Folders,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.create_place = create
        self._gallery: GalleryPlace | None = None
        self._make_gallery = make_gallery  # when it is first shown: the first paint need not wait for it
        self._theme = theme
        self._desk = desk
        self._notices = notices
        self._settings = settings
        self._folders = folders
        self._painted = False
        self._closing = Closing(self, generation, pictures)
        self._layout = QSettings(str(folders.data / "window.ini"), QSettings.Format.IniFormat)
        self._layout_soon = QTimer(self, singleShot=True, interval=500)  # ms: a kill finds it kept
        self._layout_soon.timeout.connect(self._keep_layout)
        self._rail = named(QWidget(), "rail")
        self._places = named(QStackedWidget(), "places")
        self.notice_bar = NoticeBar(notices, theme, create.canvas_area)
        self._lay_out()
        self._make_commands()
        self._make_rail()
        self._restore_panels()
        self._connect()
        self._tint()
        self.retranslate()

    def _lay_out(self) -> None:
        self._rail.setFixedWidth(RAIL)
        self._rail_layout = QVBoxLayout(self._rail)
        self._rail_layout.setContentsMargins(8, 12, 8, 12)
        self._rail_layout.setSpacing(6)
        whole = QWidget()
        columns = QHBoxLayout(whole)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self._rail)
        columns.addWidget(self._places, 1)
        self._places.addWidget(self.create_place)
        self.setCentralWidget(whole)
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)

    def _make_commands(self) -> None:
        self._full_screen = Command(self, "full_screen", self._toggle_full_screen, "F11")
        self._free = Command(self, "free_memory", lambda: self._notices.spawn(self._desk.free_memory()))
        self._settings_command = Command(self, "settings", self._open_settings, "Ctrl+,")
        self._log = Command(self, "open_log", self._show_log)
        self._about = Command(self, "about", self._open_about, "F1")
        self._quit = Command(self, "quit", self.close, "Ctrl+Q")
        self._show_create = Command(self, "show_create", self.show_create, "Ctrl+Shift+1")
        self._show_gallery = Command(self, "show_gallery", self.show_gallery, "Ctrl+Shift+2")

    def _make_rail(self) -> None:
        menu = QMenu(self)
        own = (
            self._show_create,
            self._show_gallery,
            None,
            self._full_screen,
            None,
            self._free,
            self._settings_command,
            self._log,
            self._about,
            None,
            self._quit,
        )
        for entry in (*self.create_place.menu, *own):
            menu.addSeparator() if entry is None else menu.addAction(entry)
        self._menu_button = self._rail_button("menu")
        self._menu_button.setMenu(menu)
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for place in (self._show_create, self._show_gallery):
            self._rail_button(place.objectName()).setDefaultAction(place)
        self._rail_layout.addStretch()
        self._panel_buttons = [self._rail_button(command.objectName()) for command in self.create_place.panel_commands]
        for button, command in zip(self._panel_buttons, self.create_place.panel_commands, strict=True):
            button.setDefaultAction(command)
        self._rail_layout.addSpacing(8)
        for command in (self._settings_command, self._about):
            self._rail_button(command.objectName()).setDefaultAction(command)

    def _rail_button(self, name: str) -> QToolButton:
        button = named(QToolButton(), f"rail_{name}")
        button.setAutoRaise(True)
        self._rail_layout.addWidget(button)
        return button

    def _restore_panels(self) -> None:
        for command in self.create_place.panel_commands:
            command.setChecked(bool(self._layout.value(command.objectName(), True, bool)))
            command.toggled.connect(lambda _: self._layout_soon.start())

    def _connect(self) -> None:
        self.create_place.canvas_area.covered.connect(self.notice_bar.keep_clear)
        self.create_place.full_screen_left.connect(self._toggle_full_screen)
        self._closing.confirmed.connect(self._confirm_closing)
        self._theme.changed.connect(self._tint)
        self._places.currentChanged.connect(self._change_place)
        self._lend_keys()

    def restore_geometry(self) -> None:
        """Put the window where it was when it was last open."""
        if geometry := self._layout.value("geometry"):
            self.restoreGeometry(geometry)

    def come_forward(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def gallery_place(self) -> GalleryPlace:
        """Made when it is first asked for."""
        if self._gallery is None:
            self._gallery = self._make_gallery()
            self._gallery.create_wanted.connect(self.show_create)
            self._places.addWidget(self._gallery)
        return self._gallery

    def show_create(self) -> None:
        self._places.setCurrentWidget(self.create_place)
        self.create_place.canvas.setFocus()

    def show_gallery(self) -> None:
        self._places.setCurrentWidget(self.gallery_place)
        self.gallery_place.setFocus()

    # -- slots

    def _change_place(self) -> None:
        place = self._places.currentWidget()
        assert place is not None
        is_create = place is self.create_place
        self.notice_bar.overlay(self.create_place.canvas_area if is_create else place)
        for button in self._panel_buttons:
            button.setVisible(is_create)
        self._tint()
        self._lend_keys()

    def _lend_keys(self) -> None:
        """Let the keys of the shown place work while the focus is in the rail."""
        for action in self._rail.actions():
            self._rail.removeAction(action)
        if place := self._places.currentWidget():
            self._rail.addActions(place.actions())

    def _show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folders.logs)))

    def _open_settings(self) -> None:
        if come_forward(self, "settings"):
            return
        from .settings_dialog import SettingsDialog  # here, and About too: the first paint need not wait for them

        dialog = SettingsDialog(self._settings, self._theme, self._folders, self._desk.archive, self._notices, self)
        dialog.changed.connect(self.settings_changed)
        dialog.open()

    def _open_about(self) -> None:
        from .about_dialog import AboutDialog

        if not come_forward(self, "about"):
            AboutDialog(self._theme, self._folders, self).open()

    def _toggle_full_screen(self) -> None:
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def _tint(self) -> None:
        is_create = self._places.currentWidget() is self.create_place
        for shown, icon, is_chosen in (
            (self._menu_button, "menu", False),
            (self._show_create, "wand-sparkles", is_create),
            (self._show_gallery, "images", not is_create),
            (self._settings_command, "settings", False),
            (self._about, "info", False),
        ):
            shown.setIcon(self._theme.icon(icon, self._theme.tokens.text if is_chosen else None))

    def _confirm_closing(self, leaving: Leaving) -> None:
        self._keep_layout()
        self.close_confirmed.emit(leaving)

    def _keep_layout(self) -> None:
        if not self.isFullScreen():
            self._layout.setValue("geometry", self.saveGeometry())
        for command in self.create_place.panel_commands:
            self._layout.setValue(command.objectName(), command.isChecked())
        self._layout.sync()

    # -- Qt

    def retranslate(self) -> None:
        self.setWindowTitle("Safelight")
        for command, name, explanation in (
            (self._show_create, tr("Safelight", "Create"), tr("Safelight", "Describe a picture and watch it develop.")),
            (self._show_gallery, tr("Safelight", "Gallery"), tr("Safelight", "All your pictures and unfinished runs.")),
            (self._full_screen, tr("Safelight", "Full screen"), tr("Safelight", "Show only the canvas and its timeline.")),
            (self._free, tr("Safelight", "Free memory"), tr("Safelight", "Unload the model; the next picture loads it again.")),
            (self._settings_command, tr("Safelight", "Settings"), tr("Safelight", "Language, colours, folders and memory.")),
            (self._log, tr("Safelight", "Show the log folder"), tr("Safelight", "Open the folder with the log files.")),
            (self._about, tr("Safelight", "About Safelight"), tr("Safelight", "Version and licences.")),
            (self._quit, tr("Safelight", "Quit"), tr("Safelight", "Close the window; everything is kept.")),
        ):
            command.explain(name, explanation)
        explain(self._menu_button, tr("Safelight", "Menu"), tr("Safelight", "Open pictures and models, show panels, quit."))
        for button in self._rail.findChildren(QToolButton):
            if action := button.defaultAction():
                explain(button, action.text(), action.toolTip())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if isinstance(event, QWindowStateChangeEvent):
            was_full, is_full = bool(event.oldState() & Qt.WindowState.WindowFullScreen), self.isFullScreen()
            if is_full is not was_full:  # by the user's key, or by the window manager
                self.create_place.show_alone(is_full)
                self._rail.setVisible(not is_full)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)  # the children paint right after this

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # leaving is a coroutine; it ends the program itself
        self._closing.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout_soon.start()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._layout_soon.start()
