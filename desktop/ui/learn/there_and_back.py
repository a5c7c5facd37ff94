"""ThereAndBack: the reader's picture noised to t, what the model makes of it, nine of those on the axis of t, and their similarity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...diffusion.run import Pixels, Run
from ...learn.pixels import array_of
from ..language import Retranslating, decimal, explain, tr
from ..theme import Theme
from ..widgets.controls import label
from .curves import Curves, Line
from .formula import sqrt
from .pictures import AxisFilm, Sum

NINE = 9
LAST = 1000  # t
LEAST, MOST = 96, 320  # px of a picture
OTHERS = 320  # px: what is below the pictures


@dataclass(frozen=True, slots=True, eq=False)
class Back:
    """One picture that was noised to t and denoised again."""

    t: float
    run: Run
    pixels: Pixels
    similarity: float  # with the reader's picture
    noisy_similarity: float  # of the noisy one


class ThereAndBack(Retranslating, QWidget):
    moved = Signal(int)  # the user goes to this t

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("learn_there_and_back")
        self._similarity: float | None = None
        self._t = 0.0
        self._signal: float | None = None
        self._is_at_work = False
        self.sum = Sum(theme, "learn_back_sum", ("→", "→"), most=MOST)
        self.film = AxisFilm(theme, "learn_back_film", NINE)
        self.curves = Curves(
            theme,
            "learn_back_curves",
            {"back": Line("sand"), "noisy": Line("steel", Qt.PenStyle.DashLine), "limit": Line("sage", Qt.PenStyle.DotLine)},
            height=150,
        )
        self.film.set_axis(LAST)
        self.curves.show_axis(0, LAST, -0.1, 1.05)
        self._note = label("quiet", "learn_back_note")
        self._note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.sum, 3)
        column.addWidget(self.film)
        column.addWidget(self.curves, 2)
        column.addWidget(self._note)
        self.film.moved.connect(self.moved)
        self.curves.moved.connect(lambda t: self.moved.emit(min(LAST, max(0, round(t)))))

    def fit(self, height: int) -> None:
        """Make the pictures as large as `height` px allow, so that all can be seen at once."""
        for picture in self.sum.pictures:
            picture.limit(min(MOST, max(LEAST, height - OTHERS)))

    def show_picture(self, picture: Pixels | None) -> None:
        self.sum.pictures[0].show_pixels(None if picture is None else array_of(picture))

    def show_moment(
        self, t: float, signal: float | None, noisy: Pixels | None, back: Pixels | None, similarity: float | None, is_at_work: bool
    ) -> None:
        """The picture at `t`; `signal`: how much of it is left there, if that is known. `back`: the result, or its estimate so far."""
        for place, pixels in ((1, noisy), (2, back)):
            self.sum.pictures[place].show_pixels(None if pixels is None else array_of(pixels))
        self._t, self._signal, self._similarity, self._is_at_work = t, signal, similarity, is_at_work
        self.film.go_to(round(t))
        self.retranslate()

    def show_back(self, pixels: Pixels | None) -> None:
        """The estimate so far of the picture at the playhead."""
        self.sum.pictures[2].show_pixels(None if pixels is None else array_of(pixels))

    def show_strip(self, strip: Sequence[Back | None], known: Mapping[float, Back], limit: float | None) -> None:
        """`known`: everything that was made, by t; `limit`: the similarity below which it is another picture."""
        for place, back in enumerate(strip):
            self.film.show_frame(place, None if back is None else array_of(back.pixels))
        moments = sorted(known)
        self.curves.show_curve("back", [0, *moments], [1, *(known[t].similarity for t in moments)])
        self.curves.show_curve("noisy", [0, *moments], [1, *(known[t].noisy_similarity for t in moments)])
        self.curves.show_curve("limit", [0, LAST] if limit is not None else [], [limit, limit] if limit is not None else [])
        here = known.get(self._t)
        self.curves.show_moment(self._t, {"back": here.similarity, "noisy": here.noisy_similarity} if here else {})
        for key, symbol, words, value in (
            ("back", tr("Safelight", "denoised"), tr("Safelight", "similarity after both"), here.similarity if here else None),
            ("noisy", tr("Safelight", "noised"), tr("Safelight", "before denoising"), here.noisy_similarity if here else None),
            ("limit", tr("Safelight", "limit"), tr("Safelight", "halfway to a stranger"), limit),
        ):
            self.curves.show_legend(key, symbol, "–" if value is None else decimal(value, 2), words)

    def retranslate(self) -> None:
        self.sum.pictures[0].describe(tr("Safelight", "Your picture"))
        self.sum.pictures[1].describe(tr("Safelight", "Your picture, noised to t = {t}").format(t=round(self._t)))
        self.sum.pictures[2].describe(tr("Safelight", "What the model makes of it"))
        self.sum.show_words(0, "1", tr("Safelight", "your picture"))
        left = "–" if self._signal is None else decimal(self._signal, 3)
        self.sum.show_words(
            1,
            f"{round(self._t)} <small>= <i>t</i></small>",
            tr("Safelight", "noised: {root} = {left} of it is left").format(root=sqrt("ᾱ"), left=left),
        )
        similarity = self._similarity
        self.sum.show_words(
            2,
            "–" if similarity is None else decimal(similarity, 2),
            (tr("Safelight", "denoising…") if self._is_at_work else tr("Safelight", "denoised: its similarity with your picture")),
        )
        self._note.setText(
            tr("Safelight", "Similarity: correlation of the colours at 32 × 32 places. 1 is the same picture, about 0 another one.")
        )
        explain(self.film, tr("Safelight", "Timestep"), tr("Safelight", "Drag, or press ← and →, to go to another t."))
