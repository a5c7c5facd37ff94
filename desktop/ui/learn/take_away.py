"""TakeAway: the reverse process. The reader's picture there and back, and Algorithm 2 line by line, with the model of Create."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from ...diffusion.branching import forbidden
from ...diffusion.recipe import Recipe
from ...diffusion.run import Event, Pixels, Run, Step
from ...errors import QT_TRANSLATE_NOOP, SafelightError
from ...learn.moments import Given, Moment, Walk, cannot_walk, takes_picture
from ...learn.pixels import pixels_of
from ...learn.similarity import detail, edge, halfway, similarity
from ...library.lessons_file import Settings
from ...library.models import Model
from ...studio.notices import Words
from ...studio.trials import Trials
from ..language import explain_button, sentence, tr
from ..widgets import model_words
from ..widgets.command import Command, LocalCommand
from ..widgets.controls import Decimal, check_only, label, named, segment, segments
from ..widgets.slider_row import SliderRow
from .fitted import Fitted
from .formula import Formula
from .line_by_line import LineByLine
from .recipe_controls import RecipeControls
from .station import SKIPPED, Station, Tools
from .take_away_words import GUESSES, back_formulas, walk_formulas
from .there_and_back import LAST, NINE, Back, ThereAndBack

LEAST_STEPS, MOST_STEPS, STEPS = 8, 50, 20
SEED = 11  # not that of the bundled picture, which would come out of the noise again
MOST_WALKS = 3  # kept besides the newest
WAIT = 250  # ms after the last move of a slider, before something is computed for it
PAGES = ("back", "walk")


class TakeAway(Station):
    KEY = "take_away"
    GUESSES = GUESSES
    SOURCES = ("learn/reverse.py give", "learn/reverse.py walk", "diffusion/denoise.py denoise", "learn/similarity.py similarity")

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._trials = Trials(tools.machine, tools.queue)
        self._way = Walk()
        self._t = 500
        self._page = "back"
        self._is_shown = False
        self._work: asyncio.Task[None] | None = None
        self._asked: str | None = None  # the guess that waits for its answer
        self._made_for: Recipe | None = None  # the pictures there and back
        self._walked_for: Recipe | None = None  # the walks
        self._picture: Pixels | None = None
        self._given: Given | None = None
        self._backs: dict[int, Back] = {}  # by the number of given steps; 0 knows nothing of the picture
        self._wants_strip = False
        self._estimate: Pixels | None = None  # of the picture that is being made
        self._walks: dict[Walk, list[Moment]] = {}
        self._problem: SafelightError | Words | None = None
        self._next_line = self._command("next_line", lambda: self.walk.next_line(), "N")
        self.back, self.walk = ThereAndBack(tools.theme), LineByLine(tools.theme, self._next_line)
        self._soon = QTimer(self, singleShot=True, interval=WAIT)
        self._soon.timeout.connect(self._compute)
        self._run = self._command("run", self._toggle, "Space")
        self._use = self._command("use", self._carry, "Ctrl+Return")
        self.commands = ((self._run, "play"), (self._use, "wand-sparkles"))
        self._lay_out()
        self.controls = self._make_controls()
        self.back.moved.connect(self.go_to)
        self.walk.moved.connect(self.walk.go_to)
        self.walk.line_moved.connect(self.formulas_changed)
        self.retranslate()

    def _command(self, name: str, do: Callable[[], object], key: str) -> Command:
        return LocalCommand(self, f"learn_take_away_{name}", do, key)

    # -- layout

    def _lay_out(self) -> None:
        self._page_choices = {page: segment(f"learn_take_away_{page}") for page in PAGES}
        for page, option in self._page_choices.items():
            option.clicked.connect(lambda _=False, page=page: self.show_page(page))
        self._problem_words = label("warning", "learn_take_away_problem")
        self._problem_words.setWordWrap(True)
        self._pages = named(QStackedWidget(), "learn_take_away_pages")
        for shown in (self.back, self.walk):
            self._pages.addWidget(Fitted(f"{shown.objectName()}_scroll", shown))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 4, 20, 8)
        column.setSpacing(10)
        column.addWidget(segments(list(self._page_choices.values())))
        column.addWidget(self._problem_words)
        column.addWidget(self._pages, 1)

    def _make_controls(self) -> QWidget:
        self.settings_of_run = RecipeControls(self.tools, self.KEY, range(LEAST_STEPS, MOST_STEPS + 1), STEPS, SEED)
        self.settings_of_run.changed.connect(self._soon.start)
        self._eta_label, self._eta = label("caption"), Decimal("learn_take_away_eta", 0, 1, 0.1)
        self._eta_row = SliderRow(self._eta, width=84)
        self._fresh_label = label("caption")
        self._with_z, self._without_z = segment("learn_take_away_with_z"), segment("learn_take_away_without_z")
        self._eta.valueChanged.connect(self._choose_way)
        for option in (self._with_z, self._without_z):
            option.clicked.connect(self._choose_way)
        check_only([self._with_z, self._without_z], self._with_z)
        self._eta_label.setBuddy(self._eta)
        self._of_walk = QWidget()
        of_walk = QGridLayout(self._of_walk)
        of_walk.setContentsMargins(0, 0, 0, 0)
        of_walk.setColumnMinimumWidth(0, 56)
        of_walk.addWidget(self._eta_label, 0, 0)
        of_walk.addWidget(self._eta_row, 0, 1)
        of_walk.addWidget(self._fresh_label, 1, 0)
        of_walk.addWidget(segments([self._with_z, self._without_z]), 1, 1)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        column.addWidget(self.settings_of_run)
        column.addWidget(self._of_walk)
        return part

    # -- what is computed

    def _recipe(self) -> Recipe:
        """Of the way there and back: with a sampler that can start from a picture, if the model has one, and no prompt if none is typed."""
        recipe, model = self.settings_of_run.recipe(""), self.settings_of_run.model
        if model is not None and _kept_from(recipe, model):
            fits = recipe.with_values(sampler="DDIM")
            return recipe if _kept_from(fits, model) else fits
        return recipe

    def _forget_unless_made_for(self, recipe: Recipe) -> None:
        walked = self.settings_of_run.recipe()
        if walked != self._walked_for:
            self._stop()
            self._walked_for, self._walks, self._problem = walked, {}, None
            self.walk.show_walk([], walked.sampling.steps, self._way.is_fresh)
        if recipe == self._made_for:
            return
        self._stop()
        self._made_for, self._given, self._backs, self._problem = recipe, None, {}, None
        subject = self.tools.lessons.subject
        side = recipe.size.width
        self._picture = pixels_of(subject.square(side)) if subject is not None else None

    def _compute(self) -> None:
        """Compute what is shown and not known yet."""
        if not self._is_shown or self.tools.lessons.subject is None:
            return
        self._forget_unless_made_for(self._recipe())
        if self._work is None or self._work.done():
            self._work = self.tools.notices.spawn(self._do(self._go_back if self._page == "back" else self._take_walk))
        self._show()

    async def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        """Say here what went wrong: it belongs to this station and its model."""
        try:
            await work()
        except SafelightError as problem:
            self._problem = problem
        finally:
            if self._work is asyncio.current_task():
                self._work = self._estimate = None
                self._show()

    def _stop(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = self._estimate = None

    async def _go_back(self) -> None:
        """Make the picture at the playhead, then what is missing of the strip."""
        recipe, picture, model = self._made_for, self._picture, self.settings_of_run.model
        if recipe is None or picture is None or model is None:
            return
        if not takes_picture(model.family):
            self._problem = Words(
                QT_TRANSLATE_NOOP("Safelight", "The pipeline of {model} cannot start from a picture. Choose another model in Create."),
                {"model": model_words.name(model)},
            )
            return
        if reason := _kept_from(recipe, model):
            self._problem = Words(reason, {})
            return
        if self._given is None:
            self._given = await self._trials.give(recipe, picture, recipe.sampling.seed)
            self._show()
        while (given := self._next_back()) is not None:
            await self._make_back(recipe, picture, self._given, given)
            self._show()
        if self._asked == "edge" and self._limit is not None:
            self._answer_edge(self._limit)
        elif self._asked == "which":
            await self._answer_which(self._given, self._backs[self._here], model)

    async def _make_back(self, recipe: Recipe, picture: Pixels, given: Given, steps: int) -> None:
        """The picture with the noise that is left after `steps`, denoised; for 0 the starting noise alone, with nothing of the picture."""

        def observe(event: Event) -> None:
            if isinstance(event, Step) and steps == self._here:
                self._estimate = event.estimate
                self.back.show_back(event.estimate)

        if steps:
            turned = recipe.turned(steps, refine=recipe.sampling.seed)
            run = Run(turned, plan=given.plan, steps=list(given.steps[: steps + 1]), refined=given.steps)
        else:
            run = Run(recipe)
        await self._trials.make(run, observe)
        made = run.picture
        assert made is not None
        if run.plan is not None:  # what a picture alone does not say
            source = sha256(picture.data).hexdigest()
            run.record(replace(run.plan, environment={**run.plan.environment, "source": source} if steps else run.plan.environment))
        noisy = given.steps[steps].noisy or made
        likeness = await asyncio.to_thread(lambda: (similarity(picture, made), similarity(picture, noisy)))
        self._backs[steps] = Back(given.t[steps], run, made, *likeness)

    @property
    def _here(self) -> int:
        """The number of given steps for the playhead."""
        return self._nearest(self._t)

    @property
    def _strip(self) -> list[int]:
        """The given steps of the nine pictures of the strip."""
        return [] if self._given is None else [self._nearest(t) for t in self.back.film.places]

    def _nearest(self, t: int) -> int:
        """The number of given steps, 1 or more, after which a picture is noised nearest to `t`."""
        known = self._given.t if self._given is not None else ()
        return min(range(1, len(known)), key=lambda steps: abs(known[steps] - t), default=1)

    def _next_back(self) -> int | None:
        strip = [*self._strip, 0] if self._wants_strip else []
        return next((steps for steps in (self._here, *strip) if steps not in self._backs), None)

    @property
    def _limit(self) -> float | None:
        """The similarity halfway to a picture that knows nothing of the reader's."""
        return halfway([self._backs[0].similarity]) if 0 in self._backs else None

    def _answer_edge(self, limit: float) -> None:
        known = sorted((self._backs[steps] for steps in {*self._strip, 0}), key=lambda back: back.t)
        t = round(edge([back.t for back in known], [back.similarity for back in known]))
        self._answer(
            "edge",
            QT_TRANSLATE_NOOP(
                "Safelight",
                "From about t = {t} on: there the similarity falls below {limit}, halfway between your picture (1) and one that knows "
                "nothing of it ({stranger}).",
            ),
            t=t,
            limit=f"{limit:.2f}",
            stranger=f"{self._backs[0].similarity:.2f}",
        )

    async def _answer_which(self, given: Given, back: Back, model: Model) -> None:
        if reason := cannot_walk(model.family, model.traits):
            self._problem = self._unwalkable(model, reason)
            return
        everything, last = await self._trials.noise_found(back.run, given, self._here + 1)
        self._answer(
            "which",
            QT_TRANSLATE_NOOP(
                "Safelight",
                "All of it: at t = {t} the correlation of what the network finds with all the noise is {all}, with the noise of the last "
                "of the many steps only {last}.",
            ),
            t=round(back.t),
            all=f"{everything:.2f}",
            last=f"{last:.2f}",
        )

    def _unwalkable(self, model: Model, reason: str) -> Words:
        return Words(
            QT_TRANSLATE_NOOP("Safelight", "Algorithm 2 cannot be walked with {model}: {reason}. Choose another model in Create."),
            {"model": model_words.name(model), "reason": reason},
        )

    def _answer(self, guess: str, template: str, **values: object) -> None:
        self._asked = None
        self.answered.emit(guess, Words(template, values))

    async def _take_walk(self) -> None:
        """Walk as the settings say, then what a guess asks for."""
        model = self.settings_of_run.model
        if model is None:
            return
        if reason := cannot_walk(model.family, model.traits):
            self._problem = self._unwalkable(model, reason)
            return
        await self._walked(self._way)
        if self._asked == "fresh":
            await self._answer_fresh()
        elif self._asked == "walks":
            await self._answer_walks()

    async def _walked(self, way: Walk) -> list[Moment]:
        recipe = self._walked_for
        assert recipe is not None
        known = self._walks.get(way, [])
        if len(known) > recipe.sampling.steps:
            return known
        made: list[Moment] = []
        self._walks = {**dict([*self._walks.items()][-MOST_WALKS:]), way: made}

        def observe(moment: Moment) -> None:
            made.append(moment)
            if way == self._way:
                follows = self.walk.number >= len(made) - 2
                self.walk.show_walk(made, recipe.sampling.steps, way.is_fresh)
                if follows:
                    self.walk.go_to(len(made) - 1)

        await self._trials.walk(recipe, way, observe)
        return made

    async def _answer_fresh(self) -> None:
        with_z, without = [await self._walked(Walk(1.0, is_fresh)) for is_fresh in (True, False)]
        same, lowest = min(
            zip(with_z, without, strict=True), key=lambda pair: pair[1].spreads["x_next"] / max(pair[0].spreads["x_next"], 1e-6)
        )
        likeness = similarity(without[-1].pictures["x_next"], with_z[-1].pictures["x_next"])
        share = detail(without[-1].pictures["x_next"]) / max(detail(with_z[-1].pictures["x_next"]), 1e-6)
        self._choose(Walk(1.0, is_fresh=False))
        self.walk.go_to(lowest.step.number)
        self._answer(
            "fresh",
            QT_TRANSLATE_NOOP(
                "Safelight",
                "It gets cleaner than it should be: without z its spread falls to {bare} in step {step}, where the network expects "
                "{fresh}. The finished picture has a similarity of {likeness} with the one with z, and {share} % of its detail.",
            ),
            bare=f"{lowest.spreads['x_next']:.2f}",
            fresh=f"{same.spreads['x_next']:.2f}",
            step=lowest.step.number,
            likeness=f"{likeness:.2f}",
            share=round(100 * share),
        )

    async def _answer_walks(self) -> None:
        straight, random = [await self._walked(Walk(eta)) for eta in (0.0, 1.0)]
        apart = await self._trials.first_difference(straight, random)
        likeness = similarity(straight[-1].pictures["x_next"], random[-1].pictures["x_next"])
        self._choose(Walk(1.0))
        self.walk.go_to(1)
        self._answer(
            "walks",
            QT_TRANSLATE_NOOP(
                "Safelight",
                "By {apart}: the same network gets the same question. Only the way on differs, and the finished pictures have a similarity "
                "of {likeness}.",
            ),
            apart=f"{apart:g}",
            likeness=f"{likeness:.2f}",
        )

    # -- what the user does

    def go_to(self, t: int) -> None:
        """Show the picture noised to `t`."""
        self._t, self._estimate = min(LAST, max(0, t)), None
        self._show()
        self._soon.start()

    def show_page(self, page: str) -> None:
        if page != self._page:
            self._page = page
            self._stop()
            self._compute()
        self._show()

    def _choose_way(self) -> None:
        self._choose(Walk(round(self._eta.value(), 1), not self._without_z.isChecked()))

    def _choose(self, way: Walk) -> None:
        """Show the walk `way`; take it if it is not known."""
        self._way = way
        self._eta_row.show_value(way.eta)
        check_only([self._with_z, self._without_z], self._with_z if way.is_fresh else self._without_z)
        recipe = self._walked_for
        if recipe is not None:
            known = self._walks.get(way, [])
            self.walk.show_walk(known, recipe.sampling.steps, way.is_fresh)
            if len(known) <= recipe.sampling.steps and self._asked is None:
                self._stop()
                self._soon.start()
        self.retranslate()

    def _toggle(self) -> None:
        """Make the strip, or the walk; or stop."""
        if self._work is not None:
            self._wants_strip = False
            self._stop()
        else:
            self._wants_strip = self._page == "back"
            self._problem = None
            self._compute()
        self._show()

    def _carry(self) -> None:
        back = self._backs.get(self._here)
        if back is not None:
            self.carried.emit(back.run)

    def mark(self, guess: str, value: int) -> None:
        if guess == "edge":
            self.back.film.mark(value, tr("Safelight", "guess"))
            self.back.curves.show_marker(value if value >= 0 else None)

    def look(self, guess: str, value: int) -> None:
        self._asked, self._problem = guess, None
        if guess == "edge":
            self.mark(guess, value if value != SKIPPED else -1)
            self._wants_strip = True
        self._page = "back" if guess in ("edge", "which") else "walk"
        self._stop()
        self._compute()

    def show_subject(self) -> None:
        self._made_for = None
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

    def _show(self) -> None:
        check_only(list(self._page_choices.values()), self._page_choices[self._page])
        self._pages.setCurrentIndex(PAGES.index(self._page))
        self._of_walk.setVisible(self._page == "walk")
        self.settings_of_run.say_nothing(self._page == "back")
        given, here = self._given, self._here
        back = self._backs.get(here)
        self.back.show_picture(self._picture)
        step = given.steps[here] if given is not None else None
        self.back.show_moment(
            given.t[here] if given is not None else self._t,
            step.alpha_cumprod**0.5 if step is not None and step.alpha_cumprod is not None else None,
            step.noisy if step is not None else None,
            back.pixels if back is not None else self._estimate,
            back.similarity if back is not None else None,
            self._work is not None and back is None,
        )
        known = {each.t: each for each in self._backs.values()}
        self.back.show_strip([self._backs.get(steps) for steps in self._strip or [-1] * NINE], known, self._limit)
        self._use.setEnabled(self._page == "back" and back is not None)
        self._next_line.setEnabled(self._page == "walk" and bool(self.walk.moment))
        self._say_problem()
        self._explain_run()
        self.formulas_changed.emit()

    def _say_problem(self) -> None:
        problem = self._problem
        self._problem_words.setVisible(problem is not None)
        if problem is not None:
            self._problem_words.setText(sentence(problem.template, problem.values))

    def _explain_run(self) -> None:
        is_at_work = self._work is not None
        self._run.icon_name = "square" if is_at_work else "play"
        if is_at_work:
            words, explanation = tr("Safelight", "Stop"), tr("Safelight", "Stop here; what is made stays.")
        elif self._page == "back":
            words, explanation = tr("Safelight", "Make nine"), tr("Safelight", "Noise your picture to nine moments and denoise each.")
        else:
            words, explanation = tr("Safelight", "Walk"), tr("Safelight", "Take the whole walk from noise to picture.")
        self._run.explain(words, explanation)

    def formulas(self) -> tuple[Formula, ...]:
        return back_formulas(self._given, self._here) if self._page == "back" else walk_formulas(self.walk.moment)

    def view(self) -> QWidget:
        return self.back if self._page == "back" else self.walk  # all of it, also what is scrolled away

    # -- settings

    def settings(self) -> Settings:
        return {"page": self._page, "t": self._t, **self.settings_of_run.settings(), "eta": self._way.eta, "fresh": self._way.is_fresh}

    def restore(self, settings: Settings) -> None:
        self.settings_of_run.restore(settings)
        match settings.get("t"):
            case int(t) if 0 <= t <= LAST:
                self._t = t
        match settings.get("eta"), settings.get("fresh"):
            case int() | float() as eta, bool(is_fresh) if 0 <= eta <= 1:
                self._choose(Walk(round(float(eta), 1), is_fresh))
        page = settings.get("page")
        if page in PAGES:
            self._page = str(page)
        self._compute()
        self._show()

    def retranslate(self) -> None:
        self._eta_label.setText("η")
        self._fresh_label.setText(tr("Safelight", "Noise z"))
        self._eta.setSuffix({0.0: " DDIM", 1.0: " DDPM"}.get(self._way.eta, ""))
        self._eta_row.explain(
            tr("Safelight", "η, the share of fresh noise"),
            tr("Safelight", "How much fresh noise goes back in at each step: 0 is DDIM, 1 is DDPM."),
        )
        explain_button(self._with_z, tr("Safelight", "Added"), tr("Safelight", "As Algorithm 2 says."))
        explain_button(self._without_z, tr("Safelight", "Left out"), tr("Safelight", "z = 0 in every step, and all else as before."))
        explain_button(
            self._page_choices["back"],
            tr("Safelight", "There and back", "noised and denoised"),
            tr("Safelight", "Noise your picture, and denoise it again."),
        )
        explain_button(
            self._page_choices["walk"],
            tr("Safelight", "Line by line"),
            tr("Safelight", "Algorithm 2, with the numbers of each of its steps."),
        )
        self._next_line.explain(tr("Safelight", "Next line"), tr("Safelight", "Go to the line of Algorithm 2 that is executed next."))
        self._use.explain(
            tr("Safelight", "Use this in Create"),
            tr("Safelight", "Save this picture and show it in Create, with all its steps, to refine and branch it there."),
        )
        self._show()


def _kept_from(recipe: Recipe, model: Model) -> str | None:
    """Why a run of `recipe` cannot start from a picture, marked for translation; None if it can."""
    return forbidden(recipe, recipe.sampling.steps, 2, {"refine": 0}, model.traits)
