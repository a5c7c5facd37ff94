"""The seam: a stock pipeline, observed and resumed through its scheduler and its denoiser, of which nothing is rewritten.

Four methods are wrapped on the instances, for one call of the pipeline: the scheduler's `set_timesteps`, `scale_model_input`
and `step`, and the `forward` of every denoiser. Resuming is the same call again: for the steps recorded in `history` the
denoisers return zeros and `step` what it returned then; with the last of them the recorded state is put back. A branch is
a call that differs, and a `Departure` from what was recorded.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.utils.torch_utils import randn_tensor
from torch.utils import _pytree as pytree

from ..errors import NotANumber, StepNotKept
from .run import Step
from .schedule import Level, Mix, level_after, level_before, reading
from .snapshot import Snapshot, SnapshotReader, SnapshotWriter, read_snapshot

DENOISERS = ("unet", "transformer", "transformer_2", "unconditional_transformer", "controlnet", "prior", "decoder")
WRAPPED = ("set_timesteps", "scale_model_input", "step")


class Unwound(BaseException):
    """The run has come to where it was to pause. A `BaseException`, since libraries on the way catch those that are not."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One scheduler call as seen from the seam; number 0 is the starting noise. Tensors are the run's own: do not write to them."""

    number: int
    timestep: float
    level: Level  # after the call
    x0: torch.Tensor | None  # None for the starting noise
    x_t: torch.Tensor  # after the call, with the variance of a variance-preserving one
    before: torch.Tensor | None  # x0 of the step before; None for the starting noise and the first step
    guided: torch.Tensor | None  # how far guidance has moved x0; None without it
    seconds: float  # the step alone
    overhead_seconds: float  # recording it
    snapshot: bytes
    record: Snapshot  # what the snapshot holds


@dataclass(frozen=True, slots=True)
class Departure:
    """How a call goes on from the last step of its history otherwise than by putting the recorded state back."""

    turns: int = 0  # of the recipe, taken so far
    noise_seed: int | None = None  # what the sampler draws from here on is drawn anew
    is_afresh: bool = False  # the sampler knows nothing of the steps before
    refined: torch.Tensor | None = None  # these finished latents take the place of x_t, with noise of its level


AS_RECORDED = Departure()


def denoisers(pipeline: Any) -> list[torch.nn.Module]:
    """What predicts noise in a pipeline of any family."""
    parts = (getattr(pipeline, name, None) for name in DENOISERS)
    return [part for part in parts if isinstance(part, torch.nn.Module)]


class Seam:
    """Observes one call of `pipeline` made inside it, and leaves the pipeline as it was, however the call ends."""

    def __init__(
        self,
        pipeline: Any,
        generators: Sequence[torch.Generator],
        observe: Callable[[Observation], None],
        plan: Callable[[tuple[float, ...]], None] = lambda timesteps: None,
        history: Sequence[Step] = (),
        until: int | None = None,
        departure: Departure = AS_RECORDED,
    ) -> None:
        """`until`: the step after which to raise `Unwound`, unless it is the last one anyway."""
        self._scheduler = pipeline.scheduler
        self._denoisers = denoisers(pipeline)
        self._generators = list(generators)
        self._observe, self._plan, self._until, self._departure = observe, plan, until, departure
        self._recording = SnapshotReader(step.snapshot for step in history)
        self._recorder = SnapshotWriter(self._recording.digests)
        numbers = self._recording.numbers
        if numbers != list(range(len(numbers))):
            raise StepNotKept
        self._replayed = max(len(numbers) - 1, 0)  # the calls that are not made again
        self._number = 0  # calls done
        self._began = False  # the starting noise has been seen
        self._x0: torch.Tensor | None = None  # of the step before
        self._timesteps: tuple[float, ...] = ()
        self._pristine: dict[str, Any] = {}  # the scheduler's attributes right after set_timesteps
        self._global_generator = torch.get_rng_state()
        self._structures: list[Any] = []  # of the denoiser outputs in this step
        self._answer: torch.Tensor | None = None  # what the denoiser said last
        self._faked = 0  # denoiser calls in this step that were not made
        self._clock: float | None = None
        self._originals: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> Seam:
        self._step_signature = inspect.signature(self._scheduler.step)
        for name in WRAPPED:
            if hasattr(self._scheduler, name):
                self._wrap(self._scheduler, name, getattr(self, f"_{name}"))
        for denoiser in self._denoisers:
            self._wrap(denoiser, "forward", self._forward)
        return self

    def __exit__(self, *_: object) -> None:
        for owner, name, own in reversed(self._originals):
            if own is None:
                delattr(owner, name)
            else:
                setattr(owner, name, own)

    def _wrap(self, owner: Any, name: str, function: Callable[..., Any]) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)  # pipelines look at the signature
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return function(original, *args, **kwargs)

        self._originals.append((owner, name, vars(owner).get(name)))  # offload hooks keep a forward of their own there
        setattr(owner, name, wrapper)

    # -- what the pipeline calls

    def _set_timesteps(self, original: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        is_first = not self._timesteps
        self._timesteps = tuple(float(timestep) for timestep in self._scheduler.timesteps)
        self._pristine = {name: _mark(value) for name, value in self._state().items()}
        if is_first:
            self._plan(self._timesteps)

    def _scale_model_input(self, original: Callable[..., torch.Tensor], sample: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        if not self._began:
            half = sample.shape[0] // 2  # guidance asks twice about one picture
            twice = half and sample.shape[0] == 2 * half and torch.equal(sample[:half], sample[half:])
            self._begin(sample[:half] if twice else sample)
        return original(sample, *args, **kwargs)

    def _forward(self, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._number < self._replayed:
            structures = self._recording.field(self._number + 1, "denoised")
            structure = structures[min(self._faked, len(structures) - 1)]
            self._faked += 1
            return _zeros(structure, args, kwargs)
        if self._clock is None:
            self._clock = time.perf_counter()
        output = original(*args, **kwargs)
        self._answer = next((leaf for leaf in pytree.tree_leaves(output) if isinstance(leaf, torch.Tensor)), None)
        self._structures.append(pytree.tree_map_only(torch.Tensor, lambda tensor: tensor.to("meta"), output))
        return output

    def _step(self, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        given = self._step_signature.bind(*args, **kwargs).arguments
        sample, prediction, timestep = given["sample"], given["model_output"], given["timestep"]
        if not self._began:
            self._begin(sample)
        if self._number < self._replayed:
            return self._replay(sample.device)
        level = level_before(self._scheduler, self._number, timestep)
        mix = reading(self._scheduler, level)
        output = original(*args, **kwargs)
        self._number += 1
        if not (prediction.isfinite().all() and output[0].isfinite().all()):  # on a GPU this waits, so the clock tells the truth
            raise NotANumber(step=self._number)
        self._record(timestep, sample, prediction, output, level, mix)
        self._pause()
        self._clock = time.perf_counter()
        return output

    # -- what that means

    def _begin(self, noise: torch.Tensor) -> None:
        self._began = True
        begun = time.perf_counter()
        if not self._recording.numbers:
            level = level_before(self._scheduler, 0, self._timesteps[0])
            record = Snapshot(0, len(self._timesteps), self._departure.turns, noise, level.scale, *self._generator_states())
            snapshot = self._recorder.write(record)
            self._observe(
                Observation(
                    0, self._timesteps[0], level, None, noise * level.scale, None, None, 0.0, time.perf_counter() - begun, snapshot, record
                )
            )
        if not self._replayed:
            self._draw_anew(self._departure.noise_seed)
            self._pause()
        now = time.perf_counter()  # where the noise is first seen in `step`, the clock of that step runs already
        self._clock = now if self._clock is None else self._clock + now - begun

    def _record(self, timestep: Any, sample: torch.Tensor, prediction: torch.Tensor, output: Any, given: Level, mix: Mix | None) -> None:
        done = time.perf_counter()
        level = level_after(self._scheduler, self._number - 1, timestep)
        record = Snapshot(
            self._number,
            len(self._timesteps),
            self._departure.turns,
            sample,
            level.scale,
            *self._generator_states(),
            output,
            prediction,
            [given.signal, given.noise],
            [mix.sample, mix.output] if mix else None,
            self._changed(),
            self._structures,
        )
        snapshot = self._recorder.write(record)
        self._structures = []
        x0, x_t, before = record.x0, record.noisy, self._x0
        self._x0 = x0
        self._observe(
            Observation(
                self._number,
                float(timestep),
                level,
                x0,
                x_t,
                before,
                self._guided(record),
                done - self._clock,
                time.perf_counter() - done,
                snapshot,
                record,
            )
        )

    def _guided(self, record: Snapshot) -> torch.Tensor | None:
        """Guidance asks the denoiser about every picture twice, first without the prompt."""
        count, channels = record.sample.shape[:2]  # learned variances, behind the channels, are left aside
        if self._answer is None or self._answer.shape[0] != 2 * count or record.mix is None:
            return None
        return record.mix[1] * (record.prediction[:, :channels] - self._answer[:count, :channels])

    def _replay(self, device: torch.device) -> Any:
        self._number += 1
        self._faked = 0
        for generator, state in zip(self._generators, self._recorded("generators"), strict=True):
            generator.set_state(state)
        if (state := self._recorded("global_generator")) is not None:
            torch.set_rng_state(state)
        if self._number < self._replayed:
            output = self._recorded("output", device)
        else:
            record = self._recording.read(self._number, device)
            self._x0 = record.x0
            output = self._depart(record)
            self._pause()
        self._clock = time.perf_counter()
        return output

    def _recorded(self, name: str, device: torch.device | str = "cpu") -> Any:
        return self._recording.field(self._number, name, device)

    def _depart(self, record: Snapshot) -> Any:
        """Bring scheduler and generators to where the recorded ones were, or to where another way begins; what `step` is to return."""
        scheduler, departure = self._scheduler, self._departure
        self._draw_anew(departure.noise_seed)
        if not departure.is_afresh:
            vars(scheduler).update(record.scheduler)
            return record.output
        if hasattr(scheduler, "_step_index"):
            scheduler._step_index = self._number
        if departure.refined is not None:
            latents = departure.refined.to(record.latents)
            noise = randn_tensor(latents.shape, self._generators or None, latents.device, latents.dtype)
            latents = scheduler.add_noise(latents, noise, scheduler.timesteps[self._number : self._number + 1])
        else:
            level = level_before(scheduler, self._number, self._timesteps[self._number])
            latents = record.latents * (record.noisy_scale / level.scale)  # as this sampler writes x_t
        return _with_latents(record.output, latents)

    def _draw_anew(self, seed: int | None) -> None:
        if seed is not None:
            for generator in self._generators:
                generator.manual_seed(seed)

    def _pause(self) -> None:
        if self._until is not None and self._until <= self._number < len(self._timesteps):
            raise Unwound

    def _generator_states(self) -> tuple[list[torch.Tensor], torch.Tensor | None]:
        state = torch.get_rng_state()
        has_drawn = not torch.equal(state, self._global_generator)
        return [generator.get_state() for generator in self._generators], state if has_drawn else None

    def _state(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self._scheduler).items() if name not in WRAPPED and name != "_internal_dict"}

    def _changed(self) -> dict[str, Any]:
        """What `set_timesteps` would not bring back. Numbers always: an earlier run may have left them as they are by chance."""
        pristine = self._pristine
        return {name: value for name, value in self._state().items() if name not in pristine or not _is_as_marked(value, pristine[name])}


class Inquiry(Seam):
    """Asks the denoiser once more what it was asked in a recorded step, and unwinds before the sampler goes on."""

    def __init__(self, pipeline: Any, generators: Sequence[torch.Generator], steps: Sequence[Step], number: int) -> None:
        super().__init__(pipeline, generators, observe=lambda observation: None, history=steps[:number])
        self._given = read_snapshot(steps, number).sample
        self.answers: list[torch.Tensor] = []

    def _forward(self, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        output = super()._forward(original, *args, **kwargs)
        if self._number == self._replayed:
            self.answers += [leaf for leaf in pytree.tree_leaves(output) if isinstance(leaf, torch.Tensor)]
        return output

    def _step(self, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._number == self._replayed:
            raise Unwound
        return super()._step(original, *args, **kwargs)

    def _depart(self, record: Snapshot) -> Any:
        if hasattr(self._scheduler, "_step_index"):
            self._scheduler._step_index = self._number
        return _with_latents(record.output, self._given.to(record.latents.device))


def _with_latents(output: Any, latents: torch.Tensor) -> Any:
    """What a step returned, with other latents."""
    if isinstance(output, tuple):
        return latents, *output[1:]
    return type(output)(**{**output, next(iter(output)): latents})


def _zeros(structure: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Zeros in the recorded structure, for as many pictures as are asked about now: guidance asks about two."""
    given = next(leaf for leaf in pytree.tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor))
    return pytree.tree_map_only(
        torch.Tensor, lambda tensor: torch.zeros(given.shape[:1] + tensor.shape[1:], dtype=tensor.dtype, device=given.device), structure
    )


def _mark(value: Any) -> Any:
    """What is needed to see later whether `value` was changed: schedulers replace most, but shift lists and add to tensors in place."""
    match value:
        case torch.Tensor():
            return value, value._version
        case list():
            return [_mark(each) for each in value]
    return value


def _is_as_marked(value: Any, mark: Any) -> bool:
    match value:
        case torch.Tensor():
            return isinstance(mark, tuple) and mark[0] is value and mark[1] == value._version
        case list():
            return isinstance(mark, list) and len(mark) == len(value) and all(map(_is_as_marked, value, mark))
        case None | bool() | int() | float() | str():
            return False
    return mark is value
