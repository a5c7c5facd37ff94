"""The settings of the station with four ways: what is learned and how (left), and what is shown (right)."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...learn.ways.points import SHAPES, Points
from ...learn.ways.side_by_side import BOTH, Key, Setup
from ..language import Retranslating, explain, explain_button, tr
from ..theme import Theme
from ..widgets.command import Command
from ..widgets.controls import Number, ValueChoice, label, named
from ..widgets.slider_row import SliderRow
from .point_plane import NO_POINTS, DrawingPlane
from .switch import Switch

MOST_SEED = 2**31 - 1
DRAWN = "drawn"  # the shape that is drawn by hand
FLOWS: tuple[Key, ...] = ("normalizing_flow", "flow_matching")
STRIDES = (1, 5, 20, 50)


class Speed(StrEnum):
    SLOW = "slow"  # phase by phase
    STEPS = "steps"  # one step of each way a frame
    FULL = "full"


class WaysControls(Retranslating, QWidget):
    wanted = Signal(object)  # Setup
    drawn = Signal(list)  # of points (x, y)
    clear_wanted = Signal()
    speed_chosen = Signal(object)
    phases_chosen = Signal(object)  # a tuple: BOTH, (0,) or (1,)

    def __init__(self, theme: Theme, one_step: Command, one_phase: Command) -> None:
        super().__init__()
        self._setup = Setup()
        self._points_title, self._training_title, self._switches_title = (
            label("section", f"learn_ways_{part}_title") for part in ("points", "training", "switches")
        )
        self._shape = ValueChoice(theme, "learn_ways_shape", [*SHAPES, DRAWN], self._setup.shape)
        self.canvas = DrawingPlane(theme, "learn_ways_canvas")
        self._clear = named(QPushButton(), "learn_ways_clear")
        self._seed_caption, self._seed = label("caption"), Number("learn_ways_seed", 0, MOST_SEED)
        self._seed_caption.setBuddy(self._seed)
        self._buttons = {name: named(QPushButton(), f"learn_ways_{name}_button") for name in ("step", "phase")}
        self._commands = {"step": one_step, "phase": one_phase}
        for button in (self._clear, *self._buttons.values()):
            button.setProperty("compact", "true")
        self._speeds = Switch("learn_ways_speed", list(Speed), Speed.FULL, 48)
        self._phases = Switch("learn_ways_phases", [BOTH, (0,), (1,)], BOTH, 48)
        self._momentum = Switch("learn_ways_momentum", [True, False], self._setup.momentum)
        self._brake = Switch("learn_ways_brake", [False, True], self._setup.brake)
        self._beta = Switch("learn_ways_beta", [1.0, 10.0], self._setup.beta)
        self._fourth = Switch("learn_ways_fourth", FLOWS, FLOWS[0])
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        seed, steps = QHBoxLayout(), QHBoxLayout()
        seed.addWidget(self._seed_caption)
        seed.addWidget(self._seed, 1)
        seed.addWidget(self._clear)
        for button in self._buttons.values():
            steps.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        for each in (self._points_title, self._shape, self.canvas):
            column.addWidget(each)
        column.addLayout(seed)
        column.addSpacing(8)
        column.addWidget(self._training_title)
        column.addLayout(steps)
        column.addWidget(self._speeds)
        column.addWidget(self._phases)
        column.addSpacing(8)
        for part in (self._switches_title, self._momentum, self._brake, self._beta, self._fourth):
            column.addWidget(part)

    def _connect(self) -> None:
        self._shape.chosen.connect(lambda shape: self._want(shape=shape))
        self._seed.valueChanged.connect(lambda seed: self._want(seed=seed))
        self._momentum.chosen.connect(lambda momentum: self._want(momentum=momentum))
        self._brake.chosen.connect(lambda brake: self._want(brake=brake))
        self._beta.chosen.connect(lambda beta: self._want(beta=beta))
        self._fourth.chosen.connect(lambda key: self._want(ways=(*self._setup.ways[:3], key)))
        self.canvas.drawn.connect(self.drawn)
        self._clear.clicked.connect(self.clear_wanted)
        self._speeds.chosen.connect(self.speed_chosen)
        self._phases.chosen.connect(self.phases_chosen)
        for name, button in self._buttons.items():
            button.clicked.connect(self._commands[name].trigger)

    def show_setup(self, setup: Setup, true: Points) -> None:
        self._setup = setup
        self._shape.offer([*SHAPES, DRAWN], setup.shape)
        self.canvas.show_true(NO_POINTS if setup.shape == DRAWN else true)
        self.canvas.show_path(setup.drawn)
        self._clear.setEnabled(bool(setup.drawn))
        self._seed.blockSignals(True)
        self._seed.setValue(setup.seed)
        self._seed.blockSignals(False)
        self._momentum.choose(setup.momentum)
        self._brake.choose(setup.brake)
        self._beta.choose(setup.beta)
        self._fourth.choose(setup.ways[3])

    def show_pace(self, speed: Speed, phases: tuple[int, ...]) -> None:
        self._speeds.choose(speed)
        self._phases.choose(phases)

    def _want(self, **changes: object) -> None:
        self.wanted.emit(replace(self._setup, **changes))  # type: ignore[arg-type]  # each a field of its own type

    def retranslate(self) -> None:
        self._points_title.setText(tr("Safelight", "Points to learn"))
        self._training_title.setText(tr("Safelight", "Training"))
        self._switches_title.setText(tr("Safelight", "Switches"))
        for name, button in self._buttons.items():
            explain_button(button, self._commands[name].text(), self._commands[name].toolTip())
        self._shape.show_words(
            (
                tr("Safelight", "Eight islands"),
                tr("Safelight", "Two moons"),
                tr("Safelight", "Two spirals"),
                tr("Safelight", "Checkerboard"),
                tr("Safelight", "Ring"),
                tr("Safelight", "Pinwheel"),
                tr("Safelight", "Heart"),
                tr("Safelight", "Drawn by hand"),
            )
        )
        self._seed_caption.setText(tr("Safelight", "Seed"))
        for widget, name, explanation in (
            (self._shape, tr("Safelight", "Shape"), tr("Safelight", "What the 1,000 true points look like.")),
            (
                self.canvas,
                tr("Safelight", "Drawing"),
                tr("Safelight", "Draw points of your own with the mouse, or move with the arrow keys and press Space."),
            ),
            (
                self._seed,
                tr("Safelight", "Seed"),
                tr("Safelight", "Of the points, the networks and all noise: the same seed, the same run."),
            ),
        ):
            explain(widget, name, explanation)
        explain_button(self._clear, tr("Safelight", "Clear"), tr("Safelight", "Remove what was drawn."))
        self._speeds.show_words(
            tr("Safelight", "Speed"),
            (
                (tr("Safelight", "Slow"), tr("Safelight", "One phase after the other; what it works on is blue.")),
                (tr("Safelight", "By step"), tr("Safelight", "One step of each between two frames.")),
                (tr("Safelight", "Fast"), tr("Safelight", "As fast as this computer can.")),
            ),
        )
        self._phases.show_words(
            tr("Safelight", "Phases"),
            (
                (tr("Safelight", "Both"), tr("Safelight", "Both phases of each step.")),
                (
                    tr("Safelight", "First"),
                    tr("Safelight", "Only discriminator and encoder. Diffusion and flow only make noise, and learn nothing."),
                ),
                (
                    tr("Safelight", "Second"),
                    tr("Safelight", "Only generator and decoder. Diffusion learns from the same noise again and again."),
                ),
            ),
        )
        self._momentum.show_words(
            tr("Safelight", "GAN: momentum"),
            (
                ("0.9", tr("Safelight", "The usual β₁ of Adam. The GAN leaps from place to place.")),
                ("0", tr("Safelight", "β₁ = 0, with a falling learning rate and averaged weights.")),
            ),
        )
        self._brake.show_words(
            tr("Safelight", "GAN: penalty R1"),
            (
                (tr("Safelight", "Off"), tr("Safelight", "The discriminator may be as steep as it likes.")),
                (tr("Safelight", "On"), tr("Safelight", "Steep discriminators are penalised. Here that changes little: try it.")),
            ),
        )
        self._beta.show_words(
            tr("Safelight", "VAE: weight β"),
            (
                ("1", tr("Safelight", "The weight of the KL term, as the VAE was published.")),
                ("10", tr("Safelight", "The numbers of the encoder say nothing any more: one blob.")),
            ),
        )
        self._fourth.show_words(
            tr("Safelight", "Fourth way"),
            (
                (tr("Safelight", "Flow"), tr("Safelight", "A normalizing flow (RealNVP), which tells every point's probability.")),
                (tr("Safelight", "Matching"), tr("Safelight", "Flow matching: diffusion on straight ways, as in newer picture models.")),
            ),
        )


class WaysView(Retranslating, QWidget):
    """What is shown beneath the points, and how many strides the ways take that need several."""

    underlay_chosen = Signal(object)  # bool
    moment_chosen = Signal(int)  # % of noise
    strides_chosen = Signal(object)  # int

    def __init__(self) -> None:
        super().__init__()
        self._beneath = Switch("learn_ways_beneath", [False, True], False, 56)
        self._legend = label("quiet", "learn_ways_legend")
        self._legend.setWordWrap(True)
        self._caption, self._number = label("caption"), Number("learn_ways_moment", 0, 100)
        self._number.setSuffix(" %")
        self._moment = SliderRow(self._number, width=64)
        self._caption.setBuddy(self._number)
        self._caption.setMinimumWidth(56)
        self._strides = Switch("learn_ways_strides", STRIDES, STRIDES[-1], 56)
        moment = QHBoxLayout()
        moment.setSpacing(8)
        moment.addWidget(self._caption)
        moment.addWidget(self._moment, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._beneath)
        column.addWidget(self._legend)
        column.addLayout(moment)
        column.addWidget(self._strides)
        self._beneath.chosen.connect(self.underlay_chosen)
        self._strides.chosen.connect(self.strides_chosen)
        self._number.valueChanged.connect(self.moment_chosen)
        self.retranslate()

    def show_view(self, has_underlay: bool, moment: float, strides: int) -> None:
        self._beneath.choose(has_underlay)
        self._strides.choose(strides)
        self._moment.show_value(100 * moment)

    def retranslate(self) -> None:
        self._beneath.show_words(
            tr("Safelight", "Beneath"),
            (
                (tr("Safelight", "Nothing"), tr("Safelight", "Only the points.")),
                (tr("Safelight", "What it knows"), tr("Safelight", "What each network thinks of every place of the plane.")),
            ),
        )
        self._legend.setText(
            tr(
                "Safelight",
                "GAN: bright where the discriminator says “true”. VAE: the grid of its numbers, unfolded. Diffusion and flow matching: "
                "arrows to where the points lie, at this much noise. Flow: probability.",
            )
        )
        self._caption.setText(tr("Safelight", "Noise"))
        self._moment.explain(tr("Safelight", "Noise"), tr("Safelight", "How much noise the arrows are for: 100 % is pure noise."))
        self._strides.show_words(
            tr("Safelight", "Strides"),
            tuple(
                (
                    str(strides),
                    tr("Safelight", "In how many strides diffusion and flow matching go from noise to a point; 20 at most while training."),
                )
                for strides in STRIDES
            ),
        )
