"""Words of the station on the reverse process: its questions and its formulas."""

from __future__ import annotations

from ...errors import QT_TRANSLATE_NOOP
from ...learn.moments import Given, Moment
from ..language import decimal, tr
from .formula import Formula, sqrt, var
from .station import Guess

GUESSES = (
    Guess(
        "edge",
        QT_TRANSLATE_NOOP("Safelight", "From which t on is it no longer your picture?"),
        QT_TRANSLATE_NOOP("Safelight", "It is noised to t and denoised again. Drag the dashed marker, then look."),
    ),
    Guess(
        "which",
        QT_TRANSLATE_NOOP("Safelight", "Your picture was noised to t in many steps. Which noise does the network find in it?"),
        choices=(QT_TRANSLATE_NOOP("Safelight", "That of the last step"), QT_TRANSLATE_NOOP("Safelight", "All of it")),
        belief=1,
    ),
    Guess(
        "fresh",
        QT_TRANSLATE_NOOP(
            "Safelight", "In every step Algorithm 2 adds fresh noise z to what it has just cleaned. What happens to x without z?"
        ),
        choices=(
            QT_TRANSLATE_NOOP("Safelight", "Nothing: z is senseless"),
            QT_TRANSLATE_NOOP("Safelight", "It gets cleaner than it should be"),
            QT_TRANSLATE_NOOP("Safelight", "It gets noisier"),
        ),
        belief=3,
    ),
    Guess(
        "walks",
        QT_TRANSLATE_NOOP(
            "Safelight", "DDIM and DDPM start from the same noise. How much does the first predicted noise of the two differ?"
        ),
        choices=(
            QT_TRANSLATE_NOOP("Safelight", "Completely: they are two models"),
            QT_TRANSLATE_NOOP("Safelight", "A little"),
            QT_TRANSLATE_NOOP("Safelight", "Not at all"),
        ),
        belief=9,
    ),
)


def back_formulas(given: Given | None, here: int) -> tuple[Formula, ...]:
    """The jump to x_t; `here`: the number of given steps."""
    general = Formula(
        tr("Safelight", "There, in one jump"),
        f"{var('x', 't')} = {sqrt('ᾱ<sub>t</sub>')} · {var('x', '0')} + {sqrt('1 − ᾱ<sub>t</sub>')} · <i>ε</i>",
        r"x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon",
    )
    alpha = given.steps[here].alpha_cumprod if given is not None else None
    if given is None or alpha is None:
        return (general,)
    t, signal, noise = round(given.t[here]), alpha**0.5, (1 - alpha) ** 0.5
    back = Formula(
        tr("Safelight", "With the numbers of this moment"),
        f"{var('x', str(t))} = <b>{decimal(signal, 3)}</b> · {var('x', '0')} + <b>{decimal(noise, 3)}</b> · <i>ε</i>",
        rf"x_{{{t}}} = {signal:.3f}\,x_0 + {noise:.3f}\,\epsilon",
    )
    return (general, back)


def walk_formulas(moment: Moment | None) -> tuple[Formula, ...]:
    """A step of Algorithm 2."""
    general = Formula(
        tr("Safelight", "One step back"),
        f"{var('x', 't−1')} = <i>μ</i> + {var('σ', 't')} <i>z</i>",
        r"x_{t-1} = \sqrt{\bar\alpha_{t-1}}\,\hat x_0 + \sqrt{1-\bar\alpha_{t-1}-\sigma_t^2}\,\epsilon_\theta + \sigma_t z",
    )
    if moment is None or moment.step.number == 0:
        return (general,)
    keep, rest, sigma = (decimal(value, 2) for value in (moment.keep, moment.rest, moment.sigma))
    numbers = Formula(
        tr("Safelight", "With the numbers of step {step}").format(step=moment.step.number),
        f"<b>{keep}</b> {var('x̂', '0')} + <b>{rest}</b> {var('ε', 'θ')} + <b>{sigma}</b> <i>z</i>",
        rf"x_{{t-1}} = {moment.keep:.3f}\,\hat x_0 + {moment.rest:.3f}\,\epsilon_\theta + {moment.sigma:.3f}\,z",
    )
    return (general, numbers)
