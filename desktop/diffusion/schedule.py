"""The position of any diffusers scheduler on its noise schedule, as plain numbers. What a scheduler does not tell is None.

Four ways of writing x_t are in use. With ᾱ the signal's share of the variance and σ = √((1−ᾱ)/ᾱ):
    variance preserving   x_t = √ᾱ·x0 + √(1−ᾱ)·noise       DDIM, DDPM, PNDM, LCM by timestep; DPM++, UniPC by σ
    variance exploding    x_t = x0 + σ·noise                Euler, LMS, Heun: Karras et al. 2022
    flow                  x_t = (1−s)·x0 + s·noise          FlowMatch…: σ = s/(1−s)
    angles                x_t = cos(t)·x0 + sin(t)·noise    SCM: Lu and Song 2024, TrigFlow

A scheduler is asked which one it uses: by its own conversion of σ, or by what it makes of a picture and noise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import torch

from .samplers import ANGLES

CLOSE = 1e-3  # two noise levels that differ by less are the same


class Writing(Enum):
    """How a scheduler writes x_t."""

    CONVERTED = auto()  # by σ, which the scheduler converts to signal and noise itself
    EXPLODING = auto()  # by σ
    FLOW = auto()  # by σ
    PRESERVING = auto()  # by timestep
    ANGLES = auto()  # by timestep, an angle
    ASKED = auto()  # by timestep, known only from what `add_noise` makes of it


@dataclass(frozen=True, slots=True)
class Level:
    """A point on the way: x_t = signal·x0 + noise·noise."""

    signal: float
    noise: float

    @property
    def sigma(self) -> float:
        """Noise relative to signal; inf for pure noise."""
        return self.noise / self.signal if self.signal > 0 else math.inf

    @property
    def alpha_cumprod(self) -> float:
        return self.signal**2 / (self.signal**2 + self.noise**2)

    @property
    def scale(self) -> float:
        """The factor that scales x_t to variance-preserving latents, which decoders expect."""
        exploding = self.signal == 1 and self.noise > 0
        return 1 / math.hypot(1, self.noise) if exploding else 1.0


CLEAN = Level(1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Mix:
    """x0 = sample·x_t + output·(the model's output): how a prediction is read."""

    sample: float
    output: float


def writing_of(scheduler: Any) -> Writing | None:
    """How `scheduler` writes x_t; ask right after `set_timesteps`. None if it does not tell."""
    first = scheduler.timesteps[:1]
    if scheduler.config.get("invert_sigmas"):  # counts from 0 at the noise, and converts as if it did not
        return None
    if scheduler.config.get("prediction_type") == ANGLES:
        return Writing.ANGLES
    if _has_sigmas(scheduler):
        if hasattr(scheduler, "_sigma_to_alpha_sigma_t"):
            return Writing.CONVERTED
        if hasattr(scheduler, "scale_noise"):
            asked = _asked(lambda picture, noise, at: scheduler.scale_noise(picture, at, noise), first)
            return Writing.FLOW if asked and abs(asked.signal + asked.noise - 1) < CLOSE else None
        asked = _asked(getattr(scheduler, "add_noise", None), first)
        return Writing.EXPLODING if asked and asked.signal == 1 and asked.noise > 0 else None
    asked = _asked(getattr(scheduler, "add_noise", None), first, getattr(scheduler, "alphas_cumprod", None))
    if asked is None or abs(asked.signal**2 + asked.noise**2 - 1) > CLOSE:
        return None
    known = _at(scheduler, float(first))
    return Writing.PRESERVING if known and abs(known.signal - asked.signal) < CLOSE else Writing.ASKED


def level_before(scheduler: Any, writing: Writing | None, position: int, timestep: float) -> Level | None:
    """The noise in what the next scheduler call is given; `position`: of the call among the scheduler's timesteps."""
    match writing:
        case None:
            return None
        case Writing.PRESERVING:
            return _at(scheduler, timestep)
        case Writing.ANGLES:
            return Level(math.cos(timestep), math.sin(timestep) * scheduler.config.sigma_data)
        case Writing.ASKED:
            return _asked(scheduler.add_noise, torch.tensor([timestep]))
    return _of_sigma(scheduler, writing, position if scheduler.step_index is None else scheduler.step_index)


def level_after(
    scheduler: Any, writing: Writing | None, position: int, timestep: float, towards: float | None = None, is_clean: bool = False
) -> Level | None:
    """The noise left in the latents that the call at `position` returned. Call it before the next step.

    `towards`: the timestep to which the call was told to go. `is_clean`: the last call returns x0 itself.
    """
    if writing is None:
        return None
    if writing is Writing.ANGLES:
        return level_before(scheduler, writing, position + 1, float(scheduler.timesteps[position + 1]))
    if writing not in (Writing.PRESERVING, Writing.ASKED):
        return _of_sigma(scheduler, writing, position + 1 if scheduler.step_index is None else scheduler.step_index)
    own, timesteps = vars(scheduler), scheduler.timesteps
    if towards is not None:
        following = towards
    elif "ets" in own and own.get("counter") == 2:  # PNDM has repeated its first step
        following = timestep
    elif _steps_evenly(scheduler):
        following = timestep - scheduler.config.num_train_timesteps // scheduler.num_inference_steps
    else:
        following = float(timesteps[position + 1]) if position + 1 < len(timesteps) else -1.0
    if following >= 0:
        return level_before(scheduler, writing, position + 1, following)
    if is_clean or "one" in own:
        return CLEAN
    final = own.get("final_alpha_cumprod")
    return None if final is None else _of_alpha(float(final))


def reading(scheduler: Any, writing: Writing | None, level: Level | None, position: int) -> Mix | None:
    """Coefficients that give x0 from the model's output at `level`; None if the scheduler does not tell, or without signal."""
    if level is None:
        return None
    signal, noise, kind = level.signal, level.noise, type(scheduler)  # a scheduler without an attribute looks for it in its config
    if hasattr(kind, "precondition_outputs"):  # the scheduler's own conversion, asked for both coefficients at once
        units = torch.eye(2, dtype=torch.float64)
        return Mix(*scheduler.precondition_outputs(units[0], units[1], noise).tolist())
    if hasattr(kind, "get_scalings_for_boundary_condition"):  # a consistency model's
        return Mix(*map(float, scheduler.get_scalings_for_boundary_condition(noise)))
    power = signal**2 + noise**2  # 1, or 1 + σ² where the variance explodes: the v of a normalised x_t
    match scheduler.config.get("prediction_type", "flow_prediction" if writing is Writing.FLOW else None):
        case "flow_prediction" if abs(signal + noise - 1) < CLOSE:
            return Mix(1.0, -noise)
        case "epsilon":
            return Mix(1 / signal, -noise / signal) if signal > 0 else None
        case "v_prediction":
            return Mix(signal / power, -noise / math.sqrt(power))
        case kind if kind == ANGLES:
            return Mix(signal, -noise / scheduler.config.sigma_data)
        case "sample" | "original_sample":
            return Mix(0.0, 1.0)
    return None


def _has_sigmas(scheduler: Any) -> bool:
    """Whether it counts in σ: one for every call and the one after the last."""
    return hasattr(scheduler, "step_index") and getattr(scheduler, "sigmas", None) is not None


def _steps_evenly(scheduler: Any) -> bool:
    """Whether it steps by a fixed distance, not to the next timestep, as DDIM and PNDM do but for its half steps."""
    is_halved = scheduler.config.get("skip_prk_steps") is False
    return "final_alpha_cumprod" in vars(scheduler) and not hasattr(type(scheduler), "previous_timestep") and not is_halved


def _at(scheduler: Any, timestep: float) -> Level | None:
    alphas = vars(scheduler).get("alphas_cumprod")
    return _of_alpha(float(alphas[int(timestep)])) if alphas is not None and 0 <= timestep < len(alphas) else None


def _of_alpha(alpha_cumprod: float) -> Level:
    return Level(math.sqrt(alpha_cumprod), math.sqrt(max(0.0, 1 - alpha_cumprod)))


def _of_sigma(scheduler: Any, writing: Writing, position: int) -> Level | None:
    sigmas = scheduler.sigmas
    sigma = float(sigmas[min(position, len(sigmas) - 1)])
    if writing is Writing.CONVERTED:
        signal, noise = scheduler._sigma_to_alpha_sigma_t(sigma)
        return Level(float(signal), float(noise))
    if writing is Writing.FLOW:
        return Level(1 - sigma, sigma)
    is_between = "sigmas_interpol" in vars(scheduler) or "mid_point_sigma" in vars(scheduler)
    if is_between and not scheduler.state_in_first_order:
        # In the middle of a step, at a σ between two of the list: the scheduler divides by √(σ² + 1) here, and reads no timestep.
        scaled = float(scheduler.scale_model_input(torch.ones(1, dtype=torch.float64), None))
        return Level(1.0, math.sqrt(max(0.0, 1 / scaled**2 - 1)))
    return Level(1.0, sigma)


def _asked(noised: Callable[..., torch.Tensor] | None, timestep: torch.Tensor, held: torch.Tensor | None = None) -> Level | None:
    """What is left of a picture of ones, and of noise of ones, that a scheduler mixes; None if it cannot.

    `held`: a tensor of the scheduler that `noised` moves to the device of the picture; it stays where it is.
    """
    if noised is None:
        return None
    ones = torch.ones(1, 1, 1, 1, device=None if held is None else held.device)
    try:
        return Level(float(noised(ones, 0 * ones, timestep)), float(noised(0 * ones, ones, timestep)))
    except (AttributeError, IndexError, RuntimeError, TypeError, ValueError):
        return None
