"""The seam: observe and resume a stock pipeline through its schedulers and its denoisers; nothing of the pipeline is rewritten.

Four methods are wrapped on the instances for one call of the pipeline: `set_timesteps`, `scale_model_input` and `step` of every
scheduler, and the `forward` of every denoiser. Resuming makes the same call again: for the steps in `history` the denoisers
return zeros and `step` returns what was recorded; after the last of them the recorded state is restored. A denoiser call that
fills a cache is really made again. A branch is a call with other arguments and a `Departure` from what was recorded.

A pipeline of several stages sets the timesteps of a scheduler at the beginning of each; their calls are counted on.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import time
import typing
from collections.abc import Callable, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch
from diffusers.utils import BaseOutput
from diffusers.utils.torch_utils import randn_tensor
from torch.utils import _pytree as pytree

from ..errors import NotANumber, StepNotKept
from .generators import GlobalGenerators, GlobalStates
from .run import Stage, Step
from .schedule import Level, Mix, Writing, level_after, level_before, reading, writing_of
from .snapshot import MADE, Snapshot, SnapshotReader, SnapshotWriter, StepOutput, read_snapshot, reports_x0, without_variances

# Where diffusers keeps the networks that predict noise, and how pipelines call those that they bring themselves.
NETWORKS = ("diffusers.models.unets.", "diffusers.models.transformers.", "diffusers.models.controlnets.")
CONTROLS = "diffusers.models.controlnets."  # among them those whose outputs are no prediction
DENOISERS = ("unet", "transformer", "controlnet", "prior", "decoder")
GENERATORS = ("generators", "global_generator", "device_generator")  # the fields of a snapshot with their states
UNEXPLAINED = 0.1  # of a guided output: more than rounding in half precision, so it was made in another way
MOST_NESTED = 8  # objects, lists and dicts inside each other in which a cache is looked for
WRAPPED = ("set_timesteps", "scale_model_input", "step")
# What can be an argument of a denoiser without being changed by the call.
PLAIN = (torch.Tensor, type(None), str, int, float, complex, np.ndarray, np.generic, torch.dtype, torch.device, torch.Generator)

Call: TypeAlias = Callable[..., Any]  # a method of diffusers: its arguments and result differ from class to class
Structure: TypeAlias = object  # of a denoiser output: nested tuples, lists and outputs with meta tensors as leaves; or `MADE`


class Scheduler(Protocol):
    """What the seam uses of any diffusers scheduler."""

    timesteps: torch.Tensor
    config: Mapping[str, Any]
    set_timesteps: Call
    step: Call
    add_noise: Call  # of samplers that can start from a picture


class Pipeline(Protocol):
    """What the seam uses of any diffusers pipeline."""

    @property
    def components(self) -> Any: ...  # by name

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
    level: Level | None  # after the call; None if the scheduler does not tell it
    x0: torch.Tensor | None  # None for the initial noise, and if the scheduler does not tell it
    x_t: torch.Tensor  # after the call, scaled to the variance of a variance-preserving one
    before: torch.Tensor | None  # x0 of the previous step; None for the initial noise and the first step
    guided: torch.Tensor | None  # how far guidance has moved x0; None without guidance, and if it is unknown
    is_guided: bool  # whether the denoisers were asked with and without the prompt
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


@dataclass(frozen=True, slots=True)
class Course:
    """The scheduler calls of a run as far as they are planned."""

    timesteps: tuple[float, ...]  # one for each call
    stages: tuple[Stage, ...]
    is_whole: bool  # no further stage is expected


@dataclass(slots=True, eq=False)
class _Stretch:
    """The calls of one stage: from one `set_timesteps` to the next."""

    name: str
    scheduler: Scheduler
    timesteps: tuple[float, ...]  # of the scheduler; the calls may be a part of them
    pristine: dict[str, object]  # marks of the scheduler's attributes right after set_timesteps
    writing: Writing | None
    before: int = 0  # calls of earlier stages
    begin: int = 0  # the first call among the timesteps
    count: int = 0  # calls of this stage

    @property
    def planned(self) -> tuple[float, ...]:
        return self.timesteps[self.begin : self.begin + self.count]

    def position(self, number: int) -> int:
        """The place of the run's call `number`, which counts from 0, among the timesteps."""
        return self.begin + number - self.before


@dataclass(slots=True)
class _Guidance:
    """How a family mixes the denoiser's outputs with and without the prompt, found in its first step."""

    asked: tuple[int, ...]  # elements of the outputs for which it was found
    at_end: bool  # whether outputs with more tokens are cut at the beginning
    unprompted: int  # which of two outputs is the one without the prompt
    sign: int  # of the outputs in what the scheduler is given


def schedulers(pipeline: Pipeline) -> dict[str, Scheduler]:
    """The schedulers among the components, once each, by the name of their stage: "prior" for `prior_scheduler`, "" for `scheduler`."""
    found: dict[int, tuple[str, Scheduler]] = {}
    for name, part in pipeline.components.items():
        if callable(getattr(part, "set_timesteps", None)) and callable(getattr(part, "step", None)):
            found.setdefault(id(part), (name.removesuffix("scheduler").strip("_"), part))
    return dict(found.values())


def denoisers(pipeline: Pipeline) -> list[torch.nn.Module]:
    """The networks that predict noise, in a pipeline of any family, once each."""
    found = {id(part): part for name, part in pipeline.components.items() if isinstance(part, torch.nn.Module) and _predicts(name, part)}
    return list(found.values())


def _predicts(name: str, part: torch.nn.Module) -> bool:
    if type(part).__module__.startswith(NETWORKS):
        return True
    is_named = any(name.rstrip("_0123456789").endswith(each) for each in DENOISERS)
    return is_named and not hasattr(part, "encode") and not hasattr(part, "decode")  # no autoencoder


def device_of(pipeline: Pipeline) -> torch.device:
    """Where the denoisers compute. diffusers' own `device` searches all modules for offloading hooks, which takes milliseconds."""
    if (offloaded := vars(pipeline).get("_offload_device")) is not None:
        return torch.device(offloaded)
    return next((parameter.device for denoiser in denoisers(pipeline) for parameter in denoiser.parameters()), torch.device("cpu"))


class Seam:
    """Observes one call of `pipeline` made inside it. Restores the pipeline at the end of the call, also after an error.

    The last step is observed when the call ends, with what the pipeline has made of it: `finish`.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        generators: Sequence[torch.Generator],
        observe: Callable[[Observation], None],
        plan: Callable[[Course], None] = lambda course: None,
        history: Sequence[Step] = (),
        until: int | None = None,
        departure: Departure = AS_RECORDED,
    ) -> None:
        """`plan` receives the calls that are known, and again when more are.

        `until`: raise `Unwound` after this step, unless it is the last one.
        """
        self._pipeline = pipeline
        self._schedulers = schedulers(pipeline)
        self._denoisers = denoisers(pipeline)
        self._guiders = {name: part for name, part in pipeline.components.items() if hasattr(part, "prepare_inputs_from_block_state")}
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
        self._stretches: list[_Stretch] = []
        self._set: dict[int, _Stretch] = {}  # by scheduler: timesteps that are set, and not used yet
        self._course: Course | None = None  # as planned last
        self._seen: object = None  # of what that course was made
        self._used: set[int] = set()  # schedulers that have set timesteps, and denoisers that were called
        self._expected = set(map(id, self._schedulers.values())), set(map(id, self._denoisers))
        self._states: list[tuple[bytes, torch.Tensor]] = []  # of all generators, as recorded last
        self._structures: list[Structure] = []  # of the denoiser outputs in this step
        self._answers: list[torch.Tensor] = []  # the denoiser outputs of this step
        self._guidance: _Guidance | None = None
        self._faked = 0  # denoiser calls of this step that were answered from the recording
        self._fakes: dict[tuple[int, int, torch.device], Any] = {}  # zeros, by call in the step, batch size and device
        self._clock = 0.0  # when this step began; 0 before it did
        self._last: Observation | None = None  # the last step, not written yet, until the call ends
        self._originals: list[tuple[object, str, object]] = []
        self._counting = _counting(pipeline)
        self._counts = [vars(each).get("_num_timesteps") for each in self._counting]

    def __enter__(self) -> Seam:
        for name, scheduler in self._schedulers.items():
            for method in WRAPPED:
                if hasattr(scheduler, method):
                    self._wrap(scheduler, method, functools.partial(getattr(self, f"_{method}"), name, scheduler))
        for denoiser in self._denoisers:
            self._wrap(denoiser, "forward", functools.partial(self._forward, denoiser))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        for owner, name, own in reversed(self._originals):
            if own is None:
                delattr(owner, name)
            else:
                setattr(owner, name, own)
        for pipeline, count in zip(self._counting, self._counts, strict=True):
            if count is not None and vars(pipeline)["_num_timesteps"] is None:
                vars(pipeline)["_num_timesteps"] = count
        if kind is None:
            self.finish()

    def finish(self, latents: torch.Tensor | None = None) -> None:
        """Observe the last step. `latents`: what the pipeline returned, which may differ from what the scheduler did."""
        if self._last is None:
            return
        last, self._last = self._last, None
        record = last.record
        if latents is not None and not (latents.shape == record.latents.shape and torch.equal(latents, record.latents)):
            record = dataclasses.replace(record, returned=latents)
        self._report(dataclasses.replace(last, record=record))

    def _go_on(self) -> None:
        """Something follows what was taken for the last step."""
        if self._last is not None:
            last, self._last = self._last, None
            self._report(dataclasses.replace(last, record=dataclasses.replace(last.record, calls=0)))

    def _report(self, step: Observation) -> None:
        begun = time.perf_counter()
        snapshot = self._recorder.write(step.record)
        overhead = step.overhead_seconds + time.perf_counter() - begun
        self._observe(dataclasses.replace(step, snapshot=snapshot, overhead_seconds=overhead))

    def _wrap(self, owner: object, name: str, function: Call) -> None:
        original = getattr(owner, name)
        wrapper = functools.update_wrapper(functools.partial(function, original), original)  # pipelines inspect the signature
        self._originals.append((owner, name, vars(owner).get(name)))  # offload hooks store their own `forward` on the instance
        setattr(owner, name, wrapper)

    # -- what the pipeline calls

    def _set_timesteps(self, name: str, scheduler: Scheduler, original: Call, *args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        self._used.add(id(scheduler))
        for pipeline in self._counting:
            vars(pipeline)["_num_timesteps"] = None  # what it held was the number of an earlier stage, or of an earlier run
        self._set.pop(id(scheduler), None)
        self._set[id(scheduler)] = self._stretch(name, scheduler)

    def _scale_model_input(
        self, name: str, scheduler: Scheduler, original: Call, sample: torch.Tensor, *args: Any, **kwargs: Any
    ) -> torch.Tensor:
        given = args[0] if args else kwargs.get("timestep")
        self._go_to(scheduler, name, given)
        if not self._began:
            self._begin(_once(sample))
        return original(sample, *args, **kwargs)

    def _forward(self, denoiser: torch.nn.Module, original: Call, *args: Any, **kwargs: Any) -> Any:
        self._go_on()
        self._used.add(id(denoiser))
        if self._set:
            latest = list(self._set.values())[-1]
            self._go_to(latest.scheduler, latest.name)
        if self._number < self._replayed:
            return self._fake(original, args, kwargs)
        if not self._clock:
            self._clock = time.perf_counter()
        held = _held(args, kwargs)
        output = original(*args, **kwargs)
        leaves, spec = pytree.tree_flatten(output)
        if (held and held != _held(args, kwargs)) or not all(isinstance(leaf, PLAIN) for leaf in leaves):
            self._structures.append(MADE)
        else:
            shapes = [_shape(leaf.shape, leaf.dtype) if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves]
            self._structures.append(pytree.tree_unflatten(shapes, spec))
        tensors = [] if type(denoiser).__module__.startswith(CONTROLS) else [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
        self._answers += [tensor for tensor in tensors if tensor.shape == tensors[0].shape]
        return output

    def _fake(self, original: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Zeros in place of a recorded denoiser call; the same ones in every step where they can be: nothing made of them is kept."""
        number, call = self._number + 1, self._faked
        self._faked += 1
        if number == 1 or self._recording.differs(number, "denoised"):
            self._fakes.clear()
        given = next(leaf for leaf in pytree.tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor))
        key = call, given.shape[0], given.device
        if key not in self._fakes:
            structures = self._recording.field(number, "denoised")
            structure = structures[min(call, len(structures) - 1)]
            if structure == MADE:
                return original(*args, **kwargs)
            self._fakes[key] = _zeros(structure, given)
        return self._fakes[key]

    def _step(self, name: str, scheduler: Scheduler, original: Call, *args: Any, **kwargs: Any) -> StepOutput:
        given = dict(zip(_step_of(type(scheduler)).parameters, args, strict=False), **kwargs)
        sample, prediction, timestep = given["sample"], given["model_output"], _number(given["timestep"])
        self._go_on()
        stretch = self._go_to(scheduler, name, timestep)
        if not self._began:
            self._begin(sample)
        if self._number < self._replayed:
            return self._replay(stretch, sample.device)
        position = stretch.position(self._number)
        level = level_before(scheduler, stretch.writing, position, timestep)
        mix = reading(scheduler, stretch.writing, level, position)
        output: StepOutput = original(*args, **kwargs)
        self._number += 1
        if not _are_finite(prediction, output[0]):  # waits for a GPU, so the clock below is right
            raise NotANumber(step=self._number)
        towards = given.get("prev_timestep", timestep - 1) if "prev_timestep" in _step_of(type(scheduler)).parameters else None
        self._record(stretch, timestep, towards, sample, prediction, output, level, mix)
        self._pause()
        self._clock = time.perf_counter()
        return output

    # -- stages

    def _stretch(self, name: str, scheduler: Scheduler) -> _Stretch:
        pristine = {attribute: _mark(value) for attribute, value in _attributes(scheduler).items()}
        timesteps = tuple(float(timestep) for timestep in scheduler.timesteps)
        return _Stretch(name, scheduler, timesteps, pristine, writing_of(scheduler))

    def _go_to(self, scheduler: Scheduler, name: str, timestep: object = None) -> _Stretch:
        """The stage that `scheduler` is in, begun if it has set new timesteps; `timestep`: that of its next call, if it is known."""
        stretches, stretch = self._stretches, self._set.pop(id(scheduler), None)
        if stretch is None and not (stretches and stretches[-1].scheduler is scheduler):
            stretch = self._stretch(name, scheduler)
        if stretch is not None:
            if stretches:  # with fewer calls than planned, perhaps
                stretches[-1].count = self._number - stretches[-1].before
            if stretches and stretches[-1].before == self._number:  # its timesteps were set again before any call
                stretches.pop()
            stretch.before = self._number
            stretches.append(stretch)
            self._x0 = None
        stretch = stretches[-1]
        if self._number == stretch.before:
            stretch.begin, stretch.count = self._part(stretch, None if timestep is None else _number(timestep))
        stretch.count = max(stretch.count, self._number - stretch.before)
        seen = stretch, stretch.begin, stretch.count, self._is_whole
        if seen != self._seen:
            self._seen = seen
            self._tell_course()
        return stretch

    def _tell_course(self) -> None:
        stretches = self._stretches
        course = Course(
            tuple(planned for each in stretches for planned in each.planned),
            tuple(Stage(each.name, each.count) for each in stretches),
            self._is_whole,
        )
        if course != self._course:
            self._course = course
            self._plan(course)

    def _part(self, stretch: _Stretch, timestep: float | None) -> tuple[int, int]:
        """The first call of a stage among its timesteps, and the number of its calls: what the pipeline tells, or else all that follow."""
        begin = getattr(stretch.scheduler, "_begin_index", None)
        if begin is None:
            begin = stretch.timesteps.index(timestep) if timestep in stretch.timesteps else 0
        told = [count for pipeline in self._counting if (count := vars(pipeline).get("_num_timesteps"))]
        return begin, min([*told, len(stretch.timesteps) - begin])

    @property
    def _is_whole(self) -> bool:
        """Whether no further stage is expected: all schedulers have set timesteps, or all denoisers were called."""
        schedulers, denoisers = self._expected
        return schedulers <= self._used or denoisers <= self._used

    @property
    def _calls(self) -> int:
        """Scheduler calls in the whole run; 0 while it is unknown."""
        return self._stretches[-1].before + self._stretches[-1].count if self._is_whole else 0

    # -- observing and recording

    def _begin(self, noise: torch.Tensor) -> None:
        self._began = True
        begun = time.perf_counter()
        if not self._recording.numbers:
            stretch = self._stretches[-1]
            timestep = stretch.timesteps[stretch.begin]
            level = level_before(stretch.scheduler, stretch.writing, stretch.begin, timestep)
            generators, global_states = self._generator_states()
            record = Snapshot(
                0,
                self._calls,
                self._departure.turns,
                noise,
                level.scale if level else 1.0,
                generators,
                global_states.cpu,
                device_generator=global_states.device,
            )
            snapshot = self._recorder.write(record)
            overhead = time.perf_counter() - begun
            self._observe(Observation(0, timestep, level, None, record.noisy, None, None, False, 0.0, overhead, snapshot, record))
        else:
            self._restore_generators()
        if not self._replayed:
            self._seed(self._departure.noise_seed)
            self._pause()
        now = time.perf_counter()  # if `step` is the first to see the noise, the clock of that step runs already
        self._clock = self._clock + now - begun if self._clock else now

    def _record(
        self,
        stretch: _Stretch,
        timestep: float,
        towards: float | None,
        sample: torch.Tensor,
        prediction: torch.Tensor,
        output: StepOutput,
        given: Level | None,
        mix: Mix | None,
    ) -> None:
        done = time.perf_counter()
        names, number = _outputs_of(type(stretch.scheduler)), self._number
        is_clean = "denoised" in names
        level = level_after(stretch.scheduler, stretch.writing, stretch.position(number - 1), timestep, towards, is_clean)
        generators, global_states = self._generator_states()
        record = Snapshot(
            number,
            self._calls,
            self._departure.turns,
            sample,
            level.scale if level else 1.0,
            generators,
            global_states.cpu,
            output,
            prediction,
            [given.signal, given.noise] if given else [],
            [mix.sample, mix.output] if mix else None,
            _changed(stretch),
            self._structures,
            global_states.device,
            reports_x0(output, names),
            guiders={name: held for name, part in self._guiders.items() if (held := _remembered(part))} or None,
        )
        x0, before = record.x0, self._x0
        self._x0 = x0
        asked = self._asked_twice(prediction, sample)
        guided = self._guided(asked, prediction, sample, mix)
        self._structures, self._answers = [], []
        is_last = number == self._calls
        snapshot = b"" if is_last else self._recorder.write(record)
        seconds, overhead = done - self._clock, time.perf_counter() - done
        step = Observation(number, timestep, level, x0, record.noisy, before, guided, bool(asked), seconds, overhead, snapshot, record)
        if is_last:
            self._last = step
        else:
            self._observe(step)

    def _asked_twice(self, prediction: torch.Tensor, sample: torch.Tensor) -> list[list[torch.Tensor]]:
        """The denoisers' outputs with and without the prompt, from one call or from several; none if there was one output only.

        In the form of `prediction`. Where outputs have more tokens, once cut at the end and once at the beginning.
        """
        read = without_variances(prediction, sample)
        has_tokens = read.ndim == 3 and any(answer.ndim == 3 and answer.shape[1] > read.shape[1] for answer in self._answers)
        ends = (False, True) if has_tokens else (False,)
        cuts = [[part for answer in self._answers for part in _parts(answer, read, end)] for end in ends]
        return [cut for cut in cuts if len(cut) > 1]

    def _guided(
        self, asked: Sequence[Sequence[torch.Tensor]], prediction: torch.Tensor, sample: torch.Tensor, mix: Mix | None
    ) -> torch.Tensor | None:
        """How far guidance has moved x0; None without guidance, and if the two outputs do not explain what the scheduler was given."""
        if mix is None:
            return None
        read = without_variances(prediction, sample)
        sizes = tuple(answer.numel() for answer in self._answers)
        for at_end, answers in enumerate(asked):
            if len(answers) == 2 and (self._guidance is None or self._guidance.asked != sizes):
                self._guidance = _found(answers, read, sizes, bool(at_end))
        known = self._guidance
        if known is None or known.asked != sizes or known.at_end >= len(asked):
            return None
        moved = mix.output * read.sub(asked[known.at_end][known.unprompted], alpha=known.sign)
        return moved if moved.shape == sample.shape else None

    def _pause(self) -> None:
        if self._until is not None and self._until <= self._number and not (self._is_whole and self._number == self._calls):
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

    # -- replaying and departing

    def _replay(self, stretch: _Stretch, device: torch.device) -> StepOutput:
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
            output = self._depart(stretch, record)
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

    def _depart(self, stretch: _Stretch, record: Snapshot) -> StepOutput:
        """Restore the scheduler, or prepare it for the departure. Return what `step` is to return."""
        scheduler, departure = stretch.scheduler, self._departure
        assert record.output is not None
        self._seed(departure.noise_seed)
        for name, held in (record.guiders or {}).items():
            _remind(self._guiders.get(name), held)
        if not departure.is_afresh:
            vars(scheduler).update(record.scheduler)
            return record.output
        position = stretch.position(self._number)
        _set_step_index(scheduler, position)
        if departure.refined is not None:
            latents = departure.refined.to(record.latents)
            noise = randn_tensor(latents.shape, self._generators or None, latents.device, latents.dtype)
            latents = noised(scheduler, latents, noise, position)
        else:
            level = level_before(scheduler, stretch.writing, position, stretch.timesteps[position])
            latents = record.latents * (record.noisy_scale / (level.scale if level else 1.0))  # x_t in the scale of the new sampler
        return with_latents(record.output, latents)

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

    def _forward(self, denoiser: torch.nn.Module, original: Call, *args: Any, **kwargs: Any) -> Any:
        output = super()._forward(denoiser, original, *args, **kwargs)
        if self._number == self._replayed:
            self.answers += [leaf for leaf in pytree.tree_leaves(output) if isinstance(leaf, torch.Tensor)]
        return output

    def _step(self, name: str, scheduler: Scheduler, original: Call, *args: Any, **kwargs: Any) -> StepOutput:
        if self._number == self._replayed:
            raise Unwound
        return super()._step(name, scheduler, original, *args, **kwargs)

    def _depart(self, stretch: _Stretch, record: Snapshot) -> StepOutput:
        assert record.output is not None
        _set_step_index(stretch.scheduler, stretch.position(self._number))
        return with_latents(record.output, self._given.to(record.latents.device))


def noised(scheduler: Scheduler, latents: torch.Tensor, noise: torch.Tensor, position: int) -> torch.Tensor:
    """`latents` of a finished picture with as much noise as the call at `position` of the timesteps is given."""
    _set_step_index(scheduler, position)
    timestep = scheduler.timesteps[position : position + 1]
    if hasattr(scheduler, "scale_noise"):  # those of straight lines call it so
        return scheduler.scale_noise(latents, timestep, noise)
    return scheduler.add_noise(latents, noise, timestep)


@functools.cache
def _step_of(scheduler: type) -> inspect.Signature:
    """The signature of the `step` of a class of schedulers, without `self`."""
    step = inspect.signature(scheduler.step)  # type: ignore[attr-defined]
    return step.replace(parameters=list(step.parameters.values())[1:])


@functools.cache
def _outputs_of(scheduler: type) -> tuple[str, ...]:
    """The names of the values that the `step` of a class of schedulers returns, in their order; none if it does not declare them."""
    try:
        declared = typing.get_type_hints(scheduler.step)["return"]  # type: ignore[attr-defined]
    except (KeyError, NameError, TypeError):
        return ()
    for kind in (declared, *typing.get_args(declared)):
        if isinstance(kind, type) and issubclass(kind, BaseOutput):
            return tuple(each.name for each in dataclasses.fields(kind))
    return ()


def _counting(pipeline: Pipeline) -> list[object]:
    """Of `pipeline` and the pipelines inside it those that tell how many calls they make, as most do."""
    links = [link.pipeline for link in getattr(pipeline, "links", ())]
    inside = links + [value for value in vars(pipeline).values() if hasattr(value, "components") and callable(value)]
    return [each for each in (pipeline, *inside) if hasattr(type(each), "num_timesteps")]


def _number(value: Any) -> float:
    """A timestep; all samples of a batch have the same."""
    return float(value.flatten()[0] if isinstance(value, torch.Tensor) and value.ndim else value)


@functools.lru_cache
def _shape(shape: torch.Size, dtype: torch.dtype) -> torch.Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


def _once(sample: torch.Tensor) -> torch.Tensor:
    """The latents in a batch that holds them twice or more: the first with the prompt, the other without it."""
    for copies in (2, 3):
        parts = sample.chunk(copies) if sample.shape[0] % copies == 0 else ()
        if parts and all(torch.equal(parts[0], part) for part in parts[1:]):
            return parts[0]
    return sample


def _attributes(scheduler: Scheduler) -> dict[str, object]:
    return {name: value for name, value in vars(scheduler).items() if name not in WRAPPED and name != "_internal_dict"}


def _changed(stretch: _Stretch) -> dict[str, object]:
    """What `set_timesteps` would not bring back. Always includes numbers: an earlier run may have left the same values."""
    pristine, now = stretch.pristine, _attributes(stretch.scheduler)
    return {name: value for name, value in now.items() if name not in pristine or not _is_as_marked(value, pristine[name])}


def _set_step_index(scheduler: Scheduler, position: int) -> None:
    if hasattr(scheduler, "_step_index"):
        vars(scheduler)["_step_index"] = position


def _remembered(guider: object) -> dict[str, object]:
    """What the objects that a guider holds remember of earlier steps, such as a momentum; its other attributes are set in every step."""
    holders = {
        name: vars(value)
        for name, value in vars(guider).items()
        if name != "_internal_dict" and hasattr(value, "__dict__") and not isinstance(value, PLAIN)
    }
    return {name: dict(held) for name, held in holders.items() if all(isinstance(value, PLAIN) for value in held.values())}


def _remind(guider: object, held: object) -> None:
    for name, content in held.items() if isinstance(held, dict) else ():
        if hasattr(holder := getattr(guider, name, None), "__dict__"):
            vars(holder).update(content)


def _held(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[object]:
    """What the objects among the arguments of a denoiser hold that may be caches: shows later whether the call has filled one."""
    if _is_plain(args) and _is_plain(kwargs):
        return []
    opaque = [leaf for leaf in pytree.tree_leaves((args, kwargs)) if not isinstance(leaf, PLAIN)]
    return [_content(each, MOST_NESTED) for each in opaque]


def _is_plain(value: object) -> bool:
    if value is None or isinstance(value, PLAIN):
        return True
    within = value.values() if isinstance(value, dict) else value
    return isinstance(within, (list, tuple, ValuesView)) and all(map(_is_plain, within))


def _content(value: object, depth: int) -> object:
    match value:
        case torch.Tensor():
            return id(value), value._version
        case list() | tuple():
            return [_content(each, depth - 1) for each in value] if depth else len(value)
        case dict():
            return [(name, _content(each, depth - 1)) for name, each in value.items()] if depth else len(value)
        case torch.nn.Module():
            return id(value)
    if isinstance(value, PLAIN):
        return value if isinstance(value, (str, int, float)) else id(value)
    return (id(value), _content(vars(value), depth - 1)) if depth and hasattr(value, "__dict__") else id(value)


def _parts(answer: torch.Tensor, read: torch.Tensor, at_end: bool) -> list[torch.Tensor]:
    """The outputs in the form of `read` that a batch holds; none if it has another form."""
    if answer.ndim == read.ndim and read.ndim > 2 and answer.shape[1] > read.shape[1]:  # learned variances, or tokens of a reference
        answer = answer[:, -read.shape[1] :] if at_end else answer[:, : read.shape[1]]
    copies = answer.numel() // read.numel()
    if not copies or answer.numel() != copies * read.numel() or answer.shape[0] % copies:
        return []
    return [part if part.shape == read.shape else part.reshape(read.shape) for part in answer.chunk(copies)]


def _found(answers: Sequence[torch.Tensor], given: torch.Tensor, asked: tuple[int, ...], at_end: bool) -> _Guidance | None:
    """Which of two outputs is that without the prompt: given = ±(without + scale · (with − without)) with a scale of at least 1."""
    first, second = (answer.float() for answer in answers)
    apart = first - second
    size = float(apart.square().sum())
    if not size > 0:
        return None
    for sign in (1, -1):
        rest = sign * given.float() - second
        share = float((rest * apart).sum()) / size  # given = second + share · (first − second)
        unexplained = float((rest - share * apart).square().sum()) / max(float(rest.square().sum()), size)
        if unexplained < UNEXPLAINED**2 and not 0 < share < 1:
            return _Guidance(asked, at_end, 1 if share >= 1 else 0, sign)
    return None


def _are_finite(prediction: torch.Tensor, latents: torch.Tensor) -> bool:
    """Whether neither holds NaN or infinity: their sum would, too. One wait for a GPU, and far cheaper than `isfinite`.

    Tokens are drawn from the logarithms of probabilities, which may be infinite.
    """
    if not latents.is_floating_point():
        return True
    return math.isfinite(float(prediction.sum(dtype=torch.float32) + latents.sum(dtype=torch.float32)))


def with_latents(output: StepOutput, latents: torch.Tensor) -> StepOutput:
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
