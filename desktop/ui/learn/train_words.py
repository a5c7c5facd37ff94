"""Words of the station that trains a small model: its questions and what answers them, the lines of Algorithm 1, its formulas."""

from __future__ import annotations

import math

from ...errors import QT_TRANSLATE_NOOP
from ...learn.training.course import TIMESTEPS, Predicts
from ...learn.training.events import Glimpse
from ...studio.notices import Words
from ...studio.trainings import Training
from ..language import decimal, tr
from .formula import Formula, var
from .station import Guess

ENOUGH = 20  # steps from which their time is known

GUESSES = (
    Guess(
        "steps",
        QT_TRANSLATE_NOOP("Safelight", "Noise has 1,000 levels here. How often is the net asked about one picture in a training step?"),
        choices=(
            QT_TRANSLATE_NOOP("Safelight", "1,000 times, once for each level"),
            QT_TRANSLATE_NOOP("Safelight", "20 times, as when a picture is made"),
            QT_TRANSLATE_NOOP("Safelight", "Once"),
        ),
        belief=4,
    ),
    Guess(
        "flat",
        QT_TRANSLATE_NOOP("Safelight", "The loss is an average over all levels of noise. Where does most of it come from?"),
        choices=(
            QT_TRANSLATE_NOOP("Safelight", "From much noise, where the picture is decided"),
            QT_TRANSLATE_NOOP("Safelight", "From very little noise, where no eye sees it"),
            QT_TRANSLATE_NOOP("Safelight", "Evenly from all levels"),
        ),
        belief=5,
    ),
    Guess(
        "copies",
        QT_TRANSLATE_NOOP("Safelight", "At the end, how many of the 16 samples will be copies of pictures that it learned from?"),
        QT_TRANSLATE_NOOP("Safelight", "A copy is nearer to one picture than a third of the way to the next."),
        lowest=0,
        highest=16,
        start=4,
        belief=6,
    ),
)


def finding(guess: str, training: Training) -> Words | None:
    """What `training` answers to `guess`, in numbers; None if it is too early."""
    moment = training.moments[-1] if training.moments else None
    if guess == "steps" and training.pace is not None and training.glimpse is not None and training.step >= ENOUGH:
        return Words(
            QT_TRANSLATE_NOOP(
                "Safelight",
                "Once, at one level drawn at random: step {step} took t = {t}. That takes {time} ms here for {batch} pictures, with "
                "any number of levels. So more steps for making a picture do not make the training longer.",
            ),
            {
                "step": training.glimpse.step,
                "t": training.glimpse.timestep + 1,
                "time": round(1000 * training.pace),
                "batch": training.course.batch,
            },
        )
    if guess == "flat" and moment is not None and moment.step > 0:
        marks = moment.unseen or moment.seen
        return Words(
            QT_TRANSLATE_NOOP(
                "Safelight",
                "{share} % of the loss after step {step} comes from the eighth with the least noise, {last} % from the four with the "
                "most. So a flat curve can hide pictures that still improve, and a lower one need not mean better pictures.",
            ),
            {
                "share": round(100 * marks.bands[0] / sum(marks.bands)),
                "last": round(100 * sum(marks.bands[4:]) / sum(marks.bands)),
                "step": moment.step,
            },
        )
    if guess == "copies" and moment is not None and moment.copied and not training.is_active and moment.step > 0:
        return Words(
            QT_TRANSLATE_NOOP(
                "Safelight",
                "{count} of {all} samples after step {step} are copies of its {pictures} pictures; of real new pictures {chance} % "
                "would be called so.",
            ),
            {
                "count": sum(moment.copied),
                "all": len(moment.copied),
                "step": moment.step,
                "pictures": training.learned,
                "chance": round(100 * training.by_chance),
            },
        )
    return None


def algorithm(training: Training | None, predicts: Predicts) -> tuple[str, list[tuple[str, str]]]:
    """The title of the algorithm, and its lines with their numbers of the newest step, as rich text."""
    glimpse = training.glimpse if training else None
    x0, xt = var("x", "0"), var("x", "t")
    step = (
        f"‖<i>ε</i> − {var('ε', 'θ')}({xt}, <i>t</i>)‖²"
        if predicts is Predicts.NOISE
        else f"<i>w</i> ‖{x0} − {var('x̂', 'θ')}({xt}, <i>t</i>)‖²"
    )
    first, last = tr("Safelight", "repeat"), tr("Safelight", "until it is done")
    lines = (
        f"<b>{first}</b>",
        tr("Safelight", "draw a picture {x0}").format(x0=x0),
        tr("Safelight", "draw {t} from 1 … {T}").format(t="<i>t</i>", T=decimal(TIMESTEPS, 0)),
        tr("Safelight", "draw noise {noise} from N(0, I)").format(noise="<i>ε</i>"),
        tr("Safelight", "step down {loss}").format(loss=step),
        f"<b>{last}</b>",
    )
    numbers = [""] * len(lines)
    if glimpse is not None and training is not None:
        numbers = [
            "",
            tr("Safelight", "number {number}").format(number=decimal(glimpse.picture + 1, 0)),
            f"<b>{glimpse.timestep + 1}</b>",
            tr("Safelight", "seed {seed}.{step}").format(seed=training.course.seed, step=glimpse.step),
            tr("Safelight", "loss {loss}").format(loss=f"<b>{decimal(glimpse.loss, 3)}</b>"),
            f"{decimal(glimpse.step, 0)} / {decimal(training.course.steps, 0) if training.course.steps else '…'}",
        ]
    title = (
        tr("Safelight", "Algorithm 1: training") if predicts is Predicts.NOISE else tr("Safelight", "Algorithm 1, answering the picture")
    )
    indented = [line if line in (lines[0], lines[-1]) else f"&nbsp;&nbsp;&nbsp;{line}" for line in lines]
    return title, list(zip(indented, numbers, strict=True))


def formulas(glimpse: Glimpse | None, predicts: Predicts) -> tuple[Formula, ...]:
    xt, html_t = r"x_t", "<i>t</i>"
    if predicts is Predicts.NOISE:
        general = Formula(
            tr("Safelight", "The loss of Algorithm 1"),
            f"‖<i>ε</i> − {var('ε', 'θ')}({var('x', 't')}, {html_t})‖²",
            rf"\left\|\epsilon - \epsilon_\theta({xt}, t)\right\|^2",
        )
    else:
        general = Formula(
            tr("Safelight", "The loss, weighted by the signal-to-noise ratio"),
            f"min(1 + SNR, 20) · ‖{var('x', '0')} − {var('x̂', 'θ')}({var('x', 't')}, {html_t})‖²",
            rf"\min(1 + \mathrm{{SNR}}(t), 20)\,\left\|x_0 - \hat x_\theta({xt}, t)\right\|^2",
        )
    if glimpse is None:
        return (general,)
    t = glimpse.timestep + 1
    signal, noise = math.sqrt(glimpse.left), math.sqrt(1 - glimpse.left)
    now = Formula(
        tr("Safelight", "With the numbers of this moment"),
        f"{var('x', str(t))} = <b>{decimal(signal, 3)}</b> · {var('x', '0')} + <b>{decimal(noise, 3)}</b> · <i>ε</i>",
        rf"x_{{{t}}} = {signal:.3f}\,x_0 + {noise:.3f}\,\epsilon",
    )
    return general, now


def branch_words(training: Training, at: int | None) -> str:
    """From where a branch continues if the playhead is at `at`; None: at the newest step."""
    step = training.branches_at(at)
    shown = max((moment.step for moment in training.moments if at is not None and moment.step <= at), default=step)
    if shown > step:
        words = tr("Safelight", "From step {step}: the last one before step {at} that was kept")
        return words.format(step=decimal(step, 0), at=decimal(shown, 0))
    return tr("Safelight", "From step {step}").format(step=decimal(step, 0))


def rate_words(rate: float) -> str:
    return f"{rate:.2g}" if rate < 0.0001 else decimal(rate, 6).rstrip("0")
