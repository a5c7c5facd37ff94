"""Station 8: how the prompt is read, what it changes in a step, what guidance does with that, and where each word is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

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
from ..widgets.controls import Number, Option, ScrollArea, check_only, label, named, segment, segments
from ..widgets.flow import Flow
from .curves import Curves, Line
from .formula import Formula, var
from .pictures import AxisFilm, Picture, Sum
from .station import Guess, Station, Tools

if TYPE_CHECKING:
    from ...learn.reading import Answers, Reading, ReadToken

PAGES = ("tokens", "answers", "guidance", "maps")
USUAL = {"en": "a fox in the forest", "zh": "森林里的狐狸"}  # the prompt where Create has none
MOST_STEPS = 25  # at first
SHOWN = 5  # neighbours of a token
CARD = 132  # px
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
        for shown in (self._tokens_page(), self._answers_page(), self._guidance_page(), self._maps_page()):
            self._pages.addWidget(shown)
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

    def _tokens_page(self) -> QWidget:
        self._cards = named(QWidget(), "learn_words_cards")
        self._cards_flow = Flow(self._cards, 8)
        return ScrollArea("learn_words_token_scroll", self._cards)

    def _answers_page(self) -> QWidget:
        self._sum = Sum(self.tools.theme, "learn_words_sum", ("−", "=", "→"), 260)
        self._influence = Curves(self.tools.theme, "learn_words_influence", {"moved": Line("sand")}, 150)
        self._influence.moved.connect(lambda at: self._go_to(round(at)))
        return _page(self._sum, self._influence)

    def _guidance_page(self) -> QWidget:
        self._pictures = {scale: Picture(self.tools.theme, f"learn_words_scale_{scale:g}", 64, 220) for scale in words.SCALES}
        self._options = {scale: Option(f"learn_words_choose_{scale:g}") for scale in words.SCALES}
        grid = QGridLayout()
        grid.setSpacing(8)
        for place, scale in enumerate(words.SCALES):
            self._options[scale].setProperty("segment", "small")
            self._options[scale].clicked.connect(partial(self._choose_scale, scale))
            grid.addWidget(self._pictures[scale], 2 * (place // 4), place % 4)
            grid.addWidget(self._options[scale], 2 * (place // 4) + 1, place % 4)
        for column in range(4):
            grid.setColumnStretch(column, 1)
        self._curves = Curves(
            self.tools.theme, "learn_words_curves", {"clipped": Line("sand"), "colour": Line("steel", Qt.PenStyle.DashLine)}, 110
        )
        self._curves.show_axis(1, words.SCALES[-1], 0, 1.1)
        self._curves.moved.connect(lambda at: self._choose_scale(min(words.SCALES, key=lambda scale: abs(scale - at))))
        strip = QWidget()
        strip.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        return _page(strip, self._curves)

    def _maps_page(self) -> QWidget:
        theme = self.tools.theme
        self._map, self._other = Picture(theme, "learn_words_map", 120, 420), Picture(theme, "learn_words_swapped", 120, 420)
        self._map_words, self._swap_words = label("fact", "learn_words_map_words"), label("fact", "learn_words_swap_words")
        self._this_step, self._all_steps = segment("learn_words_this_step"), segment("learn_words_all_steps")
        check_only([self._this_step, self._all_steps], self._all_steps)
        for option in (self._this_step, self._all_steps):
            option.clicked.connect(self._draw_soon)
        self._words = named(QWidget(), "learn_words_words")
        self._words_flow = Flow(self._words, 4)
        self._swap_to = named(QLineEdit(), "learn_words_swap_to")
        self._swap_to.setMaxLength(100)
        self._swap_button = named(QPushButton(), "learn_words_swap")
        self._swap_button.clicked.connect(lambda: self._start(self._swap_word()))
        self._swap_to.returnPressed.connect(self._swap_button.click)
        swap = QHBoxLayout()
        swap.addWidget(self._swap_to, 1)
        swap.addWidget(self._swap_button)
        both = QWidget()
        grid = QGridLayout(both)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        for column, (picture, said) in enumerate(((self._map, self._map_words), (self._other, self._swap_words))):
            said.setWordWrap(True)
            grid.addWidget(picture, 0, column)
            grid.addWidget(said, 1, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        grid.addWidget(segments([self._this_step, self._all_steps]), 2, 0)
        grid.addLayout(swap, 2, 1)
        return _page(self._words, both)

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
        recipe = replace(self.tools.recipe(), adapters=(), turns=())
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
        self._show_tokens(self._reading.tokens)
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
        """A button for each word, the one that is looked at most sharply chosen."""
        for option in self._words.findChildren(Option):
            self._words_flow.removeWidget(option)
            option.deleteLater()
        if not made.maps:
            return
        all_steps = words.averaged(made.maps)
        self._word = int((all_steps.max((1, 2)) - all_steps.mean((1, 2))).argmax())
        for place, word in enumerate(made.maps[0].words):
            option = Option(f"learn_words_word_{place}")
            option.setProperty("segment", "small")
            explain_button(option, word, tr("Safelight", "Show where the picture looked at this word."))
            option.clicked.connect(partial(self._choose_word, place))
            option.setChecked(place == self._word)
            self._words_flow.addWidget(option)
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
        self._swap_to.setText(next(fits, ""))

    def _draw_soon(self) -> None:
        if self._drawing is not None:
            self._drawing.cancel()
        self._drawing = self.tools.notices.spawn(self._draw())

    async def _draw(self) -> None:
        made = self._made
        if made is None or not made.maps or self._reading is None:
            self._map.show_pixels(made.picture if made else None)
            return
        steps = made.maps if self._all_steps.isChecked() else [made.maps[min(self._step, len(made.maps)) - 1]]
        word, heat, picture = min(self._word, len(steps[0].words) - 1), self._reading.heat, made.picture
        self._map.show_pixels(await asyncio.to_thread(lambda: words.over(picture, words.averaged(steps)[word], heat)))

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
            values = {"word": made.maps[0].words[self._word], "other": self._swap_to.text(), "inside": inside, "outside": 100 - inside}
            self.answered.emit("swap", Words(SWAPPED, values))

    async def _swap_word(self) -> None:
        made = await self._ensure()
        if not made.maps:
            return
        word, other = made.maps[0].words[self._word], self._swap_to.text().strip()
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
            self._say(self._token_words())
        elif page == "answers":
            self._show_answers()
            if made is not None and self._asked != (made, self._step):
                self._ask_soon()
        elif page == "guidance":
            self._show_strip()
        else:
            self._show_maps()
        self.formulas_changed.emit()

    def _token_words(self) -> str:
        reading = self._reading
        if reading is None:
            return tr("Safelight", "The prompt is being read.")
        if reading.refusal:
            return tr("Safelight", reading.refusal)
        return tr(
            "Safelight",
            "{count} tokens; the text encoder reads up to {limit} with its marks. Each is a row of {width} numbers in a table of {table}. "
            "Below each: the nearest rows, with the cosine of the angle between them (1: same direction).",
        ).format(count=len(reading.tokens), limit=reading.limit, width=reading.width, table=decimal(reading.table, 0))

    def _show_tokens(self, tokens: tuple[ReadToken, ...]) -> None:
        for card in self._cards.findChildren(QLabel):
            self._cards_flow.removeWidget(card)
            card.deleteLater()
        for place, token in enumerate(tokens):
            card = label("fact", f"learn_words_token_{place}")
            card.setProperty("ground", "card")
            card.setTextFormat(Qt.TextFormat.RichText)
            card.setFixedWidth(CARD)
            card.setMargin(8)
            rows = "".join(
                f"<tr><td>{escape(near.text)}</td><td align='right'>&nbsp;{decimal(near.cosine, 2)}</td></tr>"
                for near in token.near[:SHOWN]
            )
            card.setText(f"<b>{escape(token.text.strip())}</b> &nbsp;<small>{token.id}</small><table width='100%'>{rows}</table>")
            card.setAccessibleName(
                tr("Safelight", "Token {text}, near: {near}").format(
                    text=token.text, near=", ".join(f"{near.text} {decimal(near.cosine, 2)}" for near in token.near[:SHOWN])
                )
            )
            self._cards_flow.addWidget(card)

    def _show_answers(self) -> None:
        answers = self._answers if self._made is not None else None
        shown = (answers.prompted, answers.without, answers.apart, answers.guided) if answers else (None,) * 4
        for picture, pixels in zip(self._sum.pictures, shown, strict=True):
            picture.show_pixels(pixels)
        scale = decimal(answers.scale, 1) if answers else ""
        for place, (number, caption) in enumerate(
            (
                (f"{var('x̂', '0')}(<i>c</i>)", tr("Safelight", "with the prompt")),
                (f"{var('x̂', '0')}(∅)", tr("Safelight", "without it")),
                (f"{decimal(100 * answers.difference, 1)} %" if answers else "", tr("Safelight", "where and how far they differ")),
                (
                    f"× {scale}" if answers else "",
                    tr("Safelight", "without it, plus {scale} times the difference").format(scale=scale or "s"),
                ),
            )
        ):
            self._sum.show_words(place, number, caption)
            self._sum.pictures[place].describe(caption)
        self._show_influence()
        if self._page == "answers":
            if self._problem:
                self._say(tr("Safelight", self._problem))
            elif self._made is None:
                self._say(tr("Safelight", "Make the picture first, then choose a step."))
            else:
                self._say(
                    tr("Safelight", "Step {step} of {steps}: the model is asked twice, and the difference is multiplied.").format(
                        step=self._step, steps=self._made.last
                    )
                )

    def _show_influence(self) -> None:
        """How far guidance moved the estimate in each step; it was measured when the picture was made."""
        made = self._made
        self._influence.setVisible(made is not None)
        if made is None:
            return
        moved = [step.guidance or 0.0 for step in made.run.steps[1:]]
        top, now = max(*moved, 1e-9), moved[min(self._step, made.last) - 1]
        self._influence.show_axis(0, made.last, 0, 1.1)
        self._influence.show_curve("moved", range(1, made.last + 1), [value / top for value in moved])
        self._influence.show_moment(self._step, {"moved": now / top})
        self._influence.show_legend("moved", tr("Safelight", "moved by guidance"), f"{decimal(100 * now, 0)} %", "")

    def _show_strip(self) -> None:
        check_only(list(self._options.values()), self._options[self._scale])
        for scale, picture in self._pictures.items():
            made = self._strip.get(scale)
            picture.show_pixels(made[0] if made else None)
            clipped = f"   {decimal(100 * made[1].clipped, 1)} %" if made else ""
            self._options[scale].setText(f"s = {scale:g}{clipped}")
            explain(
                self._options[scale],
                tr("Safelight", "Guidance {scale}").format(scale=f"{scale:g}"),
                tr("Safelight", "Choose this guidance; the number is the share of clipped pixels."),
            )
            picture.describe(tr("Safelight", "Guidance {scale}").format(scale=f"{scale:g}"))
        scales = sorted(self._strip)
        top = max([self._strip[scale][1].clipped for scale in scales] + [0.01])
        bright = max([self._strip[scale][1].colourfulness for scale in scales] + [1.0])
        self._curves.show_curve("clipped", scales, [self._strip[scale][1].clipped / top for scale in scales])
        self._curves.show_curve("colour", scales, [self._strip[scale][1].colourfulness / bright for scale in scales])
        chosen = self._strip.get(self._scale)
        if chosen is not None:
            share, colourful = chosen[1].clipped, chosen[1].colourfulness
            self._curves.show_moment(self._scale, {"clipped": share / top, "colour": colourful / bright})
            self._curves.show_legend("clipped", tr("Safelight", "clipped pixels"), f"{decimal(100 * share, 1)} %", "")
            self._curves.show_legend("colour", tr("Safelight", "colourfulness"), decimal(colourful, 0), "")
            if len(scales) == len(words.SCALES):
                self._say(
                    tr("Safelight", "All seven have the same seed and prompt. Only the guidance differs. Choose one to see its numbers.")
                )
        elif self._page == "guidance":
            self._say(tr("Safelight", "Answer the question at the right, then one seed is drawn at seven guidance scales."))

    def _show_maps(self) -> None:
        reading, made = self._reading, self._made
        refusal = reading.no_maps if reading else ""
        for part in (self._words, self._this_step, self._all_steps, self._swap_to, self._swap_button):
            part.setEnabled(not refusal and made is not None)
        if refusal:
            self._say(tr("Safelight", refusal))
        elif made is None:
            self._say(tr("Safelight", "Make the picture first, then choose a word."))
        elif not made.maps:
            self._say(tr("Safelight", NO_WORDS))
        else:
            self._say(tr("Safelight", "Warm places of the picture look at this word most, dark ones least."))
            maps = made.maps[min(self._step, len(made.maps)) - 1]
            word = min(self._word, len(maps.words) - 1)
            shown = words.averaged(made.maps) if self._all_steps.isChecked() else words.shares(maps)
            self._map_words.setText(
                tr(
                    "Safelight", "“{word}”: {mean} % of the attention on average, {most} % at most. The mark before the prompt: {begin} %."
                ).format(
                    word=maps.words[word],
                    mean=decimal(100 * float(shown[word].mean()), 1),
                    most=decimal(100 * float(shown[word].max()), 1),
                    begin=decimal(100 * maps.begin, 0),
                )
            )
            self._map.describe(tr("Safelight", "Where the picture looked at “{word}”").format(word=maps.words[word]))
        self._other.show_pixels(self._swap[1] if self._swap else made.picture if made else None)
        self._other.describe(tr("Safelight", "The picture with the other word") if self._swap else tr("Safelight", "The picture"))
        self._swap_words.setText(
            tr("Safelight", "{swap}: {inside} % of all change is in the warmest quarter of the map.").format(
                swap=self._swap[0], inside=round(100 * self._swap[2])
            )
            if self._swap
            else tr("Safelight", "Swap the word for another, on the same seed, and see what really changes.")
        )
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
        explain_button(self._this_step, tr("Safelight", "This step"), tr("Safelight", "The map of the step at the playhead."))
        explain_button(self._all_steps, tr("Safelight", "All steps"), tr("Safelight", "The mean over all steps."))
        explain(self._swap_to, tr("Safelight", "Other word"), tr("Safelight", "What the chosen word is swapped for."))
        explain_button(self._swap_button, tr("Safelight", "Swap"), tr("Safelight", "Draw again on the same seed, with the other word."))
        explain(self._film, tr("Safelight", "Step"), tr("Safelight", "Drag, or press ← and →, to go to another step."))
        if self._reading is not None:
            self._show_tokens(self._reading.tokens)
        self._show()


def _page(*parts: QWidget) -> QWidget:
    """`parts` below each other, as high as they need."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column.addWidget(part)
    column.addStretch()
    return page
