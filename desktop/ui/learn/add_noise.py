"""AddNoise: the forward process on the reader's picture: any x_t in one jump, beside the chain of all steps up to it."""

from __future__ import annotations

import asyncio
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ...errors import QT_TRANSLATE_NOOP
from ...learn import forward
from ...learn.noise_schedule import Kind, NoiseSchedule
from ...library.lessons_file import Settings
from ...studio.notices import Words
from ..language import decimal, explain, explain_button, tr
from ..widgets.command import LocalCommand
from ..widgets.controls import Number, check_only, label, segment, segments
from ..widgets.slider_row import SliderRow
from .curves import Curves, Line
from .formula import Formula, sqrt, var
from .histogram import Histogram
from .noised_latents import NoisedLatents
from .own_schedule import OwnSchedule
from .pictures import AxisFilm, Sum
from .station import SKIPPED, Guess, Station, Tools

SIDE = 256  # px, of the picture here
CHAIN = 128  # px, of the picture that goes through all steps one by one
GHOST = 64  # px
GHOST_BATCH = 100  # copies between two pictures of their average
POINTS = [(0.25, 0.9), (0.5, 0.6), (0.75, 0.25), (1.0, 0.02)]  # of the reader's own schedule at first
FRAME = 12  # ms between two frames of Play, each a hundredth of the way


class AddNoise(Station):
    KEY = "add_noise"
    GUESSES = (
        Guess(
            "half",
            QT_TRANSLATE_NOOP("Safelight", "At which t is half of the picture's power gone?"),
            QT_TRANSLATE_NOOP("Safelight", "Drag the dashed marker, then look."),
        ),
        Guess(
            "jump",
            QT_TRANSLATE_NOOP("Safelight", "x_t can be made in one jump, or step by step. Do the two differ?"),
            choices=(
                QT_TRANSLATE_NOOP("Safelight", "The jump is only an approximation"),
                QT_TRANSLATE_NOOP("Safelight", "They have the same distribution"),
                QT_TRANSLATE_NOOP("Safelight", "Step by step has more noise"),
            ),
            belief=7,
        ),
        Guess(
            "ghost",
            QT_TRANSLATE_NOOP("Safelight", "Is anything of the picture left at the last t?"),
            QT_TRANSLATE_NOOP("Safelight", "2,000 noised copies are averaged: noise averages out, a picture does not."),
            choices=(
                QT_TRANSLATE_NOOP("Safelight", "Nothing: it is pure noise"),
                QT_TRANSLATE_NOOP("Safelight", "A little, and the average shows it"),
            ),
            belief=8,
        ),
    )
    SOURCES = (
        "learn/forward.py noised",
        "learn/forward.py chained",
        "learn/forward.py sum_of_copies",
        "learn/noise_schedule.py NoiseSchedule",
    )

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._kind = Kind.SCALED_LINEAR
        self._points = list(POINTS)
        self._seed = 7
        self._t = 400
        self._steps = 1000
        self._way: asyncio.Task[None] | None = None  # what computes longer than a frame
        self._schedule = NoiseSchedule.of(self._kind, self._steps)
        self._picture = np.zeros((SIDE, SIDE, 3), np.float32)
        self._noise = forward.noise_like(self._picture, self._seed)
        self._chained: tuple[int, np.ndarray] | None = None  # t, and x_t made step by step
        self._is_stepwise = False
        self._player = QTimer(self, interval=FRAME)
        self._player.timeout.connect(self._play_on)
        theme = tools.theme
        self.sum = Sum(theme, "learn_add_noise_sum", ("+", "=", ""))
        self.inside = NoisedLatents(tools, self.sum)
        self.inside.shown_changed.connect(self._show)
        self.film = AxisFilm(theme, "learn_add_noise_film")
        self.curves = Curves(
            theme,
            "learn_add_noise_curves",
            {"left": Line("sand"), "beta": Line("steel", Qt.PenStyle.DashLine), "snr": Line("sage", Qt.PenStyle.DotLine)},
        )
        self.own = OwnSchedule(theme, "learn_add_noise_own")
        self.own.hide()
        self._play = LocalCommand(self, "learn_add_noise_play", self._toggle_play, "Space")
        self._renew = LocalCommand(self, "learn_add_noise_renew", self._renew_noise, "R")
        self.commands = ((self._play, "play"), (self._renew, "dices"))
        self._lay_out()
        self.controls, self.side = self._make_controls(), self._make_side()
        self.film.moved.connect(self.go_to)
        self.curves.moved.connect(lambda t: self.go_to(round(t)))
        self.own.changed.connect(self._use_points)
        self._show_given()
        self._use(self._kind)
        self.retranslate()

    # -- layout

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 4, 20, 8)
        column.setSpacing(10)
        column.addWidget(self.sum)
        column.addWidget(self.film)
        column.addWidget(self.own)
        column.addWidget(self.curves)
        column.addStretch()

    def _make_controls(self) -> QWidget:
        self._kinds = {kind: segment(f"learn_schedule_{kind}") for kind in Kind}
        self._steps_label, self._steps_number = label("caption"), Number("learn_steps", 10, 1000)
        self._steps_label.setBuddy(self._steps_number)
        self._steps_number.setValue(self._steps)
        self._steps_number.valueChanged.connect(self._use_steps)
        self._steps_row = SliderRow(self._steps_number)
        self._seed_label, self._seed_number = label("caption"), Number("learn_noise_seed", 0, 2**31 - 1)
        self._seed_label.setBuddy(self._seed_number)
        self._seed_number.setValue(self._seed)
        self._seed_number.valueChanged.connect(self._use_seed)
        self._schedule_title = label("section", "learn_schedule_title")
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        column.addWidget(self._schedule_title)
        column.addWidget(segments(list(self._kinds.values())[:3]))
        column.addWidget(segments(list(self._kinds.values())[3:]))
        for kind, option in self._kinds.items():
            option.clicked.connect(partial(self._use, kind))
        form = QGridLayout()
        form.addWidget(self._steps_label, 0, 0)
        form.addWidget(self._steps_row, 0, 1)
        form.addWidget(self._seed_label, 1, 0)
        form.addWidget(self._seed_number, 1, 1)
        form.setColumnMinimumWidth(0, 56)
        column.addLayout(form)
        return part

    def _make_side(self) -> QWidget:
        self._jump, self._stepwise = segment("learn_one_jump"), segment("learn_step_by_step")
        self._jump.clicked.connect(lambda: self._show_stepwise(False))
        self._stepwise.clicked.connect(lambda: self._show_stepwise(True))
        check_only([self._jump, self._stepwise], self._jump)
        self._shown_in = label("section", "learn_shown_in")
        self._histogram_title = label("section", "learn_histogram_title")
        self._histogram = Histogram(self.tools.theme, "learn_histogram")
        self._spread = label("quiet", "learn_spread")
        self._test = label("fact", "learn_residual")
        self._test.setWordWrap(True)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._histogram_title)
        column.addWidget(self._histogram)
        column.addWidget(self._spread)
        column.addSpacing(8)
        column.addWidget(self._shown_in)
        column.addWidget(segments([self._jump, self._stepwise]))
        column.addWidget(self._test)
        column.addSpacing(8)
        column.addWidget(self.inside)
        return part

    # -- the state

    def go_to(self, t: int) -> None:
        """Show x_t."""
        self._t = min(self._steps, max(0, t))
        if self._is_stepwise:
            self._chain()
        self._show()

    def _use(self, kind: Kind) -> None:
        self._kind = kind
        check_only(list(self._kinds.values()), self._kinds[kind])
        self.own.setVisible(kind is Kind.OWN)
        self.own.show_points(self._points)
        self._set_schedule()

    def _use_points(self, points: list[tuple[float, float]]) -> None:
        self._points = points
        self._set_schedule()

    def _use_steps(self, steps: int) -> None:
        if steps != self._steps:
            self._t = round(self._t * steps / self._steps)
            self._steps = steps
            self._steps_number.setValue(steps)
            self._set_schedule()

    def _use_seed(self, seed: int) -> None:
        self._seed = seed
        self._draw_noise()

    def _renew_noise(self) -> None:
        self._seed_number.setValue((self._seed + 1) % 2**31)

    def _set_schedule(self) -> None:
        self._schedule = NoiseSchedule.of(self._kind, self._steps, self._points)
        self._chained = None
        axis = np.arange(self._steps + 1)
        left = self._schedule.alphas_cumprod
        snr = np.log10(np.clip(left / np.maximum(1 - left, 1e-12), 1e-4, 1e4))
        self._snr = (snr + 4) / 8  # 1e-4…1e4 → 0…1
        self._widest_beta = max(float(self._schedule.betas.max()), 1e-12)
        self.film.set_axis(self._steps)
        self.curves.show_axis(0, self._steps)
        self.curves.show_curve("left", axis, left)
        self.curves.show_curve("beta", axis[1:], self._schedule.betas / self._widest_beta)
        self.curves.show_curve("snr", axis, self._snr)
        self._show_film()
        self.go_to(self._t)

    def show_subject(self) -> None:
        subject = self.tools.lessons.subject
        assert subject is not None
        self._picture = forward.to_model(subject.square(SIDE))
        self.inside.forget()
        self._draw_noise()

    def _draw_noise(self) -> None:
        """Use the noise of the seed for the picture; both may have changed."""
        self._noise = forward.noise_like(self._picture, self._seed)
        self._chained = None
        self._show_given()
        self._show_film()
        self.go_to(self._t)

    def _show_given(self) -> None:
        """What is mixed: it stays the same while t changes."""
        picture, noise, *_ = self.sum.pictures
        picture.show_pixels(forward.to_pixels(self._picture))
        noise.show_pixels(forward.to_pixels(self._noise / 2))

    def _show_film(self) -> None:
        small, noise = self._picture[::2, ::2], self._noise[::2, ::2]
        for place, t in enumerate(self.film.places):
            self.film.show_frame(place, forward.to_pixels(forward.noised(small, noise, self._schedule, t)))

    def _show(self) -> None:
        schedule, t = self._schedule, self._t
        signal, noise = schedule.signal(t), schedule.noise(t)
        stepwise = self._chained if self._is_stepwise and self._chained is not None and self._chained[0] == t else None
        mixed = stepwise[1] if stepwise else forward.noised(self._picture, self._noise, schedule, t)
        self.sum.pictures[2].show_pixels(forward.to_pixels(mixed))
        self.inside.show_moment(schedule, t, self._seed, self._picture[:: SIDE // len(mixed)], mixed)
        self.film.go_to(t)
        self._show_curves()
        spread = mixed[::4, ::4].ravel()
        self._histogram.show_values(spread)
        self._spread.setText(
            tr("Safelight", "mean {mean}, spread {spread}").format(
                mean=decimal(float(spread.mean()), 2), spread=decimal(float(spread.std()), 2)
            )
        )
        for place, words in enumerate((tr("Safelight", "Your picture"), tr("Safelight", "Noise"), f"x at t = {t}")):
            self.sum.pictures[place].describe(words)
        products = (
            f" <small>= {sqrt('ᾱ<sub>t</sub>')} × {var('x', '0')}</small>",
            f" <small>= {sqrt('1 − ᾱ<sub>t</sub>')} × <i>ε</i></small>",
        )
        if self.inside.is_shown:  # four pictures leave no room for them
            products = "", ""
        self.sum.show_words(0, f"{decimal(signal, 3)}{products[0]}", tr("Safelight", "how much of your picture"))
        self.sum.show_words(1, f"{decimal(noise, 3)}{products[1]}", tr("Safelight", "how much noise"))
        self.sum.show_words(
            2,
            f"{t} <small>= <i>t</i></small>",
            (
                tr("Safelight", "x<sub>t</sub>, {t} steps one after the other")
                if stepwise
                else tr("Safelight", "x<sub>t</sub>, the mix after {t} of {all} steps, in one jump")
            ).format(t=t, all=self._steps),
        )
        self.formulas_changed.emit()

    def _show_curves(self) -> None:
        schedule, t = self._schedule, self._t
        left, beta, snr = float(schedule.alphas_cumprod[t]), schedule.beta(t), schedule.snr(t)
        self.curves.show_moment(t, {"left": left, "beta": beta / self._widest_beta, "snr": float(self._snr[t])})
        self.curves.show_legend("left", "ᾱ", decimal(left, 3), tr("Safelight", "share of the picture"))
        self.curves.show_legend("beta", "β", decimal(beta, 4), tr("Safelight", "noise added in this step"))
        self.curves.show_legend(
            "snr",
            "SNR",
            "∞" if snr == float("inf") else decimal(snr, 0 if snr >= 100 else 2 if snr >= 0.1 else 4),
            tr("Safelight", "picture against noise (log)"),
        )

    def formulas(self) -> tuple[Formula, ...]:
        signal, noise = (decimal(value, 3) for value in (self._schedule.signal(self._t), self._schedule.noise(self._t)))
        x0, epsilon = var("x", "0"), "<i>ε</i>"
        if self._is_stepwise:
            beta = self._schedule.beta(self._t)
            return (
                Formula(
                    tr("Safelight", "One step"),
                    f"{var('x', 't')} = {sqrt('1 − β<sub>t</sub>')} · {var('x', 't−1')} + {sqrt('β<sub>t</sub>')} · {epsilon}",
                    r"x_t = \sqrt{1-\beta_t}\,x_{t-1} + \sqrt{\beta_t}\,\epsilon",
                ),
                Formula(
                    tr("Safelight", "With the numbers of this moment"),
                    f"{var('x', str(self._t))} = {decimal((1 - beta) ** 0.5, 4)} · {var('x', str(max(0, self._t - 1)))}"
                    f" + {decimal(beta**0.5, 4)} · {epsilon}",
                    rf"x_{{{self._t}}} = {(1 - beta) ** 0.5:.4f}\,x_{{{max(0, self._t - 1)}}} + {beta**0.5:.4f}\,\epsilon",
                ),
            )
        return (
            Formula(
                tr("Safelight", "In one jump"),
                f"{var('x', 't')} = {sqrt('ᾱ<sub>t</sub>')} · {x0} + {sqrt('1 − ᾱ<sub>t</sub>')} · {epsilon}",
                r"x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon",
            ),
            Formula(
                tr("Safelight", "With the numbers of this moment"),
                f"{var('x', str(self._t))} = <b>{signal}</b> · {x0} + <b>{noise}</b> · {epsilon}",
                rf"x_{{{self._t}}} = {self._schedule.signal(self._t):.3f}\,x_0 + {self._schedule.noise(self._t):.3f}\,\epsilon",
            ),
        )

    # -- playing

    def _toggle_play(self) -> None:
        if self._player.isActive():
            self._player.stop()
        elif self.tools.theme.reduce_motion:
            self.go_to(self._steps)
        else:
            if self._t >= self._steps:
                self.go_to(0)
            self._player.start()
        self.retranslate()

    def _play_on(self) -> None:
        self.go_to(self._t + max(1, self._steps // 200))
        if self._t >= self._steps:
            self._player.stop()
            self.retranslate()

    def enter(self) -> None:
        self.inside.enter()

    def leave(self) -> None:
        self._player.stop()
        self.inside.leave()
        self._stop()
        self.retranslate()

    def _stop(self) -> None:
        if self._way is not None:
            self._way.cancel()
            self._way = None

    # -- the chain of steps

    def _choose_stepwise(self, is_stepwise: bool) -> None:
        check_only([self._jump, self._stepwise], self._stepwise if is_stepwise else self._jump)
        self._is_stepwise = is_stepwise

    def _show_stepwise(self, is_stepwise: bool) -> None:
        self._choose_stepwise(is_stepwise)
        if is_stepwise:
            self._chain()
        self.retranslate()

    def _chain(self) -> None:
        """Make x_t step by step, on another thread; the test of its noise follows."""
        if self._chained is not None and self._chained[0] == self._t:
            return
        self._stop()
        self._test.setText("")  # that of another t
        if self._t:
            self._way = self.tools.notices.spawn(self._show_chain())

    async def _show_chain(self) -> None:
        await self._chain_to(self._t)

    async def _chain_to(self, t: int) -> forward.Residual:
        picture, schedule = self._picture[::2, ::2], self._schedule

        def work() -> tuple[np.ndarray, forward.Residual]:
            made = forward.chained(picture, schedule, t, self._seed)
            return made, forward.residual(made, picture, schedule, t)

        made, test = await asyncio.to_thread(work)
        if schedule is self._schedule and t == self._t:
            self._chained = t, made
            self._show_test(test)
            self._show()
        return test

    def _show_test(self, test: forward.Residual) -> None:
        self._test.setText(
            tr(
                "Safelight",
                "Without the picture, what is left has mean {mean} and spread {spread}. Its distance from the normal distribution is "
                "{distance} (pure chance: below {chance}), its correlation with the picture {correlation}.",
            ).format(
                mean=decimal(test.mean, 3),
                spread=decimal(test.spread, 3),
                distance=decimal(test.distance, 4),
                chance=decimal(test.by_chance, 4),
                correlation=decimal(test.correlation, 3),
            )
        )

    # -- guesses

    def mark(self, guess: str, value: int) -> None:
        if guess == "half":
            self._use_steps(1000)  # of which the guess is one
            self.film.mark(value, tr("Safelight", "guess"))
            self.curves.show_marker(value)

    def look(self, guess: str, value: int) -> None:
        if guess == "half":
            self.mark(guess, value if value != SKIPPED else -1)
            half = self._schedule.half()
            self.go_to(half)
            self.answered.emit(guess, Words(QT_TRANSLATE_NOOP("Safelight", "Half of the picture's power is gone at t = {t}."), {"t": half}))
        elif guess == "jump":
            self.tools.notices.spawn(self._compare())
        elif guess == "ghost":
            self._stop()
            self._way = self.tools.notices.spawn(self._average())

    async def _compare(self) -> None:
        """Make x_t both ways and test the noise of both."""
        if self._t == 0:
            self.go_to(self._steps // 2)
        self._choose_stepwise(True)
        t, picture, schedule = self._t, self._picture[::2, ::2], self._schedule
        chain = await self._chain_to(t)

        def jump() -> forward.Residual:
            noise = forward.noise_like(picture, self._seed, 1001)
            return forward.residual(forward.noised(picture, noise, schedule, t), picture, schedule, t)

        one = await asyncio.to_thread(jump)
        self.answered.emit(
            "jump",
            Words(
                QT_TRANSLATE_NOOP(
                    "Safelight",
                    "They have the same distribution: at t = {t} the noise is {jump} (jump) and {chain} (step by step) away from the "
                    "normal distribution, and up to {chance} is chance. So training needs no chain.",
                ),
                {"t": t, "jump": f"{one.distance:.4f}", "chain": f"{chain.distance:.4f}", "chance": f"{chain.by_chance:.4f}"},
            ),
        )

    async def _average(self) -> None:
        """Show the average of more and more noised copies at the last t."""
        self._choose_stepwise(False)
        self._test.setText("")
        self.go_to(self._steps)
        step = SIDE // GHOST
        picture, schedule, t = self._picture[::step, ::step], self._schedule, self._steps
        total = np.zeros_like(picture)
        for batch in range(forward.COPIES // GHOST_BATCH):
            total += await asyncio.to_thread(
                forward.sum_of_copies, picture, schedule, t, range(batch * GHOST_BATCH, (batch + 1) * GHOST_BATCH), self._seed
            )
            shown = forward.brought_back(total)
            self.sum.pictures[2].show_pixels(forward.to_pixels(shown))
            self.sum.show_words(
                2, f"{(batch + 1) * GHOST_BATCH}", tr("Safelight", "noised copies of your picture at t = {t}, averaged").format(t=t)
            )
        self.answered.emit(
            "ghost",
            Words(
                QT_TRANSLATE_NOOP(
                    "Safelight",
                    "At t = {t} the factor of the picture is {signal}. The correlation of the average of {copies} noised copies with the "
                    "picture is {likeness}; 0 would be nothing.",
                ),
                {
                    "t": t,
                    "signal": f"{schedule.signal(t):.4f}",
                    "copies": forward.COPIES,
                    "likeness": f"{forward.likeness(total, picture):.2f}",
                },
            ),
        )

    # -- settings

    def settings(self) -> Settings:
        return {
            "schedule": str(self._kind),
            "heights": [height for _, height in self._points],
            "steps": self._steps,
            "t": self._t,
            "seed": self._seed,
            "stepwise": self._is_stepwise,
            "latents": self.inside.is_on,
        }

    def restore(self, settings: Settings) -> None:
        self._choose_stepwise(settings.get("stepwise") is True)
        match settings.get("steps"):
            case int(steps) if 10 <= steps <= 1000:
                self._use_steps(steps)
        match settings.get("seed"):
            case int(seed) if 0 <= seed < 2**31:
                self._seed_number.setValue(seed)
        match settings.get("heights"):
            case [int() | float() as first, int() | float() as second, int() | float() as third, int() | float() as last] if (
                1 >= first >= second >= third >= last >= 0
            ):
                self._points = [(along, height) for (along, _), height in zip(POINTS, (first, second, third, last), strict=True)]
        kind = settings.get("schedule")
        self._use(Kind(kind) if kind in list(Kind) else self._kind)
        match settings.get("t"):
            case int(t):
                self.go_to(t)
        self.inside.switch_on(settings.get("latents") is True)

    def retranslate(self) -> None:
        playing = self._player.isActive()
        self._play.icon_name = "pause" if playing else "play"
        self._play.explain(
            tr("Safelight", "Pause") if playing else tr("Safelight", "Play"),
            tr("Safelight", "Stop here.") if playing else tr("Safelight", "Add noise from here to the last step."),
        )
        self._renew.explain(tr("Safelight", "New noise"), tr("Safelight", "Draw other noise; while you move the slider it stays the same."))
        for widget, name, explanation in (
            (self.film, tr("Safelight", "Timestep"), tr("Safelight", "Drag, or press ← and →, to go to another t.")),
            (
                self.own,
                tr("Safelight", "Your own schedule"),
                tr("Safelight", "Drag the points, or choose one with ← and →, and press ↑ or ↓."),
            ),
            (self._seed_number, tr("Safelight", "Noise"), tr("Safelight", "Seed of the noise.")),
        ):
            explain(widget, name, explanation)
        self._steps_row.explain(tr("Safelight", "Steps"), tr("Safelight", "How many steps the whole way has."))
        self._schedule_title.setText(tr("Safelight", "Schedule"))
        self._steps_label.setText(tr("Safelight", "Steps"))
        self._seed_label.setText(tr("Safelight", "Noise"))
        for kind, words, explanation in (
            (Kind.LINEAR, tr("Safelight", "Linear"), tr("Safelight", "β grows evenly, as in the paper on DDPM.")),
            (Kind.SCALED_LINEAR, tr("Safelight", "Scaled"), tr("Safelight", "√β grows evenly, as in Stable Diffusion.")),
            (Kind.COSINE, tr("Safelight", "Cosine"), tr("Safelight", "The picture fades evenly.")),
            (Kind.ZERO_SNR, tr("Safelight", "Zero SNR"), tr("Safelight", "Scaled, but nothing of the picture is left at the end.")),
            (Kind.OWN, tr("Safelight", "Own"), tr("Safelight", "Drag the points of the curve yourself.")),
        ):
            explain_button(self._kinds[kind], words, explanation)
        self._histogram_title.setText(tr("Safelight", "Values of the pixels against N(0, 1)"))
        self._shown_in.setText(tr("Safelight", "How x_t is made"))
        explain_button(self._jump, tr("Safelight", "One jump"), tr("Safelight", "Mix picture and noise once."))
        explain_button(
            self._stepwise,
            tr("Safelight", "Step by step"),
            tr("Safelight", "Go through all steps up to t, each with fresh noise (128 px)."),
        )
        if not self._is_stepwise:
            self._test.setText("")
        self._show()
