"""LineByLine: Algorithm 2 on a real walk: what each line computes in this step, as pictures and as numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...learn.moments import PARTS, Moment
from ...learn.pixels import array_of
from ..language import Retranslating, decimal, explain, tr
from ..theme import Theme
from ..widgets.command import Command, CommandButton
from .algorithm import Algorithm
from .formula import sqrt, var
from .pictures import AxisFilm, Sum

FRAMES = 13
LEAST, MOST = 88, 220  # px of a picture
WORDS, SPACING = 62, 8  # px: below a picture, and between the parts
START, LOOP, DRAW, STEP, END, RETURN = range(1, 7)  # the lines of Algorithm 2, of which those without a sentence are not translated
QUIET = '<span style="font-size: 12px; font-weight: 400">{}</span>'
NOISE = var("ε", "θ")  # what the network predicts
NEXT = {LOOP: DRAW, DRAW: STEP}  # within a step


class LineByLine(Retranslating, QWidget):
    moved = Signal(int)  # the user goes to this step
    line_moved = Signal()  # another line is lit

    def __init__(self, theme: Theme, next_line: Command) -> None:
        super().__init__()
        self.setObjectName("learn_line_by_line")
        self._moments: Sequence[Moment] = ()
        self._calls, self._number, self._line = 20, 0, START
        self._is_fresh = True
        self.above = Sum(theme, "learn_walk_above", ("→", "→"), most=MOST)
        self.below = Sum(theme, "learn_walk_below", ("+ σ ·", "="), most=MOST)
        self._next = CommandButton(next_line)
        self.algorithm = Algorithm("learn_algorithm_2", 6, self._next)
        self.film = AxisFilm(theme, "learn_walk_film", FRAMES)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.film)
        column.addWidget(self.above, 1)
        column.addWidget(self.below, 1)
        column.addWidget(self.algorithm)
        self.film.moved.connect(self.moved)

    @property
    def moment(self) -> Moment | None:
        """The step at the playhead, if it is made."""
        return self._moments[self._number] if self._number < len(self._moments) else None

    @property
    def number(self) -> int:
        return self._number

    def fit(self, height: int) -> None:
        """Make the pictures as large as `height` px allow, so that all can be seen at once."""
        others = self.film.height() + self.algorithm.sizeHint().height() + 2 * WORDS + 3 * SPACING
        for picture in (*self.above.pictures, *self.below.pictures):
            picture.limit(min(MOST, max(LEAST, (height - others) // 2)))

    def show_walk(self, moments: Sequence[Moment], calls: int, is_fresh: bool) -> None:
        self._moments, self._calls, self._is_fresh = moments, calls, is_fresh
        self.film.set_axis(calls)
        for place, number in enumerate(self.film.places):
            pixels = moments[number].pictures.get("x_next") if number < len(moments) else None
            self.film.show_frame(place, None if pixels is None else array_of(pixels))
        self.go_to(min(self._number, calls))

    def go_to(self, number: int, line: int | None = None) -> None:
        """Show step `number`, after its last line unless `line` says otherwise."""
        self._number = number = max(0, min(number, self._calls))
        self._line = line or (START if number == 0 else RETURN if number == self._calls else STEP)
        moment = self.moment
        pictures = {} if moment is None else moment.pictures
        shown = [*self.above.pictures, *self.below.pictures]
        for name, picture in zip(PARTS, shown, strict=True):
            pixels = pictures.get(name)
            picture.show_pixels(None if pixels is None else array_of(pixels))
        self.film.go_to(number)
        self.retranslate()
        self.line_moved.emit()

    def next_line(self) -> None:
        """Light the line that is executed next."""
        if self._line in NEXT:
            self.go_to(self._number, NEXT[self._line])
        elif self._line == RETURN:
            self.go_to(0, START)
        elif self._number < self._calls:
            self.go_to(self._number + 1, LOOP)
        else:
            self.go_to(self._number, RETURN)

    def retranslate(self) -> None:
        moment, t = self.moment, var("x", "t")
        spreads = {} if moment is None else moment.spreads
        rows = (
            (t, tr("Safelight", "the noisy picture")),
            (NOISE, tr("Safelight", "the noise that the network sees in it")),
            (f"{var('x̂', '0')}", tr("Safelight", "the picture that follows")),
            ("<i>μ</i>", tr("Safelight", "the mean: a small step from x<sub>t</sub> towards it")),
            ("<i>z</i>", tr("Safelight", "fresh noise") if self._is_fresh else tr("Safelight", "fresh noise, left out")),
            (var("x", "t−1"), tr("Safelight", "the next picture, less noisy")),
        )
        for place, (name, (symbol, words)) in enumerate(zip(PARTS, rows, strict=True)):
            part = self.above if place < 3 else self.below
            spread = decimal(spreads[name], 2) if name in spreads else "–"
            part.show_words(place % 3, f"{symbol} {QUIET.format(tr('Safelight', 'spread {value}').format(value=spread))}", words)
            part.pictures[place % 3].describe(words.replace("<sub>t</sub>", "ₜ"))
        self._say_lines(moment)
        self._next.setText(tr("Safelight", "Next line"))
        explain(self.film, tr("Safelight", "Step"), tr("Safelight", "Drag, or press ← and →, to go to another step."))

    def _say_lines(self, moment: Moment | None) -> None:
        is_step = moment is not None and self._number > 0
        at = str(moment.timestep + 1) if moment is not None and is_step else "–"
        sigma = decimal(moment.sigma, 3) if moment is not None and is_step else "–"
        keep, rest = (decimal(value, 3) for value in (moment.keep, moment.rest)) if moment is not None and is_step else ("–", "–")
        algorithm = self.algorithm
        algorithm.show_title(tr("Safelight", "Algorithm 2: sampling"))
        algorithm.show_line(START, f"{var('x', 'T')} ~ N(0, I)", self._spread(0, "x_next"))
        algorithm.show_line(LOOP, "for t = T, …, 1 do", f"<i>t</i> = {at}")
        algorithm.show_line(DRAW, tr("Safelight", "z ~ N(0, I) if t &gt; 1, else z = 0"), f"<i>σ</i><sub>t</sub> = {sigma}")
        algorithm.show_line(
            STEP,
            f"{var('x', 't−1')} = ({var('x', 't')} − (1 − <i>α</i><sub>t</sub>) / {sqrt('1 − ᾱ<sub>t</sub>')} · {NOISE})"
            f" / {sqrt('<i>α</i><sub>t</sub>')} + <i>σ</i><sub>t</sub> <i>z</i>",
            f"{keep} {var('x̂', '0')} + {rest} {NOISE} + {sigma} <i>z</i>",
        )
        algorithm.show_line(END, "end for")
        algorithm.show_line(RETURN, f"return {var('x', '0')}", self._spread(self._calls, "x_next"))
        algorithm.light(self._line)

    def _spread(self, number: int, name: str) -> str:
        if number >= len(self._moments):
            return ""
        return tr("Safelight", "spread {value}").format(value=decimal(self._moments[number].spreads[name], 2))
