"""The settings dialog: changes take effect at once, and every setting has an explanation."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMessageBox, QPlainTextEdit, QPushButton, QSpinBox, QWidget

from desktop import __version__
from desktop.diffusion.run import Previews
from desktop.library.journal import path_of
from desktop.library.paths import Folders
from desktop.library.settings import Settings
from desktop.studio.menu_entry import MenuEntry
from desktop.ui.about_dialog import AboutDialog
from desktop.ui.settings_dialog import SettingsDialog
from desktop.ui.theme import Theme
from tests import awaited
from tests.collection import Collection, settle
from tests.recorded import record

FOLDERS = Folders.inside(Path("/data"))


class Owner:
    """Who keeps the settings, as app.py does."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def use(self, settings: Settings) -> None:
        self.settings = settings


@pytest.fixture
def collection(loop, tmp_path: Path) -> Collection:
    """Without recordings, unless a test makes one."""
    return Collection(tmp_path)


@pytest.fixture
def owner() -> Owner:
    return Owner(Settings())


@pytest.fixture
def menu_entry(collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MenuEntry:
    monkeypatch.setenv("HOME", str(tmp_path))
    return MenuEntry(collection.notices)


@pytest.fixture
def dialog(loop, theme: Theme, owner: Owner, collection: Collection, menu_entry: MenuEntry, parent: QWidget) -> SettingsDialog:
    dialog = SettingsDialog(lambda: owner.settings, theme, FOLDERS, collection.archive, menu_entry, collection.notices, parent)
    dialog.changed.connect(owner.use)
    settle(loop, collection, dialog.open)
    return dialog


@pytest.mark.parametrize(
    ("name", "index", "expected"),
    [
        ("language", 2, {"language": "zh_CN"}),
        ("theme", 1, {"theme": "dark"}),
        ("reduce_motion", 1, {"reduce_motion": True}),
        ("previews", 2, {"previews": Previews.BEST}),
        ("captions", 1, {"captions": False}),
        ("notifications", 1, {"notifications": False}),
    ],
)
def test_a_choice_takes_effect_at_once(dialog: SettingsDialog, owner: Owner, name: str, index: int, expected: dict[str, object]):
    box = dialog.findChild(QComboBox, name)
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert owner.settings == replace(Settings(), **expected)


def test_what_changed_elsewhere_is_not_taken_back(dialog: SettingsDialog, owner: Owner):
    owner.settings = replace(owner.settings, previews=Previews.OFF)
    box = dialog.findChild(QComboBox, "theme")
    box.activated.emit(2)
    assert owner.settings == replace(Settings(), previews=Previews.OFF, theme="light")


def test_the_name_template_shows_a_live_example(qtbot, dialog: SettingsDialog, owner: Owner):
    qtbot.keyClicks(dialog.findChild(QLineEdit, "name_template"), "{words}_{seed}")
    assert owner.settings.name_template == "{words}_{seed}"
    assert "a mouse is playing guitar_781204113.png" in dialog.findChild(QLabel, "name_example").text()
    assert "{sampler}" in dialog.findChild(QLabel, "name_places").text()


def test_the_pictures_folder_goes_back_to_the_usual_one(qtbot, dialog: SettingsDialog, owner: Owner):
    folder, usual = dialog.findChild(QLineEdit, "pictures_folder"), dialog.findChild(QPushButton, "usual_folder")
    assert folder.text() == str(FOLDERS.pictures)
    assert not usual.isVisible()
    dialog._change(lambda now: replace(now, pictures_folder="/elsewhere"))
    assert folder.text() == "/elsewhere"
    qtbot.mouseClick(usual, Qt.MouseButton.LeftButton)
    assert owner.settings.pictures_folder == ""


def test_memory_is_typed_in_megabytes(qtbot, dialog: SettingsDialog, owner: Owner):
    held = dialog.findChild(QSpinBox, "held_megabytes")
    held.selectAll()
    qtbot.keyClicks(held, "1024")
    qtbot.keyClick(held, Qt.Key.Key_Tab)
    assert owner.settings.held_megabytes == 1024


def test_recordings_get_so_much_of_the_disk_and_no_half_typed_number_counts(qtbot, dialog: SettingsDialog, owner: Owner):
    recorded = dialog.findChild(QSpinBox, "recordings_megabytes")
    assert (recorded.minimum(), recorded.maximum()) == (64, 1048576)
    recorded.selectAll()
    qtbot.keyClicks(recorded, "8192")
    assert owner.settings == Settings()
    qtbot.keyClick(recorded, Qt.Key.Key_Return)
    assert owner.settings.recordings_megabytes == 8192
    assert "of 8192 MB" in dialog.findChild(QLabel, "recordings_used").text()


def test_the_size_of_the_recordings_is_updated_repeatedly(loop, dialog: SettingsDialog, collection: Collection):
    used = dialog.findChild(QLabel, "recordings_used")
    assert used.text() == "Recordings use 0 MB of 4096 MB; pinned ones are never deleted."
    os.truncate(path_of(collection.recordings.folder, record(collection.recordings.folder).id), 412 * 2**20)
    dialog._looking.setInterval(1)
    loop.run_until_complete(awaited.until(lambda: used.text().startswith("Recordings use 412 MB of 4096 MB")))
    dialog._looking.stop()
    settle(loop, collection)


def test_recordings_are_deleted_after_a_question(loop, qtbot, dialog: SettingsDialog, collection: Collection):
    record(collection.recordings.folder)
    button = dialog.findChild(QPushButton, "delete_recordings")
    for answer, kept in (("Keep", 1), ("Delete", 0)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        [question] = dialog.findChildren(QMessageBox)
        assert not question.isModal()
        settle(loop, collection, next(each for each in question.buttons() if each.text() == answer).click)
        assert len(collection.recordings.all()) == kept
        qtbot.waitUntil(lambda: not dialog.findChildren(QMessageBox))


@pytest.mark.skipif(os.name == "nt", reason="the files are those of Linux")
def test_the_applications_menu_is_one_button(loop, qtbot, dialog: SettingsDialog, collection: Collection, menu_entry: MenuEntry):
    button = dialog.findChild(QPushButton, "launcher")
    for words, name, present in (("Add", "Add to the applications menu", True), ("Remove", "Remove from the applications menu", False)):
        assert (button.text(), button.accessibleName()) == (words, name)
        button.setFocus()
        settle(loop, collection, lambda: qtbot.keyClick(button, Qt.Key.Key_Space))
        assert menu_entry.present == present
    assert button.text() == "Add"


def test_the_window_stays_usable(dialog: SettingsDialog):
    assert not dialog.isModal()
    assert dialog.isVisible()


def test_about_shows_and_copies_the_versions(qtbot, theme: Theme, parent: QWidget):
    about = AboutDialog(theme, FOLDERS, parent)
    about.open()
    assert "Lucide" in about.findChild(QPlainTextEdit, "licences").toPlainText()
    qtbot.mouseClick(about.findChild(QPushButton, "copy_details"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"Safelight {__version__}\n")
    assert "diffusers 0." in copied
