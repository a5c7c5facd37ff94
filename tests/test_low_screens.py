"""Every dialog fits a screen lower than 600 px, with the buttons at its foot inside."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QScrollArea, QWidget

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Previews
from desktop.errors import SafelightError
from desktop.library.paths import Folders
from desktop.library.settings import Settings
from desktop.library.vocabulary import Phrase, Vocabulary
from desktop.studio.exporting import Exporting
from desktop.studio.menu_entry import MenuEntry
from desktop.studio.pictures import SaveChoices
from desktop.studio.styles import Styles
from desktop.ui.about_dialog import AboutDialog
from desktop.ui.create.export_dialog import PREVIEW, ExportDialog
from desktop.ui.create.grid_dialog import GridDialog
from desktop.ui.create.pause_dialog import PauseDialog
from desktop.ui.create.prompts_dialog import PromptsDialog
from desktop.ui.create.save_dialog import SaveDialog
from desktop.ui.create.seeds_dialog import SeedsDialog
from desktop.ui.create.styles_dialog import StylesDialog
from desktop.ui.create.twins_dialog import TwinsDialog
from desktop.ui.frame.help_dialog import HelpDialog
from desktop.ui.frame.tray import Details
from desktop.ui.settings_dialog import SettingsDialog
from desktop.ui.theme import Theme
from desktop.ui.widgets.command import Command
from desktop.ui.widgets.vocabulary_dialog import VocabularyDialog
from tests.collection import Collection, settle
from tests.developed import Work, developed

PROMPTS = {"en": ["a fox"], "zh": ["狐狸"]}
RECIPE = Recipe.of(prompt="a fox")
FEET = {  # the buttons at the foot of each dialog, by object name
    "about": ("copy_details", "show_log", "close_about"),
    "error_details": ("copy_details",),
    "export": ("cancel_export", "start_export"),
    "grid": ("cancel_grid", "start_grid"),
    "help": ("close_help",),
    "pause_at_step": ("close_pause",),
    "prompts": ("cancel_prompts", "start_prompts"),
    "save_picture": ("cancel_save", "start_save"),
    "seeds": ("cancel_triage", "start_triage"),
    "settings": ("close_settings",),
    "styles": ("new_style", "delete_style", "close_styles"),
    "twins": ("cancel_twins", "start_twins"),
    "vocabulary": (),
}


def made(name: str, theme: Theme, work: Work, folder: Path, collection: Collection, parent: QWidget) -> QDialog:
    """The dialog with that object name."""
    match name:
        case "about":
            return AboutDialog(theme, Folders.inside(folder), parent)
        case "error_details":
            return Details("The picture could not be made.", "by zero\n" * 100, parent)
        case "export":
            exporting = Exporting(None, collection.notices, lambda: folder)
            return ExportDialog(exporting, exporting.proof(developed(4), PREVIEW), theme, parent)
        case "grid":
            return GridDialog(lambda: RECIPE, list, theme, 100, parent)
        case "help":
            return HelpDialog([], [Command(parent, f"link_{number}", parent.update) for number in range(7)], parent)
        case "pause_at_step":
            return PauseDialog(work, developed(9, done=2), 9, parent)
        case "prompts":
            return PromptsDialog(lambda: RECIPE.prompt.text, 100, parent)
        case "save_picture":
            return SaveDialog(folder / "fox.png", SaveChoices(), theme, parent)
        case "seeds":
            return SeedsDialog(lambda: RECIPE, lambda: Previews.FAST, parent)
        case "settings":
            entry = MenuEntry(collection.notices)
            return SettingsDialog(Settings, theme, Folders.inside(folder), collection.archive, entry, collection.notices, parent)
        case "styles":
            return StylesDialog(Styles(collection.undo), parent)
        case "twins":
            return TwinsDialog(lambda: RECIPE, list, theme, parent)
        case _:
            fox = Phrase({"en": ("fox",), "zh": ("狐狸",)})
            return VocabularyDialog(Vocabulary({"en": ["fox"], "zh": ["狐狸"]}, PROMPTS, groups={"animal": [fox] * 100}), parent)


@pytest.mark.parametrize("height", [560, 440])
@pytest.mark.parametrize("name", FEET)
def test_a_dialog_fits_a_low_screen(loop, theme: Theme, work: Work, tmp_path: Path, parent: QWidget, monkeypatch, name: str, height: int):
    class Low:
        def availableGeometry(self) -> QRect:
            return QRect(0, 0, 1024, height)

    monkeypatch.setattr(QDialog, "screen", lambda self: Low())
    monkeypatch.setenv("HOME", str(tmp_path))
    theme.reduce_motion = True
    collection = Collection(tmp_path)
    dialog: QDialog | None = None

    def show() -> None:
        nonlocal dialog
        dialog = made(name, theme, work, tmp_path, collection, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        dialog.open() if name != "error_details" else dialog.show()

    settle(loop, collection, show)
    assert dialog is not None
    frame = dialog.frameGeometry()
    assert frame.width() <= 1024
    assert frame.height() <= height
    for each in FEET[name]:
        button = dialog.findChild(QAbstractButton, each)
        assert button.isVisible()
        assert dialog.rect().contains(QRect(button.mapTo(dialog, QPoint()), button.size())), each
    if area := dialog.findChild(QScrollArea, f"{name}_scroll"):
        assert area.widget().height() == area.viewport().height() + area.verticalScrollBar().maximum()  # all of the form is reached
    settle(loop, collection, dialog.close)


def test_a_dialog_grows_with_its_form(qtbot, theme: Theme, tmp_path: Path, parent: QWidget):
    dialog = SaveDialog(tmp_path / "fox.png", SaveChoices(), theme, parent)
    dialog.open()
    before = dialog.height()
    dialog.explain(SafelightError(problem="the folder cannot be written to"))
    area = dialog.findChild(QScrollArea, "save_picture_scroll")
    qtbot.waitUntil(lambda: dialog.height() > before)
    assert area.verticalScrollBar().maximum() == 0
