"""Makes the diffusers scheduler of a sampler from the model's own scheduler config."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

import diffusers
import torch

from .families.description import NoiseProcess, Traits
from .samplers import Sampler

# How the model was trained. For a missing value the default of the model's own scheduler is used, not that of the sampler.
TRAINING = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas", "prediction_type", "rescale_betas_zero_snr")
# Latents are not confined to −1…1, and the last timestep of Stable Diffusion is 0, not "no noise at all".
LATENT = {"clip_sample": False, "set_alpha_to_one": False}
STANDARD = Traits()  # of Stable Diffusion 1
FLOW = {"num_train_timesteps": 1000, "prediction_type": "flow_prediction"}
MOST_NOISE = 1 - 1e-6  # of a flow: solvers compute the logarithm of what is left of the signal (as in diffusers' UniPC)
# Differences between samplers of one class: never taken from the model's own scheduler.
SAMPLING = ("algorithm_type", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas")


def build(sampler: Sampler, config: Mapping[str, Any], traits: Traits = STANDARD) -> Any:
    """The scheduler for `sampler`; `config` is the model's scheduler_config.json or its loaded scheduler's `config`.

    Betas, prediction type, timestep spacing, offset and zero SNR are those of the model. diffusers' `from_config` is not used:
    it treats defaults of the model's scheduler as choices, or ignores an override (`_use_default_values`).
    """
    if traits.process is NoiseProcess.FLOW:
        return _flow(sampler, config)
    if traits.process is NoiseProcess.EDM:
        kind = getattr(diffusers, sampler.edm)
        return kind(**{name: value for name, value in config.items() if name in _defaults(kind)})
    defaulted = set(config.get("_use_default_values", ()))
    chosen = {name: value for name, value in config.items() if name not in defaulted and name not in SAMPLING}
    known = _defaults(getattr(diffusers, sampler.scheduler))
    trained = _defaults(getattr(diffusers, config.get("_class_name", sampler.scheduler), None) or diffusers.DDIMScheduler)
    values = (
        {name: trained[name] for name in TRAINING if name in trained} | ({} if traits.pixels else LATENT) | chosen | dict(sampler.options)
    )
    return getattr(diffusers, sampler.scheduler)(**{name: value for name, value in values.items() if name in known})


def _flow(sampler: Sampler, config: Mapping[str, Any]) -> Any:
    """The scheduler for a model that was trained with straight lines: the model's own, or one that takes its noise levels."""
    own = getattr(diffusers, config.get("_class_name", "FlowMatchEulerDiscreteScheduler"))
    kind = getattr(diffusers, sampler.flow)
    known = _defaults(kind)
    if own is kind:
        values = {name: value for name, value in config.items() if name in known}
        return kind(**values | dict(sampler.options if values.get("algorithm_type") else {}))
    scheduler = _following(kind)(**{name: value for name, value in {**FLOW, **sampler.options}.items() if name in known})
    scheduler.own = own.from_config(dict(config))
    return scheduler


class _Following:
    """Takes the noise levels of another scheduler, so that every sampler goes through those that the model is made for.

    Nearly all flow pipelines choose noise levels themselves, or a shift by the size of the picture; few schedulers accept both.
    """

    own: Any  # the model's own scheduler
    timesteps: torch.Tensor
    sigmas: torch.Tensor

    def set_timesteps(
        self, num_inference_steps: int | None = None, device: Any = None, sigmas: Any = None, mu: Any = None, timesteps: Any = None
    ) -> None:
        accepted = inspect.signature(self.own.set_timesteps).parameters
        given = {"num_inference_steps": num_inference_steps, "device": device, "sigmas": sigmas, "mu": mu, "timesteps": timesteps}
        if sigmas is not None and timesteps is None:
            del given["num_inference_steps"]
        self.own.set_timesteps(**{name: value for name, value in given.items() if name in accepted and value is not None})
        moments, levels = self.own.timesteps.float(), self.own.sigmas.cpu().clone()  # some refuse whole numbers
        super().set_timesteps(len(moments), device=device)  # type: ignore[misc]  # of the sampler, which also forgets earlier runs
        levels[0] = min(float(levels[0]), MOST_NOISE)
        if len(self.timesteps) > len(moments):  # the sampler calls every step but the last twice
            moments = torch.cat([moments[:1], moments[1:].repeat_interleave(2)])
            levels = torch.cat([levels[:1], levels[1:-1].repeat_interleave(2), levels[-1:]])
        self.timesteps, self.sigmas = moments, levels

    def _sigma_to_alpha_sigma_t(self, sigma: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return 1 - sigma, sigma


@cache
def _following(kind: type) -> type:
    return type(kind.__name__, (_Following, kind), {})


def _defaults(scheduler: type) -> dict[str, Any]:
    """The arguments of a scheduler's constructor, and their defaults."""
    return {parameter.name: parameter.default for parameter in inspect.signature(scheduler).parameters.values()}
