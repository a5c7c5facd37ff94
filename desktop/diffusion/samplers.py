"""The samplers on offer: their names, the diffusers scheduler behind each, and which of them fit a model. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import QT_TRANSLATE_NOOP, SamplerUnknown
from .families.description import NoiseProcess, Traits
from .fields import MOST_STEPS

V, X0 = "v_prediction", "sample"
EVERY = frozenset({"epsilon", V, X0})


@dataclass(frozen=True, slots=True)
class Sampler:
    """A way from noise to picture. Other programs' names for it are `aliases`."""

    name: str
    scheduler: str  # class name in diffusers
    note: str  # one sentence for the person who chooses; marked for translation
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)  # on top of the model's own scheduler config
    aliases: tuple[str, ...] = ()
    process: NoiseProcess = NoiseProcess.DIFFUSION
    predictions: frozenset[str] = EVERY  # what the model may predict (read in diffusers 0.42.1)
    zero_snr: bool = True  # can start from pure noise: knows `rescale_betas_zero_snr` and works with it
    most_steps: int = MOST_STEPS
    draws: bool = False  # fresh noise in its steps
    restarts: bool = True  # can begin in the middle of its timesteps, without the steps before

    def calls(self, steps: int) -> int:
        """How many steps the timeline of a run of so many steps has: one for each time the scheduler is called."""
        match self.scheduler:
            case "HeunDiscreteScheduler":
                return 2 * steps - 1
            case "PNDMScheduler":
                return steps + 1 if steps > 1 else 1
            case _:
                return steps


SAMPLERS: tuple[Sampler, ...] = (
    Sampler(
        "DDIM",
        "DDIMScheduler",
        QT_TRANSLATE_NOOP("Safelight", "The classic: no chance after the first noise, every step a small, even one."),
    ),
    Sampler(
        "DDPM",
        "DDPMScheduler",
        QT_TRANSLATE_NOOP("Safelight", "The original: adds fresh noise at every step. Wants many steps."),
        draws=True,
    ),
    Sampler(
        "Euler",
        "EulerDiscreteScheduler",
        QT_TRANSLATE_NOOP("Safelight", "One straight line per step. Simple, quick and dependable."),
        aliases=("k_euler",),
    ),
    Sampler(
        "Euler a",
        "EulerAncestralDiscreteScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Euler with fresh noise at every step: lively, and another picture for every number of steps."),
        aliases=("Euler ancestral", "k_euler_a", "k_euler_ancestral"),
        predictions=frozenset({"epsilon", V}),
        draws=True,
    ),
    Sampler(
        "DPM++ 2M",
        "DPMSolverMultistepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Learns from the step before: good pictures after 20 to 30 steps."),
        {"algorithm_type": "dpmsolver++", "use_karras_sigmas": False},
        aliases=("k_dpmpp_2m",),
    ),
    Sampler(
        "DPM++ 2M Karras",
        "DPMSolverMultistepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "DPM++ 2M with more of its steps where detail forms."),
        {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True},
        aliases=("k_dpmpp_2m_karras", "DPM++ 2M K"),
        zero_snr=False,
    ),  # from σ = 4096 its first timesteps are all the same, and diffusers loses count
    Sampler(
        "DPM++ 2M SDE",
        "DPMSolverMultistepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "DPM++ 2M with fresh noise at every step: richer detail, wants a few more steps."),
        {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": False},
        aliases=("k_dpmpp_2m_sde",),
        draws=True,
    ),
    Sampler(
        "UniPC",
        "UniPCMultistepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Predicts, then corrects itself: good pictures after as few as 10 to 20 steps."),
    ),
    Sampler(
        "PNDM",
        "PNDMScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Stable Diffusion's first default. Takes its second step twice, so 50 steps are 51 calls."),
        {"skip_prk_steps": True},
        aliases=("PLMS",),
        predictions=frozenset({"epsilon", V}),
        zero_snr=False,
        restarts=False,
    ),
    Sampler(
        "LMS",
        "LMSDiscreteScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Draws its line through the last four steps."),
        aliases=("k_lms",),
        zero_snr=False,
        restarts=False,
    ),
    Sampler(
        "Heun",
        "HeunDiscreteScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Looks ahead and corrects every step: twice the time, so 50 steps are 99 calls."),
        aliases=("k_heun",),
        zero_snr=False,
    ),
    Sampler(
        "LCM", "LCMScheduler", QT_TRANSLATE_NOOP("Safelight", "For models distilled to need only 4 to 8 steps."), most_steps=50, draws=True
    ),  # diffusers takes them from the 50 steps that the model was distilled on
)


# Those that put their steps at the same timesteps, by the spacing that the model's scheduler config names. Where it names none,
# every diffusers scheduler has a spacing of its own, which parts them as "linspace" does. Karras, PNDM, Heun and LCM are like no other.
_ALIKE: Mapping[str, tuple[frozenset[str], ...]] = {
    "trailing": (frozenset({"DDIM", "DDPM", "Euler", "Euler a", "LMS", "DPM++ 2M", "DPM++ 2M SDE", "UniPC"}),),
    "leading": (frozenset({"DDIM", "DDPM", "Euler", "Euler a", "LMS"}), frozenset({"DPM++ 2M", "DPM++ 2M SDE", "UniPC"})),
    "linspace": (frozenset({"DDIM", "DDPM"}), frozenset({"Euler", "Euler a", "LMS"}), frozenset({"DPM++ 2M", "DPM++ 2M SDE", "UniPC"})),
}


def sampler(name: str) -> Sampler:
    """The sampler of that name, as we, diffusers, A1111 or k-diffusion write it."""
    try:
        return _BY_NAME[_plain(name)]
    except KeyError:
        raise SamplerUnknown(sampler=name, known=", ".join(each.name for each in SAMPLERS)) from None


def unfit(sampler: Sampler, traits: Traits) -> str | None:
    """Why the sampler cannot draw with a model of these traits, to be translated; None when it can."""
    if sampler.process is not traits.process:
        return QT_TRANSLATE_NOOP("Safelight", "it takes another way from noise to picture than this model")
    if sampler.scheduler == "LCMScheduler" and not traits.distilled:
        return QT_TRANSLATE_NOOP("Safelight", "it works only with models that were distilled for it")
    if traits.zero_snr and not sampler.zero_snr:
        return QT_TRANSLATE_NOOP("Safelight", "it cannot start from pure noise, as this model does")
    if traits.prediction not in sampler.predictions:
        return QT_TRANSLATE_NOOP("Safelight", "it does not understand what this model predicts")
    return None


def alike(one: Sampler, other: Sampler, traits: Traits) -> bool:
    """Whether both put their steps at the same timesteps."""
    return one == other or any({one.name, other.name} <= group for group in _ALIKE.get(traits.spacing or "linspace", ()))


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name.casefold()).replace("dpmpp", "dpm++")


_BY_NAME = {
    **{_plain(each.scheduler): each for each in reversed(SAMPLERS)},  # reversed: of two with one scheduler, the first is meant
    **{_plain(alias): each for each in SAMPLERS for alias in (each.name, *each.aliases)},
}
