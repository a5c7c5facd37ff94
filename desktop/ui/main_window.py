"""The window: the rail, the prompt, the canvas over its timeline, and what is known about the step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QGuiApplication, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMainWindow, QMenu, QMessageBox, QToolButton, QVBoxLayout, QWidget

from ..library.drafts import Drafts
from ..library.paths import Folders
from ..library.settings import Settings
from ..studio.desk import Desk
from ..studio.generation import Generation
from ..studio.history import History
from ..studio.notices import Notices
from ..studio.pictures import Pictures, Recent
from ..studio.timeline import Timeline
from .about_dialog import AboutDialog
from .canvas import Canvas
from .images import to_qimage
from .language import Retranslating, explain, tr
from .notice_bar import NoticeBar
from .prompt_panel import PromptPanel
from .recent_strip import RecentStrip
from .settings_dialog import SettingsDialog
from .step_panel import StepPanel
from .theme import Theme
from .timeline_bar import TimelineBar

if TYPE_CHECKING:
    from ..library.models import Model, ModelLibrary

RAIL = 52              # px
PICTURES = "PNG (*.png);;JPEG (*.jpg);;WebP (*.webp)"


class MainWindow(Retranslating, QMainWindow):
    painted = Signal()                 # once, after the first paint
    edited = Signal()                  # something that drafts keep has changed
    model_chosen = Signal(object)      # Model
    model_folder_chosen = Signal(Path)
    settings_changed = Signal(object)  # Settings
    close_confirmed = Signal(bool)     # True: finish the press at work first

    def __init__(self, theme: Theme, timeline: Timeline, generation: Generation, pictures: Pictures, desk: Desk, notices: Notices,
                 models: ModelLibrary, history: History, settings: Callable[[], Settings], folders: Folders) -> None:
        super().__init__(objectName="window")
        self._theme = theme
        self._timeline = timeline
        self._generation = generation
        self._pictures = pictures
        self._desk = desk
        self._notices = notices
        self._models = models
        self._history = history
        self._settings = settings
        self._folders = folders
        self._painted = False
        self._asking: QMessageBox | None = None
        self._layout = QSettings(str(folders.data / "window.ini"), QSettings.Format.IniFormat)

        self.prompt_panel = PromptPanel(generation, theme, history)
        self.canvas = Canvas(timeline, generation, theme)
        self.step_panel = StepPanel(timeline, generation, theme)
        self.timeline_bar = TimelineBar(timeline, generation, theme)
        self.recent_strip = RecentStrip(pictures, theme)
        self.notice_bar = NoticeBar(notices, theme, self.canvas)
        self._rail = QWidget(objectName="rail")
        self._lay_out()
        self._make_actions()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self._rail.setFixedWidth(RAIL)
        self._rail_layout = QVBoxLayout(self._rail)
        self._rail_layout.setContentsMargins(8, 12, 8, 12)
        self._rail_layout.setSpacing(6)

        stage = QHBoxLayout()
        stage.setSpacing(0)
        stage.addWidget(self.canvas, 1)
        stage.addWidget(self.recent_strip)
        stage.addWidget(self.step_panel)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(stage, 1)
        right.addWidget(self.timeline_bar)

        whole = QWidget(objectName="create")
        columns = QHBoxLayout(whole)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self._rail)
        columns.addWidget(self.prompt_panel)
        columns.addLayout(right, 1)
        self.setCentralWidget(whole)
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)

    def _make_actions(self) -> None:
        """Everything that can be done from the menu or by key, whatever has the focus."""
        self._open_picture = self._action("open_picture", self._ask_picture, QKeySequence(QKeySequence.StandardKey.Open))
        self._open_model = self._action("open_model", self._ask_model_folder, QKeySequence("Ctrl+Shift+O"))
        self._open_pictures = self._action("open_pictures", self._show_pictures)
        self._save_as = self._action("save_as", self._ask_where_to_save, QKeySequence(QKeySequence.StandardKey.Save))
        self._copy = self._action("copy_picture", self._copy_picture, QKeySequence("Ctrl+Shift+C"))
        self._show_prompt = self._toggle("show_prompt", self.prompt_panel, "Ctrl+1")
        self._show_step = self._toggle("show_step", self.step_panel, "Ctrl+2")
        self._show_timeline = self._toggle("show_timeline", self.timeline_bar, "Ctrl+3")
        self._show_recent = self._toggle("show_recent", self.recent_strip, "Ctrl+4")
        self._full_screen = self._action("full_screen", self._toggle_full_screen, QKeySequence("F11"))
        self._settings_action = self._action("settings", self._open_settings, QKeySequence("Ctrl+,"))
        self._log = self._action("open_log", self._show_log)
        self._about = self._action("about", self._open_about, QKeySequence("F1"))
        self._quit = self._action("quit", self.close, QKeySequence("Ctrl+Q"))
        self._generate = self._action("generate", self.prompt_panel.generate, QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter"))
        self._stop = self._action("stop", self._stop_or_leave, QKeySequence("Esc"))
        self._transport = [
            self._action("step_back", lambda: self._timeline.go_by(-1), QKeySequence("Left")),
            self._action("step_forward", lambda: self._timeline.go_by(1), QKeySequence("Right")),
            self._action("first_step", lambda: self._timeline.go_to(0), QKeySequence("Home")),
            self._action("newest_step", self._timeline.follow, QKeySequence("End")),
        ]

        menu = QMenu(self)
        for entry in (self._open_picture, self._open_model, self._open_pictures, None, self._save_as, self._copy, None,
                      self._show_prompt, self._show_step, self._show_timeline, self._show_recent, self._full_screen, None,
                      self._settings_action, self._log, self._about, None, self._quit):
            menu.addSeparator() if entry is None else menu.addAction(entry)
        self._menu_button = self._rail_button("menu")
        self._menu_button.setMenu(menu)
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._rail_layout.addStretch()
        for action in (self._show_prompt, self._show_step, self._show_timeline, self._show_recent):
            self._rail_button(action.objectName()).setDefaultAction(action)
        self._rail_layout.addSpacing(8)
        for action in (self._settings_action, self._about):
            self._rail_button(action.objectName()).setDefaultAction(action)

    def _action(self, name: str, do: Callable[[], object], *keys: QKeySequence) -> QAction:
        action = QAction(self, objectName=name)
        action.setShortcuts(keys)
        action.triggered.connect(lambda: do())
        self.addAction(action)
        return action

    def _toggle(self, name: str, panel: QWidget, key: str) -> QAction:
        action = QAction(self, objectName=name, checkable=True, checked=True)
        action.setShortcut(QKeySequence(key))
        action.toggled.connect(panel.setVisible)
        action.setChecked(self._layout.value(name, True, bool))
        self.addAction(action)
        return action

    def _rail_button(self, name: str) -> QToolButton:
        button = QToolButton(objectName=f"rail_{name}")
        button.setAutoRaise(True)
        self._rail_layout.addWidget(button)
        return button

    def _connect(self) -> None:
        panel, bar, strip, desk = self.prompt_panel, self.timeline_bar, self.recent_strip, self._desk
        panel.generate_requested.connect(self._start)
        panel.stop_requested.connect(self._generation.stop)
        panel.edited.connect(self.edited)
        panel.model_changed.connect(self.model_chosen)
        panel.open_model_requested.connect(self._ask_model_folder)
        desk.recipe_opened.connect(panel.set_recipe)
        bar.save_step_requested.connect(lambda: self._notices.spawn(desk.save_step()))
        bar.save_as_requested.connect(self._ask_where_to_save)
        bar.copy_requested.connect(self._copy_picture)
        bar.show_requested.connect(self._show_in_folder)
        bar.delete_requested.connect(self._delete_shown)
        strip.chosen.connect(lambda recent: self._notices.spawn(desk.look_at(recent)))
        strip.delete_requested.connect(self._pictures.delete)
        self.canvas.files_dropped.connect(lambda files: self._notices.spawn(desk.take_recipe(files[0])))
        self.step_panel.previews_changed.connect(self._choose_previews)
        desk.saved.connect(self._tell_saved)
        QGuiApplication.instance().focusChanged.connect(self._mind_focus)
        self._theme.changed.connect(self._tint)
        self._tint()
