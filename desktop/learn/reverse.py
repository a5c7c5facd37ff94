"""The reverse process on the worker: a picture given to a run in place of its first steps, and a walk of Algorithm 2, opened up.

Both call the stock pipeline through the seam, so every number here is one that the generator computes with.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
from diffusers import DDPMScheduler
from diffusers.utils.torch_utils import randn_tensor

from ..diffusion.control import Control
from ..diffusion.denoise import StepImages, Stretch, denoise
from ..diffusion.pixels import to_pixels, to_tensor
from ..diffusion.preview import MOST_PREVIEW, MOST_THUMBNAIL
from ..diffusion.recipe import Recipe
from ..diffusion.run import Pixels, Plan, Previews, Stage, Step
from ..diffusion.schedule import CLEAN, Level, level_before, writing_of
from ..diffusion.seam import Course, Observation, noised, with_latents
from ..diffusion.snapshot import SnapshotReader, SnapshotWriter, read_snapshot, without_variances
from ..diffusion.views import Grid, noise
from ..errors import NotSteppedThrough, PictureNotTaken
from .forward import likeness
from .moments import Given, Moment, Walk, cannot_walk, t_of, takes_picture

if TYPE_CHECKING:
    from ..diffusion.loaded_model import LoadedModel

SHOWN = 256  # px, most of a side of the pictures of a moment


# -- there and back


def give(model: LoadedModel, recipe: Recipe, picture: Pixels, seed: int, control: Control) -> Given:
    """`picture`, of the size of `recipe`, as a finished run of it. The noisy pictures of its steps have the noise of `seed`.

    Calls the denoiser once, to know the form of its outputs. Raises `PictureNotTaken` where the pipeline does not take a picture.
    """
    plain = recipe.with_values(adapters=(), embeddings=())
    if not takes_picture(model.calls.family):
        raise PictureNotTaken(model=recipe.model.name)
    grid = model.grid_of(plain)
    first = _First(model, seed, grid)
    arguments = model.prepare(plain, *model.encode(plain, control))
    with torch.no_grad():
        values = to_tensor(picture).permute(2, 0, 1)[None].float() / 127.5 - 1
        clean = model.calls.ungrid(model.calls.encode(values))
        first.clean = clean
        denoise(model.pipeline, Stretch(arguments, plain.sampling.seed, until=1), control, first)
    if len(first.stages) > 1 or len(first.noisy) != len(first.timesteps):
        raise PictureNotTaken(model=recipe.model.name)
    begun, calls = first.steps, len(first.timesteps)
    writer = SnapshotWriter(SnapshotReader([begun[0].snapshot]).digests)
    record = read_snapshot(begun, 1)
    assert record.output is not None
    if record.latents.shape != clean.shape:
        raise PictureNotTaken(model=recipe.model.name)
    clean = clean.to("cpu", record.latents.dtype)
    as_given = replace(record, calls=calls, output=with_latents(record.output, clean), noisy_scale=1.0, returned=None)
    renderer = model.previewer.renderer(Previews.FAST, grid)
    coded = model.decode(clean, recipe.size, control, calls)
    estimate, thumbnail = shrunk(coded, MOST_PREVIEW), shrunk(coded, MOST_THUMBNAIL)
    levels = [*first.levels[1:], CLEAN]
    start = renderer.decode(read_snapshot(begun, 0).noisy)
    steps = [replace(begun[0], noisy=start, thumbnail=start and shrunk(start, MOST_THUMBNAIL))]
    for number in range(1, calls + 1):
        level = levels[number - 1]
        steps.append(
            replace(
                begun[1],
                number=number,
                timestep=first.timesteps[number - 1],
                sigma=level.sigma if level else None,
                alpha_cumprod=level.alpha_cumprod if level else None,
                seconds=0.0,
                overhead_seconds=0.0,
                estimate=estimate,
                noisy=first.noisy[number] if number < calls else estimate,
                thumbnail=thumbnail,
                approximate=False,
                snapshot=writer.write(replace(as_given, number=number)),
                change=0.0,
                layout=0.0,
                guidance=0.0,
            )
        )
    t = tuple(t_of(timestep, model.traits.process) for timestep in first.timesteps)
    return Given(tuple(steps), Plan(tuple(first.timesteps), {}, stages=first.stages), t, coded)


class _First:
    """Observes the first step of a run, and how noisy the picture is before each of the others."""

    def __init__(self, model: LoadedModel, seed: int, grid: Grid) -> None:
        self._model, self._seed, self.grid = model, seed, grid
        self.clean: torch.Tensor | None = None  # latents of the picture
        self.steps: list[Step] = []
        self.timesteps: tuple[float, ...] = ()
        self.stages: tuple[Stage, ...] = ()
        self.levels: list[Level | None] = []  # before each call
        self.noisy: list[Pixels | None] = []  # the picture as each call would be given it

    def planned(self, course: Course) -> None:
        self.timesteps, self.stages = course.timesteps, course.stages

    def render(self, x0: torch.Tensor | None, x_t: torch.Tensor) -> StepImages:
        return StepImages()

    def made(self, observation: Observation, step: Step) -> None:
        self.steps.append(step)
        if observation.number == 0:
            self._add_noise(observation.x_t)

    def _add_noise(self, like: torch.Tensor) -> None:
        """Exactly as a run that is refined with the seed adds it. The timesteps of the scheduler are set now."""
        assert self.clean is not None
        if self.clean.shape != like.shape:
            return
        scheduler = self._model.pipeline.scheduler
        writing, index = writing_of(scheduler), vars(scheduler).get("_step_index")
        clean, generator = self.clean.to(like), torch.Generator("cpu").manual_seed(self._seed)
        drawn = randn_tensor(clean.shape, [generator], clean.device, clean.dtype)
        decode = self._model.previewer.renderer(Previews.FAST, self.grid).decode
        for position, timestep in enumerate(self.timesteps):
            if "_step_index" in vars(scheduler):
                vars(scheduler)["_step_index"] = None
            level = level_before(scheduler, writing, position, timestep)
            self.levels.append(level)
            x_t = noised(scheduler, clean, drawn, position)
            self.noisy.append(decode(x_t * (level.scale if level else 1.0)))
        if "_step_index" in vars(scheduler):
            vars(scheduler)["_step_index"] = index


# -- Algorithm 2, line by line


def walk(model: LoadedModel, recipe: Recipe, way: Walk, history: Sequence[Step], control: Control, emit: Callable[[Moment], None]) -> None:
    """One call of the stock pipeline with DDIM's step at `way.eta`; emit each step, those after `history` only.

    The walk may pause at every step, as `control` orders, and continues from the steps of its moments.
    Raises `NotSteppedThrough` where the model has no such steps.
    """
    if reason := cannot_walk(model.calls.family, model.traits):
        raise NotSteppedThrough(model=recipe.model.name, reason=reason)
    plain = recipe.with_values(sampler="DDIM", adapters=(), embeddings=())
    arguments = model.prepare(plain, *model.encode(plain, control))
    with _stepping(model.pipeline.scheduler, way):
        seen = _Walked(model, plain, way, control, emit)
        denoise(model.pipeline, Stretch(arguments, plain.sampling.seed, tuple(history)), control, seen)


@contextmanager
def _stepping(scheduler: Any, way: Walk) -> Iterator[None]:
    """Let every call of the scheduler's own `step` have these arguments; the pipeline does not know them."""
    own = scheduler.step

    @functools.wraps(own)
    def step(output: torch.Tensor, timestep: Any, sample: torch.Tensor, **arguments: Any) -> Any:
        if not way.is_fresh:
            arguments |= {"generator": None, "variance_noise": torch.zeros_like(sample)}
        return own(output, timestep, sample, **arguments | {"eta": way.eta})

    scheduler.step = step
    try:
        yield
    finally:
        del scheduler.step


class _Walked:
    """Opens each step of a walk up."""

    def __init__(self, model: LoadedModel, recipe: Recipe, way: Walk, control: Control, emit: Callable[[Moment], None]) -> None:
        self._model, self._way, self._control, self._emit = model, way, control, emit
        self.grid = model.grid_of(recipe)
        self._renderer = model.previewer.renderer(Previews.FAST, self.grid)
        self._calls = 0

    def planned(self, course: Course) -> None:
        self._calls = len(course.timesteps)

    def render(self, x0: torch.Tensor | None, x_t: torch.Tensor) -> StepImages:
        return self._renderer(x0, x_t)

    def made(self, observation: Observation, step: Step) -> None:
        if moment := self._moment(observation, step):
            self._emit(moment)
        self._control.after_step(step.number, self._calls)

    def _moment(self, observation: Observation, step: Step) -> Moment | None:
        record, level, timestep = observation.record, observation.level, int(step.timestep)
        if step.number == 0:
            spreads, pictures = self._seen({"x_next": record.latents})
            return Moment(step, timestep, 0.0, level.alpha_cumprod if level else 0.0, 0.0, 0.0, 0.0, spreads, pictures)
        if not record.level or level is None or record.x0 is None or record.prediction is None:
            return None
        mean, sigma = self._asked(record.prediction, step.timestep, record.sample)
        predicted = noise(record)
        assert predicted is not None
        parts = {
            "x_t": record.sample,
            "noise": predicted,
            "x0": record.x0,
            "mean": mean,
            "z": (record.latents - mean) / sigma if sigma > LEAST else torch.zeros_like(mean),
            "x_next": record.latents,
        }
        rest, alpha = math.sqrt(max(0.0, level.noise**2 - sigma**2)), record.level[0] ** 2
        spreads, pictures = self._seen(parts)
        return Moment(step, timestep, alpha, level.alpha_cumprod, level.signal, rest, sigma, spreads, pictures)

    def _asked(self, prediction: torch.Tensor, timestep: float, sample: torch.Tensor) -> tuple[torch.Tensor, float]:
        """The mean and the spread of the noise of this step: the scheduler is asked for the step with noise 0 and with noise 1."""
        scheduler = self._model.pipeline.scheduler
        read = without_variances(prediction, sample)
        at_zero, at_one = (
            type(scheduler).step(scheduler, read, int(timestep), sample, eta=self._way.eta, variance_noise=each, return_dict=False)[0]
            for each in (torch.zeros_like(sample), torch.ones_like(sample))
        )
        return at_zero, float((at_one - at_zero).double().mean())

    def _seen(self, parts: Mapping[str, torch.Tensor]) -> tuple[dict[str, float], dict[str, Pixels]]:
        shown = {name: self._renderer.decode(latents) for name, latents in parts.items()}
        spreads = {name: float(latents.float().std()) for name, latents in parts.items()}
        return spreads, {name: shrunk(picture, SHOWN) for name, picture in shown.items() if picture}


LEAST = 1e-6  # a spread of fresh noise below it is rounding


def shrunk(picture: Pixels, most: int) -> Pixels:
    """`picture` with sides of at most `most` px, by averaging squares."""
    factor = -(-max(picture.width, picture.height) // most)
    if factor == 1:
        return picture
    values = to_tensor(picture).permute(2, 0, 1)[None].float()
    return to_pixels(torch.nn.functional.avg_pool2d(values, factor)[0].permute(1, 2, 0).round().to(torch.uint8))


def first_difference(one: Sequence[Step], other: Sequence[Step]) -> float:
    """The largest difference between what the network answered in the first steps of two runs."""
    first, second = (read_snapshot(steps, 1).prediction for steps in (one, other))
    return math.nan if first is None or second is None else float((first.float() - second.float()).abs().max())


def noise_found(model: LoadedModel, given: Sequence[Step], made: Sequence[Step], number: int, seed: int) -> tuple[float, float]:
    """Correlation of the noise that the network finds in step `number` of `made` with all the noise there, and with that of the last step.

    `given`: the steps of the picture that was noised. The last step is that of the training's schedule: its noise is √(β/(1−ᾱ)) of all the
    noise, and noise of its own, drawn with `seed`.
    """
    record, clean = read_snapshot(made, number), read_snapshot(given, len(given) - 1).latents.float()
    found, (signal, strength) = noise(record), record.level
    assert found is not None
    everything = (record.sample.float() - signal * clean) / strength
    schedule = DDPMScheduler.from_config(model.scheduler_config)
    timestep = int(made[number].timestep)
    part = math.sqrt(float(schedule.betas[timestep]) / (1 - float(schedule.alphas_cumprod[timestep])))
    own = torch.randn(everything.shape, generator=torch.Generator().manual_seed(seed + 1))  # that of `seed` is in the picture
    last = part * everything + math.sqrt(1 - part**2) * own
    to_all, to_last = (likeness(found.numpy(force=True), other.numpy(force=True)) for other in (everything, last))
    return to_all, to_last
