"""Station 7: the picture as the model's autoencoder keeps it, to paint on, flip and mix, and what comes back."""

from __future__ import annotations

import asyncio
import math
from contextlib import aclosing
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ...errors import QT_TRANSLATE_NOOP
from ...learn import latents
from ...library.lessons_file import Settings
from ...resources import RESOURCES
from ...studio.notices import Words
from ...studio.undo import Change, Revert
from ..language import decimal, explain, explain_button, tr
from ..widgets.controls import Decimal, Number, label, named, segment, segments
from ..widgets.picture_filter import picture_filter
from ..widgets.section import Section
from ..widgets.slider_row import SliderRow
from .channels import ChannelsView
from .coding import Coding
from .formula import Formula, var
from .pictures import Picture, Sum
from .station import Guess, Station, Tools

SECOND = RESOURCES / "examples" / "beach-en.webp"  # the picture that yours is mixed with until another is chosen
MOST_VALUE = 3.0  # of the brush
WIDEST = 8  # positions
FEWER = QT_TRANSLATE_NOOP("Safelight", "{pixels} numbers of your picture become {latents}: {times} times fewer.")
WORSE = QT_TRANSLATE_NOOP(
    "Safelight",
    "One flipped number changed {pixels} pixels, {outside} % of them outside its square of {square}. "
    "A small picture with as many numbers is {decibels} dB further from yours than the latents are.",
)
BETTER = QT_TRANSLATE_NOOP(
    "Safelight",
    "One flipped number changed {pixels} pixels, {outside} % of them outside its square of {square}. "
    "A small picture with as many numbers is {decibels} dB nearer to yours here: it is very smooth, "
    "or of a kind that the model does not know.",
)


class LatentsStation(Station):
    KEY = "latents"
    GUESSES = (
        Guess(
            "fewer",
            QT_TRANSLATE_NOOP("Safelight", "How many times fewer numbers does the model keep than your picture has?"),
            QT_TRANSLATE_NOOP("Safelight", "Drag the slider, then look."),
            lowest=1,
            highest=200,
            start=4,
        ),
        Guess(
            "small",
            QT_TRANSLATE_NOOP("Safelight", "One of these numbers changes its sign. How many pixels of the picture change visibly?"),
            QT_TRANSLATE_NOOP("Safelight", "If latents were a small picture, it would be one square of pixels."),
            lowest=0,
            highest=20000,
            start=256,
            belief=11,
        ),
    )
    SOURCES = (
        "learn/autoencoder.py encode",
        "learn/autoencoder.py decode",
        "learn/latents.py painted",
        "learn/latents.py flipped",
        "learn/latents.py reach",
    )

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._is_here = False
        self._coding = Coding(tools, self._show_back)
        self._base: np.ndarray | None = None  # the latents with what was painted
        self._before: np.ndarray | None = None  # at the beginning of a stroke
        self._second: np.ndarray | None = None  # latents of the second picture
        self._second_path = SECOND
        self._back: latents.Back | None = None
        self._reach: latents.Reach | None = None
        self._flip: tuple[np.ndarray, int, int] | None = None  # the picture before one number was flipped, its row and column
        self._small: tuple[np.ndarray, latents.Loss] | None = None
        self._encoding: asyncio.Task[None] | None = None
        self._channel = 0
        self._refusal = ""
        self._sum = Sum(tools.theme, "learn_latents_sum", ("→", "→"), 320)
        self._channels = ChannelsView(tools.theme, "learn_latents_channels")
        self._channels_title, self._told = label("section", "learn_latents_channels_title"), label("quiet", "learn_latents_told")
        self._told.setWordWrap(True)
        self._refused = label("body", "learn_latents_refused")
        self._refused.setWordWrap(True)
        self._refused.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 12)
        column.setSpacing(8)
        self._sum.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column.addWidget(self._sum)
        column.addWidget(self._channels_title)
        column.addWidget(self._channels, 1)
        column.addWidget(self._told)
        column.addWidget(self._refused, 1, Qt.AlignmentFlag.AlignCenter)
        self.controls = self._make_controls()
        self.side = self._make_side()
        tools.lessons.found.connect(self._hear)
        self._channels.chosen.connect(self._choose_channel)
        self._channels.begun.connect(self._begin)
        self._channels.drawn.connect(self._draw)
        self._channels.ended.connect(self._end)
        self.retranslate()

    def _make_controls(self) -> QWidget:
        theme = self.tools.theme
        brush, mix = QWidget(), QWidget()
        self._brush, self._one = segment("learn_latents_brush"), segment("learn_latents_one")
        self._brush.setChecked(True)
        self._value = Decimal("learn_latents_value", -MOST_VALUE, MOST_VALUE, 0.1)
        self._value.setValue(2.0)
        self._value_row = SliderRow(self._value)
        self._width = Number("learn_latents_width", 1, WIDEST)
        self._width.setValue(2)
        self._value_caption, self._width_caption = label("body", "", self._value), label("body", "", self._width)
        self._flip_channel, self._again = (named(QPushButton(), f"learn_latents_{name}") for name in ("flip_channel", "again"))
        self._flip_channel.clicked.connect(self._flip_whole)
        self._again.clicked.connect(self._start_again)
        grid = QGridLayout(brush)
        grid.setContentsMargins(0, 0, 0, 12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(segments([self._brush, self._one]), 0, 0, 1, 3)
        grid.addWidget(self._value_caption, 1, 0)
        grid.addWidget(self._value_row, 1, 1, 1, 2)
        grid.addWidget(self._width_caption, 2, 0)
        grid.addWidget(self._width, 2, 2)
        grid.addWidget(self._flip_channel, 3, 0, 1, 3)
        grid.addWidget(self._again, 4, 0, 1, 3)
        self._other = Picture(theme, "learn_latents_second", 48, 64)
        self._other.setFixedSize(64, 64)
        self._choose = named(QPushButton(), "learn_latents_choose_second")
        self._choose.clicked.connect(self._choose_second)
        self._share = Number("learn_latents_share", 0, 100)
        self._share.setSuffix(" %")
        self._share.valueChanged.connect(self._mix)
        self._share_row = SliderRow(self._share, width=64)
        self._share_caption = label("body", "", self._share)
        grid = QGridLayout(mix)
        grid.setContentsMargins(0, 0, 0, 12)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._other, 0, 0)
        grid.addWidget(self._choose, 0, 1, 1, 2)
        grid.addWidget(self._share_caption, 1, 0)
        grid.addWidget(self._share_row, 1, 1, 1, 2)
        self._brush_section, self._mix_section = (
            Section(theme, f"learn_latents_{name}", body) for name, body in (("paint", brush), ("mix", mix))
        )
        controls = QWidget()
        column = QVBoxLayout(controls)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._brush_section)
        column.addWidget(self._mix_section)
        return controls

    def _make_side(self) -> QWidget:
        self._small_title, self._small_words = label("section", "learn_latents_small_title"), label("quiet", "learn_latents_small_words")
        self._small_words.setWordWrap(True)
        self._small_picture = Picture(self.tools.theme, "learn_latents_small", 96, 240)
        side = named(QWidget(), "learn_latents_side")
        column = QVBoxLayout(side)
        column.setContentsMargins(16, 8, 16, 12)
        column.addWidget(self._small_title)
        column.addWidget(self._small_picture)
        column.addWidget(self._small_words)
        side.hide()
        return side

    # -- the place

    def enter(self) -> None:
        self._is_here = True
        assert self.side is not None
        self.side.setVisible(self._small is not None)  # which the place has shown with the station
        self._decode_soon() if self._coding.is_current else self._encode_soon()

    def leave(self) -> None:
        self._is_here = False
        self._coding.stop()
        if self._encoding is not None:
            self._encoding.cancel()
        self._encoding = None

    def show_subject(self) -> None:
        self._coding.coded = None
        if self._is_here:
            self._encode_soon()

    def _encode_soon(self) -> None:
        if self.tools.lessons.subject is None:
            return
        if self._encoding is not None:
            self._encoding.cancel()
        self._encoding = self.tools.notices.spawn(self._encode())

    def settings(self) -> Settings:
        return {"value": self._value.value(), "width": self._width.value(), "share": self._share.value(), "channel": self._channel}

    def restore(self, settings: Settings) -> None:
        match settings.get("value"):
            case int(value) | float(value) if abs(value) <= MOST_VALUE:
                self._value.setValue(value)
        for name, number in (("width", self._width), ("share", self._share)):
            match settings.get(name):
                case int(whole) if number.minimum() <= whole <= number.maximum():
                    number.setValue(whole)
        match settings.get("channel"):
            case int(channel) if channel >= 0:
                self._channel = channel
                self._channels.choose(channel)

    def formulas(self) -> tuple[Formula, ...]:
        if self._encoded is None or self._refusal or not self._knows("fewer"):
            return ()
        (height, width, _), (channels, rows, columns) = self._encoded.picture.shape, self._encoded.latents.shape
        times = f"{self._encoded.picture.size / self._encoded.latents.size:.0f}"
        caption = tr("Safelight", "Numbers of the picture, numbers of the latents")
        z, x = var("z"), var("x")
        return (
            Formula(
                caption,
                f"(3 · {width} · {height}) / ({channels} · {columns} · {rows}) = <b>{times}</b>",
                rf"\frac{{3 \cdot {width} \cdot {height}}}{{{channels} \cdot {columns} \cdot {rows}}} = {times}",
            ),
            Formula(tr("Safelight", "There and back"), f"{z} = E({x}), &nbsp; {x}′ = D({z})", r"z = E(x), \quad x' = D(z)"),
        )

    def look(self, guess: str, value: int) -> None:
        self.tools.notices.spawn(self._answer(guess))

    # -- encoding and decoding

    @property
    def _encoded(self) -> latents.Coded | None:
        return self._coding.coded

    async def _encode(self) -> None:
        picture = await self._coding.square()
        self._sum.pictures[0].show_pixels(picture)
        encoded = await self._coding.encode(picture)
        self._refusal = encoded.coder.refusal
        self._second = self._reach = self._flip = self._back = self._small = None
        self._base = None if self._refusal else encoded.latents
        self._channel = min(self._channel, len(encoded.latents) - 1)
        self._show_all()
        if not self._refusal:
            self._decode_soon()
            self._other.show_pixels(await asyncio.to_thread(_square, self._second_path, 128))

    @property
    def _shown(self) -> np.ndarray | None:
        """The latents as they are now: painted, then mixed."""
        if self._base is None or self._second is None or not self._share.value():
            return self._base
        return latents.between(self._base, self._second, self._share.value() / 100)

    def _decode_soon(self) -> None:
        if self._encoded is not None and not self._coding.is_current:
            self._encode_soon()  # another model was chosen meanwhile
            return
        wanted = self._shown
        if wanted is None or self._encoded is None:
            return
        colours = self._encoded.coder.colours
        assert colours is not None
        self._channels.show_latents(wanted, colours, self._encoded.coder.most)
        self._coding.decode_soon(wanted)

    def _show_back(self, back: latents.Back) -> None:
        self._sum.pictures[1].show_pixels(back.picture)
        if back.loss is not None and self._encoded is not None:
            self._back = back
            self._sum.pictures[2].show_pixels(back.lost)
            if self._flip is not None:
                before, row, column = self._flip
                self._reach = latents.reach(before, back.picture, row, column, self._encoded.coder.position)
                self._flip = None
            self._show_words()

    # -- painting

    def _choose_channel(self, channel: int) -> None:
        self._channel = channel
        self._show_words()

    def _begin(self, channel: int, row: float, column: float) -> None:
        if self._shown is None:
            return
        if self._share.value():
            self._base = self._shown  # from here on what is painted on is the mixture
            self._share.setValue(0)
        self._before = self._base
        self._channel = channel
        self._reach = None
        if self._one.isChecked() and self._base is not None:
            self._base = latents.flipped(self._base, channel, int(row), int(column))
            if self._back is not None:
                self._flip = self._back.picture, int(row), int(column)
            self._decode_soon()
        else:
            self._draw(channel, row, column)

    def _draw(self, channel: int, row: float, column: float) -> None:
        if self._base is not None and not self._one.isChecked():
            self._base = latents.painted(self._base, channel, row - 0.5, column - 0.5, self._value.value(), self._width.value())
            self._decode_soon()

    def _end(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            self._record(before)

    def _flip_whole(self) -> None:
        if (before := self._shown) is not None:
            self._share.setValue(0)
            self._base = latents.flipped(before, self._channel)
            self._decode_soon()
            self._record(before)

    def _start_again(self) -> None:
        if self._encoded is not None and self._base is not None:
            before, self._base = self._base, self._encoded.latents
            self._share.setValue(0)
            self._decode_soon()
            self._record(before)

    def _record(self, before: np.ndarray) -> None:
        assert self._base is not None
        if self._encoded is not None and not np.array_equal(before, self._base):
            name = QT_TRANSLATE_NOOP("Safelight", "painting on the latents")
            self.tools.undo.record(Change(name, "", self._reverting(self._encoded, before, self._base)))

    def _reverting(self, encoded: latents.Coded, before: np.ndarray, after: np.ndarray) -> Revert:
        async def revert() -> Revert | None:
            if self._encoded is not encoded:
                return None  # another picture is here now
            self._base, self._reach = before, None
            self._decode_soon()
            return self._reverting(encoded, after, before)

        return revert

    # -- mixing

    def _mix(self) -> None:
        if self._base is None:
            return
        if self._second is None and self._share.value():
            if self._encoding is None or self._encoding.done():
                self._encoding = self.tools.notices.spawn(self._encode_second())
        else:
            self._decode_soon()
        self._show_words()

    async def _encode_second(self) -> None:
        assert self._encoded is not None
        side = self._encoded.picture.shape[0]
        self._second = (await self._coding.code(await asyncio.to_thread(_square, self._second_path, side))).latents
        self._decode_soon()

    def _choose_second(self) -> None:
        dialog = QFileDialog(self, tr("Safelight", "Choose the second picture"), "", picture_filter())
        dialog.setObjectName("learn_latents_second_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take_second)
        dialog.open()

    def _take_second(self, path: str) -> None:
        self.tools.notices.spawn(self._use_second(Path(path)))

    async def _use_second(self, path: Path) -> None:
        self._other.show_pixels(await asyncio.to_thread(_square, path, 128))
        self._second_path, self._second = path, None
        if self._share.value():
            await self._encode_second()
        else:
            self._share.setValue(50)

    # -- answers

    def _hear(self, station: str) -> None:
        """Something was found, or is asked again."""
        if station == self.KEY:
            if not self._knows("small"):
                self._small = None
            self._show_all()

    def _knows(self, guess: str) -> bool:
        return any(finding.guess == guess for finding in self.tools.lessons.findings(self.KEY))

    async def _answer(self, guess: str) -> None:
        if self._encoding is not None:
            await asyncio.wait([self._encoding])
        if self._encoded is None:
            return
        encoded = self._encoded
        if self._refusal:
            self.answered.emit(guess, Words(self._refusal, {}))
        elif guess == "fewer":
            times = encoded.picture.size / encoded.latents.size
            values = {"pixels": decimal(encoded.picture.size, 0), "latents": decimal(encoded.latents.size, 0), "times": round(times)}
            self.answered.emit(guess, Words(FEWER, values))
        else:
            async with aclosing(self.tools.machine.compute_with(self._coding.recipe(), latents.comparing(encoded))) as found:
                seen = await anext(found)
            is_finite = math.isfinite(seen.coded.decibels) and math.isfinite(seen.small.decibels)
            apart = seen.coded.decibels - seen.small.decibels if is_finite else 0.0
            values = {
                "pixels": decimal(seen.reach.pixels, 0),
                "outside": round(100 * seen.reach.outside),
                "square": seen.reach.square,
                "decibels": decimal(abs(apart), 1),
            }
            self.answered.emit(guess, Words(WORSE if apart >= 0 else BETTER, values))
            self._small = seen.picture, seen.small
            self._show_all()

    # -- words

    def _show_all(self) -> None:
        is_open = not self._refusal
        for part in (self._sum, self._channels_title, self._channels, self._told):
            part.setVisible(is_open)
        self._refused.setVisible(not is_open)
        assert self.controls is not None
        self.controls.setEnabled(is_open)
        self._show_words()
        self.formulas_changed.emit()

    def _show_words(self) -> None:
        self._refused.setText(tr("Safelight", self._refusal) if self._refusal else "")
        if self._encoded is None or self._refusal:
            return
        (height, width, _), (count, rows, columns) = self._encoded.picture.shape, self._encoded.latents.shape
        knows = self._knows("fewer")
        numbers = decimal(self._encoded.picture.size, 0), decimal(self._encoded.latents.size, 0)
        self._sum.show_words(
            0,
            numbers[0] if knows else "",
            tr("Safelight", "Your picture: {width} × {height} pixels of 3 numbers").format(width=width, height=height),
        )
        times = round(self._encoded.picture.size / self._encoded.latents.size)
        said = tr("Safelight", "Decoded from {numbers} numbers: {times} times fewer").format(numbers=numbers[1], times=times)
        loss = self._back.loss if self._back else None
        quality = "" if loss is None else "∞ dB" if math.isinf(loss.decibels) else f"{decimal(loss.decibels, 1)} dB"
        self._sum.show_words(1, quality, said if knows else tr("Safelight", "Decoded from its latents"))
        self._sum.show_words(
            2,
            "" if loss is None else decimal(loss.mean, 1),
            ""
            if loss is None
            else tr("Safelight", "Lost: mean difference of 255 levels, at most {largest}. Shown {times} times as strong.").format(
                times=latents.AMPLIFIED, largest=loss.largest
            ),
        )
        self._channels_title.setText(
            tr("Safelight", "Latents: {count} channels of {columns} × {rows}").format(count=count, columns=columns, rows=rows)
            if knows
            else tr("Safelight", "Latents, channel by channel")
        )
        self._told.setText(self._now())
        self._channels.choose(self._channel)
        assert self.side is not None
        self.side.setVisible(self._small is not None)
        if self._small is not None:
            pixels, small = self._small
            side = latents.small_side(self._encoded.latents.size)
            self._small_picture.show_pixels(pixels)
            self._small_words.setText(
                tr("Safelight", "{side} × {side} pixels are as many numbers as the latents. Enlarged again: {decibels} dB.").format(
                    side=side, decibels=decimal(small.decibels, 1) if math.isfinite(small.decibels) else "∞"
                )
            )

    def _now(self) -> str:
        """One line below the channels."""
        if self._reach is not None:
            return tr(
                "Safelight", "This one number changed {pixels} pixels visibly, {outside} % of them outside its square of {square}."
            ).format(pixels=self._reach.pixels, outside=round(100 * self._reach.outside), square=self._reach.square)
        return tr("Safelight", "Blue is below zero, amber above. Paint on a channel with the mouse, or with arrows and Space.")

    def retranslate(self) -> None:
        self._brush_section.show_title(tr("Safelight", "On the latents"))
        self._mix_section.show_title(tr("Safelight", "Mix with a second picture"))
        explain_button(self._brush, tr("Safelight", "Brush"), tr("Safelight", "Paint one value into the channel under the pointer."))
        explain_button(self._one, tr("Safelight", "Flip one"), tr("Safelight", "A click changes the sign of one number."))
        self._value_caption.setText(tr("Safelight", "Value"))
        self._width_caption.setText(tr("Safelight", "Width"))
        self._share_caption.setText(tr("Safelight", "Share"))
        self._value_row.explain(tr("Safelight", "Value"), tr("Safelight", "The value that the brush leaves; noise has a spread of 1."))
        explain(self._width, tr("Safelight", "Width"), tr("Safelight", "Of the brush, in positions of the latents."))
        self._share_row.explain(
            tr("Safelight", "Share"),
            tr("Safelight", "How far on the straight line from the latents of your picture to those of the second."),
        )
        explain_button(
            self._flip_channel,
            tr("Safelight", "Flip this channel"),
            tr("Safelight", "Change the sign of every number in the chosen channel."),
        )
        explain_button(self._again, tr("Safelight", "Start again"), tr("Safelight", "Remove what was painted, flipped and mixed."))
        explain_button(self._choose, tr("Safelight", "Choose…"), tr("Safelight", "Choose the picture that yours is mixed with."))
        self._small_title.setText(tr("Safelight", "As a small picture"))
        self._other.describe(tr("Safelight", "The second picture"))
        self._small_picture.describe(tr("Safelight", "Your picture, made small and enlarged again"))
        for picture, words in zip(
            self._sum.pictures,
            (tr("Safelight", "Your picture"), tr("Safelight", "Your picture, decoded from its latents"), tr("Safelight", "What was lost")),
            strict=True,
        ):
            picture.describe(words)
        explain(
            self._channels,
            tr("Safelight", "Channels of the latents"),
            tr("Safelight", "Arrows move, Page Up and Page Down change the channel, Space paints or flips there."),
        )
        self._show_words()


def _square(path: Path, side: int) -> np.ndarray:
    """The middle of the picture in a file, side×side×3. Reads the file. Raises a `SafelightError`."""
    from ...library.artwork import read_pixels
    from ...studio.lessons import MOST_SIDE as MOST_READ
    from ...studio.lessons import Subject

    return Subject("", read_pixels(path, MOST_READ), path).square(side)
