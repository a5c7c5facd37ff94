"""The dialog that saves a picture where the user says: name, folder, format, quality, recipe."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QPushButton, QSpinBox

from desktop.errors import FileExists
from desktop.studio.pictures import SaveChoices
from desktop.ui.create.save_dialog import SaveDialog

PLAIN = SaveChoices()


@pytest.fixture
def show(theme, parent, tmp_path):
    shown = []

    def show(name="owl.png", choices=PLAIN):
        dialog = SaveDialog(tmp_path / name, choices, theme, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        dialog.open()
        shown.append(dialog)
        return dialog

    yield show
    for dialog in shown:
        dialog.close()


def name(dialog):
    return dialog.findChild(QLineEdit, "save_name")


def formats(dialog):
    return dialog.findChild(QComboBox, "save_format")


def wanted(dialog):
    asked = []
    dialog.wanted.connect(lambda *all: asked.append(all))
    dialog.findChild(QPushButton, "start_save").click()
    return asked[0]


def test_a_name_is_suggested_and_enter_takes_it(show, tmp_path):
    dialog, asked = show("owl.png"), []
    dialog.wanted.connect(lambda *all: asked.append(all))
    assert name(dialog).selectedText() == "owl"
    QTest.keyClick(name(dialog), Qt.Key.Key_Return)
    assert asked == [(tmp_path / "owl.png", SaveChoices())]


def test_the_format_follows_the_name_and_the_name_the_format(show, tmp_path):
    dialog = show()
    words = [formats(dialog).itemText(row) for row in range(formats(dialog).count())]
    assert words[:3] == ["PNG", "JPEG", "WebP"]
    quality = dialog.findChild(QSpinBox, "save_quality")
    assert not quality.isEnabled()  # a PNG is exact
    name(dialog).setText("a.b.JPEG")
    assert formats(dialog).currentText() == "JPEG"
    assert quality.isEnabled()
    QTest.keyClick(formats(dialog), Qt.Key.Key_Down)
    assert name(dialog).text() == "a.b.webp"
    name(dialog).setText("a.b")
    quality.setValue(70)
    assert wanted(dialog) == (tmp_path / "a.b.webp", SaveChoices(".webp", 70, True))


@pytest.mark.parametrize("typed", ["", "  "])
def test_without_a_name_nothing_can_be_saved(show, typed):
    dialog = show()
    name(dialog).setText(typed)
    assert not dialog.findChild(QPushButton, "start_save").isEnabled()


def test_the_last_choices_are_offered_again(show, tmp_path):
    dialog = show("owl.jpg", SaveChoices(".jpg", 60, False))
    assert wanted(dialog) == (tmp_path / "owl.jpg", SaveChoices(".jpg", 60, False))


def test_another_folder(show, tmp_path):
    dialog = show()
    dialog.findChild(QPushButton, "save_folder").click()
    dialog.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "elsewhere"))
    assert wanted(dialog)[0] == tmp_path / "elsewhere" / "owl.png"


def test_a_problem_is_told_in_the_dialog_which_stays(show, tmp_path):
    dialog = show()
    wanted(dialog)
    dialog.explain(FileExists(file=tmp_path / "owl.png"))
    problem = dialog.findChild(QLabel, "save_problem")
    assert "owl.png" in problem.text()
    assert dialog.findChild(QPushButton, "start_save").isEnabled()
    name(dialog).setText("another")
    assert problem.isHidden()
