"""Engine: what stays loaded between runs, and what it does: develop a recipe, look at a step."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import diffusers
import torch
import transformers

from .. import __version__
from ..errors import QT_TRANSLATE_NOOP, OutOfMemory, OutOfRange, SamplerUnfit, StepNotKept, TurnForbidden
from . import branching, memory, samplers, views
from .branching import Leg
from .control import Control
from .device import Device, best_device, fitting_threads, is_out_of_memory, release_memory
from .loaded_model import LoadedModel
from .recipe import Recipe
from .run import Event, LatentValues, Phase, Picture, Pixels, Plan, Previews, Step, View, WatchedViews
from .seam import Observation
from .snapshot import SnapshotReader, read_snapshot

T = TypeVar("T")


class Engine:
    """Lives on the worker. Keeps one model with what it has learned about it, so that the next run starts at once.

    Whatever fails in a run, the next one works; an error that leaves here holds no tensor.
    """

    def __init__(self, device: Device | None = None) -> None:
        self.device = device or best_device()
        self._loaded: LoadedModel | None = None

    def develop(
        self,
        recipe: Recipe,
        folder: Path,
        fingerprint: str,
        previews: Previews,
        control: Control,
        emit: Callable[[Event], None],
        history: Sequence[Step] = (),
        until: int | None = None,
        insist: bool = False,
        threads: int | None = None,
        watched: Callable[[], WatchedViews] = WatchedViews,
    ) -> None:
        """Make the picture of `recipe`, emitting everything on the way; go on after `history`, pause after step `until`.

        `insist`: also where memory is tight. `threads`: those of the run that is gone on with, since they change low bits.
        `watched` is asked at each step what somebody looks at; a `LiveViews` of that comes before the step.
        """
        self._surviving(
            recipe, self._develop, recipe, folder, fingerprint, previews, control, emit, history, until, insist, threads, watched
        )

    def look(
        self, recipe: Recipe, folder: Path, fingerprint: str, steps: Sequence[Step], number: int, view: View, control: Control
    ) -> Pixels:
        """Step `number` in a view, through the full decoder; `steps` has to hold the steps before it too.

        The estimate of the last step is the picture. The starting noise looks the same in all views but its channels.
        """
        return self._surviving(recipe, self._look, recipe, folder, fingerprint, steps, number, view, control)

    def values(self, steps: Sequence[Step], number: int, x: float, y: float) -> LatentValues:
        """The latents where the picture is at (x, y), both 0…1 from its upper left; no model is needed."""
        return views.latents(read_snapshot(steps, number)).at(x, y)

    def free(self) -> None:
        """Let go of the model and its memory; the next run loads it again."""
        self._loaded = None
        release_memory()

    def _develop(
        self,
        recipe: Recipe,
        folder: Path,
        fingerprint: str,
        previews: Previews,
        control: Control,
        emit: Callable[[Event], None],
        history: Sequence[Step],
        until: int | None,
        insist: bool,
        threads: int | None,
        watched: Callable[[], WatchedViews],
    ) -> None:
        recipe.check(multiple=1)
        sampler = samplers.sampler(recipe.sampling.sampler)
        memory.check(folder, recipe, self.device, self._is_loaded(folder, fingerprint), insist)
        model = self._model(folder, fingerprint, control, emit)
        recipe.check(model.family.multiple(model.pipeline))
        if reason := samplers.unfit(sampler, model.scheduler_config, model.pipeline.unet.config):
            raise SamplerUnfit(sampler=sampler.name, reason=reason)
        if recipe.sampling.steps > sampler.most_steps:
            raise OutOfRange(name=QT_TRANSLATE_NOOP("Safelight", "steps"), value=recipe.sampling.steps, allowed=f"1 … {sampler.most_steps}")
        torch.set_num_threads(threads or fitting_threads(model.work(recipe)))
        emit(Phase.ENCODING)
        steps = list(history)
        ahead = [(leg, *model.encode(leg.recipe, control)) for leg in _ahead(recipe, steps)]
        plan: Plan | None = None

        def begin(timesteps: tuple[float, ...]) -> None:
            nonlocal plan
            if len(steps) > len(timesteps) + 1 or any(step.timestep != timesteps[step.number - 1] for step in steps[1:]):
                raise TurnForbidden(step=steps[-1].number, reason=branching.OTHER_MOMENTS)
            if plan is None:
                plan = Plan(timesteps, self._environment(fingerprint), ahead[-1][1].truncated)
                model.check_turns(recipe, plan)
                emit(plan)
                emit(Phase.DENOISING)

        def keep(step: Step) -> None:
            steps.append(step)
            emit(step)

        look = model.previewer.renderer(previews)

        gaze = WatchedViews()

        def watch(observation: Observation, step: Step) -> None:
            nonlocal gaze
            last, gaze = gaze, watched()
            seen = None
            if not (gaze.views or gaze.values):
                return
            if gaze.step is None:
                seen = views.glimpse(gaze, step, observation.record, observation.before, observation.guided, look.decode)
            elif gaze != last and gaze.step in steps:
                number = gaze.step.number
                seen = views.glimpse(gaze, gaze.step, read_snapshot(steps, number), _before(steps, number), None, look.decode)
            if seen:
                emit(seen)

        latents = model.go(ahead, steps, until, recipe.sampling.seed, control, look, watch, begin, keep)
        if latents is None:
            return
        emit(Phase.DECODING)
        pixels = model.decode(latents, control, step=len(model.pipeline.scheduler.timesteps))
        model.previewer.linear.learn(latents, _tensor(pixels))
        emit(Picture(pixels))

    def _look(
        self, recipe: Recipe, folder: Path, fingerprint: str, steps: Sequence[Step], number: int, view: View, control: Control
    ) -> Pixels:
        record = read_snapshot(steps, number)
        if view is View.LATENTS:
            return views.channels(record.noisy)
        model = self._model(folder, fingerprint, control, lambda phase: None)
        if number == 0 or view is View.NOISY:
            return model.decode(record.noisy, control, number)
        if view is View.NOISE:
            return model.decode(views.noise(record), control, number)
        picture = model.decode(record.latents if number == record.calls else record.x0, control, number)
        if view is View.CHANGE:
            return views.heat(views.change(record, _before(steps, number)), picture)
        if view is View.GUIDANCE:
            return views.heat(model.guidance(recipe, steps, record, control), picture)
        return picture

    def _is_loaded(self, folder: Path, fingerprint: str) -> bool:
        return self._loaded is not None and (self._loaded.folder, self._loaded.fingerprint) == (folder, fingerprint)

    def _model(self, folder: Path, fingerprint: str, control: Control, emit: Callable[[Phase], None]) -> LoadedModel:
        if not self._is_loaded(folder, fingerprint):
            if self._loaded is not None:
                self.free()  # the old one first: two models at once may not fit
            control.check()
            emit(Phase.LOADING)
            self._loaded = LoadedModel.open(folder, fingerprint, self.device, control)
            control.check()
        assert self._loaded is not None
        return self._loaded

    def _environment(self, fingerprint: str) -> dict[str, Any]:
        """What, beside the recipe, decides the picture's bits."""
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
            "offload": "none",
            "model_fingerprint": fingerprint,
        }

    def _surviving(self, recipe: Recipe, work: Callable[..., T], *arguments: Any) -> T:
        """`work(*arguments)`; an error leaves without the tensors in its traceback, one of memory also lets go of the model."""
        try:
            return work(*arguments)
        except Exception as error:
            _drop_tensors(error)
            if not is_out_of_memory(error):
                raise
        self.free()  # after the except: until there the error itself is alive
        raise OutOfMemory(width=recipe.size.width, height=recipe.size.height)


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


def _before(steps: Sequence[Step], number: int) -> torch.Tensor | None:
    """x0 of the step before, if it had one."""
    return read_snapshot(steps, number - 1).x0 if number > 1 else None


def _tensor(pixels: Pixels) -> torch.Tensor:
    """H×W×3, uint8."""
    return torch.frombuffer(bytearray(pixels.data), dtype=torch.uint8).reshape(pixels.height, pixels.width, 3)


def _drop_tensors(error: BaseException | None) -> None:
    """Clear the variables of every frame that `error` and its causes passed through; the lines stay for the log."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
