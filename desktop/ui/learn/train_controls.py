"""TrainControls: the left panel of the station that trains: the recipe of the next training, and what is done with the shown one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from ...learn.pictures import PictureSet
from ...learn.training.course import Course, Predicts
from ...library.artwork import free_path
from ...library.lessons_file import Settings
from ...library.naming import safe_name
from ...studio.picture_source import Origin, PictureSource
from ...studio.training_film import FORMATS
from ...studio.trainings import Training
from ..language import Retranslating, explain, explain_button, tr
from ..widgets.controls import Number, ValueChoice, check_only, label, named, segment, segments
from .picture_chooser import PictureChooser
from .station import Tools
from .train_words import branch_words, rate_words

RATES = (0.0005, 0.001, 0.002, 0.005, 0.02)
BRANCH_RATES = (0.1, 0.3, 1.0, 3.0)  # times the learning rate of the training that is branched


class TrainControls(Retranslating, QWidget):
    predicts_chosen = Signal()
    start_wanted = Signal()
    training_chosen = Signal(object)  # Training
    branch_wanted = Signal(float)  # learning rate
    export_wanted = Signal(object)  # the label that the model draws: int, or None for any
    film_wanted = Signal(Path)  # the file
    remove_wanted = Signal()

    def __init__(self, tools: Tools, source: PictureSource) -> None:
        super().__init__()
        self._tools = tools
        self._source = source
        self._training: Training | None = None  # the one that is shown
        self._at: int | None = None  # training step of the playhead; None: the newest
        self._kept_seconds = 0  # of the settings, until pictures are there
        self.predicts = Predicts.PICTURE
        self.chooser = PictureChooser(tools.theme, tools.notices, source, "learn_train_pictures")
        self._recipe_title, self._list_title = label("section", "learn_train_recipe_title"), label("section", "learn_train_list_title")
        self._predict = {predicts: segment(f"learn_train_predicts_{predicts}") for predicts in Predicts}
        for option in self._predict.values():
            option.setProperty("segment", "small")  # both fit in the narrowest panel
        self._seconds_label, self._seconds_number = label("caption"), Number("learn_train_seconds", 5, 3600)
        self._rate_label, self._rate = label("caption"), ValueChoice(tools.theme, "learn_train_rate", RATES, 0.002)
        self._start = named(QPushButton(), "learn_train_start")
        self._choice = ValueChoice(tools.theme, "learn_train_list", (), None)
        self._branch, self._export, self._remove = (named(QPushButton(), f"learn_train_{name}") for name in ("branch", "export", "remove"))
        self._lay_out()
        self._connect()
        self._use_predicts(self.predicts)
        self._seconds_number.setValue(75)
        self.retranslate()

    def _lay_out(self) -> None:
        self._seconds_label.setBuddy(self._seconds_number)
        self._rate_label.setBuddy(self._rate)
        self._start.setProperty("accent", "true")
        form = QGridLayout()
        form.addWidget(self._seconds_label, 0, 0)
        form.addWidget(self._seconds_number, 0, 1)
        form.addWidget(self._rate_label, 1, 0)
        form.addWidget(self._rate, 1, 1)
        form.setColumnStretch(1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self._branch, self._export, self._remove):
            button.setProperty("compact", "true")
            buttons.addWidget(button)
        buttons.addStretch()
        recipe = QVBoxLayout()
        recipe.setContentsMargins(16, 4, 16, 8)
        recipe.setSpacing(8)
        recipe.addWidget(self._recipe_title)
        recipe.addWidget(segments(list(self._predict.values())))
        recipe.addLayout(form)
        recipe.addWidget(self._start)
        recipe.addSpacing(8)
        recipe.addWidget(self._list_title)
        recipe.addWidget(self._choice)
        recipe.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.chooser)
        column.addLayout(recipe)

    def _connect(self) -> None:
        for predicts, option in self._predict.items():
            option.clicked.connect(partial(self._use_predicts, predicts))
        self._start.clicked.connect(self.start_wanted)
        self._choice.chosen.connect(self.training_chosen)
        self._branch.clicked.connect(self._ask_rate)
        self._export.clicked.connect(self._ask_what)
        self._remove.clicked.connect(self.remove_wanted)
        self._source.changed.connect(self._use_pictures)

    # -- the next training

    def course(self, pictures: PictureSet) -> Course:
        """The recipe for `pictures`, as it is set here."""
        course = Course.of(pictures.side, len(pictures.kinds), self.predicts, float(self._seconds_number.value()))
        return course.with_rate(RATES[self._rate.currentIndex()])

    def _use_predicts(self, predicts: Predicts) -> None:
        self.predicts = predicts
        check_only(list(self._predict.values()), self._predict[predicts])
        self.predicts_chosen.emit()

    def _use_pictures(self) -> None:
        pictures = self._source.pictures
        if pictures is not None:
            self._seconds_number.setValue(round(self._kept_seconds or Course.of(pictures.side, 0).seconds))
            self._kept_seconds = 0

    # -- the shown training

    def show_list(self, trainings: Sequence[Training], shown: Training | None) -> None:
        self._choice.offer(trainings, shown)
        self._choice.show_words([_words(training) for training in trainings])
        self._choice.setEnabled(bool(trainings))

    def show_training(self, training: Training | None, at: int | None) -> None:
        """`at`: the playhead."""
        self._training, self._at = training, at
        for button in (self._branch, self._remove):
            button.setEnabled(training is not None)
        self._export.setEnabled(training is not None and training.step > 0)

    def _ask_rate(self) -> None:
        training = self._training
        if training is None:
            return
        menu = self._menu("branch")
        menu.addAction(branch_words(training, self._at)).setEnabled(False)
        for factor in BRANCH_RATES:
            rate = float(f"{training.course.rate * factor:.2g}")
            action = menu.addAction(tr("Safelight", "Learning rate {rate}").format(rate=rate_words(rate)))
            action.triggered.connect(lambda _=False, rate=rate: self.branch_wanted.emit(rate))
        menu.popup(self._branch.mapToGlobal(QPoint(0, self._branch.height())))

    def _ask_what(self) -> None:
        training = self._training
        if training is None:
            return
        menu = self._menu("export")
        kinds = training.beginning.pictures.kinds if training.course.kinds else ()
        for kind, words in ((None, ""), *enumerate(kinds)):
            action = menu.addAction(_export_words(kind, words, bool(kinds)))
            action.triggered.connect(lambda _=False, kind=kind: self.export_wanted.emit(kind))
        menu.addSeparator()
        film = menu.addAction(tr("Safelight", "Film of the samples…"))
        film.setEnabled(len(training.moments) > 1)
        film.triggered.connect(self._ask_file)
        menu.popup(self._export.mapToGlobal(QPoint(0, self._export.height())))

    def _menu(self, name: str) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName(f"learn_train_{name}_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _ask_file(self) -> None:
        training = self._training
        if training is None:
            return
        suffixes = list(FORMATS)
        dialog = QFileDialog(self, tr("Safelight", "Export the animation as"))
        dialog.setObjectName("learn_train_film_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # exporting never overwrites and says so
        dialog.setNameFilters([f"{FORMATS[suffix].name} (*{suffix})" for suffix in suffixes])
        dialog.filterSelected.connect(lambda filter: dialog.setDefaultSuffix(filter.rpartition("*")[2].rstrip(")")))
        dialog.setDefaultSuffix(suffixes[0])
        path = free_path(self._tools.pictures.folder, safe_name(f"{training.beginning.pictures.name}-training"), suffixes[0])
        dialog.setDirectory(str(path.parent))
        dialog.selectFile(path.name)
        dialog.fileSelected.connect(lambda file: self.film_wanted.emit(Path(file)))
        dialog.open()

    # -- settings

    def settings(self) -> Settings:
        return {
            "predicts": str(self.predicts),
            "seconds": self._seconds_number.value(),
            "rate": RATES[self._rate.currentIndex()],
            "pictures": str(self._source.origin) if self._source.origin.is_bundled else str(Origin.THINGS_16),
        }

    def restore(self, settings: Settings) -> None:
        match settings.get("pictures"):
            case str(origin) if origin in list(Origin) and Origin(origin).is_bundled:
                self.chooser.use(Origin(origin))
        match settings.get("predicts"):
            case str(predicts) if predicts in list(Predicts):
                self._use_predicts(Predicts(predicts))
        match settings.get("seconds"):
            case int(seconds) if 5 <= seconds <= 3600:
                self._kept_seconds = seconds
                self._seconds_number.setValue(seconds)
        match settings.get("rate"):
            case float(rate) if rate in RATES:
                self._rate.setCurrentIndex(RATES.index(rate))

    def retranslate(self) -> None:
        self._recipe_title.setText(tr("Safelight", "Recipe"))
        self._list_title.setText(tr("Safelight", "Trainings"))
        explain_button(
            self._predict[Predicts.PICTURE],
            tr("Safelight", "Predict the picture"),
            tr(
                "Safelight", "The net answers with x0; the loss is weighted by the signal-to-noise ratio. Small nets learn that far faster."
            ),
        )
        explain_button(
            self._predict[Predicts.NOISE],
            tr("Safelight", "Predict the noise"),
            tr("Safelight", "The net answers with ε, as Algorithm 1 has it. Its loss is the lowest, its pictures the worst: try it."),
        )
        self._seconds_label.setText(tr("Safelight", "Seconds"))
        self._rate_label.setText(tr("Safelight", "Learning rate"))
        self._rate.show_words([rate_words(rate) for rate in RATES])
        explain(
            self._seconds_number,
            tr("Safelight", "Seconds"),
            tr("Safelight", "About how long it learns. Its speed is measured for 3 seconds; then the number of steps is fixed."),
        )
        explain(self._rate, tr("Safelight", "Learning rate"), tr("Safelight", "How far each step goes at most."))
        explain(self._choice, tr("Safelight", "Trainings"), tr("Safelight", "The training that is shown."))
        explain_button(self._start, tr("Safelight", "Train"), tr("Safelight", "Start a new training with these pictures and this recipe."))
        explain_button(
            self._branch,
            tr("Safelight", "Branch…"),
            tr(
                "Safelight",
                "Continue from the moment at the playhead in a new training with another learning rate; this one stays as it is. "
                "Ticks above the film: moments that were kept for it.",
            ),
        )
        explain_button(
            self._export,
            tr("Safelight", "Export…"),
            tr("Safelight", "Write the model as a folder that diffusers and Create open, or the samples over the training as a film."),
        )
        explain_button(self._remove, tr("Safelight", "Remove"), tr("Safelight", "Remove this training. It can be undone."))


def _export_words(kind: int | None, words: str, has_kinds: bool) -> str:
    if kind is not None:
        return tr("Safelight", "Draws only: {kind}").format(kind=tr("Safelight", words))
    return tr("Safelight", "Draws any kind") if has_kinds else tr("Safelight", "Model for Create and diffusers")


def _words(training: Training) -> str:
    """How the list names it: its pictures, when it began, and its learning rate if it is a branch."""
    begun = datetime.fromisoformat(training.beginning.created)
    words = f"{tr('Safelight', training.beginning.pictures.name)}, {begun:%m-%d %H:%M}"  # the name of a bundled set is translated
    if training.beginning.parent:
        words += f", {rate_words(training.course.rate)}"
    return words
