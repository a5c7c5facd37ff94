"""The seam: observe and resume a stock pipeline through its scheduler and its denoisers; nothing of the pipeline is rewritten.

Four methods are wrapped on the instances for one call of the pipeline: the scheduler's `set_timesteps`, `scale_model_input`
and `step`, and the `forward` of every denoiser. Resuming makes the same call again: for the steps in `history` the denoisers
return zeros and `step` returns what was recorded; after the last of them the recorded state is restored. A branch is a call
with other arguments and a `Departure` from what was recorded.
"""

from __future__ import annotations

import functools
import inspect
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, TypeAlias

import torch
from diffusers.utils.torch_utils import randn_tensor
from torch.utils import _pytree as pytree

from ..errors import NotANumber, StepNotKept
from .generators import GlobalGenerators, GlobalStates
from .run import Step
from .schedule import Level, Mix, level_after, level_before, reading
from .snapshot import Snapshot, SnapshotReader, SnapshotWriter, StepOutput, read_snapshot

# The names of denoisers in the pipelines of diffusers. The seam works with any of them, also with families without a description.
DENOISERS = ("unet", "transformer", "transformer_2", "unconditional_transformer", "controlnet", "prior", "decoder")
GENERATORS = ("generators", "global_generator", "device_generator")  # the fields of a snapshot with their states
WRAPPED = ("set_timesteps", "scale_model_input", "step")

Call: TypeAlias = Callable[..., Any]  # a method of diffusers: its arguments and result differ from class to class
Structure: TypeAlias = object  # of a denoiser output: nested tuples, lists and outputs with meta tensors as leaves


class Scheduler(Protocol):
    """What the seam uses of any diffusers scheduler."""

    timesteps: torch.Tensor
    config: Mapping[str, Any]
    set_timesteps: Call
    step: Call
    add_noise: Call  # of samplers that can start from a picture


class Pipeline(Protocol):
    """What the seam uses of any diffusers pipeline."""

    scheduler: Any  # a `Scheduler`: diffusers declares this attribute differently in every pipeline

    def __call__(self, **arguments: Any) -> Any: ...

    def set_progress_bar_config(self, **options: Any) -> None: ...

    def maybe_free_model_hooks(self) -> None: ...


class Unwound(BaseException):
    """The run has reached the step at which it pauses. A `BaseException`, because libraries in between catch `Exception`."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One scheduler call; number 0 is the initial noise. The tensors are the run's own: do not write to them."""

    number: int
    timestep: float
    level: Level  # after the call
    x0: torch.Tensor | None  # None for the initial noise
    x_t: torch.Tensor  # after the call, scaled to the variance of a variance-preserving one
    before: torch.Tensor | None  # x0 of the previous step; None for the initial noise and the first step
    guided: torch.Tensor | None  # how far guidance has moved x0; None without guidance
    seconds: float  # of the step alone
    overhead_seconds: float  # of recording it
    snapshot: bytes
    record: Snapshot  # what the snapshot holds


@dataclass(frozen=True, slots=True)
class Departure:
    """How a call continues after the last step of its history, if not from the recorded state."""

    turns: int = 0  # turns of the recipe taken so far
    noise_seed: int | None = None  # seeds all generators again before the sampler's next draw
    is_afresh: bool = False  # the sampler starts here, without its state of earlier steps
    refined: torch.Tensor | None = None  # finished latents that replace x_t, with noise of its level added


AS_RECORDED = Departure()


def denoisers(pipeline: Pipeline) -> list[torch.nn.Module]:
    """The networks that predict noise, in a pipeline of any family."""
    parts = (getattr(pipeline, name, None) for name in DENOISERS)
    return [part for part in parts if isinstance(part, torch.nn.Module)]


def device_of(pipeline: Pipeline) -> torch.device:
    """Where the denoisers are. diffusers' own `device` searches all modules for offloading hooks, which takes milliseconds."""
    return next((parameter.device for denoiser in denoisers(pipeline) for parameter in denoiser.parameters()), torch.device("cpu"))


class Seam:
    """Observes one call of `pipeline` made inside it. Restores the pipeline at the end of the call, also after an error."""

    def __init__(
        self,
        pipeline: Pipeline,
        generators: Sequence[torch.Generator],
        observe: Callable[[Observation], None],
        plan: Callable[[tuple[float, ...]], None] = lambda timesteps: None,
        history: Sequence[Step] = (),
        until: int | None = None,
        departure: Departure = AS_RECORDED,
    ) -> None:
        """`plan` receives the timesteps. `until`: raise `Unwound` after this step, unless it is the last one."""
        self._scheduler: Scheduler = pipeline.scheduler
        self._denoisers = denoisers(pipeline)
        self._generators = list(generators)
        self._global_generators = GlobalGenerators(device_of(pipeline))
        self._observe, self._plan, self._until, self._departure = observe, plan, until, departure
        self._recording = SnapshotReader(step.snapshot for step in history)
        self._recorder = SnapshotWriter(self._recording.digests)
        numbers = self._recording.numbers
        if numbers != list(range(len(numbers))):
            raise StepNotKept
        self._replayed = max(len(numbers) - 1, 0)  # scheduler calls that are replayed from the recording
        self._number = 0  # scheduler calls done
        self._began = False  # the initial noise was observed
        self._x0: torch.Tensor | None = None  # of the previous step
        self._timesteps: tuple[float, ...] = ()
        self._pristine: dict[str, object] = {}  # marks of the scheduler's attributes right after set_timesteps
        self._states: list[tuple[bytes, torch.Tensor]] = []  # of all generators, as recorded last
        self._structures: list[Structure] = []  # of the denoiser outputs in this step
        self._answer: torch.Tensor | None = None  # the denoiser's last output
        self._faked = 0  # denoiser calls of this step that were answered with zeros
        self._fakes: dict[tuple[int, int, torch.device], Any] = {}  # those zeros, by call in the step, batch size and device
        self._clock = 0.0  # when this step began; 0 before it did
        self._originals: list[tuple[object, str, object]] = []

    def __enter__(self) -> Seam:
        self._step_parameters = tuple(inspect.signature(self._scheduler.step).parameters)
        for name in WRAPPED:
            if hasattr(self._scheduler, name):
                self._wrap(self._scheduler, name, getattr(self, f"_{name}"))
        for denoiser in self._denoisers:
            self._wrap(denoiser, "forward", self._forward)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        for owner, name, own in reversed(self._originals):
            if own is None:
                delattr(owner, name)
            else:
                setattr(owner, name, own)

    def _wrap(self, owner: object, name: str, function: Call) -> None:
        original = getattr(owner, name)
        wrapper = functools.update_wrapper(functools.partial(function, original), original)  # pipelines inspect the signature
        self._originals.append((owner, name, vars(owner).get(name)))  # offload hooks store their own `forward` on the instance
        setattr(owner, name, wrapper)

    # -- what the pipeline calls

    def _set_timesteps(self, original: Call, *args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        is_first = not self._timesteps
        self._timesteps = tuple(float(timestep) for timestep in self._scheduler.timesteps)
        self._pristine = {name: _mark(value) for name, value in self._attributes().items()}
        if is_first:
            self._plan(self._timesteps)

    def _scale_model_input(self, original: Call, sample: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        if not self._began:
            half = sample.shape[0] // 2  # with guidance the batch holds the same latents twice
            is_twice = half and sample.shape[0] == 2 * half and torch.equal(sample[:half], sample[half:])
            self._begin(sample[:half] if is_twice else sample)
        return original(sample, *args, **kwargs)

    def _forward(self, original: Call, *args: Any, **kwargs: Any) -> Any:
        if self._number < self._replayed:
            return self._fake(args, kwargs)
        if not self._clock:
            self._clock = time.perf_counter()
        output = original(*args, **kwargs)
        leaves, spec = pytree.tree_flatten(output)
        self._answer = next((leaf for leaf in leaves if isinstance(leaf, torch.Tensor)), None)
        shapes = [leaf.to("meta") if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves]
        self._structures.append(pytree.tree_unflatten(shapes, spec))
        return output

    def _fake(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Zeros in place of a recorded denoiser call; the same ones in every step where they can be: nothing made of them is kept."""
        number, call = self._number + 1, self._faked
        self._faked += 1
        if number == 1 or self._recording.differs(number, "denoised"):
            self._fakes.clear()
        given = next(leaf for leaf in pytree.tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor))
        key = call, given.shape[0], given.device
        if key not in self._fakes:
            structures = self._recording.field(number, "denoised")
            self._fakes[key] = _zeros(structures[min(call, len(structures) - 1)], given)
        return self._fakes[key]

    def _step(self, original: Call, *args: Any, **kwargs: Any) -> StepOutput:
        given = dict(zip(self._step_parameters, args, strict=False), **kwargs)
        sample, prediction, timestep = given["sample"], given["model_output"], given["timestep"]
        if not self._began:
            self._begin(sample)
        if self._number < self._replayed:
            return self._replay(sample.device)
        level = level_before(self._scheduler, self._number, timestep)
        mix = reading(self._scheduler, level)
        output: StepOutput = original(*args, **kwargs)
        self._number += 1
        if not _are_finite(prediction, output[0]):  # waits for a GPU, so the clock below is right
            raise NotANumber(step=self._number)
        self._record(timestep, sample, prediction, output, level, mix)
        self._pause()
        self._clock = time.perf_counter()
        return output

    # -- observing and recording

    def _begin(self, noise: torch.Tensor) -> None:
        self._began = True
        begun = time.perf_counter()
        if not self._recording.numbers:
            level = level_before(self._scheduler, 0, self._timesteps[0])
            generators, global_states = self._generator_states()
            record = Snapshot(
                0,
                len(self._timesteps),
                self._departure.turns,
                noise,
                level.scale,
                generators,
                global_states.cpu,
                device_generator=global_states.device,
            )
            snapshot = self._recorder.write(record)
            overhead = time.perf_counter() - begun
            self._observe(Observation(0, self._timesteps[0], level, None, record.noisy, None, None, 0.0, overhead, snapshot, record))
        else:
            self._restore_generators()
        if not self._replayed:
            self._seed(self._departure.noise_seed)
            self._pause()
        now = time.perf_counter()  # if `step` is the first to see the noise, the clock of that step runs already
        self._clock = self._clock + now - begun if self._clock else now

    def _record(
        self,
        timestep: float | torch.Tensor,
        sample: torch.Tensor,
        prediction: torch.Tensor,
        output: StepOutput,
        given: Level,
        mix: Mix | None,
    ) -> None:
        done = time.perf_counter()
        level = level_after(self._scheduler, self._number - 1, timestep)
        generators, global_states = self._generator_states()
        record = Snapshot(
            self._number,
            len(self._timesteps),
            self._departure.turns,
            sample,
            level.scale,
            generators,
            global_states.cpu,
            output,
            prediction,
            [given.signal, given.noise],
            [mix.sample, mix.output] if mix else None,
            self._changed(),
            self._structures,
            global_states.device,
        )
        snapshot = self._recorder.write(record)
        self._structures = []
        x0, x_t, before = record.x0, record.noisy, self._x0
        self._x0 = x0
        guided = self._guided(prediction, sample, mix)
        seconds, overhead = done - self._clock, time.perf_counter() - done
        self._observe(Observation(self._number, float(timestep), level, x0, x_t, before, guided, seconds, overhead, snapshot, record))

    def _guided(self, prediction: torch.Tensor, sample: torch.Tensor, mix: Mix | None) -> torch.Tensor | None:
        """How far guidance has moved x0: the denoiser is called with every sample twice, first without the prompt."""
        count, channels = sample.shape[:2]  # learned variances, which follow the channels, are ignored
        if self._answer is None or self._answer.shape[0] != 2 * count or mix is None:
            return None
        return mix.output * (prediction[:, :channels] - self._answer[:count, :channels])

    def _pause(self) -> None:
        if self._until is not None and self._until <= self._number < len(self._timesteps):
            raise Unwound

    def _generator_states(self) -> tuple[list[torch.Tensor], GlobalStates]:
        """States of our generators and of the global ones. An unchanged state is the same tensor as before, so it is hashed once."""
        cpu, device = self._global_generators.states()
        now = [generator.get_state() for generator in self._generators] + [cpu] + ([] if device is None else [device])
        for place, state in enumerate(now):
            content = state.numpy().tobytes()
            if place < len(self._states) and self._states[place][0] == content:
                now[place] = self._states[place][1]
            else:
                self._states[place : place + 1] = [(content, state)]
        ours = len(self._generators)
        return now[:ours], GlobalStates(now[ours], None if device is None else now[ours + 1])

    def _attributes(self) -> dict[str, object]:
        return {name: value for name, value in vars(self._scheduler).items() if name not in WRAPPED and name != "_internal_dict"}

    def _changed(self) -> dict[str, object]:
        """What `set_timesteps` would not bring back. Always includes numbers: an earlier run may have left the same values."""
        pristine = self._pristine
        return {
            name: value for name, value in self._attributes().items() if name not in pristine or not _is_as_marked(value, pristine[name])
        }

    # -- replaying and departing

    def _replay(self, device: torch.device) -> StepOutput:
        self._number += 1
        self._faked = 0
        if any(self._recording.differs(self._number, name) for name in GENERATORS):
            self._restore_generators()
        output: StepOutput
        if self._number < self._replayed:
            output = self._recording.field(self._number, "output", device)
        else:
            record = self._recording.read(self._number, device)
            self._x0 = record.x0
            output = self._depart(record)
            self._pause()
        self._clock = time.perf_counter()
        return output

    def _restore_generators(self) -> None:
        """Set every generator to its state after step `self._number`. Recordings of older versions may lack the global states."""
        for generator, state in zip(self._generators, self._recording.field(self._number, "generators"), strict=True):
            generator.set_state(state)
        cpu = self._recording.field(self._number, "global_generator")
        if cpu is not None:
            self._global_generators.restore(GlobalStates(cpu, self._recording.field(self._number, "device_generator")))

    def _depart(self, record: Snapshot) -> StepOutput:
        """Restore the scheduler, or prepare it for the departure. Return what `step` is to return."""
        scheduler, departure = self._scheduler, self._departure
        assert record.output is not None
        self._seed(departure.noise_seed)
        if not departure.is_afresh:
            vars(scheduler).update(record.scheduler)
            return record.output
        self._set_step_index()
        if departure.refined is not None:
            latents = departure.refined.to(record.latents)
            noise = randn_tensor(latents.shape, self._generators or None, latents.device, latents.dtype)
            latents = scheduler.add_noise(latents, noise, scheduler.timesteps[self._number : self._number + 1])
        else:
            level = level_before(scheduler, self._number, self._timesteps[self._number])
            latents = record.latents * (record.noisy_scale / level.scale)  # x_t in the scale of the new sampler
        return _with_latents(record.output, latents)

    def _set_step_index(self) -> None:
        if hasattr(self._scheduler, "_step_index"):
            vars(self._scheduler)["_step_index"] = self._number

    def _seed(self, seed: int | None) -> None:
        """Seed all generators, the global ones too: some samplers draw from those only."""
        if seed is not None:
            for generator in self._generators:
                generator.manual_seed(seed)
            self._global_generators.seed(seed)


class Inquiry(Seam):
    """Repeats the denoiser calls of a recorded step, and unwinds before the scheduler's `step`."""

    def __init__(self, pipeline: Pipeline, generators: Sequence[torch.Generator], steps: Sequence[Step], number: int) -> None:
        super().__init__(pipeline, generators, observe=lambda observation: None, history=steps[:number])
        self._given = read_snapshot(steps, number).sample
        self.answers: list[torch.Tensor] = []

    def _forward(self, original: Call, *args: Any, **kwargs: Any) -> Any:
        output = super()._forward(original, *args, **kwargs)
        if self._number == self._replayed:
            self.answers += [leaf for leaf in pytree.tree_leaves(output) if isinstance(leaf, torch.Tensor)]
        return output

    def _step(self, original: Call, *args: Any, **kwargs: Any) -> StepOutput:
        if self._number == self._replayed:
            raise Unwound
        return super()._step(original, *args, **kwargs)

    def _depart(self, record: Snapshot) -> StepOutput:
        assert record.output is not None
        self._set_step_index()
        return _with_latents(record.output, self._given.to(record.latents.device))


def _are_finite(prediction: torch.Tensor, latents: torch.Tensor) -> bool:
    """Whether neither holds NaN or infinity: their sum would, too. One wait for a GPU, and far cheaper than `isfinite`."""
    return math.isfinite(float(prediction.sum(dtype=torch.float32) + latents.sum(dtype=torch.float32)))


def _with_latents(output: StepOutput, latents: torch.Tensor) -> StepOutput:
    """The output of a step with other latents."""
    if isinstance(output, tuple):
        return latents, *output[1:]
    return type(output)(**{**output, next(iter(output)): latents})


def _zeros(structure: Structure, given: torch.Tensor) -> Any:
    """Zeros in the recorded structure, with the batch size of `given`: guidance doubles it."""
    return pytree.tree_map_only(
        torch.Tensor, lambda tensor: torch.zeros(given.shape[:1] + tensor.shape[1:], dtype=tensor.dtype, device=given.device), structure
    )


def _mark(value: object) -> object:
    """A value that shows later whether `value` was changed. Schedulers modify some lists and tensors in place."""
    match value:
        case torch.Tensor():
            return value, value._version
        case list():
            return [_mark(each) for each in value]
    return value


def _is_as_marked(value: object, mark: object) -> bool:
    if value is None or isinstance(value, (bool, int, float, str)):
        return False
    if isinstance(value, torch.Tensor):
        return isinstance(mark, tuple) and mark[0] is value and mark[1] == value._version
    if isinstance(value, list):
        return isinstance(mark, list) and len(mark) == len(value) and all(map(_is_as_marked, value, mark))
    return mark is value
