"""Strides: the same noise denoised in 1, 2, 5, 10 and 50 steps, with the model of Create."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ...diffusion.recipe import Recipe
from ...diffusion.run import Event, Pixels, Run, Step
from ...errors import QT_TRANSLATE_NOOP, SafelightError
from ...learn.pixels import array_of
from ...learn.similarity import detail, similarity
from ...library.lessons_file import Settings
from ...studio.notices import Words
from ...studio.trials import Trials
from ..language import decimal, explain_button, sentence, tr
from ..widgets.command import LocalCommand
from ..widgets.controls import check_only, label, segment, segments
from .curves import Curves, Line
from .fitted import Fitted
from .formula import Formula, sqrt, var
from .pictures import Picture, Sum
from .recipe_controls import RecipeControls
from .station import Guess, Station, Tools

STRIDES = (1, 2, 5, 10, 50)
SEED = 7
LEAST, MOST = 96, 280  # px of a picture
WORDS = 46  # px below a picture
ALIKE = 0.95  # similarity from which a picture hardly changes
WAIT = 250  # ms after the last change, before something is computed for it


@dataclass(frozen=True, slots=True, eq=False)
class Strode:
    """The picture of one number of steps."""

    pixels: Pixels
    seconds: float  # of its steps
    detail: float


class Strides(Station):
    KEY = "strides"
    GUESSES = (
        Guess(
            "enough",
            QT_TRANSLATE_NOOP("Safelight", "The network has learned to say what is under the noise. Is one step enough?"),
            choices=(
                QT_TRANSLATE_NOOP("Safelight", "Yes: it knows the picture"),
                QT_TRANSLATE_NOOP("Safelight", "No: it gives a blur"),
                QT_TRANSLATE_NOOP("Safelight", "No: it gives only noise"),
            ),
            belief=2,
        ),
        Guess(
            "from",
            QT_TRANSLATE_NOOP("Safelight", "From how many steps on does the picture hardly change any more?"),
            choices=tuple(str(steps) for steps in STRIDES),
        ),
    )
    SOURCES = ("diffusion/denoise.py denoise", "learn/similarity.py similarity", "learn/similarity.py detail")

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._trials = Trials(tools.machine, tools.queue)
        self._made_for: Recipe | None = None
        self._noise: Pixels | None = None
        self._estimates: dict[int, Pixels] = {}  # of the picture that is being made
        self._made: dict[int, Strode] = {}  # by steps
        self._likenesses: dict[int, float] = {}  # by steps, once all are made: similarity with the picture in most steps
        self._wants_all = False
        self._asked: str | None = None
        self._chosen = len(STRIDES) - 1
        self._is_shown = False
        self._work: asyncio.Task[None] | None = None
        self._problem: SafelightError | None = None
        self.above = Sum(tools.theme, "learn_strides_above", ("", ""), most=MOST)
        self.below = Sum(tools.theme, "learn_strides_below", ("", ""), most=MOST)
        self.curves = Curves(
            tools.theme, "learn_strides_curves", {"similarity": Line("sand"), "detail": Line("sage", Qt.PenStyle.DotLine)}, height=110
        )
        self.curves.show_axis(-0.2, len(STRIDES) - 0.8, -0.05, 1.15)
        self._soon = QTimer(self, singleShot=True, interval=WAIT)
        self._soon.timeout.connect(self._compute)
        self._run = LocalCommand(self, "learn_strides_run", self._toggle, "Space")
        self._use = LocalCommand(self, "learn_strides_use", self._carry, "Ctrl+Return")
        self.commands = ((self._run, "play"), (self._use, "wand-sparkles"))
        self._problem_words, self._note = label("warning", "learn_strides_problem"), label("quiet", "learn_strides_note")
        for words in (self._problem_words, self._note):
            words.setWordWrap(True)
        self._lay_out()
        self.curves.moved.connect(lambda place: self.choose(round(place)))
        self.retranslate()

    def _lay_out(self) -> None:
        self.page = _Page([self.above, self.below], self.curves, self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 4, 20, 8)
        column.addWidget(self._problem_words)
        column.addWidget(Fitted("learn_strides_scroll", self.page))
        self.settings_of_run = RecipeControls(self.tools, self.KEY, None, 0, SEED)
        self.settings_of_run.changed.connect(self._soon.start)
        self._guidance_label = label("caption")
        self._unguided, self._guided = segment("learn_strides_unguided"), segment("learn_strides_guided")
        check_only([self._unguided, self._guided], self._unguided)
        for option in (self._unguided, self._guided):
            option.clicked.connect(self._soon.start)
        self.controls = QWidget()
        left = QVBoxLayout(self.controls)
        left.setContentsMargins(16, 12, 16, 8)
        left.setSpacing(8)
        left.addWidget(self.settings_of_run)
        left.addWidget(self._guidance_label)
        left.addWidget(segments([self._unguided, self._guided]))
        left.addStretch()

    # -- what is computed

    def _compute(self) -> None:
        """Compute what is shown and not known yet: at first only the starting noise."""
        if not self._is_shown:
            return
        recipe = self.settings_of_run.recipe()
        if self._unguided.isChecked():
            recipe = recipe.with_values(guidance_scale=1.0)
        if recipe != self._made_for:
            self._stop()
            self._made_for, self._noise, self._made, self._likenesses, self._estimates, self._problem = recipe, None, {}, {}, {}, None
        if self._work is None:
            self._work = self.tools.notices.spawn(self._do(recipe))
        self._show()

    async def _do(self, recipe: Recipe) -> None:
        try:
            if self.settings_of_run.model is not None:
                await self._stride(recipe)
        except SafelightError as problem:
            self._problem = problem
        finally:
            if self._work is asyncio.current_task():
                self._work = None
                self._show()

    async def _stride(self, recipe: Recipe) -> None:
        if self._noise is None:
            run = Run(recipe.with_values(steps=STRIDES[0]))
            await self._trials.make(run, until=0)
            self._noise = run.steps[0].noisy
            self._show()
        for steps in STRIDES if self._wants_all else ():
            if steps not in self._made:
                await self._make(recipe.with_values(steps=steps), steps)
        if self._wants_all:
            if not self._likenesses:
                pictures = {steps: self._made[steps].pixels for steps in STRIDES}
                self._likenesses = await asyncio.to_thread(
                    lambda: {steps: similarity(made, pictures[STRIDES[-1]]) for steps, made in pictures.items()}
                )
                self._show()
            self._answer()

    async def _make(self, recipe: Recipe, steps: int) -> None:
        def observe(event: Event) -> None:
            if isinstance(event, Step) and event.estimate is not None:
                self._estimates[steps] = event.estimate
                self._pictures[STRIDES.index(steps) + 1].show_pixels(array_of(event.estimate))

        run = Run(recipe)
        await self._trials.make(run, observe)
        made = run.picture
        assert made is not None
        self._made[steps] = Strode(made, sum(step.seconds for step in run.steps), await asyncio.to_thread(detail, made))
        self._show()

    def _stop(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None
        self._estimates = {}

    def _share(self, steps: int) -> float | None:
        """Its detail, relative to that of the picture in most steps."""
        most, made = self._made.get(STRIDES[-1]), self._made.get(steps)
        return None if most is None or made is None else made.detail / max(most.detail, 1e-6)

    def _answer(self) -> None:
        guess, self._asked = self._asked, None
        likenesses = [self._likenesses[steps] for steps in STRIDES]
        one, many = self._made[STRIDES[0]], self._made[STRIDES[-1]]
        if guess == "enough":
            words = Words(
                QT_TRANSLATE_NOOP(
                    "Safelight",
                    "One step takes {one} s instead of {many} s, and has {share} % of the detail of {most} steps. The similarity of the "
                    "two is {likeness}.",
                ),
                {
                    "one": f"{one.seconds:.2f}",
                    "many": f"{many.seconds:.1f}",
                    "share": round(100 * (self._share(STRIDES[0]) or 0)),
                    "most": STRIDES[-1],
                    "likeness": f"{likenesses[0]:.2f}",
                },
            )
            self.answered.emit(guess, words)
        elif guess == "from":
            place = next(place for place in range(len(STRIDES)) if min(likenesses[place:]) >= ALIKE)
            words = Words(
                QT_TRANSLATE_NOOP(
                    "Safelight", "From {steps} steps on: the similarity with the picture in {most} steps stays above {alike} there."
                ),
                {"steps": STRIDES[place], "most": STRIDES[-1], "alike": ALIKE},
            )
            self.answered.emit(guess, words)

    # -- what the user does

    def choose(self, place: int) -> None:
        """Show the numbers of the picture at `place`."""
        self._chosen = min(len(STRIDES) - 1, max(0, place))
        self._show()

    def _toggle(self) -> None:
        if self._work is not None:
            self._wants_all = False
            self._stop()
            self._show()
        else:
            self._wants_all, self._problem = True, None
            self._compute()

    def _carry(self) -> None:
        if self._made_for is not None:
            self.carried.emit(replace(self._made_for, turns=()).with_values(steps=STRIDES[self._chosen]))

    def look(self, guess: str, value: int) -> None:
        self._asked, self._wants_all, self._problem = guess, True, None
        self._stop()
        self._compute()

    def enter(self) -> None:
        self._is_shown = True
        self.settings_of_run.retranslate()  # the model of Create may be another one
        self._compute()

    def leave(self) -> None:
        self._is_shown = False
        self._soon.stop()
        self._stop()

    # -- showing

    @property
    def _pictures(self) -> list[Picture]:
        """The starting noise, then one for each number of steps."""
        return [*self.above.pictures, *self.below.pictures]

    def _show(self) -> None:
        pictures = self._pictures
        pictures[0].show_pixels(None if self._noise is None else array_of(self._noise))
        pictures[0].describe(tr("Safelight", "The starting noise, the same for all"))
        self.above.show_words(0, var("x", "T"), tr("Safelight", "the starting noise, the same for all"))
        for place, steps in enumerate(STRIDES, 1):
            made = self._made.get(steps)
            pixels = made.pixels if made is not None else self._estimates.get(steps)
            pictures[place].show_pixels(None if pixels is None else array_of(pixels))
            words = tr("Safelight", "1 step") if steps == 1 else tr("Safelight", "{count} steps").format(count=steps)
            pictures[place].describe(words)
            taken = "–" if made is None else tr("Safelight", "{seconds} s").format(seconds=decimal(made.seconds, 2))
            row = self.above if place < 3 else self.below
            row.show_words(place % 3, words, taken)
        self._show_curves()
        problem = self._problem
        self._problem_words.setVisible(problem is not None)
        if problem is not None:
            self._problem_words.setText(sentence(problem.template, problem.values))
        self._run.icon_name = "square" if self._work is not None and self._wants_all else "play"
        if self._run.icon_name == "square":
            self._run.explain(tr("Safelight", "Stop"), tr("Safelight", "Stop here; what is made stays."))
        else:
            self._run.explain(tr("Safelight", "Make all"), tr("Safelight", "Denoise the same noise in 1, 2, 5, 10 and 50 steps."))
        self.formulas_changed.emit()

    def _show_curves(self) -> None:
        heights: dict[str, float] = {}
        for key, value_of, symbol, words in (
            ("similarity", self._likenesses.get, tr("Safelight", "similarity"), tr("Safelight", "with 50 steps")),
            ("detail", self._share, tr("Safelight", "detail"), tr("Safelight", "50 steps have 1")),
        ):
            known = {place: value for place, steps in enumerate(STRIDES) if (value := value_of(steps)) is not None}
            self.curves.show_curve(key, list(known), list(known.values()))
            here = known.get(self._chosen)
            if here is not None:
                heights[key] = here
            self.curves.show_legend(key, symbol, "–" if here is None else decimal(here, 2), words)
        self.curves.show_moment(self._chosen, heights)

    def formulas(self) -> tuple[Formula, ...]:
        steps = STRIDES[self._chosen]
        return (
            Formula(
                tr("Safelight", "What one look says"),
                f"{var('x̂', '0')} = ({var('x', 't')} − {sqrt('1 − ᾱ<sub>t</sub>')} · {var('ε', 'θ')}) / {sqrt('ᾱ<sub>t</sub>')}",
                r"\hat x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\,\epsilon_\theta}{\sqrt{\bar\alpha_t}}",
            ),
            Formula(
                tr("Safelight", "Looks for this picture"),
                f"{var('x', 'T')} → <b>{steps}</b> × {var('ε', 'θ')} → {var('x', '0')}",
                rf"x_T \to {steps} \times \epsilon_\theta \to x_0",
            ),
        )

    def view(self) -> QWidget:
        return self.page  # all of it, also what is scrolled away

    # -- settings

    def settings(self) -> Settings:
        return {**self.settings_of_run.settings(), "chosen": self._chosen, "guided": self._guided.isChecked()}

    def restore(self, settings: Settings) -> None:
        self.settings_of_run.restore(settings)
        match settings.get("chosen"):
            case int(place):
                self.choose(place)
        if settings.get("guided") is True:
            check_only([self._unguided, self._guided], self._guided)
        self._compute()

    def retranslate(self) -> None:
        self._use.explain(
            tr("Safelight", "Use this in Create"), tr("Safelight", "Fill in Create with these settings and the chosen number of steps.")
        )
        self._guidance_label.setText(tr("Safelight", "Guidance"))
        explain_button(
            self._unguided, tr("Safelight", "Off"), tr("Safelight", "What the network itself says; guidance would exaggerate it.")
        )
        explain_button(self._guided, tr("Safelight", "As in Create"), tr("Safelight", "With the guidance that is set in Create."))
        self._note.setText(
            tr(
                "Safelight",
                "Similarity: correlation of the colours at 32 × 32 places. "
                "Detail: mean difference of brightness between neighbouring pixels.",
            )
        )
        self._show()


class _Page(QWidget):
    def __init__(self, rows: Sequence[Sum], curves: Curves, note: QLabel) -> None:
        super().__init__()
        self._rows, self._others = rows, (curves, note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for row in rows:
            column.addWidget(row, 1)
        column.addWidget(curves)
        column.addWidget(note)

    def fit(self, height: int) -> None:
        others = sum(part.sizeHint().height() for part in self._others) + len(self._rows) * WORDS + 40
        for row in self._rows:
            for picture in row.pictures:
                picture.limit(min(MOST, max(LEAST, (height - others) // len(self._rows))))
