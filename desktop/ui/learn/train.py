"""Train: a small diffusion model learns live, by Algorithm 1; its samples are scrubbed over training and denoising steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from ...learn.training.course import Course, Predicts
from ...learn.training.events import Moment
from ...library.lessons_file import Settings
from ...studio.picture_source import Origin, PictureSource
from ...studio.trainings import State, Training
from ..language import clock, decimal, explain, explain_button, tr
from ..widgets.command import LocalCommand
from ..widgets.controls import Decimal, Number, ScrollArea, ValueChoice, check_only, label, named, segment, segments
from ..widgets.slider_row import SliderRow
from .algorithm import Algorithm
from .bands import BandBars
from .curves import Curves, Line
from .formula import Formula, var
from .picture_chooser import PictureChooser
from .pictures import AxisFilm, Picture
from .samples import Samples
from .station import Station, Tools
from .train_words import GUESSES, algorithm, branch_words, finding, formulas, rate_words

MOST = 20_000  # pictures
RATES = (0.0005, 0.001, 0.002, 0.005, 0.02)
BRANCH_RATES = (0.1, 0.3, 1.0, 3.0)  # times the learning rate of the training that is branched
REFRESH = 80  # ms between two updates while it learns
LIGHT = 220  # ms for which a line of the algorithm is lit
LIT_LINES = (2, 3, 4, 5)
SETTLES = 350  # ms until samples are made with another guidance
LEAST_LOSS, MOST_LOSS = 0.01, 3.0  # of the curves
WARNS = 0.1  # share of copies above that of real pictures


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
        self._predicts = Predicts.PICTURE
        self._seconds = 0.0
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
        self.controls, self.side = self._make_controls(), self._make_side()
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH)
        self._refresh.timeout.connect(self._show_step)
        self._light = QTimer(self, interval=LIGHT)
        self._light.timeout.connect(self._light_next)
        self._settle = QTimer(self, singleShot=True, interval=SETTLES)
        self._settle.timeout.connect(lambda: tools.notices.spawn(self._sample_again()))
        self.film.moved.connect(self.go_to)
        self.curves.moved.connect(lambda step: self.go_to(round(step)))
        self.samples.chosen_changed.connect(lambda place: self._show_film())
        self.source.changed.connect(self._use_pictures)
        self.trainings.listed.connect(self._show_list)
        self.trainings.changed.connect(self._follow)
        self.trainings.moment_added.connect(self._take_moment)
        self.retranslate()

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

    def _make_controls(self) -> QWidget:
        theme = self.tools.theme
        self.chooser = PictureChooser(theme, self.tools.notices, self.source, "learn_train_pictures")
        self._recipe_title, self._list_title = label("section", "learn_train_recipe_title"), label("section", "learn_train_list_title")
        self._predict = {predicts: segment(f"learn_train_predicts_{predicts}") for predicts in Predicts}
        for predicts, option in self._predict.items():
            option.clicked.connect(partial(self._use_predicts, predicts))
        check_only(list(self._predict.values()), self._predict[self._predicts])
        self._seconds_label, self._seconds_number = label("caption"), Number("learn_train_seconds", 5, 3600)
        self._rate_label, self._rate = label("caption"), ValueChoice(theme, "learn_train_rate", RATES, 0.002)
        self._seconds_label.setBuddy(self._seconds_number)
        self._rate_label.setBuddy(self._rate)
        self._seconds_number.setValue(75)
        self._start = named(QPushButton(), "learn_train_start")
        self._start.setProperty("accent", "true")
        self._start.clicked.connect(lambda: self.tools.notices.spawn(self._begin()))
        form = QGridLayout()
        form.addWidget(self._seconds_label, 0, 0)
        form.addWidget(self._seconds_number, 0, 1)
        form.addWidget(self._rate_label, 1, 0)
        form.addWidget(self._rate, 1, 1)
        form.setColumnStretch(1, 1)
        self._choice = ValueChoice(theme, "learn_train_list", (), None)
        self._choice.chosen.connect(lambda training: self.show_training(training))
        self._branch, self._export, self._remove = (named(QPushButton(), f"learn_train_{name}") for name in ("branch", "export", "remove"))
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self._branch, self._export, self._remove):
            button.setProperty("compact", "true")
            buttons.addWidget(button)
        buttons.addStretch()
        self._branch.clicked.connect(self._ask_rate)
        self._export.clicked.connect(self._ask_kind)
        self._remove.clicked.connect(self._remove_shown)
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
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.chooser)
        column.addLayout(recipe)
        return part

    def _make_side(self) -> QWidget:
        self._state, self._left = label("strong", "learn_train_state"), label("quiet", "learn_train_left")
        self._guidance_label, self._guidance = label("section"), Decimal("learn_train_guidance", 1.0, 3.0, 0.1)
        self._guidance_label.setBuddy(self._guidance)
        self._guidance.valueChanged.connect(self._use_guidance)
        self._guidance_row = SliderRow(self._guidance)
        self._copies_title, self._copies = label("section", "learn_train_copies_title"), label("fact", "learn_train_copies")
        self._bands_title, self._bands_words = label("section", "learn_train_bands_title"), label("quiet", "learn_train_bands_words")
        self.bands = BandBars(self.tools.theme, "learn_train_bands")
        for words, lines in ((self._state, 1), (self._left, 2), (self._copies, 4), (self._bands_words, 3)):
            words.setWordWrap(True)
            words.setMinimumHeight(lines * words.fontMetrics().lineSpacing())
            words.setAlignment(Qt.AlignmentFlag.AlignTop)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(6)
        column.addWidget(self._state)
        column.addWidget(self._left)
        column.addSpacing(6)
        column.addWidget(self._bands_title)
        column.addWidget(self.bands)
        column.addWidget(self._bands_words)
        column.addSpacing(6)
        column.addWidget(self._copies_title)
        column.addWidget(self._copies)
        column.addSpacing(6)
        column.addWidget(self._guidance_label)
        column.addWidget(self._guidance_row)
        return part

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
        course = Course.of(pictures.side, len(pictures.kinds), self._predicts, float(self._seconds_number.value()))
        self.show_training(await self.trainings.start(pictures, course.with_rate(RATES[self._rate.currentIndex()])))

    def show_training(self, training: Training) -> None:
        """Show `training` from its newest step."""
        self.training, self._at, self._guided = training, None, None
        self._show_list()
        self._show_all()
        self.tools.notices.spawn(self.trainings.open(training))

    def _use_predicts(self, predicts: Predicts) -> None:
        self._predicts = predicts
        check_only(list(self._predict.values()), self._predict[predicts])
        self._show_algorithm()
        self.formulas_changed.emit()

    def _use_pictures(self) -> None:
        pictures = self.source.pictures
        if pictures is not None:
            self._seconds_number.setValue(round(self._seconds or Course.of(pictures.side, 0).seconds))
            self._seconds = 0.0

    def _ask_rate(self) -> None:
        training = self.training
        if training is None:
            return
        menu = QMenu(self)
        menu.setObjectName("learn_train_branch_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(branch_words(training, self._at)).setEnabled(False)
        at = self._at
        for factor in BRANCH_RATES:
            rate = float(f"{training.course.rate * factor:.2g}")
            action = menu.addAction(tr("Safelight", "Learning rate {rate}").format(rate=rate_words(rate)))
            action.triggered.connect(lambda _=False, rate=rate: self.tools.notices.spawn(self._branch_with(training, rate, at)))
        menu.popup(self._branch.mapToGlobal(QPoint(0, self._branch.height())))

    async def _branch_with(self, training: Training, rate: float, at: int | None) -> None:
        self.show_training(await self.trainings.branch(training, rate, at))

    def _ask_kind(self) -> None:
        training = self.training
        if training is None:
            return
        kinds = training.beginning.pictures.kinds
        if not kinds or not training.course.kinds:
            self.tools.notices.spawn(self._export_kind(training, None))
            return
        menu = QMenu(self)
        menu.setObjectName("learn_train_export_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind, words in ((None, tr("Safelight", "Draws any kind")), *enumerate(kinds)):
            action = menu.addAction(words if kind is None else tr("Safelight", "Draws only: {kind}").format(kind=tr("Safelight", words)))
            action.triggered.connect(lambda _=False, kind=kind: self.tools.notices.spawn(self._export_kind(training, kind)))
        menu.popup(self._export.mapToGlobal(QPoint(0, self._export.height())))

    async def _export_kind(self, training: Training, kind: int | None) -> None:
        await self.trainings.export(training, self.tools.data / "models", kind)

    def _remove_shown(self) -> None:
        if self.training is not None:
            self.tools.notices.spawn(self.trainings.remove(self.training))

    def _use_guidance(self, guidance: float) -> None:
        self.trainings.guidance = guidance
        if self.trainings.active is None and self.training is not None and self.training.step:
            self._settle.start()

    async def _sample_again(self) -> None:
        """Make the samples of the newest weights with the guidance that is set now."""
        training, guidance = self.training, self._guidance.value()
        if training is None or self.trainings.active is not None:
            return
        moment = await self.trainings.sample(training, guidance)
        if training is self.training and guidance == self._guidance.value():
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
        self._toggle.setIcon(self.tools.theme.icon("pause" if active else "play", size=15))
        for button in (self._branch, self._remove):
            button.setEnabled(training is not None)
        self._export.setEnabled(training is not None and training.step > 0)
        if training is None:
            self._state.setText(tr("Safelight", "No training yet."))
            self._left.setText(tr("Safelight", "Choose pictures at the left and press Train."))
            return
        words = {
            State.PAUSED: tr("Safelight", "Paused"),
            State.WAITING: tr("Safelight", "Waits for the run in Create"),
            State.PREPARING: tr("Safelight", "Loading…"),
            State.RUNNING: tr("Safelight", "Learning"),
            State.FINISHED: tr("Safelight", "Finished"),
            State.FAILED: tr("Safelight", "Stopped"),
        }[training.state]
        steps = (
            tr("Safelight", "step {step} of {steps}").format(step=decimal(training.step, 0), steps=decimal(training.course.steps, 0))
            if training.course.steps
            else tr("Safelight", "step {step}, measuring how fast it is").format(step=decimal(training.step, 0))
        )
        self._state.setText(f"{words} · {steps}")
        facts = []
        if active and training.seconds_left is not None:
            facts.append(tr("Safelight", "{time} left").format(time=clock(training.seconds_left)))
        if training.pace is not None:
            facts.append(tr("Safelight", "{time} ms a step").format(time=decimal(1000 * training.pace, 0)))
        seen = training.step * training.course.batch
        if (count := len(training.beginning.pictures)) > 0:
            facts.append(tr("Safelight", "each picture seen {times} times").format(times=decimal(seen / count, 1)))
        self._left.setText(" · ".join(facts))

    @property
    def _shown_predicts(self) -> Predicts:
        return self.training.course.predicts if self.training else self._predicts

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
        self.curves.show_curve("unseen", at, _heights([(moment.unseen or moment.seen).mean for moment in moments]))
        floor = training.lines.floor if training and training.lines else None
        self.curves.show_curve("floor", [0, steps] if floor else [], _heights([floor.mean] * 2 if floor else []))
        moment = self.moment
        dots = {"unseen": float(_heights([(moment.unseen or moment.seen).mean])[0])} if moment else {}
        self.curves.show_moment(moment.step if moment else 0, dots)
        unknown = "–"
        for key, value, words in (
            ("unseen", (moment.unseen or moment.seen).mean if moment else None, tr("Safelight", "exam, unseen")),
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
        self.bands.show_marks(
            moment.unseen if moment else None,
            moment.seen if moment else None,
            training.lines.floor if training and training.lines else None,
        )
        self._show_copies()
        self._show_curves()

    def _show_copies(self) -> None:
        training, moment = self.training, self.moment
        if training is None or moment is None or not moment.copied:
            self._copies.setText(tr("Safelight", "Each sample is compared with all training pictures; below it are the two nearest."))
            return
        words = [
            tr("Safelight", "{count} of {all} samples are copies; of real new pictures {chance} % would be called so.").format(
                count=sum(moment.copied), all=len(moment.copied), chance=decimal(100 * training.by_chance, 0)
            )
        ]
        if moment.copies > training.by_chance + WARNS:
            words.append(tr("Safelight", "It begins to copy: stop here, or give it more pictures."))
        if moment.unseen is not None:
            words.append(
                tr("Safelight", "Exam: {seen} on seen, {unseen} on unseen pictures.").format(
                    seen=decimal(moment.seen.mean, 3), unseen=decimal(moment.unseen.mean, 3)
                )
            )
        self._copies.setText(" ".join(words))

    def _show_list(self) -> None:
        trainings = list(reversed(self.trainings.all))
        if self.training is not None and self.training not in trainings:
            self.training = trainings[0] if trainings else None
            self._at = self._guided = None
            self._show_all()
        self._choice.offer(trainings, self.training)
        self._choice.show_words([_words(training) for training in trainings])
        self._choice.setEnabled(bool(trainings))
        self._show_state()

    def formulas(self) -> tuple[Formula, ...]:
        return formulas(self.training.glimpse if self.training else None, self._shown_predicts)

    # -- guesses

    def look(self, guess: str, value: int) -> None:
        self._looked.add(guess)
        if self.training is None and self.trainings.active is None:
            self.tools.notices.spawn(self._begin())
        self._answer()

    def _answer(self) -> None:
        """Answer the guesses that the shown training can answer by now."""
        training = self.training
        if training is None:
            return
        for guess in sorted(self._looked):
            if (words := finding(guess, training)) is not None:
                self._looked.discard(guess)
                self.answered.emit(guess, words)

    # -- a folder is dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.chooser.dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.chooser.dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.chooser.dropEvent(event)

    # -- settings

    def view(self) -> QWidget:
        return self._page

    def settings(self) -> Settings:
        return {
            "predicts": str(self._predicts),
            "seconds": self._seconds_number.value(),
            "rate": RATES[self._rate.currentIndex()],
            "guidance": self._guidance.value(),
            "pictures": str(self.source.origin) if self.source.origin.is_bundled else str(Origin.THINGS_16),
        }

    def restore(self, settings: Settings) -> None:
        match settings.get("pictures"):
            case str(origin) if origin in list(Origin) and Origin(origin).is_bundled:
                self.source.origin = Origin(origin)
        match settings.get("predicts"):
            case str(predicts) if predicts in list(Predicts):
                self._use_predicts(Predicts(predicts))
        match settings.get("seconds"):
            case int(seconds) if 5 <= seconds <= 3600:
                self._seconds = seconds
                self._seconds_number.setValue(seconds)
        match settings.get("rate"):
            case float(rate) if rate in RATES:
                self._rate.setCurrentIndex(RATES.index(rate))
        match settings.get("guidance"):
            case int() | float() as guidance if 1 <= guidance <= 3:
                self._guidance.setValue(guidance)

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
        for widget, name, explanation in (
            (
                self._seconds_number,
                tr("Safelight", "Seconds"),
                tr("Safelight", "About how long it learns. Its speed is measured for 3 seconds; then the number of steps is fixed."),
            ),
            (self._rate, tr("Safelight", "Learning rate"), tr("Safelight", "How far each step goes at most.")),
            (self._choice, tr("Safelight", "Trainings"), tr("Safelight", "The training that is shown.")),
            (
                self.film,
                tr("Safelight", "Training step"),
                tr("Safelight", "The chosen sample over the training. Drag, or press ← and →, to see the samples of an earlier moment."),
            ),
        ):
            explain(widget, name, explanation)
        self._denoising_row.explain(
            tr("Safelight", "Denoising step"), tr("Safelight", "After how many steps from noise to picture the samples are shown.")
        )
        self._guidance_row.explain(
            tr("Safelight", "Guidance"), tr("Safelight", "How much the label counts: 1 is off, more makes kinds clearer and less varied.")
        )
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
            tr("Safelight", "Write the model as a folder that diffusers and Create open; it appears in Models."),
        )
        explain_button(self._remove, tr("Safelight", "Remove"), tr("Safelight", "Remove this training. It can be undone."))
        self._denoising_label.setText(tr("Safelight", "Denoising step"))
        explain_button(self._noisy, tr("Safelight", "Noisy"), tr("Safelight", "x_t, as it is after the step."))
        explain_button(self._estimate, tr("Safelight", "Estimate"), tr("Safelight", "x0, as the net sees it in the step."))
        self._guidance_label.setText(tr("Safelight", "Guidance"))
        self._copies_title.setText(tr("Safelight", "New or copied?"))
        self._bands_title.setText(tr("Safelight", "Exam in bands of t"))
        self.bands.setAccessibleName(self._bands_title.text())
        self._bands_words.setText(
            tr(
                "Safelight",
                "Always the same pictures, t and noise. 1: answering 0. Green: nobody can be below. Dots: pictures it has seen.",
            )
        )
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


def _heights(losses: Sequence[float]) -> np.ndarray:
    """0…1 for losses from `LEAST_LOSS` to `MOST_LOSS`, even in their logarithm."""
    low, high = np.log10(LEAST_LOSS), np.log10(MOST_LOSS)
    return np.clip((np.log10(np.maximum(np.asarray(losses, float), LEAST_LOSS)) - low) / (high - low), 0, 1)


def _words(training: Training) -> str:
    """How the list names it: its pictures, when it began, and its learning rate if it is a branch."""
    begun = datetime.fromisoformat(training.beginning.created)
    words = f"{tr('Safelight', training.beginning.pictures.name)}, {begun:%m-%d %H:%M}"  # the name of a bundled set is translated
    if training.beginning.parent:
        words += f", {rate_words(training.course.rate)}"
    return words
