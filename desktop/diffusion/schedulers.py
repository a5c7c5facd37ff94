"""Makes the diffusers scheduler of a sampler from the model's own scheduler config."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import diffusers

from .samplers import Sampler

# How the model was trained. For a missing value the default of the model's own scheduler is used, not that of the sampler.
TRAINING = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas", "prediction_type", "rescale_betas_zero_snr")
# Latents are not confined to −1…1, and the last timestep of Stable Diffusion is 0, not "no noise at all".
LATENT = {"clip_sample": False, "set_alpha_to_one": False}
# Differences between samplers of one class: never taken from the model's own scheduler.
SAMPLING = ("algorithm_type", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas")


def build(sampler: Sampler, config: Mapping[str, Any]) -> Any:
    """The scheduler for `sampler`; `config` is the model's scheduler_config.json or its loaded scheduler's `config`.

    Betas, prediction type, timestep spacing, offset and zero SNR are those of the model. diffusers' `from_config` is not used:
    it treats defaults of the model's scheduler as choices, or ignores an override (`_use_default_values`).
    """
    defaulted = set(config.get("_use_default_values", ()))
    chosen = {name: value for name, value in config.items() if name not in defaulted and name not in SAMPLING}
    known = _defaults(getattr(diffusers, sampler.scheduler))
    trained = _defaults(getattr(diffusers, config.get("_class_name", sampler.scheduler), None) or diffusers.DDIMScheduler)
    values = {name: trained[name] for name in TRAINING if name in trained} | LATENT | chosen | dict(sampler.options)
    return getattr(diffusers, sampler.scheduler)(**{name: value for name, value in values.items() if name in known})


def _defaults(scheduler: type) -> dict[str, Any]:
    """The arguments of a scheduler's constructor, and their defaults."""
    return {parameter.name: parameter.default for parameter in inspect.signature(scheduler).parameters.values()}
