"""The position of any diffusers scheduler on its noise schedule, as plain numbers; torch-free.

Three ways of writing x_t are in use. With ᾱ the signal's share of the variance and σ = √((1−ᾱ)/ᾱ):
    variance preserving   x_t = √ᾱ·x0 + √(1−ᾱ)·noise       DDIM, DDPM, PNDM, LCM by timestep; DPM++, UniPC by σ
    variance exploding    x_t = x0 + σ·noise                Euler, LMS, Heun: Karras et al. 2022
    flow                  x_t = (1−s)·x0 + s·noise          FlowMatch…: σ = s/(1−s)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


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


@dataclass(frozen=True, slots=True)
class Mix:
    """x0 = sample·x_t + output·(the model's output): how a prediction is read."""

    sample: float
    output: float


def level_before(scheduler: Any, call: int, timestep: Any) -> Level:
    """The noise in what the next scheduler call is given; `call` counts from 0."""
    sigmas = _sigmas(scheduler)
    if sigmas is not None:
        return _of_sigma(scheduler, sigmas, _position(scheduler, call))
    return _of_alpha(float(scheduler.alphas_cumprod[int(timestep)]))


def level_after(scheduler: Any, call: int, timestep: Any) -> Level:
    """The noise left in the latents that call number `call` returned. Call it before the next step."""
    sigmas = _sigmas(scheduler)
    if sigmas is not None:
        position = _position(scheduler, call + 1)
        return _of_sigma(scheduler, sigmas, min(position, len(sigmas) - 1))
    timesteps, kind = scheduler.timesteps, type(scheduler).__name__
    if kind == "DDIMScheduler" or (kind == "PNDMScheduler" and scheduler.config.skip_prk_steps and call != 1):
        # They step by a fixed distance, not to the next timestep; PNDM's call 1 repeats the first step.
        following = int(timestep) - scheduler.config.num_train_timesteps // scheduler.num_inference_steps
    else:
        following = int(timesteps[call + 1]) if call + 1 < len(timesteps) else -1
    if following >= 0:
        return _of_alpha(float(scheduler.alphas_cumprod[following]))
    if kind in ("LCMScheduler", "TCDScheduler", "DDPMScheduler"):  # their last step adds no noise
        return Level(1.0, 0.0)
    return _of_alpha(float(getattr(scheduler, "final_alpha_cumprod", 1.0)))


def reading(scheduler: Any, level: Level) -> Mix | None:
    """Coefficients that give x0 from the model's output at `level`; None for other prediction types or without signal."""
    signal, noise = level.signal, level.noise
    if _is_flow(scheduler):
        return Mix(1.0, -noise)
    power = signal**2 + noise**2  # 1, or 1 + σ² where the variance explodes: the v of a normalised x_t
    match scheduler.config.get("prediction_type", "epsilon"):
        case "epsilon":
            return Mix(1 / signal, -noise / signal) if signal > 0 else None
        case "v_prediction":
            return Mix(signal / power, -noise / math.sqrt(power))
        case "sample" | "original_sample":
            return Mix(0.0, 1.0)
    return None


def _sigmas(scheduler: Any) -> Any | None:
    """σ of every call and the one after the last; None for schedulers that use timesteps instead."""
    return scheduler.sigmas if hasattr(scheduler, "step_index") and getattr(scheduler, "sigmas", None) is not None else None


def _position(scheduler: Any, call: int) -> int:
    return call if scheduler.step_index is None else scheduler.step_index


def _of_alpha(alpha_cumprod: float) -> Level:
    return Level(math.sqrt(alpha_cumprod), math.sqrt(max(0.0, 1 - alpha_cumprod)))


def _of_sigma(scheduler: Any, sigmas: Any, position: int) -> Level:
    sigma = float(sigmas[position])
    if _is_flow(scheduler):
        return Level(1 - sigma, sigma)
    if hasattr(scheduler, "_sigma_to_alpha_sigma_t"):
        return Level(1 / math.hypot(1, sigma), sigma / math.hypot(1, sigma))
    return Level(1.0, sigma)


def _is_flow(scheduler: Any) -> bool:
    return "FlowMatch" in type(scheduler).__name__ or bool(scheduler.config.get("use_flow_sigmas"))
