"""SettingsDialog: the user's settings. Every change takes effect at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QMessageBox, QPushButton, QVBoxLayout, QWidget

from ..diffusion.recipe import Recipe
from ..diffusion.run import Previews
from ..library.naming import PLACES, TEMPLATE, picture_name
from ..library.paths import Folders
from ..library.settings import LEAST_HELD, LEAST_RECORDED, MOST_HELD, MOST_RECORDED, Settings
from ..studio.menu_entry import MenuEntry
from ..studio.notices import Notices
from ..studio.run_archive import MEGABYTE, RunArchive
from .language import Retranslating, explain, explain_button, tr
from .theme import Theme
from .widgets.controls import Form, Number, ValueChoice, label, named
from .widgets.dialog_sheet import DialogSheet

WIDTH, LEAST_WIDTH = 520, 420  # px
LOOKS = 2000  # ms between measurements of the recordings


class SettingsDialog(Retranslating, QDialog):
    """Not modal. `settings` returns the current settings; `changed` carries the new ones."""

    changed = Signal(object)  # Settings

    def __init__(
        self,
        settings: Callable[[], Settings],
        theme: Theme,
        folders: Folders,
        archive: RunArchive,
        menu_entry: MenuEntry,
        notices: Notices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._folders = folders
        self._archive = archive
        self._menu_entry = menu_entry
        self._notices = notices
        self.setObjectName("settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        now = settings()
        self._language = ValueChoice(theme, "language", ("", "en", "zh_CN"), now.language)
        self._theme = ValueChoice(theme, "theme", ("", "dark", "light"), now.theme)
        self._motion = ValueChoice(theme, "reduce_motion", (False, True), now.reduce_motion)
        self._previews = ValueChoice(theme, "previews", tuple(Previews), now.previews)
        self._live_captions = ValueChoice(theme, "captions", (True, False), now.captions)
        self._notifications = ValueChoice(theme, "notifications", (True, False), now.notifications)
        self._folder = named(QLineEdit(readOnly=True), "pictures_folder")
        self._folder.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._choose = named(QPushButton(), "choose_folder")
        self._usual = named(QPushButton(), "usual_folder")
        self._template = named(QLineEdit(now.name_template, placeholderText=TEMPLATE), "name_template")
        self._example = label("quiet", "name_example")
        self._places = label("faint", "name_places")
        self._held = Number("held_megabytes", LEAST_HELD, MOST_HELD)
        self._held.setSingleStep(128)
        self._held.setSuffix(" MB")
        self._held.setValue(now.held_megabytes)
        self._recorded = Number("recordings_megabytes", LEAST_RECORDED, MOST_RECORDED)
        self._recorded.setKeyboardTracking(False)  # a half-typed number would delete recordings
        self._recorded.setSingleStep(512)
        self._recorded.setSuffix(" MB")
        self._recorded.setValue(now.recordings_megabytes)
        self._used = label("quiet", "recordings_used")
        self._delete = named(QPushButton(), "delete_recordings")
        self._launcher = named(QPushButton(), "launcher")
        self._close = named(QPushButton(), "close_settings")
        self._close.setDefault(True)
        self._captions: dict[QWidget, QLabel] = {}
        self._lay_out()

        self._language.chosen.connect(lambda value: self._change(lambda now: replace(now, language=value)))
        self._theme.chosen.connect(lambda value: self._change(lambda now: replace(now, theme=value)))
        self._motion.chosen.connect(lambda value: self._change(lambda now: replace(now, reduce_motion=value)))
        self._previews.chosen.connect(lambda value: self._change(lambda now: replace(now, previews=value)))
        self._live_captions.chosen.connect(lambda value: self._change(lambda now: replace(now, captions=value)))
        self._notifications.chosen.connect(lambda value: self._change(lambda now: replace(now, notifications=value)))
        self._choose.clicked.connect(self._ask_folder)
        self._usual.clicked.connect(lambda: self._change(lambda now: replace(now, pictures_folder="")))
        self._template.textEdited.connect(lambda text: self._change(lambda now: replace(now, name_template=text.strip())))
        self._held.valueChanged.connect(lambda value: self._change(lambda now: replace(now, held_megabytes=value)))
        self._recorded.valueChanged.connect(lambda value: self._change(lambda now: replace(now, recordings_megabytes=value)))
        self._delete.clicked.connect(self._ask_before_deleting)
        self._launcher.clicked.connect(self._change_launcher)
        self._close.clicked.connect(self.close)
        archive.changed.connect(self._show_used)
        menu_entry.changed.connect(self._show_launcher)
        self._looking = QTimer(self, interval=LOOKS)
        self._looking.timeout.connect(self._look)
        self.retranslate()
        self.setMinimumWidth(LEAST_WIDTH)

    def _change(self, change: Callable[[Settings], Settings]) -> None:
        self.changed.emit(change(self._settings()))
        self._show_files()
        self._show_used()

    def _look(self) -> None:
        self._notices.spawn(self._archive.measure())

    def _show_used(self) -> None:
        """Show how much of the disk the recordings use."""
        self._used.setText(
            tr("Safelight", "Recordings use {used} MB of {limit} MB; pinned ones are never deleted.").format(
                used=round(self._archive.nbytes / MEGABYTE), limit=self._settings().recordings_megabytes
            )
        )

    def _show_launcher(self) -> None:
        present = self._menu_entry.present
        if present:
            words, name = tr("Safelight", "Remove"), tr("Safelight", "Remove from the applications menu")
            explanation = tr("Safelight", "Delete every file that Safelight wrote for the applications menu and the desktop.")
        else:
            words, name = tr("Safelight", "Add"), tr("Safelight", "Add to the applications menu")
            explanation = tr("Safelight", "Put Safelight into the applications menu and on the desktop, for your user only.")
        self._launcher.setText(words)
        explain(self._launcher, name, explanation)
        self._launcher.setEnabled(present is not None)

    def _change_launcher(self) -> None:
        self._notices.spawn(self._menu_entry.remove() if self._menu_entry.present else self._menu_entry.add())

    def _ask_before_deleting(self) -> None:
        self._delete.setEnabled(False)  # while the question is open
        box = QMessageBox(
            QMessageBox.Icon.NoIcon,
            tr("Safelight", "Recordings"),
            tr("Safelight", "Delete all recordings that are not pinned?"),
            parent=self,
        )
        box.setObjectName("delete_question")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setModal(False)
        box.setInformativeText(
            tr(
                "Safelight",
                "You can no longer view or resume their steps afterwards. Pictures are kept, as are "
                "recordings that are shown, running or queued.",
            )
        )
        delete = box.addButton(tr("Safelight", "Delete"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(tr("Safelight", "Keep"), QMessageBox.ButtonRole.RejectRole))
        box.finished.connect(lambda _: self._answered(box.clickedButton() is delete))
        box.show()

    def _answered(self, delete: bool) -> None:
        self._delete.setEnabled(True)
        if delete:
            self._notices.spawn(self._archive.delete_unpinned())

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, tr("Safelight", "Choose the folder for pictures"), self._folder.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: self._change(lambda now: replace(now, pictures_folder=folder)))
        dialog.open()

    def _show_files(self) -> None:
        """Show folder and file name of the next picture."""
        now = self._settings()
        self._folder.setText(now.pictures_folder or str(self._folders.pictures))
        self._usual.setVisible(bool(now.pictures_folder))
        moment = datetime.now()
        recipe = Recipe.of(prompt=tr("Safelight", "a mouse is playing guitar"), seed=781204113)
        name = picture_name(now.name_template or TEMPLATE, recipe, moment, 1)
        self._example.setText(tr("Safelight", "For example: {name}").format(name=f"{moment:%Y-%m-%d}/{name}.png"))
        self._places.setText(" ".join(f"{{{place}}}" for place in PLACES))

    def open(self) -> None:
        self.show()  # QDialog.open would be modal
        self._look()
        self._looking.start()
        self._notices.spawn(self._menu_entry.look())

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Settings"))
        as_system = tr("Safelight", "Use system setting")
        self._language.show_words((as_system, "English", "简体中文"))
        self._theme.show_words((as_system, tr("Safelight", "Dark"), tr("Safelight", "Light")))
        self._motion.show_words((tr("Safelight", "Full"), tr("Safelight", "Reduced")))
        self._previews.show_words((tr("Safelight", "Off"), tr("Safelight", "Fast"), tr("Safelight", "Best")))
        self._live_captions.show_words((tr("Safelight", "Shown"), tr("Safelight", "Hidden")))
        self._notifications.show_words((tr("Safelight", "When done in the background"), tr("Safelight", "Off")))
        for control, words, explanation in (
            (self._language, tr("Safelight", "Language"), tr("Safelight", "The language of the window.")),
            (self._theme, tr("Safelight", "Appearance"), tr("Safelight", "Dark or light.")),
            (self._motion, tr("Safelight", "Motion"), tr("Safelight", "Whether changes in the window are animated.")),
            (
                self._previews,
                tr("Safelight", "Previews"),
                tr("Safelight", "How each step is previewed during a run: not at all, fast, or as sharp as possible."),
            ),
            (self._live_captions, tr("Safelight", "Captions"), tr("Safelight", "A line above the steps that explains the current one.")),
            (
                self._notifications,
                tr("Safelight", "Notifications"),
                tr("Safelight", "Whether the desktop tells you when the last picture is done while Safelight is in the background."),
            ),
            (
                self._folder,
                tr("Safelight", "Pictures folder"),
                tr("Safelight", "Every finished picture is saved here, in one folder per day."),
            ),
            (self._template, tr("Safelight", "File names"), tr("Safelight", "How picture files are named; words in braces are replaced.")),
            (
                self._held,
                tr("Safelight", "Memory for steps"),
                tr("Safelight", "How much memory the steps of recent pictures may use, so that you can view them again."),
            ),
            (
                self._recorded,
                tr("Safelight", "Recordings"),
                tr("Safelight", "How much of the disk the recordings of runs may use; the oldest are deleted first."),
            ),
        ):
            self._captions[control].setText(words)
            explain(control, words, explanation)
        self._captions[self._launcher].setText(tr("Safelight", "Applications menu"))
        for button, words, explanation in (
            (self._choose, tr("Safelight", "Choose…"), tr("Safelight", "Choose another folder; saved pictures stay where they are.")),
            (self._usual, tr("Safelight", "Default folder"), tr("Safelight", "Use Safelight's folder inside your Pictures folder again.")),
            (
                self._delete,
                tr("Safelight", "Delete unpinned recordings…"),
                tr("Safelight", "Delete the recordings of earlier runs after a confirmation; the pictures stay."),
            ),
            (self._close, tr("Safelight", "Close"), tr("Safelight", "Close this window; all changes have taken effect.")),
        ):
            explain_button(button, words, explanation)
        self._show_files()
        self._show_used()
        self._show_launcher()

    def _lay_out(self) -> None:
        rows = Form(120)

        def add(control: QWidget, *below: QWidget) -> None:
            self._captions[control] = rows.add(control, *below)

        for control in (self._language, self._theme, self._motion, self._previews, self._live_captions, self._notifications):
            add(control)
        add(self._folder)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._choose)
        buttons.addWidget(self._usual)
        buttons.addStretch()
        rows.addLayout(buttons, rows.rowCount(), 1)
        add(self._template, self._example, self._places)
        add(self._held)
        add(self._recorded, self._used)
        rows.addWidget(self._delete, rows.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        add(self._launcher)
        rows.setAlignment(self._launcher, Qt.AlignmentFlag.AlignLeft)
        self._example.setWordWrap(True)
        self._used.setWordWrap(True)
        self._places.setWordWrap(True)
        self._places.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form = QVBoxLayout()
        form.setContentsMargins(24, 20, 24, 20)
        form.setSpacing(20)
        form.addLayout(rows)
        form.addStretch()
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self._close)
        DialogSheet(self, form, foot, WIDTH)
