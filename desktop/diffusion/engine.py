"""Engine: one loaded model, and what it does: generate a run, decode a step."""

from __future__ import annotations

import gc
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from typing import TypeVar

import diffusers
import torch
import transformers

from .. import __version__
from ..errors import MachineChanged, OutOfMemory, OutOfRange, SamplerUnfit, StepNotKept, TurnForbidden, ViewUnknown
from . import branching, fields, memory, samplers, views
from .adapters import Source
from .attention import Attention
from .branching import Leg
from .control import Control
from .device import Device, best_device, fitting_threads, free_main_memory, is_out_of_memory, release_memory
from .loaded_model import LoadedModel
from .offload import Offload, below, choose, is_resident, same_place, stretches
from .pixels import to_tensor
from .preview import StepRenderer
from .recipe import Recipe
from .request import Opened, Request
from .run import Event, LatentValues, LiveViews, Phase, Picture, Pixels, Plan, Step, View, WatchedViews
from .seam import Course, Observation
from .single_file import ModelFiles
from .snapshot import SnapshotReader, read_snapshot
from .working_memory import Hardware

NO_ADAPTERS: Mapping[str, Source] = {}
log = logging.getLogger(__name__)

T = TypeVar("T")


class Engine:
    """Lives on the worker. Keeps one model loaded, with its measurements, so that the next run starts at once.

    After an error the next run works. Errors raised here hold no tensors.
    """

    def __init__(self, device: Device | None = None, collect: Callable[[], object] = gc.collect) -> None:
        """`collect` frees the objects that only reference each other."""
        self.device = device or best_device()
        self._collect = collect
        self._loaded: LoadedModel | None = None
        self._refiner: LoadedModel | None = None  # of the latest run
        self._rung = Offload.NONE  # of the latest run
        self._ran_out = "", 0, Offload.NONE  # last: the fingerprint of the model, pixels of the picture, the rung to take instead

    def generate(
        self,
        request: Request,
        files: ModelFiles,
        fingerprint: str,
        control: Control,
        emit: Callable[[Event], None],
        adapters: Mapping[str, Source] = NO_ADAPTERS,
        refiner: Opened | None = None,
    ) -> None:
        """Make the picture of `request` with the model in `files`, or resume it after its history; emit everything on the way.

        `adapters`: the LoRAs and embeddings of the recipe, by `Adapter.key` and `embeddings.key`. `refiner`: that of the recipe.
        Raises `Stop` where `control` stops or pauses the run, and a `SafelightError` that says what went wrong.
        """
        made, environment = list(request.history), request.environment

        def record(event: Event) -> None:
            nonlocal environment
            if isinstance(event, Step):
                del made[event.number :]  # refining goes back and makes them again
                made.append(event)
            elif isinstance(event, Plan):
                environment = event.environment
            emit(event)

        def go_on() -> None:
            """From the last step that was made, also before memory ran out."""
            again = replace(request, history=tuple(made), environment=environment)
            self._generate(again, files, fingerprint, control, record, adapters, refiner)

        self._surviving(request.recipe, fingerprint, go_on)

    def decode(
        self,
        request: Request,
        files: ModelFiles,
        fingerprint: str,
        number: int,
        view: View,
        control: Control,
        adapters: Mapping[str, Source] = NO_ADAPTERS,
        refiner: Opened | None = None,
    ) -> Pixels:
        """Step `number` of the request's history in a view, through the full decoder.

        The estimate of the last step is the picture. The starting noise looks the same in all views but its channels.
        """
        return self._surviving(
            request.recipe, fingerprint, lambda: self._decode(request, files, fingerprint, number, view, control, adapters, refiner)
        )

    def values(self, request: Request, files: ModelFiles, fingerprint: str, number: int, x: float, y: float) -> LatentValues:
        """The latents of step `number` where the picture is at (x, y), both 0…1 from its upper left. Loads the model."""

        def read() -> LatentValues:
            model = self._model(files, fingerprint, request.recipe, Control(), lambda phase: None)
            return views.latents(read_snapshot(request.history, number), model.grid_of(request.recipe)).at(x, y)

        return self._surviving(request.recipe, fingerprint, read)

    def values_of_grid(self, request: Request, number: int, x: float, y: float) -> LatentValues | None:
        """As `values`, without the model; None for latents in a layout of its own."""
        snapshot = read_snapshot(request.history, number)
        return views.latents(snapshot, views.as_grid).at(x, y) if views.is_grid(snapshot.noisy) else None

    def compute(self, work: Callable[[], None]) -> None:
        """Call `work`, which needs no model, with one thread of torch: in small networks several are slower."""
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            work()
        except Exception as error:
            _drop_tensors(error)
            raise
        finally:
            torch.set_num_threads(threads)

    def compute_with(
        self, recipe: Recipe, files: ModelFiles, fingerprint: str, control: Control, work: Callable[[LoadedModel], None]
    ) -> None:
        """Call `work` with the model, loaded so that pictures of `recipe` fit; its LoRAs are those of the latest run."""
        self._surviving(recipe, fingerprint, lambda: work(self._model(files, fingerprint, recipe, control, lambda phase: None)))

    @property
    def hardware(self) -> Hardware:
        device = self.device
        return Hardware(device.kind, device.name, device.total_memory, device.free_memory, device.dtype.itemsize)

    def free(self) -> None:
        """Release the model and its memory; the next run loads it again."""
        self._loaded = self._refiner = None
        release_memory(self._collect)

    def _generate(
        self,
        request: Request,
        files: ModelFiles,
        fingerprint: str,
        control: Control,
        emit: Callable[[Event], None],
        adapters: Mapping[str, Source],
        refiner: Opened | None,
    ) -> None:
        recipe, environment = request.recipe, request.environment
        self._check_machine(environment)
        recipe.check(multiple=1)
        sampler = samplers.sampler(recipe.sampling.sampler)
        model = self._model(files, fingerprint, recipe, control, emit, request.insist, adapters, refiner)
        model.adapters.sources = model.embeddings.sources = adapters
        recipe.check(model.multiple)
        of_refiner = [model.refiner.traits] if model.refiner else []
        for traits in (model.traits.with_adapters(recipe.adapters), *of_refiner):
            if reason := samplers.unfit(sampler, traits):
                raise SamplerUnfit(sampler=sampler.name, reason=reason)
        if recipe.refiner.name and recipe.sampling.steps < 2:
            raise OutOfRange(name=fields.named("steps").caption, value=recipe.sampling.steps, allowed=f"2 … {sampler.most_steps}")
        if recipe.sampling.steps > sampler.most_steps:
            raise OutOfRange(name=fields.named("steps").caption, value=recipe.sampling.steps, allowed=f"1 … {sampler.most_steps}")
        threads = environment.get("threads")  # their number changes low bits
        torch.set_num_threads(threads if isinstance(threads, int) and threads else fitting_threads(model.work(recipe)))
        emit(Phase.ENCODING)
        ahead = [(leg, *model.encode(leg.recipe, control)) for leg in _ahead(recipe, request.history)]

        def start(course: Course) -> Plan:
            second: dict[str, object] = {"refiner_fingerprint": refiner.fingerprint} if refiner else {}
            if (times := model.finisher(recipe).calls.family.enlarges) > 1:
                second["enlarges"] = times
            here = self._environment(fingerprint) | second | stretches(environment, model.offload, len(request.history))
            plan = Plan(course.timesteps, here, ahead[-1][1].truncated, course.stages, course.is_whole)
            if plan.is_whole:
                model.check_turns(recipe, plan)
            return plan

        grid = model.grid_of(recipe)
        progress = _RunInProgress(request.history, start, model.previewer.renderer(request.previews, grid), grid, control, emit)
        with progress.watching(model.watch_words(recipe) if control.orders.watched.words else None):
            latents = model.run(ahead, recipe.sampling.seed, control, progress)
        emit(Phase.DECODING)
        pixels = model.finisher(recipe).decode(latents, recipe.size, control, step=progress.steps[-1].number)
        if not model.calls.family.is_described:  # it returned the picture
            latents = read_snapshot(progress.steps, progress.steps[-1].number).latents
        with suppress(ViewUnknown):  # latents in a layout that is not known
            model.previewer.linear.learn(grid(latents), to_tensor(pixels))
        emit(Picture(pixels))

    def _decode(
        self,
        request: Request,
        files: ModelFiles,
        fingerprint: str,
        number: int,
        view: View,
        control: Control,
        adapters: Mapping[str, Source],
        refiner: Opened | None,
    ) -> Pixels:
        recipe, steps = request.recipe, request.history
        snapshot = read_snapshot(steps, number)
        if view is View.LATENTS and views.is_grid(snapshot.noisy):
            return views.channels(snapshot.noisy)
        model = self._model(files, fingerprint, recipe, control, lambda phase: None, refiner=refiner)
        model.adapters.sources = model.embeddings.sources = adapters
        grid, finisher = model.grid_of(recipe), model.finisher(recipe)
        if view is View.LATENTS:
            return views.channels(grid(snapshot.noisy))
        if number == 0 or view is View.NOISY:
            return finisher.decode(snapshot.noisy, recipe.size, control, number)
        if view is View.NOISE:
            return finisher.decode(_known(views.noise(snapshot)), recipe.size, control, number)
        picture = finisher.decode(_known(snapshot.finished if number == snapshot.calls else snapshot.x0), recipe.size, control, number)
        if view is View.CHANGE:
            return views.heat(_known(views.change(snapshot, _before(steps, number, snapshot.x0), grid)), picture)
        if view is View.GUIDANCE:
            return views.heat(_known(model.guidance(recipe, steps, snapshot, control)), picture)
        return picture

    def _check_machine(self, environment: Mapping[str, object]) -> None:
        """Raise `MachineChanged` where the recorded steps were computed on another kind of device or in another precision."""
        for name, here in (("device", self.device.kind), ("dtype", str(self.device.dtype).removeprefix("torch."))):
            if environment.get(name, here) != here:
                raise MachineChanged(before=environment[name], now=here)

    def _model(
        self,
        files: ModelFiles,
        fingerprint: str,
        recipe: Recipe,
        control: Control,
        emit: Callable[[Phase], None],
        insist: bool | None = None,
        adapters: Mapping[str, Source] = NO_ADAPTERS,
        refiner: Opened | None = None,
    ) -> LoadedModel:
        """The model, with its refiner, loaded so that pictures of `recipe` fit. Errors as `memory.check`.

        `insist` is that of a request for a run; None for a look at a step, which takes the model as it is loaded.
        """
        if self._loaded is not None and (self._loaded.files, self._loaded.fingerprint) != (files, fingerprint):
            self.free()  # the old one first: two models at once may not fit
        self._leave_refiner(refiner, is_run=insist is not None)
        if self._loaded is not None and insist is None and (refiner is None or self._refiner is not None):
            self._loaded.refiner = self._refiner if refiner else None
            return self._loaded
        self._rung = rung = self._offload(files, fingerprint, recipe, adapters, insist is not False, refiner)
        if self._loaded is not None and not same_place(self._loaded.offload, rung):
            self.free()
        if self._loaded is None:
            control.check()
            emit(Phase.LOADING)
            self._loaded = LoadedModel.open(files, fingerprint, self.device, control, rung)
            control.check()
        if refiner is not None and self._refiner is None:
            emit(Phase.LOADING)
            self._refiner = LoadedModel.open(refiner.files, refiner.fingerprint, self.device, control, rung)
            control.check()
        self._loaded.refiner = self._refiner if refiner else None
        for model in filter(None, (self._loaded, self._refiner)):
            model.use(rung)
        return self._loaded

    def _leave_refiner(self, wanted: Opened | None, is_run: bool) -> None:
        """Free the refiner that is loaded if another one is wanted, or if a run needs none."""
        held = self._refiner
        if held is None or (wanted is None and not is_run):
            return
        if wanted is None or (held.files, held.fingerprint) != (wanted.files, wanted.fingerprint):
            self._refiner = held = None
            if self._loaded is not None:
                self._loaded.refiner = None
            release_memory(self._collect)

    def _environment(self, fingerprint: str) -> dict[str, object]:
        """What the picture's exact pixels depend on, besides the recipe."""
        return {
            "app": __version__,
            "torch": torch.__version__,
            "diffusers": diffusers.__version__,
            "transformers": transformers.__version__,
            "device": self.device.kind,
            "device_name": self.device.name,
            "dtype": str(self.device.dtype).removeprefix("torch."),
            "threads": torch.get_num_threads(),
            "attention": "sdpa",
            "model_fingerprint": fingerprint,
        }

    def _offload(
        self, files: ModelFiles, fingerprint: str, recipe: Recipe, adapters: Mapping[str, Source], insist: bool, refiner: Opened | None
    ) -> Offload:
        """How the model is to be run for `recipe`, with what is free now. Errors as `memory.check`."""
        needs, free = memory.estimate(files, recipe, self.device, adapters.values()), self.device.free_memory
        of_refiner = memory.of_refiner(refiner.files, recipe, self.device) if refiner else None
        if self._loaded is not None:
            if not is_resident(self._loaded.offload):
                return self._loaded.offload  # until another model is loaded
            free += needs.resident - needs.adapters + self._loaded.adapters.size
            free += of_refiner.resident if of_refiner and self._refiner else 0
        needs = needs.with_refiner(of_refiner) if of_refiner else needs
        rung = choose(needs, self.device.kind, free, free_main_memory(), self._least(fingerprint, recipe))
        memory.check(needs, rung, self.device, free, insist)
        return rung

    def _least(self, fingerprint: str, recipe: Recipe) -> Offload:
        """The first rung on which pictures of that size have not yet run out of memory."""
        known, size, rung = self._ran_out
        return rung if known == fingerprint and recipe.size.width * recipe.size.height >= size else Offload.NONE

    def _surviving(self, recipe: Recipe, fingerprint: str, work: Callable[[], T]) -> T:
        """Call `work`, again with more offloading whenever memory runs out.

        Remove the tensors from the traceback of an error; after an out-of-memory error also unload the model.
        """
        while True:
            try:
                return work()
            except Exception as error:
                _drop_tensors(error)
                if not is_out_of_memory(error):
                    raise
            self.free()  # after the except block, in which the error still exists
            following = below(self._rung, self.device.kind)
            if following is None:
                raise OutOfMemory(width=recipe.size.width, height=recipe.size.height)
            log.warning("Memory ran out with offload %s; it is tried again with %s", self._rung, following)
            self._ran_out = fingerprint, recipe.size.width * recipe.size.height, following


class _RunInProgress:
    """A run while it is made. Emits its plan, its steps, and before each step the views that the user watches."""

    def __init__(
        self,
        history: Sequence[Step],
        start: Callable[[Course], Plan],
        renderer: StepRenderer,
        grid: views.Grid,
        control: Control,
        emit: Callable[[Event], None],
    ) -> None:
        """`start` makes the plan from the calls that are known."""
        self.steps = list(history)
        self.render = renderer
        self.grid = grid
        self._start, self._control, self._emit = start, control, emit
        self._plan: Plan | None = None
        self._watched = WatchedViews()  # at the step before
        self._attention: Attention | None = None

    def planned(self, course: Course) -> None:
        steps, timesteps = self.steps, course.timesteps
        is_too_long = course.is_whole and len(steps) > len(timesteps) + 1
        if is_too_long or any(step.timestep != timestep for step, timestep in zip(steps[1:], timesteps, strict=False)):
            raise TurnForbidden(step=steps[-1].number, reason=branching.OTHER_MOMENTS)
        before = self._plan
        if before is not None and before.timesteps[: len(timesteps)] == timesteps and before.is_whole >= course.is_whole:
            return  # every leg of the recipe has the same timesteps
        self._plan = self._start(course)
        self._emit(self._plan)
        if before is None:
            self._emit(Phase.DENOISING)

    @contextmanager
    def watching(self, attention: Attention | None) -> Iterator[None]:
        """Emit the word maps of each step meanwhile."""
        with attention or nullcontext():
            self._attention = attention
            yield

    def made(self, observation: Observation, step: Step) -> None:
        assert self._plan is not None
        self._show(observation, step)
        if self._attention is not None and (maps := self._attention.read()):
            self._emit(LiveViews(step, {}, None, maps))
        self.steps.append(step)
        self._emit(step)
        self._control.after_step(step.number, self._plan.calls if self._plan.is_whole else step.number + 1)

    def go_back_to(self, number: int) -> None:
        del self.steps[number + 1 :]

    def _show(self, observation: Observation, step: Step) -> None:
        """Emit the watched views of `step`, or of an earlier one if the user went there since the last step."""
        watched, before = self._control.orders.watched, self._watched
        self._watched = watched
        if not (watched.views or watched.values):
            return
        if watched.step is None:
            seen = views.live_views(
                watched, step, observation.record, observation.before, observation.guided, self.grid, self.render.decode
            )
        elif watched != before and (number := watched.step.number) < len(self.steps):
            snapshot = read_snapshot(self.steps, number)
            before_it = _before(self.steps, number, snapshot.x0) if View.CHANGE in watched.views else None
            seen = views.live_views(watched, watched.step, snapshot, before_it, None, self.grid, self.render.decode)
        else:
            return
        if seen:
            self._emit(seen)


def _ahead(recipe: Recipe, history: Sequence[Step]) -> list[Leg]:
    """The legs that are left to go from the last step of `history`."""
    way = branching.legs(recipe)
    if history:
        number, last = history[-1].number, SnapshotReader([history[-1].snapshot])
        way = way[last.field(number, "turns") :]
        if len(way) > 1 and number == (last.field(number, "calls") if way[0].until is None else way[0].until):
            way = way[1:]
    if not way:
        raise StepNotKept
    return way


def _before(steps: Sequence[Step], number: int, x0: torch.Tensor | None) -> torch.Tensor | None:
    """x0 of the step before, if it had one of the shape of `x0`: the first step of a stage may have another."""
    before = read_snapshot(steps, number - 1).x0 if number > 1 else None
    return before if before is not None and x0 is not None and before.shape == x0.shape else None


def _known(shown: torch.Tensor | None) -> torch.Tensor:
    """Raise `ViewUnknown` for a view that the sampler of the run does not tell enough about."""
    if shown is None:
        raise ViewUnknown
    return shown


def _drop_tensors(error: BaseException | None) -> None:
    """Clear the variables of every frame that `error` and its causes passed through; the lines stay for the log."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
