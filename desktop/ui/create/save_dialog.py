"""SaveDialog: name, folder and format of a picture that is saved where the user says."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ...errors import SafelightError
from ...library.artwork import FORMATS, writable
from ...studio.pictures import SaveChoices
from ..language import Retranslating, explain, sentence, tr
from ..theme import Theme
from ..widgets.controls import Form, Number, ValueChoice, label, named
from ..widgets.dialog_foot import DialogFoot
from ..widgets.dialog_sheet import DialogSheet

WIDTH = 560  # px


class SaveDialog(Retranslating, QDialog):
    """Not modal. Emits `wanted` with the path and the choices; whoever listens closes it, or explains why that is not possible."""

    wanted = Signal(Path, object)  # SaveChoices

    def __init__(self, path: Path, choices: SaveChoices, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("save_picture")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.is_open = True
        self._folder = path.parent
        suffixes = {FORMATS[suffix]: suffix for suffix in reversed(writable())}  # of several, the first
        self._suffixes = tuple(reversed(suffixes.values()))
        self._name = named(QLineEdit(path.name), "save_name")
        self._place = label("quiet", "save_folder_path")
        self._place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._place.setWordWrap(True)
        self._choose = named(QPushButton(), "save_folder")
        self._format = ValueChoice(theme, "save_format", self._suffixes, path.suffix)
        self._about_format = label("quiet", "about_save_format")
        self._quality = Number("save_quality", 1, 100)
        self._quality.setValue(choices.quality)
        self._recipe = ValueChoice(theme, "save_recipe", (True, False), choices.with_recipe)
        self._problem = label("warning", "save_problem")
        self._problem.setWordWrap(True)
        self._foot = DialogFoot(self, "save", self._want, 112)
        self._captions: dict[QWidget, QLabel] = {}
        self._lay_out()

        self._name.textChanged.connect(self._read_name)
        self._choose.clicked.connect(self._ask_folder)
        self._format.chosen.connect(self._rename)
        self.finished.connect(self._close)
        self.retranslate()
        self._show_place()
        self._read_name()

    def open(self) -> None:
        self._name.setFocus()
        self._name.setSelection(0, len(Path(self._name.text()).stem))
        self.show()  # QDialog.open would be modal

    def explain(self, problem: SafelightError) -> None:
        """Say why the picture cannot be saved like this."""
        self._problem.setText(sentence(problem.template, problem.values))
        self._problem.show()
        self._foot.start.setEnabled(True)
        self._name.setFocus()

    @property
    def _suffix(self) -> str:
        """Of the chosen format, as it is written in the name."""
        typed = Path(self._name.text()).suffix
        return typed if typed.lower() in writable() else self._suffixes[self._format.currentIndex()]

    def _read_name(self) -> None:
        """Show the format of the name, if it tells one."""
        name = self._name.text().strip()
        typed = FORMATS.get(Path(name).suffix.lower())
        for row, suffix in enumerate(self._suffixes):
            if FORMATS[suffix] == typed:
                self._format.setCurrentIndex(row)
        self._show_format()
        self._problem.hide()
        self._foot.start.setEnabled(bool(name))

    def _rename(self, suffix: str) -> None:
        """Give the name the suffix of the chosen format."""
        name = self._name.text().strip()
        known = Path(name).suffix.lower() in FORMATS
        self._name.setText((name[: -len(Path(name).suffix)] if known else name) + suffix)
        self._show_format()

    def _show_format(self) -> None:
        suffix = self._suffixes[self._format.currentIndex()]
        self._about_format.setText(_meaning(suffix))
        self._quality.setEnabled(suffix != ".png")

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, tr("Safelight", "Choose the folder for the picture"), str(self._folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self._folder = Path(folder)
        self._show_place()
        self._problem.hide()

    def _show_place(self) -> None:
        self._place.setText(str(self._folder))

    def _want(self) -> None:
        name = self._name.text().strip()
        path = self._folder / (name if Path(name).suffix.lower() in writable() else name + self._suffix)
        choices = SaveChoices(self._suffixes[self._format.currentIndex()], self._quality.value(), self._recipe.currentIndex() == 0)
        self._foot.start.setEnabled(False)
        self.wanted.emit(path, choices)

    def _close(self) -> None:
        self.is_open = False

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Save the picture as"))
        self._format.show_words([FORMATS[suffix].replace("WEBP", "WebP") for suffix in self._suffixes])
        self._recipe.show_words((tr("Safelight", "With the recipe"), tr("Safelight", "Only the picture")))
        for control, words, explanation in (
            (
                self._name,
                tr("Safelight", "File name"),
                tr("Safelight", "The name of the file. With .png, .jpg and the like at its end it also chooses the format."),
            ),
            (self._choose, tr("Safelight", "Folder"), tr("Safelight", "Choose another folder for the picture.")),
            (self._format, tr("Safelight", "Format"), tr("Safelight", "The type of the file.")),
            (
                self._quality,
                tr("Safelight", "Quality"),
                tr("Safelight", "From 1 to 100. A higher quality makes a larger file. A PNG is always exact."),
            ),
            (
                self._recipe,
                tr("Safelight", "Recipe"),
                tr(
                    "Safelight",
                    "Whether the prompt and all settings are stored in the file, so that the picture can be made again from it.",
                ),
            ),
        ):
            self._captions[control].setText(words)
            explain(control, words, explanation)
        self._choose.setText(tr("Safelight", "Choose…"))
        self._foot.show_words(
            tr("Safelight", "Save"),
            tr("Safelight", "Save the picture. Nothing is overwritten."),
            tr("Safelight", "Close this window without writing a file."),
        )
        self._show_format()

    def _lay_out(self) -> None:
        self._about_format.setWordWrap(True)
        self._problem.hide()
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self._place, 1)
        place.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignTop)
        rows = Form(104)
        self._captions[self._name] = rows.add(self._name)
        folder = self._captions[self._choose] = label("body", "save_folder_caption", self._choose)
        row = rows.rowCount()
        rows.addWidget(folder, row, 0)
        rows.addLayout(place, row, 1)
        self._captions[self._format] = rows.add(self._format, self._about_format)
        self._captions[self._quality] = rows.add(self._quality)
        self._captions[self._recipe] = rows.add(self._recipe)
        form = QVBoxLayout()
        form.setContentsMargins(24, 24, 24, 20)
        form.setSpacing(20)
        form.addLayout(rows, 1)
        form.addWidget(self._problem)
        DialogSheet(self, form, self._foot, WIDTH)


def _meaning(suffix: str) -> str:
    match suffix:
        case ".jpg":
            return tr("Safelight", "A smaller file that every program opens.")
        case ".webp":
            return tr("Safelight", "Smaller than JPEG at the same quality; browsers and newer programs open it.")
        case ".avif":
            return tr("Safelight", "The smallest file at the same quality; newer browsers and programs open it.")
        case _:
            return tr("Safelight", "Exact pixels and a larger file; every program opens it.")
