"""What the reverse process of Learn asks for and reports, as plain values. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..diffusion import samplers
from ..diffusion.families.description import Family, NoiseProcess, Traits
from ..diffusion.run import Pixels, Plan, Step
from ..errors import QT_TRANSLATE_NOOP


@dataclass(frozen=True, slots=True)
class Given:
    """The steps of a finished run that ends in a given picture: nothing of them was denoised.

    As the history of a `Request` they let its recipe, with the turn `refine`, add noise to the picture and denoise it.
    """

    steps: tuple[Step, ...]
    plan: Plan
    t: tuple[float, ...]  # of each call, `t_of` its timestep
    coded: Pixels  # the picture, encoded and decoded: as much of it as the model can keep


@dataclass(frozen=True, slots=True)
class Walk:
    """How to go from noise to picture with DDIM's step: η = 0 is DDIM, η = 1 DDPM with the smaller variance."""

    eta: float = 1.0
    is_fresh: bool = True  # whether the noise z is added; without it only its share of the variance is missing


PARTS = ("x_t", "noise", "x0", "mean", "z", "x_next")  # of a step, in the order in which they are computed


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a walk, from time t to an earlier one: x_next = keep · x0 + rest · ε + sigma · z."""

    step: Step
    timestep: int
    alpha_cumprod: float  # ᾱ at t
    next_alpha_cumprod: float  # ᾱ after the step
    keep: float  # √ᾱ after the step
    rest: float  # √(1 − ᾱ after the step − σ²)
    sigma: float  # of the fresh noise that belongs to η
    spreads: Mapping[str, float]  # by `PARTS`: standard deviation of the latents
    pictures: Mapping[str, Pixels]  # by `PARTS`; of step 0, the starting noise, only x_next


def t_of(timestep: float, process: NoiseProcess) -> float:
    """t as the article and all of Learn count it: 0 is the picture itself, 1000 the last. Timesteps of diffusion begin with t = 1."""
    return timestep + 1 if process is NoiseProcess.DIFFUSION else timestep


def takes_picture(family: Family) -> bool:
    """Whether runs of this family can start from a picture: its layout of latents is known, and it has one stage."""
    return family.is_described and not family.has_own_samplers


def cannot_walk(family: Family, traits: Traits) -> str | None:
    """Why Algorithm 2 cannot be walked with such a model, marked for translation; None if it can."""
    if family.has_own_samplers:
        return QT_TRANSLATE_NOOP("Safelight", "it has a sampler of its own for each of its stages")
    return samplers.unfit(samplers.sampler("DDIM"), traits)
