"""Train: a small diffusion model learns live, by Algorithm 1; its samples are scrubbed over training and denoising steps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ...learn.training.course import Predicts
from ...learn.training.events import Moment
from ...library.lessons_file import Settings
from ...studio.picture_source import Origin, PictureSource
from ...studio.training_film import save_film
from ...studio.trainings import State, Training
from ..language import decimal, explain, explain_button, tr
from ..widgets.command import LocalCommand
from ..widgets.controls import Number, ScrollArea, check_only, label, segment, segments
from ..widgets.slider_row import SliderRow
from .algorithm import Algorithm
from .curves import Curves, Line
from .formula import Formula, var
from .pictures import AxisFilm, Picture
from .samples import Samples
from .station import Station, Tools
from .train_controls import TrainControls
from .train_numbers import TrainNumbers
from .train_words import GUESSES, algorithm, finding, formulas

MOST = 20_000  # pictures
REFRESH = 80  # ms between two updates while it learns
LIGHT = 220  # ms for which a line of the algorithm is lit
LIT_LINES = (2, 3, 4, 5)
SETTLES = 350  # ms until samples are made with another guidance
LEAST_LOSS, MOST_LOSS = 0.01, 3.0  # of the curves


class Train(Station):
    KEY = "train"
    GUESSES = GUESSES
    SOURCES = (
        "learn/training/trainer.py Trainer.learn",
        "learn/training/trainer.py sample",
        "learn/training/exam.py Exam",
        "learn/training/course.py Course",
    )

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        theme = tools.theme
        self.trainings = tools.trainings
        self.training: Training | None = None  # the one that is shown
        self._at: int | None = None  # training step of the playhead; None: the newest
        self._denoising: int | None = None  # denoising step; None: the last
        self._shows_noisy = True
        self._guided: Moment | None = None  # samples of the newest weights with another guidance
        self._looked: set[str] = set()  # guesses that wait for their answer
        self._is_loaded = False
        self.source = PictureSource(tools.folders[0], MOST, Origin.THINGS_16)
        self.algorithm = Algorithm("learn_train_algorithm", 6)
        self.pictures = [Picture(theme, f"learn_train_{name}", 56, 104, smooth=False) for name in ("clean", "noised", "guess")]
        self._captions = [label("quiet", f"learn_train_caption_{place}") for place in range(len(self.pictures))]
        self._lit = 0  # line of the algorithm; 0: none
        self.samples = Samples(theme, "learn_train_samples")
        self.film = AxisFilm(theme, "learn_train_film", 16)
        self.curves = Curves(
            theme,
            "learn_train_curves",
            {
                "unseen": Line("sand"),
                "origin": Line("sand", Qt.PenStyle.DashDotLine),
                "seen": Line("steel", Qt.PenStyle.DashLine),
                "floor": Line("sage", Qt.PenStyle.DotLine),
                "raw": Line("faint"),
            },
            160,
        )
        self._toggle = LocalCommand(self, "learn_train_toggle", self._start_or_pause, "Space")
        self.commands = ((self._toggle, "play"),)
        self.setAcceptDrops(True)
        self._lay_out()
        self.panel, self.numbers = TrainControls(tools, self.source), TrainNumbers(theme)
        self.controls, self.side = self.panel, self.numbers
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH)
        self._refresh.timeout.connect(self._show_step)
        self._light = QTimer(self, interval=LIGHT)
        self._light.timeout.connect(self._light_next)
        self._settle = QTimer(self, singleShot=True, interval=SETTLES)
        self._settle.timeout.connect(lambda: tools.notices.spawn(self._sample_again()))
        self.film.moved.connect(self.go_to)
        self.curves.moved.connect(lambda step: self.go_to(round(step)))
        self.samples.chosen_changed.connect(lambda place: self._show_film())
        self._connect()
        self.trainings.listed.connect(self._show_list)
        self.trainings.changed.connect(self._follow)
        self.trainings.moment_added.connect(self._take_moment)
        self.retranslate()

    def _connect(self) -> None:
        panel, spawn = self.panel, self.tools.notices.spawn
        panel.predicts_chosen.connect(self._show_predicts)
        panel.start_wanted.connect(lambda: spawn(self._begin()))
        panel.training_chosen.connect(self.show_training)
        panel.branch_wanted.connect(lambda rate: spawn(self._branch_with(rate)))
        panel.export_wanted.connect(lambda kind: spawn(self._export(kind)))
        panel.film_wanted.connect(lambda path: spawn(self._save_film(path)))
        panel.remove_wanted.connect(lambda: spawn(self._remove()))
        self.numbers.guidance_chosen.connect(self._use_guidance)

    # -- layout

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(self.algorithm, 3)
        step = QGridLayout()
        step.setHorizontalSpacing(8)
        step.setVerticalSpacing(2)
        for place, (picture, caption) in enumerate(zip(self.pictures, self._captions, strict=True)):
            picture.setFixedHeight(80)
            picture.alike = self.pictures
            caption.setTextFormat(Qt.TextFormat.RichText)
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            step.addWidget(picture, 0, place)
            step.addWidget(caption, 1, place)
        step.setRowStretch(2, 1)
        top.addLayout(step, 2)
        self._denoising_label, self._denoising_number = label("caption"), Number("learn_train_denoising", 1, 20)
        self._denoising_label.setBuddy(self._denoising_number)
        self._denoising_number.setValue(20)
        self._denoising_number.valueChanged.connect(self.denoise_to)
        self._denoising_row = SliderRow(self._denoising_number)
        self._estimate, self._noisy = segment("learn_train_estimate"), segment("learn_train_noisy")
        self._estimate.clicked.connect(lambda: self._show_noisy(False))
        self._noisy.clicked.connect(lambda: self._show_noisy(True))
        check_only([self._estimate, self._noisy], self._noisy)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._denoising_label)
        row.addWidget(self._denoising_row, 1)
        row.addWidget(segments([self._noisy, self._estimate]))
        self._page = QWidget()
        self.samples.setMinimumHeight(190)
        self.curves.setMinimumHeight(110)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(20, 4, 20, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.samples, 3)
        column.addLayout(row)
        column.addWidget(self.film)
        column.addWidget(self.curves, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ScrollArea("learn_train_scroll", self._page))

    # -- entering and leaving

    def enter(self) -> None:
        self.tools.notices.spawn(self._open())

    async def _open(self) -> None:
        await self.source.open()
        if not self._is_loaded:
            self._is_loaded = True
            await self.trainings.load()
            if self.training is None and self.trainings.all:
                self.show_training(self.trainings.active or self.trainings.all[-1])
        self._animate()

    def leave(self) -> None:
        self._light.stop()
        self.source.stop()

    # -- what the user does

    def _start_or_pause(self) -> None:
        training = self.training
        if training is not None and training is self.trainings.active:
            self.trainings.pause()
        elif training is not None and training.state is State.PAUSED:
            self.trainings.resume(training)
        else:
            self.tools.notices.spawn(self._begin())

    async def _begin(self) -> None:
        """Start a training with the settings at the left."""
        await self.source.open()
        pictures = self.source.pictures
        if pictures is None:
            return
        self.show_training(await self.trainings.start(pictures, self.panel.course(pictures)))

    def show_training(self, training: Training) -> None:
        """Show `training` from its newest step."""
        self.training, self._at, self._guided = training, None, None
        self._show_list()
        self._show_all()
        for each in filter(None, (training, self._origin)):
            self.tools.notices.spawn(self.trainings.open(each))

    async def _branch_with(self, rate: float) -> None:
        if self.training is not None:
            self.show_training(await self.trainings.branch(self.training, rate, self._at))

    async def _export(self, kind: int | None) -> None:
        if self.training is not None:
            await self.trainings.export(self.training, self.tools.data / "models", kind)

    async def _save_film(self, path: Path) -> None:
        if self.training is not None:
            await save_film(self.training, path, self._denoising, self._shows_noisy, self.tools.notices)

    async def _remove(self) -> None:
        if self.training is not None:
            await self.trainings.remove(self.training)

    def _use_guidance(self, guidance: float) -> None:
        self.trainings.guidance = guidance
        if self.trainings.active is None and self.training is not None and self.training.step:
            self._settle.start()

    async def _sample_again(self) -> None:
        """Make the samples of the newest weights with the guidance that is set now."""
        training, guidance = self.training, self.numbers.guidance
        if training is None or self.trainings.active is not None:
            return
        moment = await self.trainings.sample(training, guidance)
        if training is self.training and guidance == self.numbers.guidance:
            self._guided, self._at = moment, None
            self._show_moment()

    # -- the playheads

    @property
    def moment(self) -> Moment | None:
        """The samples at the playhead: those of the last moment up to it."""
        if self.training is None or not self.training.moments:
            return None
        if self._at is None:
            newest = self.training.moments[-1]
            return self._guided if self._guided is not None and self._guided.step >= newest.step else newest
        return max((each for each in self.training.moments if each.step <= (self._at or 0)), key=lambda each: each.step, default=None)

    def go_to(self, step: int) -> None:
        """Show the samples after `step` training steps; beyond the newest ones, follow the training."""
        moments = self.training.moments if self.training else []
        self._at = None if not moments or step >= moments[-1].step else max(0, step)
        self._show_moment()

    def denoise_to(self, step: int) -> None:
        """Show the samples after `step` denoising steps, from 1."""
        self._denoising = None if step >= self._denoising_number.maximum() else step
        self._denoising_number.setValue(step)
        self._show_moment()

    def _show_noisy(self, shows_noisy: bool) -> None:
        self._shows_noisy = shows_noisy
        check_only([self._estimate, self._noisy], self._noisy if shows_noisy else self._estimate)
        self._show_moment()

    # -- following the training

    def _follow(self, training: Training) -> None:
        if training is self.training:
            if not self._refresh.isActive():
                self._refresh.start()
            self._animate()
        self._answer()

    def _take_moment(self, training: Training) -> None:
        if training is self.training:
            self._guided = None
            self._show_all()
        elif training is self._origin:
            self._show_curves()
        self._answer()

    def _animate(self) -> None:
        """Light the lines in turn while it learns, unless the user wants less motion."""
        runs = self.training is not None and self.training.state is State.RUNNING and self.isVisible()
        if not runs or self.tools.theme.reduce_motion:
            self._light.stop()
            self._light_line(0)
        elif not self._light.isActive():
            self._light.start()

    def _light_next(self) -> None:
        place = LIT_LINES.index(self._lit) + 1 if self._lit in LIT_LINES else 0
        self._light_line(LIT_LINES[place % len(LIT_LINES)])

    def _light_line(self, line: int) -> None:
        self._lit = line
        self.algorithm.light(line)

    # -- showing

    def _show_all(self) -> None:
        self._show_step()
        self._show_film()
        self._show_moment()

    def _show_step(self) -> None:
        """Everything that changes with each training step."""
        self._show_state()
        self._show_algorithm()
        training = self.training
        glimpse = training.glimpse if training else None
        shown = (None, None, None) if glimpse is None else (glimpse.clean, glimpse.noisy, glimpse.guess)
        for picture, pixels in zip(self.pictures, shown, strict=True):
            picture.show_pixels(pixels)
        if self._at is None:
            self.film.go_to(training.step if training else 0)
        self._show_curves()
        self.formulas_changed.emit()

    def _show_state(self) -> None:
        training = self.training
        active = training is not None and training is self.trainings.active
        self._toggle.icon_name = "pause" if active else "play"
        self._toggle.explain(
            tr("Safelight", "Pause")
            if active
            else tr("Safelight", "Resume")
            if training and training.state is State.PAUSED
            else tr("Safelight", "Train"),
            tr("Safelight", "Pause the training; it is saved.")
            if active
            else tr("Safelight", "Resume the training that is shown, or start one."),
        )
        self.panel.show_training(training, self._at)
        self.numbers.show_state(training)

    @property
    def _shown_predicts(self) -> Predicts:
        return self.training.course.predicts if self.training else self.panel.predicts

    @property
    def _origin(self) -> Training | None:
        """The training that the shown one branched from, if it is still there."""
        return next((each for each in self.trainings.all if self.training and each.id == self.training.beginning.parent), None)

    def _show_predicts(self) -> None:
        self._show_algorithm()
        self.formulas_changed.emit()

    def _show_algorithm(self) -> None:
        title, lines = algorithm(self.training, self._shown_predicts)
        self.algorithm.show_title(title)
        for place, (line, number) in enumerate(lines, 1):
            self.algorithm.show_line(place, line, number)

    def _show_film(self) -> None:
        """The chosen sample over the training."""
        training = self.training
        steps = (training.course.steps or max(100, training.step)) if training else 1000
        self.film.set_axis(steps)
        self.film.show_ticks(training.kept if training else ())
        for place, at in enumerate(self.film.places):
            known = [moment for moment in training.moments if moment.step <= at] if training else []
            reached = training is not None and training.step >= at
            self.film.show_frame(place, known[-1].samples[self.samples.chosen] if known and reached else None)

    def _show_curves(self) -> None:
        training = self.training
        steps = (training.course.steps or max(100, training.step)) if training else 1000
        self.curves.show_axis(0, steps)
        losses = training.losses if training else []
        self.curves.show_curve("raw", np.arange(1, len(losses) + 1), _heights(losses))
        moments = training.moments if training else []
        at = [moment.step for moment in moments]
        self.curves.show_curve("seen", at, _heights([moment.seen.mean for moment in moments]))
        self.curves.show_curve("unseen", at, _heights([_mark(moment) for moment in moments]))
        origin = self._origin
        exams = origin.moments if origin else []
        self.curves.show_curve("origin", [exam.step for exam in exams], _heights([_mark(exam) for exam in exams]))
        self.curves.show_line("origin", origin is not None)
        floor = training.lines.floor if training and training.lines else None
        self.curves.show_curve("floor", [0, steps] if floor else [], _heights([floor.mean] * 2 if floor else []))
        moment = self.moment
        dots = {"unseen": float(_heights([_mark(moment)])[0])} if moment else {}
        self.curves.show_moment(moment.step if moment else 0, dots)
        unknown = "–"
        for key, value, words in (
            ("unseen", _mark(moment) if moment else None, tr("Safelight", "exam, unseen")),
            (
                "origin",
                next((_mark(exam) for exam in reversed(exams) if moment and exam.step <= moment.step), None),
                tr("Safelight", "exam, not branched"),
            ),
            ("seen", moment.seen.mean if moment else None, tr("Safelight", "exam, seen")),
            ("floor", floor.mean if floor else None, tr("Safelight", "perfect")),
            ("raw", losses[-1] if losses else None, tr("Safelight", "loss")),
        ):
            self.curves.show_legend(key, "", unknown if value is None else decimal(value, 3), words)

    def _show_moment(self) -> None:
        """The samples at both playheads, and what the exam and the copy meter say of that moment."""
        training, moment = self.training, self.moment
        self.film.go_to(self._at if self._at is not None else training.step if training else 0)
        if training is None or moment is None:
            self.samples.show_samples(np.zeros((0, 8, 8, 3), np.uint8))
            self.samples.show_nearest((), ())
        else:
            count = len(moment.noisy)
            self._denoising_number.setMaximum(count)
            self._denoising_row.follow()
            step = count if self._denoising is None else min(self._denoising, count)
            self.samples.show_samples((moment.noisy if self._shows_noisy else moment.estimates)[step - 1])
            pixels = training.beginning.pictures.pixels
            can_show = moment.nearest and len(pixels) > max(map(max, moment.nearest))
            self.samples.show_nearest(
                [(pixels[first], pixels[second]) for first, second in moment.nearest] if can_show else (), moment.copied if can_show else ()
            )
        self.panel.show_training(training, self._at)
        self.numbers.show_moment(training, moment)
        self._show_curves()

    def _show_list(self) -> None:
        trainings = list(reversed(self.trainings.all))
        if self.training is not None and self.training not in trainings:
            self.training = trainings[0] if trainings else None
            self._at = self._guided = None
            self._show_all()
        self.panel.show_list(trainings, self.training)
        self._show_state()

    def formulas(self) -> tuple[Formula, ...]:
        return formulas(self.training.glimpse if self.training else None, self._shown_predicts)

    # -- guesses

    def look(self, guess: str, value: int) -> None:
        self._looked.add(guess)
        self._answer()
        if guess in self._looked and self.trainings.active is None:  # what is known of the shown training does not answer it
            self._start_or_pause()

    def _answer(self) -> None:
        """Answer the guesses that the shown training, or the active one, can answer by now."""
        for guess in sorted(self._looked):
            known = (finding(guess, training) for training in (self.training, self.trainings.active) if training is not None)
            if (words := next(filter(None, known), None)) is not None:
                self._looked.discard(guess)
                self.answered.emit(guess, words)

    # -- a folder is dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.panel.chooser.dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.panel.chooser.dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.panel.chooser.dropEvent(event)

    # -- settings

    def view(self) -> QWidget:
        return self._page

    def settings(self) -> Settings:
        return {**self.panel.settings(), "guidance": self.numbers.guidance}

    def restore(self, settings: Settings) -> None:
        self.panel.restore(settings)
        match settings.get("guidance"):
            case int() | float() as guidance if 1 <= guidance <= 3:
                self.numbers.set_guidance(guidance)

    def retranslate(self) -> None:
        explain(
            self.film,
            tr("Safelight", "Training step"),
            tr("Safelight", "The chosen sample over the training. Drag, or press ← and →, to see the samples of an earlier moment."),
        )
        self._denoising_row.explain(
            tr("Safelight", "Denoising step"), tr("Safelight", "After how many steps from noise to picture the samples are shown.")
        )
        self._denoising_label.setText(tr("Safelight", "Denoising step"))
        explain_button(self._noisy, tr("Safelight", "Noisy"), tr("Safelight", "x_t, as it is after the step."))
        explain_button(self._estimate, tr("Safelight", "Estimate"), tr("Safelight", "x0, as the net sees it in the step."))
        for place, (symbol, words) in enumerate(
            (
                (var("x", "0"), tr("Safelight", "picture")),
                (var("x", "t"), tr("Safelight", "with noise")),
                (var("x̂", "0"), tr("Safelight", "guess")),
            )
        ):
            self._captions[place].setText(f"{symbol} {words}")
            self.pictures[place].describe(words)
        self._show_list()
        self._show_all()


def _mark(moment: Moment) -> float:
    """What it has in the exam: on pictures that it has not seen, if there are some."""
    return (moment.unseen or moment.seen).mean


def _heights(losses: Sequence[float]) -> np.ndarray:
    """0…1 for losses from `LEAST_LOSS` to `MOST_LOSS`, even in their logarithm."""
    low, high = np.log10(LEAST_LOSS), np.log10(MOST_LOSS)
    return np.clip((np.log10(np.maximum(np.asarray(losses, float), LEAST_LOSS)) - low) / (high - low), 0, 1)
