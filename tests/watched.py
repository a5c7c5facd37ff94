"""Runs of tiny pipelines through the seam, with all events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch

from desktop.diffusion import samplers, schedulers
from desktop.diffusion.control import Control
from desktop.diffusion.denoise import StepImages, Stretch, denoise
from desktop.diffusion.families import family_called
from desktop.diffusion.families.description import Traits
from desktop.diffusion.run import Step
from desktop.diffusion.samplers import SAMPLERS, Sampler, unfit
from desktop.diffusion.seam import AS_RECORDED, Course, Departure, Observation, denoisers
from tests import stock, tiny

MODELS: dict[str, tuple[str, dict[str, Any]]] = {  # name: a function of `tiny`, and its arguments
    "epsilon": ("pipeline", {"kind": "epsilon", "is_shallow": True}),
    "v": ("pipeline", {"kind": "v_prediction", "is_shallow": True}),
    "v, zero SNR": ("pipeline", {"kind": "v_prediction", "zero_snr": True, "is_shallow": True}),
    "distilled": ("pipeline", {"kind": "lcm", "is_shallow": True}),
    "SDXL": ("pipeline_xl", {"is_shallow": True}),
    "EDM": ("pipeline_xl", {"is_shallow": True, "is_edm": True}),
}


@cache
def loaded(model: str) -> Any:
    make, arguments = MODELS[model]
    return getattr(tiny, make)(**arguments)


@cache
def traits_of(model: str) -> Traits:
    scheduler, family = loaded(model).scheduler, family_called(type(loaded(model)).__name__)
    assert family is not None
    return family.traits(type(scheduler).__name__, {"scheduler": scheduler.config, "unet": loaded(model).unet.config})


def fits(sampler: Sampler, model: str) -> bool:
    return unfit(sampler, traits_of(model)) is None and (model != "distilled" or sampler.few_steps)


CASES = [(model, sampler) for model in MODELS for sampler in SAMPLERS if fits(sampler, model)]
ONCE = [case for case in CASES if case[0] == "epsilon" or case[1].few_steps]  # every sampler, with Stable Diffusion
RESUMED = [*ONCE, *(case for case in CASES if case[0] in ("SDXL", "EDM"))]  # every sampler, with every family


def pipeline(sampler: Sampler | str = "DDIM", model: str = "epsilon") -> Any:
    """A pipeline with a new scheduler, as at the start of every run; the weights are shared by all runs."""
    held = loaded(model)
    only_there = {"add_watermarker": False} if model in ("SDXL", "EDM") else {"requires_safety_checker": False}
    made = type(held)(**held.components, **only_there)
    chosen = samplers.sampler(sampler) if isinstance(sampler, str) else sampler
    made.scheduler = schedulers.build(chosen, held.scheduler.config, traits_of(model))
    return made


@cache
def whole(sampler: Sampler | str, model: str = "epsilon") -> Watched:
    """An uninterrupted run."""
    return Watched(pipeline(sampler, model)).go()


@dataclass
class Watched:
    """A run and everything that it reported."""

    pipeline: Any
    steps: list[Step] = field(default_factory=list)
    plans: list[tuple[float, ...]] = field(default_factory=list)
    latents: torch.Tensor | None = None  # of the last call; None if it paused

    renderer: Callable[..., StepImages] = lambda x0, x_t: StepImages()

    def planned(self, course: Course) -> None:
        self.plans.append(course.timesteps)

    def render(self, x0: torch.Tensor | None, x_t: torch.Tensor) -> StepImages:
        return self.renderer(x0, x_t)

    def grid(self, latents: torch.Tensor) -> torch.Tensor:
        return latents

    def made(self, observation: Observation, step: Step) -> None:
        self.steps.append(step)

    def go(
        self,
        control: Control | None = None,
        renderer: Callable[..., StepImages] | None = None,
        history: Sequence[Step] = (),
        until: int | None = None,
        departure: Departure = AS_RECORDED,
        **changes: Any,
    ) -> Watched:
        self.renderer = renderer or self.renderer
        stretch = Stretch(stock.ARGUMENTS | changes, stock.SEED, tuple(history), until, departure)
        self.latents = denoise(self.pipeline, stretch, control or Control(), self)
        return self


@contextmanager
def counted(pipeline: Any) -> Iterator[list[int]]:
    """The denoiser calls that are really made, counted inside the denoiser, which replayed calls do not reach."""
    calls: list[int] = []
    with denoisers(pipeline)[0].conv_in.register_forward_hook(lambda *_: calls.append(1)):
        yield calls


def is_untouched(pipeline: Any, *schedulers: Any) -> bool:
    """`schedulers`: of the pipeline; by default its only one."""
    models = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    modules = [module for model in models for module in model.modules()]
    hooks = [hook for module in modules for hook in (*module._forward_pre_hooks.values(), *module._forward_hooks.values())]
    return (
        not any({"step", "set_timesteps", "scale_model_input"} & set(vars(scheduler)) for scheduler in schedulers or [pipeline.scheduler])
        and not any("forward" in vars(model) for model in models)
        and all(hook.__module__.startswith("transformers.") for hook in hooks)  # which keeps hooks to capture hidden states
    )
