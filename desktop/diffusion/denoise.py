"""One call of a stock pipeline, observed: a Step for the starting noise and for every scheduler call."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from .control import Control
from .gates import Gates
from .insight import measured
from .run import Pixels, Step
from .seam import AS_RECORDED, Departure, Inquiry, Observation, Seam, Unwound, denoisers

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StepImages:
    """A step made visible; None for what nobody asked for."""

    estimate: Pixels | None = None  # x0
    noisy: Pixels | None = None  # x_t
    thumbnail: Pixels | None = None  # ≤ 128 px: the estimate, or the noise for number 0
    approximate: bool = True  # a linear map, not a decoder


Renderer = Callable[[torch.Tensor | None, torch.Tensor], StepImages]
"""From x0 (None for the starting noise) and x_t, both with the variance that decoders know, in the pipeline's own layout."""


def denoise(
    pipeline: Any,
    arguments: Mapping[str, Any],
    seed: int,
    control: Control,
    look: Renderer,
    plan: Callable[[tuple[float, ...]], None],
    emit: Callable[[Step], None],
    history: Sequence[Step] = (),
    until: int | None = None,
    departure: Departure = AS_RECORDED,
    watch: Callable[[Observation, Step], None] = lambda observation, step: None,
) -> torch.Tensor | None:
    """Call `pipeline(**arguments)` and emit its steps; those in `history` are gone through without being made or emitted again.

    The latents that the pipeline returns; None where the run pauses: after step `until`, unless that is the last one.
    `plan` hears the timesteps as soon as they are known.
    `departure`: how the run leaves its history. `watch` sees each step that is made just before it is emitted.
    """
    generator = _generator(seed)

    def observe(observation: Observation) -> None:
        step = _step(observation, look)
        watch(observation, step)
        emit(step)

    return _call(pipeline, arguments, generator, control, Seam(pipeline, [generator], observe, plan, history, until, departure))


def ask(pipeline: Any, arguments: Mapping[str, Any], seed: int, control: Control, steps: Sequence[Step], number: int) -> torch.Tensor:
    """What the denoiser answers in step `number` of a recorded run: B×C×h×w; with guidance first without the prompt, then with it."""
    generator = _generator(seed)
    inquiry = Inquiry(pipeline, [generator], steps, number)
    _call(pipeline, arguments, generator, control, inquiry)
    return torch.cat(inquiry.answers)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator("cpu").manual_seed(seed)  # the same noise on every device


def _call(pipeline: Any, arguments: Mapping[str, Any], generator: torch.Generator, control: Control, seam: Seam) -> torch.Tensor | None:
    """The latents that the pipeline returns; None where the seam unwinds."""
    pipeline.set_progress_bar_config(disable=True)
    with Gates(gated(pipeline), control), seam:
        try:
            return pipeline(**arguments, generator=generator, output_type="latent", return_dict=False)[0]
        except Unwound:
            return None
        finally:
            pipeline.maybe_free_model_hooks()


def gated(pipeline: Any) -> list[torch.nn.Module]:
    """The models of a pipeline that a stop may have to wait for: text encoders, denoisers and the decoder."""
    encoders = [part for name, part in pipeline.components.items() if name.startswith("text_encoder") and part is not None]
    decoder = getattr(getattr(pipeline, "vae", None), "decoder", None)
    return [*encoders, *denoisers(pipeline), *([decoder] if decoder is not None else [])]


def _step(observation: Observation, look: Renderer) -> Step:
    begun = time.perf_counter()
    change, layout, guidance = measured(observation.x0, observation.before, observation.guided)
    try:
        view = look(observation.x0, observation.x_t)
    except Exception:  # seeing is not worth a run
        log.exception("Step %d could not be made visible", observation.number)
        view = StepImages()
    return Step(
        number=observation.number,
        timestep=observation.timestep,
        sigma=observation.level.sigma,
        alpha_cumprod=observation.level.alpha_cumprod,
        seconds=observation.seconds,
        overhead_seconds=observation.overhead_seconds + time.perf_counter() - begun,
        estimate=view.estimate,
        noisy=view.noisy,
        thumbnail=view.thumbnail,
        approximate=view.approximate,
        snapshot=observation.snapshot,
        change=change,
        layout=layout,
        guidance=guidance,
    )
