"""One call of a stock pipeline, observed: a Step for the initial noise and for every scheduler call."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch

from .control import Control
from .gates import Gates
from .generators import GlobalGenerators
from .insight import measured
from .run import Pixels, Step
from .seam import AS_RECORDED, Departure, Inquiry, Observation, Pipeline, Seam, Unwound, denoisers, device_of

log = logging.getLogger(__name__)

Arguments: TypeAlias = Mapping[str, Any]  # of the pipeline's call; they differ from family to family


@dataclass(frozen=True, slots=True)
class StepImages:
    """A step made visible; None for what nobody asked for."""

    estimate: Pixels | None = None  # x0
    noisy: Pixels | None = None  # x_t
    thumbnail: Pixels | None = None  # ≤ 128 px: the estimate, or the noise for number 0
    approximate: bool = True  # made by a linear map, not by a decoder


Renderer: TypeAlias = Callable[[torch.Tensor | None, torch.Tensor], StepImages]
"""From x0 (None for the initial noise) and x_t, both with the variance that decoders expect, in the pipeline's own layout."""


def denoise(
    pipeline: Pipeline,
    arguments: Arguments,
    seed: int,
    control: Control,
    renderer: Renderer,
    plan: Callable[[tuple[float, ...]], None],
    emit: Callable[[Step], None],
    history: Sequence[Step] = (),
    until: int | None = None,
    departure: Departure = AS_RECORDED,
    watch: Callable[[Observation, Step], None] = lambda observation, step: None,
) -> torch.Tensor | None:
    """Call `pipeline(**arguments)` and emit its steps. The steps in `history` are replayed, and not emitted again.

    Return the latents that the pipeline returns, or None if the run pauses: after step `until`, unless that is the last one.
    `plan` receives the timesteps as soon as they are known. `departure`: how the run continues after its history.
    `watch` receives each new step just before it is emitted.
    """
    generator = _generator(seed)

    def observe(observation: Observation) -> None:
        step = _step(observation, renderer)
        watch(observation, step)
        emit(step)

    return _call(pipeline, arguments, seed, generator, control, Seam(pipeline, [generator], observe, plan, history, until, departure))


def ask(pipeline: Pipeline, arguments: Arguments, seed: int, control: Control, steps: Sequence[Step], number: int) -> torch.Tensor:
    """The denoiser's output in step `number` of a recorded run: B×C×h×w; with guidance first without the prompt, then with it."""
    generator = _generator(seed)
    inquiry = Inquiry(pipeline, [generator], steps, number)
    _call(pipeline, arguments, seed, generator, control, inquiry)
    return torch.cat(inquiry.answers)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator("cpu").manual_seed(seed)  # on the CPU: the same noise on every device


def _call(
    pipeline: Pipeline, arguments: Arguments, seed: int, generator: torch.Generator, control: Control, seam: Seam
) -> torch.Tensor | None:
    """The latents that the pipeline returns; None if the seam unwinds.

    The global generators are seeded too: some samplers draw from those, and ignore the generator that the pipeline is given.
    """
    pipeline.set_progress_bar_config(disable=True)
    with GlobalGenerators(device_of(pipeline)).seeded(seed), Gates(gated(pipeline), control), seam:
        try:
            latents: torch.Tensor = pipeline(**arguments, generator=generator, output_type="latent", return_dict=False)[0]
            return latents
        except Unwound:
            return None
        finally:
            pipeline.maybe_free_model_hooks()


def gated(pipeline: Pipeline) -> list[torch.nn.Module]:
    """The models of a pipeline whose calls may take long enough to delay a stop: text encoders, denoisers and the decoder."""
    encoders = [part for name, part in pipeline.components.items() if name.startswith("text_encoder") and part is not None]
    decoder = getattr(getattr(pipeline, "vae", None), "decoder", None)
    return [*encoders, *denoisers(pipeline), *([decoder] if decoder is not None else [])]


def _step(observation: Observation, renderer: Renderer) -> Step:
    begun = time.perf_counter()
    change, layout, guidance = measured(observation.x0, observation.before, observation.guided)
    try:
        images = renderer(observation.x0, observation.x_t)
    except Exception:  # a run does not fail because it cannot be shown
        log.exception("Step %d could not be made visible", observation.number)
        images = StepImages()
    return Step(
        number=observation.number,
        timestep=observation.timestep,
        sigma=observation.level.sigma,
        alpha_cumprod=observation.level.alpha_cumprod,
        seconds=observation.seconds,
        overhead_seconds=observation.overhead_seconds + time.perf_counter() - begun,
        estimate=images.estimate,
        noisy=images.noisy,
        thumbnail=images.thumbnail,
        approximate=images.approximate,
        snapshot=observation.snapshot,
        change=change,
        layout=layout,
        guidance=guidance,
    )
