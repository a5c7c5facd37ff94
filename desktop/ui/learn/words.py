"""Station 8: how the prompt is read, what it changes in a step, what guidance does with that, and where each word is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ...diffusion.recipe import Recipe
from ...diffusion.run import Event, LiveViews, Run, Step, WatchedViews, WordMaps
from ...errors import QT_TRANSLATE_NOOP, NoGuidance, ViewUnknown
from ...learn import words
from ...learn.pixels import array_of
from ...library.lessons_file import Settings
from ...studio.notices import Words
from ...studio.trials import Trials
from ..language import decimal, explain, explain_button, spoken, tr
from ..widgets.command import LocalCommand
from ..widgets.controls import Number, check_only, label, named, segment, segments
from .formula import Formula, var
from .pictures import AxisFilm
from .station import Guess, Station, Tools
from .words_answers import AnswersPage
from .words_maps import MapsPage
from .words_scales import ScalesPage
from .words_tokens import TokensPage

if TYPE_CHECKING:
    from ...learn.reading import Answers, Reading

PAGES = ("tokens", "answers", "guidance", "maps")
USUAL = {"en": "a fox in the forest", "zh": "森林里的狐狸"}  # the prompt where Create has none
MOST_STEPS = 25  # at first
CLIPPED = QT_TRANSLATE_NOOP(
    "Safelight",
    "On one seed, guidance {least} clips {before} % of the pixels, guidance {most} {after} %; the colourfulness goes from {dull} "
    "to {bright}. More guidance is not better.",
)
BEGIN = QT_TRANSLATE_NOOP(
    "Safelight", "{begin} % of the attention goes to the mark before the prompt, which is no word, and {read} % to all words together."
)
NO_WORDS = QT_TRANSLATE_NOOP("Safelight", "There is no word in the prompt. Type one, and make the picture again.")
SWAPPED = QT_TRANSLATE_NOOP(
    "Safelight",
    "“{word}” became “{other}”: {inside} % of all change is where the map of “{word}” is warmest, {outside} % is elsewhere "
    "(by chance 25 % and 75 %). A map shows where the model looked, not why the picture is so.",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """A picture that was made here, and the word maps of its steps; none without the watch."""

    run: Run
    maps: list[WordMaps] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The number of its last step."""
        return len(self.run.steps) - 1

    @property
    def picture(self) -> np.ndarray:
        assert self.run.picture is not None
        return array_of(self.run.picture)


class WordsStation(Station):
    KEY = "words"
    GUESSES = (
        Guess(
            "guidance",
            QT_TRANSLATE_NOOP(
                "Safelight", "At guidance 30, how many per cent of the pixels are clipped: as dark or bright as they can be?"
            ),
            QT_TRANSLATE_NOOP("Safelight", "The same seed is drawn at seven guidance scales from 1 to 30."),
            lowest=0,
            highest=100,
            start=5,
            belief=10,
        ),
        Guess(
            "begin",
            QT_TRANSLATE_NOOP(
                "Safelight", "A mark without meaning stands before every prompt. How many per cent of the attention goes to it?"
            ),
            QT_TRANSLATE_NOOP("Safelight", "Mean over all steps, layers and places of the picture."),
            lowest=0,
            highest=100,
            start=5,
        ),
        Guess(
            "swap",
            QT_TRANSLATE_NOOP(
                "Safelight",
                "One word is swapped. How many per cent of what changes lie in the quarter of the picture that looked at it most?",
            ),
            QT_TRANSLATE_NOOP("Safelight", "100 would mean: the map shows exactly what the word did."),
            lowest=0,
            highest=100,
            start=90,
            belief=12,
        ),
    )
    SOURCES = (
        "learn/reading.py read",
        "learn/reading.py answers",
        "learn/words.py colours",
        "learn/words.py within",
        "diffusion/attention.py Attention",
    )

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._trials = Trials(tools.machine, tools.queue)
        self._is_here = False
        self._reading: Reading | None = None
        self._made: _Made | None = None
        self._answers: Answers | None = None
        self._asked: tuple[_Made, int] | None = None  # run and step of these answers
        self._strip: dict[float, tuple[np.ndarray, words.Colours]] = {}
        self._scale = words.SCALES[0]  # the chosen picture of the strip
        self._step = 1
        self._word = 0
        self._swap: tuple[str, np.ndarray, float] | None = None  # its words, the picture, the share of change inside the map
        self._problem = ""  # why the page cannot be shown, marked for translation
        self._work: asyncio.Task[None] | None = None  # makes pictures
        self._answering: asyncio.Task[None] | None = None  # the work that answers a question
        self._look_up: asyncio.Task[None] | None = None  # reads the prompt
        self._asking: asyncio.Task[None] | None = None  # asks for the answers of a step
        self._drawing: asyncio.Task[None] | None = None  # lays a map over the picture
        self._make_command = LocalCommand(self, "learn_words_make", self._make_here, "Ctrl+Return")
        self._carry = LocalCommand(self, "learn_words_carry", lambda: self.carried.emit(self._recipe()))
        self.commands = ((self._make_command, "play"), (self._carry, "arrow-right"))
        self._pages = QStackedWidget()
        self._tabs = {page: segment(f"learn_words_{page}") for page in PAGES}
        for page, tab in self._tabs.items():
            tab.clicked.connect(partial(self._turn_to, page))
        check_only(list(self._tabs.values()), self._tabs["tokens"])
        self._said = label("quiet", "learn_words_said")
        self._said.setWordWrap(True)
        self._tokens_page, self._answers_page = TokensPage(), AnswersPage(tools.theme)
        self._scales_page, self._maps_page = ScalesPage(tools.theme), MapsPage(tools.theme)
        for shown in (self._tokens_page, self._answers_page, self._scales_page, self._maps_page):
            self._pages.addWidget(shown)
        self._answers_page.moved.connect(self._go_to)
        self._scales_page.chosen.connect(self._choose_scale)
        self._maps_page.word_chosen.connect(self._choose_word)
        self._maps_page.steps_chosen.connect(self._show)
        self._maps_page.swap_wanted.connect(lambda: self._start(self._swap_word()))
        self._film = AxisFilm(tools.theme, "learn_words_film")
        self._film.moved.connect(self._go_to)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 4, 20, 8)
        column.setSpacing(8)
        column.addWidget(segments(list(self._tabs.values())))
        column.addWidget(self._said)
        column.addWidget(self._pages, 1)
        column.addWidget(self._film)
        self.controls = self._make_controls()
        self.retranslate()

    # -- layout

    def _make_controls(self) -> QWidget:
        self._prompt_title = label("section", "learn_words_prompt_title")
        self._prompt = named(QLineEdit(), "learn_words_prompt")
        self._prompt.setMaxLength(1000)
        self._prompt.editingFinished.connect(self._read_soon)
        self._steps, self._seed = Number("learn_words_steps", 2, 100), Number("learn_words_seed", 0, 2**31 - 1)
        self._steps.setValue(MOST_STEPS)
        self._seed.setValue(7)
        self._steps_label, self._seed_label = label("caption", "", self._steps), label("caption", "", self._seed)
        self._make_button = named(QPushButton(), "learn_words_make_here")
        self._make_button.clicked.connect(self._make_command.trigger)
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(16, 12, 16, 8)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, 56)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._prompt_title, 0, 0, 1, 2)
        grid.addWidget(self._prompt, 1, 0, 1, 2)
        for row, (caption, number) in enumerate(((self._steps_label, self._steps), (self._seed_label, self._seed)), 2):
            grid.addWidget(caption, row, 0)
            grid.addWidget(number, row, 1)
        grid.addWidget(self._make_button, 4, 0, 1, 2)
        return part

    # -- the place

    def enter(self) -> None:
        self._is_here = True
        if not self._prompt.text():
            recipe = self.tools.recipe()
            self._prompt.setText(recipe.prompt.text or USUAL[spoken()])
            self._steps.setValue(min(recipe.sampling.steps, MOST_STEPS))
        self._read_soon()

    def leave(self) -> None:
        self._is_here = False
        for task in (self._work, self._look_up, self._asking, self._drawing):
            if task is not None:
                task.cancel()
        self._work = self._answering = self._look_up = self._asking = self._drawing = None
        self._forget()

    def settings(self) -> Settings:
        page = next(page for page, tab in self._tabs.items() if tab.isChecked())
        return {"prompt": self._prompt.text(), "steps": self._steps.value(), "seed": self._seed.value(), "page": page}

    def restore(self, settings: Settings) -> None:
        if isinstance(prompt := settings.get("prompt"), str):
            self._prompt.setText(prompt)
        for name, number in (("steps", self._steps), ("seed", self._seed)):
            if isinstance(value := settings.get(name), int) and number.minimum() <= value <= number.maximum():
                number.setValue(value)
        if (page := settings.get("page")) in PAGES:
            self._turn_to(str(page))

    def formulas(self) -> tuple[Formula, ...]:
        epsilon, without, prompted = var("ε"), var("ε", "∅"), var("ε", "c")  # the fonts have no ε with a hat
        scale = decimal(self._recipe().sampling.guidance_scale, 1)
        match self._page:
            case "tokens":
                return (
                    Formula(
                        tr("Safelight", "How near two tokens are"),
                        f"cos = ({var('a')} · {var('b')}) / (|{var('a')}| · |{var('b')}|)",
                        r"\cos = \frac{a \cdot b}{\lVert a \rVert\,\lVert b \rVert}",
                    ),
                )
            case "maps":
                return (
                    Formula(
                        tr("Safelight", "Attention to the words"),
                        f"softmax({var('Q')} {var('K')}<sup>T</sup> / √{var('d')})",
                        r"\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d}}\right)",
                    ),
                )
        return (
            Formula(
                tr("Safelight", "Guidance"),
                f"{epsilon} = {without} + {var('s')} · ({prompted} − {without})",
                r"\hat\epsilon = \hat\epsilon_\varnothing + s\,(\hat\epsilon_c - \hat\epsilon_\varnothing)",
            ),
            Formula(
                tr("Safelight", "With the numbers of this moment"),
                f"{epsilon} = {without} + <b>{scale}</b> · ({prompted} − {without})",
                rf"\hat\epsilon = \hat\epsilon_\varnothing + {scale}\,(\hat\epsilon_c - \hat\epsilon_\varnothing)",
            ),
        )

    def look(self, guess: str, value: int) -> None:
        self._turn_to("guidance" if guess == "guidance" else "maps")
        self._start({"guidance": self._answer_guidance, "begin": self._answer_begin, "swap": self._answer_swap}[guess]())
        self._answering = self._work

    # -- work

    @property
    def _page(self) -> str:
        return PAGES[self._pages.currentIndex()]

    def _turn_to(self, page: str) -> None:
        self._pages.setCurrentIndex(PAGES.index(page))
        check_only(list(self._tabs.values()), self._tabs[page])
        self._show()

    def _recipe(self) -> Recipe:
        """Create's recipe with what is set here, without its LoRAs and branches."""
        recipe = replace(self.tools.recipe(), adapters=(), embeddings=(), turns=())
        return recipe.with_values(
            prompt=self._prompt.text(),
            steps=self._steps.value(),
            seed=self._seed.value(),
            guidance_scale=self._scale if self._page == "guidance" and self._strip else recipe.sampling.guidance_scale,
        )

    def _base(self) -> Recipe:
        """The recipe of the run that steps and maps are taken from."""
        return self._recipe().with_values(guidance_scale=self.tools.recipe().sampling.guidance_scale)

    def _make_here(self) -> None:
        """Make what the open page shows."""
        self._start(self._make_strip() if self._page == "guidance" else self._make())

    def _start(self, action: Coroutine[object, object, None]) -> None:
        """Begin `action`; what was being made is stopped, unless it answers a question."""
        if self._answering is not None and not self._answering.done():
            action.close()
            return
        if self._work is not None:
            self._work.cancel()
        self._work = self.tools.notices.spawn(action)

    def _forget(self) -> None:
        self._made = self._answers = self._asked = self._swap = None
        self._strip.clear()
        self._show()

    def _read_soon(self) -> None:
        if self._is_here:
            if self._look_up is not None:
                self._look_up.cancel()
            self._look_up = self.tools.notices.spawn(self._read())

    async def _read(self) -> None:
        prompt = self._prompt.text()
        async with aclosing(self.tools.machine.compute_with(self._recipe(), words.reading(prompt))) as found:
            self._reading = await anext(found)
        self._tokens_page.show_reading(self._reading)
        self._show()

    async def _generate(self, recipe: Recipe, maps: bool) -> _Made:
        """Make a picture as Create does."""
        made = _Made(Run(recipe))

        def observe(event: Event) -> None:
            match event:
                case Step():
                    self._say(tr("Safelight", "Step {step} of {steps}").format(step=event.number, steps=made.run.expected_steps))
                case LiveViews() if event.words is not None and event.words.words:
                    made.maps.append(event.words)

        await self._trials.make(made.run, observe, watched=WatchedViews(words=maps))
        return made

    async def _make(self) -> None:
        if self._look_up is not None:
            await asyncio.wait([self._look_up])
        self._made = made = await self._generate(self._base(), maps=True)
        self._answers = self._swap = None
        self._step = min(self._step, made.last) if self._step > 1 else max(1, made.last // 3)
        self._film.set_axis(made.last)
        for place, number in enumerate(self._film.places):
            thumbnail = made.run.steps[min(number, made.last)].thumbnail
            self._film.show_frame(place, array_of(thumbnail) if thumbnail else None)
        self._show_words(made)
        self._show()

    async def _ensure(self) -> _Made:
        if self._made is None or self._made.run.recipe != self._base():
            await self._make()
        assert self._made is not None
        return self._made

    # -- both answers of a step

    def _go_to(self, number: int) -> None:
        self._step = min(max(1, number), self._made.last if self._made else 1)
        self._show()

    def _ask_soon(self) -> None:
        if self._made is not None and (self._asking is None or self._asking.done()):
            self._asking = self.tools.notices.spawn(self._ask())

    async def _ask(self) -> None:
        while self._made is not None:
            made, number = self._made, self._step
            try:
                async with aclosing(self.tools.machine.compute_with(made.run.recipe, words.asking(made.run, number))) as found:
                    self._answers, self._problem = await anext(found), ""
            except (NoGuidance, ViewUnknown) as problem:
                self._answers, self._problem = None, problem.template
            self._asked = made, number
            self._show_answers()
            if (self._made, self._step) == self._asked:
                return

    # -- guidance

    async def _make_strip(self) -> None:
        self._strip.clear()
        for scale in words.SCALES:
            made = await self._generate(self._base().with_values(guidance_scale=scale), maps=False)
            self._strip[scale] = made.picture, await asyncio.to_thread(words.colours, made.picture)
            self._scale = scale
            self._show()

    def _choose_scale(self, scale: float) -> None:
        self._scale = scale
        self._show()

    async def _answer_guidance(self) -> None:
        traits = self.tools.machine.traits_of(self._base().model.name)
        if traits is not None and not traits.guidance:
            self.answered.emit("guidance", Words(NoGuidance.template, {}))
            return
        await self._make_strip()
        least, most = words.SCALES[0], words.SCALES[-1]
        before, after = self._strip[least][1], self._strip[most][1]
        values: dict[str, object] = {"least": round(least), "most": round(most)}
        values |= {"before": decimal(100 * before.clipped, 1), "after": decimal(100 * after.clipped, 1)}
        values |= {"dull": round(before.colourfulness), "bright": round(after.colourfulness)}
        self.answered.emit("guidance", Words(CLIPPED, values))

    # -- maps

    def _show_words(self, made: _Made) -> None:
        """Offer each word, the one that is looked at most sharply chosen."""
        if not made.maps:
            self._maps_page.offer_words((), 0)
            return
        all_steps = words.averaged(made.maps)
        self._word = int((all_steps.max((1, 2)) - all_steps.mean((1, 2))).argmax())
        self._maps_page.offer_words(made.maps[0].words, self._word)
        self._suggest()

    def _choose_word(self, place: int) -> None:
        self._word, self._swap = place, None
        self._suggest()
        self._show()

    def _suggest(self) -> None:
        """Offer another word for the chosen one: the nearest that is written alike but is not the same."""
        if self._made is None or not self._made.maps:
            return
        word = self._made.maps[0].words[self._word]
        tokens = [token for token in self._reading.tokens if token.text in word] if self._reading else []
        token = max(tokens, key=lambda each: len(each.text), default=None)
        near = (each.text for each in token.near) if token else iter(())
        fits = (text for text in near if text.isalpha() and text.isascii() == word.isascii() and text[:3] != word[:3] and word not in text)
        self._maps_page.suggest(next(fits, ""))

    def _draw_soon(self) -> None:
        if self._drawing is not None:
            self._drawing.cancel()
        self._drawing = self.tools.notices.spawn(self._draw())

    async def _draw(self) -> None:
        made = self._made
        if made is None or not made.maps or self._reading is None:
            self._maps_page.map.show_pixels(made.picture if made else None)
            return
        steps = made.maps if self._maps_page.has_all_steps else [made.maps[min(self._step, len(made.maps)) - 1]]
        word, heat, picture = min(self._word, len(steps[0].words) - 1), self._reading.heat, made.picture
        self._maps_page.map.show_pixels(await asyncio.to_thread(lambda: words.over(picture, words.averaged(steps)[word], heat)))

    @property
    def _no_maps(self) -> str:
        """Why there are no word maps, marked for translation."""
        return self._reading.no_maps if self._reading and self._reading.no_maps else NO_WORDS

    async def _answer_begin(self) -> None:
        made = await self._ensure()
        if not made.maps:
            self.answered.emit("begin", Words(self._no_maps, {}))
            return
        begin, read = (round(100 * float(np.mean([getattr(maps, name) for maps in made.maps]))) for name in ("begin", "read"))
        self.answered.emit("begin", Words(BEGIN, {"begin": begin, "read": read}))
        self._show()

    async def _answer_swap(self) -> None:
        made = await self._ensure()
        if not made.maps:
            self.answered.emit("swap", Words(self._no_maps, {}))
            return
        await self._swap_word()
        if self._swap is not None:
            inside = round(100 * self._swap[2])
            values = {
                "word": made.maps[0].words[self._word],
                "other": self._maps_page.other_word,
                "inside": inside,
                "outside": 100 - inside,
            }
            self.answered.emit("swap", Words(SWAPPED, values))

    async def _swap_word(self) -> None:
        made = await self._ensure()
        if not made.maps:
            return
        word, other = made.maps[0].words[self._word], self._maps_page.other_word
        recipe = made.run.recipe.with_values(prompt=words.swapped(made.run.recipe.prompt.text, word, other))
        after = (await self._generate(recipe, maps=False)).picture
        map, before = words.averaged(made.maps)[self._word], made.picture
        self._swap = f"“{word}” → “{other}”", after, await asyncio.to_thread(words.within, map, before, after)
        self._show()

    # -- what is shown

    def _say(self, text: str) -> None:
        self._said.setText(text)

    def _show(self) -> None:
        page, made = self._page, self._made
        self._film.setVisible(page in ("answers", "maps"))
        self._film.setEnabled(made is not None)
        self._film.go_to(self._step if made else 0)
        self._problem = ""
        if page == "tokens":
            self._say(self._tokens_page.words(self._reading))
        elif page == "answers":
            self._show_answers()
            if made is not None and self._asked != (made, self._step):
                self._ask_soon()
        elif page == "guidance":
            self._show_strip()
        else:
            self._show_maps()
        self.formulas_changed.emit()

    def _show_answers(self) -> None:
        made = self._made
        self._answers_page.show_answers(self._answers if made is not None else None)
        self._answers_page.show_influence([step.guidance or 0.0 for step in made.run.steps[1:]] if made is not None else (), self._step)
        if self._page != "answers":
            return
        if self._problem:
            self._say(tr("Safelight", self._problem))
        elif made is None:
            self._say(tr("Safelight", "Make the picture first, then choose a step."))
        else:
            said = tr("Safelight", "Step {step} of {steps}: the model is asked twice, and the difference is multiplied.")
            self._say(said.format(step=self._step, steps=made.last))

    def _show_strip(self) -> None:
        self._scales_page.show_strip(self._strip, self._scale)
        if self._scale not in self._strip:
            self._say(tr("Safelight", "Answer the question at the right, then one seed is drawn at seven guidance scales."))
        elif len(self._strip) == len(words.SCALES):
            self._say(tr("Safelight", "All seven have the same seed and prompt. Only the guidance differs. Choose one to see its numbers."))

    def _show_maps(self) -> None:
        reading, made = self._reading, self._made
        refusal = reading.no_maps if reading else ""
        self._maps_page.show_usable(not refusal and made is not None)
        if refusal:
            self._say(tr("Safelight", refusal))
        elif made is None:
            self._say(tr("Safelight", "Make the picture first, then choose a word."))
        elif not made.maps:
            self._say(tr("Safelight", NO_WORDS))
        else:
            self._say(tr("Safelight", "Warm places of the picture look at this word most, dark ones least."))
            self._maps_page.show_maps(made.maps, self._step, self._word)
        swap = self._swap
        other = swap[1] if swap else made.picture if made else None
        self._maps_page.show_other(other, (swap[0], swap[2]) if swap else None)
        self._draw_soon()

    def retranslate(self) -> None:
        self._prompt_title.setText(tr("Safelight", "Prompt"))
        self._steps_label.setText(tr("Safelight", "Steps"))
        self._seed_label.setText(tr("Safelight", "Seed"))
        explain(self._prompt, tr("Safelight", "Prompt"), tr("Safelight", "What is read and drawn here, with the model of Create."))
        explain(self._steps, tr("Safelight", "Steps"), tr("Safelight", "Of every picture that is made here."))
        explain(self._seed, tr("Safelight", "Seed"), tr("Safelight", "All pictures here begin with the noise of this seed."))
        make = tr("Safelight", "Make the picture"), tr("Safelight", "Draw the prompt once, and keep its steps and word maps.")
        self._make_command.explain(*make)
        explain_button(self._make_button, *make)
        self._carry.explain(tr("Safelight", "Use this in Create"), tr("Safelight", "Take this prompt, seed and guidance to Create."))
        for page, name, explanation in (
            ("tokens", tr("Safelight", "Tokens"), tr("Safelight", "How the prompt is cut, and what is near each piece.")),
            ("answers", tr("Safelight", "Two answers"), tr("Safelight", "With and without the prompt, in one step.")),
            ("guidance", tr("Safelight", "Guidance"), tr("Safelight", "One seed at seven guidance scales.")),
            ("maps", tr("Safelight", "Word maps"), tr("Safelight", "Which places of the picture look at which word.")),
        ):
            explain_button(self._tabs[page], name, explanation)
        explain(self._film, tr("Safelight", "Step"), tr("Safelight", "Drag, or press ← and →, to go to another step."))
        if self._reading is not None:
            self._tokens_page.show_reading(self._reading)
        self._show()
