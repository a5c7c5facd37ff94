"""One call of a stock pipeline, observed: a Step for the initial noise and for every scheduler call."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch

from ..errors import ViewUnknown
from .control import Control
from .gates import Gates
from .generators import GlobalGenerators
from .insight import measured
from .run import Pixels, Step
from .seam import AS_RECORDED, Course, Departure, Inquiry, Observation, Pipeline, Seam, Unwound, denoisers, device_of

log = logging.getLogger(__name__)

Arguments: TypeAlias = Mapping[str, Any]  # of the pipeline's call; they differ from family to family


@dataclass(frozen=True, slots=True)
class StepImages:
    """Previews of a step; None for those that were not requested."""

    estimate: Pixels | None = None  # x0
    noisy: Pixels | None = None  # x_t
    thumbnail: Pixels | None = None  # ≤ 128 px: the estimate, or the noise for number 0
    approximate: bool = True  # made by a linear map, not by a decoder


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one call of the pipeline makes: the steps after `history`, to a boundary or to the end of the run."""

    arguments: Arguments
    seed: int
    history: tuple[Step, ...] = ()  # replayed, and not reported again
    until: int | None = None  # unwind after this step, unless it is the last one
    departure: Departure = AS_RECORDED  # how the run continues after its history


class Observer(Protocol):
    """Watches a run while it is made, on the worker."""

    def planned(self, course: Course) -> None:
        """The scheduler calls are known, those of later stages perhaps not yet; called again when more are known."""
        ...

    def render(self, x0: torch.Tensor | None, x_t: torch.Tensor) -> StepImages:
        """Previews of a step. x0 is None for the initial noise, and if it is unknown.

        Both have the variance that decoders expect, in the pipeline's layout.
        """
        ...

    def grid(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents in the pipeline's layout as B×C×h×w, or as they are where that is not known."""
        ...

    def made(self, observation: Observation, step: Step) -> None:
        """A new step. May raise `Stop` to pause the run after it."""
        ...


def denoise(pipeline: Pipeline, stretch: Stretch, control: Control, observer: Observer) -> torch.Tensor | None:
    """Call the pipeline; return its latents, or None if it was unwound at the end of the stretch."""
    generator = _generator(stretch.seed)

    def observe(observation: Observation) -> None:
        observer.made(observation, _step(observation, observer))

    seam = Seam(pipeline, [generator], observe, observer.planned, stretch.history, stretch.until, stretch.departure)
    return _call(pipeline, stretch.arguments, stretch.seed, generator, control, seam)


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

    The call gets encoded prompts and returns latents, so that only the denoisers run in it, and only they need gates. `arguments` may ask
    for another type of output where a pipeline cannot return latents.
    The global generators are seeded too: some samplers draw from those, and ignore the generator that the pipeline is given.
    """
    pipeline.set_progress_bar_config(disable=True)
    with GlobalGenerators(device_of(pipeline)).seeded(seed), Gates(denoisers(pipeline), control), seam:
        try:
            latents = _latents(pipeline(**{"output_type": "latent", "return_dict": False, **arguments}, generator=generator))
            seam.finish(latents)
            return latents
        except Unwound:
            return None
        finally:
            pipeline.maybe_free_model_hooks()


def _latents(returned: Any) -> torch.Tensor:
    """The first output of a pipeline as B×C×…; pictures B×H×W×C in 0…1, that pipelines without latents return, in −1…1."""
    output = returned if isinstance(returned, (torch.Tensor, np.ndarray)) else returned[0]
    if isinstance(output, np.ndarray):
        return torch.from_numpy(output).movedim(-1, 1) * 2 - 1
    latents: torch.Tensor = output
    return latents


def _step(observation: Observation, observer: Observer) -> Step:
    begun = time.perf_counter()
    level, images = observation.level, StepImages()
    change = layout = guidance = None
    try:
        change, layout, guidance = _measured(observation, observer)
        images = observer.render(observation.x0, observation.x_t)
    except ViewUnknown:
        pass  # such as the embedding that a first stage makes
    except Exception:  # a failed preview must not end the run
        log.exception("The preview of step %d could not be computed", observation.number)
    return Step(
        number=observation.number,
        timestep=observation.timestep,
        sigma=level.sigma if level else None,
        alpha_cumprod=level.alpha_cumprod if level else None,
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


def _measured(observation: Observation, observer: Observer) -> tuple[float | None, float | None, float | None]:
    """`Step.change`, `Step.layout` and `Step.guidance`; None for what is unknown."""
    if observation.x0 is None and observation.number:
        return None, None, None if observation.is_guided else 0.0
    change, layout, guidance = measured(observation.x0, observation.before, observation.guided, observer.grid)
    return change, layout, None if observation.is_guided and observation.guided is None else guidance
