"""FourWays: GAN, VAE, diffusion and a flow learn the same points with the same time, beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import TypeVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...diffusion.control import Control
from ...errors import QT_TRANSLATE_NOOP
from ...learn.ways.points import SHAPES, TRAINED
from ...learn.ways.side_by_side import BOTH, ON_PAUSE, PART, STRIDES, Frame, Key, Look, Setup, SideBySide
from ...library.lessons_file import Settings
from ...studio.notices import Words
from ...studio.undo import Change, between
from ..language import decimal, explain, explain_button, tr
from ..widgets.command import Command
from ..widgets.controls import Number, Slider, ValueChoice, label, named
from .formula import Formula, sqrt, var
from .point_plane import NO_POINTS, DrawingPlane
from .station import Guess, Station, Tools
from .switch import Switch
from .way_pane import WayPane, name_of

T = TypeVar("T")
TRAIN = 0.016  # s of training in one piece of work, without a way that takes many steps to sample
TRAIN_LESS = 0.008  # s, with one
MANY = ("diffusion", "flow_matching")  # these are sampled in every third piece of work only
SLOW = 0.9  # s between two phases of slow motion
MOST_SEED = 2**31 - 1
MOST_DRAWN = 2000  # points
FLOWS: tuple[Key, ...] = ("normalizing_flow", "flow_matching")


class Speed(StrEnum):
    SLOW = "slow"  # phase by phase
    STEPS = "steps"  # one step of each way a frame
    FULL = "full"


class FourWays(Station):
    KEY = "ways"
    GUESSES = (
        Guess(
            "gan",
            QT_TRANSLATE_NOOP("Safelight", "How many of the eight islands will the GAN find?"),
            QT_TRANSLATE_NOOP("Safelight", "Its optimiser has momentum 0.9, as is usual. All four get the same time."),
            lowest=0,
            highest=8,
            start=8,
        ),
        Guess(
            "vae",
            QT_TRANSLATE_NOOP("Safelight", "What does the VAE do between the islands?"),
            choices=(
                QT_TRANSLATE_NOOP("Safelight", "It leaves the sea empty"),
                QT_TRANSLATE_NOOP("Safelight", "It puts points there too"),
                QT_TRANSLATE_NOOP("Safelight", "It finds only one island"),
            ),
        ),
        Guess(
            "calm",
            QT_TRANSLATE_NOOP("Safelight", "And how many islands does the GAN find without momentum?"),
            QT_TRANSLATE_NOOP("Safelight", "The same networks and the same points; only the momentum is 0."),
            lowest=0,
            highest=8,
            start=4,
        ),
    )
    SOURCES = (
        "learn/ways/gan.py Gan._discriminate",
        "learn/ways/gan.py Gan._generate",
        "learn/ways/vae.py Vae._differentiate",
        "learn/ways/diffusion.py Diffusion.phase",
        "learn/ways/diffusion.py Diffusion.draw",
        "learn/ways/networks.py Couplings",
        "learn/ways/side_by_side.py SideBySide.turn",
    )

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._setup = Setup()
        self._race = SideBySide()
        self._drawn: list[tuple[float, float]] = []
        self._speed = Speed.FULL
        self._phases: tuple[int, ...] = BOTH
        self._has_underlay = False
        self._moment = 0.3
        self._strides = STRIDES
        self._task: asyncio.Task[None] | None = None
        self._is_playing = False
        self._asked = ""  # the guess that waits for its answer
        self._chosen: Key = "gan"  # whose formula is shown
        theme = tools.theme
        self.panes = [WayPane(theme, place) for place in range(4)]
        self._play = Command(self, "learn_ways_play", self._toggle_play, "Space")
        self._again = Command(self, "learn_ways_again", self.start_again, "R")
        self._one_step = Command(self, "learn_ways_step", self._step, ".")
        self._one_phase = Command(self, "learn_ways_phase", self._half_step, ",")
        for command in (self._play, self._again, self._one_step, self._one_phase):
            command.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.commands = ((self._play, "play"), (self._again, "refresh-cw"))
        self._lay_out()
        self.controls, self.side = self._make_controls(), self._make_side()
        self._connect()
        self._show_setup(None)
        self.retranslate()

    # -- layout

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 4, 20, 8)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(10)
        for place, pane in enumerate(self.panes):
            grid.addWidget(pane, place // 2, place % 2)
            grid.setRowStretch(place // 2, 1)
            grid.setColumnStretch(place % 2, 1)

    def _make_controls(self) -> QWidget:
        theme = self.tools.theme
        self._points_title, self._training_title, self._ways_title = (label("section", f"learn_ways_{name}") for name in _TITLES)
        self._shape = ValueChoice(theme, "learn_ways_shape", [*SHAPES, "drawn"], "islands")
        self._canvas = DrawingPlane(theme, "learn_ways_canvas")
        self._clear = named(QPushButton(), "learn_ways_clear")
        self._clear.setProperty("compact", "true")
        self._seed_caption, self._seed = label("caption"), Number("learn_ways_seed", 0, MOST_SEED)
        self._seed_caption.setBuddy(self._seed)
        self._speeds = Switch("learn_ways_speed", list(Speed))
        self._parts = Switch("learn_ways_phases", [BOTH, (0,), (1,)])
        self._momentum = Switch("learn_ways_momentum", [True, False])
        self._brake = Switch("learn_ways_brake", [False, True])
        self._beta = Switch("learn_ways_beta", [1.0, 10.0])
        self._fourth = Switch("learn_ways_fourth", FLOWS)
        self._step_button, self._phase_button = (named(QPushButton(), f"learn_ways_{name}_button") for name in ("step", "phase"))
        for button, command in ((self._step_button, self._one_step), (self._phase_button, self._one_phase)):
            button.setProperty("compact", "true")
            button.clicked.connect(command.trigger)
        seed = QHBoxLayout()
        seed.addWidget(self._seed_caption)
        seed.addWidget(self._seed, 1)
        seed.addWidget(self._clear)
        steps = QHBoxLayout()
        for button in (self._step_button, self._phase_button):
            steps.addWidget(button, 1)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        for each in (self._points_title, self._shape, self._canvas):
            column.addWidget(each)
        column.addLayout(seed)
        column.addSpacing(8)
        column.addWidget(self._training_title)
        column.addLayout(steps)
        for each in (self._speeds, self._parts):
            column.addWidget(each)
        column.addSpacing(8)
        for each in (self._ways_title, self._momentum, self._brake, self._beta, self._fourth):
            column.addWidget(each)
        return part

    def _make_side(self) -> QWidget:
        self._beneath = Switch("learn_ways_beneath", [False, True])
        self._moment_caption, self._moment_slider = label("caption"), Slider("learn_ways_moment_slider")
        self._moment_number = Number("learn_ways_moment", 0, 100)
        self._moment_number.setFixedWidth(64)
        self._moment_number.setSuffix(" %")
        self._moment_caption.setBuddy(self._moment_number)
        self._strides_switch = Switch("learn_ways_strides", [1, 5, 20, STRIDES])
        self._legend = label("quiet", "learn_ways_legend")
        self._legend.setWordWrap(True)
        moment = QHBoxLayout()
        moment.addWidget(self._moment_slider, 1)
        moment.addWidget(self._moment_number)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._beneath)
        column.addWidget(self._legend)
        column.addWidget(self._moment_caption)
        column.addLayout(moment)
        column.addWidget(self._strides_switch)
        return part

    def _connect(self) -> None:
        for pane in self.panes:
            pane.chosen.connect(self._choose)
        self._shape.chosen.connect(lambda shape: self._use(replace(self._setup, shape=shape, drawn=tuple(self._drawn))))
        self._canvas.drawn.connect(self.draw)
        self._clear.clicked.connect(self._clear_drawing)
        self._seed.valueChanged.connect(lambda seed: self._use(replace(self._setup, seed=seed)))
        self._momentum.chosen.connect(lambda value: self._use(replace(self._setup, momentum=value)))
        self._brake.chosen.connect(lambda value: self._use(replace(self._setup, brake=value)))
        self._beta.chosen.connect(lambda value: self._use(replace(self._setup, beta=value)))
        self._fourth.chosen.connect(lambda key: self._use(replace(self._setup, ways=(*self._setup.ways[:3], key))))
        self._speeds.chosen.connect(self._set_speed)
        self._parts.chosen.connect(self._set_phases)
        self._beneath.chosen.connect(self._set_underlay)
        self._strides_switch.chosen.connect(self._set_strides)
        for control in (self._moment_slider, self._moment_number):
            control.setRange(0, 100)
            control.setValue(round(100 * self._moment))
            control.valueChanged.connect(self._set_moment)

    # -- what is learned

    def draw(self, places: list[tuple[float, float]]) -> None:
        """Learn the points near `places` from now on."""
        self._drawn = [(float(x), float(y)) for x, y in places[-MOST_DRAWN:]]
        self._use(replace(self._setup, shape="drawn" if self._drawn else "islands", drawn=tuple(self._drawn)))

    def _clear_drawing(self) -> None:
        before = list(self._drawn)
        self.draw([])
        self.tools.undo.record(
            Change(QT_TRANSLATE_NOOP("Safelight", "clearing the drawing"), "", between(lambda: self.draw(before), lambda: self.draw([])))
        )

    def _use(self, setup: Setup) -> None:
        if setup.shape not in SHAPES and not setup.drawn:
            self._canvas.setFocus()
            setup = replace(setup, shape="islands")
        before, self._setup = self._setup, setup
        self._show_setup(before)
        if not self._is_playing:
            self._begin(self._settle)

    def start_again(self) -> None:
        """Forget what was learned."""
        self._race = SideBySide()
        self._show_setup(None)
        self._begin(self._play_on if self._is_playing else self._settle)

    def _show_setup(self, before: Setup | None) -> None:
        """Show `_setup` in all controls, and clear the panes of ways that begin anew."""
        setup = self._setup
        true = setup.draw(TRAINED, np.random.default_rng(setup.seed))
        for pane, key in zip(self.panes, setup.ways, strict=True):
            if (
                before is None
                or (before.outline, before.seed) != (setup.outline, setup.seed)
                or pane.key != key
                or before.options(key) != setup.options(key)
            ):
                pane.show_way(key, true)
        self._shape.offer([*SHAPES, "drawn"], setup.shape)
        self._canvas.show_true(NO_POINTS if setup.shape == "drawn" else true)
        self._canvas.show_path(self._drawn)
        self._canvas.show_samples(np.array(self._drawn, np.float32).reshape(-1, 2))
        self._clear.setEnabled(bool(self._drawn))
        self._seed.blockSignals(True)
        self._seed.setValue(setup.seed)
        self._seed.blockSignals(False)
        self._momentum.choose(setup.momentum)
        self._brake.choose(setup.brake)
        self._beta.choose(setup.beta)
        self._fourth.choose(setup.ways[3])
        if self._chosen not in setup.ways:
            self._chosen = setup.ways[3]
        self.formulas_changed.emit()

    # -- how it is watched

    def _set_speed(self, speed: Speed) -> None:
        self._speed = Speed(speed)
        self._speeds.choose(self._speed)
        if self._is_playing:
            self._begin(self._play_on)

    def _set_phases(self, phases: tuple[int, ...]) -> None:
        self._phases = phases
        self._parts.choose(phases)

    def _set_underlay(self, has_underlay: bool) -> None:
        self._has_underlay = has_underlay
        self._beneath.choose(has_underlay)
        self._look_again()

    def _set_strides(self, strides: int) -> None:
        self._strides = strides
        self._strides_switch.choose(strides)
        self._look_again()

    def _set_moment(self, percent: int) -> None:
        self._moment = percent / 100
        for control in (self._moment_slider, self._moment_number):
            control.setValue(percent)
        if self._has_underlay:
            self._look_again()

    def _look_again(self) -> None:
        if not self._is_playing:
            self._begin(self._settle)

    def _choose(self, key: Key) -> None:
        self._chosen = key
        self.formulas_changed.emit()

    # -- training

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    def _toggle_play(self) -> None:
        self._pause() if self._is_playing else self._start()

    def _start(self) -> None:
        self._is_playing = True
        if all(_is_over(pane.frame_shown) for pane in self.panes):
            self._race = SideBySide()
            self._show_setup(None)
        self._begin(self._play_on)
        self.retranslate()

    def _pause(self) -> None:
        self._is_playing = False
        self._begin(self._settle)
        self.retranslate()

    def _step(self) -> None:
        phases, race, setup = self._phases, self._race, self._setup

        def work() -> None:
            race.set_up(setup)
            race.step(phases)

        self._once(work)

    def _half_step(self) -> None:
        self._is_playing = False
        self._begin(self._show_phase)
        self.retranslate()

    def _once(self, work: Callable[[], None]) -> None:
        async def act() -> None:
            await self._compute(work)
            await self._show_now(Look(score=True, strides=min(self._strides, 20), underlay=self._has_underlay, moment=self._moment))

        self._is_playing = False
        self._begin(act)
        self.retranslate()

    def _begin(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do `work` instead of what was being done."""
        if self._task is not None:
            self._task.cancel()
        self._task = self.tools.notices.spawn(work())

    async def _compute(self, work: Callable[[], T]) -> T:
        """`work()`, on the thread for torch."""

        def called(control: Control, emit: Callable[[T], None]) -> None:
            emit(work())

        async with aclosing(self.tools.machine.compute(called)) as results:
            return await anext(results)

    async def _play_on(self) -> None:
        """Train until all have learned as long as they are meant to, or until this is cancelled."""
        number = 0
        while True:
            if self._speed is Speed.SLOW:
                await self._show_phase()
                await asyncio.sleep(SLOW)
                continue
            over = [pane.key for pane in self.panes if number and _is_over(pane.frame_shown)]
            frames = await self._compute(
                partial(self._turn, self._race, self._setup, self._speed, self._phases, self._look(), number, over)
            )
            for frame in frames:
                self._show(frame, keeps_underlay=self._has_underlay)
            number += 1
            if number % 10 == 0:
                self.formulas_changed.emit()
            if self._asked and self._can_answer():
                await self._answer()
            if all(_is_over(pane.frame_shown) for pane in self.panes) and self._speed is Speed.FULL:
                break
        self._is_playing = False
        self.retranslate()
        await self._settle()

    def _look(self) -> Look:
        """While it trains."""
        return Look(strides=min(self._strides, 20), underlay=self._has_underlay, moment=self._moment)

    @staticmethod
    def _turn(
        race: SideBySide, setup: Setup, speed: Speed, phases: tuple[int, ...], look: Look, number: int, over: list[Key | None]
    ) -> list[Frame]:
        """One piece of work: train, and sample what is due. Runs on the thread for torch."""
        race.set_up(setup)
        due = [key for key in setup.ways if key not in over and (key not in MANY or number % 3 == MANY.index(key))]
        if speed is Speed.STEPS:
            race.step(phases)
        else:
            race.turn(TRAIN_LESS if any(key in MANY for key in due) else TRAIN, phases)
        return [
            race.frame(
                key,
                replace(
                    look,
                    underlay=look.underlay and (key in MANY or number % 3 == place % 3),
                    score=race.is_done(key) or number % 6 == place or (key in MANY and number % 6 < 3),
                ),
            )
            for place, key in enumerate(setup.ways)
            if key in due
        ]

    async def _show_phase(self) -> None:
        """One phase of each way."""
        race, setup, look, phases = self._race, self._setup, self._look(), self._phases

        def work() -> int:
            race.set_up(setup)
            return race.half_step() if phases == BOTH else _only(race, phases)

        phase = await self._compute(work)
        await self._show_now(look, phase)

    async def _show_now(self, look: Look, phase: int | None = None) -> None:
        race = self._race
        for key in self._setup.ways:
            self._show(await self._compute(partial(race.frame, key, look)), keeps_underlay=False, phase=phase)
        self.formulas_changed.emit()

    async def _settle(self) -> None:
        """Show each way with many samples, made in pieces."""
        race, setup = self._race, self._setup
        await self._compute(partial(race.set_up, setup))
        for key in setup.ways:
            await self._show_many(race, key)
        self.formulas_changed.emit()

    async def _show_many(self, race: SideBySide, key: Key) -> None:
        parts = []
        for part in range(ON_PAUSE // PART):
            look = Look(PART, self._strides, (part,), underlay=self._has_underlay and part == 0, moment=self._moment, score=False)
            parts.append(await self._compute(partial(race.frame, key, look)))
        points = np.concatenate([part.points for part in parts])
        score = await self._compute(partial(race.score, points))
        self._show(replace(parts[0], points=points, score=score), keeps_underlay=False)

    def _show(self, frame: Frame, *, keeps_underlay: bool, phase: int | None = None) -> None:
        for pane in self.panes:
            if pane.key == frame.key:
                pane.show_frame(frame, keeps_underlay=keeps_underlay, phase=phase)

    def enter(self) -> None:
        if self._asked:
            self._start()
        elif self.panes[0].frame_shown is None:
            self._begin(self._settle)

    def leave(self) -> None:
        self._is_playing = False
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.retranslate()

    # -- guesses

    def look(self, guess: str, value: int) -> None:
        self._asked = guess
        setup = replace(self._setup, shape="islands", momentum=guess != "calm", brake=False, beta=1.0)
        if guess == "vae":  # the GAN is not asked about
            setup = replace(setup, momentum=self._setup.momentum, brake=self._setup.brake)
        before, self._setup = self._setup, setup
        self._show_setup(before)
        self._set_phases(BOTH)
        self._set_speed(Speed.FULL)
        self._is_playing = True
        self._begin(self._play_on)
        self.retranslate()

    def _can_answer(self) -> bool:
        return _is_over(self._pane("vae" if self._asked == "vae" else "gan").frame_shown)

    def _pane(self, key: Key) -> WayPane:
        return next(pane for pane in self.panes if pane.key == key)

    async def _answer(self) -> None:
        """Measure with many samples, and say what was found."""
        race, asked = self._race, self._asked
        for key in ("vae" if asked == "vae" else "gan", "diffusion"):
            await self._show_many(race, key)
        one, other = self._pane("vae" if asked == "vae" else "gan"), self._pane("diffusion")
        assert one.score is not None
        assert other.score is not None
        assert one.frame_shown is not None
        self._asked = ""
        match asked:
            case "gan":
                words = Words(
                    QT_TRANSLATE_NOOP(
                        "Safelight",
                        "The GAN has found {found} of 8 islands after {steps} steps, and {good} % of its points are on an island: "
                        "mode collapse. Diffusion has found {other} in the same time.",
                    ),
                    {
                        "found": one.score.found,
                        "steps": one.frame_shown.steps,
                        "good": round(100 * one.score.good),
                        "other": other.score.found,
                    },
                )
            case "vae":
                words = Words(
                    QT_TRANSLATE_NOOP(
                        "Safelight",
                        "It puts points there too: {bad} % of its points are between the islands, though it has found {found} of 8. Of the "
                        "points of diffusion {other} % are off the islands.",
                    ),
                    {"bad": round(100 * (1 - one.score.good)), "found": one.score.found, "other": round(100 * (1 - other.score.good))},
                )
            case _:
                words = Words(
                    QT_TRANSLATE_NOOP(
                        "Safelight",
                        "Without momentum the same GAN has found {found} of 8 islands, with {good} % of its points on them. One number of "
                        "the optimiser decided it.",
                    ),
                    {"found": one.score.found, "good": round(100 * one.score.good)},
                )
        self.answered.emit(asked, words)

    # -- formulas, settings, words

    def formulas(self) -> tuple[Formula, ...]:
        pane = self._pane(self._chosen)
        frame = pane.frame_shown
        now = [decimal(loss, 3) if np.isfinite(loss) else "–" for loss in (frame.losses if frame else (np.nan, np.nan))]
        caption = f"{name_of(self._chosen)}: {tr('Safelight', 'what is learned')}"
        moment = tr("Safelight", "With the numbers of this moment")
        match self._chosen:
            case "gan":
                return (
                    Formula(
                        caption,
                        "min<sub>G</sub> max<sub>D</sub> E log <i>D</i>(<i>x</i>) + E log(1 − <i>D</i>(<i>G</i>(<i>z</i>)))",
                        r"\min_G \max_D\; \mathbb{E}\log D(x) + \mathbb{E}\log(1 - D(G(z)))",
                    ),
                    Formula(
                        moment, f"L<sub>D</sub> = <b>{now[0]}</b>, L<sub>G</sub> = <b>{now[1]}</b>", f"L_D = {now[0]},\\; L_G = {now[1]}"
                    ),
                )
            case "vae":
                beta = decimal(self._setup.beta, 0)
                return (
                    Formula(
                        caption,
                        "L = −E log <i>p</i>(<i>x</i>|<i>z</i>) + β · KL(<i>q</i>(<i>z</i>|<i>x</i>) ‖ <i>p</i>(<i>z</i>))",
                        r"L = -\mathbb{E}\log p(x|z) + \beta\,\mathrm{KL}(q(z|x)\,\|\,p(z))",
                    ),
                    Formula(moment, f"L = <b>{now[1]}</b> + {beta} · <b>{now[0]}</b>", f"L = {now[1]} + {beta} \\cdot {now[0]}"),
                )
            case "normalizing_flow":
                return (
                    Formula(
                        caption,
                        "L = −log <i>p</i>(<i>z</i>) − log |det ∂<i>z</i>/∂<i>x</i>|",
                        r"L = -\log p(z) - \log\left|\det \partial z / \partial x\right|",
                    ),
                    Formula(moment, f"L = <b>{now[1]}</b>", f"L = {now[1]}"),
                )
            case "flow_matching":
                return (
                    Formula(
                        caption,
                        "L = ‖<i>ε</i> − <i>x</i> − <i>v</i><sub>θ</sub>((1 − <i>t</i>)<i>x</i> + <i>t</i><i>ε</i>, <i>t</i>)‖²",
                        r"L = \|\epsilon - x - v_\theta((1-t)x + t\epsilon, t)\|^2",
                    ),
                    Formula(moment, f"L = <b>{now[1]}</b>", f"L = {now[1]}"),
                )
            case _:
                return (
                    Formula(
                        caption,
                        "L = ‖<i>ε</i> − <i>ε</i><sub>θ</sub>("
                        f"{sqrt('ᾱ<sub>t</sub>')} {var('x', '0')} + {sqrt('1 − ᾱ<sub>t</sub>')} <i>ε</i>, <i>t</i>)‖²",
                        r"L = \|\epsilon - \epsilon_\theta(\sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon, t)\|^2",
                    ),
                    Formula(moment, f"L = <b>{now[1]}</b>", f"L = {now[1]}"),
                )

    def settings(self) -> Settings:
        setup = self._setup
        return {
            "shape": setup.shape,
            "drawn": [[round(x, 3), round(y, 3)] for x, y in self._drawn],
            "seed": setup.seed,
            "momentum": setup.momentum,
            "brake": setup.brake,
            "beta": setup.beta,
            "fourth": setup.ways[3],
            "speed": str(self._speed),
            "underlay": self._has_underlay,
            "moment": round(100 * self._moment),
            "strides": self._strides,
        }

    def restore(self, settings: Settings) -> None:
        setup = self._setup
        match settings.get("drawn"):
            case list(places):
                self._drawn = [
                    (float(place[0]), float(place[1]))
                    for place in places[:MOST_DRAWN]
                    if isinstance(place, list) and len(place) == 2 and all(isinstance(x, int | float) and abs(x) <= 3 for x in place)
                ]
        setup = replace(setup, drawn=tuple(self._drawn))
        match settings.get("shape"):
            case str(shape) if shape in SHAPES or (shape == "drawn" and self._drawn):
                setup = replace(setup, shape=shape)
        match settings.get("seed"):
            case int(seed) if 0 <= seed <= MOST_SEED:
                setup = replace(setup, seed=seed)
        for name in ("momentum", "brake"):
            if isinstance(value := settings.get(name), bool):
                setup = replace(setup, **{name: value})
        if (beta := settings.get("beta")) in (1, 10):
            setup = replace(setup, beta=float(beta))  # type: ignore[arg-type]
        for key in FLOWS:
            if settings.get("fourth") == key:
                setup = replace(setup, ways=(*setup.ways[:3], key))
        if (speed := settings.get("speed")) in list(Speed):
            self._set_speed(Speed(str(speed)))
        if isinstance(underlay := settings.get("underlay"), bool):
            self._has_underlay = underlay
            self._beneath.choose(underlay)
        match settings.get("moment"):
            case int(percent) if 0 <= percent <= 100:
                self._moment_number.setValue(percent)
        match settings.get("strides"):
            case (1 | 5 | 20 | 50) as strides:
                self._strides = strides
                self._strides_switch.choose(strides)
        before, self._setup = self._setup, setup
        self._show_setup(before)
        if self.isVisible():
            self._look_again()

    def retranslate(self) -> None:
        self._play.explain(
            tr("Safelight", "Pause") if self._is_playing else tr("Safelight", "Play"),
            tr("Safelight", "Stop here.") if self._is_playing else tr("Safelight", "Train all four, in turns."),
        )
        self._again.explain(tr("Safelight", "Start again"), tr("Safelight", "Forget what was learned and begin with step 0."))
        self._one_step.explain(tr("Safelight", "One step"), tr("Safelight", "One step of each of the four."))
        self._one_phase.explain(tr("Safelight", "One phase"), tr("Safelight", "Half a step of each: the panes say what it does."))
        for button, command in ((self._step_button, self._one_step), (self._phase_button, self._one_phase)):
            explain_button(button, command.text(), command.toolTip())
        self._points_title.setText(tr("Safelight", "Points to learn"))
        self._training_title.setText(tr("Safelight", "Training"))
        self._ways_title.setText(tr("Safelight", "Switches"))
        explain(self._shape, tr("Safelight", "Shape"), tr("Safelight", "What the 1,000 true points look like."))
        self._shape.show_words(
            (
                tr("Safelight", "Eight islands"),
                tr("Safelight", "Two moons"),
                tr("Safelight", "Two spirals"),
                tr("Safelight", "Chequers"),
                tr("Safelight", "Ring"),
                tr("Safelight", "Pinwheel"),
                tr("Safelight", "Heart"),
                tr("Safelight", "Drawn by hand"),
            )
        )
        explain(
            self._canvas,
            tr("Safelight", "Drawing"),
            tr("Safelight", "Draw points of your own with the mouse, or move with the arrow keys and press Space."),
        )
        explain_button(self._clear, tr("Safelight", "Clear"), tr("Safelight", "Remove what was drawn."))
        self._seed_caption.setText(tr("Safelight", "Seed"))
        explain(
            self._seed, tr("Safelight", "Seed"), tr("Safelight", "Of the points, the networks and all noise: the same seed, the same run.")
        )
        self._speeds.show_words(
            tr("Safelight", "Speed"),
            (
                (tr("Safelight", "Slow motion"), tr("Safelight", "One phase after the other, with what it works on in blue.")),
                (tr("Safelight", "Steps"), tr("Safelight", "One step of each between two frames.")),
                (tr("Safelight", "Full"), tr("Safelight", "As fast as this computer can.")),
            ),
        )
        self._parts.show_words(
            tr("Safelight", "Train"),
            (
                (tr("Safelight", "All"), tr("Safelight", "Both phases of each step.")),
                (
                    tr("Safelight", "Only first"),
                    tr("Safelight", "Only discriminator and encoder; diffusion and flow only make noise and learn nothing."),
                ),
                (
                    tr("Safelight", "Only second"),
                    tr("Safelight", "Only generator and decoder; diffusion learns from the same noise again and again."),
                ),
            ),
        )
        self._momentum.show_words(
            tr("Safelight", "GAN: momentum of the optimiser"),
            (
                ("0.9", tr("Safelight", "The usual β₁ of Adam. The GAN leaps from place to place.")),
                ("0", tr("Safelight", "β₁ = 0, with a falling learning rate and averaged weights.")),
            ),
        )
        self._brake.show_words(
            tr("Safelight", "GAN: penalty R1"),
            (
                (tr("Safelight", "Off"), tr("Safelight", "The discriminator may be as steep as it likes.")),
                (tr("Safelight", "On"), tr("Safelight", "Steep discriminators are punished. Here it changes little; find out.")),
            ),
        )
        self._beta.show_words(
            tr("Safelight", "VAE: weight β of the KL term"),
            (
                ("1", tr("Safelight", "The VAE as it was published.")),
                ("10", tr("Safelight", "The numbers of the encoder say nothing any more: one blob.")),
            ),
        )
        self._fourth.show_words(
            tr("Safelight", "The fourth way"),
            (
                (tr("Safelight", "Flow"), tr("Safelight", "A normalizing flow (RealNVP), which tells every point's probability.")),
                (tr("Safelight", "Flow matching"), tr("Safelight", "Diffusion on straight ways, as in newer picture models.")),
            ),
        )
        self._beneath.show_words(
            tr("Safelight", "Beneath the points"),
            (
                (tr("Safelight", "Nothing"), tr("Safelight", "Only the points.")),
                (tr("Safelight", "What it knows"), tr("Safelight", "What each network thinks of every place of the plane.")),
            ),
        )
        self._legend.setText(
            tr(
                "Safelight",
                "GAN: bright where the discriminator says “true”. VAE: the grid of its numbers, unfolded. Diffusion and flow matching: "
                "arrows to where the points lie, at this much noise. Flow: probability.",
            )
        )
        self._moment_caption.setText(tr("Safelight", "Noise, for the arrows"))
        explain(self._moment_number, tr("Safelight", "Noise"), tr("Safelight", "How much noise the arrows are for: 100 % is pure noise."))
        self._strides_switch.show_words(
            tr("Safelight", "Strides of diffusion and flow matching"),
            (
                ("1", tr("Safelight", "From noise to a point in one stride.")),
                ("5", tr("Safelight", "In 5 strides.")),
                ("20", tr("Safelight", "In 20 strides, as while training.")),
                ("50", tr("Safelight", "In 50 strides; 20 while training.")),
            ),
        )


_TITLES = ("points_title", "training_title", "switches_title")


def _is_over(frame: Frame | None) -> bool:
    return frame is not None and (frame.steps >= frame.length or frame.is_broken)


def _only(race: SideBySide, phases: tuple[int, ...]) -> int:
    race.step(phases)
    return phases[0]
