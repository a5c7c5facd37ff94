"""WayPane: one way of learning: its samples over the true points, and what it has reached."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...learn.ways.points import Points, Score
from ...learn.ways.side_by_side import Frame, Key, PictureFrame
from ..language import Retranslating, decimal, explain, tr
from ..theme import Theme
from ..widgets.controls import Elided, label
from .point_plane import NO_POINTS, PointPlane


class WayPane(Retranslating, QWidget):
    chosen = Signal(str)  # its key: it has the focus, or was clicked

    def __init__(self, theme: Theme, place: int) -> None:
        super().__init__()
        self.key: Key | None = None
        self.frame_shown: Frame | PictureFrame | None = None
        self._score: Score | None = None
        self._real = 0  # how many real pictures there are, of which it shows some; 0: it shows a way
        self._phase: int | None = None
        name = f"learn_way_{place}"
        self.setObjectName(name)
        self._title = label("value", f"{name}_title")
        self._progress = Elided("quiet", f"{name}_progress")
        self.plane = PointPlane(theme, f"{name}_plane")
        self.plane.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._reached = Elided("fact", f"{name}_reached", side=Qt.AlignmentFlag.AlignLeft)
        self._cost = Elided("quiet", f"{name}_cost", side=Qt.AlignmentFlag.AlignLeft)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._progress, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.plane, 1)
        column.addWidget(self._reached)
        column.addWidget(self._cost)
        self.plane.installEventFilter(self)

    def show_way(self, key: Key, true: Points) -> None:
        """Begin anew with `key`."""
        self.key = key
        self._real = 0
        self.frame_shown = self._score = self._phase = None
        self.plane.show_pictures(None)
        self.plane.show_true(true)
        self.plane.show_underlay(None)
        self.plane.show_samples(NO_POINTS)
        self.retranslate()

    def show_frame(self, frame: Frame, *, keeps_underlay: bool, phase: int | None = None) -> None:
        """`keeps_underlay`: the one that is shown, if `frame` has none. `phase`: of slow motion. Numbers follow with the next score."""
        self.frame_shown, self._phase = frame, phase
        self._score = frame.score or self._score
        if frame.underlay is not None or not keeps_underlay:
            self.plane.show_underlay(frame.underlay)
        self.plane.show_samples(frame.points, NO_POINTS if phase is None else frame.work)
        if frame.score is not None:  # setting texts costs more than painting points
            self._show_words()

    def show_picture_frame(self, frame: PictureFrame) -> None:
        self.frame_shown, self._phase = frame, None
        self.plane.show_pictures(frame.pictures)
        self._show_words()

    def show_real(self, pictures: np.ndarray, count: int) -> None:
        """Show real pictures instead of a way: some of `count`."""
        if self._real == count:
            return
        self._real = count
        self.plane.show_pictures(pictures)
        self.retranslate()

    @property
    def score(self) -> Score | None:
        return self._score

    def eventFilter(self, watched: object, event: object) -> bool:
        if isinstance(event, QFocusEvent) and event.gotFocus() and self.key:
            self.chosen.emit(self.key)
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.key:
            self.plane.setFocus()
            self.chosen.emit(self.key)

    def retranslate(self) -> None:
        if self.key is None:
            return
        self._title.setText(tr("Safelight", "Real pictures") if self._real else name_of(self.key))
        self._show_words()

    def _show_words(self) -> None:
        frame = self.frame_shown
        if self._real:
            for words in (self._progress, self._cost):
                words.show_text("")
            self._reached.show_text(tr("Safelight", "Some of the {count} that are learned").format(count=decimal(self._real, 0)))
            explain(self.plane, self._title.text(), self._reached.accessibleName())
            return
        if frame is None or self.key is None:
            self._progress.show_text("")
            self._reached.show_text(tr("Safelight", "Not started"))
            self._cost.show_text(probability_of(self.key) if self.key else "")
            return
        if frame.is_broken:
            self._progress.show_text(tr("Safelight", "stopped: numbers too large; take another seed"))
        elif self._phase is not None:
            self._progress.show_text(phase_of(frame.key, self._phase))
        else:
            self._progress.show_text(
                tr("Safelight", "step {steps} of {length}, {seconds} s").format(
                    steps=frame.steps, length=frame.length, seconds=decimal(frame.seconds, 1)
                )
            )
        if isinstance(frame, PictureFrame):
            self._show_picture_words(frame)
            return
        if self._score is not None:
            template = (
                tr("Safelight", "{found} of {parts} islands, {good} % good, {covered} % covered")
                if self._score.parts == 8
                else tr("Safelight", "{found} of {parts} parts, {good} % good, {covered} % covered")
            )
            self._reached.show_text(
                template.format(
                    found=self._score.found,
                    parts=self._score.parts,
                    good=math.floor(100 * self._score.good),
                    covered=math.floor(100 * self._score.coverage),
                )
            )
        calls = tr("Safelight", "1 call a point") if frame.calls == 1 else tr("Safelight", "{calls} calls a point")
        self._cost.show_text(f"{calls.format(calls=frame.calls)} · {probability_of(frame.key)}")
        explain(self.plane, name_of(frame.key), self._reached.accessibleName())

    def _show_picture_words(self, frame: PictureFrame) -> None:
        if frame.score is not None:
            self._reached.show_text(
                tr("Safelight", "right kind {right} %, {apart} × as far off as real ones").format(
                    right=round(100 * frame.score.right), apart=decimal(frame.score.apart, 1)
                )
            )
            calls = tr("Safelight", "1 call a picture") if frame.calls == 1 else tr("Safelight", "{calls} calls a picture")
            variety = tr("Safelight", "variety {variety} %").format(variety=round(100 * frame.score.variety))
            self._cost.show_text(f"{calls.format(calls=frame.calls)} · {variety}")
        explain(self.plane, name_of(frame.key), self._reached.accessibleName())


def name_of(key: Key) -> str:
    match key:
        case "gan":
            return "GAN"
        case "vae":
            return "VAE"
        case "diffusion":
            return tr("Safelight", "Diffusion")
        case "flow_matching":
            return tr("Safelight", "Flow matching")
        case "normalizing_flow":
            return tr("Safelight", "Normalizing flow")


def probability_of(key: Key) -> str:
    """Whether the way can tell p(x), the probability of a point x."""
    match key:
        case "gan":
            return tr("Safelight", "p(x): unknown")
        case "vae":
            return tr("Safelight", "p(x): a lower bound")
        case "diffusion" | "flow_matching":
            return tr("Safelight", "p(x): with many more calls")
        case "normalizing_flow":
            return tr("Safelight", "p(x): exact")


def phase_of(key: Key, phase: int) -> str:
    """What happens in a phase of a step."""
    match key, phase:
        case "gan", 0:
            return tr("Safelight", "discriminator: true or made?")
        case "gan", _:
            return tr("Safelight", "generator: make what passes")
        case "vae", 0:
            return tr("Safelight", "encoder: points to numbers")
        case "vae", _:
            return tr("Safelight", "decoder: numbers to points")
        case "normalizing_flow", 0:
            return tr("Safelight", "warp: points to noise")
        case "normalizing_flow", _:
            return tr("Safelight", "gradient: make this noise likelier")
        case _, 0:
            return tr("Safelight", "noise: mix it into the points")
        case _:
            return tr("Safelight", "gradient: where did they lie?")
