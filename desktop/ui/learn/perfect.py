"""Perfect: the perfect denoiser of a set of pictures makes sixteen samples, which turn out to be copies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...diffusion.control import Control
from ...errors import QT_TRANSLATE_NOOP
from ...learn.copies import CopyMeter, Nearness
from ...library.lessons_file import Settings
from ...studio.notices import Words
from ...studio.picture_source import SIDES, Origin, PictureSource
from ...studio.undo import Change, between
from ..language import decimal, explain, explain_button, tr
from ..widgets.command import LocalCommand
from ..widgets.controls import Number, check_only, label, named, segment, segments
from .curves import Curves, Line
from .formula import Formula, var
from .picture_chooser import PictureChooser
from .pictures import AxisFilm, Picture
from .samples import Samples
from .station import Guess, Station, Tools

if TYPE_CHECKING:
    from ...learn.perfect import Moment, Walk
    from ...learn.pictures import PictureSet

MOST = 2000  # pictures: more would take longer than 2 s
COUNT = 16  # samples
STEPS = 50
SLICE = 0.02  # s that the machine computes at a time
FRAME = 60  # ms between two steps of Play
DECIDED = 1.5  # pictures that take part in an estimate: below it, it is known which one it becomes


@dataclass(frozen=True, slots=True, eq=False)
class Journey:
    """All samples of one run, from noise to picture."""

    pictures: PictureSet
    mean: np.ndarray  # of all pictures, side×side×3, uint8
    moments: tuple[Moment, ...]
    nearness: Nearness  # of the finished samples
    by_chance: float  # share of the pictures that the rule calls copies of others

    @property
    def decided(self) -> int:
        """The step at which half of the samples are known to become one certain picture."""
        steps = np.array([moment.effective for moment in self.moments]) < DECIDED
        return int(np.median(np.where(steps.any(0), steps.argmax(0), len(self.moments) - 1))) + 1


class Perfect(Station):
    KEY = "perfect"
    GUESSES = (
        Guess(
            "first",
            QT_TRANSLATE_NOOP("Safelight", "16 samples start from noise. What is the best estimate of the picture at the first step?"),
            choices=(
                QT_TRANSLATE_NOOP("Safelight", "One of the pictures, very noisy"),
                QT_TRANSLATE_NOOP("Safelight", "The average of all pictures"),
                QT_TRANSLATE_NOOP("Safelight", "A rough sketch of a new picture"),
            ),
            belief=2,
        ),
        Guess(
            "decided",
            QT_TRANSLATE_NOOP("Safelight", "At which of the 50 steps is it decided which picture a sample becomes?"),
            QT_TRANSLATE_NOOP("Safelight", "The steps are dense where the noise is high. Drag the dashed marker, then look."),
            lowest=1,
            highest=STEPS,
            start=10,
        ),
        Guess(
            "copies",
            QT_TRANSLATE_NOOP("Safelight", "How many of the 16 finished pictures are copies of pictures in the set?"),
            QT_TRANSLATE_NOOP("Safelight", "A copy is nearer to one picture of the set than a third of the way to the next."),
            lowest=0,
            highest=COUNT,
            start=4,
            belief=6,
        ),
    )
    SOURCES = (
        "learn/perfect.py PerfectDenoiser",
        "learn/perfect.py Walk.go_on",
        "learn/copies.py CopyMeter",
        "learn/pictures.py read_bundled",
    )

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._seed = 1
        self.step = 0  # 0: the noise
        self._left_out: tuple[int, ...] = ()  # places in the set
        self.journey: Journey | None = None
        self._made = 0  # steps
        self._way: asyncio.Task[None] | None = None
        self._looked: set[str] = set()  # questions that are being answered
        self._shows_noisy = False
        theme = tools.theme
        self.source = PictureSource(tools.folders[0], MOST, is_early=True)
        self.samples = Samples(theme, "learn_perfect_samples")
        self.curves = Curves(
            theme,
            "learn_perfect_curves",
            {"this": Line("sand"), "all": Line("steel", Qt.PenStyle.DashLine), "sigma": Line("sage", Qt.PenStyle.DotLine)},
        )
        self.film = AxisFilm(theme, "learn_perfect_film")
        self.film.set_axis(STEPS)
        self._said = label("quiet", "learn_perfect_said")
        self._player = QTimer(self, interval=FRAME)
        self._player.timeout.connect(self._play_on)
        self._play = LocalCommand(self, "learn_perfect_play", self._toggle_play, "Space")
        self._renew = LocalCommand(self, "learn_perfect_renew", self._renew_noise, "R")
        self._back = LocalCommand(self, "learn_perfect_back", lambda: self.go_to(self.step - 1), ",")
        self._on = LocalCommand(self, "learn_perfect_on", lambda: self.go_to(self.step + 1), ".")
        self.commands = ((self._play, "play"), (self._renew, "dices"))
        self.setAcceptDrops(True)
        self._lay_out()
        self.controls, self.side = self._make_controls(), self._make_side()
        self.samples.chosen_changed.connect(lambda place: self._show_film())
        self.samples.chosen_changed.connect(lambda place: self._show())
        self.film.moved.connect(self.go_to)
        self.curves.moved.connect(lambda step: self.go_to(round(step)))
        self.source.changed.connect(self._use_pictures)
        tools.lessons.found.connect(self._on_found)
        self.retranslate()

    # -- layout

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 4, 20, 8)
        column.setSpacing(10)
        column.addWidget(self.samples, 3)
        column.addWidget(self._said)
        column.addWidget(self.film)
        column.addWidget(self.curves, 2)
        column.addStretch()

    def _make_controls(self) -> QWidget:
        self.chooser = PictureChooser(self.tools.theme, self.tools.notices, self.source, "learn_perfect_pictures")
        self._seed_label, self._seed_number = label("caption"), Number("learn_perfect_seed", 0, 2**31 - 1)
        self._seed_label.setBuddy(self._seed_number)
        self._seed_number.setValue(self._seed)
        self._seed_number.valueChanged.connect(self._use_seed)
        form = QGridLayout()
        form.setContentsMargins(16, 0, 16, 8)
        form.addWidget(self._seed_label, 0, 0)
        form.addWidget(self._seed_number, 0, 1)
        form.setColumnMinimumWidth(0, 56)
        form.setColumnStretch(1, 1)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.chooser)
        column.addLayout(form)
        return part

    def _make_side(self) -> QWidget:
        theme = self.tools.theme
        self._one_title = label("section", "learn_perfect_one_title")
        self._estimate, self._noisy = segment("learn_perfect_estimate"), segment("learn_perfect_noisy")
        self._estimate.clicked.connect(lambda: self._show_noisy(False))
        self._noisy.clicked.connect(lambda: self._show_noisy(True))
        self._pictures = [Picture(theme, f"learn_perfect_{name}", 48, 72, smooth=False) for name in ("sample", "first", "second", "mean")]
        self._captions = [label("quiet", f"learn_perfect_caption_{place}") for place in range(len(self._pictures))]
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        for place, (picture, caption) in enumerate(zip(self._pictures, self._captions, strict=True)):
            row, at = 2 * (place // 2), place % 2
            caption.setWordWrap(True)
            caption.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(picture, row, at)
            grid.addWidget(caption, row + 1, at)
        self._judged = label("fact", "learn_perfect_judged")
        self._judged.setWordWrap(True)
        self._leave_out = named(QPushButton(), "learn_perfect_leave_out")
        self._leave_out.setProperty("compact", "true")
        self._leave_out.clicked.connect(self._leave_out_nearest)
        leave = QHBoxLayout()
        leave.addWidget(self._leave_out)
        leave.addStretch()
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._one_title)
        column.addWidget(segments([self._estimate, self._noisy]))
        column.addLayout(grid)
        column.addWidget(self._judged)
        column.addLayout(leave)
        check_only([self._estimate, self._noisy], self._estimate)
        return part

    # -- what is known already

    def _is_known(self, guess: str) -> bool:
        findings = self.tools.lessons.findings(self.KEY)
        return guess in self._looked or any(finding.guess == guess for finding in findings)

    @property
    def _furthest(self) -> int:
        """The last step that may be shown: an answer is not shown before it is guessed."""
        return STEPS if self._is_known("decided") else 1 if self._is_known("first") else 0

    def _on_found(self, station: str) -> None:
        if station == self.KEY:
            self._looked = set()
            self._show_film()
            self.go_to(self.step)

    # -- the run

    def enter(self) -> None:
        self.tools.notices.spawn(self.source.open())

    def leave(self) -> None:
        self._player.stop()
        self.source.stop()
        self.retranslate()

    def _use_pictures(self) -> None:
        self._left_out = ()
        self._start()

    def _use_seed(self, seed: int) -> None:
        self._seed = seed
        self._start()

    def _renew_noise(self) -> None:
        self._seed_number.setValue((self._seed + 1) % 2**31)

    def _start(self) -> None:
        """Make sixteen samples from the pictures; what was at work is given up."""
        if self.source.pictures is None:
            return
        if self._way is not None:
            self._way.cancel()
        self._way = self.tools.notices.spawn(self._run(self.source.pictures.without(self._left_out)))

    async def _run(self, pictures: PictureSet) -> None:
        self._made = 0
        self._show_said()
        moments: list[Moment] = []
        walks: list[Walk] = []

        def work(control: Control, emit: Callable[[list[Moment]], None]) -> None:
            from ...learn.perfect import Walk

            if not walks:
                walks.append(Walk(pictures.pixels, COUNT, self._seed, STEPS))
            emit(walks[0].go_on_for(SLICE))

        while len(moments) < STEPS:
            async with aclosing(self.tools.machine.compute(work)) as results:
                async for made in results:
                    moments += made
            self._made = len(moments)
            self._show_said()
        last = moments[-1].sample

        def judge() -> tuple[Nearness, float]:
            meter = CopyMeter(pictures.pixels)
            return meter.measure(last), meter.by_chance()

        nearness, by_chance = await asyncio.to_thread(judge)
        self.journey = Journey(pictures, walks[0].mean, tuple(moments), nearness, by_chance)
        self._show_journey()

    def _show_journey(self) -> None:
        """There is another run: show it at the step of the one before, and answer what was asked meanwhile."""
        journey = self.journey
        assert journey is not None
        self.curves.show_axis(0, STEPS, 0, 1.05)
        sigma = np.log([moment.sigma for moment in journey.moments])
        self._sigma = (sigma - sigma.min()) / (sigma.max() - sigma.min())
        self._everyone = self._height(np.array([np.median(moment.effective) for moment in journey.moments]))
        self.curves.show_curve("sigma", np.arange(1, STEPS + 1), self._sigma)
        self._show_film()
        self.go_to(self.step)
        for guess in [guess for guess in self._looked if guess not in {finding.guess for finding in self.tools.lessons.findings(self.KEY)}]:
            self._answer(guess)

    def _height(self, effective: np.ndarray) -> np.ndarray:
        """How many pictures take part, 1…N → 0…1, on a logarithmic axis."""
        assert self.journey is not None
        return np.log(np.maximum(effective, 1)) / np.log(len(self.journey.pictures))

    # -- what is shown

    def go_to(self, step: int) -> None:
        """Show the samples after `step`; 0 is the noise."""
        self.step = min(self._furthest, max(0, step))
        self.film.go_to(self.step)
        self._show()

    def _show_noisy(self, noisy: bool) -> None:
        self._shows_noisy = noisy
        self._show()

    def _show_film(self) -> None:
        """The estimates of the chosen sample, as far as it may be followed."""
        if self.journey is not None:
            for place, step in enumerate(self.film.places):
                known = step <= self._furthest
                self.film.show_frame(place, self.journey.moments[step - 1].estimate[self.samples.chosen] if known else None)

    def _show(self) -> None:
        journey = self.journey
        self._show_said()
        if journey is None:
            return
        moment = journey.moments[max(0, self.step - 1)]
        shown = moment.noisy if self._shows_noisy or self.step == 0 else moment.estimate
        self.samples.show_samples(shown)
        is_judged = self._is_known("copies") and self.step == STEPS
        nearness, pixels = journey.nearness, journey.pictures.pixels
        pairs = [(pixels[first], pixels[second]) for first, second in zip(nearness.first, nearness.second, strict=True)]
        self.samples.show_nearest(pairs if is_judged else [], nearness.are_copies.tolist() if is_judged else [])
        self._show_one(journey, shown, is_judged)
        self._show_curves(journey)
        self.formulas_changed.emit()

    def _show_one(self, journey: Journey, shown: np.ndarray, is_judged: bool) -> None:
        """The chosen sample, in the panel at the right."""
        place, nearness, pixels = self.samples.chosen, journey.nearness, journey.pictures.pixels
        first, second = int(nearness.first[place]), int(nearness.second[place])
        pictures = (
            shown[place],
            pixels[first] if is_judged else None,
            pixels[second] if is_judged else None,
            journey.mean if self._is_known("first") else None,
        )
        for picture, seen in zip(self._pictures, pictures, strict=True):
            picture.show_pixels(seen)
        near, further = (decimal(float(values[place]), 3) for values in (nearness.near, nearness.next))
        captions = (
            tr("Safelight", "noise") if self.step == 0 else tr("Safelight", "step {step}").format(step=self.step),
            tr("Safelight", "nearest: {distance} away").format(distance=near) if is_judged else tr("Safelight", "nearest picture"),
            tr("Safelight", "next: {distance} away").format(distance=further) if is_judged else tr("Safelight", "second nearest"),
            tr("Safelight", "average of all {count}").format(count=decimal(len(journey.pictures), 0)),
        )
        for picture, caption, words in zip(self._pictures, self._captions, captions, strict=True):
            caption.setText(words)
            picture.describe(words)
        self._leave_out.setEnabled(is_judged and len(journey.pictures) > 3)
        self._judged.setText(
            tr("Safelight", "{copies} of {count} are copies. Of real pictures, {chance} % would be called so by chance.").format(
                copies=int(nearness.are_copies.sum()), count=COUNT, chance=decimal(100 * journey.by_chance, 0)
            )
            if is_judged
            else tr("Safelight", "The last step shows which pictures of the set the samples are nearest to.")
            if self._is_known("copies")
            else ""
        )

    def _show_curves(self, journey: Journey) -> None:
        place, known, at = self.samples.chosen, self._furthest, max(0, self.step - 1)
        own = np.array([moment.effective[place] for moment in journey.moments])
        heights = self._height(own)
        axis = np.arange(1, STEPS + 1)
        self.curves.show_curve("this", axis[:known], heights[:known])
        self.curves.show_curve("all", axis[:known], self._everyone[:known])
        shown = {"this": float(heights[at]), "all": float(self._everyone[at])} if self.step else {}
        self.curves.show_moment(self.step, {**shown, "sigma": float(self._sigma[at])})
        moment = journey.moments[at]
        some = "–"
        self.curves.show_legend(
            "this", "n", decimal(float(own[at]), 1) if self.step else some, tr("Safelight", "pictures in this estimate")
        )
        middle = float(np.median(moment.effective))
        self.curves.show_legend("all", "ñ", decimal(middle, 1) if self.step else some, tr("Safelight", "in the median of all"))
        self.curves.show_legend("sigma", "σ", decimal(moment.sigma, 2), tr("Safelight", "noise"))

    def _show_said(self) -> None:
        if self._made < STEPS:
            words = (
                tr("Safelight", "Computing: step {step} of {steps}").format(step=self._made, steps=STEPS)
                if self._made
                else tr("Safelight", "Waits for the machine, or for the pictures…")
            )
        elif self.step == 0:
            words = tr("Safelight", "Pure noise, σ = 80. Guess at the right, then look.")
        elif self._shows_noisy:
            words = tr("Safelight", "The noisy pictures before step {step} of {steps}").format(step=self.step, steps=STEPS)
        else:
            words = tr("Safelight", "What the perfect denoiser takes the pictures for at step {step} of {steps}").format(
                step=self.step, steps=STEPS
            )
        self._said.setText(words)

    def formulas(self) -> tuple[Formula, ...]:
        general = Formula(
            tr("Safelight", "The perfect estimate; w ∝ exp(−‖x − xᵢ‖² / 2σ²)"),
            f"{var('x̂', '0')} = Σ {var('w', 'i')} · {var('x', 'i')}",
            r"\hat x_0 = \sum_i w_i x_i,\quad w_i \propto \exp\!\left(-\frac{\lVert x - x_i\rVert^2}{2\sigma^2}\right)",
        )
        if self.journey is None or self.step == 0:
            return (general,)
        moment, place = self.journey.moments[self.step - 1], self.samples.chosen
        weight, heaviest = float(moment.weight[place]), int(moment.heaviest[place]) + 1
        others = tr("Safelight", "others")
        return (
            general,
            Formula(
                tr("Safelight", "With the numbers of this moment"),
                f"{var('x̂', '0')} = <b>{decimal(weight, 2)}</b> · {var('x', str(heaviest))}"
                f" + <b>{decimal(1 - weight, 2)}</b> · {var('x̄', others)}",
                rf"\hat x_0 = {weight:.3f}\,x_{{{heaviest}}} + {1 - weight:.3f}\,\bar x_{{\text{{{others}}}}}",
            ),
        )

    # -- guesses

    def mark(self, guess: str, value: int) -> None:
        if guess == "decided":
            self._mark(value)

    def _mark(self, value: int) -> None:
        """The guess; a negative value hides it."""
        self.curves.show_marker(value if value >= 0 else None)
        self.film.mark(value, tr("Safelight", "guess"))

    def look(self, guess: str, value: int) -> None:
        if guess == "decided":
            self._mark(value)
        self._looked.add(guess)
        if self.journey is not None:
            self._answer(guess)

    def _answer(self, guess: str) -> None:
        journey = self.journey
        assert journey is not None
        check_only([self._estimate, self._noisy], self._estimate)
        self._shows_noisy = False
        self._show_film()
        if guess == "first":
            self.go_to(1)
            start = journey.moments[0]
            words = Words(
                QT_TRANSLATE_NOOP(
                    "Safelight",
                    "The average of all pictures: {count} of {all} take part in each estimate, so it is a blur. "
                    "At σ = {sigma} nobody can know more.",
                ),
                {"count": f"{np.median(start.effective):.0f}", "all": len(journey.pictures), "sigma": f"{start.sigma:.0f}"},
            )
        elif guess == "decided":
            self._play_from_start()
            words = Words(
                QT_TRANSLATE_NOOP(
                    "Safelight", "At step {step}, where σ = {sigma}: from then on half of the estimates are made of one picture only."
                ),
                {"step": journey.decided, "sigma": f"{journey.moments[journey.decided - 1].sigma:.1f}"},
            )
        else:
            self._player.stop()
            self.go_to(STEPS)
            self.retranslate()
            words = Words(
                QT_TRANSLATE_NOOP(
                    "Safelight",
                    "{copies} of {count} are copies. A denoiser that is perfect for its pictures can only give them back; "
                    "by chance it would be {chance} %.",
                ),
                {"copies": int(journey.nearness.are_copies.sum()), "count": COUNT, "chance": f"{100 * journey.by_chance:.0f}"},
            )
        self.answered.emit(guess, words)

    # -- playing

    def _play_from_start(self) -> None:
        if self.tools.theme.reduce_motion:
            self.go_to(self._furthest)
        else:
            self.go_to(0)
            self._player.start()
        self.retranslate()

    def _toggle_play(self) -> None:
        if self._player.isActive():
            self._player.stop()
            self.retranslate()
        elif self.step >= self._furthest or self.tools.theme.reduce_motion:
            self._play_from_start()
        else:
            self._player.start()
            self.retranslate()

    def _play_on(self) -> None:
        self.go_to(self.step + 1)
        if self.step >= self._furthest:
            self._player.stop()
            self.retranslate()

    # -- leaving a picture out

    def _leave_out_nearest(self) -> None:
        """Take the picture that the chosen sample copies out of the set, and make the samples again; it can be undone."""
        if self.journey is None or self.source.pictures is None:
            return
        kept = np.delete(np.arange(len(self.source.pictures)), list(self._left_out))
        before, pictures = self._left_out, self.source.pictures
        after = (*before, int(kept[self.journey.nearness.first[self.samples.chosen]]))

        def leave_out(places: tuple[int, ...]) -> None:
            if self.source.pictures is pictures:
                self._left_out = places
                self._start()

        leave_out(after)
        name = QT_TRANSLATE_NOOP("Safelight", "leaving a picture out")
        self.tools.undo.record(Change(name, "", between(lambda: leave_out(before), lambda: leave_out(after))))

    # -- settings

    def settings(self) -> Settings:
        # Without the path of a folder: a station may be shared.
        source = Origin.GALLERY if self.source.origin is Origin.FOLDER else self.source.origin
        return {"pictures": str(source), "side": self.source.side, "seed": self._seed, "step": self.step, "sample": self.samples.chosen}

    def restore(self, settings: Settings) -> None:
        match settings.get("seed"):
            case int(seed) if 0 <= seed < 2**31:
                self._seed_number.setValue(seed)
        match settings.get("step"):
            case int(step):
                self.step = min(STEPS, max(0, step))
        match settings.get("sample"):
            case int(place):
                self.samples.choose(place)
        match settings.get("side"):
            case int(side) if side in SIDES:
                self.source.side = side
                self.tools.notices.spawn(self.source.resize(side))
        match settings.get("pictures"):
            case str(origin) if origin in list(Origin) and origin != Origin.FOLDER:
                self.chooser.use(Origin(origin))

    # -- Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.chooser.dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.chooser.dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.chooser.dropEvent(event)

    def retranslate(self) -> None:
        playing = self._player.isActive()
        self._play.icon_name = "pause" if playing else "play"
        self._play.explain(
            tr("Safelight", "Pause") if playing else tr("Safelight", "Play"),
            tr("Safelight", "Stop here.") if playing else tr("Safelight", "Show the samples from here to the last step."),
        )
        self._renew.explain(tr("Safelight", "New noise"), tr("Safelight", "Make sixteen other samples, from other noise."))
        self._back.explain(tr("Safelight", "One step back"), tr("Safelight", "Show the samples one step earlier."))
        self._on.explain(tr("Safelight", "One step on"), tr("Safelight", "Show the samples one step later."))
        for widget, name, explanation in (
            (self.samples, "", tr("Safelight", "Click one, or press the arrow keys, to see it beside the pictures it is nearest to.")),
            (self.film, tr("Safelight", "Step"), tr("Safelight", "Drag, or press ← and →, to go to another step.")),
            (self._seed_number, tr("Safelight", "Noise"), tr("Safelight", "Seed of the noise.")),
        ):
            explain(widget, name or widget.accessibleName(), explanation)
        self._seed_label.setText(tr("Safelight", "Noise"))
        self._one_title.setText(tr("Safelight", "This sample"))
        explain_button(self._estimate, tr("Safelight", "Estimate x̂₀"), tr("Safelight", "Show what each sample is taken for."))
        explain_button(self._noisy, tr("Safelight", "Noisy xₜ"), tr("Safelight", "Show the samples as they are, with their noise."))
        explain_button(
            self._leave_out,
            tr("Safelight", "Leave its original out"),
            tr("Safelight", "Take the picture that this sample copies out of the set, and make the samples again from the same noise."),
        )
        self._show()
