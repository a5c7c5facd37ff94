"""NoisedLatents: the reader's picture with noise in its latents, decoded, beside the one with noise in its pixels."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...learn import forward, latents
from ...learn.noise_schedule import NoiseSchedule
from ...learn.pixels import pixels_of
from ...learn.similarity import similarity
from ..language import Retranslating, decimal, tr
from ..widgets.controls import label, named
from .coding import Coding
from .pictures import Sum
from .station import Tools
from .switch import Switch


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """What the station shows."""

    schedule: NoiseSchedule
    t: int
    seed: int  # of the noise
    picture: np.ndarray  # x0 and x_t in pixels, H×W×3, float32, −1…1
    noisy: np.ndarray


class NoisedLatents(Retranslating, QWidget):
    """The switch for it, and what is said of the model. It is off at first, because the model of Create is loaded for it."""

    shown_changed = Signal()

    def __init__(self, tools: Tools, sum: Sum) -> None:
        """The last picture of `sum` is the one with noise in the latents."""
        super().__init__()
        named(self, "learn_noised_latents")
        self._tools = tools
        self._coding = Coding(tools, self._show_back)
        self._encoding: asyncio.Task[None] | None = None
        self._moment: _Moment | None = None
        self._similarities: tuple[float, float] | None = None  # to the picture: of x_t in the latents, and in the pixels
        self._is_on = False
        self._is_here = False  # the station is shown
        self._sum = sum
        self._switch = Switch("learn_noised_latents_switch", [False, True], False, 56)
        self._switch.chosen.connect(self.switch_on)
        self._told = label("quiet", "learn_noised_latents_told")
        self._told.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._switch)
        column.addWidget(self._told)
        self.retranslate()

    @property
    def is_shown(self) -> bool:
        """Whether the picture is there: the user wants it, and the model has latents."""
        return self._is_on and not (self._coding.coded is not None and self._coding.coded.coder.refusal)

    @property
    def is_on(self) -> bool:
        return self._is_on

    def switch_on(self, is_on: bool) -> None:
        self._is_on = is_on
        self._switch.choose(is_on)
        self._draw() if is_on else self._stop()
        self._show_words()
        self.shown_changed.emit()

    def enter(self) -> None:
        self._is_here = True
        self._draw()

    def leave(self) -> None:
        self._is_here = False
        self._stop()

    def show_moment(self, schedule: NoiseSchedule, t: int, seed: int, picture: np.ndarray, noisy: np.ndarray) -> None:
        """x_t in pixels is `noisy`: show the same in the latents."""
        self._moment = _Moment(schedule, t, seed, picture, noisy)
        self._draw()

    def forget(self) -> None:
        """The reader has chosen another picture."""
        self._stop()
        self._coding.coded = self._similarities = None

    def _stop(self) -> None:
        self._coding.stop()
        if self._encoding is not None:
            self._encoding.cancel()
        self._encoding = None

    def _draw(self) -> None:
        """Show the moment, if it is wanted."""
        if not (self._is_on and self._is_here):
            return
        if not self._coding.is_current:
            if self._encoding is None and self._tools.lessons.subject is not None:
                self._encoding = self._tools.notices.spawn(self._encode())
            return
        coded, moment = self._coding.coded, self._moment
        if coded is None or coded.coder.refusal or moment is None:
            return
        noise = forward.noise_like(coded.latents, moment.seed)
        self._coding.decode_soon(forward.noised(coded.latents, noise, moment.schedule, moment.t))

    async def _encode(self) -> None:
        try:
            await self._coding.encode(await self._coding.square())
        finally:
            self._encoding = None
        self._show_words()
        self.shown_changed.emit()
        self._draw()

    def _show_back(self, back: latents.Back) -> None:
        self._sum.pictures[-1].show_pixels(back.picture)
        coded, moment = self._coding.coded, self._moment
        if back.loss is not None and coded is not None and moment is not None:
            in_latents = similarity(pixels_of(back.picture), pixels_of(coded.picture))
            in_pixels = similarity(pixels_of(forward.to_pixels(moment.noisy)), pixels_of(forward.to_pixels(moment.picture)))
            self._similarities = in_latents, in_pixels
            self._show_words()

    def _show_words(self) -> None:
        coded = self._coding.coded
        refusal = coded.coder.refusal if coded is not None else ""
        self._sum.show_last(self.is_shown)
        if not self._is_on:
            self._told.setText("")
        elif refusal:
            self._told.setText(tr("Safelight", refusal))
        elif coded is None:
            self._told.setText(tr("Safelight", "Your picture is being encoded…"))
        else:
            channels, rows, columns = coded.latents.shape
            self._told.setText(
                tr("Safelight", "{channels} × {rows} × {columns} numbers get the noise, instead of 3 × {height} × {width}.").format(
                    channels=channels, rows=rows, columns=columns, height=coded.picture.shape[0], width=coded.picture.shape[1]
                )
            )
        place = len(self._sum.pictures) - 1
        if self._similarities is None:
            self._sum.show_words(place, "", "")
            return
        in_latents, in_pixels = (decimal(each, 2) for each in self._similarities)
        words = tr("Safelight", "noise in the latents: similarity to your picture; in the pixels: {similarity}")
        self._sum.show_words(place, in_latents, words.format(similarity=in_pixels))

    def retranslate(self) -> None:
        self._switch.show_words(
            tr("Safelight", "Noise in"),
            (
                (tr("Safelight", "Pixels"), tr("Safelight", "Noise is added to your picture.")),
                (
                    tr("Safelight", "Latents, too"),
                    tr("Safelight", "Beside it: noise is added to the latents of the model in Create, then they are decoded."),
                ),
            ),
        )
        self._sum.pictures[-1].describe(tr("Safelight", "Your picture with noise in the latents"))
        self._show_words()
