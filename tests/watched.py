"""Runs of tiny pipelines through the seam, with all that was heard of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import diffusers
import torch

from desktop.diffusion import samplers, schedulers
from desktop.diffusion.control import Control
from desktop.diffusion.denoise import StepImages, denoise
from desktop.diffusion.families.stable_diffusion import STABLE_DIFFUSION
from desktop.diffusion.run import Step
from desktop.diffusion.samplers import SAMPLERS, Sampler, unfit
from desktop.diffusion.seam import AS_RECORDED, Departure, denoisers
from tests import stock, tiny

MODELS: dict[str, dict[str, Any]] = {
    "epsilon": {"kind": "epsilon"},
    "v": {"kind": "v_prediction"},
    "v, zero SNR": {"kind": "v_prediction", "zero_snr": True},
    "distilled": {"kind": "lcm"},
}


@cache
def loaded(model: str) -> Any:
    return tiny.pipeline(**MODELS[model])


def fits(sampler: Sampler, model: str) -> bool:
    scheduler = loaded(model).scheduler
    traits = STABLE_DIFFUSION.traits(type(scheduler).__name__, scheduler.config, loaded(model).unet.config)
    is_fit = unfit(sampler, traits) is None
    return is_fit and (model != "distilled" or sampler.name == "LCM")


CASES = [(model, sampler) for model in MODELS for sampler in SAMPLERS if fits(sampler, model)]
ONCE = [case for case in CASES if case[0] == "epsilon" or case[1].name == "LCM"]  # every sampler


def pipeline(sampler: Sampler | str = "DDIM", model: str = "epsilon") -> Any:
    """With a fresh scheduler, as at the start of every run; the weights are those of all runs."""
    made = diffusers.StableDiffusionPipeline(**loaded(model).components, requires_safety_checker=False)
    chosen = samplers.sampler(sampler) if isinstance(sampler, str) else sampler
    made.scheduler = schedulers.build(chosen, loaded(model).scheduler.config)
    return made


@cache
def whole(sampler: Sampler | str, model: str = "epsilon") -> Watched:
    """A run that nobody interrupted."""
    return Watched(pipeline(sampler, model)).go()


@dataclass
class Watched:
    """A run and all that was heard of it."""

    pipeline: Any
    steps: list[Step] = field(default_factory=list)
    plans: list[tuple[float, ...]] = field(default_factory=list)
    latents: torch.Tensor | None = None  # of the last call; None where it paused

    def go(
        self,
        control: Control | None = None,
        look: Callable[..., StepImages] = lambda x0, x_t: StepImages(),
        history: Sequence[Step] = (),
        until: int | None = None,
        departure: Departure = AS_RECORDED,
        **changes: Any,
    ) -> Watched:
        self.latents = denoise(
            self.pipeline,
            stock.ARGUMENTS | changes,
            stock.SEED,
            control or Control(),
            look,
            self.plans.append,
            self.steps.append,
            history,
            until,
            departure,
        )
        return self


@contextmanager
def counted(pipeline: Any) -> Iterator[list[int]]:
    """The denoiser calls that are really made, counted below the denoiser, where a replayed call does not come."""
    calls: list[int] = []
    with denoisers(pipeline)[0].conv_in.register_forward_hook(lambda *_: calls.append(1)):
        yield calls


def is_untouched(pipeline: Any) -> bool:
    models = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    return (
        not {"step", "set_timesteps", "scale_model_input"} & set(vars(pipeline.scheduler))
        and not any("forward" in vars(model) for model in models)
        and not any(module._forward_pre_hooks or module._forward_hooks for model in models for module in model.modules())
    )
