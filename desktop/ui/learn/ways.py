"""FourWays: GAN, VAE, diffusion and a flow learn the same points with the same time, beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
from PySide6.QtWidgets import QGridLayout

from ...diffusion.control import Control
from ...errors import QT_TRANSLATE_NOOP
from ...learn.ways.points import EXTENT, SHAPES, TRAINED
from ...learn.ways.side_by_side import BOTH, ON_PAUSE, PART, PICTURES, Frame, Key, Look, PictureFrame, Setup, SideBySide
from ...library.lessons_file import Settings
from ...studio.notices import Words
from ...studio.undo import Change, between
from ..language import tr
from ..widgets.command import LocalCommand
from .formula import Formula
from .point_plane import NO_POINTS
from .station import Guess, Station, Tools
from .way_pane import WayPane
from .ways_controls import DRAWN, FLOWS, MOST_SEED, STRIDES, Speed, WaysControls, WaysView
from .ways_formulas import formulas_of

T = TypeVar("T")
TRAIN = 0.020  # s of training in one piece of work, without a way that takes many steps to sample
TRAIN_LESS = 0.012  # s, with one
MANY = ("diffusion", "flow_matching")  # these are sampled in every third piece of work only
SLOW = 0.9  # s between two phases of slow motion
MOST_DRAWN = 2000  # points
TURNS = 24  # pieces of work between two looks at pictures
SHOWN = 25  # pictures, of each kind two at least
FEW = 6  # islands; a GAN with fewer has collapsed


class FourWays(Station):
    KEY = "ways"
    GUESSES = (
        Guess(
            "gan",
            QT_TRANSLATE_NOOP("Safelight", "How many of the eight islands will the GAN find?"),
            QT_TRANSLATE_NOOP("Safelight", "Its optimiser has momentum 0.9, as is usual. All four get the same time."),
            lowest=0,
            highest=8,
            start=4,
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
        self._speed = Speed.FULL
        self._phases: tuple[int, ...] = BOTH
        self._has_underlay = False
        self._moment = 0.3
        self._strides = STRIDES[-1]
        self._task: asyncio.Task[None] | None = None
        self._is_playing = False
        self._asked = ""  # the guess that waits for its answer
        self._chosen: Key = "gan"  # whose formula is shown
        theme = tools.theme
        self.panes = [WayPane(theme, place) for place in range(4)]
        self._play = LocalCommand(self, "learn_ways_play", self._toggle_play, "Space")
        self._again = LocalCommand(self, "learn_ways_again", self.start_again, "R")
        self._one_step = LocalCommand(self, "learn_ways_step", self._step, ".")
        self._one_phase = LocalCommand(self, "learn_ways_phase", self._half_step, ",")
        self.commands = ((self._play, "play"), (self._again, "refresh-cw"))
        self._lay_out()
        self.controls = self._controls = WaysControls(theme, self._one_step, self._one_phase)
        self.side = self._view = WaysView()
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

    def _connect(self) -> None:
        for pane in self.panes:
            pane.chosen.connect(self._choose)
        self._controls.wanted.connect(self._use)
        self._controls.drawn.connect(self.draw)
        self._controls.clear_wanted.connect(self._clear_drawing)
        self._controls.speed_chosen.connect(self._set_speed)
        self._controls.phases_chosen.connect(self._set_phases)
        self._view.underlay_chosen.connect(self._set_underlay)
        self._view.moment_chosen.connect(self._set_moment)
        self._view.strides_chosen.connect(self._set_strides)

    # -- what is learned

    def draw(self, places: Sequence[tuple[float, float]]) -> None:
        """Learn the points near `places` from now on; the islands if there are none."""
        drawn = tuple((float(x), float(y)) for x, y in places[-MOST_DRAWN:])
        self._use(replace(self._setup, shape=DRAWN if drawn else "islands", drawn=drawn))

    def _clear_drawing(self) -> None:
        before = self._setup.drawn
        self.draw(())
        self.tools.undo.record(
            Change(QT_TRANSLATE_NOOP("Safelight", "clearing the drawing"), "", between(lambda: self.draw(before), lambda: self.draw(())))
        )

    def _use(self, setup: Setup) -> None:
        if setup.shape == DRAWN and not setup.drawn:
            self._controls.canvas.setFocus()
            setup = replace(setup, shape="islands")
        before, self._setup = self._setup, setup
        self._show_setup(before)
        self._look_again()

    def start_again(self) -> None:
        """Forget what was learned."""
        self._race = SideBySide()
        self._show_setup(None)
        self._look_again()

    def _show_setup(self, before: Setup | None) -> None:
        """Show `_setup` in all controls, and clear the panes of ways that begin anew."""
        setup = self._setup
        true = NO_POINTS if setup.has_pictures else setup.draw(TRAINED, np.random.default_rng(setup.seed))
        for pane, key in zip(self.panes, setup.ways, strict=True):
            if pane.key != key or setup.begins_anew(key, before):
                pane.show_way(key, true)
        self._controls.show_setup(setup, true)
        self._show_view()
        if self._chosen not in setup.active:
            self._chosen = setup.active[-1]
        self.formulas_changed.emit()

    # -- how it is watched

    def _set_speed(self, speed: Speed) -> None:
        self._speed = Speed(speed)
        self._controls.show_pace(self._speed, self._phases)
        if self._is_playing:
            self._look_again()

    def _set_phases(self, phases: tuple[int, ...]) -> None:
        self._phases = phases
        self._controls.show_pace(self._speed, self._phases)

    def _set_underlay(self, has_underlay: bool) -> None:
        self._has_underlay = has_underlay
        self._show_view()
        self._look_again()

    def _set_strides(self, strides: int) -> None:
        self._strides = strides
        self._show_view()
        self._look_again()

    def _set_moment(self, percent: int) -> None:
        self._moment = percent / 100
        self._show_view()
        if self._has_underlay and not self._is_playing:
            self._begin(self._show_arrows if self._task is None or self._task.done() else self._settle)

    def _show_view(self) -> None:
        self._view.show_view(self._setup.has_pictures, self._has_underlay, self._moment, self._strides)

    def _look_again(self) -> None:
        """Show everything anew. What was computed for other settings is dropped."""
        self._begin(self._play_on if self._is_playing else self._settle)

    def _choose(self, key: Key) -> None:
        self._chosen = key
        self.formulas_changed.emit()

    # -- training

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    def _toggle_play(self) -> None:
        self._pause() if self._is_playing else self._start()

    def _set_playing(self, is_playing: bool) -> None:
        self._is_playing = is_playing
        self._show_playing()

    def _start(self) -> None:
        self._set_playing(True)
        if self._is_over:
            self._race = SideBySide()
            self._show_setup(None)
        self._begin(self._play_on)

    def _pause(self) -> None:
        self._set_playing(False)
        self._begin(self._settle)

    def _step(self) -> None:
        self._set_playing(False)
        self._begin(self._show_step)

    def _half_step(self) -> None:
        self._set_playing(False)
        self._begin(self._show_phase)

    def _begin(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do `work` instead of what was being done."""
        if self._task is not None:
            self._task.cancel()
        self._task = self.tools.notices.spawn(self._guarded(work))

    async def _guarded(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        try:
            await work()
        except Exception:
            self._set_playing(False)
            raise

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
            if self._setup.has_pictures:
                if await self._train_pictures():
                    break
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
            if self._is_over and self._speed is Speed.FULL:
                break
        self._set_playing(False)
        await self._settle()

    def _look(self) -> Look:
        """While it trains, and after single steps."""
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
        frames = []
        for place, key in enumerate(setup.ways):
            if key in due:
                in_full = race.is_done(key) or number % 6 == place or (key in MANY and number % 6 < 3)  # what costs more is done less often
                frames.append(race.frame(key, replace(look, underlay=look.underlay and in_full, score=in_full)))
        return frames

    async def _show_step(self) -> None:
        """One step of each way."""
        race, setup, look, phases = self._race, self._setup, self._look(), self._phases

        def work() -> None:
            race.set_up(setup)
            race.step(phases)

        await self._compute(work)
        await self._show_now(look)

    async def _show_phase(self) -> None:
        """One phase of each way."""
        race, setup, look, phases = self._race, self._setup, self._look(), self._phases

        def work() -> int:
            race.set_up(setup)
            if phases == BOTH:
                return race.half_step()
            race.step(phases)
            return phases[0]

        phase = await self._compute(work)
        await self._show_now(look, phase)

    async def _show_now(self, look: Look, phase: int | None = None) -> None:
        if self._setup.has_pictures:
            await self._show_pictures(look.strides)
            return
        race = self._race
        for key in self._setup.ways:
            self._show(await self._compute(partial(race.frame, key, look)), keeps_underlay=False, phase=phase)
        self.formulas_changed.emit()

    async def _settle(self) -> None:
        """Show each way with many samples, made in pieces."""
        race, setup = self._race, self._setup
        await self._compute(partial(race.set_up, setup))
        if setup.has_pictures:
            await self._show_pictures(self._strides)
            return
        for key in setup.ways:
            await self._show_many(race, key)
        self.formulas_changed.emit()

    async def _show_arrows(self) -> None:
        """Only what is beneath the points, where it depends on the amount of noise."""
        for pane in self.panes:
            if pane.key in MANY:
                pane.plane.show_underlay(await self._compute(partial(self._race.underlay, pane.key, self._moment)))

    async def _train_pictures(self) -> bool:
        """Train for some steps and show samples; return whether all have learned as long as they are meant to."""
        race, setup, phases, speed = self._race, self._setup, self._phases, self._speed

        def work() -> bool:
            race.set_up(setup)
            race.turn(TRAIN, phases) if speed is Speed.FULL else race.step(phases)
            return race.all_done

        for _ in range(TURNS if speed is Speed.FULL else 1):
            if await self._compute(work):
                return True
        await self._show_pictures(min(self._strides, 20))
        return False

    async def _show_pictures(self, strides: int) -> None:
        """Show samples of each way. One piece of work is one stride of diffusion."""
        race, setup = self._race, self._setup
        if race.real is not None:
            self.panes[3].show_real(race.real.pixels[:SHOWN], len(race.real))
        for key in setup.active:
            frames = race.picture_frames(key, SHOWN, strides)
            while (frame := await self._compute(partial(next, frames, None))) is not None:
                if frame.score is not None and self._setup.has_pictures:
                    self._pane(key).show_picture_frame(frame)
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

    @property
    def _is_over(self) -> bool:
        """Whether all have learned as long as they are meant to."""
        return all(_is_over(pane.frame_shown) for pane in self.panes[: len(self._setup.active)])

    def enter(self) -> None:
        if self._asked:
            self._start()
        elif self.panes[0].frame_shown is None:
            self._begin(self._settle)

    def leave(self) -> None:
        self._set_playing(False)
        if self._task is not None:
            self._task.cancel()
            self._task = None

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
        self._set_playing(True)
        self._begin(self._play_on)

    @property
    def _asked_way(self) -> Key:
        """What the guess that waits is about."""
        return "vae" if self._asked == "vae" else "gan"

    def _can_answer(self) -> bool:
        return _is_over(self._pane(self._asked_way).frame_shown)

    def _pane(self, key: Key) -> WayPane:
        return next(pane for pane in self.panes if pane.key == key)

    async def _answer(self) -> None:
        """Measure with many samples, and say what was found."""
        race, asked = self._race, self._asked
        one, other = self._pane(self._asked_way), self._pane("diffusion")
        for key in (self._asked_way, "diffusion"):
            await self._show_many(race, key)
        assert one.score is not None
        assert other.score is not None
        assert one.frame_shown is not None
        self._asked = ""
        match asked:
            case "gan":
                template = (
                    QT_TRANSLATE_NOOP(
                        "Safelight",
                        "The GAN has found {found} of 8 islands after {steps} steps, and {good} % of its points are on an island: "
                        "mode collapse. Diffusion has found {other} in the same time.",
                    )
                    if one.score.found < FEW
                    else QT_TRANSLATE_NOOP(
                        "Safelight",
                        "The GAN has found {found} of 8 islands after {steps} steps, and {good} % of its points are on an island: this "
                        "time it has not collapsed, which happens in about one run of five. Diffusion has found {other} in the same time.",
                    )
                )
                words = Words(
                    template,
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
        return formulas_of(self._chosen, self._pane(self._chosen).frame_shown, self._setup.beta)

    def settings(self) -> Settings:
        setup = self._setup
        return {
            "shape": setup.shape,
            "drawn": [[round(x, 3), round(y, 3)] for x, y in setup.drawn],
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
            case list(places) if pairs := tuple(_pairs(places[:MOST_DRAWN])):
                setup = replace(setup, drawn=pairs)
        match settings.get("shape"):
            case str(shape) if shape in (*SHAPES, PICTURES) or (shape == DRAWN and setup.drawn):
                setup = replace(setup, shape=shape)
        match settings.get("seed"):
            case int(seed) if 0 <= seed <= MOST_SEED:
                setup = replace(setup, seed=seed)
        if isinstance(momentum := settings.get("momentum"), bool):
            setup = replace(setup, momentum=momentum)
        if isinstance(brake := settings.get("brake"), bool):
            setup = replace(setup, brake=brake)
        if (beta := settings.get("beta")) in (1, 10):
            setup = replace(setup, beta=10.0 if beta == 10 else 1.0)
        for key in FLOWS:
            if settings.get("fourth") == key:
                setup = replace(setup, ways=(*setup.ways[:3], key))
        if (speed := settings.get("speed")) in list(Speed):
            self._set_speed(Speed(str(speed)))
        if isinstance(underlay := settings.get("underlay"), bool):
            self._has_underlay = underlay
        match settings.get("moment"):
            case int(percent) if 0 <= percent <= 100:
                self._moment = percent / 100
        match settings.get("strides"):
            case int(strides) if strides in STRIDES:
                self._strides = strides
        before, self._setup = self._setup, setup
        self._show_setup(before)
        if self.isVisible():
            self._look_again()

    def _show_playing(self) -> None:
        self._play.icon_name = "pause" if self._is_playing else "play"
        self._play.explain(
            tr("Safelight", "Pause") if self._is_playing else tr("Safelight", "Play"),
            tr("Safelight", "Stop here.") if self._is_playing else tr("Safelight", "Train all four, in turns."),
        )

    def retranslate(self) -> None:
        self._show_playing()
        self._again.explain(tr("Safelight", "Start again"), tr("Safelight", "Forget what was learned and begin with step 0."))
        self._one_step.explain(tr("Safelight", "One step"), tr("Safelight", "One step of each of the four."))
        self._one_phase.explain(tr("Safelight", "One phase"), tr("Safelight", "Half a step of each: the panes say what it does."))
        self._controls.retranslate()  # its buttons are called like the commands


def _is_over(frame: Frame | PictureFrame | None) -> bool:
    return frame is not None and (frame.steps >= frame.length or frame.is_broken)


def _pairs(places: Iterable[object]) -> Iterator[tuple[float, float]]:
    for place in places:
        match place:
            case [int() | float() as x, int() | float() as y] if max(abs(x), abs(y)) <= EXTENT:
                yield x, y
