"""From a sampler and a model's own scheduler config to a diffusers scheduler."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import diffusers

from .samplers import Sampler

# How the model was trained. Where the config leaves one out, the default of the model's own scheduler holds, not the sampler's.
TRAINING = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas", "prediction_type", "rescale_betas_zero_snr")
# Latents are not confined to −1…1, and the last timestep of Stable Diffusion is 0, not "no noise at all".
LATENT = {"clip_sample": False, "set_alpha_to_one": False}
# How other samplers of the same class differ: never inherited from the model's own scheduler.
SAMPLING = ("algorithm_type", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas")


def build(sampler: Sampler, config: Mapping[str, Any]) -> Any:
    """The scheduler for `sampler`; `config` is the model's scheduler_config.json or its loaded scheduler's `config`.

    Betas, prediction type, timestep spacing, offset and zero SNR stay the model's. diffusers' own `from_config` would take
    values that are mere defaults of the model's scheduler for choices, or (`_use_default_values`) ignore an override.
    """
    defaulted = set(config.get("_use_default_values", ()))
    chosen = {name: value for name, value in config.items() if name not in defaulted and name not in SAMPLING}
    known = _defaults(getattr(diffusers, sampler.scheduler))
    trained = _defaults(getattr(diffusers, config.get("_class_name", sampler.scheduler), None) or diffusers.DDIMScheduler)
    values = {name: trained[name] for name in TRAINING if name in trained} | LATENT | chosen | sampler.options
    return getattr(diffusers, sampler.scheduler)(**{name: value for name, value in values.items() if name in known})


def _defaults(scheduler: type) -> dict[str, Any]:
    parameters = inspect.signature(scheduler.__init__).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters if parameter.name != "self"}
