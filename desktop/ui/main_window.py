"""The window: the rail, the prompt, the canvas over its timeline, and what is known about the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QMoveEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..diffusion.recipe import Recipe
from ..diffusion.run import Previews, Run
from ..errors import NothingToExport
from ..library.drafts import Drafts
from ..library.paths import Folders
from ..library.settings import Settings
from ..studio.desk import Desk
from ..studio.exporting import Exporting
from ..studio.generation import Generation
from ..studio.history import History
from ..studio.leaving import Leaving
from ..studio.notices import NoticeKind, Notices
from ..studio.pictures import Pictures, Recent
from ..studio.probe import Probe
from ..studio.timeline import Timeline
from ..studio.triage import Triage
from .create.branch_panel import BranchPanel
from .create.canvas import Canvas
from .create.prompt_panel import SEEDS, TWINS, PromptPanel
from .create.recent_strip import RecentStrip
from .create.step_panel import StepPanel
from .create.timeline_bar import TimelineBar
from .language import Retranslating, explain, tr
from .notice_bar import NoticeBar
from .theme import Theme
from .widgets.images import to_qimage

if TYPE_CHECKING:
    from ..library.models import Model, ModelLibrary
    from ..library.tokens import TokenMeter
    from .create.triage_grid import TriageGrid

RAIL = 52  # px
PICTURES = "PNG (*.png);;JPEG (*.jpg);;WebP (*.webp)"


class MainWindow(Retranslating, QMainWindow):
    painted = Signal()  # once, after the first paint
    edited = Signal()  # something that drafts keep has changed
    model_chosen = Signal(object)  # Model
    model_folder_chosen = Signal(Path)
    settings_changed = Signal(object)  # Settings
    close_confirmed = Signal(object)  # Leaving

    def __init__(
        self,
        theme: Theme,
        timeline: Timeline,
        generation: Generation,
        pictures: Pictures,
        desk: Desk,
        exporting: Exporting,
        probe: Probe,
        notices: Notices,
        models: ModelLibrary,
        history: History,
        settings: Callable[[], Settings],
        folders: Folders,
    ) -> None:
        super().__init__(objectName="window")
        self._theme = theme
        self._timeline = timeline
        self._generation = generation
        self._pictures = pictures
        self._desk = desk
        self._exporting = exporting
        self._notices = notices
        self._models = models
        self._history = history
        self._settings = settings
        self._folders = folders
        self._painted = False
        self._asking: QMessageBox | None = None
        self._triages: list[Triage] = []  # in which nothing is chosen yet, the newest last
        self._grid: TriageGrid | None = None  # which stands in the canvas's place
        self._layout = QSettings(str(folders.data / "window.ini"), QSettings.Format.IniFormat)
        self._layout_soon = QTimer(self, singleShot=True, interval=500)  # ms: a kill finds it kept
        self._layout_soon.timeout.connect(self._keep_layout)

        self.prompt_panel = PromptPanel(generation, theme, history)
        self.branch_panel = BranchPanel(timeline, generation, theme, history)
        self.canvas = Canvas(timeline, generation, theme, probe)
        self._stage = QWidget(objectName="stage")
        self._back_to_seeds = QPushButton(objectName="back_to_seeds")
        self._back_to_seeds.setProperty("chip", "true")
        self._back_to_seeds.hide()
        self.step_panel = StepPanel(timeline, generation, theme)
        self.timeline_bar = TimelineBar(timeline, generation, theme)
        self.recent_strip = RecentStrip(pictures, theme)
        self.notice_bar = NoticeBar(notices, theme, self._stage)
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

        stage = QGridLayout(self._stage)
        stage.setContentsMargins(0, 0, 0, 0)
        stage.addWidget(self.canvas, 0, 0)
        stage.addWidget(self._back_to_seeds, 0, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self._stage, 1)
        upper.addWidget(self.recent_strip)
        upper.addWidget(self.step_panel)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(upper, 1)
        right.addWidget(self.timeline_bar)

        whole = QWidget(objectName="create")
        columns = QHBoxLayout(whole)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self._rail)
        columns.addWidget(self.prompt_panel)
        columns.addWidget(self.branch_panel)
        columns.addLayout(right, 1)
        self.branch_panel.hide()
        self.setCentralWidget(whole)
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)

    def _make_actions(self) -> None:
        """Everything that can be done from the menu or by key, whatever has the focus."""
        self._open_picture = self._action("open_picture", self._ask_picture, QKeySequence(QKeySequence.StandardKey.Open))
        self._open_model = self._action("open_model", self._ask_model_folder, QKeySequence("Ctrl+Shift+O"))
        self._open_pictures = self._action("open_pictures", self._show_pictures)
        self._save_as = self._action("save_as", self._ask_where_to_save, QKeySequence(QKeySequence.StandardKey.Save))
        self._export = self._action("export", self._open_export, QKeySequence("Ctrl+E"))
        self._copy = self._action("copy_picture", self._copy_picture, QKeySequence("Ctrl+Shift+C"))
        self._branch = self._action("branch_step", self._open_branch, QKeySequence("Ctrl+B"))
        self._refine = self._action("refine", lambda: self._open_branch(refine=True), QKeySequence("Ctrl+Shift+B"))
        self._seeds = self._action("many_seeds", self.prompt_panel.ask_seeds, QKeySequence(SEEDS), QKeySequence("Ctrl+Shift+Enter"))
        self._twins = self._action("twin_run", self.prompt_panel.ask_twin, QKeySequence(TWINS))
        self._choose_seeds = self._action("choose_seeds", self._show_triage)
        self._free = self._action("free_memory", lambda: self._notices.spawn(self._desk.free_memory()))
        self._show_prompt = self._toggle("show_prompt", self.prompt_panel, "Ctrl+1")
        self._show_prompt.toggled.connect(self.branch_panel.hide)
        self._show_step = self._toggle("show_step", self.step_panel, "Ctrl+2")
        self._show_timeline = self._toggle("show_timeline", self.timeline_bar, "Ctrl+3")
        self._show_recent = self._toggle("show_recent", self.recent_strip, "Ctrl+4")
        self._show_values = self._action("show_values", lambda: self.canvas.show_values(self._show_values.isChecked()), QKeySequence("V"))
        self._show_captions = self._action("show_captions", self._choose_captions, QKeySequence("Ctrl+5"))
        for action in (self._show_values, self._show_captions):
            action.setCheckable(True)
        self._full_screen = self._action("full_screen", self._toggle_full_screen, QKeySequence("F11"))
        self._settings_action = self._action("settings", self._open_settings, QKeySequence("Ctrl+,"))
        self._log = self._action("open_log", self._show_log)
        self._about = self._action("about", self._open_about, QKeySequence("F1"))
        self._quit = self._action("quit", self.close, QKeySequence("Ctrl+Q"))
        self._generate = self._action("generate", self._generate_or_branch, QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter"))
        self._stop = self._action("stop", self._stop_or_leave, QKeySequence("Esc"))
        self._transport = [
            self._action("step_back", lambda: self._timeline.go_by(-1), QKeySequence("Left")),
            self._action("step_forward", lambda: self._timeline.go_by(1), QKeySequence("Right")),
            self._action("first_step", lambda: self._timeline.go_to(0), QKeySequence("Home")),
            self._action("newest_step", self._timeline.follow, QKeySequence("End")),
        ]
        self._pause_or_go_on = self._action("pause_or_go_on", self.timeline_bar.pause_or_go_on, QKeySequence("Space"))
        self._action("pause_while_typing", self.timeline_bar.pause_or_go_on, QKeySequence("Ctrl+P"), QKeySequence("Media Play"))
        self.addActions(self.timeline_bar.view_actions)

        menu = QMenu(self)
        for entry in (
            self._open_picture,
            self._open_model,
            self._open_pictures,
            None,
            self._save_as,
            self._copy,
            self._export,
            None,
            self._branch,
            self._refine,
            self._seeds,
            self._choose_seeds,
            self._twins,
            None,
            self._show_prompt,
            self._show_step,
            self._show_timeline,
            self._show_recent,
            self._show_captions,
            self._show_values,
            self._full_screen,
            None,
            self._free,
            self._settings_action,
            self._log,
            self._about,
            None,
            self._quit,
        ):
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
        action.setChecked(self._layout.value(name, True, bool))
        panel.setVisible(action.isChecked())
        action.toggled.connect(panel.setVisible)
        action.toggled.connect(self._tint)
        action.toggled.connect(lambda _: self._layout_soon.start())
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
        panel.seeds_requested.connect(self._start_triage)
        panel.twins_requested.connect(self._start_twins)
        self._back_to_seeds.clicked.connect(self._show_triage)
        self.branch_panel.closed.connect(self._close_branch)
        desk.recipe_opened.connect(panel.set_recipe)
        bar.save_step_requested.connect(self._save_step)
        bar.save_as_requested.connect(self._ask_where_to_save)
        bar.copy_requested.connect(self._copy_picture)
        bar.show_requested.connect(self._show_in_folder)
        bar.delete_requested.connect(self._delete_shown)
        bar.branch_requested.connect(self._open_branch)
        bar.refine_requested.connect(lambda: self._open_branch(refine=True))
        bar.export_requested.connect(self._open_export)
        bar.pin_requested.connect(self._pin)
        strip.chosen.connect(self._look_at)
        strip.delete_requested.connect(self._pictures.delete)
        self.canvas.copy_requested.connect(self._copy_picture)
        self.canvas.save_step_requested.connect(self._save_step)
        self.canvas.save_as_requested.connect(self._ask_where_to_save)
        self.canvas.show_requested.connect(self._show_in_folder)
        self.canvas.values_toggled.connect(self._show_values.setChecked)
        self.step_panel.previews_changed.connect(self._choose_previews)
        desk.folder_wanted.connect(self._reveal)
        self._exporting.folder_wanted.connect(self._reveal)
        self._generation.place_wanted.connect(self._ask_where_to_save_picture)
        QGuiApplication.instance().focusChanged.connect(self._mind_focus)
        self._theme.changed.connect(self._tint)
        self._tint()
        self.show_captions(self._settings().captions)

    # -- what app.py asks of the window

    @property
    def model(self) -> Model | None:
        return self.prompt_panel.model

    def restore(self, drafts: Drafts) -> None:
        """Bring back the layout, and what was typed and chosen when the window was last open."""
        if geometry := self._layout.value("geometry"):
            self.restoreGeometry(geometry)
        self._offer_models(drafts.recipe.model.name)
        self.prompt_panel.restore(drafts)

    def drafts(self) -> Drafts:
        return self.prompt_panel.drafts()

    def set_meter(self, meter: TokenMeter | None, model: Model | None) -> None:
        """Count with `meter`, as `model` does."""
        self.prompt_panel.set_meter(meter)
        self.branch_panel.set_meter(meter, model)

    def choose_model(self, model: Model) -> None:
        self._offer_models(model.name)

    def _offer_models(self, chosen: str) -> None:
        self.prompt_panel.set_models(self._models.models, chosen)
        self.branch_panel.set_models(self._models.models)

    def choose_among(self, triage: Triage) -> None:
        """Let the user choose which of its seeds to finish, now or later."""
        self._triages.append(triage)
        triage.changed.connect(self._count_seeds)
        self._show_triage()

    def show_captions(self, shown: bool) -> None:
        self._show_captions.setChecked(shown)
        self.timeline_bar.caption.show_captions(shown)

    def come_forward(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # -- slots

    def _start(self, recipe: Recipe, pictures: int) -> None:
        self._history.remember(recipe.prompt.text)
        self._close_triage()
        self._generation.generate(recipe, pictures)

    def _look_at(self, recent: Recent) -> None:
        self._close_triage()
        self._notices.spawn(self._desk.look_at(recent))

    def _generate_or_branch(self) -> None:
        self.branch_panel.generate() if self.branch_panel.isVisible() else self.prompt_panel.generate()

    def _open_branch(self, *, refine: bool = False) -> None:
        """In the place of the prompt panel."""
        self._close_triage()
        self.branch_panel.open(refine)
        self.prompt_panel.hide()
        self.branch_panel.show()

    def _close_branch(self) -> None:
        self.canvas.setFocus()  # or hiding the panel would hand it on as Tab does
        self.branch_panel.hide()
        self.prompt_panel.setVisible(self._show_prompt.isChecked() and not self.isFullScreen())

    def _start_triage(self, recipe: Recipe, seeds: list[int], until: int) -> None:
        self._history.remember(recipe.prompt.text)
        self.choose_among(self._generation.triage(recipe, seeds, until))

    def _show_triage(self) -> None:
        """The seeds to choose from, in the place of the canvas."""
        if not self._triages:
            return
        from .create.triage_grid import TriageGrid

        self._close_triage()
        self._grid = TriageGrid(self._triages[-1], self._timeline, self._theme)
        self._grid.closed.connect(self._close_triage)
        self._grid.look_requested.connect(self._close_triage)
        self._stage.layout().addWidget(self._grid, 0, 0)
        self.notice_bar.raise_()
        self.canvas.hide()
        self._grid.setFocus()
        self._grid.laid_out.connect(self.notice_bar.keep_clear)
        self._count_seeds()

    def _close_triage(self) -> None:
        """They wait, and can be brought back, unless the choice is made."""
        if self._grid is not None:
            self.canvas.show()
            self.canvas.setFocus()
            self._grid.hide()
            self._grid.deleteLater()
            self._grid = None
            self.notice_bar.keep_clear(0)
        self._count_seeds()

    def _count_seeds(self) -> None:
        """While there is something to choose from, it is one click away."""
        self._triages = [triage for triage in self._triages if triage.chosen is None]
        self._choose_seeds.setEnabled(bool(self._triages))
        self._back_to_seeds.setVisible(bool(self._triages) and self._grid is None)
        if self._triages:
            newest = self._triages[-1]
            self._back_to_seeds.setText(
                tr("Safelight", "{arrived} of {count} seeds").format(arrived=len(newest.arrived), count=len(newest.runs))
            )

    def _start_twins(self, recipe: Recipe, other: Recipe) -> None:
        self._history.remember(recipe.prompt.text)
        self._close_triage()
        self._generation.twins(recipe, other)

    def _stop_or_leave(self) -> None:
        if self._generation.running:
            self._generation.stop()
        elif self.isFullScreen():
            self._toggle_full_screen()
        elif self.branch_panel.isVisible():
            self._close_branch()

    def _ask_picture(self) -> None:
        dialog = self._file_dialog(tr("Safelight", "Open a picture and its recipe"), QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Safelight", "Pictures") + " (*.png *.jpg *.jpeg *.webp)")
        dialog.setDirectory(str(self._pictures_folder))
        dialog.fileSelected.connect(lambda file: self._notices.spawn(self._desk.take_recipe(Path(file))))
        dialog.open()

    def _ask_model_folder(self) -> None:
        dialog = self._file_dialog(tr("Safelight", "Open a model folder"), QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda folder: self.model_folder_chosen.emit(Path(folder)))
        dialog.open()

    def _save_step(self) -> None:
        if run := self._timeline.run:
            self._notices.spawn(self._desk.save_step(run, self._timeline.index))

    def _ask_where_to_save_picture(self, run: Run) -> None:
        self._timeline.show(run, follow=False)
        self._ask_where_to_save()

    def _ask_where_to_save(self) -> None:
        """Save what is on the canvas now, whatever is there when the place is chosen."""
        run, number = self._timeline.run, self._timeline.index
        if run is None or self._timeline.pixels is None:
            return
        dialog = self._file_dialog(tr("Safelight", "Save the picture as"), QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a picture is never overwritten; saving says so
        dialog.setNameFilters(PICTURES.split(";;"))
        dialog.setDefaultSuffix("png")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.split("*.")[1].rstrip(")")))
        dialog.setDirectory(str(self._pictures_folder))
        dialog.fileSelected.connect(lambda file: self._notices.spawn(self._desk.save_step(run, number, Path(file))))
        dialog.open()

    def _comes_forward(self, name: str) -> bool:
        """Whether the dialog of that name is open already."""
        dialog = self.findChild(QDialog, name, Qt.FindChildOption.FindDirectChildrenOnly)
        if dialog is None:
            return False
        dialog.raise_()
        dialog.activateWindow()
        return True

    def _open_export(self) -> None:
        if self._comes_forward("export"):
            return
        from .create.export_dialog import PREVIEW, ExportDialog

        try:
            proof = self._exporting.proof(self._timeline.run, round(PREVIEW * self.devicePixelRatioF()))
        except NothingToExport as nothing:
            self._notices.tell(NoticeKind.WARNING, nothing.template)
            return
        dialog = ExportDialog(self._exporting, proof, self._theme, self)
        dialog.wanted.connect(lambda path: self._notices.spawn(self._exporting.export(proof, path)))
        dialog.open()

    def _file_dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _copy_picture(self) -> None:
        if pixels := self._timeline.pixels:
            QGuiApplication.clipboard().setImage(to_qimage(pixels))

    def _delete_shown(self) -> None:
        run = self._timeline.run
        for recent in self._pictures.recent:
            if run and recent.path is not None and recent.path == run.path:
                self._pictures.delete(recent)

    def _show_in_folder(self) -> None:
        run = self._timeline.run
        if run and run.path:
            self._reveal(run.path)

    def _reveal(self, file: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))

    def _show_pictures(self) -> None:
        self._pictures_folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._pictures_folder)))

    def _show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folders.logs)))

    def _pin(self, pinned: bool) -> None:
        if run := self._timeline.run:
            self._notices.spawn(self._desk.recordings.pin(run, pinned))

    def _choose_captions(self) -> None:
        self.settings_changed.emit(replace(self._settings(), captions=self._show_captions.isChecked()))

    def _choose_previews(self, previews: Previews) -> None:
        self.settings_changed.emit(replace(self._settings(), previews=previews))

    def _open_settings(self) -> None:
        if self._comes_forward("settings"):
            return
        from .settings_dialog import SettingsDialog  # here, and About too: the first paint need not wait for them

        dialog = SettingsDialog(self._settings, self._theme, self._folders, self._desk.recordings, self._notices, self)
        dialog.changed.connect(self.settings_changed)
        dialog.open()

    def _open_about(self) -> None:
        from .about_dialog import AboutDialog

        if not self._comes_forward("about"):
            AboutDialog(self._theme, self._folders, self).open()

    def _toggle_full_screen(self) -> None:
        """The canvas and its timeline alone, and back to what was shown before."""
        whole = self.isFullScreen()
        self.branch_panel.hide()
        for action, panel in (
            (self._show_prompt, self.prompt_panel),
            (self._show_step, self.step_panel),
            (self._show_recent, self.recent_strip),
        ):
            panel.setVisible(whole and action.isChecked())
        self._rail.setVisible(whole)
        self.showNormal() if whole else self.showFullScreen()

    def _mind_focus(self, _: QWidget | None, focused: QWidget | None) -> None:
        """The arrows belong to whoever types or moves a value, Space to them and to a button that was reached by key."""
        theirs = isinstance(focused, (QAbstractSpinBox, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit))
        for action in self._transport:
            action.setEnabled(not theirs)
        is_pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        self._pause_or_go_on.setEnabled(not theirs and (is_pressed or not isinstance(focused, QAbstractButton)))

    def _tint(self) -> None:
        tokens = self._theme.tokens
        self._menu_button.setIcon(self._theme.icon("menu"))
        for action, name in (
            (self._show_prompt, "panel-left"),
            (self._show_step, "panel-right"),
            (self._show_timeline, "panel-bottom"),
            (self._show_recent, "history"),
            (self._settings_action, "settings"),
            (self._about, "info"),
        ):
            action.setIcon(self._theme.icon(name, tokens.faint if action.isCheckable() and not action.isChecked() else tokens.quiet))

    def _ask_before_closing(self) -> None:
        box = self._question(
            "close_question",
            QMessageBox.Icon.Question,
            tr("Safelight", "A picture is still developing."),
            tr(
                "Safelight",
                "Finish it in the background and close then, pause it and go on at the next start, or drop it? What is up next is kept.",
            ),
        )
        answers = {
            box.addButton(tr("Safelight", "Finish, then close"), QMessageBox.ButtonRole.AcceptRole): Leaving.FINISH,
            box.addButton(tr("Safelight", "Pause and close"), QMessageBox.ButtonRole.YesRole): Leaving.PAUSE,
            box.addButton(tr("Safelight", "Drop it and close"), QMessageBox.ButtonRole.DestructiveRole): Leaving.DROP,
            box.addButton(tr("Safelight", "Keep open"), QMessageBox.ButtonRole.RejectRole): None,
        }
        box.setDefaultButton(next(iter(answers)))
        box.finished.connect(lambda _: self._answered(answers.get(box.clickedButton())))
        box.open()

    def _answered(self, leaving: Leaving | None) -> None:
        self._asking = None
        if leaving is Leaving.FINISH:
            self._confirm_closing(leaving)
        elif leaving is not None:
            self._leave(leaving)

    def _leave(self, leaving: Leaving) -> None:
        """Close, but never with a picture in memory that has no place on disk, unless the user says so."""
        if not self._pictures.unsaved:
            self._confirm_closing(leaving)
            return
        box = self._question(
            "unsaved_question",
            QMessageBox.Icon.Warning,
            tr("Safelight", "There are pictures that could not be saved yet."),
            tr("Safelight", "They are kept in memory only. Keep the window open to save them somewhere else, or close without them?"),
        )
        lose = box.addButton(tr("Safelight", "Close without them"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(tr("Safelight", "Keep open"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.finished.connect(lambda _: self._answered_unsaved(leaving if box.clickedButton() is lose else None))
        box.open()

    def _answered_unsaved(self, leaving: Leaving | None) -> None:
        self._asking = None
        if leaving is not None:
            self._confirm_closing(leaving)

    def _question(self, name: str, icon: QMessageBox.Icon, text: str, explanation: str) -> QMessageBox:
        """A question about closing, without its answers yet. There is one at a time."""
        box = self._asking = QMessageBox(icon, "Safelight", text, parent=self)
        box.setObjectName(name)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setInformativeText(explanation)
        return box

    def _confirm_closing(self, leaving: Leaving) -> None:
        self._keep_layout()
        self.close_confirmed.emit(leaving)

    def _keep_layout(self) -> None:
        if not self.isFullScreen():
            self._layout.setValue("geometry", self.saveGeometry())
        for action in (self._show_prompt, self._show_step, self._show_timeline, self._show_recent):
            self._layout.setValue(action.objectName(), action.isChecked())
        self._layout.sync()

    # -- Qt

    def retranslate(self) -> None:
        self.setWindowTitle("Safelight")
        for action, text, tip in (
            (self._open_picture, tr("Safelight", "Open picture…"), tr("Safelight", "Open a picture and take over its recipe.")),
            (
                self._open_model,
                tr("Safelight", "Open model folder…"),
                tr("Safelight", "Use a model on this computer, in diffusers layout."),
            ),
            (
                self._open_pictures,
                tr("Safelight", "Show the pictures folder"),
                tr("Safelight", "Open the folder with all finished pictures."),
            ),
            (self._save_as, tr("Safelight", "Save as…"), tr("Safelight", "Save what is on the canvas, fully decoded, where you choose.")),
            (self._copy, tr("Safelight", "Copy picture"), tr("Safelight", "Copy what is on the canvas.")),
            (
                self._export,
                tr("Safelight", "Export the development…"),
                tr("Safelight", "Make an animation, a video or a contact sheet of how the picture developed."),
            ),
            (
                self._branch,
                tr("Safelight", "Branch from this step…"),
                tr("Safelight", "Keep the steps up to the one you look at, and make the rest anew in another way."),
            ),
            (
                self._refine,
                tr("Safelight", "Refine…"),
                tr("Safelight", "Give the finished picture the noise of this step again, and develop it once more from there."),
            ),
            (
                self._seeds,
                tr("Safelight", "Many seeds, first steps…"),
                tr("Safelight", "Make the first steps of several pictures, and finish those that you choose."),
            ),
            (
                self._choose_seeds,
                tr("Safelight", "Choose among the seeds"),
                tr("Safelight", "Go back to the pictures whose first steps wait for your choice."),
            ),
            (
                self._twins,
                tr("Safelight", "Twin run…"),
                tr("Safelight", "Make two pictures that differ in one thing, step by step together."),
            ),
            (self._free, tr("Safelight", "Free memory"), tr("Safelight", "Let go of the model; the next picture loads it again.")),
            (self._show_prompt, tr("Safelight", "Prompt panel"), tr("Safelight", "Show or hide the prompt and its settings.")),
            (self._show_step, tr("Safelight", "Step panel"), tr("Safelight", "Show or hide what is known about the step.")),
            (self._show_timeline, tr("Safelight", "Timeline"), tr("Safelight", "Show or hide the strip of all steps.")),
            (self._show_recent, tr("Safelight", "Recent pictures"), tr("Safelight", "Show or hide the pictures made last.")),
            (
                self._show_captions,
                tr("Safelight", "Captions"),
                tr("Safelight", "Show or hide the line that says what happens in the step."),
            ),
            (
                self._show_values,
                tr("Safelight", "Values under the pointer"),
                tr("Safelight", "Show or hide the numbers of the latents where the pointer is."),
            ),
            (self._full_screen, tr("Safelight", "Full screen"), tr("Safelight", "The canvas and its timeline alone.")),
            (self._settings_action, tr("Safelight", "Settings"), tr("Safelight", "Language, colours, folders and memory.")),
            (self._log, tr("Safelight", "Show the log folder"), tr("Safelight", "Open the folder with the log files.")),
            (self._about, tr("Safelight", "About Safelight"), tr("Safelight", "Version, keyboard and licences.")),
            (self._quit, tr("Safelight", "Quit"), tr("Safelight", "Close the window; everything is kept.")),
        ):
            action.setText(text)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{tip} ({keys})" if keys else tip)
        explain(
            self._back_to_seeds,
            tr("Safelight", "Choose among the seeds"),
            tr("Safelight", "Go back to the pictures whose first steps wait for your choice."),
        )
        self._count_seeds()
        explain(self._menu_button, tr("Safelight", "Menu"), tr("Safelight", "Open pictures and models, show panels, quit."))
        for button in self._rail.findChildren(QToolButton):
            if action := button.defaultAction():
                explain(button, action.text(), action.toolTip())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)  # the children paint right after this

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A folder is a model, a file a picture."""
        event.acceptProposedAction()
        files = _files(event)
        self.model_folder_chosen.emit(files[0]) if files[0].is_dir() else self._notices.spawn(self._desk.open(files))

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # leaving is a coroutine; it ends the program itself
        if self._asking is not None:
            self._asking.raise_()
        elif self._generation.running and not self._generation.stopping:
            self._ask_before_closing()
        else:
            self._leave(Leaving.PAUSE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout_soon.start()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._layout_soon.start()

    @property
    def _pictures_folder(self) -> Path:
        chosen = self._settings().pictures_folder
        return Path(chosen) if chosen else self._folders.pictures


def _files(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
