"""Whole: the machine as a diagram, text encoder → denoiser × steps → decoder, alive while Create makes a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...diffusion.control import Control
from ...diffusion.recipe import Recipe
from ...diffusion.run import Phase
from ...errors import QT_TRANSLATE_NOOP
from ...learn.parts import Part, Weight, Work
from ...studio.notices import Words
from ..language import decimal, explain_button, sentence, tr
from ..theme import Theme
from ..widgets.command import LocalCommand
from ..widgets.controls import label, named
from ..widgets.images import Thumbnail
from .formula import Formula, var
from .station import Guess, Station, Tools

if TYPE_CHECKING:
    from ...diffusion.loaded_model import LoadedModel

FEW = 8  # steps of the run that is timed

TITLES = {
    Part.TEXT: QT_TRANSLATE_NOOP("Safelight", "Text encoder"),
    Part.DENOISER: QT_TRANSLATE_NOOP("Safelight", "Image information creator"),
    Part.DECODER: QT_TRANSLATE_NOOP("Safelight", "Image decoder"),
}
DOES = {
    Part.TEXT: QT_TRANSLATE_NOOP("Safelight", "Turns the words of the prompt into numbers, once."),
    Part.DENOISER: QT_TRANSLATE_NOOP("Safelight", "Starts from noise and takes a little of it away, step by step."),
    Part.DECODER: QT_TRANSLATE_NOOP("Safelight", "Turns the finished latents into a picture, once."),
}
LEADS = {Part.TEXT: "words", Part.DENOISER: "take_away", Part.DECODER: "latents"}  # to the station about the part
AT = {Phase.ENCODING: Part.TEXT, Phase.DENOISING: Part.DENOISER, Phase.DECODING: Part.DECODER}


class Whole(Station):
    KEY = "whole"
    GUESSES = (
        Guess(
            "time",
            QT_TRANSLATE_NOOP("Safelight", "Which part takes most of the time of a run?"),
            QT_TRANSLATE_NOOP("Safelight", "A run of a few steps is timed, with the model and the prompt of Create."),
            choices=(TITLES[Part.TEXT], TITLES[Part.DENOISER], TITLES[Part.DECODER]),
        ),
        Guess(
            "weights",
            QT_TRANSLATE_NOOP("Safelight", "Which part has the most weights?"),
            choices=(TITLES[Part.TEXT], TITLES[Part.DENOISER], TITLES[Part.DECODER]),
        ),
    )
    SOURCES = ("learn/machine_parts.py run", "learn/machine_parts.py weigh", "diffusion/denoise.py denoise", "diffusion/seam.py Seam")

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._timing: asyncio.Task[None] | None = None
        self._is_timing = False  # a run is being timed
        self._asked: str | None = None  # the guess that the timing is for
        self._work: dict[Part, Work] = {}
        self._weights: dict[Part, Weight] = {}
        self._weighed = Recipe()  # whose model is weighed
        self.cards = {part: PartCard(tools.theme, part) for part in Part}
        self._prompt, self._state = label("said", "learn_whole_prompt"), label("quiet", "learn_whole_state")
        self._prompt.setWordWrap(True)
        self._state.setWordWrap(True)
        self._picture = Thumbnail(tools.theme, "learn_whole_picture", 160)
        self._time = LocalCommand(self, "learn_whole_time", lambda: self._spawn(None), "T")
        self.commands = ((self._time, "play"),)
        self._lay_out()
        for card in self.cards.values():
            card.button.clicked.connect(lambda _=False, part=card.part: self.station_wanted.emit(LEADS[part]))
        tools.generation.changed.connect(self._follow)
        tools.timeline.run_changed.connect(self._follow)
        tools.timeline.current_changed.connect(self._follow)
        tools.queue.changed.connect(self._give_way)
        self.retranslate()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        for place, card in enumerate(self.cards.values()):
            if place:
                row.addWidget(Arrow(self.tools.theme))
            row.addWidget(card, 1)
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addWidget(self._picture)
        words = QVBoxLayout()
        words.addWidget(self._prompt)
        words.addWidget(self._state)
        words.addStretch()
        below.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(20)
        column.addLayout(row)
        column.addLayout(below)
        column.addStretch()

    # -- following Create

    def _follow(self) -> None:
        if not self.isVisible():
            return
        generation, timeline = self.tools.generation, self.tools.timeline
        run = generation.run if generation.running else timeline.run
        at = AT.get(generation.phase) if generation.running and generation.phase is not None else None
        for part, card in self.cards.items():
            card.light(part is at)
        if run is None:
            self._picture.show_pixels(None)
            self._prompt.setText("")
            self._state.setText(tr("Safelight", "Create shows no run. Make a picture there, and watch it go through the parts here."))
            return
        self._prompt.setText(run.recipe.final.prompt.text)
        step = timeline.current if run is timeline.run else run.steps[-1] if run.steps else None
        self._picture.show_pixels(step.thumbnail if step else None)
        calls = run.plan.calls if run.plan else run.recipe.sampling.steps
        self.cards[Part.DENOISER].show_calls(calls)
        self._state.setText(
            tr("Safelight", "Step {step} of {calls} of the run in Create").format(step=step.number if step else 0, calls=calls)
        )

    def enter(self) -> None:
        self._follow()
        if self._weighed.model != self.tools.recipe().model or not self._weights:
            self.tools.notices.spawn(self._weigh())

    def leave(self) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._timing is not None:
            self._timing.cancel()
            self._timing = None

    def _give_way(self) -> None:
        """A run in Create goes first; what it interrupts begins again after it."""
        if self.tools.queue.is_serving and self._is_timing:
            self._spawn(self._asked)

    # -- weighing and timing

    async def _weigh(self) -> None:
        recipe = self.tools.recipe()

        def work(model: LoadedModel, control: Control, emit: Callable[[tuple[Weight, ...]], None]) -> None:
            from ...learn.machine_parts import weigh  # here, on the worker, which loads torch

            emit(weigh(model, recipe))

        await self.tools.queue.idle()
        async with aclosing(self.tools.machine.compute_with(recipe, work)) as results:
            async for weights in results:
                self._weights, self._weighed = {weight.part: weight for weight in weights}, recipe
        self._show_parts()

    def _show_parts(self) -> None:
        for part, card in self.cards.items():
            card.show_facts(self._weights.get(part), self._work.get(part), sum(work.seconds for work in self._work.values()))
        self.formulas_changed.emit()

    def look(self, guess: str, value: int) -> None:
        self._spawn(guess)

    def _spawn(self, guess: str | None) -> None:
        self._stop()
        self._asked = guess
        self._timing = self.tools.notices.spawn(self._answer(guess))

    async def _answer(self, guess: str | None) -> None:
        if not self._weights:
            await self._weigh()
        if guess == "weights":
            most = max(self._weights.values(), key=lambda weight: weight.parameters)
            whole = sum(weight.parameters for weight in self._weights.values())
            self.answered.emit(
                guess,
                Words(
                    QT_TRANSLATE_NOOP("Safelight", "{part}: {millions} of {all} million weights ({share} %)."),
                    {
                        "part": TITLES[most.part],
                        "millions": f"{most.parameters / 1e6:.1f}",
                        "all": f"{whole / 1e6:.1f}",
                        "share": round(100 * most.parameters / whole),
                    },
                ),
            )
            return
        await self._time_parts()
        if guess == "time" and self._work:
            whole_time = sum(work.seconds for work in self._work.values())
            longest = max(self._work.values(), key=lambda work: work.seconds)
            self.answered.emit(
                guess,
                Words(
                    QT_TRANSLATE_NOOP(
                        "Safelight", "{part}: {share} % of {seconds} s, in {calls} calls. With 50 steps its share is larger still."
                    ),
                    {
                        "part": TITLES[longest.part],
                        "share": round(100 * longest.seconds / whole_time),
                        "seconds": f"{whole_time:.2f}",
                        "calls": longest.calls,
                    },
                ),
            )

    async def _time_parts(self) -> None:
        recipe = self.tools.recipe()
        short = recipe.with_values(steps=min(FEW, recipe.sampling.steps), adapters=(), embeddings=())

        def work(model: LoadedModel, control: Control, emit: Callable[[Work], None]) -> None:
            from ...learn.machine_parts import run

            run(model, short, control, emit)

        self._work = {}
        await self.tools.queue.idle()
        self._is_timing = True
        try:
            async with aclosing(self.tools.machine.compute_with(short, work)) as done:
                async for each in done:
                    self._work[each.part] = each
                    for part, card in self.cards.items():
                        card.light(part is each.part)
                    self._show_parts()
        finally:
            self._is_timing = False
            for card in self.cards.values():
                card.light(False)

    def formulas(self) -> tuple[Formula, ...]:
        if len(self._weights) < len(Part):
            return ()
        before, here = var("z", "t−1"), var("z", "t")
        text, latents, picture = (" × ".join(map(str, self._weights[part].gives)) for part in Part)
        return (
            Formula(
                tr("Safelight", "In general"),
                f"<i>c</i> = E(prompt), {before} = step({here}, U({here}, <i>t</i>, <i>c</i>)), {var('x', '0')} = D({var('z', '0')})",
                r"x_0 = D(z_0),\; z_{t-1} = \mathrm{step}\bigl(z_t, U(z_t, t, c)\bigr),\; c = E(\mathrm{prompt})",
            ),
            Formula(
                tr("Safelight", "Numbers that go from part to part"),
                f"{text} → {latents} → {picture}",
                rf"{text} \to {latents} \to {picture}".replace("×", r"\times"),
            ),
        )

    def retranslate(self) -> None:
        self._time.explain(
            tr("Safelight", "Time the parts"),
            tr("Safelight", "Make a few steps with the model of Create, and measure how long each part works."),
        )
        for card in self.cards.values():
            card.retranslate()
        self._show_parts()
        self._follow()


class PartCard(QFrame):
    """One part: its name in the article, what it does, its numbers, and the way to its station."""

    def __init__(self, theme: Theme, part: Part) -> None:
        super().__init__()
        self.part = part
        self.setObjectName(f"learn_part_{part.name.lower()}")
        self.setProperty("ground", "card")
        self._theme = theme
        self._is_lit = False
        self._calls = 0
        self._title, self._does = label("title", f"{self.objectName()}_title"), label("quiet", f"{self.objectName()}_does")
        self._facts, self._done = label("fact", f"{self.objectName()}_facts"), label("fact", f"{self.objectName()}_done")
        for words in (self._title, self._does, self._facts, self._done):
            words.setWordWrap(True)
        self.button = named(QPushButton(), f"{self.objectName()}_open")
        self.button.setProperty("quiet", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 10)
        column.setSpacing(8)
        for words in (self._title, self._does, self._facts, self._done):
            column.addWidget(words)
        column.addStretch()
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setMinimumHeight(210)

    def light(self, is_lit: bool) -> None:
        """Whether this part works now."""
        if is_lit != self._is_lit:
            self._is_lit = is_lit
            self.update()

    def show_calls(self, calls: int) -> None:
        """How often the run calls it."""
        if calls != self._calls:
            self._calls = calls
            self.retranslate()

    def show_facts(self, weight: Weight | None, work: Work | None, whole: float) -> None:
        """`whole`: seconds of all parts together."""
        self._facts.setText(
            tr("Safelight", "{networks}, {millions} million weights, gives {shape}").format(
                networks=" + ".join(weight.classes), millions=decimal(weight.parameters / 1e6, 1), shape=" × ".join(map(str, weight.gives))
            )
            if weight
            else ""
        )
        self._done.setText(
            sentence(
                QT_TRANSLATE_NOOP("Safelight", "Called {calls} ×, {seconds} s ({share} %)"),
                {"calls": work.calls, "seconds": decimal(work.seconds, 2), "share": round(100 * work.seconds / max(whole, 1e-9))},
            )
            if work
            else ""
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._is_lit:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._theme.tokens.accent), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)

    def retranslate(self) -> None:
        title = tr("Safelight", TITLES[self.part])
        self._title.setText(f"{title} × {self._calls}" if self._calls else title)
        self._does.setText(tr("Safelight", DOES[self.part]))
        explain_button(
            self.button, tr("Safelight", "Look inside"), tr("Safelight", "Open the station about this part: {part}.").format(part=title)
        )


class Arrow(QWidget):
    """Points from one part to the next."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedWidth(22)

    def paintEvent(self, event: QPaintEvent) -> None:
        icon = self._theme.icon("arrow-right", self._theme.tokens.quiet, 18)
        icon.paint(QPainter(self), 2, (self.height() - 18) // 2, 18, 18)
