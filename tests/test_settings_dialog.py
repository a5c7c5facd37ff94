"""The settings dialog: changes take effect at once, and every setting has an explanation."""

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMessageBox, QPlainTextEdit, QPushButton, QSpinBox, QWidget

from desktop import __version__
from desktop.diffusion.run import Previews
from desktop.library.paths import Folders
from desktop.library.settings import Settings
from desktop.studio.menu_entry import MenuEntry
from desktop.studio.notices import Notices
from desktop.ui.about_dialog import AboutDialog
from desktop.ui.settings_dialog import SettingsDialog
from desktop.ui.theme import Theme

FOLDERS = Folders.inside(Path("/data"))


class Owner:
    """Who keeps the settings, as app.py does."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def use(self, settings: Settings) -> None:
        self.settings = settings


class Recordings(QObject):
    """What the disk holds, as the keeper tells it; what it is asked to do is done at once."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.nbytes, self.asked = 0, []

    async def measure(self) -> None:
        self.asked.append("measure")

    async def delete_unpinned(self) -> None:
        self.asked.append("delete")

    def spawn(self, action: Coroutine[None, None, None]) -> None:
        asyncio.run(action)


@pytest.fixture
def recordings() -> Recordings:
    return Recordings()


@pytest.fixture
def owner() -> Owner:
    return Owner(Settings())


@pytest.fixture
def menu_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MenuEntry:
    monkeypatch.setenv("HOME", str(tmp_path))
    return MenuEntry(Notices())


@pytest.fixture
def dialog(theme: Theme, owner: Owner, recordings: Recordings, menu_entry: MenuEntry, parent: QWidget) -> SettingsDialog:
    dialog = SettingsDialog(lambda: owner.settings, theme, FOLDERS, recordings, menu_entry, recordings, parent)
    dialog.changed.connect(owner.use)
    dialog.open()
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
    dialog._change(pictures_folder="/elsewhere")
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


def test_the_size_of_the_recordings_is_updated_repeatedly(qtbot, dialog: SettingsDialog, recordings: Recordings):
    assert recordings.asked == ["measure"]
    recordings.nbytes = 412 * 2**20
    recordings.changed.emit()
    assert dialog.findChild(QLabel, "recordings_used").text() == "Recordings use 412 MB of 4096 MB; pinned ones are never deleted."
    dialog._looking.setInterval(1)
    qtbot.waitUntil(lambda: len(recordings.asked) > 2)


def test_recordings_are_deleted_after_a_question(qtbot, dialog: SettingsDialog, recordings: Recordings):
    button = dialog.findChild(QPushButton, "delete_recordings")
    for answer, deletes in (("Keep", False), ("Delete", True)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        [question] = dialog.findChildren(QMessageBox)
        assert not question.isModal()
        qtbot.mouseClick(next(each for each in question.buttons() if each.text() == answer), Qt.MouseButton.LeftButton)
        assert ("delete" in recordings.asked) == deletes
        qtbot.waitUntil(lambda: not dialog.findChildren(QMessageBox))


@pytest.mark.skipif(os.name == "nt", reason="the files are those of Linux")
def test_the_applications_menu_is_one_button(qtbot, dialog: SettingsDialog, menu_entry: MenuEntry):
    button = dialog.findChild(QPushButton, "launcher")
    for words, name, present in (("Add", "Add to the applications menu", True), ("Remove", "Remove from the applications menu", False)):
        assert (button.text(), button.accessibleName()) == (words, name)
        button.setFocus()
        qtbot.keyClick(button, Qt.Key.Key_Space)
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
